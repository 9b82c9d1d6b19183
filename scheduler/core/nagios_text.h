/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the text of Nagios object files and main configuration files. Pure: whoever opens files passes their bytes.
 *
 *   define TYPE {            a line that begins with "#" or ";" is a comment, and so is what follows a ";" that
 *       DIRECTIVE VALUE      no backslash precedes; a backslash at the end of a line joins the next one
 *   }
 *
 * Names of directives that Nagios takes as the same are made one: "hosts" is "host_name". Source: Nagios Core 4.4,
 * "Object Definitions", and what nagios4 -vp makes of files. */
#ifndef WATCHBILL_CORE_NAGIOS_TEXT_H
#define WATCHBILL_CORE_NAGIOS_TEXT_H

#include "scheduler/core/model.h"

/* What could not be carried over, each with its place; kept in the order of finding. */
struct nagios_findings {
    struct nagios_finding {
        struct place place; /* column 0; line 0: no line */
        const char *sentence;
    } * items;
    size_t count, room;
    struct arena *arena;
};

/* nagios_find(findings, place, format, ...): add one, unless it is there already. */
void nagios_find(struct nagios_findings *findings, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct nagios_line {
    const char *name;  /* in lower case, but for those that begin with "_": in upper case */
    const char *value; /* without blanks at its ends */
    struct place place;
};

struct nagios_definition {
    const char *type;
    struct nagios_line *lines;
    size_t count, room;
    struct place place;
    unsigned visits;  /* while templates are followed */
    size_t expansion; /* the last one in which it was seen, of contactgroups */
};

/* Everything that was read. */
struct nagios_source {
    struct nagios_definition **definitions;
    size_t count, room;
    struct nagios_line *settings; /* of main files: "cfg_file", "interval_length", ... in order */
    size_t setting_count, setting_room;
    struct nagios_line *resources; /* of resource files: "$USER1$" */
    size_t resource_count, resource_room;
    struct nagios_findings *findings;
    struct arena *arena;
};

struct nagios_source *nagios_source_create(struct arena *arena);

/* nagios_text_objects(source, bytes, length, file): the definitions of one object file. Lines of include_file and
 * include_dir become settings, whose count grows. ${file} is kept as a pointer. Any bytes are taken; what is no
 * definition is a finding. */
void nagios_text_objects(struct nagios_source *source, const char *bytes, size_t length, const char *file);

/* nagios_text_settings(source, bytes, length, file): "name=value" lines of a main or resource file. */
void nagios_text_settings(struct nagios_source *source, const char *bytes, size_t length, const char *file);

/* nagios_text_is_main(bytes, length): whether a file is a main configuration file rather than an object file. */
bool nagios_text_is_main(const char *bytes, size_t length);

/* nagios_setting(source, name, otherwise): the last value of a setting. */
const char *nagios_setting(const struct nagios_source *source, const char *name, const char *otherwise);

#endif
