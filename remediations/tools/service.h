/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A service of this machine and whatever manages it: systemd, runit, a System V script, or a pid file and a command. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_SERVICE_H
#define WATCHBILL_REMEDIATIONS_TOOLS_SERVICE_H

#include "lib/remediation.h"

enum service_manager { SERVICE_AUTO, SERVICE_SYSTEMD, SERVICE_SYSV, SERVICE_RUNIT, SERVICE_PIDFILE };

/* Their names, ended by NULL. */
extern const char *const service_managers[];

struct service_options {
    const char *service;
    int manager;
    const char *pid_file, *process, *init_dir, *service_dir;
    struct option_list command;
    int64_t wait, steady, grace; /* ms */
};

#define SERVICE_DEFAULTS                                                                                     \
    {                                                                                                        \
        .init_dir = "/etc/init.d", .service_dir = "/etc/service", .wait = 10000, .steady = 1000,             \
        .grace = 5000                                                                                        \
    }

/* The rows that fill MEMBER of TYPE, a struct service_options; that of the service's name is the program's own. */
/* clang-format off */
#define SERVICE_OPTIONS(type, member)                                                                        \
    {"manager", 'm', CHOICE(type, member.manager), .value = "MANAGER",                                       \
     .help = "what manages it; auto takes a pid file with a command if they are given, else what it finds: " \
             "systemd, runit, a System V script",                                                            \
     .choices = service_managers},                                                                           \
    {"pid-file", 0, TEXT(type, member.pid_file), .value = "PATH",                                            \
     .help = "pidfile: where its process id stands"},                                                        \
    {"process", 0, TEXT(type, member.process), .value = "NAME",                                              \
     .help = "pidfile: what the process is called; by default like the service. Another one is not touched"},\
    {"command", 0, LIST(type, member.command), .value = "WORD",                                              \
     .help = "pidfile: the command that starts it in the background, word by word"},                         \
    {"init-dir", 0, TEXT(type, member.init_dir), .value = "DIR", .help = "sysv: where the scripts are"},     \
    {"service-dir", 0, TEXT(type, member.service_dir), .value = "DIR",                                       \
     .help = "runit: where the services are"},                                                               \
    {"steady", 0, DURATION(type, member.steady), .value = "DURATION",                                        \
     .help = "how long it must stay active, as the same process where that is told", .high = 3600},          \
    {"grace", 0, DURATION(type, member.grace), .value = "DURATION",                                          \
     .help = "pidfile: time from TERM to KILL", .high = 3600}
/* clang-format on */

/* What is known of it when it acts. */
struct service {
    enum service_manager manager;
    const char *path; /* of the script or of runit's directory */
    int64_t old_pid;  /* pidfile: before; 0: none */
};

/* service_check(options, error): a name of letters, digits and "_.@:-", and what its manager needs. */
bool service_check(const struct service_options *options, struct error *error);

/* service_find(options, run, service, error): which manager is meant and here. */
bool service_find(const struct service_options *options, const struct act_run *run, struct service *service,
                  struct error *error);

/* service_diagnose(options, run, bundle, error): what the manager says of it, and its journal or pid file. */
bool service_diagnose(const struct service_options *options, const struct act_run *run, struct bundle *bundle,
                      struct error *error);

/* service_restart(options, service, run, error): nothing meets a shell. */
bool service_restart(const struct service_options *options, struct service *service, struct act_run *run,
                     struct error *error);

/* service_await(options, service, run, error): until it is active and stays so for .steady, for as long as .wait
 * says; for a pid file: until a new process of that name stands in it. */
bool service_await(const struct service_options *options, const struct service *service, struct act_run *run,
                   struct error *error);

#endif
