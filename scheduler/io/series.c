/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples are gathered into frames of up to some hundred, which wait in order; one is with the storing child at a
 * time. Pictures wait for the drawing child, so that neither keeps the other from its work. */
#include "scheduler/io/series.h"

#include "lib/memory.h"
#include "lib/series_wire.h"
#include "lib/text.h"
#include "scheduler/io/series_child.h"

#include <math.h>
#include <sys/stat.h>
#include <errno.h>

enum {
    FRAME_ROWS = 512,
    QUEUE_ROWS = 65536,
    QUEUE_BYTES = 16 << 20,
    GATHER = 100000,       /* microseconds that a frame waits for more rows */
    RETRY = 1000000,       /* after a child that could not be started */
    ANSWER_WITHIN = 10000, /* ms, for a frame or a picture */
    END_WITHIN = 2000000,  /* microseconds for what waits when the daemon ends */
    PICTURES_WAITING = 64,
    TROUBLE_LASTS =
        90 * 1000000, /* microseconds after the last failure: more than the usual pause of a check */
};

struct frame {
    struct frame *next;
    struct text bytes;
    size_t place; /* of the header */
    size_t rows;
};

struct picture {
    struct picture *next;
    struct text bytes;
    series_drawn *drawn;
    void *owner;
};

struct series {
    struct loop *loop;
    struct series_child *storing, *drawing;
    struct loop_timer *timer;   /* for the next frame */
    struct frame *first, *last; /* waiting; the last may still grow */
    size_t flying;              /* rows of the frame that the child has */
    size_t queue_bytes;
    struct picture *pictures, *last_picture; /* the first is being drawn when the child is busy */
    struct series_counts counts;
    struct error trouble;
    int64_t failed_at; /* loop_now's clock */
};

static void note_failure(struct series *series, uint64_t rows, const char *sentence)
{
    series->counts.failed += rows;
    if (!*sentence)
        return;
    error_set(&series->trouble, "%s", sentence);
    series->failed_at = loop_now();
}

/* ---- storing ---- */

/* Hands the oldest frame to the child, if that is free. */
static void store_next(struct series *series)
{
    struct frame *frame = series->first;
    struct error error = {""};
    if (!frame || series_child_busy(series->storing))
        return;
    size_t bytes = frame->bytes.length;
    series_wire_end(&frame->bytes, frame->place);
    if (!series_child_ask(series->storing, &frame->bytes, &error)) {
        note_failure(series, 0, error.text);
        loop_timer_at(series->timer, loop_now() + RETRY);
        return;
    }
    series->flying = frame->rows;
    series->queue_bytes -= bytes;
    series->first = frame->next;
    if (!series->first)
        series->last = NULL;
    free(frame);
}

static void store_due(void *owner)
{
    store_next(owner);
}

/* The next full frame goes at once, another one when its time has come. */
static void store_go_on(struct series *series)
{
    series->counts.waiting -= series->flying;
    series->flying = 0;
    if (series->first && series->first->rows >= FRAME_ROWS)
        store_next(series);
    else if (series->first)
        loop_timer_at(series->timer, loop_now() + GATHER);
}

static void store_answered(void *owner, enum series_frame kind, const char *body, size_t length)
{
    struct series *series = owner;
    struct series_stored stored = {0, series->flying};
    if (kind == SERIES_STORED && length >= sizeof stored) {
        struct error said;
        memcpy(&stored, body, sizeof stored);
        error_set(&said, "%.*s", (int)(length - sizeof stored), body + sizeof stored);
        note_failure(series, stored.failed, said.text);
    } else {
        note_failure(series, stored.failed, "watchbill-series gave an answer that has no meaning");
    }
    series->counts.stored += stored.stored;
    store_go_on(series);
}

static void store_failed(void *owner, const char *sentence)
{
    struct series *series = owner;
    note_failure(series, series->flying, sentence);
    store_go_on(series);
}

static struct frame *frame_for_row(struct series *series)
{
    struct frame *frame = series->last;
    if (frame && frame->rows < FRAME_ROWS)
        return frame;
    frame = memory_get(1, sizeof *frame);
    frame->bytes = (struct text)TEXT_INIT;
    frame->place = series_wire_begin(&frame->bytes, SERIES_STORE);
    series->queue_bytes += frame->bytes.length;
    if (series->last)
        series->last->next = frame;
    else
        series->first = frame;
    series->last = frame;
    return frame;
}

/* false: it can never be stored. */
static bool make_row(struct series_row *row, const struct sample *sample)
{
    struct text path = TEXT_INIT;
    size_t count = sample->archives->count;
    series_path(&path, sample->host, sample->check, sample->label);
    bool ok = path.length <= SERIES_PATH_MOST && count <= SERIES_ARCHIVES_MOST &&
              strlen(sample->type) < sizeof row->type;
    if (ok) {
        memset(row->type, 0, sizeof row->type);
        memcpy(row->type, sample->type, strlen(sample->type));
        memcpy(row->path, path.bytes, path.length + 1);
        row->archive_count = (uint32_t)count;
        for (size_t i = 0; i < count; i++)
            row->archives[i] =
                (struct series_archive){sample->archives->items[i].every, sample->archives->items[i].keep};
        row->value = sample->value;
        row->min = sample->min;
        row->max = sample->max;
        row->at = sample->at;
        row->step = sample->step;
        row->heartbeat = sample->heartbeat;
    }
    text_release(&path);
    return ok;
}

