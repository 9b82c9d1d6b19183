/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lets a replica of MariaDB take the place of its primary behind HAProxy: the old one is cut off, the new one has
 * applied all, is promoted, and HAProxy points to it. */
#include "collectors/file.h"
#include "lib/process.h"
#include "remediations/tools/failover.h"

enum { STEP_MS = 100, DIAGNOSE_MS = 5000, FREEZE_MS = 4000 };
enum action { FAILOVER, SETTLE };

static const char *const action_names[] = {[FAILOVER] = "failover", [SETTLE] = "settle", [SETTLE + 1] = NULL};

static const struct failover_options defaults = {.lag = 10000, .catch_up = 20000, .wait = 10000};

static const struct option_row options[] = {
    {"action", 'a', CHOICE(struct failover_options, action), .value = "ACTION",
     .help =
         "failover; settle: look whether a replica has caught up since one, and end the loss of redundancy",
     .choices = action_names},
    {"primary", 0, TEXT(struct failover_options, primary), .value = "HOST:PORT",
     .help = "the primary that is to be replaced"},
    {"replica", 0, TEXT(struct failover_options, replica), .value = "HOST:PORT",
     .help = "its replica that takes its place"},
    {"other", 0, LIST(struct failover_options, others), .value = "HOST:PORT",
     .help = "a further replica, which follows the new primary afterwards; at most 8"},
    {"haproxy", 0, TEXT(struct failover_options, haproxy), .value = "PATH", .help = "HAProxy's admin socket"},
    {"old-server", 0, TEXT(struct failover_options, old_server), .value = "BACKEND/SERVER",
     .help = "what the old primary is in HAProxy; it goes to maintenance and its sessions are shut down"},
    {"new-server", 0, TEXT(struct failover_options, new_server), .value = "BACKEND/SERVER",
     .help = "what the replica is in HAProxy; it becomes ready when it has been promoted"},
    {"server-state", 0, TEXT(struct failover_options, server_state), .value = "PATH",
     .help = "HAProxy's server-state-file, which is written when the roles have changed: else HAProxy leads "
             "back to the "
             "old primary when it is reloaded or started again"},
    {"marker", 0, TEXT(struct failover_options, marker), .value = "PATH",
     .help = "the file that stands as long as redundancy is lost; while it does, no failover is begun",
     .required = true},
    {"follow-as", 0, TEXT(struct failover_options, follow_as), .value = "NAME",
     .help = "the user as whom the old primary replicates from the new one, if it can be asked"},
    {"follow-password-file", 0, TEXT(struct failover_options, follow_password_file), .value = "PATH",
     .help = "that user's password is the first line of this file"},
    {"lag", 0, DURATION(struct failover_options, lag), .value = "DURATION",
     .help = "refuse a replica that is further behind", .high = 3600},
    {"catch-up", 0, DURATION(struct failover_options, catch_up), .value = "DURATION",
     .help = "how long the replica may take to apply the rest; else everything is undone", .high = 3600},
    {"wait", 0, DURATION(struct failover_options, wait), .value = "DURATION",
     .help = "how long HAProxy and the other replicas may take afterwards", .high = 3600},
    {"accept-loss", 0, FLAG(struct failover_options, accept_loss),
     .help =
         "go on although the primary cannot be asked and the replica may lack writes that it acknowledged"},
    {"without-redundancy", 0, FLAG(struct failover_options, without_redundancy),
     .help = "go on although nobody would follow the new primary; the marker stays until somebody does"},
    MYSQL_OPTIONS(struct failover_options, mysql),
    {0},
};

static bool set_balanced(const struct failover *failover, const char *command, const char *server,
                         const char *more, struct error *error)
{
    return haproxy_admin_tell(failover->args->haproxy,
                              arena_format(failover->run->arena, "%s %s%s\n", command, server, more),
                              failover->run, error);
}

