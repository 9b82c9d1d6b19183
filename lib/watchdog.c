/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/watchdog.h"

#include "lib/invoke.h"
#include "lib/memory.h"

#include <signal.h>
#include <unistd.h>

enum { GRACE = 500 /* ms: a collector that keeps the deadline has the better sentence */ };

struct watchdog {
    timer_t timer;
    bool armed;
    const struct run *run;
    char *output, *complaint;
    int code;
};

struct watchdog *watchdog_create(void)
{
    return memory_get(1, sizeof(struct watchdog));
}

void watchdog_free(struct watchdog *watchdog)
{
    watchdog_end(watchdog);
    free(watchdog);
}

/* Only async-signal-safe calls down to expire().
 * The stage as it may stand in any of the formats: one line, nothing that JSON would need escaped. */
static void put_stage(int file, const char *stage)
{
    char line[512];
    size_t length = 0;
    for (; *stage && length < sizeof line; stage++) {
        char byte = *stage;
        if (byte == '"' || byte == '\\')
            byte = '\'';
        else if ((unsigned char)byte < 0x20 || (unsigned char)byte >= 0x7f || byte == '|')
            byte = ' ';
        line[length++] = byte;
    }
    ssize_t done = write(file, line, length);
    (void)done;
}

static void put(int file, const char *text, const char *stage)
{
    const char *place = strstr(text, INVOKE_STAGE);
    size_t head = place ? (size_t)(place - text) : strlen(text);
    ssize_t done = write(file, text, head);
    if (place && done >= 0) {
        const char *tail = place + strlen(INVOKE_STAGE);
        put_stage(file, stage ? stage : "measuring");
        done = write(file, tail, strlen(tail));
    }
    (void)done; /* the process ends, whatever came of it */
}

static void expire(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_code != SI_TIMER)
        return;
    const struct watchdog *watchdog = info->si_value.sival_ptr;
    const char *stage = *(const char *const volatile *)&watchdog->run->stage;
    put(STDERR_FILENO, watchdog->complaint, stage);
    put(STDOUT_FILENO, watchdog->output, stage);
    _exit(watchdog->code);
}

void watchdog_begin(void *owner, const struct run *run, int64_t limit, const struct text *late,
                    const struct text *late_complaint, int code)
{
    struct watchdog *watchdog = owner;
    int64_t after = limit + GRACE;
    struct sigaction action = {.sa_sigaction = expire, .sa_flags = SA_SIGINFO};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec when = {.it_value = {.tv_sec = after / 1000, .tv_nsec = after % 1000 * 1000000}};
    sigset_t set;
    event.sigev_value.sival_ptr = watchdog;
    watchdog->run = run;
    watchdog->output = memory_text_of(late->bytes, late->length);
    watchdog->complaint = memory_text_of(late_complaint->bytes, late_complaint->length);
    watchdog->code = code;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGALRM);
    (void)sigaction(SIGALRM, &action, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
    watchdog->armed = timer_create(CLOCK_MONOTONIC, &event, &watchdog->timer) == 0 &&
                      timer_settime(watchdog->timer, 0, &when, NULL) == 0;
}

void watchdog_end(void *owner)
{
    struct watchdog *watchdog = owner;
    if (watchdog->armed)
        (void)timer_delete(watchdog->timer);
    watchdog->armed = false;
    free(watchdog->output);
    free(watchdog->complaint);
    watchdog->output = NULL;
    watchdog->complaint = NULL;
}
