/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP: does the port take a connection, how fast, and does it say what it should? */
#include "collectors/choice.h"
#include "collectors/escape.h"
#include "collectors/socket.h"
#include "lib/check.h"
#include "lib/number.h"

#include <regex.h>

struct args {
    const char *socket, *send, *regex, *quit;
    struct option_list expect;
    bool all;
    int64_t cap;
};

static const struct args defaults = {.cap = 65536};

static const struct option_row options[] = {
    {"socket", 0, TEXT(struct args, socket), .value = "PATH", .help = "Connect to this UNIX socket."},
    {"send", 's', TEXT(struct args, send), .value = "TEXT",
     .help = "Send this. Written as \\r \\n \\t \\0 \\\\ \\xHH: what a command line cannot hold."},
    {"expect", 'e', LIST(struct args, expect), .value = "TEXT",
     .help = "CRITICAL unless the answer holds this, or one of these; written as for --send."},
    {"all", 'A', FLAG(struct args, all), .help = "The answer must hold every --expect."},
    {"regex", 'r', TEXT(struct args, regex), .value = "REGEX",
     .help = "CRITICAL unless the answer matches this extended expression."},
    {"quit", 'q', TEXT(struct args, quit), .value = "TEXT",
     .help = "Send this before the connection is closed; written as for --send."},
    {"answer-cap", 'm', WHOLE(struct args, cap), .value = "BYTES", .low = 1, .high = 1 << 24,
     .alias = "maxbytes", .help = "Read so much of the answer at most."},
    {0},
};

enum metric { TIME, LOOKUP, ANSWER };

static const struct metric_row metrics[] = {
    [TIME] = {"time", "time to connect", "s", .has_min = true},
    [LOOKUP] = {"dns", "looking up the name", "s", .has_min = true},
    [ANSWER] = {"answer", "from the connection to the answer that was expected", "s", .has_min = true},
    {0},
};

static bool check_text(const char *option, const char *value, struct error *error)
{
    struct text bytes = TEXT_INIT;
    bool good = !value || escape_read(value, &bytes, error);
    text_release(&bytes);
    return good || error_prefix(error, "%s", option);
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (!check_text("--send", args->send, error) || !check_text("--quit", args->quit, error))
        return false;
    for (size_t i = 0; i < args->expect.count; i++)
        if (!check_text("--expect", args->expect.items[i], error))
            return false;
    if (!choice_expression("--regex", args->regex, error))
        return false;
    if (args->socket && (run->host || run->port))
        return error_set(error, "--socket stands for itself: leave out --hostname and --port");
    return args->socket || (run->host && run->port) ||
           error_set(error, "give --hostname and --port, or --socket");
}

static bool holds(const struct text *answer, const char *expected)
{
    struct text bytes = TEXT_INIT;
    struct error error;
    bool found = escape_read(expected, &bytes, &error) &&
                 memmem(answer->bytes, answer->length, bytes.bytes, bytes.length) != NULL;
    text_release(&bytes);
    return found;
}

/* The text that is still missing; NULL: nothing is. */
static const char *missing_text(const struct args *args, const struct text *answer)
{
    const char *missing = NULL;
    for (size_t i = 0; i < args->expect.count; i++) {
        if (!holds(answer, args->expect.items[i]))
            missing = args->expect.items[i];
        else if (!args->all)
            return NULL;
    }
    return missing;
}

static bool matches(const char *expression, const struct text *answer)
{
    regex_t regex;
    regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)answer->length};
    if (regcomp(&regex, expression, REG_EXTENDED | REG_NEWLINE) != 0)
        return false;
    bool found = regexec(&regex, answer->bytes, 1, &all, REG_STARTEND) == 0;
    regfree(&regex);
    return found;
}

static bool is_complete(const struct args *args, const struct text *answer)
{
    return !missing_text(args, answer) && (!args->regex || matches(args->regex, answer));
}

/* The first line of the answer, as a phrase. */
static const char *shown(const struct text *answer, struct run *run)
{
    size_t length = strcspn(answer->bytes, "\r\n");
    if (answer->length == 0)
        return "nothing";
    return arena_format(run->arena, "\"%.*s\"", (int)(length > 100 ? 100 : length), answer->bytes);
}

static void judge_answer(const struct args *args, const struct text *answer, struct run *run,
                         struct report *report)
{
    const char *missing = missing_text(args, answer);
    if (missing)
        report_verdict(report, VERDICT_CRITICAL, "\"%s\" is not in the answer, which is %s", missing,
                       shown(answer, run));
    else if (args->regex && !matches(args->regex, answer))
        report_verdict(report, VERDICT_CRITICAL, "the answer does not match \"%s\", it is %s", args->regex,
                       shown(answer, run));
}

static enum source_end send_text(struct run *run, const struct socket_link *link, const char *escaped,
                                 struct error *error)
{
    struct text bytes = TEXT_INIT;
    enum source_end end = SOURCE_READ;
    if (escaped && escape_read(escaped, &bytes, error))
        end = socket_send(run, link, bytes.bytes, bytes.length, error);
    text_release(&bytes);
    return end;
}

/* Until the answer is what was expected, ends, or is as long as the cap. */
static enum source_end converse(const struct args *args, struct run *run, const struct socket_link *link,
                                struct text *answer, struct error *error)
{
    bool closed = false;
    enum source_end end = send_text(run, link, args->send, error);
    while (end == SOURCE_READ && !closed && !is_complete(args, answer) && answer->length < (size_t)args->cap)
        end = socket_receive(run, link, answer, &closed, error);
    if (end == SOURCE_TIMEOUT && answer->length > 0)
        (void)error_set(error, "waiting for the rest of the answer of \"%s\", which begins with %s",
                        link->place, shown(answer, run));
    return end;
}

static double rounded(double seconds)
{
    return number_round(seconds, 6);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct text answer = TEXT_INIT;
    struct socket_link link;
    struct error error;
    int64_t limit = run_remaining(run);
    bool expects = args->expect.count > 0 || args->regex;
    enum source_end end = args->socket ? socket_open_path(run, args->socket, &link, &error)
                                       : socket_open(run, run->host, run->port, &link, &error);
    double begun = socket_seconds();
    if (end == SOURCE_READ)
        end = converse(args, run, &link, &answer, &error);
    if (end == SOURCE_READ) {
        report_value(report, TIME, NULL, rounded(link.connect));
        if (!args->socket)
            report_value(report, LOOKUP, NULL, rounded(link.lookup));
        if (expects && is_complete(args, &answer))
            report_value(report, ANSWER, NULL, rounded(socket_seconds() - begun));
        report_text(report, "connected to \"%s\" in %.4f s%s%s", link.place, link.connect,
                    answer.length ? ", answer " : "", answer.length ? shown(&answer, run) : "");
        report_detail(report, "the address is %s", link.address);
        judge_answer(args, &answer, run, report);
        (void)send_text(run, &link, args->quit, &error);
    }
    socket_close(&link);
    text_release(&answer);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

const struct check check_tcp = {
    .name = "tcp",
    .title = "TCP",
    .summary = "a connection over TCP or a UNIX socket, and what comes over it",
    .notes =
        "Without --expect and --regex nothing is read. Addresses of both families are tried, the next one "
        "250 ms after the last; the first connection wins.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
