/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an alert gets just ahead of sending: what happened before, what was done about it, who else was told, and for
 * mail the graph of the check. */
#ifndef WATCHBILL_ENGINE_LETTER_H
#define WATCHBILL_ENGINE_LETTER_H

#include "scheduler/engine/engine_internal.h"

typedef void letter_ready(void *owner);

/* letter_prepare(engine, alert, ready, owner): bring into ${alert} what is known now and write its words anew. ${ready}
 * is called once, now or some seconds later; never when the scheduler ends meanwhile. What cannot be found out is left
 * out. */
void letter_prepare(struct engine *engine, json_t *alert, letter_ready *ready, void *owner);

/* letter_free_all(engine): what is being prepared is forgotten, and stays in the journal. Nothing answers any more. */
void letter_free_all(struct engine *engine);

#endif
