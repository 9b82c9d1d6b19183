/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/http.h"

#include "collectors/library.h"

#include <curl/curl.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* The functions that are called here, with the types of <curl/curl.h>. */
struct http_library {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
};

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
        "curl_" #member, offsetof(struct http_library, member)                                               \
    }

static const struct library_function functions[] = {
    FUNCTION(global_init),    FUNCTION(easy_init),
    FUNCTION(easy_setopt),    FUNCTION(easy_perform),
    FUNCTION(easy_getinfo),   FUNCTION(easy_strerror),
    FUNCTION(easy_cleanup),   FUNCTION(slist_append),
    FUNCTION(slist_free_all), {NULL, 0},
};

/* The exception to "no mutable globals": what the dynamic loader holds is one for the process anyway, and
 * curl_global_init wants to be called once. It is written under the once and only read after it. */
static struct {
    pthread_once_t once;
    bool loaded;
    struct http_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT};

/* A library that comes along with another seeks its own symbols in all of those first. The two that have most
 * symbols are loaded ahead and find theirs at once: a fifth of what loading libcurl takes. */
static void load_largest(void)
{
    static const char *const names[] = {"libcrypto.so.3", "libgnutls.so.30"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        library_ahead(names[i]); /* libcurl brings what it needs itself */
}

static void load(void)
{
    load_largest();
    static const struct library_file file = {
        .file = "libcurl.so.4", .title = "libcurl", .functions = functions, .lazy = true};
    if (!library_load(&file, &library.table, &library.error))
        return;
    CURLcode code = library.table.global_init(CURL_GLOBAL_DEFAULT);
    library.loaded = code == CURLE_OK;
    if (code != CURLE_OK)
        (void)error_set(&library.error, "cannot initialise libcurl: %s", library.table.easy_strerror(code));
}

static const struct http_library *loaded_library(struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (library.loaded)
        return &library.table;
    (void)error_set(error, "%s", library.error.text);
    return NULL;
}

enum { HEAD_CAP = 256 << 10 };

/* One request under way. */
struct fetch {
    const struct http_library *curl;
    CURL *handle;
    const struct http_request *request;
    struct http_response *response;
    struct curl_slist *headers, *connect_to;
    size_t cap;
    bool too_large;
    bool securing; /* TCP is connected and TLS begun; the library's times tell only once both are done */
    char reason[CURL_ERROR_SIZE]; /* libcurl's own words */
};

bool http_prepare(struct error *error)
{
    return loaded_library(error) != NULL;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct fetch *fetch = owner;
    struct text *body = &fetch->response->body;
    size_t length = size * count;
    long status = 0;
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_RESPONSE_CODE, &status);
    if (fetch->request->take && status == 200)
        return fetch->request->take(fetch->request->taker, bytes, length) ? length : 0;
    if (length > fetch->cap - body->length) {
        fetch->too_large = true;
        return 0;
    }
    text_add_bytes(body, bytes, length);
    return length;
}

/* Each response of a chain of redirects begins anew with its status line. */
static size_t take_head(char *bytes, size_t size, size_t count, void *owner)
{
    struct fetch *fetch = owner;
    struct text *head = &fetch->response->head;
    size_t length = size * count;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        text_clear(head);
    if (length > HEAD_CAP - head->length) {
        fetch->too_large = true;
        return 0;
    }
    size_t shown = length;
    while (shown > 0 && (bytes[shown - 1] == '\n' || bytes[shown - 1] == '\r'))
        shown--;
    if (shown > 0) {
        text_add_bytes(head, bytes, shown);
        text_add_char(head, '\n');
    }
    return length;
}

static void set_text(struct fetch *fetch, CURLoption option, const char *value)
{
    if (value)
        (void)fetch->curl->easy_setopt(fetch->handle, option, value);
}

static void set_whole(struct fetch *fetch, CURLoption option, int64_t value)
{
    (void)fetch->curl->easy_setopt(fetch->handle, option, (long)value);
}

