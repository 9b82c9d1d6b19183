/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SNMP: the values of objects, or how its network interfaces do. */
#include "collectors/choice.h"
#include "collectors/interfaces.h"
#include "collectors/snmp_objects.h"
#include "collectors/snmp_options.h"
#include "lib/phrase.h"

#include <math.h>

struct args {
    struct snmp_options agent;
    struct option_list objects, walks;
    int table;
    const char *interface, *ignore;
};

enum { TABLE_NONE, TABLE_INTERFACES };

static const char *const table_names[] = {"none", "interfaces", NULL};

static const struct option_row options[] = {
    {"oid", 'o', LIST(struct args, objects), .value = "[LABEL=]OID[,UNIT]",
     .help =
         "An object, by number, with a name and a unit for it. A counter is taken as its rate per second."},
    {"walk", 0, LIST(struct args, walks), .value = "[LABEL=]OID[,UNIT]",
     .help = "Every object below this one; each is called LABEL and the rest of its number."},
    {"table", 0, CHOICE(struct args, table), .value = "TABLE", .choices = table_names,
     .help = "A whole table instead: the network interfaces."},
    {"interface", 'i', TEXT(struct args, interface), .value = "REGEX",
     .help = "Only interfaces whose name this extended expression matches."},
    {"ignore", 0, TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out interfaces whose name this extended expression matches."},
    SNMP_OPTIONS(struct args, agent),
    {0},
};

enum metric { VALUE, DOWN, IN, OUT, IN_SHARE, OUT_SHARE, IN_ERRORS, OUT_ERRORS, IN_DISCARDS, OUT_DISCARDS };

static const struct metric_row metrics[] = {
    [VALUE] = {"value", "value of an object, or rate of a counter", "", .label = "%s"},
    [DOWN] = {"down", "1 for an interface that is down and should be up", "", .critical = "0",
              .has_min = true, .has_max = true, .max = 1, .quiet = true, .graph = "down"},
    [IN] = {"in", "bytes received per second", "B/s", .has_min = true, .graph = "traffic"},
    [OUT] = {"out", "bytes sent per second", "B/s", .has_min = true, .graph = "traffic", .negative = "in"},
    [IN_SHARE] = {"in_share", "bandwidth used by what is received", "%", .has_min = true, .quiet = true,
                  .graph = "share"},
    [OUT_SHARE] = {"out_share", "bandwidth used by what is sent", "%", .has_min = true, .quiet = true,
                   .graph = "share"},
    [IN_ERRORS] = {"in_errors", "packets received with errors, per second", "/s", .has_min = true,
                   .graph = "errors"},
    [OUT_ERRORS] = {"out_errors", "packets not sent because of errors, per second", "/s", .has_min = true,
                    .graph = "errors", .negative = "in_errors"},
    [IN_DISCARDS] = {"in_discards", "packets received and thrown away, per second", "/s", .has_min = true,
                     .quiet = true, .graph = "errors"},
    [OUT_DISCARDS] = {"out_discards", "packets thrown away instead of sent, per second", "/s",
                      .has_min = true, .quiet = true, .graph = "errors", .negative = "in_discards"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    struct snmp_objects objects;
    if (!snmp_objects_parse(&args->objects, run->arena, &objects, error))
        return error_prefix(error, "--oid");
    if (!snmp_objects_parse(&args->walks, run->arena, &objects, error))
        return error_prefix(error, "--walk");
    if (!choice_check(args->interface, args->ignore, error))
        return false;
    if ((args->objects.count + args->walks.count > 0) == (args->table != TABLE_NONE))
        return error_set(error, "give either --oid and --walk, or --table");
    if (args->table == TABLE_NONE && (args->interface || args->ignore))
        return error_set(error, "--interface and --ignore are for --table interfaces");
    return snmp_options_check(&args->agent, run, error);
}

static bool is_counter(const struct snmp_value *value)
{
    return value->kind == SNMP_COUNTER32 || value->kind == SNMP_COUNTER64;
}

/* The text of the answer: as much of it as still reads. */
struct shown {
    struct text text;
    size_t left_out;
};

enum { SHOWN_LIMIT = 300 };

static void add_shown(struct shown *shown, const char *label, double number, const char *unit)
{
    struct text *text = &shown->text;
    text_format(text, "%s%s ", text->length ? ", " : "", label);
    if (isnan(number))
        text_add(text, "is not known");
    else
        phrase_number(text, number);
    if (!isnan(number) && *unit)
        text_format(text, "%s%s", *unit == '/' ? "" : " ", unit);
}

static void report_object(const struct snmp_object *object, struct run *run, int64_t uptime,
                          struct report *report, struct shown *shown)
{
    const struct snmp_value *value = &object->value;
    struct value_frame frame = VALUE_FRAME_NONE;
    struct text number = TEXT_INIT;
    double known = value->number;
    frame.unit = object->unit;
    snmp_name_write(&number, &object->name);
    if (value->kind == SNMP_ABSENT) {
        report_verdict(report, VERDICT_UNKNOWN, "%s: %s (%s)", object->label, value->text, number.bytes);
    } else if (value->kind == SNMP_TEXT && isnan(known)) {
        report_verdict(report, VERDICT_OK, "%s is \"%s\"", object->label, value->text);
        if (shown->text.length < SHOWN_LIMIT)
            text_format(&shown->text, "%s%s is \"%s\"", shown->text.length ? ", " : "", object->label,
                        value->text);
        else
            shown->left_out++;
    } else {
        if (is_counter(value)) {
            known = snmp_value_rate(value, number.bytes, run, uptime);
            frame.unit = arena_format(run->arena, "%s/s", object->unit);
        } else if (value->kind == SNMP_TICKS) {
            known = value->number / 100;
            frame.unit = *object->unit ? object->unit : "s";
        }
        report_value_framed(report, VALUE, object->label, known, &frame);
        if (shown->text.length < SHOWN_LIMIT)
            add_shown(shown, object->label, known, frame.unit);
        else
            shown->left_out++;
    }
    text_release(&number);
}

static void report_objects(const struct snmp_objects *objects, struct snmp_link *link, struct run *run,
                           struct report *report)
{
    struct shown shown = {.text = TEXT_INIT};
    bool any_counter = false;
    for (size_t i = 0; i < objects->count; i++)
        any_counter = any_counter || is_counter(&objects->items[i].value);
    int64_t uptime = any_counter ? interfaces_uptime(link) : -1;
    for (size_t i = 0; i < objects->count; i++)
        report_object(&objects->items[i], run, uptime, report, &shown);
    if (shown.left_out > 0)
        text_format(&shown.text, " and %zu more", shown.left_out);
    if (shown.text.length > 0)
        report_text(report, "%s", shown.text.bytes);
    text_release(&shown.text);
}

static enum source_end measure_objects(const struct args *args, struct snmp_link *link, struct run *run,
                                       struct report *report, struct error *error)
{
    struct snmp_objects objects, roots;
    if (!snmp_objects_parse(&args->objects, run->arena, &objects, error) ||
        !snmp_objects_parse(&args->walks, run->arena, &roots, error))
        return SOURCE_UNREADABLE;
    enum source_end end = snmp_objects_get(link, &objects, error);
    if (end == SOURCE_READ)
        end = snmp_objects_walk(link, &roots, &objects, error);
    if (end == SOURCE_READ)
        report_objects(&objects, link, run, report);
    return end;
}

static double rate_of(const struct interface *row, const struct snmp_value *cell, const char *what,
                      struct run *run, int64_t uptime)
{
    return snmp_value_rate(cell, arena_format(run->arena, "%s %s", what, row->name), run, uptime);
}

static void report_octets(const struct interface *row, bool out, struct run *run, int64_t uptime,
                          struct report *report)
{
    const struct snmp_value *octets = interface_octets(row, out);
    double speed = interface_number(row, INTERFACE_HIGH_SPEED) * 1e6 / 8;
    if (!octets)
        return;
    struct value_frame frame = VALUE_FRAME_NONE;
    double rate = rate_of(row, octets, out ? "out" : "in", run, uptime);
    if (speed > 0)
        frame.max = speed;
    report_value_framed(report, out ? OUT : IN, row->name, rate, &frame);
    if (speed > 0)
        report_value(report, out ? OUT_SHARE : IN_SHARE, row->name, 100 * rate / speed);
}

static void report_interface(const struct interface *row, struct run *run, int64_t uptime,
                             struct report *report)
{
    static const struct {
        enum interface_column column;
        enum metric metric;
        const char *what;
    } counters[] = {{INTERFACE_IN_ERRORS, IN_ERRORS, "in errors"},
                    {INTERFACE_OUT_ERRORS, OUT_ERRORS, "out errors"},
                    {INTERFACE_IN_DISCARDS, IN_DISCARDS, "in discards"},
                    {INTERFACE_OUT_DISCARDS, OUT_DISCARDS, "out discards"}};
    const char *alias = row->cells[INTERFACE_ALIAS].text;
    report_value(report, DOWN, row->name, interface_is_down(row) ? 1 : 0);
    report_octets(row, false, run, uptime, report);
    report_octets(row, true, run, uptime, report);
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        const struct snmp_value *cell = &row->cells[counters[i].column];
        if (cell->text && is_counter(cell))
            report_value(report, counters[i].metric, row->name,
                         rate_of(row, cell, counters[i].what, run, uptime));
    }
    report_detail(report, "%s is %s%s%s", row->name,
                  interface_status_name(interface_number(row, INTERFACE_OPER)), alias && *alias ? ": " : "",
                  alias ? alias : "");
}

static void report_interfaces(const struct interfaces *interfaces, const struct choice *choice,
                              struct run *run, struct report *report)
{
    size_t chosen = 0, up = 0;
    struct text faults = TEXT_INIT;
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct interface *row = &interfaces->rows[i];
        double status = interface_number(row, INTERFACE_OPER);
        if (!choice_wants(choice, row->name) || choice_ignores(choice, row->name))
            continue;
        chosen++;
        up += status == INTERFACE_UP;
        if (interface_is_down(row))
            text_format(&faults, ", %s is %s", row->name, interface_status_name(status));
        report_interface(row, run, interfaces->uptime, report);
    }
    if (chosen == 0)
        (void)report_failure(report, VERDICT_UNKNOWN, "none of %zu interfaces is chosen", interfaces->count);
    report_text(report, "%zu of %zu interfaces are up%s", up, chosen, faults.bytes);
    text_release(&faults);
}

