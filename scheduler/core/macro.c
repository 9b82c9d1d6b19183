/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/macro.h"

#include "lib/nearest.h"
#include "lib/number.h"

#include <strings.h>

enum { ARGS_MAX = 32, NAME_BYTES = 128 };

enum macro_kind { MACRO_HOST_NAME, MACRO_HOST_ADDRESS, MACRO_CHECK_NAME };

static const struct {
    const char *name;
    enum macro_kind kind;
} macros[] = {
    {"HOSTNAME", MACRO_HOST_NAME},        {"HOSTALIAS", MACRO_HOST_NAME},
    {"HOSTDISPLAYNAME", MACRO_HOST_NAME}, {"HOSTADDRESS", MACRO_HOST_ADDRESS},
    {"SERVICEDESC", MACRO_CHECK_NAME},    {"SERVICEDISPLAYNAME", MACRO_CHECK_NAME},
};

enum { MACROS = sizeof macros / sizeof macros[0] };

static const char host_variable[] = "_HOST";

/* The bytes between two dollar signs; they are not terminated. */
struct name {
    const char *bytes;
    size_t length;
};

static bool name_is(struct name name, const char *text)
{
    return strlen(text) == name.length && memcmp(name.bytes, text, name.length) == 0;
}

static bool is_host_variable(struct name name)
{
    size_t prefix = sizeof host_variable - 1;
    return name.length > prefix && memcmp(name.bytes, host_variable, prefix) == 0;
}

/* The N of ARGN, or 0. */
static size_t argument_number(struct name name)
{
    char digits[3] = "";
    int64_t number;
    if (name.length < 4 || name.length > 5 || memcmp(name.bytes, "ARG", 3) != 0)
        return 0;
    memcpy(digits, name.bytes + 3, name.length - 3);
    return number_read_whole(digits, 1, ARGS_MAX, &number) ? (size_t)number : 0;
}

/* By the names of a template; one that ends in "*" stands for all that begin so. */
static bool is_among(struct name name, const char *const *names)
{
    for (; names && *names; names++) {
        size_t length = strlen(*names);
        bool open = (*names)[length - 1] == '*';
        if (open ? name.length >= length && memcmp(name.bytes, *names, length - 1) == 0
                 : name_is(name, *names))
            return true;
    }
    return false;
}

static bool unknown(struct name name, const char *const *names, struct error *error)
{
    int shown = name.length < NAME_BYTES ? (int)name.length : NAME_BYTES - 1;
    char wanted[NAME_BYTES];
    (void)snprintf(wanted, sizeof wanted, "%.*s", shown, name.bytes);
    struct nearest near = {.wanted = wanted};
    for (size_t i = 0; i < MACROS; i++)
        nearest_try(&near, macros[i].name);
    for (; names && *names; names++)
        nearest_try(&near, *names);
    if (near.name)
        return error_set(error, "unknown macro \"$%s$\"; did you mean \"$%s$\"", wanted, near.name);
    return error_set(error, "unknown macro \"$%s$\"; \"$$\" is a dollar sign", wanted);
}

static bool is_known(struct name name)
{
    for (size_t i = 0; i < MACROS; i++)
        if (name_is(name, macros[i].name))
            return true;
    return is_host_variable(name) || argument_number(name) > 0;
}

/* macro_next(at, name): the next macro of a word: what ${at} points to is a dollar sign. Returns where the
 * word goes on; the name is empty for a dollar sign itself. NULL: the dollar sign begins no macro. */
static const char *macro_next(const char *at, struct name *name)
{
    const char *end = strchr(at + 1, '$');
    *name = (struct name){at + 1, 0};
    if (at[1] == '\0')
        return at + 1;
    if (!end)
        return NULL;
    name->length = (size_t)(end - at - 1);
    return end + 1;
}

static bool lone(const char *word, struct error *error)
{
    return error_set(error, "a \"$\" that begins no macro in \"%.200s\"; write \"$$\" for a dollar sign",
                     word);
}

