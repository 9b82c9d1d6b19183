/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's end of the warm workers. A template process holds the libraries and forks a worker when one is
 * asked for; each worker has a stream of its own to the daemon and one job at a time. The template is the
 * parent: it alone knows how a worker ended, and kills one without mistaking its number. */
#include "scheduler/io/runner_parts.h"

#include "lib/memory.h"
#include "lib/wire_worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RUNS_MOST = 1000,    /* of one worker, then it is replaced */
    NAMES_MOST = 256,    /* of checks */
    QUIET = 1000 * 1000, /* microseconds: a template that dies sooner is started again later */
    GRACE = 2 * 1000 * 1000,
    HOLD = 20 * 1000,   /* an outcome waits at most so long for the next turn */
    END_TIMEOUT = 5000, /* ms */
};

enum phase { IDLE, BUSY, ASKED, KILLED, STUCK, LEAVING };

struct worker {
    struct worker *next;      /* of all */
    struct worker **at;       /* what points to this one */
    struct worker *next_idle; /* the one used last comes first: its memory is warm */
    struct runner_warm *warm;
    uint32_t id;
    pid_t pid;
    enum phase phase;
    struct wire wire;
    struct loop_watch *watch; /* minds nothing while its run is young */
    struct loop_timer *timer;
    struct runner_job *job;
    bool minded; /* this run is not young any more */
    int runs;
    int64_t started;
    struct text partial; /* what came after its time */
};

struct runner_warm {
    struct runner *runner;
    struct loop_timer *again;
    struct loop_timer *look; /* at the runs that were young */
    bool looking;
    struct loop_watch *watch;
    struct worker *workers, *idle;
    size_t count, busy, stuck;
    uint32_t last_id;
    char *names[NAMES_MOST];
    size_t name_count;
    int fd; /* of the template; -1: away */
    pid_t pid;
    int64_t started;
    bool closing;
};

static void template_lost(struct runner_warm *warm);

/* Workers */

static void worker_timer(void *owner);
static void worker_ready(void *owner, int events);

static void worker_message(struct runner_warm *warm, enum worker_word word, uint32_t id, int value,
                           int passed)
{
    struct worker_message message = {.word = word, .id = id, .value = value};
    /* A template that does not even take messages is of no use; its end is seen on the socket. */
    if (!wire_worker_send(warm->fd, &message, passed))
        (void)kill(warm->pid, SIGKILL);
}

static struct worker *worker_create(struct runner_warm *warm)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return NULL;
    struct worker *worker = memory_get(1, sizeof *worker);
    *worker = (struct worker){
        .next = warm->workers, .warm = warm, .id = ++warm->last_id, .partial = TEXT_INIT, .phase = IDLE};
    wire_init(&worker->wire, ends[0], false);
    worker->watch = loop_watch_add(runner_loop(warm->runner), ends[0], 0, worker_ready, worker);
    worker->timer = loop_timer_add(runner_loop(warm->runner), worker_timer, worker);
    worker->at = &warm->workers;
    if (worker->next)
        worker->next->at = &worker->next;
    warm->workers = worker;
    warm->count++;
    worker_message(warm, WORKER_FORK, worker->id, 0, ends[1]);
    (void)close(ends[1]);
    return worker;
}

static void worker_close(struct worker *worker)
{
    loop_watch_remove(worker->watch);
    worker->watch = NULL;
    wire_release(&worker->wire);
}

static void idle_remove(struct worker *worker)
{
    for (struct worker **at = &worker->warm->idle; *at; at = &(*at)->next_idle)
        if (*at == worker) {
            *at = worker->next_idle;
            return;
        }
}

/* Take it out and free it; returns the job that it still had. */
static struct runner_job *worker_free(struct worker *worker)
{
    struct runner_warm *warm = worker->warm;
    struct runner_job *job = worker->job;
    *worker->at = worker->next;
    if (worker->next)
        worker->next->at = worker->at;
    if (worker->phase == IDLE)
        idle_remove(worker);
    warm->busy -= job != NULL;
    warm->stuck -= worker->phase == STUCK;
    warm->count--;
    worker_close(worker);
    loop_timer_remove(worker->timer);
    text_release(&worker->partial);
    free(worker);
    return job;
}

/* Short runs are the rule. Their outcomes are looked for when the next run is handed out, and a stream is watched when
 * its run takes longer: the daemon wakes up half as often. */
