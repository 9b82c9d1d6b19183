/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_parts.h"

const struct user *config_users_find(struct config_loader *loader, const struct node *node)
{
    const struct user *user = model_user(loader->model, node->text);
    if (user)
        return user;
    struct nearest nearest = {.wanted = node->text};
    for (size_t i = 0; i < loader->model->user_count; i++)
        nearest_try(&nearest, loader->model->users[i]->name);
    findings_unknown(loader->draft, node->place, "user", &nearest);
    return NULL;
}

void config_users_list(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       const struct user ***users, size_t *count)
{
    const struct node *list = config_rows_list(loader, row, node);
    *users = arena_get(loader->arena, list->count, sizeof(struct user *));
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->entries[i].value;
        const struct user *user =
            config_rows_text(loader, row, item) ? config_users_find(loader, item) : NULL;
        if (user)
            (*users)[(*count)++] = user;
    }
}

/* ---- contacts ---- */

struct contact_draft {
    const char *mail, *webhook, *token_file, *format;
    struct words command;
    const struct window *window, *recovery;
    int importance;
    struct max cap;
};

static const char *const formats[] = {"json", "alertmanager", "slack", NULL};

static const struct config_row contact_rows[] = {
    {"mail", CONFIG_ADDRESS(struct contact_draft, mail), .help = "a mail address"},
    {"webhook", CONFIG_URL(struct contact_draft, webhook), .help = "a URL that takes the alert as JSON"},
    {"command", CONFIG_WORDS(struct contact_draft, command),
     .help = "a program and its words; it reads the alert as JSON"},
    {"window",
     CONFIG_MEMBER(config_windows_find, "window", const struct window *, struct contact_draft, window),
     .without = "always", .help = "when this contact may be used"},
    {"recovery",
     CONFIG_MEMBER(config_windows_find, "window", const struct window *, struct contact_draft, recovery),
     .without = "at once", .help = "when it is told that a problem is over; until then that waits"},
    {"importance", CONFIG_COUNT(struct contact_draft, importance), .standard = "0", .low = 0, .high = 1000000,
     .help = "what is less important is not told by it"},
    {"cap", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct contact_draft, cap),
     .without = "that of alerting.storm", .help = "messages to it, beyond which one summary is sent"},
    {"token_file", CONFIG_PATH(struct contact_draft, token_file), .help = "holds the webhook's bearer token"},
    {"format", CONFIG_CHOICE_NAME(struct contact_draft, format, formats), .without = "json",
     .help = "what the webhook gets: our JSON, that of Alertmanager (version 4), or the text of Slack"},
    {0},
};

static bool take_contact(struct config_loader *loader, const struct contact_draft *draft,
                         const struct entry *item, struct contact *contact)
{
    int given = (draft->mail != NULL) + (draft->webhook != NULL) + (draft->command.count > 0);
    *contact = (struct contact){.command = draft->command,
                                .token_file = draft->token_file,
                                .format = draft->format,
                                .window = draft->window,
                                .importance = draft->importance,
                                .cap = draft->cap,
                                .recovery = draft->recovery};
    if (given != 1) {
        findings_error(loader->draft, item->place,
                       "a contact has one of \"mail\", \"webhook\" and \"command\"");
        return false;
    }
    if (draft->format && !draft->webhook)
        findings_error(loader->draft, item->place, "\"format\" is for a webhook");
    if (draft->token_file && !draft->webhook)
        findings_error(loader->draft, item->place, "\"token_file\" is for a webhook");
    if (draft->mail) {
        contact->channel = CHANNEL_MAIL;
        contact->address = draft->mail;
    } else if (draft->webhook) {
        contact->channel = CHANNEL_WEBHOOK;
        contact->address = draft->webhook;
    } else {
        contact->channel = CHANNEL_COMMAND;
        contact->address = draft->command.items[0];
    }
    return true;
}

