/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people say to the world so that it is quiet, or so that others know: silences, downtimes. It is about checks by what they
 * are called, so it outlives restarts and reloads; what is saved of it is part of world_save_site. */
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
 * its end; whoever was told before is told of the recovery. When it ends, what is still a problem is told. A silence that
 * held nothing back for a week ends by itself. false with a sentence: it is refused. */
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

/* world_downtime(world, request, now, sink, owner, id, error): scheduler/core/downtime.h says what each kind means. While it
 * lasts nobody is told of problems of its checks; of recoveries whoever was told before. At its end each check that is
 * not OK is run at once, and what is still a problem is told: with a result from after the end, or when `alerting.hold`
 * has passed without one. A pair of problem and recovery within it is never told. Its beginning and end are told where the
 * alert rule has `downtime: notify`. false with a sentence: it is refused. */
bool world_downtime(struct world *world, const struct downtime_request *request, int64_t now,
                    world_sink *sink, void *owner, uint64_t *id, struct error *error);
/* world_end_downtime(world, id, ...): now; those that it triggered end with it. One of the configuration is refused. */
bool world_end_downtime(struct world *world, uint64_t id, int64_t now, world_sink *sink, void *owner,
                        struct error *error);

/* world_downtimes_json(world, now): [{"id", "kind", "match", "author", "comment", "start", "end", "duration", "window",
 * "trigger", "children", "configured", "on", "since", "until", "next"}]; instants in epoch seconds, null where there is
 * none; a new reference. */
json_t *world_downtimes_json(const struct world *world, int64_t now);

#endif
