/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/activemq_options.h"

#include "collectors/file.h"

bool activemq_options_check(const struct activemq_options *options, struct error *error)
{
    if (options->password && options->password_file)
        return error_set(error, "give one of --password and --password-file");
    return true;
}

enum source_end activemq_options_ask(const struct activemq_options *options, struct run *run,
                                     const char *queue, struct activemq_answer *answer, struct error *error)
{
    struct activemq_source source = {.host = run->host ? run->host : "localhost",
                                     .port = run->port,
                                     .user = options->user,
                                     .password = options->password};
    struct text secret = TEXT_INIT;
    enum source_end end = SOURCE_UNREADABLE;
    if (!options->password_file || file_first_line(options->password_file, &secret, error)) {
        if (options->password_file)
            source.password = secret.bytes;
        end = activemq_read(&source, run, queue, answer, error);
    }
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    return end;
}

bool activemq_options_read(const struct activemq_options *options, struct run *run, struct report *report,
                           const char *queue, struct activemq_answer *answer)
{
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = activemq_options_ask(options, run, queue, answer, &error);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}
