# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is called, by the scheduler itself: gathered, up the rota, by an override, held back in a storm, and with a recovery
that waits for a window; over a kill and a reload."""
import datetime
import json
import unittest
import urllib.request

from tests.support import Place, wait_until
from tests.support.daemon import Watch

RECORD = """#!/bin/sh
cat >>"$1"
echo >>"$1"
"""

USERS = """
windows:
  other_days: {{days: [{other}]}}
users:
  geoff: {{contacts: {{alert: [{{command: [{record}, {told}/geoff]{recovery}}}]}}}}
  max:   {{contacts: {{alert: [{{command: [{record}, {told}/max], cap: 1 per 1h}}]}}}}
  boss:  {{contacts: {{alert: [{{command: [{record}, {told}/boss]}}]}}}}
  lazy:  {{contacts: {{alert: [{{command: [{record}, {told}/lazy]}}, {{command: [{record}, {told}/lazy], importance: 5}}]}}}}
groups:
  admins:
    escalate_after: 3s
    rota: [{{users: [boss]}}]
    overrides: [{{from: {yesterday}T00:00:00Z, until: {tomorrow}T00:00:00Z, users: [geoff, max]}}]
  managers: {{rota: [{{users: [boss]}}]}}
  others: {{rota: [{{users: [lazy]}}]}}
  all: {{groups: [others]}}
"""

SERVICE = """
service: www
hosts: {w1: {}, w2: {}, w3: {}}
checks:
  http:
    attempts: 1
    alert: {groups: [admins], group_wait: 2s, escalate: [{after: 8s, groups: [managers]}]}
  disk:
    attempts: 1
    alert: {groups: [all]}
"""


class Called(unittest.TestCase):
    def setUp(self):
        self.place = Place("called")
        self.addCleanup(self.place.close)
        self.watch = Watch(self.place)
        self.told_by = self.place.path / "told"
        self.told_by.mkdir()
        self.record = self.place.write("record", RECORD, 0o755)
        site = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", site + "alerting: {grace: 0s, hold: 0s}\n")
        self.watch.write("services/www.yaml", SERVICE)
        self.write_users(", recovery: other_days")

    def write_users(self, recovery):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        day = datetime.timedelta(days=1)
        self.watch.write("users.yaml", USERS.format(
            record=self.record, told=self.told_by, recovery=recovery, yesterday=today - day, tomorrow=today + 2 * day,
            other=(today + 3 * day).strftime("%a").lower()))

    def told(self, user):
        path = self.told_by / user
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line]

    def subjects(self, user):
        """What each message was: its kind, and the hosts that it was about."""
        return [(message["kind"], sorted(member["host"] for member in message["members"])) for message in
                self.told(user)]

    def wait_told(self, user, expected):
        wait_until(lambda: self.subjects(user) == expected, what=f"{user}: {expected} (is {self.subjects(user)})")

    def submit(self, host, exit_code, check="http"):
        done = self.watch.command("submit", f"{host}/{check}", str(exit_code), "by hand")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_whole(self):
        self.watch.start()
        for host in "w1", "w2", "w3":
            self.submit(host, 2)
        self.wait_told("geoff", [("PROBLEM", ["w1", "w2", "w3"])])
        self.watch.kill()
        self.watch.start()
        self.wait_told("max", [("PROBLEM", ["w1", "w2", "w3"])])
        for host in "w1", "w2":
            self.assertEqual(self.watch.command("ack", f"{host}/http", "--author", "max").returncode, 0)
        self.wait_told("boss", [("PROBLEM", ["w3"])])
        self.submit("w3", 0)
        self.wait_told("boss", [("PROBLEM", ["w3"]), ("RECOVERY", ["w3"])])
        self.assertEqual([kind for kind, _ in self.subjects("geoff") if kind == "RECOVERY"], [])
        story = self.watch.command("why", "w3/http").stdout
        self.assertIn('waits for the window "other_days" of "geoff"', story)
        self.assertIn('a storm, "max" had 1 message within 1h', story)
        self.write_users("")
        wait_until(lambda: self.subjects("geoff")[-1] == ("RECOVERY", ["w3"]), what="the recovery that waited")
        self.assertEqual(len(self.told("max")), 1)
        levels = [message.get("level", 0) for user in ("geoff", "max", "boss") for message in self.told(user)[:1]]
        self.assertEqual(levels, [0, 1, 1])

    def test_groups_of_groups_and_importance(self):
        self.watch.start()
        self.submit("w1", 2, "disk")
        self.wait_told("lazy", [("PROBLEM", ["w1"])])
        answer = {(each["group"], each["urgency"]): each for each in self.api("oncall")}
        self.assertEqual(answer["all", "alert"]["groups"], ["others"])
        self.assertEqual([user["user"] for user in answer["admins", "alert"]["users"]], ["geoff", "max"])
        self.assertIn("override", answer["admins", "alert"])

    def api(self, name):

        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/api/v1/{name}") as answer:
            return json.load(answer)["oncall"]


if __name__ == "__main__":
    unittest.main()
