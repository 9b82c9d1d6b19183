/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stored data say: their average or extremes over a span, where they are heading, and whether they are as usual at
 * this time of the week. */
#include "lib/check.h"

#include "collectors/baseline.h"
#include "collectors/rrd_file.h"
#include "lib/number.h"
#include "lib/phrase.h"
#include "lib/series_path.h"
#include "lib/zone.h"

#include <math.h>

struct args {
    const char *file, *state, *check, *metric, *source, *timezone;
    int mode, function;
    int64_t span, weeks, least, stale, now;
    double limit, band, unknown;
    bool falling;
};

enum { AVERAGE, MAXIMUM, MINIMUM, LAST, TREND, SEASONAL, FAILURES };
enum { VALUE, SLOPE, TIME_TO_LIMIT, EXPECTED, DEVIATIONS, COUNT, UNKNOWN_SHARE, SAMPLES, AGE };

static const char *const mode_names[] = {
    [AVERAGE] = "average", [MAXIMUM] = "maximum",   [MINIMUM] = "minimum",   [LAST] = "last",
    [TREND] = "trend",     [SEASONAL] = "seasonal", [FAILURES] = "failures", NULL};
static const char *const functions[] = {"auto", "AVERAGE", "MAX", "MIN", NULL};

static const struct args defaults = {
    .state = "/var/lib/watchbill",
    .span = 3600000,
    .weeks = 4,
    .limit = (double)NAN,
    .band = 2,
    .unknown = 50,
};

static const struct option_row options[] = {
    {"file", 'f', TEXT(struct args, file), .value = "PATH", .help = "The RRD file."},
    {"state", 0, TEXT(struct args, state), .value = "DIRECTORY",
     .help = "The scheduler's state directory, for a series that --hostname, --check and --metric name."},
    {"check", 0, TEXT(struct args, check), .value = "NAME", .help = "The check whose series is read."},
    {"metric", 0, TEXT(struct args, metric), .value = "LABEL",
     .help = "The perfdata label of the series, such as load5."},
    {"source", 0, TEXT(struct args, source), .value = "NAME",
     .help = "The data source in the file; needed if it has several."},
    {"mode", 'm', CHOICE(struct args, mode), .value = "MODE", .choices = mode_names,
     .help =
         "What is asked. The metric \"value\" is that number: in mode trend the seconds until --limit, or "
         "without it the change per hour; in mode seasonal the average over the span, which is to be within "
         "the band; in mode failures the failures that Holt-Winters noted."},
    {"span", 's', DURATION(struct args, span), .value = "DURATION", .low = 1, .high = 315360000,
     .help = "How far back from now the data are read."},
    {"cf", 0, CHOICE(struct args, function), .value = "FUNCTION", .choices = functions,
     .help = "The consolidation function of the archive; auto is MAX for mode maximum, MIN for minimum, else "
             "AVERAGE."},
    {"limit", 'l', NUMBER(struct args, limit), .value = "NUMBER",
     .help = "In mode trend: the value that must not be reached."},
    {"falling", 0, FLAG(struct args, falling), .help = "The limit is a lower one, such as free space."},
    {"weeks", 0, WHOLE(struct args, weeks), .value = "NUMBER", .low = 1, .high = 520,
     .help = "In mode seasonal: how many earlier weeks are compared with."},
    {"band", 'b', NUMBER(struct args, band), .value = "NUMBER", .low = 0.001, .high = 1000,
     .help = "In mode seasonal: how many deviations from the mean are usual; outside is WARNING unless "
             "--warning is given."},
    {"timezone", 0, TEXT(struct args, timezone), .value = "ZONE",
     .help = "In mode seasonal: the zone whose clock tells the time of the week; UTC unless given."},
    {"least", 0, WHOLE(struct args, least), .value = "NUMBER", .low = 1, .high = 1e9,
     .help = "Fewer known samples are UNKNOWN; 1 unless given, 3 for a trend, 6 for mode seasonal."},
    {"unknown", 'u', NUMBER(struct args, unknown), .value = "PERCENT", .low = 0, .high = 100,
     .help = "A larger share of unknown samples in the span is UNKNOWN."},
    {"stale", 0, DURATION(struct args, stale), .value = "DURATION",
     .help = "A file whose last update is older is UNKNOWN; unless given twice its heartbeat, at least 10 "
             "minutes."},
    {"now", 0, WHOLE(struct args, now), .value = "EPOCH", .low = 1, .high = 1e11,
     .help = "Take this instant for now, in epoch seconds: for tests and for looking back."},
    {0},
};

