/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/ack_link.h"

#include "lib/form.h"
#include "lib/number.h"

#include <inttypes.h>
#include <string.h>

/* Each part on a line of its own: the names have no line breaks. */
void ack_link_text(struct text *text, const struct ack_link *link)
{
    text_format(text, "watchbill %s 1\n%s\n%" PRIu64 "\n%s\n%" PRId64 "\n",
                link->run[0] ? ACK_LINK_APPROVE : ACK_LINK_PATH, link->subject, link->problem, link->user,
                link->expires);
    if (link->run[0])
        text_format(text, "%s\n", link->run);
}

void ack_link_url(struct text *text, const char *base, const struct ack_link *link)
{
    char number[32];
    form_base(text, base);
    text_format(text, "%s?", link->run[0] ? ACK_LINK_APPROVE : ACK_LINK_PATH);
    form_add(text, "subject", link->subject);
    (void)snprintf(number, sizeof number, "%" PRIu64, link->problem);
    form_add(text, "problem", number);
    form_add(text, "user", link->user);
    (void)snprintf(number, sizeof number, "%" PRId64, link->expires);
    form_add(text, "expires", number);
    if (link->run[0])
        form_add(text, "run", link->run);
    form_add(text, "signature", link->signature);
}

static bool read_name(char name[static ACK_LINK_NAME + 1], const char *value)
{
    size_t length = value ? strlen(value) : 0;
    if (length == 0 || length > ACK_LINK_NAME || strpbrk(value, "\r\n"))
        return false;
    memcpy(name, value, length + 1);
    return true;
}

static bool read_signature(char signature[static ACK_LINK_SIGNATURE + 1], const char *value)
{
    if (!value || strlen(value) != ACK_LINK_SIGNATURE ||
        strspn(value, "0123456789abcdef") != ACK_LINK_SIGNATURE)
        return false;
    memcpy(signature, value, ACK_LINK_SIGNATURE + 1);
    return true;
}

static bool read_number(int64_t *number, const char *value)
{
    return value && number_read_whole(value, 1, INT64_MAX / 2000, number);
}

bool ack_link_read(struct ack_link *link, ack_link_value *value, void *owner, struct error *error)
{
    int64_t problem = 0;
    *link = (struct ack_link){.problem = 0};
    bool ok = read_name(link->subject, value(owner, "subject")) &&
              read_number(&problem, value(owner, "problem")) && read_name(link->user, value(owner, "user")) &&
              read_number(&link->expires, value(owner, "expires")) &&
              read_signature(link->signature, value(owner, "signature"));
    const char *run = value(owner, "run");
    ok = ok && (!run || read_name(link->run, run));
    link->problem = (uint64_t)problem;
    return ok || error_set(error, "this link is not whole: it may have been cut by a mail program");
}

bool ack_link_judge(const struct ack_link *link, int64_t now, uint64_t problem, struct error *error)
{
    if (now >= link->expires)
        return error_set(error, "this link has expired; use the one of a newer message");
    if (problem == 0)
        return error_set(error, "problem %" PRIu64 " of \"%s\" is over: there is nothing to do",
                         link->problem, link->subject);
    if (problem != link->problem)
        return error_set(error,
                         "this link is for problem %" PRIu64 " of \"%s\", which is over; problem %" PRIu64
                         " is a newer one",
                         link->problem, link->subject, problem);
    return true;
}
