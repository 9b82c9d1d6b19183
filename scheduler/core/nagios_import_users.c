/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is told: contacts, contactgroups, and the rules of services and hosts. */
#include "scheduler/core/nagios_import_parts.h"

#include "lib/mail.h"
#include "lib/number.h"
#include "scheduler/core/nagios_command.h"

#include <ctype.h>

void nagios_import_options(const char *value, const char *all, char letters[static 16])
{
    size_t count = 0;
    for (const char *letter = all; *letter && count < 15; letter++)
        for (const char *at = value; *at; at++) {
            bool begins = at == value || at[-1] == ',' || isspace((unsigned char)at[-1]);
            if (begins && (tolower((unsigned char)*at) == *letter || *at == 'a')) {
                letters[count++] = *letter;
                break;
            }
        }
    letters[count] = '\0';
}

/* ---- contacts ---- */

/* The addresses that the notification commands of a contact mail to. */
static void find_addresses(struct nagios_import *import, struct nagios_definition *contact, bool host,
                           struct words *addresses)
{
    struct nagios_objects *objects = import->objects;
    struct place place;
    struct words commands;
    const char *key = host ? "host_notification_commands" : "service_notification_commands";
    nagios_split(import->arena, nagios_get(objects, contact, key, &place), &commands);
    addresses->items = arena_get(import->arena, commands.count + 1, sizeof *addresses->items);
    for (size_t i = 0; i < commands.count; i++) {
        struct nagios_definition *command = nagios_command_definition(objects, commands.items[i]);
        const char *line = command ? nagios_get(objects, command, "command_line", NULL) : NULL;
        const char *which = !line                            ? NULL
                            : strstr(line, "$CONTACTEMAIL$") ? "email"
                            : strstr(line, "$CONTACTPAGER$") ? "pager"
                                                             : NULL;
        const char *address = which ? nagios_get(objects, contact, which, NULL) : NULL;
        if (address && !strchr(address, '@'))
            address = arena_format(import->arena, "%s@localhost", address);
        if (address && mail_address_check(address, NULL))
            addresses->items[addresses->count++] = address;
        else
            nagios_find(import->findings, place,
                        which ? "contact \"%s\" has no address for \"%s\""
                              : "the notifications of contact \"%s\" by \"%s\" are not mail",
                        nagios_get(objects, contact, "contact_name", NULL), commands.items[i]);
    }
}

static void write_contacts(struct text *text, const char *urgency, const struct words *addresses,
                           const char *window, int64_t importance)
{
    if (addresses->count == 0)
        return;
    text_format(text, "      %s: [", urgency);
    for (size_t i = 0; i < addresses->count; i++) {
        text_format(text, "%s{mail: ", i ? ", " : "");
        nagios_import_quote(text, addresses->items[i]);
        if (window) {
            text_add(text, ", window: ");
            nagios_import_quote(text, window);
        }
        if (importance > 0)
            text_format(text, ", importance: %lld", (long long)importance);
        text_add(text, "}");
    }
    text_add(text, "]\n");
}

/* The letters of the states that it is told of; "" for none. */
static void find_letters(struct nagios_import *import, struct nagios_definition *contact, bool host,
                         char letters[static 16])
{
    struct nagios_objects *objects = import->objects;
    struct place place;
    const char *enabled = nagios_get(
        objects, contact, host ? "host_notifications_enabled" : "service_notifications_enabled", NULL);
    const char *options = nagios_get(
        objects, contact, host ? "host_notification_options" : "service_notification_options", &place);
    const char *name = nagios_get(objects, contact, "contact_name", NULL);
    nagios_import_options(options ? options : "n", host ? "dr" : "wcur", letters);
    if (enabled && strcmp(enabled, "0") == 0)
        letters[0] = '\0';
    if (letters[0] && !strchr(letters, 'r'))
        nagios_find(import->findings, place, "contact \"%s\" is told of recoveries here", name);
    if (strcmp(letters, "r") == 0)
        letters[0] = '\0';
}

/* The urgencies at which a user is reached. */
enum roles { ROLE_NOTIFY = 1, ROLE_ALERT = 2 };

static const char *make_text(struct nagios_import *import, struct nagios_definition *contact, bool host,
                             unsigned roles)
{
    struct nagios_objects *objects = import->objects;
    struct words addresses = {0};
    struct text text = TEXT_INIT;
    struct place place;
    find_addresses(import, contact, host, &addresses);
    const char *period = nagios_get(
        objects, contact, host ? "host_notification_period" : "service_notification_period", &place);
    const char *window = nagios_import_window(import, period, place);
    int64_t importance = nagios_import_importance(import, contact, "minimum_importance", "minimum_value");
    const char *alias = nagios_get(objects, contact, "alias", NULL);
    if (alias) {
        text_add(&text, "    name: ");
        nagios_import_quote(&text, alias);
        text_add(&text, "\n");
    }
    text_add(&text, "    contacts:\n");
    if (roles & ROLE_NOTIFY)
        write_contacts(&text, "notify", &addresses, window, importance);
    if (roles & ROLE_ALERT)
        write_contacts(&text, "alert", &addresses, window, importance);
    const char *kept = addresses.count && roles ? arena_text(import->arena, text.bytes) : NULL;
    text_release(&text);
    return kept;
}

