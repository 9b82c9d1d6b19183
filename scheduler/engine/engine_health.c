/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the scheduler itself is well. What is wrong is logged once, when it begins and when it ends, and shown by
 * /healthz for as long as it lasts. */
#include "scheduler/engine/engine_deadman.h"
#include "scheduler/engine/engine_tracker.h"

#include "lib/memory.h"

const char *engine_trouble(const struct engine *engine)
{
    if (journal_trouble(engine->journal))
        return journal_trouble(engine->journal);
    if (helper_gone(engine->helper))
        return "the helper has ended: no remediation can run";
    if (outbox_trouble(engine->outbox))
        return outbox_trouble(engine->outbox);
    if (series_trouble(engine->series))
        return series_trouble(engine->series);
    if (engine->trackers && trackers_trouble(engine->trackers))
        return trackers_trouble(engine->trackers);
    if (deadman_trouble(engine->deadman))
        return deadman_trouble(engine->deadman);
    return engine->tls_error ? engine->tls_error : engine->config_error;
}

void engine_log_trouble(struct engine *engine)
{
    const char *now = engine_trouble(engine);
    const char *before = engine->trouble;
    if (now == before || (now && before && strcmp(now, before) == 0))
        return;
    if (now)
        log_say(engine->settings.log, LOG_LEVEL_ERROR, "the scheduler itself has a problem: %s", now);
    else
        log_say(engine->settings.log, LOG_LEVEL_INFO, "the scheduler itself is well again");
    free(engine->trouble);
    engine->trouble = memory_text(now);
}
