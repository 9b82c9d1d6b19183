/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a replica of MariaDB that was stopped, leaves out one event that it cannot apply, or says how to rebuild it. */
#include "lib/number.h"
#include "lib/process.h"
#include "remediations/tools/mysql_admin.h"

enum { STEP_MS = 100, DIAGNOSE_MS = 5000, SHOWN_ERROR = 300, CODE_MAX = 65535 };
enum action { START, SKIP, HINT };

static const char *const action_names[] = {
    [START] = "start", [SKIP] = "skip", [HINT] = "hint", [HINT + 1] = NULL};

struct args {
    struct mysql_options mysql;
    struct act_place place;
    int action;
    const char *source, *codes;
    int64_t wait, steady; /* ms */
};

static const struct args defaults = {.codes = "1062,1032", .wait = 10000, .steady = 500};

static const struct option_row options[] = {
    {"action", 'a', CHOICE(struct args, action), .value = "ACTION",
     .help = "start: what was stopped; skip: leave out the one event that it cannot apply; hint: only say "
             "how it is "
             "rebuilt",
     .choices = action_names, .required = true},
    {"source", 0, TEXT(struct args, source), .value = "NAME",
     .help =
         "of several sources the connection that is meant, by default the only one that does not replicate"},
    {"codes", 0, TEXT(struct args, codes), .value = "NUMBER,...",
     .help = "skip: only events that failed with one of these errors"},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "how long it may take to replicate again", .high = 3600},
    {"steady", 0, DURATION(struct args, steady), .value = "DURATION",
     .help = "how long it must go on replicating to be believed", .high = 3600},
    ACT_PLACE_OPTIONS(struct args, place),
    MYSQL_OPTIONS(struct args, mysql),
    {0},
};

/* ---- which errors ---- */

/* What a start mends: a stop by hand (0), a wait for a lock, a deadlock; a source that was away or full. */
static bool is_mended_by_start(const struct mysql_source *source)
{
    static const int sql[] = {0, 1205, 1213};
    static const int io[] = {0, 1040, 1053, 1158, 1159, 1160, 1161, 2002, 2003, 2006, 2013};
    bool sql_fits = source->sql_runs, io_fits = source->io_runs;
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
        sql_fits = sql_fits || (int)source->sql_code == sql[i];
    for (size_t i = 0; i < sizeof io / sizeof io[0]; i++)
        io_fits = io_fits || (int)source->io_code == io[i];
    return sql_fits && io_fits;
}

/* Whether ${list} names ${code}; 0 is never named. false with a sentence for what is no list. */
static bool read_codes(const char *list, int64_t code, bool *named, struct error *error)
{
    struct text words = TEXT_INIT;
    char *rest = NULL;
    bool ok = *list != '\0';
    *named = false;
    text_add(&words, list);
    for (char *word = strtok_r(words.bytes, ",", &rest); ok && word; word = strtok_r(NULL, ",", &rest)) {
        int64_t number = 0;
        ok = number_read_whole(word, 1, CODE_MAX, &number);
        *named = *named || (ok && number == code);
    }
    text_release(&words);
    return ok || error_set(error, "not a list of error numbers such as 1062,1032: \"%.100s\"", list);
}

/* ---- which source ---- */

static const char *shown(const struct mysql_source *source)
{
    return *source->name ? source->name : *source->host ? source->host : "the default one";
}

static bool replicates(const struct mysql_source *source)
{
    return source->io_runs && source->sql_runs;
}

static enum answer choose(const struct args *args, const struct mysql_standing *standing, size_t *chosen,
                          struct error *error)
{
    const struct mysql_sources *sources = &standing->sources;
    size_t found = 0;
    for (size_t i = 0; i < sources->count; i++) {
        bool meant = args->source ? strcmp(sources->items[i].name, args->source) == 0
                                  : sources->count == 1 || !replicates(&sources->items[i]);
        if (meant)
            *chosen = i;
        found += meant;
    }
    if (sources->count == 0)
        return act_refuse(error, "the server replicates from nobody");
    if (found == 0 && args->source)
        return act_refuse(error, "there is no source \"%s\"", args->source);
    if (found == 0)
        return act_refuse(error, "all of its %zu sources replicate", sources->count);
    if (found > 1)
        return act_refuse(error, "%zu sources do not replicate: name one by --source", found);
    return mysql_admin_check_name(sources->items[*chosen].name, error) ? ANSWER_GO : ANSWER_REFUSED;
}

