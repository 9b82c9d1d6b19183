# SPDX-License-Identifier: GPL-3.0-or-later
"""The civil clock is set forward and back by an hour under a running scheduler (faketime; the monotonic clock goes on):
checks keep their rhythm, windows follow the new time, people are told what they should be and nothing else."""
import datetime
import glob
import os
import time
import unittest

from tests.support import BUILD, Place, run, wait_until
from tests.support import faults
from tests.support.daemon import Watch

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")

PEOPLE = """windows:
  later: {{days: mon-sun, start: "{start}", end: "{end}"}}
users:
  ann: {{contacts: {{alert: [{{mail: ann@example.org}}]}}}}
  ben: {{contacts: {{alert: [{{mail: ben@example.org}}]}}}}
groups:
  anns: {{rota: [{{window: always, users: [ann]}}]}}
  laters: {{rota: [{{window: later, users: [ben]}}]}}
"""

SERVICE = """
service: s
hosts: {h: {}}
checks:
  __base__: {every: 1s, attempts: 1}
  load: {command: [check_load, --per-cpu]}
  repeated: {command: [check_queue, --type, spool, --directory, ../bad, -c, "2"], alert: {groups: [anns], repeat: 30m}}
  window: {command: [check_queue, --type, spool, --directory, ../bad, -c, "2"], alert: {groups: [laters]}}
  queue: {command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], alert: {groups: [anns]}}
  passive: {alert: {groups: [anns]}}
  patient: {alert: {groups: [anns], delay: 5s}}
"""


class Clocked(Watch):
    """Its wall clock is ahead of the true one by so many seconds, which can be changed while it runs."""

    def set_ahead(self, seconds):
        aside = self.place.write("ahead.new", f"{seconds:+d}\n")
        aside.rename(self.place.path / "ahead")

    def start(self, ready=True):
        before = len(self.log())
        env = {**os.environ, "LD_PRELOAD": LIBRARY[0], "FAKETIME_TIMESTAMP_FILE": str(self.place.path / "ahead"),
               "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
               "NO_FAKE_STAT": "1"}  # a step of the clock changes no time of a file, so the configuration is not reread
        self.process = self.place.start([BUILD / "bin/watchbilld", "--conf", self.conf], "watchbilld", env=env)
        wait_until(lambda: "the page is at" in self.log()[before:] or self.process.poll() is not None,
                   what="the start of the scheduler")
        assert self.process.poll() is None, self.log()
        return self


