/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plugin_lint.h"

#include "lib/plugin_output.h"
#include "lib/utf8.h"
#include "lib/verdict.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>

enum { LINE_BYTES = 255, OUTPUT_BYTES = 4096, LABEL_BYTES = 19, LATE_MS = 1000, UNKNOWN_CODE = 3 };

struct lint {
    const struct plugin_lint_run *run;
    plugin_lint_tell *tell;
    void *owner;
};

static void tell(const struct lint *lint, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(const struct lint *lint, const char *rule, const char *format, ...)
{
    struct text sentence = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    lint->tell(lint->owner, rule, sentence.bytes);
    text_release(&sentence);
}

static size_t first_line(const struct plugin_lint_run *run)
{
    const char *end = memchr(run->output, '\n', run->length);
    return end ? (size_t)(end - run->output) : run->length;
}

/* ---- the ending ---- */

static void judge_end(const struct lint *lint)
{
    const struct plugin_lint_run *run = lint->run;
    bool asks = run->way == PLUGIN_LINT_HELP || run->way == PLUGIN_LINT_VERSION;
    if (run->late)
        tell(lint, "timeout", "it was still running after %lld ms", (long long)run->elapsed);
    else if (!run->exited)
        tell(lint, "exit", "it was ended by signal %d", run->code);
    else if (run->code > UNKNOWN_CODE)
        tell(lint, "exit", "it exits %d, which is none of 0 to 3", run->code);
    else if (asks && run->code != UNKNOWN_CODE)
        tell(lint, "exit", "it exits %d where 3 is right: it judged nothing", run->code);
    else if (run->way == PLUGIN_LINT_MISUSE && run->code != UNKNOWN_CODE)
        tell(lint, "misuse", "it exits %d where 3 is right: it was misused", run->code);
    if (!run->late && run->limit > 0 && run->elapsed > run->limit + LATE_MS)
        tell(lint, "timeout", "it took %lld ms although it was given %lld", (long long)run->elapsed,
             (long long)run->limit);
}

/* ---- the first line ---- */

static void judge_line(const struct lint *lint, size_t length)
{
    const char *line = lint->run->output;
    struct text clean = TEXT_INIT;
    utf8_add(&clean, line, length);
    for (size_t i = 0; i < length; i++) {
        if (!iscntrl((unsigned char)line[i]))
            continue;
        tell(lint, "line", "a control character (byte %d) in the first line", line[i]);
        break;
    }
    if (memchr(line, '\0', length) == NULL && strstr(clean.bytes, "\xEF\xBF\xBD"))
        tell(lint, "line", "the first line is not UTF-8");
    const char *pipe = memchr(line, '|', length);
    size_t text = pipe ? (size_t)(pipe - line) : length;
    if (text > LINE_BYTES)
        tell(lint, "line", "the text of the first line has %zu bytes; 80 are read well, %d are shown", text,
             LINE_BYTES);
    text_release(&clean);
}

static bool is_word(const char *line, size_t length, size_t at, const char *word)
{
    size_t size = strlen(word);
    return at + size <= length && memcmp(line + at, word, size) == 0 &&
           (at == 0 || !isalpha((unsigned char)line[at - 1])) &&
           (at + size == length || !isalpha((unsigned char)line[at + size]));
}

/* "SERVICE STATUS: text": the first status that stands there must be the one it exits with. */
static void judge_status(const struct lint *lint, size_t length)
{
    const struct plugin_lint_run *run = lint->run;
    const char *pipe = memchr(run->output, '|', length);
    size_t text = pipe ? (size_t)(pipe - run->output) : length;
    if (!run->exited || run->code > UNKNOWN_CODE)
        return;
    for (size_t at = 0; at < text; at++) {
        for (int verdict = 0; verdict < VERDICTS; verdict++) {
            if (!is_word(run->output, text, at, verdict_name((enum verdict)verdict)))
                continue;
            if (verdict != run->code)
                tell(lint, "status", "the text says %s and the exit code %d says %s",
                     verdict_name((enum verdict)verdict), run->code, verdict_name((enum verdict)run->code));
            return;
        }
    }
    tell(lint, "status", "the first line names no status; \"SERVICE STATUS: text\" is the form");
}

/* ---- perfdata ---- */

static void judge_label(const struct lint *lint, const struct plugin_output *output, size_t index)
{
    const char *label = output->items[index].label;
    if (strpbrk(label, "'="))
        tell(lint, "perfdata", "the label \"%s\" holds a quote or an equals sign", label);
    for (size_t i = 0; i < index; i++) {
        const char *other = output->items[i].label;
        if (strcmp(other, label) == 0)
            tell(lint, "perfdata", "the label \"%s\" stands there twice", label);
        else if (strncmp(other, label, LABEL_BYTES) == 0)
            tell(lint, "perfdata", "the labels \"%s\" and \"%s\" begin with the same %d characters", other,
                 label, LABEL_BYTES);
    }
}

static void judge_item(const struct lint *lint, const struct plugin_item *item)
{
    if (isfinite(item->min) && isfinite(item->max) && item->min > item->max)
        tell(lint, "perfdata", "the minimum of \"%s\" is above its maximum", item->label);
    if (strcmp(item->unit, "%") == 0 && isfinite(item->value) && (item->value < 0 || item->value > 100))
        tell(lint, "perfdata", "\"%s\" is %g %%", item->label, item->value);
}

/* Numbers as a writer should print them: readers take more. */
static void judge_numbers(const struct lint *lint, const char *perfdata)
{
    bool quoted = false;
    bool value = false;
    for (const char *at = perfdata; *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        if (quoted)
            continue;
        value = *at == '=' || (value && *at != ' ' && *at != ';');
        if (value && (*at == 'e' || *at == 'E') && at > perfdata && isdigit((unsigned char)at[-1]) &&
            (isdigit((unsigned char)at[1]) || at[1] == '-' || at[1] == '+')) {
            tell(lint, "perfdata", "a number with an exponent near \"%.20s\"", at - 1);
            return;
        }
    }
}

static void judge_perfdata(const struct lint *lint)
{
    struct plugin_output output;
    plugin_output_parse(&output, lint->run->output, lint->run->length);
    for (size_t i = 0; i < output.error_count; i++)
        tell(lint, "perfdata", "%s", output.errors[i]);
    for (size_t i = 0; i < output.item_count; i++) {
        judge_label(lint, &output, i);
        judge_item(lint, &output.items[i]);
    }
    judge_numbers(lint, output.perfdata_text);
    plugin_output_release(&output);
}

static void judge_answer(const struct lint *lint)
{
    const struct plugin_lint_run *run = lint->run;
    size_t line = first_line(run);
    if (run->length == 0 || line == 0) {
        tell(lint, "output", "%s; Nagios shows the first line of standard output alone",
             run->length ? "the first line is empty" : "nothing on standard output");
        return;
    }
    judge_line(lint, line);
    judge_status(lint, line);
    judge_perfdata(lint);
    if (run->length > OUTPUT_BYTES && run->way == PLUGIN_LINT_GIVEN)
        tell(lint, "output", "it prints %zu bytes; %d are safe", run->length, OUTPUT_BYTES);
    if (run->complained && run->way == PLUGIN_LINT_GIVEN)
        tell(lint, "output", "it writes to standard error, which Nagios does not read");
}

/* ---- what is no answer ---- */

static bool has_digit(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] >= '0' && bytes[i] <= '9')
            return true;
    return false;
}

