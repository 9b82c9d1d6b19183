# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduler with a real Redmine as its tracker, and the small server of the other tests held against it."""
import datetime
import json
import subprocess
import unittest

from tests.support import BUILD, Place, wait_until
from tests.support.daemon import Watch
from tests.support.redmine import SHARE, Redmine
from tests.support.trackers import TOKEN, Tracker

CLOSED = 5  # the id of a status in a new installation

SITE = """mail: {from: watchbill@example.org, spool: ../var/mail}
url: https://w.example.org/"""
USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""
REMEDIATIONS = """remediations:
  clean:
    issue: %(issue)s
    owner: ann
    tagged: %(today)s
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, %(folder)s]
    on: {state: [CRITICAL], type: hard}
trackers:
  OPS: {type: redmine, url: '%(url)s', token_file: token, poll: 1s, %(more)s}
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


def shape(value):
    """What a value is like: names and types, of a list its first item."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def setUpModule():
    """One for all: it is seconds until it answers."""
    if not SHARE.exists():
        raise unittest.SkipTest("redmine is not installed")
    place = Place("redmine")
    unittest.addModuleCleanup(place.close)
    RealRedmine.redmine = Redmine(place).start()


class RealRedmine(unittest.TestCase):
    redmine = None

    def setUp(self):
        self.place = Place("tracked")
        self.addCleanup(self.place.close)
        self.number = self.redmine.open_issue()
        self.issue = f"OPS-{self.number}"

    def change(self, **change):
        self.redmine.change(self.number, **change)

    def notes(self, user="bot"):
        return self.redmine.notes(self.number, user)

    def status(self):
        return self.redmine.issue(self.number)["status"]["name"]


class Program(RealRedmine):
    def setUp(self):
        super().setUp()
        self.token = self.place.path / "token"

    def ask(self, do, user, issue=None, **more):
        self.token.write_text(self.redmine.keys.get(user, user) + "\n")
        order = {"do": do, "type": "redmine", "url": self.redmine.url, "token_file": str(self.token),
                 "issue": issue or self.issue, "timeout_ms": 60000, **more}
        done = subprocess.run([BUILD / "channels/tracker"], input=json.dumps(order), capture_output=True, text=True,
                              timeout=90)
        return done.returncode, done.stdout.strip()

    def test_state_comment_reopen(self):
        self.assertEqual(self.ask("state", "bot"), (0, "open"))
        self.change(status_id=CLOSED)
        self.assertEqual(self.ask("state", "bot"), (0, "closed"))
        self.assertEqual(self.ask("comment", "bot", text='it ran 7 times\n\u00e4"'),
                         (0, f'commented on the issue "{self.issue}"'))
        self.assertEqual(self.ask("state", "bot"), (0, "closed"))
        self.assertEqual(self.ask("reopen", "bot", text="still needed"), (0, f'reopened the issue "{self.issue}"'))
        self.assertEqual(self.ask("state", "bot"), (0, "open"))
        self.assertEqual(self.notes(), ['it ran 7 times\n\u00e4"', "still needed"])

    def test_what_is_open_keeps_its_status(self):
        self.change(status_id=2)
        self.assertEqual(self.ask("reopen", "bot", text="x")[0], 0)
        self.assertEqual(self.status(), "In Progress")

    def test_a_workflow_without_a_way_back(self):
        self.change(status_id=CLOSED)
        code, said = self.ask("reopen", "dev", text="it is needed")
        self.assertEqual(code, 2)
        self.assertIn("its workflow does not let the token's user reopen it", said)
        self.assertEqual((self.notes("dev"), self.status()), (["it is needed"], "Closed"))

    def test_a_field_that_a_reopening_demands(self):
        self.change(status_id=CLOSED)
        self.assertEqual(self.ask("reopen", "clerk", text="it is needed"),
                         (2, f'commented on the issue "{self.issue}", which stays closed: the tracker answered 422 '
                             "Unprocessable Content: Due date cannot be blank"))
        self.assertEqual((self.notes("clerk"), self.status()), (["it is needed"], "Closed"))

    def test_what_is_refused(self):
        self.assertEqual(self.ask("state", "bot", "OPS-9999"), (2, 'the tracker has no issue "OPS-9999"'))
        beyond = "OPS-1/../../users?x="
        self.assertEqual(self.ask("state", "bot", beyond), (2, f'the tracker has no issue "{beyond}"'))
        self.assertEqual(self.ask("state", "wrong"), (1, "the tracker refuses the token (401)"))
        for do in ("state", "comment", "reopen"):
            self.assertEqual(self.ask(do, "stranger", text="x"),
                             (2, f'the tracker does not let the token\'s user at the issue "{self.issue}" (403)'))