static void worker_mind(struct worker *worker)
{
    bool unsent = wire_unsent(&worker->wire) > 0;
    if (worker->watch)
        loop_watch_events(worker->watch,
                          (worker->minded || unsent ? LOOP_READ : 0) | (unsent ? LOOP_WRITE : 0));
}

static void worker_rest(struct worker *worker)
{
    worker->job = NULL;
    worker->minded = false;
    worker->warm->busy--;
    if (++worker->runs >= RUNS_MOST) {
        worker->phase = LEAVING;
        return;
    }
    worker->phase = IDLE;
    worker->next_idle = worker->warm->idle;
    worker->warm->idle = worker;
}

/* The number that the frame of a run has, and its answer: what a worker says out of turn is no outcome. */
static uint32_t run_number(const struct worker *worker)
{
    return (uint32_t)worker->runs + 1;
}

/* An outcome came. false: it cannot be one. */
static bool worker_took(struct worker *worker, const struct wire_frame *frame)
{
    struct wire_outcome came;
    struct runner_job *job = worker->job;
    if (!job || frame->id != run_number(worker) || !wire_outcome_get(&came, frame) ||
        came.kind != OUTCOME_EXITED)
        return false;
    if (worker->phase != BUSY) {
        text_clear(&worker->partial);
        text_add_bytes(&worker->partial, came.output, came.length);
        return true;
    }
    worker_rest(worker);
    runner_job_end(job, &(struct outcome){.kind = OUTCOME_EXITED,
                                          .code = came.code,
                                          .output = came.output,
                                          .length = came.length,
                                          .truncated = came.truncated,
                                          .started = came.started,
                                          .ended = came.ended});
    if (worker->phase == LEAVING)
        worker_close(worker); /* the end of the stream ends it */
    return true;
}

static void worker_read(struct worker *worker)
{
    struct wire_frame frame;
    bool open = wire_receive(&worker->wire);
    bool sound = true;
    /* After an outcome the worker may be leaving, and its stream gone with the frames. */
    while (sound && worker->phase != LEAVING && wire_next(&worker->wire, &frame))
        sound = worker_took(worker, &frame);
    if (worker->phase != LEAVING && (!sound || worker->wire.broken)) {
        worker_message(worker->warm, WORKER_KILL, worker->id, SIGKILL, -1);
        open = false;
    }
    if (!open && worker->watch) {
        /* How it ended is told by the template; no other job meets it. */
        if (worker->phase == IDLE) {
            idle_remove(worker);
            worker->phase = LEAVING;
        }
        loop_watch_remove(worker->watch);
        worker->watch = NULL;
    }
}

static void worker_ready(void *owner, int events)
{
    struct worker *worker = owner;
    worker_read(worker);
    if (worker->watch && (events & LOOP_WRITE))
        (void)wire_flush(&worker->wire);
    worker_mind(worker);
    runner_wake(worker->warm->runner);
}

/* Take the outcomes that are there of runs that nobody minds; those that began before ${since} are minded then. true:
 * some are still young. */
static bool look_at_young(struct runner_warm *warm, int64_t since)
{
    bool young = false;
    for (struct worker *worker = warm->workers, *next; worker; worker = next) {
        next = worker->next;
        if (worker->phase != BUSY || worker->minded || !worker->watch)
            continue;
        worker_read(worker);
        if (worker->phase != BUSY || !worker->watch)
            continue;
        worker->minded = worker->started <= since;
        young = young || !worker->minded;
        worker_mind(worker);
    }
    return young;
}

static void look_soon(struct runner_warm *warm)
{
    if (!warm->looking)
        loop_timer_at(warm->look, loop_now() + HOLD);
    warm->looking = true;
}

static void look(void *owner)
{
    const struct runner_warm *warm = owner;
    runner_wake(warm->runner); /* whose turn begins with a look */
}

static void worker_stuck(struct worker *worker)
{
    struct runner_job *job = worker->job;
    runner_done *done = job->done;
    struct text why = TEXT_INIT;
    text_format(&why, "worker process %d does not end, not even by KILL", (int)worker->pid);
    worker->phase = STUCK;
    worker->warm->stuck++;
    job->done = NULL;
    done(job->owner, &(struct outcome){.kind = OUTCOME_STUCK,
                                       .code = SIGKILL,
                                       .output = why.bytes,
                                       .length = why.length,
                                       .started = worker->started,
                                       .ended = loop_now()});
    text_release(&why);
}

