/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarts a service by whatever manages it here: systemd, runit, a System V script, or a pid file and a command. */
#include "lib/number.h"
#include "lib/process.h"
#include "remediations/tools/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

enum manager { AUTO, SYSTEMD, SYSV, RUNIT, PIDFILE };

enum { STEP_MS = 100, PATH_BYTES = 512, NAME_BYTES = 128, COMM_BYTES = 15, STATUS_MS = 5000 };

static const char *const manager_names[] = {[AUTO] = "auto",   [SYSTEMD] = "systemd", [SYSV] = "sysv",
                                            [RUNIT] = "runit", [PIDFILE] = "pidfile", [PIDFILE + 1] = NULL};

struct args {
    const char *service;
    int manager;
    const char *pid_file, *process, *init_dir, *service_dir;
    struct option_list command;
    int64_t wait, grace; /* ms */
};

static const struct args defaults = {
    .init_dir = "/etc/init.d", .service_dir = "/etc/service", .wait = 10000, .grace = 5000};

static const struct option_row options[] = {
    {"service", 's', TEXT(struct args, service), .value = "NAME", .help = "the service", .required = true},
    {"manager", 'm', CHOICE(struct args, manager), .value = "MANAGER",
     .help = "what manages it; auto takes a pid file with a command if they are given, else what it finds: "
             "systemd, "
             "runit, a System V script",
     .choices = manager_names},
    {"pid-file", 0, TEXT(struct args, pid_file), .value = "PATH",
     .help = "pidfile: where its process id stands"},
    {"process", 0, TEXT(struct args, process), .value = "NAME",
     .help = "pidfile: what the process is called; by default like the service. Another one is not touched"},
    {"command", 0, LIST(struct args, command), .value = "WORD",
     .help = "pidfile: the command that starts it in the background, word by word"},
    {"init-dir", 0, TEXT(struct args, init_dir), .value = "DIR", .help = "sysv: where the scripts are"},
    {"service-dir", 0, TEXT(struct args, service_dir), .value = "DIR",
     .help = "runit: where the services are"},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "how long it has to be active again", .high = 3600},
    {"grace", 0, DURATION(struct args, grace), .value = "DURATION", .help = "pidfile: time from TERM to KILL",
     .high = 3600},
    {0},
};

/* What is known of it when it acts. */
struct service {
    enum manager manager;
    const char *path; /* of the script or of runit's directory */
    int64_t old_pid;  /* pidfile: before; 0: none */
};

/* ---- the pid file ---- */

/* The process id in the file; 0: no file, or none in it. */
static int64_t read_pid(const char *path)
{
    char text[32] = "";
    int64_t pid = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, " \t\r\n")] = '\0';
    return number_read_whole(text, 2, INT32_MAX, &pid) ? pid : 0;
}

/* Its name as the kernel has it, at most 15 bytes; empty: there is no such process. */
static void read_name(int64_t pid, char name[static COMM_BYTES + 2])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%lld/comm", (long long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, name, COMM_BYTES + 1);
    if (fd >= 0)
        close(fd);
    name[got > 0 ? got : 0] = '\0';
    name[strcspn(name, "\n")] = '\0';
}

/* A stale file may name a process of somebody else by now. */
static bool check_process(const struct args *args, int64_t pid, bool *alive, struct error *error)
{
    const char *wanted = args->process ? args->process : args->service;
    char name[COMM_BYTES + 2] = "";
    read_name(pid, name);
    *alive = name[0] != '\0';
    if (*alive && strncmp(name, wanted, COMM_BYTES) != 0)
        return error_set(error, "process %lld of \"%s\" is \"%s\", not \"%s\"", (long long)pid,
                         args->pid_file, name, wanted);
    return true;
}

static bool has_ended(int handle, int64_t milliseconds)
{
    struct pollfd watched = {.fd = handle, .events = POLLIN};
    int64_t until = process_now() + milliseconds;
    int found;
    do {
        int64_t left = until - process_now();
        found = poll(&watched, 1, left > 0 ? (int)left : 0);
    } while (found < 0 && errno == EINTR);
    return found > 0;
}

/* By a handle, so that no other process can be hit in between. */
static bool end_process(const struct args *args, int64_t pid, struct act_run *run, struct error *error)
{
    bool alive;
    int handle = pidfd_open((pid_t)pid, 0);
    if (handle < 0 && errno == ESRCH)
        return true;
    if (handle < 0)
        return error_set(error, "%s: process %lld", strerror(errno), (long long)pid);
    bool ok = check_process(args, pid, &alive, error);
    if (ok && alive && pidfd_send_signal(handle, SIGTERM, NULL, 0) != 0 && errno != ESRCH)
        ok = error_set(error, "%s: process %lld", strerror(errno), (long long)pid);
    if (ok && alive && !has_ended(handle, args->grace)) {
        act_say(run, "process %lld did not end by TERM", (long long)pid);
        (void)pidfd_send_signal(handle, SIGKILL, NULL, 0);
        ok = has_ended(handle, args->grace) || error_set(error, "process %lld does not end", (long long)pid);
    }
    close(handle);
    return ok;
}

static bool restart_by_pid_file(const struct args *args, struct service *service, struct act_run *run,
                                struct error *error)
{
    if (service->old_pid && !end_process(args, service->old_pid, run, error))
        return false;
    return program_run(program_words(&args->command, run->arena), run, 0, NULL, error);
}

/* ---- which manager ---- */

