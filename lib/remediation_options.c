/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a remediation must be told before it may act. */
#include "lib/remediation_frame.h"

#include "lib/number.h"
#include "lib/renewal.h"

#include <limits.h>
#include <sys/random.h>
#include <unistd.h>

enum { DAY_MS = 86400000, DAY_SECONDS = 86400, NAME_BYTES = 64, RUN_BYTES = 160 };

static const char letters_and_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char name_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";

const struct frame_args remediation_defaults = {.timeout = 60000};

static const char *const causes[] = {"hardware", "vendor", "in_house", NULL};

const struct option_row remediation_options[] = {
    {"issue", 0, TEXT(struct frame_args, issue), .value = "ID",
     .help = "the issue that this works around, such as OPS-1423", .required = true},
    {"ttl", 0, DURATION(struct frame_args, ttl), .value = "DURATION", .help = "how long it may be used: 30d",
     .required = true},
    {"tagged", 0, TEXT(struct frame_args, tagged), .value = "DATE",
     .help = "the day from which the TTL counts: 2026-11-01. It ends with the day DATE + DURATION, in UTC",
     .required = true},
    {"renewal", 0, TEXT(struct frame_args, renewal), .value = "SENTENCE",
     .help = "why it is tagged again: required when the ledger has runs of it with an earlier DATE, and not "
             "the sentence of the time before"},
    {"owner", 0, TEXT(struct frame_args, owner), .value = "NAME", .help = "who answers for the workaround"},
    {"diagnosed", 0, FLAG(struct frame_args, diagnosed), .help = "the cause is known"},
    {"undiagnosed", 0, FLAG(struct frame_args, undiagnosed),
     .help = "the cause is not known; this is the default"},
    {"cause", 0, TEXT(struct frame_args, cause), .value = "hardware|vendor|in_house",
     .help = "where the fault lies", .choices = causes},
    {"target", 0, TEXT(struct frame_args, target), .value = "HOST",
     .help = "the host that it is done for; by default this one"},
    {"ledger", 0, TEXT(struct frame_args, ledger), .value = "FILE",
     .help = "the ledger; by default $WATCHBILL_LEDGER, else /var/lib/watchbill/ledger.jsonl"},
    {"diagnostics", 0, TEXT(struct frame_args, diagnostics), .value = "DIR",
     .help = "where the bundle is kept; by default the folder \"diagnostics\" beside the ledger"},
    {"dry-run", 'n', FLAG(struct frame_args, dry_run), .help = "say what would be done and change nothing"},
    {"diagnostics-optional", 0, FLAG(struct frame_args, diagnostics_optional),
     .help = "act although diagnostics could not be gathered"},
    {"run", 0, TEXT(struct frame_args, run), .value = "ID",
     .help = "the id of this run; one that the ledger knows is refused"},
    {"part-of", 0, TEXT(struct frame_args, part_of), .value = "ID",
     .help = "this is a step of that run, whose process started it: the ledger's lines are that run's"},
    {"remediation", 0, TEXT(struct frame_args, remediation), .value = "NAME",
     .help = "its name in the configuration; by default $WATCHBILL_REMEDIATION, else the program's"},
    {"cooldown", 0, DURATION(struct frame_args, cooldown), .value = "DURATION",
     .help = "refuse within this time after the end of its last run on the target. This and the limits that "
             "follow are counted in the ledger"},
    {"max", 0, TEXT(struct frame_args, max), .value = "\"N per DURATION\"",
     .help = "refuse more runs on the target in a span than this: \"3 per 1h\""},
    {"max-total", 0, TEXT(struct frame_args, max_total), .value = "\"N per DURATION\"",
     .help = "the same on all targets together"},
    {"concurrency", 0, WHOLE(struct frame_args, concurrency), .value = "N",
     .help = "refuse more runs at once, on all targets", .low = 1, .high = 10000},
    {"host-service", 0, TEXT(struct frame_args, host_service), .value = "NAME",
     .help = "the service that the target belongs to; it is kept in the ledger"},
    {"share", 0, TEXT(struct frame_args, share), .value = "\"N of HOSTS\"",
     .help = "refuse more runs at once on the hosts of that service, which has so many: \"2 of 8\""},
    {"service-max", 0, TEXT(struct frame_args, service_max), .value = "\"N per DURATION\"",
     .help = "refuse more runs of all remediations on that service in a span"},
    {"service-concurrency", 0, WHOLE(struct frame_args, service_concurrency), .value = "N",
     .help = "refuse more runs of all remediations on that service at once", .low = 1, .high = 10000},
    {"site-max", 0, TEXT(struct frame_args, site_max), .value = "\"N per DURATION\"",
     .help = "refuse more runs of all remediations in a span"},
    {"site-concurrency", 0, WHOLE(struct frame_args, site_concurrency), .value = "N",
     .help = "refuse more runs of all remediations at once", .low = 1, .high = 10000},
    {"timeout", 't', DURATION(struct frame_args, timeout), .value = "DURATION",
     .help = "the act and its verification end after this", .low = 1, .high = 86400},
    {"help", 'h', FLAG(struct frame_args, help), .help = "this text"},
    {"version", 'V', FLAG(struct frame_args, version), .help = "the version"},
    {"describe", 0, FLAG(struct frame_args, describe), .help = "the options as JSON"},
    {0},
};

static bool check_issue(const char *issue, struct error *error)
{
    size_t prefix = strspn(issue, letters_and_digits);
    const char *number = issue + prefix + 1;
    if (prefix == 0 || issue[prefix] != '-' || number[0] == '\0' || strlen(issue) > NAME_BYTES ||
        strspn(number, name_bytes) != strlen(number) || !strchr(letters_and_digits, number[0]))
        return error_set(error, "not an issue such as OPS-1423: \"%.200s\"", issue);
    return true;
}

