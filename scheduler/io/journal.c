/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two threads: one writes in group commits, one reads. The loop's thread only takes the lock for a moment.
 * What they finished waits in lists until the loop delivers it. */
#include "scheduler/io/journal.h"

#include "lib/memory.h"
#include "scheduler/io/journal_queue.h"
#include "scheduler/io/journal_reader.h"
#include "scheduler/io/journal_store.h"

#include <pthread.h>
#include <signal.h>

enum {
    GROUP_WAIT = 20,      /* ms that the first entry of a commit waits for company */
    GROUP_ENTRIES = 5000, /* of one transaction */
    RETRY_FIRST = 100,    /* ms after a failed write; doubles */
    RETRY_LAST = 5000,
    PRUNE_REST = 60000, /* ms between prunings when there is little to do */
    PRUNE_BUSY = 1000,  /* and when there is more */
    PRUNE_ROWS = 500,
    QUEUE_LIMIT = 64 << 20, /* bytes that wait in memory while the disk is full */
};
#define KEEP_AGE (INT64_C(90) * 86400 * 1000)
enum { KEEP_ROWS = 5000000 };

struct journal_question {
    struct journal_question *next;
    enum query_kind kind;
    json_t *filter, *rows;
    journal_answer *answer;
    void *owner;
};

/* Outlives the journal while a call that was posted to the loop is under way. */
struct mailbox {
    struct journal *journal; /* NULL: closed */
    bool posted;
};

struct journal {
    struct loop *loop;
    struct mailbox *mailbox;
    struct journal_store *store;   /* the writer's */
    struct journal_reader *reader; /* the reader's; the loop's before it starts */
    pthread_t writer_thread, reader_thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;  /* something to write or to read, or the end; on the monotonic clock */
    bool closing;
    struct journal_keep keep;
    struct journal_queue queue;
    struct journal_batch *finished, *finished_last; /* committed; `done` is still to be called */
    struct journal_question *asked, *asked_last;
    struct journal_question *answered, *answered_last;
    bool failing;
    struct error trouble;
    struct error shown; /* the loop's copy */
};

static int64_t clock_ms(void)
{
    return loop_now() / 1000;
}

/* ---- the loop's side ---- */

static void deliver_lists(struct journal_batch *finished, struct journal_question *answered)
{
    for (const struct journal_batch *batch = finished; batch; batch = batch->next)
        if (batch->done)
            batch->done(batch->owner);
    journal_queue_free(finished);
    while (answered) {
        struct journal_question *next = answered->next;
        answered->answer(answered->owner, answered->rows);
        json_decref(answered->rows);
        json_decref(answered->filter);
        free(answered);
        answered = next;
    }
}

static void deliver(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    struct journal_batch *finished = journal->finished;
    struct journal_question *answered = journal->answered;
    journal->finished = journal->finished_last = NULL;
    journal->answered = journal->answered_last = NULL;
    journal->mailbox->posted = false;
    pthread_mutex_unlock(&journal->lock);
    deliver_lists(finished, answered);
}

static void deliver_posted(void *owner)
{
    struct mailbox *mailbox = owner;
    if (mailbox->journal)
        deliver(mailbox->journal);
    else
        free(mailbox);
}

/* Under the lock. */
static void post(struct journal *journal)
{
    if (journal->mailbox->posted)
        return;
    journal->mailbox->posted = true;
    loop_post(journal->loop, deliver_posted, journal->mailbox);
}

void journal_write(struct journal *journal, const struct entry *entries, size_t count, journal_done *done,
                   void *owner)
{
    struct journal_batch *batch = journal_queue_batch(entries, count, done, owner, clock_ms());
    pthread_mutex_lock(&journal->lock);
    bool idle = !journal->queue.first;
    journal_queue_add(&journal->queue, batch);
    /* The writer sleeps only when there is nothing, or until the oldest entry's time. */
    if (idle || journal->queue.entries >= GROUP_ENTRIES)
        pthread_cond_broadcast(&journal->wake);
    pthread_mutex_unlock(&journal->lock);
}

