/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/amqp.h"

#include "collectors/amqp_library.h"
#include "lib/number.h"
#include "lib/text.h"

#include <math.h>
#include <netdb.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHANNEL = 1, FRAME_MAX = 131072, NAME_ROOM = 128 };

static const char debian_authorities[] = "/etc/ssl/certs/ca-certificates.crt";

/* One probe under way. */
struct probe {
    const struct amqp_library *library;
    const struct amqp_question *question;
    amqp_connection_state_t connection;
    struct error *error;
    const char *stage;    /* "declaring a queue at" */
    char name[NAME_ROOM]; /* of the queue, and what the message says */
    enum source_end end;  /* why a step failed */
};

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct timeval time_left(const struct probe *probe)
{
    double left = number_higher((double)probe->question->deadline / 1000 - now(), 0.001);
    struct timeval value = {.tv_sec = (time_t)left};
    value.tv_usec = (suseconds_t)((left - (double)value.tv_sec) * 1e6);
    return value;
}

/* The library's own failures. */
static bool broken(struct probe *probe, int status)
{
    const struct amqp_question *question = probe->question;
    if (status == AMQP_STATUS_TIMEOUT) {
        probe->end = SOURCE_TIMEOUT;
        return error_set(probe->error, "%s \"%s:%lld\"", probe->stage, question->host,
                         (long long)question->port);
    }
    probe->end = SOURCE_FAULT;
    return error_set(probe->error, "%s \"%s:%lld\" failed: %s", probe->stage, question->host,
                     (long long)question->port, probe->library->error_string2(status));
}

/* The broker closed the channel or the connection. Source of the codes: AMQP 0-9-1, section 1.2: 403 access-refused,
 * 404 not-found, 530 not-allowed (also: no such vhost) are about what was asked for, not about its health. */
static bool closed(struct probe *probe, uint16_t code, amqp_bytes_t reason)
{
    bool is_refusal = code == AMQP_ACCESS_REFUSED || code == AMQP_NOT_FOUND || code == AMQP_NOT_ALLOWED;
    probe->end = is_refusal ? SOURCE_UNREADABLE : SOURCE_FAULT;
    return error_set(probe->error, "%s \"%s:%lld\" as user \"%s\" in vhost \"%s\" was refused: %.*s (%u)",
                     probe->stage, probe->question->host, (long long)probe->question->port,
                     probe->question->user, probe->question->vhost,
                     (int)(reason.len < 200 ? reason.len : 200), (const char *)reason.bytes, (unsigned)code);
}

static bool closed_by_method(struct probe *probe, const amqp_method_t *method)
{
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = method->decoded;
        return closed(probe, close->reply_code, close->reply_text);
    }
    const amqp_channel_close_t *close = method->decoded;
    return closed(probe, close->reply_code, close->reply_text);
}

/* Whether a frame that nobody waits for ends the probe. */
static bool is_harmless(struct probe *probe, const amqp_frame_t *frame)
{
    if (frame->frame_type != AMQP_FRAME_METHOD)
        return true;
    const amqp_method_t *method = &frame->payload.method;
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD || method->id == AMQP_CHANNEL_CLOSE_METHOD)
        return closed_by_method(probe, method);
    if (method->id == AMQP_CONNECTION_BLOCKED_METHOD) {
        const amqp_connection_blocked_t *blocked = method->decoded;
        probe->end = SOURCE_FAULT;
        return error_set(probe->error, "the broker takes no messages: %.*s",
                         (int)(blocked->reason.len < 200 ? blocked->reason.len : 200),
                         (const char *)blocked->reason.bytes);
    }
    if (method->id == AMQP_BASIC_RETURN_METHOD || method->id == AMQP_BASIC_NACK_METHOD ||
        method->id == AMQP_BASIC_GET_EMPTY_METHOD) {
        probe->end = SOURCE_FAULT;
        return error_set(probe->error, "%s \"%s:%lld\" lost the message", probe->stage, probe->question->host,
                         (long long)probe->question->port);
    }
    return true;
}

static bool is_wanted(const amqp_frame_t *frame, uint8_t type, amqp_method_number_t method)
{
    return frame->frame_type == type && (type != AMQP_FRAME_METHOD || frame->payload.method.id == method);
}

/* Frames until one of that type, for a method of that number. */
static bool wait_frame(struct probe *probe, uint8_t type, amqp_method_number_t method, amqp_frame_t *frame)
{
    for (;;) {
        struct timeval left = time_left(probe);
        int status = probe->library->simple_wait_frame_noblock(probe->connection, frame, &left);
        if (status != AMQP_STATUS_OK)
            return broken(probe, status);
        if (is_wanted(frame, type, method))
            return true;
        if (!is_harmless(probe, frame))
            return false;
    }
}

