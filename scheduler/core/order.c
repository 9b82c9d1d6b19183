/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/order.h"

#include "lib/ledger.h"
#include "lib/number.h"
#include "lib/utf8.h"
#include "scheduler/core/macro.h"
#include "scheduler/core/remedy.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>

enum { OPTIONS = 48, LEAST_TIMEOUT_MS = 1000 };

/* Everything else that a child could inherit (PATH, LD_PRELOAD, ...) is the helper's to choose. */
static const char *const variables[] = {
    "NAGIOS_HOSTNAME",          "NAGIOS_HOSTADDRESS",
    "NAGIOS_HOSTSTATE",         "NAGIOS_SERVICEDESC",
    "NAGIOS_SERVICESTATE",      "NAGIOS_SERVICESTATETYPE",
    "NAGIOS_SERVICEATTEMPT",    "NAGIOS_SERVICEOUTPUT",
    "NAGIOS_LONGSERVICEOUTPUT", "NAGIOS_SERVICEPERFDATA",
    "NAGIOS_SERVICEPROBLEMID",  "NAGIOS_SERVICEDURATIONSEC",
    "NAGIOS_LASTSERVICESTATE",  "NAGIOS_TIMET",
    "WATCHBILL_PROBLEM",        "WATCHBILL_STATE",
    "WATCHBILL_OUTPUT",         "WATCHBILL_LONG_OUTPUT",
    "WATCHBILL_PERFDATA",       "WATCHBILL_AUTHOR",
};

enum { VARIABLES = sizeof variables / sizeof variables[0] };

/* ---- the message ---- */

static bool is_name(const char *text, size_t length, size_t longest)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    return length > 0 && length <= longest && text[0] != '.' && strspn(text, allowed) >= length;
}

static const char *read_name(const json_t *message, const char *key, size_t longest, struct arena *arena,
                             struct error *error)
{
    const char *text = json_string_value(json_object_get(message, key));
    if (text && is_name(text, strlen(text), longest))
        return arena_text(arena, text);
    error_set(error, "not a name in \"%s\": \"%.100s\"", key, text ? text : "");
    return NULL;
}

static bool read_subject(const json_t *message, struct arena *arena, struct order *order, struct error *error)
{
    const char *text = json_string_value(json_object_get(message, "subject"));
    const char *slash = text ? strchr(text, '/') : NULL;
    if (!slash || !is_name(text, (size_t)(slash - text), ORDER_NAME_BYTES) ||
        !is_name(slash + 1, strlen(slash + 1), ORDER_NAME_BYTES))
        return error_set(error, "not a HOST/CHECK in \"subject\": \"%.150s\"", text ? text : "");
    order->subject = arena_text(arena, text);
    order->host = arena_text_of(arena, text, (size_t)(slash - text));
    order->check = arena_text(arena, slash + 1);
    return true;
}

static const char *variable(const char *name, const json_t *value, struct arena *arena)
{
    struct text text = TEXT_INIT;
    size_t length = json_string_length(value);
    text_format(&text, "%s=", name);
    utf8_add(&text, json_string_value(value), length < ORDER_TEXT_BYTES ? length : ORDER_TEXT_BYTES);
    const char *kept = arena_text(arena, text.bytes);
    text_release(&text);
    return kept;
}

static void read_environment(const json_t *message, struct arena *arena, struct order *order)
{
    const json_t *given = json_object_get(message, "environment");
    const char **items = arena_get(arena, VARIABLES + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < VARIABLES; i++) {
        const json_t *value = json_object_get(given, variables[i]);
        if (json_is_string(value))
            items[count++] = variable(variables[i], value, arena);
    }
    order->environment = (struct words){items, count};
}

static bool knows_members(const json_t *message, struct error *error)
{
    static const char *const members[] = {"remediation", "subject", "run", "dry_run", "environment"};
    size_t known = 0;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        known += json_object_get(message, members[i]) != NULL;
    if (known != json_object_size(message))
        return error_set(error, "a member that no request has");
    return true;
}

static bool read_members(const json_t *message, struct arena *arena, struct order *order, struct error *error)
{
    const char *run = read_name(message, "run", ORDER_RUN_BYTES, arena, error);
    if (!run)
        return false;
    order->run = run;
    order->dry_run = json_is_true(json_object_get(message, "dry_run"));
    order->remediation = read_name(message, "remediation", ORDER_NAME_BYTES, arena, error);
    if (!order->remediation || !read_subject(message, arena, order, error) || !knows_members(message, error))
        return false;
    read_environment(message, arena, order);
    return true;
}

bool order_read(const char *bytes, size_t length, struct arena *arena, struct order *order,
                struct error *error)
{
    json_error_t where;
    *order = (struct order){.run = ""};
    if (length > ORDER_BYTES)
        return error_set(error, "a request of more than %d bytes", ORDER_BYTES);
    json_t *message = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &where);
    bool ok = json_is_object(message) ? read_members(message, arena, order, error)
                                      : error_set(error, "not a request: %.200s", message ? "" : where.text);
    json_decref(message);
    return ok;
}

/* ---- the command ---- */

static bool is_named_by(const struct check_plan *plan, const struct remediation *remediation)
{
    for (size_t i = 0; i < plan->remediate_count; i++)
        if (plan->remediate[i] == remediation)
            return true;
    return false;
}

