# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill simulate: every deed, hostile timelines, and what another configuration would have changed."""
import json
import subprocess
import unittest

from tests.support import BUILD, Place

WATCHBILL = BUILD / "bin/watchbill"
SITE = "state: ../state\nmail: {from: watch@example.org, spool: mail}\n"
USERS = """
users:
  anna: {contacts: {alert: [{mail: anna@example.org}]}}
  bob: {contacts: {alert: [{mail: bob@example.org}]}}
groups:
  admins: {rota: [{window: always, users: [anna]}]}
  others: {rota: [{window: always, users: [bob]}]}
"""
SERVICE = """
service: web
hosts: {web01: {address: 127.0.0.1}}
checks:
  http: {command: [/bin/true], attempts: %(attempts)d, alert: {groups: [%(group)s], repeat: 30m}, remediate: [clean]}
  load: {command: [/bin/true], attempts: %(attempts)d, alert: {groups: [%(group)s], repeat: 30m}}
  disk: {command: [/bin/true], attempts: 1, alert: {groups: [admins]}}
"""
REMEDIES = """
trackers: {OPS: {type: file, path: issues.yaml}}
remediations:
  clean: {issue: OPS-1, owner: anna, user: root, tagged: 1970-01-01, ttl: 30d, diagnosed: true, cause: vendor,
          command: [run_command, --command, /bin/true], on: {state: [CRITICAL], type: hard, after: 1m},
          limits: {cooldown: 10m}, verify: {within: 5m}, mode: act, may: {run: [admins]}}
"""


def write_conf(place, name, **more):
    place.write(f"{name}/watchbill.yaml", SITE)
    place.write(f"{name}/users.yaml", USERS)
    place.write(f"{name}/remediations.yaml", REMEDIES)
    place.write(f"{name}/services/web.yaml", SERVICE % {"attempts": 1, "group": "admins", **more})
    return place.path / name


def result(at, check, code, **more):
    return {"at": at, "host": "web01", "check": check, "exit": code, "output": "x", **more}


def deed(at, do, **more):
    return {"at": at, "do": do, **more}


