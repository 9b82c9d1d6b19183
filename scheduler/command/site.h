/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands need of a site: its configuration, its clock and its scheduler. */
#ifndef WATCHBILL_COMMAND_SITE_H
#define WATCHBILL_COMMAND_SITE_H

#include "scheduler/command/command.h"
#include "scheduler/core/model.h"

#include <jansson.h>

/* site_load(call), site_load_users(call): the configuration, or what users.yaml needs of it; NULL when it has
 * errors, which are then in the complaint. The caller frees it with model_free. */
struct model *site_load(struct command_call *call);
struct model *site_load_users(struct command_call *call);

/* site_state(call): the state directory, absolute; the caller frees it. NULL with complaints: there is none. */
char *site_state(struct command_call *call);

/* What the scheduler answered. Ends with site_release. */
struct site_reply {
    json_t *answer; /* NULL: there is none, and `code` says how the command ends */
    int code;
    const struct zone *zone; /* of the site, for times */
};

/* site_ask(call, request, timeout): ask the scheduler of the configured state directory; takes over ${request};
 * ${timeout} in ms. A refusal is COMMAND_NO, no scheduler is COMMAND_REFUSED, each with a sentence. A ${request} of NULL,
 * which is what json_pack makes of a text that is not UTF-8, is COMMAND_REFUSED and says so. */
struct site_reply site_ask(struct command_call *call, json_t *request, int64_t timeout);
void site_release(struct site_reply *reply);

#define SITE_TIMEOUT INT64_C(15000)

/* What is printed of an answer; ${with} is the caller's. */
typedef void site_writer(struct text *out, const struct site_reply *reply, const void *with);

/* site_tell(call, request, timeout, write, with): site_ask, and print the answer: with --json as it came, else as
 * ${write} does; NULL: it is not worth a word. The exit code of the command. */
int site_tell(struct command_call *call, json_t *request, int64_t timeout, site_writer *write,
              const void *with);

/* Members of an answer: "" and 0 when they are missing. */
const char *site_text(const json_t *object, const char *key);
int64_t site_whole(const json_t *object, const char *key);

#endif
