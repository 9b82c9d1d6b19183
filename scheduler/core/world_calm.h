/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people say to the world so that it is quiet, or so that others know: silences, downtimes, comments. It is
 * about checks by what they are called, so it outlives restarts and reloads; what is saved of it is part of
 * world_save_site. */
#ifndef WATCHBILL_CORE_WORLD_CALM_H
#define WATCHBILL_CORE_WORLD_CALM_H

#include "scheduler/core/world.h"

/* ---- silences ---- */

struct silence_request {
    const char *match;   /* scheduler/core/matcher.h */
    const char *owner;   /* a user; is told weekly, for as long as it lasts */
    const char *comment; /* "": none */
    int64_t until;       /* epoch ms; after now, and not after the site's silence_max */
    bool expire_on_resolve;
};

/* world_silence(world, request, now, sink, owner, id, error): nobody is told of the problems of these checks until
 * its end; whoever was told before is told of the recovery. When it ends, what is still a problem is told. A silence
 * that held nothing back for a week ends by itself. false with a sentence: it is refused. */
bool world_silence(struct world *world, const struct silence_request *request, int64_t now, world_sink *sink,
                   void *owner, uint64_t *id, struct error *error);
bool world_unsilence(struct world *world, uint64_t id, int64_t now, world_sink *sink, void *owner,
                     struct error *error);

/* world_silences_json(world): [{"id", "match", "owner", "comment", "since", "until", "expire_on_resolve", "holds":
 * ["HOST/CHECK", ...], "checks": how many are meant}], instants in epoch seconds; a new reference. */
json_t *world_silences_json(const struct world *world);

/* ---- downtimes ---- */

struct downtime_request {
    const char *match;
    const char *author, *comment;
    int64_t start;      /* epoch ms; 0: now */
    int64_t end;        /* 0: none, of a recurring or triggered one */
    int64_t duration;   /* ms; of a flexible one, or of one that is triggered; 0: none */
    const char *window; /* of a recurring one; NULL: none */
    uint64_t trigger;   /* the id of the one that triggers it; 0: none */
    bool children;      /* the hosts behind those that are meant, too */
};

/* world_downtime(world, request, now, sink, owner, id, error): scheduler/core/downtime.h says what each kind means.
 * While it lasts nobody is told of problems of its checks; of recoveries whoever was told before. At its end each
 * check that is not OK is run at once, and what is still a problem is told: with a result from after the end, or when
 * `alerting.hold` has passed without one. A pair of problem and recovery within it is never told. Its beginning and
 * end are told where the alert rule has `downtime: notify`. false with a sentence: it is refused. */
bool world_downtime(struct world *world, const struct downtime_request *request, int64_t now,
                    world_sink *sink, void *owner, uint64_t *id, struct error *error);
/* world_end_downtime(world, id, ...): now; those that it triggered end with it. One of the configuration is refused. */
bool world_end_downtime(struct world *world, uint64_t id, int64_t now, world_sink *sink, void *owner,
                        struct error *error);

/* world_downtimes_json(world, now): [{"id", "kind", "match", "author", "comment", "start", "end", "duration", "window",
 * "trigger", "children", "configured", "on", "since", "until", "next"}]; instants in epoch seconds, null where there is
 * none; a new reference. */
json_t *world_downtimes_json(const struct world *world, int64_t now);

/* ---- comments ---- */

/* world_comment(world, binding, author, text, until, now, id, error): shown with the check until then, 0: until it is
 * taken back or the check is no longer configured. */
bool world_comment(struct world *world, uint32_t binding, const char *author, const char *text, int64_t until,
                   int64_t now, uint64_t *id, struct error *error);
bool world_uncomment(struct world *world, uint64_t id, struct error *error);

/* world_comments_json(world, binding): [{"id", "subject", "name", "author", "text", "at", "until"}] of that check, of
 * all with MODEL_NONE; instants in epoch seconds; a new reference. */
json_t *world_comments_json(const struct world *world, int64_t binding);

/* ---- all of it as JSON ---- */

/* world_calm_json(world, binding, now, row): what is said of one check, as members of ${row}: "downtime" {"id",
 * "author", "until"}, "silence" {"id", "owner", "until"}, "comments"; null where there is none. */
void world_calm_json(const struct world *world, uint32_t binding, int64_t now, json_t *row);
/* world_calm_count(world): how many downtimes and silences there are. */
size_t world_calm_count(const struct world *world);

/* world_calm_take(world, deed, request, author, now, sink, owner, error): ${request} is from outside. {"id"} of what
 * was made or ended, and with "checks" how many it means; a new reference; NULL with a sentence.
 *
 *   downtime         {"match" | "host" ["check"], "comment", "start", "end", "duration", "window", "trigger", "children"}
 *   silence          {"match" | "host" ["check"], "owner", "comment", "until", "duration", "expire_on_resolve"}
 *   comment          {"host", "check" | "match": "HOST/CHECK", "text", "until"}
 *   cancel_downtime, unsilence, uncomment          {"id"}
 *
 * each with "author", else it is ${author}; instants in epoch seconds, spans in seconds. "until" and "end" are the
 * same; a "duration" without either is how long it lasts from its start. */
json_t *world_calm_take(struct world *world, const char *deed, const json_t *request, const char *author,
                        int64_t now, world_sink *sink, void *owner, struct error *error);
const char *world_calm_deed(size_t index);    /* NULL behind the last one */
const char *world_calm_members(size_t index); /* of its request, between blanks */

#endif
