/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 128 << 10, ROOM_KEPT = 1 << 20 };

struct header {
    uint32_t length; /* of what follows the header */
    uint32_t kind;
    uint32_t id;
    uint32_t mark; /* MARK: a stream that lost its place is noticed at once */
};

enum { MARK = 0x77626c6c };
_Static_assert(offsetof(struct header, id) == WIRE_ID_AT, "the number of a frame stands elsewhere");

void wire_init(struct wire *wire, int fd, bool waits)
{
    *wire = (struct wire){.fd = fd, .waits = waits, .in = TEXT_INIT, .out = TEXT_INIT};
}

void wire_release(struct wire *wire)
{
    if (wire->fd >= 0)
        (void)close(wire->fd);
    text_release(&wire->in);
    text_release(&wire->out);
    wire_init(wire, -1, false);
}

/* Drop the first ${count} bytes; room that one big frame needed is given back. */
static void drop_front(struct text *text, size_t count)
{
    size_t rest = text->length - count;
    if (rest == 0 && text->room > ROOM_KEPT) {
        text_release(text);
        return;
    }
    if (count && rest)
        memmove(text->bytes, text->bytes + count, rest);
    if (text->room) {
        text->length = rest;
        text->bytes[rest] = '\0';
    }
}

bool wire_receive(struct wire *wire)
{
    if (wire->broken)
        return false;
    drop_front(&wire->in, wire->taken);
    wire->taken = 0;
    char *room = text_reserve(&wire->in, CHUNK);
    ssize_t got = recv(wire->fd, room, wire->in.room - wire->in.length - 1, wire->waits ? 0 : MSG_DONTWAIT);
    if (got > 0) {
        wire->in.length += (size_t)got;
        wire->in.bytes[wire->in.length] = '\0';
        return true;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

bool wire_next(struct wire *wire, struct wire_frame *frame)
{
    struct header header;
    size_t left = wire->in.length - wire->taken;
    if (wire->broken || left < sizeof header)
        return false;
    memcpy(&header, wire->in.bytes + wire->taken, sizeof header);
    if (header.mark != MARK || header.length > WIRE_FRAME_MOST) {
        wire->broken = true;
        return false;
    }
    if (left - sizeof header < header.length)
        return false;
    *frame = (struct wire_frame){.kind = header.kind,
                                 .id = header.id,
                                 .bytes = wire->in.bytes + wire->taken + sizeof header,
                                 .length = header.length};
    wire->taken += sizeof header + header.length;
    return true;
}

bool wire_flush(struct wire *wire)
{
    while (wire_unsent(wire) > 0) {
        ssize_t sent = send(wire->fd, wire->out.bytes + wire->sent, wire_unsent(wire),
                            MSG_NOSIGNAL | (wire->waits ? 0 : MSG_DONTWAIT));
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return true;
        if (sent < 0)
            return false;
        wire->sent += (size_t)sent;
        if (wire->sent > CHUNK || wire->sent == wire->out.length) {
            drop_front(&wire->out, wire->sent);
            wire->sent = 0;
        }
    }
    return true;
}

size_t wire_unsent(const struct wire *wire)
{
    return wire->out.length - wire->sent;
}

size_t wire_begin(struct text *text, uint32_t kind, uint32_t id)
{
    struct header header = {.kind = kind, .id = id, .mark = MARK};
    size_t begun = text->length;
    text_add_bytes(text, &header, sizeof header);
    return begun;
}

void wire_end(struct text *text, size_t begun)
{
    struct header header;
    memcpy(&header, text->bytes + begun, sizeof header);
    header.length = (uint32_t)(text->length - begun - sizeof header);
    memcpy(text->bytes + begun, &header, sizeof header);
}

void wire_put_whole(struct text *text, int64_t value)
{
    text_add_bytes(text, &value, sizeof value);
}

void wire_put_bytes(struct text *text, const void *bytes, size_t length)
{
    wire_put_whole(text, (int64_t)length);
    text_add_bytes(text, bytes, length);
    text_add_char(text, '\0');
}

struct wire_cursor wire_open(const struct wire_frame *frame)
{
    return (struct wire_cursor){.at = frame->bytes, .left = frame->length};
}

int64_t wire_get_whole(struct wire_cursor *cursor)
{
    int64_t value = 0;
    if (cursor->left < sizeof value) {
        cursor->bad = true;
        cursor->left = 0;
        return 0;
    }
    memcpy(&value, cursor->at, sizeof value);
    cursor->at += sizeof value;
    cursor->left -= sizeof value;
    return value;
}

char *wire_get_bytes(struct wire_cursor *cursor, size_t *length)
{
    int64_t count = wire_get_whole(cursor);
    char *bytes = cursor->at;
    bool there = !cursor->bad && count >= 0 && (uint64_t)count < cursor->left && bytes[count] == '\0';
    if (length)
        *length = there ? (size_t)count : 0;
    if (!there) {
        cursor->bad = true;
        cursor->left = 0;
        return text_empty;
    }
    cursor->at += count + 1;
    cursor->left -= (size_t)count + 1;
    return bytes;
}
