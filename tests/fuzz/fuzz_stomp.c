/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a broker's frames; the first byte chooses the version. What is read is written and read again. */
#include "collectors/stomp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void write_again(const struct stomp_frame *frame, enum stomp_version version, struct arena *arena)
{
    struct text text = TEXT_INIT;
    struct stomp_frame again;
    struct error error;
    size_t used;
    bool counted = memchr(frame->body, '\0', frame->body_length) != NULL;
    if (stomp_write(&text, version, frame, &error) && !counted) {
        enum stomp_state state = stomp_parse(text.bytes, text.length, version, arena, &again, &used, &error);
        assert(state == STOMP_FRAME || strcmp(frame->command, "CONNECTED") == 0);
        assert(state != STOMP_FRAME || again.header_count == frame->header_count);
    }
    text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    enum stomp_state state = STOMP_FRAME;
    enum stomp_version version = length ? (enum stomp_version)(bytes[0] % (STOMP_1_2 + 1)) : STOMP_NONE;
    for (size_t at = length > 0; state == STOMP_FRAME;) {
        struct stomp_frame frame;
        struct error error = {""};
        size_t used;
        state = stomp_parse((const char *)bytes + at, length - at, version, arena, &frame, &used, &error);
        assert(used <= length - at);
        assert(state != STOMP_BROKEN || error.text[0] != '\0');
        at += used;
        if (state == STOMP_FRAME) {
            assert(used > 0 && frame.command && frame.body[frame.body_length] == '\0');
            for (size_t i = 0; i < frame.header_count; i++)
                assert(stomp_header(&frame, frame.headers[i].name));
            write_again(&frame, version, arena);
        }
    }
    arena_free(arena);
    return 0;
}
