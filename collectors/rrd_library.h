/* SPDX-License-Identifier: GPL-3.0-or-later */
/* librrd, loaded when the first check reads a series: it brings the libraries that draw along, which nobody else shall
 * pay for. Only functions that are safe for threads. Only the files of collectors/rrd know this header. */
#ifndef WATCHBILL_COLLECTORS_RRD_LIBRARY_H
#define WATCHBILL_COLLECTORS_RRD_LIBRARY_H

#include "lib/error.h"

#include <rrd.h>

/* The functions that are called, with the types of <rrd.h>. */
#define RRD_FUNCTIONS(ROW)                                                                                   \
    ROW(rrd_info_r)                                                                                          \
    ROW(rrd_info_free)                                                                                       \
    ROW(rrd_fetch_r)                                                                                         \
    ROW(rrd_freemem)                                                                                         \
    ROW(rrd_get_error)                                                                                       \
    ROW(rrd_clear_error)

#define RRD_MEMBER(name) __typeof__(name) *name;

struct rrd_library {
    RRD_FUNCTIONS(RRD_MEMBER)
};

/* rrd_library_get(error): NULL when it cannot be loaded. It stays loaded. */
const struct rrd_library *rrd_library_get(struct error *error);

#endif