static bool check_name(const char *what, const char *name, size_t longest, struct error *error)
{
    size_t length = strlen(name);
    if (length == 0 || length > longest || name[0] == '.' || strspn(name, name_bytes) != length)
        return error_set(error, "not a %s of letters, digits and _.:- : \"%.200s\"", what, name);
    return true;
}

static bool check_lifetime(struct frame *frame, int64_t now, struct error *error)
{
    const struct frame_args *args = &frame->args;
    if (!renewal_day(args->tagged, &frame->tagged_day))
        return error_set(error, "--tagged: not a date such as 2026-11-01: \"%.200s\"", args->tagged);
    if (frame->tagged_day * DAY_SECONDS > now)
        return error_set(error, "--tagged: the day \"%s\" is still to come", args->tagged);
    if (args->ttl <= 0)
        return error_set(error, "--ttl: a TTL of 0 allows nothing");
    frame->expires = (frame->tagged_day + args->ttl / DAY_MS + 1) * DAY_SECONDS;
    return true;
}

static bool check_words(const struct frame_args *args, struct error *error)
{
    bool known = !args->cause;
    for (size_t i = 0; causes[i]; i++)
        known = known || strcmp(args->cause, causes[i]) == 0;
    if (!known)
        return error_set(error, "--cause: not hardware, vendor or in_house: \"%.200s\"", args->cause);
    if (args->diagnosed && args->undiagnosed)
        return error_set(error, "both --diagnosed and --undiagnosed");
    if (args->run && !check_name("run id", args->run, RUN_BYTES, error))
        return error_prefix(error, "--run");
    if (args->part_of && !check_name("run id", args->part_of, RUN_BYTES, error))
        return error_prefix(error, "--part-of");
    if (args->target && !check_name("host", args->target, NAME_BYTES, error))
        return error_prefix(error, "--target");
    if (args->remediation && !check_name("name", args->remediation, NAME_BYTES, error))
        return error_prefix(error, "--remediation");
    if (args->host_service && !check_name("name", args->host_service, NAME_BYTES, error))
        return error_prefix(error, "--host-service");
    return true;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *new_run_id(struct arena *arena)
{
    struct tm parts = {0};
    time_t now = time(NULL);
    uint64_t random = 0;
    char text[32] = "";
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = (uint64_t)getpid();
    if (gmtime_r(&now, &parts))
        (void)strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
    return arena_format(arena, "%s-%016llx", text, (unsigned long long)random);
}

static const char *beside(struct arena *arena, const char *ledger)
{
    const char *slash = strrchr(ledger, '/');
    return arena_format(arena, "%.*sdiagnostics", slash ? (int)(slash - ledger) + 1 : 0, ledger);
}

static void fill_in(struct frame *frame)
{
    struct frame_args *args = &frame->args;
    const char *name = environment("WATCHBILL_REMEDIATION");
    char host[HOST_NAME_MAX + 1] = "localhost";
    if (!args->ledger)
        args->ledger = environment("WATCHBILL_LEDGER");
    if (!args->ledger)
        args->ledger = "/var/lib/watchbill/ledger.jsonl";
    if (!args->diagnostics)
        args->diagnostics = beside(frame->arena, args->ledger);
    if (!args->remediation)
        args->remediation = name && check_name("name", name, NAME_BYTES, NULL) ? name : frame->program->name;
    if (!args->target) {
        (void)gethostname(host, sizeof host - 1);
        args->target = arena_text(frame->arena, host);
    }
    frame->run_given = args->run != NULL;
    if (!args->run)
        args->run = new_run_id(frame->arena);
}

/* What a step of this run is told. */
static const char *const *as_step(const struct frame *frame)
{
    enum { WORDS = 24 };
    const struct frame_args *args = &frame->args;
    const char *const pairs[][2] = {{"--issue", args->issue},   {"--tagged", args->tagged},
                                    {"--owner", args->owner},   {"--cause", args->cause},
                                    {"--target", args->target}, {"--remediation", args->remediation},
                                    {"--ledger", args->ledger}, {"--diagnostics", args->diagnostics},
                                    {"--part-of", args->run}};
    const char **words = arena_get(frame->arena, WORDS, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i][1]) {
            words[count++] = pairs[i][0];
            words[count++] = pairs[i][1];
        }
    struct text ttl = TEXT_INIT;
    duration_write(&ttl, args->ttl);
    words[count++] = "--ttl";
    words[count++] = arena_text(frame->arena, ttl.bytes);
    text_release(&ttl);
    words[count++] = args->diagnosed ? "--diagnosed" : "--undiagnosed";
    if (args->dry_run)
        words[count++] = "--dry-run";
    return words;
}

bool remediation_check(struct frame *frame, int64_t now, struct error *error)
{
    if (!check_issue(frame->args.issue, error))
        return error_prefix(error, "--issue");
    if (!check_lifetime(frame, now, error) || !check_words(&frame->args, error) ||
        !remediation_limits(frame, error))
        return false;
    fill_in(frame);
    frame->run.target = frame->args.target;
    frame->run.issue = frame->args.issue;
    frame->run.dry_run = frame->args.dry_run;
    frame->run.arena = frame->arena;
    frame->run.frame = frame;
    frame->run.said = &frame->said;
    frame->run.id = frame->args.run;
    frame->run.as_step = as_step(frame);
    return true;
}
