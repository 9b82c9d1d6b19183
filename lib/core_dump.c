/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/core_dump.h"

#include <sys/prctl.h>
#include <sys/resource.h>

/* The leak detector of a sanitized build reads our memory from a thread of its own, as a tracer. */
#ifdef __SANITIZE_ADDRESS__
enum { MAY_BE_TRACED = 1 };
#else
enum { MAY_BE_TRACED = 0 };
#endif

void core_dump_forbid(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &limit);
    }
    (void)prctl(PR_SET_DUMPABLE, MAY_BE_TRACED);
}
