/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/html.h"

static const char *entity_of(char byte)
{
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_add(struct text *text, const char *string)
{
    for (; *string; string++) {
        const char *entity = entity_of(*string);
        unsigned char value = (unsigned char)*string;
        bool control = (value < 0x20 && value != '\n' && value != '\t') || value == 0x7f;
        if (entity)
            text_add(text, entity);
        else
            text_add_char(text, control ? ' ' : *string);
    }
}