static enum answer judge_start(const struct mysql_source *source, struct error *error)
{
    struct text fault = TEXT_INIT;
    enum answer answer = ANSWER_GO;
    mysql_replica_fault(source, &fault);
    if (strcmp(source->io, "No") != 0 && strcmp(source->sql, "No") != 0)
        answer = act_refuse(error, "nothing to start: it is trying already: %.*s", SHOWN_ERROR, fault.bytes);
    else if (!is_mended_by_start(source))
        answer = act_refuse(error, "a start does not mend that: %.*s", SHOWN_ERROR, fault.bytes);
    text_release(&fault);
    return answer;
}

static enum answer judge_skip(const struct args *args, const struct mysql_standing *standing,
                              const struct mysql_source *source, size_t row, struct error *error)
{
    bool named;
    if (source->sql_runs || source->sql_code < 1)
        return act_refuse(error, "no event of \"%s\" fails: there is nothing to skip", shown(source));
    if (!read_codes(args->codes, (int64_t)source->sql_code, &named, error))
        return ANSWER_REFUSED;
    if (!named)
        return act_refuse(error, "error %.0f is not one of --codes %s: %.*s", source->sql_code, args->codes,
                          SHOWN_ERROR, source->sql_error);
    if (!*mysql_admin_cell(standing, row, "Exec_Master_Log_Pos"))
        return act_refuse(error, "the server does not tell at which event it is");
    return ANSWER_GO;
}

static enum answer judge(const struct args *args, struct mysql_link *link, const struct act_run *run,
                         struct mysql_standing *standing, size_t *chosen, struct error *error)
{
    if (!mysql_admin_is_mariadb(link, error))
        return ANSWER_REFUSED;
    if (!mysql_admin_status(link, run, standing, error))
        return ANSWER_UNKNOWN;
    enum answer answer = choose(args, standing, chosen, error);
    if (answer != ANSWER_GO)
        return answer;
    const struct mysql_source *source = &standing->sources.items[*chosen];
    if (replicates(source))
        return act_refuse(error, "\"%s\" replicates: there is nothing to mend", shown(source));
    if (args->action == HINT)
        return ANSWER_GO;
    return args->action == START ? judge_start(source, error)
                                 : judge_skip(args, standing, source, *chosen, error);
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    bool named;
    if (!read_codes(args->codes, 0, &named, error))
        return error_prefix(error, "--codes");
    if (args->source && !mysql_admin_check_name(args->source, error))
        return error_prefix(error, "--source");
    return mysql_admin_check(&args->mysql, &args->place, error);
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    const struct act_run brief = act_brief(run, DIAGNOSE_MS);
    struct mysql_link *link = NULL;
    bool ok = mysql_admin_open(&args->mysql, &args->place, &brief, &link, error) &&
              mysql_admin_diagnose(link, &brief, "mysql-replica", bundle, error);
    mysql_link_close(link);
    return ok;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct mysql_link *link = NULL;
    struct mysql_standing standing;
    size_t chosen = 0;
    enum answer answer = ANSWER_UNKNOWN;
    if (mysql_admin_open(&args->mysql, &args->place, run, &link, error))
        answer = judge(args, link, run, &standing, &chosen, error);
    mysql_link_close(link);
    return answer;
}

/* What verify must know of act. */
struct mended {
    const char *name; /* of the source; "" is the default one's */
    const char *shown;
    const char *position; /* of the event that failed */
};

static const char *position_of(const struct mysql_standing *standing, size_t row, const struct act_run *run)
{
    return arena_format(run->arena, "%s:%s", mysql_admin_cell(standing, row, "Relay_Master_Log_File"),
                        mysql_admin_cell(standing, row, "Exec_Master_Log_Pos"));
}

static bool start(const struct mended *mended, struct mysql_link *link, struct act_run *run,
                  struct error *error)
{
    act_say(run, "%s the replication from \"%s\"", run->dry_run ? "would start" : "starting", mended->shown);
    return run->dry_run || mysql_admin_do(link, run, error, "START SLAVE '%s'", mended->name);
}

/* The counter is that of the session's default connection. */
static bool skip(const struct mended *mended, const struct mysql_source *source, struct mysql_link *link,
                 struct act_run *run, struct error *error)
{
    act_say(run, "%s the event at %s of \"%s\", which failed: error %.0f: %.*s",
            run->dry_run ? "would skip" : "skipping", mended->position, mended->shown, source->sql_code,
            SHOWN_ERROR, source->sql_error);
    return run->dry_run ||
           (mysql_admin_do(link, run, error, "SET SESSION default_master_connection = '%s'", mended->name) &&
            mysql_admin_do(link, run, error, "SET GLOBAL sql_slave_skip_counter = 1") &&
            mysql_admin_do(link, run, error, "START SLAVE '%s'", mended->name));
}

