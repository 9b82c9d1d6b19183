/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties that hold on every timeline, on 100,000 random ones over all features together. A timeline is made from its
 * seed alone; one that fails is cut down to the deeds that it needs, and printed.
 *
 *   test_timelines [FIRST-SEED [COUNT]]       TIMELINES in the environment is COUNT too */
#include "lib/memory.h"
#include "scheduler/core/record.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_why.h"
#include "tests/unit/drive.h"
#include "tests/unit/site.h"

#include <stdlib.h>

enum {
    DEEDS = 24,
    MESSAGES = 64 /* of the newest ones that are compared */,
    BINDINGS = 16,
    CONTACTS = 16,
    MODELS = 3
};
#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)

/* A Friday in November, and the evenings before both changes of the clock in Berlin. */
static const int64_t starts[] = {INT64_C(1795132800000), INT64_C(1806170400000), INT64_C(1792864800000)};
#ifdef __SANITIZE_ADDRESS__ /* some ten times as slow */
enum { TIMELINES = 5000 };
#else
enum { TIMELINES = 100000 };
#endif
enum { STARTS = sizeof starts / sizeof starts[0] };

/* ---- sites ---- */

static const char *const people[] = {
    "window day mon-sun 08:00 20:00",
    "window night mon-sun 20:00 08:00",
    "user geoff alert=geoff-pager alert=geoff-phone@day notify=geoff-mail",
    "user max alert=max-pager@always@day notify=max-mail@day",
    "user rob notify=rob-mail alert=rob-pager",
    "group admins after=45m day:geoff,max night:max,rob",
    "group duty always:rob,geoff",
    "remediation clean after=5m concurrency=1 verify=5m",
    NULL,
};

static const char *const plain[] = {
    "check http attempts=3 alert=admins repeat=90m remediate=clean",
    "check ping attempts=2 alert=admins,duty delay=3m escalate=1h:duty:notify",
    "check disk attempts=1 alert=duty repeat=1h flapping=8,16 keep_ack=10m",
    "check log attempts=1 alert=admins volatile=yes unknown=none window=day",
    "host a http,ping,disk",
    "host b http,log,disk",
    NULL,
};

static const char *const bound[] = {
    "alerting hold=30s grace=2m",
    "check http attempts=2 alert=admins repeat=1h group_wait=2m",
    "check ping attempts=2 alert=duty downtime=notify",
    "check disk attempts=1 alert=duty depends=http flapping=8,16",
    "check push attempts=1 alert=duty freshness=40m passive=yes",
    "host a ping,http,disk,push alive=ping",
    "host b ping,http,disk alive=ping parents=a",
    "inhibit host=a,check=http check=disk",
    "inhibit check=push host=b state=CRITICAL",
    NULL,
};

static const char *const crowded[] = {
    "storm 3 20m",
    "check http attempts=1 alert=admins group_wait=1m repeat=2h warning=notify",
    "check disk attempts=1 alert=duty,admins",
    "host a http,disk",
    "host b http,disk",
    "host c http,disk",
    "inhibit host=a host=b state=CRITICAL",
    "inhibit /^[bc].http/ check=http state=CRITICAL,UNKNOWN",
    NULL,
};

static const char *const *const sites[MODELS] = {plain, bound, crowded};

static struct model *model_of(const char *const *lines)
{
    struct site_builder site = site_begin();
    if (lines == plain)
        site_lines(&site, (const char *const[]){"zone Europe/Berlin", NULL});
    site_lines(&site, people);
    site_lines(&site, lines);
    return site_end(&site);
}

/* ---- deeds ---- */

enum kind { RESULT, OLD_RESULT, ACK, UNACK, DOWNTIME, SILENCE, END_RUN, CHANNEL, RELOAD, KINDS };
static const char *const kind_names[KINDS] = {"result",  "old result", "ack",     "unack", "downtime",
                                              "silence", "end run",    "channel", "reload"};

struct deed {
    int64_t at; /* ms from the start */
    enum kind kind;
    uint32_t binding;
    enum verdict verdict;
    unsigned more;
};

static enum kind roll_kind(uint64_t *random)
{
    static const enum kind rare[] = {OLD_RESULT, ACK,     ACK,     UNACK, DOWNTIME,
                                     SILENCE,    END_RUN, CHANNEL, RELOAD};
    unsigned what = drive_roll(random, 30);
    return what < sizeof rare / sizeof rare[0] ? rare[what] : RESULT;
}

