/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/matcher.h"

#include "lib/memory.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum subject { OF_IDENTITY, OF_HOST, OF_CHECK, OF_SERVICE, OF_TAG };

struct term {
    enum subject subject;
    char *tag;   /* OF_TAG */
    char *value; /* exactly this, or the expression */
    bool compiled;
    regex_t pattern;
};

struct matcher {
    char *text;
    struct term *terms;
    size_t count;
};

/* ---- reading ---- */

/* How many parts the library makes of an expression: it copies what is repeated by "+" and by bounds, so that those
 * within others multiply; and beyond a few repetitions of repetitions it takes time and room by powers. */
struct growth {
    unsigned done;    /* the parts of this level before the last one */
    unsigned last;    /* those of the last one, which a repetition copies */
    unsigned depth;   /* of repetitions in the last one */
    unsigned deepest; /* of all of this level */
};

static unsigned limited(unsigned parts)
{
    return parts > MATCHER_PARTS ? MATCHER_PARTS + 1 : parts;
}

static void grow(struct growth *growth, unsigned parts, unsigned depth)
{
    growth->done = limited(growth->done + growth->last);
    growth->last = limited(parts);
    growth->depth = depth;
    growth->deepest = depth > growth->deepest ? depth : growth->deepest;
}

static void repeat(struct growth *growth, unsigned copies)
{
    growth->last = limited(growth->last * copies + 1);
    growth->depth++;
    growth->deepest = growth->depth > growth->deepest ? growth->depth : growth->deepest;
}

/* The larger number of a bound such as {3,} or {2,7}. */
static unsigned copies_of(const char *brace)
{
    unsigned long low = strtoul(brace + 1, NULL, 10);
    const char *comma = brace + 1 + strspn(brace + 1, "0123456789");
    unsigned long high = *comma == ',' ? strtoul(comma + 1, NULL, 10) : 0;
    unsigned long most = high > low ? high : low;
    return most > MATCHER_PARTS ? MATCHER_PARTS + 1 : (unsigned)(most ? most : 1);
}

/* The last byte of the list that begins at ${at}: "[]abc]", "[^[:alpha:]]". */
static const char *end_of_list(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    if (*at == ']')
        at++;
    for (; *at && *at != ']'; at++)
        if (*at == '[' && at[1] && strchr(":.=", at[1]) && strchr(at + 2, at[1]))
            at = strchr(at + 2, at[1]) + (strchr(at + 2, at[1])[1] == ']');
    return at;
}

/* One byte of the expression, or more; returns the last one. */
static const char *take_byte(struct growth *level, const char *at)
{
    switch (*at) {
    case '+':
        repeat(level, 2);
        break;
    case '*':
    case '?':
        repeat(level, 1);
        break;
    case '{':
        repeat(level, copies_of(at));
        break;
    case '[':
        grow(level, 1, 0);
        return end_of_list(at);
    case '\\':
        grow(level, 1, 0);
        return at[1] ? at + 1 : at;
    default:
        grow(level, 1, 0);
    }
    return at;
}

static struct growth growth_of(const char *regex)
{
    struct growth levels[MATCHER_REGEX_BYTES + 1] = {{0, 0, 0, 0}};
    size_t level = 0;
    for (const char *at = regex; *at; at++) {
        if (*at == '(') {
            levels[++level] = (struct growth){0, 0, 0, 0};
        } else if (*at == ')' && level > 0) {
            const struct growth inner = levels[level--];
            grow(&levels[level], inner.done + inner.last + 1, inner.deepest);
        } else {
            at = take_byte(&levels[level], at);
            if (*at == '\0')
                break;
        }
    }
    for (; level > 0; level--)
        grow(&levels[level - 1], levels[level].done + levels[level].last, levels[level].deepest);
    levels[0].done = limited(levels[0].done + levels[0].last);
    return levels[0];
}

static bool refers_back(const char *regex)
{
    for (; *regex; regex += *regex == '\\' && regex[1] ? 2 : 1)
        if (*regex == '\\' && isdigit((unsigned char)regex[1]))
            return true;
    return false;
}

