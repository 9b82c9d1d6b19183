/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts every alert by host, check, state and contact, for /metrics and for StatsD. */
#ifndef WATCHBILL_ENGINE_TALLY_H
#define WATCHBILL_ENGINE_TALLY_H

#include "lib/text.h"
#include "scheduler/core/model.h"
#include "scheduler/engine/log.h"

#include <jansson.h>

struct tally;

struct tally *tally_create(void);
void tally_free(struct tally *tally); /* NULL is allowed */

/* tally_adopt(tally, site, log): send to the StatsD server of that site from now on; NULL settings: to none. */
void tally_adopt(struct tally *tally, const struct site *site, const struct log *log);

/* tally_alert(tally, alert): an alert was decided and goes to its channel. */
void tally_alert(struct tally *tally, const json_t *alert);

/* tally_write(tally, text): in the text format of Prometheus. At most 2000 series: what comes when they are full is
 * counted under "other". */
void tally_write(const struct tally *tally, struct text *text);

#endif
