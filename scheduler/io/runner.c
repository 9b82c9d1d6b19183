/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/runner.h"

#include "lib/memory.h"
#include "scheduler/io/runner_parts.h"

#include <errno.h>

enum { JOB_MOST = 16 << 20 };

struct runner {
    struct loop *loop;
    struct loop_timer *turn; /* the end of this turn of the loop */
    bool awake;
    char *libexec, *bin, *checks, *directory;
    struct runner_settings settings;
    struct runner_process **processes;
    struct runner_warm *warm;                        /* NULL: none */
    struct runner_queue waiting[2], waiting_warm[2]; /* checks, then what may wait behind them */
    size_t started, started_warm;
};

struct loop *runner_loop(struct runner *runner)
{
    return runner->loop;
}

const struct runner_settings *runner_settings(const struct runner *runner)
{
    return &runner->settings;
}

/* Of the processes with room the one that has least; among equals always the first, so that a light load
 * stays in one process and its messages travel together. */
static struct runner_process *find_process(struct runner *runner)
{
    struct runner_process *best = NULL;
    for (size_t i = 0; i < runner->settings.runners; i++) {
        struct runner_process *process = runner->processes[i];
        if (!runner_process_full(process) &&
            (!best || runner_process_load(process) < runner_process_load(best)))
            best = process;
    }
    return best;
}

static bool any_alive(const struct runner *runner)
{
    for (size_t i = 0; i < runner->settings.runners; i++)
        if (runner_process_alive(runner->processes[i]))
            return true;
    return false;
}

static struct runner_job *take(struct runner_queue *queues)
{
    struct runner_job *job = runner_queue_take(&queues[0]);
    return job ? job : runner_queue_take(&queues[1]);
}

static void hand_out_warm(struct runner *runner)
{
    for (size_t i = 0; i < 2; i++) {
        struct runner_queue *queue = &runner->waiting_warm[i];
        while (queue->first) {
            /* Without a template they are executed like any other program. */
            bool ready = runner->warm && runner_warm_ready(runner->warm);
            if (ready && !runner_warm_give(runner->warm, queue->first))
                return;
            struct runner_job *job = runner_queue_take(queue);
            if (ready)
                runner->started_warm++;
            else
                runner_queue_add(&runner->waiting[i], job);
        }
    }
}

static void hand_out(struct runner *runner)
{
    struct runner_process *process;
    struct runner_job *job;
    while ((process = find_process(runner)) && (job = take(runner->waiting))) {
        if (job->frame.length > JOB_MOST) {
            runner_job_refuse(job, E2BIG, "the arguments and the input are too long");
        } else {
            runner_process_give(process, job);
            runner->started++;
        }
    }
    for (size_t i = 0; i < runner->settings.runners; i++)
        runner_process_flush(runner->processes[i]);
}

/* Jobs that came now are not looked at: their turn is the next one. */
static void refuse_waiting(struct runner *runner)
{
    size_t count = runner->waiting[0].count + runner->waiting[1].count;
    for (struct runner_job *job; count > 0 && (job = take(runner->waiting)); count--)
        runner_job_refuse(job, ECHILD, "no runner process is running");
}

static void turn(void *owner)
{
    struct runner *runner = owner;
    runner->awake = false;
    if (runner->warm)
        runner_warm_look(runner->warm);
    hand_out_warm(runner);
    if (any_alive(runner))
        hand_out(runner);
    else
        refuse_waiting(runner);
}

void runner_wake(struct runner *runner)
{
    if (!runner->awake)
        loop_timer_at(runner->turn, 0);
    runner->awake = true;
}

static void settings_copy(struct runner *runner, const struct runner_settings *settings)
{
    runner->libexec = memory_text(settings->libexec);
    runner->bin = memory_text(settings->bin);
    runner->checks = memory_text(settings->checks);
    runner->directory = memory_text(settings->directory);
    runner->settings = (struct runner_settings){.libexec = runner->libexec,
                                                .bin = runner->bin,
                                                .checks = runner->checks,
                                                .directory = runner->directory,
                                                .runners = settings->runners ? settings->runners : 1,
                                                .warm = settings->warm};
}

