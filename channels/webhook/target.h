/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a request goes, and what its answer means for whoever wants it to arrive. */
#ifndef WATCHBILL_CHANNELS_WEBHOOK_TARGET_H
#define WATCHBILL_CHANNELS_WEBHOOK_TARGET_H

#include "collectors/http.h"
#include "lib/alert_channel.h"
#include "lib/text.h"

enum { TARGET_ANSWER_MOST = 64 << 10 };

struct target {
    const char *url;
    struct text place; /* scheme, host and port: the path of a hook is often its secret */
};

/* target_read(target, url, error): false when ${url} is none of http or https. target_release in any case. */
bool target_read(struct target *target, const char *url, struct error *error);
void target_release(struct target *target);

/* target_visible(text): whether it has neither blanks nor control characters, and can stand in a header. */
bool target_visible(const char *text);

/* target_judge(target, response, end, said): delivered for an answer 2xx, again for 408, 429, 5xx, a redirect that may
 * pass, and where no answer came, never for every other answer. */
enum alert_end target_judge(const struct target *target, const struct http_response *response,
                            enum source_end end, struct error *said);

#endif
