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
        size_t room = used >= 0 && (size_t)used < sizeof whole.text ? sizeof whole.text - (size_t)used : 0;
        if (room > 2) {
            size_t length = strnlen(error->text, room - 3);
            char *end = mempcpy(whole.text + used, ": ", 2);
            end = mempcpy(end, error->text, length);
            *end = '\0';
        }
        *error = whole;
    }
    return false;
}
