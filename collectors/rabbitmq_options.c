/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rabbitmq_options.h"

#include "collectors/file.h"

enum { PORT = 15672, TLS_PORT = 15671 };

bool rabbitmq_options_check(const struct rabbitmq_options *options, const struct run *run,
                            struct error *error)
{
    if (options->password && options->password_file)
        return error_set(error, "give one of --password and --password-file");
    if (options->url && (run->host || run->port || options->tls))
        return error_set(error, "--url stands in the place of --hostname, --port and --tls");
    if ((options->password || options->password_file) && !options->user)
        return error_set(error, "a password needs --user");
    return true;
}

/* Without a slash at its end, and without the "/api" that some would add. */
static const char *base_of(const char *url, struct arena *arena)
{
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    if (length > 4 && memcmp(url + length - 4, "/api", 4) == 0)
        length -= 4;
    return arena_text_of(arena, url, length);
}

static const char *make_url(const struct rabbitmq_options *options, const struct run *run)
{
    const char *host = run->host ? run->host : "localhost";
    bool is_v6 = strchr(host, ':') && host[0] != '[';
    int64_t port = run->port ? run->port : options->tls ? TLS_PORT : PORT;
    if (options->url)
        return base_of(options->url, run->arena);
    return arena_format(run->arena, "http%s://%s%s%s:%lld", options->tls ? "s" : "", is_v6 ? "[" : "", host,
                        is_v6 ? "]" : "", (long long)port);
}

bool rabbitmq_options_open(const struct rabbitmq_options *options, const struct run *run,
                           struct rabbitmq_access *access, struct error *error)
{
    *access = (struct rabbitmq_access){
        .source = {.url = make_url(options, run),
                   .user = options->user ? options->user : "guest",
                   .password = options->user ? options->password : "guest",
                   .ca_file = options->ca_file,
                   .insecure = options->insecure,
                   .family = run->family,
                   .deadline = run->deadline},
        .secret = TEXT_INIT,
    };
    if (options->password_file && !file_first_line(options->password_file, &access->secret, error))
        return false;
    if (options->password_file)
        access->source.password = access->secret.bytes;
    return true;
}

void rabbitmq_options_close(struct rabbitmq_access *access)
{
    if (access->secret.length > 0)
        explicit_bzero(access->secret.bytes, access->secret.length);
    text_release(&access->secret);
}

enum source_end rabbitmq_options_ask(const struct rabbitmq_options *options, const struct run *run,
                                     const char *vhost, const char *name, struct rabbitmq_queues *queues,
                                     struct error *error)
{
    struct rabbitmq_access access;
    enum source_end end = SOURCE_UNREADABLE;
    if (rabbitmq_options_open(options, run, &access, error))
        end = rabbitmq_read_queue(&access.source, vhost, name, run->arena, queues, error);
    rabbitmq_options_close(&access);
    return end;
}
