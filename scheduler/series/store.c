/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/series/store.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "scheduler/series/definition.h"

#include <errno.h>
#include <math.h>
#include <rrd.h>
#include <rrd_client.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const int64_t first_stamp = INT64_C(315532800000); /* librrd's own limit, 1980 */
static const double whole_most = 9.2e18;                  /* beyond it a counter does not fit 64 bits */

static bool rrd_fault(struct error *error, const char *path)
{
    const char *reason = rrd_get_error();
    error_set(error, "\"%s\": %s", path, reason && *reason ? reason : "librrd gave no reason");
    rrd_clear_error();
    return false;
}

/* "SECONDS.MILLIS:VALUE" as librrd reads it, whatever the type. */
static bool add_update(struct text *text, const struct series_row *row, struct error *error)
{
    bool whole = strcmp(row->type, "COUNTER") == 0 || strcmp(row->type, "DERIVE") == 0;
    double value = whole ? nearbyint(row->value) : row->value;
    if (row->at < first_stamp)
        return error_set(error, "\"%s\": a value of before 1980 is not stored", row->path);
    if (isinf(value) || (whole && fabs(value) > whole_most) ||
        (strcmp(row->type, "COUNTER") == 0 && value < 0))
        return error_set(error, "\"%s\": %g cannot be the value of a %s", row->path, value, row->type);
    text_format(text, "%lld.%03lld:", (long long)(row->at / 1000), (long long)(row->at % 1000));
    if (isnan(value))
        text_add(text, "U");
    else if (whole)
        text_format(text, "%.0f", value);
    else
        text_format(text, "%.15g", value);
    return true;
}

/* The folders of the file, below the directory of all. */
static bool make_folders(const char *directory, char *path, struct error *error)
{
    for (char *slash = strchr(path + strlen(directory) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, 0750) == 0 || errno == EEXIST;
        if (!ok)
            error_set(error, "the folder \"%s\" cannot be made: %s", path, strerror(errno));
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static bool is_full(const char *directory)
{
    struct statvfs room;
    return statvfs(directory, &room) == 0 && room.f_bavail == 0;
}

static bool create(const struct store *store, const struct series_row *row, const char *path, bool from_old,
                   struct error *error)
{
    struct definition definition;
    const char *sources[] = {path, NULL};
    definition_make(&definition, row);
    /* The same words, which C does not let go as constant ones. */
    const char **words = (void *)definition.words;
    rrd_clear_error();
    /* One step ago, so that this first value counts already; -1: as the old file says. */
    time_t start = from_old ? (time_t)-1 : (time_t)(row->at / 1000 - (int64_t)definition.step);
    bool ok = rrd_create_r2(path, definition.step, start, from_old ? 0 : 1, from_old ? sources : NULL, NULL,
                            (int)definition.count, words) == 0;
    definition_release(&definition);
    /* A full disk is a failure without a reason to librrd, and errno tells of its clearing up. */
    if (!ok && !rrd_test_error() && is_full(store->directory))
        return error_set(error, "\"%s\": %s", row->path, strerror(ENOSPC));
    return ok || rrd_fault(error, row->path);
}

static bool tune(const struct series_row *row, const char *path, struct error *error)
{
    struct definition limits;
    char *program = memory_text("tune"), *file = memory_text(path);
    char *words[2 + DEFINITION_WORDS] = {program, file}; /* librrd changes their order */
    definition_limits(&limits, row);
    memcpy(words + 2, limits.words, limits.count * sizeof limits.words[0]);
    rrd_clear_error();
    bool ok = rrd_tune((int)limits.count + 2, words) == 0;
    definition_release(&limits);
    free(program);
    free(file);
    return ok || rrd_fault(error, row->path);
}

static bool connected(const struct store *store)
{
    return store->rrdcached && (rrdc_is_connected(store->rrdcached) || rrdc_connect(store->rrdcached) == 0);
}

/* rrdcached must not go on with what it remembers of a file that was changed. */
static bool convert(const struct store *store, const struct series_row *row, const char *path,
                    enum definition_match match, struct error *error)
{
    bool cached = connected(store);
    if (cached)
        (void)rrdc_flush(path);
    bool ok = match == DEFINITION_LIMITS ? tune(row, path, error) : create(store, row, path, true, error);
    if (cached)
        (void)rrdc_forget(path);
    return ok;
}

/* Whether the file is there as it should be, after making or converting it. */
static bool settle(const struct store *store, const struct series_row *row, char *path, struct error *error)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return make_folders(store->directory, path, error) && create(store, row, path, false, error);
    rrd_clear_error();
    rrd_info_t *info = rrd_info_r(path);
    if (!info)
        return rrd_fault(error, row->path);
    enum definition_match match = definition_compare(info, row);
    rrd_info_free(info);
    return match == DEFINITION_SAME || convert(store, row, path, match, error);
}

static bool update(const struct store *store, const char *path, const char *text)
{
    rrd_clear_error();
    if (connected(store)) {
        if (rrdc_update(path, 1, &text) == 0)
            return true;
        /* librrd does not say whether the value or the connection was at fault: a new connection shows it. */
        (void)rrdc_disconnect();
        rrd_clear_error();
        if (connected(store))
            return rrdc_update(path, 1, &text) == 0;
    }
    rrd_clear_error();
    return rrd_update_r(path, NULL, 1, &text) == 0;
}

bool store_row(struct store *store, const struct series_row *row, struct error *error)
{
    struct text path = TEXT_INIT, text = TEXT_INIT;
    uint64_t file = hash_text(HASH_START, row->path), definition = definition_hash(row);
    text_format(&path, "%s/%s", store->directory, row->path);
    bool ok = definition_check(row, error) && add_update(&text, row, error);
    bool fresh = ok && !known_has(&store->known, file, definition);
    if (fresh) {
        ok = settle(store, row, path.bytes, error);
        if (ok)
            known_set(&store->known, file, definition);
    }
    if (ok && !update(store, path.bytes, text.bytes)) {
        struct error reason;
        ok = rrd_fault(&reason, row->path);
        /* Somebody may have taken the file away: look at it again, once. */
        if (!fresh && access(path.bytes, F_OK) != 0)
            ok = settle(store, row, path.bytes, &reason) &&
                 (update(store, path.bytes, text.bytes) || rrd_fault(&reason, row->path));
        if (!ok)
            *error = reason;
    }
    text_release(&path);
    text_release(&text);
    return ok;
}
