/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/renewal.h"

#include "lib/memory.h"
#include "lib/zone.h"

enum renewal renewal_judge(const struct tagging *known, const struct tagging *next)
{
    const char *before = known->sentence ? known->sentence : "";
    const char *sentence = next->sentence ? next->sentence : "";
    if (next->day <= known->day)
        return next->day == known->day ? RENEWAL_NONE : RENEWAL_EARLIER;
    return *sentence && strcmp(sentence, before) != 0 ? RENEWAL_GIVEN : RENEWAL_MISSING;
}

bool renewal_day(const char *text, int64_t *day)
{
    static const char shape[] = "0000-00-00";
    if (strlen(text) != sizeof shape - 1)
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    int64_t year = strtoll(text, NULL, 10);
    int64_t month = strtoll(text + 5, NULL, 10);
    int64_t of_month = strtoll(text + 8, NULL, 10);
    if (month < 1 || month > 12 || of_month < 1 || of_month > civil_month_days(year, (int)month))
        return false;
    *day = civil_days(year, (int)month, (int)of_month);
    return true;
}

void renewals_take(struct renewals *renewals, const char *tagged, const char *sentence)
{
    struct tagging next = {.sentence = sentence};
    if (!renewal_day(tagged, &next.day))
        return;
    const struct tagging known = {renewals->day, renewals->sentence};
    enum renewal judged = renewal_judge(&known, &next);
    bool later = judged == RENEWAL_GIVEN || judged == RENEWAL_MISSING;
    if (renewals->any && !later)
        return;
    renewals->count += renewals->any;
    renewals->any = true;
    renewals->day = next.day;
    free(renewals->sentence);
    renewals->sentence = memory_text(sentence);
}

void renewals_release(struct renewals *renewals)
{
    free(renewals->sentence);
    renewals->sentence = NULL;
}
