/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

enum { NOW = 1000000000 }; /* ms */

static struct limit_run run_at(int64_t minutes_ago)
{
    return (struct limit_run){.started = NOW - minutes_ago * MINUTE,
                              .same_remediation = true,
                              .same_target = true,
                              .same_service = true};
}

static void expect(const struct limits *limits, const struct limit_run *runs, size_t count, enum limit limit,
                   int64_t next, const char *text)
{
    struct limit_answer answer;
    assert_int_equal(limits_allow(limits, runs, count, NOW, &answer), limit == LIMIT_NONE);
    assert_int_equal(answer.limit, limit);
    assert_int_equal(answer.next, next);
    assert_string_equal(answer.text, text);
}

static void rests_from_the_end(void **state)
{
    const struct limits limits = {.cooldown = 10 * MINUTE};
    struct limit_run runs[] = {run_at(30), run_at(40)};
    (void)state;
    expect(&limits, runs, 2, LIMIT_NONE, 0, "");
    runs[1].ended = NOW - 10 * MINUTE;
    expect(&limits, runs, 2, LIMIT_NONE, 0, "");
    runs[1].ended++;
    expect(&limits, runs, 2, LIMIT_COOLDOWN, NOW + 1,
           "the last run on this target was within the cooldown of 10m");
    runs[1].same_target = false;
    expect(&limits, runs, 2, LIMIT_NONE, 0, "");
    runs[0].running = true;
    expect(&limits, runs, 2, LIMIT_COOLDOWN, 0,
           "a run is under way on this target; it may run when that ends");
}

static void counts_in_half_open_spans(void **state)
{
    const struct limits limits = {.max = {2, HOUR}, .max_total = {3, HOUR}};
    struct limit_run runs[] = {run_at(60), run_at(59), run_at(1), run_at(0)};
    (void)state;
    runs[3].same_target = false;
    expect(&limits, runs, 2, LIMIT_NONE, 0, "");
    expect(&limits, runs, 3, LIMIT_MAX, NOW + MINUTE, "2 runs on this target within 1h");
    runs[1].same_target = false;
    expect(&limits, runs, 4, LIMIT_MAX, NOW + MINUTE, "3 runs on all targets within 1h");
    runs[1].started = LIMIT_NEVER;
    expect(&limits, runs, 4, LIMIT_NONE, 0, "");
}

/* There may have been more than the limit allows: then the oldest that leaves is not enough. */
static void tells_when_there_is_room_again(void **state)
{
    const struct limits limits = {.max = {2, HOUR}};
    const struct limit_run runs[] = {run_at(10), run_at(50), run_at(20), run_at(40)};
    (void)state;
    expect(&limits, runs, 4, LIMIT_MAX, NOW + 40 * MINUTE, "4 runs on this target within 1h");
}

static void bounds_what_runs_at_once(void **state)
{
    struct limits limits = {.concurrency = 2, .share = 1, .hosts = 4};
    struct limit_run runs[] = {run_at(1), run_at(2)};
    (void)state;
    limits.service.concurrency = limits.site.concurrency = 1;
    limits.site.max = (struct max){1, HOUR};
    runs[0].running = runs[1].running = true;
    expect(&limits, runs, 2, LIMIT_CONCURRENCY, 0,
           "2 of at most 2 runs are under way; it may run when one of them ends");
    limits.concurrency = 3;
    expect(&limits, runs, 2, LIMIT_SHARE, 0,
           "under way on 2 of 4 hosts of the service; it may run when one of those runs ends");
    runs[0].same_remediation = runs[1].same_remediation = false;
    expect(&limits, runs, 2, LIMIT_BOUNDS, 0,
           "2 of at most 1 runs of all remediations on this service are under way; it may run when one of "
           "them ends");
    runs[0].same_service = runs[1].same_service = false;
    expect(&limits, runs, 2, LIMIT_BOUNDS, 0,
           "2 of at most 1 runs of all remediations on the site are under way; it may run when one of them "
           "ends");
    runs[0].running = runs[1].running = false;
    expect(&limits, runs, 2, LIMIT_BOUNDS, NOW + 59 * MINUTE,
           "2 runs of all remediations on the site within 1h");
}

/* ---- against a naive count ---- */

static int64_t below(unsigned *seed, int64_t bound)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 8) % bound;
}

static void make_limits(unsigned *seed, struct limits *limits)
{
    struct max *const maxima[] = {&limits->max, &limits->max_total, &limits->service.max, &limits->site.max};
    *limits = (struct limits){.cooldown = below(seed, 3) * MINUTE,
                              .concurrency = below(seed, 3),
                              .share = below(seed, 3),
                              .hosts = 4};
    limits->service.concurrency = below(seed, 4);
    limits->site.concurrency = below(seed, 5);
    for (size_t i = 0; i < 4; i++)
        *maxima[i] = (struct max){below(seed, 6), (1 + below(seed, 10)) * MINUTE};
}

static void make_runs(unsigned *seed, struct limit_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t started = NOW - below(seed, 12) * MINUTE;
        runs[i] = (struct limit_run){
            .started = below(seed, 9) ? started : LIMIT_NEVER,
            .ended = below(seed, 2) ? started + below(seed, 3) * MINUTE : 0,
            .running = below(seed, 4) == 0,
            .same_remediation = below(seed, 3) > 0,
            .same_target = below(seed, 2),
            .same_service = below(seed, 3) > 0,
        };
    }
}

