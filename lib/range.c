/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/range.h"

#include "lib/number.h"

#include <math.h>

enum { LONGEST_NUMBER = 400 }; /* the smallest number takes 330 */

static bool read_part(const char *part, size_t length, double *value)
{
    char number[LONGEST_NUMBER];
    if (length >= sizeof number)
        return false;
    memcpy(number, part, length);
    number[length] = '\0';
    return number_read(number, false, value);
}

/* What is on the left of the colon: "~", nothing (0) or a number. */
static bool read_start(const char *part, size_t length, double *start)
{
    *start = 0;
    if (length == 0)
        return true;
    if (length == 1 && *part == '~') {
        *start = -(double)INFINITY;
        return true;
    }
    return read_part(part, length, start);
}

bool range_read(const char *text, struct range *range, struct error *error)
{
    struct range found = {.start = 0, .end = (double)INFINITY, .given = true};
    const char *at = text;
    if (*text == '\0') {
        *range = (struct range){.end = (double)INFINITY};
        return true;
    }
    if (*at == '@') {
        found.inside = true;
        at++;
    }
    const char *colon = strchr(at, ':');
    const char *end = colon ? colon + 1 : at;
    if ((colon ? colon - at : 0) + (ptrdiff_t)strlen(end) == 0)
        return error_set(error, "a range needs a start or an end: \"%s\"", text);
    if (colon && !read_start(at, (size_t)(colon - at), &found.start))
        return error_set(error, "not a range such as 10, 5:10, ~:10 or @5:10: \"%s\"", text);
    if ((*end || !colon) && !read_part(end, strlen(end), &found.end))
        return error_set(error, "not a range such as 10, 5:10, ~:10 or @5:10: \"%s\"", text);
    if (found.start > found.end)
        return error_set(error, "the start of a range is above its end: \"%s\"", text);
    *range = found;
    return true;
}

bool range_alerts(const struct range *range, double value)
{
    if (!range->given || isnan(value))
        return false;
    bool within = value >= range->start && value <= range->end;
    return within == range->inside;
}

enum verdict range_judge(const struct range *warning, const struct range *critical, double value)
{
    if (isnan(value))
        return VERDICT_UNKNOWN;
    if (critical && range_alerts(critical, value))
        return VERDICT_CRITICAL;
    if (warning && range_alerts(warning, value))
        return VERDICT_WARNING;
    return VERDICT_OK;
}
