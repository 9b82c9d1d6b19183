# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full: what cannot be written waits or is counted, nothing else suffers, and all is well again by
itself when there is room. Each disk is a small tmpfs in a mount namespace of this process."""
import datetime
import unittest

from tests.support import Place, run, smtpd, wait_until
from tests.support import faults
from tests.support.daemon import Watch

SERVICE = """
service: s
hosts: {{h: {{}}}}
checks:
  __base__: {{attempts: 1, alert: {{groups: [anns]}}}}
  load: {{command: [check_load, --per-cpu], every: 1s, attempts: 100}}
  queue: {{command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], every: 1s{more}}}
{passive}
"""

PASSIVE = [f"p{i}" for i in range(8)]


class Full(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        faults.private_mounts()

    def setUp(self):
        self.place = Place("disk")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        self.queue = faults.queue(self.place, "queue", 0)
        self.smtp = smtpd.start(self.place, tls=False)
        self.addCleanup(self.smtp.stop)

    def disk(self, name, size="6m"):
        disk = faults.Disk(self.place.path / name, size)
        self.addCleanup(disk.close)
        return disk

    def configure(self, mail=None, more=""):
        sink = f'mail: {{from: w@example.org, server: "smtp://127.0.0.1:{self.smtp.port}", tls: none}}'
        self.watch = Watch(self.place, mail or sink)
        self.watch.write("users.yaml", faults.PEOPLE)
        self.service = SERVICE.format(more=more, passive="\n".join(f"  {name}: {{}}" for name in PASSIVE))
        self.watch.write("services/s.yaml", self.service)

    def submit(self, name, code):
        done = self.watch.command("submit", f"h/{name}", str(code), "said so")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def subjects(self):
        return [m["subject"] for m in self.smtp.messages()]

    def checks_go_on(self):
        results = faults.metric(self.watch, "results_total")
        wait_until(lambda: faults.metric(self.watch, "results_total") >= results + 4, what="results going on")

    # ---- the journal ----

    def test_the_journal_waits_and_no_page_is_lost(self):
        disk = self.disk("var")
        self.configure()
        self.watch.start()
        self.watch.wait_state("h/queue", "OK")
        for name in PASSIVE:
            self.submit(name, 0)
        disk.fill()
        for name in PASSIVE:
            self.submit(name, 2)
        code, told = faults.wait_health(self.watch, "failed")
        self.assertEqual(code, 503)
        self.assertIn("full", told["reason"])
        self.watch.wait_state("h/p7", "CRITICAL")
        said = "the scheduler itself has a problem"
        wait_until(lambda: said in self.watch.log(), what="the log")
        self.checks_go_on()
        self.watch.write("services/s.yaml", self.service.replace("  load:", "  load2:"))
        wait_until(lambda: "read anew" in self.watch.log(), what="the configuration being read")
        # Two more looks at itself, ten seconds apart, say nothing new.
        results = faults.metric(self.watch, "results_total")
        wait_until(lambda: faults.metric(self.watch, "results_total") >= results + 25, 60, "some time")
        self.assertEqual(self.watch.log().count(said), 1, self.watch.log())
        self.assertEqual(self.smtp.messages(), [])
        disk.free()
        wait_until(lambda: len(self.subjects()) >= len(PASSIVE), what="the pages")
        for subject, name in zip(self.subjects(), PASSIVE, strict=True):
            self.assertIn(f"h/{name}", subject)
        self.assertEqual(len({m["id"] for m in self.smtp.messages()}), len(PASSIVE))
        self.assertEqual(faults.health(self.watch)[0], 200)
        self.assertEqual(self.watch.stop(), 0)
        with faults.Journal(self.watch) as journal:
            self.assertTrue(journal.sound())
            self.assertEqual(len(journal.alerts()), len(PASSIVE))

    def test_killed_while_the_disk_is_full_the_page_comes_after_the_start(self):
        disk = self.disk("var")
        self.configure()
        self.watch.start()
        self.watch.wait_state("h/queue", "OK")
        disk.fill()
        faults.queue(self.place, "queue", 5)
        self.watch.wait_state("h/queue", "CRITICAL")
        faults.wait_health(self.watch, "failed")
        self.watch.kill()
        disk.free()
        self.watch.start()
        wait_until(self.smtp.messages, what="the page")
        self.assertEqual(len(self.smtp.messages()), 1)

    def test_a_start_on_a_full_disk_says_why_it_ends(self):
        disk = self.disk("var")
        self.configure()
        self.watch.start()
        self.watch.wait_state("h/queue", "OK")
        self.watch.kill()
        disk.fill()
        before = len(self.watch.log())
        self.watch.start(ready=False)
        said = lambda: self.watch.log()[before:]
        wait_until(lambda: self.watch.process.poll() is not None or "the page is at" in said(), what="an answer")
        if self.watch.process.poll() is not None:
            self.assertEqual(self.watch.process.returncode, 3)
            self.assertRegex(said(), "full|No space")
            self.watch.stop()
            disk.free()
            self.watch.start()
        disk.free()
        faults.wait_health(self.watch, "ok")

    # ---- the ledger ----

    def test_without_a_line_in_the_ledger_no_remediation_acts(self):
        self.configure(more=", remediate: [clean]")
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("remediations.yaml", faults.REMEDY.format(today=today, folder=self.queue))
        self.watch.write("issues.yaml", "OPS-1: {title: queues fill, state: open}\n")
        disk = self.disk("ledger", "64k")
        (disk.path / "ledger.jsonl").touch()
        self.watch.state.mkdir()
        ledger = self.place.write("var/ledger.jsonl", "")
        mounted = run(["mount", "--bind", disk.path / "ledger.jsonl", ledger])
        self.assertEqual(mounted.returncode, 0, mounted.stderr)
        self.addCleanup(run, ["umount", "-l", ledger])
        disk.fill()
        self.watch.start()
        faults.queue(self.place, "queue", 5)
        self.watch.wait_state("h/queue", "CRITICAL")
        wait_until(lambda: "ended, it failed" in self.watch.log(), what="the failure")
        self.assertRegex(self.watch.log(), "not begun: .*No space left")
        # People hear that it does not act, and nothing was deleted.
        wait_until(lambda: [s for s in self.subjects() if "REMEDIATION" in s.upper()], what="the notice")
        self.assertEqual(len(list(self.queue.iterdir())), 5)
        self.assertEqual(ledger.read_text(), "")
        # The next problem, with room, is mended as ever.
        disk.free()
        faults.empty(self.queue)
        self.watch.wait_state("h/queue", "OK")
        faults.queue(self.place, "queue", 5)
        wait_until(lambda: [line for line in self.watch.ledger() if line["event"] == "end"], what="the run")
        self.assertEqual(list(self.queue.iterdir()), [])

    # ---- series and mail ----

    def test_series_are_counted_and_nothing_else_suffers(self):
        disk = self.disk("var/rrd", "64k")
        disk.fill()
        self.configure()
        self.watch.start()
        wait_until(lambda: faults.metric(self.watch, "samples_failed_total") >= 5, what="failures counted")
        code, told = faults.wait_health(self.watch, "degraded")
        self.assertEqual(code, 200)
        self.assertIn("No space left", told["reason"])
        faults.queue(self.place, "queue", 5)
        self.watch.wait_state("h/queue", "CRITICAL")
        wait_until(self.smtp.messages, what="the page")
        wait_until(lambda: "the scheduler itself has a problem" in self.watch.log(), what="the log")
        # What librrd had begun is not left lying about.
        self.assertEqual([p.name for p in disk.path.rglob("*") if p.is_file()], ["filler"])
        disk.free()
        run(["mount", "-o", "remount,size=20m", disk.path])
        stored = faults.metric(self.watch, "samples_stored_total")
        wait_until(lambda: faults.metric(self.watch, "samples_stored_total") > stored + 3, what="values stored")
        faults.wait_health(self.watch, "ok", 150)

    def test_a_spool_that_is_full_is_tried_again(self):
        disk = self.disk("mail", "64k")
        disk.fill()
        self.configure(mail="mail: {from: w@example.org, spool: ../mail}")
        self.watch.start()
        faults.queue(self.place, "queue", 5)
        wait_until(lambda: "waits, attempt 1" in self.watch.log(), what="the first attempt")
        code, told = faults.wait_health(self.watch, "degraded")
        self.assertIn("No space left", told["reason"])
        self.assertEqual([p.name for p in disk.path.iterdir()], ["filler"])
        disk.free()
        wait_until(lambda: list(disk.path.glob("*.eml")), what="the mail")
        faults.wait_health(self.watch, "ok")


if __name__ == "__main__":
    unittest.main()