/* The user of that name and text, a new one the first time. */
static const char *take_user(struct nagios_import *import, const char *wanted, const char *text)
{
    for (size_t i = 0; i < import->user_count; i++)
        if (strcmp(import->users[i].wanted, wanted) == 0 && strcmp(import->users[i].text, text) == 0)
            return import->users[i].name;
    if (import->user_count == import->user_room) {
        size_t room = import->user_room ? 2 * import->user_room : 16;
        struct nagios_user *grown = arena_get(import->arena, room, sizeof *grown);
        if (import->user_count)
            memcpy(grown, import->users, import->user_count * sizeof *grown);
        import->users = grown;
        import->user_room = room;
    }
    const char *name = names_take(import->user_names, nagios_import_name(import->arena, wanted));
    import->users[import->user_count++] = (struct nagios_user){name, wanted, text};
    return name;
}

/* Told of hosts as of services, but for what no host can be: then it is the same user. */
static bool same_person(const char *host, const char *service)
{
    const char *alert = strstr(host, "      alert:");
    return alert && strstr(service, alert) != NULL;
}

enum { W = 1, C = 2, U = 4 };

static unsigned states_of(const char *letters)
{
    return (strchr(letters, 'w') ? W : 0U) | (strchr(letters, 'c') ? C : 0U) |
           (strchr(letters, 'u') ? U : 0U);
}

void nagios_import_people(struct nagios_import *import)
{
    const struct nagios_index *contacts = &import->objects->contacts;
    import->people = arena_get(import->arena, contacts->count + 1, sizeof *import->people);
    for (size_t i = 0; i < contacts->count; i++) {
        char letters[16];
        find_letters(import, contacts->items[i].definition, false, letters);
        import->people[i].states = states_of(letters);
    }
}

static unsigned roles_of(unsigned states, unsigned notify)
{
    return (states & notify ? ROLE_NOTIFY : 0U) | (states & ~notify ? ROLE_ALERT : 0U);
}

/* The user, and the group, that stands for a contact whom services tell in these roles. NULL: it is told of nothing. */
static const char *service_user(struct nagios_import *import, size_t contact, unsigned roles)
{
    const struct nagios_named *named = &import->objects->contacts.items[contact];
    struct nagios_person *person = &import->people[contact];
    if (!person->service[roles].known) {
        const char *text = make_text(import, named->definition, false, roles);
        person->service[roles].name = text ? take_user(import, named->name, text) : NULL;
        person->service[roles].known = true;
    }
    return person->service[roles].name;
}

static const char *make_host_user(struct nagios_import *import, size_t contact)
{
    const struct nagios_named *named = &import->objects->contacts.items[contact];
    unsigned roles = roles_of(import->people[contact].states, W);
    char letters[16];
    find_letters(import, named->definition, true, letters);
    const char *text = strchr(letters, 'd') ? make_text(import, named->definition, true, ROLE_ALERT) : NULL;
    const char *service = make_text(import, named->definition, false, roles);
    if (!text)
        return NULL;
    if (service && same_person(text, service))
        return service_user(import, contact, roles);
    return take_user(import, service ? arena_format(import->arena, "%s.hosts", named->name) : named->name,
                     text);
}

/* The same for a host: the user of its services where both are told alike. */
static const char *host_user(struct nagios_import *import, size_t contact)
{
    struct nagios_person *person = &import->people[contact];
    if (!person->host.known)
        person->host.name = make_host_user(import, contact);
    person->host.known = true;
    return person->host.name;
}

/* ---- rules ---- */

static void add_contact(struct nagios_import *import, const char *name, struct place place,
                        unsigned char *has)
{
    const struct nagios_index *contacts = &import->objects->contacts;
    size_t at = nagios_index_at(contacts, name);
    for (size_t i = 0; strcmp(name, "*") == 0 && i < contacts->count; i++)
        has[i] = 1;
    if (at < contacts->count)
        has[at] = 1;
    else if (strcmp(name, "*") != 0)
        nagios_find(import->findings, place, "no contact \"%s\"", name);
}

