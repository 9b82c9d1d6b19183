/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composes an Internet message (RFC 5322, MIME) from parts that may come from outside. What could add a
 * header or a command of its own is refused, never repaired. */
#ifndef WATCHBILL_LIB_MAIL_H
#define WATCHBILL_LIB_MAIL_H

#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

struct mail_header {
    const char *name;  /* letters, digits and "-"; none that mail_compose writes itself */
    const char *value; /* UTF-8 without control characters */
};

struct mail_letter {
    const char *id; /* of the message: the same for every attempt; in angle brackets or without */
    const char *from, *to;
    const char *subject; /* UTF-8 without control characters */
    const char *body;    /* UTF-8; lines end with LF, CRLF or CR */
    size_t body_length;
    const char *html; /* the same as hypertext, UTF-8; NULL: none */
    size_t html_length;
    const void *picture; /* a PNG that the hypertext shows as "cid:" and mail_picture_id; NULL: none */
    size_t picture_length;
    int64_t date; /* epoch seconds */
    const struct mail_header *headers;
    size_t header_count;
};

/* mail_address_check(address, error): a plain address such as "ops@example.org" (RFC 5321 dot-string and
 * domain or address literal), at most 254 bytes, ASCII. No name, no angle brackets, no quotes, no blanks. */
bool mail_address_check(const char *address, struct error *error);

/* mail_compose(text, letter, error): the whole message with CRLF line ends, in ASCII alone: headers are
 * encoded by RFC 2047, a body with other bytes or with lines over 998 bytes is quoted-printable. With hypertext
 * it is multipart/alternative, whose second part is multipart/related when there is a picture. Dots are not
 * stuffed. */
bool mail_compose(struct text *text, const struct mail_letter *letter, struct error *error);

/* mail_picture_id(text, id): the Content-ID, without angle brackets, of the picture in the message of that id. It
 * has letters, digits, dots and one "@" alone. */
void mail_picture_id(struct text *text, const char *id);

/* mail_file_name(name, id): appends a file name for the message: what is between the id's angle brackets, if it has
 * them. Ids that differ have names that differ; never empty, hidden, or with a slash; at most 128 bytes. */
void mail_file_name(struct text *name, const char *id);

#endif
