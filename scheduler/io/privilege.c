/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/privilege.h"

#include "lib/executable.h"
#include "lib/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PASSWD_BYTES = 16384, GROUPS = 64, EXIT_NOT_EXECUTED = 127 };

struct identity {
    bool change; /* we are root and may become another */
    uid_t user;
    gid_t group;
    gid_t groups[GROUPS]; /* the user's, and the one that may write to the ledger */
    int group_count;
    char home[512];
};

/* Another user than the owner of the state directory may write to the ledger and the diagnostics by its group, and
 * make neither of them: they are made here, as the owner's. */
static bool prepare_state(const char *path, struct error *error)
{
    struct stat owner;
    int state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = state >= 0 && fstat(state, &owner) == 0;
    int ledger =
        ok ? openat(state, "ledger.jsonl", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    if (ledger >= 0)
        ok = fchown(ledger, owner.st_uid, owner.st_gid) == 0 && fchmod(ledger, 0660) == 0;
    int folder = -1;
    if (ok && mkdirat(state, "diagnostics", 0700) == 0) {
        folder = openat(state, "diagnostics", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        ok = folder >= 0 && fchown(folder, owner.st_uid, owner.st_gid) == 0 && fchmod(folder, 02770) == 0;
    }
    if (!ok)
        error_set(error, "%s: \"%s\"", strerror(errno), path);
    const int all[] = {folder, ledger, state};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] >= 0)
            (void)close(all[i]);
    return ok;
}

static bool find_identity(const struct privilege *privilege, struct identity *identity, struct error *error)
{
    char buffer[PASSWD_BYTES];
    struct passwd entry, *found = NULL;
    struct stat state;
    *identity =
        (struct identity){.change = geteuid() == 0, .user = geteuid(), .group = getegid(), .home = "/"};
    if (!identity->change || !privilege->user)
        return true;
    if (getpwnam_r(privilege->user, &entry, buffer, sizeof buffer, &found) != 0 || !found)
        return error_set(error, "no such user: \"%s\"", privilege->user);
    identity->user = entry.pw_uid;
    identity->group = entry.pw_gid;
    (void)snprintf(identity->home, sizeof identity->home, "%s", entry.pw_dir);
    identity->group_count = GROUPS - 1;
    if (getgrouplist(privilege->user, entry.pw_gid, identity->groups, &identity->group_count) < 0)
        return error_set(error, "the user \"%s\" is in more than %d groups", privilege->user, GROUPS - 1);
    /* Root's group is never given away. */
    if (stat(privilege->state, &state) == 0 && state.st_gid != 0)
        identity->groups[identity->group_count++] = state.st_gid;
    return identity->user == 0 || prepare_state(privilege->state, error);
}

static bool may_execute(const char *path, const struct identity *identity, struct error *error)
{
    return executable_check(path, error) &&
           (!identity->change || executable_guard(path, identity->user, error));
}

static size_t length_of(const char *const *items)
{
    size_t count = 0;
    while (items[count])
        count++;
    return count;
}

