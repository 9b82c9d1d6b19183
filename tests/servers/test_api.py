# SPDX-License-Identifier: GPL-3.0-or-later
"""GETs below /api/v1/ of a running scheduler: the same answers as by the control socket."""
import http.client
import json
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch

SERVICE = """service: s
hosts: {a: {}, b: {}}
checks:
  queue: {command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], every: 1s, attempts: 1,
          alert: {groups: [g]}}
  later: {command: [check_load], every: 1h}
"""
USERS = """users: {u: {name: Ursula, contacts: {alert: [{mail: u@example.org}]}}}
groups: {g: {rota: [{window: always, users: [u]}]}}
"""
LEDGER = ('{"at":"2026-11-01T00:00:00Z","time":1793491200,"event":"begin","run":"r1","issue":"OPS-1",'
          '"remediation":"clean"}\n')


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("api")
        cls.addClassCleanup(cls.place.close)
        for i in range(5):
            cls.place.write(f"queue/job{i}", "")
        cls.watch = Watch(cls.place)
        cls.watch.write("users.yaml", USERS)
        cls.watch.write("services/s.yaml", SERVICE)
        cls.watch.start()
        for subject in ("a/queue", "b/queue"):
            cls.watch.wait_state(subject, "CRITICAL")
        wait_until(lambda: [row["result"] for row in cls.watch.ask("alerts")["alerts"]] == ["delivered"] * 2,
                   what="the mails")

    def get(self, path, status=200, method="GET"):
        asked = http.client.HTTPConnection("127.0.0.1", self.watch.port(), timeout=10)
        self.addCleanup(asked.close)
        asked.request(method, "/api/v1/" + path)
        answer = asked.getresponse()
        body = answer.read()
        self.assertEqual(answer.status, status, body)
        if method == "GET":
            self.assertEqual(answer.headers["Content-Type"], "application/json")
            return json.loads(body)
        return body

    @staticmethod
    def steady(rows):
        """Without what the next run changes."""
        return [{key: row[key] for key in row if key not in ("last", "next")} for row in rows]

    def test_status(self):
        rows = self.get("status")["checks"]
        self.assertEqual([row["subject"] for row in rows], ["a/later", "a/queue", "b/later", "b/queue"])
        self.assertEqual(self.steady(self.get("status")["checks"]), self.steady(self.watch.ask("status")["checks"]))
        one = self.get("status?match=b")["checks"]
        self.assertEqual([row["subject"] for row in one], ["b/later", "b/queue"])
        self.assertIn('no such host or check: "c"', self.get("status?match=c", 404)["error"])

    def test_one_check_and_its_story(self):
        answer, asked = self.get("checks/a/queue"), self.watch.ask("why", "a/queue")
        self.assertEqual(self.steady([answer["check"]]), self.steady([asked["check"]]))
        self.assertEqual(answer["story"], asked["story"])
        self.assertTrue(any("told u by mail" in row["text"] for row in answer["story"]), answer)
        self.assertEqual(len(self.get("checks/a/queue?limit=1")["story"]), 1)
        for name in ("a/none", "a", "", "a/queue/x", "%FF%FE/x%00", "..%2f..", '"<script>'):
            self.assertIn("no such check", self.get(f"checks/{name}", 404)["error"])

    def test_alerts_and_events(self):
        self.assertEqual(self.get("alerts"), self.watch.ask("alerts"))
        self.assertEqual({row["subject"] for row in self.get("alerts")["alerts"]}, {"a", "b"})
        self.assertEqual(len(self.get("alerts?limit=1")["alerts"]), 1)
        self.assertEqual(len(self.get("events?limit=2")["events"]), 2)
        for limit in ("0", "-1", "x", "", "99999999999"):
            self.get(f"events?limit={limit}", 400)

    def test_remediations(self):
        self.assertEqual(self.get("remediations"), self.watch.ask("remediations"))
        (self.watch.state / "ledger.jsonl").write_text(LEDGER)
        self.assertEqual(self.get("remediations"), self.watch.ask("remediations"))
        self.assertEqual([(row["issue"], row["runs"]) for row in self.get("remediations")], [("OPS-1", 1)])
        (self.watch.state / "ledger.jsonl").write_text("\0garbage{\n" * 100)
        self.assertEqual(self.get("remediations"), [])

    def test_oncall(self):
        answer, asked = self.get("oncall"), self.watch.ask("oncall")
        self.assertLessEqual(abs(answer["at"] - asked["at"]), 5)
        self.assertEqual(answer["oncall"], asked["oncall"])
        self.assertEqual(answer["oncall"][0], {"group": "g", "urgency": "alert", "users": [
            {"user": "u", "name": "Ursula", "contacts": [{"channel": "mail", "address": "u@example.org"}]}]})

    def test_hosts(self):
        hosts = self.get("hosts")["hosts"]
        self.assertEqual([row["host"] for row in hosts], ["a", "b"])
        self.assertEqual(hosts[0], {"host": "a", "address": "a", "service": "s", "status": "active", "state": "UP",
                                    "since": None, "alive": None, "parents": [], "checks": 2, "problems": 1})

    def test_only_what_is_there_and_only_get(self):
        for path in ("", "state", "statuses", "status/", "status/a", "oncall/g", "../healthz"):
            self.assertIn("no such resource", self.get(path, 404)["error"])
        for method in ("POST", "PUT", "DELETE"):
            self.get("status", 405, method)
        self.assertEqual(self.get("status", 200, "HEAD"), b"")


if __name__ == "__main__":
    unittest.main()
