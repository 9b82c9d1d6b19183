/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/error.h"

#include <stdarg.h>

bool error_set(struct error *error, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    if (error) {
        struct error whole;
        va_list arguments;
        va_start(arguments, format);
        int used = vsnprintf(whole.text, sizeof whole.text, format, arguments);
        va_end(arguments);
        if (used >= 0 && (size_t)used < sizeof whole.text)
            (void)snprintf(whole.text + used, sizeof whole.text - (size_t)used, ": %s", error->text);
        *error = whole;
    }
    return false;
}
