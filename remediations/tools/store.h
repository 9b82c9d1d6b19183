/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where files are put away for good: a directory, or a bucket of S3's or Swift's protocol. Nothing that is there is
 * ever overwritten, and nothing stands there under its name before it is whole. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_STORE_H
#define WATCHBILL_REMEDIATIONS_TOOLS_STORE_H

#include "lib/digest.h"
#include "lib/remediation.h"

/* Either the directory or the bucket. */
struct store {
    const char *directory;
    const char *bucket; /* "https://HOST/BUCKET" and, if wanted, a prefix */
    const char *region, *key, *secret;
    const char *ca_file;
    bool insecure;
};

enum store_found {
    STORE_ABSENT,
    STORE_SAME,    /* read back whole: it has that digest */
    STORE_OTHER,   /* another one has its name */
    STORE_UNKNOWN, /* it cannot be told; the sentence says why */
};

/* store_place(store, name, arena): the path or URL of ${name}, whose parts are joined by "/". */
const char *store_place(const struct store *store, const char *name, struct arena *arena);

/* store_find(store, name, sha256, run, error): read what stands under ${name}, and compare its digest. */
enum store_found store_find(const struct store *store, const char *name, const char *sha256,
                            const struct act_run *run, struct error *error);

/* store_put(store, name, fd, size, sha256, run, error): the ${size} bytes of ${fd}, which stands at its begin. Durable
 * when it returns true; folders on the way are made. Call store_find before and after. */
bool store_put(const struct store *store, const char *name, int fd, int64_t size, const char *sha256,
               const struct act_run *run, struct error *error);

#endif