static const struct metric_row metrics[] = {
    [VALUE] = {"value", "the number that the mode asks for", ""},
    [SLOPE] = {"slope", "change per hour of the line of least squares", ""},
    [TIME_TO_LIMIT] = {"time_to_limit", "time until the line reaches the limit", "s", .has_min = true,
                       .graph = "time", .quiet = true},
    [EXPECTED] = {"expected", "average at the same time of earlier weeks", ""},
    [DEVIATIONS] = {"deviations", "distance from what is expected, in standard deviations", "",
                    .graph = "deviations"},
    [COUNT] = {"failures", "failures that Holt-Winters noted in the span", "", .has_min = true,
               .graph = "failures", .quiet = true},
    [UNKNOWN_SHARE] = {"unknown", "unknown samples, of those of the span", "%", .has_min = true,
                       .has_max = true, .max = 100, .graph = "share"},
    [SAMPLES] = {"samples", "known samples that the answer is made of", "", .has_min = true,
                 .graph = "samples", .quiet = true},
    [AGE] = {"age", "time since the last update", "s", .has_min = true, .graph = "age", .quiet = true},
    {0},
};

/* What one run works on. */
struct view {
    const struct args *args;
    struct run *run;
    struct report *report;
    struct rrd_file file;
    const char *subject; /* "HOST/CHECK LABEL", or the file */
    int64_t now;
    struct rrd_values values; /* of the span */
    struct baseline_summary summary;
};

/* ---- texts ---- */

static const char *shown(const struct view *view, double number)
{
    struct text text = TEXT_INIT;
    phrase_number(&text, number);
    const char *copy = arena_text(view->run->arena, text.bytes);
    text_release(&text);
    return copy;
}

/* To the second, for people. */
static const char *duration(const struct view *view, int64_t milliseconds)
{
    struct text text = TEXT_INIT;
    duration_write(&text, milliseconds < 1000 ? milliseconds : (milliseconds + 500) / 1000 * 1000);
    const char *copy = arena_text(view->run->arena, text.bytes);
    text_release(&text);
    return copy;
}

/* ---- the modes ---- */

static bool tell_number(struct view *view)
{
    const struct baseline_summary *summary = &view->summary;
    const double numbers[] = {[AVERAGE] = summary->average,
                              [MAXIMUM] = summary->maximum,
                              [MINIMUM] = summary->minimum,
                              [LAST] = summary->last};
    double number = numbers[view->args->mode];
    report_value(view->report, VALUE, NULL, number);
    if (view->args->mode == LAST)
        report_text(view->report, "%s: %s", view->subject, shown(view, number));
    else
        report_text(view->report, "%s: %s %s over %s, %zu samples", view->subject,
                    mode_names[view->args->mode], shown(view, number), duration(view, view->args->span),
                    summary->known);
    return true;
}

static void tell_time(struct view *view, const struct baseline_line *line, const char *moves)
{
    const struct args *args = view->args;
    struct value_frame frame = VALUE_FRAME_NONE;
    double left = baseline_time(line, args->limit, args->falling);
    const char *limit = shown(view, args->limit);
    frame.unit = "s";
    frame.min = 0;
    report_value_framed(view->report, VALUE, NULL, left, &frame);
    report_value(view->report, TIME_TO_LIMIT, NULL, left);
    if (left >= BASELINE_NEVER)
        report_text(view->report, "%s, does not reach %s", moves, limit);
    else if (left > 0)
        report_text(view->report, "%s, reaches %s in %s", moves, limit,
                    duration(view, number_nearest(left * 1000)));
    else
        report_text(view->report, "%s, is %s %s already", moves, args->falling ? "below" : "above", limit);
}

static bool tell_trend(struct view *view)
{
    struct baseline_line line;
    if (!baseline_fit(view->values.values, view->values.count, (double)view->values.step, &line))
        return report_failure(view->report, VERDICT_UNKNOWN,
                              "%s: a line needs two known samples, there are %zu", view->subject,
                              view->summary.known);
    double slope = line.slope * 3600;
    const char *moves = arena_format(view->run->arena, "%s: %s now, %s%s per hour over %s", view->subject,
                                     shown(view, line.level), slope > 0 ? "+" : "", shown(view, slope),
                                     duration(view, view->args->span));
    report_value(view->report, SLOPE, NULL, slope);
    if (!isnan(view->args->limit)) {
        tell_time(view, &line, moves);
        return true;
    }
    report_value(view->report, VALUE, NULL, slope);
    report_text(view->report, "%s", moves);
    return true;
}

