/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/rota.h"

const struct zone *rota_zone(const struct model *model, const struct group *group, const struct user *user)
{
    const char *name = model->site.timezone;
    if (user && user->timezone)
        name = user->timezone;
    else if (group && group->timezone)
        name = group->timezone;
    /* The loader has opened each name already; UTC is there without a file. */
    const struct zone *zone = name ? zone_open(name, NULL) : NULL;
    return zone ? zone : zone_open("UTC", NULL);
}

static bool holds(const struct window *window, const struct zone *zone, int64_t at)
{
    return !window || window_inside(window, zone, at);
}

static const struct shift *shift_at(const struct model *model, const struct group *group, int64_t at)
{
    const struct zone *zone = rota_zone(model, group, NULL);
    for (size_t i = 0; i < group->shift_count; i++)
        if (holds(group->shifts[i].window, zone, at))
            return &group->shifts[i];
    return NULL;
}

size_t rota_on_call(const struct model *model, const struct group *group, int64_t at,
                    const struct user **users, size_t room)
{
    const struct shift *shift = shift_at(model, group, at);
    if (!shift)
        return 0;
    for (size_t i = 0; i < shift->user_count && i < room; i++)
        users[i] = shift->users[i];
    return shift->user_count;
}

size_t rota_contacts(const struct model *model, const struct group *group, const struct user *user,
                     enum urgency urgency, int64_t at, const struct contact **contacts, size_t room)
{
    const struct zone *zone = rota_zone(model, group, user);
    size_t count = 0;
    if (urgency == URGENCY_NONE)
        return 0;
    for (size_t i = 0; i < user->contact_count[urgency]; i++) {
        const struct contact *contact = &user->contacts[urgency][i];
        if (!holds(contact->window, zone, at))
            continue;
        if (count < room)
            contacts[count] = contact;
        count++;
    }
    return count;
}

const struct user *rota_first(const struct model *model, const struct group *group, enum urgency urgency,
                              int64_t at, size_t skip)
{
    const struct shift *shift = shift_at(model, group, at);
    for (size_t i = 0; shift && i < shift->user_count; i++) {
        if (rota_contacts(model, group, shift->users[i], urgency, at, NULL, 0) == 0)
            continue;
        if (skip == 0)
            return shift->users[i];
        skip--;
    }
    return NULL;
}

static void note_change(const struct window *window, const struct zone *zone, int64_t at, int64_t *next)
{
    if (!window)
        return;
    struct window_answer answer = window_ask(window, zone, at);
    if (answer.until != WINDOW_NEVER && answer.until < *next)
        *next = answer.until;
}

/* The first instant after ${at}, ${until} at the latest, at which another window of the rota or of its users'
 * contacts opens or closes. */
static int64_t next_change(const struct model *model, const struct group *group, enum urgency urgency,
                           int64_t at, int64_t until)
{
    int64_t next = until;
    for (size_t i = 0; i < group->shift_count; i++) {
        const struct shift *shift = &group->shifts[i];
        note_change(shift->window, rota_zone(model, group, NULL), at, &next);
        for (size_t j = 0; j < shift->user_count; j++) {
            const struct user *user = shift->users[j];
            const struct zone *zone = rota_zone(model, group, user);
            for (size_t k = 0; k < user->contact_count[urgency]; k++)
                note_change(user->contacts[urgency][k].window, zone, at, &next);
        }
    }
    return next;
}

bool rota_gap(const struct model *model, const struct group *group, enum urgency urgency, int64_t from,
              int64_t until, int64_t *start, int64_t *end)
{
    int64_t at = from;
    while (at < until && rota_first(model, group, urgency, at, 0))
        at = next_change(model, group, urgency, at, until);
    if (at >= until)
        return false;
    *start = at;
    do
        at = next_change(model, group, urgency, at, until);
    while (at < until && !rota_first(model, group, urgency, at, 0));
    *end = at;
    return true;
}
