/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `[METRIC=]RANGE` of the command line. */
#include "lib/judge.h"

#include "lib/nearest.h"

static bool is_name_start(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static const struct metric_row *find_metric(const struct report *report, const char *name,
                                            struct error *error)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < report->metrics; i++) {
        const struct metric_row *row = &report->check->metrics[i];
        if (strcmp(row->name, name) == 0)
            return row;
        nearest_try(&nearest, row->name);
    }
    if (nearest.name)
        (void)error_set(error, "unknown metric \"%s\", the nearest is \"%s\"", name, nearest.name);
    else
        (void)error_set(error, "unknown metric \"%s\"", name);
    return NULL;
}

/* Where "NAME=" or "NAME[INSTANCE]=" ends; an instance may hold any character, so its end is the last "]=".
 */
static const char *find_equal(const char *text, const char **bracket)
{
    *bracket = NULL;
    if (!is_name_start(*text))
        return NULL;
    const char *open = strpbrk(text, "[=");
    if (!open || *open == '=')
        return open;
    const char *equal = NULL;
    for (const char *at = strstr(open, "]="); at; at = strstr(at + 1, "]="))
        equal = at + 1;
    *bracket = equal ? open : NULL;
    return equal;
}

static bool read_one(struct report *report, const char *text, struct threshold *threshold,
                     struct error *error)
{
    const char *bracket;
    const char *equal = find_equal(text, &bracket);
    const char *range = equal ? equal + 1 : text;
    struct arena *arena = report->arena;
    if (equal) {
        const char *end = bracket ? bracket : equal;
        threshold->row = find_metric(report, arena_text_of(arena, text, (size_t)(end - text)), error);
        if (bracket)
            threshold->instance = arena_text_of(arena, bracket + 1, (size_t)(equal - bracket - 2));
    } else if (report->metrics == 0) {
        return error_set(error, "this check has no metric to compare: \"%s\"", text);
    } else {
        threshold->row = &report->check->metrics[0];
    }
    threshold->bound.text = arena_text(arena, range);
    return threshold->row && range_read(range, &threshold->bound.range, error);
}

/* "5,4,3" of check_load, "100,20%" of check_ping: parts in the order of the first metrics. */
static bool is_list(const struct report *report, const char *text)
{
    const char *bracket;
    return report->check->listed > 1 && strchr(text, ',') && !find_equal(text, &bracket);
}

static bool read_list(struct report *report, const char *text, bool is_critical, struct error *error)
{
    struct arena *arena = report->arena;
    size_t metric = 0;
    for (const char *part = text;; metric++) {
        const struct metric_row *row = &report->check->metrics[metric];
        struct threshold threshold = {.is_critical = is_critical, .row = row};
        size_t length = strcspn(part, ",");
        bool percent = length > 0 && part[length - 1] == '%' && row->unit && strcmp(row->unit, "%") == 0;
        threshold.bound.text = arena_text_of(arena, part, percent ? length - 1 : length);
        if (metric == report->check->listed)
            return error_set(error, "more ranges than the %zu that a list has: \"%s\"", metric, text);
        if (!range_read(threshold.bound.text, &threshold.bound.range, error))
            return false;
        if (length > 0)
            report->thresholds[report->threshold_count++] = threshold;
        if (part[length] == '\0')
            return true;
        part += length + 1;
    }
}

bool judge_read(struct report *report, const struct option_list *list, bool is_critical, struct error *error)
{
    size_t room = report->threshold_count + list->count * (report->check->listed + 1);
    struct threshold *grown = arena_get(report->arena, room + 1, sizeof *grown);
    if (report->threshold_count)
        memcpy(grown, report->thresholds, report->threshold_count * sizeof *grown);
    report->thresholds = grown;
    for (size_t i = 0; i < list->count; i++) {
        struct threshold threshold = {.is_critical = is_critical};
        if (is_list(report, list->items[i])) {
            if (!read_list(report, list->items[i], is_critical, error))
                return error_prefix(error, "--%s", is_critical ? "critical" : "warning");
            continue;
        }
        if (!read_one(report, list->items[i], &threshold, error))
            return error_prefix(error, "--%s", is_critical ? "critical" : "warning");
        report->thresholds[report->threshold_count++] = threshold;
    }
    return true;
}
