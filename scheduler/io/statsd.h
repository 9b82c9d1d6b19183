/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters to a StatsD server, by UDP: sent and forgotten, so that no server keeps the scheduler from its work. */
#ifndef WATCHBILL_IO_STATSD_H
#define WATCHBILL_IO_STATSD_H

#include "lib/error.h"

#include <stddef.h>

struct statsd;

/* statsd_address(address, error): whether it is ADDRESS:PORT, [ADDRESS]:PORT for IPv6, with a port from 1 on. Names are
 * not looked up, because that can take long. */
bool statsd_address(const char *address, struct error *error);

/* statsd_open(address, prefix, error): NULL with a sentence. */
struct statsd *statsd_open(const char *address, const char *prefix, struct error *error);
void statsd_close(struct statsd *statsd); /* NULL is allowed */

/* statsd_count(statsd, names, count): add one to the counter PREFIX.NAME.NAME...; in a name every byte but letters,
 * digits, "-" and "_" becomes "_", because the others are structure. */
void statsd_count(struct statsd *statsd, const char *const *names, size_t count);

#endif
