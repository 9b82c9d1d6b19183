/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TZif format of RFC 8536, versions 1 to 4. Every count is checked against the bytes that are there. */
#include "lib/zone_internal.h"

#include "lib/memory.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, LONGEST_OFFSET = 26 * 3600 };

struct block {
    const unsigned char *times, *kinds, *types;
    size_t time_bytes; /* 4 in version 1, else 8 */
    size_t time_count, type_count, leap_count;
    size_t bytes; /* of the whole block without its header */
};

static uint32_t read_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const unsigned char *bytes, size_t width)
{
    if (width == 4)
        return (int32_t)read_32(bytes);
    return (int64_t)((uint64_t)read_32(bytes) << 32 | read_32(bytes + 4));
}

/* Where the parts of the block lie whose header begins at ${bytes}; false when they do not fit. */
static bool open_block(const unsigned char *bytes, size_t length, size_t width, struct block *block)
{
    if (length < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    uint64_t universal = read_32(bytes + 20), standard = read_32(bytes + 24), leaps = read_32(bytes + 28);
    uint64_t times = read_32(bytes + 32), types = read_32(bytes + 36), letters = read_32(bytes + 40);
    uint64_t needed =
        times * (width + 1) + types * TYPE_BYTES + letters + leaps * (width + 4) + standard + universal;
    if (needed > length - HEADER_BYTES)
        return false;
    block->times = bytes + HEADER_BYTES;
    block->kinds = block->times + times * width;
    block->types = block->kinds + times;
    block->time_bytes = width;
    block->time_count = times;
    block->type_count = types;
    block->leap_count = leaps;
    block->bytes = needed;
    return true;
}

static bool read_offset(const struct block *block, size_t type, int32_t *offset)
{
    if (type >= block->type_count)
        return false;
    *offset = (int32_t)read_32(block->types + type * TYPE_BYTES);
    return *offset > -LONGEST_OFFSET && *offset < LONGEST_OFFSET;
}

static bool read_changes(struct zone *zone, const struct block *block)
{
    zone->changes = memory_get(block->time_count + 1, sizeof *zone->changes);
    zone->offsets = memory_get(block->time_count + 1, sizeof *zone->offsets);
    zone->count = block->time_count;
    for (size_t i = 0; i < block->time_count; i++) {
        zone->changes[i] = read_time(block->times + i * block->time_bytes, block->time_bytes);
        if ((i > 0 && zone->changes[i] <= zone->changes[i - 1]) ||
            !read_offset(block, block->kinds[i], &zone->offsets[i]))
            return false;
    }
    return read_offset(block, 0, &zone->first);
}

/* The text between two newlines behind the second block; an empty one says nothing. */
static bool read_footer(struct zone *zone, const unsigned char *bytes, size_t length)
{
    const unsigned char *end = length > 1 ? memchr(bytes + 1, '\n', length - 1) : NULL;
    if (!end || bytes[0] != '\n')
        return false;
    size_t size = (size_t)(end - bytes) - 1;
    if (size == 0)
        return true;
    zone->ruled = true;
    return zone_rule_read((const char *)bytes + 1, size, &zone->rule);
}

static bool read_all(struct zone *zone, const unsigned char *bytes, size_t length, struct error *error)
{
    struct block block;
    if (!open_block(bytes, length, 4, &block))
        return error_set(error, "it is no time zone file, or it is cut short");
    if (bytes[4] >= '2') {
        size_t skipped = HEADER_BYTES + block.bytes;
        bytes += skipped;
        length -= skipped;
        if (!open_block(bytes, length, 8, &block))
            return error_set(error, "its 64-bit part is cut short");
    }
    if (block.leap_count > 0)
        return error_set(error, "it counts leap seconds");
    if (!read_changes(zone, &block))
        return error_set(error, "its changes are out of order or out of range");
    if (block.time_bytes == 8 &&
        !read_footer(zone, bytes + HEADER_BYTES + block.bytes, length - HEADER_BYTES - block.bytes))
        return error_set(error, "the rule at its end cannot be read");
    return true;
}

struct zone *zone_from_bytes(const unsigned char *bytes, size_t length, struct error *error)
{
    struct zone *zone = memory_get(1, sizeof *zone);
    if (!read_all(zone, bytes, length, error)) {
        zone_free(zone);
        return NULL;
    }
    return zone;
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->name);
    free(zone->changes);
    free(zone->offsets);
    free(zone);
}
