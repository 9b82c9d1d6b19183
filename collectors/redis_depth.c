/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/redis_depth.h"

#include "lib/number.h"

#include <math.h>

enum { WORDS = 6 };

/* What one reading works on. */
struct asking {
    struct run *run;
    struct redis_link *link;
    const char *key;
    struct error *error;
    const struct redis_answer *answer; /* of the last question */
};

/* Words are ended by NULL. */
static enum source_end ask(struct asking *asking, const char *const *words)
{
    size_t count = 0;
    while (count < WORDS && words[count])
        count++;
    return redis_link_ask(asking->run, asking->link, words, count, &asking->answer, asking->error);
}

#define ASK(asking, ...) ask(asking, (const char *const[WORDS + 1]){__VA_ARGS__, NULL})

/* The last answer must be of this kind. */
static enum source_end expect(struct asking *asking, enum source_end end, enum redis_kind kind)
{
    if (end == SOURCE_READ && asking->answer->kind != kind)
        return redis_link_refused(asking->link, asking->answer, asking->error);
    return end;
}

static const char *text_at(const struct redis_answer *list, size_t index)
{
    if (list->kind != REDIS_LIST || index >= list->count || list->items[index]->kind != REDIS_TEXT)
        return NULL;
    return list->items[index]->text;
}

double redis_depth_id(const char *id)
{
    char digits[24];
    double milliseconds;
    size_t length = id ? strcspn(id, "-") : 0;
    if (length == 0 || length >= sizeof digits || id[length] != '-')
        return (double)NAN;
    memcpy(digits, id, length);
    digits[length] = '\0';
    return number_read(digits, false, &milliseconds) && milliseconds >= 0 ? milliseconds : (double)NAN;
}

static double number_of(const struct redis_answer *answer)
{
    return answer->kind == REDIS_NUMBER ? (double)answer->number : (double)NAN;
}

/* One group is a list of names and values in turn. */
static const struct redis_answer *field(const struct redis_answer *group, const char *name)
{
    for (size_t i = 0; group->kind == REDIS_LIST && i + 1 < group->count; i += 2) {
        const char *key = text_at(group, i);
        if (key && strcmp(key, name) == 0)
            return group->items[i + 1];
    }
    return NULL;
}

bool redis_depth_group(const struct redis_answer *answer, const char *name, struct redis_group *group)
{
    for (size_t i = 0; answer->kind == REDIS_LIST && i < answer->count; i++) {
        const struct redis_answer *found = field(answer->items[i], "name");
        if (!found || found->kind != REDIS_TEXT || strcmp(found->text, name) != 0)
            continue;
        const struct redis_answer *pending = field(answer->items[i], "pending");
        const struct redis_answer *lag = field(answer->items[i], "lag");
        const struct redis_answer *last = field(answer->items[i], "last-delivered-id");
        group->pending = pending ? number_of(pending) : (double)NAN;
        group->lag = lag ? number_of(lag) : (double)NAN;
        group->last = last ? last->text : "";
        return true;
    }
    return false;
}

/* The clock of Redis, in milliseconds: ids are made by it. */
static enum source_end read_clock(struct asking *asking, double *now)
{
    double seconds, microseconds;
    enum source_end end = expect(asking, ASK(asking, "TIME"), REDIS_LIST);
    *now = (double)NAN;
    if (end != SOURCE_READ)
        return end;
    const char *whole = text_at(asking->answer, 0);
    const char *part = text_at(asking->answer, 1);
    if (whole && part && number_read(whole, false, &seconds) && number_read(part, false, &microseconds))
        *now = seconds * 1000 + microseconds / 1000;
    return SOURCE_READ;
}

static double age(double now, const char *id)
{
    double made = redis_depth_id(id);
    return isnan(made) ? (double)NAN : number_higher(0, number_round(now - made, 0)) / 1000;
}

/* The age of the first entry of an answer to XRANGE; 0 when there is none. */
static double first_age(const struct redis_answer *answer, double now)
{
    if (answer->kind != REDIS_LIST)
        return (double)NAN;
    return answer->count == 0 ? 0 : age(now, text_at(answer->items[0], 0));
}

