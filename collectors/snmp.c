/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp.h"

#include "collectors/snmp_decode.h"
#include "collectors/socket.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

/* The functions that are called here, with the types of net-snmp's headers. */
struct library {
    __typeof__(init_snmp) *init_snmp;
    __typeof__(netsnmp_ds_set_boolean) *netsnmp_ds_set_boolean;
    __typeof__(snmp_disable_log) *snmp_disable_log;
    __typeof__(snmp_sess_init) *snmp_sess_init;
    __typeof__(snmp_sess_open) *snmp_sess_open;
    __typeof__(snmp_sess_close) *snmp_sess_close;
    __typeof__(snmp_sess_session) *snmp_sess_session;
    __typeof__(snmp_sess_error) *snmp_sess_error;
    __typeof__(snmp_sess_synch_response) *snmp_sess_synch_response;
    __typeof__(snmp_error) *snmp_error;
    __typeof__(snmp_pdu_create) *snmp_pdu_create;
    __typeof__(snmp_add_null_var) *snmp_add_null_var;
    __typeof__(snmp_free_pdu) *snmp_free_pdu;
    __typeof__(snmp_errstring) *snmp_errstring;
    __typeof__(generate_Ku) *generate_Ku;
    __typeof__(usm_get_userList) *usm_get_userList;
    __typeof__(usm_remove_user) *usm_remove_user;
    __typeof__(usm_free_user) *usm_free_user;
};

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
#member, offsetof(struct library, member)                                                            \
    }

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    FUNCTION(init_snmp),         FUNCTION(netsnmp_ds_set_boolean), FUNCTION(snmp_disable_log),
    FUNCTION(snmp_sess_init),    FUNCTION(snmp_sess_open),         FUNCTION(snmp_sess_close),
    FUNCTION(snmp_sess_session), FUNCTION(snmp_sess_error),        FUNCTION(snmp_sess_synch_response),
    FUNCTION(snmp_error),        FUNCTION(snmp_pdu_create),        FUNCTION(snmp_add_null_var),
    FUNCTION(snmp_free_pdu),     FUNCTION(snmp_errstring),         FUNCTION(generate_Ku),
    FUNCTION(usm_get_userList),  FUNCTION(usm_remove_user),        FUNCTION(usm_free_user),
};

/* The exception to "no mutable globals", as in collectors/http.c: the library is one for the process. */
static struct {
    pthread_once_t once, users_once;
    bool loaded;
    struct library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT, .users_once = PTHREAD_ONCE_INIT};

/* The library looks for its files where the environment says; so it says nowhere. */
static void hide_files(void)
{
    static const char *const names[] = {"SNMPCONFPATH", "SNMP_PERSISTENT_DIR", "SNMP_PERSISTENT_FILE",
                                        "MIBDIRS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)setenv(names[i], "/dev/null", 1);
    (void)setenv("MIBS", "", 1);
    (void)unsetenv("MIBFILES");
}

static void hide_from(const struct library *snmp)
{
    static const int off[] = {NETSNMP_DS_LIB_DONT_READ_CONFIGS, NETSNMP_DS_LIB_DONT_PERSIST_STATE,
                              NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE};
    hide_files();
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        (void)snmp->netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, off[i], 1);
    snmp->snmp_disable_log();
}

