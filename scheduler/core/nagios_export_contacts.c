/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is told, and when. A user is a contact for each way to reach them; where the two urgencies differ, for each
 * urgency, with the states that it is for. */
#include "scheduler/core/nagios_export_parts.h"

#include "scheduler/core/nagios_command.h"
#include "scheduler/core/window_internal.h"
#include "scheduler/core/window_nagios.h"

enum { W = 1U << VERDICT_WARNING, C = 1U << VERDICT_CRITICAL, U = 1U << VERDICT_UNKNOWN };

bool nagios_export_first(struct nagios_export *export, const char *kind, const char *name)
{
    const char *key = arena_format(export->arena, "%s %s", kind, name);
    for (const struct nagios_written *at = export->written; at; at = at->next)
        if (strcmp(at->name, key) == 0)
            return false;
    struct nagios_written *written = arena_get(export->arena, 1, sizeof *written);
    *written = (struct nagios_written){export->written, key};
    export->written = written;
    return true;
}

/* ---- when ---- */

static void write_period(struct nagios_export *export, const char *name, const struct window *window,
                         const char *excluded)
{
    struct text body = TEXT_INIT;
    struct error error = {""};
    if (!nagios_export_first(export, "timeperiod", name))
        return;
    if (!window_nagios(window, &body, &error))
        nagios_find(export->findings, (struct place){0}, "window \"%s\": %s", name, error.text);
    text_format(&export->periods, "define timeperiod {\n    timeperiod_name %s\n    alias %s\n", name, name);
    const char *own = strstr(body.bytes, "    exclude ");
    if (excluded && own) {
        body.bytes[--body.length] = '\0'; /* its line end */
        text_format(&body, ",%s\n", excluded);
    } else if (excluded) {
        text_format(&body, "    exclude %s\n", excluded);
    }
    text_format(&export->periods, "%s}\n", body.bytes);
    text_release(&body);
}

void nagios_export_periods(struct nagios_export *export)
{
    const struct window_set *set = export->model->windows;
    for (size_t i = 0; i < window_count(set); i++) {
        const struct window *window = window_at(set, i);
        write_period(export, window_name(window), window, NULL);
        if (window->zone && strcmp(zone_name(window->zone), export->model->site.timezone) != 0)
            nagios_find(export->findings, (struct place){0},
                        "window \"%s\" is in the zone %s: Nagios has one time zone", window_name(window),
                        zone_name(window->zone));
    }
}

/* "always" is written in two ways: by its name and by none. */
static const struct window *limited(const struct window *window)
{
    return window && strcmp(window_name(window), "always") != 0 ? window : NULL;
}

const char *nagios_export_period(struct nagios_export *export, const struct window *one,
                                 const struct window *other)
{
    one = limited(one);
    other = limited(other);
    if (one == other || !one || !other)
        return one || other ? window_name(one ? one : other) : "always";
    const char *outside = arena_format(export->arena, "not.%s", window_name(other));
    const char *both = arena_format(export->arena, "%s.and.%s", window_name(one), window_name(other));
    write_period(export, outside, NULL, window_name(other));
    write_period(export, both, one, outside);
    return both;
}

/* ---- who ---- */