struct options {
    const char **items;
    size_t count, most;
    struct arena *arena;
};

static void option(struct options *options, const char *name, const char *value)
{
    if (!value)
        return;
    options->items[options->count++] = name;
    options->items[options->count++] = value;
}

static const char *duration(int64_t milliseconds, struct arena *arena)
{
    struct text text = TEXT_INIT;
    duration_write_exact(&text, milliseconds);
    const char *kept = arena_text(arena, text.bytes);
    text_release(&text);
    return kept;
}

static void option_max(struct options *options, const char *name, const struct max *max)
{
    struct text text = TEXT_INIT;
    max_write(&text, max);
    if (max->count > 0)
        option(options, name, arena_text(options->arena, text.bytes));
    text_release(&text);
}

static void option_whole(struct options *options, const char *name, int64_t value)
{
    if (value > 0)
        option(options, name, arena_format(options->arena, "%" PRId64, value));
}

/* What the scheduler decides by as well; here it holds whoever asks. */
static void add_limits(struct options *options, const struct order_run *what, const struct model *model)
{
    struct limits limits;
    const struct service *service = what->host->service;
    remedy_limits(what->remediation, service, model, &limits);
    if (limits.cooldown > 0)
        option(options, "--cooldown", duration(limits.cooldown, options->arena));
    option_max(options, "--max", &limits.max);
    option_max(options, "--max-total", &limits.max_total);
    option_whole(options, "--concurrency", limits.concurrency);
    option_max(options, "--site-max", &limits.site.max);
    option_whole(options, "--site-concurrency", limits.site.concurrency);
    if (!service)
        return;
    option(options, "--host-service", service->name);
    if (limits.share > 0)
        option(options, "--share",
               arena_format(options->arena, "%" PRId64 " of %" PRId64, limits.share, limits.hosts));
    option_max(options, "--service-max", &limits.service.max);
    option_whole(options, "--service-concurrency", limits.service.concurrency);
}

static void add_options(struct options *options, const struct order_run *what, const struct model *model)
{
    struct arena *arena = options->arena;
    const char *state = model->site.state;
    const struct remediation *remediation = what->remediation;
    int64_t timeout = remediation->timeout > LEAST_TIMEOUT_MS ? remediation->timeout : LEAST_TIMEOUT_MS;
    option(options, "--issue", remediation->issue);
    option(options, "--tagged", remediation->tagged_text);
    option(options, "--ttl", duration(remediation->ttl, arena));
    option(options, "--renewal", remediation->renewal);
    option(options, "--owner", remediation->owner);
    option(options, "--cause", remediation->cause);
    option(options, "--target", what->host->name);
    option(options, "--remediation", remediation->name);
    option(options, "--run", what->run);
    option(options, "--ledger", arena_format(arena, "%s/ledger.jsonl", state));
    option(options, "--diagnostics", arena_format(arena, "%s/diagnostics", state));
    option(options, "--timeout", duration(timeout, arena));
    add_limits(options, what, model);
    options->items[options->count++] = remediation->diagnosed ? "--diagnosed" : "--undiagnosed";
    if (what->dry_run || remediation->mode == MODE_DRY_RUN)
        options->items[options->count++] = "--dry-run";
    assert(options->count <= options->most);
}

bool order_words(const struct order_run *what, const struct model *model, struct arena *arena,
                 struct words *argv, struct error *error)
{
    const struct macro_source source = {.host = what->host, .check = what->check};
    struct words words;
    if (!macro_expand_words(&what->remediation->command, &source, arena, &words, error))
        return false;
    struct options options = {.most = words.count + OPTIONS, .count = words.count, .arena = arena};
    options.items = arena_get(arena, options.most + 1, sizeof *options.items); /* the last is NULL */
    memcpy(options.items, words.items, words.count * sizeof *words.items);
    add_options(&options, what, model);
    *argv = (struct words){options.items, options.count};
    return true;
}

bool order_command(const struct order *order, const struct model *model, struct arena *arena,
                   const struct remediation **remediation, struct words *argv, struct error *error)
{
    const struct remediation *found = model_remediation(model, order->remediation);
    int64_t index = model_binding(model, order->host, order->check);
    if (!found)
        return error_set(error, "no remediation \"%s\" in the configuration", order->remediation);
    if (index == MODEL_NONE)
        return error_set(error, "no check \"%s\" in the configuration", order->subject);
    const struct binding *binding = &model->bindings[index];
    const struct order_run what = {found, binding->host, order->check, order->run, order->dry_run};
    if (!is_named_by(binding->plan, found))
        return error_set(error, "the check \"%s\" does not name the remediation \"%s\"", order->subject,
                         order->remediation);
    if (found->command.count == 0)
        return error_set(error, "the remediation \"%s\" has no command", order->remediation);
    if (!order_words(&what, model, arena, argv, error))
        return false;
    *remediation = found;
    return true;
}

/* ---- the reply ---- */

char *order_reply(const char *run, const char *end, int code, const char *text, size_t length)
{
    json_t *message = json_object();
    json_object_set_new(message, "run", json_string(run));
    json_object_set_new(message, "end", json_string(end));
    json_object_set_new(message, "code", json_integer(code));
    json_object_set_new(message, "text", ledger_text(text, length));
    char *bytes = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    if (!bytes)
        abort();
    return bytes;
}
