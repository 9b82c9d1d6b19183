#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Benchmarks: our own parts, then the scheduler beside the floor (a bare spawn loop) and Nagios, in one run, as
# ratios. RATES, SECONDS_EACH and CONTENDERS narrow or widen it.
set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD
build=$(cd "${BUILD:-build}" && pwd)
export BUILD=$build
peers=${BENCH_DIR:-../shared/bench}
contenders=${CONTENDERS:-floor nagios4 watchbill}

echo "== one run through the runner: a program that does nothing"
"$build/tests/bench/bench_runner" 1000 4 0 /bin/true

echo "== check_load in a warm worker"
tests/bench/warm.py || echo "   the way there and back costs more than it may"

echo "== what the dynamic loader does at the start of each check"
tests/bench/loader.py || echo "   some are linked to more than libc"

echo "== checks beside the plugins of today"
tests/bench/plugins.py || echo "   some cost more than they may"

echo "== a year of results through the simulator"
tests/bench/simulate.py || echo "   it took longer than it may"

echo "== a ledger of a million lines"
tests/bench/ledger.py || echo "   it took longer than it may"

if [ ! -x "$peers/sched/schedbench.py" ]; then
    echo "no peers to run beside: $peers/sched/schedbench.py is missing (BENCH_DIR names another folder)"
    exit 0
fi
[ "$(id -u)" -eq 0 ] || { echo "the comparison with peers needs root, for its control groups" >&2; exit 1; }

results=$(mktemp)
trap 'rm -f "$results"' EXIT
export WATCHBILL=$top
for rate in ${RATES:-100 1000 4000 8000}; do
    for name in $contenders; do
        echo "== $name at $rate checks/s"
        timeout 300 "$peers/sched/schedbench.py" "$name" --rate "$rate" --interval 10 \
            --secs "${SECONDS_EACH:-20}" --label bench --out "$results" >/dev/null || echo "   $name failed at $rate"
    done
done
tests/bench/summary.py "$results"
