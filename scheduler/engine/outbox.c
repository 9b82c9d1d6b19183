/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/outbox.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <unistd.h>

enum {
    CHANNEL_TIMEOUT = 60 * 1000, /* ms */
    FIRST_PAUSE = 5,             /* s; doubles up to the longest */
    LONGEST_PAUSE = 300,
    FAILS_AFTER = 3, /* failed tries in a row */
    FAILS_FOR = 60,  /* s */
    GIVE_UP_TRIES = 2,
    GIVE_UP_AGE = 24 * 3600, /* s */
    OUTPUT_CAP = 4096,
    USERS_MOST = 32,
};

struct parcel {
    struct parcel *next;
    struct lane *lane;
    json_t *alert;
    char *id;
    int64_t attempts;
    int64_t added; /* loop_now's clock */
    bool prepared;
};

/* What goes to one address. */
struct lane {
    struct lane *next;
    struct outbox *outbox;
    char *channel, *address;
    struct parcel *first, *last; /* in the order of arrival */
    bool sending;                /* the first */
    int64_t due;                 /* loop_now's clock; 0: now */
    int64_t failures;            /* in a row */
    int64_t failing_since;       /* loop_now's clock */
    bool fails;                  /* as it was reported */
    char *trouble;               /* of the last failure; NULL: none since the last delivery */
};

struct outbox {
    struct outbox_settings settings;
    struct lane *lanes;
    size_t waiting;
    int64_t delivered_at; /* loop_now's clock, of the last delivery; 0: none */
    struct loop_timer *timer;
};

static void send_due(void *owner);

struct outbox *outbox_create(const struct outbox_settings *settings)
{
    struct outbox *outbox = memory_get(1, sizeof *outbox);
    outbox->settings = *settings;
    outbox->timer = loop_timer_add(settings->loop, send_due, outbox);
    return outbox;
}

static void drop_first(struct lane *lane)
{
    struct parcel *parcel = lane->first;
    lane->first = parcel->next;
    if (!lane->first)
        lane->last = NULL;
    lane->outbox->waiting--;
    json_decref(parcel->alert);
    free(parcel->id);
    free(parcel);
}

static void lane_free(struct lane *lane)
{
    while (lane->first)
        drop_first(lane);
    free(lane->channel);
    free(lane->address);
    free(lane->trouble);
    free(lane);
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    for (struct lane *lane = outbox->lanes, *next; lane; lane = next) {
        next = lane->next;
        lane_free(lane);
    }
    loop_timer_remove(outbox->timer);
    free(outbox);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static struct lane *lane_of(struct outbox *outbox, const char *channel, const char *address)
{
    struct lane *lane = outbox->lanes;
    while (lane && (strcmp(lane->address, address) != 0 || strcmp(lane->channel, channel) != 0))
        lane = lane->next;
    if (!lane) {
        lane = memory_get(1, sizeof *lane);
        lane->outbox = outbox;
        lane->channel = memory_text(channel);
        lane->address = memory_text(address);
        lane->next = outbox->lanes;
        outbox->lanes = lane;
    }
    return lane;
}

void outbox_add(struct outbox *outbox, const json_t *alert)
{
    struct lane *lane = lane_of(outbox, text_of(alert, "channel"), text_of(alert, "address"));
    struct parcel *parcel = memory_get(1, sizeof *parcel);
    parcel->lane = lane;
    parcel->alert = json_deep_copy(alert);
    parcel->id = memory_text(text_of(alert, "id"));
    parcel->added = loop_now();
    if (lane->last)
        lane->last->next = parcel;
    else
        lane->first = parcel;
    lane->last = parcel;
    outbox->waiting++;
    send_due(outbox);
}

size_t outbox_waiting(const struct outbox *outbox)
{
    return outbox->waiting;
}

int64_t outbox_stuck(const struct outbox *outbox)
{
    int64_t since = INT64_MAX;
    for (const struct lane *lane = outbox->lanes; lane; lane = lane->next)
        if (lane->first && lane->first->added < since)
            since = lane->first->added;
    if (since == INT64_MAX)
        return 0;
    if (since < outbox->delivered_at)
        since = outbox->delivered_at;
    return (loop_now() - since) / 1000000;
}

const char *outbox_trouble(const struct outbox *outbox)
{
    const struct lane *lane = outbox->lanes;
    while (lane && !lane->trouble)
        lane = lane->next;
    return lane ? lane->trouble : NULL;
}

/* ---- which addresses fail ---- */

static bool channel_fails(const struct outbox *outbox, const char *channel)
{
    const struct lane *lane = outbox->lanes;
    while (lane && (!lane->fails || strcmp(lane->channel, channel) != 0))
        lane = lane->next;
    return lane != NULL;
}

static size_t add_user(const char **users, size_t count, const char *user)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(users[i], user) == 0)
            return count;
    if (count < USERS_MOST)
        users[count++] = user;
    return count;
}

