/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the configuration: one table of keys and one reader for each file. They are read in this
 * order, because each may name what an earlier one holds: site, users, remediations, services, routes. */
#ifndef WATCHBILL_IO_CONFIG_PARTS_H
#define WATCHBILL_IO_CONFIG_PARTS_H

#include "scheduler/io/config_rows.h"

extern const struct config_row config_site_rows[];
extern const struct config_row config_users_rows[];
extern const struct config_row config_remediations_rows[];
extern const struct config_row config_services_rows[];
extern const struct config_row config_routes_rows[];
extern const struct config_row config_rrd_rows[];
extern const struct config_row config_windows_rows[];
extern const struct config_row config_hosts_rows[];
extern const struct config_row config_checks_rows[];
extern const struct config_row config_collects_rows[];
extern const struct config_row config_graphs_rows[];
extern const struct config_row config_alert_rows[];
extern const struct config_row config_serving_rows[];
extern const struct config_row config_verify_rows[];

/* config_PART_read(loader, root): the whole file. */
void config_site_read(struct config_loader *loader, const struct node *root);
void config_users_read(struct config_loader *loader, const struct node *root);
void config_remediations_read(struct config_loader *loader, const struct node *root);
void config_routes_read(struct config_loader *loader, const struct node *root);

/* config_rrd_read: the row `rrd` of the site. config_rrd_finish: the default archives, when none are given.
 */
config_reader config_rrd_read;
void config_rrd_finish(struct config_loader *loader);

/* config_calm_downtimes: the row `downtimes` of the site. */
extern const struct config_row config_calm_downtime_rows[];
config_reader config_calm_downtimes;
/* config_calm_check(loader): a matcher of the configuration that means no check is a warning. */
void config_calm_check(struct config_loader *loader);
/* config_calm_inhibit: the row `inhibit` of the site. */
extern const struct config_row config_calm_inhibit_rows[];
config_reader config_calm_inhibit;

/* config_windows_read: the row `windows`; config_windows_find: the row `window` of an alert, a contact or a
 * shift, into a const struct window *, which is NULL for "always". */
config_reader config_windows_read;
config_reader config_windows_find;

/* config_users_groups(loader, row, node, target): names of groups, which must exist, into a struct words. */
config_reader config_users_groups;

/* config_read_max(loader, row, node, target): "3 per 1h" into a struct max. */
config_reader config_read_max;

/* config_users_group_list(loader, row, node, groups, count): the same as the groups themselves, each with its own groups
 * behind it, all once. */
void config_users_group_list(struct config_loader *loader, const struct config_row *row,
                             const struct node *node, const struct group ***groups, size_t *count);

/* config_users_find(loader, node): the user of that name; NULL with a finding. config_users_list: a list of them. */
const struct user *config_users_find(struct config_loader *loader, const struct node *node);
void config_users_list(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       const struct user ***users, size_t *count);
/* config_users_group(loader, name): a group of the model while it is made; NULL: there is none. */
struct group *config_users_group(struct config_loader *loader, const char *name);

/* The row `overrides` of a group. config_groups_link: the row `groups` of each of ${map}, when all are known; one that
 * contains itself is a finding. */
extern const struct config_row config_override_rows[];
config_reader config_groups_overrides;
void config_groups_link(struct config_loader *loader, const struct config_row *row, const struct node *map);

/* config_escalate_read: the row `escalate` of an alert rule. */
extern const struct config_row config_escalate_rows[];
config_reader config_escalate_read;

/* A service while it is read. */
struct service_draft {
    struct service *service;
    const char *name;
    int64_t host_count, host_start, shard_count;
    const char *host_name;
    struct host *hosts; /* those that `hosts:` lists, in order */
    size_t listed;
    struct place place;
};

/* All services and hosts that were read so far, as they will stand in the model. */
struct service_list {
    const struct service **services;
    size_t service_count, service_room;
    const struct host **hosts;
    size_t host_count, host_room;
};

/* config_services_read(loader, root, name, list): one file of services/; ${name} is the service's name unless
 * the file says another. */
void config_services_read(struct config_loader *loader, const struct node *root, const char *name,
                          struct service_list *list);

/* config_hosts_read: the row `hosts` of a service. config_hosts_make: all hosts of the service, listed and
 * counted, into ${list}. */
config_reader config_hosts_read;
void config_hosts_add(struct config_loader *loader, struct service_list *list, const struct host *host);
void config_hosts_make(struct config_loader *loader, struct service_draft *draft, struct service_list *list);

/* config_serving_read: the row `serving` of a service. config_serving_host: the host that stands for it. */
config_reader config_serving_read;
const struct host *config_serving_host(struct config_loader *loader, const struct service *service);

/* config_verify_read: the row `verify` of a service, after its checks. */
config_reader config_verify_read;

/* config_hosts_format(arena, format, service, instance, shard, error): the name of a counted host:
 * %(name)s, %(instance)d, %02(instance)d or %(instance)02d, %(shard)d, %%. NULL with a sentence. */
const char *config_hosts_format(struct arena *arena, const char *format, const char *service,
                                int64_t instance, int64_t shard, struct error *error);

/* The rows `checks`, `collect` and `graphs` of a service. */
config_reader config_checks_read;
config_reader config_collects_read;
config_reader config_graphs_read;

/* config_checks_alert: an `alert:` map into a const struct alert_rule *. */
config_reader config_checks_alert;
/* config_templates_read: a file with macros into a const char *, its text. config_templates_script: a program and its
 * words into a struct words. */
config_reader config_templates_read;
config_reader config_templates_script;

/* config_checks_command: a command with macros into a struct words; its first word is sought in `plugins`. */
config_reader config_checks_command;
/* config_checks_when: a list of life-cycle statuses into their bits. */
config_reader config_checks_when;

/* config_links_add(loader, kind, text, place): a name that is looked up when everything is read. */
enum config_link_kind { CONFIG_LINK_HOST, CONFIG_LINK_CHECK, CONFIG_LINK_BINDING, CONFIG_LINK_WINDOW };
void config_links_add(struct config_loader *loader, enum config_link_kind kind, const char *text,
                      struct place place);
/* config_links_resolve(loader): unknown hosts and checks, and circles among them, are findings. */
void config_links_resolve(struct config_loader *loader);

/* One file that config_load reads. */
struct config_file {
    const char *path; /* for open(2) */
    const char *name; /* "services/www.yaml", for findings */
};

/* config_files_services(directory, arena, draft, files): the files of services/, by name; how many. A folder
 * that does not exist is an empty one. */
size_t config_files_services(const char *directory, struct arena *arena, struct findings_draft *draft,
                             struct config_file **files);

/* config_visit(directory, users_only, findings, visit, context): all that config_load does; ${visit} sees the
 * loader while the trees of all files are still there. It may be NULL. The model, or NULL with errors. */
struct config_documents {
    const struct node *site, *users, *remediations, *routes; /* NULL: could not be read */
    const struct node **services;                            /* inheritance of the documents resolved */
    const char **service_names;
    size_t service_count;
};
typedef void config_visitor(void *context, struct config_loader *loader,
                            const struct config_documents *documents);
struct model *config_visit(const char *directory, bool users_only, struct findings *findings,
                           config_visitor *visit, void *context);

#endif
