/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp_decode.h"

#include <math.h>

bool snmp_decode_name(const netsnmp_variable_list *variable, struct snmp_name *name)
{
    if (variable->name_length > SNMP_NAME_CAP)
        return false;
    name->length = variable->name_length;
    for (size_t i = 0; i < name->length; i++)
        name->parts[i] = (uint32_t)variable->name[i];
    return true;
}

static void set_whole(struct snmp_value *value, enum snmp_kind kind, uint64_t whole)
{
    *value = (struct snmp_value){.kind = kind, .whole = whole, .number = (double)whole, .text = ""};
}

static uint64_t counter64(const netsnmp_variable_list *variable)
{
    return (uint64_t)(variable->val.counter64->high & 0xFFFFFFFFU) << 32 |
           (variable->val.counter64->low & 0xFFFFFFFFU);
}

static uint64_t unsigned32(const netsnmp_variable_list *variable)
{
    return (uint64_t)*variable->val.integer & 0xFFFFFFFFU;
}

static void set_number(struct snmp_value *value, double number)
{
    *value = (struct snmp_value){.kind = SNMP_NUMBER, .number = number, .text = ""};
}

static void set_absent(struct snmp_value *value, const char *why)
{
    *value = (struct snmp_value){.kind = SNMP_ABSENT, .number = (double)NAN, .text = why};
}

static void set_written_name(struct snmp_value *value, const netsnmp_variable_list *variable,
                             struct arena *arena)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < variable->val_len / sizeof(oid); i++)
        text_format(&text, ".%lu", (unsigned long)variable->val.objid[i]);
    *value = (struct snmp_value){
        .kind = SNMP_TEXT, .number = (double)NAN, .text = arena_text_of(arena, text.bytes, text.length)};
    text_release(&text);
}

static void set_address(struct snmp_value *value, const netsnmp_variable_list *variable, struct arena *arena)
{
    const u_char *b = variable->val.string;
    *value = (struct snmp_value){.kind = SNMP_TEXT, .number = (double)NAN, .text = ""};
    if (variable->val_len == 4)
        value->text = arena_format(arena, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

void snmp_decode_value(const netsnmp_variable_list *variable, struct arena *arena, struct snmp_value *value)
{
    switch (variable->type) {
    case ASN_INTEGER:
        set_number(value, (double)(int32_t)*variable->val.integer);
        break;
    case ASN_GAUGE:
    case ASN_UINTEGER:
        set_number(value, (double)unsigned32(variable));
        break;
    case ASN_COUNTER:
        set_whole(value, SNMP_COUNTER32, unsigned32(variable));
        break;
    case ASN_TIMETICKS:
        set_whole(value, SNMP_TICKS, unsigned32(variable));
        break;
    case ASN_COUNTER64:
    case ASN_OPAQUE_COUNTER64:
        set_whole(value, SNMP_COUNTER64, counter64(variable));
        break;
    case ASN_OPAQUE_U64:
        set_number(value, (double)counter64(variable));
        break;
    case ASN_OPAQUE_I64:
        set_number(value, (double)(int64_t)counter64(variable));
        break;
    case ASN_OPAQUE_FLOAT:
        set_number(value, (double)*variable->val.floatVal);
        break;
    case ASN_OPAQUE_DOUBLE:
        set_number(value, *variable->val.doubleVal);
        break;
    case ASN_OBJECT_ID:
        set_written_name(value, variable, arena);
        break;
    case ASN_IPADDRESS:
        set_address(value, variable, arena);
        break;
    case SNMP_NOSUCHOBJECT:
        set_absent(value, "no such object");
        break;
    case SNMP_NOSUCHINSTANCE:
        set_absent(value, "no such instance");
        break;
    case SNMP_ENDOFMIBVIEW:
        set_absent(value, "the end of the view");
        break;
    case ASN_OCTET_STR:
    case ASN_OPAQUE:
    case ASN_BIT_STR:
        snmp_value_text(value, variable->val.string, variable->val_len, arena);
        break;
    default:
        set_absent(value, "no value of a known type");
        break;
    }
}
