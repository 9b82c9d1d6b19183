/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/links.h"

#include "lib/memory.h"
#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The subjects of a list, in order, with blanks between them. */
static char *names_of(const struct model *model, const uint32_t *items, size_t count)
{
    struct text names = TEXT_INIT;
    for (size_t i = 0; i < count; i++)
        text_format(&names, "%s%s/%s", i ? " " : "", model->bindings[items[i]].host->name,
                    model->bindings[items[i]].plan->name);
    return text_take(&names);
}

static void expect_sources(const struct model *model, const char *subject, const char *expected)
{
    struct links_list list = {.items = NULL};
    int64_t index = model_binding_named(model, subject);
    assert_true(index != MODEL_NONE);
    links_sources(model, (uint32_t)index, &list);
    char *names = names_of(model, list.items, list.count);
    assert_string_equal(names, expected);
    free(names);
    links_list_release(&list);
}

static void expect_dependents(const struct model *model, const struct links *links, const char *subject,
                              const char *expected)
{
    size_t count = 0;
    int64_t index = model_binding_named(model, subject);
    const uint32_t *items = links_dependents(links, (uint32_t)index, &count);
    char *names = names_of(model, items, count);
    assert_string_equal(names, expected);
    free(names);
}

static void test_sources(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "check ping",
        "check sql depends=ping",
        "check http depends=ping,db/sql,gone/sql,web/http any=db/sql,r1/ping",
        "host r1 ping alive=ping",
        "host r2 ping alive=ping parents=r1",
        "host hub ping parents=r1,r2",
        "host db ping,sql alive=ping parents=r1,gone",
        "host web ping,http alive=ping parents=hub",
        "host bare http parents=hub",
        NULL,
    };
    struct model *model = site_model(lines);
    expect_sources(model, "r1/ping", "");
    expect_sources(model, "r2/ping", "r1/ping");
    expect_sources(model, "db/sql", "db/ping");
    expect_sources(model, "db/ping", "r1/ping");
    expect_sources(model, "web/http", "web/ping db/sql r1/ping"); /* neither twice nor itself */
    expect_sources(model, "web/ping", "r1/ping r2/ping"); /* through a hub without a check of its own */
    expect_sources(model, "bare/http", "db/sql web/http r1/ping r2/ping");
    struct links *links = links_create(model);
    expect_dependents(model, links, "db/ping", "db/sql");
    expect_dependents(model, links, "db/sql", "bare/http web/http");
    expect_dependents(model, links, "bare/http", "");
    expect_dependents(model, links, "r2/ping", "bare/http hub/ping web/ping");
    links_free(links);
    model_free(model);
}

static void test_none(void **state)
{
    (void)state;
    static const char *const lines[] = {"check ping", "host a ping", "host b ping", NULL};
    struct model *model = site_model(lines);
    struct links *links = links_create(model);
    expect_dependents(model, links, "a/ping", "");
    expect_dependents(model, links, "b/ping", "");
    links_free(links);
    links_free(NULL);
    model_free(model);
}

/* Hosts without a check of their own are followed so far and no farther, even in a circle, which the configuration
 * refuses. */
static void test_long_chain(void **state)
{
    (void)state;
    enum { HOSTS = 40 };
    struct site_builder site = site_begin();
    char line[64];
    assert_true(site_line(&site, "check ping"));
    for (int i = 0; i < HOSTS; i++) {
        (void)snprintf(line, sizeof line, "host h%02d ping parents=h%02d", i, (i + 1) % HOSTS);
        assert_true(site_line(&site, line));
    }
    struct model *model = site_end(&site);
    expect_sources(model, "h00/ping", "");
    struct links *links = links_create(model);
    expect_dependents(model, links, "h39/ping", "");
    links_free(links);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
