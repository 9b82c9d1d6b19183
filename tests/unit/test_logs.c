/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/maillog.h"
#include "collectors/nagios_log.h"
#include "collectors/nginx.h"
#include "collectors/processes.h"
#include "collectors/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_bytes(const char *at, size_t length, const char *wanted)
{
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(at, wanted, length);
}

static void lines_of_nginx(void **state)
{
    static const struct {
        const char *line;
        int64_t field;
        int status; /* 0: refused */
        const char *url, *server;
    } rows[] = {
        {"a - - [t] \"GET /x?y=1 HTTP/1.1\" 200 5", 0, 200, "/x", ""},
        {"v a - - [t] \"GET / HTTP/1.1\" 500 - \"r\" \"u\"", 0, 500, "/", "v"},
        {"a - - [t] \"G\\\"ET /a\\\"b H\" 204 0 \"-\" \"u \\\" v\" \"web 1\"", 1, 204, "/a\\\"b", "web 1"},
        {"a - - [t] \"\" 400 0 \"-\" \"-\" x y", 2, 400, "-", "y"},
        {"a - - [t] \"GET / HTTP/1.1\" 200 5 \"r\" \"u\"", 1, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1 200 5", 0, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1\" 20 5", 0, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1\" 099 5", 0, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1\" 2000 5", 0, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1\" 200", 0, 0, "", ""},
        {"a - - [t] \"GET / HTTP/1.1\" 200 x", 0, 0, "", ""},
        {"a - - [t \"GET / HTTP/1.1\" 200 1", 0, 0, "", ""},
        {"a - [t] \"GET / HTTP/1.1\" 200 1", 0, 0, "", ""},
        {"a - - [t] \"GET / \\\"", 0, 0, "", ""},
        {"a - - [t] \"GET / \\", 0, 0, "", ""},
        {"", 0, 0, "", ""},
        {" [", 0, 0, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nginx_line parsed;
        assert_int_equal(nginx_parse(rows[i].line, strlen(rows[i].line), rows[i].field, &parsed),
                         rows[i].status != 0);
        if (rows[i].status == 0)
            continue;
        assert_int_equal(parsed.status, rows[i].status);
        assert_bytes(parsed.url.at, parsed.url.length, rows[i].url);
        assert_bytes(parsed.server.at, parsed.server.length, rows[i].server);
    }
}

static void deliveries(void **state)
{
    enum { NONE = -1 };
    static const struct {
        const char *line;
        int status;
        const char *relay;
    } rows[] = {
        {"x: to=<a@b>, relay=mx[1.2.3.4]:25, status=sent (ok)", MAILLOG_SENT, "mx"},
        {"x: to=<a@b>, relay=none, delay=1, status=deferred (no)", MAILLOG_DEFERRED, "local"},
        {"x: to=<\", relay=evil, status=sent\"@b>, relay=mx, status=bounced", MAILLOG_BOUNCED, "mx"},
        {"x: to=a@b, delay=1, relay=mx. [1.2.3.4], dsn=2, stat=Sent", MAILLOG_SENT, "mx"},
        {"x: to=a@b, relay=mx, stat=Data format error", MAILLOG_OTHER, "mx"},
        {"x: to=<a@b>, relay=, status=sent", MAILLOG_SENT, "local"},
        {"d t 1r4aaa-000001-AA => a H=mx [1.2.3.4]", MAILLOG_SENT, "mx"},
        {"d t 1r4aaa-0000000001-AAAA ** a", MAILLOG_BOUNCED, "local"},
        {"d t word => a H=mx", NONE, ""},
        {"d t 1r4aaa-000001-AA <= a H=mx", NONE, ""},
        {"x: to=<a@b>, relay=mx", NONE, ""},
        {"x: to=<a@b", NONE, ""},
        {"x: relay=mx, status=sent", NONE, ""},
        {"", NONE, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct maillog_delivery delivery;
        bool found = maillog_parse(rows[i].line, strlen(rows[i].line), &delivery);
        assert_int_equal(found, rows[i].status != NONE);
        if (!found)
            continue;
        assert_int_equal(delivery.status, rows[i].status);
        assert_bytes(delivery.relay, delivery.relay_length, rows[i].relay);
    }
}

static void alerts_of_nagios(void **state)
{
    static const char alert[] = "[5] SERVICE ALERT: h;s;WARNING;SOFT;1;a;b";
    static const char told[] = "[5] HOST NOTIFICATION: c;h;FLAPPINGSTART (UP);cmd;out";
    struct nagios_log_entry entry;
    (void)state;
    assert_true(nagios_log_parse(alert, sizeof alert - 1, &entry));
    assert_int_equal(entry.at, 5);
    assert_bytes(entry.host.at, entry.host.length, "h");
    assert_bytes(entry.service.at, entry.service.length, "s");
    assert_bytes(entry.state.at, entry.state.length, "WARNING");
    assert_false(entry.is_hard);
    assert_true(nagios_log_parse(told, sizeof told - 1, &entry));
    assert_int_equal(entry.kind, NAGIOS_LOG_NOTIFICATION);
    assert_bytes(entry.contact.at, entry.contact.length, "c");
    assert_bytes(entry.state.at, entry.state.length, "UP");
    for (size_t length = 0; length < sizeof "[5] SERVICE ALERT: h;s;WARNING;SOFT" - 1; length++)
        assert_false(nagios_log_parse(alert, length, &entry));
}

static void names_are_counted_up_to_a_limit(void **state)
{
    struct arena *arena = arena_create();
    struct tally *tally = tally_create(arena);
    char name[300];
    size_t count;
    (void)state;
    memset(name, 'n', sizeof name);
    for (int i = 0; i < TALLY_NAMES + 5; i++) {
        int length = snprintf(name, sizeof name, "name %d", i);
        tally_add(tally, name, (size_t)length, false);
    }
    tally_add(tally, "name 7", 6, true);
    tally_add(tally, "name 8", 6, false);
    const struct tally_row *rows = tally_rows(tally, &count);
    assert_int_equal(count, TALLY_NAMES + 1);
    assert_string_equal(rows[0].name, "name 7");
    assert_int_equal(rows[0].all, 2);
    assert_int_equal(rows[0].matches, 1);
    assert_string_equal(rows[1].name, TALLY_OTHERS);
    assert_int_equal(rows[1].all, 5);
    assert_string_equal(rows[2].name, "name 8");
    arena_free(arena);
}

static void long_names_are_cut(void **state)
{
    struct arena *arena = arena_create();
    struct tally *tally = tally_create(arena);
    char name[300];
    size_t count;
    (void)state;
    memset(name, 'n', sizeof name);
    tally_add(tally, name, 300, true);
    tally_add(tally, name, 250, true);
    tally_add(tally, "a\0b", 3, true);
    tally_add(tally, "a", 1, false);
    const struct tally_row *rows = tally_rows(tally, &count);
    assert_int_equal(count, 2);
    assert_int_equal(strlen(rows[0].name), TALLY_NAME_CAP);
    assert_int_equal(rows[0].all, 2);
    assert_int_equal(rows[1].all, 2);
    arena_free(arena);
}

static void processes_of_any_name(void **state)
{
#define NUMBERS " S 1 2 3 4 -1 6 7 8 9 10 100 50 0 0 20 0 3 0 12345 1000 7 1\n"
    static const struct {
        const char *line, *name; /* NULL: refused */
    } rows[] = {
        {"5 (sh)" NUMBERS, "sh"},
        {"5 (a) b (c)" NUMBERS, "a) b (c"},
        {"5 ()" NUMBERS, ""},
        {"5 (a\nb)" NUMBERS, "a\nb"},
        {"5 (sh" NUMBERS, NULL},
        {"5 )sh(" NUMBERS, NULL},
        {"x (sh)" NUMBERS, NULL},
        {"(sh)" NUMBERS, NULL},
        {"5 (sh) S 1 2 3", NULL},
        {"5 (sh)", NULL},
        {"", NULL},
    };
    struct arena *arena = arena_create();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct process_row row;
        bool good = processes_parse(rows[i].line, strlen(rows[i].line), arena, &row);
        assert_int_equal(good, rows[i].name != NULL);
        if (!good)
            continue;
        assert_string_equal(row.name, rows[i].name);
        assert_int_equal(row.pid, 5);
        assert_int_equal(row.state, 'S');
        assert_int_equal(row.parent, 1);
        assert_int_equal(row.cpu, 150);
        assert_int_equal(row.threads, 3);
        assert_int_equal(row.start, 12345);
        assert_int_equal(row.resident % 7, 0);
        assert_true(row.resident > 0);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_nginx),     cmocka_unit_test(deliveries),
        cmocka_unit_test(alerts_of_nagios),   cmocka_unit_test(names_are_counted_up_to_a_limit),
        cmocka_unit_test(long_names_are_cut), cmocka_unit_test(processes_of_any_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
