# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fault tests share: seeded chance, processes and their children, disks that fill, what the scheduler says of
itself over HTTP, and what its journal holds."""
import ctypes
import json
import os
import pathlib
import random
import signal
import sqlite3
import unittest
import urllib.error
import urllib.request

from tests.support import run, wait_until

PEOPLE = """users:
  ann: {contacts: {alert: [{mail: ann@example.org}]}}
  ben: {contacts: {alert: [{mail: ben@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
  bens: {rota: [{window: always, users: [ben]}]}
"""

REMEDY = """remediations:
  clean:
    issue: OPS-1
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, {folder}]
    on: {{state: [CRITICAL], type: hard, after: 0s}}
    limits: {{cooldown: 1s, max: 100 per 1h}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


def chance():
    """Random numbers that can be had again: the seed is printed, and FAULT_SEED sets it."""
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"FAULT_SEED={seed}", flush=True)
    return random.Random(seed)


# ---- processes ----

def processes():
    """{pid: (parent, state, command line)} of everything that runs."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            words = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found[int(entry)] = (int(stat[1]), stat[0], words)
    return found


def descendants(pid, word=""):
    """The pids below a process whose command line holds the word; no zombies."""
    everything = processes()
    found, level = [], {pid}
    while level:
        level = {p for p, (parent, _, _) in everything.items() if parent in level}
        found += level
    return sorted(p for p in found if everything[p][1] != "Z" and word in everything[p][2])


def left_behind(place):
    """Processes of a place: their command line or working directory lies in it."""
    found = []
    for pid, (_, state, words) in processes().items():
        try:
            where = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            where = ""
        if state != "Z" and pid != os.getpid() and (str(place.path) in words or where.startswith(str(place.path))):
            found.append((pid, words))
    return found


def end_left_behind(place):
    for pid, _ in left_behind(place):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


# ---- disks ----

def private_mounts():
    """A mount namespace for this process and its children, so that a test can mount; skips where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    new_namespace, recursive_private = 0x20000, 0x4000 | 0x40000
    if libc.unshare(new_namespace) != 0 or libc.mount(b"none", b"/", None, recursive_private, None) != 0:
        raise unittest.SkipTest(f"mounting is not allowed: {os.strerror(ctypes.get_errno())}")


class Disk:
    """A small file system at a path, which can be filled to the last byte and emptied again."""

    def __init__(self, path, size="6m"):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        mounted = run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", self.path])
        assert mounted.returncode == 0, mounted.stderr
        self.filler = self.path / "filler"

    def fill(self):
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    pass

    def free(self):
        self.filler.unlink(missing_ok=True)

    def close(self):
        run(["umount", "-l", self.path])


# ---- what the scheduler says ----

def fetch(watch, path):
    """(status, text) of a page of the scheduler."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{watch.port()}{path}", timeout=10) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def health(watch):
    """(HTTP status, the object) of /healthz."""
    code, text = fetch(watch, "/healthz")
    return code, json.loads(text)


def wait_health(watch, status, seconds=30):
    return wait_until(lambda: (h := health(watch))[1]["status"] == status and h, seconds, f"health {status}")


def metric(watch, name):
    for line in fetch(watch, "/metrics")[1].splitlines():
        if line.startswith(f"watchbill_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"no metric {name}")


class Journal:
    """The journal, read beside the scheduler."""

    def __init__(self, watch):
        self.base = sqlite3.connect(f"file:{watch.state}/journal.db?mode=ro", uri=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.base.close()

    def ask(self, sql):
        return self.base.execute(sql).fetchall()

    def alerts(self):
        """{message id: (kind, subject, result)}"""
        return {key: (kind, f"{host}/{check}", result) for key, kind, host, check, result in
                self.ask("SELECT key, type, subject, name, result FROM alerts ORDER BY id")}

    def decided(self):
        """The message ids of all alerts that were decided on, one for each decision."""
        return [json.loads(data)["message_id"] for (data,) in self.ask("SELECT data FROM decisions ORDER BY id")
                if json.loads(data)["type"] == "alert"]

    def reasons(self):
        """The sentences of all decisions."""
        return {json.loads(data).get("reason") for (data,) in self.ask("SELECT data FROM decisions")}

    def remediations(self):
        """[(run id or None, HOST/CHECK, decision, reason)] of all decisions on remediations."""
        every = [(f"{subject}/{name}", json.loads(data)) for subject, name, data in
                 self.ask("SELECT subject, name, data FROM decisions ORDER BY id")]
        return [(d.get("run"), subject, d["decision"], d["reason"]) for subject, d in every if d["type"] == "remediation"]

    def sound(self):
        return self.ask("PRAGMA integrity_check") == [("ok",)]


def queue(place, name, files):
    """A spool directory that check_queue looks at, with so many files."""
    folder = place.path / name
    folder.mkdir(exist_ok=True)
    for i in range(files):
        (folder / f"job{i}").write_text("")
    return folder


def empty(folder):
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
