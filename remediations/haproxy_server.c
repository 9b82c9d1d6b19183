/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets the administrative state of one HAProxy server through the admin socket. */
#include "collectors/file.h"
#include "collectors/haproxy.h"
#include "lib/process.h"
#include "lib/remediation.h"

enum state { READY, DRAIN, MAINT };

/* srv_admin_state of `show servers state`, HAProxy management guide: forced maintenance, forced drain. */
enum {
    ADMIN_FORCED_MAINT = 0x01,
    ADMIN_FORCED_DRAIN = 0x08,
    STEP_MS = 100,
    DIAGNOSE_MS = 3000,
    NAMES_MAX = 128
};

static const char *const state_names[] = {
    [READY] = "ready", [DRAIN] = "drain", [MAINT] = "maint", [MAINT + 1] = NULL};

struct args {
    const char *socket;
    const char *server; /* BACKEND/SERVER */
    int state;
    int64_t wait; /* ms */
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
    {0},
};

/* How a server stands. */
struct standing {
    unsigned admin; /* srv_admin_state */
    const char *status;
    bool usable;
};

static size_t backend_length(const struct args *args)
{
    return strcspn(args->server, "/");
}

/* ---- asking ---- */

static bool ask(const struct args *args, const char *command, struct act_run *run, struct text *answer,
                struct error *error)
{
    return file_ask(args->socket, command, answer, run->deadline, error) == SOURCE_READ;
}

/* The number of the word ${name} in a line, or -1. */
static int column_of(char *line, const char *name)
{
    int column = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest), column++)
        if (strcmp(word, name) == 0)
            return column;
    return -1;
}

/* ${line} names the columns behind "# ", a row gives the words: be_id be_name srv_id srv_name ... */
static bool admin_of_row(char *line, const struct args *args, int column, unsigned *admin)
{
    enum { BACKEND = 1, SERVER = 3 };
    const char *words[64] = {NULL};
    int count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " ", &rest); word && count < 64; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    if (column >= count || count <= SERVER || strlen(words[BACKEND]) != backend_length(args) ||
        strncmp(words[BACKEND], args->server, backend_length(args)) != 0 ||
        strcmp(words[SERVER], args->server + backend_length(args) + 1) != 0)
        return false;
    *admin = (unsigned)strtoul(words[column], NULL, 10);
    return true;
}

