# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of trackers: a call with the secret has the tracker asked at once; its body is not believed."""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import socket
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch
from tests.support.trackers import TOKEN, Tracker

SECRET = "It's a Secret to Everybody"
REMEDIATION = """  clean%(number)d:
    issue: OPS-%(number)d
    owner: ann
    tagged: %(today)s
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, /nonexistent]
    on: {state: [CRITICAL], type: hard}
"""
# How each says that issue 1 was closed.
CLOSED = {"github": {"action": "closed", "issue": {"number": 1, "state": "closed"}},
          "gitlab": {"object_kind": "issue", "object_attributes": {"iid": 1, "state": "closed", "action": "close"}},
          "jira": {"webhookEvent": "jira:issue_updated", "issue": {"key": "OPS-1"}},
          "redmine": {"type": "issue.updated", "data": {"issue": {"id": 1}}}}
SIGNED_BY = {"github": "X-Hub-Signature-256", "jira": "X-Hub-Signature", "redmine": "X-Redmine-Signature-256"}


def signature(body, secret=SECRET):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def proof(kind, body, secret=SECRET):
    return {SIGNED_BY[kind]: signature(body, secret)} if kind in SIGNED_BY else {"X-Gitlab-Token": secret}


def basic(password):
    return {"Authorization": "Basic " + base64.b64encode(f"watchbill:{password}".encode()).decode()}


