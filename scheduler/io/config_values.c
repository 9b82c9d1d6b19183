/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of single values and of lists and maps of texts, declared in config_rows.h. */
#include "lib/guarded_file.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "lib/zone.h"
#include "scheduler/io/config_rows.h"

#include <ctype.h>
#include <sys/stat.h>

void config_read_text(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    const char *text = config_rows_text(loader, row, node);
    if (text)
        *(const char **)target = text;
}

/* Whatever ends in a header, a line of a protocol or an address has neither blanks nor control characters. */
static bool is_word(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

static const char *read_word(struct config_loader *loader, const struct config_row *row,
                             const struct node *node)
{
    const char *text = config_rows_text(loader, row, node);
    if (text && !is_word(text)) {
        findings_error(loader->draft, node->place,
                       "\"%s\" must hold no blanks and no control characters: \"%s\"", row->key, text);
        return NULL;
    }
    return text;
}

void config_read_word(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    const char *word = read_word(loader, row, node);
    if (word)
        *(const char **)target = word;
}

void config_read_name(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    const char *text = config_rows_text(loader, row, node);
    if (text && config_rows_name_fits(text))
        *(const char **)target = text;
    else if (text)
        findings_error(loader->draft, node->place,
                       "a name is 1 to 64 letters, digits or any of \"_.:-\": \"%s\"", text);
}

/* The directory has no links in its name, so that ".." can be taken away as text. */
static const char *make_absolute(struct config_loader *loader, const char *path)
{
    const char *directory = loader->model->site.directory;
    size_t length = strlen(directory);
    if (path[0] == '/')
        return path;
    for (;;) {
        if (strncmp(path, "./", 2) == 0) {
            path += 2;
        } else if (strncmp(path, "../", 3) == 0 || strcmp(path, "..") == 0) {
            path += path[2] ? 3 : 2;
            while (length > 0 && directory[length - 1] != '/')
                length--;
            length -= length > 0;
        } else {
            break;
        }
    }
    return arena_format(loader->arena, "%.*s/%s", (int)length, length > 1 ? directory : "",
                        strcmp(path, ".") == 0 ? "" : path);
}

void config_read_path(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    const char *path = config_rows_text(loader, row, node);
    if (path)
        *(const char **)target = make_absolute(loader, path);
}

void config_read_secret(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct stat about;
    const char *path = NULL;
    config_read_path(loader, row, node, &path);
    if (path && stat(path, &about) != 0)
        findings_warning(loader->draft, node->place, "no readable file \"%s\"", path);
    else if (path && guarded_file_is_open(about.st_mode))
        findings_error(loader->draft, node->place, "\"%s\" is open to everyone: chmod o= it", path);
    *(const char **)target = path;
}

void config_read_url(struct config_loader *loader, const struct config_row *row, const struct node *node,
                     void *target)
{
    const char *url = read_word(loader, row, node);
    if (url && strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        findings_error(loader->draft, node->place, "\"%s\" must begin with http:// or https://: \"%s\"",
                       row->key, url);
    else if (url)
        *(const char **)target = url;
}

static bool is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && at[1] && !strchr(at + 1, '@') && text[0] != '-' &&
           strcspn(text, "<>()[],;:\\\"") == strlen(text);
}

void config_read_address(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    const char *address = read_word(loader, row, node);
    if (address && is_address(address))
        *(const char **)target = address;
    else if (address)
        findings_error(loader->draft, node->place, "\"%s\" must be one mail address: \"%s\"", row->key,
                       address);
}

void config_read_zone(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct error error;
    const char *name = config_rows_text(loader, row, node);
    if (name && zone_open(name, &error))
        *(const char **)target = name;
    else if (name)
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
}

static void read_list(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      bool paths, struct words *words)
{
    const struct node *list = config_rows_list(loader, row, node);
    words->items = arena_get(loader->arena, list->count + 1, sizeof *words->items);
    words->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->entries[i].value;
        if (item->kind != NODE_TEXT)
            findings_error(loader->draft, item->place, "\"%s\": an item must be a text, not a %s", row->key,
                           item->kind == NODE_LIST ? "list" : "map");
        else
            words->items[words->count++] = paths ? make_absolute(loader, item->text) : item->text;
    }
}

void config_read_words(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    read_list(loader, row, node, false, target);
}

void config_read_paths(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    read_list(loader, row, node, true, target);
}

static int compare_pairs(const void *one, const void *other)
{
    const struct pair *a = one;
    const struct pair *b = other;
    return strcmp(a->name, b->name);
}

void config_read_pairs(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct pairs *pairs = target;
    if (node->kind != NODE_MAP) {
        if (!config_document_empty(node))
            findings_error(loader->draft, node->place, "\"%s\" must be a map of names and texts", row->key);
        return;
    }
    pairs->items = arena_get(loader->arena, node->count, sizeof *pairs->items);
    pairs->count = 0;
    for (size_t i = 0; i < node->count; i++) {
        const struct entry *entry = &node->entries[i];
        if (!config_rows_name_fits(entry->name))
            findings_error(loader->draft, entry->place,
                           "a name is 1 to 64 letters, digits or any of \"_.:-\": \"%s\"", entry->name);
        else if (entry->value->kind != NODE_TEXT)
            findings_error(loader->draft, entry->value->place, "\"%s\" must be a text", entry->name);
        else
            pairs->items[pairs->count++] = (struct pair){.name = entry->name, .value = entry->value->text};
    }
    if (pairs->count)
        qsort(pairs->items, pairs->count, sizeof *pairs->items, compare_pairs);
}

