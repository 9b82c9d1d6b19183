/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of librabbitmq that are called here. For collectors/amqp*.c alone. */
#ifndef WATCHBILL_COLLECTORS_AMQP_LIBRARY_H
#define WATCHBILL_COLLECTORS_AMQP_LIBRARY_H

#include "lib/error.h"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

struct amqp_library {
    __typeof__(amqp_new_connection) *new_connection;
    __typeof__(amqp_destroy_connection) *destroy_connection;
    __typeof__(amqp_tcp_socket_new) *tcp_socket_new;
    __typeof__(amqp_ssl_socket_new) *ssl_socket_new;
    __typeof__(amqp_ssl_socket_set_cacert) *ssl_socket_set_cacert;
    __typeof__(amqp_ssl_socket_set_verify_peer) *ssl_socket_set_verify_peer;
    __typeof__(amqp_ssl_socket_set_verify_hostname) *ssl_socket_set_verify_hostname;
    __typeof__(amqp_socket_open_noblock) *socket_open_noblock;
    __typeof__(amqp_set_handshake_timeout) *set_handshake_timeout;
    __typeof__(amqp_set_rpc_timeout) *set_rpc_timeout;
    __typeof__(amqp_login_with_properties) *login_with_properties;
    __typeof__(amqp_send_method) *send_method;
    __typeof__(amqp_simple_wait_frame_noblock) *simple_wait_frame_noblock;
    __typeof__(amqp_basic_publish) *basic_publish;
    __typeof__(amqp_connection_close) *connection_close;
    __typeof__(amqp_error_string2) *error_string2;
};

/* amqp_library_get(error): loaded by the first call; NULL: it cannot be. */
const struct amqp_library *amqp_library_get(struct error *error);

#endif