/* What the group has not finished begins with its first pending entry, or else behind what was delivered last. */
static enum source_end read_unfinished(struct asking *asking, const char *name,
                                       const struct redis_group *group, double now, struct redis_depth *depth)
{
    enum source_end end;
    if (group->pending > 0) {
        end = expect(asking, ASK(asking, "XPENDING", asking->key, name), REDIS_LIST);
        if (end == SOURCE_READ)
            depth->oldest = age(now, text_at(asking->answer, 1));
        return end;
    }
    const char *behind = arena_format(asking->run->arena, "(%s", group->last);
    end = ASK(asking, "XRANGE", asking->key, behind, "+", "COUNT", "1");
    if (end == SOURCE_READ)
        depth->oldest = first_age(asking->answer, now); /* before 6.2 this question is an error */
    return end;
}

static enum source_end read_group(struct asking *asking, const char *name, double now,
                                  struct redis_depth *depth)
{
    struct redis_group group;
    enum source_end end = expect(asking, ASK(asking, "XINFO", "GROUPS", asking->key), REDIS_LIST);
    if (end != SOURCE_READ)
        return end;
    if (!redis_depth_group(asking->answer, name, &group)) {
        depth->missing = true;
        (void)error_set(asking->error, "the stream \"%s\" has no group \"%s\"", asking->key, name);
        return SOURCE_READ;
    }
    depth->pending = group.pending;
    depth->undelivered = group.lag;
    return read_unfinished(asking, name, &group, now, depth);
}

static enum source_end read_stream(struct asking *asking, const char *group, struct redis_depth *depth)
{
    double now;
    enum source_end end = read_clock(asking, &now);
    if (end == SOURCE_READ)
        end = expect(asking, ASK(asking, "XREVRANGE", asking->key, "+", "-", "COUNT", "1"), REDIS_LIST);
    if (end != SOURCE_READ)
        return end;
    depth->newest = first_age(asking->answer, now);
    if (group)
        return read_group(asking, group, now, depth);
    end = expect(asking, ASK(asking, "XRANGE", asking->key, "-", "+", "COUNT", "1"), REDIS_LIST);
    if (end == SOURCE_READ)
        depth->oldest = first_age(asking->answer, now);
    return end;
}

static const char *size_command(const char *type)
{
    static const struct {
        const char *type, *command;
    } sizes[] = {
        {"list", "LLEN"}, {"set", "SCARD"}, {"zset", "ZCARD"}, {"hash", "HLEN"}, {"stream", "XLEN"},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (strcmp(sizes[i].type, type) == 0)
            return sizes[i].command;
    return NULL;
}

static enum source_end read_type(struct asking *asking, const char *type, const char *group,
                                 struct redis_depth *depth)
{
    const char *command = size_command(type);
    bool is_stream = strcmp(type, "stream") == 0;
    if (!command || (group && !is_stream)) {
        (void)error_set(asking->error, "\"%s\" is a %s: it has no %s", asking->key, type,
                        command ? "groups" : "entries");
        return SOURCE_UNREADABLE;
    }
    enum source_end end = expect(asking, ASK(asking, command, asking->key), REDIS_NUMBER);
    if (end != SOURCE_READ)
        return end;
    depth->entries = (double)asking->answer->number;
    return is_stream ? read_stream(asking, group, depth) : SOURCE_READ;
}

enum source_end redis_depth_read(struct run *run, struct redis_link *link, const char *key, const char *group,
                                 struct redis_depth *depth, struct error *error)
{
    struct asking asking = {.run = run, .link = link, .key = key, .error = error};
    *depth = (struct redis_depth){.entries = (double)NAN,
                                  .pending = (double)NAN,
                                  .undelivered = (double)NAN,
                                  .oldest = (double)NAN,
                                  .newest = (double)NAN};
    enum source_end end = expect(&asking, ASK(&asking, "TYPE", key), REDIS_TEXT);
    if (end != SOURCE_READ)
        return end;
    const char *type = asking.answer->text;
    if (strcmp(type, "none") != 0)
        return read_type(&asking, type, group, depth);
    depth->missing = true;
    (void)error_set(error, "no key \"%s\" at \"%s\"", key, redis_link_place(link));
    return SOURCE_READ;
}
