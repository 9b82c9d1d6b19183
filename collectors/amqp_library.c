/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/amqp_library.h"

#include <dlfcn.h>
#include <pthread.h>

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
        "amqp_" #member, offsetof(struct amqp_library, member)                                               \
    }

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    FUNCTION(new_connection),
    FUNCTION(destroy_connection),
    FUNCTION(tcp_socket_new),
    FUNCTION(ssl_socket_new),
    FUNCTION(ssl_socket_set_cacert),
    FUNCTION(ssl_socket_set_verify_peer),
    FUNCTION(ssl_socket_set_verify_hostname),
    FUNCTION(socket_open_noblock),
    FUNCTION(set_handshake_timeout),
    FUNCTION(set_rpc_timeout),
    FUNCTION(login_with_properties),
    FUNCTION(send_method),
    FUNCTION(simple_wait_frame_noblock),
    FUNCTION(basic_publish),
    FUNCTION(connection_close),
    FUNCTION(error_string2),
};

/* Mutable, as what the dynamic loader holds is one for the process anyway: written under the once and only read
 * after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct amqp_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    void *handle = dlopen("librabbitmq.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        (void)error_set(&library.error, "cannot load librabbitmq: %s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *found = dlsym(handle, functions[i].name);
        if (!found) {
            (void)error_set(&library.error, "librabbitmq lacks \"%s\"", functions[i].name);
            return;
        }
        /* ISO C has no cast from void * to a function; POSIX promises that the bytes are the same. */
        memcpy((char *)&library.table + functions[i].offset, &found, sizeof found);
    }
    library.loaded = true;
}

const struct amqp_library *amqp_library_get(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}
