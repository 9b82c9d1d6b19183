/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/rota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* A week of a small team: Anna by day and Ben by night, both paged; nobody at the weekend but Ben, who reads
 * mail then. */
struct team {
    struct arena *arena;
    struct model model;
    struct group group;
    struct user anna, ben;
    struct contact anna_page, ben_page, ben_mail;
    struct shift shifts[3];
    const struct user *day_users[2], *night_users[1], *weekend_users[1];
};

static struct window *window(struct window_set *set, const char *name, const char *days, const char *start,
                             const char *end)
{
    struct window *added = window_add(set, name, NULL);
    assert_non_null(added);
    assert_true(window_add_days(added, &days, 1, start, end, NULL));
    return added;
}

static int set_up(void **state)
{
    struct arena *arena = arena_create();
    struct team *team = arena_get(arena, 1, sizeof *team);
    team->arena = arena;
    struct window_set *set = window_set_create(arena);
    team->model = (struct model){.site = {.timezone = "UTC"}, .windows = set};
    team->anna_page = (struct contact){.channel = CHANNEL_MAIL, .address = "anna@example.org"};
    team->ben_page = (struct contact){.channel = CHANNEL_MAIL,
                                      .address = "ben@example.org",
                                      .window = window(set, "workdays", "mon-fri", NULL, NULL)};
    team->ben_mail = (struct contact){.channel = CHANNEL_MAIL, .address = "ben@example.net"};
    team->anna = (struct user){.name = "anna",
                               .contacts = {[URGENCY_ALERT] = &team->anna_page},
                               .contact_count = {[URGENCY_ALERT] = 1}};
    team->ben =
        (struct user){.name = "ben",
                      .timezone = "America/New_York",
                      .contacts = {[URGENCY_ALERT] = &team->ben_page, [URGENCY_NOTIFY] = &team->ben_mail},
                      .contact_count = {[URGENCY_ALERT] = 1, [URGENCY_NOTIFY] = 1}};
    team->day_users[0] = &team->anna;
    team->day_users[1] = &team->ben;
    team->night_users[0] = &team->ben;
    team->weekend_users[0] = &team->ben;
    team->shifts[0] = (struct shift){window(set, "days", "mon-fri", "10:00", "22:00"), team->day_users, 2};
    team->shifts[1] =
        (struct shift){window(set, "nights", "mon-fri", "22:00", "10:00"), team->night_users, 1};
    team->shifts[2] = (struct shift){window(set, "weekends", "sat-sun", NULL, NULL), team->weekend_users, 1};
    team->group = (struct group){
        .name = "admins", .timezone = "Europe/Berlin", .shifts = team->shifts, .shift_count = 3};
    *state = team;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct team *)*state)->arena);
    return 0;
}

enum { HOUR = 3600, DAY = 86400 };

/* An hour in Berlin, days after Monday 2026-11-23. */
static int64_t berlin(int64_t days, int64_t hour)
{
    return INT64_C(1795431600) + days * DAY + (hour - 12) * HOUR;
}

static void test_zone(void **state)
{
    struct team *team = *state;
    assert_string_equal(zone_name(rota_zone(&team->model, NULL, NULL)), "UTC");
    assert_string_equal(zone_name(rota_zone(&team->model, &team->group, NULL)), "Europe/Berlin");
    assert_string_equal(zone_name(rota_zone(&team->model, &team->group, &team->anna)), "Europe/Berlin");
    assert_string_equal(zone_name(rota_zone(&team->model, &team->group, &team->ben)), "America/New_York");
}

static void test_first_shift_counts(void **state)
{
    struct team *team = *state;
    const struct user *users[4];
    assert_int_equal(rota_on_call(&team->model, &team->group, berlin(0, 12), users, 4), 2);
    assert_ptr_equal(users[0], &team->anna);
    assert_ptr_equal(users[1], &team->ben);
    assert_int_equal(rota_on_call(&team->model, &team->group, berlin(0, 23), users, 4), 1);
    assert_ptr_equal(users[0], &team->ben);
    /* The night that began on Friday comes before the weekend in the list. */
    assert_int_equal(rota_on_call(&team->model, &team->group, berlin(5, 3), users, 1), 1);
    assert_int_equal(rota_on_call(&team->model, &team->group, berlin(0, 3), users, 4), 0);
}