/* Short steps within a problem, and now and then a night. */
static int64_t roll_gap(uint64_t *random)
{
    unsigned how = drive_roll(random, 10);
    if (how == 0)
        return drive_roll(random, 12 * 3600) * SECOND;
    return how < 3 ? 0 : drive_roll(random, 400) * SECOND;
}

static void generate(uint64_t seed, size_t bindings, struct deed *deeds)
{
    uint64_t random = drive_seed(seed) + 1;
    int64_t at = 0;
    uint32_t binding = 0;
    for (int i = 0; i < DEEDS; i++) {
        at += roll_gap(&random);
        if (drive_roll(&random, 2))
            binding =
                drive_roll(&random, (unsigned)bindings); /* else the same again, so that states become hard */
        deeds[i] = (struct deed){.at = at,
                                 .kind = roll_kind(&random),
                                 .binding = binding,
                                 .verdict = drive_roll(&random, 5) < 2 ? VERDICT_OK
                                                                       : (enum verdict)drive_roll(&random, 4),
                                 .more = drive_roll(&random, 1000)};
    }
}

/* ---- a run ---- */

struct message {
    uint64_t id;
    unsigned input; /* that brought it: one result, one timer, one deed */
    uint32_t binding;
    enum notice notice;
    unsigned contact;
};

struct town {
    const struct model *model;
    struct world *world;
    int64_t start, now;
    unsigned input;
    uint64_t decided; /* a hash of every decision */
    struct message messages[MESSAGES];
    size_t count;
    char *contacts[CONTACTS];
    enum verdict told[BINDINGS][CONTACTS]; /* OK: knows of no problem */
    enum verdict newest[BINDINGS];         /* what was told last, to anybody */
    bool summed[BINDINGS];                 /* a summary told of it */
    enum verdict last[BINDINGS];           /* the newest result */
    char *runs[8];
    size_t run_count;
    char fault[512]; /* what does not hold; "": nothing */
};

static void fault(struct town *town, const char *what, const struct decision *decision)
{
    if (!town->fault[0])
        (void)snprintf(town->fault, sizeof town->fault, "%s (%s/%s, at %.3f s)", what, decision->subject,
                       decision->name, (double)(decision->at - town->start) / 1000);
}

static unsigned contact_of(struct town *town, const struct decision *decision)
{
    char *key = record_contact_key(decision->contact);
    unsigned i = 0;
    while (i + 1 < CONTACTS && town->contacts[i] && strcmp(town->contacts[i], key) != 0)
        i++;
    if (town->contacts[i])
        free(key);
    else
        town->contacts[i] = key;
    return i;
}

/* Of a message about several each has its own state. */
static enum verdict verdict_of(const struct town *town, const struct decision *decision, uint32_t binding)
{
    return decision->member_count ? world_state(town->world, binding)->verdict : decision->verdict;
}

/* The stop of flapping that carries a bad state tells of the problem as well; one that is good is followed by the
 * recovery. */
static bool tells_state(enum notice notice, enum verdict verdict)
{
    return notice == NOTICE_PROBLEM || (notice == NOTICE_FLAPPING_STOP && verdict != VERDICT_OK) ||
           notice == NOTICE_STORM || notice == NOTICE_RECOVERY;
}

static void note_one(struct town *town, const struct decision *decision, uint32_t binding, unsigned contact)
{
    enum verdict verdict = verdict_of(town, decision, binding);
    if (decision->notice == NOTICE_RECOVERY && town->told[binding][contact] == VERDICT_OK)
        fault(town, "a recovery for somebody who knew of no problem", decision);
    if (!tells_state(decision->notice, verdict))
        return;
    if (decision->notice == NOTICE_RECOVERY)
        verdict = VERDICT_OK;
    town->told[binding][contact] = verdict;
    /* A summary tells one contact how things stand; of the others somebody may know the present state already. */
    town->newest[binding] = verdict;
    town->summed[binding] |= decision->notice == NOTICE_STORM;
}

