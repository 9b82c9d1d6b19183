/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/limits.h"

#include "lib/memory.h"
#include "lib/number.h"

#include <inttypes.h>
#include <stdarg.h>

static const char *const names[] = {
    [LIMIT_NONE] = "",       [LIMIT_COOLDOWN] = "cooldown",
    [LIMIT_MAX] = "max",     [LIMIT_CONCURRENCY] = "concurrency",
    [LIMIT_SHARE] = "share", [LIMIT_BOUNDS] = "bounds",
};

const char *limit_name(enum limit limit)
{
    return names[limit];
}

int64_t limits_span(const struct limits *limits)
{
    const int64_t spans[] = {limits->max.span, limits->max_total.span, limits->service.max.span,
                             limits->site.max.span};
    int64_t longest = limits->cooldown;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        longest = spans[i] > longest ? spans[i] : longest;
    return longest;
}

static const char per[] = " per ";

bool max_read(const char *text, struct max *max)
{
    char number[16] = "";
    const char *found = strstr(text, per);
    size_t digits = found ? (size_t)(found - text) : sizeof number;
    if (digits < sizeof number)
        memcpy(number, text, digits);
    return number_read_whole(number, 1, 1000000, &max->count) &&
           duration_read(found + sizeof per - 1, &max->span, NULL) && max->span > 0;
}

void max_write(struct text *text, const struct max *max)
{
    text_format(text, "%" PRId64 "%s", max->count, per);
    duration_write_exact(text, max->span);
}

struct question {
    const struct limits *limits;
    const struct limit_run *runs;
    size_t count;
    int64_t now;
    struct limit_answer *answer;
};

/* Which runs a limit counts. */
typedef bool counted(const struct limit_run *run);

static bool is_same(const struct limit_run *run)
{
    return run->same_remediation && run->same_target;
}

static bool is_of_remediation(const struct limit_run *run)
{
    return run->same_remediation;
}

static bool is_beside(const struct limit_run *run)
{
    return run->same_remediation && run->same_service;
}

static bool is_of_service(const struct limit_run *run)
{
    return run->same_service;
}

static bool is_any(const struct limit_run *run)
{
    (void)run;
    return true;
}

static bool refuse(const struct question *question, enum limit limit, int64_t next, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool refuse(const struct question *question, enum limit limit, int64_t next, const char *format, ...)
{
    struct limit_answer *answer = question->answer;
    va_list arguments;
    va_start(arguments, format);
    answer->limit = limit;
    answer->next = next;
    (void)vsnprintf(answer->text, sizeof answer->text, format, arguments);
    va_end(arguments);
    return false;
}

struct span_text {
    char bytes[32];
};

static struct span_text span_text(int64_t span)
{
    struct span_text words;
    struct text text = TEXT_INIT;
    duration_write(&text, span);
    (void)snprintf(words.bytes, sizeof words.bytes, "%s", text.bytes);
    text_release(&text);
    return words;
}

static int64_t running(const struct question *question, counted *counts)
{
    int64_t found = 0;
    for (size_t i = 0; i < question->count; i++)
        found += question->runs[i].running && counts(&question->runs[i]);
    return found;
}

/* Rest begins with the end of a run. */
static bool has_rested(const struct question *question)
{
    int64_t cooldown = question->limits->cooldown;
    int64_t last = LIMIT_NEVER;
    for (size_t i = 0; i < question->count; i++) {
        const struct limit_run *run = &question->runs[i];
        int64_t end = run->ended ? run->ended : run->started;
        if (is_same(run) && end > last)
            last = end;
    }
    if (cooldown > 0 && running(question, is_same) > 0)
        return refuse(question, LIMIT_COOLDOWN, 0,
                      "a run is under way on this target; it may run when that ends");
    if (cooldown == 0 || last == LIMIT_NEVER || question->now - last >= cooldown)
        return true;
    return refuse(question, LIMIT_COOLDOWN, last + cooldown,
                  "the last run on this target was within the cooldown of %s", span_text(cooldown).bytes);
}

static int by_time(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* There is room again when so many have left the span that one more fits: by hand there may have been more than the limit
 * allows, and then it is not the oldest alone. */
static bool fits(const struct question *question, const struct max *max, counted *counts, enum limit limit,
                 const char *where)
{
    if (max->count == 0)
        return true;
    int64_t *starts = memory_get(question->count + 1, sizeof *starts);
    size_t found = 0;
    for (size_t i = 0; i < question->count; i++) {
        int64_t started = question->runs[i].started;
        if (counts(&question->runs[i]) && started != LIMIT_NEVER && question->now - started < max->span)
            starts[found++] = started;
    }
    bool room = (int64_t)found < max->count;
    if (!room) {
        qsort(starts, found, sizeof *starts, by_time);
        (void)refuse(question, limit, starts[found - (size_t)max->count] + max->span, "%zu runs %s within %s",
                     found, where, span_text(max->span).bytes);
    }
    free(starts);
    return room;
}

static bool has_place(const struct question *question, int64_t concurrency, counted *counts, enum limit limit,
                      const char *where)
{
    int64_t found = running(question, counts);
    return concurrency == 0 || found < concurrency ||
           refuse(question, limit, 0,
                  "%" PRId64 " of at most %" PRId64
                  " runs%s%s are under way; it may run when one of them ends",
                  found, concurrency, *where ? " " : "", where);
}

static bool leaves_enough(const struct question *question)
{
    const struct limits *limits = question->limits;
    int64_t found = running(question, is_beside);
    return limits->share == 0 || found < limits->share ||
           refuse(question, LIMIT_SHARE, 0,
                  "under way on %" PRId64 " of %" PRId64
                  " hosts of the service; it may run when one of those runs ends",
                  found, limits->hosts);
}

bool limits_allow(const struct limits *limits, const struct limit_run *runs, size_t count, int64_t now,
                  struct limit_answer *answer)
{
    static const char on_service[] = "of all remediations on this service";
    static const char on_site[] = "of all remediations on the site";
    const struct question question = {limits, runs, count, now, answer};
    *answer = (struct limit_answer){.limit = LIMIT_NONE};
    return has_rested(&question) && fits(&question, &limits->max, is_same, LIMIT_MAX, "on this target") &&
           fits(&question, &limits->max_total, is_of_remediation, LIMIT_MAX, "on all targets") &&
           has_place(&question, limits->concurrency, is_of_remediation, LIMIT_CONCURRENCY, "") &&
           leaves_enough(&question) &&
           has_place(&question, limits->service.concurrency, is_of_service, LIMIT_BOUNDS, on_service) &&
           fits(&question, &limits->service.max, is_of_service, LIMIT_BOUNDS, on_service) &&
           has_place(&question, limits->site.concurrency, is_any, LIMIT_BOUNDS, on_site) &&
           fits(&question, &limits->site.max, is_any, LIMIT_BOUNDS, on_site);
}
