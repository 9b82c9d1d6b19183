/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every part of a letter comes from outside. What is composed is ASCII, each line ends with CRLF and is
 * within its limit, and no header stands there that was not asked for. */
#include "lib/mail.h"

#include "lib/memory.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct text *text, bool hypertext)
{
    size_t line = 0, headers = 0, borders = 0;
    bool body = false;
    for (size_t i = 0; i < text->length; i++) {
        unsigned char byte = (unsigned char)text->bytes[i];
        if (byte >= 0x7f || byte == '\0' || (byte == '\r' && text->bytes[i + 1] != '\n') ||
            (byte == '\n' && text->bytes[i - 1] != '\r'))
            abort();
        headers += !body && line == 0 && byte != ' ' && byte != '\r' && byte != '\n';
        borders += line == 0 && strncmp(text->bytes + i, "--=_", 4) == 0;
        body = body || (byte == '\n' && line == 1);
        line = byte == '\n' ? 0 : line + 1;
        if (line > 1000)
            abort();
    }
    if (headers != (hypertext ? 9 : 10) || (hypertext && borders != 6))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *all = memory_text_of((const char *)data, size);
    char *parts[6] = {all, all, all, all, all, all};
    size_t count = 0, at = 0;
    while (count < 6 && at < size) {
        parts[count++] = all + at;
        at += strlen(all + at) + 1;
    }
    struct mail_header header = {"X-Fuzz", parts[4]};
    struct mail_letter letter = {.id = parts[0],
                                 .from = size > 0 && data[0] & 1 ? parts[1] : "watchbill@example.org",
                                 .to = size > 1 && data[1] & 1 ? parts[2] : "ops@example.org",
                                 .subject = parts[3],
                                 .body = at < size ? all + at : all,
                                 .body_length = at < size ? size - at : size,
                                 .date = (int64_t)size,
                                 .headers = &header,
                                 .header_count = 1};
    struct text text = TEXT_INIT, name = TEXT_INIT;
    struct error error;
    if (size > 2 && data[2] & 1) {
        letter.html = letter.body;
        letter.html_length = letter.body_length;
        letter.picture = data;
        letter.picture_length = size;
    }
    if (mail_compose(&text, &letter, &error))
        check(&text, letter.html != NULL);
    mail_file_name(&name, parts[0]);
    if (name.length == 0 || name.length > 128 || name.bytes[0] == '.' || strchr(name.bytes, '/'))
        abort();
    text_release(&text);
    text_release(&name);
    free(all);
    return 0;
}