struct runner *runner_create(struct loop *loop, const struct runner_settings *settings, struct error *error)
{
    struct runner *runner = memory_get(1, sizeof *runner);
    runner->loop = loop;
    runner->turn = loop_timer_add(loop, turn, runner);
    settings_copy(runner, settings);
    runner->processes = memory_get(runner->settings.runners, sizeof(struct runner_process *));
    bool made = true;
    for (size_t i = 0; i < runner->settings.runners && made; i++) {
        runner->processes[i] = runner_process_create(runner, error);
        made = runner->processes[i] != NULL;
    }
    if (made && settings->warm > 0) {
        runner->warm = runner_warm_create(runner, error);
        made = runner->warm != NULL;
    }
    if (made)
        return runner;
    runner_free(runner);
    return NULL;
}

static void drop_queue(struct runner_queue *queue)
{
    for (struct runner_job *job; (job = runner_queue_take(queue));) {
        job->done = NULL;
        runner_job_end(job, NULL);
    }
}

void runner_free(struct runner *runner)
{
    if (!runner)
        return;
    /* All are told before any is waited for. */
    for (size_t i = 0; i < runner->settings.runners; i++)
        if (runner->processes[i])
            runner_process_close(runner->processes[i]);
    if (runner->warm)
        runner_warm_close(runner->warm);
    for (size_t i = 0; i < runner->settings.runners; i++)
        runner_process_free(runner->processes[i]);
    runner_warm_free(runner->warm);
    for (size_t i = 0; i < 2; i++) {
        drop_queue(&runner->waiting[i]);
        drop_queue(&runner->waiting_warm[i]);
    }
    loop_timer_remove(runner->turn);
    free(runner->processes);
    free(runner->libexec);
    free(runner->bin);
    free(runner->checks);
    free(runner->directory);
    free(runner);
}

/* Whether a worker can run it: one of our own checks, by its path, that asks for no standard input. */
static bool fits_worker(const struct runner *runner, const struct job *job)
{
    const char *folder = runner->settings.checks;
    const char *slash = strrchr(job->argv[0], '/');
    if (!runner->warm || !folder || !slash || job->input)
        return false;
    size_t length = (size_t)(slash - job->argv[0]);
    return strlen(folder) == length && strncmp(folder, job->argv[0], length) == 0 &&
           runner_warm_holds(runner->warm, slash + 1);
}

void runner_submit(struct runner *runner, const struct job *job, runner_done *done, void *owner)
{
    struct runner_job *copy = memory_get(1, sizeof *copy);
    *copy = (struct runner_job){.done = done,
                                .owner = owner,
                                .timeout = job->timeout,
                                .background = job->background,
                                .frame = TEXT_INIT};
    wire_run_put(&copy->frame, &(struct wire_job){.argv = job->argv,
                                                  .env = job->env,
                                                  .input = job->input,
                                                  .input_length = job->input_length,
                                                  .timeout = job->timeout,
                                                  .cap = job->output_cap});
    runner_wake(runner);
    if (fits_worker(runner, job))
        runner_queue_add(&runner->waiting_warm[job->background], copy);
    else
        runner_queue_add(&runner->waiting[job->background], copy);
}

void runner_counts(const struct runner *runner, struct runner_counts *counts)
{
    *counts = (struct runner_counts){.started_total = runner->started + runner->started_warm,
                                     .warm_total = runner->started_warm};
    for (size_t i = 0; i < 2; i++)
        counts->waiting += runner->waiting[i].count + runner->waiting_warm[i].count;
    for (size_t i = 0; i < runner->settings.runners; i++) {
        counts->running += runner_process_load(runner->processes[i]);
        counts->stuck += runner_process_stuck(runner->processes[i]);
    }
    if (runner->warm) {
        counts->running += runner_warm_busy(runner->warm);
        counts->stuck += runner_warm_stuck(runner->warm);
        counts->workers = runner_warm_workers(runner->warm);
    }
}