static size_t give_body(char *room, size_t size, size_t count, void *owner)
{
    const struct fetch *fetch = owner;
    ssize_t got;
    do
        got = read(fetch->request->upload, room, size * count);
    while (got < 0 && errno == EINTR);
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static void set_upload(struct fetch *fetch)
{
    if (fetch->request->upload <= 0)
        return;
    set_whole(fetch, CURLOPT_UPLOAD, 1);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_READFUNCTION, give_body);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_READDATA, fetch);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_INFILESIZE_LARGE,
                                   (curl_off_t)fetch->request->upload_size);
}

static void set_method(struct fetch *fetch)
{
    const struct http_request *request = fetch->request;
    const char *method = request->method;
    if (request->body) {
        set_whole(fetch, CURLOPT_POSTFIELDSIZE, (int64_t)strlen(request->body));
        set_text(fetch, CURLOPT_POSTFIELDS, request->body);
    }
    if (method && strcmp(method, "HEAD") == 0)
        set_whole(fetch, CURLOPT_NOBODY, 1); /* with a mere name it would wait for a body */
    else
        set_text(fetch, CURLOPT_CUSTOMREQUEST, method);
}

static void set_headers(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->request->header_count; i++) {
        struct curl_slist *more = fetch->curl->slist_append(fetch->headers, fetch->request->headers[i]);
        fetch->headers = more ? more : fetch->headers;
    }
    if (fetch->headers)
        (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_HTTPHEADER, fetch->headers);
}

/* The scheme of the URL decides the port that is replaced; "::" stands for any host and port. */
static void set_address(struct fetch *fetch)
{
    const struct http_request *request = fetch->request;
    static const long versions[] = {CURL_IPRESOLVE_WHATEVER, CURL_IPRESOLVE_V4, CURL_IPRESOLVE_V6};
    size_t version = request->family == AF_INET ? 1 : request->family == AF_INET6 ? 2 : 0;
    set_whole(fetch, CURLOPT_IPRESOLVE, versions[version]);
    set_text(fetch, CURLOPT_UNIX_SOCKET_PATH, request->socket);
    if (!request->connect_to)
        return;
    struct text rule = TEXT_INIT;
    text_format(&rule, "::%s", request->connect_to);
    fetch->connect_to = fetch->curl->slist_append(NULL, rule.bytes);
    text_release(&rule);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_CONNECT_TO, fetch->connect_to);
}

static CURLcode begin_tls(CURL *handle, void *context, void *owner)
{
    struct fetch *fetch = owner;
    (void)handle;
    (void)context;
    fetch->securing = true;
    return CURLE_OK;
}

static void set_trust(struct fetch *fetch)
{
    bool verify = !fetch->request->insecure;
    set_whole(fetch, CURLOPT_SSL_VERIFYPEER, verify ? 1 : 0);
    set_whole(fetch, CURLOPT_SSL_VERIFYHOST, verify ? 2 : 0);
    set_whole(fetch, CURLOPT_CERTINFO, 1);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_SSL_CTX_FUNCTION, begin_tls);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_SSL_CTX_DATA, fetch);
    set_text(fetch, CURLOPT_CAINFO, fetch->request->ca_file);
}

static void set_limits(struct fetch *fetch, int64_t left)
{
    set_whole(fetch, CURLOPT_TIMEOUT_MS, left);
    set_whole(fetch, CURLOPT_CONNECTTIMEOUT_MS, left);
    set_whole(fetch, CURLOPT_FOLLOWLOCATION, fetch->request->follow > 0 ? 1 : 0);
    set_whole(fetch, CURLOPT_MAXREDIRS, fetch->request->follow);
    set_text(fetch, CURLOPT_PROTOCOLS_STR, "http,https");
    set_text(fetch, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
}

static void set_up(struct fetch *fetch, int64_t left)
{
    const struct http_request *request = fetch->request;
    set_whole(fetch, CURLOPT_NOSIGNAL, 1);
    set_whole(fetch, CURLOPT_QUICK_EXIT, 1); /* a resolver that hangs does not hold us after the deadline */
    set_text(fetch, CURLOPT_PROXY, "");      /* also turns the proxy variables off */
    set_text(fetch, CURLOPT_URL, request->url);
    set_text(fetch, CURLOPT_USERAGENT, "watchbill/" WATCHBILL_VERSION);
    set_text(fetch, CURLOPT_USERNAME, request->user);
    set_text(fetch, CURLOPT_PASSWORD, request->password);
    set_whole(fetch, CURLOPT_HTTPAUTH, (int64_t)CURLAUTH_BASIC);
    set_text(fetch, CURLOPT_AWS_SIGV4, request->signature);
    set_method(fetch);
    set_upload(fetch);
    set_headers(fetch);
    set_address(fetch);
    set_trust(fetch);
    set_limits(fetch, left);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_ERRORBUFFER, fetch->reason);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_WRITEFUNCTION, take_body);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_WRITEDATA, fetch);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_HEADERFUNCTION, take_head);
    (void)fetch->curl->easy_setopt(fetch->handle, CURLOPT_HEADERDATA, fetch);
}

