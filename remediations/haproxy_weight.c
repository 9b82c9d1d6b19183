/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a HAProxy server its traffic in steps, as long as all is well. */
#include "lib/number.h"
#include "lib/process.h"
#include "remediations/tools/haproxy_admin.h"
#include "remediations/tools/program.h"

enum { POLL_MS = 100, STEPS_MAX = 32, CHECK_MS = 10000, PERCENT = 100, KEPT_MS = 2000 /* for going back */ };

struct args {
    const char *socket;
    const char *server; /* BACKEND/SERVER */
    const char *ramp;
    int64_t every; /* ms */
    struct option_list check;
};

static const struct args defaults = {.ramp = "1,10,25,50,75,100", .every = 8000};

static const struct option_row options[] = {
    {"socket", 'S', TEXT(struct args, socket), .value = "PATH", .help = "HAProxy's admin socket",
     .required = true},
    {"server", 's', TEXT(struct args, server), .value = "BACKEND/SERVER", .help = "the server",
     .required = true},
    {"ramp", 0, TEXT(struct args, ramp), .value = "PERCENT,...",
     .help =
         "the steps, each in percent of the weight in the configuration; all up, or all down. Steps that it "
         "has behind it already are left out"},
    {"every", 0, DURATION(struct args, every), .value = "DURATION",
     .help =
         "how long the server must do well at a step before the next one; --timeout must leave room for all",
     .high = 3600},
    {"check", 0, LIST(struct args, check), .value = "WORD",
     .help =
         "a check, word by word, that must be OK (exit 0) before the first step and after each. The server's "
         "own health is always looked at"},
    {0},
};

struct ramp {
    int64_t steps[STEPS_MAX];
    size_t count;
    bool down;
};

/* ---- reading ---- */

static bool add_step(struct ramp *ramp, const char *word, struct error *error)
{
    int64_t step;
    if (ramp->count == STEPS_MAX)
        return error_set(error, "more than %d steps", STEPS_MAX);
    if (!number_read_whole(word, 0, PERCENT, &step))
        return error_set(error, "not a percentage from 0 to 100: \"%.40s\"", word);
    int64_t last = ramp->count ? ramp->steps[ramp->count - 1] : -1;
    if (ramp->count == 1)
        ramp->down = step < last;
    if (ramp->count > 0 && (step == last || (step < last) != ramp->down))
        return error_set(error, "neither all up nor all down at \"%.40s\"", word);
    ramp->steps[ramp->count++] = step;
    return true;
}

static bool read_ramp(const char *list, struct ramp *ramp, struct error *error)
{
    struct text words = TEXT_INIT;
    char *rest = NULL;
    bool ok = true;
    *ramp = (struct ramp){0};
    text_add(&words, list);
    for (char *word = strtok_r(words.bytes, ",", &rest); ok && word; word = strtok_r(NULL, ",", &rest))
        ok = add_step(ramp, word, error);
    if (ok && ramp->count == 0)
        ok = error_set(error, "no step: \"%s\"", list);
    text_release(&words);
    return ok;
}

static bool read_standing(const struct args *args, const struct act_run *run,
                          struct haproxy_standing *standing, struct error *error)
{
    const struct haproxy_server_name name = {.socket = args->socket, .server = args->server};
    return haproxy_admin_read(&name, run, standing, error);
}

/* HAProxy reckons in whole numbers, and cuts. */
static int64_t weight_at(const struct haproxy_standing *standing, int64_t percent)
{
    return standing->weight * percent / PERCENT;
}

/* Leaves the steps that still change something, in the direction of the ramp. */
static void leave_out(struct ramp *ramp, const struct haproxy_standing *standing)
{
    size_t kept = 0;
    bool single = ramp->count == 1;
    for (size_t i = 0; i < ramp->count; i++) {
        int64_t weight = weight_at(standing, ramp->steps[i]);
        if (single       ? weight != standing->weighs
            : ramp->down ? weight < standing->weighs
                         : weight > standing->weighs)
            ramp->steps[kept++] = ramp->steps[i];
    }
    ramp->count = kept;
}

static bool is_well(const struct args *args, struct act_run *run, struct error *error)
{
    struct haproxy_standing standing;
    if (!read_standing(args, run, &standing, error))
        return false;
    if (!standing.usable)
        return error_set(error, "the server is %s", standing.status);
    return args->check.count == 0 ||
           program_check(program_words(&args->check, run->arena), run, CHECK_MS, error) ||
           error_prefix(error, "the check is not OK");
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    struct ramp ramp;
    if (!haproxy_admin_check(args->server, error))
        return error_prefix(error, "--server");
    return read_ramp(args->ramp, &ramp, error) || error_prefix(error, "--ramp");
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    return haproxy_admin_diagnose(args->socket, run, bundle, error);
}

static enum answer judge_steps(const struct args *args, const struct haproxy_standing *standing,
                               const struct ramp *ramp, struct error *error)
{
    for (size_t i = 0; i < ramp->count; i++)
        if (ramp->steps[i] > 0 && weight_at(standing, ramp->steps[i]) == 0)
            return act_refuse(error,
                              "%lld%% of the weight %lld in the configuration is none: give \"%s\" a weight "
                              "that can be divided, such as 100",
                              (long long)ramp->steps[i], (long long)standing->weight, args->server);
    return ANSWER_GO;
}

