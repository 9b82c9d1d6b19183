/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_text.h"

#include "lib/text.h"

#include <ctype.h>
#include <stdarg.h>

enum { LINES_MAX = 2000000, VALUE_BYTES = 65536, RECENT = 64 /* findings that may repeat */ };

static void *grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room ? 2 * *room : 8;
    char *grown = arena_get(arena, more, size);
    if (count)
        memcpy(grown, items, count * size);
    *room = more;
    return grown;
}

void nagios_find(struct nagios_findings *findings, struct place place, const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&text, format, arguments);
    va_end(arguments);
    bool known = false;
    for (size_t i = findings->count; i > 0 && i + RECENT > findings->count && !known; i--) {
        const struct nagios_finding *other = &findings->items[i - 1];
        known = other->place.line == place.line && other->place.file == place.file &&
                strcmp(other->sentence, text.bytes) == 0;
    }
    if (!known) {
        findings->items =
            grow(findings->arena, findings->items, findings->count, &findings->room, sizeof *findings->items);
        findings->items[findings->count++] =
            (struct nagios_finding){place, arena_text(findings->arena, text.bytes)};
    }
    text_release(&text);
}

struct nagios_source *nagios_source_create(struct arena *arena)
{
    struct nagios_source *source = arena_get(arena, 1, sizeof *source);
    source->arena = arena;
    source->findings = arena_get(arena, 1, sizeof *source->findings);
    source->findings->arena = arena;
    return source;
}

/* ---- lines ---- */

struct reader {
    const char *at, *end;
    unsigned line; /* of what was read last */
    unsigned next;
    struct text text; /* one logical line, trimmed and without its comment */
};

static void trim(struct text *text)
{
    size_t from = 0;
    while (text->length && isspace((unsigned char)text->bytes[text->length - 1]))
        text->bytes[--text->length] = '\0';
    while (from < text->length && isspace((unsigned char)text->bytes[from]))
        from++;
    if (from) {
        memmove(text->bytes, text->bytes + from, text->length - from + 1);
        text->length -= from;
    }
}

/* One physical line, NULs as blanks, to the reader's text. */
static void take_physical(struct reader *reader)
{
    const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    if (!end)
        end = reader->end;
    const char *from = reader->at;
    while (reader->text.length && from < end && isblank((unsigned char)*from))
        from++;
    for (; from < end && reader->text.length < VALUE_BYTES; from++)
        text_add_char(&reader->text, *from ? *from : ' ');
    while (reader->text.length && strchr("\r \t", reader->text.bytes[reader->text.length - 1]))
        reader->text.bytes[--reader->text.length] = '\0';
    reader->at = end < reader->end ? end + 1 : end;
    reader->next++;
}

/* Up to a semicolon without backslash; the backslash of one with it goes. */
static void cut_comment(struct text *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] == '\\' && text->bytes[i + 1] == ';')
            i++;
        else if (text->bytes[i] == ';')
            break;
        text->bytes[kept++] = text->bytes[i];
    }
    if (text->room)
        text->bytes[kept] = '\0';
    text->length = kept;
}

/* The next line that holds something; false at the end. ${objects}: comments by semicolon, and joined lines. */
static bool next_line(struct reader *reader, bool objects)
{
    while (reader->at < reader->end) {
        text_clear(&reader->text);
        reader->line = reader->next;
        take_physical(reader);
        while (objects && reader->text.length && reader->text.bytes[reader->text.length - 1] == '\\' &&
               reader->at < reader->end) {
            reader->text.bytes[--reader->text.length] = '\0';
            take_physical(reader);
        }
        trim(&reader->text);
        if (reader->text.bytes[0] == '#')
            continue;
        if (objects)
            cut_comment(&reader->text);
        trim(&reader->text);
        if (reader->text.length)
            return true;
    }
    return false;
}

/* ---- settings ---- */

