/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/mail/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* libesmtp tells nothing of a handshake that failed: the reason is caught where it is known. */
static int note_fault(int accepted, X509_STORE_CTX *chain)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct error *fault = ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;
    if (!accepted && fault)
        error_set(fault, "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain)));
    return accepted;
}

static bool set_name(SSL_CTX *context, const char *host)
{
    X509_VERIFY_PARAM *rules = SSL_CTX_get0_param(context);
    struct in_addr address;
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return inet_pton(AF_INET, host, &address) == 1 ? X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1
                                                   : X509_VERIFY_PARAM_set1_host(rules, host, 0) == 1;
}

static bool set_authorities(SSL_CTX *context, const char *file, struct error *error)
{
    if (!file)
        return SSL_CTX_set_default_verify_paths(context) == 1 ||
               error_set(error, "the system's certificate authorities cannot be read");
    if (SSL_CTX_load_verify_locations(context, file, NULL) == 1)
        return true;
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return error_set(error, "the authorities in \"%s\" cannot be used: %s", file,
                     reason ? reason : "no certificate in it");
}

SSL_CTX *tls_context(const struct order *order, struct error *fault, struct error *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    bool ok = context != NULL || error_set(error, "no memory for tls");
    /* With TLS 1.3 a session ticket that comes at the wrong moment makes libesmtp wait for its timeout. */
    ok = ok &&
         ((SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1 && set_name(context, order->host)) ||
          error_set(error, "tls cannot be set up for \"%s\"", order->host));
    ok = ok && set_authorities(context, order->ca_file, error);
    if (ok) {
        SSL_CTX_set_app_data(context, fault);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_fault);
    } else {
        SSL_CTX_free(context);
        context = NULL;
    }
    return context;
}
