/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/failover.h"

#include "lib/process.h"

#include <math.h>
#include <unistd.h>

enum { STEP_MS = 100, REACH_MS = 3000 };

/* ---- the servers ---- */

bool failover_reach(struct failover *failover, struct failover_server *server, const char *address,
                    struct error *error)
{
    const struct act_run brief = act_brief(failover->run, REACH_MS);
    server->address = address;
    server->source = "";
    if (!mysql_move_place(address, failover->run->arena, &server->place, error) ||
        !mysql_admin_open(&failover->args->mysql, &server->place, &brief, &server->link, error))
        return false;
    if (mysql_admin_is_mariadb(server->link, error) && mysql_admin_limit(server->link, failover->run, error))
        return true;
    mysql_link_close(server->link);
    server->link = NULL;
    return false;
}

bool failover_reach_all(struct failover *failover, struct error *error)
{
    const struct failover_options *args = failover->args;
    struct error unused;
    bool ok = failover_reach(failover, &failover->new, args->replica, error);
    (void)failover_reach(failover, &failover->old, args->primary, &failover->absence);
    for (size_t i = 0; ok && i < args->others.count; i++)
        (void)failover_reach(failover, &failover->others[failover->count++], args->others.items[i], &unused);
    return ok;
}

void failover_leave_all(struct failover *failover)
{
    if (failover->held > 0)
        close(failover->held);
    mysql_link_close(failover->old.link);
    mysql_link_close(failover->new.link);
    for (size_t i = 0; i < failover->count; i++)
        mysql_link_close(failover->others[i].link);
}

struct haproxy_server_name failover_balanced(const struct failover_options *args, const char *server)
{
    return (struct haproxy_server_name){.socket = args->haproxy, .server = server};
}

/* ---- the question ---- */

/* A replica whose primary is gone knows no lag: what it has received must be applied. */
static enum answer judge_backlog(const struct failover *failover, struct error *error)
{
    int64_t until = process_now() + failover->args->catch_up;
    struct mysql_standing standing = failover->standing;
    while (!mysql_move_has_applied(failover->new.link, failover->run, &standing)) {
        if (process_now() >= until || !act_pause(failover->run, STEP_MS))
            return act_refuse(error, "the replica lags: it has not applied all that it received");
        if (!mysql_admin_status(failover->new.link, failover->run, &standing, error))
            return ANSWER_UNKNOWN;
        if (standing.sources.count != 1)
            return act_refuse(error, "the replica has another source by now");
    }
    return ANSWER_GO;
}

/* Of a thread that somebody stopped there is no error to tell. */
static enum answer refuse_thread(struct error *error, const char *what, double code, const char *text)
{
    if (code < 1)
        return act_refuse(error, "%s: its thread was stopped", what);
    return act_refuse(error, "%s: error %.0f: %.300s", what, code, text);
}

static enum answer judge_lag(struct failover *failover, struct error *error)
{
    const struct mysql_source *source = &failover->standing.sources.items[0];
    double most = (double)failover->args->lag / 1000;
    if (failover->is_bare)
        return ANSWER_GO;
    if (!source->sql_runs)
        return refuse_thread(error, "the replica applies nothing", source->sql_code, source->sql_error);
    if (failover->old.link && !source->io_runs)
        return refuse_thread(error, "the replica does not replicate, though its primary is there",
                             source->io_code, source->io_error);
    if (!source->io_runs)
        return judge_backlog(failover, error);
    if (isnan(source->lag))
        return act_refuse(error, "the replica does not tell how far it is behind");
    if (source->lag > most)
        return act_refuse(error, "the replica lags by %.0f s, more than %g s", source->lag, most);
    return ANSWER_GO;
}

