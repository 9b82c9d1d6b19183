/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event handlers: each becomes a stanza of remediations.yaml that waits for what Nagios does not know, the issue and
 * the time to live. Until a person has completed it, it stands in comments. */
#include "scheduler/core/nagios_import_parts.h"

#include "scheduler/core/nagios_command.h"

struct nagios_handler {
    struct nagios_handler *next;
    const char *name, *text;
};

static const char head[] =
    "# What Nagios ran as event handlers. A remediation needs an issue and a time to live: complete a "
    "stanza,\n"
    "# then take the marks of comment away, here and at the checks that name it. Its program takes --issue,\n"
    "# --ttl and --tagged, as those under lib/watchbill/remediations do. `watchbill config check` tells the "
    "rest.\n"
    "#\n"
    "# trackers:\n"
    "#   OPS: {type: file, path: issues.yaml}    # or redmine, github, gitlab, jira with url and token_file\n"
    "#\n"
    "# remediations:\n";

static void write_stanza(const struct words *words, const char *call, const char *why, struct text *text)
{
    text_add(text, "#     # ");
    nagios_import_quote(text, call);
    text_format(text, " in Nagios%s%s\n", *why ? ", which is not carried over: " : "", why);
    text_add(text, "#     issue:               # what it works around, such as OPS-1423\n"
                   "#     owner:               # of users.yaml: who answers for it\n"
                   "#     tagged:              # the day on which this was looked at\n"
                   "#     ttl: 30d             # how long it may live from then on\n"
                   "#     diagnosed: false     # is the cause known?\n"
                   "#     cause:               # hardware, vendor or in_house\n");
    text_add(text, "#     command: [");
    for (size_t i = 0; i < words->count; i++) {
        text_add(text, i ? ", " : "");
        nagios_import_quote(text, words->items[i]);
    }
    text_add(text, "]\n");
    text_add(text, "#     on: {state: [CRITICAL], type: hard}    # Nagios ran it at each change of state\n");
}

static const char *take(struct nagios_import *import, const char *wanted, const char *text)
{
    struct nagios_handler **last = &import->handlers;
    for (; *last; last = &(*last)->next)
        if (strcmp((*last)->text, text) == 0)
            return (*last)->name;
    if (!import->handler_names)
        import->handler_names = names_create(import->arena);
    *last = arena_get(import->arena, 1, sizeof **last);
    **last = (struct nagios_handler){.name = names_take(import->handler_names, wanted),
                                     .text = arena_text(import->arena, text)};
    return (*last)->name;
}

/* Our own event handler, which names a remediation of a configuration that there is already; NULL: it is another. */
static const char *governed(struct nagios_import *import, const char *call)
{
    static const char *const ours[] = {"watchbill_remediate!", "watchbill_site_remediate!"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        size_t length = strlen(ours[i]);
        if (strncmp(call, ours[i], length) == 0)
            return nagios_import_name(
                import->arena, arena_text_of(import->arena, call + length, strcspn(call + length, "!")));
    }
    return NULL;
}

void nagios_import_handler(struct nagios_import *import, struct nagios_definition *definition,
                           const char *description, struct text *text)
{
    struct place place;
    struct words words = {0};
    struct error error = {""};
    struct text stanza = TEXT_INIT;
    const char *call = nagios_get(import->objects, definition, "event_handler", &place);
    const char *enabled = nagios_get(import->objects, definition, "event_handler_enabled", NULL);
    if (!call || (enabled && strcmp(enabled, "0") == 0))
        return;
    const char *remediation = governed(import, call);
    if (remediation) {
        text_format(text, "    # remediate: [%s]    # bring its remediations.yaml first\n", remediation);
        nagios_find(import->findings, place,
                    "the remediation \"%s\" is in the remediations.yaml of the event handler", remediation);
        return;
    }
    bool known = nagios_command_words(import->objects, definition, call, description, &words, &error);
    if (!known)
        words.count = 0;
    write_stanza(&words, call, known ? "" : error.text, &stanza);
    const char *wanted =
        nagios_import_name(import->arena, arena_text_of(import->arena, call, strcspn(call, "!")));
    const char *name = take(import, wanted, stanza.bytes);
    text_format(text, "    # remediate: [%s]    # complete it in remediations.yaml first\n", name);
    nagios_find(import->findings, place,
                "the event handler \"%.100s\" waits in remediations.yaml for an issue and a TTL", call);
    text_release(&stanza);
}

const char *nagios_import_remediations(struct nagios_import *import)
{
    struct text text = TEXT_INIT;
    if (!import->handlers)
        return NULL;
    text_add(&text, head);
    for (const struct nagios_handler *at = import->handlers; at; at = at->next)
        text_format(&text, "#   %s:\n%s", at->name, at->text);
    const char *kept = arena_text(import->arena, text.bytes);
    text_release(&text);
    return kept;
}