static void hint(const struct mysql_standing *standing, size_t row, const struct mended *mended,
                 struct act_run *run)
{
    const struct mysql_source *source = &standing->sources.items[row];
    struct text fault = TEXT_INIT;
    mysql_replica_fault(source, &fault);
    act_say(run, "rebuild it from \"%s\": %.*s", source->host, SHOWN_ERROR, fault.bytes);
    text_release(&fault);
    act_say(run,
            "1. on a healthy server of the set: mariadb-backup --backup --slave-info --target-dir DIR, then "
            "mariadb-backup --prepare --target-dir DIR");
    act_say(run,
            "2. here: stop the server, keep its data directory aside, mariadb-backup --copy-back, start it");
    act_say(run,
            "3. here: SET GLOBAL gtid_slave_pos to the position in DIR/xtrabackup_binlog_info; CHANGE MASTER "
            "'%s' "
            "TO MASTER_HOST = '%s', MASTER_PORT = %s, MASTER_USE_GTID = slave_pos; START SLAVE '%s'",
            mended->name, mysql_admin_cell(standing, row, "Master_Host"),
            mysql_admin_cell(standing, row, "Master_Port"), mended->name);
    act_say(run, "4. it serves again when both threads run and it has caught up");
}

static bool act_on(const struct args *args, struct mysql_link *link, struct act_run *run, struct error *error)
{
    struct mysql_standing standing;
    size_t chosen = 0;
    struct mended *mended = run->kept;
    if (judge(args, link, run, &standing, &chosen, error) != ANSWER_GO)
        return false;
    const struct mysql_source *source = &standing.sources.items[chosen];
    mended->name = source->name;
    mended->shown = shown(source);
    mended->position = position_of(&standing, chosen, run);
    if (args->action == START)
        return start(mended, link, run, error);
    if (args->action == SKIP)
        return skip(mended, source, link, run, error);
    hint(&standing, chosen, mended, run);
    return true;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct mysql_link *link = NULL;
    run->kept = arena_get(run->arena, 1, sizeof(struct mended));
    bool ok =
        mysql_admin_open(&args->mysql, &args->place, run, &link, error) && act_on(args, link, run, error);
    mysql_link_close(link);
    return ok;
}

/* ---- verifying ---- */

/* ${fault}: what keeps it from replicating. */
static bool is_mended(const struct args *args, struct mysql_link *link, struct act_run *run, bool *failed,
                      struct text *fault, struct error *error)
{
    const struct mended *mended = run->kept;
    struct mysql_standing standing;
    text_clear(fault);
    *failed = !mysql_admin_status(link, run, &standing, error);
    for (size_t i = 0; !*failed && i < standing.sources.count; i++) {
        const struct mysql_source *source = &standing.sources.items[i];
        if (strcmp(source->name, mended->name) != 0)
            continue;
        mysql_replica_fault(source, fault);
        return replicates(source) &&
               (args->action != SKIP || strcmp(position_of(&standing, i, run), mended->position) != 0);
    }
    return false;
}

static bool stays_mended(const struct args *args, struct mysql_link *link, struct act_run *run, bool *failed,
                         struct text *fault, struct error *error)
{
    return is_mended(args, link, run, failed, fault, error) && act_pause(run, args->steady) &&
           is_mended(args, link, run, failed, fault, error);
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct mysql_link *link = NULL;
    struct text fault = TEXT_INIT;
    int64_t until = process_now() + args->wait;
    if (args->action == HINT)
        return EFFECT_NONE;
    bool failed = !mysql_admin_open(&args->mysql, &args->place, run, &link, error);
    bool well = !failed && stays_mended(args, link, run, &failed, &fault, error);
    while (!failed && !well && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        well = stays_mended(args, link, run, &failed, &fault, error);
    if (!failed && !well)
        error_set(error, "it does not replicate: %.*s", SHOWN_ERROR, fault.bytes);
    else if (!failed)
        act_say(run, "it replicates%s",
                args->action == SKIP ? "; it differs from its source by that event: compare or rebuild it"
                                     : "");
    text_release(&fault);
    mysql_link_close(link);
    return failed ? EFFECT_FAILED : well ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program mysql_replica = {
    .name = "mysql_replica",
    .summary = "starts a replica of MariaDB, skips one event that it cannot apply, or says how to rebuild it",
    .notes =
        "It needs a user with REPLICATION SLAVE ADMIN, SLAVE MONITOR, BINLOG MONITOR and PROCESS, and to "
        "skip, SUPER. "
        "A start is refused when the error is one that it does not mend, a skip when the error "
        "is "
        "not one of --codes; both leave other sources alone. One event is skipped in a run. Fixed means that "
        "both threads run and go on running, and after a skip that the position has moved; a hint changes "
        "nothing and ends with 1.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};
