/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inheritance between the maps of one file.
 *
 * Among named maps (checks, hosts, users, ...) an entry says `inherit: [OTHER, ...]`; the entry `__base__`,
 * where there is one, is inherited by all its siblings, before what they name. A name that begins with "__"
 * is a template: it is inherited and is no entry itself. A whole document inherits in the same way from maps
 * that stand beside its keys.
 *
 * Ancestors are taken in the order in which they are named, each after its own ancestors and each once; the
 * heir comes last. From one to the next: of two lists the second is appended to the first; of two maps the
 * keys are joined, and a key of both is the second's as a whole (one level deep); anything else is replaced.
 * When all is joined, the list `post_NAME` is appended to the list `NAME`. A joined value keeps the places of
 * its parts. */
#ifndef WATCHBILL_IO_CONFIG_MERGE_H
#define WATCHBILL_IO_CONFIG_MERGE_H

#include "scheduler/io/config_document.h"

/* One entry may have this many ancestors, and one file may grow by this many values. */
enum { MERGE_ANCESTORS = 64, MERGE_VALUES = 4000000 };

/* config_merge_siblings(map, scratch, draft): a map of the entries that are no templates, each with all that
 * it inherits and without `inherit` and `post_NAME`. Circles and unknown names are findings. */
const struct node *config_merge_siblings(const struct node *map, struct arena *scratch,
                                         struct findings_draft *draft);

/* config_merge_document(map, scratch, draft): the document with what its own `inherit` and `__base__` name,
 * without those. Where no `__base__` stands, naming it is no error: there is just nothing in it. */
const struct node *config_merge_document(const struct node *map, struct arena *scratch,
                                         struct findings_draft *draft);

#endif
