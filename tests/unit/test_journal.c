/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal on real files, with a loop that is only a list of posted calls. */
#include "scheduler/io/journal.h"

#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/journal_queue.h"
#include "scheduler/io/journal_store.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { POSTS = 64, PATIENCE = 20 };

struct loop {
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct {
        loop_call *call;
        void *owner;
    } posts[POSTS];
    size_t count;
};

void loop_post(struct loop *loop, loop_call *call, void *owner)
{
    pthread_mutex_lock(&loop->lock);
    assert_true(loop->count < POSTS);
    loop->posts[loop->count].call = call;
    loop->posts[loop->count++].owner = owner;
    pthread_cond_signal(&loop->came);
    pthread_mutex_unlock(&loop->lock);
}

int64_t loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

int64_t loop_wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Run what was posted; waits for one call when there is none, at most ${seconds}. */
static bool pump(struct loop *loop, int seconds)
{
    struct timespec until;
    loop_call *call = NULL;
    void *owner = NULL;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&loop->lock);
    while (loop->count == 0 && pthread_cond_timedwait(&loop->came, &loop->lock, &until) == 0)
        ;
    if (loop->count > 0) {
        call = loop->posts[0].call;
        owner = loop->posts[0].owner;
        memmove(&loop->posts[0], &loop->posts[1], --loop->count * sizeof loop->posts[0]);
    }
    pthread_mutex_unlock(&loop->lock);
    if (call)
        call(owner);
    return call != NULL;
}

struct fixture {
    struct loop loop;
    char directory[64];
    char path[96];
    struct journal *journal;
    int done;
    json_t *rows;
};

static void open_journal(struct fixture *f)
{
    struct error error = {""};
    f->journal = journal_open(&f->loop, f->path, &error);
    if (!f->journal)
        fail_msg("%s", error.text);
}

/* Close, and run what the loop still holds, as a loop would. */
static void close_journal(struct fixture *f)
{
    journal_close(f->journal);
    f->journal = NULL;
    while (f->loop.count > 0)
        pump(&f->loop, 0);
}

