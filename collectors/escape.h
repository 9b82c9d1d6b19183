/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that a command line cannot hold, written as \r \n \t \0 \\ and \xHH. */
#ifndef WATCHBILL_COLLECTORS_ESCAPE_H
#define WATCHBILL_COLLECTORS_ESCAPE_H

#include "lib/error.h"
#include "lib/text.h"

/* escape_read(string, bytes, error): append what ${string} stands for. false: an escape that is none, which the
 * sentence names. */
bool escape_read(const char *string, struct text *bytes, struct error *error);

#endif
