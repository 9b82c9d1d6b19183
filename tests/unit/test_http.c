/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP: what needs no server, answers of a scripted one, and members of a JSON text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/http.h"
#include "collectors/jsonpath.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static int64_t deadline(int64_t milliseconds)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000 + milliseconds;
}

/* A server of one connection: it takes the question and gives the bytes of its script. */
struct server {
    int listener;
    char url[128];
    const char *script;
    size_t length;
    char question[4096];
    pthread_t thread;
};

static void *serve(void *owner)
{
    struct server *server = owner;
    int client = accept(server->listener, NULL, NULL);
    size_t used = 0;
    while (client >= 0 && used + 1 < sizeof server->question && !strstr(server->question, "\r\n\r\n")) {
        ssize_t got = recv(client, server->question + used, sizeof server->question - used - 1, 0);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    for (size_t sent = 0; client >= 0 && sent < server->length;) {
        ssize_t put = send(client, server->script + sent, server->length - sent, MSG_NOSIGNAL);
        if (put <= 0)
            break;
        sent += (size_t)put;
    }
    (void)close(client);
    return NULL;
}

static void start(struct server *server, const char *script, size_t length)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *server = (struct server){.script = script, .length = length};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d/page", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->thread, NULL);
    (void)close(server->listener);
}

static enum source_end fetch(const char *script, size_t length, size_t cap, struct http_response *response,
                             struct error *error)
{
    struct server server;
    start(&server, script, length);
    struct http_request request = {.url = server.url, .deadline = deadline(5000), .body_cap = cap};
    enum source_end end = http_fetch(&request, response, error);
    stop(&server);
    return end;
}

static void gives_status_head_and_body(void **state)
{
    static const char script[] = "HTTP/1.1 404 Nope\r\nX-One:  a b\r\nContent-Length: 5\r\n\r\nh\0llo";
    struct http_response response;
    struct text value = TEXT_INIT;
    struct error error;
    (void)state;
    assert_int_equal(fetch(script, sizeof script - 1, 0, &response, &error), SOURCE_READ);
    assert_int_equal(response.status, 404);
    assert_int_equal(response.body.length, 5);
    assert_memory_equal(response.body.bytes, "h\0llo", 5);
    assert_true(http_header(&response, "x-one", &value));
    assert_string_equal(value.bytes, "a b");
    assert_false(http_header(&response, "x-on", &value));
    assert_int_equal(response.version, 11);
    assert_int_equal(response.certificate_end, 0);
    assert_true(response.times.total >= response.times.first_byte);
    text_release(&value);
    http_release(&response);
}

static void refuses_what_is_no_answer(void **state)
{
    static const struct {
        const char *script;
        size_t length;
        enum source_end end;
        const char *words;
    } cases[] = {
#define CASE(script, end, words) {script, sizeof script - 1, end, words}
        CASE("", SOURCE_FAULT, "without an answer"),
        CASE("\0\1\2\3 rubbish\r\n\r\n", SOURCE_UNREADABLE, "127.0.0.1"),
        CASE("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", SOURCE_FAULT, "cut off"),
        CASE("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\ntwelve bytes", SOURCE_UNREADABLE,
             "larger than 8 bytes"),
#undef CASE
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_response response;
        struct error error = {""};
        assert_int_equal(fetch(cases[i].script, cases[i].length, 8, &response, &error), cases[i].end);
        if (!strstr(error.text, cases[i].words))
            fail_msg("case %zu: \"%s\"", i, error.text);
        http_release(&response);
    }
}

static void a_huge_head_ends(void **state)
{
    struct text script = TEXT_INIT;
    struct http_response response;
    struct error error;
    (void)state;
    text_add(&script, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20000; i++)
        text_format(&script, "X-Header-%d: a value that is repeated\r\n", i);
    assert_int_equal(fetch(script.bytes, script.length, 0, &response, &error), SOURCE_UNREADABLE);
    text_release(&script);
    http_release(&response);
}

