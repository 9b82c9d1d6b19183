/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/invoke.h"

#include "lib/clean.h"
#include "lib/describe.h"
#include "lib/extra_opts.h"
#include "lib/json.h"
#include "lib/judge.h"
#include "lib/munin.h"
#include "lib/number.h"
#include "lib/output.h"
#include "lib/rates.h"
#include "lib/standard.h"
#include "lib/state_path.h"

#include <math.h>
#include <sys/socket.h>

enum { SETS = 1 + STANDARD_TABLES, METRIC_COLUMN = 25 };

struct invocation {
    const struct check *check;
    struct arena *arena;
    const char *program;
    bool munin; /* called by a Munin link's name, or with --format munin */
    struct munin_call call;
    struct standard standard;
    void *arguments;
    struct option_set sets[SETS];
    size_t count;
    struct option_list rest;
    const bool *const *given; /* of each row of each set: option_require */
    const struct output_format *format;
    enum verdict timeout_state;
    struct run run;
    int64_t limit; /* milliseconds */
    struct report report;
    struct output output;
};

static int64_t now_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Fresh arguments with their defaults; again for --help, which shows them untouched. */
static void set_up(struct invocation *invocation)
{
    const struct check *check = invocation->check;
    standard_init(&invocation->standard);
    invocation->arguments = arena_get(invocation->arena, 1, check->args_size ? check->args_size : 1);
    if (check->defaults)
        memcpy(invocation->arguments, check->defaults, check->args_size);
    invocation->count = 0;
    if (check->options)
        invocation->sets[invocation->count++] = (struct option_set){check->options, invocation->arguments};
    invocation->count +=
        standard_sets(&invocation->standard, check->collects, invocation->sets + invocation->count);
}

static const char *own_name(const struct invocation *invocation)
{
    return arena_format(invocation->arena, "%s_%s", invocation->check->collects ? "collect" : "check",
                        invocation->check->name);
}

static int print_help(struct invocation *invocation)
{
    const struct check *check = invocation->check;
    struct text *text = invocation->output.text;
    set_up(invocation);
    text_format(text, "Usage: %s [OPTION...]\n%s.\n", own_name(invocation), check->summary);
    if (check->notes) {
        text_add_char(text, '\n');
        text_wrap(text, 0, 0, check->notes);
    }
    text_add(text, "\nOptions:\n");
    option_help(text, invocation->sets, invocation->count);
    if (invocation->report.metrics)
        text_add(text, "\nMetrics, as --warning and --critical name them:\n");
    for (size_t i = 0; i < invocation->report.metrics; i++) {
        const struct metric_row *row = &check->metrics[i];
        struct text words = TEXT_INIT;
        text_format(text, "  %-22s ", row->name);
        text_add(&words, row->help);
        if (row->unit && *row->unit)
            text_format(&words, " (%s)", row->unit);
        if (row->warning)
            text_format(&words, ", warning %s", row->warning);
        if (row->critical)
            text_format(&words, ", critical %s", row->critical);
        text_wrap(text, METRIC_COLUMN, METRIC_COLUMN, words.bytes);
        text_release(&words);
    }
    for (size_t i = 0; i < check->listed; i++)
        text_format(text, "%s%s%s",
                    i ? ", " : "\nA bare RANGE,RANGE is for these in turn: ", check->metrics[i].name,
                    i + 1 == check->listed ? ".\n" : "");
    return VERDICT_UNKNOWN;
}

static int print_description(struct invocation *invocation)
{
    const struct check *check = invocation->check;
    set_up(invocation);
    json_t *document = describe_program(own_name(invocation), check->collects ? "collector" : "check",
                                        check->name, check->summary, check->notes);
    json_set(document, "title", json_string(check->title));
    json_set(document, "options",
             describe_options(invocation->sets, invocation->count, check->options ? 1 : 0));
    json_set(document, "metrics", describe_metrics(check->metrics));
    json_t *listed = json_array();
    for (size_t i = 0; i < check->listed; i++)
        json_add(listed, json_string(check->metrics[i].name));
    json_set(document, "listed", listed);
    json_write(invocation->output.text, document);
    json_decref(document);
    return VERDICT_OK;
}

