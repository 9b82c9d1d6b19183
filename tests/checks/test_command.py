# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill, the command: what it answers by itself, and what it says over the control socket."""
import base64
import csv
import datetime
import io
import json
import os
import socket
import subprocess
import threading
import time
import unittest

from tests.support import BUILD, Place, run

WATCHBILL = BUILD / "bin/watchbill"
SITE = "state: state\ntimezone: Europe/Berlin\nmail: {from: watch@example.org, spool: mail}\n"
SERVICE = """
service: web
hosts:
  web01: {address: 127.0.0.1}
checks:
  http: {command: [/bin/true], every: 60s, retry: 10s, attempts: 3, alert: {groups: [admins], repeat: 30m}}
"""
USERS = """
users:
  anna: {contacts: {notify: [{mail: anna@example.org}], alert: [{mail: anna@example.org}]}}
groups:
  admins: {rota: [{window: always, users: [anna]}]}
"""


def write_site(place):
    place.write("conf/watchbill.yaml", SITE.replace("state: state", "state: ../state"))
    place.write("conf/users.yaml", USERS)
    place.write("conf/services/web.yaml", SERVICE)
    (place.path / "state").mkdir()
    return place.path / "conf"


def watchbill(*words, **more):
    return run([WATCHBILL, *words], **more)


