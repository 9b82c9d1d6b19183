/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LEEWAY_SECONDS = 5, STATE_FIELD = 3, START_FIELD = 22 };

/* The start of field ${field} in a line of /proc/PID/stat (proc(5)); the second one ends with the last parenthesis. */
static const char *field_of(const char *line, int field)
{
    const char *at = strrchr(line, ')');
    for (int number = 2; at && number < field; number++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at;
}

/* When a process that began so many ticks after the boot did so, in epoch seconds. */
static int64_t start_of(const char *ticks)
{
    struct timespec up;
    int64_t hertz = sysconf(_SC_CLK_TCK);
    (void)clock_gettime(CLOCK_BOOTTIME, &up);
    return (int64_t)time(NULL) - up.tv_sec + strtoll(ticks, NULL, 10) / (hertz > 0 ? hertz : 100);
}

bool ledger_is_dead(const json_t *begin)
{
    char path[64];
    char line[1024];
    int64_t pid = json_integer_value(json_object_get(begin, "pid"));
    if (pid <= 1 || pid > INT32_MAX)
        return false;
    (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    ssize_t got = read(fd, line, sizeof line - 1);
    close(fd);
    line[got > 0 ? got : 0] = '\0';
    const char *state = field_of(line, STATE_FIELD);
    const char *start = field_of(line, START_FIELD);
    if (!state || !start)
        return got <= 0; /* it ended just now */
    return *state == 'Z' ||
           start_of(start) > json_integer_value(json_object_get(begin, "at")) + LEEWAY_SECONDS;
}
