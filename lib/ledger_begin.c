/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger_begin.h"

#include "lib/ledger.h"
#include "lib/ledger_runs.h"
#include "lib/renewal.h"
#include "lib/zone.h"

#include <inttypes.h>
#include <string.h>

/* Who asks has decided by a clock in milliseconds a moment ago, and what is a matter of minutes is not refused for that. */
enum { GRACE = 2000, TAGGED_BYTES = 10 /* YYYY-MM-DD */ };

int64_t ledger_rearms(const struct limit_answer *limit)
{
    return (limit->next + 999) / 1000;
}

struct asked {
    const char *path;
    const json_t *line;
    const struct limits *limits; /* NULL: none */
    bool known;
    struct renewals renewals;
    char tagged[TAGGED_BYTES + 1]; /* the last day that was seen of those */
    struct ledger_runs runs;
    struct ledger_answer *answer;
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static bool is_same(const json_t *a, const json_t *b, const char *key)
{
    return strcmp(text_of(a, key), text_of(b, key)) == 0;
}

/* Runs of before services were written are beside ours at least where they are on the same target. */
static bool is_beside(void *owner, const json_t *begin)
{
    const struct asked *asked = owner;
    return *text_of(begin, "service") ? is_same(begin, asked->line, "service")
                                      : is_same(begin, asked->line, "target");
}

static bool has(const char *line, size_t length, const char *word)
{
    return memmem(line, length, word, strlen(word)) != NULL;
}

/* Of the remediation that ours is called by; its program may be that of others. */
static bool is_named(const struct asked *asked, const char *line, size_t length)
{
    const char *name = ledger_raw(line, length, "\"remediation\"");
    size_t wanted = strlen(asked->runs.named);
    return name && (size_t)(line + length - name) >= wanted && memcmp(name, asked->runs.named, wanted) == 0;
}

/* Of a long ledger nearly all runs are tagged as the one before. */
static bool is_tagged_anew(const struct asked *asked, const char *line, size_t length)
{
    const char *day = ledger_raw(line, length, "\"tagged\"");
    return day && line + length - day > TAGGED_BYTES && memcmp(day + 1, asked->tagged, TAGGED_BYTES) != 0 &&
           has(line, length, "\"begin\"") && is_named(asked, line, length);
}

static bool wants(void *owner, const char *line, size_t length)
{
    struct asked *asked = owner;
    bool counts = asked->limits && ledger_runs_wants(&asked->runs, line, length);
    return counts || has(line, length, text_of(asked->line, "run")) || is_tagged_anew(asked, line, length);
}

static void look_at(void *owner, const json_t *line)
{
    struct asked *asked = owner;
    bool begins = strcmp(text_of(line, "event"), "begin") == 0;
    if ((begins || strcmp(text_of(line, "event"), "end") == 0) && is_same(line, asked->line, "run"))
        asked->known = true;
    if (begins && is_same(line, asked->line, "issue") && is_same(line, asked->line, "remediation")) {
        renewals_take(&asked->renewals, text_of(line, "tagged"), text_of(line, "renewal"));
        (void)snprintf(asked->tagged, sizeof asked->tagged, "%s", text_of(line, "tagged"));
    }
    if (asked->limits)
        ledger_runs_take(&asked->runs, line);
}

static bool refuse_known(struct asked *asked, struct error *error)
{
    asked->answer->refusal = LEDGER_KNOWN;
    return error_set(error, "the run \"%s\" is in the ledger \"%s\" already", text_of(asked->line, "run"),
                     asked->path);
}

static bool is_explained(struct asked *asked, struct error *error)
{
    const struct tagging known = {asked->renewals.day, asked->renewals.sentence};
    struct tagging next = {.sentence = text_of(asked->line, "renewal")};
    int64_t year = 0;
    int month = 0, day = 0;
    if (!asked->renewals.any || !renewal_day(text_of(asked->line, "tagged"), &next.day) ||
        renewal_judge(&known, &next) != RENEWAL_MISSING)
        return true;
    civil_from_days(known.day, &year, &month, &day);
    asked->answer->refusal = LEDGER_UNEXPLAINED;
    return error_set(error,
                     "the workaround of \"%s\" ran tagged \"%04" PRId64 "-%02d-%02d\" and is tagged again "
                     "\"%s\": say why with --renewal SENTENCE%s",
                     text_of(asked->line, "issue"), year, month, day, text_of(asked->line, "tagged"),
                     *next.sentence ? ", and not as the time before" : "");
}

static bool refuse_limited(struct asked *asked, struct error *error)
{
    const struct limit_answer *limit = &asked->answer->limit;
    json_t *stamp = json_object();
    asked->answer->refusal = LEDGER_LIMITED;
    ledger_stamp(stamp, ledger_rearms(limit));
    error_set(error, "%s%s%s", limit->text, limit->next ? "; it may run at " : "",
              limit->next ? text_of(stamp, "time") : "");
    json_decref(stamp);
    return false;
}

static bool is_within_limits(struct asked *asked, struct error *error)
{
    struct ledger_runs *runs = &asked->runs;
    if (!asked->limits)
        return true;
    ledger_runs_finish(runs);
    return limits_allow(asked->limits, runs->runs, runs->count, runs->aim.now + GRACE,
                        &asked->answer->limit) ||
           refuse_limited(asked, error);
}

static bool allows(void *owner, struct error *error)
{
    struct asked *asked = owner;
    if (asked->known)
        return refuse_known(asked, error);
    return is_explained(asked, error) && is_within_limits(asked, error);
}

static void ask(struct asked *asked, const char *path, const json_t *line, const struct limits *limits,
                struct ledger_answer *answer)
{
    static const struct limits none;
    const struct limits *held = limits ? limits : &none;
    int64_t exact = json_integer_value(json_object_get(line, "at_ms"));
    *answer = (struct ledger_answer){.refusal = LEDGER_ALLOWED};
    *asked = (struct asked){.path = path, .line = line, .limits = limits, .answer = answer};
    const struct ledger_aim aim = {
        .remediation = text_of(line, "remediation"),
        .target = text_of(line, "target"),
        .limits = held,
        .now = exact ? exact : json_integer_value(json_object_get(line, "at")) * 1000,
        .only = !held->service.concurrency && !held->service.max.count && !held->site.concurrency &&
                !held->site.max.count,
        .beside = is_beside,
        .owner = asked,
    };
    ledger_runs_init(&asked->runs, &aim);
}

static bool answered(struct asked *asked, bool ok)
{
    if (!ok && asked->answer->refusal == LEDGER_ALLOWED)
        asked->answer->refusal = LEDGER_FAULT;
    ledger_runs_release(&asked->runs);
    renewals_release(&asked->renewals);
    return ok;
}

bool ledger_begin(const char *path, const json_t *line, const struct limits *limits,
                  struct ledger_answer *answer, struct error *error)
{
    struct asked asked;
    const struct ledger_look look = {wants, look_at, allows, &asked};
    ask(&asked, path, line, limits, answer);
    return answered(&asked, *text_of(line, "run") ? ledger_append_if(path, line, &look, error)
                                                  : error_set(error, "a run without an id"));
}

bool ledger_may_begin(const char *path, const json_t *line, const struct limits *limits,
                      struct ledger_answer *answer, struct error *error)
{
    struct asked asked;
    const struct ledger_look look = {wants, look_at, allows, &asked};
    ask(&asked, path, line, limits, answer);
    return answered(&asked, ledger_ask(path, &look, error));
}