static void worker_timer(void *owner)
{
    struct worker *worker = owner;
    if (worker->phase == BUSY) {
        int64_t due = worker->started + worker->job->timeout * 1000;
        if (loop_now() < due) {
            loop_timer_at(worker->timer, due); /* armed for an earlier job */
            return;
        }
        worker_read(worker); /* it may have answered in time, and nobody has looked */
        if (worker->phase != BUSY) {
            runner_wake(worker->warm->runner);
            return;
        }
        worker->phase = ASKED;
        worker_message(worker->warm, WORKER_KILL, worker->id, SIGTERM, -1);
        loop_timer_at(worker->timer, loop_now() + GRACE);
    } else if (worker->phase == ASKED) {
        worker->phase = KILLED;
        worker_message(worker->warm, WORKER_KILL, worker->id, SIGKILL, -1);
        loop_timer_at(worker->timer, loop_now() + GRACE);
    } else if (worker->phase == KILLED && worker->pid == 0) {
        (void)kill(worker->warm->pid,
                   SIGKILL); /* a template that is stopped forks nothing; its end is seen */
    } else if (worker->phase == KILLED) {
        worker_stuck(worker);
    }
}

static struct worker *worker_find(const struct runner_warm *warm, uint32_t id)
{
    struct worker *worker = warm->workers;
    while (worker && worker->id != id)
        worker = worker->next;
    return worker;
}

static void job_ended(struct runner_job *job, int status, bool late, int64_t started,
                      const struct text *partial)
{
    bool signalled = WIFSIGNALED(status);
    struct outcome outcome = {.kind = signalled ? OUTCOME_SIGNALLED : OUTCOME_EXITED,
                              .code = signalled ? WTERMSIG(status) : WEXITSTATUS(status),
                              .output = partial->bytes,
                              .length = partial->length,
                              .started = started,
                              .ended = loop_now()};
    if (late)
        outcome.kind = OUTCOME_TIMEOUT;
    runner_job_end(job, &outcome);
}

/* The process is gone, but what it said before counts. */
static void worker_ended(struct worker *worker, int status)
{
    struct wire_frame frame;
    while (worker->watch && wire_receive(&worker->wire) && wire_next(&worker->wire, &frame))
        if (!worker_took(worker, &frame))
            break;
    bool late = worker->phase == ASKED || worker->phase == KILLED;
    int64_t started = worker->started;
    struct text partial = worker->partial;
    worker->partial = (struct text)TEXT_INIT;
    struct runner_job *job = worker_free(worker);
    if (job && status < 0)
        runner_job_refuse(job, -status, "cannot start a warm worker: %s", strerror(-status));
    else if (job)
        job_ended(job, status, late, started, &partial);
    text_release(&partial);
}

/* The template */

static void names_free(struct runner_warm *warm)
{
    while (warm->name_count > 0)
        free(warm->names[--warm->name_count]);
}

static void template_message(struct runner_warm *warm, const struct worker_message *message)
{
    struct worker *worker = worker_find(warm, message->id);
    if (message->word == WORKER_HOLDS && warm->name_count < NAMES_MOST)
        warm->names[warm->name_count++] = memory_text(message->name);
    else if (message->word == WORKER_FORKED && worker)
        worker->pid = message->value;
    else if (message->word == WORKER_ENDED && worker)
        worker_ended(worker, message->value);
}

static void template_ready(void *owner, int events)
{
    struct runner_warm *warm = owner;
    struct worker_message message;
    enum wire_worker_got got;
    int passed;
    (void)events;
    while ((got = wire_worker_receive(warm->fd, &message, &passed)) == WIRE_WORKER_MESSAGE) {
        if (passed >= 0)
            (void)close(passed);
        template_message(warm, &message);
    }
    if (got == WIRE_WORKER_END)
        template_lost(warm);
    runner_wake(warm->runner);
}

static bool template_start(struct runner_warm *warm, struct error *error)
{
    const struct runner_settings *settings = runner_settings(warm->runner);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set(error, "cannot make a socket pair: %s", strerror(errno));
    struct text path = TEXT_INIT;
    text_format(&path, "%s/watchbill-worker", settings->bin);
    bool started = runner_spawn(path.bytes, settings->directory, &ends[1], 1, &warm->pid, error);
    (void)close(ends[1]);
    if (started) {
        warm->fd = ends[0];
        warm->started = loop_now();
        warm->watch = loop_watch_add(runner_loop(warm->runner), warm->fd, LOOP_READ, template_ready, warm);
    } else {
        (void)close(ends[0]);
    }
    text_release(&path);
    return started;
}

