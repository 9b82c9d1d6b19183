/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes from a client of the control socket. */
#include "scheduler/io/control.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct client {
    struct loop *loop;
    int fd;
};

static void handler(void *owner, struct control_call *call, const json_t *request)
{
    (void)owner;
    control_reply(call, json_deep_copy(request));
}

static void readable(void *owner, int events)
{
    const struct client *client = owner;
    char answer[4096];
    ssize_t got = recv(client->fd, answer, sizeof answer, MSG_DONTWAIT);
    (void)events;
    if (got == 0 || (got < 0 && errno != EAGAIN))
        loop_stop(client->loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct error error;
    (void)snprintf(address.sun_path, sizeof address.sun_path, "/tmp/fuzz_control.%d", (int)getpid());
    struct loop *loop = loop_create();
    struct control *control = control_open(loop, address.sun_path, handler, NULL, &error);
    struct client client = {.loop = loop, .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!control || connect(client.fd, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    (void)send(client.fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(client.fd, SHUT_WR);
    struct loop_watch *watch = loop_watch_add(loop, client.fd, LOOP_READ, readable, &client);
    loop_run(loop);
    loop_watch_remove(watch);
    (void)close(client.fd);
    control_close(control);
    loop_free(loop);
    return 0;
}
