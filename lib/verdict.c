/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/verdict.h"

#include <strings.h>

static const struct {
    const char *name;
    const char *letter;
    const char *colour;
    int rank;
} verdicts[VERDICTS] = {
    [VERDICT_OK] = {"OK", "o", "green", 0},
    [VERDICT_WARNING] = {"WARNING", "w", "yellow", 2},
    [VERDICT_CRITICAL] = {"CRITICAL", "c", "red", 3},
    [VERDICT_UNKNOWN] = {"UNKNOWN", "u", "unknown", 1},
};

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict].name;
}

bool verdict_read(const char *text, enum verdict *verdict)
{
    for (int i = 0; i < VERDICTS; i++) {
        if (strcasecmp(text, verdicts[i].name) == 0 || strcasecmp(text, verdicts[i].letter) == 0 ||
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
