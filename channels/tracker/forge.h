/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of trackers: one row each, in a file of its name. */
#ifndef WATCHBILL_CHANNELS_TRACKER_FORGE_H
#define WATCHBILL_CHANNELS_TRACKER_FORGE_H

#include "channels/tracker/talk.h"

/* Each function: ALERT_DELIVERED when it is done, else a sentence. */
struct forge {
    const char *type;   /* as the configuration has it */
    const char *header; /* "Authorization: Bearer ": the token follows */
    const char *place;  /* of an issue below the base: its number follows, or with ${whole} its name */
    bool whole;
    bool pair; /* a token "NAME:TOKEN" goes by HTTP Basic */
    /* forge_base(base, url): the address of the API for the address that people use. */
    void (*base)(struct text *base, const char *url);
    enum alert_end (*state)(const struct talk *talk, bool *open, struct error *said);
    talk_comment *comment;
    enum alert_end (*reopen)(const struct talk *talk, const char *text, struct error *said);
};

extern const struct forge forge_redmine, forge_github, forge_gitlab, forge_jira;

#endif
