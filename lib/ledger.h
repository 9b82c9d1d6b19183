/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger: append-only JSON lines, one when a remediation run begins (durable before it acts) and one when it ends.
 * Written only by the remediation frame under a lock, and by the scheduler and its helper for what the frame cannot know:
 * the end of a run that died, and what the check says afterwards.
 *
 * Every line is an object with these members:
 * - event: "begin", "end", "refused" (by governance: expired, known run; by the state before the act; a usage error
 *   is no line), "step" (where a run is that goes on), "rehearsal" (a dry run that has an id), or "verdict";
 * - run: the id that joins the lines of a run; time: RFC 3339 in UTC; at: the same in epoch seconds; at_ms, of a begin:
 *   in ms, because a check may recover in the same second;
 * - remediation: its name in the configuration, else the program's; program: the program's name;
 * - issue, owner, diagnosed, cause, target, tagged, ttl: as given; expires: the first epoch second after the day
 *   tagged + ttl, a UTC day;
 * - asked_ms, of a begin: when the program was started, in epoch ms; diagnostics come before it begins;
 * - renewal: why it was tagged again, as given; service: that of the target, as given;
 * - subject: HOST/CHECK, when a check is the reason; problem: the id of its problem;
 * - author: who approved or started it; user, pid: who ran it;
 * - bundle, bundle_sha256: the folder of the diagnostics and the digest of its index;
 * - outcome of an end: "fixed", "no_effect", "failed", "interrupted" (it was killed); exit, duration: the program's exit
 *   code, and seconds since the begin; text: what was said, why it was refused, or where it is; attached: the digests of what
 *   the act left in the bundle, by name;
 * - of what a limit refused, limit: its name (lib/limits.h); rearms: the epoch second from which it may run, null: when
 *   a run under way has ended;
 * - of a verdict, verdict: "fixed", "no_effect", "worse", or "moot": the check had recovered before it began; lasted: seconds from the opening of the problem; without: the
 *   median of those that passed without a run; paged: whether people were told. */
#ifndef WATCHBILL_LIB_LEDGER_H
#define WATCHBILL_LIB_LEDGER_H

#include "lib/error.h"

#include <jansson.h>
#include <stdint.h>

/* ledger_wants: whether a line, as it stands there, is worth parsing, which is what reading costs. ledger_each: it is told
 * one that was. */
typedef bool ledger_wants(void *owner, const char *line, size_t length);
typedef void ledger_each(void *owner, const json_t *line);

/* ledger_append(path, line, error): lock, write one line, fdatasync, unlock; makes the file (0660, so that
 * the group of the state directory may write too) and its folder. Made by root in another's folder it belongs
 * to the owner of that folder. A torn last line (power cut) is closed with a newline first; a line that could
 * not be written whole is taken back. Refused: a symbolic link, what is no regular file. */
bool ledger_append(const char *path, const json_t *line, struct error *error);

/* ledger_append_if(path, line, look, error): the same if ${look} allows it: the lines of the ledger that it wants are told
 * to its `each` first, in order, and nobody else writes before ${line} stands there. ledger_ask: its answer alone,
 * without the lock; a missing ledger is empty. */
struct ledger_look {
    ledger_wants *wants;
    ledger_each *each;
    bool (*allows)(void *owner, struct error *error); /* asked once, after all lines; NULL: it does */
    void *owner;
};
bool ledger_append_if(const char *path, const json_t *line, const struct ledger_look *look,
                      struct error *error);
bool ledger_ask(const char *path, const struct ledger_look *look, struct error *error);

/* ledger_knows(path, run, known, error): whether the ledger has a line of a run of that id that began. */
bool ledger_knows(const char *path, const char *run, bool *known, struct error *error);

/* ledger_open_run(path, run, issue, pid, error): ${pid}: the process of a run for that issue that has begun and not ended;
 * 0: there is none. */
bool ledger_open_run(const char *path, const char *run, const char *issue, int64_t *pid, struct error *error);

/* ledger_interrupt(path, run, pid, now, text, error): end the entry of a run that died: an "end" with the outcome
 * "interrupted" is written if process ${pid} has begun the run (0: any process) and it has not ended, else nothing. Its
 * text is ${text} and where the run was by its last "step".
 * ${now} is in epoch seconds. A missing ledger is not made. */
bool ledger_interrupt(const char *path, const char *run, int64_t pid, int64_t now, const char *text,
                      struct error *error);

/* ledger_interrupt_dead(path, now, error): the same for every run that has begun, has not ended, and whose process is
 * no more: what a power cut or a KILL left behind. A missing ledger is not made. */
bool ledger_interrupt_dead(const char *path, int64_t now, struct error *error);

/* ledger_is_dead(begin): whether the process of a begun run is no more: gone, a zombie, or its number is another's
 * by now. */
bool ledger_is_dead(const json_t *begin);

/* ledger_verdict(path, line, now, error): what the check says of a run that the ledger knows: ${line} has "run",
 * "verdict" and what belongs to it; event and time are added. */
bool ledger_verdict(const char *path, json_t *line, int64_t now, struct error *error);

/* ledger_read(path, each, owner, bad, error): every line that parses, in order; what does not is counted in
 * ${bad} and skipped. A missing file is empty. Takes no lock. ${bad} may be NULL. */
bool ledger_read(const char *path, ledger_each *each, void *owner, size_t *bad, struct error *error);

/* ledger_read_with(path, words, each, owner, error): the same for the lines that hold one of ${words}, ended by NULL, byte
 * for byte and wherever; the others are passed over unparsed, which is some ten times as fast. What a word means in its
 * line is for ${each} to look at. */
bool ledger_read_with(const char *path, const char *const *words, ledger_each *each, void *owner,
                      struct error *error);

/* ledger_summary(path, issue, since, now, bad, error): INTERFACE's array of {issue, remediation, runs, fixed, no_effect,
 * failed, refused, last_run, days_left, diagnosed}, and worse, before (runs in the span of the same length before
 * ${since}), avoided_minutes (of outage, by the median of what it lasts without a run), pages_saved (percent of the
 * judged runs that helped before people were told; null: none was judged), first_run and last_run (of the whole ledger), rehearsed
 * (the last run or dry run), dry_runs, renewals, tagged and renewal (of the latest day of a run), cause, owner; one for each issue and remediation, sorted by them. ${issue} NULL:
 * all; runs begun at or after ${since}, epoch seconds. What the check said of a run counts, not what the program said;
 * an interrupted run counts as failed; one that has not ended is a run without an outcome. Instants are epoch seconds or
 * null; days_left is 0 on the last day and negative after it. ${bad}, which may be NULL: lines that cannot be read; of an
 * issue they are not looked for. A new reference, or NULL. */
json_t *ledger_summary(const char *path, const char *issue, int64_t since, int64_t now, size_t *bad,
                       struct error *error);

/* ledger_raw(line, length, quoted): in a line that is not parsed, where the value of the member begins whose name, with its
 * quotes, is ${quoted}; NULL: there is none. A quote inside of a text is escaped, so that no text is taken for a name. */
const char *ledger_raw(const char *line, size_t length, const char *quoted);

/* ledger_raw_at(line, length): its "at" in epoch ms; 0: it has none. */
int64_t ledger_raw_at(const char *line, size_t length);

/* ledger_text(bytes, length): a JSON string, made fit by utf8_add. A new reference. */
json_t *ledger_text(const char *bytes, size_t length);

/* ledger_stamp(line, now): set "time" and "at" of a line. */
void ledger_stamp(json_t *line, int64_t now);

#endif