static int set_up(void **state)
{
    struct fixture *f = memory_get(1, sizeof *f);
    pthread_mutex_init(&f->loop.lock, NULL);
    pthread_cond_init(&f->loop.came, NULL);
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/watchbill-journal.XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    (void)snprintf(f->path, sizeof f->path, "%s/journal.db", f->directory);
    open_journal(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    close_journal(f);
    json_decref(f->rows);
    for (size_t i = 0; i < 3; i++) {
        struct text path = TEXT_INIT;
        text_format(&path, "%s%s", f->path, ends[i]);
        (void)unlink(path.bytes);
        text_release(&path);
    }
    rmdir(f->directory);
    free(f);
    return 0;
}

static void count_done(void *owner)
{
    ((struct fixture *)owner)->done++;
}

static void keep_rows(void *owner, const json_t *rows)
{
    struct fixture *f = owner;
    json_decref(f->rows);
    f->rows = json_deep_copy(rows);
    f->done++;
}

static void wait_done(struct fixture *f, int until)
{
    while (f->done < until)
        if (!pump(&f->loop, PATIENCE))
            fail_msg("only %d of %d calls came", f->done, until);
}

static void write_and_wait(struct fixture *f, const struct entry *entries, size_t count)
{
    f->done = 0;
    journal_write(f->journal, entries, count, count_done, f);
    wait_done(f, 1);
}

static json_t *ask(struct fixture *f, enum query_kind kind, const char *filter)
{
    json_t *object = json_loads(filter, 0, NULL);
    assert_non_null(object);
    f->done = 0;
    journal_query(f->journal, kind, object, keep_rows, f);
    json_decref(object);
    wait_done(f, 1);
    return f->rows;
}

static const char *row_text(const json_t *rows, size_t index, const char *key)
{
    return json_string_value(json_object_get(json_array_get(rows, index), key));
}

static void reopen(struct fixture *f)
{
    close_journal(f);
    open_journal(f);
}

static void states_and_settings_survive(void **state)
{
    struct fixture *f = *state;
    json_t *first = json_pack("{s:s}", "state", "OK"), *second = json_pack("{s:s}", "state", "CRITICAL");
    json_t *next = json_integer(42);
    struct entry entries[] = {
        {.kind = ENTRY_STATE, .at = 1, .key = "web/http", .data = first},
        {.kind = ENTRY_STATE, .at = 1, .key = "web/load", .data = first},
        {.kind = ENTRY_STATE, .at = 2, .key = "web/http", .data = second},
        {.kind = ENTRY_FORGET, .at = 2, .key = "web/load"},
        {.kind = ENTRY_SETTING, .at = 2, .key = "problem", .data = next},
    };
    write_and_wait(f, entries, 5);
    reopen(f);
    json_t *states = journal_states(f->journal);
    assert_int_equal(json_object_size(states), 1);
    assert_true(json_equal(json_object_get(states, "web/http"), second));
    json_decref(states);
    json_t *setting = journal_setting(f->journal, "problem");
    assert_int_equal(json_integer_value(setting), 42);
    json_decref(setting);
    assert_null(journal_setting(f->journal, "none"));
    assert_null(journal_trouble(f->journal));
    json_decref(first);
    json_decref(second);
    json_decref(next);
}

static void the_outbox_keeps_what_is_unsent(void **state)
{
    struct fixture *f = *state;
    json_t *mail = json_pack("{s:s,s:I}", "to", "a@example.org", "problem", (json_int_t)7);
    json_t *again = json_pack("{s:s}", "to", "other@example.org");
    json_t *try = json_pack("{s:i,s:I,s:s}", "attempts", 1, "next", (json_int_t)5000, "error", "busy");
    json_t *end = json_pack("{s:s,s:i}", "result", "delivered", "attempts", 2);
    struct entry entries[] = {
        {.kind = ENTRY_ALERT,
         .at = 1,
         .key = "m1",
         .subject = "web",
         .name = "http",
         .type = "PROBLEM",
         .severity = 2,
         .data = mail},
        {.kind = ENTRY_ALERT,
         .at = 2,
         .key = "m2",
         .subject = "web",
         .name = "load",
         .type = "PROBLEM",
         .data = mail},
        {.kind = ENTRY_ALERT, .at = 3, .key = "m1", .subject = "web", .name = "http", .data = again},
        {.kind = ENTRY_ALERT_TRY, .at = 4, .key = "m1", .data = try},
        {.kind = ENTRY_ALERT_END, .at = 5, .key = "m2", .data = end},
        {.kind = ENTRY_ALERT_END, .at = 6, .key = "unknown", .data = end},
    };
    write_and_wait(f, entries, 6);
    reopen(f);
    json_t *outbox = journal_outbox(f->journal);
    assert_int_equal(json_array_size(outbox), 1);
    assert_string_equal(row_text(outbox, 0, "id"), "m1");
    const json_t *row = json_array_get(outbox, 0);
    assert_true(json_equal(json_object_get(row, "data"), mail));
    assert_int_equal(json_integer_value(json_object_get(row, "attempts")), 1);
    assert_int_equal(json_integer_value(json_object_get(row, "next")), 5000);
    json_decref(outbox);
    const json_t *rows = ask(f, QUERY_ALERTS, "{\"problem\":7}");
    assert_int_equal(json_array_size(rows), 2);
    assert_string_equal(row_text(rows, 0, "result"), "delivered");
    assert_int_equal(json_array_size(ask(f, QUERY_ALERTS, "{\"problem\":8}")), 0);
    json_decref(mail);
    json_decref(again);
    json_decref(try);
    json_decref(end);
}

static void queries_filter_and_limit(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *filter;
        size_t count;
        const char *newest;
    } cases[] = {
        {"{}", 4, "load"},
        {"{\"subject\":\"web\"}", 3, "load"},
        {"{\"subject\":\"web\",\"name\":\"http\"}", 2, "http"},
        {"{\"type\":\"archive\"}", 1, "disk"},
        {"{\"since\":3}", 2, "load"},
        {"{\"limit\":1}", 1, "load"},
        {"{\"limit\":-5}", 0, NULL},
        {"{\"subject\":\"' OR 1=1 --\"}", 0, NULL},
        {"{\"problem\":1,\"subject\":[1],\"other\":\"x\"}", 4, "load"},
    };
    struct entry entries[] = {
        {.kind = ENTRY_EVENT, .at = 1, .subject = "web", .name = "http", .type = "status"},
        {.kind = ENTRY_EVENT, .at = 2, .subject = "web", .name = "http", .type = "metric"},
        {.kind = ENTRY_EVENT, .at = 3, .subject = "db", .name = "disk", .type = "archive", .severity = 2},
        {.kind = ENTRY_EVENT, .at = 4, .subject = "web", .name = "load", .type = "status"},
        {.kind = ENTRY_DECISION, .at = 9, .subject = "web", .name = "http"},
    };
    write_and_wait(f, entries, 5);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const json_t *rows = ask(f, QUERY_EVENTS, cases[i].filter);
        assert_int_equal(json_array_size(rows), cases[i].count);
        if (cases[i].newest)
            assert_string_equal(row_text(rows, 0, "name"), cases[i].newest);
    }
    assert_int_equal(json_array_size(ask(f, QUERY_DECISIONS, "{\"subject\":\"web\"}")), 1);
}

