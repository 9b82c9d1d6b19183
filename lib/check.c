/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program of a check: what touches the process stands here. */
#include "lib/check.h"

#include "lib/invoke.h"
#include "lib/watchdog.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static bool write_whole(int file, const struct text *text)
{
    size_t done = 0;
    while (done < text->length) {
        ssize_t put = write(file, text->bytes + done, text->length - done);
        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

int check_run(const struct check *check, int argc, char **argv, int64_t deadline, struct text *output)
{
    struct text complaint = TEXT_INIT;
    int code = invoke(check, argc, argv, deadline, NULL, output, &complaint);
    text_release(&complaint);
    return code;
}

int check_main(const struct check *check, int argc, char **argv)
{
    struct text output = TEXT_INIT;
    struct text complaint = TEXT_INIT;
    struct watchdog *watchdog = watchdog_create();
    const struct invoke_watch watch = {watchdog_begin, watchdog_end, watchdog};
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that closes is an error of write(), not an end */
    int code = invoke(check, argc, argv, 0, &watch, &output, &complaint);
    (void)write_whole(STDERR_FILENO, &complaint);
    if (!write_whole(STDOUT_FILENO, &output))
        code = VERDICT_UNKNOWN;
    watchdog_free(watchdog);
    text_release(&complaint);
    text_release(&output);
    return code;
}
