/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

bool ledger_verdict(const char *path, json_t *line, int64_t now, struct error *error)
{
    bool known = false;
    const char *run = json_string_value(json_object_get(line, "run"));
    json_object_set_new(line, "event", json_string("verdict"));
    ledger_stamp(line, now);
    return ledger_knows(path, run, &known, error) &&
           (known || error_set(error, "the ledger knows no run \"%s\"", run)) &&
           ledger_append(path, line, error);
}
