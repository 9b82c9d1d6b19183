/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From net-snmp's variables to our names and values: for the files of collectors/snmp.h alone. */
#ifndef WATCHBILL_COLLECTORS_SNMP_DECODE_H
#define WATCHBILL_COLLECTORS_SNMP_DECODE_H

#include "collectors/snmp_library.h"
#include "collectors/snmp_value.h"

/* snmp_decode_name(variable, name): false: it is longer than a name may be. */
bool snmp_decode_name(const netsnmp_variable_list *variable, struct snmp_name *name);

/* snmp_decode_value(variable, arena, value): texts are kept in ${arena}. */
void snmp_decode_value(const netsnmp_variable_list *variable, struct arena *arena, struct snmp_value *value);

#endif
