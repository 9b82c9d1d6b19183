/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers diagnostics and does nothing else; a process may be asked by a signal for its own report first. */
#include "lib/process.h"
#include "remediations/tools/pid_file.h"
#include "remediations/tools/program.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_MS = 50, PATHS_MAX = 32, COMMAND_MS = 10000 };
enum asked { HUP, QUIT, USR1, USR2, NO_SIGNAL };

static const char *const signal_names[] = {[HUP] = "HUP",   [QUIT] = "QUIT",      [USR1] = "USR1",
                                           [USR2] = "USR2", [NO_SIGNAL] = "none", [NO_SIGNAL + 1] = NULL};
static const int signals[] = {[HUP] = SIGHUP, [QUIT] = SIGQUIT, [USR1] = SIGUSR1, [USR2] = SIGUSR2};

struct args {
    int signal;
    const char *pid_file, *process, *collect;
    struct option_list files, command;
    int64_t wait, steady; /* ms */
};

static const struct args defaults = {.signal = NO_SIGNAL, .wait = 10000, .steady = 200};

static const struct option_row options[] = {
    {"signal", 0, CHOICE(struct args, signal), .value = "SIGNAL",
     .help = "ask the process for its report by this signal, which it must have a handler for",
     .choices = signal_names},
    {"pid-file", 0, TEXT(struct args, pid_file), .value = "PATH", .help = "where its process id stands"},
    {"process", 0, TEXT(struct args, process), .value = "NAME",
     .help = "what the process is called; another one is not touched"},
    {"collect", 0, TEXT(struct args, collect), .value = "FILE",
     .help = "the file that it writes then, as its own user; {pid} in it is its process id"},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION", .help = "how long it may take to write it",
     .high = 15},
    {"steady", 0, DURATION(struct args, steady), .value = "DURATION",
     .help = "it is written when it has not grown for that long", .high = 10},
    {"file", 'f', LIST(struct args, files), .value = "PATH", .help = "a file whose end is kept, too"},
    {"command", 0, LIST(struct args, command), .value = "WORD",
     .help = "a command whose output is kept, too, word by word"},
    {0},
};

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    bool asks = args->signal != NO_SIGNAL;
    if (asks && (!args->pid_file || !args->process || !args->collect))
        return error_set(error, "--signal needs --pid-file, --process and --collect");
    if (!asks && (args->pid_file || args->process || args->collect))
        return error_set(error, "--pid-file, --process and --collect need --signal");
    if (args->files.count > PATHS_MAX)
        return error_set(error, "--file: more than %d", PATHS_MAX);
    return true;
}

/* ---- the process's own report ---- */

/* By a handle, so that no other process can be hit in between. */
static bool open_process(const struct args *args, int *handle, int64_t *pid, struct error *error)
{
    bool alive = false;
    int number = signals[args->signal];
    *pid = pid_file_read(args->pid_file);
    if (*pid == 0)
        return error_set(error, "\"%s\" names no process", args->pid_file);
    *handle = pidfd_open((pid_t)*pid, 0);
    if (*handle < 0)
        return error_set(error, "%s: process %lld of \"%s\"", strerror(errno), (long long)*pid,
                         args->pid_file);
    bool ok = pid_file_check(args->pid_file, *pid, args->process, &alive, error);
    if (ok && !alive)
        ok = error_set(error, "process %lld of \"%s\" is no more", (long long)*pid, args->pid_file);
    if (ok && !pid_file_catches(*pid, number))
        ok = error_set(error, "process %lld has no handler for %s: it would end", (long long)*pid,
                       signal_names[args->signal]);
    if (!ok)
        close(*handle);
    return ok;
}

static const char *report_path(const struct args *args, int64_t pid, struct arena *arena)
{
    static const char place_holder[] = "{pid}";
    const char *found = strstr(args->collect, place_holder);
    if (!found)
        return args->collect;
    return arena_format(arena, "%.*s%lld%s", (int)(found - args->collect), args->collect, (long long)pid,
                        found + sizeof place_holder - 1);
}

static struct stat look(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        memset(&found, 0, sizeof found);
    return found;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Until it differs from ${before}, holds something, and no longer changes. */
static bool await_report(const struct args *args, const char *path, const struct stat *before,
                         const struct act_run *run, struct error *error)
{
    int64_t until = process_now() + args->wait;
    for (;;) {
        struct stat now = look(path);
        if (now.st_size > 0 && !is_same(&now, before)) {
            if (!act_pause(run, args->steady))
                break;
            struct stat then = look(path);
            if (is_same(&now, &then))
                return true;
        } else if (process_now() >= until || !act_pause(run, STEP_MS)) {
            break;
        }
    }
    return error_set(error, "the process wrote no report \"%s\"", path);
}

static bool add_report(const struct args *args, struct act_run *run, struct bundle *bundle,
                       struct error *error)
{
    int handle = -1;
    int64_t pid;
    if (!open_process(args, &handle, &pid, error))
        return false;
    const char *path = report_path(args, pid, run->arena);
    struct stat before = look(path);
    uid_t user = 0;
    bool ok = (pid_file_user(pid, &user) || error_set(error, "process %lld is no more", (long long)pid)) &&
              (pidfd_send_signal(handle, signals[args->signal], NULL, 0) == 0 ||
               error_set(error, "%s: process %lld", strerror(errno), (long long)pid));
    close(handle);
    ok = ok && await_report(args, path, &before, run, error);
    if (ok && !bundle_add_own_file(bundle, "report", path, BUNDLE_PART_BYTES, user))
        ok = error_set(error, "%s", bundle_problem(bundle));
    return ok;
}

/* ---- the parts of the remediation ---- */

/* The report first: the rest takes time, in which the process may go. */
static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    bool ok = args->signal == NO_SIGNAL || add_report(args, run, bundle, error);
    for (size_t i = 0; i < args->files.count; i++)
        if (!bundle_add_file(bundle, arena_format(run->arena, "file-%zu", i + 1), args->files.items[i],
                             BUNDLE_PART_BYTES))
            ok = false;
    if (args->command.count > 0 &&
        !bundle_add_command(bundle, "command", program_words(&args->command, run->arena), COMMAND_MS))
        ok = false;
    return ok;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    (void)error;
    if (!run->dry_run)
        act_say(run, "gathered in \"%s\"", run->bundle ? run->bundle : "");
    else if (args->signal != NO_SIGNAL)
        act_say(run, "would send %s to the process of \"%s\" and collect \"%s\", %zu files and %d command",
                signal_names[args->signal], args->pid_file, args->collect, args->files.count,
                args->command.count > 0);
    else
        act_say(run, "would collect %zu files and %d command", args->files.count, args->command.count > 0);
    return true;
}

const struct remediation_program gather_diagnostics = {
    .name = "gather_diagnostics",
    .summary = "gathers diagnostics and does nothing else; a process may be asked for its own report first",
    .notes = "Besides what every remediation gathers (processes, sockets, disk, pressure, the check's text): "
             "the report "
             "that a process writes when it gets a signal, the ends of files, the output of a command. A "
             "process without "
             "a handler for the signal is left alone, for the signal would end it. When anything cannot be "
             "gathered the "
             "run has failed; what could be is kept all the same. Fixed means gathered.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .act = act,
};