void series_store(struct series *series, const struct sample *sample)
{
    struct series_row row;
    struct error error;
    if (sample->at > loop_wall() + sample->step) {
        /* An update in the future would make librrd refuse all later ones. */
        error_set(&error, "\"%s/%s\" \"%s\": its value is of a time in the future", sample->host,
                  sample->check, sample->label);
        note_failure(series, 1, error.text);
    } else if (series->counts.waiting >= QUEUE_ROWS || series->queue_bytes >= QUEUE_BYTES) {
        series->counts.dropped++;
    } else if (!make_row(&row, sample)) {
        error_set(&error, "\"%s/%s\" \"%s\": it has an impossible name, type or number of archives",
                  sample->host, sample->check, sample->label);
        note_failure(series, 1, error.text);
    } else {
        bool idle = !series->first && series->flying == 0;
        struct frame *frame = frame_for_row(series);
        size_t before = frame->bytes.length;
        series_wire_add_row(&frame->bytes, &row);
        series->queue_bytes += frame->bytes.length - before;
        series->counts.waiting++;
        if (++frame->rows >= FRAME_ROWS)
            store_next(series);
        else if (idle)
            loop_timer_at(series->timer, loop_now() + GATHER);
    }
}

/* ---- drawing ---- */

static void draw_next(struct series *series);

/* The first picture is done with. */
static void draw_end(struct series *series, const void *bytes, size_t length, const char *sentence)
{
    struct picture *picture = series->pictures;
    series->pictures = picture->next;
    if (!series->pictures)
        series->last_picture = NULL;
    picture->drawn(picture->owner, bytes, length, sentence);
    text_release(&picture->bytes);
    free(picture);
}

static void draw_next(struct series *series)
{
    struct error error = {""};
    while (series->pictures && !series_child_busy(series->drawing) &&
           !series_child_ask(series->drawing, &series->pictures->bytes, &error))
        draw_end(series, NULL, 0, error.text);
}

static void draw_answered(void *owner, enum series_frame kind, const char *body, size_t length)
{
    struct series *series = owner;
    struct error said;
    error_set(&said, "%.*s", kind == SERIES_REFUSED ? (int)length : 0, body);
    if (kind == SERIES_PICTURE)
        draw_end(series, body, length, NULL);
    else
        draw_end(series, NULL, 0, said.text);
    draw_next(series);
}

static void draw_failed(void *owner, const char *sentence)
{
    draw_end(owner, NULL, 0, sentence);
    draw_next(owner);
}

void series_draw(struct series *series, const json_t *graph, series_drawn *drawn, void *owner)
{
    size_t waiting = 0;
    for (const struct picture *picture = series->pictures; picture; picture = picture->next)
        waiting++;
    char *request = waiting < PICTURES_WAITING ? json_dumps(graph, JSON_COMPACT) : NULL;
    if (!request) {
        drawn(owner, NULL, 0, "too many pictures are being drawn");
        return;
    }
    struct picture *picture = memory_get(1, sizeof *picture);
    picture->bytes = (struct text)TEXT_INIT;
    picture->drawn = drawn;
    picture->owner = owner;
    size_t place = series_wire_begin(&picture->bytes, SERIES_DRAW);
    text_add(&picture->bytes, request);
    series_wire_end(&picture->bytes, place);
    free(request);
    if (series->last_picture)
        series->last_picture->next = picture;
    else
        series->pictures = picture;
    series->last_picture = picture;
    draw_next(series);
}

/* ---- beginning and end ---- */

static bool start_children(struct series *series, const struct series_settings *settings, struct error *error)
{
    static const struct series_child_calls store_calls = {store_answered, store_failed};
    static const struct series_child_calls draw_calls = {draw_answered, draw_failed};
    struct text program = TEXT_INIT;
    text_format(&program, "%s/watchbill-series", settings->libexec);
    const char *argv[] = {program.bytes, settings->directory, settings->rrdcached, NULL};
    series->storing = series_child_create(series->loop, argv, ANSWER_WITHIN, store_calls, series, error);
    if (series->storing)
        series->drawing = series_child_create(series->loop, argv, ANSWER_WITHIN, draw_calls, series, error);
    text_release(&program);
    return series->drawing != NULL;
}

struct series *series_create(struct loop *loop, const struct series_settings *settings, struct error *error)
{
    struct series *series = memory_get(1, sizeof *series);
    series->loop = loop;
    series->timer = loop_timer_add(loop, store_due, series);
    bool ok = mkdir(settings->directory, 0750) == 0 || errno == EEXIST ||
              error_set(error, "the folder \"%s\" cannot be made: %s", settings->directory, strerror(errno));
    if (!ok || !start_children(series, settings, error)) {
        series_free(series);
        series = NULL;
    }
    return series;
}

static void drain(struct series *series)
{
    int64_t until = loop_now() + END_WITHIN, left = END_WITHIN;
    while (series->counts.waiting > 0 && left > 0) {
        store_next(series);
        if (!series_child_busy(series->storing))
            break;
        series_child_wait(series->storing, left / 1000 + 1);
        left = until - loop_now();
    }
}

void series_free(struct series *series)
{
    if (!series)
        return;
    if (series->storing)
        drain(series);
    while (series->first) {
        struct frame *next = series->first->next;
        text_release(&series->first->bytes);
        free(series->first);
        series->first = next;
    }
    series_child_free(series->storing);
    series_child_free(series->drawing);
    while (series->pictures)
        draw_end(series, NULL, 0, "the scheduler is ending");
    loop_timer_remove(series->timer);
    free(series);
}

void series_counts(const struct series *series, struct series_counts *counts)
{
    *counts = series->counts;
}

const char *series_trouble(const struct series *series)
{
    bool lasts = series->trouble.text[0] && loop_now() - series->failed_at < TROUBLE_LASTS;
    return lasts ? series->trouble.text : NULL;
}
