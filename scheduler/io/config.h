/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the configuration directory into a model. One door to libyaml. Every error is found in one reading and
 * told as FILE:LINE:COLUMN: sentence; unknown keys and duplicate keys are errors with the nearest valid name.
 * FILE is relative to the directory. Inheritance is that of config_merge.h: `inherit: [NAME]` and `__base__` among
 * the maps of names (hosts, checks, users, ...) and at the top of a service's file. */
#ifndef WATCHBILL_IO_CONFIG_H
#define WATCHBILL_IO_CONFIG_H

#include "lib/error.h"
#include "lib/text.h"
#include "scheduler/core/model.h"

/* Findings in the order of files and lines. */
struct findings {
    struct finding {
        char *text;   /* "services/www.yaml:12:5: unknown key \"evry\"; did you mean \"every\"" */
        bool warning; /* does not refuse the configuration */
    } * items;
    size_t count;
    size_t errors;
};
void findings_release(struct findings *findings);

/* config_load(directory, findings): a model, or NULL when there is an error. Thread-safe: no statics. Files are
 * capped at 16 MB each. Passwords are not read here: only the names of their files. */
struct model *config_load(const char *directory, struct findings *findings);

/* The same with only users.yaml, for `window` and `oncall`; the other files need not exist. */
struct model *config_load_users(const char *directory, struct findings *findings);

/* config_gaps(model, now, warning, findings): add the hours of the 8 days from ${now} on (epoch seconds) in which a rule
 * would call a group of which nobody can be reached, the first three of each; as errors, or as warnings. An urgency by
 * which a group has no contact at all is a warning. They depend on the day, so a scheduler starts in spite of them. */
void config_gaps(const struct model *model, int64_t now, bool warning, struct findings *findings);

/* config_days(model, now, findings): a warning for each remediation whose TTL has ended at ${now} (epoch seconds), or
 * which is tagged with a day that is still to come. */
void config_days(const struct model *model, int64_t now, struct findings *findings);

/* config_stamp(directory): a hash of the names, sizes, times and inodes of the files that config_load would
 * read: it changes when one of them does. Cheap enough for once a second. */
uint64_t config_stamp(const char *directory);
/* config_digest(directory): a hash of what is in them, by which a history names a generation. */
uint64_t config_digest(const char *directory);

/* config_show(directory, object, out, findings): the effective configuration as YAML, with the origin of each
 * value as a comment; ${object} NULL: all; else "services/www_middle", "hosts/www_middle_00", "HOST/CHECK",
 * "users/NAME" and so on. false: there is an error or no such object (a finding says so). */
bool config_show(const char *directory, const char *object, struct text *out, struct findings *findings);

/* config_describe(out): every key, for the manual; a line each with five fields between tabs: the file; the key
 * with its way from the top ("checks.NAME.alert.groups", "groups.NAME.rota[].window"); its form, with the
 * choices; the default, "required" or nothing; what it is for. */
void config_describe(struct text *out);

#endif