/* Seconds since the begin of the (last) request; 0: the point was not reached. */
static double time_of(const struct fetch *fetch, CURLINFO info)
{
    curl_off_t microseconds = 0;
    (void)fetch->curl->easy_getinfo(fetch->handle, info, &microseconds);
    return (double)microseconds / 1e6;
}

static void read_times(const struct fetch *fetch, struct http_times *times)
{
    double named = time_of(fetch, CURLINFO_NAMELOOKUP_TIME_T);
    double connected = time_of(fetch, CURLINFO_CONNECT_TIME_T);
    double secured = time_of(fetch, CURLINFO_APPCONNECT_TIME_T);
    double asked = time_of(fetch, CURLINFO_PRETRANSFER_TIME_T);
    double first = time_of(fetch, CURLINFO_STARTTRANSFER_TIME_T);
    times->total = time_of(fetch, CURLINFO_TOTAL_TIME_T);
    times->dns = named > 0 ? named : (double)NAN;
    times->connect = connected > 0 ? connected - named : (double)NAN;
    times->tls = secured > 0 ? secured - connected : (double)NAN;
    times->first_byte = first > 0 ? first - asked : (double)NAN;
}

/* "Expire date:Nov 20 17:45:32 2027 GMT", as the OpenSSL build of libcurl writes it. */
static int64_t certificate_end(const struct fetch *fetch)
{
    static const char key[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    struct tm civil = {0};
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_CERTINFO, &chain);
    if (!chain || chain->num_of_certs < 1)
        return 0;
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
        if (strncmp(line->data, key, sizeof key - 1) == 0 &&
            strptime(line->data + sizeof key - 1, "%b %d %H:%M:%S %Y", &civil))
            return timegm(&civil);
    return 0;
}

static void read_facts(const struct fetch *fetch)
{
    struct http_response *response = fetch->response;
    static const int versions[] = {[CURL_HTTP_VERSION_1_0] = 10,
                                   [CURL_HTTP_VERSION_1_1] = 11,
                                   [CURL_HTTP_VERSION_2_0] = 20,
                                   [CURL_HTTP_VERSION_3] = 30};
    long status = 0, redirects = 0, version = 0;
    char *url = NULL;
    struct text shown = TEXT_INIT;
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_RESPONSE_CODE, &status);
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_REDIRECT_COUNT, &redirects);
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_HTTP_VERSION, &version);
    (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_EFFECTIVE_URL, &url);
    response->status = (int)status;
    response->redirects = redirects;
    if (version > 0 && (size_t)version < sizeof versions / sizeof versions[0])
        response->version = versions[version];
    http_shown_url(url ? url : fetch->request->url, &shown);
    response->url = text_take(&shown);
    response->certificate_end = certificate_end(fetch);
    read_times(fetch, &response->times);
}

/* "HOST:PORT" of the URL that was being fetched, or the socket. */
static void add_place(const struct fetch *fetch, struct text *place)
{
    const char *url = fetch->response->url;
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    if (fetch->request->socket)
        text_add(place, fetch->request->socket);
    else if (fetch->request->connect_to)
        text_add(place, fetch->request->connect_to);
    else
        text_add_bytes(place, begin, strcspn(begin, "/?#;"));
    if (place->length == 0)
        text_add(place, url);
}

