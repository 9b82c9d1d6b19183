/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any output of a plugin becomes JSON; what was read as an item has a label and a number or none. */
#include "lib/plugin_output.h"

#include <math.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plugin_output output;
    plugin_output_parse(&output, (const char *)data, size);
    for (size_t i = 0; i < output.item_count; i++)
        if (output.items[i].label[0] == '\0' || isinf(output.items[i].value))
            abort();
    plugin_output_release(&output);
    json_decref(plugin_output_json((const char *)data, size, size ? data[0] : 0));
    return 0;
}
