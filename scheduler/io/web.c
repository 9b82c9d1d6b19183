/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libmicrohttpd with its epoll descriptor on our loop: no thread. A request whose answer comes later is suspended
 * meanwhile. */
#include "scheduler/io/web.h"

#include "lib/listen_address.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/web_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 256,
    SHARE = 64,   /* of them that one client address may hold off loopback, where it is not a proxy for all */
    SILENCE = 30, /* seconds before a silent connection is closed */
    MEMORY = 32 << 10, /* bytes of request line and headers of one connection */
    BODY_MOST = 1 << 20,
    BACKLOG = 128,
};

struct web_call {
    struct web_call *next;             /* of those that wait for their answer */
    struct web *web;                   /* NULL: the listener is closed */
    struct MHD_Connection *connection; /* NULL: the client has gone */
    struct MHD_Response *response;
    unsigned status;
    const char *challenges[WEB_CHALLENGES];
    size_t challenge_count;
    struct text body;
    size_t came;  /* bytes of it, also of one that is too big */
    size_t limit; /* of them */
    bool too_big;
    bool asked;    /* the handler was called */
    bool answered; /* web_reply was called */
    bool suspended;
};

struct web {
    struct loop *loop;
    struct loop_watch *watch;
    struct loop_timer *timer;
    struct MHD_Daemon *daemon;
    struct web_call *calls;
    struct web_settings settings; /* its texts are the caller's, and not used later */
    struct web_tls *tls;          /* NULL: none */
    unsigned port;
    bool loopback;
    bool running; /* inside MHD_run */
    bool closing;
};

/* Addresses */

static int listen_at(struct web *web, const char *listen_text, struct error *error)
{
    union listen_address address = {.any.sa_family = AF_UNSPEC};
    if (!listen_address_read(listen_text, &address, error))
        return -1;
    web->loopback = listen_address_is_loopback(&address);
    socklen_t size = address.any.sa_family == AF_INET6 ? sizeof address.six : sizeof address.four;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (fd < 0 || bind(fd, &address.any, size) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address.any, &size) != 0) {
        (void)error_set(error, "cannot listen at \"%s\": %s", listen_text, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    web->port = ntohs(address.any.sa_family == AF_INET6 ? address.six.sin6_port : address.four.sin_port);
    return fd;
}

/* Turns of libmicrohttpd */

static void web_turn(struct web *web)
{
    MHD_UNSIGNED_LONG_LONG wait;
    if (web->running || web->closing)
        return; /* the turn that is under way sees it */
    web->running = true;
    (void)MHD_run(web->daemon);
    web->running = false;
    if (MHD_get_timeout(web->daemon, &wait) == MHD_YES)
        loop_timer_at(web->timer, loop_now() + (int64_t)(wait > 60000 ? 60000 : wait) * 1000);
    else
        loop_timer_stop(web->timer);
}

static void web_ready(void *owner, int events)
{
    (void)events;
    web_turn(owner);
}

static void web_due(void *owner)
{
    web_turn(owner);
}

/* Calls */

static struct web_call *call_create(struct web *web, struct MHD_Connection *connection)
{
    struct web_call *call = memory_get(1, sizeof *call);
    *call = (struct web_call){
        .next = web->calls, .web = web, .connection = connection, .body = TEXT_INIT, .limit = BODY_MOST};
    web->calls = call;
    return call;
}

/* It is over for both: the client and whoever answers. */
static void call_free(struct web_call *call)
{
    if (call->web)
        for (struct web_call **at = &call->web->calls; *at; at = &(*at)->next)
            if (*at == call) {
                *at = call->next;
                break;
            }
    if (call->response)
        MHD_destroy_response(call->response);
    text_release(&call->body);
    free(call);
}

static void call_completed(void *owner, struct MHD_Connection *connection, void **memory,
                           enum MHD_RequestTerminationCode code)
{
    struct web_call *call = *memory;
    (void)owner;
    (void)connection;
    (void)code;
    if (!call)
        return;
    *memory = NULL;
    call->connection = NULL;
    if (!call->asked || call->answered)
        call_free(call);
}

static enum MHD_Result send_answer(struct web_call *call)
{
    enum MHD_Result result = MHD_queue_response(call->connection, call->status, call->response);
    MHD_destroy_response(call->response);
    call->response = NULL;
    return result;
}

/* Nothing of it is kept, framed, guessed at, or tells where it was come from: links that act are secrets. */
static const char *const headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
};

