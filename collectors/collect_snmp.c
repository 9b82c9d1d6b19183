/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number of an SNMP agent's network interfaces. */
#include "collectors/choice.h"
#include "collectors/interfaces.h"
#include "collectors/snmp_options.h"

#include <math.h>

struct args {
    struct snmp_options agent;
    const char *interface, *ignore;
};

static const struct option_row options[] = {
    {"interface", 'i', TEXT(struct args, interface), .value = "REGEX",
     .help = "Only interfaces whose name this extended expression matches."},
    {"ignore", 0, TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out interfaces whose name this extended expression matches."},
    SNMP_OPTIONS(struct args, agent),
    {0},
};

enum metric { IN, OUT, IN_ERRORS, OUT_ERRORS, IN_DISCARDS, OUT_DISCARDS, SPEED, ADMIN, OPER };

#define TOTAL(name_, help_, unit_, graph_)                                                                   \
    {                                                                                                        \
        name_, help_, unit_, METRIC_DERIVE, .has_min = true, .graph = (graph_)                               \
    }

static const struct metric_row metrics[] = {
    [IN] = TOTAL("in", "bytes received", "B", "traffic"),
    [OUT] = {"out", "bytes sent", "B", METRIC_DERIVE, .has_min = true, .graph = "traffic", .negative = "in"},
    [IN_ERRORS] = TOTAL("in_errors", "packets received with errors", "", "errors"),
    [OUT_ERRORS] = TOTAL("out_errors", "packets not sent because of errors", "", "errors"),
    [IN_DISCARDS] = TOTAL("in_discards", "packets received and thrown away", "", "errors"),
    [OUT_DISCARDS] = TOTAL("out_discards", "packets thrown away instead of sent", "", "errors"),
    [SPEED] = {"speed", "bandwidth", "Mbit/s", .has_min = true, .graph = "speed"},
    [ADMIN] = {"admin", "wanted status: 1 up, 2 down, 3 testing", "", .graph = "status"},
    [OPER] = {"oper", "status: 1 up, 2 down, as ifOperStatus", "", .graph = "status"},
    {0},
};

static const struct {
    enum metric metric;
    enum interface_column column;
} numbers[] = {
    {IN_ERRORS, INTERFACE_IN_ERRORS},
    {OUT_ERRORS, INTERFACE_OUT_ERRORS},
    {IN_DISCARDS, INTERFACE_IN_DISCARDS},
    {OUT_DISCARDS, INTERFACE_OUT_DISCARDS},
    {SPEED, INTERFACE_HIGH_SPEED},
    {ADMIN, INTERFACE_ADMIN},
    {OPER, INTERFACE_OPER},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    return choice_check(args->interface, args->ignore, error) && snmp_options_check(&args->agent, run, error);
}

static void report_interface(const struct interface *row, struct report *report)
{
    const struct snmp_value *in = interface_octets(row, false);
    const struct snmp_value *out = interface_octets(row, true);
    if (in)
        report_value(report, IN, row->name, in->number);
    if (out)
        report_value(report, OUT, row->name, out->number);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        double number = interface_number(row, numbers[i].column);
        if (!isnan(number))
            report_value(report, numbers[i].metric, row->name, number);
    }
}

static bool report_chosen(const struct args *args, const struct interfaces *interfaces, struct report *report)
{
    struct choice choice;
    struct error error;
    if (!choice_init(&choice, args->interface, args->ignore, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    for (size_t i = 0; i < interfaces->count; i++)
        if (choice_wants(&choice, interfaces->rows[i].name) &&
            !choice_ignores(&choice, interfaces->rows[i].name))
            report_interface(&interfaces->rows[i], report);
    choice_release(&choice);
    return true;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct interfaces interfaces;
    struct snmp_link *link;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = snmp_options_open(&args->agent, run, &link, &error);
    if (end == SOURCE_READ)
        end = interfaces_read(link, run, &interfaces, &error);
    snmp_link_close(link);
    return end == SOURCE_READ ? report_chosen(args, &interfaces, report)
                              : source_failed(report, end, &error, limit);
}

static const struct args defaults = {.agent = SNMP_OPTIONS_DEFAULTS};

const struct check collect_snmp = {
    .name = "snmp",
    .title = "SNMP",
    .summary = "every number of an SNMP agent's network interfaces",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
    .collects = true,
};