static bool find_admin(const struct args *args, char *answer, unsigned *admin)
{
    int column = -1;
    char *rest = NULL;
    for (char *line = strtok_r(answer, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#')
            column = column_of(line + 1 + strspn(line + 1, " "), "srv_admin_state");
        else if (column >= 0 && admin_of_row(line, args, column, admin))
            return true;
    }
    return false;
}

static bool read_admin(const struct args *args, struct act_run *run, struct standing *standing,
                       struct error *error)
{
    struct text answer = TEXT_INIT;
    struct text command = TEXT_INIT;
    text_format(&command, "show servers state %.*s\n", (int)backend_length(args), args->server);
    bool ok = ask(args, command.bytes, run, &answer, error);
    if (ok && !find_admin(args, answer.bytes, &standing->admin))
        ok = error_set(error, "no server \"%s\" at \"%s\"", args->server, args->socket);
    text_release(&command);
    text_release(&answer);
    return ok;
}

static bool read_standing(const struct args *args, struct act_run *run, struct standing *standing,
                          struct error *error)
{
    const struct haproxy_source source = {.socket = args->socket, .deadline = run->deadline};
    struct haproxy_table table;
    double seconds;
    *standing = (struct standing){.status = ""};
    if (!read_admin(args, run, standing, error) ||
        haproxy_read(&source, run->arena, &table, &seconds, error) != SOURCE_READ)
        return false;
    for (size_t i = 0; i < table.count; i++) {
        const struct haproxy_row *row = &table.rows[i];
        if (row->type != HAPROXY_SERVER || strlen(row->proxy) != backend_length(args) ||
            strncmp(row->proxy, args->server, backend_length(args)) != 0 ||
            strcmp(row->server, args->server + backend_length(args) + 1) != 0)
            continue;
        standing->status = row->status_text;
        standing->usable = haproxy_is_usable(row);
        return true;
    }
    return error_set(error, "no server \"%s\" at \"%s\"", args->server, args->socket);
}

static bool is_as_wanted(const struct args *args, const struct standing *standing)
{
    switch ((enum state)args->state) {
    case READY:
        return !(standing->admin & (ADMIN_FORCED_MAINT | ADMIN_FORCED_DRAIN)) && standing->usable;
    case DRAIN:
        return (standing->admin & ADMIN_FORCED_DRAIN) && !(standing->admin & ADMIN_FORCED_MAINT);
    case MAINT:
        return (standing->admin & ADMIN_FORCED_MAINT) != 0;
    }
    abort();
}

/* ---- the parts of the remediation ---- */

/* Names go into a line of HAProxy's command language: nothing else may. */
static bool validate(const void *owner, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    const struct args *args = owner;
    size_t backend = strspn(args->server, allowed);
    const char *server = args->server + backend + 1;
    if (backend == 0 || args->server[backend] != '/' || server[0] == '\0' ||
        strlen(args->server) > NAMES_MAX || strspn(server, allowed) != strlen(server))
        return error_set(error, "--server: not a BACKEND/SERVER: \"%.200s\"", args->server);
    return true;
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    static const struct {
        const char *name, *command;
    } parts[] = {{"haproxy-info", "show info\n"},
                 {"haproxy-stat", "show stat\n"},
                 {"haproxy-servers", "show servers state\n"}};
    struct act_run brief = *run;
    bool ok = true;
    if (brief.deadline > process_now() + DIAGNOSE_MS)
        brief.deadline = process_now() + DIAGNOSE_MS;
    for (size_t i = 0; ok && i < sizeof parts / sizeof parts[0]; i++) {
        struct text answer = TEXT_INIT;
        ok = ask(owner, parts[i].command, &brief, &answer, error) &&
             bundle_add_text(bundle, parts[i].name, answer.bytes, answer.length);
        text_release(&answer);
    }
    return ok;
}

/* HAProxy answers a command that it obeys with an empty line, and any other with a sentence. */
static bool set_state(const struct args *args, struct act_run *run, struct error *error)
{
    struct text answer = TEXT_INIT;
    struct text command = TEXT_INIT;
    text_format(&command, "set server %s state %s\n", args->server, state_names[args->state]);
    bool ok = ask(args, command.bytes, run, &answer, error);
    size_t blank = strspn(answer.bytes, " \r\n");
    if (ok && answer.bytes[blank])
        ok = error_set(error, "\"%s\" says \"%.*s\"", args->socket,
                       (int)strcspn(answer.bytes + blank, "\r\n"), answer.bytes + blank);
    text_release(&command);
    text_release(&answer);
    return ok;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct standing *before = arena_get(run->arena, 1, sizeof *before);
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

static bool wait_for_state(const struct args *args, struct act_run *run, struct standing *standing,
                           struct error *error)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    int64_t until = process_now() + args->wait;
    bool ok = read_standing(args, run, standing, error);
    while (ok && !is_as_wanted(args, standing) && process_now() + STEP_MS < until &&
           process_now() + STEP_MS < run->deadline) {
        (void)nanosleep(&step, NULL);
        ok = read_standing(args, run, standing, error);
    }
    return ok;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    const struct standing *before = run->kept;
    struct standing after;
    if (!wait_for_state(args, run, &after, error))
        return EFFECT_FAILED;
    act_say(run, "it is %s", after.status);
    return is_as_wanted(args, &after) && !is_as_wanted(args, before) ? EFFECT_FIXED : EFFECT_NONE;
}

extern const struct remediation_program haproxy_server;
const struct remediation_program haproxy_server = {
    .name = "haproxy_server",
    .summary = "makes a HAProxy server ready, or takes it out by drain or maintenance",
    .notes = "It acts through the admin socket (level admin). Fixed means that the server was not in that "
             "state before and "
             "is in it now; ready means that it takes traffic, too.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .act = act,
    .verify = verify,
};