static void note_message(struct town *town, const struct decision *decision)
{
    unsigned contact = contact_of(town, decision);
    uint64_t id = 1469598103934665603U;
    for (const char *at = decision->message_id; *at; at++)
        id = (id ^ (unsigned char)*at) * 1099511628211U;
    for (size_t i = 0; i < town->count && i < MESSAGES; i++) {
        const struct message *other = &town->messages[i];
        if (other->id == id)
            fault(town, "one message twice", decision);
        if (other->input == town->input && other->binding == decision->binding && other->contact == contact &&
            other->notice == decision->notice && decision->notice != NOTICE_REMEDIATION &&
            decision->binding != WORLD_SITE)
            fault(town, "two messages for one change", decision);
    }
    town->messages[town->count++ % MESSAGES] =
        (struct message){id, town->input, decision->binding, decision->notice, contact};
    if (decision->binding != WORLD_SITE && !decision->member_count)
        note_one(town, decision, decision->binding, contact);
    for (size_t i = 0; i < decision->member_count; i++)
        note_one(town, decision, decision->members[i], contact);
}

static void add_hash(struct town *town, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        town->decided = (town->decided ^ ((const unsigned char *)bytes)[i]) * 1099511628211U;
}

static void take(void *owner, const struct decision *decision)
{
    struct town *town = owner;
    int64_t words[] = {
        decision->at,      (int64_t)decision->kind, decision->binding, (int64_t)decision->problem,
        decision->verdict, decision->type,          decision->attempt, decision->next};
    add_hash(town, words, sizeof words);
    if (decision->reason)
        add_hash(town, decision->reason, strlen(decision->reason));
    if (decision->kind == DECISION_ALERT) {
        add_hash(town, decision->message_id, strlen(decision->message_id));
        note_message(town, decision);
    }
    if (decision->kind == DECISION_REMEDIATION && decision->act == ACT_RUN && town->run_count < 8)
        town->runs[town->run_count++] = memory_text(decision->run);
}

static void pass_time(struct town *town, int64_t until)
{
    for (int64_t due = world_due(town->world); due <= until; due = world_due(town->world)) {
        town->now = due > town->now ? due : town->now;
        town->input++;
        world_tick(town->world, town->now, take, town);
    }
    town->now = until;
}

static void give(struct town *town, uint32_t binding, enum verdict verdict, int64_t ago)
{
    const struct result result = {.verdict = verdict, .at = town->now - ago, .passive = ago > 0};
    town->input++;
    world_result(town->world, binding, &result, town->now, take, town);
    if (ago == 0)
        town->last[binding] = verdict;
}

static void end_run(struct town *town, unsigned more)
{
    if (town->run_count == 0)
        return;
    char *run = town->runs[--town->run_count];
    const struct run_end end = {.outcome = (int)(more % 6) - 1, .began = RUN_BEGAN};
    world_remedied(town->world, run, &end, town->now, take, town);
    free(run);
}

static const char *subject_of(const struct town *town, uint32_t binding, char *text, size_t room)
{
    const struct binding *it = &town->model->bindings[binding];
    (void)snprintf(text, room, "%s/%s", it->host->name, it->plan->name);
    return text;
}

static void say(struct town *town, const struct deed *deed)
{
    char subject[160];
    struct error error;
    uint64_t id;
    int64_t until = town->now + (1 + deed->more % 7200) * SECOND;
    const char *match = subject_of(town, deed->binding, subject, sizeof subject);
    const struct downtime_request downtime = {
        .match = match, .author = "max", .comment = "", .end = until, .children = deed->more % 2};
    const struct silence_request silence = {
        .match = match, .owner = "max", .comment = "", .until = until, .expire_on_resolve = deed->more % 2};
    if (deed->kind == DOWNTIME)
        (void)world_downtime(town->world, &downtime, town->now, take, town, &id, &error);
    else
        (void)world_silence(town->world, &silence, town->now, take, town, &id, &error);
}

