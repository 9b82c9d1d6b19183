/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes on the stream between the daemon and the keeper of the series: a row that is taken is written the same. */
#include "lib/series_wire.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_rows(const char *body, size_t length)
{
    struct series_row row;
    size_t taken;
    for (size_t at = 0; at < length && (taken = series_wire_read_row(body + at, length - at, &row)) > 0;
         at += taken) {
        struct text text = TEXT_INIT;
        assert(taken <= length - at);
        assert(row.archive_count <= SERIES_ARCHIVES_MOST && strlen(row.path) <= SERIES_PATH_MOST);
        assert(memchr(row.type, '\0', sizeof row.type));
        series_wire_add_row(&text, &row);
        assert(series_wire_read_row(text.bytes, text.length, &row) == text.length);
        text_release(&text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    enum series_frame kind;
    const char *body;
    int64_t size = series_wire_frame((const char *)bytes, length, &kind, &body);
    if (size >= 0) {
        assert((size_t)size + SERIES_HEADER <= length);
        check_rows(body, (size_t)size);
    }
    check_rows((const char *)bytes, length);
    return 0;
}
