# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill oncall."""
import json
import unittest

from tests.support import BUILD, Place, run

USERS = """
windows:
  days:     {days: mon-fri, start: "10:00", end: "22:00"}
  nights:   {all_except: [days, weekends]}
  weekends: {days: [sat, sun]}
users:
  anna:
    name: Anna Ahoi
    contacts:
      notify: [{mail: anna@example.org, window: days}]
      alert:  [{mail: anna-pager@example.org}, {command: [/usr/local/bin/sms, "+1555"]}]
  ben:
    timezone: America/New_York
    contacts:
      alert:  [{mail: ben@example.org, window: days}]
groups:
  admins:
    timezone: Europe/Berlin
    rota:
      - {window: days,   users: [anna, ben]}
      - {window: nights, users: [ben, anna]}
  deck:
    timezone: Europe/Berlin
    rota:
      - {window: weekends, users: [ben]}
"""

NOON = "2026-11-20T12:00:00+01:00"  # a Friday
NIGHT = "2026-11-20T23:00:00+01:00"  # 17:00 for Ben
LATE = "2026-11-20T05:00:00+01:00"  # 23:00 for Ben
SUNDAY = "2026-11-22T12:00:00+01:00"


SWAPPED = """
users:
  anna: {contacts: {alert: [{mail: anna@example.org}, {mail: anna@example.net, importance: 5}]}}
  ben:  {contacts: {alert: [{mail: ben@example.org}]}}
  cleo: {contacts: {alert: [{mail: cleo@example.org}]}}
groups:
  admins:
    timezone: Europe/Berlin
    escalate_after: 15m
    groups: [deck]
    rota: [{users: [anna, ben]}]
    overrides:
      - {from: 2026-12-24 18:00, until: "2026-12-27T08:00:00+01:00", users: [cleo, anna]}
      - {from: 2026-11-20 10:00, until: 2026-11-20 14:00, user: cleo, instead_of: anna}
  deck: {rota: [{users: [ben]}]}
  all:  {groups: [admins]}
"""


class Overrides(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("oncall")
        cls.place.write("users.yaml", SWAPPED)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def command(self, *words):
        return run([BUILD / "bin/watchbill", "oncall", "--conf", self.place.path, "--urgency", "alert", *words])

    def test_a_swap(self):
        self.assertEqual(self.command("admins", "--at", NOON).stdout, """\
admins, alert: called in this order
  1. cleo in place of anna: mail cleo@example.org
  2. ben: mail ben@example.org, after 15m
  told as well: group deck
""")
        user = json.loads(self.command("admins", "--at", NOON, "--json").stdout)["oncall"][0]["users"][0]
        self.assertEqual((user["user"], user["instead_of"]), ("cleo", "anna"))

    def test_a_whole_shift(self):
        self.assertEqual(self.command("admins", "--at", "2026-12-24T18:00:00+01:00").stdout, """\
admins, alert: called in this order, by an override until 2026-12-27T08:00:00+01:00
  1. cleo: mail cleo@example.org
  2. anna: mail anna@example.org, mail anna@example.net (importance 5 or more), after 15m
  told as well: group deck
""")
        for at in "2026-12-24T17:59:59+01:00", "2026-12-27T08:00:00+01:00":
            self.assertIn("1. anna: ", self.command("admins", "--at", at).stdout)
        answer = json.loads(self.command("admins", "--at", "2026-12-25T00:00:00Z", "--json").stdout)["oncall"][0]
        self.assertEqual(answer["override"], {"from": 1798131600, "until": 1798354800})
        self.assertEqual((answer["escalate_after"], answer["groups"], answer["users"][1]["after"]), (900, ["deck"], 900))

    def test_only_groups(self):
        done = self.command("all", "--at", NOON)
        self.assertEqual((done.returncode, done.stdout),
                         (0, "all, alert: nobody itself\n  told as well: group admins, deck\n"))


class Oncall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("oncall")
        cls.place.write("users.yaml", USERS)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def command(self, *words):
        return run([BUILD / "bin/watchbill", "oncall", "--conf", self.place.path, *words])

    def called(self, *words):
        done = self.command("--json", *words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        answer = json.loads(done.stdout)["oncall"]
        return done.returncode, {(each["group"], each["urgency"]): [user["user"] for user in each["users"]]
                                 for each in answer}

    def test_the_order_of_the_shift(self):
        self.assertEqual(self.called("admins", "--at", NOON, "--urgency", "alert"),
                         (0, {("admins", "alert"): ["anna"]}))  # 06:00 in New York: Ben's pager is off
        self.assertEqual(self.called("admins", "--at", NIGHT, "--urgency", "alert"),
                         (0, {("admins", "alert"): ["ben", "anna"]}))
        self.assertEqual(self.called("admins", "--at", LATE, "--urgency", "alert"),
                         (0, {("admins", "alert"): ["anna"]}))

    def test_urgencies(self):
        self.assertEqual(self.called("admins", "--at", NOON),
                         (0, {("admins", "alert"): ["anna"], ("admins", "notify"): ["anna"]}))
        self.assertEqual(self.called("admins", "--at", NIGHT, "--urgency", "notify"),
                         (1, {("admins", "notify"): []}))

    def test_nobody(self):
        code, called = self.called("--at", SUNDAY)
        self.assertEqual(code, 1)
        self.assertEqual(called[("admins", "alert")], [])
        done = self.command("deck", "--at", SUNDAY, "--urgency", "alert")
        self.assertEqual((done.returncode, done.stdout), (1, "deck, alert: nobody\n"))

    def test_by_what(self):
        done = self.command("admins", "--at", NOON, "--urgency", "alert")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "admins, alert: called in this order\n"
                         "  1. anna (Anna Ahoi): mail anna-pager@example.org, command /usr/local/bin/sms +1555\n")

    def test_gaps(self):
        done = self.command("admins", "--gaps", "--at", NOON, "--until", "2026-11-30T00:00:00+01:00", "--urgency",
                            "alert")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines(), [
            "admins, alert: nobody from 2026-11-21T00:00:00+01:00 until 2026-11-23T00:00:00+01:00",
            "admins, alert: nobody from 2026-11-28T00:00:00+01:00 until 2026-11-30T00:00:00+01:00"])
        done = self.command("admins", "--gaps", "--at", NOON, "--until", NIGHT, "--urgency", "alert")
        self.assertEqual((done.returncode, done.stdout), (0, "admins, alert: always somebody\n"))
        done = self.command("deck", "--gaps", "--json", "--at", SUNDAY, "--until", "2026-11-22T18:00:00+01:00",
                            "--urgency", "alert")
        self.assertEqual(json.loads(done.stdout)["gaps"],
                         [{"group": "deck", "urgency": "alert", "from": 1795345200, "until": 1795366800}])

    def test_refusals(self):
        for words, expected in ((("admin",), "admins"), (("--at", "soon"), "soon"), (("--until", NOON), "--gaps"),
                                (("--urgency", "loud"), "loud"), (("--gaps", "--at", NOON, "--until", NOON), "--until"),
                                (("admins", "deck"), "deck")):
            done = self.command(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(expected, done.stderr)


if __name__ == "__main__":
    unittest.main()
