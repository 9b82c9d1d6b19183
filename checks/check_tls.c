/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS: is the certificate the right one, is its chain whole, and how long is it good? */
#include "collectors/starttls.h"
#include "collectors/tls.h"
#include "lib/check.h"
#include "lib/number.h"

#include <math.h>

struct args {
    const char *name, *ca_file;
    int starttls, minimum;
    bool insecure;
};

enum { MINIMUM_1_2, MINIMUM_1_3 };

static const char *const minimum_names[] = {[MINIMUM_1_2] = "1.2", [MINIMUM_1_3] = "1.3", NULL};
static const int minimum_versions[] = {[MINIMUM_1_2] = 0x0303, [MINIMUM_1_3] = 0x0304};

static const struct option_row options[] = {
    {"name", 'n', TEXT(struct args, name), .value = "NAME", .alias = "sni",
     .help = "Ask for this name (SNI) and verify it. Unless given it is the host."},
    {"starttls", 's', CHOICE(struct args, starttls), .value = "PROTOCOL", .choices = starttls_names,
     .help = "TLS begins after this protocol's words; its port is the default."},
    {"minimum", 'm', CHOICE(struct args, minimum), .value = "VERSION", .choices = minimum_names,
     .help = "CRITICAL below this version of TLS."},
    {"ca", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "Trust the certificates of this file alone."},
    {"insecure", 0, FLAG(struct args, insecure),
     .help = "Verify neither the chain nor the name; the days are still judged."},
    {0},
};

enum metric { DAYS, CHAIN_DAYS, CONNECT, HANDSHAKE };

static const struct metric_row metrics[] = {
    [DAYS] = {"days", "days until the certificate ends", "d",
              .warning = "30:", .critical = "7:", .graph = "days"},
    [CHAIN_DAYS] = {"chain_days", "days until the first certificate that is sent ends", "d", .graph = "days"},
    [CONNECT] = {"connect", "connecting", "s", .has_min = true},
    [HANDSHAKE] = {"handshake", "negotiating TLS", "s", .has_min = true},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->name && *args->name == '\0')
        return error_set(error, "--name: no name: \"\"");
    return run->host || error_set(error, "give --hostname");
}

static const char *day_of(struct run *run, int64_t instant)
{
    time_t seconds = (time_t)instant;
    struct tm civil;
    char day[32];
    if (!gmtime_r(&seconds, &civil) || strftime(day, sizeof day, "%F", &civil) == 0)
        return "?";
    return arena_text(run->arena, day);
}

static void report_chain(const struct tls_answer *answer, struct run *run, struct report *report)
{
    const struct tls_certificate *own = &answer->chain[0];
    double days = tls_days_left(own->end), first = days;
    for (size_t i = 1; i < answer->chain_count; i++)
        first = number_lower(first, tls_days_left(answer->chain[i].end));
    report_value(report, DAYS, NULL, days);
    report_value(report, CHAIN_DAYS, NULL, first);
    report_text(report, "\"%s\" by \"%s\", %.0f days left (%s), %s, %s", own->subject, own->issuer,
                floor(days), day_of(run, own->end), answer->protocol, answer->cipher);
    for (size_t i = 0; i < answer->chain_count; i++)
        report_detail(report, "%zu: \"%s\" by \"%s\", from %s to %s", i, answer->chain[i].subject,
                      answer->chain[i].issuer, day_of(run, answer->chain[i].begin),
                      day_of(run, answer->chain[i].end));
}

static double rounded(double seconds)
{
    return number_round(seconds, 6);
}

static void report_answer(const struct args *args, const struct socket_link *link,
                          const struct tls_answer *answer, struct run *run, struct report *report)
{
    if (answer->chain_count == 0)
        report_verdict(report, VERDICT_CRITICAL, "\"%s\" sends no certificate", link->place);
    else
        report_chain(answer, run, report);
    report_value(report, CONNECT, NULL, rounded(link->connect));
    report_value(report, HANDSHAKE, NULL, rounded(answer->seconds));
    for (size_t i = 0; i < answer->fault_count; i++)
        report_verdict(report, VERDICT_CRITICAL, "%s", answer->faults[i]);
    if (answer->version < minimum_versions[args->minimum])
        report_verdict(report, VERDICT_CRITICAL, "%s is below TLS %s", answer->protocol,
                       minimum_names[args->minimum]);
}

/* "[::1]" is an address in brackets, which certificates do without. */
static const char *wanted_name(const struct args *args, struct run *run)
{
    const char *host = args->name ? args->name : run->host;
    size_t length = strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        return arena_text_of(run->arena, host + 1, length - 2);
    return host;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    const struct tls_question question = {
        .name = wanted_name(args, run), .ca_file = args->ca_file, .insecure = args->insecure};
    enum starttls protocol = (enum starttls)args->starttls;
    struct socket_link link;
    struct tls_answer answer;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end =
        socket_open(run, run->host, run->port ? run->port : starttls_port(protocol), &link, &error);
    if (end == SOURCE_READ)
        end = starttls_ask(protocol, question.name, run, &link, &error);
    if (end == SOURCE_READ)
        end = tls_ask(&question, run, &link, &answer, &error);
    if (end == SOURCE_READ)
        report_answer(args, &link, &answer, run, report);
    socket_close(&link);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

const struct check check_tls = {
    .name = "tls",
    .title = "TLS",
    .summary = "a server's certificate: days left, chain, name and protocol",
    .notes =
        "The chain and the name are verified unless --insecure is given: whatever is at fault is CRITICAL. "
        "The ranges are for the days that are left: the defaults are -w 30: -c 7:.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
};