static void set_answer(struct web_call *call, unsigned status, const char *type, const void *body,
                       size_t length)
{
    call->response =
        MHD_create_response_from_buffer(length, memory_text_of(body, length), MHD_RESPMEM_MUST_FREE);
    call->status = status;
    call->answered = true;
    if (!call->response)
        abort();
    (void)MHD_add_response_header(call->response, "Content-Type", type);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        (void)MHD_add_response_header(call->response, headers[i][0], headers[i][1]);
    for (size_t i = 0; i < call->challenge_count; i++)
        (void)MHD_add_response_header(call->response, "WWW-Authenticate", call->challenges[i]);
}

void web_reply(struct web_call *call, unsigned status, const char *type, const void *body, size_t length)
{
    if (!call->connection) {
        call->answered = true;
        call_free(call);
        return;
    }
    set_answer(call, status, type, body, length);
    if (call->suspended) {
        struct web *web = call->web;
        call->suspended = false;
        MHD_resume_connection(call->connection);
        /* Not here: the caller is not prepared for other requests that come in. */
        if (!web->closing)
            loop_timer_at(web->timer, 0);
    }
}

const char *web_argument(const struct web_call *call, const char *name)
{
    return call->connection ? MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND, name)
                            : NULL;
}

const char *web_header(const struct web_call *call, const char *name)
{
    return call->connection ? MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name) : NULL;
}

char *web_password(const struct web_call *call)
{
    char *password = NULL;
    char *name = call->connection ? MHD_basic_auth_get_username_password(call->connection, &password) : NULL;
    MHD_free(name);
    return password;
}

void web_password_free(char *password)
{
    if (password)
        explicit_bzero(password, strlen(password));
    MHD_free(password);
}

void web_challenge(struct web_call *call, const char *value)
{
    if (call->challenge_count == WEB_CHALLENGES)
        abort();
    call->challenges[call->challenge_count++] = value;
}

void web_limit(struct web_call *call, size_t bytes)
{
    call->limit = bytes;
}

const char *web_body(const struct web_call *call, size_t *length)
{
    *length = call->body.length;
    return call->body.bytes;
}

/* The request is whole: ask, and answer or wait. */
static enum MHD_Result ask(struct web_call *call, const char *path, const char *method)
{
    static const char big[] = "the request is too big\n";
    call->asked = true;
    if (call->too_big)
        set_answer(call, MHD_HTTP_CONTENT_TOO_LARGE, "text/plain; charset=utf-8", big, sizeof big - 1);
    else
        call->web->settings.handler(call->web->settings.owner, call, method, path);
    if (call->answered)
        return send_answer(call);
    call->suspended = true;
    MHD_suspend_connection(call->connection);
    return MHD_YES;
}

static enum MHD_Result request_came(void *owner, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **memory)
{
    struct web_call *call = *memory;
    (void)version;
    if (!call) {
        struct web *web = owner;
        *memory = call = call_create(web, connection);
        call->asked = !web->settings.admit(web->settings.owner, call, method, url);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        /* The body of one that is refused is read all the same, so that its sender reads the answer. */
        call->came += *upload_size;
        call->too_big |= call->came > call->limit;
        if (call->too_big || call->answered)
            text_release(&call->body);
        else
            text_add_bytes(&call->body, upload, *upload_size);
        *upload_size = 0;
        return call->came > 2 * (size_t)BODY_MOST ? MHD_NO : MHD_YES;
    }
    if (call->answered)
        return send_answer(call);
    return call->asked ? MHD_YES : ask(call, url, method);
}

