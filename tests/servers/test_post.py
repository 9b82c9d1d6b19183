# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be changed over HTTP: by signed links out of real mail, and by programs with a token."""
import http.client
import json
import os
import re
import unittest

from tests.support import Place, faults, run, wait_until
from tests.support.daemon import Watch

MAIL = """mail: {from: watchbill@example.org, spool: ../var/mail}
url: https://w.example.org/watch
tokens_file: tokens"""
SERVICE = """service: s
hosts: {a: {}}
checks:
  one: {attempts: 1, alert: {groups: [g]}}
  two: {attempts: 1, alert: {groups: [g]}}
"""
USERS = """users: {bob: {contacts: {alert: [{mail: bob@example.org}]}}}
groups: {g: {rota: [{users: [bob]}]}}
"""
TOKEN = "0123456789abcdef0123"


class Post(unittest.TestCase):
    def setUp(self):
        self.place = Place("post")
        self.addCleanup(self.place.close)
        self.watch = Watch(self.place, MAIL)
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.write("tokens", f"# who\ndeploy {TOKEN}\n").chmod(0o640)
        self.watch.start()

    def ask(self, method, path, body=None, headers=None):
        asked = http.client.HTTPConnection("127.0.0.1", self.watch.port(), timeout=10)
        try:
            asked.request(method, path, body, headers or {})
            answer = asked.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            asked.close()

    def post(self, resource, document, status=200, token=TOKEN):
        body = document if isinstance(document, (str, bytes)) else json.dumps(document)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        got, text, head = self.ask("POST", f"/api/v1/{resource}", body, headers)
        self.assertEqual(got, status, text)
        self.assertEqual(head["Content-Type"], "application/json")
        return json.loads(text)

    def link(self, number=1):
        """The path of the link in the newest mail of that many."""
        mails = wait_until(lambda: self.watch.mails() if len(self.watch.mails()) >= number else None, what="the mail")
        text = mails[-1].get_body(("plain",)).get_content()
        found = re.search(r"https://w\.example\.org/watch(/acknowledge\?\S+)", text)
        html = mails[-1].get_body(("html",)).get_content()
        self.assertIn(found.group(0).replace("&", "&amp;"), html)
        return found.group(1)