static enum answer judge_settle(const struct failover_options *args, struct act_run *run, struct error *error)
{
    struct failover_marker marker;
    bool there;
    if (!failover_marker_read(args->marker, run->arena, &marker, &there, error))
        return ANSWER_REFUSED;
    return there ? ANSWER_GO
                 : act_refuse(error, "redundancy is not lost: there is no marker \"%s\"", args->marker);
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct failover_options *args = owner;
    struct failover failover = {.args = args, .run = run};
    if (args->action == SETTLE)
        return judge_settle(args, run, error);
    enum answer answer = failover_judge(&failover, error);
    failover_leave_all(&failover);
    return answer;
}

/* ---- the act ---- */

/* Who may not do what comes later must not begin: to say again what is so already changes nothing. */
static bool rehearse(const struct failover *failover, struct error *error)
{
    static const char sql[] = "SET GLOBAL read_only = @@GLOBAL.read_only";
    return mysql_admin_do(failover->new.link, failover->run, error, "%s", sql) &&
           (!failover->old.link || mysql_admin_do(failover->old.link, failover->run, error, "%s", sql));
}

/* Nobody reaches the old one through HAProxy from here on, also when it comes back from the dead. */
static bool cut_off(struct failover *failover, struct error *error)
{
    const char *server = failover->args->old_server;
    if (!set_balanced(failover, "set server", server, " state maint", error))
        return false;
    failover->is_cut_off = true;
    if (!set_balanced(failover, "shutdown sessions server", server, "", error))
        return false;
    act_say(failover->run, "\"%s\" is cut off", server);
    return true;
}

static bool stop_reading(struct failover *failover, struct error *error)
{
    failover->is_stopped = true;
    return mysql_admin_do(failover->new.link, failover->run, error, "STOP SLAVE '%s' IO_THREAD",
                          failover->new.source);
}

static bool catch_up_dead(struct failover *failover, struct error *error)
{
    int64_t until = process_now() + failover->args->catch_up;
    struct mysql_standing standing;
    if (!stop_reading(failover, error))
        return false;
    for (;;) {
        if (!mysql_admin_status(failover->new.link, failover->run, &standing, error))
            return false;
        if (standing.sources.count == 1 &&
            mysql_move_has_applied(failover->new.link, failover->run, &standing))
            break;
        if (process_now() >= until || !act_pause(failover->run, STEP_MS))
            return error_set(error, "\"%s\" has not applied all that it received", failover->args->replica);
    }
    act_say(failover->run, "\"%s\" has applied all that it received", failover->args->replica);
    return true;
}

/* A server on a frozen disk answers, and does not become read only, because what is being written does not end. Nobody
 * reaches it any more: it counts as dead from here on. */
static bool give_up_old(struct failover *failover, struct error *error)
{
    failover->absence = *error;
    mysql_link_close(failover->old.link);
    failover->old.link = NULL;
    act_say(failover->run, "\"%s\" does not become read only within %ds, and is given up",
            failover->args->primary, FREEZE_MS / 1000);
    return stop_reading(failover, error) && failover_judge_absence(failover, error) == ANSWER_GO &&
           catch_up_dead(failover, error);
}

/* false as well when it takes too long: ${frozen}. The server itself ends the statement, a second after what it is
 * limited to, before we turn away: it must not come into effect when all was undone. */
static bool make_read_only(struct failover *failover, bool *frozen, struct error *error)
{
    struct mysql_link *link = failover->old.link;
    int64_t begin = process_now();
    const struct act_run limit = act_brief(failover->run, FREEZE_MS - 1000);
    const struct act_run brief = act_brief(failover->run, FREEZE_MS + 2000);
    bool ok = mysql_admin_limit(link, &limit, error) &&
              mysql_admin_do(link, &brief, error, "SET GLOBAL read_only = 1");
    *frozen = !ok && process_now() - begin >= FREEZE_MS - STEP_MS;
    failover->is_read_only = ok && !failover->old_was_read_only;
    return ok && mysql_admin_limit(link, failover->run, error);
}

