/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger counted: one row for each issue and remediation. The whole ledger is read, because renewals, the first run
 * and the span before lie outside of the span that is asked for. */
#include "lib/ledger.h"

#include "lib/memory.h"
#include "lib/renewal.h"
#include "lib/text.h"
#include "lib/zone.h"

enum { DAY_SECONDS = 86400, MINUTE_SECONDS = 60, PERCENT = 100 };

/* In what a run ends: by the program's word, and by the check's verdict, which replaces it. */
enum word { NOT_ENDED, FIXED, NO_EFFECT, WORSE, FAILED, OTHER_WORD, WORDS };

/* One row being counted. Instants are epoch seconds, 0: none. */
struct row {
    char *key;      /* "ISSUE REMEDIATION" */
    json_t *newest; /* what the newest line that was not refused says of governance holds */
    int64_t runs, before, refused, ended[WORDS], dry_runs;
    int64_t first, last, rehearsed;
    int64_t judged,
        unpaged;     /* runs with a verdict, and of those that helped, how many before people were told */
    int64_t avoided; /* seconds */
    struct renewals renewals;
};

struct summary {
    const char *issue;          /* NULL: all */
    int64_t since, now, before; /* ${before}: where the span before begins */
    struct row *rows;
    size_t count;
    json_t *runs; /* by run: a struct counted as a number, because there may be a million of them */
};

struct counted {
    size_t row;
    bool in_span, judged;
    enum word word;
};

static json_t *pack(const struct counted *run)
{
    return json_integer((json_int_t)(run->row << 5 | (size_t)run->judged << 4 | (size_t)run->in_span << 3 |
                                     (size_t)run->word));
}

