/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits that a remediation is told: what the frame asks the ledger about before the run begins. */
#include "lib/remediation_frame.h"

#include "lib/number.h"

static bool read_max(const char *option, const char *text, struct max *max, struct error *error)
{
    return !text || max_read(text, max) ||
           error_set(error, "--%s: not such as \"3 per 1h\": \"%.100s\"", option, text);
}

/* "2 of 8" */
static bool read_share(const char *text, struct limits *limits, struct error *error)
{
    static const char of[] = " of ";
    const char *found = text ? strstr(text, of) : NULL;
    char number[16] = "";
    if (found && (size_t)(found - text) < sizeof number)
        memcpy(number, text, (size_t)(found - text));
    return !text ||
           (number_read_whole(number, 1, INT32_MAX, &limits->share) &&
            number_read_whole(found + sizeof of - 1, 0, INT32_MAX, &limits->hosts)) ||
           error_set(error, "--share: not such as \"2 of 8\": \"%.100s\"", text);
}

static bool are_none(const struct limits *limits)
{
    const struct limits none = {0};
    return memcmp(limits, &none, sizeof none) == 0;
}

bool remediation_limits(struct frame *frame, struct error *error)
{
    const struct frame_args *args = &frame->args;
    struct limits *limits = &frame->limits;
    memset(limits, 0, sizeof *limits);
    limits->cooldown = args->cooldown;
    limits->concurrency = args->concurrency;
    limits->service.concurrency = args->service_concurrency;
    limits->site.concurrency = args->site_concurrency;
    if (!read_max("max", args->max, &limits->max, error) ||
        !read_max("max-total", args->max_total, &limits->max_total, error) ||
        !read_max("service-max", args->service_max, &limits->service.max, error) ||
        !read_max("site-max", args->site_max, &limits->site.max, error) ||
        !read_share(args->share, limits, error))
        return false;
    if (!args->host_service && (args->share || args->service_max || args->service_concurrency))
        return error_set(error, "--host-service: missing; the limits of a service need its name");
    frame->limited = !are_none(limits);
    return true;
}
