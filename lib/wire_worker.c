/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/wire_worker.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it. */
union passing {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

bool wire_worker_send(int fd, const struct worker_message *message, int passed)
{
    struct worker_message copy = *message;
    struct iovec part = {.iov_base = &copy, .iov_len = sizeof copy};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    union passing control;
    memset(&control, 0, sizeof control);
    if (passed >= 0) {
        packet.msg_control = &control;
        packet.msg_controllen = sizeof control.room;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(&control.header), &passed, sizeof passed);
    }
    ssize_t sent;
    do
        sent = sendmsg(fd, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof copy;
}

enum wire_worker_got wire_worker_receive(int fd, struct worker_message *message, int *passed)
{
    struct iovec part = {.iov_base = message, .iov_len = sizeof *message};
    union passing control;
    struct msghdr packet = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room};
    *passed = -1;
    ssize_t got = recvmsg(fd, &packet, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return WIRE_WORKER_NONE;
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&packet) : NULL;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof *passed))
        memcpy(passed, CMSG_DATA(header), sizeof *passed);
    if (got == (ssize_t)sizeof *message) {
        message->name[sizeof message->name - 1] = '\0';
        return WIRE_WORKER_MESSAGE;
    }
    if (*passed >= 0)
        (void)close(*passed);
    *passed = -1;
    return WIRE_WORKER_END;
}
