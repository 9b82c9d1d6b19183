/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map as XStream writes it: <map><entry><string>KEY</string><long>3</long></entry>...</map>. A reader of this
 * form alone: no attributes, comments, document types or entities of the sender's, so nothing can expand. */
#include "collectors/activemq.h"

#include "lib/number.h"

#include <math.h>

struct reader {
    const char *at, *end;
    struct arena *arena;
    struct error *error;
};

enum { NAME_CAP = 32, VALUE_CAP = 64 << 10 };

static const struct {
    const char *name;
    enum activemq_type type;
} types[] = {
    {"string", ACTIVEMQ_TEXT},   {"long", ACTIVEMQ_NUMBER},  {"int", ACTIVEMQ_NUMBER},
    {"double", ACTIVEMQ_NUMBER}, {"float", ACTIVEMQ_NUMBER}, {"short", ACTIVEMQ_NUMBER},
    {"byte", ACTIVEMQ_NUMBER},   {"boolean", ACTIVEMQ_FLAG}, {"null", ACTIVEMQ_NULL},
    {"char", ACTIVEMQ_TEXT},
};

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r' || *reader->at == '\n'))
        reader->at++;
}

static bool take(struct reader *reader, const char *words)
{
    size_t length = strlen(words);
    skip_blanks(reader);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, words, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static bool expected(struct reader *reader, const char *what)
{
    return error_set(reader->error, "the map lacks %s", what);
}

/* "<?xml ... ?>" in front. */
static bool skip_declaration(struct reader *reader)
{
    if (!take(reader, "<?xml"))
        return true;
    while (reader->at + 1 < reader->end && !(reader->at[0] == '?' && reader->at[1] == '>'))
        reader->at++;
    return take(reader, "?>");
}

static void add_utf8(struct text *text, unsigned code)
{
    if (code < 0x80) {
        text_add_char(text, (char)code);
    } else if (code < 0x800) {
        text_add_char(text, (char)(0xC0 | code >> 6));
        text_add_char(text, (char)(0x80 | (code & 0x3F)));
    } else {
        if (code >= 0x10000) {
            text_add_char(text, (char)(0xF0 | code >> 18));
            text_add_char(text, (char)(0x80 | (code >> 12 & 0x3F)));
        } else {
            text_add_char(text, (char)(0xE0 | code >> 12));
        }
        text_add_char(text, (char)(0x80 | (code >> 6 & 0x3F)));
        text_add_char(text, (char)(0x80 | (code & 0x3F)));
    }
}

/* "#10" or "#xA", between "&" and ";". */
static bool add_character(struct text *text, const char *name)
{
    bool hex = name[1] == 'x';
    const char *digits = name + (hex ? 2 : 1);
    if (*digits == '\0' || strlen(digits) > 7 ||
        strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits))
        return false;
    unsigned long code = strtoul(digits, NULL, hex ? 16 : 10);
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return false;
    add_utf8(text, (unsigned)code);
    return true;
}

static bool add_entity(struct reader *reader, struct text *text)
{
    static const struct {
        const char *name;
        char byte;
    } named[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    char name[12] = "";
    size_t room = (size_t)(reader->end - reader->at);
    const char *stop = memchr(reader->at, ';', room < sizeof name ? room : sizeof name);
    if (!stop)
        return false;
    memcpy(name, reader->at, (size_t)(stop - reader->at));
    reader->at = stop + 1;
    if (name[0] == '#')
        return add_character(text, name);
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (strcmp(name, named[i].name) == 0) {
            text_add_char(text, named[i].byte);
            return true;
        }
    }
    return false;
}

static bool add_content(struct reader *reader, struct text *text)
{
    while (reader->at < reader->end && *reader->at != '<') {
        char byte = *reader->at++;
        if (byte == '\0' || text->length > VALUE_CAP)
            return error_set(reader->error, byte ? "a value of the map is too long" : "the map has a NUL");
        if (byte != '&')
            text_add_char(text, byte);
        else if (!add_entity(reader, text))
            return error_set(reader->error, "the map has an entity that is none of XML's own");
    }
    return true;
}

static bool find_type(const char *name, enum activemq_type *type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(name, types[i].name) == 0) {
            *type = types[i].type;
            return true;
        }
    }
    return false;
}

/* "<TYPE": the name alone, in lower case; another sign ends it. */
static bool read_type(struct reader *reader, char name[NAME_CAP], enum activemq_type *type)
{
    size_t length = 0;
    if (!take(reader, "<"))
        return expected(reader, "an element");
    while (reader->at < reader->end && *reader->at >= 'a' && *reader->at <= 'z' && length < NAME_CAP - 1)
        name[length++] = *reader->at++;
    name[length] = '\0';
    return find_type(name, type) || error_set(reader->error, "the map has an element <%s>", name);
}

/* One element: "<long>3</long>" or "<null/>". */
static bool read_value(struct reader *reader, enum activemq_type *type, const char **value)
{
    struct text text = TEXT_INIT;
    char name[NAME_CAP];
    bool done = read_type(reader, name, type);
    *value = "";
    if (done && take(reader, "/>"))
        return true;
    done = done && (take(reader, ">") || expected(reader, "the end of an element"));
    done = done && add_content(reader, &text);
    if (done) {
        char close[NAME_CAP + 4];
        (void)snprintf(close, sizeof close, "</%s>", name);
        *value = arena_text_of(reader->arena, text.bytes, text.length);
        done = take(reader, close) || expected(reader, "the end of a value");
    }
    text_release(&text);
    return done;
}

/* What Java writes for an average of nothing. */
static bool is_no_number(const char *value)
{
    return strcmp(value, "NaN") == 0 || strcmp(value, "Infinity") == 0 || strcmp(value, "-Infinity") == 0;
}

static bool read_entry(struct reader *reader, struct activemq_entry *entry)
{
    enum activemq_type key;
    if (!read_value(reader, &key, &entry->key) || !read_value(reader, &entry->type, &entry->value))
        return false;
    if (key != ACTIVEMQ_TEXT)
        return expected(reader, "a key that is text");
    entry->number = (double)NAN;
    if (entry->type == ACTIVEMQ_NUMBER && !is_no_number(entry->value) &&
        !number_read(entry->value, true, &entry->number))
        return error_set(reader->error, "\"%s\" is not a number: \"%s\"", entry->key, entry->value);
    return take(reader, "</entry>") || expected(reader, "the end of an entry");
}

bool activemq_parse_xml(const char *body, size_t length, struct arena *arena, struct activemq_entry *entries,
                        size_t *count, struct error *error)
{
    struct reader reader = {body, body + length, arena, error};
    if (!skip_declaration(&reader) || !(take(&reader, "<map>") || take(&reader, "<map/>")))
        return error_set(error, "the statistics are no map");
    bool empty = reader.at[-2] == '/';
    while (!empty && take(&reader, "<entry>")) {
        if (*count == ACTIVEMQ_ENTRIES)
            return error_set(error, "the map has more than %d entries", ACTIVEMQ_ENTRIES);
        if (!read_entry(&reader, &entries[(*count)++]))
            return false;
    }
    if (!empty && !take(&reader, "</map>"))
        return expected(&reader, "its end");
    skip_blanks(&reader);
    return reader.at == reader.end || error_set(error, "something follows the map");
}
