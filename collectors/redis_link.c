/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/redis_link.h"

#include "collectors/library.h"
#include "collectors/socket.h"
#include "lib/memory.h"

#include <hiredis/hiredis.h>
#include <pthread.h>

/* The functions that are called here, with the types of <hiredis/hiredis.h>. */
struct redis_library {
    __typeof__(redisReaderCreateWithFunctions) *reader_create;
    __typeof__(redisReaderFree) *reader_free;
    __typeof__(redisReaderFeed) *reader_feed;
    __typeof__(redisReaderGetReply) *reader_get;
    __typeof__(redisFormatCommandArgv) *format;
    __typeof__(redisFreeCommand) *free_command;
};

static const struct library_function functions[] = {
    {"redisReaderCreateWithFunctions", offsetof(struct redis_library, reader_create)},
    {"redisReaderFree", offsetof(struct redis_library, reader_free)},
    {"redisReaderFeed", offsetof(struct redis_library, reader_feed)},
    {"redisReaderGetReply", offsetof(struct redis_library, reader_get)},
    {"redisFormatCommandArgv", offsetof(struct redis_library, format)},
    {"redisFreeCommand", offsetof(struct redis_library, free_command)},
    {NULL, 0},
};

/* The exception to "no mutable globals", as in the door to libcurl: the dynamic loader's own state is one for the
 * process. It is written under the once and only read after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct redis_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

#define QUOTED_(text) #text
#define QUOTED(text)  QUOTED_(text)

static void load(void)
{
    /* The structs are those of the header that this was built with: of exactly that version. */
    static const char name[] = "libhiredis.so." QUOTED(HIREDIS_SONAME);
    static const struct library_file file = {.file = name, .title = "hiredis", .functions = functions};
    library.loaded = library_load(&file, &library.table, &library.error);
}

static const struct redis_library *loaded_library(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}

/* What the reader's answers are made in. */
struct making {
    struct arena *arena;
    size_t items;
};

/* NULL makes the reader fail: the library itself would believe any length of a list. */
static struct redis_answer *make(const redisReadTask *task, enum redis_kind kind, size_t items)
{
    struct making *making = task->privdata;
    if (items > REDIS_LINK_ITEMS - making->items)
        return NULL;
    making->items += items;
    struct redis_answer *answer = arena_get(making->arena, 1, sizeof *answer);
    *answer = (struct redis_answer){.kind = kind, .text = ""};
    if (task->parent) {
        struct redis_answer *parent = task->parent->obj;
        parent->items[task->idx] = answer;
    }
    return answer;
}

static void *make_text(const redisReadTask *task, char *bytes, size_t length)
{
    struct making *making = task->privdata;
    struct redis_answer *answer = make(task, task->type == REDIS_REPLY_ERROR ? REDIS_ERROR : REDIS_TEXT, 0);
    if (answer)
        answer->text = arena_text_of(making->arena, bytes, length);
    return answer;
}

static void *make_list(const redisReadTask *task, __typeof__(((redisReadTask *)0)->elements) elements)
{
    struct making *making = task->privdata;
    struct redis_answer *answer = elements < 0 ? NULL : make(task, REDIS_LIST, (size_t)elements);
    if (answer && elements > 0) {
        answer->items = arena_get(making->arena, (size_t)elements, sizeof(struct redis_answer *));
        answer->count = (size_t)elements;
    }
    return answer;
}

static void *make_number(const redisReadTask *task, long long number)
{
    struct redis_answer *answer = make(task, REDIS_NUMBER, 0);
    if (answer)
        answer->number = number;
    return answer;
}

static void *make_nil(const redisReadTask *task)
{
    return make(task, REDIS_NIL, 0);
}

static void forget(void *answer)
{
    (void)answer; /* the arena keeps it */
}

static void set_makers(redisReplyObjectFunctions *makers)
{
    *makers = (redisReplyObjectFunctions){
        .createString = make_text,
        .createArray = make_list,
        .createInteger = make_number,
        .createNil = make_nil,
        .freeObject = forget,
    };
}

bool redis_link_parse(const char *bytes, size_t length, struct arena *arena,
                      const struct redis_answer **answer, struct error *error)
{
    const struct redis_library *redis = loaded_library(error);
    struct making making = {.arena = arena};
    redisReplyObjectFunctions makers;
    void *made = NULL;
    *answer = NULL;
    if (!redis)
        return false;
    set_makers(&makers);
    redisReader *reader = redis->reader_create(&makers);
    if (!reader)
        return error_set(error, "hiredis gives no reader");
    reader->privdata = &making;
    bool good =
        redis->reader_feed(reader, bytes, length) == REDIS_OK && redis->reader_get(reader, &made) == REDIS_OK;
    if (good)
        *answer = made;
    else
        (void)error_set(error, "not an answer of Redis: %s", reader->errstr);
    redis->reader_free(reader);
    return good;
}

struct redis_link {
    const struct redis_library *library;
    struct socket_link socket;
    char *place;
};

const char *redis_link_place(const struct redis_link *link)
{
    return link->place;
}