static void read_contacts(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          struct user *user, enum urgency urgency)
{
    const struct node *list = config_rows_list(loader, row, node);
    user->contacts[urgency] = arena_get(loader->arena, list->count, sizeof *user->contacts[urgency]);
    for (size_t i = 0; i < list->count; i++) {
        struct contact_draft draft = {0};
        const struct entry *item = &list->entries[i];
        size_t errors = loader->draft->errors;
        config_rows_read(loader, row->rows, item->value, item->place, &draft);
        if (errors == loader->draft->errors &&
            take_contact(loader, &draft, item, &user->contacts[urgency][user->contact_count[urgency]]))
            user->contact_count[urgency]++;
    }
}

static void read_notify(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    read_contacts(loader, row, node, target, URGENCY_NOTIFY);
}

static void read_alert(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    read_contacts(loader, row, node, target, URGENCY_ALERT);
}

static const struct config_row contacts_rows[] = {
    {"notify", CONFIG_BY(read_notify, "list of maps"), .rows = contact_rows, .shape = CONFIG_LISTED,
     .help = "how to reach this user with what can wait"},
    {"alert", CONFIG_BY(read_alert, "list of maps"), .rows = contact_rows, .shape = CONFIG_LISTED,
     .help = "how to reach this user with what must wake someone"},
    {0},
};

static const struct config_row user_rows[] = {
    {"name", CONFIG_TEXT(struct user, full_name), .help = "the full name"},
    {"timezone", CONFIG_ZONE(struct user, timezone), .without = "the site's",
     .help = "the zone of the windows of this user"},
    {"contacts", CONFIG_MAP(contacts_rows), .help = "how this user is reached"},
    {0},
};

static void read_users(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *map = config_rows_named(loader, row, node);
    model->users = arena_get(loader->arena, map->count, sizeof(struct user *));
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct user *user = arena_get(loader->arena, 1, sizeof *user);
        config_rows_read(loader, row->rows, entry->value, entry->place, user);
        user->name = entry->name;
        user->place = entry->place;
        model->users[model->user_count++] = user;
    }
    config_rows_sort(model->users, model->user_count);
}

/* ---- groups ---- */

static void read_shift_users(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, void *target)
{
    struct shift *shift = target;
    config_users_list(loader, row, node, &shift->users, &shift->user_count);
}

static const struct config_row shift_rows[] = {
    {"window", CONFIG_MEMBER(config_windows_find, "window", const struct window *, struct shift, window),
     .without = "always", .help = "when this shift is on watch"},
    {"users", CONFIG_BY(read_shift_users, "list of users"), .required = true,
     .help = "who is called, in this order"},
    {0},
};

static void read_rota(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct group *group = target;
    const struct node *list = config_rows_list(loader, row, node);
    group->shifts = arena_get(loader->arena, list->count, sizeof *group->shifts);
    group->shift_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        struct shift *shift = &group->shifts[i];
        config_rows_read(loader, row->rows, list->entries[i].value, list->entries[i].place, shift);
        if (!shift->window)
            shift->window = window_find(loader->model->windows, "always");
    }
}

/* When all groups are known: config_groups_link. */
static void read_later(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    (void)loader, (void)row, (void)node, (void)target;
}

static const char *const gaps_names[] = {"forbidden", "allowed", NULL};

static void read_gaps(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    unsigned choice = 0;
    config_read_choice(loader, row, node, &choice);
    *(bool *)target = choice == 1;
}

static const struct config_row group_rows[] = {
    {"timezone", CONFIG_ZONE(struct group, timezone), .without = "the site's",
     .help = "the zone of the windows of its rota"},
    {"rota", CONFIG_BY(read_rota, "list of maps"), .rows = shift_rows, .shape = CONFIG_LISTED,
     .help = "who is called when; the first shift whose window holds counts"},
    {"overrides", CONFIG_BY(config_groups_overrides, "list of maps"), .rows = config_override_rows,
     .shape = CONFIG_LISTED,
     .help = "who is called instead for a while; of several of the whole shift the first counts"},
    {"groups", CONFIG_BY(read_later, "list of groups"),
     .help = "groups that are told whenever this one is; then it needs no rota of its own"},
    {"gaps", CONFIG_MEMBER(read_gaps, "choice", bool, struct group, gaps_allowed), .choices = gaps_names,
     .standard = "forbidden", .help = "whether it may be that nobody of it can be reached"},
    {"escalate_after", CONFIG_DURATION(struct group, escalate_after), .without = "never",
     .help = "how long one user has to acknowledge before the next is called"},
    {0},
};

