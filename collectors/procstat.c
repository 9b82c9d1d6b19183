/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/procstat.h"

#include "collectors/file.h"
#include "collectors/proc.h"
#include "lib/number.h"

#include <math.h>

static const char path[] = "/proc/stat";

static bool is_word(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

/* Four times at least (user nice system idle); what follows came with later kernels. */
static bool read_times(const char *at, const char *end, struct procstat *stat)
{
    const char *word;
    size_t length, count = 0;
    for (; proc_word(&at, end, &word, &length); count++) {
        uint64_t value;
        if (!proc_count(word, length, &value))
            return false;
        if (count < PROCSTAT_TIMES)
            stat->times[count] = value;
    }
    return count >= 4;
}

bool procstat_parse(const char *bytes, size_t length, struct procstat *stat, struct error *error)
{
    struct proc_lines lines = {.at = bytes, .end = bytes + length};
    const char *line, *word;
    size_t line_length, word_length;
    bool found = false;
    *stat = (struct procstat){0};
    while (proc_line(&lines, &line, &line_length)) {
        const char *at = line, *end = line + line_length;
        if (!proc_word(&at, end, &word, &word_length))
            continue;
        if (is_word(word, word_length, "cpu")) {
            if (!read_times(at, end, stat))
                return error_set(error, "line %zu is not \"cpu\" and its times: \"%.*s\"", lines.number,
                                 (int)(line_length > 60 ? 60 : line_length), line);
            found = true;
        } else if (word_length > 3 && memcmp(word, "cpu", 3) == 0) {
            stat->processors++;
        } else if (is_word(word, word_length, "procs_blocked")) {
            if (!proc_word(&at, end, &word, &word_length) || !proc_count(word, word_length, &stat->blocked))
                return error_set(error, "line %zu: \"procs_blocked\" without a number", lines.number);
        }
    }
    return found || error_set(error, "no line \"cpu\"");
}

bool procstat_read(const char *root, struct procstat *stat, struct error *error)
{
    struct text content = TEXT_INIT;
    bool done = file_read(root, path, &content, error);
    if (done && !procstat_parse(content.bytes, content.length, stat, error))
        done = error_prefix(error, "\"%s%s\"", root, path);
    text_release(&content);
    return done;
}

static double sum_of(const struct procstat *stat)
{
    double sum = 0;
    for (size_t i = 0; i < PROCSTAT_TIMES; i++)
        sum += (double)stat->times[i];
    return sum;
}

double procstat_share(const struct procstat *before, const struct procstat *after, enum procstat_time time)
{
    double all = sum_of(after) - sum_of(before);
    if (all <= 0)
        return (double)NAN;
    if (after->times[time] <= before->times[time])
        return 0;
    double share = 100 * (double)(after->times[time] - before->times[time]) / all;
    return share > 100 ? 100 : share;
}

bool procstat_uptime(const char *root, int64_t *milliseconds, struct error *error)
{
    struct text content = TEXT_INIT;
    double seconds = 0;
    bool done = file_read(root, "/proc/uptime", &content, error);
    if (done) {
        content.bytes[strcspn(content.bytes, " \n")] = '\0';
        done = number_read(content.bytes, false, &seconds) && seconds >= 0 && seconds < 1e11;
        if (!done)
            (void)error_set(error, "\"%s/proc/uptime\" does not begin with seconds", root);
    }
    *milliseconds = (int64_t)(seconds * 1000 + 0.5);
    text_release(&content);
    return done;
}
