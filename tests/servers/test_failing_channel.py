# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel that fails is told on another one, and so is its end; what is tried, how often, and given up when."""
import json
import sqlite3
import unittest

from tests.support import Place, faults, smtpd, wait_until
from tests.support.daemon import Watch
from tests.support.httpd import Scripted

MAIL = 'mail: {{from: watchbill@example.org, server: "smtp://127.0.0.1:{port}", tls: none}}'
USERS = """
users:
  bob: {{contacts: {{alert: [{{mail: bob@example.org}}, {{webhook: "{hook}/bob"}}]}}}}
  eve: {{contacts: {{alert: [{{webhook: "{hook}/eve"}}]}}}}
groups:
  g: {{rota: [{{users: [bob]}}]}}
  h: {{rota: [{{users: [eve]}}]}}
"""
SERVICE = """service: s
hosts: {a: {}}
checks:
  one: {attempts: 1, alert: {groups: [g]}}
  two: {attempts: 1, alert: {groups: [h]}}
"""
GOOD = (200, {}, b"")


class FailingChannel(unittest.TestCase):
    def setUp(self):
        self.place = Place("failing")
        self.addCleanup(self.place.close)
        self.smtp = smtpd.start(self.place, tls=False)
        self.addCleanup(self.smtp.stop)
        self.pages = {"/bob": GOOD, "/eve": GOOD}
        self.hook = Scripted(self.pages)
        self.addCleanup(self.hook.close)
        self.watch = Watch(self.place, MAIL.format(port=self.smtp.port))
        self.watch.write("users.yaml", USERS.format(hook=self.hook.url))
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.start()

    def told(self, path, kind):
        """What the webhook got of that kind."""
        bodies = [json.loads(body) for _, where, _, body in list(self.hook.requests) if where == path]
        return [body for body in bodies if body["kind"] == kind]

    def submit(self, check, code, text="x"):
        self.assertEqual(self.watch.command("submit", check, str(code), text).returncode, 0)

    def test_mail_that_is_refused_for_good(self):
        self.smtp.mode = "reject"
        self.submit("a/one", 2)
        (one,) = wait_until(lambda: self.told("/bob", "CHANNEL"), what="the failure by webhook")
        self.assertEqual((one["host"], one["check"], one["state"]), ("watchbill", "mail", "CRITICAL"))
        self.assertIn("bob@example.org: ", one["text"])
        self.assertIn("550", one["subject"])
        wait_until(lambda: [r["result"] for r in self.watch.ask("alerts")["alerts"]
                            if r["contact"] == "bob@example.org"] == ["failed"], what="the end in the journal")
        faults.wait_health(self.watch, "degraded")
        # It is told once, and its end as well.
        self.submit("a/one", 3)
        wait_until(lambda: self.watch.log().count("can never be delivered") == 2, what="the second failure")
        self.smtp.mode = "ok"
        self.submit("a/one", 0)
        end = wait_until(lambda: [c for c in self.told("/bob", "CHANNEL") if c["state"] == "OK"], what="the end")
        self.assertIn("it delivers again", end[0]["text"])
        self.assertEqual(len(self.told("/bob", "CHANNEL")), 2)
        faults.wait_health(self.watch, "ok")
        self.assertEqual(self.told("/eve", "CHANNEL"), [])

    def test_mail_that_fails_for_some_time(self):
        self.smtp.stop()
        self.submit("a/one", 2)
        wait_until(lambda: self.watch.log().count("waits, attempt") == 1, what="the first try")
        self.assertEqual(self.told("/bob", "CHANNEL"), [])
        (one,) = wait_until(lambda: self.told("/bob", "CHANNEL"), 40, what="the failure by webhook")
        self.assertIn("no connection", one["subject"])
        self.assertEqual(self.watch.log().count("waits, attempt"), 3)   # after 0, 5 and 15 seconds
        self.smtp.start()
        wait_until(self.smtp.messages, 40, what="the mail after all")
        wait_until(lambda: [c for c in self.told("/bob", "CHANNEL") if c["state"] == "OK"], what="the end")

    def test_one_address_keeps_no_other_waiting(self):
        self.pages["/bob"] = (503, {}, b"")
        self.submit("a/one", 2)
        wait_until(lambda: self.watch.log().count("waits, attempt 1"), what="the first try")
        self.submit("a/two", 2)
        wait_until(lambda: self.told("/eve", "PROBLEM"), 4, what="the other")
        wait_until(self.smtp.messages, what="the mail")

    def test_an_alert_of_the_day_before_yesterday_is_given_up(self):
        self.smtp.stop()
        self.submit("a/one", 2)
        wait_until(lambda: self.watch.log().count("waits, attempt") == 1, what="the first try")
        self.watch.stop()
        base = sqlite3.connect(self.watch.state / "journal.db")
        with base:
            base.execute("UPDATE alerts SET data = json_set(data, '$.at', json_extract(data, '$.at') - 172800000)")
        base.close()
        self.watch.start()
        wait_until(lambda: "is lost: given up after a day: no connection" in self.watch.log(), 30, "the end")
        wait_until(lambda: [r["result"] for r in self.watch.ask("alerts")["alerts"]
                            if r["contact"] == "bob@example.org"] == ["failed"], what="the end in the journal")
