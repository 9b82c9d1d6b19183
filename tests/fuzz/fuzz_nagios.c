/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A main file up to the first NUL, objects behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    const char *end = size ? memchr(bytes, '\0', size) : NULL;
    size_t settings = end ? (size_t)(end - bytes) : 0;
    struct arena *arena = arena_create();
    struct nagios_source *source = nagios_source_create(arena);
    struct nagios_imported imported;
    nagios_text_settings(source, bytes, settings, "main");
    nagios_text_objects(source, bytes + settings, size - settings, "objects");
    nagios_import(source, NULL, &imported);
    if (imported.count < 2 || !nagios_setting(source, "interval_length", "60"))
        abort();
    arena_free(arena);
    return 0;
}