/* What the old one has acknowledged is on the new one. */
static bool catch_up_alive(struct failover *failover, struct error *error)
{
    struct act_run *run = failover->run;
    bool frozen;
    if (!make_read_only(failover, &frozen, error))
        return frozen && give_up_old(failover, error);
    const char *position = mysql_move_position(failover->old.link, run, error);
    if (!position || !mysql_move_await(failover->new.link, run, position, failover->args->catch_up, error))
        return false;
    act_say(run, "\"%s\" has applied all up to %s", failover->args->replica,
            *position ? position : "the begin");
    return true;
}

static bool mark(struct failover *failover, struct error *error)
{
    const struct failover_marker marker = {
        .primary = failover->args->replica, .former = failover->args->primary, .issue = failover->run->issue};
    if (failover->is_resumed) {
        act_say(failover->run, "taking up again what was not finished");
        return true;
    }
    if (!failover_marker_write(failover->args->marker, &marker, error))
        return false;
    failover->held = failover_marker_hold(failover->args->marker, error);
    return failover->held > 0;
}

/* What is not on the new one is not on its way to it either. */
static bool catch_up(struct failover *failover, struct error *error)
{
    if (failover->old.link)
        return catch_up_alive(failover, error);
    return failover->is_bare || catch_up_dead(failover, error);
}

static bool promote(struct failover *failover, struct error *error)
{
    struct act_run *run = failover->run;
    if (failover->is_bare)
        return true;
    failover->is_stopped = true;
    return mysql_admin_do(failover->new.link, run, error, "STOP SLAVE '%s'", failover->new.source) &&
           mysql_admin_do(failover->new.link, run, error, "RESET SLAVE '%s' ALL", failover->new.source);
}

/* Back to where it began; what cannot be undone is said. */
static void undo(struct failover *failover)
{
    struct error error;
    struct act_run *run = failover->run;
    if (failover->is_stopped &&
        !mysql_admin_do(failover->new.link, run, &error, "START SLAVE '%s'", failover->new.source))
        act_say(run, "not undone: %s", error.text);
    if (failover->is_read_only &&
        !mysql_admin_do(failover->old.link, run, &error, "SET GLOBAL read_only = 0"))
        act_say(run, "not undone: %s", error.text);
    if (failover->is_cut_off &&
        !set_balanced(failover, "set server", failover->args->old_server, " state ready", &error))
        act_say(run, "not undone: %s", error.text);
    else if (failover->is_cut_off)
        act_say(run, "undone: \"%s\" serves again", failover->args->old_server);
    if (!failover->is_bare && !failover_marker_remove(failover->args->marker, &error))
        act_say(run, "not undone: %s", error.text);
}

/* From here on there is no way back. */
static bool take_over(struct failover *failover, struct error *error)
{
    struct act_run *run = failover->run;
    if (!mysql_admin_do(failover->new.link, run, error, "SET GLOBAL read_only = 0"))
        return false;
    act_say(run, "\"%s\" is promoted", failover->args->replica);
    if (!set_balanced(failover, "set server", failover->args->new_server, " state ready", error))
        return false;
    act_say(run, "HAProxy points to \"%s\"", failover->args->new_server);
    return true;
}

static bool follow_from_old(struct failover *failover, struct error *error)
{
    struct text secret = TEXT_INIT;
    struct act_run *run = failover->run;
    struct mysql_link *link = failover->old.link;
    const char *file = failover->args->follow_password_file;
    const char *position = mysql_move_position(link, run, error);
    bool unused;
    /* As a replica it would wait for one of its own before it applies anything. */
    bool ok = position && mysql_move_set_waiting(link, run, false, &unused, error) &&
              (!file || file_first_line(file, &secret, error));
    if (ok && !mysql_move_is_word(secret.bytes))
        ok = error_set(error, "the password of \"%s\" has a character that no statement can hold",
                       failover->args->follow_as);
    ok = ok && mysql_admin_do(link, run, error, "SET GLOBAL gtid_slave_pos = '%s'", position) &&
         mysql_move_follow(link, run, "", &failover->new.place, failover->args->follow_as, secret.bytes,
                           error);
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    return ok;
}