/* What the library would take long over, or much room for: references back are searched by trial. */
static bool is_bounded(const char *regex, struct error *error)
{
    if (strlen(regex) > MATCHER_REGEX_BYTES)
        return error_set(error, "the expression has more than %d bytes: \"%.40s...\"", MATCHER_REGEX_BYTES,
                         regex);
    if (refers_back(regex))
        return error_set(error, "an expression may not refer back: \"%s\"", regex);
    const struct growth growth = growth_of(regex);
    if (growth.deepest > MATCHER_DEPTH)
        return error_set(error, "an expression may not repeat repetitions more than %d deep: \"%s\"",
                         MATCHER_DEPTH, regex);
    if (growth.done > MATCHER_PARTS)
        return error_set(error, "an expression may not repeat so much, %d parts at most: \"%s\"",
                         MATCHER_PARTS, regex);
    return true;
}

static bool compile(struct term *term, struct error *error)
{
    if (term->value[0] == '\0')
        return error_set(error, "the expression is empty: \"//\"");
    if (!is_bounded(term->value, error))
        return false;
    int code = regcomp(&term->pattern, term->value, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        char reason[128];
        (void)regerror(code, &term->pattern, reason, sizeof reason);
        return error_set(error, "not a regular expression: %s: \"%s\"", reason, term->value);
    }
    term->compiled = true;
    return true;
}

/* From ${at}, which stands behind the opening ${mark}, to the closing one; a backslash keeps the mark. NULL: there is
 * none. */
static const char *read_marked(const char *at, char mark, struct text *value)
{
    while (*at && *at != mark) {
        if (*at == '\\' && at[1] == mark)
            at++;
        else if (*at == '\\' && at[1])
            text_add_char(value, *at++);
        text_add_char(value, *at++);
    }
    return *at == mark ? at + 1 : NULL;
}

static bool take_value(struct term *term, const char **at, struct error *error)
{
    struct text value = TEXT_INIT;
    char mark = **at;
    bool marked = mark == '/' || mark == '"';
    size_t plain = strcspn(*at, " \t");
    const char *end = marked ? read_marked(*at + 1, mark, &value) : *at + plain;
    if (!marked)
        text_add_bytes(&value, *at, plain);
    term->value = text_take(&value);
    if (!end)
        return error_set(error, "the closing %c is missing: \"%s\"", mark, *at);
    if (*end && *end != ' ' && *end != '\t')
        return error_set(error, "a blank is missing before \"%s\"", end);
    *at = end;
    return mark != '/' || compile(term, error);
}

static struct term *add_term(struct matcher *matcher, enum subject subject)
{
    matcher->terms = memory_grow(matcher->terms, matcher->count + 1, sizeof *matcher->terms);
    struct term *term = &matcher->terms[matcher->count++];
    *term = (struct term){.subject = subject};
    return term;
}

static bool take_keyed(struct matcher *matcher, const char **at, size_t length, struct error *error)
{
    static const struct {
        const char *word;
        enum subject subject;
    } keys[] = {{"host", OF_HOST}, {"check", OF_CHECK}, {"service", OF_SERVICE}};
    const char *key = *at;
    *at += length + 1;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].word) == length && strncmp(key, keys[i].word, length) == 0) {
            if (**at == '\0' || isspace((unsigned char)**at))
                return error_set(error, "\"%s=\" has no value", keys[i].word);
            return take_value(add_term(matcher, keys[i].subject), at, error);
        }
    if (length > 4 && strncmp(key, "tag.", 4) == 0) {
        struct term *term = add_term(matcher, OF_TAG);
        term->tag = memory_text_of(key + 4, length - 4);
        return take_value(term, at, error);
    }
    return error_set(error, "not host, check, service or tag.NAME: \"%.*s\"", (int)length, key);
}

static bool take_bare(struct matcher *matcher, const char **at, size_t length, struct error *error)
{
    if (**at == '/')
        return take_value(add_term(matcher, OF_IDENTITY), at, error);
    if (**at == '"')
        return error_set(error, "a text in quotes needs a key: %s", *at);
    const char *slash = memchr(*at, '/', length);
    size_t host = slash ? (size_t)(slash - *at) : length;
    if (slash && host + 1 == length)
        return error_set(error, "the check is missing behind \"%.*s\"", (int)length, *at);
    add_term(matcher, OF_HOST)->value = memory_text_of(*at, host);
    if (slash)
        add_term(matcher, OF_CHECK)->value = memory_text_of(slash + 1, length - host - 1);
    *at += length;
    return true;
}

