/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/haproxy_options.h"

#include "collectors/file.h"

bool haproxy_options_check(const struct haproxy_options *options, struct error *error)
{
    if ((options->url != NULL) + (options->socket != NULL) + (options->file != NULL) != 1)
        return error_set(error, "give one of --url, --socket and --file");
    if (options->password && options->password_file)
        return error_set(error, "give one of --password and --password-file");
    return true;
}

/* Where a read goes: to a table, or as it is to a text. */
struct target {
    struct haproxy_table *table;
    double *seconds;
    struct text *text;
};

static enum source_end read_to(const struct haproxy_source *source, struct arena *arena,
                               const struct target *target, struct error *error)
{
    const char *where;
    if (target->text)
        return haproxy_fetch(source, arena, target->text, &where, error);
    return haproxy_read(source, arena, target->table, target->seconds, error);
}

static bool read_source(const struct haproxy_options *options, struct run *run, struct report *report,
                        const struct target *target)
{
    struct haproxy_source source = {.url = options->url,
                                    .user = options->user,
                                    .password = options->password,
                                    .ca_file = options->ca_file,
                                    .insecure = options->insecure,
                                    .family = run->family,
                                    .socket = options->socket,
                                    .file = options->file,
                                    .deadline = run->deadline};
    struct text secret = TEXT_INIT;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = SOURCE_UNREADABLE;
    run_stage(run, "reading the statistics of HAProxy");
    if (!options->password_file || file_first_line(options->password_file, &secret, &error)) {
        if (options->password_file)
            source.password = secret.bytes;
        end = read_to(&source, run->arena, target, &error);
    }
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

bool haproxy_options_read(const struct haproxy_options *options, struct run *run, struct report *report,
                          struct haproxy_table *table, double *seconds)
{
    return read_source(options, run, report, &(struct target){.table = table, .seconds = seconds});
}

bool haproxy_options_dump(const struct haproxy_options *options, struct run *run, struct report *report,
                          struct text *text)
{
    return read_source(options, run, report, &(struct target){.text = text});
}
