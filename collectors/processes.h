/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes of /proc. Source of the rules: proc(5), "/proc/pid/stat". */
#ifndef WATCHBILL_COLLECTORS_PROCESSES_H
#define WATCHBILL_COLLECTORS_PROCESSES_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process_row {
    uint64_t pid, parent;
    char state;     /* R S D Z T t I X ... */
    uint64_t cpu;   /* jiffies in user and system mode */
    uint64_t start; /* jiffies after boot: with the pid it tells a process from a later one */
    uint64_t threads;
    uint64_t resident; /* bytes */
    int64_t user;      /* effective user id; -1: not read */
    const char *name;  /* at most 15 bytes of any kind, as the kernel keeps them */
    const char *args;  /* the command line, joined by blanks; "" for a kernel's thread, or when not read */
};

struct processes {
    struct process_row *rows;
    size_t count;
};

/* What is read of each beside its line of numbers. */
struct processes_wish {
    bool user, args;
};

/* processes_read(root, wish, arena, processes, error): all of ${root}/proc. A process that ends meanwhile is left out. */
bool processes_read(const char *root, struct processes_wish wish, struct arena *arena,
                    struct processes *processes, struct error *error);

/* processes_parse(bytes, length, arena, row): one /proc/PID/stat. The name may hold blanks, parentheses and line
 * breaks: it ends at the last ")". */
bool processes_parse(const char *bytes, size_t length, struct arena *arena, struct process_row *row);

/* processes_parse_user(bytes, length, user): the effective user id in /proc/PID/status. */
bool processes_parse_user(const char *bytes, size_t length, int64_t *user);

#endif
