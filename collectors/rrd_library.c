/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rrd_library.h"

#include "collectors/library.h"

#include <pthread.h>
#include <stddef.h>

#define ROW(name) {#name, offsetof(struct rrd_library, name)},

static const struct library_function functions[] = {RRD_FUNCTIONS(ROW){NULL, 0}};

/* The exception to "no mutable globals": what the dynamic loader holds is one for the process anyway. It is written
 * under the once and only read after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct rrd_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    static const struct library_file file = {
        .file = "librrd.so.8", .title = "librrd", .functions = functions};
    library.loaded = library_load(&file, &library.table, &library.error);
}

const struct rrd_library *rrd_library_get(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}
