/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: the client of ours on a thread, and clients that mean no good. */
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
    struct loop *loop;
    struct loop_timer *later;
    struct control *control;
    struct control_call *kept;
    char directory[32];
    char path[PATH_MAX];
    unsigned peer;
    int handled;
};

static void answer_later(void *owner)
{
    struct place *place = owner;
    control_reply(place->kept, json_string("later"));
    place->kept = NULL;
}

/* {"do":"echo","with":X}, {"do":"later"}, {"do":"keep"}, {"do":"refuse"}, {"do":"big"} */
static void handler(void *owner, struct control_call *call, const json_t *request)
{
    struct place *place = owner;
    const char *what = json_string_value(json_object_get(request, "do"));
    place->handled++;
    place->peer = control_peer(call);
    if (what && strcmp(what, "echo") == 0) {
        control_reply(call, json_incref(json_object_get(request, "with")));
    } else if (what && strcmp(what, "big") == 0) {
        size_t length = 8 << 20;
        char *bytes = memory_get(length, 1);
        memset(bytes, 'x', length);
        control_reply(call, json_stringn(bytes, length));
        free(bytes);
    } else if (what && strcmp(what, "refuse") == 0) {
        control_refuse(call, "no \"%s\" here", "entry");
    } else if (what) {
        assert_null(place->kept);
        place->kept = call;
        if (strcmp(what, "later") == 0)
            loop_timer_at(place->later, loop_now() + 50000);
    } else {
        control_refuse(call, "nothing to do");
    }
}

static struct place *place_open(void)
{
    struct place *place = memory_get(1, sizeof *place);
    struct error error = {""};
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/test_control.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->path, sizeof place->path, "%s/control.sock", place->directory);
    place->loop = loop_create();
    place->later = loop_timer_add(place->loop, answer_later, place);
    place->control = control_open(place->loop, place->path, handler, place, &error);
    if (!place->control)
        fail_msg("%s", error.text);
    return place;
}

static void place_close(struct place *place)
{
    control_close(place->control);
    if (place->kept)
        control_reply(place->kept, json_null());
    loop_timer_remove(place->later);
    loop_free(place->loop);
    assert_int_not_equal(access(place->path, F_OK), 0);
    assert_int_equal(rmdir(place->directory), 0);
    free(place);
}

/* What a thread does while the loop runs. */
struct visit {
    struct place *place;
    const char *send; /* raw bytes; NULL: control_ask with `request` */
    size_t length;
    const char *request;
    bool close_write;
    int64_t timeout;
    struct text got;
    json_t *reply;
    struct error error;
};

static int raw_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.107s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static void visit_run(void *owner)
{
    struct visit *visit = owner;
    if (!visit->send) {
        json_t *request = json_loads(visit->request, 0, NULL);
        visit->reply = control_ask(visit->place->path, request, visit->timeout, &visit->error);
        json_decref(request);
        return;
    }
    int fd = raw_connect(visit->place->path);
    size_t sent = 0;
    ssize_t moved = 0;
    while (fd >= 0 && sent < visit->length && moved >= 0) {
        moved = send(fd, visit->send + sent, visit->length - sent, MSG_NOSIGNAL);
        sent += moved > 0 ? (size_t)moved : 0;
    }
    if (visit->close_write)
        (void)shutdown(fd, SHUT_WR);
    do {
        char *room = text_reserve(&visit->got, 4096);
        moved = recv(fd, room, 4096, 0);
        visit->got.length += moved > 0 ? (size_t)moved : 0;
    } while (moved > 0);
    text_add(&visit->got, "");
    visit->got.bytes[visit->got.length] = '\0';
    (void)close(fd);
}

static void visit_done(void *owner)
{
    const struct visit *visit = owner;
    loop_stop(visit->place->loop);
}

static void ask(struct visit *visit, struct place *place, const char *request, int64_t timeout)
{
    *visit = (struct visit){.place = place, .request = request, .timeout = timeout, .got = TEXT_INIT};
    loop_work(place->loop, visit_run, visit_done, visit);
    loop_run(place->loop);
}

static void say(struct visit *visit, struct place *place, const char *bytes, size_t length)
{
    *visit = (struct visit){
        .place = place, .send = bytes, .length = length, .close_write = true, .got = TEXT_INIT};
    loop_work(place->loop, visit_run, visit_done, visit);
    loop_run(place->loop);
}

