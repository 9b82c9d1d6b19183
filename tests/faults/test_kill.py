# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 (and TERM) of the scheduler at any instant: no page is lost, none is decided twice, no remediation runs twice, what was
known is known again, and nothing is left behind."""
import collections
import datetime
import time
import unittest

from tests.support import Place, run, smtpd, wait_until
from tests.support import faults
from tests.support.daemon import Watch

ROUNDS = 30
QUEUES = 4

SERVICE = """
service: s
hosts: {{h: {{}}}}
checks:
  __base__: {{every: 1s, retry: 1s, attempts: 2, timeout: 5s, alert: {{groups: [anns, bens], repeat: 5s}}}}
  good: {{command: [check_load, --per-cpu], attempts: 100}}
  slow: {{command: [{slow}], attempts: 100}}
{queues}
"""

QUEUE = """  queue{i}: {{command: [check_queue, --type, spool, --directory, ../queue{i}, -c, "2"], remediate: [clean{i}]}}
"""

REMEDY = """  clean{i}:
    issue: OPS-1
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, {folder}]
    on: {{state: [CRITICAL], type: hard, after: 1s}}
    limits: {{cooldown: 1s, max: 100 per 1h}}
"""


class Killed(unittest.TestCase):
    def setUp(self):
        self.random = faults.chance()
        self.place = Place("kill")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)
        self.folders = [faults.queue(self.place, f"queue{i}", 0) for i in range(QUEUES)]
        self.smtp = smtpd.start(self.place, tls=False)
        self.addCleanup(self.smtp.stop)
        self.watch = Watch(self.place, f'mail: {{from: w@example.org, server: "smtp://127.0.0.1:{self.smtp.port}", '
                           'tls: none}')
        slow = self.place.write("slow", "#!/bin/sh\nsleep 0.3\necho 'OK - slow | n=1'\n", 0o755)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("users.yaml", faults.PEOPLE)
        self.watch.write("issues.yaml", "OPS-1: {title: queues fill, state: open}\n")
        self.watch.write("remediations.yaml", "remediations:\n" + "".join(
            REMEDY.format(i=i, today=today, folder=folder) for i, folder in enumerate(self.folders)) +
            "trackers:\n  OPS: {type: file, path: issues.yaml}\n")
        self.watch.write("services/s.yaml", SERVICE.format(
            slow=slow, queues="".join(QUEUE.format(i=i) for i in range(QUEUES))))

    def rounds(self, count, end):
        for _ in range(count):
            self.watch.start()
            for folder in self.folders:
                if self.random.random() < 0.4:
                    faults.queue(self.place, folder.name, 5)
            instant = time.monotonic() + self.random.uniform(0, 2.5)
            wait_until(lambda i=instant: time.monotonic() >= i, what="the instant")
            end()

    def settle(self):
        """All queues are empty, all checks are well and every alert has arrived. A check is seen to be well before the
        journal holds its recovery, and an alert does not wait before: so the journal is asked."""
        self.watch.start()
        for i, folder in enumerate(self.folders):
            faults.empty(folder)
            self.watch.wait_state(f"h/queue{i}", "OK", seconds=60)
        wait_until(self.all_told, 60, "the last alert")

    def all_told(self):
        with faults.Journal(self.watch) as journal:
            alerts = journal.alerts()
        return all(result for _, _, result in alerts.values()) and not self.without_end(alerts)

    def test_killed_at_any_instant(self):
        self.rounds(ROUNDS, self.watch.kill)
        self.is_well()

    def test_ended_at_any_instant(self):
        self.rounds(ROUNDS // 2, lambda: self.assertEqual(self.watch.stop(), 0, self.watch.log()[-2000:]))
        self.is_well()

    def is_well(self):
        self.settle()
        self.assertEqual(self.watch.stop(), 0)
        with faults.Journal(self.watch) as journal:
            self.assertTrue(journal.sound())
            alerts, decided, reasons = journal.alerts(), journal.decided(), journal.reasons()
        sent = collections.Counter(m["id"] for m in self.smtp.messages())
        self.assertGreater(len(alerts), 10)
        # Every decision has an id of its own, and each was delivered: once, or again under the same id.
        self.assertEqual(len(decided), len(set(decided)))
        self.assertEqual(set(decided), set(alerts))
        self.assertEqual({result for _, _, result in alerts.values()}, {"delivered"})
        self.assertEqual(set(sent), {key.strip("<>") for key in alerts})
        # A run that the helper of the scheduler before still carried out is no refusal.
        self.assertNotIn("the program refused to run", reasons)
        self.assertEqual(self.without_end(alerts), [])
        self.check_ledger()
        self.check_series()
        wait_until(lambda: not faults.left_behind(self.place), what=f"nothing left: {faults.left_behind(self.place)}")

    def without_end(self, alerts):
        """Whoever was told of a problem is told of its end: the queues of which the last alert is another."""
        last = {subject: kind for kind, subject, _ in alerts.values()}
        return [subject for subject, kind in last.items() if kind != "RECOVERY"]

    def check_ledger(self):
        events = collections.defaultdict(list)
        for line in self.watch.ledger():
            events[line["run"]].append(line["event"])
        self.assertGreater(len(events), 5)
        for run_id, told in events.items():
            self.assertLessEqual(told.count("begin"), 1, (run_id, told))
            self.assertEqual(told.count("end"), told.count("begin"), (run_id, told))

    def check_series(self):
        files = sorted((self.watch.state / "rrd").rglob("*.rrd"))
        self.assertGreater(len(files), 3)
        for path in files:
            done = run(["rrdtool", "lastupdate", path])
            self.assertEqual(done.returncode, 0, f"{path}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
