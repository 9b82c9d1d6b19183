/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill-worker: the template of the warm workers. It holds every check of the project, loads what they
 * need once, and forks a worker whenever the daemon hands it a stream. A worker takes one run at a time and
 * answers as the program of that check would; it puts back what a check may have changed. */
#include "scheduler/worker.h"

#include "lib/memory.h"
#include "lib/wire_run.h"
#include "lib/wire_worker.h"
#include "scheduler/io/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GRACE = 2000 /* ms between TERM and KILL when the daemon has gone */ };

/* Present when a check that reads HTTP is linked in; loads libcurl and the certificates before the fork. */
extern bool http_prepare(struct error *error) __attribute__((weak));
/* Present when a check that asks MySQL is. */
extern bool mysql_link_prepare(struct error *error) __attribute__((weak));
/* Present when a check of certificates is. */
extern bool tls_prepare(struct error *error) __attribute__((weak));
/* Present when a check that asks SNMP agents is. */
extern bool snmp_link_prepare(struct error *error) __attribute__((weak));

struct child {
    struct child *next;
    uint32_t id;
    pid_t pid;
};

struct template
{
    int signals;
    struct child *children;
    bool prepared;
};

static int64_t clock_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* The worker */

struct worker {
    struct wire wire;
    struct wire_run run;
    struct text output;
    int directory; /* where every run begins */
    mode_t mask;
};

/* The program of a check is its name behind "check_"; the name that it is called by may be a whole path. */
static const struct check *find_check(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strncmp(name, "check_", 6) != 0)
        return NULL;
    for (size_t i = 0; worker_checks[i]; i++)
        if (strcmp(worker_checks[i]->name, name + 6) == 0)
            return worker_checks[i];
    return NULL;
}

/* As a program finds them when it starts. */
static void put_back(const struct worker *worker)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGCHLD, SIGUSR1, SIGUSR2};
    static const struct itimerval off = {{0, 0}, {0, 0}};
    sigset_t none;
    (void)setitimer(ITIMER_REAL, &off, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)signal(numbers[i], SIG_DFL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (fchdir(worker->directory) != 0)
        abort(); /* the next run must not begin elsewhere */
    (void)umask(worker->mask);
}

static void run(struct worker *worker, const struct check *check, uint32_t id)
{
    static char *nothing[] = {NULL};
    struct wire_outcome outcome = {.kind = OUTCOME_EXITED, .started = clock_now()};
    text_clear(&worker->output);
    environ = worker->run.env;
    /* The daemon keeps the time of the run, as it does for a program: the check has its own --timeout. */
    outcome.code = check_run(check, worker->run.argc, worker->run.argv, 0, &worker->output);
    environ = nothing;
    put_back(worker);
    outcome.truncated = worker->output.length > worker->run.cap;
    outcome.output = worker->output.bytes;
    outcome.length = outcome.truncated ? worker->run.cap : worker->output.length;
    outcome.ended = clock_now();
    wire_outcome_put(&worker->wire.out, id, &outcome);
}

static void serve(struct worker *worker)
{
    struct wire_frame frame;
    bool sound = true;
    while (sound && wire_receive(&worker->wire)) {
        while (sound && wire_next(&worker->wire, &frame)) {
            sound = wire_run_get(&worker->run, &frame);
            const struct check *check = sound ? find_check(worker->run.argv[0]) : NULL;
            sound = check != NULL;
            if (sound)
                run(worker, check, frame.id);
            sound = sound && wire_flush(&worker->wire);
        }
        sound = sound && !worker->wire.broken;
    }
}

/* In the child; returns the exit code. */
static int become_worker(struct template *template, int stream)
{
    struct worker worker = {.output = TEXT_INIT};
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)close(template->signals);
    (void)close(WORKER_FD);
    wire_init(&worker.wire, stream, true);
    worker.directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    worker.mask = umask(0);
    put_back(&worker);
    /* The template may have died before the death signal was asked for. */
    if (getppid() != 1)
        serve(&worker);
    wire_release(&worker.wire);
    wire_run_release(&worker.run);
    text_release(&worker.output);
    (void)close(worker.directory);
    return 0;
}

/* The template */

static void tell(enum worker_word word, uint32_t id, int value, const char *name)
{
    struct worker_message message = {.word = word, .id = id, .value = value};
    (void)snprintf(message.name, sizeof message.name, "%s%s", name ? "check_" : "", name ? name : "");
    struct pollfd room = {.fd = WORKER_FD, .events = POLLOUT};
    while (!wire_worker_send(WORKER_FD, &message, -1) && errno == EAGAIN)
        (void)poll(&room, 1, -1);
}

