/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/form.h"

#include <string.h>

static const char hex[] = "0123456789ABCDEF";

static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("-._~", byte) != NULL);
}

static void add_encoded(struct text *text, const char *value)
{
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (is_plain(*value))
            text_add_char(text, *value);
        else
            text_format(text, "%%%c%c", hex[byte >> 4], hex[byte & 15]);
    }
}

void form_base(struct text *text, const char *base)
{
    size_t length = strlen(base);
    text_add(text, base);
    if (length == 0 || base[length - 1] != '/')
        text_add_char(text, '/');
}

void form_add(struct text *text, const char *name, const char *value)
{
    if (text->length > 0 && text->bytes[text->length - 1] != '?')
        text_add_char(text, '&');
    add_encoded(text, name);
    text_add_char(text, '=');
    add_encoded(text, value);
}

static int digit_of(char byte)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *place = byte ? strchr(digits, byte) : NULL;
    return place ? (int)(place - digits) % 16 : -1;
}

/* The byte behind a percent sign; -1: badly encoded. */
static int escaped(const char *digits, size_t length)
{
    int high = length >= 2 ? digit_of(digits[0]) : -1;
    int low = length >= 2 ? digit_of(digits[1]) : -1;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* false: a byte is badly encoded, or is NUL. */
static bool decode(const char *bytes, size_t length, struct text *out)
{
    for (size_t i = 0; i < length; i++) {
        int byte = bytes[i] == '+' ? ' ' : (unsigned char)bytes[i];
        if (bytes[i] == '%') {
            byte = escaped(bytes + i + 1, length - i - 1);
            i += 2;
        }
        if (byte <= 0)
            return false;
        text_add_char(out, (char)byte);
    }
    return true;
}

bool form_find(const char *form, size_t length, const char *name, struct text *value)
{
    struct text key = TEXT_INIT, found = TEXT_INIT;
    bool ok = false;
    for (size_t at = 0; at < length && !ok;) {
        const char *field = form + at;
        const char *end = memchr(field, '&', length - at);
        size_t size = end ? (size_t)(end - field) : length - at;
        const char *equals = memchr(field, '=', size);
        size_t left = equals ? (size_t)(equals - field) : size;
        text_clear(&key);
        text_clear(&found);
        at += size + 1;
        if (decode(field, left, &key) && strcmp(key.bytes, name) == 0) {
            ok = decode(equals ? equals + 1 : field + size, equals ? size - left - 1 : 0, &found);
            break;
        }
    }
    if (ok)
        text_add_bytes(value, found.bytes, found.length);
    text_release(&key);
    text_release(&found);
    return ok;
}
