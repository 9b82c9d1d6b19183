# SPDX-License-Identifier: GPL-3.0-or-later
"""Downtimes, silences and comments of a running scheduler: by the command and over HTTP, over restart and reload."""
import json
import unittest
import urllib.error
import urllib.request

from tests.support import Place, wait_until
from tests.support.daemon import Watch

TOKEN = "abcdefghijklmnopqrstuvwxyz"
SERVICE = """service: s
hosts: {a: {}, b: {}}
checks:
  queue:
    command: [check_queue, --type, spool, --directory, ../queue, -c, "2"]
    every: 1s
    attempts: 1
    alert: {groups: [g], downtime: notify}
"""
USERS = """windows: {night: {days: mon-sun, start: "00:00", end: "24:00"}}
users: {u: {contacts: {alert: [{mail: u@example.org}], notify: [{mail: u-note@example.org}]}}}
groups: {g: {rota: [{window: always, users: [u]}]}}
"""


class Calm(unittest.TestCase):
    def setUp(self):
        self.place = Place("calm")
        self.addCleanup(self.place.close)
        (self.place.path / "queue").mkdir()
        self.watch = Watch(self.place)
        self.watch.write("tokens", f"deploy {TOKEN}\n").chmod(0o640)
        site = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", site + "tokens_file: tokens\n")
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.start()
        self.watch.wait_state("a/queue", "OK")
        self.watch.wait_state("b/queue", "OK")

    def fill(self, count):
        for i in range(count):
            (self.place.path / f"queue/job{i}").write_text("")

    def empty(self):
        for path in (self.place.path / "queue").iterdir():
            path.unlink()

    def subjects(self):
        return sorted(mail["Subject"] for mail in self.watch.mails())

    def post(self, resource, document):
        request = urllib.request.Request(f"http://127.0.0.1:{self.watch.port()}/api/v1/{resource}",
                                         json.dumps(document).encode(), {"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.load(refusal)

    def get(self, resource):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/api/v1/{resource}") as answer:
            return json.load(answer)

    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/") as answer:
            return answer.read().decode()

    def told(self, words):
        return [subject for subject in self.subjects() if words in subject]

    def refused(self, sentence, *words):
        done = self.watch.command(*words)
        self.assertIn(done.returncode, (1, 3), done.stdout)
        self.assertIn(sentence, done.stderr + done.stdout)

    def test_a_downtime_holds_back_and_its_end_tells(self):
        made = self.watch.ask("downtime", "host=a", "--for", "1h", "--comment", "new disk", "--author", "max")
        self.assertEqual(made, {"id": 1, "checks": 1})
        wait_until(lambda: self.told("DOWNTIMESTART"), what="the note of its beginning")
        self.fill(5)
        self.watch.wait_state("a/queue", "CRITICAL")
        wait_until(lambda: self.told("PROBLEM: b/queue"), what="the mail about the other host")
        self.assertEqual(self.watch.status("a/queue")["downtime"]["id"], 1)
        self.assertIn('downtime 1 of "max": new disk', self.watch.command("why", "a/queue").stdout)
        self.assertIn("in downtime 1 of max until", self.watch.command("status", "a/queue").stdout)
        self.assertEqual(self.get("downtimes")["downtimes"][0]["match"], "host=a")
        self.watch.stop()
        self.watch.start()
        self.watch.wait_state("a/queue", "CRITICAL")
        self.assertIn("now, fixed by max from", self.watch.command("downtime", "list").stdout)
        self.assertEqual(self.told("PROBLEM: a/queue"), [])
        self.assertEqual(self.watch.command("downtime", "cancel", "1").stdout, "downtime 1 has ended\n")
        wait_until(lambda: self.told("PROBLEM: a/queue"), what="the mail that was held back")
        wait_until(lambda: self.told("DOWNTIMEEND"), what="the note of its end")
        self.empty()
        wait_until(lambda: len(self.told("RECOVERY")) == 2, what="both recoveries")
        begun = self.told("DOWNTIMESTART")
        self.assertEqual(len(begun), 1)
        self.assertIn("DOWNTIMESTART: a/queue: downtime 1 of 1 check by max until ", begun[0])
        self.assertIn(": new disk", begun[0])
        self.assertEqual(self.told("DOWNTIMEEND"),
                         ["DOWNTIMEEND: a/queue: downtime 1 by max has ended: new disk"])

    def test_what_was_answered_outlives_a_kill(self):
        self.fill(5)
        self.watch.wait_state("a/queue", "CRITICAL")
        said = []
        for number in range(3):
            said.append(f"by command {number}")
            self.watch.ask("comment", "a/queue", said[-1])
            self.watch.kill()
            self.watch.start()
            said.append(f"over HTTP {number}")
            self.assertIn("id", self.post("comments", {"match": "a/queue", "text": said[-1]}))
            self.watch.kill()
            self.watch.start()
        self.watch.wait_state("a/queue", "CRITICAL")
        self.watch.ask("ack", "a/queue", "--author", "u")
        self.assertIn("acknowledged by u</small>", self.page())
        self.watch.kill()
        self.watch.start()
        self.assertEqual([comment["text"] for comment in self.get("comments")["comments"]], said)
        self.assertEqual(self.watch.status("a/queue")["acknowledged"], "u")

    def test_a_silence_ends_by_itself(self):
        self.watch.ask("silence", "host=/^a$/", "check=queue", "--for", "1h", "--owner", "u")
        made = self.watch.ask("silence", "b/queue", "--for", "4s", "--owner", "u", "--comment", "known")
        self.assertEqual(made["checks"], 1)
        self.fill(5)
        self.watch.wait_state("a/queue", "CRITICAL")
        self.watch.wait_state("b/queue", "CRITICAL")
        wait_until(lambda: self.told("PROBLEM: b/queue"), what="the mail after the end of the silence")
        self.assertEqual(self.told("PROBLEM: a/queue"), [])
        silences = self.get("silences")["silences"]
        self.assertEqual([(row["id"], row["owner"], row["holds"]) for row in silences], [(1, "u", ["a/queue"])])
        self.assertIn("holds back a/queue", self.watch.command("silence", "list").stdout)
        self.assertEqual(self.watch.status("a/queue")["silence"]["owner"], "u")
        self.watch.write("services/s.yaml", SERVICE.replace("{a: {}, b: {}}", "{b: {}}"))
        wait_until(lambda: self.get("silences")["silences"][0]["holds"] == [], what="the end of the host")
        self.watch.ask("silence", "cancel", "1")
        self.assertEqual(self.get("silences")["silences"], [])

    def test_comments_are_shown_and_kept(self):
        self.watch.ask("comment", "a/queue", "ask", "Max first", "--author", "geoff")
        self.watch.stop()
        self.watch.start()
        comments = self.watch.ask("comment", "list")["comments"]
        self.assertEqual([(row["author"], row["text"]) for row in comments], [("geoff", "ask Max first")])
        self.assertIn("geoff: ask Max first", self.watch.command("status", "a/queue").stdout)
        self.assertIn('"geoff" says: ask Max first', self.watch.command("why", "a/queue").stdout)
        self.watch.ask("comment", "cancel", "1")
        self.assertEqual(self.watch.ask("comment", "list")["comments"], [])

    def test_the_same_over_http(self):
        made = self.post("downtimes", {"match": "host=a", "duration": 3600, "comment": "<b>disk</b>"})
        self.assertEqual((made["id"], made["checks"]), (1, 1))
        row = self.get("downtimes")["downtimes"][0]
        self.assertEqual((row["kind"], row["author"], row["on"]), ("fixed", "deploy", True))
        self.assertEqual(row["until"] - row["since"], 3600)
        self.assertEqual(self.post("silences", {"host": "b", "check": "queue", "duration": 60, "owner": "u"})["id"], 1)
        self.assertEqual(self.post("comments", {"match": "a/queue", "text": "mind the disk"})["id"], 1)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/") as answer:
            page = answer.read().decode()
        self.assertIn("in downtime 1 of deploy: &lt;b&gt;disk", page)
        self.assertIn("in silence 1 of u", page)
        self.assertIn("deploy: mind the disk", page)
        self.assertIn("no such downtime: 9", self.post("downtimes", {"id": 9})["error"])
        self.assertIn("no such user", self.post("silences", {"match": "a", "duration": 60})["error"])
        self.post("downtimes", {"id": 1})
        self.post("silences", {"id": 1})
        self.post("comments", {"id": 1})
        self.assertEqual([self.get(name)[name] for name in ("downtimes", "silences", "comments")], [[], [], []])

    def test_what_cannot_be_is_refused(self):
        self.refused("the downtime ends before it begins", "downtime", "a", "--from", "+2h", "--until", "+1h")
        self.refused("a downtime may last 365d at most", "downtime", "a", "--for", "100y")
        self.refused("the end of the downtime is missing", "downtime", "a")
        self.refused("no such window", "downtime", "a", "--window", "nights")
        self.refused("no such downtime: 7", "downtime", "a", "--trigger", "7")
        self.refused("no such user as \"uu\"; did you mean \"u\"", "silence", "a", "--for", "1h", "--owner", "uu")
        self.refused("a silence may last 30d at most", "silence", "a", "--for", "31d", "--owner", "u")
        self.refused("an expression may not refer back", "silence", "host=/(a)\\1/", "--for", "1h", "--owner", "u")
        self.refused("not host, check, service or tag.NAME", "downtime", "hots=a", "--for", "1h")
        self.refused("no such check", "comment", "a/queues", "text")
        self.refused("no such silence: 3", "silence", "cancel", "3")
        self.refused("not an id", "downtime", "cancel", "all")
        self.assertEqual(self.get("downtimes"), {"downtimes": []})


if __name__ == "__main__":
    unittest.main()
