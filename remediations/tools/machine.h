/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics that every remediation takes of its machine, for a person to read: processes, sockets, disks, memory,
 * pressure. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_MACHINE_H
#define WATCHBILL_REMEDIATIONS_TOOLS_MACHINE_H

#include "lib/bundle.h"

/* machine_gather(bundle): for remediation_main. false: a part failed, which the bundle names. */
bool machine_gather(struct bundle *bundle);

#endif
