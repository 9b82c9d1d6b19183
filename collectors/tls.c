/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/tls.h"

#include "collectors/tls_names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <poll.h>

enum { FAULTS = 8 };

/* A handshake under way. */
struct handshake {
    const struct tls_library *tls;
    const struct tls_question *question;
    struct run *run;
    const struct socket_link *link;
    struct tls_answer *answer;
    int codes[FAULTS]; /* of the faults so far, to tell each once */
    int depths[FAULTS];
    SSL_CTX *context;
    SSL *ssl;
};

bool tls_prepare(struct error *error)
{
    return tls_library_get(error) != NULL;
}

double tls_days_left(int64_t end)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return floor((double)(end - now.tv_sec) / 864) / 100;
}

static bool is_told(const struct handshake *handshake, int code, int depth)
{
    for (size_t i = 0; i < handshake->answer->fault_count; i++)
        if (handshake->depths[i] == depth && handshake->codes[i] == code)
            return true;
    return false;
}

/* "2026-11-20" */
static const char *day_of(struct arena *arena, int64_t instant)
{
    time_t seconds = (time_t)instant;
    struct tm civil;
    char day[32];
    if (!gmtime_r(&seconds, &civil) || strftime(day, sizeof day, "%F", &civil) == 0)
        return "?";
    return arena_text(arena, day);
}

/* What OpenSSL's code means, for people; .which ahead of it says which certificate of the chain. */
static const char *explain(const struct handshake *handshake, int code, const char *which,
                           const X509 *certificate)
{
    const struct tls_library *tls = handshake->tls;
    struct arena *arena = handshake->run->arena;
    const char *issuer = tls_names_of(tls, tls->X509_get_issuer_name(certificate), arena);
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return arena_format(arena, "%s expired on %s", which,
                            day_of(arena, tls_names_instant(tls, tls->X509_get0_notAfter(certificate))));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return arena_format(arena, "%s is not valid before %s", which,
                            day_of(arena, tls_names_instant(tls, tls->X509_get0_notBefore(certificate))));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return arena_format(arena, "%s is self-signed", which);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return arena_format(arena, "the root \"%s\" is not trusted", issuer);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        return arena_format(arena, "the chain is incomplete: the issuer \"%s\" is neither sent nor trusted",
                            issuer);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return arena_format(arena, "%s is for \"%s\", not for \"%s\"", which,
                            tls_names_alternative(tls, certificate, arena), handshake->question->name);
    default:
        return arena_format(arena, "%s: %s", which, tls->X509_verify_cert_error_string(code));
    }
}

/* Called for each certificate of the chain; says yes to all, and keeps what is wrong. */
static int take_verification(int good, X509_STORE_CTX *store)
{
    struct error error;
    const struct tls_library *tls = tls_library_get(&error);
    const SSL *ssl = tls->X509_STORE_CTX_get_ex_data(store, tls->SSL_get_ex_data_X509_STORE_CTX_idx());
    struct handshake *handshake = tls->SSL_get_ex_data(ssl, 0);
    struct tls_answer *answer = handshake->answer;
    const X509 *certificate = tls->X509_STORE_CTX_get_current_cert(store);
    int code = tls->X509_STORE_CTX_get_error(store);
    int depth = tls->X509_STORE_CTX_get_error_depth(store);
    /* "unable to verify the first certificate" only follows the missing issuer */
    if (good || handshake->question->insecure || answer->fault_count == FAULTS ||
        is_told(handshake, code, depth) ||
        (code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE && answer->fault_count > 0))
        return 1;
    struct arena *arena = handshake->run->arena;
    const char *which = "the certificate";
    if (depth > 0 && certificate)
        which = arena_format(arena, "the chain's \"%s\"",
                             tls_names_of(tls, tls->X509_get_subject_name(certificate), arena));
    handshake->codes[answer->fault_count] = code;
    handshake->depths[answer->fault_count] = depth;
    answer->faults[answer->fault_count++] =
        certificate ? explain(handshake, code, which, certificate) : tls->X509_verify_cert_error_string(code);
    return 1;
}

/* OpenSSL's words for what went wrong last; NULL: it has none. */
static const char *reason(const struct tls_library *tls)
{
    unsigned long code = tls->ERR_get_error();
    return code ? tls->ERR_reason_error_string(code) : NULL;
}

static bool set_trust(struct handshake *handshake, struct error *error)
{
    const struct tls_library *tls = handshake->tls;
    const char *file = handshake->question->ca_file;
    if (!file)
        return tls->SSL_CTX_set_default_verify_paths(handshake->context) == 1 ||
               error_set(error, "OpenSSL cannot use the system's certificates");
    if (tls->SSL_CTX_load_verify_locations(handshake->context, file, NULL) == 1)
        return true;
    const char *why = reason(tls);
    return error_set(error, "cannot read certificates from \"%s\": %s", file, why ? why : "none is in it");
}

static bool set_name(struct handshake *handshake, struct error *error)
{
    const struct tls_library *tls = handshake->tls;
    const char *name = handshake->question->name;
    X509_VERIFY_PARAM *rules = tls->SSL_get0_param(handshake->ssl);
    struct in6_addr address;
    char *copy = arena_text_of(handshake->run->arena, name, strlen(name));
    if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1)
        return tls->X509_VERIFY_PARAM_set1_ip_asc(rules, name) == 1 ||
               error_set(error, "not an address: \"%s\"", name);
    return (tls->SSL_ctrl(handshake->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, copy) ==
                1 &&
            tls->X509_VERIFY_PARAM_set1_host(rules, name, 0) == 1) ||
           error_set(error, "not a name for a certificate: \"%s\"", name);
}