class Recorded(RealRedmine):
    """The same requests to both; neither the words nor the numbers need be the same."""

    def test_the_small_server_is_honest(self):
        small = Tracker((self.number,))
        self.addCleanup(small.close)
        issue = f"/issues/{self.number}.json"
        more = issue + "?include=allowed_statuses"

        def put(**change):
            return "PUT", issue, "bot", {"issue": change}

        for method, path, user, body in (
                ("GET", issue, "bot", None), ("GET", more, "bot", None), ("GET", "/issue_statuses.json", "bot", None),
                put(notes="x"), put(status_id=2), ("GET", issue, "bot", None),
                put(notes="y", status_id=CLOSED), ("GET", issue, "bot", None), ("GET", more, "bot", None),
                put(status_id=77), ("GET", issue, "bot", None),
                ("PUT", issue, "clerk", {"issue": {"notes": "z", "status_id": 1}}), ("GET", issue, "bot", None),
                put(notes="z", status_id=1), ("GET", issue, "bot", None),
                ("GET", "/issues/9999.json", "bot", None),
                ("PUT", "/issues/9999.json", "bot", {"issue": {"notes": "x"}}),
                ("GET", issue, "wrong", None), ("PUT", issue, "wrong", {"issue": {"notes": "x"}}),
                ("GET", issue, None, None), ("PUT", issue, "bot", b"{")):
            with self.subTest(f"{method} {path} {user} {body}"):
                status, headers, content = self.redmine.ask(method, path, None, body, self.redmine.keys.get(user, user))
                small.demands = user == "clerk"
                theirs = self.redmine.ask(method, path, None, body, TOKEN if user in ("bot", "clerk") else user,
                                          port=small.port)
                self.assertEqual(theirs[0], status)
                self.assertEqual(bool(theirs[2]), bool(content))
                if status == 422:
                    self.assertEqual(json.loads(theirs[2]), json.loads(content))
                if status == 200:
                    self.assertEqual(theirs[1].get_content_type(), headers.get_content_type())
                    real, recorded = json.loads(content), json.loads(theirs[2])
                    self.assertEqual(shape(recorded), shape(real))
                    self.assertEqual(recorded.get("issue", {}).get("status"), real.get("issue", {}).get("status"))
                    self.assertEqual(recorded.get("issue_statuses"), real.get("issue_statuses"))


