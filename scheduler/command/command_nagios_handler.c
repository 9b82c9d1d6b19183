/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nagios handler: what an existing Nagios calls, through nagios/remediate, when a state changes. */
#include "lib/number.h"
#include "lib/system_user.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/command/tracked.h"
#include "scheduler/core/order.h"
#include "scheduler/io/ledger_facts.h"
#include "scheduler/io/privilege.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 32 * 1024, VARIABLES_MAX = 64, TEXT_BYTES = 8192 };

struct arguments {
    const char *host, *address, *check, *state, *type;
    int64_t attempt;
    const char *on_state, *on_type;
    int64_t on_attempt;
    bool dry_run;
};

static const char *const types[] = {"SOFT", "HARD", NULL};

static const struct option_row options[] = {
    {"host", 'H', TEXT(struct arguments, host), .value = "NAME",
     .help = "$HOSTNAME$; else $NAGIOS_HOSTNAME of the environment."},
    {"address", 0, TEXT(struct arguments, address), .value = "ADDRESS",
     .help = "$HOSTADDRESS$; else $NAGIOS_HOSTADDRESS."},
    {"check", 0, TEXT(struct arguments, check), .value = "TEXT",
     .help = "$SERVICEDESC$; else $NAGIOS_SERVICEDESC."},
    {"state", 0, TEXT(struct arguments, state), .value = "STATE",
     .help = "OK, WARNING, CRITICAL or UNKNOWN: $SERVICESTATE$; else $NAGIOS_SERVICESTATE.",
     .choices = verdict_names},
    {"type", 0, TEXT(struct arguments, type), .value = "SOFT|HARD",
     .help = "$SERVICESTATETYPE$; else $NAGIOS_SERVICESTATETYPE.", .choices = types},
    {"attempt", 0, WHOLE(struct arguments, attempt), .value = "N", .low = 0, .high = 100000,
     .help = "$SERVICEATTEMPT$; else $NAGIOS_SERVICEATTEMPT."},
    {"on-state", 0, TEXT(struct arguments, on_state), .value = "STATE",
     .help =
         "Act in this state alone (OK, WARNING, CRITICAL, UNKNOWN), of those that the remediation is for.",
     .choices = verdict_names},
    {"on-type", 0, TEXT(struct arguments, on_type), .value = "SOFT|HARD",
     .help = "Act in this type of state; else in what the remediation says.", .choices = types},
    {"on-attempt", 0, WHOLE(struct arguments, on_attempt), .value = "N", .low = 1, .high = 1000,
     .help = "Act at this attempt alone."},
    {"dry-run", 'n', FLAG(struct arguments, dry_run), .help = "Say what would be done and change nothing."},
    {0},
};

/* What Nagios tells of the event. */
struct event {
    struct host host;
    const char *check;
    enum verdict verdict;
    bool hard;
    int64_t attempt, lasted; /* ms that the state has lasted; 0: not told */
};

static const char *told(const char *given, const char *variable)
{
    const char *value = given ? given : getenv(variable);
    return value && *value ? value : NULL;
}

static int64_t told_whole(int64_t given, const char *variable)
{
    int64_t value = given;
    const char *text = getenv(variable);
    if (value == 0 && text && !number_read_whole(text, 0, INT32_MAX, &value))
        value = 0;
    return value;
}

static bool read_type(const char *text, bool *hard, struct error *error)
{
    *hard = text && strcmp(text, "HARD") == 0;
    if (text && !*hard && strcmp(text, "SOFT") != 0)
        return error_set(error, "not SOFT or HARD: \"%.100s\"", text);
    return true;
}

static bool read_event(const struct arguments *given, struct event *event, struct error *error)
{
    const char *host = told(given->host, "NAGIOS_HOSTNAME");
    const char *address = told(given->address, "NAGIOS_HOSTADDRESS");
    const char *state = told(given->state, "NAGIOS_SERVICESTATE");
    const char *type = told(given->type, "NAGIOS_SERVICESTATETYPE");
    if (!host || !state || !type)
        return error_set(error, "Nagios told no %s: give it as an option, or set enable_environment_macros",
                         !host    ? "host"
                         : !state ? "state"
                                  : "state type");
    if (!verdict_read(state, &event->verdict))
        return error_set(error, "not a state of a service: \"%.100s\"", state);
    event->host = (struct host){.name = host, .address = address ? address : host};
    event->check = told(given->check, "NAGIOS_SERVICEDESC");
    event->attempt = told_whole(given->attempt, "NAGIOS_SERVICEATTEMPT");
    event->lasted = told_whole(0, "NAGIOS_SERVICEDURATIONSEC") * 1000;
    return read_type(type, &event->hard, error);
}

