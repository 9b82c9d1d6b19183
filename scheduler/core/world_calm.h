/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people say to the world so that it is quiet, or so that others know: silences. It is about checks by what they
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

#endif
