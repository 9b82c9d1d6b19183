/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/machine.h"

#include "collectors/file.h"
#include "collectors/processes.h"
#include "collectors/procstat.h"
#include "collectors/sockets.h"
#include "lib/memory.h"
#include "lib/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A row is some 90 bytes, so that the parts stay below BUNDLE_PART_BYTES. */
enum { ROWS_MOST = 2500 };

/* Adds it and releases it; without a byte it failed. */
static bool add_part(struct bundle *bundle, const char *name, struct text *text)
{
    bool ok = text->length > 0 && bundle_add_text(bundle, name, text->bytes, text->length);
    text_release(text);
    return ok;
}

/* ---- processes ---- */

/* What waits for a disk first, because it is what a person looks for; then by what they hold. */
static int by_trouble(const void *a, const void *b)
{
    const struct process_row *left = a, *right = b;
    if ((left->state == 'D') != (right->state == 'D'))
        return left->state == 'D' ? -1 : 1;
    if (left->resident != right->resident)
        return left->resident < right->resident ? 1 : -1;
    return left->pid < right->pid ? -1 : left->pid > right->pid;
}

/* What a process in the kernel waits in; "" when nobody tells. */
static void add_place(struct text *text, uint64_t pid)
{
    char path[64];
    struct text place = TEXT_INIT;
    (void)snprintf(path, sizeof path, "/proc/%llu/wchan", (unsigned long long)pid);
    if (file_read("", path, &place, NULL) && place.length > 1)
        text_format(text, "  in %.60s", place.bytes);
    text_release(&place);
}

static void add_process(struct text *text, const struct process_row *row, int64_t uptime)
{
    double tick = (double)sysconf(_SC_CLK_TCK);
    text_format(text, "%7llu %7llu %6lld %c %4llu %9.1f %9.1f %10.0f  ", (unsigned long long)row->pid,
                (unsigned long long)row->parent, (long long)row->user, row->state,
                (unsigned long long)row->threads, (double)row->cpu / tick, (double)row->resident / 1e6,
                (double)uptime / 1000 - (double)row->start / tick);
    utf8_add(text, row->name, strcspn(row->name, "\n"));
    if (row->state == 'D')
        add_place(text, row->pid);
    text_add_char(text, '\n');
}

static void add_process_counts(struct text *text, const struct processes *processes)
{
    size_t running = 0, waiting = 0, zombies = 0;
    for (size_t i = 0; i < processes->count; i++) {
        running += processes->rows[i].state == 'R';
        waiting += processes->rows[i].state == 'D';
        zombies += processes->rows[i].state == 'Z';
    }
    text_format(text, "%zu processes: %zu running, %zu waiting for a disk or the kernel (D), %zu zombies\n\n",
                processes->count, running, waiting, zombies);
}

/* Not the command lines: they may carry secrets. */
static bool add_processes(struct bundle *bundle)
{
    struct text text = TEXT_INIT;
    struct processes processes = {0};
    struct arena *arena = arena_create();
    int64_t uptime = 0;
    bool ok = processes_read("", (struct processes_wish){.user = true}, arena, &processes, NULL) &&
              procstat_uptime("", &uptime, NULL);
    if (ok && processes.count > 0) {
        qsort(processes.rows, processes.count, sizeof *processes.rows, by_trouble);
        add_process_counts(&text, &processes);
        text_add(&text, "    PID  PARENT   USER S THRS     CPU s       MB      AGE s  NAME\n");
        for (size_t i = 0; i < processes.count && i < ROWS_MOST; i++)
            add_process(&text, &processes.rows[i], uptime);
        if (processes.count > ROWS_MOST)
            text_format(&text, "and %zu more, which hold less\n", processes.count - ROWS_MOST);
    }
    arena_free(arena);
    return add_part(bundle, "processes", &text);
}

/* ---- sockets ---- */

static bool is_udp(const struct sockets_row *row)
{
    return row->kind[0] == 'u';
}

/* Those that listen, then those that hold bytes nobody takes, then the rest. */
static int socket_rank(const struct sockets_row *row)
{
    if (row->state == SOCKETS_LISTEN)
        return 0;
    return row->sending + row->receiving > 0 ? 1 : 2;
}

static int by_rank(const void *a, const void *b)
{
    const struct sockets_row *left = a, *right = b;
    int rank = socket_rank(left) - socket_rank(right);
    int state = (left->state > right->state) - (left->state < right->state);
    if (rank)
        return rank;
    return state ? state : strcmp(left->local, right->local);
}

static void add_socket_counts(struct text *text, const struct sockets *sockets)
{
    text_format(text, "udp %zu", sockets->datagrams);
    for (unsigned state = 0; state < SOCKETS_STATES; state++)
        if (sockets->states[state] > 0)
            text_format(text, ", %s %zu", sockets_state_name(state), sockets->states[state]);
    text_add(text, "; TIME_WAIT is not listed\n\n");
}

