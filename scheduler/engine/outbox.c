/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/outbox.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <unistd.h>

enum {
    CHANNEL_TIMEOUT = 60 * 1000, /* ms */
    FIRST_PAUSE = 5,             /* s; doubles up to the longest */
    LONGEST_PAUSE = 300,
    OUTPUT_CAP = 4096,
};

struct parcel {
    struct parcel *next;
    struct outbox *outbox;
    json_t *alert;
    char *id, *address;
    int64_t attempts;
    int64_t due; /* loop_now's clock; 0: now */
    bool prepared;
    bool sending;
};

struct outbox {
    struct outbox_settings settings;
    struct parcel *first; /* in the order of arrival */
    struct loop_timer *timer;
    char *trouble;
};

static void send_due(void *owner);

struct outbox *outbox_create(const struct outbox_settings *settings)
{
    struct outbox *outbox = memory_get(1, sizeof *outbox);
    outbox->settings = *settings;
    outbox->timer = loop_timer_add(settings->loop, send_due, outbox);
    return outbox;
}

static void parcel_free(struct parcel *parcel)
{
    json_decref(parcel->alert);
    free(parcel->id);
    free(parcel->address);
    free(parcel);
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    for (struct parcel *parcel = outbox->first, *next; parcel; parcel = next) {
        next = parcel->next;
        parcel_free(parcel);
    }
    loop_timer_remove(outbox->timer);
    free(outbox->trouble);
    free(outbox);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

void outbox_add(struct outbox *outbox, const json_t *alert)
{
    struct parcel **link = &outbox->first;
    while (*link)
        link = &(*link)->next;
    struct parcel *parcel = memory_get(1, sizeof *parcel);
    parcel->outbox = outbox;
    parcel->alert = json_deep_copy(alert);
    parcel->id = memory_text(text_of(alert, "id"));
    parcel->address = memory_text(text_of(alert, "address"));
    *link = parcel;
    send_due(outbox);
}

size_t outbox_waiting(const struct outbox *outbox)
{
    size_t count = 0;
    for (const struct parcel *parcel = outbox->first; parcel; parcel = parcel->next)
        count++;
    return count;
}

const char *outbox_trouble(const struct outbox *outbox)
{
    return outbox->trouble;
}

static void drop(struct parcel *parcel)
{
    struct parcel **link = &parcel->outbox->first;
    while (*link != parcel)
        link = &(*link)->next;
    *link = parcel->next;
    parcel_free(parcel);
}

static void record(const struct parcel *parcel, enum entry_kind kind, json_t *data)
{
    struct entry entry = {.kind = kind, .at = loop_wall(), .key = parcel->id, .data = data};
    journal_write(parcel->outbox->settings.journal, &entry, 1, NULL, NULL);
    json_decref(data);
}

static void end(struct parcel *parcel, const char *result, const char *sentence)
{
    record(parcel, ENTRY_ALERT_END,
           json_pack("{s:s, s:I, s:s}", "result", result, "attempts", (json_int_t)parcel->attempts, "error",
                     sentence));
}

static void try_again(struct parcel *parcel, const char *sentence)
{
    int64_t pause = FIRST_PAUSE;
    for (int64_t i = 1; i < parcel->attempts && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE)
        pause = LONGEST_PAUSE;
    json_int_t next = loop_wall() + pause * 1000;
    parcel->due = loop_now() + pause * 1000000;
    record(parcel, ENTRY_ALERT_TRY,
           json_pack("{s:I, s:I, s:s}", "attempts", (json_int_t)parcel->attempts, "next", next, "error",
                     sentence));
}

static void set_trouble(struct outbox *outbox, const char *sentence)
{
    free(outbox->trouble);
    outbox->trouble = memory_text(sentence);
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

static void sent(void *owner, const struct outcome *outcome)
{
    struct parcel *parcel = owner;
    struct outbox *outbox = parcel->outbox;
    const struct log *log = outbox->settings.log;
    char *sentence = sentence_of(outcome);
    bool exited = outcome->kind == OUTCOME_EXITED;
    parcel->sending = false;
    parcel->attempts++;
    if (exited && outcome->code == 0) {
        log_say(log, LOG_LEVEL_INFO, "told %s: %s", text_of(parcel->alert, "contact"),
                text_of(parcel->alert, "subject"));
        set_trouble(outbox, NULL);
        end(parcel, "delivered", sentence);
        drop(parcel);
    } else if (exited && outcome->code == 2) {
        log_say(log, LOG_LEVEL_ERROR, "alert \"%s\" to %s can never be delivered: %s", parcel->id,
                text_of(parcel->alert, "contact"), sentence);
        set_trouble(outbox, sentence);
        end(parcel, "failed", sentence);
        drop(parcel);
    } else {
        log_say(log, LOG_LEVEL_WARNING, "alert to %s waits, attempt %lld: %s",
                text_of(parcel->alert, "contact"), (long long)parcel->attempts, sentence);
        set_trouble(outbox, sentence);
        try_again(parcel, sentence);
    }
    free(sentence);
    send_due(outbox);
}

static void hand_over(void *owner)
{
    struct parcel *parcel = owner;
    struct outbox *outbox = parcel->outbox;
    struct text program = TEXT_INIT;
    text_format(&program, "%s/%s", outbox->settings.channels, text_of(parcel->alert, "channel"));
    outbox->settings.refresh(outbox->settings.owner, parcel->alert);
    char *input = json_dumps(parcel->alert, JSON_COMPACT);
    const char *argv[] = {program.bytes, NULL};
    struct job job = {.argv = argv,
                      .input = input,
                      .input_length = input ? strlen(input) : 0,
                      .timeout = CHANNEL_TIMEOUT,
                      .output_cap = OUTPUT_CAP,
                      .background = true};
    parcel->prepared = true;
    runner_submit(outbox->settings.runner, &job, sent, parcel);
    free(input);
    text_release(&program);
}

static void begin(struct parcel *parcel)
{
    const struct outbox_settings *settings = &parcel->outbox->settings;
    parcel->sending = true;
    if (parcel->prepared)
        hand_over(parcel);
    else
        settings->prepare(settings->owner, parcel->alert, hand_over, parcel);
}

static bool is_first_to_its_address(const struct parcel *parcel)
{
    const struct parcel *other = parcel->outbox->first;
    while (other != parcel && strcmp(other->address, parcel->address) != 0)
        other = other->next;
    return other == parcel;
}

static void send_due(void *owner)
{
    struct outbox *outbox = owner;
    int64_t now = loop_now();
    int64_t next = INT64_MAX;
    for (struct parcel *parcel = outbox->first; parcel; parcel = parcel->next) {
        if (parcel->sending || !is_first_to_its_address(parcel))
            continue;
        if (parcel->due <= now)
            begin(parcel);
        else if (parcel->due < next)
            next = parcel->due;
    }
    if (next != INT64_MAX)
        loop_timer_at(outbox->timer, next);
}