static int64_t weeks_ago(const struct zone *zone, int64_t at, int64_t weeks)
{
    if (!zone)
        return at - weeks * 7 * 86400;
    struct civil civil = zone_civil(zone, at);
    civil.day -= (int)(weeks * 7);
    return zone_instant(zone, civil);
}

/* The earlier weeks, all their samples together. false: reported. */
static bool read_weeks(struct view *view, struct baseline_summary *usual, size_t *weeks)
{
    const struct args *args = view->args;
    struct error error = {""};
    const struct zone *zone = args->timezone ? zone_open(args->timezone, &error) : NULL;
    bool ok = !args->timezone || zone != NULL;
    for (int64_t week = 1; ok && week <= args->weeks; week++) {
        struct rrd_values values;
        size_t before = usual->known;
        int64_t end = weeks_ago(zone, view->now, week);
        ok = rrd_file_read(&view->file, functions[args->function ? args->function : 1],
                           end - args->span / 1000, end, &values, view->run->arena, &error);
        if (ok)
            baseline_add(usual, values.values, values.count);
        *weeks += usual->known > before;
    }
    baseline_end(usual);
    return ok || report_failure(view->report, VERDICT_UNKNOWN, "%s", error.text);
}

static const char *range_of(const struct view *view, const struct baseline_band *band)
{
    struct text text = TEXT_INIT;
    number_write(&text, band->low);
    text_add_char(&text, ':');
    number_write(&text, band->high);
    const char *copy = arena_text(view->run->arena, text.bytes);
    text_release(&text);
    return copy;
}

static bool tell_season(struct view *view)
{
    const struct args *args = view->args;
    struct baseline_summary usual = {0};
    struct baseline_band band;
    struct value_frame frame = VALUE_FRAME_NONE;
    size_t weeks = 0, least = args->least ? (size_t)args->least : 6;
    if (!read_weeks(view, &usual, &weeks))
        return false;
    if (usual.known < least)
        return report_failure(
            view->report, VERDICT_UNKNOWN,
            "%s: too little is known of this time of the week: %zu samples of %zu week%s, at "
            "least %zu are needed",
            view->subject, usual.known, weeks, weeks == 1 ? "" : "s", least);
    baseline_compare(&usual, view->summary.average, args->band, &band);
    frame.warning = range_of(view, &band);
    report_value_framed(view->report, VALUE, NULL, view->summary.average, &frame);
    report_value(view->report, EXPECTED, NULL, usual.average);
    report_value(view->report, DEVIATIONS, NULL, band.distance);
    report_value(view->report, SAMPLES, NULL, (double)usual.known);
    report_text(view->report, "%s: %s now, %s \302\261 %s expected from %zu week%s, %zu samples",
                view->subject, shown(view, view->summary.average), shown(view, usual.average),
                shown(view, args->band * usual.deviation), weeks, weeks == 1 ? "" : "s", usual.known);
    return true;
}

static bool tell_failures(struct view *view)
{
    double failures = 0;
    for (size_t i = 0; i < view->values.count; i++)
        failures += view->values.values[i] > 0 ? 1 : 0;
    report_value(view->report, VALUE, NULL, failures);
    report_value(view->report, COUNT, NULL, failures);
    report_text(view->report, "%s: %.0f failure%s in %s, %zu samples", view->subject, failures,
                failures == 1 ? "" : "s", duration(view, view->args->span), view->summary.known);
    return true;
}

static const struct mode {
    const char *function;
    size_t least;
    bool (*tell)(struct view *view);
} modes[] = {
    [AVERAGE] = {"AVERAGE", 1, tell_number},     [MAXIMUM] = {"MAX", 1, tell_number},
    [MINIMUM] = {"MIN", 1, tell_number},         [LAST] = {"AVERAGE", 1, tell_number},
    [TREND] = {"AVERAGE", 3, tell_trend},        [SEASONAL] = {"AVERAGE", 1, tell_season},
    [FAILURES] = {"FAILURES", 1, tell_failures},
};

/* ---- the file ---- */

