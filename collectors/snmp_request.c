/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions and answers, and what comes instead of answers. */
#include "collectors/snmp_decode.h"
#include "collectors/snmp_link.h"
#include "collectors/socket.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { GET_NAMES = 32, TRIES = 10, TRY_LEAST = 200, REFUSAL = 150 /* ms */ };

/* A datagram may get lost: it is sent again, up to ten times, until the time is over but for what is_refused needs. */
void snmp_link_set_patience(netsnmp_session *session, const struct run *run)
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
    if (link->answers > 0)
        (void)error_set(error, "waiting for more from \"%s\" after %zu answers", link->place, link->answers);
    else
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

enum source_end snmp_link_failed(const struct snmp_link *link, int code, char *words, struct error *error)
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

netsnmp_pdu *snmp_link_ask(struct snmp_link *link, netsnmp_pdu *pdu, enum source_end *end,
                           struct error *error)
{
    netsnmp_pdu *answer = NULL;
    *end = SOURCE_READ;
    if (run_remaining(link->run) == 0) {
        link->snmp->snmp_free_pdu(pdu);
        *end = timed_out(link, error);
        return NULL;
    }
    run_stage(link->run, "waiting for an answer from \"%s\"", link->place);
    snmp_link_set_patience(link->snmp->snmp_sess_session(link->session), link->run);
    int status = link->snmp->snmp_sess_synch_response(link->session, pdu, &answer);
    if (status == STAT_SUCCESS && answer) {
        link->answers++;
        return answer;
    }
    if (answer)
        link->snmp->snmp_free_pdu(answer);
    int errno_then, code;
    char *words = NULL;
    link->snmp->snmp_sess_error(link->session, &errno_then, &code, &words);
    *end = snmp_link_failed(link, status == STAT_TIMEOUT ? SNMPERR_TIMEOUT : code, words, error);
    return NULL;
}

void snmp_link_add(struct snmp_link *link, netsnmp_pdu *pdu, const struct snmp_name *name)
{
    oid parts[SNMP_NAME_CAP];
    for (size_t i = 0; i < name->length; i++)
        parts[i] = name->parts[i];
    (void)link->snmp->snmp_add_null_var(pdu, parts, name->length);
}

/* The agent's own failure, by its error-status (RFC 3416, 4.2): a missing right is no fault of the service. */
enum source_end snmp_link_refused(struct snmp_link *link, const netsnmp_pdu *answer, struct error *error)
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

enum source_end snmp_link_misanswered(const struct snmp_link *link, const char *what, struct error *error)
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
        return snmp_link_refused(link, answer, error);
    for (size_t i = 0; i < count; i++, variable = variable->next_variable) {
        if (!variable || !snmp_decode_name(variable, &name) || snmp_name_compare(&name, &names[i]) != 0)
            return snmp_link_misanswered(link, "answers with other objects than were asked for", error);
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
        snmp_link_add(link, pdu, &names[i]);
    netsnmp_pdu *answer = snmp_link_ask(link, pdu, &end, error);
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
    for (size_t at = 0; end == SOURCE_READ && at < count; at += GET_NAMES) {
        size_t some = count - at < GET_NAMES ? count - at : GET_NAMES;
        end = get_some(link, names + at, some, values + at, error);
    }
    return end;
}
