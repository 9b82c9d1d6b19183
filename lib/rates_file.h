/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state file of lib/rates.h: a line for each counter. */
#ifndef WATCHBILL_LIB_RATES_FILE_H
#define WATCHBILL_LIB_RATES_FILE_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdint.h>

struct rates_sample {
    const char *key;
    double value;
    int64_t at; /* milliseconds on the source's clock; 0 for plain differences */
};

/* rates_file_read(path, arena, samples): how many there are; 0 for a file that is missing, damaged or cut. */
size_t rates_file_read(const char *path, struct arena *arena, struct rates_sample **samples);

/* rates_file_parse(bytes, length, arena, samples): the same for bytes at hand. */
size_t rates_file_parse(const char *bytes, size_t length, struct arena *arena, struct rates_sample **samples);

/* rates_file_write(path, samples, count, error): replace the file as a whole, under PATH.lock; PATH.new is the one of
 * the run before, and the next to be written. The folder is made when only its last part is missing. */
bool rates_file_write(const char *path, const struct rates_sample *samples, size_t count,
                      struct error *error);

#endif
