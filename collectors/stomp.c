/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of STOMP: pure. The session is in stomp_session.c. */
#include "collectors/stomp.h"

#include "lib/number.h"

enum { COMMAND_CAP = 32 };

/* The bytes of a frame, cut into lines and a body. */
struct cut {
    const char *head; /* the command's line */
    size_t head_length;
    const char *body;
    size_t body_length;
    size_t used;
};

static const struct {
    char letter, byte;
    enum stomp_version since;
} escapes[] = {
    {'n', '\n', STOMP_1_1},
    {'c', ':', STOMP_1_1},
    {'\\', '\\', STOMP_1_1},
    {'r', '\r', STOMP_1_2},
};

enum { ESCAPES = sizeof escapes / sizeof escapes[0] };

static enum stomp_state broken(struct error *error, const char *why)
{
    (void)error_set(error, "not a STOMP frame: %s", why);
    return STOMP_BROKEN;
}

static size_t skip_line_ends(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && (bytes[at] == '\n' || bytes[at] == '\r'))
        at++;
    return at;
}

static size_t line_length(const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    return end ? (size_t)(end - bytes) : length;
}

/* A carriage return ends a line with the newline, but in 1.0 and 1.1, which had none, it is part of the line. */
static size_t without_return(const char *line, size_t length, enum stomp_version version)
{
    bool ends = length > 0 && line[length - 1] == '\r' && version != STOMP_1_0 && version != STOMP_1_1;
    return length - (ends ? 1 : 0);
}

/* What is there of a command must be capitals, so that another protocol is found out by its first bytes. */
static bool begins_as_command(const char *line, size_t length, bool whole)
{
    if (whole && length > 0 && line[length - 1] == '\r')
        length--;
    for (size_t i = 0; i < length; i++)
        if (line[i] < 'A' || line[i] > 'Z')
            return !whole && i > 0 && i + 1 == length && line[i] == '\r';
    return length > 0 && length <= COMMAND_CAP;
}

/* The empty line that ends the head; SIZE_MAX: it has not come. */
static size_t find_head_end(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t line = line_length(bytes + at, length - at);
        if (at + line == length)
            return SIZE_MAX;
        if (line == 0 || (line == 1 && bytes[at] == '\r'))
            return at;
        at += line + 1;
    }
    return SIZE_MAX;
}

/* The first header "content-length", before anything is copied; -1: none, -2: not a number in bounds. */
static int64_t content_length(const char *head, size_t length)
{
    static const char name[] = "content-length:";
    for (size_t at = 0; at < length;) {
        size_t line = line_length(head + at, length - at);
        if (line >= sizeof name - 1 && memcmp(head + at, name, sizeof name - 1) == 0) {
            char digits[16] = "";
            int64_t value;
            size_t count = without_return(head + at, line, STOMP_NONE) - (sizeof name - 1);
            memcpy(digits, head + at + sizeof name - 1, count < sizeof digits ? count : 0);
            return number_read_whole(digits, 0, STOMP_BODY_CAP, &value) ? value : -2;
        }
        at += line + 1;
    }
    return -1;
}

/* Where the body ends: counted, or at the first NUL. */
static enum stomp_state cut_body(const char *bytes, size_t length, struct cut *cut, struct error *error)
{
    int64_t announced = content_length(cut->head, cut->head_length);
    size_t there = length - (size_t)(cut->body - bytes);
    if (announced == -2)
        return broken(error, "its content-length is no length, or too large");
    if (announced >= 0) {
        cut->body_length = (size_t)announced;
        if (there <= cut->body_length)
            return STOMP_MORE;
        if (cut->body[cut->body_length] != '\0')
            return broken(error, "no NUL follows its body");
    } else {
        const char *end = memchr(cut->body, '\0', there);
        if (!end)
            return there > STOMP_BODY_CAP ? broken(error, "its body has no end") : STOMP_MORE;
        cut->body_length = (size_t)(end - cut->body);
    }
    cut->used = (size_t)(cut->body - bytes) + cut->body_length + 1;
    return STOMP_FRAME;
}

static enum stomp_state cut_frame(const char *bytes, size_t length, struct cut *cut, struct error *error)
{
    size_t skipped = skip_line_ends(bytes, length);
    const char *head = bytes + skipped;
    size_t there = length - skipped;
    size_t command = line_length(head, there);
    cut->used = skipped;
    if (there == 0)
        return STOMP_MORE;
    if (!begins_as_command(head, command, command < there))
        return broken(error, "it begins with no command");
    size_t end = find_head_end(head, there);
    size_t shown = end == SIZE_MAX ? there : end;
    if (memchr(head, '\0', shown))
        return broken(error, "a NUL is among its headers");
    if (shown > STOMP_HEAD_CAP)
        return broken(error, "its headers have no end");
    if (end == SIZE_MAX)
        return STOMP_MORE;
    cut->head = head;
    cut->head_length = end;
    cut->body = head + end + line_length(head + end, there - end) + 1;
    return cut_body(bytes, length, cut, error);
}