/* What was set by its socket, HAProxy knows only as long as it lives. */
static void keep_roles(struct failover *failover)
{
    const struct failover_options *args = failover->args;
    struct error error;
    if (args->server_state && !haproxy_admin_save(args->haproxy, args->server_state, failover->run, &error))
        act_say(failover->run, "a new start of HAProxy would lead back to \"%s\": %s", args->old_server,
                error.text);
}

/* A follower that does not come is no reason to fail: the marker tells, and it can be mended in peace. */
static void let_follow(struct failover *failover)
{
    struct act_run *run = failover->run;
    struct error error;
    if (failover->old.link && failover->args->follow_as) {
        if (follow_from_old(failover, &error))
            act_say(run, "\"%s\" follows it", failover->args->primary);
        else
            act_say(run, "\"%s\" does not follow it: %s", failover->args->primary, error.text);
    }
    for (size_t i = 0; i < failover->count; i++) {
        const struct failover_server *other = &failover->others[i];
        if (other->link &&
            mysql_move_follow(other->link, run, other->source, &failover->new.place, NULL, NULL, &error))
            act_say(run, "\"%s\" follows it", other->address);
        else
            act_say(run, "\"%s\" does not follow it: %s", other->address,
                    other->link ? error.text : "it cannot be asked");
    }
}

static bool fail_over(struct failover *failover, struct error *error)
{
    if (!rehearse(failover, error) || !mark(failover, error))
        return false;
    if (!cut_off(failover, error) || !catch_up(failover, error) || !promote(failover, error)) {
        undo(failover);
        return false;
    }
    if (!take_over(failover, error))
        return false;
    keep_roles(failover);
    let_follow(failover);
    return true;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct failover_options *args = owner;
    struct failover failover = {.args = args, .run = run};
    if (args->action == SETTLE) {
        if (run->dry_run)
            act_say(run, "would look whether a replica has caught up");
        return true;
    }
    bool ok = failover_judge(&failover, error) == ANSWER_GO;
    if (ok && run->dry_run)
        act_say(run, "would let \"%s\" take the place of \"%s\", which %s, and point HAProxy to \"%s\"",
                args->replica, args->primary, failover.old.link ? "can be asked" : "cannot be asked",
                args->new_server);
    else if (ok)
        ok = fail_over(&failover, error);
    failover_leave_all(&failover);
    return ok;
}

/* ---- verifying ---- */

/* Whether ${address} replicates from ${primary} and has all that it wrote. */
static bool has_caught_up(struct failover *failover, const char *address,
                          const struct failover_server *primary)
{
    struct failover_server server = {0};
    struct error unused;
    struct mysql_standing standing;
    const char *position = mysql_move_position(primary->link, failover->run, &unused);
    bool ok = position && failover_reach(failover, &server, address, &unused) &&
              mysql_admin_status(server.link, failover->run, &standing, &unused) &&
              mysql_move_follows(&standing, &primary->place) && standing.sources.items[0].io_runs &&
              standing.sources.items[0].sql_runs &&
              mysql_move_await(server.link, failover->run, position, STEP_MS, &unused);
    mysql_link_close(server.link);
    return ok;
}

static const char *find_replica(struct failover *failover, const struct failover_server *primary,
                                const char *former)
{
    const struct failover_options *args = failover->args;
    if (has_caught_up(failover, former, primary))
        return former;
    for (size_t i = 0; i < args->others.count; i++)
        if (has_caught_up(failover, args->others.items[i], primary))
            return args->others.items[i];
    return NULL;
}

/* What is acknowledged from here on outlives the new primary, too, if that was so before. */
static void let_wait(struct failover *failover, const char *replica, const struct failover_server *primary)
{
    struct act_run *run = failover->run;
    struct failover_server server = {0};
    struct error error;
    bool changed = false;
    if (failover_reach(failover, &server, replica, &error) && mysql_move_confirms(server.link, run)) {
        if (!mysql_move_set_waiting(primary->link, run, true, &changed, &error))
            act_say(run, "\"%s\" acknowledges writes without a replica having them: %s", primary->address,
                    error.text);
        else if (changed)
            act_say(run, "\"%s\" acknowledges writes only when a replica has them", primary->address);
    }
    mysql_link_close(server.link);
}

