#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A year of results through `watchbill simulate`: 10 checks, one result a minute each. MINUTES narrows it; LIMIT is the
seconds it may take for a year before the exit code is 1."""
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
WATCHBILL = TOP / os.environ.get("BUILD", "build") / "bin/watchbill"
MINUTES = int(os.environ.get("MINUTES", "525600"))
LIMIT = float(os.environ.get("LIMIT", "30"))
CHECKS = 10
RULE = "{command: [/bin/true], every: 60s, attempts: 3, flapping: {low: 20, high: 30}, alert: {groups: [admins], repeat: 30m}}"


def write_site(folder):
    (folder / "services").mkdir()
    (folder / "watchbill.yaml").write_text("state: state\nmail: {from: watch@example.org, spool: mail}\n")
    (folder / "users.yaml").write_text("users: {anna: {contacts: {alert: [{mail: anna@example.org}]}}}\n"
                                       "groups: {admins: {rota: [{window: always, users: [anna]}]}}\n")
    (folder / "services/web.yaml").write_text("service: web\nhosts: {web01: {}}\nchecks:\n"
                                              + "".join(f"  c{i}: {RULE}\n" for i in range(CHECKS)))


def write_timeline(path):
    dice = random.Random(1)
    bad = [0] * CHECKS
    with open(path, "w", encoding="ascii") as timeline:
        for minute in range(MINUTES):
            for i in range(CHECKS):
                if bad[i]:
                    bad[i] -= 1
                elif dice.random() < 1 / 3000:
                    bad[i] = dice.choice((1, 2, 3, 4, 8, 60))
                timeline.write('{"at": %d, "host": "web01", "check": "c%d", "exit": %d, "output": "x"}\n'
                               % (1767225600 + minute * 60 + i, i, 2 if bad[i] else 0))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_site(folder)
        write_timeline(folder / "timeline")
        with open(folder / "timeline", "rb") as timeline:
            begun = time.monotonic()
            done = subprocess.run([WATCHBILL, "simulate", "--conf", folder], stdin=timeline, stdout=subprocess.PIPE,
                                  check=True)
            took = time.monotonic() - begun
    lines = MINUTES * CHECKS
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    decisions = done.stdout.count(b"\n")
    print(f"{lines} results in {took:.1f} s ({lines / took / 1000:.0f} a ms), {decisions} decisions, {memory:.0f} MB")
    sys.exit(1 if took > LIMIT else 0)


if __name__ == "__main__":
    main()
