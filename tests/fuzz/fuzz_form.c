/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a link or a form. What is read of a link is written as one that reads the same. */
#include "lib/form.h"
#include "scheduler/core/ack_link.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fields {
    const char *form;
    size_t length;
    struct text values[5];
    size_t count;
};

static const char *value_of(void *owner, const char *name)
{
    struct fields *fields = owner;
    struct text *value = &fields->values[fields->count++];
    *value = (struct text)TEXT_INIT;
    return form_find(fields->form, fields->length, name, value) ? value->bytes : NULL;
}

static bool read_link(struct ack_link *link, const char *form, size_t length)
{
    struct fields fields = {.form = form, .length = length};
    struct error error = {""};
    bool ok = ack_link_read(link, value_of, &fields, &error);
    for (size_t i = 0; i < fields.count; i++)
        text_release(&fields.values[i]);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ack_link link, back;
    if (read_link(&link, (const char *)data, size)) {
        struct text url = TEXT_INIT;
        ack_link_url(&url, "http://h", &link);
        const char *form = strchr(url.bytes, '?') + 1;
        if (!read_link(&back, form, strlen(form)) || memcmp(&link, &back, sizeof link) != 0)
            abort();
        text_release(&url);
    }
    return 0;
}
