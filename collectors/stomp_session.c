/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with a STOMP broker, over collectors/socket.h. */
#include "collectors/stomp.h"

#include <strings.h>
#include <sys/socket.h>

enum { HEADERS_OF_CONNECT = 5 };

static void wipe(struct text *text)
{
    if (text->room > 0)
        explicit_bzero(text->bytes, text->room);
    text_release(text);
}

/* Words by which brokers say that a right is missing. */
static bool tells_of_rights(const char *words)
{
    static const char *const signs[] = {"not authorized", "not authorised", "access refused",
                                        "access denied",  "access_refused", "securityexception"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strcasestr(words, signs[i]))
            return true;
    return false;
}

/* An ERROR frame in one sentence: its header, or the first line of its body. */
static void explain(const struct stomp *stomp, const struct stomp_frame *frame, struct error *error)
{
    const char *words = stomp_header(frame, "message");
    if (!words || *words == '\0')
        words = frame->body;
    (void)error_set(error, "\"%s\" answers: %.*s", stomp->link.place, (int)strcspn(words, "\r\n"), words);
}

static enum source_end receive_more(struct stomp *stomp, bool *closed, struct error *error)
{
    struct text *received = &stomp->received;
    size_t rest = received->length - stomp->used;
    if (stomp->used > 0) {
        memmove(received->bytes, received->bytes + stomp->used, rest + 1);
        received->length = rest;
        stomp->used = 0;
    }
    enum source_end end = socket_receive(stomp->run, &stomp->link, received, closed, error);
    stomp->total += received->length - rest;
    return end;
}

/* What a broker may send in one session: many small frames fill memory as well as one large one. */
static bool is_too_much(const struct stomp *stomp, struct error *error)
{
    if (stomp->total <= STOMP_SESSION_CAP && stomp->frames <= STOMP_SESSION_FRAMES)
        return false;
    (void)error_set(error, "\"%s\" sends more than %d MB or %d frames", stomp->link.place,
                    STOMP_SESSION_CAP >> 20, STOMP_SESSION_FRAMES);
    return true;
}

static enum source_end next_frame(struct stomp *stomp, struct stomp_frame *frame, struct error *error)
{
    enum source_end end = SOURCE_READ;
    bool closed = false;
    while (end == SOURCE_READ) {
        size_t used;
        enum stomp_state state =
            stomp_parse(stomp->received.bytes + stomp->used, stomp->received.length - stomp->used,
                        stomp->version, stomp->run->arena, frame, &used, error);
        stomp->used += used;
        stomp->frames += state == STOMP_FRAME;
        if (state == STOMP_BROKEN)
            (void)error_prefix(error, "\"%s\"", stomp->link.place);
        if (state == STOMP_BROKEN || is_too_much(stomp, error))
            return SOURCE_UNREADABLE;
        if (state == STOMP_FRAME)
            return SOURCE_READ;
        if (closed) {
            (void)error_set(error, "\"%s\" closed the connection in the middle of its answer",
                            stomp->link.place);
            return SOURCE_FAULT;
        }
        end = receive_more(stomp, &closed, error);
    }
    return end;
}

enum source_end stomp_receive(struct stomp *stomp, struct stomp_frame *frame, struct error *error)
{
    enum source_end end = next_frame(stomp, frame, error);
    if (end != SOURCE_READ || strcmp(frame->command, "ERROR") != 0)
        return end;
    explain(stomp, frame, error);
    const char *words = stomp_header(frame, "message");
    bool denied = tells_of_rights(words ? words : "") || tells_of_rights(frame->body);
    return denied ? SOURCE_UNREADABLE : SOURCE_FAULT;
}

enum source_end stomp_send(struct stomp *stomp, const struct stomp_frame *frames, size_t count,
                           struct error *error)
{
    struct text text = TEXT_INIT;
    enum source_end end = SOURCE_READ;
    for (size_t i = 0; i < count && end == SOURCE_READ; i++)
        if (!stomp_write(&text, stomp->version, &frames[i], error))
            end = SOURCE_UNREADABLE;
    if (end == SOURCE_READ)
        end = socket_send(stomp->run, &stomp->link, text.bytes, text.length, error);
    wipe(&text);
    return end;
}

/* A broker that names no version speaks 1.0. */
static enum stomp_version version_of(const struct stomp_frame *connected)
{
    const char *version = stomp_header(connected, "version");
    if (version && strcmp(version, "1.2") == 0)
        return STOMP_1_2;
    return version && strcmp(version, "1.1") == 0 ? STOMP_1_1 : STOMP_1_0;
}

static enum source_end log_in(struct stomp *stomp, const struct stomp_login *login, struct error *error)
{
    struct stomp_header headers[HEADERS_OF_CONNECT] = {
        {"accept-version", "1.0,1.1,1.2"}, {"host", login->host}, {"heart-beat", "0,0"}};
    struct stomp_frame connect = {.command = "CONNECT", .headers = headers, .header_count = 3};
    struct stomp_frame answer;
    if (login->user)
        headers[connect.header_count++] = (struct stomp_header){"login", login->user};
    if (login->password)
        headers[connect.header_count++] = (struct stomp_header){"passcode", login->password};
    enum source_end end = stomp_send(stomp, &connect, 1, error);
    if (end == SOURCE_READ)
        end = next_frame(stomp, &answer, error);
    if (end != SOURCE_READ)
        return end;
    if (strcmp(answer.command, "CONNECTED") == 0) {
        stomp->version = version_of(&answer);
        return SOURCE_READ;
    }
    if (strcmp(answer.command, "ERROR") == 0)
        explain(stomp, &answer, error);
    else
        (void)error_set(error, "\"%s\" answers to CONNECT with \"%s\"", stomp->link.place, answer.command);
    return SOURCE_UNREADABLE;
}

enum source_end stomp_open(struct stomp *stomp, struct run *run, const struct stomp_login *login,
                           struct error *error)
{
    *stomp = (struct stomp){.run = run, .link = {.fd = -1}, .received = TEXT_INIT};
    enum source_end end =
        socket_open(run, login->host, login->port ? login->port : STOMP_PORT, &stomp->link, error);
    return end == SOURCE_READ ? log_in(stomp, login, error) : end;
}

void stomp_close(struct stomp *stomp)
{
    static const char goodbye[] = "DISCONNECT\n\n";
    if (stomp->link.fd >= 0 && stomp->version != STOMP_NONE)
        (void)send(stomp->link.fd, goodbye, sizeof goodbye, MSG_NOSIGNAL | MSG_DONTWAIT);
    socket_close(&stomp->link);
    text_release(&stomp->received);
}
