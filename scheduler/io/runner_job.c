/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/runner_parts.h"

#include <stdarg.h>

void runner_queue_add(struct runner_queue *queue, struct runner_job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

struct runner_job *runner_queue_take(struct runner_queue *queue)
{
    struct runner_job *job = queue->first;
    if (job) {
        queue->first = job->next;
        if (!queue->first)
            queue->last = NULL;
        queue->count--;
    }
    return job;
}

void runner_job_end(struct runner_job *job, const struct outcome *outcome)
{
    runner_done *done = job->done;
    void *owner = job->owner;
    text_release(&job->frame);
    free(job);
    if (done)
        done(owner, outcome);
}

void runner_job_refuse(struct runner_job *job, int code, const char *format, ...)
{
    struct text why = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&why, format, arguments);
    va_end(arguments);
    int64_t now = loop_now();
    runner_job_end(job, &(struct outcome){.kind = OUTCOME_NOT_STARTED,
                                          .code = code,
                                          .output = why.bytes,
                                          .length = why.length,
                                          .started = now,
                                          .ended = now});
    text_release(&why);
}