void journal_query(struct journal *journal, enum query_kind kind, const json_t *filter,
                   journal_answer *answer, void *owner)
{
    struct journal_question *question = memory_get(1, sizeof *question);
    question->kind = kind;
    question->filter = filter ? json_deep_copy(filter) : json_object();
    question->answer = answer;
    question->owner = owner;
    pthread_mutex_lock(&journal->lock);
    if (journal->asked_last)
        journal->asked_last->next = question;
    else
        journal->asked = question;
    journal->asked_last = question;
    pthread_cond_broadcast(&journal->wake);
    pthread_mutex_unlock(&journal->lock);
}

json_t *journal_states(struct journal *journal)
{
    return journal_reader_states(journal->reader);
}

json_t *journal_outbox(struct journal *journal)
{
    return journal_reader_outbox(journal->reader);
}

json_t *journal_setting(struct journal *journal, const char *name)
{
    return journal_reader_setting(journal->reader, name);
}

int64_t journal_newest(struct journal *journal, int64_t *part)
{
    return journal_reader_newest(journal->reader, part);
}

void journal_keep(struct journal *journal, int64_t age)
{
    pthread_mutex_lock(&journal->lock);
    journal->keep.age = age;
    pthread_mutex_unlock(&journal->lock);
}

const char *journal_trouble(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    bool failing = journal->failing;
    unsigned long long dropped = journal->queue.dropped;
    if (failing && dropped > 0)
        error_set(&journal->shown, "%.400s; %llu events and decisions were dropped", journal->trouble.text,
                  dropped);
    else
        journal->shown = journal->trouble;
    pthread_mutex_unlock(&journal->lock);
    return failing ? journal->shown.text : NULL;
}

/* ---- the threads' side ---- */

/* Under the lock: until ${until} ms, or until woken; 0: until woken. */
static void wait_until(struct journal *journal, int64_t until)
{
    struct timespec due = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    if (until)
        (void)pthread_cond_timedwait(&journal->wake, &journal->lock, &due);
    else
        (void)pthread_cond_wait(&journal->wake, &journal->lock);
}

/* Under the lock. */
static void finish(struct journal *journal, struct journal_batch *batches)
{
    if (journal->finished_last)
        journal->finished_last->next = batches;
    else
        journal->finished = batches;
    while (batches->next)
        batches = batches->next;
    journal->finished_last = batches;
    post(journal);
}

/* Under the lock; lets it go while it writes. */
static bool commit(struct journal *journal)
{
    struct journal_batch *batches = journal_queue_take(&journal->queue, GROUP_ENTRIES);
    struct error error = {""};
    pthread_mutex_unlock(&journal->lock);
    bool ok = journal_store_write(journal->store, batches, &error);
    pthread_mutex_lock(&journal->lock);
    journal->failing = !ok;
    if (ok) {
        finish(journal, batches);
    } else {
        error_set(&journal->trouble, "the journal cannot be written: %s", error.text);
        journal_queue_return(&journal->queue, batches);
    }
    return ok;
}

/* Under the lock; lets it go while it deletes. Returns when to come again. */
static int64_t prune(struct journal *journal)
{
    struct journal_keep keep = journal->keep;
    pthread_mutex_unlock(&journal->lock);
    size_t gone = journal_store_prune(journal->store, loop_wall(), keep, PRUNE_ROWS, NULL);
    pthread_mutex_lock(&journal->lock);
    return clock_ms() + (gone >= PRUNE_ROWS ? PRUNE_BUSY : PRUNE_REST);
}