/* How many of those that the mask demands began within the span; -1 for ${span}: how many are under way. */
static int64_t naive(const struct limit_run *runs, size_t count, int64_t now, int64_t span, bool remediation,
                     bool target, bool service)
{
    int64_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct limit_run *run = &runs[i];
        bool counts = (!remediation || run->same_remediation) && (!target || run->same_target) &&
                      (!service || run->same_service);
        bool in_span = run->started != LIMIT_NEVER && run->started > now - span;
        found += counts && (span < 0 ? run->running : in_span);
    }
    return found;
}

static bool rests(const struct limits *limits, const struct limit_run *runs, size_t count, int64_t now)
{
    bool rested = true;
    for (size_t i = 0; i < count && limits->cooldown; i++) {
        const struct limit_run *run = &runs[i];
        int64_t end = run->ended ? run->ended : run->started;
        if (run->same_remediation && run->same_target)
            rested = rested && !run->running && (end == LIMIT_NEVER || end + limits->cooldown <= now);
    }
    return rested;
}

static bool has_room(const struct max *max, int64_t in_span)
{
    return max->count == 0 || in_span < max->count;
}

static enum limit naive_limit(const struct limits *limits, const struct limit_run *runs, size_t n,
                              int64_t now)
{
    const struct bounds *service = &limits->service, *site = &limits->site;
    if (!rests(limits, runs, n, now))
        return LIMIT_COOLDOWN;
    if (!has_room(&limits->max, naive(runs, n, now, limits->max.span, true, true, false)) ||
        !has_room(&limits->max_total, naive(runs, n, now, limits->max_total.span, true, false, false)))
        return LIMIT_MAX;
    if (limits->concurrency && naive(runs, n, now, -1, true, false, false) >= limits->concurrency)
        return LIMIT_CONCURRENCY;
    if (limits->share && naive(runs, n, now, -1, true, false, true) >= limits->share)
        return LIMIT_SHARE;
    bool service_full =
        (service->concurrency && naive(runs, n, now, -1, false, false, true) >= service->concurrency) ||
        !has_room(&service->max, naive(runs, n, now, service->max.span, false, false, true));
    bool site_full =
        (site->concurrency && naive(runs, n, now, -1, false, false, false) >= site->concurrency) ||
        !has_room(&site->max, naive(runs, n, now, site->max.span, false, false, false));
    return service_full || site_full ? LIMIT_BOUNDS : LIMIT_NONE;
}

/* The first limit is that of a naive count; and when it says that it is over, then it is, and not before: the same
 * sentence holds until then. */
static void agrees_with_a_naive_count(void **state)
{
    enum { ROUNDS = 20000, RUNS = 14 };
    unsigned seed = 1;
    size_t refused[LIMIT_BOUNDS + 1] = {0};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct limit_run runs[RUNS];
        struct limits limits;
        struct limit_answer answer, later;
        size_t count = (size_t)below(&seed, RUNS + 1);
        make_limits(&seed, &limits);
        make_runs(&seed, runs, count);
        bool allowed = limits_allow(&limits, runs, count, NOW, &answer);
        assert_int_equal(answer.limit, naive_limit(&limits, runs, count, NOW));
        assert_int_equal(allowed, answer.limit == LIMIT_NONE);
        assert_int_equal(answer.text[0] == '\0', allowed);
        refused[answer.limit]++;
        if (answer.next == 0)
            continue;
        assert_true(answer.next > NOW);
        assert_int_equal(naive_limit(&limits, runs, count, answer.next - 1), answer.limit);
        (void)limits_allow(&limits, runs, count, answer.next, &later);
        assert_int_equal(later.limit, naive_limit(&limits, runs, count, answer.next));
        assert_true(later.next == 0 || later.next > answer.next);
        assert_true(later.limit >= answer.limit || later.limit == LIMIT_NONE);
    }
    for (size_t i = 0; i <= LIMIT_BOUNDS; i++)
        assert_true(refused[i] > 50);
}

/* ---- texts ---- */

static void reads_what_it_writes(void **state)
{
    static const char *const bad[] = {"",
                                      "3",
                                      "3 per",
                                      "3 per ",
                                      " per 1h",
                                      "0 per 1h",
                                      "-1 per 1h",
                                      "3 per 0",
                                      "3 per 0s",
                                      "3 per 1x",
                                      "1000001 per 1h",
                                      "3 per 1h ",
                                      "3  per 1h",
                                      "99999999999999999999 per 1h"};
    struct max max = {7, 7};
    struct text text = TEXT_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(max_read(bad[i], &max));
    assert_true(max_read("3 per 1d2h3m4s5ms", &max));
    assert_int_equal(max.count, 3);
    assert_int_equal(max.span, 26 * HOUR + 3 * MINUTE + 4005);
    max_write(&text, &max);
    assert_string_equal(text.bytes, "3 per 1d2h3m4s5ms");
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rests_from_the_end),
        cmocka_unit_test(counts_in_half_open_spans),
        cmocka_unit_test(tells_when_there_is_room_again),
        cmocka_unit_test(bounds_what_runs_at_once),
        cmocka_unit_test(agrees_with_a_naive_count),
        cmocka_unit_test(reads_what_it_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
