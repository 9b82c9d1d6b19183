/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes of the tables themselves. */
#include "lib/option.h"

/* Letters that mean the same in every program of this kind. */
static const struct {
    char letter;
    const char *name;
} reserved[] = {
    {'H', "hostname"}, {'p', "port"},    {'w', "warning"}, {'c', "critical"}, {'t', "timeout"},
    {'v', "verbose"},  {'V', "version"}, {'h', "help"},    {'4', "use-ipv4"}, {'6', "use-ipv6"},
};

/* By hand: each run begins here, and strspn would make a table for each name. */
static bool is_name(const char *name)
{
    const char *at = name;
    while ((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-')
        at++;
    return at > name && *at == '\0' && *name != '-';
}

static bool check_name(const char *name, struct error *error)
{
    if (!name || !is_name(name))
        return error_set(error, "not a name for an option: \"%s\"", name ? name : "(none)");
    return true;
}

static bool check_letter(const struct option_row *row, struct error *error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (row->letter && !strchr(allowed, row->letter))
        return error_set(error, "option \"%s\" has a letter that is none", row->name);
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (row->letter == reserved[i].letter && strcmp(row->name, reserved[i].name) != 0)
            return error_set(error, "option \"%s\" takes the letter \"%c\" of \"%s\"", row->name, row->letter,
                             reserved[i].name);
    return true;
}

static bool check_row(const struct option_row *row, struct error *error)
{
    if (!check_name(row->name, error) || (row->alias && !check_name(row->alias, error)) ||
        !check_letter(row, error))
        return false;
    if (!row->help || *row->help == '\0')
        return error_set(error, "option \"%s\" has no help", row->name);
    if (option_takes_value(row) != (row->value != NULL))
        return error_set(error, "option \"%s\" %s", row->name,
                         row->value ? "is a flag with a placeholder" : "has no placeholder for its value");
    bool choices = row->choices && row->choices[0];
    if (choices ? row->target.kind != OPTION_CHOICE && row->target.kind != OPTION_TEXT
                : row->target.kind == OPTION_CHOICE)
        return error_set(error, "option \"%s\" has %s", row->name,
                         row->choices ? "choices and is none" : "no choices");
    if (row->low > row->high)
        return error_set(error, "option \"%s\" has its lowest value above its highest", row->name);
    if (row->required && !option_takes_value(row))
        return error_set(error, "option \"%s\" is a required flag", row->name);
    return true;
}

static bool same(const char *a, const char *b)
{
    return a && b && *a == *b && strcmp(a, b) == 0;
}

static bool check_pair(const struct option_row *a, const struct option_row *b, struct error *error)
{
    if (same(a->name, b->name) || same(a->name, b->alias) || same(a->alias, b->name) ||
        same(a->alias, b->alias))
        return error_set(error, "option \"%s\" stands in the tables twice", a->name);
    if (a->letter && a->letter == b->letter)
        return error_set(error, "options \"%s\" and \"%s\" have one letter", a->name, b->name);
    return true;
}

/* The row against all that follow it, in its own table and the later ones. */
static bool check_against_rest(const struct option_set *sets, size_t count, const struct option_row *row,
                               struct error *error)
{
    const struct option_row *other = row + 1;
    for (size_t set = 0;; other = sets[set].rows) {
        for (; other->target.kind != OPTION_NONE; other++)
            if (!check_pair(row, other, error))
                return false;
        if (++set >= count)
            return true;
    }
}

bool option_self_test(const struct option_set *sets, size_t count, struct error *error)
{
    for (size_t set = 0; set < count; set++)
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++)
            if (!check_row(row, error) || !check_against_rest(sets + set, count - set, row, error))
                return false;
    return true;
}
