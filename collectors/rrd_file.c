/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rrd_file.h"

#include "collectors/rrd_header.h"
#include "collectors/rrd_library.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t size_cap = INT64_C(1) << 30;
static const int64_t latest = INT64_C(100000000000); /* epoch seconds: in three thousand years */

/* ---- may librrd see it? ---- */

static bool check_bytes(int file, uint64_t size, struct error *error)
{
    char *head = memory_get(RRD_HEADER_CAP, 1);
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < RRD_HEADER_CAP) {
        got = read(file, head + length, RRD_HEADER_CAP - length);
        length += got > 0 ? (size_t)got : 0;
    }
    bool ok = got < 0 ? error_set(error, "%s", strerror(errno)) : rrd_header_check(head, length, size, error);
    free(head);
    return ok;
}

static bool check_file(const char *path, struct error *error)
{
    struct stat found;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO does not hold us */
    if (file < 0)
        return error_set(error, "\"%s\": %s", path, strerror(errno));
    bool ok = false;
    if (fstat(file, &found) != 0)
        (void)error_set(error, "%s", strerror(errno));
    else if (!S_ISREG(found.st_mode))
        (void)error_set(error, "not a regular file");
    else if (found.st_size > size_cap)
        (void)error_set(error, "it has %lld bytes, more than the %lld that are read",
                        (long long)found.st_size, (long long)size_cap);
    else
        ok = check_bytes(file, (uint64_t)found.st_size, error);
    (void)close(file);
    return ok || error_prefix(error, "\"%s\"", path);
}

static bool library_fault(const struct rrd_library *library, const char *path, struct error *error)
{
    const char *reason = library->rrd_get_error();
    return error_set(error, "\"%s\": %s", path, reason && *reason ? reason : "librrd gave no reason");
}

/* ---- what it says about itself ---- */

/* "ds[NAME].KEY" or "rra[3].KEY": where the bracket's text begins; NULL: another key. */
static const char *bracket(const char *key, const char *kind, const char *member, size_t *length)
{
    size_t head = strlen(kind), tail = strlen(member), whole = strlen(key);
    if (whole <= head + tail || memcmp(key, kind, head) != 0 || strcmp(key + whole - tail, member) != 0)
        return NULL;
    *length = whole - head - tail;
    return key + head;
}

static void take_archive(struct rrd_file *file, const rrd_info_t *row)
{
    size_t length;
    struct rrd_archive *newest = file->archive_count ? &file->archives[file->archive_count - 1] : NULL;
    if (newest && bracket(row->key, "rra[", "].rows", &length) && row->type == RD_I_CNT)
        newest->rows = (int64_t)row->value.u_cnt;
    else if (newest && bracket(row->key, "rra[", "].pdp_per_row", &length) && row->type == RD_I_CNT)
        newest->step = (int64_t)row->value.u_cnt * file->step;
}

static void take_source(struct rrd_file *file, const rrd_info_t *row, struct arena *arena, struct text *names)
{
    size_t length;
    const char *name = bracket(row->key, "ds[", "].minimal_heartbeat", &length);
    if (!name || row->type != RD_I_CNT)
        return;
    text_format(names, "%s\"%.*s\"", names->length ? ", " : "", (int)length, name);
    if (file->source && (strlen(file->source) != length || memcmp(file->source, name, length) != 0))
        return;
    file->source = arena_text_of(arena, name, length);
    file->heartbeat = (int64_t)row->value.u_cnt;
}

/* ${names}: the sources that there are, for whoever asks for another. */
static void take_info(struct rrd_file *file, const rrd_info_t *info, struct arena *arena, struct text *names)
{
    size_t length, room = 0;
    for (const rrd_info_t *row = info; row; row = row->next)
        room += bracket(row->key, "rra[", "].cf", &length) != NULL;
    file->archives = arena_get(arena, room + 1, sizeof *file->archives);
    for (const rrd_info_t *row = info; row; row = row->next) {
        if (strcmp(row->key, "step") == 0 && row->type == RD_I_CNT)
            file->step = (int64_t)row->value.u_cnt;
        else if (strcmp(row->key, "last_update") == 0 && row->type == RD_I_CNT)
            file->last = (int64_t)row->value.u_cnt;
        else if (bracket(row->key, "rra[", "].cf", &length) && row->type == RD_I_STR)
            file->archives[file->archive_count++].function = arena_text(arena, row->value.u_str);
        take_source(file, row, arena, names);
        take_archive(file, row);
    }
}

static bool choose_source(const struct rrd_file *file, const char *wanted, const char *names,
                          struct error *error)
{
    if (wanted && file->heartbeat == 0)
        return error_set(error, "\"%s\": no data source \"%s\"; it has %s", file->path, wanted, names);
    if (!wanted && strstr(names, "\", \""))
        return error_set(error, "\"%s\": which data source? It has %s", file->path, names);
    return file->source != NULL || error_set(error, "\"%s\": no data source", file->path);
}