static void add_socket(struct text *text, const struct sockets_row *row)
{
    text_format(text, "%-4s %-12s %8llu %8llu %6llu  %-24s %s\n", row->kind,
                is_udp(row) ? "" : sockets_state_name(row->state), (unsigned long long)row->receiving,
                (unsigned long long)row->sending, (unsigned long long)row->user, row->local, row->remote);
}

static bool add_sockets(struct bundle *bundle)
{
    struct text text = TEXT_INIT;
    struct sockets sockets = {0};
    struct arena *arena = arena_create();
    if (sockets_read("", arena, &sockets, NULL)) {
        if (sockets.count > 0)
            qsort(sockets.rows, sockets.count, sizeof *sockets.rows, by_rank);
        add_socket_counts(&text, &sockets);
        text_add(&text, "     STATE         TO READ   TO SEND   USER  LOCAL                    REMOTE\n");
        for (size_t i = 0; i < sockets.count && i < ROWS_MOST; i++)
            add_socket(&text, &sockets.rows[i]);
        if (sockets.count > ROWS_MOST)
            text_format(&text, "and %zu more\n", sockets.count - ROWS_MOST);
    }
    arena_free(arena);
    return add_part(bundle, "sockets", &text);
}

/* ---- disks ---- */

/* A server that is away would hold statvfs for ever. */
static bool is_remote(const char *type)
{
    static const char *const types[] = {"nfs", "cifs", "smb", "fuse", "afs", "ceph", "9p", "autofs"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strncmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

/* Percent that are taken of what may be had; 0 of 0. */
static unsigned taken(fsblkcnt_t all, fsblkcnt_t left, fsblkcnt_t reserved)
{
    fsblkcnt_t own = all > reserved ? all - reserved : 0;
    return own > 0 && left <= own ? (unsigned)((own - left) * 100 / own) : 0;
}

static void add_mount(struct text *text, const char *device, const char *point, const char *type)
{
    struct statvfs found;
    if (is_remote(type)) {
        text_format(text, "   ?            ?            ?    ?  %-8s %s on %s: not asked\n", type, device,
                    point);
    } else if (statvfs(point, &found) != 0) {
        text_format(text, "   ?            ?            ?    ?  %-8s %s on %s: %s\n", type, device, point,
                    strerror(errno));
    } else if (found.f_blocks > 0) {
        double unit = (double)found.f_frsize / 1e6;
        text_format(text, "%4u %12.0f %12.0f %4u  %-8s %s on %s%s\n",
                    taken(found.f_blocks, found.f_bavail, found.f_bfree - found.f_bavail),
                    (double)found.f_blocks * unit, (double)found.f_bavail * unit,
                    taken(found.f_files, found.f_favail, 0), type, device, point,
                    found.f_flag & ST_RDONLY ? ", read only" : "");
    }
}

static bool add_disk(struct bundle *bundle)
{
    struct text text = TEXT_INIT;
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[4096];
    text_add(&text, "USE%           MB      FREE MB  IN%  TYPE     DEVICE\n");
    while (mounts && fgets(line, sizeof line, mounts)) {
        char *rest = NULL;
        const char *device = strtok_r(line, " ", &rest);
        const char *point = strtok_r(NULL, " ", &rest);
        const char *type = strtok_r(NULL, " ", &rest);
        if (device && point && type)
            add_mount(&text, device, point, type);
    }
    if (mounts)
        (void)fclose(mounts);
    return add_part(bundle, "disk", &text);
}

/* ---- files ---- */

static const struct {
    const char *name, *path;
    bool required; /* else a kernel without it is well */
} files[] = {
    {"loadavg", "/proc/loadavg", true},          {"meminfo", "/proc/meminfo", true},
    {"diskstats", "/proc/diskstats", false},     {"pressure-cpu", "/proc/pressure/cpu", false},
    {"pressure-io", "/proc/pressure/io", false}, {"pressure-memory", "/proc/pressure/memory", false},
    {"sockets-unix", "/proc/net/unix", false},
};

static bool add_files(struct bundle *bundle)
{
    bool ok = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        int fd = files[i].required ? -1 : open(files[i].path, O_RDONLY | O_CLOEXEC);
        char byte;
        bool there = fd >= 0 && read(fd, &byte, 1) == 1; /* without PSI it opens and cannot be read */
        if (fd >= 0)
            close(fd);
        if (files[i].required || there)
            ok = bundle_add_file(bundle, files[i].name, files[i].path, BUNDLE_PART_BYTES) && ok;
    }
    return ok;
}

bool machine_gather(struct bundle *bundle)
{
    bool ok = add_processes(bundle);
    ok = add_sockets(bundle) && ok;
    ok = add_disk(bundle) && ok;
    return add_files(bundle) && ok;
}
