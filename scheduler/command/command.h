/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of `watchbill`. A command is one row: its words, its options and a function; help, the manual page
 * and --describe are made from the rows. One file a command; command_table.c lists them. */
#ifndef WATCHBILL_COMMAND_COMMAND_H
#define WATCHBILL_COMMAND_COMMAND_H

#include "lib/arena.h"
#include "lib/option.h"
#include "lib/text.h"

#include <stdint.h>

/* Exit codes. */
enum { COMMAND_YES = 0, COMMAND_NO = 1, COMMAND_REFUSED = 3 };

/* One call of the program. Nothing is printed by a command: main does that. */
struct command_call {
    const struct command *command;
    const char *conf; /* the configuration directory */
    bool json;
    struct option_list words; /* what is no option */
    struct arena *arena;      /* lives as long as the call */
    int64_t now;              /* epoch seconds */
    FILE *input;
    size_t width;                      /* columns of the terminal that is printed to; 0: it is none */
    struct text *out, *complaint;      /* for standard output and standard error */
    bool (*pass_on)(struct text *out); /* print what is there and clear it; NULL: not before the end */
};

struct command {
    const char *name;  /* one word or two: "config check" */
    const char *usage; /* what follows the name: "[GROUP] [--at TIME]" */
    const char *summary;
    const char *notes;                /* paragraphs, a newline between them; NULL: none */
    const struct option_row *options; /* NULL: none but the common ones */
    size_t size;                      /* of the struct that they fill, at most COMMAND_ARGUMENTS */
    const void *defaults;             /* such a struct; NULL: zeroes */
    size_t least, most;               /* how many words */
    int (*run)(const void *arguments, struct command_call *call);
};

enum { COMMAND_MANY = 100000 };

extern const struct command *const command_table[]; /* ended by NULL */

/* command_main(argc, argv, call): find the command, read its options, run it; the exit code. ${call} holds
 * arena, now, input, out and complaint. */
int command_main(int argc, char **argv, struct command_call *call);

/* command_pass_on(call): a command of much output calls it now and then, so that it does not keep all of it; false:
 * nobody takes it any more. */
bool command_pass_on(struct command_call *call);

/* command_refuse(call, format, ...): add "watchbill COMMAND: SENTENCE" to the complaint; COMMAND_REFUSED. */
int command_refuse(struct command_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
