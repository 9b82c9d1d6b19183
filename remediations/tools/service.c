/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/service.h"

#include "lib/process.h"
#include "remediations/tools/pid_file.h"
#include "remediations/tools/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

enum { STEP_MS = 100, PATH_BYTES = 512, NAME_BYTES = 128, STATUS_MS = 5000 };

const char *const service_managers[] = {
    [SERVICE_AUTO] = "auto",   [SERVICE_SYSTEMD] = "systemd", [SERVICE_SYSV] = "sysv",
    [SERVICE_RUNIT] = "runit", [SERVICE_PIDFILE] = "pidfile", [SERVICE_PIDFILE + 1] = NULL};

bool service_check(const struct service_options *args, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@:-";
    size_t length = strlen(args->service);
    if (length == 0 || length > NAME_BYTES || strspn(args->service, allowed) != length ||
        strchr(".-", args->service[0]))
        return error_set(error, "--service: not the name of a service: \"%.200s\"", args->service);
    if (args->manager == SERVICE_PIDFILE && (!args->pid_file || args->command.count == 0))
        return error_set(error, "--manager pidfile needs --pid-file and --command");
    return true;
}

/* ---- the pid file ---- */

/* A stale file may name a process of somebody else by now. */
static bool check_process(const struct service_options *args, int64_t pid, bool *alive, struct error *error)
{
    return pid_file_check(args->pid_file, pid, args->process ? args->process : args->service, alive, error);
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
static bool end_process(const struct service_options *args, int64_t pid, struct act_run *run,
                        struct error *error)
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

static bool restart_by_pid_file(const struct service_options *args, struct service *service,
                                struct act_run *run, struct error *error)
{
    if (service->old_pid && !end_process(args, service->old_pid, run, error))
        return false;
    return program_run(program_words(&args->command, run->arena), run, 0, NULL, error);
}

/* ---- which manager ---- */

bool service_find(const struct service_options *args, const struct act_run *run, struct service *service,
                  struct error *error)
{
    const char *script = arena_format(run->arena, "%s/%s", args->init_dir, args->service);
    const char *folder = arena_format(run->arena, "%s/%s", args->service_dir, args->service);
    enum service_manager manager = (enum service_manager)args->manager;
    if (manager == SERVICE_AUTO && args->pid_file && args->command.count)
        manager = SERVICE_PIDFILE;
    else if (manager == SERVICE_AUTO && access("/run/systemd/system", F_OK) == 0)
        manager = SERVICE_SYSTEMD;
    else if (manager == SERVICE_AUTO && access(folder, F_OK) == 0)
        manager = SERVICE_RUNIT;
    else if (manager == SERVICE_AUTO && access(script, X_OK) == 0)
        manager = SERVICE_SYSV;
    if (manager == SERVICE_AUTO)
        return error_set(error, "neither systemd nor runit nor \"%s\" is here to restart \"%s\"", script,
                         args->service);
    if (manager == SERVICE_SYSV && access(script, X_OK) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), script);
    *service = (struct service){.manager = manager, .path = manager == SERVICE_SYSV ? script : folder};
    if (manager == SERVICE_PIDFILE)
        service->old_pid = pid_file_read(args->pid_file);
    return true;
}

bool service_restart(const struct service_options *args, struct service *service, struct act_run *run,
                     struct error *error)
{
    const char *const systemd[] = {"systemctl", "restart", "--", args->service, NULL};
    const char *const sysv[] = {service->path, "restart", NULL};
    const char *const runit[] = {"sv", "restart", service->path, NULL};
    switch (service->manager) {
    case SERVICE_SYSTEMD:
        return program_run(systemd, run, 0, NULL, error);
    case SERVICE_SYSV:
        return program_run(sysv, run, 0, NULL, error);
    case SERVICE_RUNIT:
        return program_run(runit, run, 0, NULL, error);
    case SERVICE_PIDFILE:
        return restart_by_pid_file(args, service, run, error);
    case SERVICE_AUTO:
        break;
    }
    abort();
}

