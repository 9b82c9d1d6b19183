/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: the only part that joins the pure core and the io parts. It runs what is due, feeds the world
 * with results, and carries out what the world decides once the decision is durable. */
#ifndef WATCHBILL_ENGINE_ENGINE_H
#define WATCHBILL_ENGINE_ENGINE_H

#include "lib/layout.h"
#include "scheduler/core/model.h"
#include "scheduler/engine/log.h"
#include "scheduler/io/helper.h"
#include "scheduler/io/loop.h"

struct engine;

struct engine_settings {
    const char *conf; /* the configuration directory */
    const struct layout *layout;
    const struct log *log;
    struct model *model;   /* the first generation; the engine's from here on */
    uint64_t stamp;        /* config_stamp of that generation */
    struct helper *helper; /* the engine's from here on */
    bool may_start_helper; /* one that has ended: no rights were given up since */
};

/* engine_create(loop, settings, error): everything is started; checks begin with loop_run. The settings'
 * texts must outlive the engine. NULL with a sentence; the model is released then. */
struct engine *engine_create(struct loop *loop, const struct engine_settings *settings, struct error *error);

/* engine_free(engine): commits the journal, saves all states, ends every child. */
void engine_free(struct engine *engine);

/* engine_port(engine): where the page listens; 0: nowhere. */
unsigned engine_port(const struct engine *engine);
bool engine_is_tls(const struct engine *engine);

#endif
