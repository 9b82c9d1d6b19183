/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/statsd.h"

#include "lib/clean.h"
#include "lib/memory.h"
#include "lib/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NAME_MOST = 128, PACKET_MOST = 1400 };

struct statsd {
    int fd;
    char *prefix;
};

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool read_address(const char *given, union address *address, struct error *error)
{
    const char *colon = strrchr(given, ':');
    size_t length = colon ? (size_t)(colon - given) : 0;
    bool six = length > 2 && given[0] == '[' && given[length - 1] == ']';
    char host[INET6_ADDRSTRLEN] = "";
    int64_t port = 0;
    const char *from = six ? given + 1 : given;
    size_t size = six ? length - 2 : length;
    *address = (union address){.any.sa_family = six ? AF_INET6 : AF_INET};
    if (size < sizeof host)
        memcpy(host, from, size);
    void *place = six ? (void *)&address->six.sin6_addr : (void *)&address->four.sin_addr;
    if (!colon || !number_read_whole(colon + 1, 1, 65535, &port) ||
        inet_pton(address->any.sa_family, host, place) != 1)
        return error_set(error, "\"%s\" is not ADDRESS:PORT, such as 127.0.0.1:8125", given);
    address->four.sin_port = htons((uint16_t)port); /* it stands at the same place in both */
    return true;
}

bool statsd_address(const char *address, struct error *error)
{
    union address found;
    return read_address(address, &found, error);
}

struct statsd *statsd_open(const char *address, const char *prefix, struct error *error)
{
    union address found;
    if (!read_address(address, &found, error))
        return NULL;
    int fd = socket(found.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = found.any.sa_family == AF_INET6 ? sizeof found.six : sizeof found.four;
    if (fd < 0 || connect(fd, &found.any, size) != 0) {
        error_set(error, "nothing can be sent to \"%s\": %s", address, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return NULL;
    }
    struct statsd *statsd = memory_get(1, sizeof *statsd);
    *statsd = (struct statsd){fd, memory_text(prefix)};
    return statsd;
}

void statsd_close(struct statsd *statsd)
{
    if (!statsd)
        return;
    (void)close(statsd->fd);
    free(statsd->prefix);
    free(statsd);
}

void statsd_count(struct statsd *statsd, const char *const *names, size_t count)
{
    struct text packet = TEXT_INIT;
    text_add(&packet, statsd->prefix);
    for (size_t i = 0; i < count; i++) {
        struct text name = TEXT_INIT;
        clean_name(&name, names[i], "-_", false);
        clean_cut(&name, NAME_MOST);
        text_format(&packet, ".%s", name.bytes);
        text_release(&name);
    }
    text_add(&packet, ":1|c");
    if (packet.length <= PACKET_MOST)
        (void)send(statsd->fd, packet.bytes, packet.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    text_release(&packet);
}
