# SPDX-License-Identifier: GPL-3.0-or-later
"""Remediations that people start and approve, over several hosts, with a queue that fills: who may, in which order, what
the ledger holds, and what the check says of each run."""
import contextlib
import datetime
import json
import os
import re
import sqlite3
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from tests.support import BUILD, Place, wait_until
from tests.support.daemon import Watch

KEY = "world.reviews"  # of the setting in the journal
USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann-pager@example.org}]}}
  bob: {contacts: {notify: [{mail: bob@example.org}], alert: [{mail: bob@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
  bobs: {rota: [{window: always, users: [bob]}]}
"""
REMEDIATIONS = """limits: {{concurrency: 4}}
remediations:
  clean:
    issue: OPS-1
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, "{folder}/$HOSTNAME$"]
    on: {{state: [CRITICAL], type: hard}}
    verify: {{within: 20s}}
    limits: {{concurrency: 3}}
    mode: ask
    approval: 1h
    may: {{run: [bobs], approve: [anns]}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""
SERVICE = """service: queue
hosts: {{q1: {{address: 127.0.0.1}}, q2: {{address: 127.0.0.1}}, q3: {{address: 127.0.0.1}}}}
checks:
  depth:
    command: [check_queue, --type, spool, --queue, "{folder}/$HOSTNAME$", -c, "2"]
    every: 1s
    attempts: 1
    alert: {{groups: [anns]}}
    remediate: [clean]
"""


class Hand(unittest.TestCase):
    def setUp(self):
        self.place = Place("hand")
        self.addCleanup(self.place.close)
        self.folder = self.place.path / "spool"
        self.watch = Watch(self.place)
        self.watch.write("issues.yaml", "OPS-1: {title: consumers die, state: open}\n")
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("users.yaml", USERS)
        self.watch.write("remediations.yaml", REMEDIATIONS.format(today=today, folder=self.folder))
        self.watch.write("services/queue.yaml", SERVICE.format(folder=self.folder))
        for host in ("q1", "q2", "q3"):
            self.fill(host, 0)
        self.watch.start()
        for host in ("q1", "q2", "q3"):
            self.watch.wait_state(f"{host}/depth", "OK")

    def fill(self, host, count):
        (self.folder / host).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (self.folder / host / f"message{number}").write_text("x")

    def lines(self, event):
        return [line for line in self.watch.ledger() if line["event"] == event]

    def test_it_asks_and_a_person_approves(self):
        self.fill("q2", 5)
        self.watch.wait_state("q2/depth", "CRITICAL")
        asked = wait_until(lambda: [m for m in self.watch.mails() if "remediation approve" in m["subject"]],
                           what="the mail that asks")[0]
        run = asked["subject"].split("remediation approve ")[1].split('"')[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/") as page:
            self.assertIn("remediation clean: asks for approval, until ", page.read().decode())
        done = self.watch.command("remediation", "approve", run, "--author", "bob")
        self.assertEqual((done.returncode, "no group that may approve" in done.stderr), (1, True), done.stderr)
        done = self.watch.command("remediation", "approve", run, "--author", "ann")
        self.assertEqual((done.returncode, done.stdout), (0, f"approved {run}\n"), done.stderr)
        self.watch.wait_state("q2/depth", "OK")
        verdict = wait_until(lambda: self.lines("verdict"), what="the verdict")[0]
        self.assertEqual((verdict["run"], verdict["verdict"], verdict["paged"]), (run, "fixed", True))
        begin = self.lines("begin")[0]
        self.assertEqual((begin["run"], begin["author"], begin["target"]), (run, "ann", "q2"))
        done = self.watch.command("remediation", "approve", run, "--author", "ann")
        self.assertEqual(done.returncode, 1)

    @unittest.skipUnless(os.geteuid() == 0, "it takes root to call as another user")
    def test_only_root_may_act_as_another(self):
        self.watch.write("users.yaml", USERS.replace("users: [ann]", "users: [ann, nobody]").replace(
            "users:\n", "users:\n  nobody: {contacts: {alert: [{mail: n@example.org}]}}\n", 1))
        self.fill("q2", 5)
        asked = wait_until(lambda: [m for m in self.watch.mails() if "remediation approve" in m["subject"]],
                           what="the mail that asks")[0]
        run = asked["subject"].split("remediation approve ")[1].split('"')[0]
        for folder in (self.place.path, self.watch.state):
            folder.chmod(0o755)
        (self.watch.state / "control.sock").chmod(0o666)

        def approve(*words):
            return subprocess.run([BUILD / "bin/watchbill", "--conf", self.watch.conf, "remediation", "approve", run, *words],
                                  capture_output=True, text=True, timeout=30, user="nobody", group="nogroup", check=False)
        done = approve("--author", "ann")
        self.assertIn('"nobody" may not act as "ann": only root and the scheduler', done.stderr)
        self.assertEqual((done.returncode, self.lines("begin")), (1, []))
        done = wait_until(lambda: (d := approve()).returncode == 0 and d, what="the approval in its own name")
        self.assertEqual(wait_until(lambda: self.lines("begin"), what="the run")[0]["author"], "nobody")

    def test_the_link_of_the_mail_approves(self):
        url = f"http://127.0.0.1:{self.watch.port()}/"
        self.watch.write("watchbill.yaml", (self.watch.conf / "watchbill.yaml").read_text() + f"url: {url}\n")
        wait_until(lambda: "configuration" in self.watch.log().rsplit("the page is at", 1)[1], what="the reload")
        self.fill("q2", 5)
        mail = wait_until(lambda: [m for m in self.watch.mails() if "remediation approve" in m["subject"]],
                          what="the mail that asks")[0]
        text = mail.get_body(("plain",)).get_content()
        link = re.search(r"http://\S+/approve\?\S+", text).group(0)
        with urllib.request.urlopen(link) as page:  # opening it changes nothing
            self.assertIn("Approve as ann", page.read().decode())
        self.assertEqual(self.lines("begin"), [])
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(link.replace("/approve?", "/acknowledge?").replace("-1&", "-2&"), data=b"")
        self.assertEqual(refused.exception.code, 403)
        with urllib.request.urlopen(link, data=b"") as page:
            self.assertIn("is approved", page.read().decode())
        self.watch.wait_state("q2/depth", "OK")
        self.assertEqual(self.lines("begin")[0]["author"], "ann")

    def test_by_hand_on_one_host(self):
        self.fill("q1", 1)
        done = self.watch.command("remediate", "clean", "q1", "--author", "ann")
        self.assertEqual((done.returncode, "no group that may run" in done.stderr), (1, True), done.stderr)
        done = self.watch.command("remediate", "clean", "q1", "--author", "bob", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("would", done.stdout)
        self.assertEqual(len(list((self.folder / "q1").iterdir())), 1)
        done = self.watch.command("remediate", "clean", "q1", "--author", "bob")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(list((self.folder / "q1").iterdir()), [])
        begin = self.lines("begin")[-1]
        self.assertEqual((begin["author"], begin["target"]), ("bob", "q1"))
        self.fill("q1", 1)
        answer = self.watch.ask("remediate", "clean", "q1", "--author", "bob")
        self.assertEqual((answer["host"], answer["end"]), ("q1", "it helped"))
        for words, expected in ((("claen", "q1"), 'no such remediation: "claen"; did you mean "clean"'),
                                (("clean", "q0"), 'no such host: "q0"; did you mean "q')):
            done = self.watch.command("remediate", *words, "--author", "bob")
            self.assertEqual((done.returncode, expected in done.stderr), (1, True), done.stderr)
        self.assertTrue(begin["run"].startswith("hand-"))

    def test_rolling_over_many_hosts(self):
        for host in ("q1", "q2", "q3"):
            self.fill(host, 1)
        done = self.watch.command("remediate", "clean", "--hosts", "^q[123]$", "--author", "bob", seconds=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        story = [line.split(": ")[:2] for line in done.stdout.splitlines()]
        self.assertEqual(story, [["q1", "start"], ["q2", "wait"], ["q1", "end"], ["q2", "start"], ["q3", "wait"],
                                 ["q2", "end"], ["q3", "start"], ["q3", "end"]])
        self.assertEqual([line["target"] for line in self.lines("begin")], ["q1", "q2", "q3"])
        ends = {line["run"]: index for index, line in enumerate(self.watch.ledger()) if line["event"] == "end"}
        begins = [(index, line["run"]) for index, line in enumerate(self.watch.ledger()) if line["event"] == "begin"]
        for (_, before), (index, _) in zip(begins, begins[1:]):
            self.assertLess(ends[before], index)  # one at a time

    def test_rolling_stops_at_what_does_not_help(self):
        (self.folder / "q1").rmdir()
        self.fill("q2", 1)
        done = self.watch.command("remediate", "clean", "--hosts", "q", "--author", "bob", seconds=120)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("q2: not started: a run before it did not help\n", done.stdout)
        self.assertEqual(len(list((self.folder / "q2").iterdir())), 1)
        done = self.watch.command("remediate", "clean", "--hosts", "q", "--author", "bob", "--keep-going",
                                  "--concurrency", "2", seconds=120)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(list((self.folder / "q2").iterdir()), [])

    def test_rolling_keeps_to_the_limits(self):
        """More at once than the configuration allows would be refused, and the hosts behind would not be done."""
        path = self.watch.conf / "remediations.yaml"
        path.write_text(path.read_text().replace("limits: {concurrency: 3}", "limits: {share: 67%}"))
        wait_until(lambda: "read anew" in self.watch.log(), what="the reload")
        for host in ("q1", "q2", "q3"):
            self.fill(host, 1)
        done = self.watch.command("remediate", "clean", "--hosts", "q", "--concurrency", "3", "--author", "bob",
                                  "--json", seconds=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('1 at once, because the limits of "clean" allow no more', done.stderr)
        story = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(line["host"], line["event"]) for line in story],
                         [("q1", "start"), ("q2", "wait"), ("q1", "end"), ("q2", "start"), ("q3", "wait"), ("q2", "end"),
                          ("q3", "start"), ("q3", "end")])
        self.assertRegex(story[2]["text"], "^it helped: ")

    def test_every_owner_gets_the_review(self):
        """The scheduler was down when the review was due: it comes with the start."""
        self.fill("q1", 1)
        self.assertEqual(self.watch.command("remediate", "clean", "q1", "--author", "bob").returncode, 0)
        self.watch.stop()
        with contextlib.closing(sqlite3.connect(self.watch.state / "journal.db")) as journal, journal:
            reviews = json.loads(journal.execute("SELECT data FROM settings WHERE key = ?", (KEY,)).fetchone()[0])
            self.assertEqual([review["owner"] for review in reviews], ["ann"])
            reviews[0]["due"] = int(time.time() * 1000) - 1000
            journal.execute("UPDATE settings SET data = ? WHERE key = ?", (json.dumps(reviews), KEY))
        self.watch.start()
        mail = wait_until(lambda: [m for m in self.watch.mails() if m["subject"].startswith("REVIEW")],
                          what="the review")[0]
        self.assertEqual(mail["to"], "ann@example.org")
        text = mail.get_body(("plain",)).get_content()
        rows = [line.split() for line in text.splitlines() if line.strip().startswith("OPS-1")]
        self.assertEqual(rows[0][:3], ["OPS-1", "clean", "1"], text)

    def test_misuse(self):
        for words in (("clean",), ("clean", "q1", "--hosts", "q"), ("clean", "--hosts", "("), ("clean", "--hosts", "zz"),
                      ("nothing", "--hosts", "q"), ("clean", "q1", "--concurrency", "0")):
            self.assertEqual(self.watch.command("remediate", *words).returncode, 3, words)
        self.assertEqual(self.watch.command("remediate", "clean", "q9", "--author", "bob").returncode, 1)


if __name__ == "__main__":
    unittest.main()