/* Times that everything here can reckon with. */
static bool check_times(const struct rrd_file *file, struct error *error)
{
    if (file->last < 0 || file->last > latest)
        return error_set(error, "\"%s\": a damaged RRD file: it says that its last update was at %lld",
                         file->path, (long long)file->last);
    return (file->heartbeat > 0 && file->heartbeat <= latest) ||
           error_set(error, "\"%s\": a damaged RRD file: it says that its heartbeat is %lld s", file->path,
                     (long long)file->heartbeat);
}

bool rrd_file_open(struct rrd_file *file, const char *path, const char *source, struct arena *arena,
                   struct error *error)
{
    *file = (struct rrd_file){.path = arena_text(arena, path), .source = arena_text(arena, source)};
    const struct rrd_library *library = rrd_library_get(error);
    if (!library || !check_file(path, error))
        return false;
    library->rrd_clear_error();
    rrd_info_t *info = library->rrd_info_r(path);
    if (!info)
        return library_fault(library, path, error);
    struct text names = TEXT_INIT;
    take_info(file, info, arena, &names);
    library->rrd_info_free(info);
    bool ok = choose_source(file, source, names.bytes, error) && check_times(file, error);
    text_release(&names);
    return ok;
}

bool rrd_file_has(const struct rrd_file *file, const char *function)
{
    bool found = false;
    for (size_t i = 0; i < file->archive_count; i++)
        found = found || strcmp(file->archives[i].function, function) == 0;
    return found;
}

/* ---- its values ---- */

/* What librrd gave. */
struct fetched {
    time_t start, end;
    unsigned long step, sources;
    char **names;
    rrd_value_t *data;
};

/* The oldest instant that an archive of the function still holds. librrd makes room for all that it is asked for, not
 * only for what there is. */
static int64_t oldest(const struct rrd_file *file, const char *function)
{
    int64_t found = INT64_MAX;
    for (size_t i = 0; i < file->archive_count; i++) {
        const struct rrd_archive *archive = &file->archives[i];
        int64_t begin = file->last - file->last % archive->step - archive->step * archive->rows;
        if (strcmp(archive->function, function) == 0 && begin < found)
            found = begin;
    }
    return found;
}

static void take_values(const struct fetched *fetched, const char *source, int64_t start, int64_t end,
                        struct rrd_values *values, struct arena *arena)
{
    size_t column = 0;
    for (size_t i = 0; i < fetched->sources; i++)
        if (strcmp(fetched->names[i], source) == 0)
            column = i;
    int64_t step = (int64_t)fetched->step;
    size_t rows = (size_t)((fetched->end - fetched->start) / step);
    values->step = step;
    values->start = start;
    values->values = arena_get(arena, rows + 1, sizeof *values->values);
    for (size_t i = 0; i < rows; i++) {
        int64_t at = fetched->start + (int64_t)(i + 1) * step;
        if (at <= start || at > end)
            continue;
        if (values->count == 0)
            values->start = at - step;
        double value = fetched->data[i * fetched->sources + column];
        values->values[values->count++] = isfinite(value) ? value : (double)NAN;
    }
}

static void fetched_release(const struct rrd_library *library, struct fetched *fetched)
{
    for (size_t i = 0; i < fetched->sources; i++)
        library->rrd_freemem(fetched->names[i]);
    library->rrd_freemem(fetched->names);
    library->rrd_freemem(fetched->data);
}

bool rrd_file_read(const struct rrd_file *file, const char *function, int64_t start, int64_t end,
                   struct rrd_values *values, struct arena *arena, struct error *error)
{
    *values = (struct rrd_values){.start = start, .step = file->step};
    if (!rrd_file_has(file, function))
        return error_set(error, "\"%s\": no archive of %s", file->path, function);
    const struct rrd_library *library = rrd_library_get(error);
    int64_t first = oldest(file, function);
    int64_t from = start > first ? start : first, to = end < file->last ? end : file->last;
    struct fetched fetched = {.start = from, .end = to, .step = (unsigned long)file->step};
    if (!library)
        return false;
    if (to > from) {
        library->rrd_clear_error();
        if (library->rrd_fetch_r(file->path, function, &fetched.start, &fetched.end, &fetched.step,
                                 &fetched.sources, &fetched.names, &fetched.data) != 0)
            return library_fault(library, file->path, error);
        take_values(&fetched, file->source, from, to, values, arena);
        fetched_release(library, &fetched);
    }
    if (start < first)
        values->missing = (size_t)(((end < first ? end : first) - start) / values->step);
    return true;
}
