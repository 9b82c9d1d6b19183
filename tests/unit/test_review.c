/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/review.h"

#include "lib/zone.h"
#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DAY INT64_C(86400)

static const char *const lines[] = {
    "remediation old issue=OPS-1 tagged=2026-10-01 ttl=10d owner=geoff",
    "remediation busy issue=OPS-2 tagged=2026-11-01 ttl=30d owner=max",
    "remediation known issue=OPS-3 tagged=2026-11-01 ttl=30d owner=geoff",
    NULL,
};

static struct model *open_site(void)
{
    struct model *model = site_model(lines);
    for (size_t i = 0; i < model->remediation_count; i++) {
        struct remediation *remediation = (struct remediation *)(uintptr_t)model->remediations[i];
        remediation->rehearse = 20 * DAY * 1000;
        remediation->diagnosed = strcmp(remediation->name, "known") == 0;
        remediation->cause = "vendor";
    }
    return model;
}

static json_t *counted(const char *issue, const char *remediation, int runs, int64_t rehearsed)
{
    return json_pack("{s:s, s:s, s:i, s:I, s:s}", "issue", issue, "remediation", remediation, "runs", runs,
                     "rehearsed", (json_int_t)rehearsed, "owner", "nobody");
}

static const char *name(const json_t *rows, size_t index)
{
    return json_string_value(json_object_get(json_array_get(rows, index), "remediation"));
}

static bool flag(const json_t *rows, size_t index, const char *key)
{
    return json_is_true(json_object_get(json_array_get(rows, index), key));
}

/* Worst first: not diagnosed, then most frequent; what never ran is there too; what is no longer configured stays. */
static void orders_and_completes(void **state)
{
    (void)state;
    int64_t now = civil_days(2026, 11, 25) * DAY;
    struct model *model = open_site();
    json_t *ledger = json_array();
    json_array_append_new(ledger, counted("OPS-3", "known", 99, now - DAY));
    json_array_append_new(ledger, counted("OPS-2", "busy", 7, now - 30 * DAY));
    json_array_append_new(ledger, counted("OPS-9", "gone", 3, now));
    json_t *rows = review_rows(model, ledger, NULL, NULL, now);
    assert_int_equal(json_array_size(rows), 4);
    assert_string_equal(name(rows, 0), "busy");
    assert_string_equal(name(rows, 1), "gone");
    assert_string_equal(name(rows, 2), "old");
    assert_string_equal(name(rows, 3), "known");
    assert_true(flag(rows, 0, "rehearsal_due") && !flag(rows, 3, "rehearsal_due"));
    assert_true(flag(rows, 2, "expired") && flag(rows, 2, "configured") && !flag(rows, 1, "configured"));
    assert_true(review_expired(rows));
    json_decref(rows);
    rows = review_rows(model, ledger, "geoff", NULL, now);
    assert_int_equal(json_array_size(rows), 2);
    json_decref(rows);
    rows = review_rows(model, ledger, NULL, "OPS-2", now);
    assert_int_equal(json_array_size(rows), 1);
    assert_false(review_expired(rows));
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
}

static int64_t renewals_with(int64_t day, const char *sentence, const json_t *row)
{
    struct model *model = open_site();
    struct remediation *remediation = (struct remediation *)(uintptr_t)model->remediations[0];
    json_t *ledger = json_array();
    if (row)
        json_array_append_new(ledger, json_deep_copy(row));
    remediation->tagged = day;
    remediation->renewal = sentence;
    json_t *rows = review_rows(model, ledger, NULL, remediation->issue, day * DAY);
    int64_t renewals = json_integer_value(json_object_get(json_array_get(rows, 0), "renewals"));
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
    return renewals;
}

/* The ledger has it from the next run on; until then the configuration tells. */
static void counts_the_renewal_that_no_run_has_seen(void **state)
{
    (void)state;
    int64_t day = civil_days(2026, 11, 1);
    json_t *row = counted("OPS-2", "busy", 7, 0);
    json_object_set_new(row, "tagged", json_string("2026-11-01"));
    json_object_set_new(row, "renewal", json_string("it slipped"));
    json_object_set_new(row, "renewals", json_integer(2));
    assert_int_equal(renewals_with(day, "it slipped", row), 2);
    assert_int_equal(renewals_with(day + 1, "it slipped again", row), 3);
    assert_int_equal(renewals_with(day + 1, "it slipped", row), 2); /* not accepted */
    assert_int_equal(renewals_with(day + 1, NULL, row), 2);
    assert_int_equal(renewals_with(day, NULL, NULL), 0);
    assert_int_equal(renewals_with(day, "it slipped", NULL), 1);
    json_decref(row);
}