/* Whether the event is one that the handler was told to act on; else why not. */
static bool is_wanted(const struct arguments *given, const struct event *event,
                      const struct remediation *remediation, struct error *error)
{
    enum verdict verdict = event->verdict;
    bool hard = remediation->on_hard;
    if (given->on_state && !verdict_read(given->on_state, &verdict))
        return error_set(error, "--on-state: not a state: \"%.100s\"", given->on_state);
    if (given->on_type && !read_type(given->on_type, &hard, error))
        return error_prefix(error, "--on-type");
    if (verdict != event->verdict || !(remediation->on_states & 1U << event->verdict))
        return error_set(error, "it is not for the state %s", verdict_name(event->verdict));
    if (given->on_type ? hard != event->hard : hard && !event->hard)
        return error_set(error, "it is not for %s states", event->hard ? "HARD" : "SOFT");
    if (given->on_attempt && given->on_attempt != event->attempt)
        return error_set(error, "it is for the attempt %lld, not %lld", (long long)given->on_attempt,
                         (long long)event->attempt);
    return true;
}

/* ---- the run ---- */

static const char *new_run(struct arena *arena, const char *remediation, int64_t now)
{
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = (uint64_t)getpid();
    return arena_format(arena, "nagios-%s-%lld-%016llx", remediation, (long long)now,
                        (unsigned long long)random);
}

/* The variables of Nagios, and those that were given as options in their place. Nothing else is passed on. */
static const char **make_environment(struct arena *arena, const struct event *event,
                                     const struct remediation *remediation)
{
    const char **items = arena_get(arena, VARIABLES_MAX + 6, sizeof *items);
    size_t count = 0;
    items[count++] = arena_format(arena, "NAGIOS_HOSTNAME=%s", event->host.name);
    items[count++] = arena_format(arena, "NAGIOS_HOSTADDRESS=%s", event->host.address);
    items[count++] = arena_format(arena, "NAGIOS_SERVICEDESC=%s", event->check ? event->check : "");
    items[count++] = arena_format(arena, "NAGIOS_SERVICESTATE=%s", verdict_name(event->verdict));
    items[count++] = arena_format(arena, "WATCHBILL_REMEDIATION=%s", remediation->name);
    for (char **each = environ; *each && count < VARIABLES_MAX; each++) {
        bool known = false;
        size_t name = strcspn(*each, "=");
        for (size_t i = 0; i < 4; i++)
            known = known || strncmp(items[i], *each, name + 1) == 0;
        if (strncmp(*each, "NAGIOS_", 7) == 0 && !known && strlen(*each) < TEXT_BYTES)
            items[count++] = *each;
    }
    return items;
}

/* Its output until it ends, and its exit code. */
static int follow(struct command_call *call, pid_t pid, int output)
{
    char block[4096];
    struct pollfd watched = {.fd = output, .events = POLLIN};
    ssize_t got = 1;
    while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) {
        (void)poll(&watched, 1, -1);
        got = read(output, block, sizeof block);
        if (got > 0 && call->out->length < OUTPUT_BYTES)
            text_add_bytes(call->out, block, (size_t)got);
    }
    (void)close(output);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static int start(struct command_call *call, const struct model *model, const struct remediation *remediation,
                 const struct event *event, bool dry_run)
{
    struct words argv;
    struct error error = {""};
    static const char *const no_more[] = {NULL};
    char path[PATH_MAX];
    int output = -1;
    const struct host *known = model_host(model, event->host.name);
    const struct order_run what = {remediation, known ? known : &event->host, event->check,
                                   new_run(call->arena, remediation->name, call->now), dry_run};
    if (!order_words(&what, model, call->arena, &argv, &error))
        return command_refuse(call, "%s", error.text);
    if (argv.count == 0 ||
        !privilege_find(argv.items[0], model->site.directory, model->site.plugins.items, path, sizeof path))
        return command_refuse(call, "no program of the remediation \"%s\"", remediation->name);
    const struct privilege privilege = {
        .program = path,
        .argv = argv.items,
        .environment = {make_environment(call->arena, event, remediation), no_more},
        .user = remediation->user,
        .directory = model->site.directory,
        .state = model->site.state,
    };
    pid_t pid = privilege_start(&privilege, &output, &error);
    if (pid == 0)
        return command_refuse(call, "%s", error.text);
    return follow(call, pid, output);
}

