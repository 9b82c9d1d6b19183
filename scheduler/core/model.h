/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One generation of the configuration, as the rest of the scheduler sees it. Read-only once it is made; all
 * of it lives in one arena. Layer 1: no clock, no I/O.
 *
 * A service's checks exist once (struct check_plan) and are bound to each of its hosts by a struct binding,
 * so that 100,000 checks cost little. Lists are (pointer, count); names are unique within their list; every
 * list of named things is sorted by name, for model_find_*. Durations are milliseconds. */
#ifndef WATCHBILL_CORE_MODEL_H
#define WATCHBILL_CORE_MODEL_H

#include "lib/arena.h"
#include "lib/limits.h"
#include "lib/verdict.h"
#include "scheduler/core/schedule.h"
#include "scheduler/core/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where something stands in the configuration; for sentences and `config show`. */
struct place {
    const char *file;
    unsigned line;
    unsigned column;
};

/* The names of the enums here, in the order of their values and ended by NULL, are those of the configuration. */
enum urgency { URGENCY_NONE, URGENCY_NOTIFY, URGENCY_ALERT };
extern const char *const urgency_names[]; /* "none", "notify", "alert" */
const char *urgency_name(enum urgency urgency);

struct words {
    const char **items; /* ended by NULL as well */
    size_t count;
};

struct pair {
    const char *name;
    const char *value;
};

struct pairs {
    struct pair *items;
    size_t count;
};

/* ---- who is told ---- */

enum channel { CHANNEL_MAIL, CHANNEL_WEBHOOK, CHANNEL_COMMAND };
enum { CHANNEL_COUNT = CHANNEL_COMMAND + 1 };
const char *channel_name(enum channel channel); /* "mail", "webhook", "command" */
/* channel_read(text, channel): false: it is none of these names. */
bool channel_read(const char *text, enum channel *channel);

struct contact {
    enum channel channel;
    const char *address;           /* mail address or URL; for a command its first word */
    struct words command;          /* CHANNEL_COMMAND */
    const char *token_file;        /* NULL: none */
    const char *format;            /* CHANNEL_WEBHOOK: "json", "alertmanager" or "slack" */
    const struct window *window;   /* NULL: always */
    struct max cap;                /* of messages; the site's when its count is 0 */
    int importance;                /* what is less important is not told by it */
    const struct window *recovery; /* when it may be told of a recovery; NULL: at once */
};

struct user {
    const char *name;
    const char *full_name;
    const char *timezone;        /* NULL: the site's */
    struct contact *contacts[3]; /* by enum urgency; [URGENCY_NONE] is NULL */
    size_t contact_count[3];
    struct place place;
};

struct shift {
    const struct window *window;
    const struct user **users; /* in the order in which they are called */
    size_t user_count;
};

/* Who is on call instead of what the shifts say, in [from, until). */
struct override {
    int64_t from, until;       /* epoch seconds */
    const struct user **users; /* in the place of the whole shift; or, when there are none: */
    size_t user_count;
    const struct user *user, *instead_of; /* the one in the place of the other */
};

struct group {
    const char *name;
    const char *timezone; /* NULL: the site's */
    struct shift *shifts;
    size_t shift_count;
    int64_t escalate_after; /* 0: never */
    struct override *overrides;
    size_t override_count;
    const struct group **groups; /* whose people are told as well, through all of theirs; without itself */
    size_t group_count;
    bool gaps_allowed; /* hours without anybody are meant so */
    struct place place;
};

/* ---- what is checked ---- */

enum status {
    STATUS_PROVISIONED,
    STATUS_CONFIGURED,
    STATUS_VERIFIED,
    STATUS_ACTIVE,
    STATUS_RETIRED,
    STATUSES
};
extern const char *const status_names[]; /* "provisioned" ... */
const char *status_name(enum status status);

/* A further call when nobody has acknowledged. */
struct escalation {
    int64_t after; /* since the problem was first told; rising from step to step */
    const struct group **groups;
    size_t group_count;
    enum urgency urgency; /* URGENCY_NONE: as the rule has it for the verdict */
};

