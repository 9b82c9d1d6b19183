/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/loadavg.h"

#include "lib/number.h"
#include "lib/text.h"

#include <errno.h>
#include <math.h>

enum { COLUMNS = 4, LINE_BYTES = 256 };

/* Splits at blanks, in place; how many words there are. */
static size_t split(char *line, char **words, size_t room)
{
    size_t count = 0;
    for (char *word = strsep(&line, " \n"); word && count < room; word = strsep(&line, " \n"))
        if (*word)
            words[count++] = word;
    return count;
}

bool loadavg_parse(const char *bytes, struct loadavg *loadavg, struct error *error)
{
    char line[LINE_BYTES];
    char *words[COLUMNS];
    struct loadavg found = {0};
    size_t length = strnlen(bytes, sizeof line - 1);
    memcpy(line, bytes, length);
    line[length] = '\0';
    bool read = split(line, words, COLUMNS) == COLUMNS;
    for (size_t i = 0; read && i < 3; i++)
        read = number_read(words[i], false, &found.load[i]) && found.load[i] >= 0;
    char *slash = read ? strchr(words[3], '/') : NULL;
    if (slash) {
        *slash = '\0';
        read = number_read_whole(words[3], 0, INT64_MAX, &found.running) &&
               number_read_whole(slash + 1, 0, INT64_MAX, &found.threads);
    }
    if (!read || !slash)
        return error_set(error, "not three load averages and a count of threads");
    *loadavg = found;
    return true;
}

static FILE *open_file(const char *root, const char *name, struct text *path, struct error *error)
{
    text_format(path, "%s/proc/%s", root, name);
    FILE *file = fopen(path->bytes, "re");
    if (!file)
        (void)error_set(error, "%s: \"%s\"", strerror(errno), path->bytes);
    return file;
}

bool loadavg_read(const char *root, struct loadavg *loadavg, struct error *error)
{
    struct text path = TEXT_INIT;
    char line[LINE_BYTES] = "";
    FILE *file = open_file(root, "loadavg", &path, error);
    bool read = file != NULL;
    if (file) {
        if (!fgets(line, sizeof line, file))
            line[0] = '\0';
        (void)fclose(file);
        read = loadavg_parse(line, loadavg, error) || error_prefix(error, "\"%s\"", path.bytes);
    }
    text_release(&path);
    return read;
}

bool loadavg_processors(const char *root, size_t *count, struct error *error)
{
    struct text path = TEXT_INIT;
    char line[8192];
    size_t found = 0;
    FILE *file = open_file(root, "stat", &path, error);
    if (file) {
        while (fgets(line, sizeof line, file))
            found += strncmp(line, "cpu", 3) == 0 && line[3] >= '0' && line[3] <= '9';
        (void)fclose(file);
        if (found == 0)
            (void)error_set(error, "no processor in \"%s\"", path.bytes);
    }
    text_release(&path);
    *count = found;
    return found > 0;
}
