# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of each child of the scheduler: it is noticed, said and, where that is possible, made good."""
import contextlib
import datetime
import os
import signal
import unittest

from tests.support import Place, smtpd, wait_until
from tests.support import faults
from tests.support.daemon import Watch

SERVICE = """
service: s
hosts: {{h: {{}}}}
checks:
  __base__: {{every: 1s, attempts: 3, timeout: {timeout}, alert: {{groups: [anns]}}}}
  load: {{command: [check_load, --per-cpu]}}
  script: {{command: [{script}]}}
  queue: {{command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], attempts: 1{more}}}
"""


class Children(unittest.TestCase):
    def setUp(self):
        self.random = faults.chance()
        self.place = Place("children")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        self.queue = faults.queue(self.place, "queue", 0)
        self.smtp = smtpd.start(self.place, tls=False)
        self.addCleanup(self.smtp.stop)
        self.watch = Watch(self.place, f'mail: {{from: w@example.org, server: "smtp://127.0.0.1:{self.smtp.port}", '
                           'tls: none}')
        self.watch.write("users.yaml", faults.PEOPLE)

    def start(self, more="", timeout="20s"):
        script = self.place.write("script", "#!/bin/sh\nsleep 0.2\necho 'OK - script | n=1'\n", 0o755)
        self.watch.write("services/s.yaml", SERVICE.format(script=script, more=more, timeout=timeout))
        self.watch.start()
        for name in ("load", "script", "queue"):
            self.watch.wait_state(f"h/{name}", "OK")

    def below(self, word):
        return faults.descendants(self.watch.process.pid, word)

    def another(self, word, before):
        return wait_until(lambda: [p for p in self.below(word) if p not in before], what=f"another {word}")

    def all_goes_on(self):
        before = {name: self.watch.status(f"h/{name}")["last"] for name in ("load", "script", "queue")}
        for name, last in before.items():
            wait_until(lambda n=name, t=last: (r := self.watch.status(f"h/{n}"))["last"] > t + 1 and r["state"] == "OK",
                       what=f"{name} going on")

    def kill(self, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # a child that ends with its parent
                os.kill(pid, signal.SIGKILL)

    def test_runners_and_workers_are_started_again(self):
        self.start()
        for word in ("watchbill-runner", "watchbill-worker"):
            with self.subTest(word):
                before = self.below(word)
                self.assertTrue(before)
                self.kill(before)
                self.another(word, before)
                self.all_goes_on()

    def test_runners_and_workers_that_are_stopped_are_replaced(self):
        """They keep their sockets open and end nothing in time."""
        self.start(timeout="2s")
        for word in ("watchbill-runner", "watchbill-worker"):
            with self.subTest(word):
                before = self.below(word)
                for pid in before:
                    os.kill(pid, signal.SIGSTOP)
                # One that has nothing to do is not missed.
                wait_until(lambda b=before, w=word: set(b) - set(self.below(w)), seconds=60, what="the end of one")
                self.all_goes_on()
        self.assertEqual(self.watch.stop(), 0)
        wait_until(lambda: not faults.left_behind(self.place), what="nothing left behind")

    def test_one_worker_in_the_middle_of_its_check(self):
        self.start()
        for _ in range(5):
            template = [p for p in self.below("watchbill-worker")
                        if faults.processes()[p][0] == self.watch.process.pid]
            workers = wait_until(lambda t=template: [p for p in self.below("watchbill-worker") if p not in t],
                                 what="a worker")
            self.kill([self.random.choice(workers)])
            self.all_goes_on()
        self.assertEqual(self.smtp.messages(), [])

    def test_both_series_are_started_again(self):
        self.start()
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > 3, what="samples")
        # It was not only just started: what dies at once waits a moment.
        wait_until(lambda: faults.metric(self.watch, "results_total") > 12, what="some time")
        before = self.below("watchbill-series")
        self.assertEqual(len(before), 2)
        self.kill(before)
        stored = faults.metric(self.watch, "samples_stored_total")
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > stored + 5, what="samples again")
        out = self.place.path / "a.png"
        done = self.watch.command("graph", "h/load", "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(out.read_bytes().startswith(b"\x89PNG"))
        self.all_goes_on()

    def test_series_that_are_stopped_are_replaced(self):
        self.start()
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > 3, what="samples")
        before = self.below("watchbill-series")
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: faults.metric(self.watch, "samples_failed_total") > 0, what="the failure")
        faults.wait_health(self.watch, "degraded")
        self.all_goes_on()
        stored = faults.metric(self.watch, "samples_stored_total")
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > stored + 5, what="samples again")
        self.assertEqual(self.watch.stop(), 0)
        wait_until(lambda: not faults.left_behind(self.place), what="nothing left behind")

    def test_a_channel_in_the_middle_of_sending(self):
        self.start()
        self.smtp.mode = "hang_data"
        faults.queue(self.place, "queue", 5)
        channel = wait_until(lambda: self.below("channels/mail"), what="the channel")
        wait_until(lambda: b"DATA" in self.smtp.plain().upper(), what="the middle of it")
        self.kill(channel)
        self.smtp.mode = "ok"
        wait_until(lambda: "waits, attempt 1" in self.watch.log(), what="the failure")
        mails = wait_until(self.smtp.messages, what="the mail")
        self.assertEqual(len({m["id"] for m in mails}), 1)

    def test_the_helper_is_started_again(self):
        """As long as the scheduler has the rights that the helper needs, which here it has."""
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("remediations.yaml", faults.REMEDY.format(today=today, folder=self.queue))
        self.watch.write("issues.yaml", "OPS-1: {title: queues fill, state: open}\n")
        self.start(more=", remediate: [clean]")
        before = self.below("watchbill-helper")
        self.assertEqual(len(before), 1)
        self.kill(before)
        wait_until(lambda: "the helper has ended" in self.watch.log(), what="the log")
        self.another("watchbill-helper", before)
        faults.wait_health(self.watch, "ok")
        faults.queue(self.place, "queue", 5)
        wait_until(lambda: [line for line in self.watch.ledger() if line["event"] == "end"], what="the run")
        self.assertEqual(list(self.queue.iterdir()), [])
        self.watch.wait_state("h/queue", "OK")


