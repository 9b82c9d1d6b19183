/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alert channel: a program that reads one alert as a JSON object on standard input, delivers it, prints one
 * sentence and ends with 0 delivered, 1 try again later, 2 never. The frame and what all channels read. */
#ifndef WATCHBILL_LIB_ALERT_CHANNEL_H
#define WATCHBILL_LIB_ALERT_CHANNEL_H

#include "lib/error.h"

#include <jansson.h>
#include <stdint.h>

/* The exit codes of a channel. */
enum alert_end { ALERT_DELIVERED = 0, ALERT_AGAIN = 1, ALERT_NEVER = 2 };

enum { ALERT_CHANNEL_INPUT_MOST = 4 << 20, ALERT_CHANNEL_SECRET_MOST = 1024 };

/* What is said about the alert itself. The texts belong to the JSON object. */
struct alert_facts {
    const char *id, *user, *urgency, *kind, *host, *check, *state, *subject, *text;
    int64_t problem;
    int64_t at; /* epoch milliseconds */
};

/* deliver(alert, said): ${alert} is an object without duplicate keys; ${said} is a sentence in every case. */
typedef enum alert_end alert_channel_deliver(const json_t *alert, struct error *said);

/* alert_channel_main(argc, argv, deliver): the whole program. Secrets may come into its memory, so it leaves no
 * core and is closed to debuggers; SIGPIPE is ignored. It takes no arguments. Input that is no such object, or
 * is larger than ALERT_CHANNEL_INPUT_MOST, can never be delivered. */
int alert_channel_main(int argc, char **argv, alert_channel_deliver *deliver);

/* alert_channel_text(object, key): the text, or NULL. */
const char *alert_channel_text(const json_t *object, const char *key);

/* alert_channel_texts(object, keys, error): the members of these names (up to NULL) that are there are texts or
 * null. */
bool alert_channel_texts(const json_t *object, const char *const *keys, struct error *error);

/* alert_channel_facts(alert, facts, error): false when one of them is missing or of another kind. */
bool alert_channel_facts(const json_t *alert, struct alert_facts *facts, struct error *error);

/* alert_channel_timeout(alert): "timeout_ms" within 1 s and 10 min; 30 s when it is missing or no integer. */
int64_t alert_channel_timeout(const json_t *alert);

/* alert_channel_secret(path, what, secret, error): the first line of a file, at most
 * ALERT_CHANNEL_SECRET_MOST - 2 bytes, never empty. ${what} names it in sentences: "password". The caller wipes
 * ${secret}, also after a failure. */
bool alert_channel_secret(const char *path, const char *what, char secret[static ALERT_CHANNEL_SECRET_MOST],
                          struct error *error);

#endif