/* One answer, read as it comes; what comes behind it was not asked for. */
static enum source_end receive(struct run *run, struct redis_link *link, redisReader *reader,
                               const struct redis_answer **answer, struct error *error)
{
    struct text chunk = TEXT_INIT;
    size_t taken = 0;
    void *made = NULL;
    bool closed = false;
    enum source_end end = SOURCE_READ;
    while (end == SOURCE_READ && !made) {
        if (closed || taken > REDIS_LINK_CAP) {
            end = closed ? SOURCE_FAULT : SOURCE_UNREADABLE;
            (void)error_set(error,
                            closed ? "connection closed without an answer by \"%s\""
                                   : "the answer of \"%s\" is too large",
                            link->place);
            break;
        }
        text_clear(&chunk);
        end = socket_receive(run, &link->socket, &chunk, &closed, error);
        taken += chunk.length;
        if (end == SOURCE_READ &&
            (link->library->reader_feed(reader, chunk.bytes, chunk.length) != REDIS_OK ||
             link->library->reader_get(reader, &made) != REDIS_OK)) {
            (void)error_set(error, "not an answer of Redis from \"%s\": %s", link->place, reader->errstr);
            end = SOURCE_UNREADABLE;
        }
    }
    text_release(&chunk);
    *answer = made;
    return end;
}

enum source_end redis_link_ask(struct run *run, struct redis_link *link, const char *const *words,
                               size_t count, const struct redis_answer **answer, struct error *error)
{
    struct making making = {.arena = run->arena};
    redisReplyObjectFunctions makers;
    char *command = NULL;
    const char **copy = arena_get(run->arena, count, sizeof *copy); /* the library's type lacks a const */
    memcpy(copy, words, count * sizeof *copy);
    int length = link->library->format(&command, (int)count, copy, NULL);
    *answer = NULL;
    if (length < 0) {
        (void)error_set(error, "hiredis cannot write the command \"%s\"", words[0]);
        return SOURCE_UNREADABLE;
    }
    set_makers(&makers);
    redisReader *reader = link->library->reader_create(&makers);
    enum source_end end = SOURCE_UNREADABLE;
    if (reader) {
        reader->privdata = &making;
        end = socket_send(run, &link->socket, command, (size_t)length, error);
        if (end == SOURCE_READ)
            end = receive(run, link, reader, answer, error);
        link->library->reader_free(reader);
    } else {
        (void)error_set(error, "hiredis gives no reader");
    }
    explicit_bzero(command, (size_t)length); /* it may hold the password */
    link->library->free_command(command);
    return end;
}

enum source_end redis_link_refused(const struct redis_link *link, const struct redis_answer *answer,
                                   struct error *error)
{
    static const char *const faults[] = {"LOADING ", "MASTERDOWN ", "CLUSTERDOWN ",
                                         "ERR max number of clients"};
    enum source_end end = SOURCE_UNREADABLE;
    const char *text = answer->kind == REDIS_ERROR ? answer->text : "an answer of another kind than expected";
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strncmp(text, faults[i], strlen(faults[i])) == 0)
            end = SOURCE_FAULT;
    (void)error_set(error, "%s from \"%s\"", text, link->place);
    return end;
}

static enum source_end must(struct run *run, struct redis_link *link, const char *const *words, size_t count,
                            struct error *error)
{
    const struct redis_answer *answer;
    enum source_end end = redis_link_ask(run, link, words, count, &answer, error);
    if (end == SOURCE_READ && answer->kind != REDIS_TEXT)
        end = redis_link_refused(link, answer, error);
    return end;
}

static enum source_end sign_in(struct run *run, struct redis_link *link, const struct redis_target *target,
                               struct error *error)
{
    const char *const auth[] = {"AUTH", target->user ? target->user : target->password, target->password};
    const char *const choose[] = {"SELECT", target->database};
    enum source_end end = SOURCE_READ;
    if (target->password)
        end = must(run, link, auth, target->user ? 3 : 2, error);
    if (end == SOURCE_READ && target->database)
        end = must(run, link, choose, 2, error);
    return end;
}

enum { DEFAULT_PORT = 6379 };

enum source_end redis_link_open(struct run *run, const struct redis_target *target,
                                struct redis_link **opened, struct error *error)
{
    enum source_end end = SOURCE_UNREADABLE;
    struct redis_link *link = memory_get(1, sizeof *link);
    link->socket.fd = -1;
    link->library = loaded_library(error);
    if (!link->library)
        goto out;
    if (target->socket)
        end = socket_open_path(run, target->socket, &link->socket, error);
    else
        end = socket_open(run, target->host ? target->host : "127.0.0.1",
                          target->port ? target->port : DEFAULT_PORT, &link->socket, error);
    if (end != SOURCE_READ)
        goto out;
    link->place = memory_text(link->socket.place);
    end = sign_in(run, link, target, error);
out:
    if (end != SOURCE_READ) {
        redis_link_close(link);
        link = NULL;
    }
    *opened = link;
    return end;
}

void redis_link_close(struct redis_link *link)
{
    if (!link)
        return;
    socket_close(&link->socket);
    free(link->place);
    free(link);
}
