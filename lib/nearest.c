/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/nearest.h"

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows of the table. */
static size_t distance_of(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void nearest_try(struct nearest *nearest, const char *name)
{
    if (!name)
        return;
    size_t wanted_length = strlen(nearest->wanted);
    size_t length = strlen(name);
    if (wanted_length == 0 || wanted_length > LONGEST || length > LONGEST)
        return;
    size_t distance = distance_of(nearest->wanted, wanted_length, name, length);
    size_t limit = length / 3 > 1 ? length / 3 : 1;
    if (length > wanted_length && wanted_length >= 3 && strncmp(name, nearest->wanted, wanted_length) == 0)
        limit = distance; /* a beginning of the name is near, however much is missing */
    if (distance <= limit && (!nearest->name || distance < nearest->distance)) {
        nearest->name = name;
        nearest->distance = distance;
    }
}
