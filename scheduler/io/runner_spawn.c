/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts the project's own long-lived processes. posix_spawn is vfork and exec: the daemon's size does not
 * count. */
#include "scheduler/io/runner_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 3, MOST = 4 };

/* Descriptors go by way of high numbers, so that none is overwritten before it is moved. */
static int add_descriptors(posix_spawn_file_actions_t *actions, const int *high, size_t count)
{
    int failure = 0;
    for (int fd = 0; fd < FIRST && !failure; fd++)
        failure = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
    for (size_t i = 0; i < count && !failure; i++)
        failure = posix_spawn_file_actions_adddup2(actions, high[i], FIRST + (int)i);
    return failure;
}

static int spawn(const char *path, const char *directory, const int *high, size_t count, pid_t *pid)
{
    char path_text[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char locale[] = "LC_ALL=C";
    char *const environment[] = {path_text, locale, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    char *name = strdup(path);
    char *argv[] = {name, NULL};
    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigdefault(&attributes, &all);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setflags(&attributes,
                                   POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    int failure = name ? add_descriptors(&actions, high, count) : ENOMEM;
    if (!failure && directory)
        failure = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (!failure)
        failure = posix_spawn(pid, path, &actions, &attributes, argv, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    free(name);
    return failure;
}

bool runner_spawn(const char *path, const char *directory, const int *descriptors, size_t count, pid_t *pid,
                  struct error *error)
{
    int high[MOST] = {0};
    size_t made = 0;
    int failure = 0;
    for (; made < count && made < MOST && !failure; made++) {
        high[made] = fcntl(descriptors[made], F_DUPFD_CLOEXEC, FIRST + MOST);
        if (high[made] < 0)
            failure = errno;
    }
    if (!failure)
        failure = spawn(path, directory, high, count, pid);
    while (made > 0)
        if (high[--made] >= 0)
            (void)close(high[made]);
    return failure == 0 || error_set(error, "cannot start \"%s\"%s%s%s: %s", path, directory ? " in \"" : "",
                                     directory ? directory : "", directory ? "\"" : "", strerror(failure));
}

void runner_spawn_end(pid_t pid, int timeout)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    if (fd >= 0) {
        if (poll(&ended, 1, timeout) <= 0)
            (void)kill(pid, SIGKILL);
        (void)close(fd);
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}
