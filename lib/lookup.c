/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/lookup.h"

#include <string.h>

int lookup_name(const char *const *names, const char *text)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return LOOKUP_NONE;
}
