/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Munin's words: config, autoconf, suggest, and the values. */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/munin.h"
#include "lib/number.h"

#include <math.h>

/* What one call prints. */
struct page {
    const struct report *report;
    const struct output *output;
    const char **fields; /* one for each sample */
    bool config, values;
};

static bool is_drawn_in(const struct page *page, const struct sample *sample, const char *graph)
{
    return strcmp(munin_graph_of(page->report->check, sample->row), graph) == 0;
}

static bool is_rate(const struct metric_row *row)
{
    return row->type == METRIC_COUNTER || row->type == METRIC_DERIVE;
}

static void add_line(struct text *text, const char *field, const char *attribute, const char *value)
{
    text_format(text, "%s.%s ", field, attribute);
    clean_text(text, value);
    text_add_char(text, '\n');
}

static void add_number(struct text *text, const char *field, const char *attribute, double value)
{
    if (isnan(value))
        return;
    text_format(text, "%s.%s ", field, attribute);
    number_write(text, value);
    text_add_char(text, '\n');
}

/* The row that draws this one as its negative. */
static const struct metric_row *positive_of(const struct page *page, const struct metric_row *row)
{
    for (const struct metric_row *other = page->report->check->metrics; other->name; other++)
        if (other->negative && strcmp(other->negative, row->name) == 0)
            return other;
    return NULL;
}

static const char *field_at(const struct page *page, const char *metric, const char *instance)
{
    for (size_t i = 0; i < page->report->count; i++) {
        const struct sample *sample = &page->report->samples[i];
        if (strcmp(sample->row->name, metric) == 0 &&
            strcmp(sample->instance ? sample->instance : "", instance ? instance : "") == 0)
            return page->fields[i];
    }
    return NULL;
}

/* In and out are one line in the legend; other metrics of a graph are told apart. */
static bool has_others(const struct page *page, const struct metric_row *row)
{
    const struct check *check = page->report->check;
    const struct metric_row *positive = positive_of(page, row);
    for (const struct metric_row *other = check->metrics; other->name; other++)
        if (other != row && other != positive &&
            !(row->negative && strcmp(row->negative, other->name) == 0) &&
            strcmp(munin_graph_of(check, other), munin_graph_of(check, row)) == 0)
            return true;
    return false;
}

static void add_label(const struct page *page, const struct sample *sample, const char *field)
{
    struct text label = TEXT_INIT;
    if (sample->instance && has_others(page, sample->row))
        text_format(&label, "%s: %s", sample->instance, sample->row->help);
    else
        text_add(&label, sample->instance ? sample->instance : sample->row->help);
    add_line(page->output->text, field, "label", label.bytes);
    text_release(&label);
}

/* A counter that begins anew must not be a spike: DERIVE with a minimum draws nothing there, while COUNTER takes
 * it for a wrap. */
static void add_type(const struct page *page, const struct sample *sample, const char *field)
{
    struct text *text = page->output->text;
    bool rate = is_rate(sample->row);
    add_line(text, field, "type", metric_type_name(rate ? METRIC_DERIVE : sample->row->type));
    add_number(text, field, "min", rate && isnan(sample->min) ? 0 : sample->min);
    if (!rate)
        add_number(text, field, "max", sample->max);
}

static void add_field(const struct page *page, const struct sample *sample, const char *field)
{
    struct text *text = page->output->text;
    const struct metric_row *row = sample->row;
    const struct metric_row *positive = positive_of(page, row);
    const char *negative = row->negative ? field_at(page, row->negative, sample->instance) : NULL;
    add_label(page, sample, field);
    add_line(text, field, "info", row->help);
    add_type(page, sample, field);
    if (row->draw)
        add_line(text, field, "draw", row->draw);
    if (negative)
        add_line(text, field, "negative", negative);
    if (positive && field_at(page, positive->name, sample->instance))
        add_line(text, field, "graph", "no");
    munin_threshold(text, field, "warning", &sample->warning.range);
    munin_threshold(text, field, "critical", &sample->critical.range);
}

static void add_value(struct text *text, const struct sample *sample, const char *field)
{
    text_format(text, "%s.value ", field);
    if (isnan(sample->value))
        text_add_char(text, 'U');
    else
        number_write(text,
                     sample->row->type == METRIC_GAUGE ? sample->value : number_round(sample->value, 0));
    text_add_char(text, '\n');
}

/* Of in and out the one that points up; NULL: the metric is no half of a pair. */
static const struct metric_row *upper_of(const struct page *page, const struct metric_row *row)
{
    return row->negative ? row : positive_of(page, row);
}

static const char *help_of(const struct page *page, const char *metric)
{
    const struct metric_row *row = page->report->check->metrics;
    while (row->name && strcmp(row->name, metric) != 0)
        row++;
    return row->name ? row->help : metric;
}

/* A unit, where the metrics have one; "c" marks a counter in perfdata and is none. */
static void add_what(const struct page *page, const struct metric_row *row, const char *graph)
{
    struct text *text = page->output->text;
    if (row->unit && *row->unit && strcmp(row->unit, "c") != 0)
        text_add(text, row->unit);
    else if (!has_others(page, row))
        text_add(text, is_rate(row) ? row->name : row->help);
    else
        text_add(text, is_rate(row) || *graph == '\0' ? "count" : graph);
}