class Dropped(unittest.TestCase):
    """A scheduler that gave up its rights cannot give them to another helper."""

    def test_the_helper_is_missed_and_people_hear_of_it(self):
        if os.geteuid() != 0:
            self.skipTest("only root can drop its rights")
        with Place("dropped") as place:
            self.addCleanup(faults.end_left_behind, place)
            watch = Watch(place)
            site = (watch.conf / "watchbill.yaml").read_text()
            watch.write("watchbill.yaml", site + "user: nobody\n")
            queue = faults.queue(place, "queue", 0)
            today = datetime.datetime.now(datetime.timezone.utc).date()
            watch.write("users.yaml", faults.PEOPLE)
            watch.write("remediations.yaml", faults.REMEDY.format(today=today, folder=queue))
            watch.write("issues.yaml", "OPS-1: {title: queues fill, state: open}\n")
            watch.write("services/s.yaml", SERVICE.format(script="/bin/true", more=", remediate: [clean]", timeout="20s"))
            watch.start()
            watch.wait_state("h/queue", "OK")
            os.kill(faults.descendants(watch.process.pid, "watchbill-helper")[0], signal.SIGKILL)
            code, told = faults.wait_health(watch, "degraded")
            self.assertEqual(code, 200)
            self.assertIn("helper", told["reason"])
            wait_until(lambda: "the helper has ended" in watch.log(), what="the log")
            faults.queue(place, "queue", 5)
            subjects = lambda: [m["subject"] for m in watch.mails()]
            wait_until(lambda: [s for s in subjects() if "REMEDIATION" in s.upper()], 90, "the notice")
            self.assertEqual(len(list(queue.iterdir())), 5)
            self.assertEqual([line for line in watch.ledger() if line["event"] == "begin"], [])
            # A restart brings it back.
            watch.stop()
            watch.start()
            faults.wait_health(watch, "ok")


if __name__ == "__main__":
    unittest.main()
