/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of timeline share. Nobody else includes it. */
#ifndef WATCHBILL_CORE_TIMELINE_PARTS_H
#define WATCHBILL_CORE_TIMELINE_PARTS_H

#include "scheduler/core/timeline.h"

struct timeline {
    struct timeline_settings settings;
    struct world *world;
    int64_t now;   /* epoch ms; INT64_MIN: before the first line */
    bool recorded; /* by a scheduler: its requests may have members that mean nothing */
};

/* timeline_deed(timeline, line, error): a line with "do", at timeline->now. */
bool timeline_deed(struct timeline *timeline, const json_t *line, struct error *error);

/* What a line says. Each is false with a sentence that names the member when it is not there or cannot be:
 * timeline_binding of "host" and "check", with the nearest name; timeline_text of a text, "" when it is absent. */
bool timeline_binding(const struct timeline *timeline, const json_t *line, uint32_t *binding,
                      struct error *error);
bool timeline_text(const json_t *line, const char *key, const char **text, struct error *error);
/* timeline_seconds(line, key, at, error): an instant or a span in seconds, as ms; 0 when it is absent. */
bool timeline_seconds(const json_t *line, const char *key, int64_t *at, struct error *error);

/* timeline_members(timeline, line, members, error): whether it has no other members than ${members}, words between blanks,
 * and those that every line may have. */
bool timeline_members(const struct timeline *timeline, const json_t *line, const char *members,
                      struct error *error);

#endif
