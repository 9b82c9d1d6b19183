/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mail channel: one JSON object on standard input, one message out, by SMTP or as a file.
 *
 *   {"id", "from", "to", "subject", "text", "headers": {NAME: VALUE}, "timeout_ms",
 *    "mail": {"spool": DIRECTORY}
 *          | {"server": "HOST:PORT", "tls": "required" | "none", "ca_file", "user", "password_file"}}
 *
 * Exit 0 delivered, 1 try again later, 2 never; one sentence on standard output says why. */
#include "channels/mail/order.h"
#include "channels/mail/smtp.h"
#include "channels/mail/spool.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_MOST = 4 << 20 };

/* A password is in memory for a while: it shall not be left in a core file or be read by a debugger. */
static void protect(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)umask(027);
}

static bool read_input(struct text *input, struct error *error)
{
    ssize_t count = 1;
    while (count != 0 && input->length <= INPUT_MOST) {
        char *end = text_reserve(input, 65536);
        count = read(STDIN_FILENO, end, 65536);
        if (count < 0 && errno != EINTR)
            return error_set(error, "standard input cannot be read: %s", strerror(errno));
        if (count > 0) {
            input->length += (size_t)count;
            input->bytes[input->length] = '\0';
        }
    }
    return input->length <= INPUT_MOST || error_set(error, "the message is larger than %d bytes", INPUT_MOST);
}

static enum outcome deliver(const struct order *order, struct error *said)
{
    if (!order->spool)
        return smtp_deliver(order, said);
    if (!spool_put(order, said))
        return OUTCOME_AGAIN;
    error_set(said, "written for \"%s\" to \"%s\"", order->to, order->spool);
    return OUTCOME_DELIVERED;
}

int main(void)
{
    struct text input = TEXT_INIT;
    struct error said = {""};
    enum outcome outcome = OUTCOME_AGAIN;
    protect();
    if (read_input(&input, &said)) {
        struct order order;
        outcome = order_read(&order, input.bytes, input.length, (int64_t)time(NULL), &said);
        if (outcome == OUTCOME_DELIVERED)
            outcome = deliver(&order, &said);
        order_release(&order);
    } else if (input.length > INPUT_MOST) {
        outcome = OUTCOME_NEVER;
    }
    text_release(&input);
    /* What was delivered stays delivered when nobody hears of it. */
    (void)printf("%s\n", said.text);
    return outcome;
}
