/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP listener, asked by raw sockets on a thread. */
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct place {
    struct loop *loop;
    struct loop_timer *later;
    struct web *web;
    struct web_call *kept;
    int handled;
};

static void answer_later(void *owner)
{
    struct place *place = owner;
    web_reply(place->kept, 200, "text/plain", "later", 5);
    place->kept = NULL;
}

static void handler(void *owner, struct web_call *call, const char *method, const char *path)
{
    struct place *place = owner;
    struct text body = TEXT_INIT;
    place->handled++;
    if (strcmp(path, "/later") == 0 || strcmp(path, "/keep") == 0) {
        assert_null(place->kept);
        place->kept = call;
        if (path[1] == 'l')
            loop_timer_at(place->later, loop_now() + 50000);
        return;
    }
    if (strcmp(path, "/big") == 0) {
        memset(text_reserve(&body, 4 << 20), 'x', 4 << 20);
        body.length = 4 << 20;
        body.bytes[body.length] = '\0';
    } else {
        const char *argument = web_argument(call, "q");
        text_format(&body, "%s %s q=%s.", method, path, argument ? argument : "none");
    }
    web_reply(call, strcmp(path, "/absent") == 0 ? 404 : 200, "text/plain", body.bytes, body.length);
    text_release(&body);
}

static bool admit(void *owner, struct web_call *call, const char *method, const char *path)
{
    (void)owner;
    (void)method;
    if (strcmp(path, "/forbidden") != 0)
        return true;
    web_challenge(call, "Basic realm=\"x\"");
    web_challenge(call, "Bearer realm=\"x\"");
    web_reply(call, 401, "text/plain", "no", 2);
    return false;
}

static struct web *open_at(struct loop *loop, const char *listen, void *owner, struct error *error)
{
    const struct web_settings settings = {
        .listen = listen, .admit = admit, .handler = handler, .owner = owner};
    return web_open(loop, &settings, error);
}

static struct place *place_open(const char *listen)
{
    struct place *place = memory_get(1, sizeof *place);
    struct error error = {""};
    place->loop = loop_create();
    place->later = loop_timer_add(place->loop, answer_later, place);
    place->web = open_at(place->loop, listen, place, &error);
    if (!place->web)
        fail_msg("%s", error.text);
    assert_true(web_port(place->web) > 0);
    return place;
}

static void place_close(struct place *place)
{
    web_close(place->web);
    if (place->kept)
        web_reply(place->kept, 200, "text/plain", "", 0);
    loop_timer_remove(place->later);
    loop_free(place->loop);
    free(place);
}

