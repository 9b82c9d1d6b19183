/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphs and fields: what a metric's row and its samples are called in Munin. */
#include "lib/munin.h"

#include "lib/names.h"
#include "lib/number.h"
#include "lib/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

const char *munin_graph_of(const struct check *check, const struct metric_row *row)
{
    const char *unit = row->unit ? row->unit : "";
    bool first = true;
    if (row->graph)
        return row->graph;
    for (const struct metric_row *other = check->metrics; other->name; other++) {
        if (other->graph)
            continue;
        if (strcmp(other->unit ? other->unit : "", unit) == 0)
            return first ? "" : other->name;
        first = false;
    }
    return "";
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void add_clean(struct text *text, const char *name)
{
    if (!is_letter(*name))
        text_add_char(text, '_');
    while (*name && !is_letter(*name))
        name++;
    for (; *name; name++)
        text_add_char(text, is_letter(*name) || is_digit(*name) ? *name : '_');
}

static bool is_alone(const struct check *check, const struct metric_row *row)
{
    const char *graph = munin_graph_of(check, row);
    for (const struct metric_row *other = check->metrics; other->name; other++)
        if (other != row && strcmp(munin_graph_of(check, other), graph) == 0)
            return false;
    return true;
}

static const char *field_of(const struct report *report, const struct sample *sample, struct names *names)
{
    struct text name = TEXT_INIT;
    struct text field = TEXT_INIT;
    if (sample->instance && is_alone(report->check, sample->row))
        text_add(&name, sample->instance);
    else
        output_sample_name(sample, &name);
    add_clean(&field, name.bytes);
    const char *taken = names_take(names, strcmp(field.bytes, "root") == 0 ? "__root" : field.bytes);
    text_release(&field);
    text_release(&name);
    return taken;
}

struct graph {
    struct names *names; /* taken in it */
};

const char **munin_fields(const struct report *report)
{
    const struct metric_row *rows = report->check->metrics;
    const char **fields = arena_get(report->arena, report->count + 1, sizeof *fields);
    struct graph *graphs = arena_get(report->arena, report->metrics + 1, sizeof *graphs);
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        size_t graph = 0; /* the first row that is drawn in the same graph stands for it */
        while (strcmp(munin_graph_of(report->check, &rows[graph]),
                      munin_graph_of(report->check, sample->row)) != 0)
            graph++;
        if (!graphs[graph].names)
            graphs[graph].names = names_create(report->arena);
        fields[i] = field_of(report, sample, graphs[graph].names);
    }
    return fields;
}

static bool is_limit(const char *text, size_t length)
{
    char copy[64];
    double value;
    if (length == 0)
        return true;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return number_read(copy, false, &value);
}

/* "max", ":max", "min:", "min:max". */
static bool is_munin_range(const char *text)
{
    size_t start = strcspn(text, ":");
    const char *end = text[start] == ':' ? text + start + 1 : "";
    return *text && is_limit(text, start) && is_limit(end, strlen(end));
}

static bool add_own_threshold(struct text *text, const char *field, const char *attribute)
{
    struct text variable = TEXT_INIT;
    text_format(&variable, "%s_%s", field, attribute);
    const char *own = getenv(variable.bytes);
    bool given = own && is_munin_range(own);
    if (given)
        text_format(text, "%s.%s %s\n", field, attribute, own);
    text_release(&variable);
    return given;
}

void munin_threshold(struct text *text, const char *field, const char *attribute, const struct range *range)
{
    if (add_own_threshold(text, field, attribute) || !range->given || range->inside ||
        (isinf(range->start) && isinf(range->end)))
        return;
    text_format(text, "%s.%s ", field, attribute);
    if (!isinf(range->start))
        number_write(text, range->start);
    text_add_char(text, ':');
    if (!isinf(range->end))
        number_write(text, range->end);
    text_add_char(text, '\n');
}

/* The folder of "--directory=/var/spool/%", NULL: the option names none. */
static const char *folder_of(const struct munin_link *link, struct arena *arena)
{
    const char *percent = strchr(link->options, '%');
    const char *equal = percent ? memrchr(link->options, '=', (size_t)(percent - link->options)) : NULL;
    if (!equal || equal[1] != '/' || percent[-1] != '/')
        return NULL;
    return arena_text_of(arena, equal + 1, (size_t)(percent - equal - 1));
}

static void suggest_name(struct text *text, const char *name)
{
    for (const char *at = name; *at; at++)
        if (!is_letter(*at) && !is_digit(*at) && !strchr("-.:", *at))
            return;
    if (*name && *name != '.')
        text_format(text, "%s\n", name);
}

static bool can_be_read(int folder, const char *name)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) &&
           faccessat(folder, name, R_OK | X_OK, AT_EACCESS) == 0;
}

static void suggest_folders(const char *path, struct text *text)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (can_be_read(dirfd(folder), entry->d_name))
            suggest_name(text, entry->d_name);
    if (folder)
        (void)closedir(folder);
}

static bool is_first(const struct report *report, size_t index)
{
    const char *instance = report->samples[index].instance;
    for (size_t i = 0; i < index; i++)
        if (report->samples[i].instance && strcmp(report->samples[i].instance, instance) == 0)
            return false;
    return true;
}

void munin_suggest(const struct report *report, const struct munin_call *call, struct text *text)
{
    const char *folder = folder_of(call->link, report->arena);
    if (folder) {
        suggest_folders(folder, text);
        return;
    }
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        if (sample->instance && munin_wants(call, munin_graph_of(report->check, sample->row)) &&
            is_first(report, i))
            suggest_name(text, sample->instance);
    }
}
