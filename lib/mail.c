/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mail.h"

#include "lib/hash.h"

#include <strings.h>

enum {
    ADDRESS_MOST = 254, /* RFC 5321, 4.5.3.1.3, without the angle brackets */
    LINE_MOST = 998,    /* RFC 5322, 2.1.1 */
    LINE_GOOD = 76,
    WORD_BYTES = 39, /* of text in one encoded word: 52 of base64 and 12 around them leave room for a name */
    WORD_NAME = 10,  /* the longest such name */
    ID_MOST = 200,
    NAME_BYTES = 100,
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

static void add_base64(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 3) {
        unsigned long triple = 0;
        for (size_t k = 0; k < 3; k++)
            triple = triple << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0UL);
        for (size_t k = 0; k < 4; k++)
            text_add_char(text, i + k > length ? '=' : alphabet[triple >> (18 - 6 * k) & 63]);
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
        add_base64(text, value, word);
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

/* An id with an "@" stands as it is, another one gets the sender's domain. Bytes that may not stand there are
 * written in hex. */
static void add_id(struct text *text, const char *framed, const char *from)
{
    size_t length;
    const char *id = bare_id(framed, &length);
    const char *at = memchr(id, '@', length);
    text_add(text, "Message-ID: <");
    for (size_t i = 0; i < length; i++) {
        unsigned char value = (unsigned char)id[i];
        bool edge = value == '.' && (i == 0 || i + 1 == length || id[i + 1] == '.' || id[i + 1] == '@');
        if (id + i == at)
            text_add_char(text, '@');
        else if (!edge && (is_alnum(value) || is_among(value, ".!#$%&'*+-/?^_`{|}~")))
            text_add_char(text, id[i]);
        else
            text_format(text, "=%c%c", hex[value >> 4], hex[value & 15]);
    }
    if (!at)
        text_add(text, strrchr(from, '@'));
    text_add(text, ">\r\n");
}

/* ---- the body ---- */

/* The length of the line at ${body}; `*end` is behind its line end. */
static size_t line_of(const char *body, size_t length, size_t *end)
{
    size_t line = 0;
    while (line < length && body[line] != '\n' && body[line] != '\r')
        line++;
    *end = line;
    if (*end < length)
        *end += body[line] == '\r' && line + 1 < length && body[line + 1] == '\n' ? 2 : 1;
    return line;
}

static bool needs_quoting(const char *body, size_t length)
{
    size_t run = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)body[i];
        bool line_end = byte == '\n' || byte == '\r';
        run = line_end ? 0 : run + 1;
        if (run > LINE_MOST || byte >= 0x7f || (byte < 0x20 && byte != '\t' && !line_end))
            return true;
    }
    return false;
}

static void add_quoted_line(struct text *text, const char *line, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];
        bool blank_end = (byte == ' ' || byte == '\t') && i + 1 == length;
        bool as_is =
            (byte > 0x20 && byte < 0x7f && byte != '=') || ((byte == ' ' || byte == '\t') && !blank_end);
        size_t size = as_is ? 1 : 3;
        if (used + size > LINE_GOOD - 1) {
            text_add(text, "=\r\n");
            used = 0;
        }
        if (as_is)
            text_add_char(text, line[i]);
        else
            text_format(text, "=%c%c", hex[byte >> 4], hex[byte & 15]);
        used += size;
    }
}

static void add_body(struct text *text, const char *body, size_t length, bool quote)
{
    while (length > 0) {
        size_t end, line = line_of(body, length, &end);
        if (quote)
            add_quoted_line(text, body, line);
        else
            text_add_bytes(text, body, line);
        text_add(text, "\r\n");
        body += end;
        length -= end;
    }
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
    bool quote = needs_quoting(letter->body, letter->body_length);
    add_date(text, letter->date);
    text_format(text, "From: %s\r\nTo: %s\r\n", letter->from, letter->to);
    add_header(text, "Subject", letter->subject);
    add_id(text, letter->id, letter->from);
    text_add(text, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n");
    text_format(text, "Content-Transfer-Encoding: %s\r\n", quote ? "quoted-printable" : "7bit");
    text_add(text, "Auto-Submitted: auto-generated\r\n");
    for (size_t i = 0; i < letter->header_count; i++)
        add_header(text, letter->headers[i].name, letter->headers[i].value);
    text_add(text, "\r\n");
    add_body(text, letter->body, letter->body_length, quote);
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
