/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mail.h"

#include "lib/memory.h"
#include "lib/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct mail_letter letter_of(const char *subject, const char *body)
{
    return (struct mail_letter){.id = "p7-alert-1",
                                .from = "watchbill@example.org",
                                .to = "ops@example.org",
                                .subject = subject,
                                .body = body,
                                .body_length = strlen(body),
                                .date = 1795197600};
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool ok;
    } cases[] = {
        {"ops@example.org", true},
        {"ops+pager.2@mail-1.example.org", true},
        {"root@localhost", true},
        {"a/b=c@[127.0.0.1]", true},
        {"a@[IPv6:::1]", true},
        {"", false},
        {"@", false},
        {"ops", false},
        {"@example.org", false},
        {"ops@", false},
        {".ops@example.org", false},
        {"o..ps@example.org", false},
        {"ops.@example.org", false},
        {"ops@example..org", false},
        {"ops@example.org.", false},
        {"a@b@c", false},
        {"Ops <ops@example.org>", false},
        {"<ops@example.org>", false},
        {"\"a b\"@example.org", false},
        {"ops@example.org,two@example.org", false},
        {"ops@example.org\r\nRCPT TO:<x@y>", false},
        {"ops@exam\nple.org", false},
        {"ops\t@example.org", false},
        {"ops@example.org ", false},
        {"b\xc3\xb6@example.org", false},
        {"ops@[127.0.0.1", false},
        {"ops@[]", false},
        {"ops@\x7f", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = {""};
        if (mail_address_check(cases[i].address, &error) != cases[i].ok)
            fail_msg("\"%s\": %s", cases[i].address, error.text);
        assert_true(cases[i].ok == (error.text[0] == '\0'));
    }
    struct text longest = TEXT_INIT;
    while (longest.length < 300)
        text_add_char(&longest, 'a');
    text_add(&longest, "@example.org");
    assert_false(mail_address_check(longest.bytes, NULL));
    text_release(&longest);
}

static void a_plain_letter(void **state)
{
    (void)state;
    struct mail_letter letter = letter_of("PROBLEM web/http CRITICAL", "one\n.two\r\n\r\nlast");
    struct mail_header header = {"X-Watchbill-Problem", "7"};
    struct text text = TEXT_INIT;
    letter.headers = &header;
    letter.header_count = 1;
    assert_true(mail_compose(&text, &letter, NULL));
    assert_string_equal(text.bytes, "Date: Fri, 20 Nov 2026 18:00:00 +0000\r\n"
                                    "From: watchbill@example.org\r\n"
                                    "To: ops@example.org\r\n"
                                    "Subject: PROBLEM web/http CRITICAL\r\n"
                                    "Message-ID: <p7-alert-1@example.org>\r\n"
                                    "MIME-Version: 1.0\r\n"
                                    "Auto-Submitted: auto-generated\r\n"
                                    "X-Watchbill-Problem: 7\r\n"
                                    "Content-Type: text/plain; charset=UTF-8\r\n"
                                    "Content-Transfer-Encoding: 7bit\r\n"
                                    "\r\n"
                                    "one\r\n.two\r\n\r\nlast\r\n");
    text_release(&text);
}

