/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and values of SNMP objects, and rates of counters up to 64 bits; the agent is in tests/servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/interfaces.h"
#include "collectors/snmp_value.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>
#include <unistd.h>

static void reads_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written; /* NULL: refused */
    } cases[] = {
        {".1.3.6.1", ".1.3.6.1"},
        {"1.3.6.1", ".1.3.6.1"},
        {"2.100.3", ".2.100.3"},
        {"1.3.4294967295", ".1.3.4294967295"},
        {"0.0", ".0.0"},
        {"1.3.007", ".1.3.7"},
        {"", NULL},
        {".", NULL},
        {"1", NULL},
        {"1.", NULL},
        {"..1.3", NULL},
        {"1..3", NULL},
        {"1.3.", NULL},
        {"3.1", NULL},
        {"1.40", NULL},
        {"1.3.4294967296", NULL},
        {"1.3.-1", NULL},
        {"1.3.x", NULL},
        {"1.3 ", NULL},
        {"1.3.99999999999999999999", NULL},
        {"sysUpTime.0", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct snmp_name name;
        struct error error;
        struct text text = TEXT_INIT;
        assert_int_equal(snmp_name_read(cases[i].text, &name, &error), cases[i].written != NULL);
        if (cases[i].written) {
            snmp_name_write(&text, &name);
            assert_string_equal(text.bytes, cases[i].written);
        }
        text_release(&text);
    }
}

static void a_name_has_at_most_128_parts(void **state)
{
    (void)state;
    struct text text = TEXT_INIT;
    struct snmp_name name;
    struct error error;
    text_add(&text, "1");
    for (size_t i = 1; i < SNMP_NAME_CAP; i++)
        text_add(&text, ".3");
    assert_true(snmp_name_read(text.bytes, &name, &error));
    assert_int_equal(name.length, SNMP_NAME_CAP);
    text_add(&text, ".3");
    assert_false(snmp_name_read(text.bytes, &name, &error));
    text_release(&text);
}

static void compares_names(void **state)
{
    (void)state;
    static const struct snmp_name a = {{1, 3, 6}, 3}, b = {{1, 3, 6, 1}, 4}, c = {{1, 3, 7}, 3};
    assert_true(snmp_name_compare(&a, &b) < 0 && snmp_name_compare(&b, &a) > 0);
    assert_true(snmp_name_compare(&b, &c) < 0 && snmp_name_compare(&a, &a) == 0);
    assert_true(snmp_name_begins(&b, &a) && snmp_name_begins(&a, &a));
    assert_false(snmp_name_begins(&a, &b) || snmp_name_begins(&c, &a));
}

static void reads_octets(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
        double number; /* NaN: none */
    } cases[] = {
        {"0.63", 4, "0.63", 0.63},
        {"0.63\0", 5, "0.63", 0.63},
        {"", 0, "", (double)NAN},
        {"a\nb", 3, "a\nb", (double)NAN},
        {"\0\1\xff", 3, "00 01 FF", (double)NAN},
        {"\x1b[31m", 5, "1B 5B 33 31 6D", (double)NAN},
        {"nan", 3, "nan", (double)NAN},
        {"-7", 2, "-7", -7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct snmp_value value;
        snmp_value_text(&value, cases[i].bytes, cases[i].length, arena);
        assert_string_equal(value.text, cases[i].text);
        assert_true(isnan(cases[i].number) ? isnan(value.number) : value.number == cases[i].number);
        arena_free(arena);
    }
}

/* One run of a check: the counter at that time, by the agent's clock in milliseconds. */
struct step {
    uint64_t whole;
    int64_t uptime;
    double rate; /* NaN: not known */
    bool pending;
};

static void run_steps(enum snmp_kind kind, const struct step *steps, size_t count)
{
    char folder[] = "/tmp/test_snmp.XXXXXX";
    char path[64], lock[64], before[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/state", folder);
    (void)snprintf(lock, sizeof lock, "%s/state.lock", folder);
    (void)snprintf(before, sizeof before, "%s/state.new", folder);
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_create();
        struct error error;
        struct run run = {.root = "", .arena = arena, .rates = rates_create(arena, path)};
        const struct snmp_value value = {.kind = kind, .whole = steps[i].whole};
        double rate = snmp_value_rate(&value, "octets eth0", &run, steps[i].uptime);
        if (isnan(steps[i].rate) ? !isnan(rate) : rate != steps[i].rate)
            fail_msg("step %zu: %f, not %f", i, rate, steps[i].rate);
        assert_int_equal(rates_pending(run.rates), steps[i].pending);
        assert_true(rates_save(run.rates, &error));
        arena_free(arena);
    }
    (void)unlink(path);
    (void)unlink(lock);
    (void)unlink(before);
    assert_int_equal(rmdir(folder), 0);
}

