/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration directory made from one text, for tests: "== NAME" begins a file. */
#ifndef WATCHBILL_TESTS_CONFIG_PLACE_H
#define WATCHBILL_TESTS_CONFIG_PLACE_H

#include "lib/text.h"
#include "scheduler/io/config.h"

#include <assert.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

struct config_place {
    char path[64];
};

static inline void config_place_make(const struct config_place *place, const char *folder)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", place->path, folder);
    int result = mkdir(path, 0755);
    assert(result == 0);
    (void)result;
}

static inline void config_place_write(const struct config_place *place, const char *name, const char *bytes,
                                      size_t length)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", place->path, name);
    FILE *file = fopen(path, "w");
    assert(file);
    size_t written = fwrite(bytes, 1, length, file);
    int closed = fclose(file);
    assert(written == length && closed == 0);
}

static inline void config_place_fill(const struct config_place *place, const char *files)
{
    for (const char *at = files; strncmp(at, "== ", 3) == 0;) {
        char name[128];
        const char *line_end = strchr(at, '\n');
        const char *next = strstr(line_end, "\n== ");
        next = next ? next + 1 : line_end + strlen(line_end);
        (void)snprintf(name, sizeof name, "%.*s", (int)(line_end - at - 3), at + 3);
        config_place_write(place, name, line_end + 1, (size_t)(next - line_end - 1));
        at = next;
    }
}

static inline void config_place_open(struct config_place *place, const char *files)
{
    (void)snprintf(place->path, sizeof place->path, "/tmp/test_config.XXXXXX");
    char *made = mkdtemp(place->path);
    assert(made);
    (void)made;
    config_place_make(place, "services");
    config_place_fill(place, files);
}

static inline int config_place_remove(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline void config_place_close(struct config_place *place)
{
    (void)nftw(place->path, config_place_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* The findings, one a line; warnings begin with "warning: ". */
static inline void config_place_findings(struct text *text, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        text_format(text, "%s%s\n", findings->items[i].warning ? "warning: " : "", findings->items[i].text);
}

#endif