static void composed_has(const char *subject, const char *body, const char *part)
{
    struct mail_letter letter = letter_of(subject, body);
    struct text text = TEXT_INIT;
    struct error error = {""};
    if (!mail_compose(&text, &letter, &error))
        fail_msg("%s", error.text);
    if (!strstr(text.bytes, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text.bytes);
    text_release(&text);
}

static void encodings(void **state)
{
    (void)state;
    composed_has("L\xc3\xbc"
                 "fter",
                 "", "\r\nSubject: =?UTF-8?B?TMO8ZnRlcg==?=\r\nMessage-ID");
    composed_has("=?UTF-8?B?eA==?=", "", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
    composed_has("x", "gr\xc3\xbc\xc3\x9f=e \n", "\r\n\r\ngr=C3=BC=C3=9F=3De=20\r\n");
    composed_has("x", "tab\tkept", "\r\n\r\ntab\tkept\r\n");
    composed_has("x", "bell\a", "bell=07\r\n");
    composed_has("", "", "\r\nSubject: \r\nMessage-ID");
}

/* Every line within the limits, ASCII alone, each CR with its LF, whatever the parts are. */
static void check_lines(const struct text *text, size_t most)
{
    size_t line = 0;
    for (size_t i = 0; i < text->length; i++) {
        unsigned char byte = (unsigned char)text->bytes[i];
        assert_true(byte < 0x7f && byte != '\0');
        if (byte == '\r') {
            assert_int_equal(text->bytes[i + 1], '\n');
        } else if (byte == '\n') {
            assert_int_equal(text->bytes[i - 1], '\r');
            line = 0;
        } else {
            line++;
        }
        assert_true(line <= most);
    }
    assert_true(text->length > 2 && strcmp(text->bytes + text->length - 2, "\r\n") == 0);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void a_letter_in_three_parts(void **state)
{
    (void)state;
    /* What is between the parts is in both texts, and must not end them. */
    static const char body[] = "--=_alternative_=\r\nd\xc3\xbcster",
                      html[] = "<b>--=_related_=</b>\n--=_related_=--";
    struct mail_letter letter = letter_of("x", body);
    struct text text = TEXT_INIT, id = TEXT_INIT;
    char picture[1000];
    memset(picture, 0xff, sizeof picture);
    letter.html = html;
    letter.html_length = sizeof html - 1;
    assert_true(mail_compose(&text, &letter, NULL));
    check_lines(&text, 200);
    assert_int_equal(count_of(text.bytes, "\r\n--=_alternative_="), 3);
    assert_null(strstr(text.bytes, "multipart/related"));
    letter.picture = picture;
    letter.picture_length = sizeof picture;
    text_clear(&text);
    assert_true(mail_compose(&text, &letter, NULL));
    check_lines(&text, 200);
    assert_int_equal(count_of(text.bytes, "\r\n--=_alternative_="), 3);
    assert_int_equal(count_of(text.bytes, "\r\n--=_related_="), 3);
    mail_picture_id(&id, letter.id);
    assert_true(strncmp(id.bytes, "graph.p7.alert.1", 16) == 0);
    assert_non_null(strstr(text.bytes, id.bytes));
    text_release(&id);
    text_release(&text);
}

static void base64_there_and_back(void **state)
{
    (void)state;
    struct text coded = TEXT_INIT, back = TEXT_INIT;
    char bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        text_clear(&coded);
        text_clear(&back);
        mime_base64(&coded, bytes, length);
        assert_true(mime_base64_read(&back, coded.bytes, coded.length));
        assert_int_equal(back.length, length);
        assert_memory_equal(back.bytes, bytes, length);
    }
    static const char *const bad[] = {"a",    "ab",   "abc",   "abc\n",    "=abc",
                                      "a===", "ab=c", "abcd=", "ab==abcd", "ab-_"};
    text_clear(&back);
    text_add(&back, "kept");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(mime_base64_read(&back, bad[i], strlen(bad[i])));
        assert_string_equal(back.bytes, "kept");
    }
    text_release(&coded);
    text_release(&back);
}

static void long_parts_are_folded(void **state)
{
    (void)state;
    static const char *const pieces[] = {"word ",      "longword", "\xf0\x9f\x9a\xa8",
                                         "\xc3\xa4 b", "\x80\xff", "  "};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct text many = TEXT_INIT, out = TEXT_INIT;
        while (many.length < 5000)
            text_add(&many, pieces[i]);
        struct mail_letter letter = letter_of(many.bytes, many.bytes);
        assert_true(mail_compose(&out, &letter, NULL));
        check_lines(&out, 76);
        text_release(&out);
        text_release(&many);
    }
}