/* ${settled}: a replica of the new primary has caught up, and the marker is gone. */
static bool settle(struct failover *failover, bool *settled, struct error *error)
{
    struct failover_marker marker;
    struct failover_server primary = {0};
    struct act_run *run = failover->run;
    bool awaited =
        failover->args->action == SETTLE || failover->args->follow_as || failover->args->others.count > 0;
    int64_t until = process_now() + (awaited ? failover->args->wait : 0);
    bool there;
    *settled = false;
    if (!failover_marker_read(failover->args->marker, run->arena, &marker, &there, error))
        return false;
    if (!there)
        return error_set(error, "the marker \"%s\" is gone", failover->args->marker);
    if (!failover_reach(failover, &primary, marker.primary, error))
        return false;
    const char *replica = find_replica(failover, &primary, marker.former);
    while (!replica && process_now() < until && act_pause(run, STEP_MS))
        replica = find_replica(failover, &primary, marker.former);
    if (replica)
        let_wait(failover, replica, &primary);
    mysql_link_close(primary.link);
    if (!replica) {
        act_say(run, "redundancy is lost since %s: no replica of \"%s\" has caught up%s", marker.since,
                marker.primary,
                failover->args->action == SETTLE ? ""
                                                 : "; mysql_failover --action settle ends that when one has");
        return true;
    }
    *settled = failover_marker_remove(failover->args->marker, error);
    if (*settled)
        act_say(run, "\"%s\" replicates from \"%s\" and has caught up: redundancy is kept", replica,
                marker.primary);
    return *settled;
}

static bool serves(struct failover *failover, struct error *error)
{
    const struct failover_options *args = failover->args;
    const struct haproxy_server_name name = failover_balanced(args, args->new_server);
    struct haproxy_standing standing;
    struct failover_server server = {0};
    bool read_only = true;
    bool ok = failover_reach(failover, &server, args->replica, error) &&
              mysql_move_is_read_only(server.link, failover->run, &read_only, error) &&
              haproxy_admin_read(&name, failover->run, &standing, error);
    mysql_link_close(server.link);
    if (!ok)
        return false;
    if (read_only)
        return error_set(error, "\"%s\" is still read only", args->replica);
    return standing.usable || error_set(error, "\"%s\" is %s", args->new_server, standing.status);
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct failover_options *args = owner;
    struct failover failover = {.args = args, .run = run};
    int64_t until = process_now() + args->wait;
    bool settled;
    bool well = args->action == SETTLE || serves(&failover, error);
    while (!well && process_now() < until && act_pause(run, STEP_MS))
        well = serves(&failover, error);
    if (!well)
        return EFFECT_NONE;
    error->text[0] = '\0';
    if (!settle(&failover, &settled, error))
        return EFFECT_FAILED;
    return settled || args->action == FAILOVER ? EFFECT_FIXED : EFFECT_NONE;
}

/* ---- the rest of the remediation ---- */

static bool check_places(const struct failover_options *args, struct error *error)
{
    struct arena *arena = arena_create();
    struct act_place place;
    bool ok = args->others.count <= FAILOVER_OTHERS_MAX ||
              error_set(error, "more than %d of --other", FAILOVER_OTHERS_MAX);
    ok = ok && (!args->primary || mysql_move_place(args->primary, arena, &place, error)) &&
         (!args->replica || mysql_move_place(args->replica, arena, &place, error));
    for (size_t i = 0; ok && i < args->others.count; i++)
        ok = mysql_move_place(args->others.items[i], arena, &place, error);
    arena_free(arena);
    return ok;
}