static struct counted unpack(const json_t *number)
{
    uint64_t bits = (uint64_t)json_integer_value(number);
    return (struct counted){
        .row = bits >> 5, .judged = bits >> 4 & 1, .in_span = bits >> 3 & 1, .word = (enum word)(bits & 7)};
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static int64_t whole_of(const json_t *line, const char *key)
{
    return json_integer_value(json_object_get(line, key));
}

static size_t row_of(struct summary *summary, const json_t *line)
{
    struct text key = TEXT_INIT;
    text_format(&key, "%s %s", text_of(line, "issue"), text_of(line, "remediation"));
    size_t found = summary->count;
    for (size_t i = summary->count; i > 0 && found == summary->count; i--)
        if (strcmp(summary->rows[i - 1].key, key.bytes) == 0)
            found = i - 1;
    if (found == summary->count) {
        summary->rows = memory_grow(summary->rows, summary->count + 1, sizeof *summary->rows);
        summary->rows[summary->count++] =
            (struct row){.key = memory_text(key.bytes), .newest = json_object()};
    }
    text_release(&key);
    return found;
}

static const char *const governance[] = {"issue", "remediation", "owner", "cause", "diagnosed", "expires"};

/* What was refused says nothing that holds: perhaps it was refused for that. */
static void take_governance(struct row *row, const json_t *line)
{
    bool refused = strcmp(text_of(line, "event"), "refused") == 0;
    if (strcmp(text_of(line, "event"), "begin") == 0)
        renewals_take(&row->renewals, text_of(line, "tagged"), text_of(line, "renewal"));
    if (refused && json_object_size(row->newest) > 0)
        return;
    for (size_t i = 0; i < sizeof governance / sizeof governance[0]; i++) {
        json_t *value = json_object_get(line, governance[i]);
        if (value)
            json_object_set(row->newest, governance[i], value);
        else
            (void)json_object_del(row->newest, governance[i]);
    }
}

static enum word word_of(const char *word)
{
    static const char *const words[WORDS] = {
        [FIXED] = "fixed", [NO_EFFECT] = "no_effect", [WORSE] = "worse", [FAILED] = "failed"};
    enum word found = strcmp(word, "interrupted") == 0 ? FAILED : OTHER_WORD;
    for (enum word each = FIXED; each < OTHER_WORD; each++)
        if (strcmp(word, words[each]) == 0)
            found = each;
    return found;
}

static void take_begin(struct summary *summary, size_t index, const json_t *line, int64_t at)
{
    struct row *row = &summary->rows[index];
    bool in_span = at >= summary->since;
    row->runs += in_span;
    row->before += !in_span && at >= summary->before;
    row->rehearsed = at > row->rehearsed ? at : row->rehearsed;
    if (row->first == 0 || at < row->first)
        row->first = at;
    if (at > row->last)
        row->last = at;
    const struct counted run = {.row = index, .in_span = in_span};
    json_object_set_new(summary->runs, text_of(line, "run"), pack(&run));
}

/* The run of the line, if it has begun. */
static bool find_run(const struct summary *summary, const json_t *line, struct counted *run)
{
    const json_t *number = json_object_get(summary->runs, text_of(line, "run"));
    *run = unpack(number);
    return number != NULL;
}

static void set_word(struct summary *summary, const json_t *line, struct counted *run, enum word word)
{
    struct row *row = &summary->rows[run->row];
    row->ended[run->word] -= run->in_span;
    row->ended[word] += run->in_span;
    run->word = word;
    json_object_set_new(summary->runs, text_of(line, "run"), pack(run));
}

static void take_end(struct summary *summary, const json_t *line)
{
    struct counted run;
    if (find_run(summary, line, &run) && run.word == NOT_ENDED)
        set_word(summary, line, &run, word_of(text_of(line, "outcome")));
}

static void take_verdict(struct summary *summary, const json_t *line)
{
    struct counted run;
    if (!find_run(summary, line, &run) || run.judged)
        return;
    run.judged = true;
    set_word(summary, line, &run, word_of(text_of(line, "verdict")));
    if (!run.in_span)
        return;
    struct row *row = &summary->rows[run.row];
    int64_t without = whole_of(line, "without"), lasted = whole_of(line, "lasted");
    row->judged++;
    if (run.word != FIXED)
        return;
    row->unpaged += json_is_false(json_object_get(line, "paged"));
    if (without > lasted && lasted >= 0 && without < INT32_MAX)
        row->avoided += without - lasted;
}

static void take_line(void *owner, const json_t *line)
{
    struct summary *summary = owner;
    const char *event = text_of(line, "event");
    int64_t at = whole_of(line, "at");
    if (strcmp(event, "end") == 0) {
        take_end(summary, line);
    } else if (strcmp(event, "verdict") == 0) {
        take_verdict(summary, line);
    } else if ((!summary->issue || strcmp(text_of(line, "issue"), summary->issue) == 0) &&
               (strcmp(event, "begin") == 0 || strcmp(event, "refused") == 0 ||
                strcmp(event, "rehearsal") == 0)) {
        size_t index = row_of(summary, line);
        struct row *row = &summary->rows[index];
        take_governance(row, line);
        if (strcmp(event, "begin") == 0) {
            take_begin(summary, index, line, at);
        } else if (at >= summary->since) {
            row->refused += strcmp(event, "refused") == 0;
            row->dry_runs += strcmp(event, "rehearsal") == 0;
        }
        if (strcmp(event, "rehearsal") == 0 && at > row->rehearsed)
            row->rehearsed = at;
    }
}

/* Rounded down, so that the last day is 0 and the day after it -1. */
static int64_t days_between(int64_t from, int64_t to)
{
    int64_t seconds;
    if (__builtin_sub_overflow(to, from, &seconds))
        return 0;
    return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}

static json_t *instant(int64_t at)
{
    return at ? json_integer(at) : json_null();
}

/* The latest day of a run, and its sentence. */
static void add_tagged(json_t *object, const struct renewals *renewals)
{
    int64_t year = 0;
    int month = 0, day = 0;
    if (!renewals->any)
        return;
    civil_from_days(renewals->day, &year, &month, &day);
    json_object_set_new(object, "tagged", json_sprintf("%04d-%02d-%02d", (int)year, month, day));
    if (renewals->sentence)
        json_object_set_new(object, "renewal", json_string(renewals->sentence));
}

static json_t *row_json(const struct row *row, const struct summary *summary)
{
    const struct {
        const char *name;
        int64_t count;
    } counts[] = {
        {"runs", row->runs},          {"fixed", row->ended[FIXED]},      {"no_effect", row->ended[NO_EFFECT]},
        {"worse", row->ended[WORSE]}, {"failed", row->ended[FAILED]},    {"refused", row->refused},
        {"before", row->before},      {"renewals", row->renewals.count}, {"dry_runs", row->dry_runs},
    };
    json_t *object = json_object();
    const json_t *expires = json_object_get(row->newest, "expires");
    json_object_set_new(object, "issue", json_string(text_of(row->newest, "issue")));
    json_object_set_new(object, "remediation", json_string(text_of(row->newest, "remediation")));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_object_set_new(object, counts[i].name, json_integer(counts[i].count));
    add_tagged(object, &row->renewals);
    json_object_set_new(object, "avoided_minutes", json_integer(row->avoided / MINUTE_SECONDS));
    json_object_set_new(object, "pages_saved",
                        row->judged ? json_integer(row->unpaged * PERCENT / row->judged) : json_null());
    json_object_set_new(object, "first_run", instant(row->first));
    json_object_set_new(object, "last_run", instant(row->last));
    json_object_set_new(object, "rehearsed", instant(row->rehearsed));
    json_object_set_new(object, "days_left",
                        json_is_integer(expires)
                            ? json_integer(days_between(summary->now, json_integer_value(expires)))
                            : json_null());
    json_object_set_new(object, "diagnosed",
                        json_boolean(json_is_true(json_object_get(row->newest, "diagnosed"))));
    json_object_set_new(object, "cause", json_string(text_of(row->newest, "cause")));
    json_object_set_new(object, "owner", json_string(text_of(row->newest, "owner")));
    return object;
}

static int by_key(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    return strcmp(left->key, right->key);
}

static json_t *sorted(struct summary *summary)
{
    json_t *array = json_array();
    if (summary->count)
        qsort(summary->rows, summary->count, sizeof *summary->rows, by_key);
    for (size_t i = 0; i < summary->count; i++)
        json_array_append_new(array, row_json(&summary->rows[i], summary));
    return array;
}

json_t *ledger_summary(const char *path, const char *issue, int64_t since, int64_t now, size_t *bad,
                       struct error *error)
{
    struct summary summary = {.issue = issue, .since = since, .now = now, .runs = json_object()};
    const char *const words[] = {issue, "\"verdict\"", NULL}; /* which has no issue */
    json_t *array = NULL;
    if (__builtin_sub_overflow(now, since, &summary.before) ||
        __builtin_sub_overflow(since, summary.before, &summary.before))
        summary.before = since;
    if (bad)
        *bad = 0;
    if (issue ? ledger_read_with(path, words, take_line, &summary, error)
              : ledger_read(path, take_line, &summary, bad, error))
        array = sorted(&summary);
    for (size_t i = 0; i < summary.count; i++) {
        renewals_release(&summary.rows[i].renewals);
        json_decref(summary.rows[i].newest);
        free(summary.rows[i].key);
    }
    free(summary.rows);
    json_decref(summary.runs);
    return array;
}
