/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the end of a run means: a verdict and the text that is shown. Pure.
 *
 * Exit codes 0 to 3 are the verdict. What else can happen is UNKNOWN, because it says nothing about the thing
 * that was asked about, unless `outcomes:` of the check says otherwise (Icinga's reading; Nagios makes it
 * CRITICAL). */
#ifndef WATCHBILL_CORE_RESULT_H
#define WATCHBILL_CORE_RESULT_H

#include "lib/text.h"
#include "scheduler/core/model.h"

enum result_kind {
    RESULT_EXITED,      /* `code` is the exit code */
    RESULT_SIGNALLED,   /* `code` is the signal */
    RESULT_TIMEOUT,     /* ended by us after `timeout` */
    RESULT_NOT_STARTED, /* `output` says why */
    RESULT_STUCK,       /* did not end even by KILL; `output` says where it hangs */
};

struct result_ending {
    enum result_kind kind;
    int code;
    int64_t timeout;    /* ms; RESULT_TIMEOUT */
    const char *output; /* standard output, or the reason; may hold NUL; NULL when length is 0 */
    size_t length;
    bool truncated; /* there was more than the runner keeps */
};

/* An OK that says nothing readable is no OK: no output, binary output (a NUL byte), or more than the runner keeps
 * make it UNKNOWN; a worse verdict stays.
 *
 * result_judge(outcomes, ending, text): the verdict; appends to ${text} what the output parser reads: the
 * output as it is after an ordinary end, "(no output from plugin)" when there is nothing but blanks,
 * otherwise a first sentence that names the code, signal or time limit, followed by the output. */
enum verdict result_judge(const struct outcomes *outcomes, const struct result_ending *ending,
                          struct text *text);

#endif
