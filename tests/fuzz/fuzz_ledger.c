/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a ledger: read, summed up, and still fit to take another run. */
#include "lib/ledger.h"
#include "lib/ledger_begin.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void ignore(void *owner, const json_t *line)
{
    (void)owner;
    (void)line;
}

/* A run that is open has begun. */
static void look_for(const char *path)
{
    bool known;
    int64_t pid;
    struct error error;
    if (!ledger_knows(path, "p1-clean-1", &known, &error) ||
        !ledger_open_run(path, "p1-clean-1", "OPS-1", &pid, &error) || (pid != 0 && !known))
        abort();
}

/* Whatever the answer is, it has a reason, and the look without limits is not stricter. */
static void may_begin(const char *path)
{
    const struct limits limits = {
        .cooldown = 60000, .max = {2, 3600000}, .concurrency = 1, .site = {.max = {9, 86400000}}};
    struct ledger_answer held, free_of_limits;
    struct error error = {""};
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "run", "r", "issue", "OPS-1", "remediation", "clean",
                  "target", "web01", "tagged", "2026-11-01", "at", (json_int_t)1795200000);
    bool may = ledger_may_begin(path, line, &limits, &held, &error);
    if (may != (error.text[0] == '\0') || may != (held.refusal == LEDGER_ALLOWED))
        abort();
    if (!ledger_may_begin(path, line, NULL, &free_of_limits, &error) && may)
        abort();
    json_decref(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char path[64];
    size_t bad;
    struct error error;
    int fd = memfd_create("ledger", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!ledger_read(path, ignore, NULL, &bad, &error))
        abort();
    may_begin(path);
    look_for(path);
    json_decref(ledger_summary(path, NULL, 0, 1795200000, NULL, &error));
    json_decref(ledger_text((const char *)bytes, length));
    close(fd);
    return 0;
}