@unittest.skipUnless(LIBRARY, "faketime is not installed")
class Clock(unittest.TestCase):
    def setUp(self):
        self.place = Place("clock")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        faults.queue(self.place, "bad", 5)
        self.queue = faults.queue(self.place, "queue", 0)
        self.watch = Clocked(self.place)
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (f"{now + datetime.timedelta(minutes=m):%H:%M}" for m in (30, 90))
        self.watch.write("users.yaml", PEOPLE.format(start=start, end=end))
        self.watch.write("services/s.yaml", SERVICE)

    def told(self):
        """(who, subject) of every mail so far."""
        return [(m["To"], m["Subject"].split(" ")[0], next(w for w in m["Subject"].split() if "h/" in w))
                for m in self.watch.mails()]

    def of(self, check):
        return [m for m in self.watch.mails() if f"h/{check}" in m["Subject"]]

    def keeps_its_rhythm(self):
        """Four seconds give four results of each of the four checks, or one more or less."""
        begun, results = time.monotonic(), faults.metric(self.watch, "results_total")
        wait_until(lambda: time.monotonic() >= begun + 4, what="four seconds")
        self.assertIn(faults.metric(self.watch, "results_total") - results, range(11, 22))

    def submit(self, name, code):
        self.assertEqual(self.watch.command("submit", f"h/{name}", str(code), "said so").returncode, 0)

    def set_clock(self, seconds, word):
        count = self.watch.log().count(f"the clock was set {word}")
        self.watch.set_ahead(seconds)
        wait_until(lambda: self.watch.log().count(f"the clock was set {word}") > count, what="the step being noticed")

    def test_an_hour_forward_and_back(self):
        self.watch.set_ahead(0)
        self.watch.start()
        self.watch.wait_state("h/repeated", "CRITICAL")
        self.watch.wait_state("h/window", "CRITICAL")
        wait_until(lambda: self.of("repeated"), what="the first mail")
        self.submit("passive", 0)
        self.submit("patient", 0)
        stored = faults.metric(self.watch, "samples_stored_total")
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > stored + 5, what="values")
        self.assertEqual(len(self.watch.mails()), 1)

        self.set_clock(3600, "forward")
        wait_until(lambda: self.of("window"), what="the mail of the window that has begun")
        self.keeps_its_rhythm()
        self.assertEqual(len(self.watch.mails()), 2, "a repeat after 30m is not due after seconds")
        faults.queue(self.place, "queue", 5)
        wait_until(lambda: self.of("queue"), what="a mail in the new time")
        self.submit("patient", 2)
        wait_until(lambda: self.watch.status("h/patient")["state"] == "CRITICAL", what="the problem")

        self.set_clock(0, "back")
        self.keeps_its_rhythm()
        wait_until(lambda: self.of("patient"), what="the mail after the delay, not an hour later")
        faults.empty(self.queue)
        self.watch.wait_state("h/queue", "OK")
        wait_until(lambda: len(self.of("queue")) == 2, what="the recovery")
        self.submit("passive", 2)
        wait_until(lambda: self.of("passive"), what="the mail of a passive result")
        self.assertEqual(len(self.watch.mails()), 6)
        # librrd takes nothing that is older than what it has: that is counted, and ends when time has passed.
        failed = faults.metric(self.watch, "samples_failed_total")
        wait_until(lambda: faults.metric(self.watch, "samples_failed_total") > failed + 5, what="failures")
        faults.wait_health(self.watch, "degraded")
        self.watch.set_ahead(3660)
        stored = faults.metric(self.watch, "samples_stored_total")
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > stored + 5, what="values again")
        self.assertIsNone(self.watch.process.poll())
        self.assertEqual(self.watch.stop(), 0)

    def test_set_back_while_the_scheduler_is_away(self):
        self.watch.set_ahead(3600)
        self.watch.start()
        self.submit("passive", 0)
        wait_until(lambda: self.of("window"), what="the mail")
        self.assertEqual(self.watch.stop(), 0)
        self.watch.set_ahead(0)
        self.watch.start()
        self.submit("passive", 2)
        wait_until(lambda: self.of("passive"), what="the mail of a passive result")
        self.keeps_its_rhythm()


@unittest.skipUnless(LIBRARY, "faketime is not installed")
class Ledger(unittest.TestCase):
    """A program counts in the ledger, whose lines are of the future once the clock was set back."""

    def setUp(self):
        self.place = Place("clock")
        self.addCleanup(self.place.close)
        (self.place.path / "spool").mkdir()

    def act(self, ahead):
        day = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=3)
        return run([BUILD / "remediations/clean_spool", "--directory", self.place.path / "spool", "--issue", "OPS-1",
                    "--ttl", "30d", "--tagged", str(day), "--ledger", self.place.path / "ledger.jsonl", "--cooldown", "10m"],
                   env={**os.environ, "LD_PRELOAD": LIBRARY[0], "FAKETIME": f"{ahead:+d}", "FAKETIME_NO_CACHE": "1",
                        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}).returncode

    def test_a_limit_lasts_once_more_and_not_until_the_clock_is_where_it_was(self):
        day = -86400
        self.assertEqual([self.act(ahead) for ahead in (0, 60, day, day + 540, day + 660, day + 720)], [1, 3, 3, 3, 1, 3])


if __name__ == "__main__":
    unittest.main()
