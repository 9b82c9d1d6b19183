/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/tls_names.h"

#include "lib/text.h"

#include <arpa/inet.h>

enum { NAMES_SHOWN = 8 };

const char *tls_names_of(const struct tls_library *tls, const X509_NAME *name, struct arena *arena)
{
    struct text text = TEXT_INIT;
    char part[256];
    int got;
    BIO *bio = tls->BIO_new(tls->BIO_s_mem());
    if (bio &&
        tls->X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
        while (text.length < 1024 && (got = tls->BIO_read(bio, part, sizeof part)) > 0)
            text_add_bytes(&text, part, (size_t)got);
    const char *copy = arena_text_of(arena, text.bytes, text.length);
    if (bio)
        (void)tls->BIO_free(bio);
    text_release(&text);
    return copy;
}

static void add_name(const struct tls_library *tls, const GENERAL_NAME *name, struct text *text)
{
    char address[INET6_ADDRSTRLEN];
    const ASN1_STRING *string = name->d.ia5;
    if (name->type != GEN_DNS && name->type != GEN_IPADD)
        return;
    int length = tls->ASN1_STRING_length(string);
    const unsigned char *bytes = tls->ASN1_STRING_get0_data(string);
    const char *comma = text->length ? ", " : "";
    if (name->type == GEN_DNS && length > 0)
        text_format(text, "%s%.*s", comma, length, (const char *)bytes);
    else if (name->type == GEN_IPADD && (length == 4 || length == 16) &&
             inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, address, sizeof address))
        text_format(text, "%s%s", comma, address);
}

const char *tls_names_alternative(const struct tls_library *tls, const X509 *certificate, struct arena *arena)
{
    struct text text = TEXT_INIT;
    GENERAL_NAMES *names = tls->X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = names ? tls->OPENSSL_sk_num((const OPENSSL_STACK *)names) : 0;
    for (int i = 0; i < count && i < NAMES_SHOWN; i++)
        add_name(tls, tls->OPENSSL_sk_value((const OPENSSL_STACK *)names, i), &text);
    if (count > NAMES_SHOWN)
        text_add(&text, ", ...");
    if (names)
        tls->GENERAL_NAMES_free(names);
    if (text.length == 0)
        text_add(&text, tls_names_of(tls, tls->X509_get_subject_name(certificate), arena));
    const char *copy = arena_text_of(arena, text.bytes, text.length);
    text_release(&text);
    return copy;
}

int64_t tls_names_instant(const struct tls_library *tls, const ASN1_TIME *time)
{
    struct tm civil = {0};
    if (!time || tls->ASN1_TIME_to_tm(time, &civil) != 1)
        return 0;
    return timegm(&civil);
}