/* A sentence instead of an answer: where the personality has room for it. */
static int print_sentence(struct invocation *invocation, const char *sentence, bool usage)
{
    struct text *text = invocation->output.text;
    struct text line = TEXT_INIT;
    clean_line(&line, sentence);
    if (invocation->munin) {
        int code = munin_refuse(&invocation->output, line.bytes);
        text_release(&line);
        return code;
    }
    if (invocation->check->collects) {
        text_format(invocation->output.complaint, "%s: %s\n", own_name(invocation), line.bytes);
    } else {
        output_title(invocation->check, VERDICT_UNKNOWN, text);
        text_format(text, "%s\n", line.bytes);
        if (usage)
            text_format(text, "Usage: %s [OPTION...], see --help\n", own_name(invocation));
    }
    text_release(&line);
    return VERDICT_UNKNOWN;
}

static bool read_words(struct invocation *invocation, int argc, char **argv, struct error *error)
{
    struct words words;
    if (invocation->munin)
        munin_words(invocation->check, &invocation->call, invocation->sets, invocation->count, &argc, &argv,
                    invocation->arena);
    if (!extra_opts_expand(argc, argv, own_name(invocation), invocation->arena, &words, error))
        return false;
    return option_read(invocation->sets, invocation->count, words.count, words.items, invocation->arena,
                       &invocation->rest, &invocation->given, error);
}

static bool read_standard(struct invocation *invocation, struct error *error)
{
    const struct standard *standard = &invocation->standard;
    const char *const *names = invocation->check->collects ? output_collector_names : output_check_names;
    invocation->format = output_find(invocation->munin ? "munin" : names[standard->format]);
    invocation->munin = strcmp(invocation->format->name, "munin") == 0;
    invocation->call.word = invocation->rest.count ? invocation->rest.items[0] : "";
    if (invocation->rest.count > (invocation->munin ? 1 : 0))
        return error_set(error, "unexpected word \"%s\"", invocation->rest.items[invocation->munin ? 1 : 0]);
    if (standard->extra_opts)
        return error_set(error, "--extra-opts must be written out, and its value behind \"=\"");
    if (!verdict_read(standard->timeout_state, &invocation->timeout_state))
        return error_set(error, "--timeout-state: not a state: \"%s\"", standard->timeout_state);
    if (standard->ipv4 && standard->ipv6)
        return error_set(error, "-4 and -6 exclude each other");
    return judge_read(&invocation->report, &standard->warning, false, error) &&
           judge_read(&invocation->report, &standard->critical, true, error);
}

/* Few checks keep something, and the path is made of all their options. */
static const char *own_state_path(void *owner)
{
    const struct invocation *invocation = owner;
    const char *given = invocation->standard.state_file;
    if (!given && invocation->munin)
        given = munin_state_file();
    return state_path(invocation->arena, own_name(invocation), given, invocation->sets, invocation->count);
}

static void fill_run(struct invocation *invocation, int64_t start, int64_t deadline)
{
    const struct standard *standard = &invocation->standard;
    int64_t own = start + standard->timeout;
    size_t length = strlen(standard->root);
    while (length > 0 && standard->root[length - 1] == '/')
        length--;
    invocation->run = (struct run){
        .host = standard->host,
        .port = standard->port,
        .family = standard->ipv4   ? AF_INET
                  : standard->ipv6 ? AF_INET6
                                   : AF_UNSPEC,
        .root = arena_text_of(invocation->arena, standard->root, length),
        .deadline = deadline > 0 && deadline < own ? deadline : own,
        .verbose = standard->verbose < 3 ? standard->verbose : 3,
        .arena = invocation->arena,
        .rates = rates_create_later(invocation->arena, own_state_path, invocation),
        .program = invocation->program,
    };
    invocation->limit = invocation->run.deadline > start ? invocation->run.deadline - start : 0;
    invocation->output.verbose = invocation->run.verbose;
}

static const char *late_sentence(struct invocation *invocation, const char *stage)
{
    struct text text = TEXT_INIT;
    text_add(&text, "timed out after ");
    number_write(&text, (double)invocation->limit / 1000);
    text_format(&text, stage ? " s while %s" : " s", stage);
    const char *copy = arena_text_of(invocation->arena, text.bytes, text.length);
    text_release(&text);
    return copy;
}

/* What is to be printed when measure does not come back. */
static void begin_watch(struct invocation *invocation, const struct invoke_watch *watch)
{
    struct text text = TEXT_INIT;
    struct text complaint = TEXT_INIT;
    struct output output = invocation->output;
    struct report late;
    report_init(&late, invocation->check, invocation->arena);
    late.failure = late_sentence(invocation, INVOKE_STAGE);
    late.failure_verdict = invocation->timeout_state;
    judge_finish(&late, false, NULL);
    late.elapsed = (double)invocation->limit / 1000;
    output.text = &text;
    output.complaint = &complaint;
    int code = invocation->format->write(&late, &output);
    watch->begin(watch->owner, &invocation->run, invocation->limit, &text, &complaint, code);
    text_release(&complaint);
    text_release(&text);
}