static void act(struct town *town, const struct deed *deed)
{
    static const char *const users[] = {"geoff", "rob"};
    struct error error;
    town->input++;
    switch (deed->kind) {
    case RESULT:
        give(town, deed->binding, deed->verdict, 0);
        break;
    case OLD_RESULT:
        give(town, deed->binding, deed->verdict, 5 * HOUR);
        break;
    case ACK:
        (void)world_acknowledge(town->world, deed->binding, "max", NULL,
                                deed->more % 2 ? town->now + HOUR : 0, town->now, take, town, &error);
        break;
    case UNACK:
        (void)world_unacknowledge(town->world, deed->binding, town->now, take, town, &error);
        break;
    case DOWNTIME:
    case SILENCE:
        say(town, deed);
        break;
    case END_RUN:
        end_run(town, deed->more);
        break;
    case CHANNEL:
        world_channel(town->world, CHANNEL_MAIL, deed->more % 2, "it fails", users, 2, town->now, take, town);
        break;
    case RELOAD:
        world_adopt(town->world, town->model);
        break;
    case KINDS:
        break;
    }
}

/* ---- over a restart ---- */

static void restart(struct town *town)
{
    struct world *world = world_create(town->model);
    struct error error = {""};
    json_t *site = world_save_site(town->world);
    bool good = world_load_site(world, site, &error);
    json_decref(site);
    for (uint32_t i = 0; good && i < town->model->binding_count; i++) {
        json_t *saved = world_save(town->world, i);
        good = world_load(world, i, saved, &error);
        json_decref(saved);
    }
    if (!good && !town->fault[0])
        (void)snprintf(town->fault, sizeof town->fault, "what was saved is not read: %.200s", error.text);
    world_free(town->world);
    town->world = world;
}

/* ---- when every reason for silence has gone ---- */

static void end_silence(struct town *town)
{
    struct error error;
    for (uint32_t i = 0; i < town->model->binding_count; i++)
        (void)world_unacknowledge(town->world, i, town->now, take, town, &error);
    while (town->run_count)
        end_run(town, 0);
    int64_t end = town->now + 30 * HOUR; /* every window has been open, every downtime and silence is over */
    while (town->now < end) {
        pass_time(town, town->now + 3 * HOUR);
        for (uint32_t i = 0; i < town->model->binding_count; i++)
            if (world_state(town->world, i)->known)
                give(town, i, town->last[i], 0);
    }
    pass_time(town, town->now + HOUR / 4); /* what is gathered, and what is checked first */
}

/* What is left of reasons: another problem, or that nobody wants to hear of it. */
static bool is_quiet_for_good(struct town *town, uint32_t binding)
{
    static const char *const lasting[] = {"depends on",     "is down",  "parents",
                                          "has no urgency", "flapping", "inhibited"};
    struct text text = TEXT_INIT;
    bool quiet = false;
    (void)world_why(town->world, binding, town->now, &text);
    for (size_t i = 0; i < sizeof lasting / sizeof lasting[0]; i++)
        quiet |= strstr(text.bytes, lasting[i]) != NULL;
    text_release(&text);
    return quiet;
}

static bool knows_somebody(const struct town *town, uint32_t binding, enum verdict verdict)
{
    bool known = town->newest[binding] == verdict;
    for (unsigned i = 0; town->summed[binding] && i < CONTACTS; i++)
        known |= town->told[binding][i] == verdict;
    return known;
}

static void check_told(struct town *town)
{
    for (uint32_t i = 0; i < town->model->binding_count && !town->fault[0]; i++) {
        const struct state *state = world_state(town->world, i);
        char subject[160];
        bool problem = state->known && state->hard != VERDICT_OK && !state->flapping;
        if (problem && !knows_somebody(town, i, state->hard) && !is_quiet_for_good(town, i)) {
            struct text why = TEXT_INIT;
            (void)world_why(town->world, i, town->now, &why);
            (void)snprintf(town->fault, sizeof town->fault, "%s is %s, and %s was told last: %.200s",
                           subject_of(town, i, subject, sizeof subject), verdict_name(state->hard),
                           verdict_name(town->newest[i]), why.bytes);
            text_release(&why);
        }
        for (unsigned j = 0; j < CONTACTS; j++)
            if (state->known && state->hard == VERDICT_OK && !state->flapping &&
                town->told[i][j] != VERDICT_OK && !town->fault[0])
                (void)snprintf(town->fault, sizeof town->fault, "\"%s\" was told of %s and never of its end",
                               town->contacts[j], subject_of(town, i, subject, sizeof subject));
    }
}

/* ---- a timeline ---- */