static void hostile_texts_come_back_unchanged(void **state)
{
    struct fixture *f = *state;
    json_t *data = json_pack("{s:s%}", "text", "nul\0quote'\"\n\xc3\xa9", (size_t)14);
    struct entry entry = {
        .kind = ENTRY_EVENT, .at = 1, .subject = "a'b\"c", .name = "\xff\xfe", .data = data};
    write_and_wait(f, &entry, 1);
    const json_t *rows = ask(f, QUERY_EVENTS, "{\"subject\":\"a'b\\\"c\"}");
    assert_int_equal(json_array_size(rows), 1);
    assert_true(json_equal(json_object_get(json_array_get(rows, 0), "data"), data));
    json_decref(data);
}

/* What was told as done is there after SIGKILL in the middle of writing. */
static void done_is_durable(void **state)
{
    struct fixture *f = *state;
    int ends[2], last = -1;
    close_journal(f);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        open_journal(f);
        for (int i = 0;; i++) {
            struct entry entry = {.kind = ENTRY_EVENT, .at = i, .subject = "s", .name = "n"};
            write_and_wait(f, &entry, 1);
            if (write(ends[1], &i, sizeof i) != sizeof i)
                _exit(1);
        }
    }
    close(ends[1]);
    for (int i = 0; i < 20; i++)
        assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
    kill(child, SIGKILL);
    while (read(ends[0], &last, sizeof last) == sizeof last)
        ;
    close(ends[0]);
    waitpid(child, NULL, 0);
    open_journal(f);
    const json_t *rows = ask(f, QUERY_EVENTS, "{\"limit\":10000}");
    assert_true(json_array_size(rows) >= (size_t)last + 1);
    assert_true(json_array_size(rows) <= (size_t)last + 2);
}

