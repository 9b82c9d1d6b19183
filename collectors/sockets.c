/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/sockets.h"

#include "collectors/proc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[SOCKETS_STATES] = {
    [SOCKETS_ESTABLISHED] = "ESTABLISHED",
    [SOCKETS_SYN_SENT] = "SYN_SENT",
    [SOCKETS_SYN_RECV] = "SYN_RECV",
    [SOCKETS_FIN_WAIT1] = "FIN_WAIT1",
    [SOCKETS_FIN_WAIT2] = "FIN_WAIT2",
    [SOCKETS_TIME_WAIT] = "TIME_WAIT",
    [SOCKETS_CLOSE] = "CLOSE",
    [SOCKETS_CLOSE_WAIT] = "CLOSE_WAIT",
    [SOCKETS_LAST_ACK] = "LAST_ACK",
    [SOCKETS_LISTEN] = "LISTEN",
    [SOCKETS_CLOSING] = "CLOSING",
    [SOCKETS_NEW_SYN_RECV] = "NEW_SYN_RECV",
};

const char *sockets_state_name(unsigned state)
{
    return state < SOCKETS_STATES && state_names[state] ? state_names[state] : "?";
}

static bool read_hex(const char *at, size_t digits, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        char byte = at[i];
        unsigned digit = byte >= '0' && byte <= '9'   ? (unsigned)(byte - '0')
                         : byte >= 'A' && byte <= 'F' ? (unsigned)(byte - 'A') + 10
                         : byte >= 'a' && byte <= 'f' ? (unsigned)(byte - 'a') + 10
                                                      : 16;
        if (digit > 15)
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

/* "0100007F:1F90": words of 32 bits as this machine keeps them, and the port. */
static bool read_address(const char *word, size_t length, char out[static SOCKETS_ADDRESS])
{
    enum { WORD = 8, PORT = 4 };
    uint32_t words[4], port;
    char text[INET6_ADDRSTRLEN];
    size_t count = length / WORD;
    bool six = length == 4 * WORD + 1 + PORT;
    if ((!six && length != WORD + 1 + PORT) || word[length - PORT - 1] != ':' ||
        !read_hex(word + length - PORT, PORT, &port))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_hex(word + i * WORD, WORD, &words[i]))
            return false;
    if (!inet_ntop(six ? AF_INET6 : AF_INET, words, text, sizeof text))
        return false;
    (void)snprintf(out, SOCKETS_ADDRESS, six ? "[%s]:%u" : "%s:%u", text, port);
    return true;
}

/* "TX:RX", eight digits each. */
static bool read_queues(const char *word, size_t length, struct sockets_row *row)
{
    uint32_t sending, receiving;
    if (length != 17 || word[8] != ':' || !read_hex(word, 8, &sending) || !read_hex(word + 9, 8, &receiving))
        return false;
    row->sending = sending;
    row->receiving = receiving;
    return true;
}

bool sockets_parse(const char *line, size_t length, struct sockets_row *row)
{
    enum { SLOT, LOCAL, REMOTE, STATE, QUEUES, TIMER, RETRIES, USER, WORDS };
    const char *words[WORDS], *at = line, *end = line + length;
    size_t lengths[WORDS];
    uint32_t state;
    for (size_t i = 0; i < WORDS; i++)
        if (!proc_word(&at, end, &words[i], &lengths[i]))
            return false;
    if (!read_address(words[LOCAL], lengths[LOCAL], row->local) ||
        !read_address(words[REMOTE], lengths[REMOTE], row->remote) || lengths[STATE] != 2 ||
        !read_hex(words[STATE], 2, &state) || !read_queues(words[QUEUES], lengths[QUEUES], row) ||
        !proc_count(words[USER], lengths[USER], &row->user))
        return false;
    row->state = state;
    return true;
}

/* ---- all of them ---- */

static const struct {
    const char *kind, *path;
    bool required;
} tables[] = {{"tcp", "/proc/net/tcp", true},
              {"tcp6", "/proc/net/tcp6", false},
              {"udp", "/proc/net/udp", false},
              {"udp6", "/proc/net/udp6", false}};

static void add_row(struct sockets *sockets, size_t *room, const struct sockets_row *row, struct arena *arena)
{
    bool datagram = row->kind[0] == 'u';
    if (datagram)
        sockets->datagrams++;
    else if (row->state < SOCKETS_STATES)
        sockets->states[row->state]++;
    if ((!datagram && row->state == SOCKETS_TIME_WAIT) || sockets->count == SOCKETS_ROWS)
        return;
    if (sockets->count == *room) {
        struct sockets_row *more = arena_get(arena, *room * 2, sizeof *more);
        memcpy(more, sockets->rows, sockets->count * sizeof *more);
        sockets->rows = more;
        *room *= 2;
    }
    sockets->rows[sockets->count++] = *row;
}

/* Line by line: a busy server has more of them than fit into memory. */
static void add_rows(struct sockets *sockets, size_t *room, const char *kind, FILE *file, struct arena *arena)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, file)) > 0) {
        struct sockets_row row = {.kind = kind};
        size_t bare = (size_t)length - (line[length - 1] == '\n');
        if (sockets_parse(line, bare, &row)) /* the heading is none */
            add_row(sockets, room, &row, arena);
    }
    free(line);
}

bool sockets_read(const char *root, struct arena *arena, struct sockets *sockets, struct error *error)
{
    size_t room = 64;
    bool ok = true;
    *sockets = (struct sockets){.rows = arena_get(arena, room, sizeof *sockets->rows)};
    for (size_t i = 0; ok && i < sizeof tables / sizeof tables[0]; i++) {
        const char *path = arena_format(arena, "%s%s", root, tables[i].path);
        FILE *file = fopen(path, "re");
        if (file)
            add_rows(sockets, &room, tables[i].kind, file, arena);
        else if (tables[i].required)
            ok = error_set(error, "%s: \"%s\"", strerror(errno), path);
        if (file)
            (void)fclose(file);
    }
    return ok;
}
