/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side of watchbill-helper, which runs remediations. The daemon names a remediation of the
 * configuration, the check that is the reason and an id for the run; what is executed is decided by the
 * helper's own reading of the configuration. One message a datagram of a SOCK_SEQPACKET socket pair, JSON, at
 * most 32 kB:
 *
 *   to it    {"remediation", "subject": "HOST/CHECK", "run", "dry_run": bool, "environment": {NAME: text,
 * ...}} from it  {"run", "end": "exited" | "signalled" | "timeout" | "refused", "code": exit code or signal,
 * "text"} */
#ifndef WATCHBILL_IO_HELPER_H
#define WATCHBILL_IO_HELPER_H

#include "lib/error.h"
#include "scheduler/core/model.h"
#include "scheduler/io/loop.h"

#include <stddef.h>

enum { HELPER_MESSAGE_BYTES = 32 * 1024 };

struct helper;

/* helper_start(loop, program, directory, error): start the helper at the path ${program} for the configuration
 * ${directory}, first of all, while we still have the rights to give. It ends by itself when our end of the socket
 * is closed and its runs have ended. NULL when it could not be started. */
struct helper *helper_start(struct loop *loop, const char *program, const char *directory,
                            struct error *error);

/* helper_free(helper): close the socket; what runs goes on and ends in the ledger. ${done} is not called any
 * more. NULL is allowed. */
void helper_free(struct helper *helper);

enum helper_end {
    HELPER_EXITED,    /* `code`: 0 fixed, 1 without effect, 2 failed, 3 refused */
    HELPER_SIGNALLED, /* `code` is the signal */
    HELPER_TIMEOUT,
    HELPER_REFUSED, /* by the helper, or because it has gone: `text` says why; nothing was executed */
    HELPER_LOST,    /* the helper went after it had the request: the ledger tells what became of the run */
};

struct helper_outcome {
    const char *run;
    enum helper_end end;
    int code;
    const char *text; /* the end of its output, or the reason */
};

struct helper_request {
    const char *remediation; /* its name in the configuration */
    const char *subject;     /* "HOST/CHECK" */
    const char *run;         /* [A-Za-z0-9_.:-]{1,160}, never used before */
    bool dry_run;
    struct pairs environment; /* NAGIOS_ and WATCHBILL_ variables; the helper drops those it does not know */
};

/* The outcome is valid during the call only. */
typedef void helper_done(void *owner, const struct helper_outcome *outcome);

/* helper_request(helper, request, done, owner): ${request} is copied; texts are cut so that it fits. ${done}
 * is always called once, later. */
void helper_request(struct helper *helper, const struct helper_request *request, helper_done *done,
                    void *owner);

/* helper_gone(helper): it has ended; what is requested now is refused. */
bool helper_gone(const struct helper *helper);

/* helper_running(helper): requests without an outcome. */
size_t helper_running(const struct helper *helper);

#endif
