/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_document.h"

#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

struct parse {
    yaml_parser_t yaml;
    const char *bytes;
    size_t length;
    const char *file;
    struct arena *nodes;
    struct arena *texts;
    struct findings_draft *draft;
    struct entry *stack; /* children of the collections that are still open */
    size_t used;
    size_t room;
    size_t values;
};

static struct place place_of(const struct parse *parse, yaml_mark_t mark)
{
    return (struct place){
        .file = parse->file, .line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

/* libyaml gives the place of a byte it cannot read as an offset only. */
static struct place place_of_byte(const struct parse *parse, size_t offset)
{
    struct place place = {.file = parse->file, .line = 1, .column = 1};
    for (size_t i = 0; i < offset && i < parse->length; i++)
        if (parse->bytes[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if ((parse->bytes[i] & 0xc0) != 0x80) {
            place.column++;
        }
    return place;
}

static void report_problem(const struct parse *parse)
{
    const yaml_parser_t *yaml = &parse->yaml;
    if (yaml->error == YAML_MEMORY_ERROR)
        abort();
    if (yaml->error == YAML_READER_ERROR)
        findings_error(parse->draft, place_of_byte(parse, yaml->problem_offset), "not text in UTF-8: %s",
                       yaml->problem);
    else
        findings_error(parse->draft, place_of(parse, yaml->problem_mark), "not YAML: %s%s%s",
                       yaml->context ? yaml->context : "", yaml->context ? ": " : "", yaml->problem);
}

static bool next_event(struct parse *parse, yaml_event_t *event)
{
    if (yaml_parser_parse(&parse->yaml, event))
        return true;
    report_problem(parse);
    return false;
}

static void push(struct parse *parse, struct entry entry)
{
    if (parse->used == parse->room) {
        parse->room = parse->room ? parse->room * 2 : 256;
        parse->stack = memory_grow(parse->stack, parse->room, sizeof *parse->stack);
    }
    parse->stack[parse->used++] = entry;
}

static int compare_entries(const void *one, const void *other)
{
    const struct entry *const *a = one;
    const struct entry *const *b = other;
    int order = strcmp((*a)->name, (*b)->name);
    return order ? order : (*a > *b) - (*a < *b);
}

static void report_duplicates(const struct parse *parse, const struct entry *entries, size_t count)
{
    if (count < 2)
        return;
    const struct entry **sorted = memory_get(count, sizeof(struct entry *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &entries[i];
    qsort(sorted, count, sizeof(struct entry *), compare_entries);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            findings_error(parse->draft, sorted[i]->place, "key \"%s\" stands here twice, first in line %u",
                           sorted[i]->name, sorted[i - 1]->place.line);
    free(sorted);
}

static void report_extras(const struct parse *parse, struct place place, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    if (anchor)
        findings_error(parse->draft, place, "anchors are not read: \"&%s\"", (const char *)anchor);
    if (tag)
        findings_error(parse->draft, place, "tags are not read: \"%s\"", (const char *)tag);
}

/* The text of a scalar; a NUL byte, which only an escape can make, would cut it silently. */
static const char *read_scalar(struct parse *parse, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    struct place place = place_of(parse, event->start_mark);
    report_extras(parse, place, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(value, '\0', length))
        findings_error(parse->draft, place, "holds a NUL character");
    return arena_text_of(parse->texts, value, length);
}

static struct node *read_value(struct parse *parse, yaml_event_t *event, unsigned depth);

/* The key that ${event} begins; NULL only when reading cannot go on. */
static const char *read_key(struct parse *parse, yaml_event_t *event, unsigned depth)
{
    if (event->type == YAML_SCALAR_EVENT) {
        const char *name = read_scalar(parse, event);
        yaml_event_delete(event);
        return name;
    }
    findings_error(parse->draft, place_of(parse, event->start_mark), "a key must be a text");
    return read_value(parse, event, depth) ? "" : NULL;
}

static bool read_children(struct parse *parse, struct node *node, unsigned depth)
{
    yaml_event_type_t end = node->kind == NODE_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    size_t first = parse->used;
    yaml_event_t event;
    while (next_event(parse, &event)) {
        struct entry entry = {.place = place_of(parse, event.start_mark)};
        if (event.type == end) {
            yaml_event_delete(&event);
            node->count = parse->used - first;
            node->entries = arena_get(parse->nodes, node->count, sizeof *node->entries);
            if (node->count)
                memcpy(node->entries, &parse->stack[first], node->count * sizeof *node->entries);
            parse->used = first;
            return true;
        }
        if (node->kind == NODE_MAP) {
            entry.name = read_key(parse, &event, depth);
            if (!entry.name || !next_event(parse, &event))
                return false;
        }
        entry.value = read_value(parse, &event, depth);
        if (!entry.value)
            return false;
        push(parse, entry);
    }
    return false;
}

static bool within_bounds(struct parse *parse, struct place place, unsigned depth)
{
    parse->values++;
    if (depth > DOCUMENT_DEPTH)
        findings_error(parse->draft, place, "nested deeper than %d levels", DOCUMENT_DEPTH);
    else if (parse->values > DOCUMENT_VALUES)
        findings_error(parse->draft, place, "more than %d values in one file", DOCUMENT_VALUES);
    else
        return true;
    return false;
}

/* The value that ${event} begins; the event is released. NULL when reading cannot go on. */
static struct node *read_value(struct parse *parse, yaml_event_t *event, unsigned depth)
{
    struct node *node = arena_get(parse->nodes, 1, sizeof *node);
    bool read = true;
    node->place = place_of(parse, event->start_mark);
    if (!within_bounds(parse, node->place, depth)) {
        yaml_event_delete(event);
        return NULL;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        node->text = read_scalar(parse, event);
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    } else if (event->type == YAML_ALIAS_EVENT) {
        findings_error(parse->draft, node->place, "aliases are not read: \"*%s\"",
                       (const char *)event->data.alias.anchor);
        node->text = "";
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        node->kind = NODE_MAP;
        report_extras(parse, node->place, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    } else {
        node->kind = NODE_LIST;
        report_extras(parse, node->place, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    }
    yaml_event_delete(event);
    if (node->kind != NODE_TEXT)
        read = read_children(parse, node, depth + 1);
    if (read && node->kind == NODE_MAP)
        report_duplicates(parse, node->entries, node->count);
    return read ? node : NULL;
}

static const struct node *empty_map(struct arena *nodes, const char *file)
{
    struct node *node = arena_get(nodes, 1, sizeof *node);
    *node = (struct node){.kind = NODE_MAP, .place = {.file = file, .line = 1, .column = 1}};
    return node;
}

static const struct node *read_stream(struct parse *parse)
{
    const struct node *root = NULL;
    yaml_event_t event;
    while (next_event(parse, &event)) {
        yaml_event_type_t type = event.type;
        struct place place = place_of(parse, event.start_mark);
        if (type == YAML_STREAM_START_EVENT || type == YAML_STREAM_END_EVENT ||
            type == YAML_DOCUMENT_START_EVENT || type == YAML_DOCUMENT_END_EVENT)
            yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return root ? root : empty_map(parse->nodes, parse->file);
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            findings_error(parse->draft, place, "a second document begins here: one file is one document");
            return root;
        }
        if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
            type != YAML_DOCUMENT_END_EVENT) {
            root = read_value(parse, &event, 1);
            if (!root)
                return NULL;
        }
    }
    return NULL;
}

const struct node *config_document_parse(const char *bytes, size_t length, const char *file,
                                         struct arena *nodes, struct arena *texts,
                                         struct findings_draft *draft)
{
    struct parse parse = {.file = file, .nodes = nodes, .texts = texts, .draft = draft};
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    parse.bytes = bytes;
    parse.length = length;
    if (!yaml_parser_initialize(&parse.yaml))
        abort();
    yaml_parser_set_encoding(&parse.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parse.yaml, (const unsigned char *)bytes, length);
    const struct node *root = read_stream(&parse);
    yaml_parser_delete(&parse.yaml);
    free(parse.stack);
    return root;
}

/* Reads the whole of an open file, which may grow or shrink meanwhile. */
static bool read_all(int file, struct text *text)
{
    enum { STEP = 65536 };
    ssize_t got;
    do {
        char *room = text_reserve(text, STEP);
        got = read(file, room, STEP);
        if (got > 0)
            text->length += (size_t)got;
    } while ((got > 0 && text->length <= DOCUMENT_BYTES) || (got < 0 && errno == EINTR));
    return got >= 0;
}

static bool read_file(int file, struct text *text, struct place place, struct findings_draft *draft)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        findings_error(draft, place, "not a regular file");
    else if (!read_all(file, text))
        findings_error(draft, place, "cannot be read: %s", strerror(errno));
    else if (text->length > DOCUMENT_BYTES)
        findings_error(draft, place, "larger than %d MB", DOCUMENT_BYTES >> 20);
    else
        return true;
    return false;
}

const struct node *config_document_load(const char *path, const char *file, struct arena *nodes,
                                        struct arena *texts, struct findings_draft *draft)
{
    struct place place = {.file = file, .line = 1, .column = 1};
    struct text text = TEXT_INIT;
    const struct node *root = NULL;
    /* Without O_NONBLOCK a named pipe would hold the scheduler up for ever. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 && errno == ENOENT)
        return empty_map(nodes, file);
    if (descriptor < 0) {
        findings_error(draft, place, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    if (read_file(descriptor, &text, place, draft))
        root = config_document_parse(text.bytes, text.length, file, nodes, texts, draft);
    text_release(&text);
    (void)close(descriptor);
    return root;
}

const struct entry *config_document_find(const struct node *map, const char *name)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->entries[i].name, name) == 0)
            return &map->entries[i];
    return NULL;
}

bool config_document_empty(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->quoted && node->text[0] == '\0';
}
