/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics of one remediation run: a folder with a file for each part and index.json, which names
 * every part with its length, its SHA-256 and what went wrong with it. The digest of the index stands in the
 * ledger, so that a part changed afterwards shows. Capped: 256 kB a part unless told otherwise, 4 MB in all.
 */
#ifndef WATCHBILL_LIB_BUNDLE_H
#define WATCHBILL_LIB_BUNDLE_H

#include "lib/digest.h"
#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

struct bundle; /* the diagnostics being gathered */

enum { BUNDLE_PART_BYTES = 256 * 1024, BUNDLE_BYTES = 4 * 1024 * 1024, BUNDLE_PARTS = 64 };

/* bundle_open(folder, run, deadline, error): make ${folder} and in it a new one for the run; NULL when it
 * exists or cannot be made. What is gathered ends by ${deadline}, CLOCK_MONOTONIC in ms. No link is followed
 * below
 * ${folder}'s parent. */
struct bundle *bundle_open(const char *folder, const char *run, int64_t deadline, struct error *error);

/* bundle_add_file(bundle, name, path, cap): the last ${cap} bytes of a file. bundle_add_text: bytes at hand.
 * bundle_add_own_file: the same of one that ${owner} wrote: a symbolic link, or one that belongs to another, would be
 * read with our rights. bundle_add_command: the output of a program, without a shell, within ${timeout} ms. A part
 * that fails is named in the bundle and makes the result false; the frame decides what that means. ${name} is a file
 * name: [A-Za-z0-9_.-], no dot first, unique. */
bool bundle_add_file(struct bundle *bundle, const char *name, const char *path, size_t cap);
bool bundle_add_own_file(struct bundle *bundle, const char *name, const char *path, size_t cap, uid_t owner);
bool bundle_add_text(struct bundle *bundle, const char *name, const char *bytes, size_t length);
bool bundle_add_command(struct bundle *bundle, const char *name, const char *const *argv, int64_t timeout);

/* bundle_bytes(bundle): bytes of all parts so far. */
size_t bundle_bytes(const struct bundle *bundle);

/* bundle_problem(bundle): a sentence on the first part that failed, or NULL. */
const char *bundle_problem(const struct bundle *bundle);

/* bundle_close(bundle, hex, error): write the index durably, release; ${hex} is the digest of the index. */
bool bundle_close(struct bundle *bundle, char hex[static DIGEST_HEX_BYTES], struct error *error);

/* bundle_attach(folder, name, bytes, length, error): a file beside the parts of a closed bundle, for what the act
 * itself printed: "act-" and ${name}; the last BUNDLE_PART_BYTES of it. */
bool bundle_attach(const char *folder, const char *name, const char *bytes, size_t length,
                   struct error *error);

/* bundle_attached(folder, each, owner): every such file with its digest. */
typedef void bundle_each(void *owner, const char *name, const char *hex);
void bundle_attached(const char *folder, bundle_each *each, void *owner);

#endif
