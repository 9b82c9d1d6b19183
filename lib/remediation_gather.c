/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics that every remediation takes: processes, sockets, disk, pressure, and what the check said.
 */
#include "lib/remediation_frame.h"

#include "lib/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { GATHER_MS = 20000, LEEWAY_MS = 2000, CHECK_TEXT_BYTES = 64 * 1024 };

/* ---- parts made of more than one file ---- */

/* Only what /proc/PID/stat holds: command lines may carry secrets. */
static bool add_processes(struct bundle *bundle)
{
    struct text text = TEXT_INIT;
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    while (proc && (entry = readdir(proc))) {
        char path[300];
        char line[1024];
        if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name))
            continue;
        (void)snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        ssize_t got = read(fd, line, sizeof line);
        close(fd);
        text_add_bytes(&text, line, got > 0 ? (size_t)got : 0);
    }
    if (proc)
        (void)closedir(proc);
    bool ok = text.length > 0 && bundle_add_text(bundle, "processes", text.bytes, text.length);
    text_release(&text);
    return ok;
}

/* A server that is away would hold statvfs for ever. */
static bool is_remote(const char *type)
{
    static const char *const types[] = {"nfs", "cifs", "smb", "fuse", "afs", "ceph", "9p", "autofs"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strncmp(type, types[i], strlen(types[i])) == 0)
            return true;
    return false;
}

static void add_mount(struct text *text, const char *device, const char *point, const char *type)
{
    struct statvfs found;
    if (is_remote(type)) {
        text_format(text, "%s %s %s: not asked\n", device, point, type);
    } else if (statvfs(point, &found) != 0) {
        text_format(text, "%s %s %s: %s\n", device, point, type, strerror(errno));
    } else if (found.f_blocks > 0) {
        unsigned long long unit = found.f_frsize / 1024 ? found.f_frsize / 1024 : 1;
        text_format(text, "%s %s %s: %llu kB, free %llu kB; inodes %llu, free %llu\n", device, point, type,
                    (unsigned long long)found.f_blocks * unit, (unsigned long long)found.f_bavail * unit,
                    (unsigned long long)found.f_files, (unsigned long long)found.f_favail);
    }
}

static bool add_disk(struct bundle *bundle)
{
    struct text text = TEXT_INIT;
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[4096];
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
    bool ok = text.length > 0 && bundle_add_text(bundle, "disk", text.bytes, text.length);
    text_release(&text);
    return ok;
}

/* What the check said and why we were called; no other variable, they may hold secrets. */
static bool add_check(struct bundle *bundle)
{
    static const char *const names[] = {
        "WATCHBILL_SUBJECT",        "WATCHBILL_PROBLEM",         "WATCHBILL_REMEDIATION",
        "WATCHBILL_STATE",          "WATCHBILL_OUTPUT",          "WATCHBILL_LONG_OUTPUT",
        "NAGIOS_HOSTNAME",          "NAGIOS_HOSTSTATE",          "NAGIOS_SERVICEDESC",
        "NAGIOS_SERVICESTATE",      "NAGIOS_SERVICEOUTPUT",      "NAGIOS_SERVICEATTEMPT",
        "NAGIOS_LONGSERVICEOUTPUT", "NAGIOS_SERVICESTATETYPE",   "NAGIOS_SERVICEPERFDATA",
        "NAGIOS_SERVICEPROBLEMID",  "NAGIOS_SERVICEDURATIONSEC",
    };
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            text_format(&text, "%s=%.*s\n", names[i], CHECK_TEXT_BYTES, value);
    }
    bool ok = text.length == 0 || bundle_add_text(bundle, "check", text.bytes, text.length);
    text_release(&text);
    return ok;
}

/* ---- files ---- */

static const struct {
    const char *name, *path;
    bool required; /* else a kernel without it is well */
} files[] = {
    {"loadavg", "/proc/loadavg", true},          {"meminfo", "/proc/meminfo", true},
    {"diskstats", "/proc/diskstats", false},     {"pressure-cpu", "/proc/pressure/cpu", false},
    {"pressure-io", "/proc/pressure/io", false}, {"pressure-memory", "/proc/pressure/memory", false},
    {"sockets-tcp", "/proc/net/tcp", true},      {"sockets-tcp6", "/proc/net/tcp6", false},
    {"sockets-udp", "/proc/net/udp", false},     {"sockets-udp6", "/proc/net/udp6", false},
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

/* ---- the child ---- */

/* Prints the digest of the index and what failed, a line each. */
static int gather(void *owner)
{
    struct frame *frame = owner;
    struct error error = {""};
    char hex[DIGEST_HEX_BYTES] = "";
    frame->run.deadline = process_now() + GATHER_MS;
    struct bundle *bundle =
        bundle_open(frame->args.diagnostics, frame->args.run, frame->run.deadline, &error);
    if (!bundle) {
        printf("-\n%s\n", error.text);
        return 1;
    }
    bool ok = add_check(bundle);
    ok = add_processes(bundle) && ok;
    ok = add_disk(bundle) && ok;
    ok = add_files(bundle) && ok;
    if (frame->program->diagnose && !frame->program->diagnose(frame->own, &frame->run, bundle, &error))
        ok = false;
    if (!ok && !error.text[0])
        error_set(&error, "%s",
                  bundle_problem(bundle) ? bundle_problem(bundle) : "a part could not be gathered");
    if (ok && bundle_bytes(bundle) == 0)
        ok = error_set(&error, "nothing was gathered");
    ok = bundle_close(bundle, hex, &error) && ok;
    printf("%s\n%s\n", hex[0] ? hex : "-", ok ? "" : error.text);
    return ok ? 0 : 1;
}

static void take_digest(struct frame *frame, const struct text *output)
{
    if (output->length < DIGEST_HEX_BYTES || output->bytes[DIGEST_HEX_BYTES - 1] != '\n')
        return;
    memcpy(frame->bundle_sha256, output->bytes, DIGEST_HEX_BYTES - 1);
    const char *folder = arena_format(frame->arena, "%s/%s", frame->args.diagnostics, frame->args.run);
    char *whole = realpath(folder, NULL);
    frame->bundle = whole ? arena_text(frame->arena, whole) : folder;
    free(whole);
}

bool remediation_gather(struct frame *frame, struct error *error)
{
    const struct process process = {
        .call = gather,
        .owner = frame,
        .deadline = process_now() + GATHER_MS + LEEWAY_MS,
        .output_cap = 4096,
        .stop = frame->stop,
    };
    struct process_outcome outcome;
    process_run(&process, &outcome);
    take_digest(frame, &outcome.output);
    const char *line = strchr(outcome.output.bytes, '\n');
    bool ok = outcome.end == PROCESS_EXITED && outcome.code == 0;
    if (!ok && line && line[1])
        error_set(error, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
    else if (!ok)
        (void)process_succeeded(&process, &outcome, error);
    process_outcome_release(&outcome);
    return ok;
}
