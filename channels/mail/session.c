/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/mail/session.h"

#include "channels/mail/tls.h"
#include "lib/memory.h"

#include <auth-client.h>
#include <ctype.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <unistd.h>

#include <libesmtp.h>

enum { REPLY_MOST = 200, SMTP_OK = 250 };

struct session {
    const struct order *order;
    struct progress *progress;
    char *user; /* a copy: the library takes plain pointers */
    char password[ALERT_CHANNEL_SECRET_MOST];
    bool encrypted;     /* tls is on and the server is who it should be */
    bool authenticated; /* the server accepted the login */
    bool no_starttls;
    int auth_code;          /* its answer to a login that it refused; 0: none came */
    struct error fault;     /* why its certificate was not accepted; empty: it was */
    char reply[REPLY_MOST]; /* its last refusal outside the login */
};

static void finish(struct session *session, enum alert_end outcome, const struct error *said)
{
    session->progress->outcome = outcome;
    session->progress->said = *said;
    session->progress->finished = true;
}

/* The library would send the message all the same. This process ends before it does. */
static _Noreturn void refuse_to_send(struct session *session)
{
    struct error said;
    const struct order *order = session->order;
    if (!session->encrypted && order->tls)
        error_set(&said, "the mail server \"%s\" would get the message without tls", order->server);
    else if (session->auth_code != 0)
        error_set(&said, "the mail server \"%s\" refused the login of \"%s\" (%d)", order->server,
                  order->user, session->auth_code);
    else
        error_set(&said, "the mail server \"%s\" offers no login that can be used for \"%s\"", order->server,
                  order->user);
    finish(session, ALERT_AGAIN, &said);
    explicit_bzero(session->password, sizeof session->password);
    _exit(0);
}

/* ---- what the library tells while it works ---- */

/* Commands only: what follows AUTH is secret and is not looked at. */
static void note_command(struct session *session, const char *bytes, size_t length)
{
    static const struct {
        const char *command;
        enum stage stage;
    } commands[] = {
        {"EHLO ", STAGE_HELLO}, {"HELO ", STAGE_HELLO},  {"STARTTLS\r", STAGE_STARTTLS},
        {"AUTH ", STAGE_AUTH},  {"MAIL ", STAGE_SENDER}, {"DATA\r", STAGE_MESSAGE},
        {"QUIT\r", STAGE_QUIT},
    };
    const struct order *order = session->order;
    bool refused = (order->user && !session->authenticated) || (order->tls && !session->encrypted);
    if (refused && memmem(bytes, length, "MAIL FROM:", 10))
        refuse_to_send(session);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t size = strlen(commands[i].command);
        if (length >= size && memcmp(bytes, commands[i].command, size) == 0)
            session->progress->stage = (int)commands[i].stage;
    }
    /* Sender, recipient and DATA may come in one piece. */
    if (session->progress->stage == STAGE_SENDER && memmem(bytes, length, "\r\nDATA\r\n", 8))
        session->progress->stage = STAGE_MESSAGE;
}

static void copy_printable(char *text, size_t size, const char *bytes, size_t length)
{
    size_t kept = 0;
    for (; kept < length && kept + 1 < size; kept++)
        text[kept] = isprint((unsigned char)bytes[kept]) ? bytes[kept] : ' ';
    while (kept > 0 && text[kept - 1] == ' ')
        kept--;
    text[kept] = '\0';
}