static void prepare_libraries(struct template *template)
{
    struct error error;
    if (!template->prepared && http_prepare)
        (void)http_prepare(&error); /* a run that needs it says what is wrong */
    if (!template->prepared && mysql_link_prepare)
        (void)mysql_link_prepare(&error);
    if (!template->prepared && tls_prepare)
        (void)tls_prepare(&error);
    if (!template->prepared && snmp_link_prepare)
        (void)snmp_link_prepare(&error);
    template->prepared = true;
}

static void children_free(struct template *template)
{
    while (template->children) {
        struct child *child = template->children;
        template->children = child->next;
        free(child);
    }
}

static void fork_worker(struct template *template, uint32_t id, int stream)
{
    prepare_libraries(template);
    pid_t pid = fork();
    if (pid == 0) {
        int code = become_worker(template, stream);
        children_free(template);
        exit(code);
    }
    if (pid < 0)
        tell(WORKER_ENDED, id, -errno, NULL);
    (void)close(stream);
    if (pid < 0)
        return;
    (void)setpgid(pid, pid);
    struct child *child = memory_get(1, sizeof *child);
    *child = (struct child){.next = template->children, .id = id, .pid = pid};
    template->children = child;
    tell(WORKER_FORKED, id, pid, NULL);
}

static void reap(struct template *template)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    (void)!read(template->signals, &info, sizeof info);
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        (void)kill(-pid, SIGKILL); /* what a check has left behind */
        for (struct child **at = &template->children; *at; at = &(*at)->next) {
            struct child *child = *at;
            if (child->pid == pid) {
                tell(WORKER_ENDED, child->id, status, NULL);
                *at = child->next;
                free(child);
                break;
            }
        }
    }
}

static void kill_worker(const struct template *template, uint32_t id, int number)
{
    for (const struct child *child = template->children; child; child = child->next)
        if (child->id == id)
            (void)kill(-child->pid, number);
}

/* Take the daemon's messages; false: it has gone. */
static bool obey(struct template *template)
{
    struct worker_message message;
    enum wire_worker_got got;
    int passed;
    while ((got = wire_worker_receive(WORKER_FD, &message, &passed)) == WIRE_WORKER_MESSAGE) {
        if (message.word == WORKER_FORK && passed >= 0)
            fork_worker(template, message.id, passed);
        else if (passed >= 0)
            (void)close(passed);
        if (message.word == WORKER_KILL)
            kill_worker(template, message.id, message.value);
    }
    return got == WIRE_WORKER_NONE;
}

static void end_children(struct template *template)
{
    struct pollfd ended = {.fd = template->signals, .events = POLLIN};
    int64_t until = clock_now() + (int64_t)GRACE * 1000;
    for (struct child *child = template->children; child; child = child->next)
        (void)kill(-child->pid, SIGTERM);
    while (template->children && clock_now() < until) {
        (void)poll(&ended, 1, (int)((until - clock_now()) / 1000) + 1);
        reap(template);
    }
    for (struct child *child = template->children; child; child = child->next)
        (void)kill(-child->pid, SIGKILL);
}

static bool template_init(struct template *template)
{
    sigset_t all;
    (void)close_range(WORKER_FD + 1, ~0U, 0); /* what the daemon itself was started with */
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)fcntl(WORKER_FD, F_SETFD, FD_CLOEXEC);
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    (void)sigemptyset(&all);
    (void)sigaddset(&all, SIGCHLD);
    template->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    return template->signals >= 0;
}

int main(void)
{
    struct template template = {.signals = -1};
    int type = 0;
    if (getsockopt(WORKER_FD, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) != 0 ||
        type != SOCK_SEQPACKET || !template_init(&template)) {
        (void)fputs("watchbill-worker is started by watchbilld\n", stderr);
        return 3;
    }
    for (size_t i = 0; worker_checks[i]; i++)
        tell(WORKER_HOLDS, 0, 0, worker_checks[i]->name);
    struct pollfd watched[] = {{.fd = WORKER_FD, .events = POLLIN},
                               {.fd = template.signals, .events = POLLIN}};
    bool open = true;
    while (open) {
        if (poll(watched, 2, -1) < 0)
            continue;
        if (watched[1].revents)
            reap(&template);
        if (watched[0].revents)
            open = obey(&template);
    }
    end_children(&template);
    children_free(&template);
    (void)close(template.signals);
    return 0;
}
