/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill: the command. Its commands are in scheduler/command/. */
#include "scheduler/command/command.h"

#include <errno.h>
#include <signal.h>

static bool print(struct text *out)
{
    bool printed = fwrite(out->bytes, 1, out->length, stdout) == out->length;
    text_clear(out);
    return printed;
}

int main(int argc, char **argv)
{
    struct text out = TEXT_INIT, complaint = TEXT_INIT;
    struct command_call call = {.arena = arena_create(),
                                .now = time(NULL),
                                .input = stdin,
                                .out = &out,
                                .complaint = &complaint,
                                .pass_on = print};
    (void)signal(SIGPIPE, SIG_IGN); /* a daemon that goes away is an error to tell */
    int code = command_main(argc, argv, &call);
    (void)print(&out);
    (void)fwrite(complaint.bytes, 1, complaint.length, stderr);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "watchbill: cannot write the answer: %s\n", strerror(errno));
        code = COMMAND_REFUSED;
    }
    text_release(&out);
    text_release(&complaint);
    arena_free(call.arena);
    return code;
}
