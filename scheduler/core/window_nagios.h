/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window as a timeperiod of Nagios. */
#ifndef WATCHBILL_CORE_WINDOW_NAGIOS_H
#define WATCHBILL_CORE_WINDOW_NAGIOS_H

#include "lib/error.h"
#include "lib/text.h"
#include "scheduler/core/window.h"

/* window_nagios(window, text, error): the directives of its days and times, and "exclude", one a line. A range past
 * midnight is cut in two. false, with what a timeperiod cannot say: the rest is written all the same. ${window} NULL:
 * always. */
bool window_nagios(const struct window *window, struct text *text, struct error *error);

#endif