static char unescaped(char letter, enum stomp_version version)
{
    for (size_t i = 0; i < ESCAPES; i++)
        if (escapes[i].letter == letter && escapes[i].since <= version)
            return escapes[i].byte;
    return '\0';
}

/* NULL: an escape that is none. */
static const char *read_part(const char *bytes, size_t length, enum stomp_version version,
                             struct arena *arena)
{
    char *part = arena_text_of(arena, bytes, length);
    size_t to = 0;
    if (version < STOMP_1_1)
        return part;
    for (size_t from = 0; from < length; from++) {
        char byte = bytes[from];
        if (byte == '\\') {
            byte = from + 1 < length ? unescaped(bytes[++from], version) : '\0';
            if (byte == '\0')
                return NULL;
        }
        part[to++] = byte;
    }
    part[to] = '\0';
    return part;
}

static bool read_header(const char *line, size_t length, enum stomp_version version, struct arena *arena,
                        struct stomp_header *header)
{
    const char *colon = memchr(line, ':', length);
    if (!colon || colon == line)
        return false;
    header->name = read_part(line, (size_t)(colon - line), version, arena);
    header->value = read_part(colon + 1, length - (size_t)(colon - line) - 1, version, arena);
    return header->name && header->value;
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    return lines;
}

static enum stomp_state read_head(const struct cut *cut, enum stomp_version version, struct arena *arena,
                                  struct stomp_frame *frame, struct error *error)
{
    size_t at = line_length(cut->head, cut->head_length);
    size_t lines = count_lines(cut->head, cut->head_length);
    if (lines > STOMP_HEADERS + 1)
        return broken(error, "it has too many headers");
    struct stomp_header *headers = arena_get(arena, lines ? lines : 1, sizeof *headers);
    frame->command = arena_text_of(arena, cut->head, without_return(cut->head, at, STOMP_NONE));
    for (at++; at < cut->head_length;) {
        size_t line = line_length(cut->head + at, cut->head_length - at);
        size_t length = without_return(cut->head + at, line, version);
        if (!read_header(cut->head + at, length, version, arena, &headers[frame->header_count]))
            return broken(error, "a header has no colon, no name or an unknown escape");
        frame->header_count++;
        at += line + 1;
    }
    frame->headers = headers;
    return STOMP_FRAME;
}

enum stomp_state stomp_parse(const char *bytes, size_t length, enum stomp_version version,
                             struct arena *arena, struct stomp_frame *frame, size_t *used,
                             struct error *error)
{
    struct cut cut = {0};
    *frame = (struct stomp_frame){0};
    enum stomp_state state = cut_frame(bytes, length, &cut, error);
    *used = cut.used;
    if (state != STOMP_FRAME)
        return state;
    /* The broker's CONNECTED has no escapes whatever version it announces. */
    bool connected = cut.head_length >= 9 && memcmp(cut.head, "CONNECTED", 9) == 0;
    frame->body = arena_text_of(arena, cut.body, cut.body_length);
    frame->body_length = cut.body_length;
    return read_head(&cut, connected ? STOMP_NONE : version, arena, frame, error);
}

const char *stomp_header(const struct stomp_frame *frame, const char *name)
{
    for (size_t i = 0; i < frame->header_count; i++)
        if (strcmp(frame->headers[i].name, name) == 0)
            return frame->headers[i].value;
    return NULL;
}

static bool write_part(struct text *text, enum stomp_version version, const char *part)
{
    for (; *part; part++) {
        size_t i = 0;
        while (i < ESCAPES && (escapes[i].byte != *part || version < escapes[i].since))
            i++;
        if (i < ESCAPES)
            text_format(text, "\\%c", escapes[i].letter);
        else if (*part == '\n' || *part == '\r')
            return false;
        else
            text_add_char(text, *part);
    }
    return true;
}

bool stomp_write(struct text *text, enum stomp_version version, const struct stomp_frame *frame,
                 struct error *error)
{
    text_format(text, "%s\n", frame->command);
    for (size_t i = 0; i < frame->header_count; i++) {
        const struct stomp_header *header = &frame->headers[i];
        if (!write_part(text, version, header->name))
            return error_set(error, "a header's name has a line break");
        text_add_char(text, ':');
        if (!write_part(text, version, header->value)) /* which may be a secret: only its name is told */
            return error_set(error, "the header \"%s\" has a line break", header->name);
        text_add_char(text, '\n');
    }
    text_add_char(text, '\n');
    text_add_bytes(text, frame->body ? frame->body : "", frame->body_length);
    text_add_char(text, '\0');
    return true;
}
