/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the file of one series is: the same name for writing and for reading. */
#ifndef WATCHBILL_LIB_SERIES_PATH_H
#define WATCHBILL_LIB_SERIES_PATH_H

struct text;

/* series_path(path, host, check, label): appends "HOST/CHECK/LABEL.rrd", relative to the directory of the series.
 * Each part is made fit for a file name: bytes other than letters, digits and "_.:@%+=,-" become "_", a leading
 * dot too, and a part that was changed, emptied or cut (at 160 bytes) ends with "~" and a hash of what it was, so
 * that different labels never share a file and none leaves the directory. */
void series_path(struct text *path, const char *host, const char *check, const char *label);

#endif