static bool validate(const void *owner, struct error *error)
{
    const struct failover_options *args = owner;
    if (args->mysql.socket)
        return error_set(error, "--socket: the servers are asked over the network");
    if (args->mysql.password && args->mysql.password_file)
        return error_set(error, "give one of --password and --password-file");
    if (!check_places(args, error))
        return false;
    if (args->follow_as && !mysql_move_is_word(args->follow_as))
        return error_set(error, "--follow-as: not a user's name: \"%.100s\"", args->follow_as);
    if (args->action == SETTLE)
        return true;
    if (!args->primary || !args->replica || !args->haproxy || !args->old_server || !args->new_server)
        return error_set(error,
                         "a failover needs --primary, --replica, --haproxy, --old-server and --new-server");
    if (strcmp(args->primary, args->replica) == 0 || strcmp(args->old_server, args->new_server) == 0)
        return error_set(error, "the old and the new one are the same");
    return (haproxy_admin_check(args->old_server, error) || error_prefix(error, "--old-server")) &&
           (haproxy_admin_check(args->new_server, error) || error_prefix(error, "--new-server"));
}

/* Why one cannot be asked is evidence, too. */
static bool diagnose_server(const struct failover_server *server, const char *name,
                            const struct error *absence, const struct act_run *run, struct bundle *bundle,
                            struct error *error)
{
    if (server->link)
        return mysql_admin_diagnose(server->link, run, name, bundle, error);
    return bundle_add_text(bundle, name, absence->text, strlen(absence->text));
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct failover_options *args = owner;
    struct act_run brief = act_brief(run, DIAGNOSE_MS);
    struct failover failover = {.args = args, .run = &brief};
    if (args->action == SETTLE)
        return !file_exists("", args->marker) ||
               bundle_add_file(bundle, "redundancy-lost.json", args->marker, 0);
    struct error absence;
    (void)failover_reach_all(&failover, &absence);
    bool ok = diagnose_server(&failover.new, "mysql-replica", &absence, &brief, bundle, error) &&
              diagnose_server(&failover.old, "mysql-primary", &failover.absence, &brief, bundle, error);
    failover_leave_all(&failover);
    return ok && haproxy_admin_diagnose(args->haproxy, run, bundle, error);
}

const struct remediation_program mysql_failover = {
    .name = "mysql_failover",
    .summary = "lets a replica of MariaDB take the place of its primary behind HAProxy",
    .notes =
        "The old primary is cut off in HAProxy and made read only, or given up when it is frozen and does "
        "not become so; when the replica has applied all, it is "
        "promoted and "
        "HAProxy points to it. If the replica does not catch up in time, all is undone; a run that was "
        "killed is taken up again by the next one. Other replicas, and "
        "the old "
        "primary with --follow-as, follow the new one.\n\n"
        "It refuses when the replica lags or does not replicate from that primary alone, when the primary "
        "cannot be "
        "asked and acknowledged writes may be missing, when nobody would follow the new primary, and while "
        "redundancy "
        "is lost since the last failover. A primary that cannot be asked needs semi-synchronous replication "
        "(AFTER_SYNC, with a timeout longer than people wait) or --accept-loss.\n\n"
        "Fixed means that the new primary is writable and HAProxy serves by it. The marker stays until a "
        "replica has "
        "caught up: --action settle ends with 1 as long as none has, and removes the marker and ends with 0 "
        "then.\n\n"
        "Semi-synchronous replication goes with the roles: who follows no longer waits for a replica, and "
        "the new "
        "primary waits as soon as one that confirms has caught up; until then writes are acknowledged by it "
        "alone. "
        "Whoever writes past HAProxy, to the old primary itself, is not cut off.\n\n"
        "The user needs READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, SLAVE MONITOR, BINLOG MONITOR, PROCESS, "
        "RELOAD, and "
        "REPLICATION MASTER ADMIN for semi-synchronous replication. It is no user for --write-probe of "
        "check_mysql, "
        "whose writes read_only must stop.",
    .options = options,
    .args_size = sizeof(struct failover_options),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};
