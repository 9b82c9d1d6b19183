/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_options.h"

#include "collectors/file.h"

bool mysql_options_check(const struct mysql_options *options, const struct run *run, struct error *error)
{
    if (options->password && options->password_file)
        return error_set(error, "give one of --password and --password-file");
    if (options->ca_file && options->insecure)
        return error_set(error, "give one of --ca and --insecure");
    if (options->socket && (run->host || run->port > 0))
        return error_set(error, "give one of --socket and --hostname with --port");
    if (run->port > 0 && !run->host)
        return error_set(error, "--port needs --hostname: without it the server is asked by its socket");
    return true;
}

enum source_end mysql_options_open(const struct mysql_options *options, struct run *run,
                                   struct mysql_link **link, struct error *error)
{
    struct text secret = TEXT_INIT;
    enum source_end end = SOURCE_UNREADABLE;
    struct mysql_target target = {
        .host = run->host,
        .port = run->port,
        .socket = options->socket,
        .user = options->user,
        .password = options->password,
        .database = options->database,
        .tls = options->tls || options->ca_file || options->insecure,
        .insecure = options->insecure,
        .ca_file = options->ca_file,
        .family = run->family,
        .deadline = run->deadline,
    };
    *link = NULL;
    run_stage(run, "connecting to \"%s\"",
              run->host         ? run->host
              : options->socket ? options->socket
                                : "mysqld");
    if (!options->password_file || file_first_line(options->password_file, &secret, error)) {
        if (options->password_file)
            target.password = secret.bytes;
        end = mysql_link_open(&target, link, error);
    }
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    if (end == SOURCE_READ)
        run_stage(run, "waiting for an answer of \"%s\"", mysql_link_place(*link));
    return end;
}

enum source_end mysql_options_ask(struct mysql_link *link, struct run *run, const char *sql,
                                  struct mysql_rows *rows, struct error *error)
{
    enum source_end end = mysql_link_limit(link, run_remaining(run), true, error);
    if (end == SOURCE_READ)
        end = mysql_link_ask(link, sql, run->deadline, run->arena, rows, error);
    return end;
}
