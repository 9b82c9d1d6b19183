/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/program.h"

#include "lib/executable.h"
#include "lib/process.h"

#include <limits.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 64 * 1024 };

const char *program_beside(const char *folder, const char *name, struct arena *arena)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (!slash || !*name || strchr(name, '/'))
        return NULL;
    *slash = '\0';
    const char *path = arena_format(arena, "%s/%s%s", own, folder, name);
    return access(path, X_OK) == 0 ? path : NULL;
}

const char *const *program_words(const struct option_list *list, struct arena *arena)
{
    const char **argv = arena_get(arena, list->count + 1, sizeof *argv);
    if (list->count > 0)
        memcpy(argv, list->items, list->count * sizeof *argv);
    const char *ours = list->count > 0 ? program_beside("../checks/", argv[0], arena) : NULL;
    if (ours)
        argv[0] = ours;
    return argv;
}

bool program_run(const char *const *argv, const struct act_run *run, int64_t limit, struct text *output,
                 struct error *error)
{
    int64_t end = limit > 0 ? process_now() + limit : run->deadline;
    const struct process process = {.argv = argv,
                                    .deadline = end < run->deadline ? end : run->deadline,
                                    .output_cap = OUTPUT_BYTES,
                                    .leaves = true};
    struct process_outcome outcome;
    if (!executable_trusted(argv[0], error))
        return false;
    process_run(&process, &outcome);
    /* By its name: where it lies is known, and sentences are short. */
    const char *slash = strrchr(argv[0], '/');
    const char *const shown[] = {slash ? slash + 1 : argv[0], NULL};
    const struct process named = {.argv = shown};
    bool ok = process_succeeded(&named, &outcome, error);
    if (output)
        text_add_bytes(output, outcome.output.bytes, outcome.output.length);
    process_outcome_release(&outcome);
    return ok;
}

bool program_check(const char *const *argv, const struct act_run *run, int64_t limit, struct error *error)
{
    bool ok = program_run(argv, run, limit, NULL, error);
    if (!ok) {
        size_t length = strcspn(error->text, "|");
        while (length > 0 && error->text[length - 1] == ' ')
            length--;
        error->text[length] = '\0';
    }
    return ok;
}
