/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mail.h"

#include "lib/hash.h"
#include "lib/mime.h"

#include <strings.h>

enum {
    ADDRESS_MOST = 254, /* RFC 5321, 4.5.3.1.3, without the angle brackets */
    LINE_GOOD = 76,
    WORD_BYTES = 39, /* of text in one encoded word: 52 of base64 and 12 around them leave room for a name */
    WORD_NAME = 10,  /* the longest such name */
    ID_MOST = 200,
    NAME_BYTES = 100,
};

/* "=_" stands in no line of quoted-printable and of base64, which is all that is written between them
 * (RFC 2045, 6.7). */
static const char alternative[] = "=_alternative_=", related[] = "=_related_=";

static const char hex[] = "0123456789ABCDEF";

static bool is_alnum(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static bool is_among(unsigned char byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f;
}

/* Dot-separated runs of letters, digits and ${more}; none of them empty. */
static bool dotted(const char *text, size_t length, const char *more)
{
    bool dot = true;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '.' ? dot : !is_alnum(byte) && !is_among(byte, more))
            return false;
        dot = byte == '.';
    }
    return !dot;
}

static bool literal(const char *domain, size_t length)
{
    bool ok = length > 2 && domain[0] == '[' && domain[length - 1] == ']';
    for (size_t i = 1; ok && i + 1 < length; i++)
        ok = is_alnum((unsigned char)domain[i]) || is_among((unsigned char)domain[i], ".:");
    return ok;
}

bool mail_address_check(const char *address, struct error *error)
{
    const char *at = strrchr(address, '@');
    size_t length = strlen(address);
    for (size_t i = 0; i < length; i++)
        if (is_control((unsigned char)address[i]))
            return error_set(error, "a mail address has a control character in it");
    if (length > ADDRESS_MOST)
        return error_set(error, "a mail address of %zu bytes is too long: \"%.40s...\"", length, address);
    if (!at || !dotted(address, (size_t)(at - address), "!#$%&'*+-/=?^_`{|}~"))
        return error_set(error, "not a mail address: \"%s\"", address);
    size_t rest = strlen(at + 1);
    if (!dotted(at + 1, rest, "-") && !literal(at + 1, rest))
        return error_set(error, "not a mail address: \"%s\"", address);
    return true;
}

/* ---- headers ---- */

static bool check_value(const char *name, const char *value, struct error *error)
{
    for (const char *byte = value; *byte; byte++)
        if (is_control((unsigned char)*byte))
            return error_set(error, "the header \"%s\" has a control character in it", name);
    return true;
}

static bool check_header(const struct mail_header *header, struct error *error)
{
    static const char *const own[] = {"From",          "To",     "Cc",           "Bcc",        "Subject",
                                      "Date",          "Sender", "MIME-Version", "Message-ID", "Return-Path",
                                      "Auto-Submitted"};
    size_t length = strlen(header->name);
    bool ok = length > 0 && length <= LINE_GOOD - 2;
    for (size_t i = 0; ok && i < length; i++)
        ok = is_alnum((unsigned char)header->name[i]) || header->name[i] == '-';
    if (!ok)
        return error_set(error, "a header has an impossible name");
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcasecmp(header->name, own[i]) == 0)
            return error_set(error, "the header \"%s\" cannot be given", header->name);
    if (strncasecmp(header->name, "Content-", 8) == 0)
        return error_set(error, "the header \"%s\" cannot be given", header->name);
    return check_value(header->name, header->value, error);
}

/* Whether it may stand as it is: ASCII, nothing that looks encoded, and blanks to fold long lines at. */
static bool plain(const char *value)
{
    size_t run = 0;
    for (const char *byte = value; *byte; byte++) {
        run = *byte == ' ' ? 0 : run + 1;
        if ((unsigned char)*byte >= 0x7f || run > LINE_GOOD || (byte[0] == '=' && byte[1] == '?'))
            return false;
    }
    /* A fold before a line of blanks alone would be obsolete syntax. */
    return !strstr(value, "  ") && value[0] != ' ' && (value[0] == '\0' || value[strlen(value) - 1] != ' ');
}

