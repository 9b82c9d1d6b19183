/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/choice.h"

static bool compile(regex_t *regex, const char *pattern, struct error *error)
{
    char reason[128];
    int code = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
    if (code == 0)
        return true;
    (void)regerror(code, regex, reason, sizeof reason);
    return error_set(error, "not a regular expression: \"%s\": %s", pattern, reason);
}

bool choice_init(struct choice *choice, const char *only, const char *ignore, struct error *error)
{
    *choice = (struct choice){.has_only = false};
    if (only && !(choice->has_only = compile(&choice->only, only, error)))
        return false;
    if (ignore && !(choice->has_ignore = compile(&choice->ignore, ignore, error))) {
        choice_release(choice);
        return false;
    }
    return true;
}

void choice_release(struct choice *choice)
{
    if (choice->has_only)
        regfree(&choice->only);
    if (choice->has_ignore)
        regfree(&choice->ignore);
}

bool choice_check(const char *only, const char *ignore, struct error *error)
{
    struct choice choice;
    if (!choice_init(&choice, only, ignore, error))
        return false;
    choice_release(&choice);
    return true;
}

bool choice_expression(const char *option, const char *expression, struct error *error)
{
    regex_t regex;
    if (!expression)
        return true;
    if (!compile(&regex, expression, error))
        return error_prefix(error, "%s", option);
    regfree(&regex);
    return true;
}

bool choice_wants(const struct choice *choice, const char *name)
{
    return !choice->has_only || regexec(&choice->only, name, 0, NULL, 0) == 0;
}

bool choice_ignores(const struct choice *choice, const char *name)
{
    return choice->has_ignore && regexec(&choice->ignore, name, 0, NULL, 0) == 0;
}
