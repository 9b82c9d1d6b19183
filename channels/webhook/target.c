/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/webhook/target.h"

#include "collectors/http_status.h"

#include <string.h>
#include <strings.h>

bool target_visible(const char *text)
{
    while ((unsigned char)*text > ' ' && *text != '\x7f')
        text++;
    return *text == '\0';
}

bool target_read(struct target *target, const char *url, struct error *error)
{
    struct text shown = TEXT_INIT;
    size_t scheme = strncasecmp(url, "http://", 7) == 0 ? 7 : strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
    *target = (struct target){.url = url, .place = TEXT_INIT};
    http_shown_url(url, &shown);
    size_t host = scheme && shown.length > scheme ? strcspn(shown.bytes + scheme, "/?#") : 0;
    if (host)
        text_add_bytes(&target->place, shown.bytes, scheme + host);
    text_release(&shown);
    return (host && target_visible(url)) || error_set(error, "\"url\" is no URL of http or https");
}

void target_release(struct target *target)
{
    text_release(&target->place);
}

/* A redirect that may be gone tomorrow: a login page, maintenance. It is not followed. */
static bool may_pass(int status)
{
    return status == 408 || status == 429 || status >= 500 || status == 302 || status == 303 || status == 307;
}

/* An answer counts by its status, also when the rest of it is too large or broken off. */
enum alert_end target_judge(const struct target *target, const struct http_response *response,
                            enum source_end end, struct error *said)
{
    int status = response->status;
    const char *name = http_status_name(status);
    if (status < 200) { /* none came, or only a hint of one: the sentence is there */
        if (end == SOURCE_TIMEOUT)
            error_prefix(said, "no answer in time");
        return ALERT_AGAIN;
    }
    error_set(said, "\"%s\" answered %d%s%s", target->place.bytes, status, *name ? " " : "", name);
    if (status / 100 == 2)
        return ALERT_DELIVERED;
    return may_pass(status) ? ALERT_AGAIN : ALERT_NEVER;
}