static bool open_series(struct view *view, struct error *error)
{
    const struct args *args = view->args;
    struct text path = TEXT_INIT;
    if (args->file) {
        text_add(&path, args->file);
        view->subject = args->file;
    } else {
        text_format(&path, "%s/rrd/", args->state);
        series_path(&path, view->run->host, args->check, args->metric);
        view->subject =
            arena_format(view->run->arena, "%s/%s %s", view->run->host, args->check, args->metric);
    }
    bool ok = rrd_file_open(&view->file, path.bytes, args->source, view->run->arena, error);
    text_release(&path);
    return ok;
}

static bool is_fresh(const struct view *view)
{
    int64_t heartbeats = view->file.heartbeat * 2000;
    int64_t stale = view->args->stale ? view->args->stale : heartbeats < 600000 ? 600000 : heartbeats;
    int64_t age = (view->now - view->file.last) * 1000;
    return age <= stale ||
           report_failure(view->report, VERDICT_UNKNOWN, "%s: the last update is %s old, more than %s",
                          view->subject, duration(view, age), duration(view, stale));
}

static bool read_span(struct view *view, struct error *error)
{
    const struct args *args = view->args;
    const char *function = modes[args->mode].function;
    if (args->mode == FAILURES && !rrd_file_has(&view->file, function))
        return error_set(error,
                         "%s: no Holt-Winters failures are kept in this file: it has no archive of FAILURES",
                         view->subject);
    if (args->mode != FAILURES && args->function)
        function = functions[args->function];
    return rrd_file_read(&view->file, function, view->now - args->span / 1000, view->now, &view->values,
                         view->run->arena, error);
}

static size_t least_of(const struct view *view)
{
    const struct args *args = view->args;
    bool counts = args->least && args->mode != LAST && args->mode != SEASONAL;
    return counts ? (size_t)args->least : modes[args->mode].least;
}

/* Whether enough of the span is known for an answer; ${share} is what is not, in percent. */
static bool is_enough(struct view *view, double *share)
{
    struct baseline_summary *summary = &view->summary;
    baseline_add(summary, view->values.values, view->values.count);
    summary->unknown += view->values.missing;
    baseline_end(summary);
    size_t all = summary->known + summary->unknown, least = least_of(view);
    const char *span = duration(view, view->args->span);
    *share = all ? 100 * (double)summary->unknown / (double)all : 100;
    if (summary->known < least)
        return report_failure(view->report, VERDICT_UNKNOWN,
                              "%s: too little is known: %zu sample%s in %s, at least %zu are needed",
                              view->subject, summary->known, summary->known == 1 ? "" : "s", span, least);
    return *share <= view->args->unknown ||
           report_failure(view->report, VERDICT_UNKNOWN,
                          "%s: %s %% of the samples in %s are unknown, more than %s %%", view->subject,
                          shown(view, *share), span, shown(view, view->args->unknown));
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->file && (run->host || args->check || args->metric))
        return error_set(error, "give one of --file and --hostname with --check and --metric");
    if (!args->file && !(run->host && args->check && args->metric))
        return error_set(error, "give --file, or --hostname, --check and --metric");
    if (args->mode != TREND && (!isnan(args->limit) || args->falling))
        return error_set(error, "--limit and --falling belong to --mode trend");
    return true;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct view view = {
        .args = args, .run = run, .report = report, .now = args->now ? args->now : (int64_t)time(NULL)};
    struct error error;
    double share;
    run_stage(run, "reading an RRD file");
    if (!open_series(&view, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    if (!is_fresh(&view))
        return false;
    if (!read_span(&view, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    if (!is_enough(&view, &share) || !modes[args->mode].tell(&view))
        return false;
    report_value(report, UNKNOWN_SHARE, NULL, share);
    report_value(report, AGE, NULL, view.now > view.file.last ? (double)(view.now - view.file.last) : 0);
    if (args->mode != SEASONAL)
        report_value(report, SAMPLES, NULL, (double)view.summary.known);
    return true;
}

const struct check check_rrd = {
    .name = "rrd",
    .title = "RRD",
    .summary = "thresholds on stored data",
    .notes =
        "A disk that fills: check_rrd -H web01 --check disk --metric used --mode trend --span 6h --limit 95 "
        "-w 86400: -c 14400: is WARNING when the limit is less than a day away. What rrdcached has not "
        "written to the file yet is not seen: --stale is to be longer than its delay.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