static void add_line(struct arena *arena, struct nagios_line **lines, size_t *count, size_t *room,
                     struct nagios_line line)
{
    *lines = grow(arena, *lines, *count, room, sizeof **lines);
    (*lines)[(*count)++] = line;
}

static void add_setting(struct nagios_source *source, const char *text, struct place place)
{
    const char *equals = strchr(text, '=');
    if (!equals) {
        nagios_find(source->findings, place, "not a setting: \"%.100s\"", text);
        return;
    }
    struct text value = TEXT_INIT;
    text_add(&value, equals + 1);
    trim(&value);
    size_t length = (size_t)(equals - text);
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    struct nagios_line line = {arena_text_of(source->arena, text, length),
                               arena_text(source->arena, value.bytes), place};
    if (text[0] == '$')
        add_line(source->arena, &source->resources, &source->resource_count, &source->resource_room, line);
    else
        add_line(source->arena, &source->settings, &source->setting_count, &source->setting_room, line);
    text_release(&value);
}

void nagios_text_settings(struct nagios_source *source, const char *bytes, size_t length, const char *file)
{
    struct reader reader = {.at = bytes, .end = bytes + length, .next = 1, .text = TEXT_INIT};
    while (next_line(&reader, false))
        add_setting(source, reader.text.bytes, (struct place){file, reader.line, 0});
    text_release(&reader.text);
}

const char *nagios_setting(const struct nagios_source *source, const char *name, const char *otherwise)
{
    const char *value = otherwise;
    for (size_t i = 0; i < source->setting_count; i++)
        if (strcmp(source->settings[i].name, name) == 0)
            value = source->settings[i].value;
    return value;
}

bool nagios_text_is_main(const char *bytes, size_t length)
{
    struct reader reader = {.at = bytes, .end = bytes + length, .next = 1, .text = TEXT_INIT};
    bool main = false;
    if (next_line(&reader, true)) {
        const char *text = reader.text.bytes;
        size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
        main =
            name > 0 && text[name + strspn(text + name, " \t")] == '=' && strncmp(text, "include_", 8) != 0;
    }
    text_release(&reader.text);
    return main;
}

/* ---- definitions ---- */

static const struct {
    const char *type; /* NULL: any */
    const char *name, *same;
} synonyms[] = {
    {NULL, "normal_check_interval", "check_interval"},
    {NULL, "retry_check_interval", "retry_interval"},
    {"service", "host", "host_name"},
    {"service", "hosts", "host_name"},
    {"service", "description", "service_description"},
    {"service", "hostgroup", "hostgroup_name"},
    {"service", "hostgroups", "hostgroup_name"},
    {"service", "service_groups", "servicegroups"},
    {"host", "host_groups", "hostgroups"},
    {"servicedependency", "host", "host_name"},
    {"servicedependency", "master_host", "host_name"},
    {"servicedependency", "master_host_name", "host_name"},
    {"servicedependency", "hostgroup", "hostgroup_name"},
    {"servicedependency", "hostgroups", "hostgroup_name"},
    {"servicedependency", "description", "service_description"},
    {"servicedependency", "master_description", "service_description"},
    {"servicedependency", "master_service_description", "service_description"},
    {"servicedependency", "dependent_host", "dependent_host_name"},
    {"servicedependency", "dependent_hostgroup", "dependent_hostgroup_name"},
    {"servicedependency", "dependent_hostgroups", "dependent_hostgroup_name"},
    {"servicedependency", "dependent_description", "dependent_service_description"},
    {NULL, "notification_failure_options", "notification_failure_criteria"},
    {NULL, "execution_failure_options", "execution_failure_criteria"},
    {"hostdependency", "host", "host_name"},
    {"hostdependency", "master_host", "host_name"},
    {"hostdependency", "master_host_name", "host_name"},
    {"hostdependency", "hostgroup", "hostgroup_name"},
    {"hostdependency", "hostgroups", "hostgroup_name"},
    {"hostdependency", "dependent_host", "dependent_host_name"},
    {"hostdependency", "dependent_hostgroup", "dependent_hostgroup_name"},
    {"hostdependency", "dependent_hostgroups", "dependent_hostgroup_name"},
    {"contact", "contact_groups", "contactgroups"},
};

