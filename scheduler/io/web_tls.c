/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/web_tls.h"

#include "lib/guarded_file.h"
#include "lib/memory.h"

#include <string.h>

struct web_tls {
    gnutls_x509_crt_t *chain; /* its own certificate first */
    unsigned count;
    gnutls_x509_privkey_t key;
};

static bool read_chain(struct web_tls *tls, const char *path, struct error *error)
{
    size_t length = 0;
    char *bytes = guarded_file_read(path, "the certificate", false, &length, error);
    if (!bytes)
        return false;
    const gnutls_datum_t datum = {.data = (unsigned char *)bytes, .size = (unsigned)length};
    int code = gnutls_x509_crt_list_import2(&tls->chain, &tls->count, &datum, GNUTLS_X509_FMT_PEM,
                                            GNUTLS_X509_CRT_LIST_SORT);
    guarded_file_free(bytes, length);
    if (code >= 0 && tls->count > 0)
        return true;
    tls->count = 0;
    return error_set(error, "the certificate \"%s\" is not taken: %s", path, gnutls_strerror(code));
}

static bool read_key(struct web_tls *tls, const char *path, struct error *error)
{
    size_t length = 0;
    char *bytes = guarded_file_read(path, "the key", true, &length, error);
    if (!bytes)
        return false;
    const gnutls_datum_t datum = {.data = (unsigned char *)bytes, .size = (unsigned)length};
    int code = gnutls_x509_privkey_import2(tls->key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
    guarded_file_free(bytes, length);
    return code >= 0 || error_set(error, "the key \"%s\" is not taken: %s", path, gnutls_strerror(code));
}

/* What tells two keys apart: the same for a key and for the certificate that was made for it. */
static bool belong_together(const struct web_tls *tls)
{
    unsigned char ours[64], theirs[64];
    size_t our_size = sizeof ours, their_size = sizeof theirs;
    return gnutls_x509_privkey_get_key_id(tls->key, GNUTLS_KEYID_USE_SHA256, ours, &our_size) >= 0 &&
           gnutls_x509_crt_get_key_id(tls->chain[0], GNUTLS_KEYID_USE_SHA256, theirs, &their_size) >= 0 &&
           our_size == their_size && memcmp(ours, theirs, our_size) == 0;
}

struct web_tls *web_tls_read(const char *certificate, const char *key, struct error *error)
{
    struct web_tls *tls = memory_get(1, sizeof *tls);
    bool ok = gnutls_x509_privkey_init(&tls->key) >= 0 || error_set(error, "GnuTLS has no memory");
    ok = ok && read_chain(tls, certificate, error) && read_key(tls, key, error);
    if (ok && !belong_together(tls))
        ok = error_set(error, "the certificate \"%s\" does not fit the key \"%s\"", certificate, key);
    if (!ok) {
        web_tls_free(tls);
        tls = NULL;
    }
    return tls;
}

void web_tls_free(struct web_tls *tls)
{
    if (!tls)
        return;
    for (unsigned i = 0; i < tls->count; i++)
        gnutls_x509_crt_deinit(tls->chain[i]);
    gnutls_free(tls->chain);
    gnutls_x509_privkey_deinit(tls->key); /* wipes it */
    free(tls);
}

bool web_tls_give(const struct web_tls *tls, gnutls_pcert_st **certificates, unsigned *count,
                  gnutls_privkey_t *key)
{
    gnutls_pcert_st *given = gnutls_calloc(tls->count, sizeof *given);
    gnutls_privkey_t copy = NULL;
    unsigned made = 0;
    bool ok = given != NULL && gnutls_privkey_init(&copy) >= 0 &&
              gnutls_privkey_import_x509(copy, tls->key, GNUTLS_PRIVKEY_IMPORT_COPY) >= 0;
    while (ok && made < tls->count) {
        ok = gnutls_pcert_import_x509(&given[made], tls->chain[made], 0) >= 0;
        made += ok ? 1 : 0;
    }
    if (!ok) {
        while (made > 0)
            gnutls_pcert_deinit(&given[--made]);
        gnutls_free(given);
        if (copy)
            gnutls_privkey_deinit(copy);
        return false;
    }
    *certificates = given;
    *count = made;
    *key = copy;
    return true;
}
