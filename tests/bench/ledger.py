#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long ledger costs: LINES lines (three a run, 400 bytes each) and a tenth of them, before the review, one
issue's, the begin of a program, alone and within limits that look back over a day, and the start of the scheduler, with limits that look back over a year. Exit 1 when one
of them takes more than BEGIN, REVIEW or START seconds, or grows faster than the ledger does."""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("BUILD", "build")
LINES = int(os.environ.get("LINES", "1000000"))
LIMITS = {"begin of a program": float(os.environ.get("BEGIN", "1")), "begin within limits": float(os.environ.get("BEGIN", "1")), "review": float(os.environ.get("REVIEW", "15")),
          "review of an issue": float(os.environ.get("REVIEW", "15")), "start": float(os.environ.get("START", "15"))}
DAY = 86400
GOVERNANCE = {"owner": "anna", "diagnosed": False, "cause": "vendor", "tagged": "2026-11-01", "ttl": "30d",
              "expires": 1796083200}


def write_site(folder):
    (folder / "services").mkdir(parents=True)
    (folder / "spool").mkdir()
    (folder / "watchbill.yaml").write_text("state: state\nlisten: 127.0.0.1:0\nmail: {from: watch@example.org, spool: mail}\n")
    (folder / "users.yaml").write_text("users: {anna: {contacts: {notify: [{mail: anna@example.org}]}}}\n")
    (folder / "services/web.yaml").write_text("service: web\nhosts: {web01: {}}\nchecks:\n"
                                              "  load: {command: [/bin/true], remediate: [fix-1]}\n")
    (folder / "remediations.yaml").write_text(
        "remediations:\n  fix-1: {issue: OPS-1, owner: anna, tagged: 2026-11-01, ttl: 30d, diagnosed: false, cause: vendor,\n"
        "    command: [clean_spool, --directory, spool], limits: {max: 10 per 365d}}\n"
        "trackers: {OPS: {type: file, path: issues.yaml}}\n")
    (folder / "issues.yaml").write_text("OPS-1: {title: x, state: open}\n")


def write_ledger(path, lines):
    path.parent.mkdir()
    now = int(time.time())
    with open(path, "w", encoding="ascii") as ledger:
        for i in range(lines // 3):
            k = i % 12
            at = now - 360 * DAY + 359 * DAY * i // (lines // 3)
            run = {"run": f"p{i}-fix-{k}-1", "time": "2026-11-20T23:51:38Z", "at": at, "remediation": f"fix-{k}",
                   "program": "clean_spool", "issue": f"OPS-{k}", **GOVERNANCE, "target": "web01",
                   "subject": "web01/load", "problem": str(i), "user": "root", "pid": 4194305,
                   "bundle": f"/var/lib/watchbill/diagnostics/p{i}-fix-{k}-1", "bundle_sha256": "6b" * 32}
            for line in ({"event": "begin", **run},
                         {"event": "end", **run, "outcome": "fixed", "exit": 0, "duration": 0.5, "text": "deleted 200"},
                         {"run": run["run"], "verdict": "fixed", "lasted": 30, "paged": True, "event": "verdict", "at": at}):
                ledger.write(json.dumps(line, separators=(",", ":")) + "\n")


def run_seconds(*words):
    begun = time.monotonic()
    subprocess.run([str(word) for word in words], stdout=subprocess.DEVNULL, check=False)
    return time.monotonic() - begun


def start_seconds(folder):
    begun = time.monotonic()
    with subprocess.Popen([BUILD / "bin/watchbilld", "--conf", folder], stderr=subprocess.PIPE, text=True) as daemon:
        watching = any("watching" in line for line in daemon.stderr)
        took = time.monotonic() - begun
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate()
    return took if watching else float("inf")


def measure(lines):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "conf"
        write_site(folder)
        write_ledger(folder / "state/ledger.jsonl", lines)
        watchbill = BUILD / "bin/watchbill"
        begin = [BUILD / "remediations/clean_spool", "--issue", "OPS-1", "--ttl", "3650d", "--tagged", "2026-11-01",
                 "--ledger", folder / "state/ledger.jsonl", "--directory", folder / "spool", "--remediation", "fix-1"]
        took = {"review": run_seconds(watchbill, "remediations", "--conf", folder),
                "review of an issue": run_seconds(watchbill, "remediations", "--issue", "OPS-1", "--json", "--conf", folder),
                "begin of a program": run_seconds(*begin),
                "begin within limits": run_seconds(*begin, "--concurrency", "9", "--max", "1000 per 1d", "--site-max",
                                                   "9999 per 1d")}
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        took["start"] = start_seconds(folder)
        print(f"{lines} lines: " + ", ".join(f"{what} {seconds:.2f} s" for what, seconds in took.items())
              + f"; the reviews in {memory:.0f} MB")
        shutil.rmtree(folder)
    return took


def main():
    short, long = measure(LINES // 10), measure(LINES)
    bad = [what for what, seconds in long.items() if seconds > LIMITS[what] or seconds > 25 * max(short[what], 0.02)]
    sys.exit("too slow: " + ", ".join(bad) if bad else 0)


if __name__ == "__main__":
    main()
