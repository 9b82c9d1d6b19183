/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of an access log in the combined format of nginx (and of Apache):
 *
 *   [server ]address - user [time] "request" status bytes ["referer" "agent" [field ...]]
 *
 * The server ahead of the address is that of Apache's vhost_combined. A field is in quotes, or a word. */
#ifndef WATCHBILL_COLLECTORS_NGINX_H
#define WATCHBILL_COLLECTORS_NGINX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the line. */
struct nginx_word {
    const char *at;
    size_t length;
};

struct nginx_line {
    struct nginx_word server; /* empty: the line does not tell */
    struct nginx_word url;    /* without what follows "?"; "-" for a request that is none */
    struct nginx_word code;   /* the digits of .status */
    int status;
};

/* nginx_parse(line, length, server_field, parsed): ${server_field}: the field behind the agent (1 is the first) that is
 * the server; 0: the word ahead of the address, if any. false: it is of another format. */
bool nginx_parse(const char *line, size_t length, int64_t server_field, struct nginx_line *parsed);

#endif
