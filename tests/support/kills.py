# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the scheduler, of its helper and of the programs that remediate, at random points, so and so often each; and
what must hold afterwards. Each act of a remediation leaves a line, so that it can be counted."""
import collections
import contextlib
import datetime
import os
import signal
import time
import unittest

from tests.support import Place, wait_until
from tests.support import faults
from tests.support.daemon import Watch

CHECKS = 8

SERVICE = """
service: s
hosts: {h: {}}
checks:
  __base__: {every: 1s, retry: 1s, attempts: 1, timeout: 5s, alert: {groups: [anns]}}
"""
CHECK = """  c{i}: {{command: [{place}/look, {place}/sick{i}], remediate: [heal{i}]}}
"""
REMEDY = """  heal{i}:
    issue: OPS-1
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    timeout: 20s
    command: [run_command, --command, {place}/heal, --command, $SERVICEDESC$, --command, {place}/sick{i}]
    on: {{state: [CRITICAL], type: hard, after: 0s}}
    limits: {{cooldown: 0s}}
"""
LOOK = """#!/bin/sh
[ -e "$1" ] && echo "CRITICAL - sick" && exit 2
echo "OK - well"
"""
# The line names the check and the process of the run, which is the parent of the one that acts, as the ledger does.
HEAL = """#!/bin/sh
read -r pid name state run more <"/proc/$PPID/stat" || exit 1
echo "$1 $run" >>"${0%/*}/acts"
rm -f "$2"
exec sleep 0.2
"""


class Kills(unittest.TestCase):
    """A subclass says how often each is killed."""
    rounds = 0

    def setUp(self):
        self.random = faults.chance()
        self.place = Place("kills")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        self.place.write("look", LOOK, 0o755)
        self.place.write("heal", HEAL, 0o755)
        self.acts = self.place.write("acts", "")
        self.watch = Watch(self.place)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        numbers = range(CHECKS)
        self.watch.write("users.yaml", faults.PEOPLE)
        self.watch.write("issues.yaml", "OPS-1: {title: it falls ill, state: open}\n")
        self.watch.write("remediations.yaml", "remediations:\n" + "".join(
            REMEDY.format(i=i, today=today, place=self.place.path) for i in numbers) +
            "trackers:\n  OPS: {type: file, path: issues.yaml}\n")
        self.watch.write("services/s.yaml", SERVICE + "".join(
            CHECK.format(i=i, place=self.place.path) for i in numbers))
        self.killed = collections.Counter()

    # ---- killing ----

    def processes(self, word):
        return [pid for pid, words in faults.left_behind(self.place) if word in words]

    def pause(self, most):
        instant = time.monotonic() + self.random.uniform(0, most)
        wait_until(lambda: time.monotonic() >= instant, what="the instant")

    def kill(self, what):
        """The scheduler is waited for; one of the others is killed where there is one."""
        if what == "scheduler":
            self.watch.kill()
        else:
            pids = self.processes({"helper": "watchbill-helper", "program": "remediations/run_command"}[what])
            if not pids:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(pids), signal.SIGKILL)
        self.killed[what] += 1

    def one_round(self):
        for i in range(CHECKS):
            sick = self.place.path / f"sick{i}"
            if sick.exists():
                sick.unlink()  # what was interrupted does not run again before it was well
            elif self.random.random() < 0.7:
                sick.touch()
        self.watch.start()
        with contextlib.suppress(AssertionError):  # all that are sick may be disarmed
            wait_until(lambda: self.processes("remediations/run_command"), 2)
        for what in self.random.sample(["scheduler", "helper", "program"], 3):
            self.pause(0.15)
            self.kill(what)

    # ---- and what must hold ----

    def settle(self):
        for i in range(CHECKS):
            (self.place.path / f"sick{i}").unlink(missing_ok=True)
        self.watch.start()
        for i in range(CHECKS):
            self.watch.wait_state(f"h/c{i}", "OK")
        wait_until(lambda: all(run["end"] for run in self.runs().values()), what="the end of each run in the ledger")
        wait_until(lambda: faults.health(self.watch)[1]["alerts_waiting"] == 0, what="the last alert")

    def runs(self):
        """{run id: {event: [line]}} of what the ledger saw begin."""
        runs = collections.defaultdict(lambda: collections.defaultdict(list))
        for line in self.watch.ledger():
            runs[line["run"]][line["event"]].append(line)
        return {name: told for name, told in runs.items() if set(told) != {"refused"}}

    def once(self, runs):
        """Each run began and ended once, and acted at most once; nothing acted that did not begin."""
        for name, told in runs.items():
            self.assertEqual((len(told["begin"]), len(told["end"])), (1, 1), (name, told))
        began = {(told["begin"][0]["subject"].split("/")[1], told["begin"][0]["pid"]) for told in runs.values()}
        acts = collections.Counter(tuple(line.split()) for line in self.acts.read_text().splitlines())
        self.assertGreater(len(acts), 0)
        self.assertEqual([act for act, count in acts.items() if count > 1], [])
        self.assertEqual({(check, int(pid)) for check, pid in acts} - began, set())

    def reported(self, runs):
        """What was interrupted was told, and the last of its problem."""
        interrupted = {name for name, told in runs.items() if told["end"][0]["outcome"] == "interrupted"}
        self.assertGreater(len(interrupted), 0)
        problems = collections.defaultdict(list)
        for name, told in runs.items():
            problem, remedy, number = name.rsplit("-", 2)
            problems[problem, remedy].append((int(number), name in interrupted))
        for problem, members in problems.items():
            self.assertNotIn(True, [was for _, was in sorted(members)[:-1]], f"{problem}: {members}")
        with faults.Journal(self.watch) as journal:
            self.assertTrue(journal.sound())
            told = journal.remediations()
        decided = [run for run, _, decision, _ in told if decision == "run"]
        self.assertEqual(len(decided), len(set(decided)))
        self.assertEqual(set(runs) - set(decided), set(), "only what was decided on runs")
        heard = {run: subject for run, subject, _, reason in told if reason.startswith("it was interrupted")}
        self.assertEqual({run: runs[run] for run in set(heard) & set(runs) - interrupted}, {}, "told as interrupted, and was not")
        pages = [mail["Subject"] + mail.get_body(("plain",)).get_content() for mail in self.watch.mails()]
        for run, subject in heard.items():
            self.assertTrue(any("a run was interrupted" in page and subject in page for page in pages), run)

    def test_killed_at_random_points(self):
        while min(self.killed[what] for what in ("scheduler", "helper", "program")) < self.rounds:
            self.one_round()
        self.settle()
        self.assertEqual(self.watch.stop(), 0)
        wait_until(lambda: not faults.left_behind(self.place), what="the end of all processes of the place")
        runs = self.runs()
        outcomes = collections.Counter(told["end"][0]["outcome"] for told in runs.values())
        print(f"killed {dict(self.killed)}; runs {dict(outcomes)}", flush=True)
        self.assertGreater(len(runs), self.rounds)
        self.once(runs)
        self.reported(runs)