static void headers_cannot_be_added(void **state)
{
    (void)state;
    static const char *const subjects[] = {
        "a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x01", "a\x7f", "a\tb"};
    static const struct mail_header headers[] = {
        {"", "x"},           {"A B", "x"},    {"A:", "x"},     {"X-A", "b\r\nBcc: c@d"},
        {"Subject", "x"},    {"bcc", "a@b"},  {"to", "a@b"},   {"Content-Type", "text/html"},
        {"X-\xc3\xa4", "x"}, {"X\r\nY", "x"}, {"sender", "x"},
    };
    struct text text = TEXT_INIT;
    struct error error;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        struct mail_letter letter = letter_of(subjects[i], "body");
        assert_false(mail_compose(&text, &letter, &error));
    }
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct mail_letter letter = letter_of("s", "body");
        letter.headers = &headers[i];
        letter.header_count = 1;
        assert_false(mail_compose(&text, &letter, &error));
    }
    struct mail_letter letter = letter_of("s", "body");
    letter.from = "a@b\r\nX: y";
    assert_false(mail_compose(&text, &letter, &error));
    letter = letter_of("s", "body");
    letter.to = "a@b,c@d";
    assert_false(mail_compose(&text, &letter, &error));
    assert_string_equal(error.text, "to: not a mail address: \"a@b,c@d\"");
    letter = letter_of("s", "body");
    letter.id = "";
    assert_false(mail_compose(&text, &letter, &error));
    assert_int_equal(text.length, 0);
    text_release(&text);
}

static void ids_and_names(void **state)
{
    (void)state;
    static const struct {
        const char *id, *header, *file;
    } cases[] = {
        {"p7-1", "<p7-1@example.org>", "p7-1"},
        {"a@b", "<a@b>", "a@b"},
        {"<p7.1.PROBLEM.bob.0a@watchbill>", "Message-ID: <p7.1.PROBLEM.bob.0a@watchbill>",
         "p7.1.PROBLEM.bob.0a@watchbill"},
        {"<>", "<=3C=3E@example.org>", "__~"},
        {"<a", "<=3Ca@example.org>", "_a~"},
        {"a@b@c", "<a@b=40c>", "a@b@c"},
        {"../x", "<=2E./x@example.org>", "_._x~"},
        {"a\r\nb", "<a=0D=0Ab@example.org>", "a__b~"},
        {"web:1/http", "<web=3A1/http@example.org>", "web_1_http~"},
        {".", "<=2E@example.org>", "_~"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mail_letter letter = letter_of("s", "b");
        struct text text = TEXT_INIT, name = TEXT_INIT;
        letter.id = cases[i].id;
        assert_true(mail_compose(&text, &letter, NULL));
        if (!strstr(text.bytes, cases[i].header))
            fail_msg("%s is not in %s", cases[i].header, text.bytes);
        mail_file_name(&name, cases[i].id);
        assert_int_equal(strncmp(name.bytes, cases[i].file, strlen(cases[i].file)), 0);
        text_release(&text);
        text_release(&name);
    }
    struct text one = TEXT_INIT, two = TEXT_INIT;
    mail_file_name(&one, "a/b");
    mail_file_name(&two, "a:b");
    assert_string_not_equal(one.bytes, two.bytes);
    text_release(&one);
    text_release(&two);
}

static void bytes_of_any_kind(void **state)
{
    (void)state;
    struct mail_letter letter = letter_of("s", "");
    char body[4096];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)(i * 7 + i / 251);
    letter.body = body;
    letter.body_length = sizeof body;
    struct text text = TEXT_INIT;
    assert_true(mail_compose(&text, &letter, NULL));
    check_lines(&text, 76);
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(a_plain_letter),
        cmocka_unit_test(a_letter_in_three_parts),
        cmocka_unit_test(base64_there_and_back),
        cmocka_unit_test(encodings),
        cmocka_unit_test(long_parts_are_folded),
        cmocka_unit_test(headers_cannot_be_added),
        cmocka_unit_test(ids_and_names),
        cmocka_unit_test(bytes_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