/* ---- may it? ---- */

/* Only root can become another: as somebody else it would act with the wrong rights, half-way. */
static bool may_be(const char *name, struct error *error)
{
    uid_t user;
    gid_t group;
    if (!name || geteuid() == 0)
        return true;
    if (!system_user_find(name, &user, &group, error))
        return false;
    return user == geteuid() || error_set(error, "it runs as \"%s\"; let sudo start it as root", name);
}

static bool decide(struct command_call *call, const struct model *model,
                   const struct remediation *remediation, const struct event *event,
                   struct remedy_answer *answer, struct error *error)
{
    int64_t now = call->now * 1000;
    const struct host *host = model_host(model, event->host.name);
    const char *ledger = arena_format(call->arena, "%s/ledger.jsonl", model->site.state);
    struct remedy_facts facts = {
        .remediation = remediation,
        .verdict = event->verdict,
        .since = event->lasted > 0 ? now - event->lasted : 0,
    };
    if (!ledger_facts_read(ledger, event->host.name, host ? host->service : NULL, model, call->arena, &facts,
                           now, error))
        return false;
    remedy_decide(&facts, now, answer);
    if (answer->step != REMEDY_RUN && answer->step != REMEDY_DRY_RUN)
        return true;
    facts.untracked = tracked_fault(remediation, &model->site, call->arena, call->complaint);
    remedy_decide(&facts, now, answer);
    return true;
}

static int act(struct command_call *call, const struct model *model, const struct remediation *remediation,
               const struct event *event, bool dry_run)
{
    struct remedy_answer answer;
    struct error error = {""};
    if (!may_be(remediation->user, &error) || !decide(call, model, remediation, event, &answer, &error))
        return command_refuse(call, "%s", error.text);
    /* An expired one is started all the same: its frame refuses and writes so into the ledger. */
    if (answer.step == REMEDY_RUN || answer.step == REMEDY_DRY_RUN || answer.step == REMEDY_EXPIRED)
        return start(call, model, remediation, event, dry_run || answer.step == REMEDY_DRY_RUN);
    text_format(call->out, "%s: not run: %s\n", remediation->name,
                answer.step == REMEDY_ASK ? "its mode is ask, and the scheduler alone asks" : answer.text);
    return COMMAND_NO;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    struct event event = {0};
    if (!read_event(arguments, &event, &error))
        return command_refuse(call, "%s", error.text);
    struct model *model = site_load(call);
    if (!model)
        return COMMAND_REFUSED;
    const char *name = call->words.items[0];
    const struct remediation *remediation = model_remediation(model, name);
    int code = COMMAND_YES;
    if (!remediation)
        code = command_refuse(call, "no remediation \"%s\" in the configuration", name);
    else if (is_wanted(arguments, &event, remediation, &error))
        code = act(call, model, remediation, &event, arguments->dry_run);
    else if (strncmp(error.text, "--", 2) == 0)
        code = command_refuse(call, "%s", error.text);
    else
        text_format(call->out, "%s: nothing to do: %s\n", name, error.text);
    model_free(model);
    return code;
}

const struct command command_nagios_handler = {
    .name = "nagios handler",
    .usage = "REMEDIATION [--on-state STATE] [--on-type SOFT|HARD] [--on-attempt N] [--dry-run]",
    .summary = "runs a governed remediation as an event handler of Nagios",
    .notes =
        "REMEDIATION is one of remediations.yaml; its states, its TTL, its issue, its limits and its mode "
        "count here as "
        "in "
        "the scheduler, and the ledger holds each run. What happened is read from the options, or from the "
        "NAGIOS_ variables where enable_environment_macros is set. A remediation with a user of its own "
        "needs root: let sudo run it.\n"
        "Exit: 0 nothing to do or fixed, 1 held back by a limit or without effect, 2 failed, 3 refused.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = 1,
    .run = run,
};
