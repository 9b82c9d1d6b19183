/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/config_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char files[] = "== watchbill.yaml\n"
                            "timezone: Europe/Berlin\n"
                            "== users.yaml\n"
                            "windows: {w: {monday: \"10:00-12:00\"}}\n"
                            "users:\n"
                            "  __base__: {timezone: UTC}\n"
                            "  geoff: {name: \"G: \\\"H\\\"\"}\n"
                            "== services/web.yaml\n"
                            "__base__:\n"
                            "  tags: {env: prod}\n"
                            "host_count: 2\n"
                            "hosts: {web_01: {address: 10.0.0.1}}\n"
                            "checks:\n"
                            "  __base__: {command: [/bin/true], every: 30s}\n"
                            "  http:\n"
                            "    command: [--all]\n"
                            "    attempts: 1\n"
                            "serving: {check: http, at_least: 1}\n";

struct row {
    const char *object;
    const char *expected;
};

static const struct row rows[] = {
    {"users/geoff", "name: \"G: \\\"H\\\"\"  # users.yaml:4:17\n"
                    "timezone: UTC  # users.yaml:3:24\n"},
    {"windows/w", "# timezone: the user's, the group's or the site's\n"
                  "monday: \"10:00-12:00\"  # users.yaml:1:23\n"},
    {"hosts/web_01", "# of service web  # services/web.yaml:4:9\n"
                     "address: 10.0.0.1  # services/web.yaml:4:27\n"
                     "status: active  # default\n"
                     "importance: 0  # default\n"
                     "# alive: always up\n"},
    {"hosts/web_00", "# of service web  # services/web.yaml:1:1\n"
                     "# address: its name\n"
                     "status: active  # default\n"
                     "importance: 0  # default\n"
                     "# alive: always up\n"},
    {"web_00/http", "# title: the name\n"
                    "command:\n"
                    "  - /bin/true  # services/web.yaml:6:24\n"
                    "  - \"--all\"  # services/web.yaml:8:15\n"
                    "every: 30s  # services/web.yaml:6:43\n"
                    "# schedule: by every\n"
                    "# window: always\n"
                    "# retry: as every\n"
                    "attempts: 1  # services/web.yaml:9:15\n"
                    "# timeout: that of workers\n"
                    "# freshness: results may stay away\n"
                    "stale: UNKNOWN  # default\n"
                    "when:\n"
                    "  - active  # default\n"
                    "store: true  # default\n"
                    "importance: 0  # default\n"
                    "volatile: false  # default\n"
                    "# alert: nobody is told\n"
                    "# flapping: not detected\n"},
    {"service:web/serving", "# made by \"serving\" of service web  # services/web.yaml:10:10\n"
                            "check: http  # services/web.yaml:10:18\n"
                            "at_least: 1  # services/web.yaml:10:34\n"
                            "# alert: nobody is told\n"},
};

static void test_objects(void **state)
{
    (void)state;
    struct config_place place;
    config_place_open(&place, files);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = TEXT_INIT;
        struct findings findings = {0};
        assert_true(config_show(place.path, rows[i].object, &out, &findings));
        assert_string_equal(out.bytes, rows[i].expected);
        findings_release(&findings);
        text_release(&out);
    }
    config_place_close(&place);
}

static void test_absent(void **state)
{
    (void)state;
    static const char *const objects[] = {"users/nobody", "nothing", "hosts/x", "web_00/x", "x/http",
                                          "services/x",   "/",       "",        "users/",   "state/x"};
    struct config_place place;
    config_place_open(&place, files);
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct text out = TEXT_INIT;
        struct findings findings = {0};
        assert_false(config_show(place.path, objects[i], &out, &findings));
        assert_int_equal(findings.errors, 1);
        assert_int_equal(out.length, 0);
        findings_release(&findings);
        text_release(&out);
    }
    config_place_close(&place);
}

