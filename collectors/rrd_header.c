/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rrd_header.h"

#include <assert.h>

struct head {
    char magic[4], version[5];
    uint64_t cookie; /* a number of floating point: tells other architectures */
    unsigned long sources, archives, step;
    double parameters[10];
};

struct source {
    char name[20], type[20];
    double parameters[10];
};

struct archive {
    char function[20];
    unsigned long rows, steps;
    double parameters[10];
};

static const uint64_t cookie = UINT64_C(0x5b1f2b43c7c0252f); /* 8.642135E130 */
static const uint64_t longest = UINT64_C(100) * 366 * 86400; /* seconds */

static bool check_head(const struct head *head, struct error *error)
{
    static const uint64_t room = (RRD_HEADER_CAP - sizeof *head) / sizeof(struct source);
    if (memcmp(head->magic, "RRD", 4) != 0)
        return error_set(error, "not an RRD file");
    if (head->cookie != cookie)
        return error_set(error, "an RRD file of another architecture, or a damaged one");
    if (head->sources == 0 || head->archives == 0 || head->step == 0)
        return error_set(error, "a damaged RRD file: it says that it has no source, no archive or no step");
    if (head->sources > room || head->archives > room - head->sources)
        return error_set(error, "a damaged RRD file: it says that it has %lu sources and %lu archives",
                         head->sources, head->archives);
    return head->step <= longest ||
           error_set(error, "a damaged RRD file: it says that its step is %lu s", head->step);
}

static bool check_archive(const struct head *head, const struct archive *archive, uint64_t *left,
                          struct error *error)
{
    uint64_t row = head->sources * sizeof(double);
    assert(row > 0);
    if (archive->rows == 0 || archive->rows > *left / row)
        return error_set(error,
                         "a damaged or truncated RRD file: it has no room for the %lu rows of an archive",
                         archive->rows);
    *left -= archive->rows * row;
    return (archive->steps > 0 && archive->steps <= longest / head->step) ||
           error_set(error, "a damaged RRD file: it says that a row is of %lu steps", archive->steps);
}

bool rrd_header_check(const void *bytes, size_t length, uint64_t size, struct error *error)
{
    struct head head;
    if (length < sizeof head)
        return error_set(error, length == 0 ? "the file is empty" : "not an RRD file: it is too short");
    memcpy(&head, bytes, sizeof head);
    if (!check_head(&head, error))
        return false;
    size_t begin = sizeof head + head.sources * sizeof(struct source);
    if (length < begin + head.archives * sizeof(struct archive))
        return error_set(error, "a truncated RRD file: it ends within its head");
    bool ok = true;
    for (size_t i = 0; ok && i < head.archives; i++) {
        struct archive archive;
        memcpy(&archive, (const char *)bytes + begin + i * sizeof archive, sizeof archive);
        ok = check_archive(&head, &archive, &size, error);
    }
    return ok;
}
