/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics that every remediation takes: what the check said, its machine, and what the program adds. */
#include "lib/remediation_frame.h"

#include "lib/process.h"

#include <unistd.h>

enum { GATHER_MS = 20000, LEEWAY_MS = 2000, CHECK_TEXT_BYTES = 64 * 1024 };

/* What the check said and why we were called; no other variable, they may hold secrets. */
static bool add_check(struct bundle *bundle)
{
    static const char *const names[] = {
        "WATCHBILL_SUBJECT",        "WATCHBILL_PROBLEM",         "WATCHBILL_REMEDIATION",
        "WATCHBILL_STATE",          "WATCHBILL_OUTPUT",          "WATCHBILL_LONG_OUTPUT",
        "NAGIOS_HOSTNAME",          "NAGIOS_HOSTSTATE",          "NAGIOS_SERVICEDESC",
        "NAGIOS_SERVICESTATE",      "NAGIOS_SERVICEOUTPUT",      "NAGIOS_SERVICEATTEMPT",
        "NAGIOS_LONGSERVICEOUTPUT", "NAGIOS_SERVICESTATETYPE",   "NAGIOS_SERVICEPERFDATA",
        "NAGIOS_SERVICEPROBLEMID",  "NAGIOS_SERVICEDURATIONSEC",
    };
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            text_format(&text, "%s=%.*s\n", names[i], CHECK_TEXT_BYTES, value);
    }
    bool ok = text.length == 0 || bundle_add_text(bundle, "check", text.bytes, text.length);
    text_release(&text);
    return ok;
}

/* ---- the child ---- */

/* Prints the digest of the index and what failed, a line each. */
static int gather(void *owner)
{
    struct frame *frame = owner;
    struct error error = {""};
    char hex[DIGEST_HEX_BYTES] = "";
    frame->run.deadline = process_now() + GATHER_MS;
    struct bundle *bundle =
        bundle_open(frame->args.diagnostics, frame->args.run, frame->run.deadline, &error);
    if (!bundle) {
        printf("-\n%s\n", error.text);
        return 1;
    }
    bool ok = add_check(bundle);
    ok = frame->machine(bundle) && ok;
    if (frame->program->diagnose && !frame->program->diagnose(frame->own, &frame->run, bundle, &error))
        ok = false;
    if (!ok && !error.text[0])
        error_set(&error, "%s",
                  bundle_problem(bundle) ? bundle_problem(bundle) : "a part could not be gathered");
    if (ok && bundle_bytes(bundle) == 0)
        ok = error_set(&error, "nothing was gathered");
    ok = bundle_close(bundle, hex, &error) && ok;
    printf("%s\n%s\n", hex[0] ? hex : "-", ok ? "" : error.text);
    return ok ? 0 : 1;
}

static void take_digest(struct frame *frame, const struct text *output)
{
    if (output->length < DIGEST_HEX_BYTES || output->bytes[DIGEST_HEX_BYTES - 1] != '\n')
        return;
    memcpy(frame->bundle_sha256, output->bytes, DIGEST_HEX_BYTES - 1);
    const char *folder = arena_format(frame->arena, "%s/%s", frame->args.diagnostics, frame->args.run);
    char *whole = realpath(folder, NULL);
    frame->bundle = whole ? arena_text(frame->arena, whole) : folder;
    free(whole);
}

bool remediation_gather(struct frame *frame, struct error *error)
{
    const struct process process = {
        .call = gather,
        .owner = frame,
        .deadline = process_now() + GATHER_MS + LEEWAY_MS,
        .output_cap = 4096,
        .stop = frame->stop,
    };
    struct process_outcome outcome;
    process_run(&process, &outcome);
    take_digest(frame, &outcome.output);
    const char *line = strchr(outcome.output.bytes, '\n');
    bool ok = outcome.end == PROCESS_EXITED && outcome.code == 0;
    if (!ok && line && line[1])
        error_set(error, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
    else if (!ok)
        (void)process_succeeded(&process, &outcome, error);
    process_outcome_release(&outcome);
    return ok;
}