static bool same_text(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

static bool same_contacts(const struct user *user)
{
    size_t count = user->contact_count[URGENCY_NOTIFY];
    bool same = count == user->contact_count[URGENCY_ALERT];
    for (size_t i = 0; same && i < count; i++) {
        const struct contact *one = &user->contacts[URGENCY_NOTIFY][i];
        const struct contact *other = &user->contacts[URGENCY_ALERT][i];
        same = one->channel == other->channel && same_text(one->address, other->address) &&
               one->window == other->window && one->importance == other->importance &&
               one->command.count == other->command.count;
        for (size_t w = 0; same && w < one->command.count; w++)
            same = strcmp(one->command.items[w], other->command.items[w]) == 0;
    }
    return same;
}

static const char *letters_of(struct nagios_export *export, unsigned states, const char *comma)
{
    return arena_format(export->arena, "%s%s%s%s%s", states & W ? "w" : "",
                        states & W && states & (C | U) ? comma : "", states & C ? "c" : "",
                        states & C && states & U ? comma : "", states & U ? "u" : "");
}

static void write_contact(struct nagios_export *export, const char *name, const struct user *user,
                          const struct contact *contact, const char *period, unsigned states)
{
    const char *by = "watchbill_notify";
    struct text line = TEXT_INIT;
    if (!nagios_export_first(export, "contact", name))
        return;
    if (contact->channel == CHANNEL_WEBHOOK)
        nagios_find(export->findings, user->place, "user \"%s\" is told by a webhook: Nagios has none",
                    user->name);
    if (contact->channel == CHANNEL_COMMAND) {
        by = arena_format(export->arena, "tell_%s", name);
        nagios_command_line(&contact->command, &line);
        text_format(&export->commands,
                    "define command {\n    command_name %s\n    command_line %s\n}\n"
                    "define command {\n    command_name %s_host\n    command_line %s\n}\n",
                    by, line.bytes, by, line.bytes);
    }
    if (contact->channel == CHANNEL_WEBHOOK)
        by = "watchbill_nobody";
    text_format(&export->contacts, "define contact {\n    contact_name %s\n", name);
    text_format(&export->contacts, "    alias %s\n", user->full_name ? user->full_name : user->name);
    if (contact->channel == CHANNEL_MAIL)
        text_format(&export->contacts, "    email %s\n", contact->address);
    text_format(&export->contacts,
                "    service_notification_period %s\n    host_notification_period %s\n"
                "    service_notification_options %s,r,f,s\n    host_notification_options %s\n"
                "    service_notification_commands %s\n    host_notification_commands %s_host\n",
                period, period, letters_of(export, states, ","), states & C ? "d,r,f,s" : "n", by, by);
    if (contact->importance > 0)
        text_format(&export->contacts, "    minimum_importance %d\n", contact->importance);
    text_add(&export->contacts, "}\n");
    if (contact->recovery)
        nagios_find(export->findings, user->place, "user \"%s\": Nagios tells recoveries at once",
                    user->name);
    text_release(&line);
}

/* What one rule makes of one user: the names of contacts are added to ${members}. */
struct telling {
    const struct user *user;
    const struct window *window; /* of the shift; NULL: always */
    unsigned notify, alert;      /* states of the rule */
    struct text *members;
};

static void add_contacts(struct nagios_export *export, const struct telling *telling, enum urgency urgency,
                         const char *role, unsigned states, unsigned standard)
{
    const struct user *user = telling->user;
    unsigned asked = telling->notify | telling->alert;
    /* States that the rule does not tell at all are left out by the service itself. */
    bool usual = (states & asked) == (standard & asked);
    for (size_t i = 0; (states & asked) && i < user->contact_count[urgency]; i++) {
        const struct contact *contact = &user->contacts[urgency][i];
        struct text name = TEXT_INIT;
        text_format(&name, "%s%s", user->name, role);
        if (i > 0)
            text_format(&name, "-%zu", i + 1);
        if (telling->window)
            text_format(&name, ":%s", window_name(telling->window));
        if (!usual)
            text_format(&name, ".%s", letters_of(export, states & asked, ""));
        const char *kept = arena_text(export->arena, name.bytes);
        write_contact(export, kept, user, contact,
                      nagios_export_period(export, telling->window, contact->window),
                      usual ? standard : states & asked);
        text_format(telling->members, "%s%s", telling->members->length ? "," : "", kept);
        text_release(&name);
    }
}

static void add_user(struct nagios_export *export, const struct telling *telling)
{
    const struct user *user = telling->user;
    bool both = user->contact_count[URGENCY_NOTIFY] && user->contact_count[URGENCY_ALERT];
    if (both && same_contacts(user)) {
        add_contacts(export, telling, URGENCY_ALERT, "", telling->notify | telling->alert, W | C | U);
        return;
    }
    add_contacts(export, telling, URGENCY_NOTIFY, both ? ".notify" : "", telling->notify, W);
    add_contacts(export, telling, URGENCY_ALERT, both ? ".alert" : "", telling->alert, C | U);
}

/* The people of a group itself. */
static void add_people(struct nagios_export *export, const struct group *group, unsigned notify,
                       unsigned alert, struct text *members)
{
    for (size_t i = 0; i < group->shift_count; i++) {
        const struct shift *shift = &group->shifts[i];
        if (shift->user_count > 1)
            nagios_find(export->findings, group->place,
                        "group \"%s\": Nagios tells one and the same: the first of each shift is taken",
                        group->name);
        if (shift->user_count > 0)
            add_user(export,
                     &(struct telling){shift->users[0], limited(shift->window), notify, alert, members});
    }
    if (group->override_count)
        nagios_find(export->findings, group->place, "group \"%s\": \"overrides\" is not carried over",
                    group->name);
    if (group->escalate_after)
        nagios_find(export->findings, group->place, "group \"%s\": \"escalate_after\" is not carried over",
                    group->name);
    if (group->timezone)
        nagios_find(export->findings, group->place, "group \"%s\": Nagios has one time zone", group->name);
}

/* With those of the groups that it names: those lists are whole, and may be circular, which Nagios refuses. */
static void write_group(struct nagios_export *export, const struct group *group, const char *name,
                        unsigned notify, unsigned alert)
{
    struct text members = TEXT_INIT;
    add_people(export, group, notify, alert, &members);
    for (size_t i = 0; i < group->group_count; i++)
        add_people(export, group->groups[i], notify, alert, &members);
    text_format(&export->groups, "define contactgroup {\n    contactgroup_name %s\n    alias %s\n", name,
                group->name);
    if (members.length)
        text_format(&export->groups, "    members %s\n", members.bytes);
    text_add(&export->groups, "}\n");
    text_release(&members);
}

/* The contactgroup of a group for a rule that deals the states out so: it is written the first time. The usual one
 * serves every rule that deals them out as usual, whichever it leaves out. */
static const char *take_group(struct nagios_export *export, const struct group *group, unsigned notify,
                              unsigned alert)
{
    bool usual = !(notify & (C | U)) && !(alert & W);
    const char *name = usual ? group->name
                             : arena_format(export->arena, "%s.n%s.a%s", group->name,
                                            letters_of(export, notify, ""), letters_of(export, alert, ""));
    if (nagios_export_first(export, "contactgroup", name))
        write_group(export, group, name, usual ? W : notify, usual ? C | U : alert);
    return name;
}

static unsigned states_of(const struct alert_rule *rule, enum urgency urgency)
{
    unsigned states = 0;
    for (int verdict = VERDICT_WARNING; verdict < VERDICTS; verdict++)
        if (rule->urgency[verdict] == urgency)
            states |= 1U << verdict;
    return states;
}

const char *nagios_export_groups(struct nagios_export *export, const struct alert_rule *rule)
{
    struct text names = TEXT_INIT;
    for (size_t i = 0; i < rule->group_count; i++)
        text_format(&names, "%s%s", i ? "," : "",
                    take_group(export, rule->groups[i], states_of(rule, URGENCY_NOTIFY),
                               states_of(rule, URGENCY_ALERT)));
    const char *kept = arena_text(export->arena, names.bytes);
    text_release(&names);
    return kept;
}
