/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/alert_channel.h"

#include "lib/clean.h"
#include "lib/core_dump.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { TIMEOUT_DEFAULT = 30000, TIMEOUT_LEAST = 1000, TIMEOUT_MOST = 600000, BLOCK_BYTES = 65536 };

const char *alert_channel_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

bool alert_channel_texts(const json_t *object, const char *const *keys, struct error *error)
{
    for (; *keys; keys++) {
        const json_t *value = json_object_get(object, *keys);
        if (value && !json_is_null(value) && !json_is_string(value))
            return error_set(error, "\"%s\" is not a text", *keys);
    }
    return true;
}

static bool need_text(const json_t *alert, const char *key, const char **text, struct error *error)
{
    const json_t *value = json_object_get(alert, key);
    *text = json_string_value(value);
    if (!value)
        return error_set(error, "\"%s\" is missing", key);
    return *text || error_set(error, "\"%s\" is not a text", key);
}

static bool need_whole(const json_t *alert, const char *key, int64_t *whole, struct error *error)
{
    const json_t *value = json_object_get(alert, key);
    *whole = json_integer_value(value);
    if (!value)
        return error_set(error, "\"%s\" is missing", key);
    return (json_is_integer(value) && *whole >= 0) || error_set(error, "\"%s\" is not a whole number", key);
}

bool alert_channel_facts(const json_t *alert, struct alert_facts *facts, struct error *error)
{
    const struct {
        const char *key;
        const char **text;
    } texts[] = {
        {"id", &facts->id},       {"user", &facts->user}, {"urgency", &facts->urgency},
        {"kind", &facts->kind},   {"host", &facts->host}, {"check", &facts->check},
        {"state", &facts->state}, {"text", &facts->text}, {"subject", &facts->subject},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        ok = need_text(alert, texts[i].key, texts[i].text, error);
    return ok && need_whole(alert, "problem", &facts->problem, error) &&
           need_whole(alert, "at", &facts->at, error);
}

int64_t alert_channel_timeout(const json_t *alert)
{
    const json_t *value = json_object_get(alert, "timeout_ms");
    int64_t timeout = json_is_integer(value) ? json_integer_value(value) : TIMEOUT_DEFAULT;
    if (timeout < TIMEOUT_LEAST)
        timeout = TIMEOUT_LEAST;
    return timeout < TIMEOUT_MOST ? timeout : TIMEOUT_MOST;
}

bool alert_channel_secret(const char *path, const char *what, char secret[static ALERT_CHANNEL_SECRET_MOST],
                          struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t length = fd >= 0 ? read(fd, secret, ALERT_CHANNEL_SECRET_MOST - 1) : -1;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return error_set(error, "the %s file \"%s\" cannot be read: %s", what, path, strerror(reason));
    secret[length] = '\0';
    size_t line = strcspn(secret, "\r\n");
    if (line == ALERT_CHANNEL_SECRET_MOST - 1)
        return error_set(error, "the first line of the %s file \"%s\" is longer than %d bytes", what, path,
                         ALERT_CHANNEL_SECRET_MOST - 2);
    secret[line] = '\0';
    return secret[0] != '\0' || error_set(error, "the %s file \"%s\" is empty", what, path);
}

/* ---- the program ---- */

/* A secret is in memory for a while. */
static void protect(void)
{
    core_dump_forbid();
    (void)signal(SIGPIPE, SIG_IGN);
}

static bool read_input(struct text *input, struct error *error)
{
    ssize_t count = 1;
    while (count != 0 && input->length <= ALERT_CHANNEL_INPUT_MOST) {
        char *end = text_reserve(input, BLOCK_BYTES);
        count = read(STDIN_FILENO, end, BLOCK_BYTES);
        if (count < 0 && errno != EINTR)
            return error_set(error, "standard input cannot be read: %s", strerror(errno));
        if (count > 0) {
            input->length += (size_t)count;
            input->bytes[input->length] = '\0';
        }
    }
    return true;
}

static enum alert_end handle(const struct text *input, alert_channel_deliver *deliver, struct error *said)
{
    json_error_t place;
    enum alert_end outcome = ALERT_NEVER;
    if (input->length > ALERT_CHANNEL_INPUT_MOST) {
        error_set(said, "the message is larger than %d bytes", ALERT_CHANNEL_INPUT_MOST);
        return outcome;
    }
    json_t *alert = json_loadb(input->bytes, input->length, JSON_REJECT_DUPLICATES, &place);
    if (json_is_object(alert))
        outcome = deliver(alert, said);
    else
        error_set(said, "the message is not a JSON object: %s", alert ? "another value" : place.text);
    json_decref(alert);
    return outcome;
}

int alert_channel_main(int argc, char **argv, alert_channel_deliver *deliver)
{
    struct text input = TEXT_INIT, line = TEXT_INIT;
    struct error said = {""};
    enum alert_end outcome = ALERT_AGAIN;
    protect();
    if (argc > 1) {
        error_set(&said, "\"%s\" takes no arguments: it reads one alert as JSON on standard input", argv[0]);
        outcome = ALERT_NEVER;
    } else if (read_input(&input, &said)) {
        outcome = handle(&input, deliver, &said);
    }
    clean_text(&line, said.text);
    /* What was delivered stays delivered when nobody hears of it. */
    (void)printf("%s\n", line.bytes);
    text_release(&line);
    text_release(&input);
    return outcome;
}
