/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rates.h"

#include "lib/number.h"
#include "lib/rates_file.h"
#include "lib/text.h"

#include <math.h>

struct rates {
    struct arena *arena;
    const char *path;
    const char *(*path_later)(void *owner); /* NULL: `path` is known */
    void *owner;
    bool loaded;
    bool pending;
    struct rates_sample *before; /* in the order of their keys */
    size_t before_count;
    struct rates_sample *now;
    size_t now_count;
};

struct rates *rates_create(struct arena *arena, const char *path)
{
    struct rates *rates = arena_get(arena, 1, sizeof *rates);
    *rates = (struct rates){.arena = arena, .path = arena_text(arena, path)};
    return rates;
}

struct rates *rates_create_later(struct arena *arena, const char *(*path)(void *owner), void *owner)
{
    struct rates *rates = rates_create(arena, NULL);
    rates->path_later = path;
    rates->owner = owner;
    return rates;
}

static const char *path_of(struct rates *rates)
{
    if (rates->path_later)
        rates->path = rates->path_later(rates->owner);
    rates->path_later = NULL;
    return rates->path;
}

static int by_key(const void *a, const void *b)
{
    const struct rates_sample *left = a;
    const struct rates_sample *right = b;
    return strcmp(left->key, right->key);
}

static void load(struct rates *rates)
{
    if (rates->loaded)
        return;
    rates->loaded = true;
    const char *path = path_of(rates);
    rates->before_count = path ? rates_file_read(path, rates->arena, &rates->before) : 0;
    if (rates->before_count)
        qsort(rates->before, rates->before_count, sizeof *rates->before, by_key);
}

static const struct rates_sample *find_before(struct rates *rates, const char *key)
{
    struct rates_sample wanted = {.key = key};
    load(rates);
    if (rates->before_count == 0)
        return NULL;
    return bsearch(&wanted, rates->before, rates->before_count, sizeof wanted, by_key);
}

static void remember(struct rates *rates, const char *key, double value, int64_t now)
{
    if ((rates->now_count & (rates->now_count - 1)) == 0) {
        size_t room = rates->now_count ? rates->now_count * 2 : 1;
        struct rates_sample *grown = arena_get(rates->arena, room, sizeof *grown);
        if (rates->now_count)
            memcpy(grown, rates->now, rates->now_count * sizeof *grown);
        rates->now = grown;
    }
    rates->now[rates->now_count++] = (struct rates_sample){arena_text(rates->arena, key), value, now};
}

/* The sample before of a counter that has not gone down since. */
static const struct rates_sample *step(struct rates *rates, const char *key, double value, int64_t now)
{
    const struct rates_sample *before = find_before(rates, key);
    if (!isfinite(value))
        return NULL;
    remember(rates, key, value, now);
    if (before && value >= before->value)
        return before;
    rates->pending = true;
    return NULL;
}

double rates_per_second(struct rates *rates, const char *key, double value, int64_t now)
{
    const struct rates_sample *before = step(rates, key, value, now);
    if (before && now > before->at)
        return (value - before->value) * 1000 / (double)(now - before->at);
    rates->pending = rates->pending || isfinite(value);
    return (double)NAN;
}

double rates_change(struct rates *rates, const char *key, double value)
{
    const struct rates_sample *before = step(rates, key, value, 0);
    return before ? value - before->value : (double)NAN;
}

bool rates_before(struct rates *rates, const char *key, double value, double *before)
{
    const struct rates_sample *kept = find_before(rates, key);
    remember(rates, key, value, 0);
    if (kept)
        *before = kept->value;
    return kept != NULL;
}

bool rates_kept(struct rates *rates, const char *key, double *kept)
{
    const struct rates_sample *found = find_before(rates, key);
    if (found)
        *kept = found->value;
    return found != NULL;
}

bool rates_kept_next(struct rates *rates, const char *prefix, size_t *at, const char **name, double *kept)
{
    size_t length = strlen(prefix);
    load(rates);
    while (*at < rates->before_count && strncmp(rates->before[*at].key, prefix, length) != 0)
        ++*at;
    if (*at == rates->before_count)
        return false;
    *name = rates->before[*at].key + length;
    *kept = rates->before[*at].value;
    ++*at;
    return true;
}

bool rates_pending(const struct rates *rates)
{
    return rates->pending;
}

bool rates_save(struct rates *rates, struct error *error)
{
    if (rates->now_count == 0)
        return true;
    if (!path_of(rates))
        return error_set(error, "no state file is given");
    return rates_file_write(rates->path, rates->now, rates->now_count, error);
}
