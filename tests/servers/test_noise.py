# SPDX-License-Identifier: GPL-3.0-or-later
"""Which checks page for nothing, by the scheduler's own history."""
import unittest
import urllib.request

from tests.support import Place
from tests.support.daemon import Watch

USERS = """
users: {anna: {contacts: {alert: [{mail: anna@example.org}]}}}
groups: {admins: {rota: [{window: always, users: [anna]}]}}
"""
SERVICE = """
service: web
hosts: {web: {address: 127.0.0.1}}
checks:
  loud:  {attempts: 1, retry: 1s, alert: {groups: [admins]}}
  quiet: {attempts: 1, retry: 1s, alert: {groups: [admins]}}
  real:  {attempts: 1, retry: 1s, alert: {groups: [admins]}}
"""


class Noise(unittest.TestCase):
    def test_the_loudest_first_with_what_would_have_spared_it(self):
        place = Place("noise")
        self.addCleanup(place.close)
        watch = Watch(place)
        watch.write("users.yaml", USERS)
        watch.write("services/web.yaml", SERVICE)
        watch.start()
        for _ in range(5):
            for code in ("2", "0"):
                watch.command("submit", "web/loud", code, "text")
        watch.command("submit", "web/real", "2", "text")
        watch.command("submit", "web/quiet", "0", "text")
        watch.command("ack", "web/real", "--comment", "mine")
        answer = watch.ask("alerts", "--noise")
        self.assertEqual([(row["name"], row["pages"], row["problems"], row["alone"], row["acknowledged"])
                          for row in answer["checks"]], [("loud", 5, 5, 5, 0), ("real", 1, 1, 0, 1)])
        loud, real = answer["checks"]
        proposals = {each["key"]: each for each in loud["proposals"]}
        self.assertEqual((proposals["attempts"]["value"], proposals["attempts"]["saved"]), (2, 5))
        self.assertEqual((proposals["delay"]["value"], proposals["delay"]["saved"]), (60, 5))
        self.assertIn("flapping", proposals)
        self.assertEqual(real["proposals"], [])
        self.assertIsNotNone(real["acknowledged_after"])
        self.assertEqual(len(watch.ask("alerts", "--noise", "--limit", "1")["checks"]), 1)
        text = watch.command("alerts", "--noise").stdout.splitlines()
        self.assertEqual(text[0], "web/loud: 5 pages of 5 problems, 5 ended by themselves within 5m, 0 flaps")
        self.assertIn("    attempts: 2 would have saved 5 of 5 pages", text)
        with urllib.request.urlopen(f"http://127.0.0.1:{watch.port()}/metrics", timeout=10) as page:
            metrics = dict(line.rsplit(" ", 1) for line in page.read().decode().splitlines() if line[0] != "#")
        self.assertEqual([metrics[f"watchbill_{name}_total"] for name in
                          ("problems", "problems_ended_alone", "problems_acknowledged", "flapping")], ["6", "5", "1", "0"])
        watch.stop()
        self.assertEqual(watch.ask("alerts", "--noise"), {**answer, "since": watch.ask("alerts", "--noise")["since"]})


if __name__ == "__main__":
    unittest.main()