static void load(void)
{
    void *handle = dlopen("libnetsnmp.so.40", RTLD_LAZY | RTLD_LOCAL);
    if (!handle) {
        (void)error_set(&library.error, "cannot load net-snmp: %s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *found = dlsym(handle, functions[i].name);
        if (!found) {
            (void)error_set(&library.error, "net-snmp lacks \"%s\"", functions[i].name);
            return;
        }
        /* ISO C has no cast from void * to a function; POSIX promises that the bytes are the same. */
        memcpy((char *)&library.table + functions[i].offset, &found, sizeof found);
    }
    hide_from(&library.table);
    library.loaded = true;
}

/* Users of v3 need all of the library, TLS included, which takes a millisecond; communities need none of it. */
static void initialise(void)
{
    library.table.init_snmp("watchbill");
}

static const struct library *loaded_library(bool users, struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (!library.loaded) {
        (void)error_set(error, "%s", library.error.text);
        return NULL;
    }
    if (users)
        (void)pthread_once(&library.users_once, initialise);
    return &library.table;
}

bool snmp_link_prepare(struct error *error)
{
    return loaded_library(false, error) != NULL;
}

struct snmp_link {
    const struct library *snmp;
    struct run *run;
    void *session;
    const char *place; /* "HOST:PORT" */
    enum snmp_protocol protocol;
    struct sockaddr_storage address;
    socklen_t address_length;
};

enum { PDU_NAMES = 32, REPETITIONS = 16, TRIES = 10, TRY_LEAST = 200, REFUSAL = 150 /* ms */ };

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

/* A datagram may get lost: it is sent again every second until the time is over, but for what is_refused needs. */
static void set_patience(netsnmp_session *session, const struct run *run)
{
    int64_t left = run_remaining(run);
    left = left - REFUSAL > REFUSAL ? left - REFUSAL : left;
    int64_t tries = left / 1000 < 2 ? 2 : left / 1000 > TRIES ? TRIES : left / 1000;
    int64_t each = left / tries;
    session->timeout = (long)(each > TRY_LEAST ? each : left > 0 ? left : 1) * 1000;
    session->retries = each > TRY_LEAST ? (int)tries - 1 : 0;
}

/* Whether the host says that nobody listens: it does so to a socket that is connected, which the library's is not.
 * An empty datagram is no message, so an agent that is there drops it. Else it waits for the end of the run's time. */
static bool is_refused(const struct snmp_link *link)
{
    char byte;
    bool refused = false;
    int fd = socket(link->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    if (connect(fd, (const struct sockaddr *)&link->address, link->address_length) == 0 &&
        send(fd, "", 0, 0) == 0 && socket_wait(fd, POLLIN, link->run->deadline))
        refused = recv(fd, &byte, sizeof byte, 0) < 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return refused;
}

/* A wrong community and, with v3, a wrong privacy password get no answer at all. */
static enum source_end timed_out(const struct snmp_link *link, struct error *error)
{
    static const char *const reasons[] = {
        [SNMP_PROTOCOL_1] = "no agent is there, or the community is wrong",
        [SNMP_PROTOCOL_2C] = "no agent is there, or the community is wrong",
        [SNMP_PROTOCOL_3] = "no agent is there, or the privacy password is wrong",
    };
    if (is_refused(link)) {
        (void)error_set(error, "no agent listens at \"%s\"", link->place);
        return SOURCE_FAULT;
    }
    (void)error_set(error, "waiting for an answer from \"%s\": %s", link->place, reasons[link->protocol]);
    return SOURCE_TIMEOUT;
}

/* What an agent of v3 reports, in words that say what to look at. */
static const struct {
    int code;
    const char *words;
} reports[] = {
    {SNMPERR_AUTHENTICATION_FAILURE, "refuses the authentication: the password or its protocol is wrong"},
    {SNMPERR_UNKNOWN_USER_NAME, "does not know the user"},
    {SNMPERR_UNSUPPORTED_SEC_LEVEL, "does not allow the user this level of security"},
    {SNMPERR_DECRYPTION_ERR, "cannot decrypt the message: the password of privacy or its protocol is wrong"},
    {SNMPERR_NOT_IN_TIME_WINDOW, "says that the message is too old or too new"},
};

static const char *find_report(int code)
{
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++)
        if (reports[i].code == code)
            return reports[i].words;
    return NULL;
}

/* What the library says, as an end: ${code} is its SNMPERR_. */
static enum source_end failed(const struct snmp_link *link, int code, char *words, struct error *error)
{
    enum source_end end = SOURCE_UNREADABLE;
    if (code == SNMPERR_TIMEOUT || run_remaining(link->run) == 0)
        end = timed_out(link, error);
    else if (find_report(code))
        (void)error_set(error, "\"%s\" %s", link->place, find_report(code));
    else
        (void)error_set(error, "\"%s\": %s", link->place, words && *words ? words : "the request failed");
    if (code == SNMPERR_BAD_SENDTO || code == SNMPERR_BAD_RECVFROM)
        end = SOURCE_FAULT;
    free(words);
    return end;
}

static bool make_key(const struct library *snmp, const struct snmp_login *login, const char *password,
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

static bool fill_user(const struct library *snmp, const struct snmp_login *login, struct arena *arena,
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

static bool fill_session(const struct library *snmp, const struct snmp_login *login, const char *address,
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
        set_patience(&session, link->run);
        run_stage(link->run, "asking \"%s\"", link->place);
        link->session = link->snmp->snmp_sess_open(&session);
        end = SOURCE_READ;
        if (!link->session) {
            int errno_then, code;
            char *words = NULL;
            link->snmp->snmp_error(&session, &errno_then, &code, &words);
            end = failed(link, code, words, error);
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
    *opened = (struct snmp_link){.snmp = loaded_library(login->protocol == SNMP_PROTOCOL_3, error),
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
static void forget_users(const struct library *snmp)
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

/* The answer to ${pdu}, which is taken over; the caller frees it. NULL: none, and why. */
static netsnmp_pdu *ask(struct snmp_link *link, netsnmp_pdu *pdu, enum source_end *end, struct error *error)
{
    netsnmp_pdu *answer = NULL;
    *end = SOURCE_READ;
    if (run_remaining(link->run) == 0) {
        link->snmp->snmp_free_pdu(pdu);
        *end = timed_out(link, error);
        return NULL;
    }
    run_stage(link->run, "waiting for an answer from \"%s\"", link->place);
    set_patience(link->snmp->snmp_sess_session(link->session), link->run);
    int status = link->snmp->snmp_sess_synch_response(link->session, pdu, &answer);
    if (status == STAT_SUCCESS && answer)
        return answer;
    if (answer)
        link->snmp->snmp_free_pdu(answer);
    int errno_then, code;
    char *words = NULL;
    link->snmp->snmp_sess_error(link->session, &errno_then, &code, &words);
    *end = failed(link, status == STAT_TIMEOUT ? SNMPERR_TIMEOUT : code, words, error);
    return NULL;
}

static void add_name(struct snmp_link *link, netsnmp_pdu *pdu, const struct snmp_name *name)
{
    oid parts[SNMP_NAME_CAP];
    for (size_t i = 0; i < name->length; i++)
        parts[i] = name->parts[i];
    (void)link->snmp->snmp_add_null_var(pdu, parts, name->length);
}

/* The agent's own failure, by its error-status (RFC 3416, 4.2): a missing right is no fault of the service. */
static enum source_end refused(struct snmp_link *link, const netsnmp_pdu *answer, struct error *error)
{
    struct snmp_name name = {.length = 0};
    struct text shown = TEXT_INIT;
    long at = 1;
    for (const netsnmp_variable_list *v = answer->variables; v; v = v->next_variable, at++)
        if (at == answer->errindex && snmp_decode_name(v, &name))
            snmp_name_write(&shown, &name);
    (void)error_set(error, "\"%s\" answers: %s%s%s", link->place,
                    answer->errstat == SNMP_ERR_NOSUCHNAME ? "no such object"
                                                           : link->snmp->snmp_errstring((int)answer->errstat),
                    shown.length ? ": " : "", shown.bytes);
    text_release(&shown);
    return answer->errstat == SNMP_ERR_GENERR || answer->errstat == SNMP_ERR_RESOURCEUNAVAILABLE
               ? SOURCE_FAULT
               : SOURCE_UNREADABLE;
}

static enum source_end misanswered(const struct snmp_link *link, const char *what, struct error *error)
{
    (void)error_set(error, "\"%s\" %s", link->place, what);
    return SOURCE_UNREADABLE;
}

/* The answer has the names of the question in its order, or it is none. */
static enum source_end read_values(struct snmp_link *link, const netsnmp_pdu *answer,
                                   const struct snmp_name *names, size_t count, struct snmp_value *values,
                                   struct error *error)
{
    const netsnmp_variable_list *variable = answer->variables;
    struct snmp_name name;
    if (answer->errstat != SNMP_ERR_NOERROR)
        return refused(link, answer, error);
    for (size_t i = 0; i < count; i++, variable = variable->next_variable) {
        if (!variable || !snmp_decode_name(variable, &name) || snmp_name_compare(&name, &names[i]) != 0)
            return misanswered(link, "answers with other objects than were asked for", error);
        snmp_decode_value(variable, link->run->arena, &values[i]);
    }
    return SOURCE_READ;
}

static enum source_end get_some(struct snmp_link *link, const struct snmp_name *names, size_t count,
                                struct snmp_value *values, struct error *error)
{
    enum source_end end;
    netsnmp_pdu *pdu = link->snmp->snmp_pdu_create(SNMP_MSG_GET);
    for (size_t i = 0; i < count; i++)
        add_name(link, pdu, &names[i]);
    netsnmp_pdu *answer = ask(link, pdu, &end, error);
    if (answer) {
        end = read_values(link, answer, names, count, values, error);
        link->snmp->snmp_free_pdu(answer);
    }
    return end;
}

enum source_end snmp_link_get(struct snmp_link *link, const struct snmp_name *names, size_t count,
                              struct snmp_value *values, struct error *error)
{
    enum source_end end = SOURCE_READ;
    for (size_t at = 0; end == SOURCE_READ && at < count; at += PDU_NAMES) {
        size_t some = count - at < PDU_NAMES ? count - at : PDU_NAMES;
        end = get_some(link, names + at, some, values + at, error);
    }
    return end;
}

/* A walk over several columns at once. */
struct walk {
    struct snmp_link *link;
    const struct snmp_name *columns;
    struct snmp_name next[PDU_NAMES]; /* the last name that was seen */
    bool done[PDU_NAMES];
    size_t active[PDU_NAMES]; /* the columns that the question under way has, in its order */
    size_t count, active_count, cells;
    long repetitions;
    snmp_take_cell *take;
    void *owner;
};

static netsnmp_pdu *next_question(struct walk *walk)
{
    const struct snmp_link *link = walk->link;
    bool bulk = link->protocol != SNMP_PROTOCOL_1;
    netsnmp_pdu *pdu = link->snmp->snmp_pdu_create(bulk ? SNMP_MSG_GETBULK : SNMP_MSG_GETNEXT);
    walk->active_count = 0;
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->done[i])
            continue;
        walk->active[walk->active_count++] = i;
        add_name(walk->link, pdu, &walk->next[i]);
    }
    if (bulk) {
        pdu->non_repeaters = 0;
        pdu->max_repetitions = walk->repetitions;
    }
    return pdu;
}

/* false: the names do not grow. */
static bool take_variable(struct walk *walk, const netsnmp_variable_list *variable, size_t column)
{
    struct snmp_name name, index;
    struct snmp_value value;
    const struct snmp_name *root = &walk->columns[column];
    if (!snmp_decode_name(variable, &name))
        return false;
    if (variable->type == SNMP_ENDOFMIBVIEW || !snmp_name_begins(&name, root)) {
        walk->done[column] = true;
        return true;
    }
    if (snmp_name_compare(&name, &walk->next[column]) <= 0)
        return false;
    walk->next[column] = name;
    index.length = name.length - root->length;
    memcpy(index.parts, name.parts + root->length, index.length * sizeof index.parts[0]);
    snmp_decode_value(variable, walk->link->run->arena, &value);
    walk->take(walk->owner, column, &index, &value);
    walk->cells++;
    return true;
}

/* v1 has no end of the view: the object that is at fault is the column that is over. A message that would be too large
 * is asked for in smaller parts. */
static enum source_end take_error(struct walk *walk, const netsnmp_pdu *answer, struct error *error)
{
    if (answer->errstat == SNMP_ERR_NOSUCHNAME && answer->errindex >= 1 &&
        (size_t)answer->errindex <= walk->active_count) {
        walk->done[walk->active[answer->errindex - 1]] = true;
        return SOURCE_READ;
    }
    if (answer->errstat == SNMP_ERR_TOOBIG && walk->repetitions > 1) {
        walk->repetitions /= 2;
        return SOURCE_READ;
    }
    return refused(walk->link, answer, error);
}

static enum source_end take_answer(struct walk *walk, const netsnmp_pdu *answer, struct error *error)
{
    size_t at = 0;
    if (answer->errstat != SNMP_ERR_NOERROR)
        return take_error(walk, answer, error);
    for (const netsnmp_variable_list *v = answer->variables; v; v = v->next_variable, at++) {
        size_t column = walk->active[at % walk->active_count];
        if (!walk->done[column] && !take_variable(walk, v, column))
            return misanswered(walk->link, "answers with names that do not grow", error);
    }
    if (at == 0 && walk->repetitions == 1)
        return misanswered(walk->link, "answers with no objects", error);
    walk->repetitions = at == 0 ? walk->repetitions / 2 : walk->repetitions;
    return walk->cells <= SNMP_CELLS ? SOURCE_READ : misanswered(walk->link, "has too large a table", error);
}

static bool is_over(const struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        if (!walk->done[i])
            return false;
    return true;
}

enum source_end snmp_link_table(struct snmp_link *link, const struct snmp_name *columns, size_t count,
                                snmp_take_cell *take, void *owner, struct error *error)
{
    struct walk *walk = arena_get(link->run->arena, 1, sizeof *walk);
    enum source_end end = SOURCE_READ;
    *walk = (struct walk){.link = link,
                          .columns = columns,
                          .count = count < PDU_NAMES ? count : PDU_NAMES,
                          .repetitions = REPETITIONS,
                          .take = take,
                          .owner = owner};
    memcpy(walk->next, columns, walk->count * sizeof *columns);
    while (end == SOURCE_READ && !is_over(walk)) {
        netsnmp_pdu *answer = ask(link, next_question(walk), &end, error);
        if (answer) {
            end = take_answer(walk, answer, error);
            link->snmp->snmp_free_pdu(answer);
        }
    }
    return end;
}
