#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""loader.py: what the dynamic loader does before the main of each check, by its own statistics (LD_DEBUG), beside a
program that does nothing. The median of RUNS. Fails when a check is linked to more than libc: what only some runs
need is loaded by them."""
import os
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.support import BUILD  # noqa: E402

RUNS = int(os.environ.get("RUNS", "31"))
FACTS = {"cycles": "total startup time in dynamic loader", "symbols": "number of relocations",
         "relative": "number of relative relocations"}


def linked(program):
    """The libraries that the program names."""
    told = subprocess.run(["readelf", "-d", program], stdout=subprocess.PIPE, check=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", told)


def statistics_of(program):
    """One start that ends before anything is measured."""
    told = subprocess.run([program, "--version"], env=dict(os.environ, LD_DEBUG="statistics"),
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True).stderr
    return {key: int(re.search(rf"\s{words}: (\d+)", told)[1]) for key, words in FACTS.items()}


def main():
    floor, good = BUILD / "tests/bench/floor", True
    print(f"{'program':24}{'cycles in the loader':>22}{'x floor':>9}{'symbols':>9}{'relative':>10}  linked to")
    base = None
    for program in [floor, *sorted((BUILD / "checks").glob("check_*"))]:
        starts = [statistics_of(program) for _ in range(RUNS)]
        found = {key: statistics.median(start[key] for start in starts) for key in FACTS}
        base = base or found["cycles"]
        libraries = linked(program)
        good = good and libraries == ["libc.so.6"]
        print(f"{program.name:24}{found['cycles']:>22.0f}{found['cycles'] / base:>9.2f}{found['symbols']:>9.0f}"
              f"{found['relative']:>10.0f}  {' '.join(libraries)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
