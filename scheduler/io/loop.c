/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/loop.h"

#include "lib/memory.h"

#include <assert.h>
#include <pthread.h>
#include <sys/wait.h>
#include <uv.h>

/* Each part begins with its handle, so that one function closes and frees them all. */
struct loop_watch {
    uv_poll_t handle;
    int events; /* what it waits for now: a change costs two system calls */
    loop_ready *ready;
    void *owner;
};

struct loop_timer {
    uv_timer_t handle;
    loop_call *call;
    void *owner;
};

struct signal_watch {
    uv_signal_t handle;
    loop_call *call;
    void *owner;
};

struct child {
    struct child *next;
    pid_t pid;
    loop_child_ended *ended;
    void *owner;
};

struct post {
    struct post *next;
    loop_call *call;
    void *owner;
};

struct work {
    uv_work_t request;
    struct loop *loop;
    loop_call *work, *done;
    void *owner;
};

struct loop {
    uv_loop_t uv;
    uv_async_t *async; /* wakes the loop for `posts` and for a look at `children` */
    struct child *children;
    bool minds_children;
    bool closing;
    pthread_mutex_t lock; /* of `posts` */
    struct post *posts;   /* newest first */
};

static void closed(uv_handle_t *handle)
{
    free(handle);
}

/* The handle is the first member of what was allocated for it. */
static void close_handle(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, closed);
}

static void close_any(uv_handle_t *handle, void *unused)
{
    (void)unused;
    close_handle(handle);
}

/* Posts */

