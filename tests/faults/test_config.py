# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration directory goes, becomes unreadable, or is half written: the last good generation runs on."""
import time
import unittest

from tests.support import Place, wait_until
from tests.support import faults
from tests.support.daemon import Watch

SERVICE = """service: s
hosts: {h: {}}
checks:
  __base__: {every: 1s, attempts: 1}
  one: {command: [check_load, --per-cpu]}
  two: {command: [check_load, --per-cpu]}
  bad: {command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], alert: {groups: [anns]}}
"""
NAMES = ["h/bad", "h/one", "h/two"]


class Configuration(unittest.TestCase):
    def setUp(self):
        self.random = faults.chance()
        self.place = Place("config")
        self.addCleanup(self.place.close)
        self.place.path.chmod(0o777)
        faults.queue(self.place, "queue", 5)
        self.watch = Watch(self.place)
        self.watch.write("users.yaml", faults.PEOPLE)
        self.watch.write("services/s.yaml", SERVICE)

    def names(self):
        return sorted(row["subject"] for row in self.watch.ask("status")["checks"])

    def goes_on(self):
        """Three results of each check more than now, over /metrics, which needs no configuration."""
        results = faults.metric(self.watch, "results_total")
        wait_until(lambda: faults.metric(self.watch, "results_total") >= results + 9, what="results going on")
        self.assertEqual(faults.metric(self.watch, "checks"), 3)

    def start(self):
        self.watch.start()
        self.problem = self.watch.wait_state("h/bad", "CRITICAL")["problem"]
        wait_until(self.watch.mails, what="the mail")

    def is_as_before(self):
        """The problem is the same one, nobody was told again, and a new edit is taken."""
        faults.wait_health(self.watch, "ok")
        self.assertEqual(self.names(), NAMES)
        self.assertEqual(self.watch.status("h/bad")["problem"], self.problem)
        self.assertEqual(len(self.watch.mails()), 1)
        self.watch.write("services/s.yaml", SERVICE.replace("  two:", "  three:"))
        wait_until(lambda: self.names() == ["h/bad", "h/one", "h/three"], what="the next edit")

    def degraded(self, part):
        code, told = faults.wait_health(self.watch, "degraded")
        self.assertEqual(code, 200)
        self.assertIn(part, told["reason"])

    def test_the_directory_goes_and_comes_back(self):
        self.start()
        aside = self.place.path / "elsewhere"
        self.watch.conf.rename(aside)
        self.degraded("No such file")
        self.goes_on()
        aside.rename(self.watch.conf)
        self.is_as_before()

    def test_the_directory_is_empty_for_a_while(self):
        """As when a file system is not mounted over it: an absent file means an empty one, but not all of them."""
        self.start()
        aside = self.place.path / "elsewhere"
        self.watch.conf.rename(aside)
        self.watch.conf.mkdir()
        self.degraded("no host")
        self.goes_on()
        self.watch.conf.rmdir()
        aside.rename(self.watch.conf)
        self.is_as_before()

    def test_it_becomes_unreadable(self):
        self.start()
        services = self.watch.conf / "services/s.yaml"
        services.unlink()
        services.symlink_to("s.yaml")
        self.degraded("s.yaml")
        self.goes_on()
        services.unlink()
        self.watch.write("services/s.yaml", SERVICE)
        self.is_as_before()

    def test_a_file_is_half_written_again_and_again(self):
        self.start()
        path = self.watch.conf / "services/s.yaml"
        end = self.ticks() + 500
        while self.ticks() < end:
            path.write_text(SERVICE[:self.random.randrange(len(SERVICE))])
            wait_until(lambda a=self.ticks() + self.random.randrange(1, 60): self.ticks() >= a, what="an instant")
        path.write_text(SERVICE)
        wait_until(lambda: self.names() == NAMES, what="the whole file")
        self.goes_on()
        self.assertIsNone(self.watch.process.poll())
        self.is_as_before()

    @staticmethod
    def ticks():
        """Hundredths of a second."""
        return int(time.monotonic() * 100)


if __name__ == "__main__":
    unittest.main()