const char *macro_mistake(const char **from, const char *const *names, struct error *error)
{
    for (const char *at = strchr(*from, '$'); at; at = strchr(*from, '$')) {
        struct name name;
        const char *next = macro_next(at, &name);
        *from = next ? next : at + strlen(at);
        if (!next) {
            lone(at, error);
            return at;
        }
        if (name.length > 0 && !is_known(name) && !is_among(name, names)) {
            unknown(name, names, error);
            return at;
        }
    }
    return NULL;
}

bool macro_check(const char *word, struct error *error)
{
    const char *from = word;
    const char *mistake = macro_mistake(&from, NULL, error);
    if (mistake && !strchr(mistake + 1, '$'))
        lone(word, error); /* the whole word says more than what is behind the sign */
    return !mistake;
}

static const char *pair_value(const struct pairs *pairs, struct name name, bool any_case)
{
    for (size_t i = 0; pairs && i < pairs->count; i++) {
        const char *found = pairs->items[i].name;
        if (name_is(name, found) ||
            (any_case && strlen(found) == name.length && strncasecmp(found, name.bytes, name.length) == 0))
            return pairs->items[i].value;
    }
    return NULL;
}

static const char *host_value(struct name name, const struct host *host, struct error *error)
{
    struct name variable = {name.bytes + sizeof host_variable - 1, name.length - (sizeof host_variable - 1)};
    const char *value = pair_value(&host->vars, variable, true);
    if (!value)
        error_set(error, "host \"%s\" has no variable \"%.*s\" for the macro \"$%.*s$\"", host->name,
                  (int)variable.length, variable.bytes, (int)name.length, name.bytes);
    return value;
}

static const char *table_value(enum macro_kind kind, const struct macro_source *source)
{
    if (kind == MACRO_CHECK_NAME)
        return source->check ? source->check : "";
    if (!source->host)
        return NULL;
    return kind == MACRO_HOST_NAME ? source->host->name : source->host->address;
}

static const char *macro_value(struct name name, const struct macro_source *source, struct error *error)
{
    const char *value = pair_value(source->extra, name, false);
    size_t number = argument_number(name);
    if (value)
        return value;
    if (number > 0)
        return source->args && number <= source->args->count ? source->args->items[number - 1] : "";
    for (size_t i = 0; i < MACROS && !value; i++)
        if (name_is(name, macros[i].name))
            value = table_value(macros[i].kind, source);
    if (!value && is_host_variable(name) && source->host)
        return host_value(name, source->host, error);
    if (!value && !is_known(name))
        unknown(name, NULL, error);
    else if (!value)
        error_set(error, "the macro \"$%.*s$\" needs a host", (int)name.length, name.bytes);
    return value;
}

bool macro_expand(const char *word, const struct macro_source *source, struct text *out, struct error *error)
{
    const char *from = word;
    for (const char *at = strchr(word, '$'); at; at = strchr(from, '$')) {
        struct name name;
        text_add_bytes(out, from, (size_t)(at - from));
        from = macro_next(at, &name);
        if (!from)
            return lone(word, error);
        const char *value = name.length > 0 ? macro_value(name, source, error) : "$";
        if (!value)
            return false;
        if (source->write && name.length > 0)
            source->write(out, value);
        else
            text_add(out, value);
    }
    text_add(out, from);
    return true;
}

bool macro_expand_words(const struct words *words, const struct macro_source *source, struct arena *arena,
                        struct words *out, struct error *error)
{
    struct text text = TEXT_INIT;
    bool ok = true;
    const char **items = arena_get(arena, words->count + 1, sizeof *items);
    for (size_t i = 0; i < words->count && ok; i++) {
        text_clear(&text);
        ok = macro_expand(words->items[i], source, &text, error);
        items[i] = arena_text(arena, text.bytes);
    }
    text_release(&text);
    if (ok)
        *out = (struct words){items, words->count};
    return ok;
}
