/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The days that certificates have left, of many servers in one run. */
#include "collectors/starttls.h"
#include "collectors/tls.h"
#include "lib/check.h"
#include "lib/number.h"

#include <math.h>

struct args {
    struct option_list servers;
    const char *ca_file;
    int starttls;
};

static const struct option_row options[] = {
    {"server", 's', LIST(struct args, servers), .value = "HOST[:PORT]", .required = true,
     .help = "A server; an IPv6 address in brackets. The port is that of the protocol unless given."},
    {"starttls", 0, CHOICE(struct args, starttls), .value = "PROTOCOL", .choices = starttls_names,
     .help = "TLS begins after this protocol's words."},
    {"ca", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "Trust the certificates of this file alone."},
    {0},
};

enum metric { DAYS, CHAIN_DAYS, VALID, HANDSHAKE };

static const struct metric_row metrics[] = {
    [DAYS] = {"days", "days until the certificate ends", "d", .graph = "days"},
    [CHAIN_DAYS] = {"chain_days", "days until the first certificate that is sent ends", "d",
                    .graph = "chain_days"},
    [VALID] = {"valid", "1 when chain and name are in order, else 0", "", .has_min = true, .graph = "valid"},
    [HANDSHAKE] = {"handshake", "time to negotiate TLS", "s", .has_min = true, .graph = "handshake"},
    {0},
};

/* "HOST:PORT", "[ADDRESS]:PORT", either without the port; an address with colons is in brackets. */
static bool read_server(const char *server, struct arena *arena, const char **host, int64_t *port)
{
    const char *end = server[0] == '[' ? strchr(server, ']') : server + strcspn(server, ":");
    if (!end)
        return false;
    bool bracketed = server[0] == '[';
    *host = arena_text_of(arena, server + bracketed, (size_t)(end - server) - bracketed);
    end += bracketed;
    if (**host == '\0')
        return false;
    return *end == '\0' || (*end == ':' && number_read_whole(end + 1, 1, 65535, port));
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    const char *host;
    int64_t port;
    for (size_t i = 0; i < args->servers.count; i++)
        if (!read_server(args->servers.items[i], run->arena, &host, &port))
            return error_set(error, "--server: not HOST or HOST:PORT: \"%s\"", args->servers.items[i]);
    return true;
}

static void report_answer(const char *server, const struct tls_answer *answer, struct report *report)
{
    double days = (double)NAN, first = (double)NAN;
    for (size_t i = 0; i < answer->chain_count; i++) {
        double left = tls_days_left(answer->chain[i].end);
        days = i == 0 ? left : days;
        first = number_lower(first, left);
    }
    report_value(report, DAYS, server, days);
    report_value(report, CHAIN_DAYS, server, first);
    report_value(report, VALID, server, answer->fault_count == 0 && answer->chain_count > 0);
    report_value(report, HANDSHAKE, server, number_round(answer->seconds, 6));
    for (size_t i = 0; i < answer->fault_count; i++)
        report_detail(report, "%s: %s", server, answer->faults[i]);
}

static enum source_end ask(const struct args *args, const char *server, struct run *run,
                           struct tls_answer *answer, struct error *error)
{
    enum starttls protocol = (enum starttls)args->starttls;
    int64_t port = starttls_port(protocol);
    const char *host = "";
    struct socket_link link;
    (void)read_server(server, run->arena, &host, &port);
    const struct tls_question question = {.name = host, .ca_file = args->ca_file};
    enum source_end end = socket_open(run, host, port, &link, error);
    if (end == SOURCE_READ)
        end = starttls_ask(protocol, host, run, &link, error);
    if (end == SOURCE_READ)
        end = tls_ask(&question, run, &link, answer, error);
    socket_close(&link);
    return end;
}

/* A server that does not answer has values that are not known; when none does, that is the answer. */
static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    enum source_end end = SOURCE_READ;
    struct tls_answer answer;
    struct error error = {""};
    size_t answered = 0;
    int64_t limit = run_remaining(run);
    for (size_t i = 0; i < args->servers.count; i++) {
        const char *server = args->servers.items[i];
        end = ask(args, server, run, &answer, &error);
        if (end == SOURCE_READ) {
            answered++;
            report_answer(server, &answer, report);
            continue;
        }
        for (size_t metric = DAYS; metric <= HANDSHAKE; metric++)
            report_value(report, metric, server, (double)NAN);
        report_detail(report, "%s: %s", server, error.text);
    }
    return answered > 0 || source_failed(report, end, &error, limit);
}

const struct check collect_tls = {
    .name = "tls",
    .title = "TLS",
    .summary = "days that the certificates of many servers have left",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};
