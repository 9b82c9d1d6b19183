# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds a check, in the running scheduler: its host, the host's parents, and what it depends on."""
import http.client
import json
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch

USERS = """users: {u: {contacts: {alert: [{mail: u@example.org}], notify: [{mail: u@example.org}]}}}
groups: {g: {rota: [{window: always, users: [u]}]}}
"""

# A directory with three files is a problem. What runs every hour is run only when it is asked.
SPOOL = 'command: [check_queue, --type, spool, --directory, ../{}, -c, "2"], attempts: 1, alert: {{groups: [g]}}'

ROUTER = """service: router
hosts: {{r1: {{alive: up}}}}
checks: {{up: {{every: 1h, {}}}}}
""".format(SPOOL.format("r1"))

WEB = """service: web
hosts: {{web: {{alive: up, parents: [r1]}}}}
checks:
  up:   {{every: 1h, {}}}
  http: {{every: 1s, {}}}
""".format(SPOOL.format("web"), SPOOL.format("http"))


class Folders:
    """Each is the state of one check."""

    def __init__(self, place, *names):
        self.place = place
        for name in names:
            (place.path / name).mkdir()

    def fill(self, *names):
        for name in names:
            for i in range(3):
                self.place.write(f"{name}/job{i}", "")

    def clear(self, *names):
        for name in names:
            for path in (self.place.path / name).iterdir():
                path.unlink()


def api(watch, path):
    asked = http.client.HTTPConnection("127.0.0.1", watch.port(), timeout=10)
    try:
        asked.request("GET", path)
        return asked.getresponse().read().decode()
    finally:
        asked.close()


class Unreachable(unittest.TestCase):
    def test_the_router_alone_is_told_although_its_child_was_seen_first(self):
        with Place("unreachable") as place:
            folders = Folders(place, "r1", "web", "http")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/router.yaml", ROUTER)
            watch.write("services/web.yaml", WEB)
            watch.start()
            for subject in ("r1/up", "web/up"):
                self.assertEqual(watch.command("run", subject).returncode, 0)
            watch.wait_state("web/http", "OK")
            folders.fill("r1", "web", "http")
            watch.wait_state("web/http", "CRITICAL")
            for subject in ("web/up", "r1/up"):  # they run every hour, so they were asked
                watch.wait_state(subject, "CRITICAL", seconds=10)
            wait_until(watch.mails, what="the mail")
            hosts = {row["host"]: row for row in json.loads(api(watch, "/api/v1/hosts"))["hosts"]}
            self.assertEqual({name: row["state"] for name, row in hosts.items()},
                             {"r1": "DOWN", "web": "UNREACHABLE"})
            self.assertEqual((hosts["web"]["parents"], hosts["web"]["problems"]), (["r1"], 2))
            self.assertIn("host is UNREACHABLE", watch.command("status", "web/http").stdout)
            self.assertIn("host UNREACHABLE", api(watch, "/"))
            story = " / ".join(row["text"] for row in watch.ask("why", "web/http")["story"])
            self.assertIn('"web/up" is checked first', story)
            story = " / ".join(row["text"] for row in watch.ask("why", "web/up")["story"])
            self.assertIn('host "web" is unreachable', story)
            story = " / ".join(row["text"] for row in watch.ask("why", "r1/up")["story"])
            self.assertIn('checked at once: before "web/up" is told', story)

            folders.clear("r1", "web", "http")
            self.assertEqual(watch.command("run", "r1/up").returncode, 0)
            watch.wait_state("web/up", "OK", seconds=10)
            wait_until(lambda: len(watch.mails()) == 2, what="the recovery")
            self.assertEqual([m["subject"].split(":")[0] + m["subject"].split(":")[1][:6] for m in watch.mails()],
                             ["PROBLEM r1/up", "RECOVERY r1/up"])
            self.assertEqual(watch.stop(), 0)


class Attempts(unittest.TestCase):
    def test_a_parent_that_needs_attempts_makes_them_within_the_hold(self):
        with Place("attempts") as place:
            folders = Folders(place, "web", "http", "r1")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/web.yaml", WEB.replace("parents: [r1]", "").replace(
                "up:   {every: 1h,", "up:   {every: 1h, retry: 1h,").replace("attempts: 1", "attempts: 3", 1))
            site = (watch.conf / "watchbill.yaml").read_text()
            watch.write("watchbill.yaml", site + "alerting: {hold: 9s}\n")
            watch.start()
            self.assertEqual(watch.command("run", "web/up").returncode, 0)
            watch.wait_state("web/http", "OK")
            folders.fill("web", "http")
            watch.wait_state("web/up", "CRITICAL", "HARD", seconds=15)
            mail = wait_until(watch.mails, what="the mail")
            self.assertTrue(mail[0]["subject"].startswith("PROBLEM: web/up"), mail[0]["subject"])
            first = watch.status("web/http")["last"]
            wait_until(lambda: watch.status("web/http")["last"] > first + 2, what="more results of the child")
            self.assertEqual(len(watch.mails()), 1)
            self.assertEqual(watch.stop(), 0)


