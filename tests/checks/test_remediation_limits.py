# SPDX-License-Identifier: GPL-3.0-or-later
"""What the frame of every remediation refuses by the ledger: whoever starts it meets the same rule."""
import datetime
import json
import subprocess
import time
import unittest

from tests.support import BUILD, Place, run, wait_until

PROGRAM = BUILD / "remediations" / "clean_spool"
RESTART = BUILD / "remediations" / "restart_service"


def day(ago):
    return (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=ago)).isoformat()


class Limited(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.spool = self.place.path / "spool"
        self.spool.mkdir()
        self.ledger = self.place.path / "state" / "ledger.jsonl"

    def words(self, *more, tagged=None, program=None):
        return [*(program or [PROGRAM, "--directory", self.spool]), "--issue", "OPS-1", "--ttl", "60d", "--tagged",
                tagged or day(0), "--ledger", self.ledger, *more]

    def act(self, *more, **where):
        (self.spool / "file").write_text("x")
        return run(self.words(*more, **where))

    def refused(self, sentence, *more, **where):
        """Exit 3, the sentence, nothing done; the line that it left, if any."""
        count = len(self.lines())
        result = self.act(*more, **where)
        self.assertEqual(result.returncode, 3, result)
        self.assertIn(sentence, result.stderr)
        self.assertTrue((self.spool / "file").exists())
        return self.lines()[count:]

    def lines(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []

    def events(self):
        return [line["event"] for line in self.lines()]

    def slow(self, name="web"):
        """The words of a run that acts until the file "go" is there; its act writes "act.pid"."""
        self.place.write(f"init.d/{name}",
                         f'#!/bin/sh\n[ "$1" = status ] && exit 0\necho $$ > {self.place.path}/{name}.pid\n'
                         f'while [ ! -e {self.place.path}/go ]; do sleep 0.05; done\n', 0o755)
        return [RESTART, "--service", name, "--manager", "sysv", "--init-dir", self.place.path / "init.d"]

    # ---- renewals ----

    def test_a_later_day_must_say_why(self):
        self.assertEqual(self.act(tagged=day(40)).returncode, 0)
        line, = self.refused(f'ran tagged "{day(40)}" and is tagged again "{day(3)}": say why with --renewal SENTENCE',
                             tagged=day(3))
        self.assertEqual((line["event"], line["tagged"]), ("refused", day(3)))
        self.assertIn("--renewal", line["text"])
        self.refused("--renewal", tagged=day(3))
        self.refused("--renewal", "--renewal", "", tagged=day(3))
        self.assertEqual(self.act("--renewal", "the vendor's fix slipped", tagged=day(3)).returncode, 0)
        self.assertEqual([line["renewal"] for line in self.lines()[-2:]], ["the vendor's fix slipped"] * 2)
        self.assertEqual(self.act(tagged=day(3)).returncode, 0, "it was said")
        self.refused("and not as the time before", "--renewal", "the vendor's fix slipped", tagged=day(1))
        self.assertEqual(self.act("--renewal", "it slipped again", tagged=day(1)).returncode, 0)
        self.assertEqual(self.review()["renewals"], 2)

    def review(self):
        self.place.write("conf/watchbill.yaml", f"state: {self.ledger.parent}\n")
        told = run([BUILD / "bin" / "watchbill", "remediations", "--conf", self.place.path / "conf", "--json"])
        row, = json.loads(told.stdout)
        return row

    def test_what_did_not_run_asks_for_nothing(self):
        self.refused("the TTL", tagged=day(80))
        self.assertEqual(self.act("--dry-run", "--run", "rehearsal-1", tagged=day(50)).returncode, 0)
        self.assertEqual(self.events(), ["refused", "rehearsal"])
        self.assertEqual(self.act(tagged=day(20)).returncode, 0)
        self.assertEqual(self.review()["renewals"], 0)

    def test_a_dry_run_says_what_a_run_would_meet(self):
        self.assertEqual(self.act("--cooldown", "10m", tagged=day(40)).returncode, 0)
        self.assertEqual(self.refused("--renewal", "--dry-run", tagged=day(3)), [])
        self.assertEqual(self.refused("within the cooldown", "--dry-run", "--cooldown", "10m", tagged=day(40)), [])

    # ---- limits ----

    def test_it_rests(self):
        before = int(time.time())
        self.assertEqual(self.act("--cooldown", "10m").returncode, 0)
        line, = self.refused("the last run on this target was within the cooldown of 10m; it may run at 20",
                             "--cooldown", "10m")
        self.assertEqual((line["event"], line["limit"]), ("refused", "cooldown"))
        self.assertIn(line["rearms"], range(before + 600, int(time.time()) + 601))
        self.assertNotIn("bundle", line, "what is refused anyway costs no diagnostics")
        self.assertEqual(self.act("--cooldown", "10m", "--target", "web02").returncode, 0)
        self.assertEqual(self.act("--cooldown", "10m", "--remediation", "other").returncode, 0)
        self.assertEqual(self.act().returncode, 0, "without the option it does not rest")

    def test_so_many_in_a_span(self):
        limits = ("--max", "2 per 1h", "--max-total", "3 per 1h")
        for _ in range(2):
            self.assertEqual(self.act(*limits).returncode, 0)
        line, = self.refused("2 runs on this target within 1h", *limits)
        self.assertEqual((line["limit"], line["rearms"]), ("max", self.lines()[0]["asked_ms"] // 1000 + 3601))
        self.assertEqual(self.act(*limits, "--target", "web02").returncode, 0)
        self.refused("3 runs on all targets within 1h", *limits, "--target", "web03")
        self.refused("3 runs of all remediations on the site within 1h", "--site-max", "3 per 1h", "--remediation", "x")
        self.assertEqual(self.events().count("begin"), 3)

    def test_of_ten_at_once_one_acts(self):
        """The look at the ledger and the line are one, under the lock."""
        for limits in (("--concurrency", "1"), ("--max", "1 per 1h"), ("--cooldown", "10m"), ("--site-max", "1 per 1h")):
            with self.subTest(limits):
                if self.ledger.exists():
                    self.ledger.unlink()
                slow = self.slow("-".join(limits).strip("-").replace(" ", ""))
                processes = [subprocess.Popen(self.words(*limits, program=slow), stdout=subprocess.DEVNULL,
                                              stderr=subprocess.DEVNULL) for _ in range(10)]
                wait_until(lambda: sum(process.poll() is not None for process in processes) == 9, what="nine refusals")
                self.assertEqual([process.returncode for process in processes if process.poll() is not None], [3] * 9)
                self.place.write("go", "")
                self.assertEqual(sorted(process.wait(20) for process in processes), [0] + [3] * 9)
                (self.place.path / "go").unlink()
                self.assertEqual(sorted(self.events()), ["begin", "end"] + ["refused"] * 9)

    def test_what_was_killed_counts_no_longer_as_running(self):
        process = subprocess.Popen(self.words("--concurrency", "1", program=self.slow()), stdout=subprocess.DEVNULL)
        wait_until(lambda: "begin" in self.events())
        line, = self.refused("1 of at most 1 runs are under way; it may run when one of them ends",
                             "--concurrency", "1", "--remediation", "restart_service")
        self.assertEqual((line["limit"], line["rearms"]), ("concurrency", None))
        process.kill()
        process.wait()
        self.place.write("go", "")
        self.assertEqual(self.act("--concurrency", "1", "--remediation", "restart_service").returncode, 0)

    def test_a_service_is_bound_as_one(self):
        limits = ("--host-service", "web", "--service-max", "2 per 1h")
        self.assertEqual(self.act(*limits, "--target", "web01").returncode, 0)
        self.assertEqual(self.lines()[0]["service"], "web")
        self.assertEqual(self.act(*limits, "--target", "web02", "--remediation", "other").returncode, 0)
        self.refused("2 runs of all remediations on this service within 1h", *limits, "--target", "web03")
        self.assertEqual(self.act("--host-service", "db", *limits[2:], "--target", "db01").returncode, 0)
        slow = subprocess.Popen(self.words("--host-service", "web", "--target", "web01", "--remediation", "slow",
                                           program=self.slow()), stdout=subprocess.DEVNULL)
        self.addCleanup(slow.wait, 20)
        self.addCleanup(self.place.write, "go", "")
        wait_until(lambda: len(self.events()) == 8)
        self.refused("under way on 1 of 4 hosts of the service", "--host-service", "web", "--share", "1 of 4",
                     "--target", "web04", "--remediation", "slow")

    def test_mistakes_are_named(self):
        for words, sentence in ((("--max", "3"), '--max: not such as "3 per 1h": "3"'),
                                (("--max-total", "0 per 1h"), '--max-total: not such as "3 per 1h"'),
                                (("--site-max", "x" * 1000), '--site-max: not such as "3 per 1h": "xxx'),
                                (("--service-max", "1 per 1h"), "--host-service: missing"),
                                (("--host-service", "a/b"), "--host-service: not a name"),
                                (("--host-service", "a", "--share", "2"), '--share: not such as "2 of 8": "2"'),
                                (("--host-service", "a", "--share", "0 of 8"), "--share: not such as"),
                                (("--concurrency", "0"), "--concurrency"), (("--cooldown", "soon"), "--cooldown")):
            with self.subTest(words):
                self.assertEqual(self.refused(sentence, *words), [], "misuse is no line")

    def test_the_end_of_the_ttl_comes_first(self):
        self.assertEqual(self.act("--cooldown", "1h", tagged=day(59)).returncode, 0)
        line, = self.refused("the TTL of issue", "--cooldown", "1h", tagged=day(61))
        self.assertNotIn("limit", line)


if __name__ == "__main__":
    unittest.main()