class Interlock(RealRedmine):
    """The scheduler: what ann does in Redmine arms and disarms, and what the scheduler has to say is written there."""

    def setUp(self):
        super().setUp()
        self.folder = self.place.path / "spool"
        self.folder.mkdir()
        self.watch = Watch(self.place, SITE)
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/queue.yaml", SERVICE % {"folder": self.folder})

    def start(self, user="bot", more="reopen: false"):
        self.watch.write("token", self.redmine.keys.get(user, user) + "\n").chmod(0o600)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("remediations.yaml", REMEDIATIONS % {
            "today": today, "folder": self.folder, "issue": self.issue, "url": self.redmine.url, "more": more})
        self.watch.start()

    def fill(self):
        for number in range(4):
            (self.folder / str(number)).write_text("x")

    def runs(self):
        return len([line for line in self.watch.ledger() if line["event"] == "begin"])

    def wait_log(self, words, times=1):
        wait_until(lambda: self.watch.log().count(words) >= times, 60, words)

    def wait_run(self, number):
        wait_until(lambda: self.runs() == number, 60, f"run {number}")
        self.watch.wait_state("q1/depth", "OK", seconds=60)

    def test_open_acts_closed_does_not_and_comments_with_evidence(self):
        self.start()
        self.wait_log(f"the issue {self.issue} is open")
        self.fill()
        self.wait_run(1)
        self.change(status_id=CLOSED, notes="the vendor says it is mended")
        self.wait_log(f"the issue {self.issue} is closed")
        self.fill()
        wait_until(self.notes, 60, "the comment")
        self.assertEqual((self.runs(), self.status()), (1, "Closed"))
        comment, = self.notes()
        self.assertIn('The workaround "clean" was called for on q1/depth', comment)
        self.assertIn("Runs in all: 1", comment)
        self.assertIn("What they found: https://w.example.org/diagnostics/p1-clean-1", comment)
        self.assertIn("The check and its graphs: https://w.example.org/checks/q1/depth", comment)
        self.assertIn(f"{self.issue}: the issue is closed", self.watch.command("why", "q1/depth").stdout)
        self.change(status_id=1, notes="not quite")
        self.wait_run(2)
        self.assertEqual(len(self.notes()), 1)
        self.assertNotIn(self.redmine.keys["bot"], self.watch.log())

    def test_what_is_called_for_after_the_close_reopens(self):
        self.change(status_id=CLOSED)
        self.start(more="reopen: true")
        self.wait_log(f"the issue {self.issue} is closed")
        self.fill()
        self.wait_run(1)
        self.assertEqual(self.status(), "New")
        self.assertIn("after this issue was closed", self.notes()[0])

    def test_the_word_of_the_week_leaves_the_status_alone(self):
        """Its runs are those of a ledger from before, so that nobody waits for a week."""
        self.change(status_id=2)
        run = {"remediation": "clean", "issue": self.issue, "target": "q1", "at": 1790000000}
        self.place.write("var/ledger.jsonl", "".join(
            json.dumps({**run, "run": f"r{number}", "event": event, "outcome": "fixed"}) + "\n"
            for number in range(7) for event in ("begin", "end")))
        self.start(more="reopen: true")
        wait_until(self.notes, 60, "the comment")
        self.assertIn('The workaround "clean" ran 7 times since the last word here.', self.notes()[0])
        self.assertIn("Runs in all: 7", self.notes()[0])
        self.assertEqual((self.status(), len(self.notes())), ("In Progress", 1))

    def test_a_workflow_that_does_not_let_it_is_told_of_in_the_log(self):
        self.change(status_id=CLOSED)
        self.start("dev", more="reopen: true")
        self.wait_log(f"the issue {self.issue} is closed")
        self.fill()
        self.wait_log("its workflow does not let the token's user reopen it")
        self.assertEqual((len(self.notes("dev")), self.runs()), (1, 0))

    def test_a_wrong_token_is_told_and_mended_without_a_restart(self):
        self.start("wrong", more="hold: 0s, disarm_when_away: true")
        self.wait_log(f"the tracker of {self.issue}: the tracker refuses the token (401)")
        self.fill()
        wait_until(lambda: "has not said for too long whether the issue is open" in
                   self.watch.command("why", "q1/depth").stdout, 60, "the disarming")
        self.assertEqual(self.runs(), 0)
        self.watch.write("token", self.redmine.keys["bot"] + "\n")
        self.wait_log(f"the tracker of {self.issue} answers again")
        self.wait_run(1)

    def test_while_it_is_away_its_last_word_holds(self):
        self.start()
        self.wait_log(f"the issue {self.issue} is open")
        self.redmine.stop()
        try:
            self.wait_log(f"the tracker of {self.issue}: ")
            self.fill()
            self.wait_run(1)
        finally:
            self.redmine.start()
        self.wait_log(f"the tracker of {self.issue} answers again")
        self.change(status_id=CLOSED)
        self.wait_log(f"the issue {self.issue} is closed")


if __name__ == "__main__":
    unittest.main()
