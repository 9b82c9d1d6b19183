/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/interfaces.h"

#include <math.h>

#define IF_TABLE(n)                                                                                          \
    {                                                                                                        \
        {1, 3, 6, 1, 2, 1, 2, 2, 1, n}, 10                                                                   \
    }
#define IF_X_TABLE(n)                                                                                        \
    {                                                                                                        \
        {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, n}, 11                                                               \
    }

static const struct snmp_name columns[] = {
    [INTERFACE_DESCR] = IF_TABLE(2),         [INTERFACE_ADMIN] = IF_TABLE(7),
    [INTERFACE_OPER] = IF_TABLE(8),          [INTERFACE_IN] = IF_TABLE(10),
    [INTERFACE_IN_DISCARDS] = IF_TABLE(13),  [INTERFACE_IN_ERRORS] = IF_TABLE(14),
    [INTERFACE_OUT] = IF_TABLE(16),          [INTERFACE_OUT_DISCARDS] = IF_TABLE(19),
    [INTERFACE_OUT_ERRORS] = IF_TABLE(20),   [INTERFACE_NAME] = IF_X_TABLE(1),
    [INTERFACE_HC_IN] = IF_X_TABLE(6),       [INTERFACE_HC_OUT] = IF_X_TABLE(10),
    [INTERFACE_HIGH_SPEED] = IF_X_TABLE(15), [INTERFACE_ALIAS] = IF_X_TABLE(18),
};

static const struct snmp_name uptime_name = {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};

static const char *const status_names[] = {
    [INTERFACE_UP] = "up",
    [INTERFACE_DOWN] = "down",
    [INTERFACE_TESTING] = "testing",
    [INTERFACE_UNKNOWN] = "unknown",
    [INTERFACE_DORMANT] = "dormant",
    [INTERFACE_NOT_PRESENT] = "notPresent",
    [INTERFACE_LOWER_LAYER_DOWN] = "lowerLayerDown",
};

/* Where the index is, or would be. */
static size_t find_place(const struct interfaces *interfaces, uint32_t index)
{
    size_t low = 0, high = interfaces->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (interfaces->rows[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct interface *row_of(struct interfaces *interfaces, uint32_t index)
{
    size_t place = find_place(interfaces, index);
    if (place < interfaces->count && interfaces->rows[place].index == index)
        return &interfaces->rows[place];
    if (interfaces->count == interfaces->room) {
        size_t room = interfaces->room ? 2 * interfaces->room : 8;
        struct interface *grown = arena_get(interfaces->arena, room, sizeof *grown);
        if (interfaces->count > 0)
            memcpy(grown, interfaces->rows, interfaces->count * sizeof *grown);
        interfaces->rows = grown;
        interfaces->room = room;
    }
    struct interface *row = &interfaces->rows[place];
    memmove(row + 1, row, (interfaces->count - place) * sizeof *row);
    *row = (struct interface){.index = index};
    interfaces->count++;
    return row;
}

static void take_cell(void *owner, size_t column, const struct snmp_name *index,
                      const struct snmp_value *value)
{
    if (index->length == 1)
        row_of(owner, index->parts[0])->cells[column] = *value;
}

static bool is_text(const struct snmp_value *cell)
{
    return cell->kind == SNMP_TEXT && cell->text && *cell->text;
}

static const char *plain_name(const struct interface *row, struct arena *arena)
{
    if (is_text(&row->cells[INTERFACE_NAME]))
        return row->cells[INTERFACE_NAME].text;
    if (is_text(&row->cells[INTERFACE_DESCR]))
        return row->cells[INTERFACE_DESCR].text;
    return arena_format(arena, "%lu", (unsigned long)row->index);
}

struct named {
    struct interface *row;
};

static int by_name(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;
    return strcmp(left->row->name, right->row->name);
}

/* Names that come twice get their index: all of them, so that the order does not matter. */
static void name_rows(struct interfaces *interfaces)
{
    size_t count = interfaces->count;
    struct named *sorted = arena_get(interfaces->arena, count ? count : 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i].row = &interfaces->rows[i];
        sorted[i].row->name = plain_name(sorted[i].row, interfaces->arena);
    }
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 0, end; i < count; i = end) {
        const char *name = sorted[i].row->name;
        for (end = i + 1; end < count && strcmp(sorted[end].row->name, name) == 0;)
            end++;
        for (size_t k = i; k < end && end - i > 1; k++)
            sorted[k].row->name =
                arena_format(interfaces->arena, "%s#%lu", name, (unsigned long)sorted[k].row->index);
    }
}

int64_t interfaces_uptime(struct snmp_link *link)
{
    struct snmp_value value;
    struct error error;
    if (snmp_link_get(link, &uptime_name, 1, &value, &error) != SOURCE_READ || value.kind != SNMP_TICKS)
        return -1;
    return (int64_t)value.whole * 10;
}

enum source_end interfaces_read(struct snmp_link *link, struct run *run, struct interfaces *interfaces,
                                struct error *error)
{
    *interfaces = (struct interfaces){.arena = run->arena};
    enum source_end end = snmp_link_table(link, columns, INTERFACE_COLUMNS, take_cell, interfaces, error);
    if (end != SOURCE_READ)
        return end;
    interfaces->uptime = interfaces_uptime(link);
    name_rows(interfaces);
    return SOURCE_READ;
}

double interface_number(const struct interface *interface, enum interface_column column)
{
    const struct snmp_value *cell = &interface->cells[column];
    return cell->text && cell->kind != SNMP_ABSENT ? cell->number : (double)NAN;
}

static bool is_counter(const struct snmp_value *cell)
{
    return cell->text && (cell->kind == SNMP_COUNTER32 || cell->kind == SNMP_COUNTER64);
}

const struct snmp_value *interface_octets(const struct interface *interface, bool out)
{
    const struct snmp_value *wide = &interface->cells[out ? INTERFACE_HC_OUT : INTERFACE_HC_IN];
    const struct snmp_value *narrow = &interface->cells[out ? INTERFACE_OUT : INTERFACE_IN];
    if (is_counter(wide))
        return wide;
    return is_counter(narrow) ? narrow : NULL;
}

const char *interface_status_name(double status)
{
    if (status >= INTERFACE_UP && status <= INTERFACE_LOWER_LAYER_DOWN)
        return status_names[(size_t)status];
    return status_names[INTERFACE_UNKNOWN];
}

bool interface_is_down(const struct interface *interface)
{
    double oper = interface_number(interface, INTERFACE_OPER);
    bool wanted = interface_number(interface, INTERFACE_ADMIN) == 1;
    return wanted &&
           (oper == INTERFACE_DOWN || oper == INTERFACE_NOT_PRESENT || oper == INTERFACE_LOWER_LAYER_DOWN);
}
