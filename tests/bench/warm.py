#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""warm.py: what a further run of check_load in a warm worker costs the daemon's side and the worker together, at several
rates; RATES. Its own work, from the request to the answer, is told beside it: the rest is the way there and back.
Fails when that is more than MOST."""
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.support import BUILD, run  # noqa: E402

MOST = 60  # microseconds
ROW = re.compile(r" runs=(\d+) warm=(\d+) failed=0 cpu_us=([0-9.]+) .* own_us p50=([0-9.]+)")


def measure(argv, rate, seconds, workers, env):
    """(runs, microseconds of the processor with the start and the end of the workers, own work of the median run)"""
    done = run([BUILD / "tests/bench/bench_runner", rate, seconds, workers, *argv], seconds=60,
               env=dict(env, BUILD=str(BUILD)))
    told = ROW.search(done.stdout)
    if not told or told[1] != told[2]:
        raise SystemExit(f"{argv[0]} in a warm worker: {done.stdout}{done.stderr}")
    return int(told[1]), int(told[1]) * float(told[3]), float(told[4])


def further(argv, rate, workers, env):
    """(microseconds of the processor of one more run, own work of the median run)"""
    few, many = measure(argv, rate, 2, workers, env), measure(argv, rate, 6, workers, env)
    return (many[1] - few[1]) / (many[0] - few[0]), many[2]


def main():
    good = True
    print(f"{'runs/s':>8}{'CPU us':>9}{'own us':>9}{'way us':>9}{'at most':>9}")
    for rate in os.environ.get("RATES", "100 1000 4000 8000").split():
        cost, own = further([BUILD / "checks/check_load"], rate, 4, os.environ)
        verdict = "ok" if cost - own <= MOST else "OVER"
        good = good and verdict == "ok"
        print(f"{rate:>8}{cost:>9.1f}{own:>9.1f}{cost - own:>9.1f}{MOST:>9}  {verdict}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
