/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the privileged helper is asked, and what it makes of it. The request comes from a process that may have been
 * taken over: it names things of the configuration and nothing else, so every part is judged before use. */
#ifndef WATCHBILL_CORE_ORDER_H
#define WATCHBILL_CORE_ORDER_H

#include "lib/arena.h"
#include "lib/error.h"
#include "scheduler/core/model.h"

enum { ORDER_BYTES = 32 * 1024, ORDER_TEXT_BYTES = 8 * 1024, ORDER_NAME_BYTES = 64, ORDER_RUN_BYTES = 160 };

struct order {
    const char *remediation;
    const char *host, *check;
    const char *subject; /* HOST/CHECK */
    const char *run;
    bool dry_run;
    struct words environment; /* "NAME=VALUE", for an exec */
};

/* order_read(bytes, length, arena, order, error): read one message (scheduler/io/helper.h states its form). Refused:
 * more than ORDER_BYTES, what is no such object, unknown members, names that are not [A-Za-z0-9_.:-]{1,64} (a run's id: 160) or begin
 * with a dot. Variables that are not on the list of order.c are left out; values are cut at ORDER_TEXT_BYTES and
 * lose their control characters. ${order->run} is set as soon as it is known to be good, else it is "". */
bool order_read(const char *bytes, size_t length, struct arena *arena, struct order *order,
                struct error *error);

/* One run of a remediation. */
struct order_run {
    const struct remediation *remediation;
    const struct host *host; /* the target */
    const char *check;
    const char *run;
    bool dry_run;
};

/* order_words(what, model, arena, argv, error): the command line of a run: the words of the configuration with their
 * macros replaced, then the options of the remediation frame, limits and renewal among them: the frame keeps them
 * whoever asked for the run. A remediation in the mode dry_run gets --dry-run whatever
 * was asked. */
bool order_words(const struct order_run *what, const struct model *model, struct arena *arena,
                 struct words *argv, struct error *error);

/* order_command(order, model, arena, remediation, argv, error): order_words of what the message asks. Refused: a
 * remediation that ${model} does not list, a check that it does not have, a check that does not name that remediation.
 * argv[0] is as written. */
bool order_command(const struct order *order, const struct model *model, struct arena *arena,
                   const struct remediation **remediation, struct words *argv, struct error *error);

/* order_reply(run, end, code, text, length): what became of a run, as scheduler/io/helper.h states it; ${text} is made fit
 * for JSON. The caller frees it. */
char *order_reply(const char *run, const char *end, int code, const char *text, size_t length);

#endif