static bool find_manager(const struct args *args, struct act_run *run, struct service *service,
                         struct error *error)
{
    const char *script = arena_format(run->arena, "%s/%s", args->init_dir, args->service);
    const char *folder = arena_format(run->arena, "%s/%s", args->service_dir, args->service);
    enum manager manager = (enum manager)args->manager;
    if (manager == AUTO && args->pid_file && args->command.count)
        manager = PIDFILE;
    else if (manager == AUTO && access("/run/systemd/system", F_OK) == 0)
        manager = SYSTEMD;
    else if (manager == AUTO && access(folder, F_OK) == 0)
        manager = RUNIT;
    else if (manager == AUTO && access(script, X_OK) == 0)
        manager = SYSV;
    if (manager == AUTO)
        return error_set(error, "neither systemd nor runit nor \"%s\" is here to restart \"%s\"", script,
                         args->service);
    if (manager == SYSV && access(script, X_OK) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), script);
    *service = (struct service){.manager = manager, .path = manager == SYSV ? script : folder};
    if (manager == PIDFILE)
        service->old_pid = read_pid(args->pid_file);
    return true;
}

static bool restart(const struct args *args, struct service *service, struct act_run *run,
                    struct error *error)
{
    const char *const systemd[] = {"systemctl", "restart", "--", args->service, NULL};
    const char *const sysv[] = {service->path, "restart", NULL};
    const char *const runit[] = {"sv", "restart", service->path, NULL};
    switch (service->manager) {
    case SYSTEMD:
        return program_run(systemd, run, 0, NULL, error);
    case SYSV:
        return program_run(sysv, run, 0, NULL, error);
    case RUNIT:
        return program_run(runit, run, 0, NULL, error);
    case PIDFILE:
        return restart_by_pid_file(args, service, run, error);
    case AUTO:
        break;
    }
    abort();
}

static bool is_new_process(const struct args *args, const struct service *service, struct error *error)
{
    bool alive = false;
    int64_t pid = read_pid(args->pid_file);
    if (pid == 0 || pid == service->old_pid)
        return error_set(error, "\"%s\" names no new process", args->pid_file);
    if (!check_process(args, pid, &alive, error))
        return false;
    return alive || error_set(error, "process %lld of \"%s\" is no more", (long long)pid, args->pid_file);
}

static bool is_active(const struct args *args, const struct service *service, struct act_run *run,
                      struct error *error)
{
    const char *const systemd[] = {"systemctl", "is-active", "--quiet", "--", args->service, NULL};
    const char *const sysv[] = {service->path, "status", NULL};
    const char *const runit[] = {"sv", "status", service->path, NULL};
    struct text output = TEXT_INIT;
    bool ok = false;
    switch (service->manager) {
    case SYSTEMD:
        return program_run(systemd, run, 0, NULL, error);
    case SYSV:
        return program_run(sysv, run, 0, NULL, error);
    case RUNIT: /* its exit code does not tell a service that is down */
        ok = program_run(runit, run, 0, &output, error) &&
             (strncmp(output.bytes, "run:", 4) == 0 ||
              error_set(error, "\"%s\" is not running", args->service));
        text_release(&output);
        return ok;
    case PIDFILE:
        return is_new_process(args, service, error);
    case AUTO:
        break;
    }
    abort();
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@:-";
    const struct args *args = owner;
    size_t length = strlen(args->service);
    if (length == 0 || length > NAME_BYTES || strspn(args->service, allowed) != length ||
        strchr(".-", args->service[0]))
        return error_set(error, "--service: not the name of a service: \"%.200s\"", args->service);
    if (args->manager == PIDFILE && (!args->pid_file || args->command.count == 0))
        return error_set(error, "--manager pidfile needs --pid-file and --command");
    return true;
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    struct service service = {.manager = AUTO};
    if (!find_manager(args, run, &service, error))
        return false;
    const char *const status[] = {"systemctl", "status", "--no-pager", "--", args->service, NULL};
    const char *const journal[] = {"journalctl", "--no-pager", "-n", "200", "-u", args->service, NULL};
    const char *const script[] = {service.path, "status", NULL};
    const char *const runit[] = {"sv", "status", service.path, NULL};
    /* Each fails when the service is down, which is why we are here: what was printed is kept all the same. */
    if (service.manager == SYSTEMD) {
        (void)bundle_add_command(bundle, "status", status, STATUS_MS);
        (void)bundle_add_command(bundle, "journal", journal, STATUS_MS);
    } else if (service.manager == PIDFILE) {
        (void)bundle_add_file(bundle, "pid-file", args->pid_file, PATH_BYTES);
    } else {
        (void)bundle_add_command(bundle, "status", service.manager == SYSV ? script : runit, STATUS_MS);
    }
    return true;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct service *service = arena_get(run->arena, 1, sizeof *service);
    if (!find_manager(args, run, service, error))
        return false;
    run->kept = service;
    act_say(run, "%s \"%s\" by %s", run->dry_run ? "would restart" : "restarting", args->service,
            manager_names[service->manager]);
    return run->dry_run || restart(args, service, run, error);
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    int64_t until = process_now() + args->wait;
    bool active = is_active(args, run->kept, run, error);
    while (!active && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        active = is_active(args, run->kept, run, error);
    if (!active)
        return EFFECT_NONE;
    error->text[0] = '\0'; /* of the attempts before */
    act_say(run, "it is active");
    return EFFECT_FIXED;
}

extern const struct remediation_program restart_service;
const struct remediation_program restart_service = {
    .name = "restart_service",
    .summary = "restarts a service and looks whether it is active",
    .notes = "Fixed means that its manager calls it active afterwards; for a pid file, that a new process of "
             "that name "
             "stands in it. Nothing meets a shell.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .act = act,
    .verify = verify,
};
