/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/result.h"

#include "lib/number.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, SHELL_SIGNAL = 128, SIGNAL_MAX = 64 };

static bool is_blank(const struct result_ending *ending)
{
    for (size_t i = 0; i < ending->length; i++) {
        char byte = ending->output[i];
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
            return false;
    }
    return true;
}

static void add_output(struct text *text, const struct result_ending *ending)
{
    if (is_blank(ending))
        return;
    text_add(text, ": ");
    text_add_bytes(text, ending->output, ending->length);
}

/* Without strsignal, which speaks the language of the locale. */
static void add_signal(struct text *text, int number)
{
    const char *name = sigabbrev_np(number);
    text_format(text, name ? "signal %d (SIG%s)" : "signal %d", number, name);
}

static void add_code(struct text *text, int code)
{
    text_format(text, "return code %d is out of bounds", code);
    if (code == NOT_EXECUTABLE)
        text_add(text, " (the command is not executable)");
    else if (code == NOT_FOUND)
        text_add(text, " (the command was not found)");
    else if (code > SHELL_SIGNAL && code <= SHELL_SIGNAL + SIGNAL_MAX) {
        text_add(text, " (a shell reports ");
        add_signal(text, code - SHELL_SIGNAL);
        text_add_char(text, ')');
    }
}

static bool code_given(const struct outcomes *outcomes, int code, enum verdict *verdict)
{
    for (size_t i = 0; i < outcomes->code_count; i++) {
        if (outcomes->codes[i].code == code) {
            *verdict = outcomes->codes[i].verdict;
            return true;
        }
    }
    return false;
}

/* What is wrong with the output itself; NULL: nothing. */
static const char *unreadable(const struct result_ending *ending)
{
    if (is_blank(ending))
        return "(no output from plugin)";
    if (ending->truncated)
        return "more output than is kept (64 KB)";
    if (memchr(ending->output, '\0', ending->length))
        return "binary output";
    return NULL;
}

static enum verdict judge_exit(const struct outcomes *outcomes, const struct result_ending *ending,
                               struct text *text)
{
    enum verdict verdict = VERDICT_UNKNOWN;
    const char *fault = unreadable(ending);
    bool ordinary = ending->code >= VERDICT_OK && ending->code <= VERDICT_UNKNOWN;
    if (ordinary)
        verdict = (enum verdict)ending->code;
    if (!ordinary && !code_given(outcomes, ending->code, &verdict)) {
        add_code(text, ending->code);
        add_output(text, ending);
    } else if (fault) {
        text_add(text, fault);
        add_output(text, ending);
        if (verdict == VERDICT_OK)
            verdict = VERDICT_UNKNOWN;
    } else {
        text_add_bytes(text, ending->output, ending->length);
    }
    return verdict;
}

enum verdict result_judge(const struct outcomes *outcomes, const struct result_ending *ending,
                          struct text *text)
{
    enum verdict verdict = VERDICT_UNKNOWN;
    switch (ending->kind) {
    case RESULT_EXITED:
        return judge_exit(outcomes, ending, text);
    case RESULT_SIGNALLED:
        text_add(text, "ended by ");
        add_signal(text, ending->code);
        if (outcomes->signal_given)
            verdict = outcomes->signal;
        break;
    case RESULT_TIMEOUT:
        text_add(text, "timed out after ");
        duration_write(text, ending->timeout);
        if (outcomes->timeout_given)
            verdict = outcomes->timeout;
        break;
    case RESULT_NOT_STARTED:
        text_add(text, "could not be started");
        break;
    case RESULT_STUCK:
        text_add(text, "does not end, not even by SIGKILL");
        break;
    }
    add_output(text, ending);
    return verdict;
}
