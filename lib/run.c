/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/check.h"
#include "lib/number.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>

static int64_t milliseconds(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t run_remaining(const struct run *run)
{
    int64_t left = run->deadline - milliseconds(CLOCK_MONOTONIC);
    return left > 0 ? left : 0;
}

void run_stage(struct run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *stage = arena_format_list(run->arena, format, arguments);
    va_end(arguments);
    atomic_signal_fence(memory_order_seq_cst); /* the watchdog's handler reads it */
    run->stage = stage;
}

static double read_uptime(const char *root)
{
    double seconds = 0;
    struct text path = TEXT_INIT;
    text_format(&path, "%s/proc/uptime", root);
    FILE *file = fopen(path.bytes, "re");
    if (file) {
        if (fscanf(file, "%lf", &seconds) != 1 || !isfinite(seconds) || seconds < 0 || seconds > 1e12)
            seconds = 0;
        (void)fclose(file);
    }
    text_release(&path);
    return seconds;
}

int64_t run_clock(const struct run *run)
{
    if (*run->root)
        return number_nearest(read_uptime(run->root) * 1000);
    return milliseconds(CLOCK_BOOTTIME);
}