static enum source_end measure_interfaces(const struct args *args, struct snmp_link *link, struct run *run,
                                          struct report *report, struct error *error)
{
    struct interfaces interfaces;
    struct choice choice;
    enum source_end end = interfaces_read(link, run, &interfaces, error);
    if (end != SOURCE_READ)
        return end;
    if (!choice_init(&choice, args->interface, args->ignore, error))
        return SOURCE_UNREADABLE;
    report_interfaces(&interfaces, &choice, run, report);
    choice_release(&choice);
    return SOURCE_READ;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct snmp_link *link;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = snmp_options_open(&args->agent, run, &link, &error);
    if (end == SOURCE_READ)
        end = args->table == TABLE_INTERFACES ? measure_interfaces(args, link, run, report, &error)
                                              : measure_objects(args, link, run, report, &error);
    snmp_link_close(link);
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

static const struct args defaults = {.agent = SNMP_OPTIONS_DEFAULTS};

const struct check check_snmp = {
    .name = "snmp",
    .title = "SNMP",
    .summary = "values of SNMP objects, or the state and traffic of network interfaces",
    .notes = "check_snmp -H switch1 --community-file /etc/watchbill/community --oid "
             "load=.1.3.6.1.4.1.2021.10.1.3.1 "
             "--oid swap=.1.3.6.1.4.1.2021.4.4.0,KB -w 'value[load]=4' -c 'value[swap]=100000:'\n"
             "Objects are named by number: no MIB files are read. An object that the agent does not have "
             "makes the "
             "answer UNKNOWN. An interface that is down and should be up makes it CRITICAL, by the range of "
             "down.\n"
             "A community that is wrong gets no answer from an agent, and neither does a wrong password of "
             "privacy: "
             "both end as a timeout.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
