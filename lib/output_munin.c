/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Munin's words: config, autoconf, suggest, and the values. */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/munin.h"
#include "lib/names.h"
#include "lib/number.h"

#include <math.h>

/* What one call prints. */
struct page {
    const struct report *report;
    const struct output *output;
    const char **fields; /* one for each sample */
    bool config, values;
};

/* The first metric that has no graph of its own and the same unit: one graph never mixes units. */
static const char *graph_of(const struct report *report, const struct metric_row *row)
{
    const struct metric_row *rows = report->check->metrics;
    const char *unit = row->unit ? row->unit : "";
    bool first = true;
    if (row->graph)
        return row->graph;
    for (size_t i = 0; i < report->metrics; i++) {
        if (rows[i].graph)
            continue;
        if (strcmp(rows[i].unit ? rows[i].unit : "", unit) == 0)
            return first ? "" : rows[i].name;
        first = false;
    }
    return "";
}

/* Munin's rule: a leading run of what is not allowed becomes one "_", "root" is reserved. */
static const char *field_of(const struct sample *sample, struct names *names)
{
    struct text name = TEXT_INIT;
    struct text field = TEXT_INIT;
    output_sample_name(sample, &name);
    clean_name(&field, name.bytes, "_", true);
    if (strcmp(field.bytes, "root") == 0) {
        text_clear(&field);
        text_add(&field, "__root");
    }
    const char *taken = names_take(names, field.bytes);
    text_release(&field);
    text_release(&name);
    return taken;
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

/* "min:max", both may be missing; what alerts inside cannot be said. */
static void add_range(struct text *text, const char *field, const char *attribute, const struct range *range)
{
    if (!range->given || range->inside || (isinf(range->start) && isinf(range->end)))
        return;
    text_format(text, "%s.%s ", field, attribute);
    if (!isinf(range->start))
        number_write(text, range->start);
    text_add_char(text, ':');
    if (!isinf(range->end))
        number_write(text, range->end);
    text_add_char(text, '\n');
}

static bool is_same_instance(const struct sample *a, const struct sample *b)
{
    return (!a->instance && !b->instance) ||
           (a->instance && b->instance && strcmp(a->instance, b->instance) == 0);
}

/* The field that is drawn as this one's negative, and whether this one is. */
static const char *negative_of(const struct page *page, const struct sample *sample, bool *is_negative)
{
    const char *found = NULL;
    *is_negative = false;
    for (size_t i = 0; i < page->report->count; i++) {
        const struct sample *other = &page->report->samples[i];
        if (!is_same_instance(sample, other))
            continue;
        if (sample->row->negative && strcmp(sample->row->negative, other->row->name) == 0)
            found = page->fields[i];
        if (other->row->negative && strcmp(other->row->negative, sample->row->name) == 0)
            *is_negative = true;
    }
    return found;
}

static void add_field(const struct page *page, const struct sample *sample, const char *field)
{
    struct text *text = page->output->text;
    struct text label = TEXT_INIT;
    bool is_negative = false;
    const char *negative = negative_of(page, sample, &is_negative);
    text_add(&label, sample->instance ? sample->instance : sample->row->help);
    add_line(text, field, "label", label.bytes);
    add_line(text, field, "info", sample->row->help);
    add_line(text, field, "type", metric_type_name(sample->row->type));
    if (sample->row->draw)
        add_line(text, field, "draw", sample->row->draw);
    if (negative)
        add_line(text, field, "negative", negative);
    if (is_negative)
        add_line(text, field, "graph", "no");
    add_number(text, field, "min", sample->min);
    add_number(text, field, "max", sample->max);
    add_range(text, field, "warning", &sample->warning.range);
    add_range(text, field, "critical", &sample->critical.range);
    text_release(&label);
}

static void add_value(struct text *text, const struct sample *sample, const char *field)
{
    text_format(text, "%s.value ", field);
    if (isnan(sample->value))
        text_add_char(text, 'U');
    else
        number_write(text, sample->row->type == METRIC_GAUGE ? sample->value : round(sample->value));
    text_add_char(text, '\n');
}

static void add_head(const struct page *page, const struct metric_row *row, const char *graph)
{
    const struct check *check = page->report->check;
    struct text *text = page->output->text;
    text_format(text, "graph_title %s: %s\n", check->title, *graph ? graph : check->summary);
    text_format(text, "graph_vlabel %s\n", row->unit && *row->unit ? row->unit : row->help);
    text_add(text, "graph_category ");
    clean_name(text, check->name, "-.", false);
    text_format(text, "\ngraph_info %s\n", check->summary);
    if (row->has_min && fpclassify(row->min) == FP_ZERO)
        text_add(text, "graph_args --base 1000 --lower-limit 0\n");
}

static void add_graph(const struct page *page, const char *graph, bool named)
{
    const struct report *report = page->report;
    struct text *text = page->output->text;
    bool begun = false;
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        if (strcmp(graph_of(report, sample->row), graph) != 0)
            continue;
        if (!begun && named)
            text_format(text, "multigraph %s%s%s\n", report->check->name, *graph ? "_" : "", graph);
        if (!begun && page->config)
            add_head(page, sample->row, graph);
        begun = true;
        if (page->config)
            add_field(page, sample, page->fields[i]);
        if (page->values)
            add_value(text, sample, page->fields[i]);
    }
}