class Hooks(unittest.TestCase):
    def setUp(self):
        self.place = Place("hooks")
        self.addCleanup(self.place.close)
        self.watch = Watch(self.place)
        self.watch.write("token", TOKEN + "\n")
        self.watch.write("secret", SECRET + "\n").chmod(0o600)
        self.tracker = Tracker((1, 2))
        self.addCleanup(self.tracker.close)

    def start(self, kind, secret="webhook_secret_file: secret"):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        remediations = "".join(REMEDIATION % {"number": number, "today": today} for number in (1, 2))
        self.watch.write("remediations.yaml", f"""trackers:
  OPS: {{type: {kind}, url: '{self.tracker.url(kind)}', token_file: token, poll: 1h, {secret}}}
  DEV: {{type: github, url: '{self.tracker.url("github")}'}}
remediations:
{remediations}""")
        self.watch.start()
        wait_until(lambda: self.watch.log().count("is open") == 2, what="the first answers")

    def asked(self):
        return len(self.tracker.requests)

    def call(self, body, headers, name="OPS", method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.watch.port(), timeout=30)
        try:
            connection.request(method, f"/hooks/{name}", body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait_asked(self, before, count=1):
        wait_until(lambda: self.asked() == before + count, what=f"{count} questions more than {before}")

    def check_close(self, kind):
        self.start(kind)
        body = json.dumps(CLOSED[kind]).encode()
        before = self.asked()
        self.tracker.issues[1]["open"] = False
        self.assertEqual(self.call(body, proof(kind, body)), (202, b'{"asked":1}'))
        wait_until(lambda: "the issue OPS-1 is closed" in self.watch.log(), what="the close")
        self.assertEqual(self.asked(), before + 1)
        self.assertNotIn(SECRET, self.watch.log())

    def test_github(self):
        self.check_close("github")

    def test_gitlab(self):
        self.check_close("gitlab")

    def test_jira(self):
        self.check_close("jira")

    def test_redmine(self):
        self.check_close("redmine")

    def test_what_it_says_is_not_believed(self):
        self.start("github")
        before, body = self.asked(), json.dumps(CLOSED["github"]).encode()
        self.assertEqual(self.call(body, proof("github", body))[0], 202)
        self.wait_asked(before)
        self.assertNotIn("is closed", self.watch.log())

    def test_who_cannot_sign_sends_the_secret(self):
        self.start("redmine")
        body = json.dumps({"payload": {"issue": {"id": 2}}}).encode()
        for headers in ({"Authorization": f"Bearer {SECRET}"}, basic(SECRET)):
            before = self.asked()
            self.assertEqual(self.call(body, headers), (202, b'{"asked":1}'))
            self.wait_asked(before)

    def test_what_names_no_issue_has_all_asked(self):
        self.start("github")
        for body in (b"", b"{", b"payload=%7B%22issue", b'{"zen": "Design for failure."}', b"[" * 100000,
                     b"\xff\x00\xfe"):
            before = self.asked()
            self.assertEqual(self.call(body, proof("github", body)), (202, b'{"asked":2}'), body[:20])
            self.wait_asked(before, 2)

    def test_another_issue_has_none_asked(self):
        self.start("github")
        before = self.asked()
        for number in (3, 11, -1, 10**18):
            body = json.dumps({"issue": {"number": number}}).encode()
            self.assertEqual(self.call(body, proof("github", body)), (202, b'{"asked":0}'))
        self.assertEqual(self.asked(), before)

    def test_a_flood_is_one_question_a_second(self):
        self.start("github")
        before, body = self.asked(), json.dumps(CLOSED["github"]).encode()

        def four_questions():
            self.assertEqual(self.call(body, proof("github", body))[0], 202)
            return self.asked() >= before + 4

        wait_until(four_questions, what="four questions")
        times = self.tracker.times[before:]
        self.assertGreater(times[3] - times[0], 1.5)  # 3 s, but for how long each takes to come in

    def test_without_the_secret_nothing_happens(self):
        self.start("github")
        body = json.dumps(CLOSED["github"]).encode()
        good, before = signature(body), self.asked()
        wrong = ({}, {"X-Hub-Signature-256": ""}, {"X-Hub-Signature-256": "sha256="},
                 {"X-Hub-Signature-256": good[:-1]}, {"X-Hub-Signature-256": good + "0"},
                 {"X-Hub-Signature-256": good[7:]}, {"X-Hub-Signature-256": good.replace("sha256", "sha1")},
                 proof("github", body + b" "), proof("github", body, SECRET + "x"), {"X-Hub-Signature": good},
                 {"X-Hub-Signature-256": "sha256=" + "0" * 64}, {"X-Hub-Signature-256": "sha256=" + "f" * 8000},
                 {"X-Gitlab-Token": SECRET}, {"Authorization": "Bearer " + SECRET[:-1]}, {"Authorization": "Bearer "},
                 {"Authorization": "Basic !!!"}, basic(""), basic(SECRET + "x"))
        for headers in wrong:
            status, answer = self.call(body, headers)
            self.assertEqual(status, 403, headers)
            self.assertIn(b"does not have its secret", answer)
        for name in ("DEV", "NO", "", "OPS/", "../OPS", "%4fPS/..", "x" * 5000):
            self.assertEqual(self.call(body, {"X-Hub-Signature-256": good}, name)[0], 403, name)
        self.assertEqual(self.asked(), before)
        self.assertEqual(self.watch.log().count("a webhook of the tracker \"OPS\" is refused"), 1)
        self.assertEqual(self.call(None, {}, method="GET")[0], 404)
        self.assertEqual(self.call(body, {"X-Hub-Signature-256": good}, method="PUT")[0], 405)

    def test_no_secret_no_webhook(self):
        self.start("github", "reopen: false")
        body = b"{}"
        self.assertEqual(self.call(body, proof("github", body))[0], 403)
        self.assertEqual(self.call(body, proof("github", body, ""))[0], 403)

    def test_a_secret_file_that_is_none_closes_the_webhook(self):
        self.start("github")
        secret = self.watch.write("secret", "short\n")
        self.assertEqual(self.call(b"{}", proof("github", b"{}", "short"))[0], 403)
        self.assertIn("is not of 16 to 512 bytes", self.watch.log())
        secret.write_text(SECRET)  # as with tokens, without a restart
        self.assertEqual(self.call(b"{}", proof("github", b"{}"))[0], 202)
        secret.chmod(0o644)
        done = self.watch.command("config", "check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is open to everyone: chmod o= it", done.stdout + done.stderr)

    def test_what_is_too_big_or_never_ends(self):
        self.start("github")
        before = self.asked()
        most = b" " * (512 << 10)
        self.assertEqual(self.call(most, proof("github", most))[0], 202)
        self.assertEqual(self.call(most + b" ", proof("github", most + b" "))[0], 413)
        self.wait_asked(before, 2)
        with socket.create_connection(("127.0.0.1", self.watch.port())) as peer:
            peer.sendall(b"POST /hooks/OPS HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=0\r\n"
                         b"Content-Length: 100\r\n\r\n{")
            self.assertEqual(self.call(b"{}", proof("github", b"{}"))[0], 202)  # it keeps nobody waiting


if __name__ == "__main__":
    unittest.main()