static const char *stage(const struct fetch *fetch)
{
    if (time_of(fetch, CURLINFO_NAMELOOKUP_TIME_T) <= 0)
        return "looking up the name of";
    if (fetch->securing && time_of(fetch, CURLINFO_APPCONNECT_TIME_T) <= 0)
        return "negotiating TLS with";
    if (time_of(fetch, CURLINFO_CONNECT_TIME_T) <= 0)
        return "connecting to";
    if (time_of(fetch, CURLINFO_STARTTRANSFER_TIME_T) <= 0)
        return "waiting for an answer from";
    return "reading the rest of the answer from";
}

static const char *reason(const struct fetch *fetch, CURLcode code)
{
    long number = 0;
    if (code == CURLE_COULDNT_CONNECT)
        (void)fetch->curl->easy_getinfo(fetch->handle, CURLINFO_OS_ERRNO, &number);
    if (number > 0)
        return strerror((int)number);
    return fetch->reason[0] ? fetch->reason : fetch->curl->easy_strerror(code);
}

/* What each failure of the library means; what is not listed is UNREADABLE with the library's words. */
static const struct failure {
    CURLcode code;
    enum source_end end;
    const char *words; /* ahead of the place */
    bool because;      /* the library's reason follows */
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, SOURCE_FAULT, "no such host:", false},
    {CURLE_COULDNT_CONNECT, SOURCE_FAULT, "cannot connect to", true},
    {CURLE_GOT_NOTHING, SOURCE_FAULT, "connection closed without an answer by", false},
    {CURLE_RECV_ERROR, SOURCE_FAULT, "connection broken by", true},
    {CURLE_SEND_ERROR, SOURCE_FAULT, "connection broken by", true},
    {CURLE_PARTIAL_FILE, SOURCE_FAULT, "answer cut off by", true},
    {CURLE_SSL_CONNECT_ERROR, SOURCE_FAULT, "no TLS with", true},
    {CURLE_PEER_FAILED_VERIFICATION, SOURCE_FAULT, "no TLS with", true},
    {CURLE_TOO_MANY_REDIRECTS, SOURCE_FAULT, "too many redirects from", true},
    {CURLE_URL_MALFORMAT, SOURCE_UNREADABLE, "not a URL:", false},
};

static enum source_end explain(const struct fetch *fetch, CURLcode code, struct error *error)
{
    struct text place = TEXT_INIT;
    struct failure found = {.end = SOURCE_UNREADABLE, .words = "cannot read from", .because = true};
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == code)
            found = failures[i];
    if (code == CURLE_OPERATION_TIMEDOUT)
        found = (struct failure){.end = SOURCE_TIMEOUT, .words = stage(fetch)};
    add_place(fetch, &place);
    if (fetch->too_large)
        (void)error_set(error, "the answer of \"%s\" is larger than %zu bytes", place.bytes, fetch->cap);
    else
        (void)error_set(error, "%s \"%s\"%s%s", found.words, place.bytes, found.because ? ": " : "",
                        found.because ? reason(fetch, code) : "");
    text_release(&place);
    return found.end;
}

static int64_t time_left(int64_t deadline)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = deadline - (now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return left > 0 ? left : 1; /* 0 would be "no limit" to libcurl */
}

enum source_end http_fetch(const struct http_request *request, struct http_response *response,
                           struct error *error)
{
    enum source_end end = SOURCE_UNREADABLE;
    struct fetch fetch = {.request = request, .response = response};
    *response = (struct http_response){.body = TEXT_INIT, .head = TEXT_INIT};
    fetch.cap = request->body_cap ? request->body_cap : HTTP_BODY_CAP;
    fetch.curl = loaded_library(error);
    if (!fetch.curl)
        goto out;
    fetch.handle = fetch.curl->easy_init();
    if (!fetch.handle) {
        (void)error_set(error, "libcurl gives no handle");
        goto out;
    }
    set_up(&fetch, time_left(request->deadline));
    CURLcode code = fetch.curl->easy_perform(fetch.handle);
    read_facts(&fetch);
    end = code == CURLE_OK ? SOURCE_READ : explain(&fetch, code, error);
    fetch.curl->easy_cleanup(fetch.handle);
    fetch.curl->slist_free_all(fetch.headers);
    fetch.curl->slist_free_all(fetch.connect_to);
out:
    return end;
}

void http_release(struct http_response *response)
{
    text_release(&response->body);
    text_release(&response->head);
    free(response->url);
    response->url = NULL;
}
