/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of the scheduler and changes nothing: one function makes the answer, whichever door the question came
 * by. */
#ifndef WATCHBILL_ENGINE_ANSWER_H
#define WATCHBILL_ENGINE_ANSWER_H

#include "scheduler/engine/engine_internal.h"

/* Where an answer goes: now or later, exactly once. */
struct door {
    void *call;
    void (*reply)(void *call, json_t *reply); /* takes the reference */
    void (*refuse)(void *call, const char *sentence);
};

/* door_refuse(door, format, ...): refuse with that sentence. */
void door_refuse(const struct door *door, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* answer_status(engine, door, match): {"checks": [...], "trouble": a sentence, while the scheduler itself has one};
 * ${match} is HOST or HOST/CHECK, NULL: all. */
void answer_status(struct engine *engine, const struct door *door, const char *match);

/* answer_overview(engine, door, part, limit): {"counts": {STATE: checks in it}, "checks": [the rows of answer_status, the
 * worst first, at most ${limit}], "total", "part", "trouble", "config_error": the sentence of the configuration that is
 * refused}; of those whose HOST/CHECK has ${part} in it, NULL: of all. */
void answer_overview(struct engine *engine, const struct door *door, const char *part, int64_t limit);

/* answer_bundle(engine, run, path): where its diagnostics are; empty when there are none. */
void answer_bundle(const struct engine *engine, const char *run, struct text *path);

json_t *answer_status_of(const struct engine *engine, uint32_t index); /* one of them; a new reference */

/* answer_why(engine, door, index, span): {"check", "now": sentence, "next", "story": newest first [{"at", "text",
 * "next", "type", "problem", "run"}], "problems": oldest first [{"id", "since", "until", "state", "told": [user],
 * "because"}], "hint", "metrics": [what is stored of it]} of one binding; members of ${span} are 0 when not given:
 * then the usual limit, and all that is kept. */
struct why_span {
    int64_t limit;
    int64_t since; /* epoch seconds */
    int64_t problem;
};
void answer_why(struct engine *engine, const struct door *door, uint32_t index, const struct why_span *span);
void answer_alerts(struct engine *engine, const struct door *door, int64_t limit); /* {"alerts": [...]} */
void answer_events(struct engine *engine, const struct door *door, int64_t limit); /* {"events": [...]} */

/* answer_history(engine, door, filter): {"rows": [...]} of QUERY_INPUTS, with all that has happened until now. */
void answer_history(struct engine *engine, const struct door *door, const json_t *filter);

/* Read from files, on a thread. answer_remediations(engine, door): the array of review_rows. answer_runs(engine,
 * door, issue, limit): {"issue", "rows": those of the issue, "runs": newest first, as review_runs tells them,
 * "total"}. answer_diagnostics(engine, door, run): what bundle_read reads. */
void answer_remediations(struct engine *engine, const struct door *door);
void answer_runs(struct engine *engine, const struct door *door, const char *issue, int64_t limit);
void answer_diagnostics(struct engine *engine, const struct door *door, const char *run);

/* answer_hosts(engine, door): {"hosts": [...]}: each host, whether it is up, and how many of its checks have a
 * problem. */
void answer_hosts(struct engine *engine, const struct door *door);

/* answer_oncall(engine, door): {"at", "oncall": [...]}: who is called now, by group and urgency. */
void answer_oncall(struct engine *engine, const struct door *door);

/* {"downtimes": [...]}, {"silences": [...]}, {"comments": [...]}. */
void answer_downtimes(struct engine *engine, const struct door *door);
void answer_silences(struct engine *engine, const struct door *door);
void answer_comments(struct engine *engine, const struct door *door);

#endif