/* A failure that comes when the time is over is that: the source was too slow. */
static void settle_failure(struct invocation *invocation, bool measured)
{
    struct report *report = &invocation->report;
    if (!measured && !report->failure)
        (void)report_failure(report, VERDICT_UNKNOWN, "BUG: the check failed and does not say why");
    if (!report->failure || (!report->late && run_remaining(&invocation->run) > 0))
        return;
    report->failure_verdict = invocation->timeout_state;
    if (!report->late)
        report->failure = arena_format(invocation->arena, "%s: %s",
                                       late_sentence(invocation, invocation->run.stage), report->failure);
}

static void settle_rates(struct invocation *invocation)
{
    struct error error;
    bool keeps = !invocation->munin || munin_prints_values(invocation->call.word);
    bool saved = !keeps || rates_save(invocation->run.rates, &error);
    if (!saved)
        report_detail(&invocation->report, "rates are not known, for want of a state file: %s", error.text);
    judge_ranges(&invocation->report);
    if (invocation->check->judge && !invocation->report.failure)
        invocation->check->judge(invocation->arguments, &invocation->report);
    judge_finish(&invocation->report, rates_pending(invocation->run.rates), saved ? NULL : error.text);
}

static int dump(struct invocation *invocation)
{
    struct report *report = &invocation->report;
    struct text *text = invocation->output.text;
    if (invocation->check->dump(invocation->arguments, &invocation->run, report, text))
        return VERDICT_OK;
    settle_failure(invocation, false);
    text_clear(text);
    return munin_refuse(&invocation->output, report->failure);
}

static int measure(struct invocation *invocation, int64_t start, const struct invoke_watch *watch)
{
    struct report *report = &invocation->report;
    if (watch)
        begin_watch(invocation, watch);
    if (invocation->munin && invocation->check->dump && strcmp(invocation->call.word, "dump") == 0) {
        int code = dump(invocation);
        if (watch)
            watch->end(watch->owner);
        return code;
    }
    bool measured = invocation->check->measure(invocation->arguments, &invocation->run, report);
    settle_failure(invocation, measured);
    settle_rates(invocation);
    if (watch)
        watch->end(watch->owner);
    report->elapsed = (double)(now_milliseconds() - start) / 1000;
    return invocation->format->write(report, &invocation->output);
}

static int answer(struct invocation *invocation, int argc, char **argv, int64_t deadline,
                  const struct invoke_watch *watch)
{
    struct error error;
    int64_t start = now_milliseconds();
    if (!check_self_test(invocation->check, &error)) {
        (void)error_prefix(&error, "BUG");
        return print_sentence(invocation, error.text, false);
    }
    set_up(invocation);
    bool read = read_words(invocation, argc, argv, &error);
    if (invocation->standard.help)
        return print_help(invocation);
    if (invocation->standard.describe)
        return print_description(invocation);
    if (invocation->standard.version) {
        text_format(invocation->output.text, "%s %s (watchbill)\n", own_name(invocation), WATCHBILL_VERSION);
        return VERDICT_UNKNOWN;
    }
    if (!read || !read_standard(invocation, &error) ||
        !option_require(invocation->sets, invocation->count, invocation->given, &error))
        return print_sentence(invocation, error.text, true);
    fill_run(invocation, start, deadline);
    if (invocation->check->validate &&
        !invocation->check->validate(invocation->arguments, &invocation->run, &error))
        return print_sentence(invocation, error.text, true);
    return measure(invocation, start, watch);
}

int invoke(const struct check *check, int argc, char **argv, int64_t deadline,
           const struct invoke_watch *watch, struct text *output, struct text *complaint)
{
    struct invocation invocation = {.check = check, .arena = arena_create()};
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    invocation.program = base_name(argc > 0 ? argv[0] : "");
    invocation.munin = munin_called(check, own_name(&invocation), invocation.program, &invocation.call) ||
                       munin_asked(argc, argv);
    invocation.call.word = argc > 1 && argv[argc - 1][0] != '-' ? argv[argc - 1] : "";
    invocation.output = (struct output){
        .text = output, .complaint = complaint, .epoch = now.tv_sec, .munin = &invocation.call};
    report_init(&invocation.report, check, invocation.arena);
    int code = answer(&invocation, argc, argv, deadline, watch);
    arena_free(invocation.arena);
    return code;
}