class Help(unittest.TestCase):
    def test_every_command_of_the_description_is_listed_and_helps(self):
        described = json.loads(watchbill("--describe").stdout)
        listed = watchbill("help").stdout
        self.assertEqual(listed, watchbill("--help").stdout)
        self.assertGreater(len(described["commands"]), 15)
        for command in described["commands"]:
            name = command["name"].split()
            self.assertIn("\n  " + command["name"], listed)
            helped = watchbill(*name, "--help")
            self.assertEqual(helped.returncode, 0)
            self.assertEqual(helped.stdout, watchbill("help", *name).stdout)
            self.assertIn(f"watchbill {command['name']} {command['usage']}".strip(), " ".join(helped.stdout.split()))
            for option in command["options"]:
                self.assertIn(f"--{option['name']}", helped.stdout)

    def test_version(self):
        for words in (("-V",), ("--version",), ("range", "-V")):
            done = watchbill(*words)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r"^watchbill \d+\.\d+\.\d+\n$")

    def test_misuse(self):
        for words, expected in (((), "Usage"), (("rnage", "1"), "did you mean \"range\""), (("config",), "second word"),
                                (("config", "chek"), "second word"), (("help", "nothing"), "nothing"),
                                (("range", "--wanring", "1", "1"), "--warning"), (("--nothing",), "--nothing"),
                                (("status", "a", "b"), "b"), (("submit", "a/b", "0"), "more words"),
                                (("graph", "a/b"), "--output"), (("window",), "more words")):
            done = watchbill(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertEqual(done.stdout, "")
            self.assertIn(expected, done.stderr, words)


class Range(unittest.TestCase):
    def judged(self, *words):
        done = watchbill("range", *words)
        return done.returncode, done.stdout.split()

    def test_each_value_and_the_worst(self):
        self.assertEqual(self.judged("-w", "10", "-c", "20", "5", "15", "25"), (2, ["OK", "WARNING", "CRITICAL"]))
        self.assertEqual(self.judged("-w", "10", "-c", "20", "15", "5"), (1, ["WARNING", "OK"]))
        self.assertEqual(self.judged("-w", "@10:20", "10"), (1, ["WARNING"]))
        self.assertEqual(self.judged("-w", "~:0", "--", "-5", "0", "0.1"), (1, ["OK", "OK", "WARNING"]))
        self.assertEqual(self.judged("-w", "-5:5", "3"), (0, ["OK"]))
        self.assertEqual(self.judged("-w", "", "-c", "", "3"), (0, ["OK"]))
        self.assertEqual(self.judged("--warning=10", "-c20", "11"), (1, ["WARNING"]))
        self.assertEqual(self.judged("3"), (0, ["OK"]))

    def test_json(self):
        done = watchbill("--json", "range", "-c", "1", "1", "2")
        self.assertEqual(json.loads(done.stdout), [{"value": "1", "verdict": "OK"}, {"value": "2", "verdict": "CRITICAL"}])
        self.assertEqual(done.returncode, 2)

    def test_refusals(self):
        for words, expected in ((("-w", "20:10", "1"), "20:10"), (("-w", "a", "1"), "a"), (("-c", "1e3", "1"), "1e3"),
                                (("-w", "1", "x"), "x"), (("-w", "1", "nan"), "nan"), (("-w", "1", ""), "number"),
                                (("-w", "1", "0x10"), "0x10"), (("-w", "1"), "more words"), (("-w",), "needs a value")):
            done = watchbill("range", *words)
            self.assertEqual((done.returncode, done.stdout), (3, ""), words)
            self.assertIn(expected, done.stderr)


class ParseOutput(unittest.TestCase):
    def parse(self, output, *words):
        done = subprocess.run([WATCHBILL, "parse-output", *words], input=output, capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_an_output(self):
        parsed = self.parse(b"DISK OK - 40% | /=2643MB;5948;5958;0;5968 'a b'=1\nmore\nand more | c=3s\nd=4", "--exit", "1")
        self.assertEqual(list(parsed)[:5], ["verdict", "text", "long_text", "perfdata", "perfdata_text"])
        self.assertEqual(parsed["verdict"], "WARNING")
        self.assertEqual(parsed["text"], "DISK OK - 40%")
        self.assertEqual([item["label"] for item in parsed["perfdata"]], ["/", "a b", "c", "d"])
        self.assertEqual(parsed["perfdata"][0], {"label": "/", "value": 2643, "unit": "MB", "warning": "5948",
                                                 "critical": "5958", "min": 0, "max": 5968})

    def test_exit_codes(self):
        self.assertEqual(self.parse(b"x")["verdict"], "OK")
        for code, verdict in (("0", "OK"), ("2", "CRITICAL"), ("3", "UNKNOWN"), ("7", "UNKNOWN"), ("-1", "UNKNOWN")):
            parsed = self.parse(b"x", "--exit", code)
            self.assertEqual(parsed["verdict"], verdict)
            self.assertEqual(code in " ".join(parsed.get("errors", [])), code in ("7", "-1"))

    def test_hostile_outputs(self):
        self.assertEqual(self.parse(b"")["text"], "")
        for output in (b"\0" * 1000, b"\xff\xfe|\xff=\xff", b"|" * 5000, b"x|" + b"a=1 " * 50000, b"'" * 999, os.urandom(4096)):
            self.parse(output)


class Config(unittest.TestCase):
    def test_good(self):
        with Place() as place:
            conf = write_site(place)
            done = watchbill("config", "check", "--conf", conf)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("1 host, 1 check, 1 group, 0 remediations", done.stdout)
            self.assertEqual(watchbill("--conf", conf, "config", "check").stdout, done.stdout)
            self.assertEqual(watchbill("config", "--conf", conf, "check").stdout, done.stdout)
            self.assertEqual(watchbill("config", "check", env={"WATCHBILL_CONF": str(conf)}).stdout, done.stdout)
            self.assertEqual(json.loads(watchbill("config", "check", "--json", "--conf", conf).stdout), [])

    def test_every_error_with_its_place(self):
        with Place() as place:
            conf = write_site(place)
            place.write("conf/services/web.yaml", SERVICE.replace("every: 60s", "evry: 60s").replace("3", "three"))
            done = watchbill("config", "check", "--conf", conf)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, r"(?m)^services/web.yaml:6:\d+: .*evry")
            self.assertRegex(done.stdout, r"(?m)^services/web.yaml:6:\d+: .*three")
            found = json.loads(watchbill("config", "check", "--json", "--conf", conf).stdout)
            self.assertEqual({(each["file"], each["line"]) for each in found if not each["warning"]},
                             {("services/web.yaml", 6)})
            self.assertEqual(watchbill("status", "--conf", conf).returncode, 3)

    def test_show(self):
        with Place() as place:
            conf = write_site(place)
            done = watchbill("config", "show", "web01/http", "--conf", conf)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("services/web.yaml:6", done.stdout)
            self.assertNotEqual(watchbill("config", "show", "web02/http", "--conf", conf).returncode, 0)


class Remediations(unittest.TestCase):
    def run_of(self, run, issue, begun, outcome):
        begin = {"event": "begin", "run": run, "at": begun, "remediation": "clean", "program": "clean_spool",
                 "issue": issue, "owner": "anna", "diagnosed": False, "tagged": "2026-11-01", "ttl": "30d",
                 "expires": int(time.time()) + 86400 * 5 + 100, "target": "localhost"}
        end = {"event": "end", "run": run, "at": begun + 1, "remediation": "clean", "issue": issue,
               "outcome": outcome, "exit": 0}
        return json.dumps(begin) + "\n" + json.dumps(end) + "\n"

    def test_counts(self):
        now = int(time.time())
        with Place() as place:
            conf = write_site(place)
            self.assertEqual(json.loads(watchbill("remediations", "--json", "--conf", conf).stdout), [])
            self.assertIn("no remediation", watchbill("remediations", "--conf", conf).stdout)
            place.write("state/ledger.jsonl", self.run_of("a", "OPS-1", now - 86400 * 40, "fixed") +
                        self.run_of("b", "OPS-1", now - 60, "no_effect") + self.run_of("c", "OPS-2", now - 50, "failed"))
            rows = json.loads(watchbill("remediations", "--json", "--conf", conf).stdout)
            self.assertEqual([(row["issue"], row["runs"], row["fixed"], row["no_effect"], row["failed"])
                              for row in rows], [("OPS-1", 2, 1, 1, 0), ("OPS-2", 1, 0, 0, 1)])
            self.assertLess({"issue", "remediation", "runs", "fixed", "no_effect", "failed", "refused",
                             "last_run", "days_left", "diagnosed"}, set(rows[0]))
            rows = json.loads(watchbill("remediations", "--json", "--since", "30d", "--issue", "OPS-1", "--conf",
                                        conf).stdout)
            self.assertEqual([(row["issue"], row["runs"]) for row in rows], [("OPS-1", 1)])
            table = watchbill("remediations", "--conf", conf).stdout.splitlines()
            self.assertTrue(table[0].startswith("ISSUE"))
            self.assertEqual(table[1].split()[:5], ["OPS-1", "clean", "2", "0", "1"])
            rows = list(csv.DictReader(io.StringIO(watchbill("remediations", "--csv", "--conf", conf).stdout)))
            self.assertEqual([row["issue"] for row in rows], ["OPS-1", "OPS-2"])
            self.assertEqual(rows[0]["diagnosed"], "no")
            runs = json.loads(watchbill("remediations", "--json", "--issue", "OPS-1", "--conf", conf).stdout)
            self.assertEqual([(run["run"], run["outcome"]) for run in runs[0]["history"]],
                             [("a", "fixed"), ("b", "no_effect")])
            text = watchbill("remediations", "--issue", "OPS-1", "--conf", conf).stdout
            self.assertIn("a on localhost: fixed", text)

    def test_what_was_refused_and_what_is_unknown(self):
        line = {"event": "refused", "run": "r", "at": int(time.time()) - 5, "remediation": "clean", "issue": "OPS-1",
                "target": "localhost", "text": "the TTL has ended\u001b[2J\nOPS-7 forged"}
        with Place() as place:
            conf = write_site(place)
            place.write("state/ledger.jsonl", json.dumps(line) + "\n")
            done = watchbill("remediations", "--issue", "OPS-1", "--conf", conf)
            self.assertRegex(done.stdout, r"(?m)^  .*  r on localhost: refused: the TTL has ended \[2J$")
            self.assertNotIn("forged", done.stdout)
            done = watchbill("remediations", "--issue", "OPS-9", "--conf", conf)
            self.assertEqual((done.returncode, done.stdout),
                             (0, 'no remediation of the issue "OPS-9" is configured, and none has run\n'))

    def test_what_cannot_be_read_is_told(self):
        with Place() as place:
            conf = write_site(place)
            place.write("state/ledger.jsonl", self.run_of("a", "OPS-1", int(time.time()) - 60, "fixed") + '{"event":"beg')
            done = watchbill("remediations", "--json", "--conf", conf)
            self.assertEqual((done.returncode, len(json.loads(done.stdout))), (0, 1))
            self.assertEqual(done.stderr, "1 line of the ledger cannot be read, and is not counted\n")

    def test_the_width_of_a_terminal(self):
        with Place() as place:
            conf = write_site(place)
            place.write("state/ledger.jsonl", self.run_of("a", "OPS-1", int(time.time()) - 60, "fixed"))
            for columns, most in (("80", 80), ("120", 120), ("", 1000), ("x", 1000)):
                done = watchbill("remediations", "--conf", conf, env={**os.environ, "COLUMNS": columns})
                self.assertLessEqual(max(map(len, done.stdout.splitlines())), most, done.stdout)
                self.assertEqual("\n\n" in done.stdout, most < 1000)

    def test_what_expired_fails_a_pipeline(self):
        with Place() as place:
            conf = write_site(place)
            place.write("conf/issues.yaml", "OPS-1: {title: t, state: open}\n")
            for tagged, code in (("2020-01-01", 1), (datetime.date.today(), 0)):
                place.write("conf/remediations.yaml",
                            "trackers: {OPS: {type: file, path: issues.yaml}}\nremediations: {r: {issue: OPS-1, owner: a,\n"
                            f"  tagged: {tagged}, ttl: 30d, diagnosed: true, cause: vendor, command: [run_command]}}}}\n")
                done = watchbill("remediations", "--fail-on-expired", "--conf", conf)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual(watchbill("remediations", "--conf", conf).returncode, 0)


class Simulate(unittest.TestCase):
    def simulate(self, lines):
        with Place() as place:
            conf = write_site(place)
            return subprocess.run([WATCHBILL, "simulate", "--conf", conf], input=lines, capture_output=True,
                                  encoding="utf-8", timeout=30)

    def test_a_problem_and_its_recovery(self):
        line = '{"at": %d, "host": "web01", "check": "http", "exit": %d, "output": "x"}\n'
        done = self.simulate("".join(line % each for each in ((0, 2), (10, 2), (20, 2), (1900, 2), (1960, 0))))
        self.assertEqual(done.returncode, 0, done.stderr)
        decisions = [json.loads(each) for each in done.stdout.splitlines()]
        states = [(each["at"], each["state"], each["state_type"]) for each in decisions if each["type"] == "state"]
        self.assertEqual(states, [(0, "CRITICAL", "SOFT"), (10, "CRITICAL", "SOFT"), (20, "CRITICAL", "HARD"),
                                  (1960, "OK", "HARD")])
        alerts = [(each["at"], each["kind"], each["to"]) for each in decisions if each["type"] == "alert"]
        self.assertEqual(alerts, [(20, "PROBLEM", "anna"), (1820, "PROBLEM", "anna"), (1960, "RECOVERY", "anna")])

    def test_refusals_name_the_line(self):
        for lines, expected in (("\n{", "line 2"), ('{"at": 0}', "no such check"), ('{"exit": 0}', '"at"'),
                                ('{"at": 5, "do": "tick"}\n{"at": 4, "do": "tick"}', "line 2"),
                                ('{"at": 1e300, "do": "tick"}', '"at"'), ('{"at": 0, "do": "dance"}', "dance"),
                                ('[]', '"at"'), ("\0", "line 1")):
            done = self.simulate(lines)
            self.assertEqual(done.returncode, 3, lines)
            self.assertIn(expected, done.stderr)


class Streams(unittest.TestCase):
    def test_input_that_cannot_be_read(self):
        with Place() as place:
            conf = write_site(place)
            folder = os.open(place.path, os.O_RDONLY)
            for name in ("simulate", "parse-output"):
                done = watchbill(name, "--conf", conf, stdin=folder)
                self.assertEqual((done.returncode, done.stdout), (3, ""))
                self.assertIn("cannot read standard input", done.stderr)
            os.close(folder)

    def test_an_answer_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([WATCHBILL, "help"], stdout=full, stderr=subprocess.PIPE, timeout=30)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write", done.stderr)


class Scheduler(threading.Thread):
    """Stands in for the daemon: one JSON line in, one out; keeps what it was asked."""

    def __init__(self, path, answer):
        super().__init__(daemon=True)
        self.answer, self.asked = answer, []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen()
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self.asked.append(json.loads(lines.readline()))
                connection.sendall(json.dumps(self.answer).encode() + b"\n")

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.join(5)


class OverTheSocket(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.conf = write_site(self.place)
        self.scheduler = None

    def tearDown(self):
        if self.scheduler:
            self.scheduler.close()
        self.place.close()

    def ask(self, answer, *words):
        self.scheduler = Scheduler(self.place.path / "state/control.sock", answer)
        done = watchbill("--conf", self.conf, *words)
        self.assertEqual(len(self.scheduler.asked), 1, done.stderr)
        return done, self.scheduler.asked[0]

    def test_no_scheduler(self):
        for words in (("status",), ("run", "a/b"), ("why", "a/b"), ("ack", "1"), ("alerts",), ("submit", "a/b", "0", "x")):
            done = watchbill("--conf", self.conf, *words)
            self.assertEqual(done.returncode, 3)
            self.assertIn("no scheduler answers", done.stderr)
            self.assertIn("state/control.sock", done.stderr)

    def test_a_word_that_is_not_utf8(self):
        for words in (("status",), ("run",), ("why",), ("ack",), ("unack",), ("submit", "a/b", "0"), ("comment", "a/b"),
                      ("downtime",), ("silence", "--for", "1h"), ("remediate", "mend"), ("remediation", "approve")):
            done = run([WATCHBILL, "--conf", self.conf, *words, "\udcff"])
            self.assertEqual(done.returncode, 3, words)
            self.assertIn("a text is not UTF-8", done.stderr, words)

    def test_status(self):
        checks = [{"subject": "web01/http", "state": "CRITICAL", "type": "HARD", "attempt": 3, "attempts": 3,
                   "since": 1795172645, "text": "refused\nmore", "problem": 17, "acknowledged": "anna",
                   "flapping": True, "last": 1, "next": 2, "remediation": None},
                  {"subject": "web01/ping", "state": "PENDING", "type": "HARD", "since": 0, "text": ""}]
        done, asked = self.ask({"checks": checks}, "status", "web01")
        self.assertEqual(asked, {"command": "status", "match": "web01"})
        self.assertEqual((done.returncode, done.stdout.splitlines()), (0, [
            "web01/http CRITICAL HARD since 2026-11-20T12:04:05+01:00: refused", "    problem 17",
            "    acknowledged by anna", "    flapping", "web01/ping PENDING"]))

    def test_status_of_everything_in_json(self):
        done, asked = self.ask({"checks": []}, "status", "--json")
        self.assertEqual(asked, {"command": "status", "match": None})
        self.assertEqual(json.loads(done.stdout), {"checks": []})

    def test_a_refusal_is_no(self):
        done, _ = self.ask({"error": "no such host or check: \"web09\""}, "status", "web09")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("web09", done.stderr)

    def test_a_broken_configuration_does_not_hide_the_scheduler(self):
        self.place.write("conf/services/web.yaml", "checks: [\n")
        done, _ = self.ask({"checks": []}, "status")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_run(self):
        done, asked = self.ask({"state": "OK", "type": "HARD", "text": "fine"}, "run", "web01/http")
        self.assertEqual(asked, {"command": "run", "check": "web01/http"})
        self.assertEqual((done.returncode, done.stdout), (0, "web01/http OK HARD: fine\n"))

    def test_why(self):
        done, asked = self.ask({"story": [{"at": 1795172645, "text": "told nobody: soft state"}]}, "why", "web01/http")
        self.assertEqual(asked, {"command": "why", "check": "web01/http", "limit": 40})
        self.assertEqual(done.stdout, "2026-11-20T12:04:05+01:00 told nobody: soft state\n")

    def test_submit(self):
        done, asked = self.ask({"accepted": True}, "submit", "web01/http", "2", "all", "bad | a=1")
        self.assertEqual(asked, {"command": "submit", "check": "web01/http", "exit": 2, "text": "all bad | a=1"})
        self.assertEqual(done.returncode, 0)
        self.assertEqual(watchbill("--conf", self.conf, "submit", "web01/http", "4", "x").returncode, 3)

    def test_ack(self):
        before = int(time.time())
        done, asked = self.ask({"problem": 17}, "ack", "17", "--comment", "on it", "--author", "anna", "--for", "2h")
        self.assertEqual((asked["command"], asked["check"], asked["author"], asked["comment"]),
                         ("ack", "17", "anna", "on it"))
        self.assertAlmostEqual(asked["until"], before + 7200, delta=30)
        self.assertEqual((done.returncode, done.stdout), (0, "acknowledged problem 17\n"))
        for words in (("--until", "soon"), ("--until", "0"), ("--for", "2h", "--until", "2099-01-01T00:00:00Z")):
            self.assertEqual(watchbill("--conf", self.conf, "ack", "17", *words).returncode, 3)

    def test_unack(self):
        _, asked = self.ask({"problem": 17}, "unack", "web01/http")
        self.assertEqual(asked, {"command": "unack", "check": "web01/http"})

    def test_graph(self):
        for length in (1, 2, 3, 4, 1000):
            picture = os.urandom(length)
            target = self.place.path / "out.png"
            done, asked = self.ask({"picture": base64.b64encode(picture).decode()}, "graph", "web01/http", "--metric",
                                   "time", "--from", "-1h", "-o", target)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(target.read_bytes(), picture)
            self.assertEqual((asked["target"], asked["metric"], asked["graph"], asked["format"]),
                             ("web01/http", "time", None, "png"))
            self.assertEqual(asked["to"] - asked["from"], 3600)
            self.scheduler.close()
            (self.place.path / "state/control.sock").unlink()
        self.scheduler = None
        for words in (("-o", "x.gif"), ("-o", ".png"), ("-o", "x.png", "--from", "now"), ("-o", "x.svg", "--from", "never")):
            self.assertEqual(watchbill("--conf", self.conf, "graph", "web01/http", *words).returncode, 3, words)

    def test_what_an_option_asks_for(self):
        picture = self.place.path / "out.svg"
        for words, wanted in (
                (("downtime", "web01", "--for", "2h", "--children"), {"command": "downtime", "match": "web01", "children": True}),
                (("downtime", "web01", "--window", "night", "--comment", "a move"),
                 {"window": "night", "comment": "a move", "children": False}),
                (("silence", "web01/http", "--for", "1h", "--expire-on-resolve"),
                 {"command": "silence", "match": "web01/http", "expire_on_resolve": True}),
                (("graph", "web01/http", "--width", "1200", "--height", "90", "-o", picture), {"width": 1200, "height": 90}),
                (("event", "post", "--subject", "web01", "--name", "disk", "--severity", "2"),
                 {"event": {"subject": "web01", "name": "disk", "severity": 2}})):
            _, asked = self.ask({"id": 1, "picture": "QUJD"}, *words)
            asked["event"] = {key: asked.get("event", {}).get(key) for key in wanted.get("event", {})}
            self.assertEqual({key: asked[key] for key in wanted}, wanted, words)
            self.scheduler.close()
            (self.place.path / "state/control.sock").unlink()
        self.scheduler = None

    def test_a_picture_that_cannot_be_written_or_is_none(self):
        target = self.place.path / "missing/out.svg"
        done, _ = self.ask({"picture": "QUJD"}, "graph", "web01/http", "-o", target)
        self.assertEqual(done.returncode, 3)
        self.assertIn("missing/out.svg", done.stderr)
        self.scheduler.answer = {"picture": "###"}
        done = watchbill("--conf", self.conf, "graph", "web01/http", "-o", self.place.path / "out.svg")
        self.assertEqual(done.returncode, 3)
        self.assertFalse((self.place.path / "out.svg").exists())

    def test_alerts_and_events(self):
        alert = {"at": 1795172645, "kind": "PROBLEM", "to": "anna", "contact": "anna@example.org", "subject": "web01",
                 "name": "http", "state": "CRITICAL", "problem": 17, "result": "delivered"}
        done, asked = self.ask({"alerts": [alert]}, "alerts", "--limit", "5")
        self.assertEqual(asked, {"command": "alerts", "limit": 5})
        self.assertEqual(done.stdout, "2026-11-20T12:04:05+01:00 PROBLEM web01/http CRITICAL to anna "
                                      "(anna@example.org), problem 17: delivered\n")
        self.scheduler.answer = {"events": [{"at": 1795172645, "type": "status", "subject": "web01", "name": "http",
                                             "data": {"state": "OK"}}]}
        done = watchbill("--conf", self.conf, "events")
        self.assertEqual(done.stdout, '2026-11-20T12:04:05+01:00 status web01/http {"state":"OK"}\n')


if __name__ == "__main__":
    unittest.main()
