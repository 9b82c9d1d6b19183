/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of many checks that the scheduler runs, how many are OK; and when they look at the same thing over several paths, which
 * path is at fault. */
#include "lib/check.h"

#include "collectors/choice.h"
#include "collectors/cluster.h"
#include "collectors/file.h"
#include "collectors/http.h"
#include "collectors/http_status.h"

#include <math.h>

struct args {
    const char *url, *checks, *ignore, *path_of, *ca_file, *token_file;
    struct option_list members;
};

static const struct args defaults = {.url = "http://127.0.0.1:8642/"};

static const struct option_row options[] = {
    {"url", 'u', TEXT(struct args, url), .value = "URL",
     .help = "The page of the scheduler; its API is sought below it."},
    {"checks", 'k', TEXT(struct args, checks), .value = "REGEX",
     .help = "The checks whose HOST/CHECK this extended expression matches."},
    {"member", 'm', LIST(struct args, members), .value = "HOST/CHECK",
     .help = "One of the checks, by its name; one that does not exist is not OK. May be given again."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out checks whose HOST/CHECK this extended expression matches."},
    {"path-of", 0, TEXT(struct args, path_of), .value = "REGEX",
     .help = "The one group of this extended expression is the path (a vantage, a line, a data centre) in "
             "HOST/CHECK, such as \"-([a-z]+)$\". When paths disagree, the text names the one at fault."},
    {"ca-file", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "The certificates to trust; the system's unless given."},
    {"token-file", 0, TEXT(struct args, token_file), .value = "PATH",
     .help = "The first line is the bearer token that a scheduler wants which is not on loopback."},
    {0},
};

enum { OK_SHARE, COUNTS, ALL = COUNTS + CLUSTER_STATES };

static const struct metric_row metrics[] = {
    [OK_SHARE] = {"ok_share", "checks that are OK", "%",
                  .warning = "100:", .critical = "50:", .has_min = true, .has_max = true, .max = 100},
    [COUNTS + CLUSTER_OK] = {"ok", "checks that are OK", "", .has_min = true, .graph = "states"},
    [COUNTS +
        CLUSTER_WARNING] = {"warning", "checks that are WARNING", "", .has_min = true, .graph = "states"},
    [COUNTS +
        CLUSTER_CRITICAL] = {"critical", "checks that are CRITICAL", "", .has_min = true, .graph = "states"},
    [COUNTS + CLUSTER_UNKNOWN] = {"unknown", "checks that are UNKNOWN or do not exist", "", .has_min = true,
                                  .graph = "states"},
    [COUNTS +
        CLUSTER_PENDING] = {"pending", "checks without a result yet", "", .has_min = true, .graph = "states"},
    [ALL] = {"checks", "checks that were counted", "", .has_min = true, .graph = "states", .quiet = true},
    {0},
};

enum { BODY_CAP = 6 << 20, BAD_SHOWN = 5, SAID_SHOWN = 120 };

/* ---- asking ---- */

static enum source_end read_answer(const struct http_response *response, struct cluster *all,
                                   struct arena *arena, struct error *error)
{
    if (response->status != 200) {
        const char *name = http_status_name(response->status);
        (void)error_set(error, "status %d%s%s from \"%s\"", response->status, *name ? " " : "", name,
                        response->url);
        return http_status_end(response->status);
    }
    if (cluster_parse(response->body.bytes, response->body.length, all, arena, error))
        return SOURCE_READ;
    (void)error_prefix(error, "\"%s\"", response->url);
    return SOURCE_UNREADABLE;
}

static enum source_end fetch(const struct args *args, struct run *run, const char *authorization,
                             struct cluster *all, struct error *error)
{
    struct text url = TEXT_INIT;
    size_t length = strlen(args->url);
    text_format(&url, "%s%sapi/v1/status", args->url, length && args->url[length - 1] == '/' ? "" : "/");
    const struct http_request request = {.url = url.bytes,
                                         .headers = &authorization,
                                         .header_count = authorization ? 1 : 0,
                                         .ca_file = args->ca_file,
                                         .family = run->family,
                                         .deadline = run->deadline,
                                         .body_cap = BODY_CAP};
    struct http_response response;
    enum source_end end = http_fetch(&request, &response, error);
    if (end == SOURCE_READ)
        end = read_answer(&response, all, run->arena, error);
    http_release(&response);
    text_release(&url);
    return end;
}

static enum source_end ask(const struct args *args, struct run *run, struct cluster *all, struct error *error)
{
    struct text header = TEXT_INIT;
    enum source_end end = SOURCE_UNREADABLE;
    text_add(&header, "Authorization: Bearer ");
    if (!args->token_file)
        end = fetch(args, run, NULL, all, error);
    else if (file_first_line(args->token_file, &header, error))
        end = fetch(args, run, header.bytes, all, error);
    explicit_bzero(header.bytes, header.length);
    text_release(&header);
    return end;
}

/* ---- choosing ---- */

static bool is_member(const struct option_list *members, const char *subject)
{
    bool found = false;
    for (size_t i = 0; i < members->count; i++)
        found = found || strcmp(members->items[i], subject) == 0;
    return found;
}

static bool has(const struct cluster *cluster, const char *subject)
{
    bool found = false;
    for (size_t i = 0; i < cluster->count; i++)
        found = found || strcmp(cluster->members[i].subject, subject) == 0;
    return found;
}

/* Those that were asked for. A name that nobody has is one whose state is not known. */
static void choose(const struct args *args, const struct choice *choice, const struct cluster *all,
                   struct cluster *chosen, struct arena *arena)
{
    chosen->members = arena_get(arena, all->count + args->members.count + 1, sizeof *chosen->members);
    for (size_t i = 0; i < all->count; i++) {
        const char *subject = all->members[i].subject;
        bool wanted = is_member(&args->members, subject) || (args->checks && choice_wants(choice, subject));
        if (wanted && !choice_ignores(choice, subject))
            chosen->members[chosen->count++] = all->members[i];
    }
    for (size_t i = 0; i < args->members.count; i++)
        if (!has(all, args->members.items[i]) && !has(chosen, args->members.items[i]))
            chosen->members[chosen->count++] = (struct cluster_member){
                .subject = args->members.items[i], .state = CLUSTER_UNKNOWN, .text = "no such check"};
}

/* ---- telling ---- */

static const char *first_line(struct arena *arena, const char *text)
{
    size_t length = strcspn(text, "\n");
    return length <= SAID_SHOWN ? arena_text_of(arena, text, length)
                                : arena_format(arena, "%.*s...", (int)SAID_SHOWN, text);
}

/* "web03/http CRITICAL: TEXT"; each of them in the details. */
static void tell_bad(const struct cluster *chosen, struct report *report, struct text *text,
                     struct arena *arena)
{
    size_t bad = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        const struct cluster_member *member = &chosen->members[i];
        if (member->state == CLUSTER_OK)
            continue;
        const char *said = first_line(arena, member->text);
        report_detail(report, "%s %s%s%s", member->subject, cluster_state_name(member->state),
                      *said ? ": " : "", said);
        if (bad++ < BAD_SHOWN)
            text_format(text, "%s %s %s", bad == 1 ? ":" : ",", member->subject,
                        cluster_state_name(member->state));
    }
    if (bad > BAD_SHOWN)
        text_format(text, " and %zu more", bad - BAD_SHOWN);
}

