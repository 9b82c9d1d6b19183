/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking ActiveMQ for its statistics: activemq_read of activemq.h. */
#include "collectors/activemq.h"

#include "collectors/stomp.h"

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#define BROKER      "/queue/ActiveMQ.Statistics.Broker"
#define DESTINATION "/queue/ActiveMQ.Statistics.Destination."

/* Without the plugin a question is an ordinary message: it is to go away by itself, whatever the clocks say. */
enum { EXPIRES = 3600 };

struct question {
    struct stomp *stomp;
    const char *queue; /* NULL: the broker */
    const char *reply; /* the temporary queue of this run */
    struct activemq_map *maps;
    size_t count, room;
};

static const char *unique_name(struct arena *arena)
{
    uint64_t random[2] = {0};
    if (getrandom(random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random[0] = (uint64_t)time(NULL);
    return arena_format(arena, "/temp-queue/watchbill-%d-%016llx%016llx", (int)getpid(),
                        (unsigned long long)random[0], (unsigned long long)random[1]);
}

static enum source_end ask(const struct question *question, struct error *error)
{
    struct arena *arena = question->stomp->run->arena;
    const char *until = arena_format(arena, "%lld", ((long long)time(NULL) + EXPIRES) * 1000);
    const struct stomp_header subscribe[] = {{"id", "watchbill"},
                                             {"destination", question->reply},
                                             {"ack", "auto"},
                                             {"transformation", "jms-map-xml"}};
    const struct stomp_header of_queue[] = {
        {"destination", arena_format(arena, DESTINATION "%s", question->queue ? question->queue : "")},
        {"reply-to", question->reply},
        {"expires", until}};
    const struct stomp_header of_broker[] = {
        {"destination", BROKER}, {"reply-to", question->reply}, {"expires", until}};
    const struct stomp_frame frames[] = {
        {"SUBSCRIBE", subscribe, 4, "", 0}, {"SEND", of_queue, 3, "", 0}, {"SEND", of_broker, 3, "", 0}};
    if (question->queue)
        return stomp_send(question->stomp, frames, 3, error);
    enum source_end end = stomp_send(question->stomp, &frames[0], 1, error);
    return end == SOURCE_READ ? stomp_send(question->stomp, &frames[2], 1, error) : end;
}

static void keep(struct question *question, const struct activemq_map *map)
{
    if (question->count == question->room) {
        size_t room = question->room ? 2 * question->room : 1;
        struct activemq_map *grown = arena_get(question->stomp->run->arena, room, sizeof *grown);
        if (question->count > 0)
            memcpy(grown, question->maps, question->count * sizeof *grown);
        question->maps = grown;
        question->room = room;
    }
    question->maps[question->count++] = *map;
}

static bool is_pattern(const char *queue)
{
    return strpbrk(queue, "*>") != NULL;
}

/* ${whole}: nothing more is to come. */
static enum source_end take_answer(struct question *question, bool *whole, struct error *error)
{
    struct stomp_frame frame;
    struct activemq_map map;
    enum source_end end = stomp_receive(question->stomp, &frame, error);
    if (end != SOURCE_READ || strcmp(frame.command, "MESSAGE") != 0)
        return end;
    if (!activemq_parse(frame.body, frame.body_length, question->stomp->run->arena, &map, error)) {
        (void)error_prefix(error, "\"%s\"", question->stomp->link.place);
        return SOURCE_UNREADABLE;
    }
    bool of_broker = activemq_queue_name(&map) == NULL;
    *whole = question->queue ? of_broker || !is_pattern(question->queue) : true;
    if (of_broker == (question->queue == NULL))
        keep(question, &map);
    if (question->count < ACTIVEMQ_MAPS)
        return SOURCE_READ;
    (void)error_set(error, "more than %d queues match \"%s\"", ACTIVEMQ_MAPS, question->queue);
    return SOURCE_UNREADABLE;
}

static enum source_end collect(struct question *question, struct error *error)
{
    bool whole = false;
    enum source_end end = ask(question, error);
    while (end == SOURCE_READ && !whole)
        end = take_answer(question, &whole, error);
    if (end == SOURCE_TIMEOUT)
        (void)error_set(error,
                        "waiting for the statistics from \"%s\": does the broker have the statistics plugin, "
                        "and its libraries for maps over STOMP?",
                        question->stomp->link.place);
    return end;
}

enum source_end activemq_read(const struct activemq_source *source, struct run *run, const char *queue,
                              struct activemq_answer *answer, struct error *error)
{
    const struct stomp_login login = {
        .host = source->host, .port = source->port, .user = source->user, .password = source->password};
    struct stomp stomp;
    struct question question = {.stomp = &stomp, .queue = queue, .reply = unique_name(run->arena)};
    enum source_end end = stomp_open(&stomp, run, &login, error);
    if (end == SOURCE_READ)
        end = collect(&question, error);
    stomp_close(&stomp);
    *answer = (struct activemq_answer){question.maps, question.count};
    return end;
}
