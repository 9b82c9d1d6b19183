/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts of two configurations side by side. Two of them are the same alert when they tell the same person by the same
 * contact the same of the same check; at another time it has moved, as long as no more than a day lies between. */
#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/command/simulate.h"
#include "scheduler/core/decision_json.h"

#include <string.h>

enum { APART = 86400000 }; /* ms */

struct told {
    int64_t at;
    char *key;  /* what makes it the same alert */
    char *user; /* for the summary */
    enum notice notice;
    json_t *object;
    bool other;
    const struct told *pair; /* of the other side; NULL: there is none */
};

struct simulate_diff {
    struct told *items;
    size_t count, room;
};

struct simulate_diff *simulate_diff_create(void)
{
    return memory_get(1, sizeof(struct simulate_diff));
}

void simulate_diff_free(struct simulate_diff *diff)
{
    for (size_t i = 0; diff && i < diff->count; i++) {
        free(diff->items[i].key);
        free(diff->items[i].user);
        json_decref(diff->items[i].object);
    }
    if (diff)
        free(diff->items);
    free(diff);
}

static char *key_of(const struct decision *decision)
{
    struct text key = TEXT_INIT;
    text_format(&key, "%s/%s %s %s %s %s %s %s", decision->subject, decision->name,
                notice_name(decision->notice), decision->user->name, urgency_name(decision->urgency),
                verdict_name(decision->verdict), channel_name(decision->contact->channel),
                decision->contact->address);
    return text_take(&key);
}

static json_t *object_of(const struct model *model, const struct decision *decision)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind", notice_name(decision->notice), "to",
                     decision->user->name, "urgency", urgency_name(decision->urgency), "channel",
                     channel_name(decision->contact->channel), "subject", decision->subject, "name",
                     decision->name, "state", decision_state_name(model, decision));
}

void simulate_diff_add(struct simulate_diff *diff, bool other, const struct model *model,
                       const struct decision *decision)
{
    if (diff->count == diff->room) {
        diff->room = diff->room ? diff->room * 2 : 64;
        diff->items = memory_grow(diff->items, diff->room, sizeof *diff->items);
    }
    diff->items[diff->count++] = (struct told){.at = decision->at,
                                               .key = key_of(decision),
                                               .user = memory_text(decision->user->name),
                                               .notice = decision->notice,
                                               .object = object_of(model, decision),
                                               .other = other};
}

/* ---- pairs ---- */

static int by_key(const void *a, const void *b)
{
    const struct told *left = *(struct told *const *)a, *right = *(struct told *const *)b;
    int order = strcmp(left->key, right->key);
    if (order == 0)
        order = (left->at > right->at) - (left->at < right->at);
    return order ? order : left->other - right->other;
}

static void pair(struct told *one, struct told *other)
{
    one->pair = other;
    other->pair = one;
}

/* Sorted by key and time. First those of one instant; what is left pairs with the nearest of the other side, in order. */
static void pair_all(struct told **sorted, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (!sorted[i - 1]->pair && sorted[i - 1]->other != sorted[i]->other &&
            sorted[i - 1]->at == sorted[i]->at && strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            pair(sorted[i - 1], sorted[i]);
    struct told *waiting = NULL;
    for (size_t i = 0; i < count; i++) {
        struct told *told = sorted[i];
        if (told->pair)
            continue;
        bool fits = waiting && waiting->other != told->other && told->at - waiting->at <= APART &&
                    strcmp(waiting->key, told->key) == 0;
        if (fits)
            pair(waiting, told);
        waiting = fits ? NULL : told;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct told *left = *(struct told *const *)a, *right = *(struct told *const *)b;
    int order = (left->at > right->at) - (left->at < right->at);
    return order ? order : by_key(a, b);
}

/* ---- out ---- */

struct changes {
    json_int_t gone, fresh, later, earlier;
};

static const char *change_of(const struct told *told, struct changes *changes)
{
    if (!told->pair) {
        (*(told->other ? &changes->fresh : &changes->gone))++;
        return told->other ? "new" : "gone";
    }
    if (!told->other || told->at == told->pair->at)
        return NULL; /* a pair is told at its new time */
    (*(told->at > told->pair->at ? &changes->later : &changes->earlier))++;
    return told->at > told->pair->at ? "later" : "earlier";
}

static void write_change(const struct told *told, const char *change, struct text *out)
{
    json_t *line = json_pack("{s:o, s:s, s:s}", "at", json_number_of((double)told->at / 1000), "type",
                             "change", "change", change);
    if (told->pair)
        json_set(line, "before", json_number_of((double)told->pair->at / 1000));
    if (json_object_update(line, told->object) != 0)
        abort();
    json_write(out, line);
    json_decref(line);
}

static void count_page(json_t *pages, const struct told *told)
{
    json_t *row = json_object_get(pages, told->user);
    if (!row) {
        json_set(pages, told->user, json_pack("{s:i, s:i}", "before", 0, "after", 0));
        row = json_object_get(pages, told->user);
    }
    json_t *number = json_object_get(row, told->other ? "after" : "before");
    (void)json_integer_set(number, json_integer_value(number) + 1);
}

void simulate_diff_write(const struct simulate_diff *diff, struct text *out)
{
    struct told **sorted = memory_get(diff->count + 1, sizeof(struct told *));
    struct changes changes = {0};
    json_t *pages = json_object();
    for (size_t i = 0; i < diff->count; i++) {
        sorted[i] = &diff->items[i];
        count_page(pages, sorted[i]);
    }
    qsort(sorted, diff->count, sizeof(struct told *), by_key);
    pair_all(sorted, diff->count);
    qsort(sorted, diff->count, sizeof(struct told *), by_time);
    for (size_t i = 0; i < diff->count; i++) {
        const char *change = change_of(sorted[i], &changes);
        if (change)
            write_change(sorted[i], change, out);
    }
    json_t *summary =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "type", "summary", "gone", changes.gone, "new",
                  changes.fresh, "later", changes.later, "earlier", changes.earlier, "pages", pages);
    json_write(out, summary);
    json_decref(summary);
    free(sorted);
}
