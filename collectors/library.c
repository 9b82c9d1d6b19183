/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/library.h"

#include <dlfcn.h>
#include <string.h>

void library_ahead(const char *file)
{
    (void)dlopen(file, RTLD_LAZY | RTLD_LOCAL);
}

bool library_load(const struct library_file *library, void *table, struct error *error)
{
    void *handle = dlopen(library->file, (library->lazy ? RTLD_LAZY : RTLD_NOW) | RTLD_LOCAL);
    if (!handle)
        return error_set(error, "cannot load %s: %s", library->title, dlerror());
    for (const struct library_function *function = library->functions; function->name; function++) {
        void *found = dlsym(handle, function->name);
        if (!found)
            return error_set(error, "%s lacks \"%s\"", library->title, function->name);
        /* ISO C has no cast from void * to a function; POSIX promises that the bytes are the same. */
        memcpy((char *)table + function->offset, &found, sizeof found);
    }
    return true;
}
