# SPDX-License-Identifier: GPL-3.0-or-later
"""Why somebody was told, or nobody was: in sentences that leave no question open."""
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch

USERS = """
windows: {never_open: {all_except: [always]}}
users:
  anna: {contacts: {alert: [{mail: anna@example.org}]}}
  broken: {contacts: {alert: [{command: [/bin/false]}]}}
groups:
  admins: {rota: [{window: always, users: [anna]}]}
  unlucky: {rota: [{window: always, users: [broken]}]}
"""
SERVICE = """
service: web
hosts: {web: {address: 127.0.0.1}}
checks:
  told:   {attempts: 1, alert: {groups: [admins], repeat: 30m}}
  soft:   {attempts: 3, alert: {groups: [admins]}}
  silent: {attempts: 1}
  closed: {attempts: 1, alert: {groups: [admins], window: never}}
  later:  {attempts: 1, alert: {groups: [admins], delay: 1h}}
  lost:   {attempts: 1, alert: {groups: [unlucky]}}
  fine:   {attempts: 1, alert: {groups: [admins]}}
  one:    {attempts: 1, alert: {groups: [admins], group_wait: 1s}}
  two:    {attempts: 1, alert: {groups: [admins], group_wait: 1s}}
"""


class Why(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("why")
        cls.addClassCleanup(cls.place.close)
        cls.watch = Watch(cls.place)
        cls.watch.write("users.yaml", USERS.replace("windows: {never_open: {all_except: [always]}}\n", ""))
        cls.watch.write("services/web.yaml", SERVICE)
        with open(cls.watch.conf / "watchbill.yaml", "a", encoding="ascii") as site:
            site.write("alerting: {grace: 0s}\n")
        cls.watch.start()

    def submit(self, check, code=2):
        self.assertEqual(self.watch.command("submit", f"web/{check}", str(code), "text").returncode, 0)

    def why(self, check, *words):
        done = self.watch.command("why", f"web/{check}", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def last(self, check):
        return self.why(check).splitlines()[-1]

    def test_told_and_delivered(self):
        self.submit("told")
        text = wait_until(lambda: (self.why("told") if ", delivered" in self.why("told") else None), what="the delivery")
        self.assertIn("CRITICAL, told anna", text.splitlines()[0])
        self.assertIn("told anna by mail (PROBLEM, alert), delivered", text)
        self.assertRegex(text.splitlines()[-1], r'now: problem \d+: "anna" was told; nobody is told now: .*repeat is not '
                                                r"due; next at 20")
        story = self.watch.ask("why", "web/told")
        self.assertEqual([(each["told"], each["state"]) for each in story["problems"]], [(["anna"], "CRITICAL")])
        first = story["problems"][0]["id"]
        self.submit("told", 0)
        self.submit("told", 1)
        wait_until(lambda: len(self.watch.ask("why", "web/told")["problems"]) == 2)
        self.assertEqual({row["problem"] for row in self.watch.ask("why", "web/told", "--problem", str(first))["story"]},
                         {first})
        self.assertEqual(self.watch.ask("why", "web/told", "--since", "+1h")["story"], [])

    def test_not_told(self):
        for check, reason in (("soft", "nobody is told: soft state, attempt 1 of 3"),
                              ("silent", "nobody was told yet; nobody is told now: the check has no alert rule"),
                              ("closed", 'nobody is told now: outside the alert window "never"'),
                              ("later", "nobody is told now: the delay before the first alert is not over; next at 20")):
            self.assertIn("no result has come yet", self.last(check) + self.why(check))
            self.submit(check)
            wait_until(lambda c=check, r=reason: r in self.why(c), what=f"{check}: {reason}")
        wait_until(lambda: "told nobody because outside the alert window" in self.why("closed").splitlines()[0],
                   what="the summary")

    def test_not_delivered(self):
        self.submit("lost")
        wait_until(lambda: "not delivered" in self.why("lost"), what="the failure")

    def test_ok(self):
        self.submit("fine", 0)
        wait_until(lambda: "now: it is OK, and there is nothing to tell" in self.last("fine"), what="nothing to tell")

    def test_together(self):
        self.submit("one")
        self.submit("two")
        for check in ("one", "two"):
            wait_until(lambda c=check: "together with 1 others, delivered" in self.why(c), what=check)
            self.assertIn("told anna", self.why(check).splitlines()[0])


if __name__ == "__main__":
    unittest.main()