class Links(Post):
    def break_(self, check="a/one"):
        self.watch.command("submit", check, "2", "broken <b>")
        return self.watch.wait_state(check, "CRITICAL")

    def acknowledged(self):
        story = self.watch.ask("why", "a/one")["story"]
        return [row["text"] for row in story if row["text"].startswith("acknowledged by")]

    def test_opening_changes_nothing_and_the_button_acts(self):
        self.break_()
        path = self.link()
        for method in ("GET", "HEAD", "GET"):
            status, page, head = self.ask(method, path)
            self.assertEqual(status, 200)
            self.assertEqual((head["Referrer-Policy"], head["Cache-Control"], head["X-Frame-Options"]),
                             ("no-referrer", "no-store", "DENY"))
        self.assertIn('<form method="post">', page)
        self.assertIn("Acknowledge as bob", page)
        self.assertIn("broken &lt;b&gt;", page)
        self.assertEqual(self.acknowledged(), [])
        status, page, _ = self.ask("POST", path, "comment=on+my+way+%3Cb%3E",
                                   {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(status, 200, page)
        self.assertIn("acknowledged by bob", page)
        wait_until(lambda: self.acknowledged() == ['acknowledged by "bob": on my way <b>'], what="the note")
        # Again: nothing more, and the page tells it.
        self.assertEqual(self.ask("POST", path)[0], 200)
        status, page, _ = self.ask("GET", path)
        self.assertIn("acknowledged by bob", page)
        self.assertNotIn("<form", page)
        self.assertEqual(len(self.acknowledged()), 1)

    def test_with_a_plain_client(self):
        self.break_()
        url = f"http://127.0.0.1:{self.watch.port()}{self.link()}"
        done = run(["curl", "-sS", "-d", "comment=curl", url])
        self.assertIn("acknowledged by bob", done.stdout, done.stderr)

    def test_a_changed_link_is_refused(self):
        self.break_()
        path = self.link()
        changes = [path.replace("user=bob", "user=eve"), path.replace("a%2Fone", "a%2Ftwo"),
                   re.sub(r"problem=\d+", "problem=77", path), re.sub(r"expires=(\d+)", r"expires=1\1", path),
                   path[:-1] + ("0" if path[-1] != "0" else "1")]
        for changed in changes:
            self.assertNotEqual(changed, path)
            for method in ("GET", "POST"):
                status, page, _ = self.ask(method, changed)
                self.assertEqual(status, 403, page)
                self.assertIn("this link was not made here, or was changed on its way", page)
                self.assertNotIn("broken", page)
        for cut in (path[:-1], path[:-64], "/acknowledge", "/acknowledge?subject=a%00", "/acknowledge?" + "x" * 9000):
            status, page, _ = self.ask("POST", cut)
            self.assertEqual(status, 403, page)
            self.assertIn("it may have been cut", page)
        self.assertEqual(self.acknowledged(), [])

    def test_a_link_of_an_older_problem_is_refused(self):
        self.break_()
        old = self.link()
        self.watch.command("submit", "a/one", "0", "fine")
        self.watch.wait_state("a/one", "OK")
        status, page, _ = self.ask("POST", old)
        self.assertEqual(status, 410)
        self.assertRegex(page, r"problem \d+ of &quot;a/one&quot; is over: there is nothing to do")
        row = self.break_()
        status, page, _ = self.ask("POST", old)
        self.assertEqual(status, 410)
        self.assertIn(f"problem {row['problem']} is a newer one", page)
        self.assertEqual(self.acknowledged(), [])
        self.assertEqual(self.ask("POST", self.link(3))[0], 200)

    def test_links_outlive_a_restart_and_end_with_the_key(self):
        self.break_()
        path = self.link()
        key = self.watch.state / "links.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.watch.stop()
        self.watch.start()
        self.assertEqual(self.ask("GET", path)[0], 200)
        self.watch.stop()
        key.unlink()
        self.watch.start()
        self.assertEqual(self.ask("GET", path)[0], 403)
        self.watch.stop()
        key.chmod(0o644)
        self.watch.start(ready=False)
        self.assertNotEqual(self.watch.process.wait(20), 0)
        self.assertIn("is open to others than its owner", self.watch.log())

    def test_the_link_is_nowhere_but_in_the_mail(self):
        self.break_()
        signature = self.link().split("signature=")[1]
        everything = self.watch.log() + json.dumps(self.watch.ask("alerts")) + json.dumps(self.watch.ask("why", "a/one"))
        self.assertNotIn(signature, everything)
        self.watch.stop()
        for path in self.watch.state.glob("journal*"):
            self.assertNotIn(signature.encode(), path.read_bytes())


class Programs(Post):
    def test_a_passive_result(self):
        self.assertEqual(self.post("results", {"check": "a/one", "exit": 1, "text": "hm | x=1"}), {"accepted": 1})
        self.watch.wait_state("a/one", "WARNING")

    def test_many_results_at_once(self):
        answer = self.post("results", [{"check": "a/one", "exit": 2, "text": "x"}, 7, {"check": "a/none"},
                                       {"check": "a/two", "exit": 2, "text": "y"}], 400)
        self.assertEqual(answer["accepted"], 2)
        self.assertEqual([(r["index"], r["error"]) for r in answer["refused"]],
                         [(1, "it is no object"), (2, 'no such check: "a/none"')])
        self.watch.wait_state("a/two", "CRITICAL")

    def test_an_event(self):
        self.post("events", {"subject": "a", "name": "deploy", "tags": {"version": "2"}})
        rows = wait_until(lambda: [r for r in self.watch.ask("events")["events"] if r["name"] == "deploy"],
                          what="the event")
        self.assertEqual(rows[0]["data"], {"author": "deploy", "tags": {"version": "2"}})

    def test_an_acknowledgement(self):
        error = self.post("acknowledgements", {"check": "a/one"}, 400)["error"]
        self.assertIn("no problem", error)
        self.watch.command("submit", "a/one", "2", "x")
        row = self.watch.wait_state("a/one", "CRITICAL")
        answer = self.post("acknowledgements", {"check": "a/one", "comment": "on it"})
        self.assertEqual(answer["problem"], row["problem"])
        wait_until(lambda: any('acknowledged by "deploy": on it' in r["text"]
                               for r in self.watch.ask("why", "a/one")["story"]), what="the note")
        self.assertIn("lies in the future",
                      self.post("acknowledgements", {"check": "a/one", "until": 5}, 400)["error"])
        self.assertIn("lies in the future",
                      self.post("acknowledgements", {"check": "a/one", "until": -(2 ** 63)}, 400)["error"])

    def test_who_has_no_token(self):
        result = {"check": "a/one", "exit": 2, "text": "x"}
        self.assertEqual(self.post("results", result, 401, token=None), {"error": "a bearer token is needed"})
        for token in ("x", TOKEN[:-1], TOKEN + "4", TOKEN.upper()):
            self.assertEqual(self.post("results", result, 401, token), {"error": "the token is not known"})
        self.assertEqual(self.ask("POST", "/api/v1/results")[2]["WWW-Authenticate"], 'Bearer realm="watchbill"')
        self.assertEqual(self.watch.status("a/one")["state"], "PENDING")
        self.assertNotIn(TOKEN[:-1], self.watch.log())

    def test_tokens_change_while_it_runs(self):
        result = {"check": "a/one", "exit": 0, "text": "x"}
        self.post("results", result)
        self.watch.write("tokens", "other abcdefghijklmnopqrst\n")
        self.post("results", result, 401)
        self.post("results", result, token="abcdefghijklmnopqrst")
        (self.watch.conf / "tokens").chmod(0o644)
        self.post("results", result, 401, token="abcdefghijklmnopqrst")
        self.assertIn("is open to everyone", self.watch.log())
        done = self.watch.command("config", "check")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout + done.stderr, r"watchbill\.yaml:\d+:\d+: .*is open to everyone")

    def test_without_a_tokens_file(self):
        self.watch.stop()
        site = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", site.replace("tokens_file: tokens", ""))
        self.watch.start()
        self.assertIn("no \"tokens_file\" is configured", self.post("results", {}, 403)["error"])

    def test_what_is_not_understood(self):
        for resource, document, status, sentence in (
                ("results", "", 400, "the request is not JSON"),
                ("results", b"\xff\xfe\x00", 400, "the request is not JSON"),
                ("results", "[" * 100000, 400, "the request is not JSON"),
                ("results", '{"check":"a/one","check":"a/two"}', 400, "the request is not JSON"),
                ("results", '"a/one"', 400, "the request is not JSON"),
                ("results", {"check": "a/one", "exit": 4, "text": "x"}, 400, "an exit code from 0 to 3"),
                ("results", {"check": "a/one", "exit": "2", "text": "x"}, 400, "an exit code from 0 to 3"),
                ("results", {"check": ["a/one"]}, 400, "no check is named"),
                ("results", [{}] * 1001, 413, "more than 1000"),
                ("events", {"subject": "a", "name": "b", "extra": 1}, 400, 'no member "extra"'),
                ("status", {}, 405, "take a POST"), ("", {}, 405, "take a POST")):
            with self.subTest(sentence):
                self.assertIn(sentence, self.post(resource, document, status)["error"])
        big = self.ask("POST", "/api/v1/results", b"x" * (1 << 20) + b"y", {"Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(big[0], 413)
        self.assertEqual(self.ask("PUT", "/api/v1/results", "{}")[0], 405)

    def test_noise_does_no_harm(self):
        chance = faults.chance()
        good = json.dumps({"check": "a/one", "exit": 2, "text": "x", "subject": "a", "name": "b", "data": {"k": [1]}})
        for _ in range(300):
            body = bytearray(good.encode())
            for _ in range(chance.randrange(1, 6)):
                body[chance.randrange(len(body))] = chance.randrange(256)
            for resource in ("results", "events", "acknowledgements"):
                status, text, _ = self.ask("POST", f"/api/v1/{resource}", bytes(body),
                                           {"Authorization": f"Bearer {TOKEN}"})
                self.assertIn(status, (200, 400))
                json.loads(text)
            self.ask("POST", "/acknowledge?" + "".join(chance.choice("abc=&%0") for _ in range(60)), os.urandom(40))
        self.assertEqual(self.ask("GET", "/healthz")[0], 200)