class Fresh(unittest.TestCase):
    def test_results_that_stay_away(self):
        with Place("fresh") as place:
            Folders(place, "asked")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/s.yaml", "service: s\nhosts: {h: {}}\nchecks:\n"
                        "  told:  {freshness: 3s, stale: CRITICAL, attempts: 1, alert: {groups: [g]}}\n"
                        "  asked: {freshness: 2s, every: 1h, " + SPOOL.format("asked") + "}\n")
            watch.start()
            self.assertEqual(watch.command("submit", "h/told", "0", "all is well").returncode, 0)
            watch.wait_state("h/told", "OK")
            row = watch.wait_state("h/told", "CRITICAL", seconds=10)
            self.assertEqual(row["text"], "no result for 3s")
            mail = wait_until(watch.mails, what="the mail")
            self.assertIn("no result for 3s", mail[0].as_string())
            watch.wait_state("h/asked", "OK", seconds=10)
            first = watch.status("h/asked")["last"]
            wait_until(lambda: watch.status("h/asked")["last"] > first, what="another run")
            self.assertIn("checked at once: no result for 2s",
                          [line["text"] for line in watch.ask("why", "h/asked")["story"]])
            self.assertEqual(watch.command("submit", "h/told", "0", "back").returncode, 0)
            wait_until(lambda: len(watch.mails()) == 2, what="the recovery")
            self.assertEqual(watch.stop(), 0)


class Grace(unittest.TestCase):
    def test_after_a_start_what_a_check_rests_on_is_seen_first(self):
        with Place("grace") as place:
            folders = Folders(place, "web", "http", "r1")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/router.yaml", ROUTER)
            watch.write("services/web.yaml", WEB)
            site = (watch.conf / "watchbill.yaml").read_text()
            watch.write("watchbill.yaml", site + "alerting: {hold: 0s, grace: 1h}\n")
            watch.start()
            self.assertEqual(watch.command("run", "web/up").returncode, 0)
            watch.wait_state("web/http", "OK")
            watch.stop()
            folders.fill("web", "http")
            watch.start()
            watch.wait_state("web/http", "CRITICAL")
            mail = wait_until(watch.mails, what="the mail")
            self.assertTrue(mail[0]["subject"].startswith("PROBLEM: web/up"), mail[0]["subject"])
            story = " / ".join(row["text"] for row in watch.ask("why", "web/http")["story"])
            self.assertIn('waiting for a result of "web/up" from after the start', story)
            self.assertEqual(len(watch.mails()), 1)
            self.assertEqual(watch.stop(), 0)


class Serving(unittest.TestCase):
    def test_a_service_that_loses_hosts(self):
        with Place("serving") as place:
            folders = Folders(place, "a", "b", "c")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/web.yaml", "service: web\nhosts: {a: {}, b: {}, c: {}}\nchecks:\n"
                        '  http: {command: [check_queue, --type, spool, --directory, ../$HOSTNAME$, -c, "2"], '
                        "every: 1s, attempts: 1}\n"
                        'serving: {check: http, at_least: 50%, alert: {groups: [g]}}\n')
            watch.start()
            watch.wait_state("service:web/serving", "OK")
            folders.fill("a")
            row = watch.wait_state("service:web/serving", "REDUNDANCY")
            self.assertEqual(row["text"], "2 of 3 hosts serve, at least 50 % must; not: a")
            self.assertEqual(row["redundancy"], {"serving": 2, "hosts": 3, "spare": False})
            mail = wait_until(watch.mails, what="the mail")[0]
            self.assertTrue(mail["subject"].startswith("PROBLEM: service:web/serving is REDUNDANCY: 2 of 3"), mail["subject"])
            self.assertIn('<td class="s REDUNDANCY">REDUNDANCY', api(watch, "/"))
            refused = watch.command("submit", "service:web/serving", "0", "all is well")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("takes no results", refused.stdout + refused.stderr)
            folders.fill("b")
            watch.wait_state("service:web/serving", "CRITICAL")
            # Its hosts are asked once more before it is told; a recovery ahead of that would leave nothing to tell.
            wait_until(lambda: len(watch.mails()) == 2, what="the mail of the loss")
            watch.kill()
            watch.start()
            watch.wait_state("service:web/serving", "CRITICAL")
            folders.clear("a", "b")
            watch.wait_state("service:web/serving", "OK")
            # On the way back it may be seen with one host missing, which is told too.
            wait_until(lambda: any(mail["subject"].startswith("RECOVERY: service:web/serving is OK: 3 of 3") for mail in watch.mails()),
                       what="the recovery")
            self.assertEqual([row["host"] for row in json.loads(api(watch, "/api/v1/hosts"))["hosts"]],
                             ["a", "b", "c"])
            self.assertEqual(watch.stop(), 0)