/* Whether all that the primary acknowledged is on the replica. */
static enum answer judge_loss(struct failover *failover, struct error *error)
{
    if (failover->is_bare || failover->old.link || failover->args->accept_loss)
        return ANSWER_GO;
    if (failover->standing.sources.items[0].io_runs)
        return act_refuse(error,
                          "the primary cannot be asked (%.200s), but its replica still reads from it: "
                          "--accept-loss would go on",
                          failover->absence.text);
    if (!mysql_move_confirms(failover->new.link, failover->run))
        return act_refuse(error,
                          "the primary cannot be asked (%.200s), and without semi-synchronous replication "
                          "writes that it acknowledged may be missing: --accept-loss would go on",
                          failover->absence.text);
    /* That the replica is ready to confirm does not make a primary wait for it. */
    if (!mysql_move_has_confirmed(failover->new.link, failover->run))
        return act_refuse(
            error,
            "the primary cannot be asked (%.200s), and since its replica began to read from it it "
            "has waited for no confirmation (rpl_semi_sync_master_enabled), so that writes that it "
            "acknowledged may be missing: --accept-loss would go on",
            failover->absence.text);
    return ANSWER_GO;
}

/* Who will follow: the old primary if it can be told to, and the other replicas that are well. */
static enum answer judge_redundancy(struct failover *failover, struct error *error)
{
    const struct failover_options *args = failover->args;
    size_t followers = failover->old.link && args->follow_as ? 1 : 0;
    for (size_t i = 0; i < failover->count; i++) {
        struct failover_server *other = &failover->others[i];
        struct mysql_standing standing;
        struct error why = {""};
        if (!other->link || !mysql_admin_status(other->link, failover->run, &standing, &why))
            continue;
        if (!mysql_move_follows(&standing, &failover->old.place))
            return act_refuse(error, "\"%s\" is no replica of \"%s\" alone", other->address, args->primary);
        if (!mysql_admin_check_name(standing.sources.items[0].name, error))
            return ANSWER_REFUSED;
        other->source = standing.sources.items[0].name;
        followers += standing.sources.items[0].sql_runs;
    }
    if (followers == 0 && !args->without_redundancy)
        return act_refuse(error, "redundancy would be lost: nobody could follow the new primary; "
                                 "--without-redundancy would go on");
    const char *logs =
        mysql_admin_value(failover->new.link, failover->run, "SELECT @@GLOBAL.log_slave_updates", error);
    if (!logs)
        return ANSWER_UNKNOWN;
    if (followers > 0 && strcmp(logs, "0") == 0)
        return act_refuse(error,
                          "\"%s\" does not log what it applies (log_slave_updates): nobody could follow it",
                          args->replica);
    return ANSWER_GO;
}

enum answer failover_judge_absence(struct failover *failover, struct error *error)
{
    if (!mysql_admin_status(failover->new.link, failover->run, &failover->standing, error))
        return ANSWER_UNKNOWN;
    if (failover->standing.sources.count != 1)
        return act_refuse(error, "the replica has another source by now");
    enum answer answer = judge_loss(failover, error);
    return answer == ANSWER_GO ? judge_redundancy(failover, error) : answer;
}

static enum answer judge_replica(struct failover *failover, struct error *error)
{
    const struct failover_options *args = failover->args;
    if (!mysql_admin_status(failover->new.link, failover->run, &failover->standing, error))
        return ANSWER_UNKNOWN;
    failover->is_bare = failover->is_resumed && failover->standing.sources.count == 0;
    if (failover->is_bare)
        return ANSWER_GO;
    if (!mysql_move_follows(&failover->standing, &failover->old.place))
        return act_refuse(error, "\"%s\" is no replica of \"%s\" alone", args->replica, args->primary);
    if (!mysql_admin_check_name(failover->standing.sources.items[0].name, error))
        return ANSWER_REFUSED;
    failover->new.source = failover->standing.sources.items[0].name;
    if (strcmp(mysql_admin_cell(&failover->standing, 0, "Using_Gtid"), "No") == 0)
        return act_refuse(error, "\"%s\" does not replicate by global transaction ids", args->replica);
    return ANSWER_GO;
}

