#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demonstration of conf/welcome.txt, as a newcomer would see it: `make run`, and then `make demo` beside it. Tells
# how long the start took; exit 1 when something does not come.
set -euo pipefail
cd "$(dirname "$0")/.."
begun=$SECONDS
log=$(mktemp)
set -m # a process group of its own, to be ended as a whole
make run >"$log" 2>&1 &
run=$!
finish() {
    kill -TERM -- "-$run" || true
    wait "$run" || true
    rm -f "$log"
}
trap finish EXIT

answers() { WATCHBILL_CONF=$PWD/conf build/bin/watchbill status >/dev/null 2>&1; }
until answers; do
    if [ $((SECONDS - begun)) -ge 420 ] || ! kill -0 "$run"; then
        echo "FAILED: the scheduler does not answer"
        cat "$log"
        exit 1
    fi
    read -rt 0.5 <> <(:) || true
done
echo "$((SECONDS - begun)) s: installed, built, and the scheduler answers"
make --no-print-directory demo || { cat "$log"; exit 1; }
