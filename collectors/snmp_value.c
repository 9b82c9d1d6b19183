/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp_value.h"

#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>

static bool read_part(const char **at, uint32_t *part)
{
    uint64_t value = 0;
    const char *begin = *at;
    for (; **at >= '0' && **at <= '9' && value <= UINT32_MAX; (*at)++)
        value = 10 * value + (uint64_t)(**at - '0');
    *part = (uint32_t)value;
    return *at > begin && value <= UINT32_MAX && (**at == '.' || **at == '\0');
}

bool snmp_name_read(const char *text, struct snmp_name *name, struct error *error)
{
    const char *at = text;
    bool good = true;
    name->length = 0;
    if (*at == '.')
        at++;
    do {
        good = name->length < SNMP_NAME_CAP && read_part(&at, &name->parts[name->length]);
        name->length += good;
    } while (good && *at++ == '.');
    if (!good || name->length < 2 || name->parts[0] > 2 || (name->parts[0] < 2 && name->parts[1] >= 40))
        return error_set(error, "not the number of an object: \"%s\"", text);
    return true;
}

void snmp_name_write(struct text *text, const struct snmp_name *name)
{
    for (size_t i = 0; i < name->length; i++)
        text_format(text, ".%lu", (unsigned long)name->parts[i]);
}

int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b)
{
    for (size_t i = 0; i < a->length && i < b->length; i++)
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    return (a->length > b->length) - (a->length < b->length);
}

bool snmp_name_begins(const struct snmp_name *name, const struct snmp_name *root)
{
    return name->length >= root->length &&
           memcmp(name->parts, root->parts, root->length * sizeof root->parts[0]) == 0;
}

static bool is_printable(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < ' ' && !strchr("\t\r\n", bytes[i] ? bytes[i] : '\1'))
            return false;
    return true;
}

void snmp_value_text(struct snmp_value *value, const void *bytes, size_t length, struct arena *arena)
{
    struct text text = TEXT_INIT;
    const unsigned char *octets = bytes;
    *value = (struct snmp_value){.kind = SNMP_TEXT, .number = (double)NAN};
    if (length > 0 && octets[length - 1] == '\0') /* some agents send the end of a C string as well */
        length--;
    if (is_printable(octets, length))
        text_add_bytes(&text, bytes, length);
    else
        for (size_t i = 0; i < length; i++)
            text_format(&text, "%s%02X", i ? " " : "", octets[i]);
    value->text = arena_text_of(arena, text.bytes, text.length);
    text_release(&text);
    (void)number_read(value->text, false, &value->number);
}

/* What the counter counted since: exact, as both halves are kept as numbers of their own. false: not known. */
static bool counted(const struct snmp_value *value, const char *key, struct run *run, double *change)
{
    double high = 0, low = 0;
    const char *high_key = arena_format(run->arena, "high %s", key);
    const char *low_key = arena_format(run->arena, "low %s", key);
    bool known = rates_before(run->rates, high_key, (double)(value->whole >> 32), &high);
    known = rates_before(run->rates, low_key, (double)(value->whole & UINT32_MAX), &low) && known;
    if (!known || high < 0 || high > UINT32_MAX || low < 0 || low > UINT32_MAX)
        return false;
    uint64_t before = (uint64_t)high << 32 | (uint64_t)low;
    uint64_t width = value->kind == SNMP_COUNTER32 ? UINT32_MAX : UINT64_MAX;
    uint64_t step = (value->whole - before) & width;
    *change = (double)step;
    return value->whole >= before || step <= width / 2;
}

/* The sum of all changes never goes down, so that lib/rates.h makes the rate of it; a change that is not known makes
 * it go down once. */
double snmp_value_rate(const struct snmp_value *value, const char *key, struct run *run, int64_t uptime)
{
    double sum = 0, change = 0, booted = 0;
    const char *clock = uptime >= 0 ? "agent" : "here";
    const char *sum_key = arena_format(run->arena, "%s sum %s", clock, key);
    bool known = rates_kept(run->rates, sum_key, &sum);
    known = counted(value, key, run, &change) && known;
    if (uptime >= 0 &&
        rates_before(run->rates, arena_format(run->arena, "uptime %s", key), (double)uptime, &booted))
        known = known && booted <= (double)uptime;
    return rates_per_second(run->rates, sum_key, known ? sum + change : sum - 1,
                            uptime >= 0 ? uptime : run_clock(run));
}
