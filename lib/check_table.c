/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes of a check's tables. */
#include "lib/check.h"

#include "lib/range.h"
#include "lib/standard.h"

static bool test_name(const char *name, struct error *error)
{
    const char *at = name;
    while ((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '_')
        at++;
    if (*name < 'a' || *name > 'z' || *at != '\0')
        return error_set(error, "not a name for a metric: \"%s\"", name);
    return true;
}

static bool test_default(const struct metric_row *row, const char *text, struct error *error)
{
    struct range range;
    if (text && !range_read(text, &range, error))
        return error_prefix(error, "metric \"%s\"", row->name);
    return true;
}

/* At most one "%s", and no other "%". */
static bool test_label(const struct metric_row *row, struct error *error)
{
    const char *percent = row->label ? strchr(row->label, '%') : NULL;
    if (percent && (percent[1] != 's' || strchr(percent + 1, '%')))
        return error_set(error, "metric \"%s\" has a label that is no pattern", row->name);
    return true;
}

static bool test_unit(const struct metric_row *row, struct error *error)
{
    if (row->unit && strpbrk(row->unit, "0123456789_ =;'\"|"))
        return error_set(error, "metric \"%s\" has a unit that no reader takes: \"%s\"", row->name,
                         row->unit);
    return true;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool test_others(const struct metric_row *rows, const struct metric_row *row, struct error *error)
{
    bool negative_found = !row->negative;
    for (const struct metric_row *other = rows; other->name; other++) {
        negative_found = negative_found || strcmp(row->negative, other->name) == 0;
        if (other != row && strcmp(other->name, row->name) == 0)
            return error_set(error, "metric \"%s\" stands in the table twice", row->name);
        if (row->graph && other->graph && strcmp(row->graph, other->graph) == 0 &&
            !is_same(row->unit, other->unit))
            return error_set(error, "graph \"%s\" mixes units", row->graph);
    }
    return negative_found ||
           error_set(error, "metric \"%s\" has an unknown negative \"%s\"", row->name, row->negative);
}

static bool test_metric(const struct metric_row *rows, const struct metric_row *row, struct error *error)
{
    if (!test_name(row->name, error) || !test_label(row, error) || !test_unit(row, error) ||
        !test_default(row, row->warning, error) || !test_default(row, row->critical, error))
        return false;
    if (!row->help || *row->help == '\0')
        return error_set(error, "metric \"%s\" has no help", row->name);
    if (row->has_min && row->has_max && row->min > row->max)
        return error_set(error, "metric \"%s\" has its minimum above its maximum", row->name);
    return test_others(rows, row, error);
}

/* A row without a name ends the table; one that says more than that is a row whose name was forgotten. */
static bool test_end(const struct metric_row *row, struct error *error)
{
    if (row->help || row->unit || row->label || row->warning || row->critical || row->graph)
        return error_set(error, "a metric has no name");
    return true;
}

static bool test_check(const struct check *check, struct error *error)
{
    if (!check->name || !check->title || !check->summary || !check->measure)
        return error_set(error, "the check lacks a name, a title, a summary or a measure");
    if (check->options && check->args_size == 0)
        return error_set(error, "the check has options and no arguments");
    return true;
}

bool check_self_test(const struct check *check, struct error *error)
{
    struct standard standard;
    struct option_set sets[1 + STANDARD_TABLES];
    size_t count = 0;
    if (!test_check(check, error))
        return false;
    if (check->options)
        sets[count++] = (struct option_set){check->options, NULL};
    count += standard_sets(&standard, check->collects, sets + count);
    if (!option_self_test(sets, count, error))
        return false;
    const struct metric_row *row = check->metrics;
    for (; row && row->name; row++)
        if (!test_metric(check->metrics, row, error))
            return false;
    if (check->listed > (size_t)(row - check->metrics))
        return error_set(error, "a list of ranges is for more metrics than there are");
    return !row || test_end(row, error);
}
