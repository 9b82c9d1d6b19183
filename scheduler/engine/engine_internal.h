/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine's own files share. */
#ifndef WATCHBILL_ENGINE_INTERNAL_H
#define WATCHBILL_ENGINE_INTERNAL_H

#include "lib/text.h"
#include "scheduler/core/plan.h"
#include "scheduler/core/world.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/outbox.h"
#include "scheduler/io/control.h"
#include "scheduler/io/journal.h"
#include "scheduler/io/runner.h"
#include "scheduler/io/seal.h"
#include "scheduler/io/series.h"
#include "scheduler/io/tokens.h"
#include "scheduler/io/web.h"

/* A call that waits for a forced run of a check. */
struct waiting {
    struct waiting *next;
    struct control_call *call;
};

/* What the engine keeps of each binding beside the world's record. */
struct slot {
    char *output;            /* the newest text, long text behind a line break; NULL: none */
    struct waiting *waiting; /* answered by the next result */
    bool running;
    bool again; /* run once more as soon as the present run ends */
    bool dirty; /* differs from what the journal holds */
    enum verdict newest_verdict;
    int64_t newest;  /* result; epoch ms */
    int64_t opened;  /* epoch ms of its open problem that nobody has acknowledged; 0: there is none */
    int64_t told_of; /* the newest result of which the history holds a line; epoch ms */
};

/* A run in flight; it finds its binding again after a reload. */
struct flight {
    struct flight *next, **link;
    struct engine *engine;
    int64_t index; /* of a binding or of a collect; MODEL_NONE: it is gone */
    int64_t due;   /* monotonic, microseconds */
};

/* engine_history.c: where the history of the world stands. */
struct history {
    int64_t instant;        /* epoch ms of the newest input or timer; the next is not before it */
    int64_t part;           /* 0: none yet */
    int64_t part_from;      /* epoch ms */
    int64_t noted;          /* of the newest beginning for exports */
    int64_t started, begun; /* what the world was told by world_begin: first, and last */
    uint32_t current;       /* the binding whose result is being taken */
    char generation[17];
};

enum { ENGINE_PARTS = 32 }; /* no fewer than the world has */

/* What problems came to since the start, for /metrics. */
struct noise_counts {
    uint64_t problems, acknowledged, flaps;
    uint64_t alone; /* ended within five minutes, acknowledged by nobody */
};

struct engine {
    struct loop *loop;
    struct engine_settings settings;
    struct model *model;
    struct world *world;
    struct slot *slots;      /* by binding */
    struct plan *plan;       /* bindings first, collects behind them; monotonic microseconds */
    struct flight *flights;  /* of bindings */
    struct flight *collects; /* of collects */

    struct journal *journal;
    struct runner *runner;
    struct series *series;
    struct control *control;
    struct web *web;
    struct seal *seal;     /* of links */
    struct tokens *tokens; /* NULL: there are none, or they cannot be read */
    uint64_t tokens_stamp; /* of the file, when it was last read */
    uint64_t tls_stamp;    /* of the certificate that was read last, good or bad */
    uint64_t tls_seen;     /* of the last look at it */
    char *tls_error;       /* why the newest is not in use; NULL: it is */
    struct helper *helper;
    struct by_hand *by_hand;  /* runs whose starters wait */
    struct request *requests; /* runs that were asked for and have no end yet */
    bool helper_missed;       /* its end has been logged */
    int64_t helper_again;     /* not started again before, loop_now's clock */
    struct outbox *outbox;
    struct letter *letters; /* being prepared */
    struct tally *tally;
    struct deadman_watch *deadman;
    struct trackers *trackers;

    struct loop_timer *due_timer;      /* the plan's first */
    struct loop_timer *world_timer;    /* world_due */
    struct loop_timer *snapshot_timer; /* every 10 s */
    struct loop_timer *stamp_timer;    /* every second: has the configuration changed? */

    char **job_env; /* the environment of every check */
    char *ledger;   /* paths */
    char *rrd;

    uint64_t stamp; /* of the configuration that was read last, good or bad */
    uint64_t seen;  /* the stamp of the last look */
    int unrest;     /* looks in succession that each found another stamp */
    bool loading;
    bool ending;          /* the runner and the helper are being freed: nothing is started any more */
    size_t snapshot_next; /* the round robin of clean states */
    uint64_t site_marks[ENGINE_PARTS]; /* of world_save_part */
    uint64_t site_saved;               /* world_site_changes when it was last saved */
    char *trouble;                     /* that was logged last; NULL: none */
    char *config_error;                /* of the newest configuration, which is not in use; NULL: it is */
    int64_t started;                   /* epoch ms */
    int64_t clock;                     /* civil minus monotonic, ms, at the last look */
    struct history history;
    struct noise_counts noise;
    uint64_t results;
    int64_t loop_lag; /* the worst lateness of the plan since the start, microseconds */
};

