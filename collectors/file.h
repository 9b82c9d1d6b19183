/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files and local sockets, read with a limit: what several collectors share. */
#ifndef WATCHBILL_COLLECTORS_FILE_H
#define WATCHBILL_COLLECTORS_FILE_H

#include "collectors/source.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stdint.h>

enum { FILE_CAP = 16 << 20 };

/* file_read(root, path, text, error): append the file ${root}${path} to ${text}. Never waits: a pipe without
 * a writer is empty. More than FILE_CAP bytes is an error. The sentence names the file and the reason. */
bool file_read(const char *root, const char *path, struct text *text, struct error *error);

/* file_first_line(path, line, error): the first line of a file, without its line break: a secret. */
bool file_first_line(const char *path, struct text *line, struct error *error);

/* file_exists(root, path): whether it can be reached; for sources that not every kernel has. */
bool file_exists(const char *root, const char *path);

/* file_connect(path, deadline, fd, error): connect to the UNIX socket ${path} (of any length). ${fd} does not block and
 * is the caller's to close; -1 when it fails. ${deadline} is in milliseconds of CLOCK_MONOTONIC. */
enum source_end file_connect(const char *path, int64_t deadline, int *fd, struct error *error);

/* file_ask(path, question, answer, deadline, error): connect to the UNIX socket ${path} (of any length), send
 * ${question}, and append what comes until the other side closes to ${answer}. ${deadline} is in milliseconds
 * of CLOCK_MONOTONIC. */
enum source_end file_ask(const char *path, const char *question, struct text *answer, int64_t deadline,
                         struct error *error);

#endif
