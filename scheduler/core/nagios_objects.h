/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The objects that a Nagios configuration defines: templates followed, groups and lists of hosts expanded. */
#ifndef WATCHBILL_CORE_NAGIOS_OBJECTS_H
#define WATCHBILL_CORE_NAGIOS_OBJECTS_H

#include "scheduler/core/nagios_text.h"

enum { NAGIOS_DEEPEST = 64 };

struct nagios_named {
    const char *name;
    struct nagios_definition *definition;
    size_t order;
};

/* Definitions of one type by the directive that names them, sorted. */
struct nagios_index {
    struct nagios_named *items;
    size_t count;
};

/* Which hosts, by their index in nagios_objects.hosts. */
struct nagios_set {
    unsigned char *has; /* one a host */
    size_t count;       /* how many it has */
};

struct nagios_group {
    const char *name;
    struct nagios_definition *definition;
    struct nagios_set members;
    enum { NAGIOS_FRESH, NAGIOS_VISITING, NAGIOS_DONE } visit;
};

/* A service on one host. */
struct nagios_check {
    size_t host;
    const char *description;
    struct nagios_definition *definition;
    bool direct; /* its host is named, not only a group of it */
    size_t order;
};

struct nagios_objects {
    struct nagios_source *source;
    struct arena *arena;
    struct nagios_index templates; /* of all types, as "TYPE NAME" */
    struct nagios_index hosts, commands, contacts, contactgroups, timeperiods;
    struct nagios_group *hostgroups;
    size_t hostgroup_count;
    struct nagios_check *checks; /* sorted by host and description, each once */
    size_t check_count;
};

/* nagios_objects_make(source): resolve everything. What is defined twice or names what does not exist is a finding. */
struct nagios_objects *nagios_objects_make(struct nagios_source *source);

/* nagios_get(objects, definition, name, place): the value of a directive, templates followed; lists that begin with
 * "+" joined with what they inherit; "null" is none. NULL: there is none. ${place} may be NULL. */
const char *nagios_get(const struct nagios_objects *objects, struct nagios_definition *definition,
                       const char *name, struct place *place);

/* nagios_lines(objects, definition, each, owner): every directive that holds for it, its own first; one that a nearer
 * definition has given is left out. */
typedef void nagios_each_line(void *owner, const struct nagios_line *line);
void nagios_lines(const struct nagios_objects *objects, struct nagios_definition *definition,
                  nagios_each_line *each, void *owner);

/* nagios_is_object(definition): not only a template. */
bool nagios_is_object(const struct nagios_definition *definition);

struct nagios_definition *nagios_index_find(const struct nagios_index *index, const char *name);
/* nagios_index_at(index, name): its position, or index->count. */
size_t nagios_index_at(const struct nagios_index *index, const char *name);

/* nagios_split(arena, list, words): the items of a list with commas, trimmed, none empty. ${list} may be NULL. */
void nagios_split(struct arena *arena, const char *list, struct words *words);

/* nagios_hosts(objects, hosts, groups, place, set): the hosts of two lists, with "*" and "!"; either may be NULL. */
void nagios_hosts(const struct nagios_objects *objects, const char *hosts, const char *groups,
                  struct place place, struct nagios_set *set);

#endif
