/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remediate, remediation approve: what people decide about remediations */
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "scheduler/core/remedy.h"

#include <fcntl.h>
#include <inttypes.h>
#include <regex.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLACK = 120000, SAID_BYTES = 1024, CONCURRENCY_MOST = 64 };

struct arguments {
    const char *hosts, *author;
    int64_t concurrency;
    bool dry_run, keep_going;
};

static const struct option_row remediate_options[] = {
    {"hosts", 0, TEXT(struct arguments, hosts), .value = "REGEX",
     .help = "On every host whose name matches, in the order of their names."},
    {"concurrency", 0, WHOLE(struct arguments, concurrency), .value = "N", .low = 1, .high = CONCURRENCY_MOST,
     .help = "With --hosts: how many at once; 1 unless given."},
    {"keep-going", 0, FLAG(struct arguments, keep_going),
     .help = "With --hosts: go on after a run that did not help; without it no further one begins."},
    {"dry-run", 0, FLAG(struct arguments, dry_run), .help = "Only say what would be done."},
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help = "Who starts it, a user of the configuration; the login name unless given, which only root may."},
    {0},
};

static const struct option_row approve_options[] = {
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help =
         "Who approves it, a user of the configuration; the login name unless given, which only root may."},
    {0},
};

/* ---- one host ---- */

struct rolling {
    struct command_call *call;
    const struct arguments *given;
    const char *remediation;
    int64_t timeout; /* ms */
    const char **hosts;
    size_t count, begun, ended;
    size_t most; /* at once */
    struct one {
        pid_t pid; /* 0: free */
        int output;
        const char *host;
    } ones[CONCURRENCY_MOST];
    bool waits, stopped;
    int code;
};

/* ${answer}: the scheduler's, a new reference; NULL with a complaint: it refused. */
static int ask_scheduler(const struct rolling *rolling, const char *host, json_t **answer)
{
    struct command_call *call = rolling->call;
    const char *author = rolling->given->author ? rolling->given->author : login_name(call->arena);
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:s, s:b}", "command", "remediate", "remediation", rolling->remediation,
                  "host", host, "author", author, "dry_run", rolling->given->dry_run);
    struct site_reply reply = site_ask(call, request, rolling->timeout);
    if (!reply.answer)
        return reply.code;
    const char *end = site_text(reply.answer, "end");
    bool good = strcmp(end, "it helped") == 0 || strcmp(end, "it was rehearsed") == 0;
    *answer = json_incref(reply.answer);
    site_release(&reply);
    return good ? COMMAND_YES : COMMAND_NO;
}

static int ask_one(const struct rolling *rolling, const char *host, char *said, size_t room)
{
    json_t *answer = NULL;
    int code = ask_scheduler(rolling, host, &answer);
    if (answer)
        (void)snprintf(said, room, "%s: %s", site_text(answer, "end"), site_text(answer, "text"));
    json_decref(answer);
    return code;
}

static int run_one(struct rolling *rolling, const char *host)
{
    struct command_call *call = rolling->call;
    json_t *answer = NULL;
    int code = ask_scheduler(rolling, host, &answer);
    if (answer && call->json) {
        json_object_set_new(answer, "host", json_string(host));
        json_write(call->out, answer);
    } else if (answer) {
        text_format(call->out, "%s: %s: %s\n", host, site_text(answer, "end"), site_text(answer, "text"));
    }
    json_decref(answer);
    return code;
}

/* ---- many, in a rolling fashion ---- */

/* The child asks the scheduler and waits; one line comes back. */
static void ask_in_child(const struct rolling *rolling, const char *host, int output)
{
    char said[SAID_BYTES] = "";
    struct text *complaint = rolling->call->complaint;
    text_clear(complaint);
    int code = ask_one(rolling, host, said, sizeof said);
    if (!*said)
        (void)snprintf(said, sizeof said, "%.*s", (int)strcspn(complaint->bytes, "\n"), complaint->bytes);
    if (write(output, said, strlen(said)) < 0)
        code = COMMAND_REFUSED;
    _exit(code);
}