static struct post *posts_take(struct loop *loop)
{
    (void)pthread_mutex_lock(&loop->lock);
    struct post *newest = loop->posts;
    loop->posts = NULL;
    (void)pthread_mutex_unlock(&loop->lock);
    struct post *oldest = NULL;
    while (newest) {
        struct post *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static void posts_run(struct loop *loop)
{
    for (struct post *post = posts_take(loop), *next; post; post = next) {
        next = post->next;
        if (!loop->closing)
            post->call(post->owner);
        free(post);
    }
}

void loop_post(struct loop *loop, loop_call *call, void *owner)
{
    struct post *post = memory_get(1, sizeof *post);
    *post = (struct post){.call = call, .owner = owner};
    (void)pthread_mutex_lock(&loop->lock);
    post->next = loop->posts;
    loop->posts = post;
    (void)pthread_mutex_unlock(&loop->lock);
    (void)uv_async_send(loop->async);
}

/* Children: each is waited for by its own number, so that nobody else's child is taken. */

static struct child *child_take_ended(struct loop *loop, int *status)
{
    for (struct child **at = &loop->children; *at; at = &(*at)->next) {
        struct child *child = *at;
        if (waitpid(child->pid, status, WNOHANG) != 0) {
            *at = child->next;
            return child;
        }
    }
    return NULL;
}

static void children_look(void *owner)
{
    struct loop *loop = owner;
    struct child *child;
    int status = 0;
    while (!loop->closing && (child = child_take_ended(loop, &status))) {
        child->ended(child->owner, child->pid, status);
        free(child);
    }
}

void loop_on_child(struct loop *loop, pid_t pid, loop_child_ended *ended, void *owner)
{
    struct child *child = memory_get(1, sizeof *child);
    *child = (struct child){.next = loop->children, .pid = pid, .ended = ended, .owner = owner};
    loop->children = child;
    if (!loop->minds_children)
        loop_on_signal(loop, SIGCHLD, children_look, loop);
    loop->minds_children = true;
    (void)uv_async_send(loop->async); /* it may have ended before anyone minded */
}

static void woken(uv_async_t *async)
{
    struct loop *loop = async->data;
    posts_run(loop);
    children_look(loop);
}

/* The loop */

struct loop *loop_create(void)
{
    struct loop *loop = memory_get(1, sizeof *loop);
    loop->async = memory_get(1, sizeof *loop->async);
    (void)pthread_mutex_init(&loop->lock, NULL);
    if (uv_loop_init(&loop->uv) != 0 || uv_async_init(&loop->uv, loop->async, woken) != 0) {
        (void)fputs("cannot make an event loop: no descriptors left\n", stderr);
        abort();
    }
    loop->async->data = loop;
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    posts_run(loop); /* what was posted before the end has an owner who waits for it */
    loop->closing = true;
    uv_walk(&loop->uv, close_any, NULL);
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        continue;
    posts_run(loop);
    int left = uv_loop_close(&loop->uv);
    assert(left == 0);
    (void)left;
    for (struct child *child = loop->children, *next; child; child = next) {
        next = child->next;
        free(child);
    }
    (void)pthread_mutex_destroy(&loop->lock);
    free(loop);
}

void loop_run(struct loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

static int64_t clock_read(clockid_t clock, int64_t per_second)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * per_second + time.tv_nsec / (1000000000 / per_second);
}

int64_t loop_now(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000000);
}

int64_t loop_wall(void)
{
    return clock_read(CLOCK_REALTIME, 1000);
}

/* Descriptors */

static void poll_ready(uv_poll_t *handle, int status, int events)
{
    struct loop_watch *watch = handle->data;
    int seen = (events & UV_READABLE ? LOOP_READ : 0) | (events & UV_WRITABLE ? LOOP_WRITE : 0);
    if (status < 0)
        watch->events = 0; /* libuv has stopped it; an error is found by whoever reads or writes */
    watch->ready(watch->owner, status < 0 ? LOOP_READ | LOOP_WRITE : seen);
}

static int poll_events(int events)
{
    return (events & LOOP_READ ? UV_READABLE : 0) | (events & LOOP_WRITE ? UV_WRITABLE : 0);
}

struct loop_watch *loop_watch_add(struct loop *loop, int fd, int events, loop_ready *ready, void *owner)
{
    struct loop_watch *watch = memory_get(1, sizeof *watch);
    watch->ready = ready;
    watch->owner = owner;
    int failure = uv_poll_init(&loop->uv, &watch->handle, fd);
    if (failure) {
        (void)fprintf(stderr, "cannot watch a descriptor: %s\n", uv_strerror(failure));
        abort();
    }
    watch->handle.data = watch;
    loop_watch_events(watch, events);
    return watch;
}

void loop_watch_events(struct loop_watch *watch, int events)
{
    if (events == watch->events)
        return;
    watch->events = events;
    if (events)
        (void)uv_poll_start(&watch->handle, poll_events(events), poll_ready);
    else
        (void)uv_poll_stop(&watch->handle);
}

void loop_watch_remove(struct loop_watch *watch)
{
    if (watch) {
        (void)uv_poll_stop(&watch->handle);
        close_handle(&watch->handle);
    }
}

/* Timers: libuv counts whole milliseconds of a coarse clock; rounding up, a timer is never early. */

static void timer_due(uv_timer_t *handle)
{
    struct loop_timer *timer = handle->data;
    timer->call(timer->owner);
}

struct loop_timer *loop_timer_add(struct loop *loop, loop_call *call, void *owner)
{
    struct loop_timer *timer = memory_get(1, sizeof *timer);
    timer->call = call;
    timer->owner = owner;
    (void)uv_timer_init(&loop->uv, &timer->handle);
    timer->handle.data = timer;
    return timer;
}

void loop_timer_at(struct loop_timer *timer, int64_t due)
{
    uint64_t left = 0;
    if (due > 0) {
        uv_update_time(timer->handle.loop);
        uint64_t now = uv_now(timer->handle.loop);
        uint64_t at = ((uint64_t)due + 999) / 1000;
        left = at > now ? at - now : 0;
    }
    (void)uv_timer_start(&timer->handle, timer_due, left, 0);
}

void loop_timer_stop(struct loop_timer *timer)
{
    (void)uv_timer_stop(&timer->handle);
}

void loop_timer_remove(struct loop_timer *timer)
{
    if (timer) {
        loop_timer_stop(timer);
        close_handle(&timer->handle);
    }
}

/* Signals */

static void signal_came(uv_signal_t *handle, int number)
{
    struct signal_watch *watch = handle->data;
    (void)number;
    watch->call(watch->owner);
}

void loop_on_signal(struct loop *loop, int number, loop_call *call, void *owner)
{
    struct signal_watch *watch = memory_get(1, sizeof *watch);
    watch->call = call;
    watch->owner = owner;
    (void)uv_signal_init(&loop->uv, &watch->handle);
    watch->handle.data = watch;
    (void)uv_signal_start(&watch->handle, signal_came, number);
}

/* Work */

static void work_run(uv_work_t *request)
{
    struct work *work = request->data;
    work->work(work->owner);
}

static void work_done(uv_work_t *request, int status)
{
    struct work *work = request->data;
    (void)status;
    if (!work->loop->closing)
        work->done(work->owner);
    free(work);
}

void loop_work(struct loop *loop, loop_call *work, loop_call *done, void *owner)
{
    struct work *item = memory_get(1, sizeof *item);
    *item = (struct work){.loop = loop, .work = work, .done = done, .owner = owner};
    item->request.data = item;
    (void)uv_queue_work(&loop->uv, &item->request, work_run, work_done);
}