static void rates_are_exact_up_to_64_bits(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {UINT64_MAX - 5, 1000, (double)NAN, true},
        {UINT64_MAX - 3, 2000, 2, false}, /* a double alone would see no change */
        {6, 3000, 10, false},             /* past nought */
        {6, 4000, 0, false},
        {0, 5000, (double)NAN, true}, /* set back: not by a wrap */
        {100, 6000, 100, false},
        {200, 500, (double)NAN, true}, /* the agent began anew */
        {300, 1500, 100, false},
        {300, 1500, (double)NAN, true}, /* no time has passed */
        {500, 2500, 200, false},
    };
    run_steps(SNMP_COUNTER64, steps, sizeof steps / sizeof steps[0]);
}

static void rates_of_32_bits_wrap(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {UINT32_MAX - 9, 1000, (double)NAN, true},
        {90, 2000, 100, false},
        {3000000000U, 3000, 2999999910.0, false},
        {5, 4000, 1294967301.0, false},
        {1, 5000, (double)NAN, true},
    };
    run_steps(SNMP_COUNTER32, steps, sizeof steps / sizeof steps[0]);
}

static void interfaces_that_are_down(void **state)
{
    (void)state;
    static const struct {
        double admin, oper;
        bool down;
        const char *name;
    } cases[] = {{1, 1, false, "up"},        {1, 2, true, "down"},           {2, 2, false, "down"},
                 {1, 6, true, "notPresent"}, {1, 7, true, "lowerLayerDown"}, {1, 4, false, "unknown"},
                 {1, 5, false, "dormant"},   {1, 99, false, "unknown"},      {1, -1, false, "unknown"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct interface row = {.name = "eth0"};
        row.cells[INTERFACE_ADMIN] = (struct snmp_value){SNMP_NUMBER, cases[i].admin, 0, ""};
        row.cells[INTERFACE_OPER] = (struct snmp_value){SNMP_NUMBER, cases[i].oper, 0, ""};
        assert_int_equal(interface_is_down(&row), cases[i].down);
        assert_string_equal(interface_status_name(cases[i].oper), cases[i].name);
    }
    const struct interface none = {.name = "eth0"};
    assert_false(interface_is_down(&none));
    assert_null(interface_octets(&none, true));
}

static void the_wider_counter_is_taken(void **state)
{
    (void)state;
    struct interface row = {.name = "eth0"};
    row.cells[INTERFACE_IN] = (struct snmp_value){SNMP_COUNTER32, 1, 1, ""};
    assert_int_equal(interface_octets(&row, false)->whole, 1);
    row.cells[INTERFACE_HC_IN] = (struct snmp_value){SNMP_ABSENT, (double)NAN, 0, "no such object"};
    assert_int_equal(interface_octets(&row, false)->whole, 1);
    row.cells[INTERFACE_HC_IN] = (struct snmp_value){SNMP_COUNTER64, 2, 2, ""};
    assert_int_equal(interface_octets(&row, false)->whole, 2);
}

/* In one process, as a warm worker does it: what the library kept of the sessions before must not answer. */
static bool gets_uptime(int64_t port, enum snmp_protocol protocol, const char *password)
{
    static const struct snmp_name uptime = {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};
    const struct snmp_login login = {.host = "127.0.0.1",
                                     .port = port,
                                     .protocol = protocol,
                                     .community = "public",
                                     .user = "private",
                                     .auth_password = password,
                                     .priv_password = "encryption",
                                     .auth = SNMP_AUTH_SHA,
                                     .priv = SNMP_PRIV_AES};
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    struct run run = {.root = "", .arena = arena_create(), .deadline = now.tv_sec * 1000 + 5000};
    struct snmp_link *link;
    struct snmp_value value;
    struct error error;
    enum source_end end = snmp_link_open(&login, &run, &link, &error);
    if (end == SOURCE_READ)
        end = snmp_link_get(link, &uptime, 1, &value, &error);
    snmp_link_close(link);
    arena_free(run.arena);
    return end == SOURCE_READ && value.kind == SNMP_TICKS;
}

/* With the port of tests/support/snmpd.py. */
static int ask_again_and_again(const char *port_text)
{
    int64_t port;
    struct error error;
    bool good = number_read_whole(port_text, 1, 65535, &port) && snmp_link_prepare(&error);
    for (size_t i = 0; good && i < 3; i++)
        good = gets_uptime(port, SNMP_PROTOCOL_2C, NULL) &&
               !gets_uptime(port, SNMP_PROTOCOL_3, "not the password") &&
               gets_uptime(port, SNMP_PROTOCOL_3, "authentication") &&
               gets_uptime(port, SNMP_PROTOCOL_1, NULL);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return ask_again_and_again(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names),
        cmocka_unit_test(a_name_has_at_most_128_parts),
        cmocka_unit_test(compares_names),
        cmocka_unit_test(reads_octets),
        cmocka_unit_test(rates_are_exact_up_to_64_bits),
        cmocka_unit_test(rates_of_32_bits_wrap),
        cmocka_unit_test(interfaces_that_are_down),
        cmocka_unit_test(the_wider_counter_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
