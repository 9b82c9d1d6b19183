/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: snmp_link_table of snmp.h. */
#include "collectors/snmp_decode.h"
#include "collectors/snmp_link.h"

enum { COLUMNS = 32, REPETITIONS = 16 };

/* A walk over several columns at once. */
struct walk {
    struct snmp_link *link;
    const struct snmp_name *columns;
    struct snmp_name next[COLUMNS]; /* the last name that was seen */
    bool done[COLUMNS];
    size_t active[COLUMNS]; /* the columns that the question under way has, in its order */
    size_t count, active_count, cells;
    long repetitions;
    snmp_take_cell *take;
    void *owner;
};

static netsnmp_pdu *next_question(struct walk *walk)
{
    const struct snmp_link *link = walk->link;
    bool bulk = link->protocol != SNMP_PROTOCOL_1;
    netsnmp_pdu *pdu = link->snmp->snmp_pdu_create(bulk ? SNMP_MSG_GETBULK : SNMP_MSG_GETNEXT);
    walk->active_count = 0;
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->done[i])
            continue;
        walk->active[walk->active_count++] = i;
        snmp_link_add(walk->link, pdu, &walk->next[i]);
    }
    if (bulk) {
        pdu->non_repeaters = 0;
        pdu->max_repetitions = walk->repetitions;
    }
    return pdu;
}

/* false: the names do not grow. */
static bool take_variable(struct walk *walk, const netsnmp_variable_list *variable, size_t column)
{
    struct snmp_name name, index;
    struct snmp_value value;
    const struct snmp_name *root = &walk->columns[column];
    if (!snmp_decode_name(variable, &name))
        return false;
    if (variable->type == SNMP_ENDOFMIBVIEW || !snmp_name_begins(&name, root)) {
        walk->done[column] = true;
        return true;
    }
    if (snmp_name_compare(&name, &walk->next[column]) <= 0)
        return false;
    walk->next[column] = name;
    index.length = name.length - root->length;
    memcpy(index.parts, name.parts + root->length, index.length * sizeof index.parts[0]);
    snmp_decode_value(variable, walk->link->run->arena, &value);
    walk->take(walk->owner, column, &index, &value);
    walk->cells++;
    return true;
}

/* v1 has no end of the view: the object that is at fault is the column that is over. A message that would be too large
 * is asked for in smaller parts. */
static enum source_end take_error(struct walk *walk, const netsnmp_pdu *answer, struct error *error)
{
    if (answer->errstat == SNMP_ERR_NOSUCHNAME && answer->errindex >= 1 &&
        (size_t)answer->errindex <= walk->active_count) {
        walk->done[walk->active[answer->errindex - 1]] = true;
        return SOURCE_READ;
    }
    if (answer->errstat == SNMP_ERR_TOOBIG && walk->repetitions > 1) {
        walk->repetitions /= 2;
        return SOURCE_READ;
    }
    return snmp_link_refused(walk->link, answer, error);
}

static enum source_end take_answer(struct walk *walk, const netsnmp_pdu *answer, struct error *error)
{
    size_t at = 0;
    if (answer->errstat != SNMP_ERR_NOERROR)
        return take_error(walk, answer, error);
    for (const netsnmp_variable_list *v = answer->variables; v; v = v->next_variable, at++) {
        size_t column = walk->active[at % walk->active_count];
        if (!walk->done[column] && !take_variable(walk, v, column))
            return snmp_link_misanswered(
                walk->link, "answers a walk with names that do not grow: it would never end", error);
    }
    if (at == 0 && walk->repetitions == 1)
        return snmp_link_misanswered(walk->link, "answers with no objects", error);
    walk->repetitions = at == 0 ? walk->repetitions / 2 : walk->repetitions;
    if (walk->cells <= SNMP_CELLS)
        return SOURCE_READ;
    return snmp_link_misanswered(
        walk->link, arena_format(walk->link->run->arena, "has a table of more than %d objects", SNMP_CELLS),
        error);
}

static bool is_over(const struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        if (!walk->done[i])
            return false;
    return true;
}

enum source_end snmp_link_table(struct snmp_link *link, const struct snmp_name *columns, size_t count,
                                snmp_take_cell *take, void *owner, struct error *error)
{
    struct walk *walk = arena_get(link->run->arena, 1, sizeof *walk);
    enum source_end end = SOURCE_READ;
    *walk = (struct walk){.link = link,
                          .columns = columns,
                          .count = count < COLUMNS ? count : COLUMNS,
                          .repetitions = REPETITIONS,
                          .take = take,
                          .owner = owner};
    memcpy(walk->next, columns, walk->count * sizeof *columns);
    while (end == SOURCE_READ && !is_over(walk)) {
        netsnmp_pdu *answer = snmp_link_ask(link, next_question(walk), &end, error);
        if (answer) {
            end = take_answer(walk, answer, error);
            link->snmp->snmp_free_pdu(answer);
        }
    }
    return end;
}
