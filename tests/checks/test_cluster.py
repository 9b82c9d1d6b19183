# SPDX-License-Identifier: GPL-3.0-or-later
import json
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.daemon import Watch
from tests.support.httpd import Scripted, silent

CLUSTER = BUILD / "checks" / "check_cluster"


def row(subject, state, text="as it is"):
    return {"subject": subject, "state": state, "type": "HARD", "text": text, "since": 1, "problem": 0}


def answer(rows):
    return json.dumps({"checks": [row(*each) for each in rows]}).encode()


class Told(unittest.TestCase):
    """What an answer of the API becomes."""

    def setUp(self):
        self.pages = {}
        self.server = Scripted(self.pages)
        self.addCleanup(self.server.close)

    def ask(self, rows, *words, code=None, status=200):
        body = rows if isinstance(rows, bytes) else answer(rows)
        self.pages["/api/v1/status"] = (status, {}, body)
        done = run([CLUSTER, "--url", self.server.url, *words])
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def states(self, *states):
        return [(f"web{i:02}/http", state) for i, state in enumerate(states)]

    def test_share_and_counts(self):
        rows = self.states("OK", "OK", "CRITICAL", "OK")
        text = self.ask(rows, "-k", "^web", code=1)
        self.assertTrue(text.startswith("CLUSTER WARNING - 3 of 4 checks OK: web02/http CRITICAL; "), text)
        self.assertIn("| ok_share=75%;100:;50:;0;100 ok=3;;;0; warning=0;;;0; critical=1;;;0; unknown=0;;;0; "
                      "pending=0;;;0;\n", text)
        self.ask(rows, "-k", ".", "-w", "70:", code=0)
        self.ask(rows, "-k", ".", "-c", "80:", code=2)
        self.ask(rows, "-k", ".", "-w", "", "-c", "critical=0", code=2)
        self.assertIn("CLUSTER OK - 4 of 4 checks OK |", self.ask(self.states(*["OK"] * 4), "-k", "web", code=0))

    def test_pending_and_unknown_are_not_ok(self):
        text = self.ask(self.states("OK", "PENDING", "UNKNOWN", "REDUNDANCY"), "-k", "web", code=2)
        self.assertIn("1 of 4 checks OK: web01/http PENDING, web02/http UNKNOWN, web03/http WARNING", text)
        self.assertIn("ok=1;;;0; warning=1;;;0; critical=0;;;0; unknown=1;;;0; pending=1;;;0;", text)

    def test_many_are_named_in_the_details_alone(self):
        rows = [(f"web{i:02}/http", "CRITICAL", f"refused {i}\nlong|text") for i in range(9)]
        self.assertIn("web04/http CRITICAL and 4 more", self.ask(rows, "-k", "web", code=2))
        document = json.loads(self.ask(rows, "-k", "web", "--format", "json"))
        self.assertEqual(document["details"][8], "web08/http CRITICAL: refused 8")
        self.assertEqual(len(document["details"]), 9)

    def test_which_are_meant(self):
        rows = self.states("OK", "CRITICAL", "CRITICAL") + [("db/sql", "CRITICAL")]
        self.assertIn("1 of 2 checks", self.ask(rows, "-k", "^web", "-i", "02"))
        self.assertIn("1 of 1 checks", self.ask(rows, "--member", "web00/http"))
        self.assertIn("1 of 2 checks", self.ask(rows, "-m", "web00/http", "-m", "db/sql", "-m", "db/sql"))
        self.assertIn("2 of 2 checks", self.ask(rows[:1] + [("db/sql", "OK")], "-k", "web", "-m", "db/sql"))
        self.assertIn("none of the scheduler's 4 checks is meant", self.ask(rows, "-k", "mail", code=3))
        self.assertIn("none of the scheduler's 0 checks is meant", self.ask([], "-k", "mail", code=3))

    def test_one_that_does_not_exist_is_not_ok(self):
        text = self.ask(self.states("OK"), "-m", "web00/http", "-m", "gone/http", "-m", "gone/http", code=1)
        self.assertIn("1 of 2 checks OK: gone/http UNKNOWN", text)

    # ---- paths ----

    def paths(self, **states):
        rows = [(f"www{i}/http-{path}", {"o": "OK", "c": "CRITICAL", "p": "PENDING"}[letter])
                for path, letters in states.items() for i, letter in enumerate(letters)]
        return self.ask(rows, "-k", "http-", "--path-of", "-([a-z]+)$")

    def test_the_path_at_fault(self):
        for states, sentence in (
                ({"berlin": "cc", "paris": "oo", "rome": "oo"}, 'all of path "berlin" fail, the others are OK'),
                ({"berlin": "cc", "paris": "oo", "rome": "cp"},
                 'all of paths "berlin", "rome" fail, the others are OK'),
                ({"berlin": "co", "paris": "oo"}, 'the paths disagree: 1 of 2 of path "berlin" fail'),
                ({"berlin": "cc", "paris": "oc"}, 'the paths disagree: 2 of 2 of path "berlin" fail, 1 of 2 of path '
                                                  '"paris" fail')):
            text = self.paths(**states)
            self.assertIn(f" checks OK; {sentence}: www", text)

    def test_paths_that_agree(self):
        for states in ({"berlin": "cc", "paris": "cc"}, {"berlin": "oo", "paris": "o"}, {"berlin": "co"},
                       {"berlin": "co", "paris": "oc"}, {"berlin": "coco", "paris": "oc"}):
            self.assertNotIn("path", self.paths(**states))

    # ---- misuse and answers that are none ----

    def test_misuse(self):
        for words, sentence in ((("-k", "("), '"("'), ((), "give --checks or --member"),
                                (("-k", "a", "--path-of", "a"), "one group"),
                                (("-k", "a", "--path-of", "(a)(b)"), "one group"),
                                (("-k", "a", "--path-of", "(a"), "--path-of")):
            done = run([CLUSTER, *words])
            self.assertEqual(done.returncode, 3)
            self.assertIn(sentence, done.stdout + done.stderr)

    def test_answers_that_are_none(self):
        row = b'{"subject":"a/b","state":"OK"}'
        for body, words in ((b"", "no list of checks"), (b"<html>", "no list of checks"), (b"[]", "no list of checks"),
                            (b'{"checks":{}}', "no list of checks"), (b'{"checks":[1]}', "not JSON"),
                            (b'{"checks":[{}]}', "without a name"), (b'{"checks":[', "check 1 of the answer"),
                            (b'{"checks":[{"subject":"a/b"}]}', 'has a state that is none: ""'),
                            (b'{"checks":[{"subject":"a/b","state":"FINE"}]}', '"FINE"'),
                            (b'{"checks":[{"subject":"a\xff","state":"OK"}]}', "not JSON"),
                            (b'{"checks":[{"subject":"a\\u0000","state":"OK"}]}', "not JSON"),
                            (b'{"checks":[' + row, "cut off"), (b'{"checks":[' + row + b",]}", "check 2 of the answer"),
                            (b'{"checks":[' + row + row + b"]}", "cut off"),
                            (b'{"checks":[' + b"," .join([row] * 100001) + b"]}", "more than 100000 checks"),
                            (b'{"checks":[' + b"[" * 100000, "not JSON"), (b"\0" * 100, "no list of checks"),
                            (b'{"checks":[{"a":[' + b"{}," * 1000000, "not JSON"), (b" " * (17 << 20), "")):
            text = self.ask(body, "-k", ".", code=3)
            self.assertIn(words, text)
            self.assertEqual(text.count("\n"), 1)
        self.assertIn("status 404 Not Found", self.ask(b"", "-k", ".", code=3, status=404))
        self.assertIn("status 503", self.ask(b"", "-k", ".", code=2, status=503))

    def test_what_checks_say_is_made_harmless(self):
        text = self.ask([("a/b", "CRITICAL", "x|y\x1b[31m")], "-k", ".", "-v")
        self.assertEqual(text.splitlines()[0].count("|"), 1)
        self.assertNotIn("\x1b", text)

    def test_no_scheduler(self):
        done = run([CLUSTER, "--url", f"http://127.0.0.1:{free_port()}", "-k", "."])
        self.assertEqual(done.returncode, 2, done.stdout)
        with silent() as port:
            done = run([CLUSTER, "--url", f"http://127.0.0.1:{port}/", "-k", ".", "-t", "0.5"])
        self.assertIn("timed out", done.stdout)


class Real(unittest.TestCase):
    def test_of_a_scheduler(self):
        with Place("cluster") as place:
            watch = Watch(place)
            place.write("full/job", "")
            (place.path / "empty").mkdir()
            watch.write("services/s.yaml", """service: s
hosts: {a: {vars: {d: empty}}, b: {vars: {d: full}}, c: {vars: {d: empty}}}
checks:
  jobs: {command: [check_queue, --type, spool, --directory, ../$_HOSTD$, -c, "0"], every: 1s, attempts: 1}
""")
            watch.start()
            for subject, state in (("a/jobs", "OK"), ("b/jobs", "CRITICAL"), ("c/jobs", "OK")):
                wait_until(lambda s=subject, t=state: watch.status(s)["state"] == t, what=subject)
            command = [CLUSTER, "--url", f"http://127.0.0.1:{watch.port()}/", "--checks", "/jobs$"]
            done = run([*command, "--path-of", "^(.)"])
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn('2 of 3 checks OK; all of path "b" fail, the others are OK: b/jobs CRITICAL', done.stdout)
            (place.path / "full/job").unlink()
            wait_until(lambda: run(command).returncode == 0, what="the recovery")


if __name__ == "__main__":
    unittest.main()
