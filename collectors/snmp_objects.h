/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects of an SNMP agent with names that people gave them: "[LABEL=]OID[,UNIT]". */
#ifndef WATCHBILL_COLLECTORS_SNMP_OBJECTS_H
#define WATCHBILL_COLLECTORS_SNMP_OBJECTS_H

#include "collectors/snmp.h"

struct snmp_object {
    const char *label; /* the number as it was written where no label is given */
    const char *unit;  /* "": none */
    struct snmp_name name;
    struct snmp_value value;
};

struct snmp_objects {
    struct snmp_object *items;
    size_t count, room;
    struct arena *arena;
};

/* snmp_objects_parse(list, arena, objects, error): without values; two of one label are refused. */
bool snmp_objects_parse(const struct option_list *list, struct arena *arena, struct snmp_objects *objects,
                        struct error *error);

/* snmp_objects_get(link, objects, error): their values, in one question where they fit. */
enum source_end snmp_objects_get(struct snmp_link *link, struct snmp_objects *objects, struct error *error);

/* snmp_objects_walk(link, roots, found, error): append each object below ${roots}; the numbers behind those of the root
 * stand behind its label: "LABEL.INDEX". A root with nothing below is appended as SNMP_ABSENT. */
enum source_end snmp_objects_walk(struct snmp_link *link, const struct snmp_objects *roots,
                                  struct snmp_objects *found, struct error *error);

#endif
