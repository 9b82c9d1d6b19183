/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: opened and closed. Questions are in snmp_request.c and snmp_walk.c. */
#include "collectors/snmp_link.h"
#include "collectors/socket.h"

#include <arpa/inet.h>

bool snmp_link_prepare(struct error *error)
{
    return snmp_library_load(false, error) != NULL;
}

/* Numbers of the protocols below .1.3.6.1.6.3.10.1.1 and .2 (RFC 3414, 3826, 7860), and the two of AES with longer
 * keys, which have only the numbers that agents agreed on. */
static const oid auth_names[][10] = {
    [SNMP_AUTH_MD5] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 2},
    [SNMP_AUTH_SHA] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 3},
    [SNMP_AUTH_SHA224] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 4},
    [SNMP_AUTH_SHA256] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 5},
    [SNMP_AUTH_SHA384] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 6},
    [SNMP_AUTH_SHA512] = {1, 3, 6, 1, 6, 3, 10, 1, 1, 7},
};
static const struct {
    oid parts[10];
    size_t length;
} priv_names[] = {
    [SNMP_PRIV_DES] = {{1, 3, 6, 1, 6, 3, 10, 1, 2, 2}, 10},
    [SNMP_PRIV_AES] = {{1, 3, 6, 1, 6, 3, 10, 1, 2, 4}, 10},
    [SNMP_PRIV_AES192] = {{1, 3, 6, 1, 4, 1, 14832, 1, 3}, 9},
    [SNMP_PRIV_AES256] = {{1, 3, 6, 1, 4, 1, 14832, 1, 4}, 9},
};

static bool make_key(const struct snmp_library *snmp, const struct snmp_login *login, const char *password,
                     u_char *key, size_t *length)
{
    *length = USM_AUTH_KU_LEN;
    return snmp->generate_Ku(auth_names[login->auth], 10, (const u_char *)password, strlen(password), key,
                             length) == SNMPERR_SUCCESS;
}

/* The library takes what it only copies by pointers that could write. */
static char *text_copy(struct arena *arena, const char *text)
{
    return arena_text_of(arena, text, strlen(text));
}

static oid *name_copy(struct arena *arena, const oid *name, size_t length)
{
    oid *copy = arena_get(arena, length, sizeof *copy);
    memcpy(copy, name, length * sizeof *copy);
    return copy;
}

static bool fill_user(const struct snmp_library *snmp, const struct snmp_login *login, struct arena *arena,
                      netsnmp_session *session, struct error *error)
{
    session->securityName = text_copy(arena, login->user);
    session->securityNameLen = strlen(login->user);
    session->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
    if (login->context) {
        session->contextName = text_copy(arena, login->context);
        session->contextNameLen = strlen(login->context);
    }
    if (!login->auth_password)
        return true;
    session->securityLevel = SNMP_SEC_LEVEL_AUTHNOPRIV;
    session->securityAuthProto = name_copy(arena, auth_names[login->auth], 10);
    session->securityAuthProtoLen = 10;
    if (!make_key(snmp, login, login->auth_password, session->securityAuthKey, &session->securityAuthKeyLen))
        return error_set(error, "net-snmp cannot make a key of the authentication password");
    if (!login->priv_password)
        return true;
    session->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
    session->securityPrivProto =
        name_copy(arena, priv_names[login->priv].parts, priv_names[login->priv].length);
    session->securityPrivProtoLen = priv_names[login->priv].length;
    if (!make_key(snmp, login, login->priv_password, session->securityPrivKey, &session->securityPrivKeyLen))
        return error_set(error, "net-snmp cannot make a key of the privacy password");
    return true;
}

static bool fill_session(const struct snmp_library *snmp, const struct snmp_login *login, const char *address,
                         struct arena *arena, netsnmp_session *session, struct error *error)
{
    static const long versions[] = {SNMP_VERSION_1, SNMP_VERSION_2c, SNMP_VERSION_3};
    snmp->snmp_sess_init(session);
    session->version = versions[login->protocol];
    session->peername = text_copy(arena, address);
    if (login->protocol == SNMP_PROTOCOL_3)
        return fill_user(snmp, login, arena, session, error);
    session->community = (u_char *)text_copy(arena, login->community);
    session->community_len = strlen(login->community);
    return true;
}