static const char *one_name(const char *type, const char *name)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
        if (strcmp(synonyms[i].name, name) == 0 && (!synonyms[i].type || strcmp(synonyms[i].type, type) == 0))
            return synonyms[i].same;
    return name;
}

/* "define TYPE {": the type, or NULL. */
static const char *read_head(const char *text, struct arena *arena)
{
    static const char define[] = "define";
    if (strncmp(text, define, sizeof define - 1) != 0 || !isspace((unsigned char)text[sizeof define - 1]))
        return NULL;
    const char *type = text + sizeof define - 1;
    type += strspn(type, " \t");
    size_t length = strspn(type, "abcdefghijklmnopqrstuvwxyz");
    const char *rest = type + length + strspn(type + length, " \t");
    return length && strcmp(rest, "{") == 0 ? arena_text_of(arena, type, length) : NULL;
}

/* A timeperiod's line names days in several words: its value begins with the first time or digit range. */
static size_t name_length(const struct nagios_definition *definition, const char *text)
{
    size_t first = strcspn(text, " \t");
    static const char *const plain[] = {"use", "name", "register", "alias", "timeperiod_name", "exclude"};
    if (strcmp(definition->type, "timeperiod") != 0)
        return first;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strlen(plain[i]) == first && strncmp(text, plain[i], first) == 0)
            return first;
    for (size_t at = 0; text[at]; at++) {
        size_t hours = strspn(text + at, "0123456789");
        bool begins = at == 0 || isspace((unsigned char)text[at - 1]);
        if (begins && hours && text[at + hours] == ':') {
            while (at && isspace((unsigned char)text[at - 1]))
                at--;
            return at;
        }
    }
    return first;
}

static void add_directive(struct nagios_source *source, struct nagios_definition *definition,
                          const char *text, struct place place)
{
    size_t length = name_length(definition, text);
    char *name = arena_text_of(source->arena, text, length);
    for (char *at = name; *at; at++)
        *at = (char)(name[0] == '_' ? toupper((unsigned char)*at) : tolower((unsigned char)*at));
    const char *value = text + length;
    value += strspn(value, " \t");
    add_line(source->arena, &definition->lines, &definition->count, &definition->room,
             (struct nagios_line){one_name(definition->type, name), arena_text(source->arena, value), place});
}

static struct nagios_definition *add_definition(struct nagios_source *source, const char *type,
                                                struct place place)
{
    source->definitions = grow(source->arena, source->definitions, source->count, &source->room,
                               sizeof(struct nagios_definition *));
    struct nagios_definition *definition = arena_get(source->arena, 1, sizeof *definition);
    definition->type = type;
    definition->place = place;
    source->definitions[source->count++] = definition;
    return definition;
}

void nagios_text_objects(struct nagios_source *source, const char *bytes, size_t length, const char *file)
{
    struct reader reader = {.at = bytes, .end = bytes + length, .next = 1, .text = TEXT_INIT};
    struct nagios_definition *open = NULL;
    while (reader.next < LINES_MAX && next_line(&reader, true)) {
        const char *text = reader.text.bytes;
        struct place place = {file, reader.line, 0};
        const char *type = open ? NULL : read_head(text, source->arena);
        if (open && text[0] == '}')
            open = NULL;
        else if (open)
            add_directive(source, open, text, place);
        else if (type)
            open = add_definition(source, type, place);
        else if (strncmp(text, "include_file=", 13) == 0 || strncmp(text, "include_dir=", 12) == 0)
            add_setting(source, text, place);
        else
            nagios_find(source->findings, place, "not a definition: \"%.100s\"", text);
    }
    if (open)
        nagios_find(source->findings, open->place, "a definition without its end");
    text_release(&reader.text);
}