static void add_plain(struct text *text, const char *value, size_t used)
{
    while (*value) {
        size_t word = strcspn(value + 1, " ") + 1; /* with the blank before it */
        if (used + word > LINE_GOOD && *value == ' ') {
            text_add(text, "\r\n");
            used = 0;
        }
        text_add_bytes(text, value, word);
        used += word;
        value += word;
    }
}

/* How much of ${value} goes into one encoded word: no character is cut in two. */
static size_t word_length(const char *value, size_t length)
{
    size_t end = length < WORD_BYTES ? length : WORD_BYTES;
    for (int back = 0; back < 3 && end < length && ((unsigned char)value[end] & 0xc0) == 0x80; back++)
        end--;
    return end;
}

static void add_encoded(struct text *text, const char *value)
{
    size_t length = strlen(value);
    const char *joint = "";
    while (length > 0) {
        size_t word = word_length(value, length);
        text_format(text, "%s=?UTF-8?B?", joint);
        mime_base64(text, value, word);
        text_add(text, "?=");
        joint = "\r\n ";
        value += word;
        length -= word;
    }
}

static void add_header(struct text *text, const char *name, const char *value)
{
    text_format(text, "%s: ", name);
    if (plain(value)) {
        add_plain(text, value, strlen(name) + 2);
    } else {
        text_add(text, strlen(name) > WORD_NAME ? "\r\n " : "");
        add_encoded(text, value);
    }
    text_add(text, "\r\n");
}

static void add_date(struct text *text, int64_t at)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm civil = {0};
    time_t instant = (time_t)at;
    if (!gmtime_r(&instant, &civil))
        return;
    text_format(text, "Date: %.3s, %d %.3s %04ld %02d:%02d:%02d +0000\r\n", days + (size_t)civil.tm_wday * 3,
                civil.tm_mday, months + (size_t)civil.tm_mon * 3, civil.tm_year + 1900L, civil.tm_hour,
                civil.tm_min, civil.tm_sec);
}

/* What is between the angle brackets of an id, if it has them. */
static const char *bare_id(const char *id, size_t *length)
{
    *length = strlen(id);
    bool framed = *length > 2 && id[0] == '<' && id[*length - 1] == '>';
    *length -= framed ? 2 : 0;
    return id + framed;
}

/* The bytes of an id that may stand there; the others in hex. */
static void add_id_bytes(struct text *text, const char *id, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char value = (unsigned char)id[i];
        bool edge = value == '.' && (i == 0 || i + 1 == length || id[i + 1] == '.');
        if (!edge && (is_alnum(value) || is_among(value, ".!#$%&'*+-/?^_`{|}~")))
            text_add_char(text, id[i]);
        else
            text_format(text, "=%c%c", hex[value >> 4], hex[value & 15]);
    }
}

/* An id with an "@" stands as it is, another one gets the sender's domain. Bytes that may not stand there are
 * written in hex. */
static void add_id(struct text *text, const char *framed, const char *from)
{
    size_t length;
    const char *id = bare_id(framed, &length);
    const char *at = memchr(id, '@', length);
    size_t left = at ? (size_t)(at - id) : length;
    text_add(text, "Message-ID: <");
    add_id_bytes(text, id, left);
    if (at) {
        text_add_char(text, '@');
        add_id_bytes(text, at + 1, length - left - 1);
    }
    if (!at)
        text_add(text, strrchr(from, '@'));
    text_add(text, ">\r\n");
}

void mail_picture_id(struct text *text, const char *framed)
{
    size_t length;
    const char *id = bare_id(framed, &length);
    text_add(text, "graph.");
    for (size_t i = 0; i < length; i++)
        text_add_char(text, is_alnum((unsigned char)id[i]) ? id[i] : '.');
    text_format(text, "%llx@watchbill", (unsigned long long)hash_bytes(HASH_START, id, length));
}

