/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger lines of a run. */
#include "lib/remediation_frame.h"

#include "lib/ledger.h"
#include "lib/number.h"

#include <pwd.h>
#include <unistd.h>

enum { ENVIRONMENT_BYTES = 512 };

static void set(json_t *line, const char *key, const char *text)
{
    if (text)
        json_object_set_new(line, key, ledger_text(text, strlen(text)));
}

static void set_environment(json_t *line, const char *key, const char *ours, const char *nagios)
{
    const char *text = getenv(ours);
    if (!text || !*text)
        text = getenv(nagios);
    if (text && *text)
        json_object_set_new(line, key, ledger_text(text, strnlen(text, ENVIRONMENT_BYTES)));
}

/* HOST/CHECK: by the scheduler, else by the variables that Nagios gives to an event handler. */
static void set_subject(json_t *line)
{
    const char *host = getenv("NAGIOS_HOSTNAME");
    const char *check = getenv("NAGIOS_SERVICEDESC");
    struct text both = TEXT_INIT;
    if (host && *host && check && *check)
        text_format(&both, "%.*s/%.*s", ENVIRONMENT_BYTES, host, ENVIRONMENT_BYTES, check);
    set(line, "subject", both.length ? both.bytes : NULL);
    text_release(&both);
    set_environment(line, "subject", "WATCHBILL_SUBJECT", "");
}

static void set_user(json_t *line)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        set(line, "user", found->pw_name);
    else
        json_object_set_new(line, "user", json_sprintf("%ld", (long)geteuid()));
    json_object_set_new(line, "pid", json_integer(getpid()));
}

bool remediation_reach(const struct frame *frame, const char *text, struct error *error)
{
    json_t *line = json_object();
    set(line, "event", "step");
    set(line, "run", frame->args.run);
    ledger_stamp(line, (int64_t)time(NULL));
    set(line, "issue", frame->args.issue); /* by which a reader finds it */
    set(line, "text", text);
    bool ok = ledger_append(frame->args.ledger, line, error);
    json_decref(line);
    return ok;
}

json_t *remediation_line(const struct frame *frame, const char *event, int64_t now)
{
    const struct frame_args *args = &frame->args;
    struct text ttl = TEXT_INIT;
    json_t *line = json_object();
    set(line, "event", event);
    set(line, "run", args->run);
    ledger_stamp(line, now);
    set(line, "remediation", args->remediation);
    set(line, "program", frame->program->name);
    set(line, "issue", args->issue);
    set(line, "owner", args->owner);
    json_object_set_new(line, "diagnosed", json_boolean(args->diagnosed));
    set(line, "cause", args->cause);
    set(line, "target", args->target);
    set(line, "service", args->host_service);
    set(line, "tagged", args->tagged);
    set(line, "renewal", args->renewal && *args->renewal ? args->renewal : NULL);
    duration_write(&ttl, args->ttl);
    set(line, "ttl", ttl.bytes);
    text_release(&ttl);
    json_object_set_new(line, "expires", json_integer(frame->expires));
    set_subject(line);
    set_environment(line, "problem", "WATCHBILL_PROBLEM", "NAGIOS_SERVICEPROBLEMID");
    set_environment(line, "author", "WATCHBILL_AUTHOR", "");
    set_user(line);
    set(line, "bundle", frame->bundle);
    set(line, "bundle_sha256", frame->bundle_sha256[0] ? frame->bundle_sha256 : NULL);
    return line;
}
