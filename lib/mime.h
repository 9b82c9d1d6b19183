/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encodings of message bodies (RFC 2045). */
#ifndef WATCHBILL_LIB_MIME_H
#define WATCHBILL_LIB_MIME_H

#include "lib/text.h"

/* mime_base64(text, bytes, length): on one line. mime_base64_lines: lines of 76 characters, each ended by CRLF. */
void mime_base64(struct text *text, const void *bytes, size_t length);
void mime_base64_lines(struct text *text, const void *bytes, size_t length);

/* mime_base64_read(text, base64, length): append what they stand for; false for anything else than whole groups of
 * four, and then ${text} is as it was. */
bool mime_base64_read(struct text *text, const char *base64, size_t length);

/* mime_needs_quoting(body, length): whether it holds other bytes than printable ASCII, tabs and line ends, or lines
 * over 998 bytes (RFC 5322, 2.1.1). */
bool mime_needs_quoting(const char *body, size_t length);

/* mime_text(text, body, length, quote): its lines, which end with LF, CRLF or CR, with CRLF; ${quote}: as
 * quoted-printable. */
void mime_text(struct text *text, const char *body, size_t length, bool quote);

#endif
