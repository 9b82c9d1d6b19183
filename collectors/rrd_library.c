/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rrd_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define ROW(name) {#name, offsetof(struct rrd_library, name)},

static const struct {
    const char *name;
    size_t offset;
} functions[] = {RRD_FUNCTIONS(ROW)};

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
    void *handle = dlopen("librrd.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        (void)error_set(&library.error, "cannot load librrd: %s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *found = dlsym(handle, functions[i].name);
        if (!found) {
            (void)error_set(&library.error, "librrd lacks \"%s\"", functions[i].name);
            return;
        }
        /* ISO C has no cast from void * to a function; POSIX promises that the bytes are the same. */
        memcpy((char *)&library.table + functions[i].offset, &found, sizeof found);
    }
    library.loaded = true;
}

const struct rrd_library *rrd_library_get(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}