static bool call(struct probe *probe, amqp_method_number_t method, void *arguments,
                 amqp_method_number_t answer)
{
    amqp_frame_t frame;
    int status = probe->library->send_method(probe->connection, CHANNEL, method, arguments);
    return status == AMQP_STATUS_OK ? wait_frame(probe, AMQP_FRAME_METHOD, answer, &frame)
                                    : broken(probe, status);
}

static amqp_bytes_t bytes_of(char *string)
{
    return (amqp_bytes_t){.len = strlen(string), .bytes = string};
}

/* The library asks for any family: an address of the wanted one is looked up here. */
static bool find_address(struct probe *probe, char *address, size_t room)
{
    const struct addrinfo hints = {.ai_family = probe->question->family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(probe->question->host, NULL, &hints, &found);
    bool done = code == 0 && getnameinfo(found->ai_addr, found->ai_addrlen, address, (socklen_t)room, NULL, 0,
                                         NI_NUMERICHOST) == 0;
    if (code == 0)
        freeaddrinfo(found);
    if (done)
        return true;
    probe->end = SOURCE_FAULT;
    return error_set(probe->error, "no such host: \"%s\"", probe->question->host);
}

static amqp_socket_t *make_socket(struct probe *probe)
{
    const struct amqp_question *question = probe->question;
    const struct amqp_library *library = probe->library;
    if (!question->tls)
        return library->tcp_socket_new(probe->connection);
    amqp_socket_t *socket = library->ssl_socket_new(probe->connection);
    if (!socket)
        return NULL;
    library->ssl_socket_set_verify_peer(socket, !question->insecure);
    library->ssl_socket_set_verify_hostname(socket, !question->insecure);
    const char *authorities = question->ca_file ? question->ca_file : debian_authorities;
    if (!question->insecure && library->ssl_socket_set_cacert(socket, authorities) != AMQP_STATUS_OK) {
        (void)error_set(probe->error, "cannot read the certificates in \"%s\"", authorities);
        return NULL;
    }
    return socket;
}

static bool step_connect(struct probe *probe)
{
    char address[NI_MAXHOST];
    const char *host = probe->question->host;
    struct timeval left;
    (void)error_set(probe->error, "librabbitmq gives no socket");
    amqp_socket_t *socket = make_socket(probe);
    if (!socket)
        return false;
    if (probe->question->family != AF_UNSPEC) {
        if (!find_address(probe, address, sizeof address))
            return false;
        host = address;
    }
    left = time_left(probe);
    int status = probe->library->socket_open_noblock(socket, host, (int)probe->question->port, &left);
    return status == AMQP_STATUS_OK || broken(probe, status);
}

/* The answer of the library to a login: the broker's own close, or a failure of the library. A broker that does not
 * know the user's password may also just hang up. */
static bool login_failed(struct probe *probe, const amqp_rpc_reply_t *reply)
{
    if (reply->reply_type == AMQP_RESPONSE_SERVER_EXCEPTION)
        return closed_by_method(probe, &reply->reply);
    return broken(probe, reply->library_error);
}

static bool step_login(struct probe *probe)
{
    const struct amqp_question *question = probe->question;
    const struct amqp_library *library = probe->library;
    struct timeval left = time_left(probe);
    char key[] = "capabilities", blocked[] = "connection.blocked", failure[] = "authentication_failure_close",
         confirm[] = "publisher_confirms";
    const amqp_field_value_t yes = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}};
    amqp_table_entry_t capabilities[] = {
        {bytes_of(blocked), yes}, {bytes_of(failure), yes}, {bytes_of(confirm), yes}};
    amqp_table_entry_t property = {
        bytes_of(key),
        {.kind = AMQP_FIELD_KIND_TABLE,
         .value = {.table = {sizeof capabilities / sizeof capabilities[0], capabilities}}}};
    const amqp_table_t properties = {1, &property};
    (void)library->set_handshake_timeout(probe->connection, &left);
    amqp_rpc_reply_t reply =
        library->login_with_properties(probe->connection, question->vhost, CHANNEL, FRAME_MAX, 0, &properties,
                                       AMQP_SASL_METHOD_PLAIN, question->user, question->password);
    return reply.reply_type == AMQP_RESPONSE_NORMAL || login_failed(probe, &reply);
}