static void read_groups(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *map = config_rows_named(loader, row, node);
    struct group **groups = arena_get(loader->scratch, map->count, sizeof(struct group *));
    loader->groups = groups;
    model->groups = arena_get(loader->arena, map->count, sizeof(struct group *));
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct group *group = arena_get(loader->arena, 1, sizeof *group);
        config_rows_read(loader, row->rows, entry->value, entry->place, group);
        group->name = entry->name;
        group->place = entry->place;
        if (entry->value->kind == NODE_MAP && !config_document_find(entry->value, "rota") &&
            !config_document_find(entry->value, "groups"))
            findings_error(loader->draft, entry->place, "\"rota\" is missing");
        groups[model->group_count] = group;
        model->groups[model->group_count++] = group;
    }
    config_rows_sort(model->groups, model->group_count);
    config_groups_link(loader, config_rows_find(row->rows, "groups"), map);
}

/* Windows before the users that name them, users before the groups. */
const struct config_row config_users_rows[] = {
    {"windows", CONFIG_BY(config_windows_read, "map of windows"), .rows = config_windows_rows,
     .shape = CONFIG_NAMED, .help = "named sets of times; the words of Nagios timeperiods are keys here too"},
    {"users", CONFIG_BY(read_users, "map of users"), .rows = user_rows, .shape = CONFIG_NAMED,
     .help = "people who can be told"},
    {"groups", CONFIG_BY(read_groups, "map of groups"), .rows = group_rows, .shape = CONFIG_NAMED,
     .help = "people who share a watch"},
    {0},
};

void config_users_read(struct config_loader *loader, const struct node *root)
{
    config_rows_read(loader, config_users_rows, root, root->place, loader->model);
}

void config_users_groups(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    const struct model *model = loader->model;
    struct words *words = target;
    const struct node *list = config_rows_list(loader, row, node);
    words->items = arena_get(loader->arena, list->count + 1, sizeof *words->items);
    words->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->entries[i].value;
        const char *name = config_rows_text(loader, row, item);
        if (name && model_group(model, name)) {
            words->items[words->count++] = name;
        } else if (name) {
            struct nearest nearest = {.wanted = name};
            for (size_t g = 0; g < model->group_count; g++)
                nearest_try(&nearest, model->groups[g]->name);
            findings_unknown(loader->draft, item->place, "group", &nearest);
        }
    }
}

/* Each once; one that has only groups of its own has nobody to call. */
static void add_group(const struct group **groups, size_t *count, const struct group *group)
{
    for (size_t i = 0; i < *count; i++)
        if (groups[i] == group)
            return;
    if (group->shift_count || group->override_count)
        groups[(*count)++] = group;
}

void config_users_group_list(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, const struct group ***groups, size_t *count)
{
    struct words names = {0};
    config_users_groups(loader, row, node, &names);
    *groups = arena_get(loader->arena, names.count ? loader->model->group_count : 0, sizeof(struct group *));
    *count = 0;
    for (size_t i = 0; i < names.count; i++) {
        const struct group *group = model_group(loader->model, names.items[i]);
        add_group(*groups, count, group);
        for (size_t j = 0; j < group->group_count; j++)
            add_group(*groups, count, group->groups[j]);
    }
}

struct group *config_users_group(struct config_loader *loader, const char *name)
{
    for (size_t i = 0; i < loader->model->group_count; i++)
        if (strcmp(loader->groups[i]->name, name) == 0)
            return loader->groups[i];
    return NULL;
}