static void say(struct rolling *rolling, const char *host, const char *what, const char *more)
{
    if (rolling->call->json) {
        json_t *line = json_pack("{s:s, s:s, s:o}", "host", host, "event", what, "text",
                                 ledger_text(more, strlen(more)));
        json_write(rolling->call->out, line);
        json_decref(line);
    } else {
        text_format(rolling->call->out, "%s: %s%s%s\n", host, what, *more ? ": " : "", more);
    }
    (void)command_pass_on(rolling->call);
}

static bool begin(struct rolling *rolling, struct one *one)
{
    int ends[2];
    const char *host = rolling->hosts[rolling->begun];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    say(rolling, host, "start", "");
    pid_t pid = fork();
    if (pid == 0)
        ask_in_child(rolling, host, ends[1]);
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return false;
    }
    *one = (struct one){pid, ends[0], host};
    rolling->begun++;
    rolling->waits = false;
    return true;
}

static struct one *free_one(struct rolling *rolling)
{
    for (size_t i = 0; i < rolling->most; i++)
        if (rolling->ones[i].pid == 0)
            return &rolling->ones[i];
    return NULL;
}

static void end(struct rolling *rolling, struct one *one, int status)
{
    char said[SAID_BYTES] = "";
    ssize_t got = read(one->output, said, sizeof said - 1);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : COMMAND_REFUSED;
    said[got > 0 ? got : 0] = '\0';
    (void)close(one->output);
    say(rolling, one->host, "end", said);
    if (code != COMMAND_YES && rolling->code < code)
        rolling->code = code;
    rolling->stopped |= code != COMMAND_YES && !rolling->given->keep_going;
    rolling->ended++;
    one->pid = 0;
}

static void wait_for_one(struct rolling *rolling)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, 0);
    for (size_t i = 0; pid > 0 && i < CONCURRENCY_MOST; i++)
        if (rolling->ones[i].pid == pid)
            end(rolling, &rolling->ones[i], status);
}

static void roll(struct rolling *rolling)
{
    while (rolling->ended < rolling->begun || (rolling->begun < rolling->count && !rolling->stopped)) {
        bool more = rolling->begun < rolling->count && !rolling->stopped;
        struct one *one = more ? free_one(rolling) : NULL;
        if (one && begin(rolling, one))
            continue;
        if (more && !rolling->waits)
            say(rolling, rolling->hosts[rolling->begun], "wait", "");
        rolling->waits = more;
        wait_for_one(rolling);
    }
    for (size_t i = rolling->begun; i < rolling->count; i++)
        say(rolling, rolling->hosts[i], "not started", "a run before it did not help");
}

/* ---- which hosts ---- */

static bool is_for(const struct model *model, const struct host *host, const struct remediation *remediation)
{
    const struct service *service = host->service;
    (void)model;
    for (size_t i = 0; service && i < service->check_count; i++)
        for (size_t j = 0; j < service->checks[i].remediate_count; j++)
            if (service->checks[i].remediate[j] == remediation)
                return host->status != STATUS_RETIRED;
    return false;
}

/* Hosts are sorted by name in the model. */
static bool choose(struct rolling *rolling, const struct model *model, const struct remediation *remediation)
{
    regex_t pattern;
    rolling->hosts = arena_get(rolling->call->arena, model->host_count + 1, sizeof *rolling->hosts);
    if (regcomp(&pattern, rolling->given->hosts, REG_EXTENDED | REG_NOSUB) != 0) {
        rolling->code = command_refuse(rolling->call, "--hosts: not an extended regular expression: \"%s\"",
                                       rolling->given->hosts);
        return false;
    }
    for (size_t i = 0; i < model->host_count; i++)
        if (is_for(model, model->hosts[i], remediation) &&
            regexec(&pattern, model->hosts[i]->name, 0, NULL, 0) == 0)
            rolling->hosts[rolling->count++] = arena_text(rolling->call->arena, model->hosts[i]->name);
    regfree(&pattern);
    if (rolling->count == 0)
        rolling->code = command_refuse(rolling->call, "no host that \"%s\" is for matches \"%s\"",
                                       remediation->name, rolling->given->hosts);
    return rolling->count > 0;
}