/* A limit on the size of files does here what a full disk does. */
static void a_full_disk_is_waited_for(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, tight;
    json_t *big = json_object();
    char *filler = memory_get(1, 60001);
    memset(filler, 'x', 60000);
    json_object_set_new(big, "filler", json_string(filler));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tight = before;
    tight.rlim_cur = 200000;
    setrlimit(RLIMIT_FSIZE, &tight);
    f->done = 0;
    for (int i = 0; i < 20; i++) {
        struct entry entry = {.kind = ENTRY_ALERT, .at = i, .key = filler + 59990 - i, .data = big};
        journal_write(f->journal, &entry, 1, count_done, f);
    }
    int64_t until = loop_now() + PATIENCE * INT64_C(1000000);
    while (!journal_trouble(f->journal) && loop_now() < until)
        pump(&f->loop, 1);
    const char *trouble = journal_trouble(f->journal);
    assert_non_null(trouble);
    assert_non_null(strstr(trouble, "cannot be written"));
    assert_true(f->done < 20);
    setrlimit(RLIMIT_FSIZE, &before);
    wait_done(f, 20);
    assert_null(journal_trouble(f->journal));
    json_t *outbox = journal_outbox(f->journal);
    assert_int_equal(json_array_size(outbox), 20);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(json_integer_value(json_object_get(json_array_get(outbox, i), "at")), i);
    json_decref(outbox);
    json_decref(big);
    free(filler);
}

static void the_queue_drops_only_what_it_may(void **state)
{
    (void)state;
    struct journal_queue queue = {.limit = 4000};
    struct entry pair[] = {
        {.kind = ENTRY_EVENT, .subject = "a subject of some length for the count of bytes"},
        {.kind = ENTRY_ALERT, .key = "m"},
    };
    for (int i = 0; i < 20; i++)
        journal_queue_add(&queue, journal_queue_batch(pair, 2, NULL, NULL, i));
    assert_int_equal(queue.entries, 40);
    assert_true(queue.dropped > 0);
    assert_true(queue.first->rows[0].dropped);
    assert_false(queue.first->rows[1].dropped);
    uint64_t dropped = queue.dropped;
    struct journal_batch *taken = journal_queue_take(&queue, 6);
    assert_int_equal(queue.entries, 34);
    journal_queue_return(&queue, taken);
    assert_int_equal(queue.entries, 40);
    assert_int_equal(queue.first->since, 0);
    assert_int_equal(queue.last->since, 19);
    journal_queue_add(&queue, journal_queue_batch(pair, 2, NULL, NULL, 20));
    assert_true(queue.dropped >= dropped);
    taken = journal_queue_take(&queue, 1000);
    assert_null(queue.first);
    assert_int_equal(queue.bytes, 0);
    journal_queue_free(taken);
}

static void old_rows_are_pruned_in_steps(void **state)
{
    struct fixture *f = *state;
    struct entry entries[40];
    json_t *end = json_pack("{s:s}", "result", "failed");
    memset(entries, 0, sizeof entries);
    for (int i = 0; i < 30; i++)
        entries[i] = (struct entry){.kind = i % 2 ? ENTRY_EVENT : ENTRY_DECISION, .at = i, .subject = "s"};
    entries[30] = (struct entry){.kind = ENTRY_ALERT, .at = 1, .key = "unsent"};
    entries[31] = (struct entry){.kind = ENTRY_ALERT, .at = 1, .key = "sent"};
    entries[32] = (struct entry){.kind = ENTRY_ALERT_END, .at = 1, .key = "sent", .data = end};
    write_and_wait(f, entries, 33);
    json_decref(end);
    close_journal(f);
    struct error error = {""};
    struct journal_store *store = journal_store_open(f->path, &error);
    assert_non_null(store);
    struct journal_keep by_age = {.age = 10, .rows = 1000}, by_rows = {.age = 1000, .rows = 3};
    assert_int_equal(journal_store_prune(store, 30, by_age, 3, &error), 7);
    while (journal_store_prune(store, 30, by_age, 3, &error) > 0)
        ;
    assert_string_equal(error.text, "");
    journal_store_close(store);
    open_journal(f);
    assert_int_equal(json_array_size(ask(f, QUERY_EVENTS, "{}")), 5);
    assert_int_equal(json_array_size(ask(f, QUERY_DECISIONS, "{}")), 5);
    const json_t *rows = ask(f, QUERY_ALERTS, "{}");
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(row_text(rows, 0, "id"), "unsent");
    close_journal(f);
    store = journal_store_open(f->path, &error);
    assert_int_equal(journal_store_prune(store, 30, by_rows, 100, &error), 4);
    journal_store_close(store);
    open_journal(f);
}

