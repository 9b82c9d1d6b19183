/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A primary of MariaDB, the replica that is to take its place, and whether it may. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_FAILOVER_H
#define WATCHBILL_REMEDIATIONS_TOOLS_FAILOVER_H

#include "remediations/tools/failover_marker.h"
#include "remediations/tools/haproxy_admin.h"
#include "remediations/tools/mysql_move.h"

enum { FAILOVER_OTHERS_MAX = 8 };

struct failover_options {
    struct mysql_options mysql;
    int action;
    const char *primary, *replica;
    struct option_list others;
    const char *haproxy, *old_server, *new_server, *marker, *server_state;
    const char *follow_as, *follow_password_file;
    int64_t lag, catch_up, wait; /* ms */
    bool accept_loss, without_redundancy;
};

struct failover_server {
    const char *address; /* as given */
    struct act_place place;
    struct mysql_link *link; /* NULL: it cannot be asked */
    const char *source;      /* the name of its connection to the old primary */
};

struct failover {
    const struct failover_options *args;
    struct act_run *run;
    struct failover_server old, new, others[FAILOVER_OTHERS_MAX];
    size_t count;                   /* of others */
    struct error absence;           /* why the old one cannot be asked */
    struct mysql_standing standing; /* of the new one, before */
    bool old_was_read_only;
    int held;        /* the marker's descriptor; 0: not held */
    bool is_resumed; /* one that was killed is taken up again */
    bool is_bare;    /* and the new one has no source any more: it only has to be made writable */
    /* What has to be undone when it goes no further. */
    bool is_cut_off, is_read_only, is_stopped;
};

/* failover_reach(failover, server, address, error): sign in to the MariaDB at ${address}, in 3 seconds. */
bool failover_reach(struct failover *failover, struct failover_server *server, const char *address,
                    struct error *error);

/* failover_reach_all(failover, error): all of the options; only the replica must be reached. Ends with
 * failover_leave_all. */
bool failover_reach_all(struct failover *failover, struct error *error);
void failover_leave_all(struct failover *failover);

/* failover_balanced(options, server): a server of the options' HAProxy. */
struct haproxy_server_name failover_balanced(const struct failover_options *options, const char *server);

/* failover_judge(failover, error): reach all, and look whether the replica may take the place of the primary. */
enum answer failover_judge(struct failover *failover, struct error *error);

/* failover_judge_absence(failover, error): the same once the old one, which could be asked before, has been given up:
 * .absence says why, and the new one reads from it no longer. */
enum answer failover_judge_absence(struct failover *failover, struct error *error);

#endif