struct alert_rule {
    const struct group **groups;
    size_t group_count;
    enum urgency urgency[VERDICTS]; /* [VERDICT_OK] is unused */
    int64_t repeat;                 /* 0: never again */
    int64_t delay;
    int64_t group_wait;
    struct escalation *steps;
    size_t step_count;
    int64_t keep_ack;             /* how long an acknowledgement outlives the recovery; 0: not */
    unsigned downtime;            /* the urgency with which the beginning and end of downtimes are told */
    const struct window *window;  /* NULL: always */
    const char *info;             /* NULL: none */
    const char *template_text;    /* with macros; NULL: the built-in text */
    const char *template_html;    /* NULL: none */
    struct words template_script; /* empty: none; items[0] is a path */
};

struct outcomes {
    bool timeout_given, signal_given;
    enum verdict timeout, signal;
    struct outcome_code {
        int code;
        enum verdict verdict;
    } * codes;
    size_t code_count;
};

/* A retention: how often a consolidated value and for how long. */
struct archive {
    int64_t every;
    int64_t keep;
};

struct archives {
    struct archive *items;
    size_t count;
};

/* How many hosts of a service must serve. */
struct serving {
    const char *check; /* a host serves while this check of it is OK or WARNING */
    double share;      /* percent of the active hosts; 0: `count` counts */
    int64_t count;
    const struct alert_rule *alert; /* NULL: nobody is told */
    struct place place;
};

/* What is expected of a host that was configured. */
struct verify {
    int64_t timeout; /* until all of its checks are OK at once */
};

struct check_plan {
    const char *name;
    const char *title;    /* NULL: the name */
    struct words command; /* with macros; items[0] is a path when `plugins` hold it, else as written; empty:
                           * passive only */
    int64_t every, retry, timeout;
    const struct schedule *schedule; /* instead of every; NULL: by every */
    const struct window *window;     /* when it runs and counts; NULL: always */
    int64_t freshness;               /* 0: results may stay away */
    enum verdict stale;              /* what it means when they do and there is no command */
    int attempts;
    unsigned when; /* bits of 1 << enum status */
    bool store;
    int importance;
    bool volatile_; /* every bad result is told */
    struct outcomes outcomes;
    const struct serving *serving;  /* it counts the hosts of a service that serve; NULL: it does not */
    const struct verify *verify;    /* it tells whether its host is verified; NULL: it does not */
    const struct alert_rule *alert; /* NULL: nobody is told */
    bool flapping;
    double flapping_low, flapping_high; /* percent */
    const struct remediation **remediate;
    size_t remediate_count;
    struct words depends_all, depends_any; /* "HOST/CHECK" or "CHECK" of the same host */
    struct pairs tags;
    struct place place;
};

struct collect_key {
    const char *label; /* the RRD file's name */
    struct words path; /* keys from the outside in */
    const char *type;  /* GAUGE, COUNTER, DERIVE, ABSOLUTE */
};

struct collect_plan {
    const char *name;
    struct words command;
    int64_t every, timeout;
    int64_t store_every; /* step of its files */
    unsigned when;
    struct collect_key *keys;
    size_t key_count;
    struct place place;
};

struct graph_item {
    const char *metric; /* "CHECK.LABEL", with * in LABEL */
    const char *label;  /* NULL: by the metric */
    bool stack, negative;
};

struct graph_plan {
    const char *name;
    const char *label; /* vertical label */
    struct graph_item *items;
    size_t item_count;
    struct words overlay;
    struct place place;
};

struct service {
    const char *name;
    struct check_plan *checks;
    size_t check_count;
    struct collect_plan *collects;
    size_t collect_count;
    struct graph_plan *graphs;
    size_t graph_count;
    struct bounds bounds;            /* of all remediations on its hosts */
    const struct check_plan *verify; /* the check "verify" of each host that is configured; NULL: none */
    const struct serving *serving;   /* NULL: it is not counted */
    struct pairs tags;
    struct place place;
};