static void test_who_can_be_reached(void **state)
{
    struct team *team = *state;
    const struct model *model = &team->model;
    const struct group *group = &team->group;
    assert_ptr_equal(rota_first(model, group, URGENCY_ALERT, berlin(0, 12), 0), &team->anna);
    assert_ptr_equal(rota_first(model, group, URGENCY_ALERT, berlin(0, 12), 1), &team->ben);
    assert_null(rota_first(model, group, URGENCY_ALERT, berlin(0, 12), 2));
    assert_ptr_equal(rota_first(model, group, URGENCY_NOTIFY, berlin(0, 12), 0), &team->ben);
    assert_null(rota_first(model, group, URGENCY_ALERT, berlin(5, 12), 0)); /* Ben's pager is off */
    assert_ptr_equal(rota_first(model, group, URGENCY_NOTIFY, berlin(5, 12), 0), &team->ben);
    assert_null(rota_first(model, group, URGENCY_NONE, berlin(0, 12), 0));
    const struct contact *contact;
    assert_int_equal(rota_contacts(model, group, &team->ben, URGENCY_ALERT, berlin(0, 12), &contact, 1), 1);
    assert_ptr_equal(contact, &team->ben_page);
}

static void test_gaps(void **state)
{
    struct team *team = *state;
    int64_t start, end;
    /* Ben's Friday lasts until Saturday 06:00 in Berlin; on Monday the first shift begins at 10:00. */
    assert_true(rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, berlin(0, 12), berlin(14, 0),
                         &start, &end));
    assert_int_equal(start, berlin(5, 6));
    assert_int_equal(end, berlin(7, 10));
    assert_true(rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, berlin(5, 7), berlin(6, 0),
                         &start, &end));
    assert_int_equal(start, berlin(5, 7));
    assert_int_equal(end, berlin(6, 0));
    assert_false(rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, berlin(0, 12), berlin(1, 3),
                          &start, &end));
    assert_false(rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, berlin(5, 7), berlin(5, 7),
                          &start, &end));
    struct group empty = {.name = "empty"};
    assert_true(rota_gap(&team->model, &empty, URGENCY_ALERT, ROTA_ANY, 0, DAY, &start, &end));
    assert_int_equal(start, 0);
    assert_int_equal(end, DAY);
}

/* Half-open; the whole list first, then swaps in order; nobody twice. */
static void test_overrides(void **state)
{
    struct team *team = *state;
    const struct user *holiday[] = {&team->ben, &team->anna};
    struct override overrides[] = {
        {.from = berlin(0, 12), .until = berlin(0, 14), .users = holiday, .user_count = 2},
        {.from = berlin(0, 13), .until = berlin(0, 18), .user = &team->ben, .instead_of = &team->anna},
        {.from = berlin(1, 3), .until = berlin(1, 5), .users = holiday, .user_count = 1},
    };
    const struct user *users[4];
    team->group.overrides = overrides;
    team->group.override_count = 3;
    static const struct {
        int64_t days, hour;
        size_t count;
        bool ben_first;
    } rows[] = {
        {0, 11, 2, false}, {0, 12, 2, true}, {0, 13, 1, true}, {0, 14, 1, true}, {0, 17, 1, true},
        {0, 18, 2, false}, {1, 2, 1, true},  {1, 3, 1, true},  {1, 5, 1, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t at = berlin(rows[i].days, rows[i].hour);
        assert_int_equal(rota_on_call(&team->model, &team->group, at, users, 4), rows[i].count);
        assert_ptr_equal(users[0], rows[i].ben_first ? &team->ben : &team->anna);
        assert_ptr_equal(rota_first(&team->model, &team->group, URGENCY_ALERT, at, 0), users[0]);
    }
    /* It fills a gap, which is two then. */
    struct override weekend = {
        .from = berlin(6, 0), .until = berlin(6, 12), .users = &holiday[1], .user_count = 1};
    int64_t start, end;
    team->group.overrides = &weekend;
    team->group.override_count = 1;
    assert_true(rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, berlin(0, 12), berlin(14, 0),
                         &start, &end));
    assert_int_equal(start, berlin(5, 6));
    assert_int_equal(end, berlin(6, 0));
    assert_true(
        rota_gap(&team->model, &team->group, URGENCY_ALERT, ROTA_ANY, end, berlin(14, 0), &start, &end));
    assert_int_equal(start, berlin(6, 12));
    assert_int_equal(end, berlin(7, 10));
}

static void test_importance(void **state)
{
    struct team *team = *state;
    const struct contact *contact;
    int64_t start, end;
    team->anna_page.importance = 5;
    assert_ptr_equal(rota_first_for(&team->model, &team->group, URGENCY_ALERT, 4, berlin(0, 12), 0),
                     &team->ben);
    assert_ptr_equal(rota_first_for(&team->model, &team->group, URGENCY_ALERT, 5, berlin(0, 12), 0),
                     &team->anna);
    assert_int_equal(rota_contacts_for(&team->model, &team->group, &team->anna, URGENCY_ALERT, 4,
                                       berlin(0, 12), &contact, 1),
                     0);
    team->ben_page.importance = 5;
    assert_true(
        rota_gap(&team->model, &team->group, URGENCY_ALERT, 4, berlin(0, 12), berlin(1, 0), &start, &end));
    assert_int_equal(start, berlin(0, 12));
    assert_int_equal(end, berlin(1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_shift_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_can_be_reached, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overrides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_importance, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
