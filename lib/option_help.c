/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of --help. */
#include "lib/option.h"

#include "lib/number.h"
#include "lib/text.h"

enum { INDENT = 8 };

static void add_heading(struct text *text, const struct option_row *row)
{
    if (row->letter)
        text_format(text, "  -%c, --%s", row->letter, row->name);
    else
        text_format(text, "      --%s", row->name);
    if (option_takes_value(row))
        text_format(text, " %s", row->value);
    if (row->alias)
        text_format(text, ", --%s", row->alias);
    text_add_char(text, '\n');
}

static void add_facts(struct text *text, const struct option_row *row, const void *arguments)
{
    struct text value = TEXT_INIT;
    if (row->target.kind == OPTION_CHOICE) {
        text_add(text, " One of");
        for (size_t i = 0; row->choices[i]; i++)
            text_format(text, "%s %s", i ? "," : "", row->choices[i]);
        text_add_char(text, '.');
    }
    if (row->required)
        text_add(text, " Required.");
    if (row->target.kind == OPTION_LIST)
        text_add(text, " May be given again.");
    if (option_value(row, arguments, &value))
        text_format(text, " Default: %s.", value.bytes);
    text_release(&value);
}

void option_help(struct text *text, const struct option_set *sets, size_t count)
{
    for (size_t set = 0; set < count; set++) {
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++) {
            struct text words = TEXT_INIT;
            add_heading(text, row);
            text_add(&words, row->help);
            if (words.length && words.bytes[words.length - 1] != '.')
                text_add_char(&words, '.');
            add_facts(&words, row, sets[set].arguments);
            text_wrap(text, 0, INDENT, words.bytes);
            text_release(&words);
        }
    }
}