/* The path comes ahead of the names: it is what somebody has to know. */
static void tell_path(const struct args *args, const struct cluster *chosen, struct text *text,
                      struct arena *arena)
{
    regex_t path_of;
    struct text fault = TEXT_INIT;
    if (!args->path_of || regcomp(&path_of, args->path_of, REG_EXTENDED) != 0)
        return;
    if (cluster_fault(chosen, &path_of, &fault, arena))
        text_format(text, "; %s", fault.bytes);
    text_release(&fault);
    regfree(&path_of);
}

static void tell(const struct args *args, const struct cluster *chosen, struct run *run,
                 struct report *report)
{
    size_t counts[CLUSTER_STATES] = {0};
    for (size_t i = 0; i < chosen->count; i++)
        counts[chosen->members[i].state]++;
    double share = 100 * (double)counts[CLUSTER_OK] / (double)chosen->count;
    report_value(report, OK_SHARE, NULL, share);
    for (size_t i = 0; i < CLUSTER_STATES; i++)
        report_value(report, COUNTS + i, NULL, (double)counts[i]);
    report_value(report, ALL, NULL, (double)chosen->count);
    struct text text = TEXT_INIT;
    text_format(&text, "%zu of %zu checks OK", counts[CLUSTER_OK], chosen->count);
    tell_path(args, chosen, &text, run->arena);
    tell_bad(chosen, report, &text, run->arena);
    report_text(report, "%s", text.bytes);
    text_release(&text);
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    regex_t path_of;
    (void)run;
    if (!choice_check(args->checks, args->ignore, error))
        return false;
    if (!choice_check(args->path_of, NULL, error))
        return error_prefix(error, "--path-of");
    if (args->path_of && regcomp(&path_of, args->path_of, REG_EXTENDED) == 0) {
        size_t groups = path_of.re_nsub;
        regfree(&path_of);
        if (groups != 1)
            return error_set(error, "--path-of needs one group, the path: \"%s\"", args->path_of);
    }
    return args->checks || args->members.count > 0 || error_set(error, "give --checks or --member");
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct cluster all = {0}, chosen = {0};
    struct choice choice;
    struct error error;
    int64_t limit = run_remaining(run);
    run_stage(run, "asking the scheduler");
    enum source_end end = ask(args, run, &all, &error);
    if (end != SOURCE_READ)
        return source_failed(report, end, &error, limit);
    if (!choice_init(&choice, args->checks, args->ignore, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    choose(args, &choice, &all, &chosen, run->arena);
    choice_release(&choice);
    if (chosen.count == 0)
        return report_failure(report, VERDICT_UNKNOWN, "none of the scheduler's %zu checks is meant",
                              all.count);
    tell(args, &chosen, run, report);
    return true;
}

const struct check check_cluster = {
    .name = "cluster",
    .title = "CLUSTER",
    .summary = "share of named checks that are OK",
    .notes =
        "The states are those that the scheduler has now, soft ones included; PENDING and UNKNOWN are not "
        "OK. "
        "Of a service that is checked from several vantages: check_cluster --checks '^www/http-' --path-of "
        "'-([a-z]+)$' -w 100: -c 50: names the vantage that fails alone.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