/* "udp:127.0.0.1:161" or "udp6:[::1]:161": the name is looked up here, so that its failure is told apart. */
static enum source_end find_address(struct snmp_link *link, const struct snmp_login *login,
                                    const char **address, struct error *error)
{
    char host[INET6_ADDRSTRLEN + 32], port[16];
    struct addrinfo *list = NULL;
    const char *service =
        arena_format(link->run->arena, "%lld", (long long)(login->port ? login->port : SNMP_AGENT_PORT));
    enum source_end end = socket_lookup(link->run, login->host, service, SOCK_DGRAM, &list, error);
    if (end != SOURCE_READ)
        return end;
    bool is_six = list->ai_family == AF_INET6;
    memcpy(&link->address, list->ai_addr, list->ai_addrlen);
    link->address_length = list->ai_addrlen;
    if (getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
        *address = arena_format(link->run->arena, is_six ? "udp6:[%s]:%s" : "udp:%s:%s", host, port);
    } else {
        (void)error_set(error, "\"%s\" has no address of the Internet", login->host);
        end = SOURCE_FAULT;
    }
    freeaddrinfo(list);
    return end;
}

static enum source_end open_session(struct snmp_link *link, const struct snmp_login *login,
                                    const char *address, struct error *error)
{
    netsnmp_session session;
    enum source_end end = SOURCE_UNREADABLE;
    if (fill_session(link->snmp, login, address, link->run->arena, &session, error)) {
        snmp_link_set_patience(&session, link->run);
        run_stage(link->run, "asking \"%s\"", link->place);
        link->session = link->snmp->snmp_sess_open(&session);
        end = SOURCE_READ;
        if (!link->session) {
            int errno_then, code;
            char *words = NULL;
            link->snmp->snmp_error(&session, &errno_then, &code, &words);
            end = snmp_link_failed(link, code, words, error);
        }
    }
    if (session.community)
        explicit_bzero(session.community, session.community_len);
    explicit_bzero(session.securityAuthKey, sizeof session.securityAuthKey);
    explicit_bzero(session.securityPrivKey, sizeof session.securityPrivKey);
    return end;
}

enum source_end snmp_link_open(const struct snmp_login *login, struct run *run, struct snmp_link **link,
                               struct error *error)
{
    const char *address = NULL;
    struct snmp_link *opened = arena_get(run->arena, 1, sizeof *opened);
    *link = opened;
    *opened = (struct snmp_link){.snmp = snmp_library_load(login->protocol == SNMP_PROTOCOL_3, error),
                                 .run = run,
                                 .protocol = login->protocol};
    if (!opened->snmp)
        return SOURCE_UNREADABLE;
    opened->place = arena_format(run->arena, strchr(login->host, ':') ? "[%s]:%lld" : "%s:%lld", login->host,
                                 (long long)(login->port ? login->port : SNMP_AGENT_PORT));
    enum source_end end = find_address(opened, login, &address, error);
    return end == SOURCE_READ ? open_session(opened, login, address, error) : end;
}

/* The library remembers a user of an agent by the first keys that came, right or wrong: in a process that goes on, a
 * password that was changed would not be noticed. */
static void forget_users(const struct snmp_library *snmp)
{
    struct usmUser *user;
    while ((user = snmp->usm_get_userList()) != NULL) {
        (void)snmp->usm_remove_user(user);
        (void)snmp->usm_free_user(user);
    }
}

void snmp_link_close(struct snmp_link *link)
{
    if (!link || !link->snmp)
        return;
    if (link->session)
        (void)link->snmp->snmp_sess_close(link->session);
    if (link->protocol == SNMP_PROTOCOL_3)
        forget_users(link->snmp);
}
