/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill: the command. Its commands are in scheduler/command/. */
#include "lib/number.h"
#include "scheduler/command/command.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool print(struct text *out)
{
    bool printed = fwrite(out->bytes, 1, out->length, stdout) == out->length;
    text_clear(out);
    return printed;
}

/* COLUMNS is for who passes the answer on to a terminal. */
static size_t width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};
    int64_t given;
    if (columns && number_read_whole(columns, 1, UINT16_MAX, &given))
        return (size_t)given;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int main(int argc, char **argv)
{
    struct text out = TEXT_INIT, complaint = TEXT_INIT;
    struct command_call call = {.arena = arena_create(),
                                .now = time(NULL),
                                .input = stdin,
                                .width = width(),
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
