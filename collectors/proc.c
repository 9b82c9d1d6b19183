/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/proc.h"

bool proc_line(struct proc_lines *lines, const char **line, size_t *length)
{
    if (lines->at >= lines->end)
        return false;
    const char *end = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    *line = lines->at;
    *length = (size_t)((end ? end : lines->end) - lines->at);
    lines->at = end ? end + 1 : lines->end;
    lines->number++;
    return true;
}

bool proc_word(const char **at, const char *end, const char **word, size_t *length)
{
    while (*at < end && (**at == ' ' || **at == '\t'))
        ++*at;
    *word = *at;
    while (*at < end && **at != ' ' && **at != '\t')
        ++*at;
    *length = (size_t)(*at - *word);
    return *length > 0;
}

bool proc_count(const char *word, size_t length, uint64_t *value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        if (word[i] < '0' || word[i] > '9' || __builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(word[i] - '0'), &sum))
            return false;
    }
    *value = sum;
    return length > 0;
}
