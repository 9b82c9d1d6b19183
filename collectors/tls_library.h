/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSL, loaded when the first check needs it: a program that does not speak TLS does not pay for it. Only the
 * files of collectors/tls know this header. */
#ifndef WATCHBILL_COLLECTORS_TLS_LIBRARY_H
#define WATCHBILL_COLLECTORS_TLS_LIBRARY_H

#include "lib/error.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* The functions that are called, with the types of OpenSSL's headers. */
#define TLS_FUNCTIONS(ROW)                                                                                   \
    ROW(TLS_client_method)                                                                                   \
    ROW(SSL_CTX_new)                                                                                         \
    ROW(SSL_CTX_free)                                                                                        \
    ROW(SSL_CTX_set_default_verify_paths)                                                                    \
    ROW(SSL_CTX_load_verify_locations)                                                                       \
    ROW(SSL_CTX_set_verify)                                                                                  \
    ROW(SSL_new)                                                                                             \
    ROW(SSL_free)                                                                                            \
    ROW(SSL_set_fd)                                                                                          \
    ROW(SSL_ctrl)                                                                                            \
    ROW(SSL_get0_param)                                                                                      \
    ROW(SSL_connect)                                                                                         \
    ROW(SSL_shutdown)                                                                                        \
    ROW(SSL_get_error)                                                                                       \
    ROW(SSL_get_version)                                                                                     \
    ROW(SSL_version)                                                                                         \
    ROW(SSL_get_current_cipher)                                                                              \
    ROW(SSL_CIPHER_get_name)                                                                                 \
    ROW(SSL_get_peer_cert_chain)                                                                             \
    ROW(SSL_set_ex_data)                                                                                     \
    ROW(SSL_get_ex_data)                                                                                     \
    ROW(SSL_get_ex_data_X509_STORE_CTX_idx)                                                                  \
    ROW(OPENSSL_sk_num)                                                                                      \
    ROW(OPENSSL_sk_value)                                                                                    \
    ROW(X509_VERIFY_PARAM_set1_host)                                                                         \
    ROW(X509_VERIFY_PARAM_set1_ip_asc)                                                                       \
    ROW(X509_STORE_CTX_get_error)                                                                            \
    ROW(X509_STORE_CTX_get_error_depth)                                                                      \
    ROW(X509_STORE_CTX_get_current_cert)                                                                     \
    ROW(X509_STORE_CTX_get_ex_data)                                                                          \
    ROW(X509_verify_cert_error_string)                                                                       \
    ROW(X509_get_subject_name)                                                                               \
    ROW(X509_get_issuer_name)                                                                                \
    ROW(X509_get0_notBefore)                                                                                 \
    ROW(X509_get0_notAfter)                                                                                  \
    ROW(X509_get_ext_d2i)                                                                                    \
    ROW(X509_NAME_print_ex)                                                                                  \
    ROW(GENERAL_NAMES_free)                                                                                  \
    ROW(ASN1_STRING_get0_data)                                                                               \
    ROW(ASN1_STRING_length)                                                                                  \
    ROW(ASN1_TIME_to_tm)                                                                                     \
    ROW(BIO_new)                                                                                             \
    ROW(BIO_s_mem)                                                                                           \
    ROW(BIO_read)                                                                                            \
    ROW(BIO_free)                                                                                            \
    ROW(ERR_get_error)                                                                                       \
    ROW(ERR_reason_error_string)                                                                             \
    ROW(ERR_clear_error)

#define TLS_MEMBER(name) __typeof__(name) *name;

struct tls_library {
    TLS_FUNCTIONS(TLS_MEMBER)
};

/* tls_library_get(error): NULL when it cannot be loaded. It stays loaded. */
const struct tls_library *tls_library_get(struct error *error);

#endif
