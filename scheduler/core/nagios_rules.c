/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_rules.h"

#include "lib/text.h"

#include <ctype.h>
#include <regex.h>

enum { GROUPS = 10, WORDS = 3, PATTERN_BYTES = 256, HOST_BYTES = 255 };

static const char name_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

/* A name of its own in a folder. */
static bool is_name(const char *name, size_t length)
{
    return length > 0 && name[0] != '.' && strspn(name, name_bytes) >= length;
}

static bool is_path(const char *path)
{
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, "/");
        if (!is_name(at, length))
            return false;
        at += length;
        if (!*at)
            return true;
    }
}

/* The text with its \1 replaced. */
static const char *fill(const char *text, const char *hostname, const regmatch_t *groups, struct arena *arena)
{
    struct text filled = TEXT_INIT;
    for (; *text; text++) {
        if (text[0] == '\\' && isdigit((unsigned char)text[1])) {
            const regmatch_t *group = &groups[text[1] - '0'];
            if (group->rm_so >= 0)
                text_add_bytes(&filled, hostname + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
            text++;
        } else {
            text_add_char(&filled, *text);
        }
    }
    const char *kept = arena_text(arena, filled.bytes);
    text_release(&filled);
    return kept;
}

static bool take(const char *const words[WORDS], const char *hostname, struct arena *arena,
                 struct nagios_rule *rule, bool *matches, struct error *error)
{
    regex_t pattern;
    regmatch_t groups[GROUPS];
    char reason[128];
    const char *whole = arena_format(arena, "^(%s)$", words[0]);
    int code = strlen(words[0]) > PATTERN_BYTES ? REG_ESPACE : regcomp(&pattern, whole, REG_EXTENDED);
    if (code != 0) {
        (void)regerror(code, NULL, reason, sizeof reason);
        return error_set(error, "not a regular expression: \"%.100s\": %s", words[0], reason);
    }
    *matches = regexec(&pattern, hostname, GROUPS, groups, 0) == 0;
    regfree(&pattern);
    if (!*matches)
        return true;
    /* The first group is ours. */
    memmove(groups + 1, groups + 2, (GROUPS - 2) * sizeof *groups);
    groups[GROUPS - 1].rm_so = -1;
    rule->class = fill(words[1], hostname, groups, arena);
    rule->environment = fill(words[2], hostname, groups, arena);
    if (!is_name(rule->class, strlen(rule->class)))
        return error_set(error, "not a class: \"%.100s\"", rule->class);
    return is_path(rule->environment) ||
           error_set(error, "not an environment: \"%.100s\"", rule->environment);
}

/* "REGEX CLASS ENVIRONMENT"; 0 words: nothing to read. */
static size_t split(char *line, const char *words[WORDS + 1])
{
    char *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(line, " \t\r", &rest); word && count <= WORDS;
         word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == 0 && word[0] == '#')
            break;
        words[count++] = word;
    }
    return count;
}

bool nagios_rules_find(const char *bytes, size_t length, const char *hostname, struct arena *arena,
                       struct nagios_rule *rule, struct error *error)
{
    char *text = arena_text_of(arena, bytes, length);
    unsigned number = 0;
    bool found = false;
    if (!is_name(hostname, strlen(hostname)) || strlen(hostname) > HOST_BYTES)
        return error_set(error, "not a host name: \"%.100s\"", hostname);
    for (char *line = text; line;) {
        const char *words[WORDS + 1];
        struct nagios_rule other = {.line = ++number};
        bool matches = false;
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        size_t count = split(line, words);
        line = end;
        if (count == 0)
            continue;
        if (count != WORDS)
            error_set(error, "a rule has three words: REGEX CLASS ENVIRONMENT");
        if (count != WORDS || !take(words, hostname, arena, &other, &matches, error))
            return error_prefix(error, "line %u", number);
        if (matches && !found)
            *rule = other;
        found = found || matches;
    }
    return found || error_set(error, "no rule matches the host \"%s\"", hostname);
}
