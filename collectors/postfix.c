/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/postfix.h"

#include "lib/text.h"

static const struct {
    const char *name;
    bool required; /* every queue directory has it */
} folders[POSTFIX_QUEUES] = {
    [POSTFIX_MAILDROP] = {"maildrop", false}, [POSTFIX_INCOMING] = {"incoming", true},
    [POSTFIX_ACTIVE] = {"active", true},      [POSTFIX_DEFERRED] = {"deferred", true},
    [POSTFIX_HOLD] = {"hold", false},         [POSTFIX_CORRUPT] = {"corrupt", false},
};

const char *postfix_queue_name(enum postfix_queue queue)
{
    return folders[queue].name;
}

static void add(struct spool *all, const struct spool *one)
{
    if (one->entries == 0)
        return;
    if (all->entries == 0 || one->oldest > all->oldest)
        all->oldest = one->oldest;
    if (all->entries == 0 || one->newest < all->newest)
        all->newest = one->newest;
    all->entries += one->entries;
    all->bytes += one->bytes;
}

enum spool_result postfix_read(const char *directory, int64_t now, int64_t deadline, struct postfix *postfix,
                               struct error *error)
{
    struct text path = TEXT_INIT;
    enum spool_result result = SPOOL_READ;
    *postfix = (struct postfix){0};
    for (size_t i = 0; i < POSTFIX_QUEUES && result == SPOOL_READ; i++) {
        text_clear(&path);
        text_format(&path, "%s/%s", directory, folders[i].name);
        const struct spool_question question = {
            .directory = path.bytes, .recursive = true, .by_birth = true, .now = now, .deadline = deadline};
        result = spool_read(&question, &postfix->queues[i], error);
        if (result == SPOOL_MISSING && !folders[i].required)
            result = SPOOL_READ;
        add(&postfix->all, &postfix->queues[i]);
    }
    text_release(&path);
    return result;
}
