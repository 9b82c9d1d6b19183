/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/http_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
        "curl_" #member, offsetof(struct http_library, member)                                               \
    }

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    FUNCTION(global_init),  FUNCTION(easy_init),    FUNCTION(easy_setopt),
    FUNCTION(easy_perform), FUNCTION(easy_getinfo), FUNCTION(easy_strerror),
    FUNCTION(easy_cleanup), FUNCTION(slist_append), FUNCTION(slist_free_all),
};

/* The exception to "no mutable globals": what the dynamic loader holds is one for the process anyway, and
 * curl_global_init wants to be called once. It is written under the once and only read after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct http_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        (void)error_set(&library.error, "cannot load libcurl: %s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *found = dlsym(handle, functions[i].name);
        if (!found) {
            (void)error_set(&library.error, "libcurl lacks \"%s\"", functions[i].name);
            return;
        }
        /* ISO C has no cast from void * to a function; POSIX promises that the bytes are the same. */
        memcpy((char *)&library.table + functions[i].offset, &found, sizeof found);
    }
    CURLcode code = library.table.global_init(CURL_GLOBAL_DEFAULT);
    library.loaded = code == CURLE_OK;
    if (code != CURLE_OK)
        (void)error_set(&library.error, "cannot initialise libcurl: %s", library.table.easy_strerror(code));
}

const struct http_library *http_library_get(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}