struct host {
    const char *name;
    const char *address;
    enum status status;
    const struct service *service;
    struct words parents;
    struct pairs vars; /* names in upper case */
    struct pairs tags;
    bool computed;     /* no machine: it stands for a service, whose name its own service has */
    const char *alive; /* the check that tells whether it is up; NULL: it is up */
    int importance;
    int instance, shard; /* 0 when hosts are listed by name */
    struct place place;
};

/* One check of one host. Its identity is HOST/CHECK; `index` is its place in model->bindings, sorted by host
 * name and then by check name. */
struct binding {
    const struct host *host;
    const struct check_plan *plan;
};

/* model_importance(binding): the higher of those of its host and its check. */
int model_importance(const struct binding *binding);

/* One collect of one host. */
struct collect_binding {
    const struct host *host;
    const struct collect_plan *plan;
};

/* ---- what is done about it ---- */

enum mode { MODE_ACT, MODE_DRY_RUN, MODE_ASK };
extern const char *const mode_names[]; /* "act", "dry_run", "ask" */

struct tracker {
    const char *name; /* the prefix of its issues: "OPS" */
    const char *type; /* "file", "redmine", ... */
    const char *path; /* type file */
    const char *url;
    const char *token_file;
    const char *webhook_secret_file;
    struct words command;  /* type command: it is asked in place of the tracker */
    int64_t poll;          /* how often each issue is asked for */
    int64_t hold;          /* how long its last word holds while it is away */
    bool disarm_when_away; /* after that */
    bool reopen;           /* firing after the close reopens the issue; else it is a comment */
    struct place place;
};

struct remediation {
    const char *name;
    const char *issue; /* "OPS-1423" */
    const struct tracker *tracker;
    const char *owner;
    const char *user;        /* system user to run as; NULL: the helper's */
    const char *tagged_text; /* "2026-11-01" */
    int64_t tagged;          /* days since 1970-01-01 */
    int64_t ttl;
    const char *renewal; /* why it was tagged again; NULL: the first time */
    bool diagnosed;
    const char *cause; /* "hardware", "vendor", "in_house" */
    struct words command;
    unsigned on_states; /* bits of 1 << enum verdict */
    bool on_hard;       /* only hard problems */
    int64_t after;
    int64_t cooldown;
    struct max max;          /* on one target */
    struct max max_total;    /* on all targets */
    int64_t concurrency;     /* at once, on the whole site */
    double share;            /* percent of the service's hosts at once; 0: no limit */
    bool despite_redundancy; /* it may act on a host that serves while others do not */
    int64_t verify_within;
    int64_t timeout;
    enum mode mode;
    int64_t approval;                  /* how long a person may take, in the mode ask */
    int64_t rehearse;                  /* how long it may go without any run, a dry one included */
    struct words may_run, may_approve; /* groups */
    struct place place;
};

/* What holds for all remediations together. */
struct governance {
    int64_t ttl; /* the longest of a workaround whose cause is not hardware */
    struct bounds bounds;
    int review_day;    /* of the weekly review: 1 is Monday, 7 Sunday; 0: there is none */
    int review_minute; /* of that day, in the site's zone */
};

/* ---- the site ---- */

struct mail_settings {
    const char *from;
    const char *spool;  /* a directory; NULL: by SMTP */
    const char *server; /* host:port */
    bool tls_required;
    const char *ca_file, *user, *password_file;
};

struct retention {
    const char *match; /* extended regular expression on HOST/CHECK */
    int64_t priority;
    struct archives archives;
    struct re_pattern_buffer *pattern; /* regex_t of `match`, made by model_retention_compile */
};

/* A downtime that comes again: watchbill.yaml, `downtimes`. */
struct downtime_rule {
    struct matcher *matcher;
    const char *window;  /* a name */
    const char *comment; /* "": none */
    bool children;
    struct place place;
};

/* One problem explains others: watchbill.yaml, `inhibit`. */
struct inhibit_rule {
    struct matcher *source, *target;
    unsigned states;    /* of the source: bits of 1 << enum verdict */
    struct words equal; /* "host", "service", "tag.NAME": the same for both */
    struct place place;
};

