/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link by which one person acknowledges one problem, or approves one remediation for it. Whoever holds it may use
 * it, so it is signed, names what it is for and ends; what is signed is ack_link_text. Pure. */
#ifndef WATCHBILL_CORE_ACK_LINK_H
#define WATCHBILL_CORE_ACK_LINK_H

#include "lib/error.h"
#include "lib/text.h"

#include <stdint.h>

enum { ACK_LINK_SIGNATURE = 64, ACK_LINK_NAME = 200 };

#define ACK_LINK_PATH    "acknowledge"
#define ACK_LINK_APPROVE "approve"

struct ack_link {
    char subject[ACK_LINK_NAME + 1]; /* HOST/CHECK */
    uint64_t problem;
    char user[ACK_LINK_NAME + 1]; /* who acts */
    char run[ACK_LINK_NAME + 1];  /* the run that is approved; "": the problem is acknowledged */
    int64_t expires;              /* epoch seconds */
    char signature[ACK_LINK_SIGNATURE + 1];
};

/* ack_link_text(text, link): what the signature is of; no two links have the same. */
void ack_link_text(struct text *text, const struct ack_link *link);

/* ack_link_url(text, base, link): ${base} of the site, and the link's fields. */
void ack_link_url(struct text *text, const char *base, const struct ack_link *link);

/* ack_link_read(link, value, owner, error): ${value} gives a field by its name, decoded, or NULL. */
typedef const char *ack_link_value(void *owner, const char *name);
bool ack_link_read(struct ack_link *link, ack_link_value *value, void *owner, struct error *error);

/* ack_link_judge(link, now, problem, error): whether a link whose signature is good still holds at ${now}
 * (epoch seconds); ${problem} is the id of the check's open problem, 0: none is open. */
bool ack_link_judge(const struct ack_link *link, int64_t now, uint64_t problem, struct error *error);

#endif
