/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/store.h"

#include "collectors/http.h"
#include "collectors/http_status.h"
#include "lib/process.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 65536, ANSWER_CAP = 65536, SHOWN_ANSWER = 200 };

static const char nothing_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* As the signature counts it: all but these, and what ${more} has, is escaped once. */
static void add_escaped(struct text *text, const char *name, const char *more)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    for (; *name; name++)
        if (strchr(plain, *name) || strchr(more, *name))
            text_add_char(text, *name);
        else
            text_format(text, "%%%02X", (unsigned char)*name);
}

/* Of "https://HOST:PORT/BUCKET/PREFIX" what stands behind the host; what is escaped already stays. */
static void add_bucket(struct text *text, const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    size_t length = path ? (size_t)(path - url) : strlen(url);
    text_add_bytes(text, url, length);
    add_escaped(text, url + length, "%");
}

const char *store_place(const struct store *store, const char *name, struct arena *arena)
{
    struct text place = TEXT_INIT;
    if (store->directory)
        text_add(&place, store->directory);
    else
        add_bucket(&place, store->bucket);
    while (place.length > 1 && place.bytes[place.length - 1] == '/')
        place.bytes[--place.length] = '\0';
    text_add_char(&place, '/');
    if (store->directory)
        text_add(&place, name);
    else
        add_escaped(&place, name, "");
    const char *kept = arena_text(arena, place.bytes);
    text_release(&place);
    return kept;
}

/* ---- a bucket ---- */

static struct http_request request_for(const struct store *store, const char *url, const struct act_run *run)
{
    return (struct http_request){.url = url,
                                 .user = store->key,
                                 .password = store->secret,
                                 .signature = arena_format(run->arena, "aws:amz:%s:s3", store->region),
                                 .ca_file = store->ca_file,
                                 .insecure = store->insecure,
                                 .deadline = run->deadline,
                                 .body_cap = ANSWER_CAP};
}

/* <Error><Code>SignatureDoesNotMatch</Code><Message>...</Message></Error>; what comes from there is cut short. */
static void explain(const struct http_response *response, struct error *error)
{
    const char *code = strstr(response->body.bytes, "<Code>");
    int length = code ? (int)strcspn(code + 6, "<\r\n") : 0;
    (void)error_set(error, "status %d %s%s%.*s from \"%s\"", response->status,
                    http_status_name(response->status), length ? ": " : "",
                    length < SHOWN_ANSWER ? length : SHOWN_ANSWER, code ? code + 6 : "", response->url);
}

static bool take_bytes(void *owner, const char *bytes, size_t length)
{
    return digest_add(owner, bytes, length);
}

static enum store_found find_object(const struct store *store, const char *name, const char *sha256,
                                    const struct act_run *run, struct error *error)
{
    char hex[DIGEST_HEX_BYTES];
    struct http_response response;
    struct digest *digest = digest_begin();
    struct http_request request = request_for(store, store_place(store, name, run->arena), run);
    const char *header = arena_format(run->arena, "x-amz-content-sha256: %s", nothing_sha256);
    request.headers = &header;
    request.header_count = 1;
    request.take = take_bytes;
    request.taker = digest;
    enum source_end end = http_fetch(&request, &response, error);
    bool whole = digest_end(digest, hex);
    enum store_found found = STORE_UNKNOWN;
    if (end == SOURCE_READ && response.status == 200)
        found = whole && strcmp(hex, sha256) == 0 ? STORE_SAME : STORE_OTHER;
    else if (end == SOURCE_READ && response.status == 404 && !strstr(response.body.bytes, "NoSuchBucket"))
        found = STORE_ABSENT;
    else if (end == SOURCE_READ)
        explain(&response, error);
    else if (end == SOURCE_TIMEOUT)
        (void)error_prefix(error, "the time is over");
    http_release(&response);
    return found;
}

static bool put_object(const struct store *store, const char *name, int fd, int64_t size, const char *sha256,
                       const struct act_run *run, struct error *error)
{
    struct http_response response;
    struct http_request request = request_for(store, store_place(store, name, run->arena), run);
    const char *const headers[] = {arena_format(run->arena, "x-amz-content-sha256: %s", sha256),
                                   "Content-Type: application/octet-stream"};
    request.headers = headers;
    request.header_count = sizeof headers / sizeof headers[0];
    request.upload = fd;
    request.upload_size = size;
    enum source_end end = http_fetch(&request, &response, error);
    bool ok = end == SOURCE_READ && response.status >= 200 && response.status <= 299;
    if (end == SOURCE_READ && !ok)
        explain(&response, error);
    else if (end == SOURCE_TIMEOUT)
        (void)error_prefix(error, "the time is over");
    http_release(&response);
    return ok;
}

/* ---- a directory ---- */

static enum store_found find_file(const char *path, const char *sha256, struct error *error)
{
    char hex[DIGEST_HEX_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return STORE_ABSENT;
    bool ok = fd >= 0 && digest_file(fd, hex);
    if (!ok)
        error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (fd >= 0)
        close(fd);
    return !ok ? STORE_UNKNOWN : strcmp(hex, sha256) == 0 ? STORE_SAME : STORE_OTHER;
}

static bool copy(int from, int to, const struct act_run *run, struct error *error)
{
    char block[BLOCK_BYTES];
    ssize_t got;
    while ((got = read(from, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, "%s while reading", strerror(errno));
        if (process_now() >= run->deadline)
            return error_set(error, "the time is over");
        for (ssize_t put, done = 0; done<got; done += put> 0 ? put : 0) {
            put = write(to, block + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                return error_set(error, "%s while writing", strerror(errno));
        }
    }
    return fsync(to) == 0 || error_set(error, "%s while writing", strerror(errno));
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Under another name until it is whole; a leftover of a run that was killed is begun anew. */
static bool put_file(const char *path, int fd, struct arena *arena, const struct act_run *run,
                     struct error *error)
{
    const char *folder = dirname(arena_text_of(arena, path, strlen(path)));
    const char *part = arena_format(arena, "%s.part", path);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return error_set(error, "%s: the folder \"%s\"", strerror(errno), folder);
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (to < 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), part);
    bool ok = copy(fd, to, run, error) || error_prefix(error, "\"%s\"", part);
    close(to);
    if (ok && renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
        ok = error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (ok && !sync_folder(folder))
        ok = error_set(error, "%s: the folder \"%s\"", strerror(errno), folder);
    if (!ok)
        (void)unlink(part);
    return ok;
}

/* ---- both ---- */

enum store_found store_find(const struct store *store, const char *name, const char *sha256,
                            const struct act_run *run, struct error *error)
{
    if (store->directory)
        return find_file(store_place(store, name, run->arena), sha256, error);
    return find_object(store, name, sha256, run, error);
}

bool store_put(const struct store *store, const char *name, int fd, int64_t size, const char *sha256,
               const struct act_run *run, struct error *error)
{
    if (store->directory)
        return put_file(store_place(store, name, run->arena), fd, run->arena, run, error);
    return put_object(store, name, fd, size, sha256, run, error);
}