/* The listener */

static void log_nothing(void *owner, const char *format, va_list arguments)
{
    (void)owner;
    (void)format;
    (void)arguments;
}

static void connection_came(void *owner, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code)
{
    (void)connection;
    *context = code == MHD_CONNECTION_NOTIFY_STARTED ? owner : NULL;
}

/* GnuTLS knows the session alone: libmicrohttpd has put its connection there, and connection_came the listener into
 * that. Each handshake takes copies, so that a renewal does not take the key away from one under way. */
static int show_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *request,
                            gnutls_pcert_st **certificates, unsigned *count, gnutls_ocsp_data_st **ocsp,
                            unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags)
{
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *info =
        connection ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
    const struct web *web = info ? info->socket_context : NULL;
    (void)request;
    *ocsp = NULL;
    *ocsp_count = 0;
    *flags = GNUTLS_CERT_RETR_DEINIT_ALL;
    return web && web_tls_give(web->tls, certificates, count, key) ? 0 : -1;
}

/* Without TLS the options end before those of TLS. */
static struct MHD_Daemon *start_daemon(struct web *web, int fd)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        flags | (web->tls ? MHD_USE_TLS : 0), 0, NULL, NULL, request_came, web, MHD_OPTION_EXTERNAL_LOGGER,
        log_nothing, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, call_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection_came, web, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT, web->loopback ? 0U : (unsigned)SHARE,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        web->tls ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END, show_certificate,
        MHD_OPTION_HTTPS_PRIORITIES, WEB_TLS_PRIORITY, MHD_OPTION_END);
}

static void release(struct web *web)
{
    web_tls_free(web->tls);
    free(web);
}

struct web *web_open(struct loop *loop, const struct web_settings *settings, struct error *error)
{
    struct web *web = memory_get(1, sizeof *web);
    *web = (struct web){.loop = loop, .settings = *settings};
    bool ready = !settings->certificate || web_renew(web, settings->certificate, settings->key, error);
    int fd = ready ? listen_at(web, settings->listen, error) : -1;
    if (fd < 0) {
        release(web);
        return NULL;
    }
    web->daemon = start_daemon(web, fd);
    const union MHD_DaemonInfo *info =
        web->daemon ? MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        (void)error_set(error, "cannot start the HTTP listener at \"%s\"", settings->listen);
        if (web->daemon)
            MHD_stop_daemon(web->daemon);
        else
            (void)close(fd);
        release(web);
        return NULL;
    }
    web->timer = loop_timer_add(loop, web_due, web);
    web->watch = loop_watch_add(loop, info->epoll_fd, LOOP_READ, web_ready, web);
    return web;
}

bool web_renew(struct web *web, const char *certificate, const char *key, struct error *error)
{
    struct web_tls *tls = web_tls_read(certificate, key, error);
    if (!tls)
        return false;
    web_tls_free(web->tls);
    web->tls = tls;
    return true;
}

bool web_is_tls(const struct web *web)
{
    return web->tls != NULL;
}

bool web_is_loopback(const struct web *web)
{
    return web->loopback;
}

void web_close(struct web *web)
{
    if (!web)
        return;
    web->closing = true;
    loop_watch_remove(web->watch);
    loop_timer_remove(web->timer);
    for (struct web_call *call = web->calls; call; call = call->next)
        if (call->suspended) {
            call->suspended = false;
            MHD_resume_connection(call->connection);
        }
    MHD_stop_daemon(web->daemon);
    /* Those whose answer is still to come are freed by it. */
    for (struct web_call *call = web->calls; call; call = call->next)
        call->web = NULL;
    release(web);
}

unsigned web_port(const struct web *web)
{
    return web->port;
}
