/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nagios import */
#include "lib/json.h"
#include "scheduler/command/rows.h"
#include "scheduler/core/nagios_import.h"
#include "scheduler/io/nagios_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
    const char *into, *timezone;
};

static const struct option_row options[] = {
    {"into", 0, TEXT(struct arguments, into), .value = "DIR",
     .help = "Write the files into this directory, where none of them may be yet. Unless given they are "
             "printed."},
    {"timezone", 0, TEXT(struct arguments, timezone), .value = "ZONE",
     .help = "The zone of a configuration without use_timezone; this machine's unless given."},
    {0},
};

/* The name of the zone of this machine: what /etc/localtime is a link to. */
static const char *machine_zone(struct arena *arena)
{
    static const char folder[] = "zoneinfo/";
    char path[PATH_MAX];
    ssize_t length = readlink("/etc/localtime", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    const char *name = strstr(path, folder);
    return name ? arena_text(arena, name + sizeof folder - 1) : NULL;
}

static bool write_file(const char *path, const char *text, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    size_t length = strlen(text);
    bool ok = file >= 0 && write(file, text, length) == (ssize_t)length;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    return ok || error_set(error, "%s: \"%s\"", strerror(errno), path);
}

static bool make_folder(const char *path, struct error *error)
{
    return mkdir(path, 0755) == 0 || errno == EEXIST || error_set(error, "%s: \"%s\"", strerror(errno), path);
}

static bool write_all(struct command_call *call, const char *into, const struct nagios_imported *imported,
                      struct error *error)
{
    bool ok = make_folder(into, error) && make_folder(arena_format(call->arena, "%s/services", into), error);
    for (size_t i = 0; ok && i < imported->count; i++)
        ok = write_file(arena_format(call->arena, "%s/%s", into, imported->files[i].name),
                        imported->files[i].text, error);
    return ok;
}

static void print_all(struct command_call *call, const struct nagios_imported *imported)
{
    for (size_t i = 0; i < imported->count; i++)
        text_format(call->out, "%s# %s\n%s", i ? "\n" : "", imported->files[i].name, imported->files[i].text);
}

static void tell_findings(struct command_call *call, const struct nagios_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct nagios_finding *finding = &findings->items[i];
        if (finding->place.line)
            text_format(call->complaint, "%s:%u: ", finding->place.file, finding->place.line);
        else if (finding->place.file)
            text_format(call->complaint, "%s: ", finding->place.file);
        text_format(call->complaint, "%s\n", finding->sentence);
    }
}

static void print_json(struct command_call *call, const struct nagios_imported *imported,
                       const struct nagios_findings *findings)
{
    json_t *object = json_object(), *files = json_object(), *found = json_array();
    for (size_t i = 0; i < imported->count; i++)
        json_set(files, imported->files[i].name, json_string(imported->files[i].text));
    for (size_t i = 0; i < findings->count; i++) {
        json_t *finding = json_object();
        const char *file = findings->items[i].place.file;
        json_set(finding, "file", file ? json_string(file) : json_null());
        json_set(finding, "line", json_integer(findings->items[i].place.line));
        json_set(finding, "sentence", json_string(findings->items[i].sentence));
        json_add(found, finding);
    }
    json_set(object, "files", files);
    json_set(object, "findings", found);
    json_write(call->out, object);
    json_decref(object);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct nagios_source *source = nagios_source_create(call->arena);
    struct nagios_imported imported;
    struct error error = {""};
    for (size_t i = 0; i < call->words.count; i++)
        if (!nagios_files_read(source, call->words.items[i], &error))
            return command_refuse(call, "%s", error.text);
    nagios_import(source, arguments->timezone ? arguments->timezone : machine_zone(call->arena), &imported);
    if (call->json)
        print_json(call, &imported, source->findings);
    else
        tell_findings(call, source->findings);
    if (arguments->into && !write_all(call, arguments->into, &imported, &error))
        return command_refuse(call, "%s", error.text);
    if (!arguments->into && !call->json)
        print_all(call, &imported);
    else if (!call->json)
        text_format(call->out, "%zu hosts, %zu checks and %zu users in \"%s\"; %zu findings\n",
                    imported.hosts, imported.checks, imported.users, arguments->into,
                    source->findings->count);
    return COMMAND_YES;
}

const struct command command_nagios_import = {
    .name = "nagios import",
    .usage = "FILE... [--into DIR] [--timezone ZONE]",
    .summary = "makes a configuration from one of Nagios",
    .notes = "FILE is an object file, a folder of them, or a main file with all that it names. Hosts with "
             "the same "
             "checks become one service, a contact becomes a user and a group. What cannot be carried over "
             "is told "
             "as FILE:LINE: sentence on standard error.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = COMMAND_MANY,
    .run = run,
};
