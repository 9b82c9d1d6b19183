/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which checks another check rests on: what `depends_on` names, the check that tells whether its host is up, and for
 * that one the like of the host's parents. Pure; made from one generation of the configuration. */
#ifndef WATCHBILL_CORE_LINKS_H
#define WATCHBILL_CORE_LINKS_H

#include "scheduler/core/model.h"

/* Indices of bindings. */
struct links_list {
    uint32_t *items;
    size_t count, room;
};

void links_list_release(struct links_list *list);

/* links_sources(model, binding, list): the checks that ${binding} rests on itself, each once, into ${list}, whose
 * former content goes. */
void links_sources(const struct model *model, uint32_t binding, struct links_list *list);

/* links_named(model, binding, name): what `depends_on` or `alive` of ${binding} names: "HOST/CHECK", or "CHECK" of
 * the same host; MODEL_NONE when it is not there. */
int64_t links_named(const struct model *model, uint32_t binding, const char *name);

/* The way back of links_sources for all of a model. */
struct links;
struct links *links_create(const struct model *model);
void links_free(struct links *links);
/* links_dependents(links, binding, count): the checks that rest on ${binding}; valid as long as ${links}. */
const uint32_t *links_dependents(const struct links *links, uint32_t binding, size_t *count);

/* links_add(list, item): unless it is there already: false. */
bool links_add(struct links_list *list, uint32_t item);

/* links_inhibitors(links, rule, count): the checks that the source of the model's inhibition ${rule} means, whatever their
 * state; rising; valid as long as ${links}. links_inhibits: whether any of them all is ${binding}. */
const uint32_t *links_inhibitors(const struct links *links, size_t rule, size_t *count);
bool links_inhibits(const struct links *links, uint32_t binding);

/* A chain of hosts without a check of their own is followed so far. */
enum { LINKS_DEPTH = 16 };

#endif