static void report_failure(struct lane *lane, const struct parcel *about)
{
    const char *users[USERS_MOST];
    size_t count = 0;
    struct text reason = TEXT_INIT;
    lane->fails = true;
    for (const struct parcel *parcel = lane->first; parcel; parcel = parcel->next)
        count = add_user(users, count, text_of(parcel->alert, "user"));
    text_format(&reason, "%s: %s", text_of(about->alert, "contact"), lane->trouble);
    lane->outbox->settings.report(lane->outbox->settings.owner, lane->channel, false, reason.bytes, users,
                                  count);
    text_release(&reason);
}

/* The sentence is kept; whoever must know is told. ${parcel} is still the first. */
static void note_failure(const struct parcel *parcel, const char *sentence, bool for_good)
{
    struct lane *lane = parcel->lane;
    int64_t now = loop_now();
    free(lane->trouble);
    lane->trouble = memory_text(sentence);
    if (lane->failures++ == 0)
        lane->failing_since = now;
    if (for_good || lane->failures >= FAILS_AFTER ||
        now - lane->failing_since >= FAILS_FOR * INT64_C(1000000))
        report_failure(lane, parcel);
}

static void note_success(struct lane *lane)
{
    struct outbox *outbox = lane->outbox;
    outbox->delivered_at = loop_now();
    free(lane->trouble);
    lane->trouble = NULL;
    lane->failures = 0;
    lane->fails = false;
    if (!channel_fails(outbox, lane->channel))
        outbox->settings.report(outbox->settings.owner, lane->channel, true, NULL, NULL, 0);
}

static bool is_configured(const struct model *model, const struct lane *lane)
{
    for (size_t i = 0; i < model->user_count; i++)
        for (enum urgency urgency = URGENCY_NOTIFY; urgency <= URGENCY_ALERT; urgency++)
            for (size_t k = 0; k < model->users[i]->contact_count[urgency]; k++) {
                const struct contact *contact = &model->users[i]->contacts[urgency][k];
                if (strcmp(contact->address, lane->address) == 0 &&
                    strcmp(channel_name(contact->channel), lane->channel) == 0)
                    return true;
            }
    return false;
}

void outbox_adopt(struct outbox *outbox, const struct model *model)
{
    for (struct lane **link = &outbox->lanes; *link;) {
        struct lane *lane = *link;
        if (lane->first || is_configured(model, lane)) {
            link = &lane->next;
        } else {
            *link = lane->next;
            lane_free(lane);
        }
    }
}

/* ---- what became of a try ---- */

static void record(const struct parcel *parcel, enum entry_kind kind, json_t *data)
{
    struct entry entry = {.kind = kind, .at = loop_wall(), .key = parcel->id, .data = data};
    journal_write(parcel->lane->outbox->settings.journal, &entry, 1, NULL, NULL);
    json_decref(data);
}

/* The first of its lane leaves. */
static void end(struct parcel *parcel, const char *result, const char *sentence)
{
    record(parcel, ENTRY_ALERT_END,
           json_pack("{s:s, s:I, s:s}", "result", result, "attempts", (json_int_t)parcel->attempts, "error",
                     sentence));
    drop_first(parcel->lane);
}

static void try_again(struct parcel *parcel, const char *sentence)
{
    struct lane *lane = parcel->lane;
    int64_t pause = FIRST_PAUSE;
    for (int64_t i = 1; i < lane->failures && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE)
        pause = LONGEST_PAUSE;
    json_int_t next = loop_wall() + pause * 1000;
    lane->due = loop_now() + pause * 1000000;
    record(parcel, ENTRY_ALERT_TRY,
           json_pack("{s:I, s:I, s:s}", "attempts", (json_int_t)parcel->attempts, "next", next, "error",
                     sentence));
}

static bool is_too_old(const struct parcel *parcel)
{
    int64_t at = json_integer_value(json_object_get(parcel->alert, "at"));
    return loop_wall() - at > GIVE_UP_AGE * INT64_C(1000);
}