/* What was tagged yesterday could not have been rehearsed before. */
static void rehearsals_count_from_the_tag(void **state)
{
    (void)state;
    struct model *model = open_site();
    json_t *ledger = json_array();
    int64_t tagged = civil_days(2026, 11, 1) * DAY;
    json_t *rows = review_rows(model, ledger, NULL, "OPS-2", tagged + 20 * DAY);
    assert_false(flag(rows, 0, "rehearsal_due"));
    json_decref(rows);
    rows = review_rows(model, ledger, NULL, "OPS-2", tagged + 20 * DAY + 1);
    assert_true(flag(rows, 0, "rehearsal_due"));
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
}

static void writes_table_and_csv(void **state)
{
    (void)state;
    struct model *model = open_site();
    const struct zone *zone = zone_open("UTC", NULL);
    json_t *ledger = json_array();
    json_array_append_new(ledger, counted("OPS-8", "a \"quoted\", name", 1, 5));
    json_t *rows = review_rows(model, ledger, NULL, "OPS-8", 100);
    struct text csv = TEXT_INIT, table = TEXT_INIT;
    review_csv(&csv, rows, zone);
    assert_non_null(strstr(csv.bytes, "\nOPS-8,\"a \"\"quoted\"\", name\",1,-,"));
    review_table(&table, rows, zone, 0);
    assert_non_null(strstr(table.bytes, "MINUTES AVOIDED"));
    text_clear(&table);
    json_t *none = json_array();
    review_table(&table, none, zone, 0);
    assert_string_equal(table.bytes, "no remediation is configured, and none has run\n");
    json_decref(none);
    text_release(&table);
    text_release(&csv);
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
}

/* What ran last before the spans is known all the same; only what nobody configures any more is left out. */
static void leaves_out_the_past(void **state)
{
    (void)state;
    struct model *model = open_site();
    int64_t now = civil_days(2026, 11, 25) * DAY;
    json_t *ledger = json_array();
    json_array_append_new(ledger, counted("OPS-2", "busy", 0, now - 5 * DAY));
    json_array_append_new(ledger, counted("OPS-9", "gone", 0, now - 5 * DAY));
    json_t *before = counted("OPS-9", "mended", 0, now - 5 * DAY);
    json_object_set_new(before, "before", json_integer(3));
    json_array_append_new(ledger, before);
    json_t *rows = review_rows(model, ledger, NULL, "OPS-2", now);
    assert_false(flag(rows, 0, "rehearsal_due"));
    json_decref(rows);
    rows = review_rows(model, ledger, NULL, "OPS-9", now);
    assert_int_equal(json_array_size(rows), 1);
    assert_string_equal(name(rows, 0), "mended");
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (; *text; text += strcspn(text, "\n") + 1)
        longest = strcspn(text, "\n") > longest ? strcspn(text, "\n") : longest;
    return longest;
}

/* The columns that have no room go on below, behind the names. */
static void fits_a_terminal(void **state)
{
    (void)state;
    struct model *model = open_site();
    const struct zone *zone = zone_open("UTC", NULL);
    json_t *ledger = json_array();
    json_array_append_new(ledger, counted("OPS-8", "a\033[31m\nred", 1, 5));
    json_t *rows = review_rows(model, ledger, NULL, "OPS-8", 100);
    struct text table = TEXT_INIT;
    review_table(&table, rows, zone, 80);
    assert_in_range(longest_line(table.bytes), 60, 80);
    assert_non_null(strstr(table.bytes, "ISSUE  REMEDIATION  RUNS"));
    assert_non_null(strstr(table.bytes, "\n\nISSUE  REMEDIATION  DRY RUNS  MINUTES AVOIDED"));
    assert_non_null(strstr(table.bytes, "OPS-8  a [31m red   1 "));
    text_clear(&table);
    review_table(&table, rows, zone, 1); /* one column each, at least */
    assert_non_null(strstr(table.bytes, "ISSUE  REMEDIATION  OWNER\nOPS-8  a [31m red   nobody\n"));
    text_clear(&table);
    review_table(&table, rows, zone, 0);
    assert_null(strstr(table.bytes, "\n\n"));
    text_release(&table);
    json_decref(rows);
    json_decref(ledger);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_and_completes),
                                       cmocka_unit_test(rehearsals_count_from_the_tag),
                                       cmocka_unit_test(counts_the_renewal_that_no_run_has_seen),
                                       cmocka_unit_test(writes_table_and_csv),
                                       cmocka_unit_test(leaves_out_the_past),
                                       cmocka_unit_test(fits_a_terminal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
