/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/series/definition.h"

#include "lib/hash.h"
#include "lib/memory.h"

#include <math.h>

enum { ROWS_MOST = 32 << 20 }; /* 8 bytes each: 256 MB */

static const char *const functions[] = {"AVERAGE", "MAX", "MIN"};

static int64_t seconds(int64_t milliseconds)
{
    return milliseconds < 1000 ? 1 : (milliseconds + 500) / 1000;
}

/* How many steps make one row of an archive, and how many rows it has. */
static void shape(const struct series_row *row, size_t index, int64_t *steps, int64_t *rows)
{
    const struct series_archive *archive = &row->archives[index];
    int64_t step = seconds(row->step), every = seconds(archive->every), keep = seconds(archive->keep);
    *steps = every <= step ? 1 : (every + step / 2) / step;
    *rows = (keep + *steps * step - 1) / (*steps * step);
}

bool definition_check(const struct series_row *row, struct error *error)
{
    static const char *const types[] = {"GAUGE", "COUNTER", "DERIVE", "ABSOLUTE"};
    int64_t total = 0;
    bool ok = false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        ok = ok || strcmp(row->type, types[i]) == 0;
    if (!ok)
        return error_set(error, "\"%s\": a series cannot be a \"%s\"", row->path, row->type);
    if (row->step <= 0 || row->heartbeat <= 0 || row->archive_count == 0)
        return error_set(error, "\"%s\": a series needs a step, a heartbeat and an archive", row->path);
    for (size_t i = 0; i < row->archive_count && total <= ROWS_MOST; i++) {
        int64_t steps, rows;
        if (row->archives[i].keep <= 0)
            return error_set(error, "\"%s\": an archive keeps nothing", row->path);
        shape(row, i, &steps, &rows);
        total += rows * 3;
    }
    return total <= ROWS_MOST ||
           error_set(error, "\"%s\": its archives would have more than %d rows", row->path, ROWS_MOST);
}

/* Rates of what only grows cannot be below zero. */
static double least(const struct series_row *row)
{
    bool grows = strcmp(row->type, "COUNTER") == 0 || strcmp(row->type, "DERIVE") == 0;
    return isfinite(row->min) ? row->min : grows ? 0 : (double)NAN;
}

/* librrd refuses a maximum that is not above the minimum. */
static double most(const struct series_row *row)
{
    double low = least(row);
    return isfinite(row->max) && (isnan(low) || row->max > low) ? row->max : (double)NAN;
}

static void add_bound(struct text *text, double bound)
{
    if (isnan(bound))
        text_add(text, ":U");
    else
        text_format(text, ":%.10g", bound);
}

void definition_make(struct definition *definition, const struct series_row *row)
{
    struct text word = TEXT_INIT;
    definition->step = (unsigned long)seconds(row->step);
    definition->count = 0;
    text_format(&word, "DS:value:%s:%lld", row->type, (long long)seconds(row->heartbeat));
    add_bound(&word, least(row));
    add_bound(&word, most(row));
    definition->words[definition->count++] = text_take(&word);
    for (size_t i = 0; i < row->archive_count; i++) {
        int64_t steps, rows;
        shape(row, i, &steps, &rows);
        for (size_t k = 0; k < 3; k++) {
            text_format(&word, "RRA:%s:0.5:%lld:%lld", functions[k], (long long)steps, (long long)rows);
            definition->words[definition->count++] = text_take(&word);
        }
    }
}

void definition_release(struct definition *definition)
{
    for (size_t i = 0; i < definition->count; i++)
        free(definition->words[i]);
    definition->count = 0;
}

static const rrd_info_t *member(const rrd_info_t *info, const char *key)
{
    while (info && strcmp(info->key, key) != 0)
        info = info->next;
    return info;
}

static bool counts(const rrd_info_t *info, const char *key, int64_t value)
{
    info = member(info, key);
    return info && info->type == RD_I_CNT && info->value.u_cnt == (unsigned long)value;
}

static bool says(const rrd_info_t *info, const char *key, const char *value)
{
    info = member(info, key);
    return info && info->type == RD_I_STR && strcmp(info->value.u_str, value) == 0;
}

static bool bounds(const rrd_info_t *info, const char *key, double value)
{
    info = member(info, key);
    double found = info && info->type == RD_I_VAL ? info->value.u_val : (double)NAN;
    return isnan(value) ? isnan(found) : fabs(found - value) <= fabs(value) * 1e-9;
}

static bool matches_archive(const rrd_info_t *info, const struct series_row *row, size_t index)
{
    int64_t steps, rows;
    bool same = true;
    shape(row, index, &steps, &rows);
    for (size_t k = 0; same && k < 3; k++) {
        struct text key = TEXT_INIT;
        size_t place = index * 3 + k;
        text_format(&key, "rra[%zu].cf", place);
        same = says(info, key.bytes, functions[k]);
        text_clear(&key);
        text_format(&key, "rra[%zu].pdp_per_row", place);
        same = same && counts(info, key.bytes, steps);
        text_clear(&key);
        text_format(&key, "rra[%zu].rows", place);
        same = same && counts(info, key.bytes, rows);
        text_release(&key);
    }
    return same;
}

enum definition_match definition_compare(const rrd_info_t *info, const struct series_row *row)
{
    bool same = counts(info, "step", seconds(row->step)) && says(info, "ds[value].type", row->type);
    for (size_t i = 0; same && i < row->archive_count; i++)
        same = matches_archive(info, row, i);
    struct text beyond = TEXT_INIT;
    text_format(&beyond, "rra[%zu].cf", (size_t)row->archive_count * 3);
    same = same && !member(info, beyond.bytes);
    text_release(&beyond);
    if (!same)
        return DEFINITION_OTHER;
    return counts(info, "ds[value].minimal_heartbeat", seconds(row->heartbeat)) &&
                   bounds(info, "ds[value].min", least(row)) && bounds(info, "ds[value].max", most(row))
               ? DEFINITION_SAME
               : DEFINITION_LIMITS;
}

void definition_limits(struct definition *definition, const struct series_row *row)
{
    struct text word = TEXT_INIT;
    definition->step = (unsigned long)seconds(row->step);
    definition->count = 0;
    text_format(&word, "--heartbeat=value:%lld", (long long)seconds(row->heartbeat));
    definition->words[definition->count++] = text_take(&word);
    text_add(&word, "--minimum=value");
    add_bound(&word, least(row));
    definition->words[definition->count++] = text_take(&word);
    text_add(&word, "--maximum=value");
    add_bound(&word, most(row));
    definition->words[definition->count++] = text_take(&word);
}

uint64_t definition_hash(const struct series_row *row)
{
    const double bounds_of[] = {least(row), most(row)};
    const int64_t times[] = {row->step, row->heartbeat};
    uint64_t hash = hash_text(HASH_START, row->type);
    hash = hash_bytes(hash, bounds_of, sizeof bounds_of);
    hash = hash_bytes(hash, times, sizeof times);
    return hash_bytes(hash, row->archives, row->archive_count * sizeof row->archives[0]);
}
