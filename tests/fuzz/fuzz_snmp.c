/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the octets of an SNMP string and as the number of an object. */
#include "collectors/snmp_value.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_again(const struct snmp_name *name)
{
    struct text text = TEXT_INIT;
    struct snmp_name again;
    struct error error;
    snmp_name_write(&text, name);
    assert(snmp_name_read(text.bytes, &again, &error));
    assert(snmp_name_compare(name, &again) == 0 && snmp_name_begins(name, &again));
    text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    const char *text = arena_text_of(arena, (const char *)bytes, length);
    struct snmp_value value;
    struct snmp_name name;
    struct error error = {""};
    snmp_value_text(&value, bytes, length, arena);
    assert(value.text && strlen(value.text) <= 3 * length);
    bool done = snmp_name_read(text, &name, &error);
    assert(done || error.text[0] != '\0');
    if (done)
        read_again(&name);
    arena_free(arena);
    return 0;
}