/* engine_check.c: checks are due, run, and what they say is taken. */
/* engine_schedule_all(engine): give a due time to every check and collect of a new generation; one that has one keeps
 * it. */
void engine_schedule_all(struct engine *engine);
/* engine_schedule_anew(engine): the civil clock was set: what is due by a `schedule`, by its new time. */
void engine_schedule_anew(struct engine *engine);
/* engine_arm(engine): set the timers by the first of the plan and of the world; after whatever changes either. */
void engine_arm(struct engine *engine);
/* engine_run_due(engine): start what is due, some hundred at a time; the plan's timer calls it. */
void engine_run_due(void *engine);
/* engine_run_now(engine, binding): start it out of turn, or once more when it runs already. engine_run_soon: the same
 * as one of many, as the loop finds time. */
void engine_run_now(struct engine *engine, uint32_t binding);
void engine_run_soon(struct engine *engine, uint32_t binding);
/* engine_keep_text(engine, binding, text): what the newest result says, when the world made it. */
void engine_keep_text(struct engine *engine, uint32_t binding, const char *text);
/* engine_take_output(engine, binding, result, bytes, length): a result whose output is these bytes, whatever they
 * are; the text of ${result} is set from them. */
void engine_take_output(struct engine *engine, uint32_t binding, const struct result *result,
                        const char *bytes, size_t length);
/* flight_add(engine, list, index, due): a run in flight, at the head of ${list}; flight_remove frees it. */
struct flight *flight_add(struct engine *engine, struct flight **list, int64_t index, int64_t due);
void flight_remove(struct flight *flight);

/* engine_collect.c: engine_collect_run(engine, index, due): start that collect of the model; when it ends, it is due
 * again by its `every` from ${due}, on loop_now's clock. */
void engine_collect_run(struct engine *engine, uint32_t index, int64_t due);

/* engine_store.c: engine_store_output(engine, binding, output, at): put every metric of a check into its series;
 * ${at} in epoch ms. */
struct plugin_output;
void engine_store_output(struct engine *engine, const struct binding *binding,
                         const struct plugin_output *output, int64_t at);

/* engine_decide.c: what the world decides becomes journal entries, and after the commit, acts. */
struct batch;
/* batch_open: when it returns, every timer that is due has fired, and batch_now is the instant of the input.
 * batch_begin is the same without time. */
struct batch *batch_open(struct engine *engine);
struct batch *batch_begin(struct engine *engine);
struct engine *batch_engine(const struct batch *batch);
int64_t batch_now(const struct batch *batch);
size_t batch_decided(const struct batch *batch); /* how many decisions it has taken */
/* batch_input(batch, type, at, line): a line of the history; takes the reference to ${line}. */
void batch_input(struct batch *batch, const char *type, int64_t at, json_t *line);
/* batch_state(batch, binding): what is known of a check is saved in this transaction. */
void batch_state(struct batch *batch, uint32_t binding);
/* batch_decision(batch, decision): the sink of every call of the world within a batch. */
world_sink batch_decision;
/* batch_event(batch, subject, name, type, severity, data): a row of the events; takes the reference to ${data}. */
void batch_event(struct batch *batch, const char *subject, const char *name, const char *type, int severity,
                 json_t *data);
