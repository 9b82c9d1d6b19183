/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarts a service by whatever manages it here. */
#include "remediations/tools/service.h"

struct args {
    struct service_options service;
};

static const struct args defaults = {.service = SERVICE_DEFAULTS};

static const struct option_row options[] = {
    {"service", 's', TEXT(struct args, service.service), .value = "NAME", .help = "the service",
     .required = true},
    SERVICE_OPTIONS(struct args, service),
    {"wait", 0, DURATION(struct args, service.wait), .value = "DURATION",
     .help = "how long it has to be active again", .high = 3600},
    {0},
};

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    return service_check(&args->service, error);
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    return service_diagnose(&args->service, run, bundle, error);
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct service *service = arena_get(run->arena, 1, sizeof *service);
    if (!service_find(&args->service, run, service, error))
        return false;
    run->kept = service;
    act_say(run, "%s \"%s\" by %s", run->dry_run ? "would restart" : "restarting", args->service.service,
            service_managers[service->manager]);
    return run->dry_run || service_restart(&args->service, service, run, error);
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    if (!service_await(&args->service, run->kept, run, error))
        return EFFECT_NONE;
    act_say(run, "it is active");
    return EFFECT_FIXED;
}

const struct remediation_program restart_service = {
    .name = "restart_service",
    .summary = "restarts a service and looks whether it is active",
    .notes = "Fixed means that its manager calls it active afterwards; for a pid file, that a new process of "
             "that name stands in it. Nothing meets a shell.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .act = act,
    .verify = verify,
};
