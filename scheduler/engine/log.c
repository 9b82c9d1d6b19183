/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/log.h"

#include "lib/text.h"

#include <jansson.h>
#include <unistd.h>

static const char *const level_names[] = {
    [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_WARNING] = "warning", [LOG_LEVEL_ERROR] = "error"};

static void add_time(struct text *line)
{
    char buffer[40];
    struct timespec now;
    struct tm civil;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &civil) && strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &civil))
        text_add(line, buffer);
}

static void add_json(struct text *line, enum log_level level, const char *sentence)
{
    struct text when = TEXT_INIT;
    add_time(&when);
    json_t *object =
        json_pack("{s:s, s:s, s:s+}", "time", when.bytes, "level", level_names[level], "text", sentence, "");
    char *dump = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    text_add(line, dump ? dump : "{}");
    free(dump);
    json_decref(object);
    text_release(&when);
}

void log_say(const struct log *log, enum log_level level, const char *format, ...)
{
    struct text sentence = TEXT_INIT;
    struct text line = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    for (char *at = sentence.bytes; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    if (log->json) {
        add_json(&line, level, sentence.bytes);
    } else {
        add_time(&line);
        text_format(&line, " %s%s",
                    level == LOG_LEVEL_INFO      ? ""
                    : level == LOG_LEVEL_WARNING ? "warning: "
                                                 : "error: ",
                    sentence.bytes);
    }
    text_add_char(&line, '\n');
    /* One write for a line: lines of several processes do not mix. A log that cannot be written is no reason
     * to stop watching. */
    if (write(STDERR_FILENO, line.bytes, line.length) < 0)
        text_clear(&line);
    text_release(&line);
    text_release(&sentence);
}
