/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links that acknowledge: their form, and what becomes of old ones; the encoding of forms. */
#include "scheduler/core/ack_link.h"

#include "lib/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIGNATURE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct ack_link link_of(const char *subject, const char *user)
{
    struct ack_link link = {.problem = 12, .expires = 1795000000, .signature = SIGNATURE};
    (void)snprintf(link.subject, sizeof link.subject, "%s", subject);
    (void)snprintf(link.user, sizeof link.user, "%s", user);
    return link;
}

/* The fields behind the question mark. */
struct fields {
    const char *form;
    struct text values[6];
    size_t count;
};

static const char *value_of(void *owner, const char *name)
{
    struct fields *fields = owner;
    struct text *value = &fields->values[fields->count++];
    *value = (struct text)TEXT_INIT;
    return form_find(fields->form, strlen(fields->form), name, value) ? value->bytes : NULL;
}

static bool read_link(struct ack_link *link, const char *form, struct error *error)
{
    struct fields fields = {.form = form};
    bool ok = ack_link_read(link, value_of, &fields, error);
    for (size_t i = 0; i < fields.count; i++)
        text_release(&fields.values[i]);
    return ok;
}

static void there_and_back(void **state)
{
    (void)state;
    static const char *const bases[] = {"https://w.example.org/watch", "https://w.example.org/watch/"};
    struct ack_link link = link_of("web01/http", "a.b:c-d_e"), back;
    for (size_t i = 0; i < 2; i++) {
        struct text url = TEXT_INIT;
        ack_link_url(&url, bases[i], &link);
        assert_string_equal(url.bytes,
                            "https://w.example.org/watch/acknowledge?subject=web01%2Fhttp&problem=12"
                            "&user=a.b%3Ac-d_e&expires=1795000000&signature=" SIGNATURE);
        assert_true(read_link(&back, strchr(url.bytes, '?') + 1, NULL));
        assert_memory_equal(&back, &link, sizeof link);
        text_release(&url);
    }
}

static void what_is_signed_tells_links_apart(void **state)
{
    (void)state;
    struct ack_link links[] = {link_of("a/b", "c"), link_of("a/b1", "c"), link_of("a/b", "1c"),
                               link_of("a/b", "c"), link_of("a/b", "c")};
    enum { LINKS = sizeof links / sizeof links[0] };
    struct text texts[LINKS];
    links[3].problem = 1;
    links[4].expires++;
    for (size_t i = 0; i < LINKS; i++) {
        texts[i] = (struct text)TEXT_INIT;
        ack_link_text(&texts[i], &links[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(texts[i].bytes, texts[k].bytes);
    }
    for (size_t i = 0; i < LINKS; i++)
        text_release(&texts[i]);
}

static void what_is_no_link(void **state)
{
    static const char *const forms[] = {
        "",
        "subject=a/b&problem=12&user=c&expires=1",
        "subject=a/b&problem=12&user=c&expires=1&signature=00",
        "subject=&problem=12&user=c&expires=1&signature=" SIGNATURE,
        "subject=a%0ab&problem=12&user=c&expires=1&signature=" SIGNATURE,
        "subject=a%00b&problem=12&user=c&expires=1&signature=" SIGNATURE,
        "subject=a/b&problem=0&user=c&expires=1&signature=" SIGNATURE,
        "subject=a/b&problem=-1&user=c&expires=1&signature=" SIGNATURE,
        "subject=a/b&problem=99999999999999999999&user=c&expires=1&signature=" SIGNATURE,
        "subject=a/b&problem=1&user=c&expires=9223372036854775807&signature=" SIGNATURE,
        "subject=a/b&problem=1&user=c&expires=1&signature=X" SIGNATURE,
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct ack_link link;
        struct error error = {""};
        if (read_link(&link, forms[i], &error))
            fail_msg("taken: %s", forms[i]);
        assert_string_equal(error.text, "this link is not whole: it may have been cut by a mail program");
    }
}

static void judged(int64_t now, uint64_t problem, const char *wanted)
{
    struct ack_link link = link_of("a/b", "c");
    struct error error = {""};
    assert_true(ack_link_judge(&link, now, problem, &error) == (*wanted == '\0'));
    assert_string_equal(error.text, wanted);
}

static void old_links(void **state)
{
    (void)state;
    judged(1794999999, 12, "");
    judged(1795000000, 12, "this link has expired; use the one of a newer message");
    judged(1, 0, "problem 12 of \"a/b\" is over: there is nothing to do");
    judged(1, 13, "this link is for problem 12 of \"a/b\", which is over; problem 13 is a newer one");
}

static void forms(void **state)
{
    static const struct {
        const char *form, *name, *value; /* NULL: none */
    } cases[] = {
        {"a=1&b=2", "b", "2"},         {"a=1&b=2", "c", NULL},
        {"a+b=%41%2b+", "a b", "A+ "}, {"a", "a", ""},
        {"a=&a=2", "a", ""},           {"a=%", "a", NULL},
        {"a=%4", "a", NULL},           {"a=%4g", "a", NULL},
        {"a=%00", "a", NULL},          {"&&a=1&", "a", "1"},
        {"%zz=1&a=2", "a", "2"},       {"a=b=c", "a", "b=c"},
        {"a=%C3%A4", "a", "\xc3\xa4"}, {"a=%c3%a4", "a", "\xc3\xa4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text value = TEXT_INIT;
        bool found = form_find(cases[i].form, strlen(cases[i].form), cases[i].name, &value);
        if (found != (cases[i].value != NULL))
            fail_msg("\"%s\"", cases[i].form);
        assert_string_equal(value.bytes, found ? cases[i].value : "");
        text_release(&value);
    }
}

/* A link that approves is another than the one that acknowledges: neither signature fits the other. */
static void approvals(void **state)
{
    (void)state;
    struct ack_link link = link_of("web01/http", "ann"), back;
    struct text acknowledges = TEXT_INIT, approves = TEXT_INIT, url = TEXT_INIT;
    ack_link_text(&acknowledges, &link);
    (void)snprintf(link.run, sizeof link.run, "p12-clean-1");
    ack_link_text(&approves, &link);
    assert_string_not_equal(acknowledges.bytes, approves.bytes);
    ack_link_url(&url, "https://w.example.org", &link);
    assert_non_null(strstr(url.bytes, "/approve?subject=web01%2Fhttp&"));
    assert_true(read_link(&back, strchr(url.bytes, '?') + 1, NULL));
    assert_string_equal(back.run, "p12-clean-1");
    text_release(&url);
    text_release(&approves);
    text_release(&acknowledges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(approvals),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(what_is_signed_tells_links_apart),
        cmocka_unit_test(what_is_no_link),
        cmocka_unit_test(old_links),
        cmocka_unit_test(forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
