/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proleptic Gregorian calendar as day numbers. A year is counted from March here, so that the leap day is
 * its last one and the lengths of the months follow one formula. */
#include "lib/zone.h"

enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, EPOCH_FROM_MARCH_0000 = 719468 };

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

int64_t civil_days(int64_t year, int month, int day)
{
    int64_t march_year = month <= 2 ? year - 1 : year;
    int64_t era = floor_divide(march_year, YEARS_PER_ERA);
    int64_t year_of_era = march_year - era * YEARS_PER_ERA;
    int64_t months_since_march = (month + 9) % 12;
    int64_t day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_FROM_MARCH_0000;
}

void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + EPOCH_FROM_MARCH_0000;
    int64_t era = floor_divide(shifted, DAYS_PER_ERA);
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t months_since_march = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * months_since_march + 2) / 5 + 1);
    *month = (int)(months_since_march < 10 ? months_since_march + 3 : months_since_march - 9);
    *year = era * YEARS_PER_ERA + year_of_era + (*month <= 2 ? 1 : 0);
}

int civil_weekday(int64_t days)
{
    int64_t weekday = (days % 7 + 4) % 7; /* 1970-01-01 was a Thursday */
    return (int)(weekday < 0 ? weekday + 7 : weekday);
}

int civil_month_days(int64_t year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : lengths[(month - 1) % 12];
}
