/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/verdict.h"

#include <strings.h>

static const struct {
    const char *letter;
    const char *colour;
    int rank;
} verdicts[VERDICTS] = {
    [VERDICT_OK] = {"o", "green", 0},
    [VERDICT_WARNING] = {"w", "yellow", 2},
    [VERDICT_CRITICAL] = {"c", "red", 3},
    [VERDICT_UNKNOWN] = {"u", "unknown", 1},
};

const char *const verdict_names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN", NULL};

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

bool verdict_read(const char *text, enum verdict *verdict)
{
    for (int i = 0; i < VERDICTS; i++) {
        if (strcasecmp(text, verdict_names[i]) == 0 || strcasecmp(text, verdicts[i].letter) == 0 ||
            strcasecmp(text, verdicts[i].colour) == 0) {
            *verdict = (enum verdict)i;
            return true;
        }
    }
    return false;
}

int verdict_rank(enum verdict verdict)
{
    return verdicts[verdict].rank;
}

enum verdict verdict_worse(enum verdict a, enum verdict b)
{
    return verdicts[a].rank >= verdicts[b].rank ? a : b;
}
