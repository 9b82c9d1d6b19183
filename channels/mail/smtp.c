/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library's connect and the resolver know no time limit, and the library cannot be told to stop before it
 * sends a message without the login that was asked for: so it works in a process of its own, which may end
 * itself and which is ended when its time is over. */
#include "channels/mail/smtp.h"

#include "channels/mail/progress.h"
#include "channels/mail/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const stages[STAGES] = {
    [STAGE_CONNECT] = "connecting",
    [STAGE_GREETING] = "waiting for its greeting",
    [STAGE_HELLO] = "waiting for its answer to EHLO",
    [STAGE_STARTTLS] = "starting tls",
    [STAGE_AUTH] = "logging in",
    [STAGE_SENDER] = "naming sender and recipient",
    [STAGE_MESSAGE] = "handing over the message",
    [STAGE_QUIT] = "taking leave",
};

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Whether the process ended in time. */
static bool ends_within(int pidfd, int64_t timeout)
{
    struct pollfd watch = {.fd = pidfd, .events = POLLIN};
    int64_t until = clock_ms() + timeout, left = timeout;
    int ready = 0;
    while (left > 0 && ready == 0) {
        ready = poll(&watch, 1, (int)left);
        if (ready < 0 && errno == EINTR)
            ready = 0;
        left = until - clock_ms();
    }
    return ready > 0;
}

static enum alert_end watch(const struct order *order, pid_t child, struct progress *progress,
                            struct error *said)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0), status = 0;
    bool ended = pidfd >= 0 && ends_within(pidfd, order->timeout);
    if (!ended)
        (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (pidfd >= 0)
        close(pidfd);
    const char *stage = stages[progress->stage];
    if (progress->finished) {
        *said = progress->said;
        return progress->outcome;
    }
    if (!ended)
        error_set(said, "the mail server \"%s\" did not answer within %lld ms: it hung while %s",
                  order->server, (long long)order->timeout, stage);
    else
        error_set(said, "sending to \"%s\" ended without a result while %s (wait status %d)", order->server,
                  stage, status);
    return ALERT_AGAIN;
}

enum alert_end smtp_deliver(const struct order *order, struct error *said)
{
    struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED) {
        error_set(said, "no memory: %s", strerror(errno));
        return ALERT_AGAIN;
    }
    enum alert_end outcome = ALERT_AGAIN;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent)
            session_run(order, progress);
        _exit(0);
    }
    if (child > 0)
        outcome = watch(order, child, progress, said);
    else
        error_set(said, "no process could be started: %s", strerror(errno));
    (void)munmap(progress, sizeof *progress);
    return outcome;
}
