/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct seen {
    struct loop *loop;
    struct loop_timer *timer;
    struct loop_watch *watch;
    int64_t due;
    int count;
    int status;
    bool other_thread;
    pthread_t self;
    char order[16];
};

static void stop(void *owner)
{
    struct seen *seen = owner;
    seen->count++;
    loop_stop(seen->loop);
}

static void timers_are_never_early(void **state)
{
    static const int64_t delays[] = {-1000000, 0, 1, 999, 1000, 1001, 2500, 20000};
    struct seen seen = {.loop = loop_create()};
    (void)state;
    seen.timer = loop_timer_add(seen.loop, stop, &seen);
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        int64_t due = loop_now() + delays[i];
        loop_timer_at(seen.timer, due);
        loop_run(seen.loop);
        assert_true(loop_now() >= due);
        assert_int_equal(seen.count, (int)i + 1);
    }
    loop_timer_remove(seen.timer);
    loop_timer_remove(NULL);
    loop_free(seen.loop);
}

static void a_stopped_timer_is_silent(void **state)
{
    struct seen silent = {.loop = loop_create()};
    struct seen seen = {.loop = silent.loop};
    (void)state;
    silent.timer = loop_timer_add(seen.loop, stop, &silent);
    seen.timer = loop_timer_add(seen.loop, stop, &seen);
    loop_timer_at(silent.timer, loop_now() + 1000);
    loop_timer_at(seen.timer, loop_now() + 30000);
    loop_timer_stop(silent.timer);
    loop_run(seen.loop);
    assert_int_equal(silent.count, 0);
    assert_int_equal(seen.count, 1);
    loop_free(seen.loop); /* closes the timers that are left */
}

static void readable(void *owner, int events)
{
    struct seen *seen = owner;
    char byte;
    assert_true(events & LOOP_READ);
    assert_int_equal(recv(seen->status, &byte, 1, 0), 1);
    seen->count++;
    loop_watch_remove(seen->watch);
    loop_stop(seen->loop);
}

static void descriptors(void **state)
{
    struct seen seen = {.loop = loop_create()};
    int ends[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    seen.status = ends[0];
    seen.watch = loop_watch_add(seen.loop, ends[0], 0, readable, &seen);
    loop_watch_events(seen.watch, LOOP_READ);
    assert_int_equal(send(ends[1], "xy", 2, 0), 2);
    loop_run(seen.loop);
    assert_int_equal(seen.count, 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    loop_free(seen.loop);
}

static void signals(void **state)
{
    struct seen seen = {.loop = loop_create()};
    (void)state;
    loop_on_signal(seen.loop, SIGUSR1, stop, &seen);
    assert_int_equal(raise(SIGUSR1), 0);
    loop_run(seen.loop);
    assert_int_equal(seen.count, 1);
    loop_free(seen.loop);
}

static void child_ended(void *owner, pid_t pid, int status)
{
    struct seen *seen = owner;
    assert_true(pid > 0);
    seen->status = status;
    stop(seen);
}

/* One that has ended before anyone asked, one that ends later, and one that is not ours to wait for. */
static void children(void **state)
{
    struct seen seen = {.loop = loop_create()};
    siginfo_t info;
    (void)state;
    pid_t other = fork();
    if (other == 0)
        _exit(9);
    for (int code = 3; code < 5; code++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(code);
        if (code == 3)
            assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
        loop_on_child(seen.loop, pid, child_ended, &seen);
        loop_run(seen.loop);
        assert_int_equal(WEXITSTATUS(seen.status), code);
    }
    assert_int_equal(seen.count, 2);
    loop_free(seen.loop);
    int status = 0;
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(WEXITSTATUS(status), 9);
}

static void work(void *owner)
{
    struct seen *seen = owner;
    seen->other_thread = !pthread_equal(seen->self, pthread_self());
}

static void work_on_a_thread(void **state)
{
    struct seen seen = {.loop = loop_create(), .self = pthread_self()};
    (void)state;
    loop_work(seen.loop, work, stop, &seen);
    assert_int_equal(seen.count, 0);
    loop_run(seen.loop);
    assert_int_equal(seen.count, 1);
    assert_true(seen.other_thread);
    loop_work(seen.loop, work, stop, &seen);
    loop_free(seen.loop); /* waits for the work, and calls nobody */
    assert_int_equal(seen.count, 1);
}

struct letter {
    struct seen *seen;
    char name;
};

static void arrive(void *owner)
{
    const struct letter *letter = owner;
    struct seen *seen = letter->seen;
    seen->order[seen->count++] = letter->name;
    if (letter->name == 'c')
        loop_stop(seen->loop);
}

static void *post_all(void *owner)
{
    struct letter *letters = owner;
    for (size_t i = 0; i < 3; i++)
        loop_post(letters[i].seen->loop, arrive, &letters[i]);
    return NULL;
}

static void posts_come_in_order(void **state)
{
    struct seen seen = {.loop = loop_create()};
    struct letter letters[] = {{&seen, 'a'}, {&seen, 'b'}, {&seen, 'c'}};
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, post_all, letters), 0);
    loop_run(seen.loop);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(seen.order, "abc");
    loop_post(seen.loop, arrive, &letters[0]);
    loop_free(seen.loop); /* what was posted before is delivered */
    assert_int_equal(seen.count, 4);
}

static void clocks(void **state)
{
    int64_t now = loop_now(), wall = loop_wall();
    (void)state;
    assert_true(now > 0 && loop_now() >= now);
    assert_true(wall / 1000 <= time(NULL) && wall / 1000 >= time(NULL) - 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_are_never_early),
        cmocka_unit_test(a_stopped_timer_is_silent),
        cmocka_unit_test(descriptors),
        cmocka_unit_test(signals),
        cmocka_unit_test(children),
        cmocka_unit_test(work_on_a_thread),
        cmocka_unit_test(posts_come_in_order),
        cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
