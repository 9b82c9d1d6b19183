/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill-series DIRECTORY [RRDCACHED]: stores and draws for the daemon, which is at the other end of standard
 * input, a socket. It answers each frame with one; it ends with the socket. librrd may block here or crash here:
 * the daemon ends this process and starts another. */
#include "lib/series_wire.h"
#include "scheduler/series/draw.h"
#include "scheduler/series/store.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool send_all(const struct text *text)
{
    size_t sent = 0;
    while (sent < text->length) {
        ssize_t count = send(STDIN_FILENO, text->bytes + sent, text->length - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return false;
        sent += count > 0 ? (size_t)count : 0;
    }
    return true;
}

static void answer_store(struct store *store, const char *body, size_t length, struct text *answer)
{
    struct series_stored stored = {0, 0};
    struct series_row row;
    struct error error = {""};
    size_t taken = 0;
    for (size_t at = 0; at < length; at += taken) {
        taken = series_wire_read_row(body + at, length - at, &row);
        if (taken == 0) {
            error_set(&error, "a row came in pieces");
            stored.failed++;
            break;
        }
        if (store_row(store, &row, &error))
            stored.stored++;
        else
            stored.failed++;
    }
    size_t place = series_wire_begin(answer, SERIES_STORED);
    text_add_bytes(answer, &stored, sizeof stored);
    text_add(answer, error.text);
    series_wire_end(answer, place);
}

static void answer_draw(const struct store *store, const char *body, size_t length, struct text *answer)
{
    struct text picture = TEXT_INIT;
    struct error error = {""};
    bool ok = draw_graph(&picture, store->directory, store->rrdcached, body, length, &error);
    size_t place = series_wire_begin(answer, ok ? SERIES_PICTURE : SERIES_REFUSED);
    if (ok)
        text_add_bytes(answer, picture.bytes, picture.length);
    else
        text_add(answer, error.text);
    series_wire_end(answer, place);
    text_release(&picture);
}

/* Answers the frames that are whole; false: the daemon speaks another language. */
static bool answer_frames(struct store *store, struct text *input)
{
    const char *body = NULL;
    enum series_frame kind = SERIES_STORE;
    size_t at = 0;
    int64_t length = 0;
    bool ok = true;
    while (ok && (length = series_wire_frame(input->bytes + at, input->length - at, &kind, &body)) >= 0) {
        struct text answer = TEXT_INIT;
        if (kind == SERIES_STORE)
            answer_store(store, body, (size_t)length, &answer);
        else if (kind == SERIES_DRAW)
            answer_draw(store, body, (size_t)length, &answer);
        ok = send_all(&answer);
        text_release(&answer);
        at += SERIES_HEADER + (size_t)length;
    }
    memmove(input->bytes, input->bytes + at, input->length - at);
    input->length -= at;
    return ok && length != -2;
}

int main(int argc, char **argv)
{
    struct store store = {0};
    struct text input = TEXT_INIT;
    ssize_t count = 1;
    if (argc < 2 || argc > 3) {
        (void)fprintf(stderr, "watchbill-series is started by watchbilld\n");
        return 3;
    }
    /* A daemon that died does not leave one that hangs in rrdcached behind. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGPIPE, SIG_IGN); /* an rrdcached that ended */
    (void)unsetenv("RRDCACHED_ADDRESS");
    store.directory = argv[1];
    store.rrdcached = argc > 2 ? argv[2] : NULL;
    while (count != 0) {
        char *end = text_reserve(&input, 65536);
        count = read(STDIN_FILENO, end, 65536);
        if (count < 0 && errno != EINTR)
            break;
        input.length += count > 0 ? (size_t)count : 0;
        if (count > 0 && !answer_frames(&store, &input))
            break;
    }
    text_release(&input);
    known_release(&store.known);
    return 0;
}