static void note_reply(struct session *session, const char *bytes, size_t length)
{
    if (length < 3 || !isdigit((unsigned char)bytes[0]) || !isdigit((unsigned char)bytes[1]) ||
        !isdigit((unsigned char)bytes[2]))
        return;
    int code = (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + (bytes[2] - '0');
    if (session->progress->stage == STAGE_AUTH) {
        session->authenticated = code / 100 == 2;
        if (code >= 400)
            session->auth_code = code;
    } else if (code >= 400) {
        copy_printable(session->reply, sizeof session->reply, bytes, length);
    }
}

static void monitor(const char *bytes, int length, int writing, void *owner)
{
    if (length > 0 && writing)
        note_command(owner, bytes, (size_t)length);
    else if (length > 0)
        note_reply(owner, bytes, (size_t)length);
}

static void on_event(smtp_session_t library, int number, void *owner, ...)
{
    struct session *session = owner;
    va_list arguments;
    (void)library;
    va_start(arguments, owner);
    switch (number) {
    case SMTP_EV_CONNECT:
        session->progress->stage = STAGE_GREETING;
        break;
    case SMTP_EV_EXTNA_STARTTLS:
        session->no_starttls = true;
        break;
    case SMTP_EV_STARTTLS_OK:
        session->encrypted = true;
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE:
        /* The library compares with the canonical name and knows no addresses; the handshake has compared
         * with the configured name already and would have failed. */
        *va_arg(arguments, int *) = 1;
        break;
    case SMTP_EV_INVALID_PEER_CERTIFICATE:
        (void)va_arg(arguments, long);
        *va_arg(arguments, int *) = 0;
        break;
    default:
        break;
    }
    va_end(arguments);
}

static int answer_login(auth_client_request_t request, char **result, int fields, void *owner)
{
    struct session *session = owner;
    for (int i = 0; i < fields; i++) {
        result[i] = request[i].flags & AUTH_USER   ? session->user
                    : request[i].flags & AUTH_PASS ? session->password
                                                   : NULL;
    }
    return 1;
}

/* ---- setting up ---- */

static auth_context_t login_context(struct session *session)
{
    auth_client_init();
    auth_context_t login = auth_create_context();
    if (login) {
        /* Without this the mechanisms LOGIN and PLAIN are skipped in silence. */
        auth_set_mechanism_flags(login, AUTH_PLUGIN_PLAIN, 0);
        auth_set_interact_cb(login, answer_login, session);
    }
    return login;
}

/* This host's name as EHLO tells it. */
static void host_name(char name[static 256])
{
    if (gethostname(name, 255) != 0 || name[0] == '\0')
        (void)snprintf(name, 256, "localhost");
    name[255] = '\0';
    for (char *byte = name; *byte; byte++)
        if (!isalnum((unsigned char)*byte) && *byte != '.')
            *byte = '-';
}

static bool set_times(smtp_session_t library, int64_t timeout)
{
    static const int kinds[] = {Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER,
                                Timeout_DATA2};
    bool ok = true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ok = smtp_set_timeout(library, kinds[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, (long)timeout) > 0 && ok;
    return ok;
}

static bool set_up(struct session *session, smtp_session_t library, SSL_CTX *tls)
{
    const struct order *order = session->order;
    char name[256];
    host_name(name);
    bool ok = smtp_set_server(library, order->server) && smtp_set_hostname(library, name) &&
              set_times(library, order->timeout);
    ok = ok && smtp_set_eventcb(library, on_event, session) &&
         smtp_set_monitorcb(library, monitor, session, 0);
    ok = ok && smtp_starttls_enable(library, order->tls ? Starttls_REQUIRED : Starttls_DISABLED);
    return ok && (!tls || smtp_starttls_set_ctx(library, tls));
}

/* ---- what came of it ---- */

struct delivery {
    smtp_message_t message;
    smtp_recipient_t recipient;
    bool started;
};

/* A refusal with a code of 500 and above lasts, except where a login or a setting could mend it. */
static enum alert_end refusal(int code)
{
    return code >= 500 && code != 530 && code != 534 && code != 535 && code != 538 ? ALERT_NEVER
                                                                                   : ALERT_AGAIN;
}

static int code_of(const smtp_status_t *status)
{
    return status ? status->code : 0;
}

/* Whether the server refused a part of the transaction: the first that it did refuse tells. */
static bool judge_refusal(const struct order *order, const struct delivery *delivery, enum alert_end *outcome,
                          struct error *said)
{
    const struct {
        const char *what;
        const smtp_status_t *status;
    } parts[] = {
        {"sender", smtp_reverse_path_status(delivery->message)},
        {"recipient", smtp_recipient_status(delivery->recipient)},
        {"message", smtp_message_transfer_status(delivery->message)},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int code = code_of(parts[i].status);
        if (code < 400)
            continue;
        char reply[REPLY_MOST] = "";
        if (parts[i].status->text)
            copy_printable(reply, sizeof reply, parts[i].status->text, strlen(parts[i].status->text));
        error_set(said, "the mail server \"%s\" refused the %s: %d %s", order->server, parts[i].what, code,
                  reply);
        *outcome = refusal(code);
        return true;
    }
    return false;
}

static enum alert_end judge_failure(const struct session *session, const struct delivery *delivery,
                                    struct error *said)
{
    const struct order *order = session->order;
    enum alert_end outcome = ALERT_AGAIN;
    if (session->fault.text[0] != '\0')
        error_set(said, "the certificate of the mail server \"%s\" is not accepted: %s", order->server,
                  session->fault.text);
    else if (session->no_starttls)
        error_set(said, "the mail server \"%s\" offers no tls, and tls is required", order->server);
    else if (judge_refusal(order, delivery, &outcome, said))
        ; /* said */
    else if (session->reply[0] != '\0')
        error_set(said, "the mail server \"%s\" refused: %s", order->server, session->reply);
    else
        error_set(said, "the mail server \"%s\" broke off or did not answer", order->server);
    return outcome;
}

static enum alert_end judge(const struct session *session, const struct delivery *delivery,
                            struct error *said)
{
    const struct order *order = session->order;
    char reason[128] = "";
    /* That a session was held says nothing: only both codes together do. */
    if (delivery->started && code_of(smtp_message_transfer_status(delivery->message)) == SMTP_OK &&
        code_of(smtp_recipient_status(delivery->recipient)) == SMTP_OK) {
        error_set(said, "delivered to \"%s\" by \"%s\"%s", order->to, order->server,
                  session->encrypted ? "" : ", without tls");
        return ALERT_DELIVERED;
    }
    if (!delivery->started && session->progress->stage == STAGE_CONNECT) {
        (void)smtp_strerror(smtp_errno(), reason, sizeof reason);
        error_set(said, "no connection to the mail server \"%s\": %s", order->server, reason);
        return ALERT_AGAIN;
    }
    return judge_failure(session, delivery, said);
}

static enum alert_end hold(struct session *session, smtp_session_t library, struct error *said)
{
    struct delivery delivery = {.message = smtp_add_message(library)};
    delivery.recipient = delivery.message ? smtp_add_recipient(delivery.message, session->order->to) : NULL;
    if (!delivery.recipient || !smtp_set_reverse_path(delivery.message, session->order->from) ||
        !smtp_set_message_str(delivery.message, session->order->message.bytes)) {
        error_set(said, "the mail library refused the message");
        return ALERT_AGAIN;
    }
    delivery.started = smtp_start_session(library) != 0;
    return judge(session, &delivery, said);
}

void session_run(const struct order *order, struct progress *progress)
{
    struct session session = {.order = order, .progress = progress, .user = memory_text(order->user)};
    struct error said = {""};
    enum alert_end outcome = ALERT_AGAIN;
    SSL_CTX *tls = order->tls ? tls_context(order, &session.fault, &said) : NULL;
    bool ok = (tls || !order->tls) && (!order->user || alert_channel_secret(order->password_file, "password",
                                                                            session.password, &said));
    smtp_session_t library = ok ? smtp_create_session() : NULL;
    auth_context_t login = ok && order->user ? login_context(&session) : NULL;
    if (library && (!order->user || login) && set_up(&session, library, tls) &&
        (!login || smtp_auth_set_context(library, login)))
        outcome = hold(&session, library, &said);
    else if (ok)
        error_set(&said, "the mail library cannot be set up for \"%s\"", order->server);
    explicit_bzero(session.password, sizeof session.password);
    if (library)
        smtp_destroy_session(library);
    if (login)
        auth_destroy_context(login);
    SSL_CTX_free(tls);
    free(session.user);
    finish(&session, outcome, &said);
}
