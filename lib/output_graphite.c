/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line formats of Graphite and StatsD, and the seed's line of "key:value" for Cacti. Values that are not
 * known are left out. */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/names.h"
#include "lib/number.h"

#include <math.h>

/* "CHECK.METRIC.INSTANCE"; a dot in an instance would make a level of its own. */
static const char *path_of(const struct report *report, const struct sample *sample, struct names *names)
{
    struct text path = TEXT_INIT;
    clean_name(&path, report->check->name, "-", false);
    text_format(&path, ".%s", sample->row->name);
    if (sample->instance) {
        text_add_char(&path, '.');
        clean_name(&path, sample->instance, "-", false);
    }
    const char *taken = names_take(names, path.bytes);
    text_release(&path);
    return taken;
}

int output_graphite(const struct report *report, const struct output *output)
{
    struct names *names = names_create(report->arena);
    for (size_t i = 0; i < report->count; i++) {
        if (isnan(report->samples[i].value))
            continue;
        text_format(output->text, "%s ", path_of(report, &report->samples[i], names));
        number_write(output->text, report->samples[i].value);
        text_format(output->text, " %lld\n", (long long)output->epoch);
    }
    return output_end(report, output);
}

int output_statsd(const struct report *report, const struct output *output)
{
    struct names *names = names_create(report->arena);
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        if (isnan(sample->value))
            continue;
        const char *path = path_of(report, sample, names);
        if (!isnan(sample->change)) { /* counters are added up there */
            if (sample->change > 0) {
                text_format(output->text, "%s:", path);
                number_write(output->text, sample->change);
                text_add(output->text, "|c\n");
            }
            continue;
        }
        if (sample->value < 0) /* a sign means a change there, so begin at nought */
            text_format(output->text, "%s:0|g\n", path);
        text_format(output->text, "%s:", path);
        number_write(output->text, sample->value);
        text_add(output->text, sample->row->type == METRIC_ABSOLUTE && sample->value >= 0 ? "|c\n" : "|g\n");
    }
    return output_end(report, output);
}

/* Blanks separate the pairs, so none may be within. */
static void add_word(struct text *line, const char *string)
{
    struct text clean = TEXT_INIT;
    clean_text(&clean, string);
    for (size_t i = 0; i < clean.length; i++)
        text_add_char(line, clean.bytes[i] == ' ' ? '_' : clean.bytes[i]);
    text_release(&clean);
}

/* A fact without a value is shown by its key again, as the plugin does that this line comes from. */
static void add_facts(const struct report *report, struct text *line)
{
    for (size_t i = 0; i < report->fact_count; i++) {
        const struct fact *fact = &report->facts[i];
        if (i > 0)
            text_add_char(line, ' ');
        add_word(line, fact->key);
        text_add_char(line, ':');
        add_word(line, *fact->value ? fact->value : fact->key);
    }
}

int output_cacti(const struct report *report, const struct output *output)
{
    struct names *names = names_create(report->arena);
    bool any = false;
    add_facts(report, output->text);
    for (size_t i = 0; i < report->count && report->fact_count == 0; i++) {
        struct text name = TEXT_INIT;
        struct text key = TEXT_INIT;
        if (isnan(report->samples[i].value))
            continue;
        output_sample_name(&report->samples[i], &name);
        clean_name(&key, name.bytes, "-.", false);
        text_format(output->text, "%s%s:", any ? " " : "", names_take(names, key.bytes));
        number_write(output->text, report->samples[i].value);
        any = true;
        text_release(&key);
        text_release(&name);
    }
    text_add_char(output->text, '\n');
    return output_end(report, output);
}
