/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets are never in a core dump. */
#ifndef WATCHBILL_LIB_CORE_DUMP_H
#define WATCHBILL_LIB_CORE_DUMP_H

/* core_dump_forbid(): no core file of this process and its children, and nobody of the same user may read the memory
 * of this process. */
void core_dump_forbid(void);

#endif
