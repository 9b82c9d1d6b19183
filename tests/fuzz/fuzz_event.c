/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event that is handed in: what is taken has names of one line, a known type, and can be told in one. */
#include "scheduler/core/event.h"
#include "scheduler/core/notice.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(const struct event *event)
{
    struct text text = TEXT_INIT;
    json_t *row = json_pack("{s:s, s:s, s:s, s:O}", "subject", event->subject, "name", event->name, "type",
                            event->type, "data", event->data);
    if (!row)
        abort();
    notice_event(&text, row);
    if (text.length > 240 || strpbrk(text.bytes, "\r\n\t\x1b"))
        abort();
    text_release(&text);
    json_decref(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event;
    struct error error = {""};
    json_t *given = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
    if (event_read(given, "fuzz", &event, &error)) {
        tell(&event);
        event_release(&event);
    } else if (!error.text[0]) {
        abort();
    }
    json_decref(given);
    return 0;
}