static enum answer judge(const struct args *args, struct act_run *run,
                         const struct haproxy_standing *standing, const struct ramp *ramp,
                         struct error *error)
{
    int64_t needed = args->every * (int64_t)ramp->count + KEPT_MS;
    if (!standing->usable || (standing->admin & (HAPROXY_FORCED_MAINT | HAPROXY_FORCED_DRAIN)))
        return act_refuse(error, "\"%s\" takes no traffic: it is %s", args->server, standing->status);
    for (size_t i = 0; i < ramp->count; i++)
        if (ramp->steps[i] == 0 && standing->others == 0)
            return act_refuse(error, "\"%s\" is the last server of its backend that takes traffic",
                              args->server);
    if (needed >= run->deadline - process_now())
        return act_refuse(error, "%zu steps of %lld s each take longer than --timeout allows", ramp->count,
                          (long long)(args->every / 1000));
    return ANSWER_GO;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct haproxy_standing standing;
    struct ramp ramp;
    if (!read_ramp(args->ramp, &ramp, error) || !read_standing(args, run, &standing, error))
        return ANSWER_UNKNOWN;
    struct error why;
    enum answer answer = judge_steps(args, &standing, &ramp, error);
    leave_out(&ramp, &standing);
    if (answer == ANSWER_GO)
        answer = judge(args, run, &standing, &ramp, error);
    if (answer == ANSWER_GO && ramp.count > 0 && !ramp.down && !is_well(args, run, &why))
        answer = act_refuse(error, "no step up: %s", why.text);
    return answer;
}

static bool set_weight(const struct args *args, struct act_run *run, int64_t weight, struct error *error)
{
    const char *command = arena_format(run->arena, "set weight %s %lld\n", args->server, (long long)weight);
    return haproxy_admin_tell(args->socket, command, run, error);
}

/* The time of a step: its end is told by the first look that finds it ill, or by the clock. */
static bool holds(const struct args *args, struct act_run *run, struct error *error)
{
    int64_t until = process_now() + args->every;
    struct haproxy_standing standing;
    while (process_now() < until) {
        int64_t left = until - process_now();
        if (!act_pause(run, left < POLL_MS ? left : POLL_MS))
            return error_set(error, "the time is over");
        if (!read_standing(args, run, &standing, error))
            return false;
        if (!standing.usable)
            return error_set(error, "the server is %s", standing.status);
    }
    return is_well(args, run, error);
}

/* What verify must know of act. */
struct climb {
    bool moved, fell; /* fell: it is back at the last weight at which all was well */
    int64_t wanted;
};

static bool fall_back(const struct args *args, struct act_run *run, struct climb *climb, int64_t good,
                      const struct error *why, struct error *error)
{
    climb->fell = true;
    act_say(run, "%s", why->text);
    if (!set_weight(args, run, good, error))
        return false;
    act_say(run, "set it back to weight %lld", (long long)good);
    return true;
}

static bool climb_all(const struct args *args, struct act_run *run, const struct haproxy_standing *before,
                      const struct ramp *ramp, struct climb *climb, struct error *error)
{
    int64_t good = before->weighs;
    struct act_run up = act_brief(run, run->deadline - process_now() - KEPT_MS);
    for (size_t i = 0; i < ramp->count; i++) {
        struct error why = {""};
        int64_t weight = weight_at(before, ramp->steps[i]);
        if (!set_weight(args, run, weight, error))
            return false;
        climb->moved = true;
        climb->wanted = weight;
        act_say(run, "set \"%s\" to %lld%%, weight %lld", args->server, (long long)ramp->steps[i],
                (long long)weight);
        if (!ramp->down && !holds(args, &up, &why))
            return fall_back(args, run, climb, good, &why, error);
        if (ramp->down && i + 1 < ramp->count && !act_pause(run, args->every))
            return error_set(error, "the time is over at step %lld%%", (long long)ramp->steps[i]);
        good = weight;
    }
    return true;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct climb *climb = arena_get(run->arena, 1, sizeof *climb);
    struct haproxy_standing before;
    struct ramp ramp;
    if (!read_ramp(args->ramp, &ramp, error) || !read_standing(args, run, &before, error))
        return false;
    run->kept = climb;
    leave_out(&ramp, &before);
    for (size_t i = 0; run->dry_run && i < ramp.count; i++)
        act_say(run, "would set \"%s\", which has weight %lld, to %lld%%, weight %lld", args->server,
                (long long)before.weighs, (long long)ramp.steps[i],
                (long long)weight_at(&before, ramp.steps[i]));
    if (ramp.count == 0)
        act_say(run, "\"%s\" has weight %lld of %lld: no step is left", args->server,
                (long long)before.weighs, (long long)before.weight);
    return run->dry_run || climb_all(args, run, &before, &ramp, climb, error);
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    const struct climb *climb = run->kept;
    struct haproxy_standing after;
    if (!read_standing(args, run, &after, error))
        return EFFECT_FAILED;
    return climb->moved && !climb->fell && after.weighs == climb->wanted ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program haproxy_weight = {
    .name = "haproxy_weight",
    .summary = "gives a HAProxy server its traffic in steps, as long as all is well",
    .notes =
        "It acts through the admin socket (level admin). A step up is taken only while the server is UP and "
        "the "
        "check is OK; else the server goes back to the last weight at which all was well, and the exit is 1. "
        "It refuses a server that takes no traffic, a step that HAProxy would round down to none, and to "
        "take "
        "away the last server of a backend. Fixed means that the last step was reached and held.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};