static bool step_declare(struct probe *probe)
{
    amqp_channel_open_t open = {.out_of_band = {0, NULL}};
    amqp_confirm_select_t confirm = {.nowait = 0};
    amqp_queue_declare_t declare = {.queue = bytes_of(probe->name), .exclusive = 1, .auto_delete = 1};
    return call(probe, AMQP_CHANNEL_OPEN_METHOD, &open, AMQP_CHANNEL_OPEN_OK_METHOD) &&
           call(probe, AMQP_CONFIRM_SELECT_METHOD, &confirm, AMQP_CONFIRM_SELECT_OK_METHOD) &&
           call(probe, AMQP_QUEUE_DECLARE_METHOD, &declare, AMQP_QUEUE_DECLARE_OK_METHOD);
}

static bool step_publish(struct probe *probe)
{
    amqp_frame_t frame;
    amqp_bytes_t name = bytes_of(probe->name);
    int status = probe->library->basic_publish(probe->connection, CHANNEL, (amqp_bytes_t){0, NULL}, name, 1,
                                               0, NULL, name);
    return status == AMQP_STATUS_OK ? wait_frame(probe, AMQP_FRAME_METHOD, AMQP_BASIC_ACK_METHOD, &frame)
                                    : broken(probe, status);
}

static bool step_get(struct probe *probe)
{
    amqp_frame_t frame;
    amqp_basic_get_t get = {.queue = bytes_of(probe->name), .no_ack = 1};
    if (!call(probe, AMQP_BASIC_GET_METHOD, &get, AMQP_BASIC_GET_OK_METHOD) ||
        !wait_frame(probe, AMQP_FRAME_HEADER, 0, &frame) || !wait_frame(probe, AMQP_FRAME_BODY, 0, &frame))
        return false;
    const amqp_bytes_t *body = &frame.payload.body_fragment;
    if (body->len == strlen(probe->name) && memcmp(body->bytes, probe->name, body->len) == 0)
        return true;
    probe->end = SOURCE_FAULT;
    return error_set(probe->error, "the message that came back is not the one that was published");
}

static bool step_delete(struct probe *probe)
{
    amqp_queue_delete_t remove = {.queue = bytes_of(probe->name)};
    return call(probe, AMQP_QUEUE_DELETE_METHOD, &remove, AMQP_QUEUE_DELETE_OK_METHOD);
}

static const struct {
    const char *name;
    bool (*take)(struct probe *probe);
    const char *stage;
} steps[AMQP_PHASE_COUNT] = {
    [AMQP_PHASE_CONNECT] = {"connect", step_connect, "connecting to"},
    [AMQP_PHASE_LOGIN] = {"login", step_login, "logging in at"},
    [AMQP_PHASE_DECLARE] = {"declare", step_declare, "declaring a queue at"},
    [AMQP_PHASE_PUBLISH] = {"publish", step_publish, "publishing to"},
    [AMQP_PHASE_GET] = {"get", step_get, "getting the message from"},
    [AMQP_PHASE_DELETE] = {"delete", step_delete, "deleting the queue at"},
};

const char *amqp_phase_name(enum amqp_phase phase)
{
    return steps[phase].name;
}

static bool make_name(struct probe *probe)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(probe->error, "no random number for a name");
    (void)snprintf(probe->name, sizeof probe->name, "watchbill.aliveness.%ld.%016llx", (long)getpid(),
                   (unsigned long long)random);
    return true;
}

static bool take_steps(struct probe *probe, struct amqp_answer *answer)
{
    double begun = now();
    for (size_t phase = 0; phase < AMQP_PHASE_COUNT; phase++) {
        double since = now();
        probe->stage = steps[phase].stage;
        if (!steps[phase].take(probe))
            return false;
        answer->seconds[phase] = now() - since;
    }
    answer->total = now() - begun;
    return true;
}

enum source_end amqp_probe(const struct amqp_question *question, struct amqp_answer *answer,
                           struct error *error)
{
    struct probe probe = {.question = question, .error = error, .end = SOURCE_UNREADABLE};
    for (size_t phase = 0; phase < AMQP_PHASE_COUNT; phase++)
        answer->seconds[phase] = (double)NAN;
    answer->total = (double)NAN;
    probe.library = amqp_library_get(error);
    if (!probe.library || !make_name(&probe))
        return SOURCE_UNREADABLE;
    probe.connection = probe.library->new_connection();
    if (!probe.connection) {
        (void)error_set(error, "librabbitmq gives no connection");
        return SOURCE_UNREADABLE;
    }
    bool done = take_steps(&probe, answer);
    if (done) {
        struct timeval left = time_left(&probe);
        (void)probe.library->set_rpc_timeout(probe.connection, &left);
        (void)probe.library->connection_close(probe.connection, AMQP_REPLY_SUCCESS);
    }
    (void)probe.library->destroy_connection(probe.connection);
    return done ? SOURCE_READ : probe.end;
}
