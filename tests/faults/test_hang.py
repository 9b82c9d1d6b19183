# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred plugins hang at once, some deaf to TERM, some stopped: each ends as UNKNOWN at its time, the others keep
theirs, and nothing is left behind."""
import time
import unittest

from tests.support import Place, wait_until
from tests.support import faults
from tests.support.daemon import Watch

HUNG, DEAF, STOPPED, GOOD = 200, 10, 10, 4
LATE = 1.0  # seconds; on two busy processors

HANGS = """#!/bin/sh
[ -e {flag} ] || { echo OK - not yet; exit 0; }
exec tail -f /dev/null
"""
IS_DEAF = """#!/bin/sh
[ -e {flag} ] || { echo OK - not yet; exit 0; }
trap '' TERM
tail -f /dev/null
"""
IS_STOPPED = """#!/bin/sh
[ -e {flag} ] || { echo OK - not yet; exit 0; }
kill -STOP $$
"""


class Hung(unittest.TestCase):
    def setUp(self):
        self.place = Place("hang")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        self.flag = self.place.path / "flag"
        checks = []
        for name, script, count in (("hung", HANGS, HUNG), ("deaf", IS_DEAF, DEAF), ("stopped", IS_STOPPED, STOPPED)):
            path = self.place.write(name, script.replace("{flag}", str(self.flag)), 0o755)
            checks += [f"  {name}{i:03}: {{command: [{path}], every: 4s, timeout: 3s}}" for i in range(count)]
        good = self.place.write("good", "#!/bin/sh\necho OK - good\n", 0o755)
        checks += [f"  good{i}: {{command: [{good}], every: 1s}}" for i in range(GOOD)]
        checks += [f"  warm{i}: {{command: [check_load, --per-cpu], every: 1s}}" for i in range(GOOD)]
        self.watch = Watch(self.place)
        self.watch.write("services/s.yaml", "service: s\nhosts: {h: {}}\nchecks:\n  __base__: {attempts: 1}\n" +
                         "\n".join(checks) + "\n")

    def states(self, prefix):
        return [row["state"] for row in self.watch.ask("status")["checks"] if row["subject"].startswith(f"h/{prefix}")]

    def all_are(self, state):
        for prefix in ("hung", "deaf", "stopped"):
            wait_until(lambda p=prefix: set(self.states(p)) == {state}, 40, f"{prefix} {state}")

    def newest(self):
        return {row["subject"]: row["last"] for row in self.watch.ask("status")["checks"]
                if row["subject"].startswith(("h/good", "h/warm"))}

    def test_the_others_go_on_in_time(self):
        self.watch.start()
        self.all_are("OK")
        self.flag.touch()
        self.all_are("UNKNOWN")
        # While two hundred hang, every good check has a result of about each second.
        end = time.monotonic() + 8
        while time.monotonic() < end:
            begun = time.time()
            oldest = min(self.newest().values())
            self.assertLess(begun - oldest, 3.5)
        self.assertLess(faults.metric(self.watch, "schedule_lateness_max_seconds"), LATE)
        self.assertEqual(faults.metric(self.watch, "runs_stuck"), 0)
        self.assertIn("timed out after 3s", self.watch.status("h/hung000")["text"])
        self.flag.unlink()
        self.all_are("OK")
        self.assertEqual(self.watch.stop(), 0)
        wait_until(lambda: not faults.left_behind(self.place), what="nothing left behind")

    def test_an_end_in_the_middle_of_it_leaves_nothing(self):
        self.watch.start()
        self.all_are("OK")
        self.flag.touch()
        wait_until(lambda: faults.metric(self.watch, "runs_running") > HUNG / 2, what="many that hang")
        for end in (self.watch.kill, self.watch.stop):
            end()
            wait_until(lambda: not faults.left_behind(self.place), 15,
                       f"nothing left behind by {end.__name__}: {faults.left_behind(self.place)}")
            if end == self.watch.kill:
                self.watch.start()
                wait_until(lambda: faults.metric(self.watch, "runs_running") > HUNG / 2, what="many that hang")


if __name__ == "__main__":
    unittest.main()
