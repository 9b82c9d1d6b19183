/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_link.h"

#include "collectors/library.h"
#include "lib/memory.h"
#include "lib/text.h"

#include <errno.h>
#include <linux/tcp.h> /* the tcp_info of <netinet/tcp.h> lacks the bytes */
#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

/* The functions that are called here, with the types of <mariadb/mysql.h>. */
struct mysql_library {
    __typeof__(mysql_server_init) *server_init;
    __typeof__(mysql_init) *init;
    __typeof__(mysql_options) *options;
    __typeof__(mysql_real_connect_start) *real_connect_start;
    __typeof__(mysql_real_connect_cont) *real_connect_cont;
    __typeof__(mysql_real_query_start) *real_query_start;
    __typeof__(mysql_real_query_cont) *real_query_cont;
    __typeof__(mysql_use_result) *use_result;
    __typeof__(mysql_fetch_row_start) *fetch_row_start;
    __typeof__(mysql_fetch_row_cont) *fetch_row_cont;
    __typeof__(mysql_fetch_lengths) *fetch_lengths;
    __typeof__(mysql_fetch_fields) *fetch_fields;
    __typeof__(mysql_num_fields) *num_fields;
    __typeof__(mysql_field_count) *field_count;
    __typeof__(mysql_free_result) *free_result;
    __typeof__(mysql_get_socket) *get_socket;
    __typeof__(mysql_get_ssl_cipher) *get_ssl_cipher;
    __typeof__(mysql_get_server_info) *get_server_info;
    __typeof__(mysql_errno) *errno_of;
    __typeof__(mysql_error) *error;
    __typeof__(mysql_close) *close;
};

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
        "mysql_" #member, offsetof(struct mysql_library, member)                                             \
    }

static const struct library_function functions[] = {
    FUNCTION(server_init),
    FUNCTION(init),
    FUNCTION(options),
    FUNCTION(real_connect_start),
    FUNCTION(real_connect_cont),
    FUNCTION(real_query_start),
    FUNCTION(real_query_cont),
    FUNCTION(use_result),
    FUNCTION(fetch_row_start),
    FUNCTION(fetch_row_cont),
    FUNCTION(fetch_lengths),
    FUNCTION(fetch_fields),
    FUNCTION(num_fields),
    FUNCTION(field_count),
    FUNCTION(free_result),
    FUNCTION(get_socket),
    FUNCTION(get_ssl_cipher),
    FUNCTION(get_server_info),
    {"mysql_errno", offsetof(struct mysql_library, errno_of)}, /* errno is a macro */
    FUNCTION(error),
    FUNCTION(close),
    {NULL, 0},
};

/* The exception to "no mutable globals", as in the door to libcurl: the dynamic loader's own state is one for the
 * process. It is written under the once and only read after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct mysql_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    library_ahead("libcrypto.so.3"); /* ahead: see the door to libcurl */
    static const struct library_file file = {
        .file = "libmariadb.so.3", .title = "libmariadb", .functions = functions, .lazy = true};
    if (!library_load(&file, &library.table, &library.error))
        return;
    /* It looks up a port that is never used, and glibc would seek a database of services in 40 folders first. */
    (void)__nss_configure_lookup("services", "files");
    library.loaded = library.table.server_init(0, NULL, NULL) == 0;
    if (!library.loaded)
        (void)error_set(&library.error, "cannot initialise libmariadb");
}

static const struct mysql_library *loaded_library(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}

bool mysql_link_prepare(struct error *error)
{
    return loaded_library(error) != NULL;
}

struct mysql_link {
    const struct mysql_library *library;
    MYSQL *handle;
    char *place;
    unsigned code;
    bool late;         /* a deadline passed on it */
    bool large;        /* an answer is larger than MYSQL_LINK_CAP */
    uint64_t asked_at; /* bytes that had come when the last question was asked */
    double seconds;
};

static int64_t time_left(int64_t deadline)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = deadline - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return left > 0 ? left : 0;
}