class Simulation(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.conf = write_conf(self.place, "conf")

    def run_text(self, text, *words):
        return subprocess.run([WATCHBILL, "simulate", "--conf", self.conf, *words], input=text, capture_output=True,
                              timeout=120)

    def decide(self, *lines, words=()):
        done = self.run_text("".join(json.dumps(line) + "\n" for line in lines).encode(), *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def alerts(self, *lines, words=()):
        return [(each["at"], each["kind"], each["to"]) for each in self.decide(*lines, words=words)
                if each["type"] == "alert"]


class Deeds(Simulation):
    def test_acknowledge_and_take_it_back(self):
        on = {"host": "web01", "check": "http"}
        self.assertEqual(self.alerts(result(0, "http", 2), deed(60, "acknowledge", author="bob", comment="c", **on),
                                     deed(4000, "tick"), deed(5000, "unacknowledge", **on),
                                     deed(6000, "acknowledge", author="bob", until=6500.5, **on), deed(9000, "tick")),
                         [(0, "PROBLEM", "anna"), (60, "ACKNOWLEDGEMENT", "anna"), (5000, "PROBLEM", "anna"),
                          (6000, "ACKNOWLEDGEMENT", "anna"), (6800, "PROBLEM", "anna"), (8600, "PROBLEM", "anna")])

    def remedies(self, *lines, words=()):
        return [(each["at"], each["decision"]) for each in self.decide(*lines, words=words)
                if each["type"] == "remediation"]

    def test_runs_end_as_asked(self):
        lines = (result(0, "http", 2), deed(3600, "tick"))
        self.assertEqual(self.remedies(*lines), [(0, "wait"), (60, "run"), (360, "no_effect"), (360, "wait"), (660, "run"),
                                                  (960, "no_effect"), (960, "refuse")])
        vain = self.remedies(*lines, words=("--runs", "vain"))
        self.assertEqual([at for at, decision in vain if decision == "run"], [60, 660])
        told = self.decide(lines[0], deed(100, "end_remediation", run="p1-clean-1", outcome="refused"), lines[1],
                           words=("--runs", "told"))
        self.assertEqual([each["reason"] for each in told if each.get("decision") == "refuse"],
                         ["the program refused to run"])

    def test_a_run_by_hand_counts_against_limits(self):
        by_hand = deed(30, "run_remediation", host="web01", check="http", remediation="clean", author="anna")
        self.assertEqual(self.remedies(result(0, "http", 2), by_hand, deed(640, "tick")),
                         [(0, "wait"), (30, "run"), (60, "wait"), (630, "run")])
        late = deed(40 * 86400, "run_remediation", host="web01", check="http", remediation="clean", author="anna")
        self.assertEqual(self.remedies(late), [(40 * 86400, "refuse")])
        told = deed(0, "remember_run", remediation="clean", target="web01", started=-30)
        self.assertEqual([at for at, decision in self.remedies(told, result(0, "http", 2), deed(700, "tick"))
                          if decision == "run"], [570])

    def test_restart_changes_nothing(self):
        lines = [result(9000, "http", 2), deed(9050, "tick"), result(9100, "disk", 1), result(13000, "http", 0),
                 deed(15000, "tick")]
        restarted = [each for line in lines for each in (line, deed(line["at"], "restart"))]
        told = [[(each["at"], each["name"], each.get("kind", each.get("decision"))) for each in self.decide(*each)
                 if each["type"] in ("alert", "remediation")] for each in (lines, restarted)]
        self.assertEqual(*told)

    def test_what_was_late_fires_late(self):
        self.assertEqual(self.alerts(result(0, "http", 2), deed(4000, "restart", since=100), deed(4010, "tick")),
                         [(0, "PROBLEM", "anna"), (4000, "PROBLEM", "anna"), (4000, "REMEDIATION", "anna")])

    def test_reload_with_another_configuration(self):
        other = write_conf(self.place, "other", group="others")
        self.assertEqual(self.alerts(result(0, "load", 2), deed(60, "reload"), deed(90, "reload", conf=str(other)),
                                     deed(2000, "tick")), [(0, "PROBLEM", "anna"), (90, "PROBLEM", "bob"),
                                                           (1890, "PROBLEM", "bob")])

    def test_the_clock_is_set(self):
        self.assertEqual(self.alerts(result(10000, "load", 2), deed(5000, "clock_set", by=-5000), deed(7000, "tick")),
                         [(10000, "PROBLEM", "anna"), (6800, "PROBLEM", "anna")])

    def test_only_from_then_on(self):
        self.assertEqual(self.alerts(result(0, "http", 2), result(90, "http", 0), words=("--from", "80")),
                         [(90, "RECOVERY", "anna")])


class Called(Simulation):
    """Whom and in which message: members, and how far it has come."""

    def setUp(self):
        super().setUp()
        self.place.write("conf/users.yaml", """
users:
  anna: {contacts: {alert: [{mail: anna@example.org}]}}
  bob: {contacts: {alert: [{mail: bob@example.org, cap: 1 per 1h}]}}
groups:
  admins: {escalate_after: 15m, rota: [{users: [anna, bob]}]}
""")
        self.place.write("conf/services/web.yaml", """
service: web
hosts: {web01: {address: 127.0.0.1}}
checks:
  http: {attempts: 1, alert: {groups: [admins], group_wait: 30s}}
  load: {attempts: 1, alert: {groups: [admins], group_wait: 30s}}
""")

    def test_members_and_levels(self):
        found = self.decide(result(0, "http", 2), result(10, "load", 2), deed(5000, "tick"))
        alerts = [line for line in found if line["type"] == "alert"]
        both = ["web01/http", "web01/load"]
        self.assertEqual([(line["at"], line["to"], line["members"], line.get("escalation", 0)) for line in alerts],
                         [(30, "anna", both, 0), (930, "bob", both, 1)])

    def test_a_storm(self):
        found = self.decide(result(0, "http", 2), deed(1000, "tick"), result(2000, "load", 2), deed(9000, "tick"))
        alerts = [line for line in found if line["type"] == "alert"]
        self.assertEqual([(line["at"], line["kind"], line["subject"], line["to"]) for line in alerts],
                         [(30, "PROBLEM", "web01", "anna"), (930, "PROBLEM", "web01", "bob"),
                          (2030, "PROBLEM", "web01", "anna"), (2930 + 3600, "STORM", "watchbill", "bob")])
        self.assertEqual(alerts[-1]["reason"], "1 message was held back: 1 problem lasts, 0 are over")


class Hostile(Simulation):
    def test_refusals_name_the_line_and_the_nearest_name(self):
        good = json.dumps(result(5, "disk", 0))
        for line, expected in (('{"at": 9', "not JSON"), ('{"at": NaN, "do": "tick"}', "not JSON"),
                               ('{"at": 1e999, "do": "tick"}', "not JSON"), ('{"at": "5", "do": "tick"}', '"at"'),
                               ('{"at": 1e15, "do": "tick"}', '"at"'), ('{"at": 4, "do": "tick"}', "back in time"),
                               ('{"at": 9, "at": 9, "do": "tick"}', "not JSON"), ('{"at": 9, "do": 7}', '"do"'),
                               ('{"at": 9, "do": "tikc"}', 'did you mean "tick"'),
                               ('{"at": 9, "do": "tick", "sicne": 3}', 'unknown member "sicne"; did you mean "since"'),
                               ('{"at": 9, "host": "web01", "check": "http", "exti": 2, "exit": 2}',
                                'unknown member "exti"; did you mean "exit"'),
                               ('{"at": 9, "do": "silence", "match": "web01", "util": 20}',
                                'unknown member "util"; did you mean "until"'),
                               ('{"at": 9, "do": "acknowledge", "host": "web01", "check": "http", "zzzzzzzzz": 1}',
                                'unknown member "zzzzzzzzz"\n'),
                               ('{"at": 9, "host": "web01", "check": "dsik", "exit": 0}', 'did you mean "web01/disk"'),
                               ('{"at": 9, "host": "web01", "check": "disk", "exit": 0.5}', "whole number"),
                               ('{"at": 9, "host": "web01", "check": "disk", "exit": 0, "output": []}', '"output"'),
                               ('{"at": 9, "host": ["x"], "check": "disk", "exit": 0}', '"host"'),
                               ('{"at": 9, "do": "unacknowledge", "host": "web01", "check": "disk"}', "web01/disk"),
                               ('{"at": 9, "do": "run_remediation", "host": "web01", "check": "http", '
                                '"remediation": "claen"}', 'did you mean "clean"'),
                               ('{"at": 9, "do": "end_remediation", "run": "x", "outcome": "odd"}', "odd"),
                               ('{"at": 9, "do": "end_remediation", "run": "x", "outcome": "died"}', "under way"),
                               ('{"at": 9, "do": "reload", "conf": "/nowhere"}', "/nowhere"),
                               ('{"at": 9, "do": "acknowledge", "host": "web01", "check": "disk", "until": "x"}',
                                '"until"'), ("[" * 100000, "not JSON"), ("\0\xff", "not JSON"), ("{}", '"at"')):
            done = self.run_text(f"{good}\n\n \t\r\n{line}\n{good}\n".encode("latin-1"))
            self.assertEqual(done.returncode, 3, line[:80])
            self.assertIn(b"line 4: ", done.stderr, line[:80])
            self.assertIn(expected.encode(), done.stderr, line[:80])
            self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_a_huge_line(self):
        line = json.dumps(result(0, "http", 2)).replace('"x"', '"%s"' % ("x" * 5000000))
        self.assertEqual(self.run_text(line.encode()).returncode, 0)
        done = self.run_text(b'{"at": 0, "x": "' + b"x" * (20 << 20))
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"line 1: longer than", done.stderr)

    def test_a_last_line_without_a_break(self):
        self.assertEqual(self.run_text(json.dumps(result(0, "http", 2)).encode()).stdout.count(b"PROBLEM"), 1)

    def test_texts_that_are_cut_within_a_character(self):
        on = {"host": "web01", "check": "http"}
        for length in range(200, 206):
            self.decide(result(0, "http", 2),
                        deed(1, "acknowledge", author="a" * length + "ä" * 60, comment="", **on),
                        deed(4000, "tick"))

    def test_a_million_lines_in_bounded_memory(self):
        process = subprocess.Popen([WATCHBILL, "simulate", "--conf", self.conf], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        line = b'{"at": %d, "host": "web01", "check": "load", "exit": %d}\n'
        for start in range(0, 1000000, 1000):
            process.stdin.write(b"".join(line % (i, 2 * (i // 3 % 2)) for i in range(start, start + 1000)))
        process.stdin.flush()
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            most = next(int(each.split()[1]) for each in status if each.startswith("VmHWM"))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)
        self.assertLess(most, (800 if "sanitize" in str(BUILD) else 30) * 1024)

    def test_output_that_nobody_reads(self):
        lines = "".join(json.dumps(result(i, "http", 2 * (i % 2))) + "\n" for i in range(20000))
        with open("/dev/full", "wb") as full:
            done = subprocess.run([WATCHBILL, "simulate", "--conf", self.conf], input=lines.encode(), stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write", done.stderr)


class Diff(Simulation):
    def test_the_same_configuration_changes_nothing(self):
        self.assertEqual(self.decide(result(0, "load", 2), result(60, "load", 0), words=("--diff", str(self.conf))),
                         [{"type": "summary", "gone": 0, "new": 0, "later": 0, "earlier": 0,
                           "pages": {"anna": {"before": 2, "after": 2}}}])

    def test_later_and_gone(self):
        other = write_conf(self.place, "other", attempts=3)
        lines = [result(at, "load", code) for at, code in ((0, 2), (60, 0), (120, 2), (180, 2), (240, 2), (300, 0))]
        changes = self.decide(*lines, words=("--diff", str(other)))
        self.assertEqual([(each["change"], each["at"], each["kind"]) for each in changes[:-1]],
                         [("gone", 0, "PROBLEM"), ("gone", 60, "RECOVERY"), ("later", 240, "PROBLEM")])
        self.assertEqual(changes[-2]["before"], 120)
        self.assertEqual(changes[-1]["pages"], {"anna": {"before": 4, "after": 2}})

    def test_new(self):
        other = write_conf(self.place, "other", group="others")
        changes = self.decide(result(0, "load", 2), words=("--diff", str(other)))
        self.assertEqual([(each.get("change"), each.get("to")) for each in changes],
                         [("gone", "anna"), ("new", "bob"), (None, None)])
        self.assertEqual(changes[-1]["pages"], {"anna": {"before": 1, "after": 0}, "bob": {"before": 0, "after": 1}})

    def test_states_have_their_names(self):
        other = write_conf(self.place, "other")
        service = SERVICE.replace("{web01: {address: 127.0.0.1}}", "{web01: {}, web02: {}}")
        service %= {"attempts": 1, "group": "admins"}
        self.place.write("conf/services/web.yaml", service)
        self.place.write("other/services/web.yaml",
                         service + "serving: {check: disk, at_least: 1, alert: {groups: [admins], warning: alert}}\n")
        both = [dict(result(0, "disk", 0), host=host) for host in ("web01", "web02")]
        changes = self.decide(*both, result(60, "disk", 2), words=("--diff", str(other)))
        self.assertEqual([(each["change"], each["subject"], each["state"]) for each in changes[:-1]],
                         [("new", "service:web", "REDUNDANCY")])


if __name__ == "__main__":
    unittest.main()
