# SPDX-License-Identifier: GPL-3.0-or-later
"""The tracker program against a server that speaks the protocol of each kind."""
import datetime
import json
import subprocess
import unittest

from tests.support import BUILD, Place, wait_until
from tests.support.daemon import Watch
from tests.support.httpd import Scripted
from tests.support.trackers import TOKEN, Tracker

KINDS = ("redmine", "github", "gitlab", "jira")


def deliver(order):
    return subprocess.run([BUILD / "channels/tracker"], input=json.dumps(order), capture_output=True, text=True,
                          timeout=30)


class Trackers(unittest.TestCase):
    def setUp(self):
        self.place = Place("trackers")
        self.addCleanup(self.place.close)
        self.tracker = Tracker()
        self.addCleanup(self.tracker.close)
        self.token = self.place.write("token", TOKEN + "\n")

    def ask(self, do, kind, issue="OPS-1", **more):
        order = {"do": do, "type": kind, "url": self.tracker.url(kind), "token_file": str(self.token), "issue": issue,
                 "timeout_ms": 5000, **more}
        done = deliver(order)
        self.assertNotIn(TOKEN, done.stdout + done.stderr)
        return done.returncode, done.stdout.strip()

    def test_state_comment_reopen(self):
        for kind in KINDS:
            with self.subTest(kind):
                issue = self.tracker.issues[1] = {"open": True, "comments": []}
                self.assertEqual(self.ask("state", kind), (0, "open"))
                issue["open"] = False
                self.assertEqual(self.ask("state", kind), (0, "closed"))
                self.assertEqual(self.ask("comment", kind, text="it ran 7 times\n\u00e4\"")[0], 0)
                self.assertEqual((issue["open"], issue["comments"]), (False, ["it ran 7 times\n\u00e4\""]))
                self.assertEqual(self.ask("reopen", kind, text="still needed"), (0, 'reopened the issue "OPS-1"'))
                self.assertEqual((issue["open"], issue["comments"][-1]), (True, "still needed"))

    def test_what_is_refused(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.assertEqual(self.ask("state", kind, issue="OPS-99"), (2, 'the tracker has no issue "OPS-99"'))
                self.token.write_text("wrong\n")
                self.assertEqual(self.ask("state", kind), (1, "the tracker refuses the token (401)"))
                self.token.write_text(TOKEN + "\n")
                self.tracker.away = 503
                self.assertEqual(self.ask("state", kind), (1, "the tracker answered 503 Service Unavailable"))
                self.tracker.away = 403
                self.assertEqual(self.ask("comment", kind, text="x"),
                                 (2, 'the tracker does not let the token\'s user at the issue "OPS-1" (403)'))
                for status, headers in ((403, {"Retry-After": "60"}), (403, {"x-ratelimit-remaining": "0"}), (429, {})):
                    self.tracker.away, self.tracker.headers = status, headers
                    self.assertEqual(self.ask("state", kind),
                                     (1, f"the tracker says that it is asked too often ({status})"))
                self.tracker.away, self.tracker.headers = None, {}
        self.assertEqual(self.ask("state", "redmine", token_file="/nonexistent")[0], 1)

    def test_a_redmine_before_5(self):
        """It does not say which status is an end, and the day of the close stays when an issue is reopened."""
        self.tracker.before_5 = True
        issue = self.tracker.issues[1]
        issue["open"] = False
        self.assertEqual(self.ask("state", "redmine"), (0, "closed"))
        self.assertEqual(self.ask("reopen", "redmine", text="x"), (0, 'reopened the issue "OPS-1"'))
        self.assertEqual(self.ask("state", "redmine"), (0, "open"))

    def test_what_will_not_be_reopened_is_commented_on(self):
        self.tracker.one_way = True
        workflow = "its workflow does not let the token's user reopen it"
        right = 'the tracker does not let the token\'s user at the issue "OPS-1" (403)'
        for kind, before, why in (("redmine", False, workflow), ("redmine", True, workflow), ("github", False, right),
                                  ("gitlab", False, right),
                                  ("jira", False, "no transition that the token's user may use leads out of it")):
            with self.subTest(f"{kind} {before}"):
                self.tracker.before_5 = before
                issue = self.tracker.issues[1] = {"open": False, "comments": []}
                self.assertEqual(self.ask("reopen", kind, text="it is needed"),
                                 (2, f'commented on the issue "OPS-1", which stays closed: {why}'))
                self.assertEqual((issue["open"], issue["comments"]), (False, ["it is needed"]))

    def test_a_field_that_a_reopening_demands(self):
        self.tracker.demands = True
        issue = self.tracker.issues[1] = {"open": False, "comments": []}
        self.assertEqual(self.ask("reopen", "redmine", text="it is needed"),
                         (2, 'commented on the issue "OPS-1", which stays closed: the tracker answered 422 Unprocessable '
                             "Content: Due date cannot be blank"))
        self.assertEqual((issue["open"], issue["comments"]), (False, ["it is needed"]))

    def test_reasons(self):
        evil = "x\x1b[31m\r\n\u202ey" + "z" * 5000
        for body, reason in ((b"", ""), (b"{", ""), (b"[1]", ""), (b'{"errors": []}', ""), (b'{"errors": [7]}', ""),
                             (b'{"errors": {"a": "b"}, "errorMessages": ["too late"]}', ": too late"),
                             (b'{"message": "Validation Failed"}', ": Validation Failed"), (b'{"message": {}}', ""),
                             (json.dumps({"message": evil}).encode(), None)):
            with Scripted({"/issues/1.json": (422, {}, body)}) as server:
                done = deliver({"do": "comment", "type": "redmine", "url": f"http://127.0.0.1:{server.port}",
                                "issue": "OPS-1", "text": "x", "timeout_ms": 5000})
            self.assertEqual(done.returncode, 2)
            if reason is None:
                self.assertTrue(done.stdout.strip().isprintable() and len(done.stdout) < 300, done.stdout)
            else:
                self.assertEqual(done.stdout.strip(), f"the tracker answered 422 Unprocessable Content{reason}")

    def test_jira_cloud_wants_the_name_with_the_token(self):
        self.token.write_text(f"bot@example.org:{TOKEN}\n")
        self.assertEqual(self.ask("state", "jira"), (0, "open"))
        self.token.write_text("bot@example.org:wrong\n")
        self.assertEqual(self.ask("state", "jira"), (1, "the tracker refuses the token (401)"))

    def test_what_is_open_keeps_its_status(self):
        issue = self.tracker.issues[1] = {"open": True, "status": 2, "comments": []}
        self.assertEqual(self.ask("reopen", "redmine", text="x")[0], 0)
        self.assertEqual((issue["status"], issue["comments"]), (2, ["x"]))

    def test_misuse(self):
        good = {"do": "state", "type": "redmine", "url": self.tracker.url("redmine"), "issue": "OPS-1", "timeout_ms": 5000}
        for change, words in (({"type": "mantis"}, "no such type"), ({"issue": "7"}, "not an issue"),
                              ({"issue": "OPS-"}, "not an issue"), ({"do": "delete"}, "cannot do"),
                              ({"url": ""}, ""), ({"url": "ftp://x/"}, ""), ({"issue": 7}, "")):
            done = deliver({**good, **change})
            self.assertIn(done.returncode, (1, 2), change)
            self.assertIn(words, done.stdout)

    def test_nothing_of_an_issue_leaves_the_path(self):
        self.ask("state", "redmine", issue="OPS-1/../../users?x=")
        self.assertEqual(self.tracker.requests[-1][1], "/issues/1%2F..%2F..%2Fusers%3Fx%3D.json")

    def test_hostile_answers(self):
        for body in (b"", b"{", b"[]", b"null", b'{"issue": 7}', b'{"issue": {"status": []}}',
                     b'{"issue": {"status": {"id": "1"}}}', b'{"issue": {"status": {"id": 1, "is_closed": 0}}}',
                     b'{"state": {"a": 1}}', b"\xff\xfe", b"[" * 10000, b"x" * 5_000_000):
            with Scripted({"/issues/1.json": (200, {}, body)}) as server:
                for kind in ("redmine", "github"):
                    order = {"do": "state", "type": kind, "url": f"http://127.0.0.1:{server.port}", "issue": "OPS-1",
                             "timeout_ms": 5000}
                    done = deliver(order)
                    self.assertIn(done.returncode, (1, 2), body[:20])


USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""
REMEDIATION = """  %(name)s:
    issue: OPS-1
    owner: ann
    tagged: %(today)s
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, %(folder)s]
    on: {state: [CRITICAL], type: hard}
"""
SERVICE = """service: queue
hosts: {q1: {address: 127.0.0.1}}
checks:
  depth:
    command: [check_queue, --type, spool, --queue, %(folder)s, -c, "2"]
    every: 1s
    attempts: 1
    alert: {groups: [anns]}
    remediate: [clean]
"""


class Interlock(unittest.TestCase):
    """The scheduler with a tracker: what is closed does not run, and the tracker hears of it."""

    def setUp(self):
        self.place = Place("interlock")
        self.addCleanup(self.place.close)
        self.folder = self.place.path / "spool"
        self.folder.mkdir()
        self.watch = Watch(self.place)
        self.watch.write("users.yaml", USERS)
        self.watch.write("token", TOKEN + "\n").chmod(0o600)
        self.watch.write("services/queue.yaml", SERVICE % {"folder": self.folder})

    def configure(self, tracker, *names):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        remediations = "".join(REMEDIATION % {"name": name, "today": today, "folder": self.folder}
                               for name in names or ("clean",))
        self.watch.write("remediations.yaml", f"trackers:\n  OPS: {tracker}\nremediations:\n{remediations}")

    def fill(self):
        for number in range(4):
            (self.folder / str(number)).write_text("x")

    def begins(self):
        return [line for line in self.watch.ledger() if line["event"] == "begin"]

    def test_a_closed_issue_is_reopened_with_evidence_and_then_it_runs(self):
        tracker = Tracker()
        self.addCleanup(tracker.close)
        tracker.issues[1]["open"] = False
        self.configure(f"{{type: redmine, url: '{tracker.url('redmine')}', token_file: token, poll: 1s, reopen: true}}")
        self.watch.start()
        wait_until(lambda: "the issue OPS-1 is closed" in self.watch.log(), what="the closed issue")
        self.fill()
        wait_until(lambda: tracker.issues[1]["open"], what="the reopening")
        self.assertIn("was called for on q1/depth", tracker.issues[1]["comments"][0])
        self.assertIn("Runs in all: 0", tracker.issues[1]["comments"][0])
        self.watch.wait_state("q1/depth", "OK")
        self.assertEqual(len(self.begins()), 1)
        self.assertEqual(len(tracker.issues[1]["comments"]), 1)
        self.assertNotIn(TOKEN, self.watch.log())

    def test_each_close_is_answered_and_what_does_not_arrive_is_told_later(self):
        tracker = Tracker()
        self.addCleanup(tracker.close)
        issue = tracker.issues[1]
        self.configure(f"{{type: redmine, url: '{tracker.url('redmine')}', token_file: token, poll: 1s, reopen: true}}")
        self.watch.start()
        for number in (1, 2):  # both within a week
            issue["open"] = False
            wait_until(lambda: self.watch.log().count("the issue OPS-1 is closed") == number, what="the closed issue")
            tracker.writes_away = 503
            self.fill()
            before = tracker.writes()
            wait_until(lambda: tracker.writes() > before + 1, what="two tries in vain")
            self.assertEqual(self.watch.log().count("503 Service Unavailable; it is told later"), number)
            tracker.writes_away = None
            wait_until(lambda: issue["open"], what="the reopening")
            self.watch.wait_state("q1/depth", "OK")
            wait_until(lambda: len(self.begins()) == number, what="the run")
        self.assertEqual(len(issue["comments"]), 2)

    def test_what_somebody_reopened_meanwhile_is_only_commented_on(self):
        tracker = Tracker()
        self.addCleanup(tracker.close)
        issue = tracker.issues[1]
        issue["open"] = False
        self.configure(f"{{type: redmine, url: '{tracker.url('redmine')}', token_file: token, poll: 1s, reopen: true}}")
        self.watch.start()
        wait_until(lambda: "the issue OPS-1 is closed" in self.watch.log(), what="the closed issue")
        tracker.writes_away = 503
        self.fill()
        wait_until(lambda: "it is told later" in self.watch.log(), what="the comment in vain")
        issue.update(open=True, status=2)
        self.watch.wait_state("q1/depth", "OK")
        tracker.writes_away = None
        wait_until(lambda: issue["comments"], what="the comment")
        self.assertIn("after this issue was closed", issue["comments"][0])
        self.assertEqual(issue["status"], 2)

    def test_the_word_of_the_week_leaves_the_status_alone(self):
        """The runs are those of a ledger from before: they are told with the first answer, as one comment."""
        tracker = Tracker()
        self.addCleanup(tracker.close)
        issue = tracker.issues[1]
        issue["status"] = 2
        self.configure(f"{{type: redmine, url: '{tracker.url('redmine')}', token_file: token, poll: 1s, reopen: true}}")
        self.place.write("var/ledger.jsonl", "".join(
            json.dumps({"event": event, "run": f"r{number}", "remediation": "clean", "issue": "OPS-1", "target": "q1",
                        "at": "2026-11-01T10:00:00Z", **({"outcome": "fixed"} if event == "end" else {})}) + "\n"
            for number in range(7) for event in ("begin", "end")))
        self.watch.start()
        wait_until(lambda: issue["comments"], what="the comment")
        asked = len(tracker.requests)
        wait_until(lambda: len(tracker.requests) > asked + 2, what="two more questions")
        self.assertEqual((issue["status"], len(issue["comments"])), (2, 1))
        self.assertIn('The workaround "clean" ran 7 times since the last word here.\n\nRuns in all: 7',
                      issue["comments"][0])

    def test_the_word_of_the_week_names_all_workarounds_of_the_issue(self):
        tracker = Tracker()
        self.addCleanup(tracker.close)
        self.configure(f"{{type: github, url: '{tracker.url('github')}', token_file: token, poll: 1s}}",
                       "clean", "drain")
        self.place.write("var/ledger.jsonl", "".join(
            json.dumps({"event": event, "run": f"{name}{number}", "remediation": name, "issue": "OPS-1",
                        "target": "q1", "at": 1790000000, "outcome": "fixed"}) + "\n"
            for name, runs in (("clean", 2), ("drain", 3)) for number in range(runs) for event in ("begin", "end")))
        self.watch.start()
        wait_until(lambda: tracker.issues[1]["comments"], what="the comment")
        comment, = tracker.issues[1]["comments"]
        self.assertIn('The workarounds "clean", "drain" ran 5 times since the last word here.', comment)
        self.assertIn("\n\nclean: Runs in all: 2", comment)
        self.assertIn("\n\ndrain: Runs in all: 3", comment)

    def test_a_tracker_that_is_away_changes_nothing(self):
        tracker = Tracker()
        self.addCleanup(tracker.close)
        tracker.away = 503
        self.configure(f"{{type: github, url: '{tracker.url('github')}', token_file: token, poll: 1s}}")
        self.watch.start()
        wait_until(lambda: "the tracker of OPS-1: the tracker answered 503" in self.watch.log(), what="the trouble")
        self.fill()
        self.watch.wait_state("q1/depth", "OK")
        self.assertEqual(len(self.begins()), 1)
        tracker.away = None
        wait_until(lambda: "the tracker of OPS-1 answers again" in self.watch.log(), what="the answer")

    def test_a_file(self):
        self.watch.write("issues.yaml", "OPS-1: {title: t, state: closed}\n")
        self.configure("{type: file, path: issues.yaml, poll: 1s}")
        self.watch.start()
        wait_until(lambda: "the issue OPS-1 is closed" in self.watch.log(), what="the closed issue")
        self.fill()
        wait_until(lambda: "OPS-1: the issue is closed" in self.watch.command("why", "q1/depth").stdout, what="the refusal")
        self.assertEqual(self.begins(), [])
        self.watch.write("issues.yaml", "OPS-1: {title: t, state: open}\n")
        self.watch.wait_state("q1/depth", "OK")
        self.assertEqual(len(self.begins()), 1)

    def test_a_command(self):
        program = self.place.write("ask", "#!/bin/sh\ncat > order\necho closed\n")
        program.chmod(0o755)
        self.configure(f"{{type: command, command: [{program}], poll: 1s}}")
        self.watch.start()
        wait_until(lambda: "the issue OPS-1 is closed" in self.watch.log(), what="the closed issue")
        order = json.loads((self.watch.conf / "order").read_text())
        self.assertEqual((order["do"], order["issue"]), ("state", "OPS-1"))

    def test_a_command_that_does_not_say_what_is_asked(self):
        program = self.place.write("ask", "#!/bin/sh\ncat > order\necho perhaps\n")
        program.chmod(0o755)
        self.configure(f"{{type: command, command: [{program}], poll: 1s}}")
        self.watch.start()
        sentence = 'the tracker of OPS-1: it said neither open nor closed: "perhaps"'
        wait_until(lambda: f"warning: {sentence}" in self.watch.log(), what="the warning")
        wait_until(lambda: f"the scheduler itself has a problem: {sentence}" in self.watch.log(), what="the trouble")


if __name__ == "__main__":
    unittest.main()
