/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network interfaces of an SNMP agent. Source: IF-MIB (RFC 2863), ifTable and ifXTable. */
#ifndef WATCHBILL_COLLECTORS_INTERFACES_H
#define WATCHBILL_COLLECTORS_INTERFACES_H

#include "collectors/snmp.h"

/* ifOperStatus. */
enum interface_status {
    INTERFACE_UP = 1,
    INTERFACE_DOWN,
    INTERFACE_TESTING,
    INTERFACE_UNKNOWN,
    INTERFACE_DORMANT,
    INTERFACE_NOT_PRESENT,
    INTERFACE_LOWER_LAYER_DOWN,
};

enum interface_column {
    INTERFACE_DESCR,
    INTERFACE_ADMIN,
    INTERFACE_OPER,
    INTERFACE_IN_DISCARDS,
    INTERFACE_IN_ERRORS,
    INTERFACE_OUT_DISCARDS,
    INTERFACE_OUT_ERRORS,
    INTERFACE_IN, /* octets, 32 bits */
    INTERFACE_OUT,
    INTERFACE_NAME,  /* ifXTable from here on */
    INTERFACE_HC_IN, /* octets, 64 bits */
    INTERFACE_HC_OUT,
    INTERFACE_HIGH_SPEED, /* million bits per second */
    INTERFACE_ALIAS,
    INTERFACE_COLUMNS
};

struct interface {
    uint32_t index;
    const char *name; /* ifName, else ifDescr, else the index; behind one that comes twice is "#INDEX" */
    struct snmp_value cells[INTERFACE_COLUMNS]; /* .text NULL: the agent has no such cell */
};

struct interfaces {
    struct interface *rows; /* by index */
    size_t count, room;
    struct arena *arena;
    int64_t uptime; /* sysUpTime in milliseconds; -1: the agent does not tell */
};

/* interfaces_read(link, run, interfaces, error). */
enum source_end interfaces_read(struct snmp_link *link, struct run *run, struct interfaces *interfaces,
                                struct error *error);

/* interfaces_uptime(link): sysUpTime in milliseconds; -1 where the agent does not tell it. */
int64_t interfaces_uptime(struct snmp_link *link);

/* interface_number(interface, column): NaN where there is none. */
double interface_number(const struct interface *interface, enum interface_column column);

/* interface_octets(interface, out): the 64-bit counter of bytes in (or out), else the 32-bit one; NULL: neither. */
const struct snmp_value *interface_octets(const struct interface *interface, bool out);

/* interface_status_name(status): "up", "lowerLayerDown" ...; "unknown" for a number that is none. */
const char *interface_status_name(double status);

/* interface_is_down(interface): it is to be up (ifAdminStatus) and is down, not present or over a layer that is down. */
bool interface_is_down(const struct interface *interface);

#endif