static bool set_up(struct handshake *handshake, struct error *error)
{
    const struct tls_library *tls = handshake->tls;
    handshake->context = tls->SSL_CTX_new(tls->TLS_client_method());
    if (!handshake->context)
        return error_set(error, "OpenSSL gives no context");
    tls->SSL_CTX_set_verify(handshake->context, SSL_VERIFY_PEER, take_verification);
    if (!handshake->question->insecure && !set_trust(handshake, error))
        return false;
    handshake->ssl = tls->SSL_new(handshake->context);
    if (!handshake->ssl || tls->SSL_set_ex_data(handshake->ssl, 0, handshake) != 1 ||
        tls->SSL_set_fd(handshake->ssl, handshake->link->fd) != 1)
        return error_set(error, "OpenSSL gives no connection");
    return set_name(handshake, error);
}

static enum source_end refused(const struct handshake *handshake, int failure, int number,
                               struct error *error)
{
    const char *why = failure == SSL_ERROR_SSL ? reason(handshake->tls) : NULL;
    if (!why)
        why = failure == SSL_ERROR_SYSCALL && number ? strerror(number) : "the connection was closed";
    (void)error_set(error, "no TLS with \"%s\": %s", handshake->link->place, why);
    return SOURCE_FAULT;
}

static enum source_end shake_hands(struct handshake *handshake, struct error *error)
{
    const struct tls_library *tls = handshake->tls;
    int result;
    run_stage(handshake->run, "negotiating TLS with \"%s\"", handshake->link->place);
    tls->ERR_clear_error();
    errno = 0;
    while ((result = tls->SSL_connect(handshake->ssl)) != 1) {
        int number = errno;
        int failure = tls->SSL_get_error(handshake->ssl, result);
        if (failure != SSL_ERROR_WANT_READ && failure != SSL_ERROR_WANT_WRITE)
            return refused(handshake, failure, number, error);
        if (run_remaining(handshake->run) == 0 ||
            !socket_wait(handshake->link->fd, failure == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT,
                         handshake->run->deadline)) {
            (void)error_set(error, "negotiating TLS with \"%s\"", handshake->link->place);
            return SOURCE_TIMEOUT;
        }
    }
    return SOURCE_READ;
}

static void read_chain(const struct handshake *handshake)
{
    const struct tls_library *tls = handshake->tls;
    struct tls_answer *answer = handshake->answer;
    struct arena *arena = handshake->run->arena;
    const OPENSSL_STACK *chain = (const OPENSSL_STACK *)tls->SSL_get_peer_cert_chain(handshake->ssl);
    int count = chain ? tls->OPENSSL_sk_num(chain) : 0;
    answer->chain = arena_get(arena, (size_t)count + 1, sizeof *answer->chain);
    for (int i = 0; i < count; i++) {
        const X509 *certificate = tls->OPENSSL_sk_value(chain, i);
        answer->chain[answer->chain_count++] = (struct tls_certificate){
            .subject = tls_names_of(tls, tls->X509_get_subject_name(certificate), arena),
            .issuer = tls_names_of(tls, tls->X509_get_issuer_name(certificate), arena),
            .begin = tls_names_instant(tls, tls->X509_get0_notBefore(certificate)),
            .end = tls_names_instant(tls, tls->X509_get0_notAfter(certificate)),
        };
    }
}

static void read_answer(const struct handshake *handshake)
{
    const struct tls_library *tls = handshake->tls;
    struct tls_answer *answer = handshake->answer;
    answer->version = tls->SSL_version(handshake->ssl);
    answer->protocol = arena_text(handshake->run->arena, tls->SSL_get_version(handshake->ssl));
    const SSL_CIPHER *cipher = tls->SSL_get_current_cipher(handshake->ssl);
    answer->cipher = cipher ? arena_text(handshake->run->arena, tls->SSL_CIPHER_get_name(cipher)) : "";
    read_chain(handshake);
}

enum source_end tls_ask(const struct tls_question *question, struct run *run, const struct socket_link *link,
                        struct tls_answer *answer, struct error *error)
{
    struct handshake handshake = {.question = question, .run = run, .link = link, .answer = answer};
    enum source_end end = SOURCE_UNREADABLE;
    *answer = (struct tls_answer){.faults = arena_get(run->arena, FAULTS, sizeof *answer->faults)};
    handshake.tls = tls_library_get(error);
    if (!handshake.tls)
        return end;
    if (set_up(&handshake, error)) {
        double begun = socket_seconds();
        end = shake_hands(&handshake, error);
        answer->seconds = socket_seconds() - begun;
    }
    if (end == SOURCE_READ) {
        read_answer(&handshake);
        (void)handshake.tls->SSL_shutdown(handshake.ssl);
    }
    handshake.tls->SSL_free(handshake.ssl);
    handshake.tls->SSL_CTX_free(handshake.context);
    handshake.tls->ERR_clear_error();
    return end;
}