/* batch_note(batch, binding, format, ...): a sentence in the story of a check: what a person did. */
void batch_note(struct batch *batch, uint32_t binding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* batch_close(batch): write it in one transaction. Alerts and remediations begin when that is on disk. */
void batch_close(struct batch *batch);
/* engine_tick(engine): a batch of nothing but the timers of the world; its timer calls it. */
void engine_tick(void *engine);
/* engine_watch_clock(engine): look whether the civil clock was set. */
void engine_watch_clock(struct engine *engine);
/* engine_save_binding(engine, binding): write what is known of a check. engine_snapshot: of some hundred that differ
 * from the journal, and so round and round; every 10 s. */
void engine_save_binding(struct engine *engine, uint32_t binding);
void engine_snapshot(void *engine);
/* engine_part_key(name): the setting that holds a part of the world; the caller frees it. */
char *engine_part_key(const char *name);
/* engine_calm_row: what people said of a check, as members of a row of the status. */
void engine_calm_row(const struct engine *engine, uint32_t index, json_t *row);

/* engine_remedy.c: remediations, by the helper. */
/* engine_remedy_request(engine, remediation, subject, run, author, dry_run): hand a run to the helper. ${author}: who
 * started it by hand; NULL: the scheduler. */
void engine_remedy_request(struct engine *engine, const char *remediation, const char *subject,
                           const char *run, const char *author, bool dry_run);
/* engine_remedy_verdict(engine, line): write what the check says of a run into the ledger; takes the reference. */
void engine_remedy_verdict(struct engine *engine, json_t *line);
/* engine_remedy_recall(engine, error): at the start: what the ledger knows of runs, for limits, and of those that were
 * under way. */
bool engine_remedy_recall(struct engine *engine, struct error *error);
/* engine_remedy_close(engine): forget what has no end yet; the next scheduler recalls it. After helper_free. */
void engine_remedy_close(struct engine *engine);
/* engine_remedy_keep_helper(engine): one that has ended is missed, and where we have the rights for it, started
 * again. */
void engine_remedy_keep_helper(struct engine *engine);

/* engine_remediate.c: remediations that people start or approve. The call is answered when the run has ended, or is
 * refused; that of an approval at once. */
void engine_remediate(struct engine *engine, struct control_call *call, const json_t *request);
void engine_approve(struct engine *engine, struct control_call *call, const json_t *request);
bool engine_approve_run(struct engine *engine, const char *run, const char *author, struct error *error);
/* engine_remediate_ended(engine, run, word, text): the run has ended; who started it by hand is told. */
void engine_remediate_ended(struct engine *engine, const char *run, const char *word, const char *text);
/* engine_remediate_close(engine): who still waits is refused. */
void engine_remediate_close(struct engine *engine);

/* engine_reload.c: engine_watch_config(engine): every second: read the configuration when it has changed and rests, and
 * look after all else that may change under a scheduler. */
void engine_watch_config(void *engine);

/* engine_health.c: the first thing that is wrong with the scheduler itself, NULL when all is well; and the log of what
 * began and what ended. */
const char *engine_trouble(const struct engine *engine);
void engine_log_trouble(struct engine *engine);

/* engine_control.c, engine_graph.c, engine_web.c */
control_handler engine_control;
void engine_graph(struct engine *engine, struct control_call *call, const json_t *request);
/* A picture of HOST/CHECK or HOST/GRAPH: ${request} may have "metric", "from", "to" (epoch seconds), "format", "width",
 * "height" and "overlay". ${drawn} is called once, now or later. */
void engine_graph_draw(struct engine *engine, const char *target, const json_t *request, series_drawn *drawn,
                       void *owner);
/* engine_graph_metrics(engine, host, check): the names of what is stored of a check; a new reference. */
json_t *engine_graph_metrics(const struct engine *engine, const char *host, const char *check);
#define ENGINE_API "/api/v1/"
web_handler engine_web;
/* engine_web_is_guarded(path): even on loopback a token is needed to look at it. engine_web_is_page(path): a person
 * asks. */
bool engine_web_is_guarded(const char *path);
bool engine_web_is_page(const char *path);
/* engine_listen.c: engine_listen(engine, error): open the page's port. engine_watch_certificate: take over a
 * certificate that has changed and rests. */
bool engine_listen(struct engine *engine, struct error *error);
void engine_watch_certificate(struct engine *engine);
/* engine_entry.c: who may come in. false, NULL: the call is answered. engine_author is the name of the token by which
 * the caller may change something. */
bool engine_admit(void *engine, struct web_call *call, const char *method, const char *path);
const char *engine_author(struct engine *engine, struct web_call *call);
/* engine_post.c: what programs tell over HTTP, below /api/v1/, with a bearer token. */
void engine_post(struct engine *engine, struct web_call *call, const char *resource);
bool engine_post_takes(const char *resource);
/* engine_carries: whether the bearer token of the call, or its password of HTTP Basic, is that secret. */
bool engine_carries(const struct web_call *call, const struct seal *secret);
/* engine_hook.c: what trackers POST to /hooks/NAME. engine_hook_admit: false: the call is answered. */
#define ENGINE_HOOKS "/hooks/"
bool engine_hook_admit(struct engine *engine, struct web_call *call, const char *name);
void engine_hook(struct engine *engine, struct web_call *call, const char *name);
/* engine_acknowledge.c: the page that a signed link opens, and its button. */
void engine_acknowledge(struct engine *engine, struct web_call *call, bool act);
bool engine_is_link(const char *path);
/* engine_acknowledge_admit: whether the link is good; false: the call is answered. */
bool engine_acknowledge_admit(struct engine *engine, struct web_call *call);
/* The link by which that user acknowledges that problem, until ${expires} (epoch seconds); nothing when it cannot be
 * signed. */
void engine_acknowledge_link(const struct engine *engine, struct text *text, const char *subject,
                             uint64_t problem, const char *user, const char *run, int64_t expires);

#endif