/* The graph of a link's name: "haproxy_sessions" is the graph "sessions". */
static const char *wanted_graph(const struct page *page)
{
    const char *program = page->output->munin_program;
    if (!munin_is_link(page->report->check, program))
        return "";
    program += strlen(page->report->check->name);
    return *program ? program + 1 : "";
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && strcmp(value, "1") == 0;
}

/* Calls each graph once, in the order of the rows. */
static size_t each_graph(const struct page *page, void (*call)(const struct page *, const char *, bool),
                         const char *wanted, bool multigraph)
{
    const struct report *report = page->report;
    size_t graphs = 0;
    for (size_t i = 0; i < report->metrics; i++) {
        const char *graph = graph_of(report, &report->check->metrics[i]);
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(graph_of(report, &report->check->metrics[j]), graph) == 0;
        if (seen || (*wanted && strcmp(wanted, graph) != 0))
            continue;
        if (graphs++ == 0 || multigraph)
            call(page, graph, multigraph);
    }
    return graphs;
}

static void suggest(const struct page *page, const char *graph, bool named)
{
    (void)named;
    if (*graph)
        text_format(page->output->text, "%s\n", graph);
}

static int answer(const struct page *page, const char *word)
{
    const struct report *report = page->report;
    const char *wanted = wanted_graph(page);
    if (strcmp(word, "suggest") == 0) {
        (void)each_graph(page, suggest, "", true);
        return 0;
    }
    if (report->failure || report->count == 0)
        return munin_refuse(page->output, report->answer);
    if (strcmp(word, "autoconf") == 0) {
        text_add(page->output->text, "yes\n");
        return 0;
    }
    bool multigraph = !*wanted && is_set("MUNIN_CAP_MULTIGRAPH");
    if (each_graph(page, add_graph, wanted, multigraph) == 0)
        return munin_refuse(page->output, "this plugin has no such graph");
    return 0;
}

int output_munin(const struct report *report, const struct output *output)
{
    const char *word = output->munin_word;
    bool config = strcmp(word, "config") == 0;
    struct page page = {.report = report, .output = output, .config = config};
    struct names *names = names_create(report->arena);
    page.values = !config || is_set("MUNIN_CAP_DIRTYCONFIG");
    page.fields = arena_get(report->arena, report->count + 1, sizeof *page.fields);
    for (size_t i = 0; i < report->count; i++)
        page.fields[i] = field_of(&report->samples[i], names);
    if (*word && !config && strcmp(word, "fetch") != 0 && strcmp(word, "autoconf") != 0 &&
        strcmp(word, "suggest") != 0)
        return munin_refuse(output, "unknown word; it takes config, autoconf and suggest");
    return answer(&page, word);
}