static void no_answer_within_the_time_is_a_timeout(void **state)
{
    struct http_response response;
    struct error error;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char url[64];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0); /* the kernel accepts, nobody reads */
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(url, sizeof url, "http://u:geheim@127.0.0.1:%d/", ntohs(address.sin_port));
    struct http_request request = {.url = url, .deadline = deadline(150)};
    assert_int_equal(http_fetch(&request, &response, &error), SOURCE_TIMEOUT);
    assert_non_null(strstr(error.text, "waiting for an answer from \"127.0.0.1:"));
    assert_null(strstr(error.text, "geheim"));
    assert_null(strstr(response.url, "geheim"));
    http_release(&response);
    (void)close(listener);
}

static void refuses_other_schemes_and_dead_ports(void **state)
{
    static const struct {
        const char *url;
        enum source_end end;
        const char *words;
    } cases[] = {
        {"file:///etc/passwd", SOURCE_UNREADABLE, "not supported"},
        {"gopher://127.0.0.1/", SOURCE_UNREADABLE, "not supported"},
        {"http://127.0.0.1:1/", SOURCE_FAULT, "\"127.0.0.1:1\": Connection refused"},
        {"http://[::1/", SOURCE_UNREADABLE, "not a URL"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {.url = cases[i].url, .deadline = deadline(5000)};
        struct http_response response;
        struct error error = {""};
        assert_int_equal(http_fetch(&request, &response, &error), cases[i].end);
        if (!strstr(error.text, cases[i].words))
            fail_msg("case %zu: \"%s\"", i, error.text);
        http_release(&response);
    }
}

static void proxies_of_the_environment_play_no_part(void **state)
{
    static const char script[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct http_response response;
    struct error error;
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(fetch(script, sizeof script - 1, 0, &response, &error), SOURCE_READ);
    assert_int_equal(unsetenv("http_proxy"), 0);
    http_release(&response);
}

static void shows_urls_without_passwords(void **state)
{
    static const char *const cases[][2] = {
        {"http://a/b", "http://a/b"},
        {"http://u:p@a/b@c", "http://a/b@c"},
        {"https://u:p@q@a:8000/x", "https://a:8000/x"},
        {"http://a/?mail=x@y", "http://a/?mail=x@y"},
        {"u:p@host", "host"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text shown = TEXT_INIT;
        http_shown_url(cases[i][0], &shown);
        assert_string_equal(shown.bytes, cases[i][1]);
        text_release(&shown);
    }
}

static void finds_members_of_json(void **state)
{
    static const char text[] =
        "{\"status\":\"ok\",\"nodes\":[{\"name\":\"a\",\"up\":true},{\"load\":2.5}],\"n\":null}";
    static const struct {
        const char *path;
        enum jsonpath_end end;
        const char *value;
    } cases[] = {
        {"status", JSONPATH_FOUND, "ok"},       {"nodes.0.name", JSONPATH_FOUND, "a"},
        {"nodes.0.up", JSONPATH_FOUND, "true"}, {"nodes.1.load", JSONPATH_FOUND, "2.5"},
        {"n", JSONPATH_FOUND, "null"},          {"nodes.0", JSONPATH_FOUND, "{\"name\":\"a\",\"up\":true}"},
        {"nodes.2", JSONPATH_MISSING, ""},      {"nodes.-1", JSONPATH_MISSING, ""},
        {"status.x", JSONPATH_MISSING, ""},     {"nope", JSONPATH_MISSING, ""},
    };
    struct error error;
    struct text value = TEXT_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_clear(&value);
        assert_int_equal(jsonpath_find(text, sizeof text - 1, cases[i].path, &value, &error), cases[i].end);
        assert_string_equal(value.bytes, cases[i].value);
    }
    assert_int_equal(jsonpath_find("<html>", 6, "a", &value, &error), JSONPATH_NO_JSON);
    assert_int_equal(jsonpath_find("{\"a\":1", 6, "a", &value, &error), JSONPATH_NO_JSON);
    assert_int_equal(jsonpath_find("", 0, "a", &value, &error), JSONPATH_NO_JSON);
    text_release(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_status_head_and_body),
        cmocka_unit_test(refuses_what_is_no_answer),
        cmocka_unit_test(a_huge_head_ends),
        cmocka_unit_test(no_answer_within_the_time_is_a_timeout),
        cmocka_unit_test(refuses_other_schemes_and_dead_ports),
        cmocka_unit_test(proxies_of_the_environment_play_no_part),
        cmocka_unit_test(shows_urls_without_passwords),
        cmocka_unit_test(finds_members_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