/* ${cut}: before which deed it is saved and loaded; -1: never. */
static void run(struct town *town, const struct model *model, const struct deed *deeds, size_t count, int cut)
{
    int64_t start = town->start;
    *town = (struct town){
        .model = model, .world = world_create(model), .start = start, .now = start, .decided = 1};
    world_begin(town->world, start);
    for (size_t i = 0; i < count && !town->fault[0]; i++) {
        pass_time(town, town->start + deeds[i].at);
        if ((int)i == cut)
            restart(town);
        act(town, &deeds[i]);
    }
}

static void town_end(struct town *town)
{
    for (size_t i = 0; i < CONTACTS; i++)
        free(town->contacts[i]);
    while (town->run_count)
        free(town->runs[--town->run_count]);
    world_free(town->world);
    town->world = NULL;
}

/* The fault of a timeline; "": everything holds. The world does not know of world_begin what a restart makes of it, so
 * a cut is compared only where no grace is given. */
static void judge(struct town *town, const struct model *model, const struct deed *deeds, size_t count,
                  int cut, char *found, size_t room)
{
    run(town, model, deeds, count, -1);
    uint64_t whole = town->decided;
    end_silence(town);
    check_told(town);
    (void)snprintf(found, room, "%s", town->fault);
    town_end(town);
    if (found[0] || cut < 0 || model->site.alerting.grace)
        return;
    run(town, model, deeds, count, cut);
    if (town->fault[0])
        (void)snprintf(found, room, "%s", town->fault);
    else if (town->decided != whole)
        (void)snprintf(found, room, "saved and loaded before deed %d it decides otherwise", cut);
    town_end(town);
}

/* ---- the smallest that fails ---- */

static size_t shrink(struct town *town, const struct model *model, struct deed *deeds, size_t count, int *cut)
{
    char found[512];
    for (size_t i = count; i > 0; i--) {
        struct deed rest[DEEDS];
        memcpy(rest, deeds, (i - 1) * sizeof *rest);
        memcpy(rest + i - 1, deeds + i, (count - i) * sizeof *rest);
        int moved = *cut >= (int)i ? *cut - 1 : *cut;
        judge(town, model, rest, count - 1, moved, found, sizeof found);
        if (!found[0])
            continue;
        memcpy(deeds, rest, (count - 1) * sizeof *deeds);
        count--;
        *cut = moved;
    }
    return count;
}

static void print(const struct model *model, const struct deed *deeds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct binding *binding = &model->bindings[deeds[i].binding];
        (void)printf("#   at %.0fs %s %s/%s %s %u\n", (double)deeds[i].at / 1000, kind_names[deeds[i].kind],
                     binding->host->name, binding->plan->name, verdict_name(deeds[i].verdict), deeds[i].more);
    }
}

static bool test_one(struct town *town, struct model *const *models, uint64_t seed)
{
    const struct model *model = models[seed % MODELS];
    struct deed deeds[DEEDS];
    char found[512];
    int cut = (int)(seed / MODELS % DEEDS);
    town->start = starts[seed / MODELS / DEEDS % STARTS];
    generate(seed, model->binding_count, deeds);
    judge(town, model, deeds, DEEDS, cut, found, sizeof found);
    if (!found[0])
        return true;
    (void)printf("# seed %" PRIu64 ", site %d: %s\n", seed, (int)(seed % MODELS), found);
    size_t count = shrink(town, model, deeds, DEEDS, &cut);
    judge(town, model, deeds, count, cut, found, sizeof found);
    (void)printf("#   cut down to %zu deeds: %s\n", count, found);
    print(model, deeds, count);
    return false;
}

int main(int argc, char **argv)
{
    const char *given = getenv("TIMELINES");
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : given ? strtoull(given, NULL, 10) : TIMELINES;
    struct model *models[MODELS];
    struct town *town = memory_get(1, sizeof *town);
    unsigned failed = 0;
    (void)printf("1..1\n# %" PRIu64 " timelines from seed %" PRIu64 "\n", count, first);
    for (int i = 0; i < MODELS; i++)
        models[i] = model_of(sites[i]);
    for (uint64_t seed = first; seed < first + count && failed < 5; seed++)
        failed += !test_one(town, models, seed);
    (void)printf("%s 1 - every property on every timeline\n", failed ? "not ok" : "ok");
    for (int i = 0; i < MODELS; i++)
        model_free(models[i]);
    free(town);
    return failed > 0;
}
