#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""summary.py RESULTS: one line for each scheduler and rate, with its CPU per check as a ratio to the floor's."""
import json
import sys


def milliseconds(value):
    return "-" if value is None else f"{value * 1000:.1f}"


def main():
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    floors = {row["offered"]: row["cpu_us_per_check"] for row in rows if row["contender"] == "floor"}
    print(f"{'scheduler':12}{'offered/s':>10}{'done/s':>9}{'CPU us/check':>14}{'x floor':>9}"
          f"{'jitter ms p50/p99/max':>24}{'PSS MB':>8}")
    for row in sorted(rows, key=lambda r: (r["offered"], r["contender"])):
        floor = floors.get(row["offered"])
        cpu = row["cpu_us_per_check"]
        ratio = f"{cpu / floor:.2f}" if floor and cpu else "-"
        jitter = "/".join(milliseconds(row.get(key)) for key in ("jit_p50", "jit_p99", "jit_max"))
        print(f"{row['contender']:12}{row['offered']:>10.0f}{row['rate']:>9.0f}{cpu or 0:>14.0f}{ratio:>9}"
              f"{jitter:>24}{row['pss_mb']:>8.1f}")


if __name__ == "__main__":
    main()