/* When the writer should act; at most ${prune_at}. */
static int64_t due(const struct journal *journal, int64_t retry_at, int64_t prune_at)
{
    int64_t at = prune_at;
    if (journal->queue.first) {
        at = journal->queue.first->since + GROUP_WAIT;
        if (journal->queue.entries >= GROUP_ENTRIES)
            at = 0;
        if (at < retry_at)
            at = retry_at;
    }
    return at < prune_at ? at : prune_at;
}

static void *write_all(void *owner)
{
    struct journal *journal = owner;
    int64_t retry_at = 0, retry_wait = RETRY_FIRST, prune_at = clock_ms() + PRUNE_REST;
    pthread_mutex_lock(&journal->lock);
    while (!journal->closing) {
        int64_t now = clock_ms(), next = due(journal, retry_at, prune_at);
        if (next > now) {
            wait_until(journal, next);
        } else if (now >= prune_at) {
            prune_at = prune(journal);
        } else {
            bool ok = commit(journal);
            retry_wait = ok ? RETRY_FIRST : retry_wait * 2 < RETRY_LAST ? retry_wait * 2 : RETRY_LAST;
            retry_at = ok ? 0 : clock_ms() + retry_wait / 2;
        }
    }
    while (journal->queue.first && commit(journal))
        ;
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

static void *read_all(void *owner)
{
    struct journal *journal = owner;
    pthread_mutex_lock(&journal->lock);
    while (!journal->closing) {
        struct journal_question *question = journal->asked;
        if (!question) {
            wait_until(journal, 0);
            continue;
        }
        journal->asked = question->next;
        if (!journal->asked)
            journal->asked_last = NULL;
        question->next = NULL;
        pthread_mutex_unlock(&journal->lock);
        question->rows = journal_reader_query(journal->reader, question->kind, question->filter);
        pthread_mutex_lock(&journal->lock);
        if (journal->answered_last)
            journal->answered_last->next = question;
        else
            journal->answered = question;
        journal->answered_last = question;
        post(journal);
    }
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

/* ---- beginning and end ---- */

/* A thread that takes no signals: they are the loop's. */
static void start(pthread_t *thread, void *(*body)(void *), struct journal *journal)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(thread, NULL, body, journal) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct journal *journal_open(struct loop *loop, const char *path, struct error *error)
{
    struct journal_store *store = journal_store_open(path, error);
    struct journal_reader *reader = store ? journal_reader_open(path, error) : NULL;
    if (!reader) {
        journal_store_close(store);
        return NULL;
    }
    struct journal *journal = memory_get(1, sizeof *journal);
    pthread_condattr_t attributes;
    journal->loop = loop;
    journal->store = store;
    journal->reader = reader;
    journal->queue.limit = QUEUE_LIMIT;
    journal->keep = (struct journal_keep){.age = KEEP_AGE, .rows = KEEP_ROWS};
    journal->mailbox = memory_get(1, sizeof *journal->mailbox);
    journal->mailbox->journal = journal;
    pthread_mutex_init(&journal->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&journal->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    start(&journal->writer_thread, write_all, journal);
    start(&journal->reader_thread, read_all, journal);
    return journal;
}

/* What nobody read any more is answered with nothing, so that its owner can end too. */
static void answer_rest(struct journal *journal)
{
    for (struct journal_question *question = journal->asked; question; question = question->next)
        question->rows = json_array();
    deliver_lists(NULL, journal->asked);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    pthread_mutex_lock(&journal->lock);
    journal->closing = true;
    pthread_cond_broadcast(&journal->wake);
    pthread_mutex_unlock(&journal->lock);
    pthread_join(journal->writer_thread, NULL);
    pthread_join(journal->reader_thread, NULL);
    struct mailbox *mailbox = journal->mailbox;
    bool posted = mailbox->posted;
    deliver(journal);
    answer_rest(journal);
    mailbox->journal = NULL;
    if (!posted)
        free(mailbox);
    journal_reader_close(journal->reader);
    journal_store_close(journal->store);
    journal_queue_free(journal->queue.first);
    pthread_cond_destroy(&journal->wake);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}
