/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tracker that is a file: the issues by their names, `OPS-1: {title: ..., state: open}`. */
#ifndef WATCHBILL_IO_CONFIG_ISSUES_H
#define WATCHBILL_IO_CONFIG_ISSUES_H

#include "lib/error.h"

#include <stdbool.h>

/* config_issue_read(path, issue, open, error): whether the issue is open. false with a sentence: the file cannot be read,
 * has no such issue, or no state of it. Thread-safe. */
bool config_issue_read(const char *path, const char *issue, bool *open, struct error *error);

#endif
