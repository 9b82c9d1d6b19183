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

static bool lasts(const struct override *override, int64_t at)
{
    return at >= override->from && at < override->until;
}

const struct override *rota_override(const struct group *group, int64_t at)
{
    for (size_t i = 0; i < group->override_count; i++)
        if (group->overrides[i].user_count && lasts(&group->overrides[i], at))
            return &group->overrides[i];
    return NULL;
}

/* Who has the place of ${user} then. */
static const struct user *swapped(const struct group *group, const struct user *user, int64_t at)
{
    for (size_t i = 0; i < group->override_count; i++) {
        const struct override *override = &group->overrides[i];
        if (override->user_count == 0 && override->instead_of == user && lasts(override, at))
            user = override->user;
    }
    return user;
}

/* The list that is in force, before anyone takes the place of another. */
static const struct user **listed(const struct model *model, const struct group *group, int64_t at,
                                  size_t *count)
{
    const struct override *override = rota_override(group, at);
    const struct shift *shift = override ? NULL : shift_at(model, group, at);
    *count = override ? override->user_count : shift ? shift->user_count : 0;
    return override ? override->users : shift ? shift->users : NULL;
}

/* The user of that place; NULL: whoever it is now has an earlier place already. */
static const struct user *user_at(const struct group *group, const struct user **users, size_t place,
                                  int64_t at)
{
    const struct user *user = swapped(group, users[place], at);
    for (size_t i = 0; i < place; i++)
        if (swapped(group, users[i], at) == user)
            return NULL;
    return user;
}

const struct user *rota_replaced(const struct model *model, const struct group *group, int64_t at,
                                 const struct user *user)
{
    size_t places;
    const struct user **list = listed(model, group, at, &places);
    for (size_t i = 0; i < places; i++)
        if (user_at(group, list, i, at) == user)
            return list[i] == user ? NULL : list[i];
    return NULL;
}

size_t rota_on_call(const struct model *model, const struct group *group, int64_t at,
                    const struct user **users, size_t room)
{
    size_t places;
    size_t count = 0;
    const struct user **list = listed(model, group, at, &places);
    for (size_t i = 0; i < places; i++) {
        const struct user *user = user_at(group, list, i, at);
        if (user && count < room)
            users[count] = user;
        count += user != NULL;
    }
    return count;
}

size_t rota_contacts_for(const struct model *model, const struct group *group, const struct user *user,
                         enum urgency urgency, int importance, int64_t at, const struct contact **contacts,
                         size_t room)
{
    const struct zone *zone = rota_zone(model, group, user);
    size_t count = 0;
    if (urgency == URGENCY_NONE)
        return 0;
    for (size_t i = 0; i < user->contact_count[urgency]; i++) {
        const struct contact *contact = &user->contacts[urgency][i];
        if (contact->importance > importance || !holds(contact->window, zone, at))
            continue;
        if (count < room)
            contacts[count] = contact;
        count++;
    }
    return count;
}

size_t rota_contacts(const struct model *model, const struct group *group, const struct user *user,
                     enum urgency urgency, int64_t at, const struct contact **contacts, size_t room)
{
    return rota_contacts_for(model, group, user, urgency, ROTA_ANY, at, contacts, room);
}

const struct user *rota_first_for(const struct model *model, const struct group *group, enum urgency urgency,
                                  int importance, int64_t at, size_t skip)
{
    size_t places;
    const struct user **list = listed(model, group, at, &places);
    for (size_t i = 0; i < places; i++) {
        const struct user *user = user_at(group, list, i, at);
        if (!user || rota_contacts_for(model, group, user, urgency, importance, at, NULL, 0) == 0)
            continue;
        if (skip == 0)
            return user;
        skip--;
    }
    return NULL;
}

const struct user *rota_first(const struct model *model, const struct group *group, enum urgency urgency,
                              int64_t at, size_t skip)
{
    return rota_first_for(model, group, urgency, ROTA_ANY, at, skip);
}

static void note_change(const struct window *window, const struct zone *zone, int64_t at, int64_t *next)
{
    if (!window)
        return;
    struct window_answer answer = window_ask(window, zone, at);
    if (answer.until != WINDOW_NEVER && answer.until < *next)
        *next = answer.until;
}

static void note_user(const struct model *model, const struct group *group, const struct user *user,
                      enum urgency urgency, int64_t at, int64_t *next)
{
    const struct zone *zone = rota_zone(model, group, user);
    for (size_t i = 0; i < user->contact_count[urgency]; i++)
        note_change(user->contacts[urgency][i].window, zone, at, next);
}

static void note_instant(int64_t instant, int64_t at, int64_t *next)
{
    if (instant > at && instant < *next)
        *next = instant;
}

int64_t rota_next_change(const struct model *model, const struct group *group, enum urgency urgency,
                         int64_t at, int64_t until)
{
    int64_t next = until;
    for (size_t i = 0; i < group->shift_count; i++) {
        const struct shift *shift = &group->shifts[i];
        note_change(shift->window, rota_zone(model, group, NULL), at, &next);
        for (size_t j = 0; j < shift->user_count; j++)
            note_user(model, group, shift->users[j], urgency, at, &next);
    }
    for (size_t i = 0; i < group->override_count; i++) {
        const struct override *override = &group->overrides[i];
        note_instant(override->from, at, &next);
        note_instant(override->until, at, &next);
        for (size_t j = 0; j < override->user_count; j++)
            note_user(model, group, override->users[j], urgency, at, &next);
        if (override->user)
            note_user(model, group, override->user, urgency, at, &next);
    }
    return next;
}

bool rota_gap(const struct model *model, const struct group *group, enum urgency urgency, int importance,
              int64_t from, int64_t until, int64_t *start, int64_t *end)
{
    int64_t at = from;
    while (at < until && rota_first_for(model, group, urgency, importance, at, 0))
        at = rota_next_change(model, group, urgency, at, until);
    if (at >= until)
        return false;
    *start = at;
    do
        at = rota_next_change(model, group, urgency, at, until);
    while (at < until && !rota_first_for(model, group, urgency, importance, at, 0));
    *end = at;
    return true;
}
