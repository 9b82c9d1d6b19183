/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/series/draw.h"

#include "lib/memory.h"

#include <jansson.h>
#include <rrd.h>
#include <stdint.h>
#include <sys/stat.h>

enum {
    ITEMS_MOST = 100,
    LINES_MOST = 500,
    LINES_NAMED = 12,
    WIDTH_LEAST = 50,
    SIDE_MOST = 4000,
    LEGEND_WIDTH = 24
};

/* Instants and sizes are far below; what is beyond counts as not given. */
#define NUMBER_MOST 1e15

/* Told apart also by those who see fewer colours; after them it begins again, paler. */
static const char *const colours[] = {"0072B2", "D55E00", "009E73", "CC79A7", "E69F00",
                                      "56B4E9", "6A3D9A", "8C564B", "7F7F7F", "B2A100"};
enum { COLOURS = sizeof colours / sizeof colours[0] };

struct words {
    char **items;
    size_t count, room;
};

/* Takes the text's bytes. */
static void words_add(struct words *words, struct text *word)
{
    if (words->count + 1 >= words->room) {
        words->room = words->room ? words->room * 2 : 64;
        words->items = memory_grow(words->items, words->room, sizeof *words->items);
    }
    words->items[words->count++] = text_take(word);
    words->items[words->count] = NULL;
}

static void words_put(struct words *words, const char *word)
{
    struct text text = TEXT_INIT;
    text_add(&text, word);
    words_add(words, &text);
}

static void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* Colons end a part of librrd's words, a backslash begins a command; control characters are not for print. At
 * least ${width} characters, for columns. */
static void add_escaped(struct text *text, const char *label, size_t width)
{
    size_t written = 0;
    for (const char *byte = label; *byte; byte++) {
        unsigned char value = (unsigned char)*byte;
        if (value == ':' || value == '\\')
            text_add_char(text, '\\');
        text_add_char(text, value < 0x20 || value == 0x7f ? ' ' : *byte);
        written += (value & 0xc0) != 0x80;
    }
    for (; written < width; written++)
        text_add_char(text, ' ');
}

static const char *text_of(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

static int64_t number_of(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    double number = json_number_value(value);
    return json_is_number(value) && number > -NUMBER_MOST && number < NUMBER_MOST ? (int64_t)number
                                                                                  : otherwise;
}

/* A path of series_path: it never leaves the directory. */
static bool path_fits(const char *path)
{
    return path && path[0] != '/' && path[0] != '.' && path[0] != '\0' && !strstr(path, "/.") &&
           strlen(path) < 1024;
}

static bool file_there(const char *directory, const char *path)
{
    struct text whole = TEXT_INIT;
    struct stat found;
    text_format(&whole, "%s/%s", directory, path);
    bool there = stat(whole.bytes, &found) == 0 && S_ISREG(found.st_mode);
    text_release(&whole);
    return there;
}

static void add_legend_numbers(struct words *words, const char *name)
{
    static const char *const numbers[][2] = {{"LAST", "now"}, {"AVERAGE", "average"}, {"MAXIMUM", "most"}};
    for (size_t i = 0; i < 3; i++) {
        struct text word = TEXT_INIT;
        text_format(&word, "VDEF:%s%c=%s,%s", name, (char)('a' + (int)i), name, numbers[i][0]);
        words_add(words, &word);
        text_format(&word, "GPRINT:%s%c:%s %%8.2lf%%s%s", name, (char)('a' + (int)i), numbers[i][1],
                    i == 2 ? "\\l" : " ");
        words_add(words, &word);
    }
}

/* One series: read, turned below the axis when it is the negative of another, drawn, and told in the legend. */
static void add_item(struct words *words, const char *directory, const json_t *item, size_t index, bool first)
{
    struct text word = TEXT_INIT;
    char name[32];
    bool negative = json_is_true(json_object_get(item, "negative"));
    bool stack = json_is_true(json_object_get(item, "stack"));
    const char *path = text_of(item, "path", "");
    (void)snprintf(name, sizeof name, "v%zu", index);
    text_format(&word, "DEF:%s=", name);
    add_escaped(&word, directory, 0);
    text_add_char(&word, '/');
    add_escaped(&word, path, 0);
    text_add(&word, ":value:AVERAGE");
    words_add(words, &word);
    if (negative) {
        text_format(&word, "CDEF:n%zu=%s,-1,*", index, name);
        words_add(words, &word);
    }
    /* Stacked series are filled; the others are lines, which do not hide each other. */
    text_format(&word, "%s:%c%zu#%s%s:", stack ? "AREA" : "LINE1.5", negative ? 'n' : 'v', index,
                colours[index % COLOURS], index / COLOURS % 2 ? "90" : "");
    add_escaped(&word, text_of(item, "label", path), LEGEND_WIDTH);
    if (stack && !first)
        text_add(&word, ":STACK");
    words_add(words, &word);
    add_legend_numbers(words, name);
}

static bool add_items(struct words *words, const char *directory, const json_t *items, struct error *error)
{
    size_t drawn = 0;
    bool stacked = false;
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MOST; i++) {
        const json_t *item = json_array_get(items, i);
        const char *path = text_of(item, "path", NULL);
        if (!path_fits(path))
            return error_set(error, "a graph names an impossible file");
        if (!file_there(directory, path))
            continue;
        add_item(words, directory, item, i, !stacked);
        stacked = stacked || json_is_true(json_object_get(item, "stack"));
        drawn++;
    }
    return drawn > 0 || error_set(error, "nothing is stored yet that this graph could show");
}

