/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/amqp_library.h"

#include "collectors/library.h"

#include <pthread.h>

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
        "amqp_" #member, offsetof(struct amqp_library, member)                                               \
    }

static const struct library_function functions[] = {
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
    {NULL, 0},
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
    static const struct library_file file = {
        .file = "librabbitmq.so.4", .title = "librabbitmq", .functions = functions};
    library.loaded = library_load(&file, &library.table, &library.error);
}

const struct amqp_library *amqp_library_get(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}