static bool take_terms(struct matcher *matcher, struct error *error)
{
    bool good = true;
    const char *at = matcher->text;
    while (good && *(at += strspn(at, " \t"))) {
        size_t word = strcspn(at, " \t");
        const char *equals = memchr(at, '=', word);
        /* An expression, and a name of a check, may hold what else would be a sign. */
        bool keyed = equals && *at != '/' && !memchr(at, '/', (size_t)(equals - at));
        if (matcher->count + 2 > MATCHER_TERMS)
            good = error_set(error, "more than %d terms: \"%.40s...\"", MATCHER_TERMS - 1, matcher->text);
        else
            good = keyed ? take_keyed(matcher, &at, (size_t)(equals - at), error)
                         : take_bare(matcher, &at, word, error);
    }
    if (good && matcher->count == 0)
        good = error_set(error, "nothing is matched: HOST/CHECK, host=, check=, service= or tag.NAME=");
    return good;
}

static bool is_fit(const char *text, struct error *error)
{
    struct text clean = TEXT_INIT;
    size_t length = strlen(text);
    utf8_add(&clean, text, length);
    bool fit = clean.length == length && memcmp(clean.bytes, text, length) == 0 && !strchr(text, '\n');
    text_release(&clean);
    if (length > MATCHER_BYTES)
        return error_set(error, "more than %d bytes", MATCHER_BYTES);
    return fit || error_set(error, "not one line of UTF-8");
}

struct matcher *matcher_read(const char *text, struct error *error)
{
    if (!is_fit(text, error))
        return NULL;
    struct matcher *matcher = memory_get(1, sizeof *matcher);
    matcher->text = memory_text(text);
    if (take_terms(matcher, error))
        return matcher;
    matcher_free(matcher);
    return NULL;
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    for (size_t i = 0; i < matcher->count; i++) {
        if (matcher->terms[i].compiled)
            regfree(&matcher->terms[i].pattern);
        free(matcher->terms[i].tag);
        free(matcher->terms[i].value);
    }
    free(matcher->terms);
    free(matcher->text);
    free(matcher);
}

const char *matcher_text(const struct matcher *matcher)
{
    return matcher->text;
}

/* ---- matching ---- */

static const char *find_pair(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].name, name) == 0)
            return pairs->items[i].value;
    return NULL;
}

static const char *host_tag(const struct host *host, const char *name)
{
    const char *value = find_pair(&host->tags, name);
    if (!value && host->service)
        value = find_pair(&host->service->tags, name);
    return value ? value : "";
}

const char *matcher_tag(const struct binding *binding, const char *name)
{
    const char *value = find_pair(&binding->plan->tags, name);
    return value ? value : host_tag(binding->host, name);
}

static bool fits(const struct term *term, const char *value)
{
    return term->compiled ? regexec(&term->pattern, value, 0, NULL, 0) == 0 : strcmp(term->value, value) == 0;
}

static bool fits_identity(const struct term *term, const struct binding *binding)
{
    struct text identity = TEXT_INIT;
    text_format(&identity, "%s/%s", binding->host->name, binding->plan->name);
    bool does = fits(term, identity.bytes);
    text_release(&identity);
    return does;
}

static bool term_matches(const struct term *term, const struct binding *binding)
{
    const struct service *service = binding->host->service;
    switch (term->subject) {
    case OF_IDENTITY:
        return fits_identity(term, binding);
    case OF_HOST:
        return fits(term, binding->host->name);
    case OF_CHECK:
        return fits(term, binding->plan->name);
    case OF_SERVICE:
        return fits(term, service ? service->name : "");
    case OF_TAG:
        return fits(term, matcher_tag(binding, term->tag));
    }
    return false;
}

bool matcher_matches(const struct matcher *matcher, const struct binding *binding)
{
    for (size_t i = 0; i < matcher->count; i++)
        if (!matcher->terms[i].compiled && !term_matches(&matcher->terms[i], binding))
            return false; /* the cheap ones first */
    for (size_t i = 0; i < matcher->count; i++)
        if (matcher->terms[i].compiled && !term_matches(&matcher->terms[i], binding))
            return false;
    return true;
}

bool matcher_matches_host(const struct matcher *matcher, const struct host *host)
{
    bool meant = false;
    for (size_t i = 0; i < matcher->count; i++) {
        const struct term *term = &matcher->terms[i];
        const char *value = term->subject == OF_HOST      ? host->name
                            : term->subject == OF_SERVICE ? (host->service ? host->service->name : "")
                            : term->subject == OF_TAG     ? host_tag(host, term->tag)
                                                          : NULL;
        if (value && !fits(term, value))
            return false;
        meant |= value != NULL;
    }
    return meant;
}