/* Bytes that came over the connection so far; of a UNIX socket, whose server is one of this machine, 0. */
static uint64_t received(const struct mysql_link *link)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(link->library->get_socket(link->handle), IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* Wait for what the library asks for: MYSQL_WAIT_READ and so on, in and out. When the time is over the
 * connection is cut, so that the library's own next read or write ends, over TLS too. It is cut as well when an
 * answer is too large, for the library keeps as many columns as a server likes to name. */
static int await(struct mysql_link *link, int wanted, int64_t deadline)
{
    struct pollfd event = {.fd = link->library->get_socket(link->handle)};
    event.events =
        (short)(((wanted & MYSQL_WAIT_READ) ? POLLIN : 0) | ((wanted & MYSQL_WAIT_WRITE) ? POLLOUT : 0) |
                ((wanted & MYSQL_WAIT_EXCEPT) ? POLLPRI : 0));
    int64_t left = time_left(deadline);
    link->large = link->large || received(link) - link->asked_at > MYSQL_LINK_CAP;
    if (link->large) {
        (void)shutdown(event.fd, SHUT_RDWR);
        return MYSQL_WAIT_TIMEOUT | wanted;
    }
    int ready = link->late || left == 0 ? 0 : poll(&event, 1, left < 86400000 ? (int)left : 86400000);
    if (ready < 0 && errno == EINTR)
        return 0;
    if (ready <= 0) {
        link->late = true;
        (void)shutdown(event.fd, SHUT_RDWR);
        return MYSQL_WAIT_TIMEOUT | wanted;
    }
    return ((event.revents & (POLLIN | POLLHUP | POLLERR)) ? MYSQL_WAIT_READ : 0) |
           ((event.revents & (POLLOUT | POLLHUP | POLLERR)) ? MYSQL_WAIT_WRITE : 0) |
           ((event.revents & POLLPRI) ? MYSQL_WAIT_EXCEPT : 0);
}

static void set(struct mysql_link *link, enum mysql_option option, const void *value)
{
    (void)link->library->options(link->handle, option, value);
}

/* A server without TLS is refused by VERIFY_SERVER_CERT alone: ENFORCE and a CA file go on in plain text. */
static void set_tls(struct mysql_link *link, const struct mysql_target *target)
{
    my_bool yes = 1;
    if (!target->tls)
        return;
    set(link, MYSQL_OPT_SSL_ENFORCE, &yes);
    if (!target->insecure) {
        set(link, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
        if (target->ca_file)
            set(link, MYSQL_OPT_SSL_CA, target->ca_file);
    }
}

static void set_up(struct mysql_link *link, const struct mysql_target *target)
{
    unsigned no = 0;
    unsigned long packet = MYSQL_LINK_CAP;
    unsigned protocol = target->host ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    /* The library takes these seconds for milliseconds while it negotiates TLS, which is the only time that it
     * waits by itself; elsewhere await keeps the deadline. */
    unsigned limit = (unsigned)time_left(target->deadline);
    limit = limit > 0 ? limit : 1;
    set(link, MYSQL_OPT_NONBLOCK, NULL);
    set(link, MYSQL_OPT_CONNECT_TIMEOUT, &limit);
    set(link, MYSQL_OPT_LOCAL_INFILE, &no);
    set(link, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    set(link, MYSQL_OPT_PROTOCOL, &protocol);
    set(link, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (target->host && target->family != AF_UNSPEC) /* addresses of the other family cannot be bound */
        set(link, MYSQL_OPT_BIND, target->family == AF_INET ? "0.0.0.0" : "::");
    set_tls(link, target);
}

static const char default_socket[] = "/run/mysqld/mysqld.sock";
enum { DEFAULT_PORT = 3306 };

static char *place_of(const struct mysql_target *target)
{
    struct text place = TEXT_INIT;
    if (target->host)
        text_format(&place, strchr(target->host, ':') ? "[%s]:%lld" : "%s:%lld", target->host,
                    (long long)(target->port ? target->port : DEFAULT_PORT));
    else
        text_add(&place, target->socket ? target->socket : default_socket);
    return text_take(&place);
}

/* The library copies a path without looking at its length, and tries a name that cannot be found for as long
 * as its limit is. */
static enum source_end check_address(const struct mysql_target *target, struct error *error)
{
    struct sockaddr_un address;
    const char *path = target->socket ? target->socket : default_socket;
    const struct addrinfo hints = {.ai_family = target->family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (!target->host) {
        if (strlen(path) < sizeof address.sun_path)
            return SOURCE_READ;
        (void)error_set(error, "the path of a socket has at most %zu bytes: \"%s\"",
                        sizeof address.sun_path - 1, path);
        return SOURCE_UNREADABLE;
    }
    int code = getaddrinfo(target->host, NULL, &hints, &found);
    if (code != 0) {
        (void)error_set(error, "no such host: \"%s\": %s", target->host, gai_strerror(code));
        return SOURCE_FAULT;
    }
    freeaddrinfo(found);
    return SOURCE_READ;
}

/* What a refusal to let us in means; others mean that the question was wrong. */
static bool is_fault(unsigned code)
{
    static const unsigned faults[] = {
        1040, /* too many connections */
        1042, /* cannot resolve the client */
        1043, /* bad handshake */
        1045, /* access denied */
        1053, /* shutdown in progress */
        1129, /* host blocked after many errors */
        1130, /* host not allowed */
        1203, /* the user's own limit of connections */
        1226, /* the user's own limit of something else */
        1698, /* access denied without a password */
        3159, /* the server wants TLS */
        4151, /* account locked */
        3118, /* account locked, of MySQL */
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i] == code)
            return true;
    return code >= CR_MIN_ERROR && code <= CR_MAX_ERROR && code != CR_AUTH_PLUGIN_CANNOT_LOAD;
}

static bool is_reached(const struct mysql_link *link)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    return getpeername(link->library->get_socket(link->handle), (struct sockaddr *)&peer, &length) == 0;
}

static enum source_end explain_large(const struct mysql_link *link, struct error *error)
{
    (void)error_set(error, "the answer of \"%s\" is larger than %d bytes", link->place, MYSQL_LINK_CAP);
    return SOURCE_UNREADABLE;
}

static enum source_end explain_open(struct mysql_link *link, bool reached, struct error *error)
{
    const struct mysql_library *mysql = link->library;
    link->code = mysql->errno_of(link->handle);
    if (link->large)
        return explain_large(link, error);
    if (link->late) {
        (void)error_set(error, "%s \"%s\"", reached ? "signing in to" : "connecting to", link->place);
        return SOURCE_TIMEOUT;
    }
    if (link->code == CR_SSL_CONNECTION_ERROR)
        (void)error_set(error, "no TLS with \"%s\": %s", link->place, mysql->error(link->handle));
    else if (link->code >= CR_MIN_ERROR && link->code <= CR_MAX_ERROR)
        (void)error_set(error, "cannot connect to \"%s\": %s", link->place, mysql->error(link->handle));
    else
        (void)error_set(error, "%s (%u) from \"%s\"", mysql->error(link->handle), link->code, link->place);
    return is_fault(link->code) ? SOURCE_FAULT : SOURCE_UNREADABLE;
}

static enum source_end connect_link(struct mysql_link *link, const struct mysql_target *target,
                                    struct error *error)
{
    const struct mysql_library *mysql = link->library;
    const char *path = target->host ? NULL : target->socket ? target->socket : default_socket;
    unsigned port = (unsigned)(target->port ? target->port : DEFAULT_PORT);
    MYSQL *connected = NULL;
    bool reached = false;
    struct timespec begin, end;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    int wanted = mysql->real_connect_start(&connected, link->handle, target->host, target->user,
                                           target->password, target->database, port, path, 0);
    while (wanted) {
        reached = is_reached(link);
        wanted = mysql->real_connect_cont(&connected, link->handle, await(link, wanted, target->deadline));
    }
    if (!connected) {
        link->late = link->late || time_left(target->deadline) == 0;
        return explain_open(link, reached, error);
    }
    if (target->tls && !mysql->get_ssl_cipher(link->handle)) {
        (void)error_set(error, "no TLS with \"%s\": the server offers none", link->place);
        return SOURCE_FAULT;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    link->seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    return SOURCE_READ;
}

enum source_end mysql_link_open(const struct mysql_target *target, struct mysql_link **opened,
                                struct error *error)
{
    enum source_end end = SOURCE_UNREADABLE;
    struct mysql_link *link = memory_get(1, sizeof *link);
    link->place = place_of(target);
    link->library = loaded_library(error);
    if (!link->library)
        goto out;
    end = check_address(target, error);
    if (end != SOURCE_READ)
        goto out;
    link->handle = link->library->init(NULL);
    if (!link->handle) {
        (void)error_set(error, "libmariadb gives no handle");
        end = SOURCE_UNREADABLE;
        goto out;
    }
    set_up(link, target);
    end = connect_link(link, target, error);
out:
    if (end != SOURCE_READ) {
        mysql_link_close(link);
        link = NULL;
    }
    *opened = link;
    return end;
}

void mysql_link_close(struct mysql_link *link)
{
    if (!link)
        return;
    if (link->handle)
        link->library->close(link->handle);
    free(link->place);
    free(link);
}

unsigned mysql_link_code(const struct mysql_link *link)
{
    return link->code;
}

const char *mysql_link_version(const struct mysql_link *link)
{
    const char *version = link->library->get_server_info(link->handle);
    return version ? version : "";
}

double mysql_link_seconds(const struct mysql_link *link)
{
    return link->seconds;
}

const char *mysql_link_place(const struct mysql_link *link)
{
    return link->place;
}

enum { SHOWN_SQL = 60 };

static enum source_end explain_ask(struct mysql_link *link, const char *sql, struct error *error)
{
    const struct mysql_library *mysql = link->library;
    link->code = mysql->errno_of(link->handle);
    if (link->large)
        return explain_large(link, error);
    if (link->late) {
        (void)error_set(error, "waiting for the answer of \"%s\" to: %.*s%s", link->place, SHOWN_SQL, sql,
                        strlen(sql) > SHOWN_SQL ? "..." : "");
        return SOURCE_TIMEOUT;
    }
    if (link->code >= CR_MIN_ERROR && link->code <= CR_MAX_ERROR) {
        (void)error_set(error, "connection broken by \"%s\": %s", link->place, mysql->error(link->handle));
        return SOURCE_FAULT;
    }
    (void)error_set(error, "%s (%u) from \"%s\"", mysql->error(link->handle), link->code, link->place);
    return is_fault(link->code) ? SOURCE_FAULT : SOURCE_UNREADABLE;
}

/* Rows on their way from the library to the arena. */
struct taking {
    struct arena *arena;
    struct mysql_rows *rows;
    size_t room; /* of rows */
    size_t bytes;
};

static void take_names(const struct mysql_link *link, MYSQL_RES *result, struct taking *taking)
{
    const MYSQL_FIELD *fields = link->library->fetch_fields(result);
    struct mysql_rows *rows = taking->rows;
    *rows = (struct mysql_rows){.columns = link->library->num_fields(result)};
    rows->names = arena_get(taking->arena, rows->columns, sizeof *rows->names);
    for (size_t i = 0; i < rows->columns; i++)
        rows->names[i] = arena_text(taking->arena, fields[i].name ? fields[i].name : "");
}

static void make_room(struct taking *taking)
{
    struct mysql_rows *rows = taking->rows;
    size_t room = taking->room ? taking->room * 2 : 16;
    const char **grown = arena_get(taking->arena, room * rows->columns, sizeof *grown);
    if (rows->count > 0)
        memcpy(grown, rows->cells, rows->count * rows->columns * sizeof *grown);
    rows->cells = grown;
    taking->room = room;
}

static bool take_row(const struct mysql_link *link, MYSQL_RES *result, MYSQL_ROW row, struct taking *taking,
                     struct error *error)
{
    struct mysql_rows *rows = taking->rows;
    const unsigned long *lengths = link->library->fetch_lengths(result);
    size_t bytes = rows->columns * sizeof *rows->cells * 3; /* rooms that were left behind count as well */
    for (size_t i = 0; i < rows->columns; i++)
        bytes += row[i] ? lengths[i] + 1 : 0;
    taking->bytes += bytes;
    if (taking->bytes > MYSQL_LINK_CAP)
        return explain_large(link, error) == SOURCE_READ;
    if (rows->count == taking->room)
        make_room(taking);
    for (size_t i = 0; i < rows->columns; i++)
        rows->cells[rows->count * rows->columns + i] =
            row[i] ? arena_text_of(taking->arena, row[i], lengths[i]) : NULL;
    rows->count++;
    return true;
}

static enum source_end take_rows(struct mysql_link *link, MYSQL_RES *result, const char *sql,
                                 int64_t deadline, struct taking *taking, struct error *error)
{
    const struct mysql_library *mysql = link->library;
    for (;;) {
        MYSQL_ROW row = NULL;
        int wanted = mysql->fetch_row_start(&row, result);
        while (wanted)
            wanted = mysql->fetch_row_cont(&row, result, await(link, wanted, deadline));
        if (!row)
            break;
        if (!take_row(link, result, row, taking, error))
            return SOURCE_UNREADABLE;
    }
    return link->late || link->large || mysql->errno_of(link->handle) ? explain_ask(link, sql, error)
                                                                      : SOURCE_READ;
}

/* Freeing a result that was not read to its end reads it to its end: cut the connection before. */
static void drop(struct mysql_link *link, MYSQL_RES *result, enum source_end end)
{
    if (end != SOURCE_READ && !link->late)
        (void)shutdown(link->library->get_socket(link->handle), SHUT_RDWR);
    link->library->free_result(result);
}

enum source_end mysql_link_ask(struct mysql_link *link, const char *sql, int64_t deadline,
                               struct arena *arena, struct mysql_rows *rows, struct error *error)
{
    const struct mysql_library *mysql = link->library;
    struct taking taking = {.arena = arena, .rows = rows};
    enum source_end end = SOURCE_UNREADABLE;
    int failed = 0;
    link->code = 0;
    link->asked_at = received(link);
    if (rows)
        *rows = (struct mysql_rows){0};
    int wanted = mysql->real_query_start(&failed, link->handle, sql, strlen(sql));
    while (wanted)
        wanted = mysql->real_query_cont(&failed, link->handle, await(link, wanted, deadline));
    if (failed)
        return explain_ask(link, sql, error);
    MYSQL_RES *result = mysql->use_result(link->handle);
    if (!result)
        return mysql->field_count(link->handle) > 0 ? explain_ask(link, sql, error) : SOURCE_READ;
    if (rows) {
        take_names(link, result, &taking);
        end = take_rows(link, result, sql, deadline, &taking, error);
    } else {
        (void)error_set(error, "\"%s\" answers with rows where none belong", link->place);
    }
    drop(link, result, end);
    return end;
}

/* MariaDB reads what stands in M!, MySQL from 5.7.8 on what stands in !50708; each takes the rest for a comment. The
 * server ends what we leave behind; a second after us, so that it is told as our timeout. */
enum source_end mysql_link_limit(struct mysql_link *link, int64_t limit, bool read_only, struct error *error)
{
    int64_t seconds = (limit + 999) / 1000 + 1;
    struct text sql = TEXT_INIT;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t deadline = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + limit;
    text_format(&sql,
                "SET SESSION lock_wait_timeout = %lld /*M!100101 , max_statement_time = %lld */ "
                "/*!50708 , max_execution_time = %lld */",
                (long long)seconds, (long long)seconds, (long long)seconds * 1000);
    enum source_end end = mysql_link_ask(link, sql.bytes, deadline, NULL, NULL, error);
    text_release(&sql);
    if (end == SOURCE_READ && read_only)
        end = mysql_link_ask(link, "SET SESSION TRANSACTION READ ONLY", deadline, NULL, NULL, error);
    return end;
}