static char **make_environment(const struct privilege *privilege, const struct identity *identity)
{
    size_t count = 3;
    size_t room = 4 + length_of(privilege->environment[0]) + length_of(privilege->environment[1]);
    char **env = memory_get(room, sizeof *env);
    env[0] = memory_text("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    env[1] = memory_text("LC_ALL=C");
    if (asprintf(&env[2], "HOME=%s", identity->home) < 0)
        abort();
    for (size_t list = 0; list < 2; list++)
        for (const char *const *item = privilege->environment[list]; *item; item++)
            env[count++] = memory_text(*item);
    return env;
}

static bool become(const struct identity *identity)
{
    if (!identity->change || identity->user == 0)
        return true;
    return setgroups((size_t)identity->group_count, identity->groups) == 0 && setgid(identity->group) == 0 &&
           setuid(identity->user) == 0 && setuid(0) != 0;
}

static _Noreturn void be_program(const struct privilege *privilege, const struct identity *identity,
                                 char *const *argv, char *const *env, int output)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setsid();
    (void)umask(027);
    if (dup2(null, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2 && close_range(3, ~0U, 0) == 0 &&
        chdir(privilege->directory) == 0 && become(identity))
        (void)execve(privilege->program, argv, env);
    fprintf(stderr, "%s: \"%s\" could not be executed\n", strerror(errno), privilege->program);
    (void)fflush(stderr);
    _exit(EXIT_NOT_EXECUTED);
}

static void free_words(char **words)
{
    for (size_t i = 0; words[i]; i++)
        free(words[i]);
    free(words);
}

static pid_t start(const struct privilege *privilege, const struct identity *identity, int output)
{
    size_t count = length_of(privilege->argv);
    char **env = make_environment(privilege, identity);
    char **argv = memory_get(count + 1, sizeof *argv);
    argv[0] = memory_text(privilege->program);
    for (size_t i = 1; i < count; i++)
        argv[i] = memory_text(privilege->argv[i]);
    pid_t pid = fork();
    if (pid == 0)
        be_program(privilege, identity, argv, env, output);
    free_words(argv);
    free_words(env);
    return pid;
}

/* ---- whose the configuration is ---- */

static bool is_roots_own(const char *path, struct error *error)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return errno == ENOENT || error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (found.st_uid != 0 || found.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(error, "another than root may write to the configuration \"%s\"", path);
    return true;
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0;
}

static bool are_files_roots_own(const char *folder, struct error *error)
{
    struct dirent **files = NULL;
    bool ok = is_roots_own(folder, error);
    int count = ok ? scandir(folder, &files, is_yaml, alphasort) : 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        ok = ok && is_roots_own(path, error);
        free(files[i]);
    }
    free(files);
    return ok;
}

static bool is_configuration_kept(const struct privilege *privilege, struct error *error)
{
    char services[PATH_MAX];
    if (geteuid() != 0 || !privilege->dropped_to || strcmp(privilege->dropped_to, "root") == 0)
        return true;
    (void)snprintf(services, sizeof services, "%s/services", privilege->directory);
    return executable_way(privilege->directory, error) && are_files_roots_own(privilege->directory, error) &&
           are_files_roots_own(services, error);
}

pid_t privilege_start(const struct privilege *privilege, int *output, struct error *error)
{
    struct identity identity;
    int ends[2];
    if (!is_configuration_kept(privilege, error) || !find_identity(privilege, &identity, error) ||
        !may_execute(privilege->program, &identity, error))
        return 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        error_set(error, "%s: no pipe", strerror(errno));
        return 0;
    }
    pid_t pid = start(privilege, &identity, ends[1]);
    (void)close(ends[1]);
    *output = ends[0];
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (pid < 0) {
        error_set(error, "%s: no process", strerror(errno));
        (void)close(ends[0]);
        pid = 0;
    }
    return pid;
}

static bool set(char *path, size_t room, const char *folder, const char *name)
{
    int written = snprintf(path, room, "%s/%s", folder, name);
    return written > 0 && (size_t)written < room;
}

/* "../remediations" of the folder that the running program is in. */
static bool own_folder(char *path, size_t room)
{
    ssize_t length = readlink("/proc/self/exe", path, room - 1);
    for (int up = 0; up < 2 && length > 0; up++)
        while (length > 0 && path[--length] != '/')
            ;
    if (length <= 0)
        return false;
    path[length] = '\0';
    return true;
}

/* Among our own remediations: beside bin/ in the build, beside libexec/ for the helper that is installed, and below lib/
 * for what is installed in bin/. */
static bool find_own(const char *name, char *path, size_t room)
{
    static const char *const places[] = {"remediations", "lib/watchbill/remediations"};
    char own[PATH_MAX - 32];
    char remediations[PATH_MAX];
    bool found = false;
    if (!own_folder(own, sizeof own))
        return false;
    for (size_t i = 0; i < sizeof places / sizeof places[0] && !found; i++)
        found = set(remediations, sizeof remediations, own, places[i]) &&
                set(path, room, remediations, name) && access(path, X_OK) == 0;
    return found;
}

bool privilege_find(const char *name, const char *folder, const char *const *plugins, char *path, size_t room)
{
    if (name[0] == '/')
        return set(path, room, "", name + 1);
    if (strchr(name, '/'))
        return set(path, room, folder, name);
    if (find_own(name, path, room))
        return true;
    for (; plugins && *plugins; plugins++)
        if (set(path, room, *plugins, name) && access(path, X_OK) == 0)
            return true;
    return false;
}
