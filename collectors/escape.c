/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/escape.h"

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit | 0x20) : NULL;
    return found && (digit >= 'A' || digit <= '9') ? (int)(found - digits) : -1;
}

bool escape_read(const char *string, struct text *bytes, struct error *error)
{
    static const char letters[] = "rnt0\\";
    static const char meanings[] = {'\r', '\n', '\t', '\0', '\\'};
    for (const char *at = string; *at; at++) {
        if (*at != '\\') {
            text_add_char(bytes, *at);
            continue;
        }
        at++;
        const char *letter = *at ? strchr(letters, *at) : NULL;
        int high = *at == 'x' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        if (letter) {
            text_add_char(bytes, meanings[letter - letters]);
        } else if (low >= 0) {
            text_add_char(bytes, (char)(high * 16 + low));
            at += 2;
        } else {
            return error_set(error, "\"\\%.1s\" is none of \\r \\n \\t \\0 \\\\ \\xHH: \"%s\"", at, string);
        }
    }
    return true;
}