static int tcp_connect(const struct place *place, bool six)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(place->web))};
    struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = address.sin_port};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address6.sin6_addr = in6addr_loopback;
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 10}, sizeof(struct timeval));
    if (connect(fd, six ? (struct sockaddr *)&address6 : (struct sockaddr *)&address,
                six ? sizeof address6 : sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

struct visit {
    struct place *place;
    const char *bytes;
    size_t length;
    bool six;
    struct text got;
};

static void visit_run(void *owner)
{
    struct visit *visit = owner;
    int fd = tcp_connect(visit->place, visit->six);
    size_t sent = 0;
    ssize_t moved = fd;
    while (sent < visit->length && moved >= 0) {
        moved = send(fd, visit->bytes + sent, visit->length - sent, MSG_NOSIGNAL);
        sent += moved > 0 ? (size_t)moved : 0;
    }
    moved = fd;
    while (moved > 0 || moved == fd) {
        char *room = text_reserve(&visit->got, 65536);
        moved = recv(fd, room, 65536, 0);
        if (moved <= 0)
            break;
        visit->got.length += (size_t)moved;
        visit->got.bytes[visit->got.length] = '\0';
    }
    (void)close(fd);
}

static void visit_done(void *owner)
{
    const struct visit *visit = owner;
    loop_stop(visit->place->loop);
}

static void say(struct visit *visit, struct place *place, const char *bytes, size_t length)
{
    *visit = (struct visit){.place = place, .bytes = bytes, .length = length, .got = TEXT_INIT};
    loop_work(place->loop, visit_run, visit_done, visit);
    loop_run(place->loop);
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static void requests(void **state)
{
    static const struct {
        const char *bytes, *first, *body;
    } rows[] = {
        {"GET /a?q=1%202 HTTP/1.1\r\n" END, "HTTP/1.1 200 ", "GET /a q=1 2."},
        {"GET /a HTTP/1.1\r\n" END, "HTTP/1.1 200 ", "GET /a q=none."},
        {"GET /absent HTTP/1.1\r\n" END, "HTTP/1.1 404 ", "GET /absent q=none."},
        {"GET /later HTTP/1.1\r\n" END, "HTTP/1.1 200 ", "later"},
        {"POST /p HTTP/1.1\r\nContent-Length: 5\r\n" END "hello", "HTTP/1.1 200 ", "POST /p q=none."},
        {"HEAD /h HTTP/1.1\r\n" END, "HTTP/1.1 200 ", ""},
        {"GET /../../etc/passwd HTTP/1.1\r\n" END, "HTTP/1.1 200 ", "GET /../../etc/passwd q=none."},
        {"nonsense\r\n\r\n", "", ""},
        {"\x16\x03\x01\x02\x01\r\n\r\n", "", ""},
        {"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /later HTTP/1.1\r\n" END, "HTTP/1.1 200 ", "later"},
    };
    struct place *place = place_open("127.0.0.1:0");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit visit;
        say(&visit, place, rows[i].bytes, strlen(rows[i].bytes));
        const char *body = visit.got.bytes;
        for (const char *next; (next = strstr(body, "\r\n\r\n"));)
            body = next + 4;
        if (strncmp(visit.got.bytes, rows[i].first, strlen(rows[i].first)) != 0 ||
            (rows[i].first[0] && strcmp(body, rows[i].body) != 0))
            fail_msg("row %zu: %s", i, visit.got.bytes);
        text_release(&visit.got);
    }
    place_close(place);
}

static void sizes(void **state)
{
    struct place *place = place_open("127.0.0.1:0");
    struct visit visit;
    size_t length = 3 << 20;
    char *bytes = memory_get(length, 1);
    (void)state;
    say(&visit, place, "GET /big HTTP/1.1\r\n" END, strlen("GET /big HTTP/1.1\r\n" END));
    assert_true(visit.got.length > 4 << 20);
    text_release(&visit.got);

    /* headers that never end */
    memset(bytes, 'a', length);
    memcpy(bytes, "GET /", 5);
    say(&visit, place, bytes, 200000);
    assert_true(place->handled == 1);
    text_release(&visit.got);

    /* a body beyond the bound, and one far beyond it */
    static const size_t bodies[] = {1500000, 100000000};
    for (size_t i = 0; i < 2; i++) {
        int head = snprintf(bytes, length, "POST /p HTTP/1.1\r\nContent-Length: %zu\r\n" END, bodies[i]);
        assert_true(head > 0);
        memset(bytes + head, 'b', length - (size_t)head);
        size_t whole = (size_t)head + bodies[i];
        say(&visit, place, bytes, whole < length ? whole : length);
        if (i == 0)
            assert_memory_equal(visit.got.bytes, "HTTP/1.1 413 ", 13);
        text_release(&visit.got);
    }
    assert_int_equal(place->handled, 1);
    free(bytes);
    place_close(place);
}

/* Who is not admitted reads why, and the handler never hears of it, whatever is sent along. */
static void refusals(void **state)
{
    static const size_t bodies[] = {0, 5, 1500000};
    struct place *place = place_open("127.0.0.1:0");
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct visit visit;
        struct text bytes = TEXT_INIT;
        text_format(&bytes, "POST /forbidden HTTP/1.1\r\nContent-Length: %zu\r\n" END, bodies[i]);
        memset(text_reserve(&bytes, bodies[i]), 'b', bodies[i]);
        bytes.length += bodies[i];
        say(&visit, place, bytes.bytes, bytes.length);
        assert_memory_equal(visit.got.bytes, "HTTP/1.1 401 ", 13);
        assert_non_null(strstr(visit.got.bytes, "WWW-Authenticate: Basic realm=\"x\"\r\n"));
        assert_non_null(strstr(visit.got.bytes, "WWW-Authenticate: Bearer realm=\"x\"\r\n"));
        assert_string_equal(visit.got.bytes + visit.got.length - 2, "no");
        text_release(&visit.got);
        text_release(&bytes);
    }
    assert_int_equal(place->handled, 0);
    place_close(place);
}

/* Clients that connect and say nothing, or half a request, keep nobody else from being served. */
static void silent_clients(void **state)
{
    enum { SILENT = 60 };
    struct place *place = place_open("127.0.0.1:0");
    struct visit visit;
    int fds[SILENT];
    (void)state;
    for (size_t i = 0; i < SILENT; i++) {
        fds[i] = tcp_connect(place, false);
        assert_true(fds[i] >= 0);
        if (i % 2)
            assert_true(send(fds[i], "GET /a HT", 9, MSG_NOSIGNAL) == 9);
    }
    say(&visit, place, "GET /a HTTP/1.1\r\n" END, strlen("GET /a HTTP/1.1\r\n" END));
    assert_non_null(strstr(visit.got.bytes, "GET /a q=none."));
    text_release(&visit.got);
    for (size_t i = 0; i < SILENT; i++)
        (void)close(fds[i]);
    place_close(place);
}

static void stop(void *owner)
{
    loop_stop(owner);
}

/* The client goes before its answer comes; the listener is closed before the answer comes. */
static void late_answers(void **state)
{
    static const char request[] = "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n";
    (void)state;
    for (int closes = 0; closes < 2; closes++) {
        struct place *place = place_open("127.0.0.1:0");
        struct loop_timer *timer = loop_timer_add(place->loop, stop, place->loop);
        int fd = tcp_connect(place, false);
        assert_true(send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0);
        while (!place->kept) {
            loop_timer_at(timer, loop_now() + 20000);
            loop_run(place->loop);
        }
        (void)close(fd);
        if (closes == 0) {
            answer_later(place);
            loop_timer_at(timer, loop_now() + 50000);
            loop_run(place->loop);
        }
        loop_timer_remove(timer);
        place_close(place);
    }
}

static void addresses(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "127.0.0.1",
        "127.0.0.1:65536",
        "127.0.0.1:x",
        "localhost:0",
        "::1:0",
        "[::1]",
        "[127.0.0.1]:0",
        "[]:0",
        "127.1:0",
        "1.2.3.4.5:0",
        "[::1:0",
        "127.0.0.1:-1",
        "[00000000000000000000000000000000000000000000000000000000000000000000::1]:0"};
    struct loop *loop = loop_create();
    struct error error;
    char again[32];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        error.text[0] = '\0';
        if (open_at(loop, bad[i], NULL, &error))
            fail_msg("%s was taken", bad[i]);
        assert_non_null(strstr(error.text, bad[i]));
    }
    struct place *place = place_open("127.0.0.1:0");
    (void)snprintf(again, sizeof again, "127.0.0.1:%u", web_port(place->web));
    assert_null(open_at(loop, again, NULL, &error));
    assert_non_null(strstr(error.text, "in use"));
    place_close(place);
    loop_free(loop);
}

static void version_six(void **state)
{
    struct visit visit = {.bytes = "GET /six HTTP/1.1\r\n" END, .six = true, .got = TEXT_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bool there = probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
    (void)state;
    if (probe >= 0)
        (void)close(probe);
    if (!there)
        skip();
    visit.place = place_open("[::1]:0");
    visit.length = strlen(visit.bytes);
    loop_work(visit.place->loop, visit_run, visit_done, &visit);
    loop_run(visit.place->loop);
    assert_non_null(strstr(visit.got.bytes, "GET /six q=none."));
    text_release(&visit.got);
    place_close(visit.place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),    cmocka_unit_test(sizes),        cmocka_unit_test(silent_clients),
        cmocka_unit_test(refusals),    cmocka_unit_test(late_answers), cmocka_unit_test(addresses),
        cmocka_unit_test(version_six),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
