/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/icmp.h"

#include "collectors/socket.h"

#include <errno.h>
#include <math.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 8, TOKEN = 8, LARGEST = 65536, SEQUENCES = 65536 };

/* An exchange under way. */
struct pinger {
    const struct icmp_question *question;
    struct run *run;
    struct icmp_answer *answer;
    int fd, family;
    uint64_t token;  /* tells our packets from those of others */
    double *sent_at; /* seconds, by sequence; NaN: not sent, or answered */
    uint8_t *packet; /* room for .packet_size bytes */
    size_t packet_size;
    double sum; /* of the round-trip times */
};

uint16_t icmp_sum(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)(at[i] << 8 | at[i + 1]);
    if (length % 2 == 1)
        sum += (uint32_t)(at[length - 1] << 8);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

bool icmp_parse(const void *bytes, size_t length, int family, bool raw, struct icmp_echo *echo)
{
    const uint8_t *at = bytes;
    if (raw && family == AF_INET) {
        size_t header = length > 0 ? (size_t)(at[0] & 15) * 4 : 0;
        if (header < 20 || header > length)
            return false;
        at += header;
        length -= header;
    }
    uint8_t wanted = family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    if (length < HEADER + TOKEN || at[0] != wanted || at[1] != 0)
        return false;
    echo->sequence = (uint16_t)(at[6] << 8 | at[7]);
    memcpy(&echo->token, at + HEADER, TOKEN);
    return true;
}

/* The kernel fills in the identifier of a datagram socket, and the checksum of all but raw IPv4 ones. */
static void write_packet(struct pinger *pinger, uint16_t sequence)
{
    uint8_t *packet = pinger->packet;
    memset(packet, 'w', pinger->packet_size);
    memset(packet, 0, HEADER);
    packet[0] = pinger->family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    memcpy(packet + 4, &pinger->token, 2);
    packet[6] = (uint8_t)(sequence >> 8);
    packet[7] = (uint8_t)sequence;
    memcpy(packet + HEADER, &pinger->token, TOKEN);
    if (pinger->family == AF_INET) {
        uint16_t sum = icmp_sum(packet, pinger->packet_size);
        packet[2] = (uint8_t)(sum >> 8);
        packet[3] = (uint8_t)sum;
    }
}

static bool is_unreachable(int number)
{
    return number == EHOSTUNREACH || number == ENETUNREACH || number == ECONNREFUSED || number == EHOSTDOWN ||
           number == EACCES || number == EPROTO || number == ENETDOWN || number == EADDRNOTAVAIL ||
           number == EPERM;
}

static void note_reason(struct pinger *pinger, int number)
{
    if (is_unreachable(number))
        pinger->answer->reason = arena_text(pinger->run->arena, strerror(number));
}

static void send_packet(struct pinger *pinger, uint16_t sequence)
{
    write_packet(pinger, sequence);
    pinger->sent_at[sequence] = socket_seconds();
    pinger->answer->sent++;
    if (send(pinger->fd, pinger->packet, pinger->packet_size, MSG_NOSIGNAL) < 0)
        note_reason(pinger, errno);
}

/* A second answer to the same packet does not count. */
static void take_answer(struct pinger *pinger, const uint8_t *bytes, size_t length)
{
    struct icmp_echo echo;
    struct icmp_answer *answer = pinger->answer;
    if (!icmp_parse(bytes, length, pinger->family, answer->raw, &echo) || echo.token != pinger->token ||
        echo.sequence >= pinger->question->packets || isnan(pinger->sent_at[echo.sequence]))
        return;
    double taken = (socket_seconds() - pinger->sent_at[echo.sequence]) * 1000;
    pinger->sent_at[echo.sequence] = (double)NAN;
    answer->least = answer->received && answer->least < taken ? answer->least : taken;
    answer->most = answer->received && answer->most > taken ? answer->most : taken;
    answer->received++;
    pinger->sum += taken;
}

/* Takes what comes until ${until}, or until nothing is missing. */
static void listen_until(struct pinger *pinger, int64_t until)
{
    uint8_t *room = pinger->packet;
    while (pinger->answer->received < pinger->answer->sent && socket_wait(pinger->fd, POLLIN, until)) {
        ssize_t got = recv(pinger->fd, room, LARGEST, MSG_DONTWAIT);
        if (got >= 0)
            take_answer(pinger, room, (size_t)got);
        else if (errno != EAGAIN && errno != EINTR)
            note_reason(pinger, errno);
    }
}

