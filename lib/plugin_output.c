/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plugin_output.h"

#include "lib/text.h"
#include "lib/utf8.h"

/* The parts while the lines are sorted into them. */
struct parts {
    struct text text;
    struct text long_text;
    struct text perf;
};

static size_t trimmed(const char *bytes, size_t length)
{
    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\t'))
        length--;
    return length;
}

static void add_perf(struct text *perf, const char *bytes, size_t length)
{
    while (length > 0 && (*bytes == ' ' || *bytes == '\t')) {
        bytes++;
        length--;
    }
    length = trimmed(bytes, length);
    if (length && perf->length)
        text_add_char(perf, ' ');
    text_add_bytes(perf, bytes, length);
}

static void add_long(struct text *text, const char *bytes, size_t length, size_t line)
{
    if (line > 1)
        text_add_char(text, '\n');
    text_add_bytes(text, bytes, length);
}

/* One line after the first; returns whether all that follows is perfdata. */
static bool add_line(struct parts *parts, const char *line, size_t length, size_t number)
{
    const char *pipe = memchr(line, '|', length);
    size_t before = pipe ? (size_t)(pipe - line) : length;
    if (!pipe) {
        add_long(&parts->long_text, line, length, number);
        return false;
    }
    if (trimmed(line, before))
        add_long(&parts->long_text, line, trimmed(line, before), number);
    add_perf(&parts->perf, pipe + 1, length - before - 1);
    return true;
}

static void split(struct parts *parts, const char *bytes, size_t length)
{
    bool in_perf = false;
    const char *end = bytes + length;
    for (size_t number = 0; bytes < end; number++) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t size = newline ? (size_t)(newline - bytes) : (size_t)(end - bytes);
        const char *pipe = memchr(bytes, '|', size);
        size_t before = pipe ? (size_t)(pipe - bytes) : size;
        if (number == 0) {
            text_add_bytes(&parts->text, bytes, trimmed(bytes, before));
            if (pipe)
                add_perf(&parts->perf, pipe + 1, size - before - 1);
        } else if (in_perf) {
            size_t skip = size > 0 && *bytes == '|';
            add_perf(&parts->perf, bytes + skip, size - skip);
        } else {
            in_perf = add_line(parts, bytes, size, number);
        }
        bytes += size + (newline ? 1 : 0);
    }
}

static void *grow(struct arena *arena, void *members, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return members;
    void *grown = arena_get(arena, count ? count * 2 : 1, size);
    if (count)
        memcpy(grown, members, count * size);
    return grown;
}

/* A sentence may have been cut inside a character. */
static void add_error(struct plugin_output *output, const char *sentence)
{
    struct text clean = TEXT_INIT;
    if (output->error_count == PLUGIN_OUTPUT_ERRORS)
        return;
    utf8_add(&clean, sentence, strlen(sentence));
    output->errors = grow(output->arena, output->errors, output->error_count, sizeof *output->errors);
    output->errors[output->error_count++] = arena_text_of(output->arena, clean.bytes, clean.length);
    text_release(&clean);
}

static void read_items(struct plugin_output *output)
{
    const char *at = output->perfdata_text;
    enum perfdata_result result;
    do {
        struct plugin_item item;
        struct error error;
        result = perfdata_next(&at, output->arena, &item, &error);
        if (result == PERFDATA_ITEM || result == PERFDATA_PARTIAL) {
            output->items = grow(output->arena, output->items, output->item_count, sizeof *output->items);
            output->items[output->item_count++] = item;
        }
        if (result == PERFDATA_BAD || result == PERFDATA_PARTIAL)
            add_error(output, error.text);
    } while (result != PERFDATA_END);
}

void plugin_output_parse(struct plugin_output *output, const char *bytes, size_t length)
{
    struct text clean = TEXT_INIT;
    struct parts parts = {TEXT_INIT, TEXT_INIT, TEXT_INIT};
    struct arena *arena = arena_create();
    utf8_add(&clean, bytes, length);
    split(&parts, clean.bytes, clean.length);
    *output = (struct plugin_output){
        .text = arena_text_of(arena, parts.text.bytes, parts.text.length),
        .long_text = arena_text_of(arena, parts.long_text.bytes, parts.long_text.length),
        .perfdata_text = arena_text_of(arena, parts.perf.bytes, parts.perf.length),
        .arena = arena,
    };
    read_items(output);
    text_release(&parts.perf);
    text_release(&parts.long_text);
    text_release(&parts.text);
    text_release(&clean);
}

void plugin_output_release(struct plugin_output *output)
{
    arena_free(output->arena);
    *output = (struct plugin_output){.text = "", .long_text = "", .perfdata_text = ""};
}