static void add_axis(const struct page *page, const struct metric_row *row, const char *graph)
{
    struct text *text = page->output->text;
    const struct metric_row *upper = upper_of(page, row);
    text_add(text, "graph_vlabel ");
    if (upper)
        text_format(text, "%s (-) / %s (+)", help_of(page, upper->negative), upper->help);
    else
        add_what(page, row, graph);
    text_add(text, is_rate(row) ? " per ${graph_period}\n" : "\n");
}

/* What is drawn: each metric of the graph. */
static void add_info(const struct page *page, const char *graph)
{
    const struct check *check = page->report->check;
    struct text *text = page->output->text;
    const char *between = "graph_info ";
    for (const struct metric_row *row = check->metrics; row->name; row++) {
        if (strcmp(munin_graph_of(check, row), graph) != 0)
            continue;
        text_add(text, between);
        clean_text(text, row->help);
        between = "; ";
    }
    text_add_char(text, '\n');
}

static void add_head(const struct page *page, const struct metric_row *row, const char *graph)
{
    const struct check *check = page->report->check;
    const struct munin_call *call = page->output->munin;
    struct text *text = page->output->text;
    text_format(text, "graph_title %s", check->title);
    if (*call->instance)
        text_format(text, " %s", call->instance);
    text_format(text, ": %s\n", *graph ? graph : check->summary);
    add_axis(page, row, graph);
    text_add(text, "graph_category ");
    clean_name(text, call->link ? call->link->category : check->name, "-.", false);
    text_add_char(text, '\n');
    add_info(page, graph);
    if (row->has_min && fpclassify(row->min) == FP_ZERO && !upper_of(page, row))
        text_add(text, "graph_args --base 1000 --lower-limit 0\n");
}

static void add_graph(const struct page *page, const char *graph, const char *name)
{
    const struct report *report = page->report;
    struct text *text = page->output->text;
    bool begun = false;
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        if (!is_drawn_in(page, sample, graph))
            continue;
        if (!begun && name)
            text_format(text, "multigraph %s%s%s\n", name, *graph ? "_" : "", graph);
        if (!begun && page->config)
            add_head(page, sample->row, graph);
        begun = true;
        if (page->config)
            add_field(page, sample, page->fields[i]);
        if (page->values)
            add_value(text, sample, page->fields[i]);
    }
}

/* The graphs of the call in the order of the rows, each once; returns how many there are. */
static size_t find_graphs(const struct page *page, const char **graphs)
{
    const struct check *check = page->report->check;
    size_t count = 0;
    for (size_t i = 0; i < page->report->metrics; i++) {
        const char *graph = munin_graph_of(check, &check->metrics[i]);
        bool seen = false;
        for (size_t j = 0; j < count && !seen; j++)
            seen = strcmp(graphs[j], graph) == 0;
        if (!seen && munin_wants(page->output->munin, graph))
            graphs[count++] = graph;
    }
    return count;
}

static bool has_samples(const struct page *page, const char *graph)
{
    for (size_t i = 0; i < page->report->count; i++)
        if (is_drawn_in(page, &page->report->samples[i], graph))
            return true;
    return false;
}

static int suggest(const struct page *page, const char *const *graphs, size_t count)
{
    const struct munin_call *call = page->output->munin;
    if (call->link && call->link->name[strlen(call->link->name) - 1] == '_')
        munin_suggest(page->report, call, page->output->text);
    for (size_t i = 0; !call->link && i < count; i++)
        if (*graphs[i])
            text_format(page->output->text, "%s\n", graphs[i]);
    return 0;
}

static int draw(const struct page *page, const char *const *graphs, size_t count)
{
    const struct munin_call *call = page->output->munin;
    const char *several = getenv("MUNIN_CAP_MULTIGRAPH");
    const char *name = call->link ? call->program : page->report->check->name;
    size_t drawn = 0;
    for (size_t i = 0; i < count; i++)
        drawn += has_samples(page, graphs[i]);
    if (count == 0)
        return munin_refuse(page->output, "this plugin has no such graph");
    if (drawn == 0)
        return munin_refuse(page->output, "the source has no such values");
    if (strcmp(call->word, "autoconf") == 0) {
        text_add(page->output->text, "yes\n");
        return 0;
    }
    bool multigraph = count > 1 && several && strcmp(several, "1") == 0;
    while (!has_samples(page, *graphs)) {
        graphs++;
        count--;
    }
    for (size_t i = 0; i < (multigraph ? count : 1); i++)
        add_graph(page, graphs[i], multigraph ? name : NULL);
    return 0;
}

int output_munin(const struct report *report, const struct output *output)
{
    const char *word = output->munin->word;
    bool config = strcmp(word, "config") == 0;
    struct page page = {
        .report = report, .output = output, .config = config, .values = munin_prints_values(word)};
    const char **graphs = arena_get(report->arena, report->metrics + 1, sizeof *graphs);
    size_t count = find_graphs(&page, graphs);
    if (*word && !config && strcmp(word, "fetch") != 0 && strcmp(word, "autoconf") != 0 &&
        strcmp(word, "suggest") != 0)
        return munin_refuse(output, "unknown word; it takes config, autoconf and suggest");
    if (strcmp(word, "suggest") == 0)
        return suggest(&page, graphs, count);
    if (report->failure || report->count == 0)
        return munin_refuse(output, report->answer);
    page.fields = munin_fields(report);
    return draw(&page, graphs, count);
}