static void start_again(void *owner)
{
    struct runner_warm *warm = owner;
    struct error error;
    if (!template_start(warm, &error))
        loop_timer_at(warm->again, loop_now() + QUIET);
}

static void template_ended(void *owner, pid_t pid, int status)
{
    (void)owner;
    (void)pid;
    (void)status;
}

/* Its workers die with it; see PR_SET_PDEATHSIG. */
static void template_lost(struct runner_warm *warm)
{
    loop_watch_remove(warm->watch);
    warm->watch = NULL;
    (void)close(warm->fd);
    warm->fd = -1;
    (void)kill(warm->pid, SIGKILL);
    loop_on_child(runner_loop(warm->runner), warm->pid, template_ended, NULL);
    names_free(warm);
    for (struct worker *worker = warm->workers, *next; worker; worker = next) {
        next = worker->next;
        struct runner_job *job = worker_free(worker);
        if (job)
            runner_job_refuse(job, ECHILD, "the warm workers have ended during the run");
    }
    int64_t again = warm->started + QUIET;
    loop_timer_at(warm->again, again > loop_now() ? again : 0);
}

/* What runner.c calls */

struct runner_warm *runner_warm_create(struct runner *runner, struct error *error)
{
    struct runner_warm *warm = memory_get(1, sizeof *warm);
    warm->runner = runner;
    warm->fd = -1;
    warm->again = loop_timer_add(runner_loop(runner), start_again, warm);
    warm->look = loop_timer_add(runner_loop(runner), look, warm);
    if (template_start(warm, error))
        return warm;
    runner_warm_free(warm);
    return NULL;
}

void runner_warm_close(struct runner_warm *warm)
{
    warm->closing = true;
    loop_timer_remove(warm->again);
    loop_timer_remove(warm->look);
    loop_watch_remove(warm->watch);
    warm->watch = NULL;
    warm->again = warm->look = NULL;
    if (warm->fd >= 0)
        (void)close(warm->fd);
}

void runner_warm_free(struct runner_warm *warm)
{
    if (!warm)
        return;
    if (!warm->closing)
        runner_warm_close(warm);
    if (warm->fd >= 0)
        runner_spawn_end(warm->pid, END_TIMEOUT);
    for (struct worker *worker = warm->workers, *next; worker; worker = next) {
        next = worker->next;
        struct runner_job *job = worker_free(worker);
        if (job) {
            job->done = NULL;
            runner_job_end(job, NULL);
        }
    }
    names_free(warm);
    free(warm);
}

bool runner_warm_ready(const struct runner_warm *warm)
{
    return warm->fd >= 0;
}

bool runner_warm_holds(const struct runner_warm *warm, const char *name)
{
    for (size_t i = 0; i < warm->name_count; i++)
        if (strcmp(warm->names[i], name) == 0)
            return true;
    return false;
}

bool runner_warm_give(struct runner_warm *warm, struct runner_job *job)
{
    struct worker *worker = warm->idle;
    if (worker)
        warm->idle = worker->next_idle;
    else if (warm->count < runner_settings(warm->runner)->warm)
        worker = worker_create(warm);
    if (!worker) {
        (void)look_at_young(warm, INT64_MAX); /* somebody waits: each that ends is told of at once */
        if (warm->idle)
            runner_wake(warm->runner);
        return false;
    }
    worker->phase = BUSY;
    worker->job = job;
    worker->started = loop_now();
    warm->busy++;
    uint32_t number = run_number(worker);
    memcpy(job->frame.bytes + WIRE_ID_AT, &number, sizeof number);
    text_add_bytes(&worker->wire.out, job->frame.bytes, job->frame.length);
    text_release(&job->frame);
    loop_timer_at(worker->timer, worker->started + job->timeout * 1000);
    /* A worker that has died meanwhile is reported by the template. */
    (void)wire_flush(&worker->wire);
    worker_mind(worker);
    look_soon(warm);
    return true;
}

void runner_warm_look(struct runner_warm *warm)
{
    if (!warm->looking)
        return;
    loop_timer_stop(warm->look);
    warm->looking = false;
    if (look_at_young(warm, loop_now() - HOLD))
        look_soon(warm);
}

size_t runner_warm_workers(const struct runner_warm *warm)
{
    return warm->count;
}

size_t runner_warm_busy(const struct runner_warm *warm)
{
    return warm->busy;
}

size_t runner_warm_stuck(const struct runner_warm *warm)
{
    return warm->stuck;
}
