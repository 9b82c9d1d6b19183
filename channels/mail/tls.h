/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TLS rules of the mail channel: version 1.2, a chain to a known authority, the server's name. */
#ifndef WATCHBILL_CHANNELS_MAIL_TLS_H
#define WATCHBILL_CHANNELS_MAIL_TLS_H

#include "channels/mail/order.h"

struct ssl_ctx_st;

/* tls_context(order, fault, error): a context to be freed with SSL_CTX_free; a certificate that is not
 * accepted leaves the reason in ${fault}, which must outlive the context. */
struct ssl_ctx_st *tls_context(const struct order *order, struct error *fault, struct error *error);

#endif
