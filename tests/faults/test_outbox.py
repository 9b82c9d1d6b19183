# SPDX-License-Identifier: GPL-3.0-or-later
"""Five hundred alerts wait when the scheduler is killed: all of them arrive after the start, for each contact in order."""
import collections
import unittest

from tests.support import Place, smtpd, wait_until
from tests.support import faults
from tests.support.daemon import Watch

CHECKS, CONTACTS = 100, 5


class Outbox(unittest.TestCase):
    def test_all_arrive_in_order(self):
        with Place("outbox") as place:
            self.addCleanup(faults.end_left_behind, place)
            smtp = smtpd.start(place, tls=False)
            smtp.stop()
            watch = Watch(place, f'mail: {{from: w@example.org, server: "smtp://127.0.0.1:{smtp.port}", tls: none}}')
            watch.write("users.yaml", "users:\n" + "".join(
                f"  u{i}: {{contacts: {{alert: [{{mail: u{i}@example.org}}]}}}}\n" for i in range(CONTACTS)) +
                "groups:\n" + "".join(
                f"  g{i}: {{rota: [{{window: always, users: [u{i}]}}]}}\n" for i in range(CONTACTS)))
            groups = ", ".join(f"g{i}" for i in range(CONTACTS))
            watch.write("services/s.yaml", "service: s\nhosts: {h: {}}\nchecks:\n"
                        f"  __base__: {{attempts: 1, alert: {{groups: [{groups}]}}}}\n" +
                        "".join(f"  c{i:03}: {{}}\n" for i in range(CHECKS)))
            watch.start()
            for i in range(CHECKS):
                self.assertEqual(watch.command("submit", f"h/c{i:03}", "2", "said so").returncode, 0)
            wait_until(lambda: faults.metric(watch, "alerts_waiting") == CHECKS * CONTACTS, what="all alerts")
            watch.kill()
            smtp.start()
            self.addCleanup(smtp.stop)
            watch.start()
            wait_until(lambda: faults.metric(watch, "alerts_waiting") == 0, 120, "an empty outbox")
            came = collections.defaultdict(list)
            for mail in smtp.messages():
                check = next(word for word in mail["subject"].split() if "h/c" in word)
                came[mail["to"][0]].append(check[check.index("h/c"):check.index("h/c") + 6])
            self.assertEqual(len(came), CONTACTS)
            for checks in came.values():
                self.assertEqual(checks, [f"h/c{i:03}" for i in range(CHECKS)])
            self.assertEqual(watch.stop(), 0)
            with faults.Journal(watch) as journal:
                self.assertEqual({result for _, _, result in journal.alerts().values()}, {"delivered"})


if __name__ == "__main__":
    unittest.main()
