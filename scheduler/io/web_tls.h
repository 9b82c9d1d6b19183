/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificate that the listener shows, and its key. Together with web.c the one door to GnuTLS, which is what
 * libmicrohttpd speaks TLS with. */
#ifndef WATCHBILL_IO_WEB_TLS_H
#define WATCHBILL_IO_WEB_TLS_H

#include "lib/error.h"

#include <gnutls/abstract.h>

struct web_tls;

/* TLS 1.2 and 1.3, and no key exchange whose recordings a key that is stolen later would open. */
#define WEB_TLS_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

/* web_tls_read(certificate, key, error): PEM files: the certificate with those that lead to its authority behind it, and
 * its key, not encrypted. NULL with a sentence that names the file when one cannot be read, is open to everyone (the
 * key), or when they do not belong together. */
struct web_tls *web_tls_read(const char *certificate, const char *key, struct error *error);
void web_tls_free(struct web_tls *tls); /* NULL is allowed */

/* web_tls_give(tls, certificates, count, key): copies for one handshake, which GnuTLS frees; it may last longer than
 * ${tls}. */
bool web_tls_give(const struct web_tls *tls, gnutls_pcert_st **certificates, unsigned *count,
                  gnutls_privkey_t *key);

#endif
