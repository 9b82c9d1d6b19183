/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is on watch: the people of a group in the order in which they are called at an instant: those of the first shift
 * whose window holds, or of the first override of the whole shift; then one in the place of another, by the overrides
 * that swap, in their order. A group's groups are not looked into: whoever names a group has them beside it. */
#ifndef WATCHBILL_CORE_ROTA_H
#define WATCHBILL_CORE_ROTA_H

#include "scheduler/core/model.h"

#include <limits.h>

enum { ROTA_ANY = INT_MAX }; /* of an importance that every contact wants */

/* rota_zone(model, group, user): the zone of a window used there: the user's, the group's, the site's. Either
 * may be NULL. */
const struct zone *rota_zone(const struct model *model, const struct group *group, const struct user *user);

/* rota_on_call(model, group, at, users, room): the users who are on call at ${at} (epoch seconds), in order, up to
 * ${room}; returns how many there are. 0: nobody. */
size_t rota_on_call(const struct model *model, const struct group *group, int64_t at,
                    const struct user **users, size_t room);

/* rota_contacts(model, group, user, urgency, at, contacts, room): the user's own contacts of that urgency
 * whose windows hold ${at}; returns how many. */
size_t rota_contacts(const struct model *model, const struct group *group, const struct user *user,
                     enum urgency urgency, int64_t at, const struct contact **contacts, size_t room);

/* rota_first(model, group, urgency, at, skip): the first on the rota who can be reached at ${at} with that
 * urgency, after passing over ${skip} of them; NULL: nobody. */
const struct user *rota_first(const struct model *model, const struct group *group, enum urgency urgency,
                              int64_t at, size_t skip);

/* The same of what has that importance (model_importance): contacts that want more are passed over. */
size_t rota_contacts_for(const struct model *model, const struct group *group, const struct user *user,
                         enum urgency urgency, int importance, int64_t at, const struct contact **contacts,
                         size_t room);
const struct user *rota_first_for(const struct model *model, const struct group *group, enum urgency urgency,
                                  int importance, int64_t at, size_t skip);

/* rota_override(group, at): the override of the whole shift that holds then; NULL: none. */
const struct override *rota_override(const struct group *group, int64_t at);

/* rota_replaced(model, group, at, user): in whose place ${user} is called then, by an override that swaps; NULL: in
 * nobody's. */
const struct user *rota_replaced(const struct model *model, const struct group *group, int64_t at,
                                 const struct user *user);

/* rota_next_change(model, group, urgency, at, until): the first instant after ${at}, ${until} at the latest, at which an
 * override begins or ends, or a window of the rota or of its users' contacts opens or closes. */
int64_t rota_next_change(const struct model *model, const struct group *group, enum urgency urgency,
                         int64_t at, int64_t until);

/* rota_gap(model, group, urgency, importance, from, until, start, end): the first stretch in [from, until) in which nobody
 * can be reached; false: there is none. */
bool rota_gap(const struct model *model, const struct group *group, enum urgency urgency, int importance,
              int64_t from, int64_t until, int64_t *start, int64_t *end);

#endif
