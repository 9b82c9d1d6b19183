/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks that watchbill-worker holds. */
#ifndef WATCHBILL_WORKER_H
#define WATCHBILL_WORKER_H

#include "lib/check.h"

/* Made from the files of checks/ by make/files.mk; ended by NULL. */
extern const struct check *const worker_checks[];

#endif
