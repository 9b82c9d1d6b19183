/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an RRD file: what passes the look at its head is opened and read by librrd. */
#include "collectors/rrd_file.h"
#include "collectors/rrd_header.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
const char *__lsan_default_suppressions(void);

/* librrd 1.7 loses sixteen bytes for each file that it refuses. */
const char *__lsan_default_suppressions(void)
{
    return "leak:librrd\n";
}

static void read_all(const struct rrd_file *file, struct arena *arena)
{
    static const int64_t spans[] = {3600, 86400, 86400 * 4000L};
    for (size_t i = 0; i < file->archive_count; i++)
        for (size_t k = 0; k < sizeof spans / sizeof spans[0]; k++) {
            struct rrd_values values;
            struct error error;
            (void)rrd_file_read(file, file->archives[i].function, 1000000000 - spans[k], 1000000000, &values,
                                arena, &error);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct error error = {""};
    if (!rrd_header_check(bytes, length < RRD_HEADER_CAP ? length : RRD_HEADER_CAP, length, &error)) {
        assert(error.text[0] != '\0');
        return 0;
    }
    char path[64];
    struct rrd_file file;
    struct arena *arena = arena_create();
    int memory = memfd_create("fuzz", MFD_CLOEXEC);
    assert(memory >= 0 && write(memory, bytes, length) == (ssize_t)length);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    if (rrd_file_open(&file, path, "out", arena, &error) || rrd_file_open(&file, path, NULL, arena, &error))
        read_all(&file, arena);
    (void)close(memory);
    arena_free(arena);
    return 0;
}