/* ---- the body ---- */

static void add_text_part(struct text *text, const char *kind, const char *body, size_t length, bool quote)
{
    text_format(text, "Content-Type: text/%s; charset=UTF-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", kind,
                quote ? "quoted-printable" : "7bit");
    mime_text(text, body, length, quote);
}

static void add_picture_part(struct text *text, const struct mail_letter *letter)
{
    text_add(text, "Content-Type: image/png; name=\"graph.png\"\r\nContent-Transfer-Encoding: base64\r\n"
                   "Content-Disposition: inline; filename=\"graph.png\"\r\nContent-ID: <");
    mail_picture_id(text, letter->id);
    text_add(text, ">\r\n\r\n");
    mime_base64_lines(text, letter->picture, letter->picture_length);
}

/* The hypertext, and with it the picture that it shows. */
static void add_hypertext(struct text *text, const struct mail_letter *letter)
{
    if (!letter->picture) {
        add_text_part(text, "html", letter->html, letter->html_length, true);
        return;
    }
    text_format(text, "Content-Type: multipart/related; type=\"text/html\"; boundary=\"%s\"\r\n\r\n--%s\r\n",
                related, related);
    add_text_part(text, "html", letter->html, letter->html_length, true);
    text_format(text, "\r\n--%s\r\n", related);
    add_picture_part(text, letter);
    text_format(text, "\r\n--%s--\r\n", related);
}

static void add_alternatives(struct text *text, const struct mail_letter *letter)
{
    text_format(text, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", alternative,
                alternative);
    add_text_part(text, "plain", letter->body, letter->body_length, true);
    text_format(text, "\r\n--%s\r\n", alternative);
    add_hypertext(text, letter);
    text_format(text, "\r\n--%s--\r\n", alternative);
}

static bool check_letter(const struct mail_letter *letter, struct error *error)
{
    if (!mail_address_check(letter->from, error))
        return error_prefix(error, "from");
    if (!mail_address_check(letter->to, error))
        return error_prefix(error, "to");
    if (letter->id[0] == '\0' || strlen(letter->id) > ID_MOST)
        return error_set(error, "the id of the message is empty or longer than %d bytes", ID_MOST);
    if (!check_value("Subject", letter->subject, error))
        return false;
    for (size_t i = 0; i < letter->header_count; i++)
        if (!check_header(&letter->headers[i], error))
            return false;
    return true;
}

bool mail_compose(struct text *text, const struct mail_letter *letter, struct error *error)
{
    if (!check_letter(letter, error))
        return false;
    add_date(text, letter->date);
    text_format(text, "From: %s\r\nTo: %s\r\n", letter->from, letter->to);
    add_header(text, "Subject", letter->subject);
    add_id(text, letter->id, letter->from);
    text_add(text, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
    for (size_t i = 0; i < letter->header_count; i++)
        add_header(text, letter->headers[i].name, letter->headers[i].value);
    if (letter->html)
        add_alternatives(text, letter);
    else
        add_text_part(text, "plain", letter->body, letter->body_length,
                      mime_needs_quoting(letter->body, letter->body_length));
    return true;
}

void mail_file_name(struct text *name, const char *framed)
{
    size_t length;
    const char *id = bare_id(framed, &length);
    bool changed = length == 0 || length > NAME_BYTES;
    for (size_t i = 0; i < length && i < NAME_BYTES; i++) {
        unsigned char value = (unsigned char)id[i];
        bool kept = (is_alnum(value) || is_among(value, "-_@.+=")) && !(i == 0 && value == '.');
        changed = changed || !kept;
        text_add_char(name, kept ? id[i] : '_');
    }
    if (changed)
        text_format(name, "~%016llx", (unsigned long long)hash_bytes(HASH_START, id, length));
}
