/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/tracked.h"

#include "lib/json.h"
#include "lib/layout.h"
#include "lib/process.h"
#include "scheduler/io/config_issues.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ASK_MS = 10000, GRACE_MS = 2000, ANSWER_BYTES = 4096 };

/* A descriptor with what the tracker is asked, as channels/tracker reads it; -1: there is none. */
static int write_order(const struct remediation *remediation)
{
    const struct tracker *tracker = remediation->tracker;
    json_t *order = json_pack("{s:s, s:s, s:s, s:i}", "do", "state", "type", tracker->type, "issue",
                              remediation->issue, "timeout_ms", (int)ASK_MS - GRACE_MS);
    if (tracker->url)
        json_object_set_new(order, "url", json_string(tracker->url));
    if (tracker->token_file)
        json_object_set_new(order, "token_file", json_string(tracker->token_file));
    int fd = memfd_create("order", MFD_CLOEXEC);
    if (fd >= 0 && (json_dumpfd(order, fd, JSON_COMPACT) != 0 || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    json_decref(order);
    return fd;
}

static bool read_answer(const struct process_outcome *outcome, bool *open, struct error *error)
{
    const char *said = outcome->output.bytes;
    int length = (int)strcspn(said, "\r\n");
    bool ok = outcome->end == PROCESS_EXITED && outcome->code == 0;
    *open = ok && length == 4 && strncmp(said, "open", 4) == 0;
    if (*open || (ok && length == 6 && strncmp(said, "closed", 6) == 0))
        return true;
    return error_set(error, "%s%.*s",
                     length == 0 ? "it said nothing"
                     : ok        ? "it said neither open nor closed: "
                                 : "",
                     length < 200 ? length : 200, said);
}

static bool ask_program(const struct remediation *remediation, const struct site *site, struct arena *arena,
                        bool *open, struct error *error)
{
    struct layout layout;
    if (!layout_find(&layout, arena, error))
        return false;
    const char *const own[] = {arena_format(arena, "%s/tracker", layout.channels), NULL};
    const struct words *command = &remediation->tracker->command;
    static const char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    int order = write_order(remediation);
    if (order < 0)
        return error_set(error, "it cannot be asked");
    const struct process process = {.argv = command->count ? command->items : own,
                                    .env = environment,
                                    .directory = site->directory,
                                    .input = order,
                                    .deadline = process_now() + ASK_MS,
                                    .output_cap = ANSWER_BYTES};
    struct process_outcome outcome;
    process_run(&process, &outcome);
    bool said = read_answer(&outcome, open, error);
    process_outcome_release(&outcome);
    close(order);
    return said;
}

const char *tracked_fault(const struct remediation *remediation, const struct site *site, struct arena *arena,
                          struct text *complaint)
{
    const struct tracker *tracker = remediation->tracker;
    struct error error = {""};
    bool open = true;
    if (!tracker)
        return NULL;
    bool said = tracker->path ? config_issue_read(tracker->path, remediation->issue, &open, &error)
                              : ask_program(remediation, site, arena, &open, &error);
    if (said)
        return open ? NULL : "the issue is closed";
    text_format(complaint, "%s: the tracker of %s: %s\n", remediation->name, remediation->issue, error.text);
    return tracker->disarm_when_away ? "the tracker does not say whether the issue is open" : NULL;
}