class Times(unittest.TestCase):
    def test_a_check_runs_in_its_window_and_by_its_schedule(self):
        with Place("times") as place:
            Folders(place, "a")
            watch = Watch(place)
            command = 'command: [check_queue, --type, spool, --directory, ../a, -c, "2"]'
            service = ("service: s\nhosts: {h: {}}\nchecks:\n  always: {every: 1s, " + command + "}\n"
                       "  closed: {every: 1s, window: %s, " + command + "}\n"
                       '  timed: {schedule: "* * * * *", ' + command + "}\n")
            watch.write("services/s.yaml", service % "never")
            watch.start()
            watch.wait_state("h/always", "OK")
            first = watch.status("h/always")["last"]
            wait_until(lambda: watch.status("h/always")["last"] > first + 1, what="more runs")
            row = watch.status("h/closed")
            self.assertEqual((row["state"], row["next"]), ("PENDING", None))
            due = watch.status("h/timed")["next"]
            self.assertLess(min(due % 60, -due % 60), 2)  # the full minute, by two clocks
            self.assertEqual(watch.command("run", "h/closed").returncode, 0)  # a person may at any time
            self.assertEqual(watch.wait_state("h/closed", "OK")["next"], None)
            watch.write("services/s.yaml", service % "always")
            last = watch.status("h/closed")["last"]
            wait_until(lambda: watch.status("h/closed")["last"] > last, what="a run in the window")
            self.assertEqual(watch.stop(), 0)


class Verify(unittest.TestCase):
    SERVICE = ("service: s\nhosts: {new: {status: configured}, late: {status: configured}, old: {}}\nchecks:\n"
               '  http: {command: [check_queue, --type, spool, --directory, ../$HOSTNAME$, -c, "2"], every: 1s, '
               "attempts: 1, when: [configured, active]}\n"
               "verify: {timeout: 6s, alert: {groups: [g]}}\n")

    def test_a_host_that_is_not_verified_in_time_is_told_once_and_stays(self):
        with Place("verify") as place:
            folders = Folders(place, "new", "late", "old")
            folders.fill("late")
            watch = Watch(place)
            watch.write("users.yaml", USERS)
            watch.write("services/s.yaml", self.SERVICE)
            watch.start()
            self.assertEqual(watch.wait_state("new/verify", "OK")["text"], "1 of 1 checks are OK")
            row = watch.wait_state("late/verify", "VERIFYING")
            watch.kill()
            watch.start()
            self.assertEqual(watch.status("late/verify")["since"], row["since"])
            row = watch.wait_state("late/verify", "CRITICAL")
            self.assertEqual(row["text"], "0 of 1 checks are OK; not: http CRITICAL; it was to be verified within 6s")
            mail = wait_until(watch.mails, what="the mail")
            self.assertTrue(mail[0]["subject"].startswith("PROBLEM: late/verify is CRITICAL"), mail[0]["subject"])
            folders.clear("late")
            watch.wait_state("late/http", "OK")
            self.assertEqual(watch.status("late/verify")["state"], "CRITICAL")
            self.assertNotEqual(watch.command("submit", "late/verify", "0", "well").returncode, 0)
            self.assertEqual(watch.command("status", "old/verify").returncode, 1)
            watch.write("services/s.yaml", self.SERVICE.replace("late: {status: configured}", "late: {}"))
            wait_until(lambda: watch.command("status", "late/verify").returncode == 1, what="the new status")
            self.assertEqual(len(watch.mails()), 1)
            self.assertEqual(watch.stop(), 0)


if __name__ == "__main__":
    unittest.main()