static int64_t lower(int64_t most, int64_t limit)
{
    return limit > 0 && limit < most ? limit : most;
}

/* The scheduler would refuse one more than the limits allow, and the rest would not be started. */
static void limit(struct rolling *rolling, const struct model *model, const struct remediation *remediation)
{
    int64_t wanted = rolling->given->concurrency ? rolling->given->concurrency : 1, most = wanted;
    for (size_t i = 0; i < rolling->count; i++) {
        struct limits limits;
        remedy_limits(remediation, model_host(model, rolling->hosts[i])->service, model, &limits);
        most = lower(lower(most, limits.concurrency), limits.share);
        most = lower(lower(most, limits.service.concurrency), limits.site.concurrency);
    }
    rolling->most = (size_t)most;
    if (most < wanted)
        text_format(rolling->call->complaint,
                    "watchbill remediate: %" PRId64 " at once, because the limits of \"%s\" allow no more\n",
                    most, remediation->name);
}

static int run_many(struct rolling *rolling)
{
    struct model *model = site_load(rolling->call);
    if (!model)
        return COMMAND_REFUSED;
    const struct remediation *remediation = model_remediation(model, rolling->remediation);
    bool chosen = false;
    if (!remediation) {
        rolling->code = command_refuse(rolling->call, "no such remediation: \"%s\"", rolling->remediation);
    } else {
        rolling->timeout = remediation->timeout + SLACK;
        chosen = choose(rolling, model, remediation);
        if (chosen)
            limit(rolling, model, remediation);
    }
    model_free(model);
    if (chosen)
        roll(rolling);
    return rolling->code;
}

static int run_remediate(const void *given, struct command_call *call)
{
    enum { DAY = 86400000 };
    const struct arguments *arguments = given;
    struct rolling rolling = {.call = call,
                              .given = arguments,
                              .remediation = call->words.items[0],
                              .timeout = DAY,
                              .code = COMMAND_YES};
    if ((call->words.count == 2) == (arguments->hosts != NULL))
        return command_refuse(call, "name a HOST or --hosts REGEX");
    return arguments->hosts ? run_many(&rolling) : run_one(&rolling, call->words.items[1]);
}

const struct command command_remediate = {
    .name = "remediate",
    .usage = "NAME HOST|--hosts REGEX [--concurrency N] [--keep-going] [--dry-run] [--author NAME]",
    .summary = "starts a remediation by hand, on one host or on many",
    .notes = "Who may is named by `may: {run: [GROUP]}` of the remediation. TTL and limits hold as they do "
             "for the\n"
             "scheduler. On many hosts each start, wait and end is a line. Exit: 0 it helped (everywhere), 1 "
             "it did\n"
             "not, or was refused.",
    .options = remediate_options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = 2,
    .run = run_remediate,
};

static void write_approved(struct text *out, const struct site_reply *reply, const void *with)
{
    (void)with;
    text_format(out, "approved %s\n", site_text(reply->answer, "approved"));
}

static int run_approve(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    const char *author = arguments->author ? arguments->author : login_name(call->arena);
    json_t *request =
        json_pack("{s:s, s:s, s:s}", "command", "approve", "run", call->words.items[0], "author", author);
    return site_tell(call, request, SITE_TIMEOUT, write_approved, NULL);
}

const struct command command_remediation_approve = {
    .name = "remediation approve",
    .usage = "ID [--author NAME]",
    .summary = "approves a remediation that asks",
    .notes =
        "The page that asks names the ID. Who may is named by `may: {approve: [GROUP]}` of the remediation.",
    .options = approve_options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = 1,
    .run = run_approve,
};
