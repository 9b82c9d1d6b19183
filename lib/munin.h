/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Munin personality: a check that is called by a link's name ("haproxy_sessions"), or with --format munin.
 * Sources: Munin's guide for plugin authors, "Plugin concept", "Multigraph" and "plugin-conf.d". */
#ifndef WATCHBILL_LIB_MUNIN_H
#define WATCHBILL_LIB_MUNIN_H

#include "lib/check.h"
#include "lib/report.h"

struct output;

/* A row of munin/links. */
struct munin_link {
    const char *name;     /* "haproxy_sessions"; one that ends in "_" takes an instance behind it */
    const char *program;  /* "check_haproxy" */
    const char *graphs;   /* as of munin_call */
    const char *category; /* of Munin's list of well-known ones */
    const char *options;  /* separated by blanks; "%" stands for the instance */
};

/* Made from munin/links; ended by a row without a name. */
extern const struct munin_link munin_links[];

/* How one run was called. */
struct munin_call {
    const char *program;           /* the name it was called by */
    const struct munin_link *link; /* NULL: by the check's own name, or by --format */
    const char *instance;          /* what stands behind the name of a wildcard; "": nothing */
    const char *graphs;            /* joined by commas, "-" is the check's own one; "*": all */
    const char *word;              /* "", "fetch", "config", "autoconf", "suggest", "dump" */
};

/* munin_called(check, own, program, call): whether ${program} is a Munin plugin's name for the check whose
 * program is ${own}: a link of the table, the check's own name, or that with "_GRAPH" behind it. ${call} is
 * filled in either case, for a run by --format. */
bool munin_called(const struct check *check, const char *own, const char *program, struct munin_call *call);

/* munin_asked(argc, argv): whether the words have --format munin among them. */
bool munin_asked(int argc, char *const *argv);

/* munin_words(check, call, sets, count, argc, argv, arena): put the link's options, and those that the plugin
 * configuration gives as env.NAME, in front of the words; a dash of the option's name is "_" there. A bare
 * range of env.warning belongs to the first metric of the link's graph. */
void munin_words(const struct check *check, const struct munin_call *call, const struct option_set *sets,
                 size_t count, int *argc, char ***argv, struct arena *arena);

/* munin_state_file(): $MUNIN_STATEFILE, one per plugin and master; NULL: not set. */
const char *munin_state_file(void);

/* munin_prints_values(word): whether the answer holds values, so that its samples are the ones that the next
 * answer's rates begin at. */
bool munin_prints_values(const char *word);

/* munin_wants(call, graph): whether the call asks for that graph ("": the check's own). */
bool munin_wants(const struct munin_call *call, const char *graph);

/* munin_graph_of(check, row): the graph that a metric is drawn in, "" for the check's own: the first metric
 * without one and all others of its unit. One graph never mixes units. */
const char *munin_graph_of(const struct check *check, const struct metric_row *row);

/* munin_fields(report): the field name of each sample, unique within its graph; in a graph of one metric the
 * instance alone. Munin's rule: a leading run of what is not allowed becomes one "_", "root" is reserved. */
const char **munin_fields(const struct report *report);

/* munin_threshold(text, field, attribute, range): add "FIELD.ATTRIBUTE min:max" for a Nagios range; what alerts
 * inside cannot be said, and adds nothing. $FIELD_ATTRIBUTE goes first and is Munin's own range, in which "10"
 * has no lower end. */
void munin_threshold(struct text *text, const char *field, const char *attribute, const struct range *range);

/* munin_suggest(report, call, text): add the instances that a wildcard can take: the folders where its option
 * names one, else those of the samples. */
void munin_suggest(const struct report *report, const struct munin_call *call, struct text *text);

/* munin_refuse(output, sentence): the answer when the plugin cannot run: "no (sentence)" to autoconf, else a
 * complaint; returns the exit code. */
int munin_refuse(const struct output *output, const char *sentence);

#endif
