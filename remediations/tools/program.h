/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that a remediation starts: words, never a shell. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_PROGRAM_H
#define WATCHBILL_REMEDIATIONS_TOOLS_PROGRAM_H

#include "lib/remediation.h"

/* program_beside(folder, name, arena): the program ${name}, without a slash, in ${folder} ("" or "../checks/") as seen from
 * our own; NULL: there is none. */
const char *program_beside(const char *folder, const char *name, struct arena *arena);

/* program_words(list, arena): the words with the NULL behind them that ends an argv. One of our checks is found by its
 * name alone, as in the configuration. */
const char *const *program_words(const struct option_list *list, struct arena *arena);

/* program_run(argv, run, limit, output, error): run it to its end, within ${limit} ms (0: none of its own) and the
 * run's deadline; what it leaves in the background stays. Its output, standard error too, is added to ${output}, which
 * may be NULL. false: it did not exit with 0; or we are root, and it is not guarded as lib/executable.h has it. */
bool program_run(const char *const *argv, const struct act_run *run, int64_t limit, struct text *output,
                 struct error *error);

/* program_check(argv, run, limit, error): the same of a check, which says OK by 0; the error leaves out its performance
 * data. */
bool program_check(const char *const *argv, const struct act_run *run, int64_t limit, struct error *error);

#endif
