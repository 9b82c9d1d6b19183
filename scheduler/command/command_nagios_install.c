/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nagios install */
#include "lib/json.h"
#include "scheduler/command/rows.h"
#include "scheduler/core/nagios_rules.h"
#include "scheduler/io/nagios_install.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

enum { RULES_BYTES = 1 << 20 };

struct arguments {
    const char *repository, *hostname, *into, *rules, *main, *nagios;
    bool adopt, dry_run;
};

static const struct arguments defaults = {.main = "/etc/nagios4/nagios.cfg", .nagios = "/usr/sbin/nagios4"};

static const struct option_row options[] = {
    {"repo", 0, TEXT(struct arguments, repository), .value = "DIR", .required = true,
     .help = "The repository, with common/CLASS/ and environments/ENVIRONMENT/."},
    {"hostname", 'H', TEXT(struct arguments, hostname), .value = "HOST",
     .help = "The name of the Nagios server; this machine's unless given."},
    {"into", 0, TEXT(struct arguments, into), .value = "DIR", .required = true,
     .help = "The folder that Nagios reads, such as /etc/nagios4/conf.d; all of it is replaced at once."},
    {"rules", 0, TEXT(struct arguments, rules), .value = "FILE",
     .help = "Lines of REGEX CLASS ENVIRONMENT; \"rules\" in the repository unless given."},
    {"main", 0, TEXT(struct arguments, main), .value = "FILE", .help = "The main file of that Nagios."},
    {"nagios", 0, TEXT(struct arguments, nagios), .value = "PROGRAM", .help = "The program that verifies."},
    {"adopt", 0, FLAG(struct arguments, adopt),
     .help = "Replace a folder that was not made by this command."},
    {"dry-run", 'n', FLAG(struct arguments, dry_run), .help = "Verify and change nothing."},
    {0},
};

static bool read_rules(const char *path, struct text *text, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    text->length = fread(text_reserve(text, RULES_BYTES), 1, RULES_BYTES, file);
    bool ok = !ferror(file) && text->length < RULES_BYTES;
    (void)fclose(file);
    return ok || error_set(error, "cannot be read: \"%s\"", path);
}

static bool find_rule(const struct arguments *arguments, struct command_call *call, struct nagios_rule *rule,
                      struct error *error)
{
    char name[HOST_NAME_MAX + 1] = "";
    struct text text = TEXT_INIT;
    const char *path =
        arguments->rules ? arguments->rules : arena_format(call->arena, "%s/rules", arguments->repository);
    (void)gethostname(name, sizeof name - 1);
    bool ok = read_rules(path, &text, error) &&
              (nagios_rules_find(text.bytes, text.length, arguments->hostname ? arguments->hostname : name,
                                 call->arena, rule, error) ||
               error_prefix(error, "%s", path));
    text_release(&text);
    return ok;
}

static void tell(struct command_call *call, const struct arguments *arguments, const struct nagios_rule *rule,
                 size_t files)
{
    if (!call->json) {
        text_format(call->out, "class %s, environment %s: %zu files and a link %s \"%s\"\n", rule->class,
                    rule->environment, files, arguments->dry_run ? "would be in" : "in", arguments->into);
        return;
    }
    json_t *object = json_object();
    json_set(object, "class", json_string(rule->class));
    json_set(object, "environment", json_string(rule->environment));
    json_set(object, "files", json_integer((json_int_t)files));
    json_set(object, "installed", json_boolean(!arguments->dry_run));
    json_write(call->out, object);
    json_decref(object);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct nagios_rule rule = {0};
    struct error error = {""};
    struct text said = TEXT_INIT;
    size_t files = 0;
    if (!find_rule(arguments, call, &rule, &error))
        return command_refuse(call, "%s", error.text);
    const struct nagios_install install = {
        .repository = arguments->repository,
        .class = rule.class,
        .environment = rule.environment,
        .into = arguments->into,
        .main = arguments->main,
        .nagios = arguments->nagios,
        .adopt = arguments->adopt,
        .dry_run = arguments->dry_run,
    };
    int code = COMMAND_YES;
    switch (nagios_install(&install, call->arena, &said, &files, &error)) {
    case NAGIOS_INSTALL_DONE:
        tell(call, arguments, &rule, files);
        break;
    case NAGIOS_INSTALL_REFUSED:
        text_add_bytes(call->complaint, said.bytes, said.length);
        (void)command_refuse(call, "Nagios refuses it; \"%s\" is as it was", arguments->into);
        code = COMMAND_NO;
        break;
    case NAGIOS_INSTALL_FAILED:
        code = command_refuse(call, "%s", error.text);
        break;
    }
    text_release(&said);
    return code;
}

const struct command command_nagios_install = {
    .name = "nagios install",
    .usage = "--repo DIR --into DIR [--hostname HOST] [--dry-run]",
    .summary = "puts a Nagios server's configuration together from a repository",
    .notes = "The rules tell class and environment from the host name. common/CLASS/ is copied, "
             "environments/ENVIRONMENT/ "
             "is linked by its last name. nagios4 -v must accept it before it takes the place of the old "
             "folder, in one "
             "step.\nExit: 0 installed, 1 Nagios refuses it, 3 it could not be done.",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .run = run,
};