static void judge_help(const struct lint *lint)
{
    const struct plugin_lint_run *run = lint->run;
    if (run->length == 0)
        tell(lint, "help", "nothing on standard output");
    else if (run->way == PLUGIN_LINT_VERSION && first_line(run) + 1 < run->length)
        tell(lint, "version", "more than one line");
    else if (run->way == PLUGIN_LINT_VERSION && !has_digit(run->output, run->length))
        tell(lint, "version", "no number in \"%.*s\"", (int)first_line(run), run->output);
    else if (run->way == PLUGIN_LINT_HELP && !plugin_lint_knows(run->output, run->length, "-"))
        tell(lint, "help", "it speaks of no option");
}

void plugin_lint(const struct plugin_lint_run *run, plugin_lint_tell *told, void *owner)
{
    const struct lint lint = {run, told, owner};
    judge_end(&lint);
    switch (run->way) {
    case PLUGIN_LINT_GIVEN:
    case PLUGIN_LINT_VERBOSE:
        judge_answer(&lint);
        break;
    case PLUGIN_LINT_LIMIT:
    case PLUGIN_LINT_BARE:
    case PLUGIN_LINT_MISUSE:
        if (run->length == 0)
            tell(&lint, "output", "no cause on standard output, the only one that Nagios reads");
        break;
    case PLUGIN_LINT_HELP:
    case PLUGIN_LINT_VERSION:
        judge_help(&lint);
        break;
    }
}

bool plugin_lint_knows(const char *help, size_t length, const char *option)
{
    size_t size = strlen(option);
    for (size_t at = 0; at + size <= length; at++) {
        bool begins = at == 0 || strchr(" \t\n,|[(/", help[at - 1]) != NULL;
        bool ends = at + size == length || !isalnum((unsigned char)help[at + size]) || size == 1;
        if (begins && ends && memcmp(help + at, option, size) == 0)
            return true;
    }
    return false;
}