static int64_t now_milliseconds(void)
{
    return (int64_t)(socket_seconds() * 1000);
}

/* Ends a little before the run does, so that what was measured is told. */
static void exchange(struct pinger *pinger)
{
    const struct icmp_question *question = pinger->question;
    int64_t end = pinger->run->deadline - 50;
    int64_t next = now_milliseconds();
    for (int64_t i = 0; i < question->packets && (i == 0 || next < end); i++) {
        int64_t gap = i + 1 < question->packets ? question->interval : question->wait;
        send_packet(pinger, (uint16_t)i);
        next += gap;
        listen_until(pinger, next < end ? next : end);
        if (i + 1 < question->packets) /* all are answered: the rest of the interval passes in silence */
            (void)socket_wait(-1, 0, next < end ? next : end);
    }
}

static int open_socket(int family, bool *raw)
{
    int protocol = family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
    int why = errno;
    *raw = fd < 0 && (why == EACCES || why == EPERM || why == EPROTONOSUPPORT);
    if (*raw)
        fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0)
        errno = why;
    return fd;
}

static enum source_end open_pinger(struct pinger *pinger, const struct addrinfo *to, struct error *error)
{
    int on = 1;
    pinger->family = to->ai_family;
    pinger->fd = open_socket(to->ai_family, &pinger->answer->raw);
    if (pinger->fd < 0 && (errno == EACCES || errno == EPERM)) {
        (void)error_set(error, "the kernel forbids this user to ping: its group is not in the sysctl "
                               "\"net.ipv4.ping_group_range\", and it lacks CAP_NET_RAW");
        return SOURCE_UNREADABLE;
    }
    if (pinger->fd < 0) {
        (void)error_set(error, "cannot open an ICMP socket: %s", strerror(errno));
        return SOURCE_UNREADABLE;
    }
    if (to->ai_family == AF_INET)
        (void)setsockopt(pinger->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else
        (void)setsockopt(pinger->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    if (connect(pinger->fd, to->ai_addr, to->ai_addrlen) != 0) {
        pinger->answer->reason = arena_text(pinger->run->arena, strerror(errno));
        pinger->answer->sent = pinger->question->packets;
    }
    return SOURCE_READ;
}

static void fill_pinger(struct pinger *pinger)
{
    const struct icmp_question *question = pinger->question;
    struct arena *arena = pinger->run->arena;
    size_t size = HEADER + (size_t)question->size;
    pinger->packet = arena_get(arena, LARGEST, 1);
    pinger->packet_size = size;
    pinger->sent_at = arena_get(arena, SEQUENCES, sizeof *pinger->sent_at);
    for (size_t i = 0; i < SEQUENCES; i++)
        pinger->sent_at[i] = (double)NAN;
    if (getrandom(&pinger->token, sizeof pinger->token, GRND_NONBLOCK) != sizeof pinger->token)
        pinger->token = (uint64_t)getpid() << 32 ^ (uint64_t)now_milliseconds();
}

static const char *numeric(struct arena *arena, const struct addrinfo *to)
{
    char text[NI_MAXHOST];
    if (getnameinfo(to->ai_addr, to->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
        return "";
    return arena_text(arena, text);
}

enum source_end icmp_ask(const struct icmp_question *question, struct run *run, struct icmp_answer *answer,
                         struct error *error)
{
    struct pinger pinger = {.question = question, .run = run, .answer = answer, .fd = -1};
    struct addrinfo *list;
    *answer = (struct icmp_answer){
        .least = (double)NAN, .average = (double)NAN, .most = (double)NAN, .address = ""};
    enum source_end end = socket_lookup(run, question->host, NULL, SOCK_DGRAM, &list, error);
    if (end != SOURCE_READ)
        return end;
    answer->address = numeric(run->arena, list);
    fill_pinger(&pinger);
    end = open_pinger(&pinger, list, error);
    if (end == SOURCE_READ && answer->sent == 0) {
        run_stage(run, "waiting for an echo of \"%s\"", question->host);
        exchange(&pinger);
    }
    if (answer->received > 0)
        answer->average = pinger.sum / (double)answer->received;
    if (pinger.fd >= 0)
        (void)close(pinger.fd);
    freeaddrinfo(list);
    return end;
}
