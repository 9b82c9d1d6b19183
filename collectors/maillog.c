/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/maillog.h"

#include "collectors/proc.h"

#include <string.h>
#include <strings.h>

struct piece {
    const char *at, *end;
};

/* What follows ${mark}; .at is NULL when it is not there. */
static struct piece behind(struct piece in, const char *mark)
{
    size_t length = strlen(mark);
    const char *found = memmem(in.at, (size_t)(in.end - in.at), mark, length);
    return found ? (struct piece){found + length, in.end} : (struct piece){NULL, in.end};
}

static bool begins(struct piece in, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(in.end - in.at) >= length && strncasecmp(in.at, word, length) == 0;
}

static void set_relay(struct maillog_delivery *delivery, const char *relay, size_t length)
{
    bool none = length == 0 || (length == 4 && memcmp(relay, "none", 4) == 0);
    delivery->relay = none ? "local" : relay;
    delivery->relay_length = none ? 5 : length;
}

/* "mx.example.org[192.0.2.1]:25", "mx.example.org. [192.0.2.1]", "none", "local" */
static void read_relay(struct piece in, struct maillog_delivery *delivery)
{
    const char *end = in.at;
    while (end < in.end && *end != ',' && *end != '[' && *end != ' ')
        end++;
    if (end > in.at && end[-1] == '.')
        end--;
    set_relay(delivery, in.at, (size_t)(end - in.at));
}

static enum maillog_status status_of(struct piece in)
{
    if (begins(in, "sent"))
        return MAILLOG_SENT;
    if (begins(in, "deferred"))
        return MAILLOG_DEFERRED;
    if (begins(in, "bounced") || begins(in, "User unknown") || begins(in, "Service unavailable") ||
        begins(in, "Host unknown") || begins(in, "expired"))
        return MAILLOG_BOUNCED;
    return MAILLOG_OTHER;
}

/* The recipient may be anything in quotes, so what is looked for stands behind it. */
static bool parse_syslog(struct piece line, struct maillog_delivery *delivery)
{
    struct piece to = behind(line, " to=");
    if (!to.at)
        return false;
    if (to.at < to.end && *to.at == '<')
        to = behind(to, ">, ");
    struct piece relay = to.at ? behind(to, "relay=") : to;
    struct piece status = relay.at ? behind(relay, " status=") : relay;
    if (relay.at && !status.at)
        status = behind(relay, " stat=");
    if (!status.at)
        return false;
    read_relay(relay, delivery);
    delivery->status = status_of(status);
    return true;
}

static bool is_message_id(const char *word, size_t length)
{
    return length >= 16 && length <= 23 && memchr(word, '-', length) &&
           memrchr(word, '-', length) != memchr(word, '-', length);
}

static bool mark_status(const char *word, size_t length, enum maillog_status *status)
{
    static const struct {
        const char *mark;
        enum maillog_status status;
    } marks[] = {
        {"=>", MAILLOG_SENT}, {"->", MAILLOG_SENT}, {"==", MAILLOG_DEFERRED}, {"**", MAILLOG_BOUNCED}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (length == 2 && memcmp(word, marks[i].mark, 2) == 0) {
            *status = marks[i].status;
            return true;
        }
    return false;
}

static bool parse_exim(struct piece line, struct maillog_delivery *delivery)
{
    const char *word, *relay;
    size_t length, relay_length;
    bool after_id = false, found = false;
    for (int i = 0; i < 6 && !found && proc_word(&line.at, line.end, &word, &length); i++) {
        found = after_id && mark_status(word, length, &delivery->status);
        after_id = is_message_id(word, length);
    }
    if (!found)
        return false;
    struct piece host = behind(line, " H=");
    relay_length = 0;
    relay = "";
    if (host.at)
        (void)proc_word(&host.at, host.end, &relay, &relay_length);
    set_relay(delivery, relay, relay_length);
    return true;
}

bool maillog_parse(const char *line, size_t length, struct maillog_delivery *delivery)
{
    struct piece piece = {line, line + length};
    return parse_syslog(piece, delivery) || parse_exim(piece, delivery);
}