static void test_bad_configuration(void **state)
{
    (void)state;
    struct config_place place;
    struct text out = TEXT_INIT;
    struct findings findings = {0};
    config_place_open(&place, "== watchbill.yaml\nx: 1\n");
    assert_false(config_show(place.path, NULL, &out, &findings));
    assert_int_equal(findings.errors, 1);
    assert_int_equal(out.length, 0);
    findings_release(&findings);
    text_release(&out);
    config_place_close(&place);
}

static char *shown(const char *directory, const char *object)
{
    struct text out = TEXT_INIT;
    struct findings findings = {0};
    assert_true(config_show(directory, object, &out, &findings));
    findings_release(&findings);
    return text_take(&out);
}

/* Up to the origin, which differs. */
static void cut_origins(char *text)
{
    char *to = text;
    for (char *at = text; *at;) {
        if (strncmp(at, "  # ", 4) == 0)
            at += strcspn(at, "\n");
        else
            *to++ = *at++;
    }
    *to = '\0';
}

/* What is shown can be read, and gives the same again. */
static void test_read_back(void **state)
{
    (void)state;
    static const char fixture[] = "tests/fixtures/config/interface";
    struct config_place place;
    config_place_open(&place, "");
    config_place_make(&place, "templates");
    config_place_write(&place, "templates/haproxy.txt", "$HOSTNAME$\n", 11);
    char *whole = shown(fixture, NULL);
    assert_non_null(strstr(whole, "timezone: Europe/Berlin  # watchbill.yaml:7:11\n"));
    char *services = strstr(whole, "\nservices:\n");
    char *users = strstr(whole, "\nwindows:\n");
    char *remediations = strstr(whole, "\ntrackers:\n");
    char *routes = strstr(whole, "\nroutes:\n");
    assert_true(users < remediations && remediations < routes && routes < services);
    config_place_write(&place, "watchbill.yaml", whole, (size_t)(users + 1 - whole));
    config_place_write(&place, "users.yaml", users + 1, (size_t)(remediations - users));
    config_place_write(&place, "remediations.yaml", remediations + 1, (size_t)(routes - remediations));
    config_place_write(&place, "routes.yaml", routes + 1, (size_t)(services - routes));
    static const char *const names[] = {"services/network", "services/www_middle"};
    for (size_t i = 0; i < 2; i++) {
        char file[64];
        char *service = shown(fixture, names[i]);
        (void)snprintf(file, sizeof file, "%s.yaml", names[i]);
        config_place_write(&place, file, service, strlen(service));
        free(service);
    }
    char *again = shown(place.path, NULL);
    cut_origins(whole);
    cut_origins(again);
    assert_string_equal(again, whole);
    free(again);
    free(whole);
    config_place_close(&place);
}

/* Each key is described: a file, a key, a form and a phrase. */
static void test_describe(void **state)
{
    (void)state;
    struct text out = TEXT_INIT;
    size_t lines = 0;
    config_describe(&out);
    assert_non_null(strstr(out.bytes, "\nwatchbill.yaml\tworkers.warm\tnumber\t8\t"));
    assert_non_null(strstr(out.bytes, "\nusers.yaml\tgroups.NAME.rota[].users\tlist of users\trequired\t"));
    assert_non_null(strstr(out.bytes,
                           "\nservices/NAME.yaml\tchecks.NAME.alert.warning\tchoice: none, notify, alert\t"
                           "notify\t"));
    for (const char *line = out.bytes; *line; line++) {
        size_t fields = 1;
        const char *end = strchr(line, '\n');
        for (const char *at = line; at < end; at++)
            if (*at == '\t') {
                fields++;
                assert_true(at[1] != '\n');
            }
        assert_int_equal(fields, 5);
        lines++;
        line = end;
    }
    assert_true(lines > 100);
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_objects), cmocka_unit_test(test_absent),
                                       cmocka_unit_test(test_bad_configuration),
                                       cmocka_unit_test(test_read_back), cmocka_unit_test(test_describe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
