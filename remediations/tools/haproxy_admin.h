/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server of a HAProxy, seen and changed through the admin socket (level admin). */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_HAPROXY_ADMIN_H
#define WATCHBILL_REMEDIATIONS_TOOLS_HAPROXY_ADMIN_H

#include "lib/remediation.h"

/* Who is meant: the socket, and "BACKEND/SERVER". */
struct haproxy_server_name {
    const char *socket;
    const char *server;
};

/* srv_admin_state of `show servers state`, HAProxy's management guide, "show servers state". */
enum { HAPROXY_FORCED_MAINT = 0x01, HAPROXY_FORCED_DRAIN = 0x08 };

/* How a server stands. */
struct haproxy_standing {
    unsigned admin;         /* srv_admin_state */
    int64_t weight, weighs; /* the configuration's weight, and that of now: 0 to 256 */
    const char *status;     /* "UP 1/2" */
    bool usable;            /* UP in any form, or without checks */
    size_t others;          /* further servers of its backend that are usable and have a weight */
};

/* haproxy_admin_check(server, error): whether the text is a BACKEND/SERVER of at most 128 bytes, of letters, digits and
 * "_.:-": it goes into a line of HAProxy's command language, and nothing else may. */
bool haproxy_admin_check(const char *server, struct error *error);

/* haproxy_admin_tell(socket, command, run, error): a command that HAProxy answers with an empty line when it obeys;
 * any other answer is a failure with HAProxy's own sentence. */
bool haproxy_admin_tell(const char *socket, const char *command, const struct act_run *run,
                        struct error *error);

/* haproxy_admin_parse(answer, server, standing): find the server in an answer to `show servers state`, which is cut
 * into words; fills admin, weight and weighs. false: it is not there, or the answer lacks a column. */
bool haproxy_admin_parse(char *answer, const char *server, struct haproxy_standing *standing);

/* haproxy_admin_read(name, run, standing, error): its state and its row of the statistics; texts live in the arena. */
bool haproxy_admin_read(const struct haproxy_server_name *name, const struct act_run *run,
                        struct haproxy_standing *standing, struct error *error);

/* haproxy_admin_save(socket, path, run, error): replace HAProxy's server-state-file by how its servers stand now, as a
 * whole: what was set by the socket is gone with the process else (management guide, "show servers state"). */
bool haproxy_admin_save(const char *socket, const char *path, const struct act_run *run, struct error *error);

/* haproxy_admin_diagnose(socket, run, bundle, error): `show info`, `show stat` and `show servers state`. */
bool haproxy_admin_diagnose(const char *socket, const struct act_run *run, struct bundle *bundle,
                            struct error *error);

#endif
