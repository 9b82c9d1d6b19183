/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in a certificate, as text. Only the files of collectors/tls know this header. */
#ifndef WATCHBILL_COLLECTORS_TLS_NAMES_H
#define WATCHBILL_COLLECTORS_TLS_NAMES_H

#include "collectors/tls_library.h"
#include "lib/arena.h"

#include <stdint.h>

/* tls_names_of(tls, name, arena): "CN=www.example.org,O=Example". */
const char *tls_names_of(const struct tls_library *tls, const X509_NAME *name, struct arena *arena);

/* tls_names_alternative(tls, certificate, arena): the hosts and addresses that it is for, joined by commas; at most
 * eight of them. */
const char *tls_names_alternative(const struct tls_library *tls, const X509 *certificate,
                                  struct arena *arena);

/* tls_names_instant(tls, time): epoch seconds; 0 for one that cannot be read. */
int64_t tls_names_instant(const struct tls_library *tls, const ASN1_TIME *time);

#endif
