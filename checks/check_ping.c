/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ping: does the host answer, how fast, and how much is lost on the way? */
#include "collectors/icmp.h"
#include "lib/check.h"
#include "lib/number.h"

struct args {
    int64_t packets, interval, wait, size;
};

static const struct args defaults = {.packets = 5, .interval = 200, .wait = 1000, .size = 56};

static const struct option_row options[] = {
    {"packets", 'n', WHOLE(struct args, packets), .value = "COUNT", .low = 1, .high = 1000,
     .help = "Send so many echo requests."},
    {"interval", 'i', DURATION(struct args, interval), .value = "DURATION", .low = 0.001, .high = 60,
     .help = "The time between two of them."},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION", .low = 0.001, .high = 60,
     .help = "The time that answers have after the last one."},
    {"size", 'b', WHOLE(struct args, size), .value = "BYTES", .low = 16, .high = 65000,
     .help = "Bytes of data in each."},
    {0},
};

enum metric { RTA, LOSS, LEAST, MOST };

static const struct metric_row metrics[] = {
    [RTA] = {"rta", "round-trip time, on average", "ms", .has_min = true},
    [LOSS] = {"loss", "share of the requests that were not answered", "%", .warning = "20", .critical = "60",
              .has_min = true, .has_max = true, .max = 100, .graph = "loss"},
    [LEAST] = {"rtmin", "shortest round-trip time", "ms", .has_min = true, .quiet = true},
    [MOST] = {"rtmax", "longest round-trip time", "ms", .has_min = true, .quiet = true},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    (void)arguments;
    return run->host || error_set(error, "give --hostname");
}

static double rounded(double milliseconds)
{
    return number_round(milliseconds, 3);
}

static void report_answer(const char *host, const struct icmp_answer *answer, struct report *report)
{
    int64_t lost = answer->sent - answer->received;
    const char *because = answer->reason ? answer->reason : "";
    report_value(report, RTA, NULL, rounded(answer->average));
    report_value(report, LOSS, NULL, number_round(100 * (double)lost / (double)answer->sent, 2));
    report_value(report, LEAST, NULL, rounded(answer->least));
    report_value(report, MOST, NULL, rounded(answer->most));
    report_detail(report, "asked %s over %s socket%s%s", answer->address,
                  answer->raw ? "a raw" : "a datagram", *because ? ": " : "", because);
    if (answer->received == 0)
        report_verdict(report, VERDICT_CRITICAL, "no answer from \"%s\" to %lld packet%s%s%s", host,
                       (long long)answer->sent, answer->sent == 1 ? "" : "s", *because ? ": " : "", because);
    else
        report_text(report, "%lld of %lld packets lost, round-trip time %.3f ms", (long long)lost,
                    (long long)answer->sent, answer->average);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    const struct icmp_question question = {.host = run->host,
                                           .packets = args->packets,
                                           .interval = args->interval,
                                           .wait = args->wait,
                                           .size = args->size};
    struct icmp_answer answer;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = icmp_ask(&question, run, &answer, &error);
    if (end != SOURCE_READ)
        return source_failed(report, end, &error, limit);
    report_answer(run->host, &answer, report);
    return true;
}

const struct check check_ping = {
    .name = "ping",
    .title = "PING",
    .summary = "loss and round-trip time of ICMP echo requests",
    .notes =
        "No privilege is needed where the sysctl net.ipv4.ping_group_range holds the group of the user; "
        "where it does not, a raw socket is used if the process may open one (CAP_NET_RAW). A host that "
        "answers nothing is CRITICAL, whatever the ranges say. -w 100,20% is for the round-trip time and the "
        "loss.",
    .listed = 2,
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