static enum answer judge_balancer(struct failover *failover, struct error *error)
{
    const struct failover_options *args = failover->args;
    const struct haproxy_server_name names[] = {failover_balanced(args, args->old_server),
                                                failover_balanced(args, args->new_server)};
    struct haproxy_standing standings[2];
    for (size_t i = 0; i < 2; i++)
        if (!haproxy_admin_read(&names[i], failover->run, &standings[i], error))
            return ANSWER_UNKNOWN;
    /* Another way round is another remediation's: neither server has to be asked for that. */
    if (!failover->is_resumed && standings[0].admin & HAPROXY_FORCED_MAINT &&
        !(standings[1].admin & HAPROXY_FORCED_MAINT))
        return act_refuse(error, "\"%s\" has the place of \"%s\" already", args->new_server,
                          args->old_server);
    return ANSWER_GO;
}

static enum answer judge_primary(struct failover *failover, struct error *error)
{
    struct mysql_standing standing;
    if (!failover->old.link)
        return ANSWER_GO;
    if (!mysql_admin_status(failover->old.link, failover->run, &standing, error) ||
        !mysql_move_is_read_only(failover->old.link, failover->run, &failover->old_was_read_only, error))
        return ANSWER_UNKNOWN;
    if (standing.sources.count > 0)
        return act_refuse(error, "\"%s\" is a replica itself", failover->args->primary);
    if (failover->is_resumed) /* the one that was killed made it so */
        failover->old_was_read_only = false;
    return ANSWER_GO;
}

static enum answer refuse_lost(const struct failover_marker *marker, struct error *error)
{
    return act_refuse(error,
                      "redundancy is lost since %s, when \"%s\" took the place of \"%s\" for %s; "
                      "mysql_failover --action settle ends that when a replica has caught up",
                      marker->since, marker->primary, marker->former, marker->issue);
}

/* Of the same two servers it is ours to take up again, unless its process still lives. */
static enum answer judge_marker(struct failover *failover, struct error *error)
{
    struct failover_marker marker;
    bool there;
    if (!failover_marker_read(failover->args->marker, failover->run->arena, &marker, &there, error))
        return ANSWER_REFUSED;
    if (!there)
        return ANSWER_GO;
    failover->is_resumed = strcmp(marker.primary, failover->args->replica) == 0 &&
                           strcmp(marker.former, failover->args->primary) == 0;
    if (!failover->is_resumed)
        return refuse_lost(&marker, error);
    failover->held = failover_marker_hold(failover->args->marker, error);
    return failover->held > 0 ? ANSWER_GO : ANSWER_REFUSED;
}

/* One that came to its end is not taken up: it waits for a replica. */
static enum answer judge_resumed(struct failover *failover, struct error *error)
{
    const struct haproxy_server_name name = failover_balanced(failover->args, failover->args->new_server);
    struct haproxy_standing standing;
    struct failover_marker marker;
    bool read_only, there;
    if (!mysql_move_is_read_only(failover->new.link, failover->run, &read_only, error) ||
        !haproxy_admin_read(&name, failover->run, &standing, error) ||
        !failover_marker_read(failover->args->marker, failover->run->arena, &marker, &there, error) || !there)
        return ANSWER_UNKNOWN;
    return !read_only && standing.usable ? refuse_lost(&marker, error) : ANSWER_GO;
}

enum answer failover_judge(struct failover *failover, struct error *error)
{
    static enum answer (*const judges[])(struct failover *, struct error *) = {
        judge_replica, judge_primary, judge_lag, judge_loss, judge_redundancy};
    enum answer answer = judge_marker(failover, error);
    if (answer == ANSWER_GO)
        answer = judge_balancer(failover, error);
    if (answer == ANSWER_GO && !failover_reach_all(failover, error))
        answer = ANSWER_UNKNOWN;
    if (answer == ANSWER_GO && failover->is_resumed)
        answer = judge_resumed(failover, error);
    for (size_t i = 0; answer == ANSWER_GO && i < sizeof judges / sizeof judges[0]; i++)
        answer = judges[i](failover, error);
    return answer;
}
