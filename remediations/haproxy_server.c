/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets the administrative state of one HAProxy server through the admin socket. */
#include "lib/process.h"
#include "remediations/tools/haproxy_admin.h"

enum state { READY, DRAIN, MAINT };

enum { STEP_MS = 100 };

static const char *const state_names[] = {
    [READY] = "ready", [DRAIN] = "drain", [MAINT] = "maint", [MAINT + 1] = NULL};

struct args {
    const char *socket;
    const char *server; /* BACKEND/SERVER */
    int state;
    int64_t wait; /* ms */
    bool last;
};

static const struct args defaults = {.wait = 5000};

static const struct option_row options[] = {
    {"socket", 'S', TEXT(struct args, socket), .value = "PATH", .help = "HAProxy's admin socket",
     .required = true},
    {"server", 's', TEXT(struct args, server), .value = "BACKEND/SERVER", .help = "the server",
     .required = true},
    {"state", 0, CHOICE(struct args, state), .value = "STATE", .help = "the state that it gets",
     .choices = state_names, .required = true},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "with ready: how long it has to pass its health checks", .low = 0, .high = 3600},
    {"last", 0, FLAG(struct args, last),
     .help = "with drain and maint: also the last server of its backend that takes traffic"},
    {0},
};

static struct haproxy_server_name name_of(const struct args *args)
{
    return (struct haproxy_server_name){.socket = args->socket, .server = args->server};
}

static bool read_standing(const struct args *args, const struct act_run *run,
                          struct haproxy_standing *standing, struct error *error)
{
    const struct haproxy_server_name name = name_of(args);
    return haproxy_admin_read(&name, run, standing, error);
}

static bool is_as_wanted(const struct args *args, const struct haproxy_standing *standing)
{
    switch ((enum state)args->state) {
    case READY:
        return !(standing->admin & (HAPROXY_FORCED_MAINT | HAPROXY_FORCED_DRAIN)) && standing->usable;
    case DRAIN:
        return (standing->admin & HAPROXY_FORCED_DRAIN) && !(standing->admin & HAPROXY_FORCED_MAINT);
    case MAINT:
        return (standing->admin & HAPROXY_FORCED_MAINT) != 0;
    }
    abort();
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    return haproxy_admin_check(args->server, error) || error_prefix(error, "--server");
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    return haproxy_admin_diagnose(args->socket, run, bundle, error);
}

static bool set_state(const struct args *args, const struct act_run *run, struct error *error)
{
    const char *command =
        arena_format(run->arena, "set server %s state %s\n", args->server, state_names[args->state]);
    return haproxy_admin_tell(args->socket, command, run, error);
}

/* What takes no traffic can be taken out without loss. */
static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct haproxy_standing standing;
    if (!read_standing(args, run, &standing, error))
        return ANSWER_UNKNOWN;
    bool serves = standing.usable && standing.weighs > 0 &&
                  !(standing.admin & (HAPROXY_FORCED_MAINT | HAPROXY_FORCED_DRAIN));
    if (args->state != READY && serves && standing.others == 0 && !args->last)
        return act_refuse(error,
                          "\"%s\" is the last server of its backend that takes traffic: --last would go on",
                          args->server);
    return ANSWER_GO;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct haproxy_standing *before = arena_get(run->arena, 1, sizeof *before);
    if (!read_standing(args, run, before, error))
        return false;
    run->kept = before;
    if (run->dry_run) {
        act_say(run, "would set \"%s\", which is %s, to %s", args->server, before->status,
                state_names[args->state]);
        return true;
    }
    if (!set_state(args, run, error))
        return false;
    act_say(run, "set \"%s\", which was %s, to %s", args->server, before->status, state_names[args->state]);
    return true;
}

static bool wait_for_state(const struct args *args, struct act_run *run, struct haproxy_standing *standing,
                           struct error *error)
{
    int64_t until = process_now() + args->wait;
    bool ok = read_standing(args, run, standing, error);
    while (ok && !is_as_wanted(args, standing) && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        ok = read_standing(args, run, standing, error);
    return ok;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    const struct haproxy_standing *before = run->kept;
    struct haproxy_standing after;
    if (!wait_for_state(args, run, &after, error))
        return EFFECT_FAILED;
    act_say(run, "it is %s", after.status);
    return is_as_wanted(args, &after) && !is_as_wanted(args, before) ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program haproxy_server = {
    .name = "haproxy_server",
    .summary = "makes a HAProxy server ready, or takes it out by drain or maintenance",
    .notes = "It acts through the admin socket (level admin). Fixed means that the server was not in that "
             "state before and is in it now; ready means that it takes traffic, too. The last server of a "
             "backend that takes "
             "traffic is not taken out unless --last says so.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};
