/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Echo requests over an ICMP datagram socket, which needs no privilege where net.ipv4.ping_group_range allows it
 * (icmp(7)); a raw socket where that is forbidden and the process may open one. Sources of the rules: RFC 792,
 * RFC 4443. */
#ifndef WATCHBILL_COLLECTORS_ICMP_H
#define WATCHBILL_COLLECTORS_ICMP_H

#include "collectors/source.h"
#include "lib/check.h"

struct icmp_question {
    const char *host;
    int64_t packets;
    int64_t interval; /* milliseconds between two packets */
    int64_t wait;     /* milliseconds for answers after the last packet */
    int64_t size;     /* bytes of data in each; 16 at least */
};

struct icmp_answer {
    int64_t sent, received;
    double least, average, most; /* milliseconds; NaN without an answer */
    const char *address;         /* that was asked */
    const char *reason;          /* why packets could not get there; NULL: nobody said */
    bool raw;                    /* a raw socket was used */
};

/* icmp_ask(question, run, answer, error): packets that stay unanswered are no failure. Packets for which the run has no
 * time left are not sent. SOURCE_FAULT: no such host. SOURCE_UNREADABLE: the kernel forbids it. */
enum source_end icmp_ask(const struct icmp_question *question, struct run *run, struct icmp_answer *answer,
                         struct error *error);

/* icmp_sum(bytes, length): the checksum of RFC 1071 over ${bytes}. */
uint16_t icmp_sum(const void *bytes, size_t length);

/* What an echo reply holds of ours. */
struct icmp_echo {
    uint16_t sequence;
    uint64_t token;
};

/* icmp_parse(bytes, length, family, raw, echo): read an echo reply; ${raw}: an IPv4 packet has its IP header in
 * front. false: it is something else, or too short. */
bool icmp_parse(const void *bytes, size_t length, int family, bool raw, struct icmp_echo *echo);

#endif
