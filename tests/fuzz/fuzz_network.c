/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an ICMP packet and as escapes, and, over a real socket, as what a server says ahead of TLS; the first byte
 * chooses the protocol. */
#include "collectors/escape.h"
#include "collectors/icmp.h"
#include "collectors/starttls.h"
#include "lib/process.h"

#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void talk(enum starttls protocol, const uint8_t *bytes, size_t length)
{
    int pair[2];
    struct error error;
    if (length > 60000 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        return;
    struct run run = {.arena = arena_create(), .deadline = process_now() + 1000, .root = ""};
    const struct socket_link link = {.fd = pair[0], .place = "fuzz", .address = ""};
    if (write(pair[1], bytes, length) == (ssize_t)length && shutdown(pair[1], SHUT_WR) == 0)
        (void)starttls_ask(protocol, "example.org", &run, &link, &error);
    (void)close(pair[0]);
    (void)close(pair[1]);
    arena_free(run.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct text text = TEXT_INIT;
    struct text plain = TEXT_INIT;
    struct icmp_echo echo;
    struct error error;
    if (length == 0)
        return 0;
    (void)icmp_parse(bytes + 1, length - 1, bytes[0] & 1 ? AF_INET : AF_INET6, bytes[0] & 2, &echo);
    text_add_bytes(&text, bytes + 1, length - 1);
    (void)escape_read(text.bytes, &plain, &error);
    talk((enum starttls)(1 + bytes[0] % STARTTLS_MYSQL), bytes + 1, length - 1);
    text_release(&plain);
    text_release(&text);
    return 0;
}