static bool is_new_process(const struct service_options *args, const struct service *service, int64_t *pid,
                           struct error *error)
{
    bool alive = false;
    *pid = pid_file_read(args->pid_file);
    if (*pid == 0 || *pid == service->old_pid)
        return error_set(error, "\"%s\" names no new process", args->pid_file);
    if (!check_process(args, *pid, &alive, error))
        return false;
    return alive || error_set(error, "process %lld of \"%s\" is no more", (long long)*pid, args->pid_file);
}

/* "run: /etc/service/web: (pid 123) 4s"; its exit code does not tell a service that is down. */
static bool runs_by_runit(const struct service_options *args, const struct service *service,
                          struct act_run *run, int64_t *pid, struct error *error)
{
    static const char key[] = "(pid ";
    const char *const argv[] = {"sv", "status", service->path, NULL};
    struct text output = TEXT_INIT;
    bool ok =
        program_run(argv, run, 0, &output, error) &&
        (strncmp(output.bytes, "run:", 4) == 0 || error_set(error, "\"%s\" is not running", args->service));
    const char *number = ok ? strstr(output.bytes, key) : NULL;
    if (number)
        *pid = strtoll(number + sizeof key - 1, NULL, 10);
    text_release(&output);
    return ok;
}

/* ${pid}: of the process, where the manager tells it; else 0. */
static bool is_active(const struct service_options *args, const struct service *service, struct act_run *run,
                      int64_t *pid, struct error *error)
{
    const char *const systemd[] = {"systemctl", "is-active", "--quiet", "--", args->service, NULL};
    const char *const sysv[] = {service->path, "status", NULL};
    *pid = 0;
    switch (service->manager) {
    case SERVICE_SYSTEMD:
        return program_run(systemd, run, 0, NULL, error);
    case SERVICE_SYSV:
        return program_run(sysv, run, 0, NULL, error);
    case SERVICE_RUNIT:
        return runs_by_runit(args, service, run, pid, error);
    case SERVICE_PIDFILE:
        return is_new_process(args, service, pid, error);
    case SERVICE_AUTO:
        break;
    }
    abort();
}

bool service_diagnose(const struct service_options *args, const struct act_run *run, struct bundle *bundle,
                      struct error *error)
{
    struct service service = {.manager = SERVICE_AUTO};
    if (!service_find(args, run, &service, error))
        return false;
    const char *const status[] = {"systemctl", "status", "--no-pager", "--", args->service, NULL};
    const char *const journal[] = {"journalctl", "--no-pager", "-n", "200", "-u", args->service, NULL};
    const char *const script[] = {service.path, "status", NULL};
    const char *const runit[] = {"sv", "status", service.path, NULL};
    /* Each fails when the service is down, which is why we are here: what was printed is kept all the same. */
    if (service.manager == SERVICE_SYSTEMD) {
        (void)bundle_add_command(bundle, "status", status, STATUS_MS);
        (void)bundle_add_command(bundle, "journal", journal, STATUS_MS);
    } else if (service.manager == SERVICE_PIDFILE) {
        (void)bundle_add_file(bundle, "pid-file", args->pid_file, PATH_BYTES);
    } else {
        (void)bundle_add_command(bundle, "status", service.manager == SERVICE_SYSV ? script : runit,
                                 STATUS_MS);
    }
    return true;
}

/* A service that dies right after each start is active most of the time, too. */
static bool is_steady(const struct service_options *args, const struct service *service, struct act_run *run,
                      struct error *error)
{
    int64_t first, then;
    if (!is_active(args, service, run, &first, error))
        return false;
    if (!act_pause(run, args->steady))
        return error_set(error, "the time is over before \"%s\" was steady", args->service);
    if (!is_active(args, service, run, &then, error))
        return false;
    return first == then || error_set(error, "\"%s\" does not stay: process %lld is %lld by now",
                                      args->service, (long long)first, (long long)then);
}

bool service_await(const struct service_options *args, const struct service *service, struct act_run *run,
                   struct error *error)
{
    int64_t until = process_now() + args->wait;
    bool steady = is_steady(args, service, run, error);
    while (!steady && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        steady = is_steady(args, service, run, error);
    if (steady)
        error->text[0] = '\0'; /* of the attempts before */
    return steady;
}