/* What holds for all alerts of the site: the map `alerting:`. */
struct alerting {
    int64_t hold;         /* how long a page waits for fresh results of what the check depends on */
    int64_t grace;        /* how long it waits after a start or a reload for a first fresh result */
    int64_t downtime_max; /* the longest downtime */
    int64_t silence_max;  /* the longest silence */
    struct max storm;     /* messages to one contact */
};

struct site {
    const char *directory; /* the configuration directory, absolute */
    const char *state;     /* the state directory, absolute */
    const char *listen;    /* "127.0.0.1:8642" */
    const char *url;
    const char *statsd_address, *statsd_prefix; /* both NULL: alerts are not counted there */
    struct deadman {
        const char *url; /* NULL: none */
        const char *token_file;
        int64_t every;
    } deadman;
    struct tls_files {
        const char *certificate, *key; /* both NULL: no TLS */
    } tls;
    const char *tokens_file; /* NULL: nothing can be changed over HTTP */
    const char *user;        /* to drop to; NULL: none */
    const char *timezone;
    struct words plugins; /* absolute directories */
    int64_t runners, warm, worker_timeout;
    struct mail_settings mail;
    struct alerting alerting;
    int64_t journal_keep; /* ms */
    int64_t rrd_step;
    struct archives archives;
    struct retention *retentions; /* highest priority first */
    size_t retention_count;
    const char *rrdcached; /* NULL: none */
};

struct model {
    struct arena *arena;
    struct site site;
    struct window_set *windows;
    const struct user **users;
    size_t user_count;
    const struct group **groups;
    size_t group_count;
    const struct service **services;
    size_t service_count;
    const struct host **hosts;
    size_t host_count;
    struct binding *bindings;
    size_t binding_count;
    struct collect_binding *collects;
    size_t collect_count;
    const struct remediation **remediations;
    size_t remediation_count;
    const struct tracker **trackers;
    size_t tracker_count;
    struct inhibit_rule *inhibits;
    size_t inhibit_count;
    struct downtime_rule *downtimes;
    size_t downtime_count;
    struct governance governance;
};

/* model_machines(model): how many hosts there are, without those that stand for a service. */
size_t model_machines(const struct model *model);

/* model_is_counted(plan): its results are made from those of others; it takes none. */
bool model_is_counted(const struct check_plan *plan);

/* model_state_name(plan, verdict): the name of a state of that check: of the verdict, or "REDUNDANCY": a service that
 * serves, with fewer hosts than all; or "VERIFYING": a host whose time to be verified is not over. */
const char *model_state_name(const struct check_plan *plan, enum verdict verdict);

/* model_free(model): release a generation, itself a part of its arena; NULL is allowed. */
void model_free(struct model *model);

/* model_retention_compile(arena, retention, error): make ${retention}->pattern of its `match`; model_free
 * releases it. */
bool model_retention_compile(struct arena *arena, struct retention *retention, struct error *error);

/* Each by its name; NULL: there is none. */
const struct user *model_user(const struct model *model, const char *name);
const struct group *model_group(const struct model *model, const char *name);
const struct host *model_host(const struct model *model, const char *name);
const struct remediation *model_remediation(const struct model *model, const char *name);
const struct tracker *model_tracker(const struct model *model, const char *name);

enum { MODEL_NONE = -1 };
/* model_host_index(model, name): its place among the hosts; MODEL_NONE: there is none of that name. */
int64_t model_host_index(const struct model *model, const char *name);
/* model_binding(model, host, check): the index of HOST/CHECK, or MODEL_NONE. */
int64_t model_binding(const struct model *model, const char *host, const char *check);
/* model_binding_named(model, subject): the same for "HOST/CHECK". */
int64_t model_binding_named(const struct model *model, const char *subject);

/* model_archives(model, host, check): the archives of its RRD files: of the first retention that matches, else
 * the site's. */
const struct archives *model_archives(const struct model *model, const char *host, const char *check);

#endif
