/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/json.h"

#include <math.h>

void json_set(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new(object, key, value) != 0)
        abort();
}

void json_add(json_t *array, json_t *value)
{
    if (!value || json_array_append_new(array, value) != 0)
        abort();
}

json_t *json_number_of(double value)
{
    static const double largest = 9007199254740992.0; /* 2^53 */
    if (!isfinite(value))
        return json_null();
    if (fabs(value) < largest && fpclassify(value - trunc(value)) == FP_ZERO)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static int add_bytes(const char *bytes, size_t length, void *text)
{
    text_add_bytes(text, bytes, length);
    return 0;
}

void json_write(struct text *text, const json_t *document)
{
    if (json_dump_callback(document, add_bytes, text, JSON_COMPACT | JSON_REAL_PRECISION(15)) != 0)
        abort();
    text_add_char(text, '\n');
}