static void add_contactgroup(struct nagios_import *import, const char *name, struct place place,
                             unsigned char *has, int depth)
{
    struct nagios_objects *objects = import->objects;
    struct nagios_definition *group = nagios_index_find(&objects->contactgroups, name);
    struct words words;
    if (!group || depth > NAGIOS_DEEPEST) {
        nagios_find(import->findings, place,
                    group ? "contactgroup \"%s\" is nested too deep" : "no contactgroup \"%s\"", name);
        return;
    }
    if (group->expansion == import->expansion) /* seen: by two ways, or in a circle */
        return;
    group->expansion = import->expansion;
    nagios_split(import->arena, nagios_get(objects, group, "members", &place), &words);
    for (size_t i = 0; i < words.count; i++)
        add_contact(import, words.items[i], place, has);
    nagios_split(import->arena, nagios_get(objects, group, "contactgroup_members", &place), &words);
    for (size_t i = 0; i < words.count; i++)
        add_contactgroup(import, words.items[i], place, has, depth + 1);
    for (size_t c = 0; c < objects->contacts.count; c++) {
        nagios_split(import->arena,
                     nagios_get(objects, objects->contacts.items[c].definition, "contactgroups", NULL),
                     &words);
        for (size_t i = 0; i < words.count; i++)
            if (strcmp(words.items[i], name) == 0)
                has[c] = 1;
    }
}

