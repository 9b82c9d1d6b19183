/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_runner RATE SECONDS WARM PROGRAM [ARGUMENT...]: what one run costs through the runner, all processes
 * together, and how late runs begin. PROGRAM is started RATE times a second from one loop, as the engine does it.
 * WARM is the number of warm workers; BUILD names the build directory. Prints one line. */
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/runner.h"

#include <sys/resource.h>

struct bench {
    struct loop *loop;
    struct loop_timer *timer;
    struct runner *runner;
    struct job job;
    double every; /* microseconds */
    int64_t first;
    size_t count, started, ended, failed;
    int64_t *late; /* microseconds */
    int64_t *own;  /* from the request to the answer, as the one who ran it told */
};

struct ticket {
    struct bench *bench;
    int64_t due;
};

static double cpu_used(int who)
{
    struct rusage usage;
    (void)getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void came(void *owner, const struct outcome *outcome)
{
    struct ticket *ticket = owner;
    struct bench *bench = ticket->bench;
    bench->failed += outcome->kind != OUTCOME_EXITED;
    bench->late[bench->ended] = outcome->started - ticket->due;
    bench->own[bench->ended] = outcome->ended - outcome->started;
    free(ticket);
    if (++bench->ended == bench->count)
        loop_stop(bench->loop);
}

static int64_t due_of(const struct bench *bench, size_t number)
{
    return bench->first + (int64_t)((double)number * bench->every);
}

static void start_due(void *owner)
{
    struct bench *bench = owner;
    int64_t now = loop_now();
    while (bench->started < bench->count && due_of(bench, bench->started) <= now) {
        struct ticket *ticket = memory_get(1, sizeof *ticket);
        *ticket = (struct ticket){.bench = bench, .due = due_of(bench, bench->started++)};
        runner_submit(bench->runner, &bench->job, came, ticket);
    }
    if (bench->started < bench->count)
        loop_timer_at(bench->timer, due_of(bench, bench->started));
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("usage: bench_runner RATE SECONDS WARM PROGRAM [ARGUMENT...]\n", stderr);
        return 3;
    }
    const char *build = getenv("BUILD") ? getenv("BUILD") : "build";
    double rate = strtod(argv[1], NULL);
    struct text libexec = TEXT_INIT, bin = TEXT_INIT, checks = TEXT_INIT;
    text_format(&libexec, "%s/libexec", build);
    text_format(&bin, "%s/bin", build);
    text_format(&checks, "%s/checks", build);
    const char *words[64] = {NULL};
    for (int i = 4; i < argc && i < 64; i++)
        words[i - 4] = argv[i];
    struct text state = TEXT_INIT;
    const char *environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL, NULL};
    if (getenv("WATCHBILL_STATE")) { /* where rates are kept */
        text_format(&state, "WATCHBILL_STATE=%s", getenv("WATCHBILL_STATE"));
        environment[2] = state.bytes;
    }
    struct bench bench = {.loop = loop_create(),
                          .every = 1e6 / rate,
                          .count = (size_t)(rate * strtod(argv[2], NULL)),
                          .job = {.argv = words, .env = environment, .timeout = 10000, .output_cap = 8192}};
    struct runner_settings settings = {.libexec = libexec.bytes,
                                       .bin = bin.bytes,
                                       .checks = checks.bytes,
                                       .directory = NULL,
                                       .runners = 2,
                                       .warm = (size_t)strtoul(argv[3], NULL, 10)};
    struct error error;
    bench.late = memory_get(bench.count, sizeof *bench.late);
    bench.own = memory_get(bench.count, sizeof *bench.own);
    bench.timer = loop_timer_add(bench.loop, start_due, &bench);
    bench.runner = runner_create(bench.loop, &settings, &error);
    if (!bench.runner) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 3;
    }
    double self = cpu_used(RUSAGE_SELF);
    bench.first = loop_now() + 200000;
    loop_timer_at(bench.timer, bench.first);
    loop_run(bench.loop);
    double wall = (double)(loop_now() - bench.first) / 1e6;
    self = cpu_used(RUSAGE_SELF) - self;
    struct runner_counts counts;
    runner_counts(bench.runner, &counts);
    runner_free(bench.runner);
    double children = cpu_used(RUSAGE_CHILDREN);
    qsort(bench.late, bench.count, sizeof *bench.late, compare);
    qsort(bench.own, bench.count, sizeof *bench.own, compare);
    double count = (double)bench.count;
    (void)printf("rate=%.0f done/s=%.0f runs=%zu warm=%zu failed=%zu cpu_us=%.1f (daemon %.1f, others %.1f) "
                 "late_ms p50=%.2f p99=%.2f max=%.2f own_us p50=%.1f\n",
                 rate, count / wall, bench.count, counts.warm_total, bench.failed, (self + children) / count,
                 self / count, children / count, (double)bench.late[bench.count / 2] / 1e3,
                 (double)bench.late[bench.count * 99 / 100] / 1e3, (double)bench.late[bench.count - 1] / 1e3,
                 (double)bench.own[bench.count / 2]);
    loop_timer_remove(bench.timer);
    loop_free(bench.loop);
    free(bench.late);
    free(bench.own);
    text_release(&state);
    text_release(&libexec);
    text_release(&bin);
    text_release(&checks);
    return bench.failed ? 1 : 0;
}
