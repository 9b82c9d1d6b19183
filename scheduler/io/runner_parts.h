/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the runner share: jobs, the lanes in which they wait, and the processes that take them.
 */
#ifndef WATCHBILL_IO_RUNNER_PARTS_H
#define WATCHBILL_IO_RUNNER_PARTS_H

#include "lib/text.h"
#include "lib/wire_run.h"
#include "scheduler/io/runner.h"

struct runner_job {
    struct runner_job *next;
    runner_done *done; /* NULL: the outcome was given */
    void *owner;
    int64_t timeout; /* ms */
    int64_t due;     /* of the process that has it: no outcome by then, and it is not well; as loop_now */
    bool background;
    bool warm;         /* may run in a worker */
    struct text frame; /* emptied when it was sent */
};

/* First in, first out. */
struct runner_queue {
    struct runner_job *first, *last;
    size_t count;
};
void runner_queue_add(struct runner_queue *queue, struct runner_job *job);
/* The oldest, or NULL. */
struct runner_job *runner_queue_take(struct runner_queue *queue);

/* runner_job_end(job, outcome): give the outcome and free the job. */
void runner_job_end(struct runner_job *job, const struct outcome *outcome);
/* The same for a job that cannot be run: OUTCOME_NOT_STARTED with a sentence. */
void runner_job_refuse(struct runner_job *job, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* runner_spawn(path, directory, descriptors, count, pid, error): start ${path} in a session of its own with
 * /dev/null as its standard descriptors and ${descriptors} from 3 on. */
bool runner_spawn(const char *path, const char *directory, const int *descriptors, size_t count, pid_t *pid,
                  struct error *error);
/* Wait until the process has ended, at most ${timeout} ms, then KILL it. */
void runner_spawn_end(pid_t pid, int timeout);

/* runner_wake(runner): hand out what waits, at the end of this turn of the loop. */
void runner_wake(struct runner *runner);
struct loop *runner_loop(struct runner *runner);
const struct runner_settings *runner_settings(const struct runner *runner);

/* One runner process, started again when it dies. */
struct runner_process;
struct runner_process *runner_process_create(struct runner *runner, struct error *error);
void runner_process_close(struct runner_process *process); /* asks it to end */
void runner_process_free(struct runner_process *process);  /* waits until it has */
bool runner_process_alive(const struct runner_process *process);
size_t runner_process_load(const struct runner_process *process);  /* jobs it has */
size_t runner_process_stuck(const struct runner_process *process); /* of them, those that do not end */
bool runner_process_full(const struct runner_process *process);
void runner_process_give(struct runner_process *process, struct runner_job *job);
void runner_process_flush(struct runner_process *process);

/* The template of the workers, and the workers. */
struct runner_warm;
struct runner_warm *runner_warm_create(struct runner *runner, struct error *error);
void runner_warm_close(struct runner_warm *warm);
void runner_warm_free(struct runner_warm *warm);
/* Whether ${name} is the program of a check that the workers hold; false while the template is away. */
bool runner_warm_holds(const struct runner_warm *warm, const char *name);
bool runner_warm_ready(const struct runner_warm *warm);
/* Give the job to an idle worker, or to a new one; false: all are busy. */
bool runner_warm_give(struct runner_warm *warm, struct runner_job *job);
/* Take the outcomes that are there: their workers are idle then. */
void runner_warm_look(struct runner_warm *warm);
size_t runner_warm_workers(const struct runner_warm *warm);
size_t runner_warm_busy(const struct runner_warm *warm);
size_t runner_warm_stuck(const struct runner_warm *warm);

#endif
