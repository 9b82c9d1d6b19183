/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check: data first. Two tables and a measure function; everything else is made from them.
 *
 * A check never prints, never exits and never compares a value with a threshold. It has no static state, so
 * it runs many times in one process. The answer with no sample, with NaN or with a skipped instance is
 * UNKNOWN, never OK. */
#ifndef WATCHBILL_LIB_CHECK_H
#define WATCHBILL_LIB_CHECK_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/metric.h"
#include "lib/option.h"
#include "lib/text.h"
#include "lib/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report; /* what one run found; see the report_ functions */
struct rates;  /* the samples of the run before; lib/rates.h */

/* What a run may use. Filled by check_main from the standard options. */
struct run {
    const char *host;    /* -H, NULL when not given */
    int64_t port;        /* -p, 0 when not given */
    int family;          /* AF_UNSPEC, or AF_INET by -4, AF_INET6 by -6 */
    const char *root;    /* --root: prefix of /proc, /sys and /etc; "" when not given */
    int64_t deadline;    /* CLOCK_MONOTONIC, milliseconds; collectors keep it */
    int verbose;         /* 0 to 3 */
    const char *stage;   /* what is being waited for; the timeout text names it (run_stage) */
    struct arena *arena; /* released after the run */
    struct rates *rates; /* lib/rates.h */
    const char *program; /* the name it was called by */
};

struct check {
    const char *name;    /* "haproxy": the program is check_haproxy */
    const char *title;   /* the first word of the answer: "HAPROXY" */
    const char *summary; /* one phrase for --help and the manual */
    const char *notes;   /* further paragraphs, a newline between them; NULL: none */
    const struct option_row *options;
    const struct metric_row *metrics;
    size_t args_size;     /* sizeof the struct of arguments */
    const void *defaults; /* that struct with its default values; NULL: all zero */
    /* Reads the source and reports. false: it reported a failure itself with report_failure. */
    bool (*measure)(const void *args, struct run *run, struct report *report);
    /* What no range expresses; runs after the ranges, may only make the verdict worse. NULL: none. */
    void (*judge)(const void *args, struct report *report);
    /* Checks what no row expresses (options that exclude each other). NULL: none. */
    bool (*validate)(const void *args, const struct run *run, struct error *error);
    /* A bare RANGE,RANGE is for so many of the first metrics, as an established plugin takes it; 0: for one. */
    size_t listed;
    bool status_first; /* "OK: TITLE text" instead of "TITLE OK - text": an established plugin's line */
    bool collects;     /* a collector's program: prints every metric (JSON by default) and judges nothing */
    /* Adds the source as it was read, for a Munin plugin's word "dump". NULL: not offered. false: as measure. */
    bool (*dump)(const void *args, struct run *run, struct report *report, struct text *text);
};

/* check_main(check, argc, argv): the whole program: parse, run, print, exit code. */
int check_main(const struct check *check, int argc, char **argv);

/* check_run(check, argc, argv, deadline, output): the whole run without touching the process: what check_main would
 * print on standard output is added to ${output}, the exit code is returned. No state is left behind, so a warm
 * worker calls it again and again; whatever blocks beyond the deadline is for the caller to kill (check_main
 * has a watchdog). ${argv} must be writable: secrets in it are wiped. ${deadline} (CLOCK_MONOTONIC,
 * milliseconds; 0: none) shortens the time that --timeout gives. Whatever has no place on standard output (a
 * collector's or a Munin plugin's complaint) is dropped. */
int check_run(const struct check *check, int argc, char **argv, int64_t deadline, struct text *output);

/* check_self_test(check, error): the mistakes of its tables; every run begins with it. */
bool check_self_test(const struct check *check, struct error *error);

/* run_clock(run): milliseconds that go on between runs, for lib/rates.h: since boot, or the uptime of the root's
 * /proc/uptime under --root; 0 when that cannot be read. */
int64_t run_clock(const struct run *run);

/* run_remaining(run): milliseconds until the deadline; 0 when it has passed. */
int64_t run_remaining(const struct run *run);

/* run_stage(run, format, ...): name what is being waited for: "connecting to \"127.0.0.1:80\"". */
void run_stage(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* report_value(report, metric, instance, value): one sample. ${metric} is the index of its row; ${instance}
 * is NULL for a metric without instances. NaN says "not known". */
void report_value(struct report *report, size_t metric, const char *instance, double value);

/* The same with this instance's own bounds and threshold texts (NULL or NaN: the row's). A threshold that the
 * user gave on the command line wins over both. */
struct value_frame {
    double min, max;
    const char *warning, *critical;
    const char *label; /* a perfdata label for this sample alone; NULL: by the row */
    const char *unit;  /* likewise: what --oid or a query's own options say; NULL: the row's */
    double change; /* what a counter grew by since the last run, for formats of increments; NaN: not known */
};
#define VALUE_FRAME_NONE                                                                                     \
    {                                                                                                        \
        (double)NAN, (double)NAN, NULL, NULL, NULL, NULL, (double)NAN                                        \
    }
void report_value_framed(struct report *report, size_t metric, const char *instance, double value,
                         const struct value_frame *frame);

/* report_failure(report, verdict, format, ...): the source could not be read or is at fault: the sentence
 * becomes the answer. Returns false, so that `return report_failure(...)` ends measure. */
bool report_failure(struct report *report, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* report_late(report, format, ...): the same when the time is over; the verdict is that of --timeout-state. */
bool report_late(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* report_verdict(report, verdict, format, ...): a finding that no range expresses ("server \"b\" is DOWN"); it
 * makes the answer at least ${verdict} and stands in its text. */
void report_verdict(struct report *report, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* report_text(report, format, ...): the text of the answer when nothing is wrong (and ahead of what is). Without
 * it the text is made of the judged metrics. */
void report_text(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* report_detail(report, format, ...): a line of long text (-v, JSON, the page). */
void report_detail(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* report_fact(report, key, value): a key of the source as the source writes it, text included. --format cacti prints
 * the facts, in this order, in the place of the metrics. */
void report_fact(struct report *report, const char *key, const char *value);

/* report_verdict_now(report): the verdict so far, ranges included; for judge. */
enum verdict report_verdict_now(const struct report *report);

#endif
