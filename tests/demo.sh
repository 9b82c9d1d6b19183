#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demonstration of conf/welcome.txt, as a user would do it: `make run`, fill the queue, watch it turn CRITICAL,
# a mail, the remediation, and the recovery. Prints how long each step took; exit 1 when one does not come.
set -euo pipefail
cd "$(dirname "$0")/.."
begun=$SECONDS
log=$(mktemp)
make run >"$log" 2>&1 &
run=$!
export PATH=$PWD/build/bin:$PATH WATCHBILL_CONF=$PWD/conf
trap 'pkill -TERM -x watchbilld || true; wait "$run" || true; rm -f "$log"' EXIT

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$end" ] || ! kill -0 "$run"; then
            echo "FAILED: $what"
            cat "$log"
            exit 1
        fi
        read -rt 0.5 <> <(:) || true
    done
    echo "$((SECONDS - begun)) s: $what"
}
status_is() { watchbill status localhost/queue | grep -q " $1"; }
one_run() { watchbill remediations --issue DEMO-1 --json | grep -q '"runs": *1'; }

wait_for 420 "installed, built, and the scheduler answers" watchbill status
wait_for 60 "localhost/queue has its first result" status_is OK
begun=$SECONDS
seq -f var/queue/job-%g 200 | xargs touch
wait_for 180 "localhost/queue is CRITICAL HARD" status_is "CRITICAL HARD"
wait_for 180 "a mail" grep -rlq "localhost/queue is CRITICAL" var/mail
wait_for 180 "one run for DEMO-1" one_run
wait_for 15 "localhost/queue is OK again" status_is OK
wait_for 15 "the recovery is told" grep -rlq "RECOVERY: localhost/queue" var/mail
find var/queue -type f | wc -l
watchbill status
watchbill why localhost/queue
watchbill remediations
