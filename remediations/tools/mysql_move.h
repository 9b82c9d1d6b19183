/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves of a primary: where a server stands in the stream of transactions, and whom it follows. MariaDB's global
 * transaction ids throughout. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_MYSQL_MOVE_H
#define WATCHBILL_REMEDIATIONS_TOOLS_MYSQL_MOVE_H

#include "remediations/tools/mysql_admin.h"

/* mysql_move_place(text, arena, place, error): "HOST:PORT", "[::1]:PORT"; without a port 3306. */
bool mysql_move_place(const char *text, struct arena *arena, struct act_place *place, struct error *error);

/* mysql_move_follows(standing, place): whether the server's only source is ${place}. */
bool mysql_move_follows(const struct mysql_standing *standing, const struct act_place *place);

/* mysql_move_position(link, run, error): what the server has written so far: "0-1-7,1-2-3", of digits, "-" and ","
 * alone; NULL: it does not tell. */
const char *mysql_move_position(struct mysql_link *link, const struct act_run *run, struct error *error);

/* mysql_move_await(link, run, position, milliseconds, error): until a replica has applied ${position}; false: it has
 * not by then. */
bool mysql_move_await(struct mysql_link *link, const struct act_run *run, const char *position,
                      int64_t milliseconds, struct error *error);

/* mysql_move_has_applied(link, run, standing): whether all transactions that came whole from the only source have been
 * applied; waits for them a moment. Of what came in half nothing is counted: nobody acknowledged it. */
bool mysql_move_has_applied(struct mysql_link *link, const struct act_run *run,
                            const struct mysql_standing *standing);

/* mysql_move_is_read_only(link, run, read_only, error). */
bool mysql_move_is_read_only(struct mysql_link *link, const struct act_run *run, bool *read_only,
                             struct error *error);

/* mysql_move_set_waiting(link, run, waiting, changed, error): whether the server acknowledges a write only when a replica
 * has it (semi-synchronous). ${changed}: it was otherwise before. Nothing is set that is so already, which takes no
 * right. */
bool mysql_move_set_waiting(struct mysql_link *link, const struct act_run *run, bool waiting, bool *changed,
                            struct error *error);

/* mysql_move_confirms(link, run): whether a replica confirms what it receives (semi-synchronous), if its primary
 * waits for that. mysql_move_has_confirmed(link, run): whether it was asked to since it began to receive: its primary
 * did wait. */
bool mysql_move_confirms(struct mysql_link *link, const struct act_run *run);
bool mysql_move_has_confirmed(struct mysql_link *link, const struct act_run *run);

/* mysql_move_follow(link, run, name, source, user, password, error): let the connection ${name} replicate from
 * ${source}. ${user} NULL: as whom it does so far. */
bool mysql_move_follow(struct mysql_link *link, const struct act_run *run, const char *name,
                       const struct act_place *source, const char *user, const char *password,
                       struct error *error);

/* mysql_move_is_word(text): whether it stands in a statement between quotes as it is: no quote, no backslash, no
 * control character. */
bool mysql_move_is_word(const char *text);

#endif