static bool same_list(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

static void expand_contacts(struct nagios_import *import, struct nagios_audience *audience,
                            struct nagios_definition *definition)
{
    struct nagios_objects *objects = import->objects;
    struct place place;
    struct words words;
    (void)nagios_get(objects, definition, "contacts", &place);
    nagios_split(import->arena, audience->contacts, &words);
    for (size_t i = 0; i < words.count; i++)
        add_contact(import, words.items[i], place, audience->has);
    (void)nagios_get(objects, definition, "contact_groups", &place);
    import->expansion++;
    nagios_split(import->arena, audience->groups, &words);
    for (size_t i = 0; i < words.count; i++)
        add_contactgroup(import, words.items[i], place, audience->has, 0);
}

const unsigned char *nagios_import_audience(struct nagios_import *import,
                                            struct nagios_definition *definition,
                                            struct nagios_definition *host_definition)
{
    struct nagios_objects *objects = import->objects;
    const char *contacts = nagios_get(objects, definition, "contacts", NULL);
    const char *groups = nagios_get(objects, definition, "contact_groups", NULL);
    if (!contacts && !groups) {
        definition = host_definition;
        contacts = nagios_get(objects, definition, "contacts", NULL);
        groups = nagios_get(objects, definition, "contact_groups", NULL);
    }
    for (const struct nagios_audience *at = import->heard; at; at = at->next)
        if (same_list(at->contacts, contacts) && same_list(at->groups, groups))
            return at->has;
    struct nagios_audience *audience = arena_get(import->arena, 1, sizeof *audience);
    *audience = (struct nagios_audience){.next = import->heard, .contacts = contacts, .groups = groups};
    audience->has = arena_get(import->arena, objects->contacts.count + 1, 1);
    expand_contacts(import, audience, definition);
    import->heard = audience;
    return audience->has;
}

/* A rule deals states out to two urgencies. The deal under which every contact is told of what it wants: which states
 * are to notify. Where there is none, CRITICAL and UNKNOWN stay together. */
static unsigned find_deal(struct nagios_import *import, const unsigned char *has, unsigned asked)
{
    static const unsigned deals[] = {W, W | U, W | C};
    struct place place;
    size_t bad = import->objects->contacts.count;
    for (size_t deal = 0; deal < sizeof deals / sizeof deals[0]; deal++) {
        size_t at = 0;
        for (; at < import->objects->contacts.count; at++) {
            unsigned states = has[at] ? import->people[at].states & asked : 0;
            unsigned one = states & deals[deal], other = states & ~deals[deal];
            if ((one && one != (asked & deals[deal])) || (other && other != (asked & ~deals[deal])))
                break;
        }
        if (at == import->objects->contacts.count)
            return deals[deal];
        bad = deal == 0 ? at : bad;
    }
    struct nagios_definition *contact = import->objects->contacts.items[bad].definition;
    (void)nagios_get(import->objects, contact, "service_notification_options", &place);
    nagios_find(import->findings, place, "contact \"%s\" is told of CRITICAL and UNKNOWN alike here",
                import->objects->contacts.items[bad].name);
    return W;
}

/* Whom a rule tells, and how it deals the states out. */
struct rule {
    struct nagios_import *import;
    bool host;
    unsigned asked, notify;
};

/* The groups of contacts, between commas; false: none of them is told of anything. */
static bool write_people(void *owner, const unsigned char *has, struct text *text)
{
    const struct rule *rule = owner;
    struct nagios_import *import = rule->import;
    size_t count = 0;
    for (size_t i = 0; i < import->objects->contacts.count; i++) {
        const char *user = !has[i] ? NULL
                           : rule->host
                               ? host_user(import, i)
                               : service_user(import, i, roles_of(import->people[i].states, rule->notify));
        if (!user)
            continue;
        text_add(text, count++ ? ", " : "");
        nagios_import_quote(text, user);
    }
    return count > 0;
}

/* A directive of the service, or where it has none that of its host. */
static const char *get_either(struct nagios_import *import, struct nagios_definition *definition,
                              struct nagios_definition *host_definition, const char *name,
                              struct place *place)
{
    const char *value = nagios_get(import->objects, definition, name, place);
    return value ? value : nagios_get(import->objects, host_definition, name, place);
}

static void write_span(struct nagios_import *import, struct text *text, const char *key, const char *value,
                       const char *otherwise, struct place place)
{
    int64_t span = nagios_import_span(import, value ? value : otherwise, place);
    if (span <= 0)
        return;
    text_format(text, ", %s: ", key);
    duration_write(text, span);
}

static const char *urgency_of(unsigned state, unsigned asked, unsigned notify)
{
    return !(state & asked) ? "none" : state & notify ? "notify" : "alert";
}

/* The rule without its groups and its escalations. */
static void write_rule(const struct rule *rule, struct nagios_definition *definition,
                       struct nagios_definition *host_definition, struct text *text)
{
    struct nagios_import *import = rule->import;
    struct place place;
    text_format(text, ", warning: %s, critical: %s, unknown: %s", urgency_of(W, rule->asked, rule->notify),
                urgency_of(C, rule->asked, rule->notify), urgency_of(U, rule->asked, rule->notify));
    const char *repeat = get_either(import, definition, host_definition, "notification_interval", &place);
    write_span(import, text, "repeat", repeat, "30", place);
    const char *delay = nagios_get(import->objects, definition, "first_notification_delay", &place);
    write_span(import, text, "delay", delay, "0", place);
    const char *period = get_either(import, definition, host_definition, "notification_period", &place);
    const char *window = nagios_import_window(import, period, place);
    if (window) {
        text_add(text, ", window: ");
        nagios_import_quote(text, window);
    }
}

static int64_t repeat_of(struct nagios_import *import, struct nagios_definition *definition,
                         struct nagios_definition *host_definition)
{
    const char *repeat = get_either(import, definition, host_definition, "notification_interval", NULL);
    double number;
    return repeat && number_read(repeat, false, &number) && number >= 0 && number * import->unit < 1e12
               ? (int64_t)(number * import->unit)
           : repeat ? 0
                    : (int64_t)(30 * import->unit);
}

/* Those of a definition, and whom escalations tell with the first notification. */
static const unsigned char *told_at_once(struct nagios_import *import, size_t host, const char *description,
                                         const unsigned char *audience, bool at_once)
{
    size_t count = import->objects->contacts.count;
    unsigned char *has = arena_get(import->arena, count + 1, 1);
    memcpy(has, audience, count);
    return nagios_import_escalated(import, host, description, at_once, has) ? has : audience;
}

void nagios_import_alert(struct nagios_import *import, size_t host, const struct nagios_check *check,
                         struct text *text)
{
    struct nagios_objects *objects = import->objects;
    struct nagios_definition *host_definition = objects->hosts.items[host].definition;
    struct nagios_definition *definition = check ? check->definition : host_definition;
    const char *description = check ? check->description : NULL;
    struct place place;
    char letters[16];
    const char *enabled = nagios_get(objects, definition, "notifications_enabled", NULL);
    const char *options = nagios_get(objects, definition, "notification_options", &place);
    nagios_import_options(options ? options : "a", check ? "wcur" : "dr", letters);
    if ((enabled && strcmp(enabled, "0") == 0) || !letters[0] || strcmp(letters, "r") == 0)
        return;
    if (!strchr(letters, 'r'))
        nagios_find(import->findings, place, "recoveries are told here");
    const unsigned char *own = nagios_import_audience(import, definition, host_definition);
    const unsigned char *base = told_at_once(import, host, description, own, true);
    struct rule rule = {.import = import, .host = !check, .asked = check ? states_of(letters) : C | U};
    struct text groups = TEXT_INIT;
    rule.notify =
        check ? find_deal(import, told_at_once(import, host, description, own, false), rule.asked) : W;
    if (write_people(&rule, base, &groups)) {
        text_format(text, "    alert: {groups: [%s]", groups.bytes);
        write_rule(&rule, definition, host_definition, text);
        nagios_import_escalate(import, host, description, repeat_of(import, definition, host_definition),
                               base, write_people, &rule, text);
        text_add(text, "}\n");
    }
    text_release(&groups);
}
