/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes on the stream between the daemon and its processes. */
#include "lib/wire_run.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t touch(const char *bytes, size_t length)
{
    size_t sum = (unsigned char)bytes[length]; /* the NUL behind it is there */
    for (size_t i = 0; i < length; i++)
        sum += (unsigned char)bytes[i];
    return sum;
}

static void take(struct wire_run *run, const struct wire_frame *frame)
{
    struct wire_outcome outcome;
    volatile size_t sum = 0;
    if (wire_run_get(run, frame)) {
        for (char **word = run->argv; *word; word++)
            sum += touch(*word, strlen(*word));
        for (char **word = run->env; *word; word++)
            sum += touch(*word, strlen(*word));
        if (run->input)
            sum += touch(run->input, run->input_length);
    }
    if (wire_outcome_get(&outcome, frame))
        sum += touch(outcome.output, outcome.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire wire;
    struct wire_run run = {0};
    struct wire_frame frame;
    wire_init(&wire, -1, false);
    text_add_bytes(&wire.in, data, size);
    while (wire_next(&wire, &frame))
        take(&run, &frame);
    /* The same bytes as what stands in a sound frame of each kind. */
    struct text whole = TEXT_INIT;
    for (uint32_t kind = WIRE_RUN; kind <= WIRE_GONE; kind++) {
        size_t begun = wire_begin(&whole, kind, 7);
        text_add_bytes(&whole, data, size);
        wire_end(&whole, begun);
    }
    wire_release(&wire);
    text_add_bytes(&wire.in, whole.bytes, whole.length);
    while (wire_next(&wire, &frame))
        take(&run, &frame);
    text_release(&whole);
    wire_release(&wire);
    wire_run_release(&run);
    return 0;
}
