/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets are never in a core dump. */
#ifndef WATCHBILL_LIB_CORE_DUMP_H
#define WATCHBILL_LIB_CORE_DUMP_H

/* core_dump_forbid(): no core file of this process, and nobody of the same user may read its memory. None of its children
 * either, unless one wants it: the hard limit stays, because a service that is restarted may be told to dump. */
void core_dump_forbid(void);

#endif
