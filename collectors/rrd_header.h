/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the head of an RRD file is one that librrd can be trusted with: it multiplies the counts that stand there
 * without a look at overflow, and reads beyond the file. */
#ifndef WATCHBILL_COLLECTORS_RRD_HEADER_H
#define WATCHBILL_COLLECTORS_RRD_HEADER_H

#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of the head that are looked at, at most: all of it, for a file of as many sources and archives as are taken. */
enum { RRD_HEADER_CAP = 512 << 10 };

/* rrd_header_check(bytes, length, size, error): ${bytes} are the first ${length} of a file of ${size} bytes. The rest
 * of the file is for librrd to judge. The layout is that of rrdtool's rrd_format.h, versions 0001 to 0005, in the
 * words of this machine. */
bool rrd_header_check(const void *bytes, size_t length, uint64_t size, struct error *error);

#endif
