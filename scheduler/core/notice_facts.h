/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision to tell someone becomes the object that scheduler/core/notice.h describes, as far as it is known at the
 * instant of the decision. Pure. */
#ifndef WATCHBILL_CORE_NOTICE_FACTS_H
#define WATCHBILL_CORE_NOTICE_FACTS_H

#include "lib/text.h"
#include "scheduler/core/world.h"

/* What is known of one check. */
struct notice_known {
    const struct state *state;
    const char *output; /* its text, several lines; NULL: none yet */
};

struct notice_source {
    const struct model *model;
    const struct decision *decision; /* of DECISION_ALERT */
    struct notice_known (*known)(void *owner, uint32_t binding);
    void *owner;
    const char *author; /* of an acknowledgement; NULL */
};

/* notice_facts(source): a new reference. Texts that are no UTF-8 are mended, long ones are cut. */
json_t *notice_facts(const struct notice_source *source);

/* notice_issue_link(text, tracker, issue): the address of the issue's page; nothing where it is not known. */
void notice_issue_link(struct text *text, const struct tracker *tracker, const char *issue);

#endif
