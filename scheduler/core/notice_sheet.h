/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an alert tells, as rows in the order of the page; text and hypertext are two ways of writing them. */
#ifndef WATCHBILL_CORE_NOTICE_SHEET_H
#define WATCHBILL_CORE_NOTICE_SHEET_H

#include "lib/text.h"
#include "lib/zone.h"

#include <jansson.h>

enum sheet_kind {
    SHEET_FIELD, /* a label and a short text */
    SHEET_BLOCK, /* several lines as they are */
    SHEET_HEAD,  /* what the lines below it are */
    SHEET_LINE,
    SHEET_LINK, /* a label and a URL */
    SHEET_COMMAND
};

struct sheet_row {
    enum sheet_kind kind;
    char *label; /* NULL: none */
    char *value;
};

struct sheet {
    struct sheet_row *rows;
    size_t count, room;
};

/* sheet_fill(sheet, alert): all rows but the subject; ends with sheet_release. */
void sheet_fill(struct sheet *sheet, const json_t *alert);
/* sheet_events, sheet_remediations: add what happened before, and what was decided on, a line each. */
void sheet_events(struct sheet *sheet, const json_t *alert);
void sheet_remediations(struct sheet *sheet, const json_t *alert);
void sheet_release(struct sheet *sheet);

/* The members of the alert: "" and 0 where they are missing. */
const char *sheet_text(const json_t *object, const char *key);
int64_t sheet_whole(const json_t *object, const char *key);

/* sheet_zone(alert): the reader's. */
const struct zone *sheet_zone(const json_t *alert);

#endif
