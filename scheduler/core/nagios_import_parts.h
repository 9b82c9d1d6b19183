/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the nagios_import*.c files share; nobody else includes it. */
#ifndef WATCHBILL_CORE_NAGIOS_IMPORT_PARTS_H
#define WATCHBILL_CORE_NAGIOS_IMPORT_PARTS_H

#include "lib/names.h"
#include "scheduler/core/nagios_import.h"

struct nagios_user {
    const char *name;
    const char *wanted; /* its name, had no other taken it */
    const char *text;   /* its lines in users.yaml, below its name */
};

/* What was found out about a contact: many services name the same few. */
struct nagios_person {
    unsigned states; /* that its services tell it of */
    struct {
        bool known;
        const char *name; /* the user; NULL: none */
    } service[4], host;   /* service: by roles */
};

struct nagios_audience {
    struct nagios_audience *next;
    const char *contacts, *groups; /* as they are written; NULL: none */
    unsigned char *has;            /* by the index of contacts */
};

/* Whether a command takes a variable of services. */
struct nagios_variable {
    struct nagios_variable *next;
    const char *name;
    bool taken;
};

/* A check that is quiet while another has a problem. */
struct nagios_link {
    size_t dependent, master; /* of objects->checks, or of objects->hosts */
};

struct nagios_links {
    struct nagios_link *items;
    size_t count, room;
};

struct nagios_import {
    struct nagios_objects *objects;
    struct arena *arena;
    struct nagios_findings *findings;
    const char **host_names;   /* as watchbill calls them, by the index of hosts */
    const char **check_names;  /* by the index of checks */
    const char **window_names; /* by the index of timeperiods */
    bool *has_alive;           /* by the index of hosts: its check_command is a check of its own */
    const char **alive;        /* by the index of hosts: the check that tells whether it is up; NULL: none */
    struct nagios_user *users;
    size_t user_count, user_room;
    struct names *user_names;
    struct nagios_person *people;  /* by the index of contacts */
    struct nagios_audience *heard; /* lists of contacts that were expanded */
    struct nagios_links service_links, host_links;
    struct nagios_escalation *escalations; /* in the order of the files */
    struct nagios_variable *variables;     /* of services, that were looked for */
    struct nagios_handler *handlers;
    struct names *handler_names;
    size_t expansion; /* of contactgroups, which is under way */
    double unit;      /* ms of one interval */
    bool flapping;    /* as its main file says */
    bool has_main;    /* there was a main file */
    bool uses_alias;
};

/* nagios_import_name(arena, text): a name as the configuration allows it. */
const char *nagios_import_name(struct arena *arena, const char *text);

/* nagios_import_quote(text, value): a YAML scalar. */
void nagios_import_quote(struct text *text, const char *value);

/* nagios_import_span(import, text, place): a number of intervals in ms; -1: it is none, with a finding. */
int64_t nagios_import_span(struct nagios_import *import, const char *text, struct place place);

/* nagios_import_windows(import, text): the `windows:` of users.yaml; sets window_names. */
void nagios_import_windows(struct nagios_import *import, struct text *text);

/* nagios_import_window(import, period, place): the window's name; NULL: always. A missing one is a finding. */
const char *nagios_import_window(struct nagios_import *import, const char *period, struct place place);

/* nagios_import_is_always(import, period): whether it leaves out nothing of a week. */
bool nagios_import_is_always(const struct nagios_import *import, const char *period);

/* nagios_import_people(import): look at every contact, before any rule. */
void nagios_import_people(struct nagios_import *import);

/* nagios_import_alert(import, host, check, text): `alert:` for a service, or for the host itself (${check} NULL). */
void nagios_import_alert(struct nagios_import *import, size_t host, const struct nagios_check *check,
                         struct text *text);

/* nagios_import_audience(import, definition, host_definition): by the index of contacts: those of a definition, or where
 * it names none those of its host's. */
const unsigned char *nagios_import_audience(struct nagios_import *import,
                                            struct nagios_definition *definition,
                                            struct nagios_definition *host_definition);

/* nagios_import_escalations(import): read them all; nagios_import_escalations_end: findings for those of no use. */
void nagios_import_escalations(struct nagios_import *import);
void nagios_import_escalations_end(struct nagios_import *import);

/* nagios_import_escalated(import, host, description, at_once, has): add to ${has} whom escalations tell of the service,
 * or of the host itself (NULL); ${at_once}: only those that begin with the first notification. Whether there are any. */
bool nagios_import_escalated(struct nagios_import *import, size_t host, const char *description, bool at_once,
                             unsigned char *has);

/* nagios_import_escalate(import, host, description, repeat, base, write, owner, text): `escalate:` of the rule, for
 * those who are not told at once (${base}); ${repeat} is between two notifications, in ms. ${write} adds the groups of
 * contacts, between commas. */
typedef bool nagios_write_people(void *owner, const unsigned char *has, struct text *text);
void nagios_import_escalate(struct nagios_import *import, size_t host, const char *description,
                            int64_t repeat, const unsigned char *base, nagios_write_people *write,
                            void *owner, struct text *text);

/* nagios_import_handler(import, definition, description, text): a comment for the event handler, and its stanza. */
void nagios_import_handler(struct nagios_import *import, struct nagios_definition *definition,
                           const char *description, struct text *text);
/* nagios_import_remediations(import): remediations.yaml; NULL: there are no handlers. */
const char *nagios_import_remediations(struct nagios_import *import);

/* nagios_import_tag(line, tags): add a custom variable that an export has made of a tag; false: it is another. */
bool nagios_import_tag(const struct nagios_line *line, struct text *tags);

/* nagios_import_importance(import, definition, name, old_name): the number of a directive that has two names; 0: none. */
int64_t nagios_import_importance(struct nagios_import *import, struct nagios_definition *definition,
                                 const char *name, const char *old_name);

/* nagios_import_options(value, all, letters): the first letters of a list of options that are in ${all}, each once and in
 * that order: "wcu"; "a" and "all" are all of them. */
void nagios_import_options(const char *value, const char *all, char letters[static 16]);

/* nagios_import_links(import): dependencies. */
void nagios_import_links(struct nagios_import *import);

/* nagios_import_checks(import, host, text): the `checks:` of one host. */
void nagios_import_checks(struct nagios_import *import, size_t host, struct text *text);

/* nagios_import_rest(import): findings for what no part has read. */
void nagios_import_rest(struct nagios_import *import);

#endif
