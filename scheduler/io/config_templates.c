/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates of alerts: read with the configuration, so that a mistake in one is found with all others and before anyone
 * is to be told. */
#include "scheduler/core/macro.h"
#include "scheduler/core/notice_macros.h"
#include "scheduler/io/config_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPLATE_MOST = 65536, MISTAKES_MOST = 20 };

/* The text, in the arena; NULL with errno. */
static const char *read_file(struct config_loader *loader, const char *path)
{
    struct stat about;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && fstat(fd, &about) == 0) {
        errno = S_ISREG(about.st_mode) ? EFBIG : EINVAL;
        if (S_ISREG(about.st_mode) && about.st_size <= TEMPLATE_MOST) {
            bytes = arena_get(loader->arena, (size_t)about.st_size + 1, 1);
            ssize_t count = read(fd, bytes, (size_t)about.st_size);
            if (count < 0)
                bytes = NULL;
        }
    }
    int reason = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = reason;
    return bytes;
}

static struct place place_in(const char *name, const char *text, const char *at)
{
    struct place place = {.file = name, .line = 1, .column = 1};
    for (; text < at; text++) {
        place.column = *text == '\n' ? 1 : place.column + 1;
        place.line += *text == '\n';
    }
    return place;
}

/* The path as a finding shows it: within the configuration directory when it is there. */
static const char *shown(const struct config_loader *loader, const char *path)
{
    const char *directory = loader->model->site.directory;
    size_t length = directory ? strlen(directory) : 0;
    return length && strncmp(path, directory, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

void config_templates_read(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target)
{
    const char *path = NULL;
    struct error error;
    config_read_path(loader, row, node, &path);
    const char *text = path ? read_file(loader, path) : NULL;
    if (path && !text)
        findings_error(loader->draft, node->place, "the template \"%s\" cannot be read: %s", path,
                       strerror(errno));
    const char *from = text, *at = text ? macro_mistake(&from, notice_macro_names, &error) : NULL;
    for (int i = 0; at && i < MISTAKES_MOST; i++) {
        findings_error(loader->draft, place_in(shown(loader, path), text, at), "%s", error.text);
        at = macro_mistake(&from, notice_macro_names, &error);
    }
    *(const char **)target = text;
}

void config_templates_script(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, void *target)
{
    struct words *words = target;
    config_read_words(loader, row, node, words);
    if (words->count == 0)
        return;
    const char *program = words->items[0];
    const char *path = program[0] == '/'
                           ? program
                           : arena_format(loader->arena, "%s/%s", loader->model->site.directory, program);
    if (!strchr(program, '/'))
        findings_error(loader->draft, node->place, "the template script \"%s\" needs a path", program);
    else if (access(path, X_OK) != 0)
        findings_error(loader->draft, node->place, "the template script \"%s\" cannot be run: %s", path,
                       strerror(errno));
    words->items[0] = path;
}
