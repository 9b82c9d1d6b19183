/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event loop: descriptors, timers, signals, work on a thread. One door to libuv. */
#ifndef WATCHBILL_IO_LOOP_H
#define WATCHBILL_IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loop;
struct loop_watch;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void loop_ready(void *owner, int events);
typedef void loop_call(void *owner);

struct loop *loop_create(void);
void loop_free(struct loop *loop); /* closes what is left */
void loop_run(struct loop *loop);  /* until loop_stop */
void loop_stop(struct loop *loop);

/* loop_now(): CLOCK_MONOTONIC in microseconds, read anew. loop_wall(): epoch milliseconds. */
int64_t loop_now(void);
int64_t loop_wall(void);

/* loop_watch_add(loop, fd, events, ready, owner): the descriptor stays the caller's; it must be taken out with
 * loop_watch_remove before it is closed. */
struct loop_watch *loop_watch_add(struct loop *loop, int fd, int events, loop_ready *ready, void *owner);
void loop_watch_events(struct loop_watch *watch, int events);
void loop_watch_remove(struct loop_watch *watch); /* NULL is allowed */

/* A timer; not armed until loop_timer_at. ${due} is on loop_now's clock; a past one fires at once. */
struct loop_timer *loop_timer_add(struct loop *loop, loop_call *call, void *owner);
void loop_timer_at(struct loop_timer *timer, int64_t due);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_remove(struct loop_timer *timer); /* NULL is allowed */

/* loop_on_signal(loop, number, call, owner): for the life of the loop. */
void loop_on_signal(struct loop *loop, int number, loop_call *call, void *owner);

/* loop_on_child(loop, pid, ended, owner): ${ended} is called once with the wait status of that child. */
typedef void loop_child_ended(void *owner, pid_t pid, int status);
void loop_on_child(struct loop *loop, pid_t pid, loop_child_ended *ended, void *owner);

/* loop_work(loop, work, done, owner): ${work} on a thread, then ${done} on the loop. */
void loop_work(struct loop *loop, loop_call *work, loop_call *done, void *owner);

/* loop_post(loop, call, owner): the only function that another thread may call: run ${call} on the loop. What was
 * posted before loop_free is called by it. */
void loop_post(struct loop *loop, loop_call *call, void *owner);

#endif
