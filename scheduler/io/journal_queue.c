/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/journal_queue.h"

#include "lib/memory.h"

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static size_t row_bytes(const struct journal_row *row)
{
    return sizeof *row + text_size(row->key) + text_size(row->subject) + text_size(row->name) +
           text_size(row->type) + text_size(row->data);
}

static void row_release(struct journal_row *row)
{
    free(row->key);
    free(row->subject);
    free(row->name);
    free(row->type);
    free(row->data);
    row->key = row->subject = row->name = row->type = row->data = NULL;
}

static struct journal_row row_of(const struct entry *entry)
{
    char *data = entry->data ? json_dumps(entry->data, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (entry->data && !data)
        abort();
    return (struct journal_row){.kind = entry->kind,
                                .at = entry->at,
                                .key = memory_text(entry->key),
                                .subject = memory_text(entry->subject),
                                .name = memory_text(entry->name),
                                .type = memory_text(entry->type),
                                .severity = entry->severity,
                                .part = entry->part,
                                .data = data};
}

struct journal_batch *journal_queue_batch(const struct entry *entries, size_t count, journal_done *done,
                                          void *owner, int64_t now)
{
    struct journal_batch *batch = memory_get(1, sizeof *batch + count * sizeof batch->rows[0]);
    batch->done = done;
    batch->owner = owner;
    batch->since = now;
    batch->count = count;
    batch->bytes = sizeof *batch;
    for (size_t i = 0; i < count; i++) {
        batch->rows[i] = row_of(&entries[i]);
        batch->bytes += row_bytes(&batch->rows[i]);
    }
    return batch;
}

void journal_queue_free(struct journal_batch *batches)
{
    while (batches) {
        struct journal_batch *next = batches->next;
        for (size_t i = 0; i < batches->count; i++)
            row_release(&batches->rows[i]);
        free(batches);
        batches = next;
    }
}

static void batch_drop(struct journal_queue *queue, struct journal_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct journal_row *row = &batch->rows[i];
        if (row->dropped ||
            (row->kind != ENTRY_EVENT && row->kind != ENTRY_DECISION && row->kind != ENTRY_INPUT))
            continue;
        size_t freed = row_bytes(row) - sizeof *row;
        row_release(row);
        row->dropped = true;
        batch->bytes -= freed;
        queue->bytes -= freed;
        queue->dropped++;
    }
}

void journal_queue_add(struct journal_queue *queue, struct journal_batch *batch)
{
    if (queue->last)
        queue->last->next = batch;
    else
        queue->first = batch;
    queue->last = batch;
    queue->entries += batch->count;
    queue->bytes += batch->bytes;
    if (!queue->cursor)
        queue->cursor = batch;
    while (queue->bytes > queue->limit && queue->cursor) {
        batch_drop(queue, queue->cursor);
        queue->cursor = queue->cursor->next;
    }
}

struct journal_batch *journal_queue_take(struct journal_queue *queue, size_t most)
{
    struct journal_batch *taken = queue->first, *end = NULL;
    size_t count = 0;
    for (struct journal_batch *batch = taken; batch; batch = batch->next) {
        if (end && count + batch->count > most)
            break;
        count += batch->count;
        queue->entries -= batch->count;
        queue->bytes -= batch->bytes;
        if (queue->cursor == batch)
            queue->cursor = batch->next;
        end = batch;
    }
    if (end) {
        queue->first = end->next;
        end->next = NULL;
    }
    if (!queue->first)
        queue->last = NULL;
    return taken;
}

void journal_queue_return(struct journal_queue *queue, struct journal_batch *batches)
{
    struct journal_batch *end = NULL;
    for (struct journal_batch *batch = batches; batch; batch = batch->next) {
        queue->entries += batch->count;
        queue->bytes += batch->bytes;
        end = batch;
    }
    if (!end)
        return;
    end->next = queue->first;
    queue->first = batches;
    if (!queue->last)
        queue->last = end;
    queue->cursor = batches;
}
