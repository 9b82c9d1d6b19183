/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/nagios_log.h"

#include "collectors/proc.h"

#include <string.h>

enum { FIELDS = 4 };

static const struct form {
    const char *words;
    enum nagios_log_kind kind;
    bool of_service;
} forms[] = {
    {"SERVICE ALERT: ", NAGIOS_LOG_ALERT, true},
    {"HOST ALERT: ", NAGIOS_LOG_ALERT, false},
    {"SERVICE NOTIFICATION: ", NAGIOS_LOG_NOTIFICATION, true},
    {"HOST NOTIFICATION: ", NAGIOS_LOG_NOTIFICATION, false},
};

/* "[1763632800] "; a line without it is no entry. */
static bool read_time(const char **at, const char *end, int64_t *time)
{
    uint64_t value;
    const char *close = *at < end && **at == '[' ? memchr(*at, ']', (size_t)(end - *at)) : NULL;
    if (!close || end - close < 2 || close[1] != ' ' ||
        !proc_count(*at + 1, (size_t)(close - *at - 1), &value) || value > INT64_MAX)
        return false;
    *time = (int64_t)value;
    *at = close + 2;
    return true;
}

static const struct form *read_form(const char **at, const char *end)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = strlen(forms[i].words);
        if ((size_t)(end - *at) >= length && memcmp(*at, forms[i].words, length) == 0) {
            *at += length;
            return &forms[i];
        }
    }
    return NULL;
}

/* The first fields; each must be followed by another, so a cut line is none. */
static bool read_fields(const char *at, const char *end, struct nagios_log_word *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *next = memchr(at, ';', (size_t)(end - at));
        if (!next || next == at)
            return false;
        fields[i] = (struct nagios_log_word){at, (size_t)(next - at)};
        at = next + 1;
    }
    return true;
}

/* "ACKNOWLEDGEMENT (CRITICAL)": what stands in parentheses, or else the whole. */
static struct nagios_log_word state_of(struct nagios_log_word word)
{
    const char *open = memchr(word.at, '(', word.length);
    if (open && word.at[word.length - 1] == ')' && open + 2 < word.at + word.length)
        return (struct nagios_log_word){open + 1, (size_t)(word.at + word.length - 1 - (open + 1))};
    return word;
}

bool nagios_log_parse(const char *line, size_t length, struct nagios_log_entry *entry)
{
    const char *at = line, *end = line + length;
    struct nagios_log_word fields[FIELDS];
    struct nagios_log_word *field = fields;
    *entry = (struct nagios_log_entry){.service = {"", 0}, .contact = {"", 0}};
    if (!read_time(&at, end, &entry->at))
        return false;
    const struct form *form = read_form(&at, end);
    if (!form || !read_fields(at, end, fields, form->of_service ? 4 : 3))
        return false;
    entry->kind = form->kind;
    if (form->kind == NAGIOS_LOG_NOTIFICATION)
        entry->contact = *field++;
    entry->host = *field++;
    if (form->of_service)
        entry->service = *field++;
    entry->state = state_of(*field++);
    if (form->kind == NAGIOS_LOG_ALERT) {
        entry->is_hard = field->length == 4 && memcmp(field->at, "HARD", 4) == 0;
        return entry->is_hard || (field->length == 4 && memcmp(field->at, "SOFT", 4) == 0);
    }
    return true;
}