static void report_bounds(struct config_loader *loader, const struct config_row *row, const struct node *node)
{
    findings_error(loader->draft, node->place, "\"%s\" must be a whole number from %lld to %lld: \"%s\"",
                   row->key, (long long)row->low, (long long)row->high, node->text);
}

void config_read_whole(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    const char *text = config_rows_text(loader, row, node);
    if (text && !number_read_whole(text, row->low, row->high, target))
        report_bounds(loader, row, node);
}

void config_read_count(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    int64_t value;
    const char *text = config_rows_text(loader, row, node);
    if (text && number_read_whole(text, row->low, row->high, &value))
        *(int *)target = (int)value;
    else if (text)
        report_bounds(loader, row, node);
}

static void write_bound(struct text *text, const char *words, int64_t bound)
{
    text_add(text, words);
    duration_write(text, bound);
}

void config_read_duration(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct error error;
    int64_t value;
    const char *text = config_rows_text(loader, row, node);
    if (!text)
        return;
    if (!duration_read(text, &value, &error)) {
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
    } else if (value < row->low || (row->high && value > row->high)) {
        struct text bound = TEXT_INIT;
        write_bound(&bound, value < row->low ? "at least " : "at most ",
                    value < row->low ? row->low : row->high);
        findings_error(loader->draft, node->place, "\"%s\" must be %s: \"%s\"", row->key, bound.bytes, text);
        text_release(&bound);
    } else {
        *(int64_t *)target = value;
    }
}

void config_read_percent(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    char number[32] = "";
    double value;
    const char *text = config_rows_text(loader, row, node);
    if (!text)
        return;
    size_t length = strlen(text);
    length -= text[length - 1] == '%';
    if (length < sizeof number)
        (void)snprintf(number, sizeof number, "%.*s", (int)length, text);
    if (number_read(number, false, &value) && value >= 0 && value <= 100)
        *(double *)target = value;
    else
        findings_error(loader->draft, node->place, "\"%s\" must be a percentage from 0 to 100: \"%s\"",
                       row->key, text);
}

static const char *const flag_names[] = {"false", "true", "no", "yes", "off", "on", NULL};

/* The index of the name that ${node} holds; -1 with a finding when it is none of them. */
static int find_choice(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       const char *const *choices)
{
    const char *text = config_rows_text(loader, row, node);
    if (!text)
        return -1;
    struct nearest nearest = {.wanted = text};
    struct text list = TEXT_INIT;
    for (int i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0) {
            text_release(&list);
            return i;
        }
        nearest_try(&nearest, choices[i]);
        text_format(&list, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
    }
    findings_error(loader->draft, node->place, "\"%s\" must be %s: \"%s\"%s%s%s", row->key, list.bytes, text,
                   nearest.name ? "; did you mean \"" : "", nearest.name ? nearest.name : "",
                   nearest.name ? "\"" : "");
    text_release(&list);
    return -1;
}

void config_read_flag(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    int found = find_choice(loader, row, node, flag_names);
    if (found >= 0)
        *(bool *)target = found % 2 == 1;
}

void config_read_choice(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    int found = find_choice(loader, row, node, row->choices);
    if (found >= 0)
        *(unsigned *)target = (unsigned)found;
}

void config_read_choice_name(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, void *target)
{
    int found = find_choice(loader, row, node, row->choices);
    if (found >= 0)
        *(const char **)target = row->choices[found];
}

void config_read_verdict(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    const char *text = config_rows_text(loader, row, node);
    if (text && !verdict_read(text, target))
        findings_error(loader->draft, node->place,
                       "not a verdict such as OK, WARNING, CRITICAL or UNKNOWN: \"%s\"", text);
}

/* Exactly YYYY-MM-DD: other orders are read wrongly by somebody. */
bool config_read_date(struct config_loader *loader, const struct node *node, int64_t *days)
{
    int64_t year, month, day;
    char digits[] = "0000-00-00";
    const char *text = node->kind == NODE_TEXT ? node->text : "";
    bool shaped = strlen(text) == sizeof digits - 1;
    for (size_t i = 0; shaped && i < sizeof digits - 1; i++) {
        shaped = digits[i] == '-' ? text[i] == '-' : isdigit((unsigned char)text[i]);
        digits[i] = text[i] == '-' ? '\0' : text[i];
    }
    if (shaped && number_read_whole(digits, 1970, 9999, &year) &&
        number_read_whole(digits + 5, 1, 12, &month) &&
        number_read_whole(digits + 8, 1, civil_month_days(year, (int)month), &day)) {
        *days = civil_days(year, (int)month, (int)day);
        return true;
    }
    findings_error(loader->draft, node->place, "not a date such as 2026-11-01: \"%s\"", text);
    return false;
}
