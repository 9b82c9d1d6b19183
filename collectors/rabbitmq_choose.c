/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rabbitmq_choose.h"

#include "collectors/choice.h"

#include <fnmatch.h>
#include <math.h>

static int by_depth(const void *a, const void *b)
{
    const struct rabbitmq_queue *left = a, *right = b;
    double x = left->numbers[RABBITMQ_QUEUE_MESSAGES], y = right->numbers[RABBITMQ_QUEUE_MESSAGES];
    if (isnan(x) != isnan(y))
        return isnan(x) ? -1 : 1;
    if (x < y || x > y)
        return x < y ? 1 : -1;
    int order = strcmp(left->vhost, right->vhost);
    return order ? order : strcmp(left->name, right->name);
}

static bool is_meant(const struct rabbitmq_wish *wish, const struct choice *choice, const char *name)
{
    return (!wish->glob || fnmatch(wish->glob, name, 0) == 0) && choice_wants(choice, name) &&
           !choice_ignores(choice, name);
}

bool rabbitmq_choose(struct rabbitmq_queues *queues, const struct rabbitmq_wish *wish, struct error *error)
{
    struct choice choice;
    size_t kept = 0;
    if (!choice_init(&choice, wish->regex, wish->ignore, error))
        return false;
    for (size_t i = 0; i < queues->count; i++)
        if (is_meant(wish, &choice, queues->items[i].name))
            queues->items[kept++] = queues->items[i];
    choice_release(&choice);
    queues->count = kept;
    if (kept > 0)
        qsort(queues->items, kept, sizeof *queues->items, by_depth);
    return true;
}