static void refuse(struct fixture *f, const char *reason)
{
    struct error error = {""};
    assert_null(journal_open(&f->loop, f->path, &error));
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, error.text);
    assert_non_null(strstr(error.text, f->path));
}

static void alter(struct fixture *f, const char *sql)
{
    sqlite3 *base = NULL;
    assert_int_equal(sqlite3_open(f->path, &base), SQLITE_OK);
    assert_int_equal(sqlite3_exec(base, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(base);
}

static void unusable_files_are_refused_and_kept(void **state)
{
    struct fixture *f = *state;
    close_journal(f);
    alter(f, "PRAGMA user_version = 99");
    refuse(f, "it has version 99");
    alter(f, "PRAGMA user_version = 1; PRAGMA application_id = 5");
    refuse(f, "a database of another program");
    FILE *file = fopen(f->path, "we");
    for (int i = 0; i < 1000; i++)
        (void)fputs("no database at all\n", file);
    (void)fclose(file);
    refuse(f, "put a backup in its place");
    struct stat kept;
    assert_int_equal(stat(f->path, &kept), 0);
    assert_int_equal(kept.st_size, 19000);
    (void)unlink(f->path);
    assert_int_equal(mkdir(f->path, 0700), 0);
    refuse(f, "cannot be used");
    rmdir(f->path);
    open_journal(f);
    assert_int_equal(stat(f->path, &kept), 0);
    assert_int_equal(kept.st_mode & 0777, 0640);
}

/* Pages overwritten by something else are found at the start. */
static void damage_is_found(void **state)
{
    struct fixture *f = *state;
    struct entry entries[200];
    for (int i = 0; i < 200; i++)
        entries[i] =
            (struct entry){.kind = ENTRY_EVENT, .at = i, .subject = "some subject", .name = "some name"};
    write_and_wait(f, entries, 200);
    close_journal(f);
    int fd = open(f->path, O_RDWR | O_CLOEXEC);
    struct stat size;
    assert_int_equal(fstat(fd, &size), 0);
    char rubbish[4096];
    memset(rubbish, 0x5a, sizeof rubbish);
    for (off_t at = 4096; at < size.st_size; at += 4096)
        assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at), sizeof rubbish);
    close(fd);
    refuse(f, "put a backup in its place");
    (void)unlink(f->path);
    open_journal(f);
}

static void many_rows_a_second(void **state)
{
    struct fixture *f = *state;
    enum { BATCHES = 2000, EACH = 10 };
    json_t *data = json_pack("{s:s,s:f}", "text", "a typical text of an event", "value", 1.5);
    struct entry entries[EACH];
    int64_t begin = loop_now();
    f->done = 0;
    for (int i = 0; i < BATCHES; i++) {
        for (int k = 0; k < EACH; k++)
            entries[k] = (struct entry){.kind = ENTRY_EVENT,
                                        .at = i,
                                        .subject = "web_01",
                                        .name = "http",
                                        .type = "metric",
                                        .data = data};
        journal_write(f->journal, entries, EACH, count_done, f);
    }
    wait_done(f, BATCHES);
    int64_t taken = loop_now() - begin;
    print_message("journal: %.0f rows/s\n", BATCHES * EACH * 1e6 / (double)taken);
    assert_true(taken < 20 * INT64_C(1000000));
    json_decref(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(states_and_settings_survive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_outbox_keeps_what_is_unsent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(queries_filter_and_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_texts_come_back_unchanged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(done_is_durable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_is_waited_for, set_up, tear_down),
        cmocka_unit_test(the_queue_drops_only_what_it_may),
        cmocka_unit_test_setup_teardown(old_rows_are_pruned_in_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unusable_files_are_refused_and_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_a_second, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