static void add_lines(struct words *words, const json_t *lines, int64_t start, int64_t end)
{
    size_t named = 0;
    for (size_t i = 0; i < json_array_size(lines) && i < LINES_MOST; i++) {
        const json_t *line = json_array_get(lines, i);
        int64_t at = number_of(line, "at", 0);
        if (at < start || at > end)
            continue;
        struct text word = TEXT_INIT;
        text_format(&word, "VRULE:%lld#C03030:", (long long)at);
        /* With many of them the legend would be all there is to see. */
        if (named++ < LINES_NAMED) {
            add_escaped(&word, text_of(line, "text", ""), 0);
            text_add(&word, "\\l");
        }
        text_add(&word, ":dashes=3,3");
        words_add(words, &word);
    }
}

static void add_option(struct words *words, const char *name, const char *value)
{
    words_put(words, name);
    words_put(words, value);
}

static void add_number(struct words *words, const char *name, int64_t value)
{
    struct text word = TEXT_INIT;
    words_put(words, name);
    text_format(&word, "%lld", (long long)value);
    words_add(words, &word);
}

static int64_t within(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static bool compose(struct words *words, const char *directory, const char *rrdcached, const json_t *graph,
                    struct error *error)
{
    bool svg = strcmp(text_of(graph, "format", "png"), "svg") == 0;
    int64_t end = number_of(graph, "end", (int64_t)time(NULL)),
            start = number_of(graph, "start", end - 86400);
    if (start < 0 || end <= start || end > INT32_MAX * INT64_C(4))
        return error_set(error, "a graph cannot go from %lld to %lld", (long long)start, (long long)end);
    words_put(words, "graph");
    words_put(words, "-");
    add_option(words, "--imgformat", svg ? "SVG" : "PNG");
    add_number(words, "--start", start);
    add_number(words, "--end", end);
    add_number(words, "--width", within(number_of(graph, "width", 600), WIDTH_LEAST, SIDE_MOST));
    add_number(words, "--height", within(number_of(graph, "height", 180), WIDTH_LEAST, SIDE_MOST));
    add_option(words, "--title", text_of(graph, "title", ""));
    add_option(words, "--vertical-label", text_of(graph, "vertical", ""));
    words_put(words, "--slope-mode");
    words_put(words, "--disable-rrdtool-tag");
    add_option(words, "--border", "0");
    add_option(words, "--color", "BACK#FFFFFF");
    if (rrdcached)
        add_option(words, "--daemon", rrdcached);
    if (!add_items(words, directory, json_object_get(graph, "items"), error))
        return false;
    add_lines(words, json_object_get(graph, "lines"), start, end);
    return true;
}

static bool render(struct text *picture, struct words *words, struct error *error)
{
    bool found = false;
    rrd_clear_error();
    rrd_info_t *info = rrd_graph_v((int)words->count, words->items);
    for (const rrd_info_t *part = info; part; part = part->next)
        if (strcmp(part->key, "image") == 0 && part->type == RD_I_BLO) {
            text_add_bytes(picture, part->value.u_blo.ptr, part->value.u_blo.size);
            found = true;
        }
    if (!found) {
        const char *reason = rrd_get_error();
        error_set(error, "the graph cannot be drawn: %s",
                  reason && *reason ? reason : "librrd gave no reason");
    }
    rrd_info_free(info);
    return found;
}

static bool draw(struct text *picture, const char *directory, const char *rrdcached, const json_t *graph,
                 struct error *error)
{
    struct words words = {0};
    bool ok = compose(&words, directory, rrdcached, graph, error) && render(picture, &words, error);
    words_release(&words);
    return ok;
}

bool draw_graph(struct text *picture, const char *directory, const char *rrdcached, const char *request,
                size_t length, struct error *error)
{
    json_t *graph = json_loadb(request, length, 0, NULL);
    bool ok = json_is_object(graph) || error_set(error, "a graph is asked for with a JSON object");
    /* Without an answer from rrdcached the files show all but the newest. */
    ok = ok && (draw(picture, directory, rrdcached, graph, error) ||
                (rrdcached && draw(picture, directory, NULL, graph, error)));
    json_decref(graph);
    return ok;
}
