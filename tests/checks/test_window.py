# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill window, against the calendar of Python."""
import datetime
import json
import time
import unittest
import zoneinfo

from tests.support import BUILD, Place, run

USERS = """
windows:
  weekday_days:   {days: mon-fri, start: "10:00", end: "22:00"}
  weekday_nights: {all_except: [weekday_days, weekends]}
  late_shift:     {days: mon-fri, start: "22:00", end: "06:00"}
  weekends:       {days: [sat, sun]}
  holidays:       {"december 25": "00:00-24:00", "thursday 4 november": "00:00-24:00", "day -1": "12:00-24:00", "2026-12-31": "12:00-24:00"}
  shifts:         {monday: "00:00-08:00,20:00-24:00", exclude: [holidays], timezone: America/New_York}
  mixed:          {days: mon-fri, start: "09:00", end: "17:00", "december 24": "09:00-12:00", "december 25": "00:00-00:00"}
  nothing:        {monday: "00:00-24:00", exclude: [mondays]}
  mondays:        {days: mon}
  leap_monday:    {"february 29": "00:00-24:00", exclude: [not_monday]}
  not_monday:     {days: tue-sun}
"""


def epoch(text, zone):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp())


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("window")
        cls.place.write("users.yaml", USERS)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def ask(self, name, at, zone="Europe/Berlin"):
        done = run([BUILD / "bin/watchbill", "window", name, "--at", at, "--timezone", zone,
                    "--conf", self.place.path])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["inside"], done.returncode == 0)
        self.assertEqual(list(answer), ["inside", "since", "until", "next"])
        return answer

    def refused(self, *words):
        done = run([BUILD / "bin/watchbill", "window", *words, "--conf", self.place.path])
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_a_week_of_each_window(self):
        berlin = zoneinfo.ZoneInfo("Europe/Berlin")

        def day(local):
            return local.weekday() < 5 and 10 <= local.hour < 22

        rules = {
            "weekday_days": day,
            "weekends": lambda local: local.weekday() >= 5,
            "weekday_nights": lambda local: local.weekday() < 5 and not day(local),
            "late_shift": lambda local: (local.weekday() < 5 and local.hour >= 22)
            or ((local - datetime.timedelta(hours=6)).weekday() < 5 and local.hour < 6),
        }
        start = epoch("2026-11-16T00:30:00", "Europe/Berlin")
        for name, rule in rules.items():
            for hour in range(0, 24 * 7, 5):
                at = start + hour * 3600
                local = datetime.datetime.fromtimestamp(at, berlin)
                self.assertEqual(self.ask(name, str(at))["inside"], rule(local), f"{name} {local}")

    def test_since_until_and_next(self):
        answer = self.ask("weekday_days", "2026-11-20T12:00:00+01:00")
        self.assertEqual(answer, {"inside": True, "since": epoch("2026-11-20T10:00:00", "Europe/Berlin"),
                                  "until": epoch("2026-11-20T22:00:00", "Europe/Berlin"),
                                  "next": epoch("2026-11-23T10:00:00", "Europe/Berlin")})
        answer = self.ask("weekday_nights", "2026-11-21T12:00:00+01:00")
        self.assertEqual(answer, {"inside": False, "since": epoch("2026-11-21T00:00:00", "Europe/Berlin"),
                                  "until": epoch("2026-11-23T00:00:00", "Europe/Berlin"),
                                  "next": epoch("2026-11-23T00:00:00", "Europe/Berlin")})

    def test_both_ends(self):
        ends = epoch("2026-11-21T06:00:00", "Europe/Berlin")
        self.assertTrue(self.ask("late_shift", str(ends - 1))["inside"])
        self.assertFalse(self.ask("late_shift", str(ends))["inside"])

    def test_words_of_nagios(self):
        for at, inside in (("2026-12-25T00:00:00", True), ("2026-11-26T23:59:59", True), ("2026-11-30T11:59:59", False),
                           ("2026-11-30T12:00:00", True), ("2026-12-31T11:00:00", False), ("2028-02-29T12:00:00", True)):
            self.assertEqual(self.ask("holidays", str(epoch(at, "Asia/Tokyo")), "Asia/Tokyo")["inside"], inside, at)

    def test_the_most_exact_rule_supplies_the_day(self):
        for at, inside in (("2026-12-23T16:00:00", True), ("2026-12-24T11:00:00", True), ("2026-12-24T13:00:00", False),
                           ("2026-12-25T11:00:00", False)):
            self.assertEqual(self.ask("mixed", str(epoch(at, "UTC")), "UTC")["inside"], inside, at)

    def test_its_own_zone_goes_before_the_given_one(self):
        at = epoch("2026-11-23T21:00:00", "America/New_York")
        self.assertTrue(self.ask("shifts", str(at), "Asia/Tokyo")["inside"])
        at = epoch("2026-11-30T21:00:00", "America/New_York")  # a holiday by "day -1"
        self.assertFalse(self.ask("shifts", str(at), "Asia/Tokyo")["inside"])

    def test_clock_changes(self):
        answer = self.ask("weekends", "2026-03-29T12:00:00+02:00")
        self.assertEqual(answer["until"] - answer["since"], 47 * 3600)
        answer = self.ask("weekends", "2026-10-25T12:00:00+01:00")
        self.assertEqual(answer["until"] - answer["since"], 49 * 3600)

    def test_far_and_never(self):
        self.assertEqual(self.ask("nothing", "0"), {"inside": False, "since": None, "until": None, "next": None})
        self.assertEqual(self.ask("always", "0"), {"inside": True, "since": None, "until": None, "next": None})
        self.assertEqual(self.ask("never", "0")["next"], None)
        self.assertEqual(self.ask("leap_monday", "2051-01-01T00:00:00Z")["next"],
                         epoch("2052-02-29T00:00:00", "Europe/Berlin") if datetime.date(2052, 2, 29).weekday() == 0
                         else self.next_leap_monday(2052))

    @staticmethod
    def next_leap_monday(year):
        while datetime.date(year, 2, 29).weekday() != 0:
            year += 4
        return epoch(f"{year}-02-29T00:00:00", "Europe/Berlin")

    def test_an_endless_search_is_quick(self):
        begun = time.monotonic()
        self.ask("nothing", "2026-11-20T12:00:00Z")
        self.assertLess(time.monotonic() - begun, 2)

    def test_refusals(self):
        self.assertIn("weekends", self.refused("weekend", "--at", "0"))
        self.assertIn("yesterday", self.refused("weekends", "--at", "yesterday"))
        for bad in ("2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-20T12:00:00", "2026-11-20", "1e9", "",
                    "99999999999999999999", "2026-11-20T25:00:00Z", "2026-11-20T12:00:00+1:00"):
            self.assertIn(bad, self.refused("weekends", "--at", bad))
        self.assertIn("Mars", self.refused("weekends", "--at", "0", "--timezone", "Mars/Crater"))
        self.assertIn("etc", self.refused("weekends", "--at", "0", "--timezone", "../../../etc/passwd"))
        self.refused()
        self.refused("weekends", "weekdays")

    def test_a_bad_window_names_its_place(self):
        with Place("window") as place:
            place.write("users.yaml", 'windows:\n  broken: {"mondy": "00:00-24:00"}\n')
            done = run([BUILD / "bin/watchbill", "window", "broken", "--at", "0", "--conf", place.path])
            self.assertEqual(done.returncode, 3)
            self.assertIn("users.yaml:2:", done.stderr)

    def test_circles(self):
        with Place("window") as place:
            place.write("users.yaml", "windows:\n  a: {all_except: [b]}\n  b: {all_except: [a]}\n")
            done = run([BUILD / "bin/watchbill", "window", "a", "--at", "0", "--conf", place.path])
            self.assertEqual(done.returncode, 3)
            self.assertIn("itself", done.stderr)


if __name__ == "__main__":
    unittest.main()