static void questions(void **state)
{
    static const struct {
        const char *request, *reply;
    } rows[] = {
        {"{\"do\":\"echo\",\"with\":[1,\"two\\n\",null]}", "[1,\"two\\n\",null]"},
        {"{\"do\":\"refuse\"}", "{\"error\":\"no \\\"entry\\\" here\"}"},
        {"{}", "{\"error\":\"nothing to do\"}"},
        {"{\"do\":\"later\"}", "\"later\""},
    };
    struct place *place = place_open();
    struct stat file;
    (void)state;
    assert_int_equal(stat(place->path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0660);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit visit;
        ask(&visit, place, rows[i].request, 5000);
        if (!visit.reply)
            fail_msg("%s: %s", rows[i].request, visit.error.text);
        char *text = json_dumps(visit.reply, JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(text, rows[i].reply);
        assert_int_equal(place->peer, getuid());
        json_decref(visit.reply);
        free(text);
    }
    place_close(place);
}

static void a_big_answer(void **state)
{
    struct place *place = place_open();
    struct visit visit;
    (void)state;
    ask(&visit, place, "{\"do\":\"big\"}", 10000);
    assert_non_null(visit.reply);
    assert_int_equal(json_string_length(visit.reply), 8 << 20);
    json_decref(visit.reply);
    place_close(place);
}

static void no_answer(void **state)
{
    struct place *place = place_open();
    struct visit visit;
    struct error error;
    (void)state;
    ask(&visit, place, "{\"do\":\"keep\"}", 100);
    assert_null(visit.reply);
    assert_non_null(strstr(visit.error.text, "in time"));
    assert_non_null(place->kept); /* answered after the client has gone: see place_close */
    assert_null(control_ask("/nonexistent/control.sock", json_null(), 100, &error));
    assert_non_null(strstr(error.text, "/nonexistent/control.sock"));
    place_close(place);
}

static size_t lines_of(const char *text)
{
    size_t count = 0;
    while ((text = strchr(text, '\n'))) {
        text++;
        count++;
    }
    return count;
}

static void odd_clients(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        size_t lines;
        const char *holds;
    } rows[] = {
        {"", 0, 0, ""},
        {"\n\n\n", 3, 0, ""},
        {"nonsense\n", 9, 1, "not JSON"},
        {"[1]\n", 4, 1, "JSON object"},
        {"{\"do\":\"echo\",\"do\":\"echo\"}\n", 26, 1, "not JSON"},
        {"\0\377\0\n{}\n", 7, 2, "nothing to do"},
        {"{\"do\":\"echo\",\"with\":1}\n{\"do\":\"later\"}\n{\"do\":\"echo\",\"with\":3}\n", 61, 3,
         "1\n\"later\"\n3\n"},
        {"{\"do\":\"echo\",\"with\":4}", 22, 1, "4\n"}, /* the end of the stream ends the line */
        {"{\"do\":\"ec", 9, 1, "not JSON"},
    };
    struct place *place = place_open();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit visit;
        say(&visit, place, rows[i].bytes, rows[i].length);
        if (lines_of(visit.got.bytes) != rows[i].lines || !strstr(visit.got.bytes, rows[i].holds))
            fail_msg("row %zu: \"%s\"", i, visit.got.bytes);
        text_release(&visit.got);
    }
    place_close(place);
}

static void too_long(void **state)
{
    struct place *place = place_open();
    struct visit visit;
    size_t length = 3 << 20;
    char *bytes = memory_get(length, 1);
    (void)state;
    memset(bytes, '[', length);
    say(&visit, place, bytes, length);
    /* the answer may be lost with the connection; the server goes on */
    assert_int_equal(place->handled, 0);
    text_release(&visit.got);
    memcpy(bytes + length - 4, "{}\n\n", 4);
    ask(&visit, place, "{\"do\":\"echo\",\"with\":5}", 5000);
    assert_int_equal(json_integer_value(visit.reply), 5);
    json_decref(visit.reply);
    free(bytes);
    place_close(place);
}

/* More silent clients than are served at once, and one that does not read its answers: others wait at most. */
static void crowds(void **state)
{
    enum { SILENT = 63 };
    struct place *place = place_open();
    struct visit visit;
    int fds[SILENT];
    (void)state;
    for (size_t i = 0; i < SILENT; i++)
        assert_true((fds[i] = raw_connect(place->path)) >= 0);
    for (int i = 0; i < 100; i++)
        assert_true(send(fds[0], "{\"do\":\"big\"}\n", 13, MSG_NOSIGNAL) == 13);
    ask(&visit, place, "{\"do\":\"echo\",\"with\":6}", 5000);
    assert_int_equal(json_integer_value(visit.reply), 6);
    json_decref(visit.reply);
    assert_true(place->handled < 10); /* the answers do not pile up */
    for (size_t i = 0; i < SILENT; i++)
        (void)close(fds[i]);
    ask(&visit, place, "{\"do\":\"echo\",\"with\":7}", 5000);
    assert_int_equal(json_integer_value(visit.reply), 7);
    json_decref(visit.reply);
    place_close(place);
}

static void long_paths(void **state)
{
    char directory[512] = "/tmp/test_control.XXXXXX";
    char deep[700], path[1024];
    struct loop *loop = loop_create();
    struct error error = {""};
    struct stat file;
    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(deep, sizeof deep, "%s/%0150d", directory, 7);
    assert_int_equal(mkdir(deep, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/control.sock", deep);
    struct control *control = control_open(loop, path, handler, NULL, &error);
    if (!control)
        fail_msg("%s", error.text);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0660);
    /* someone answers there: a second server is refused and the first goes on */
    assert_null(control_open(loop, path, handler, NULL, &error));
    assert_non_null(strstr(error.text, "another process"));
    assert_int_equal(stat(path, &file), 0);
    control_close(control);
    (void)snprintf(path, sizeof path, "%s/%0150d", deep, 7);
    assert_null(control_open(loop, path, handler, NULL, &error));
    assert_non_null(strstr(error.text, "too long"));
    assert_int_equal(rmdir(deep), 0);
    assert_int_equal(rmdir(directory), 0);
    loop_free(loop);
}

static void stale_sockets(void **state)
{
    struct place *place = place_open();
    char path[PATH_MAX + 8];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct error error = {""};
    (void)state;
    (void)snprintf(path, sizeof path, "%s.old", place->path);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.107s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(fd);
    struct control *control = control_open(place->loop, path, handler, place, &error);
    if (!control)
        fail_msg("%s", error.text);
    /* a file that was put in its place is not removed */
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fclose(file);
    control_close(control);
    assert_int_equal(access(path, F_OK), 0);
    assert_null(control_open(place->loop, path, handler, place, &error));
    assert_non_null(strstr(error.text, "not a socket"));
    assert_int_equal(unlink(path), 0);
    place_close(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions),   cmocka_unit_test(a_big_answer),  cmocka_unit_test(no_answer),
        cmocka_unit_test(odd_clients), cmocka_unit_test(too_long),      cmocka_unit_test(crowds),
        cmocka_unit_test(long_paths),  cmocka_unit_test(stale_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