/* All of the lane that are too old: none of them would fare better than the first. */
static void give_up(struct lane *lane)
{
    const struct log *log = lane->outbox->settings.log;
    while (lane->first && is_too_old(lane->first)) {
        struct text sentence = TEXT_INIT;
        text_format(&sentence, "given up after a day: %s", lane->trouble);
        log_say(log, LOG_LEVEL_ERROR, "alert \"%s\" to %s is lost: %s", lane->first->id,
                text_of(lane->first->alert, "contact"), sentence.bytes);
        end(lane->first, "failed", sentence.bytes);
        text_release(&sentence);
    }
}

/* The first line that the channel said, or what became of it. */
static char *sentence_of(const struct outcome *outcome)
{
    struct text sentence = TEXT_INIT;
    size_t length = strcspn(outcome->output ? outcome->output : "", "\r\n");
    if (length)
        text_add_bytes(&sentence, outcome->output, length);
    else if (outcome->kind == OUTCOME_TIMEOUT)
        text_add(&sentence, "the channel did not end in time");
    else
        text_format(&sentence, "the channel ended with %d and said nothing", outcome->code);
    return text_take(&sentence);
}

static void fail(struct parcel *parcel, const char *sentence, bool for_good)
{
    struct lane *lane = parcel->lane;
    const struct log *log = lane->outbox->settings.log;
    const char *contact = text_of(parcel->alert, "contact");
    if (for_good)
        log_say(log, LOG_LEVEL_ERROR, "alert \"%s\" to %s can never be delivered: %s", parcel->id, contact,
                sentence);
    else
        log_say(log, LOG_LEVEL_WARNING, "alert to %s waits, attempt %lld: %s", contact,
                (long long)parcel->attempts, sentence);
    note_failure(parcel, sentence, for_good);
    if (for_good)
        end(parcel, "failed", sentence);
    else if (lane->failures >= GIVE_UP_TRIES && is_too_old(parcel))
        give_up(lane);
    else
        try_again(parcel, sentence);
}

static void sent(void *owner, const struct outcome *outcome)
{
    struct parcel *parcel = owner;
    struct lane *lane = parcel->lane;
    struct outbox *outbox = lane->outbox;
    char *sentence = sentence_of(outcome);
    bool exited = outcome->kind == OUTCOME_EXITED;
    lane->sending = false;
    lane->due = 0;
    parcel->attempts++;
    if (exited && outcome->code == 0) {
        log_say(outbox->settings.log, LOG_LEVEL_INFO, "told %s: %s", text_of(parcel->alert, "contact"),
                text_of(parcel->alert, "subject"));
        end(parcel, "delivered", sentence);
        note_success(lane);
    } else {
        fail(parcel, sentence, exited && outcome->code == 2);
    }
    free(sentence);
    send_due(outbox);
}

/* ---- sending ---- */

static void hand_over(void *owner)
{
    struct parcel *parcel = owner;
    const struct outbox_settings *settings = &parcel->lane->outbox->settings;
    struct text program = TEXT_INIT;
    text_format(&program, "%s/%s", settings->channels, parcel->lane->channel);
    settings->refresh(settings->owner, parcel->alert);
    char *input = json_dumps(parcel->alert, JSON_COMPACT);
    const char *argv[] = {program.bytes, NULL};
    struct job job = {.argv = argv,
                      .input = input,
                      .input_length = input ? strlen(input) : 0,
                      .timeout = CHANNEL_TIMEOUT,
                      .output_cap = OUTPUT_CAP,
                      .background = true};
    parcel->prepared = true;
    runner_submit(settings->runner, &job, sent, parcel);
    free(input);
    text_release(&program);
}

static void begin(struct lane *lane)
{
    const struct outbox_settings *settings = &lane->outbox->settings;
    lane->sending = true;
    if (lane->first->prepared)
        hand_over(lane->first);
    else
        settings->prepare(settings->owner, lane->first->alert, hand_over, lane->first);
}

static void send_due(void *owner)
{
    struct outbox *outbox = owner;
    int64_t now = loop_now();
    int64_t next = INT64_MAX;
    for (struct lane *lane = outbox->lanes; lane; lane = lane->next) {
        if (!lane->first || lane->sending)
            continue;
        if (lane->due <= now)
            begin(lane);
        else if (lane->due < next)
            next = lane->due;
    }
    if (next != INT64_MAX)
        loop_timer_at(outbox->timer, next);
}
