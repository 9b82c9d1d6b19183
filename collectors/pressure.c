/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/pressure.h"

#include "collectors/file.h"
#include "collectors/proc.h"
#include "lib/number.h"

#include <math.h>

static const struct pressure_line none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};

static bool read_pair(const char *word, size_t length, struct pressure_line *line)
{
    const struct {
        const char *name;
        double *value;
    } members[] = {{"avg10=", &line->avg10},
                   {"avg60=", &line->avg60},
                   {"avg300=", &line->avg300},
                   {"total=", &line->total}};
    char text[64];
    if (length >= sizeof text)
        return false;
    memcpy(text, word, length);
    text[length] = '\0';
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        size_t name = strlen(members[i].name);
        if (strncmp(text, members[i].name, name) == 0)
            return number_read(text + name, false, members[i].value) && *members[i].value >= 0;
    }
    return true; /* a member of a later kernel */
}

static bool read_line(const char *at, const char *end, struct pressure_line *line)
{
    const char *word;
    size_t length;
    while (proc_word(&at, end, &word, &length))
        if (!read_pair(word, length, line))
            return false;
    return !isnan(line->avg10) && !isnan(line->total);
}

bool pressure_parse(const char *bytes, size_t length, struct pressure *pressure, struct error *error)
{
    struct proc_lines lines = {.at = bytes, .end = bytes + length};
    const char *line, *word;
    size_t line_length, word_length;
    *pressure = (struct pressure){none, none};
    while (proc_line(&lines, &line, &line_length)) {
        const char *at = line, *end = line + line_length;
        struct pressure_line *found = NULL;
        if (proc_word(&at, end, &word, &word_length) && word_length == 4)
            found = memcmp(word, "some", 4) == 0   ? &pressure->some
                    : memcmp(word, "full", 4) == 0 ? &pressure->full
                                                   : NULL;
        if (!found || !read_line(at, end, found))
            return error_set(error, "line %zu is not \"some\" or \"full\" and its averages: \"%.*s\"",
                             lines.number, (int)(line_length > 60 ? 60 : line_length), line);
    }
    return !isnan(pressure->some.avg10) || error_set(error, "no line \"some\"");
}

/* A kernel built with PSI but started without it has the files and answers EOPNOTSUPP. */
bool pressure_read(const char *root, const char *resource, struct pressure *pressure, bool *present,
                   struct error *error)
{
    struct text path = TEXT_INIT, content = TEXT_INIT;
    bool done = true;
    text_format(&path, "/proc/pressure/%s", resource);
    *pressure = (struct pressure){none, none};
    *present = file_exists(root, path.bytes) && file_read(root, path.bytes, &content, NULL);
    if (*present && !pressure_parse(content.bytes, content.length, pressure, error))
        done = error_prefix(error, "\"%s%s\"", root, path.bytes);
    text_release(&content);
    text_release(&path);
    return done;
}
