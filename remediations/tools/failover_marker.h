/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Redundancy is lost": a file that stands from the begin of a failover until a replica of the new primary has caught up,
 * or until all was undone. While it stands, no other failover is begun; one that was killed is taken up again. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_FAILOVER_MARKER_H
#define WATCHBILL_REMEDIATIONS_TOOLS_FAILOVER_MARKER_H

#include "lib/remediation.h"

struct failover_marker {
    const char *primary; /* "HOST:PORT" that serves since then */
    const char *former;  /* that served before */
    const char *issue;
    const char *since; /* RFC 3339, UTC */
};

/* failover_marker_write(path, marker, error): durably; refused when there is one. .since is set here. */
bool failover_marker_write(const char *path, const struct failover_marker *marker, struct error *error);

/* failover_marker_read(path, arena, marker, there, error): ${there}: whether there is one. false: there is, and it
 * cannot be read. */
bool failover_marker_read(const char *path, struct arena *arena, struct failover_marker *marker, bool *there,
                          struct error *error);

/* failover_marker_hold(path, error): a descriptor that holds it for one process, the caller's to close; -1: another one
 * holds it, or it is not there. */
int failover_marker_hold(const char *path, struct error *error);

/* failover_marker_remove(path, error): well, too, when there is none. */
bool failover_marker_remove(const char *path, struct error *error);

#endif
