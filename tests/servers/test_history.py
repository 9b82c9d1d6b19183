# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduler's own history: exported and replayed it gives the decisions that were made."""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import unittest

from tests.support import BUILD, Place, wait_until
from tests.support.daemon import Watch

USERS = """
users:
  anna: {contacts: {alert: [{mail: anna@example.org}], notify: [{mail: anna-later@example.org}]}}
  bob:  {contacts: {alert: [{mail: bob@example.org}]}}
groups:
  admins: {rota: [{window: always, users: [anna, bob]}]}
  others: {rota: [{window: always, users: [bob]}]}
"""
SERVICE = """
service: web
hosts:
  web1: {address: 127.0.0.1, alive: ping}
  web2: {address: 127.0.0.1, alive: ping, parents: [web1]}
checks:
  ping: {command: [/bin/sh, %(script)s, $HOSTNAME$, ping], every: 1s, retry: 1s, attempts: 1,
         alert: {groups: [admins], repeat: 3s}}
  http: {command: [/bin/sh, %(script)s, $HOSTNAME$, http], every: 1s, retry: 1s, attempts: 2, remediate: [clean],
         flapping: {low: 20, high: 30}, alert: {groups: [%(group)s], repeat: 2s}}
  disk: {command: [/bin/sh, %(script)s, $HOSTNAME$, disk], every: 1s, attempts: 1, depends_on: [http],
         alert: {groups: [others, admins], delay: 1s, repeat: 4s}}
  push: {attempts: 1, alert: {groups: [others]}}
"""
REMEDIATIONS = """
trackers: {OPS: {type: file, path: issues.yaml}}
remediations:
  clean: {issue: OPS-1, owner: anna, tagged: 2026-11-01, ttl: 3000d, diagnosed: true, cause: hardware, user: root,
          command: [run_command, --command, /bin/true], on: {state: [CRITICAL], type: hard, after: 1s},
          limits: {cooldown: 3s, max: 5 per 1h}, verify: {within: 2s}}
"""
CHECKS = [(host, check) for host in ("web1", "web2") for check in ("ping", "http", "disk")]


class History(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.place = Place("history")
        self.addCleanup(self.place.close)
        self.watch = Watch(self.place)
        (self.place.path / "exits").mkdir()
        self.script = self.place.write("check.sh", 'echo "$1 $2"; exit "$(cat %s/exits/$1-$2)"\n' % self.place.path)
        for host, check in CHECKS:
            self.set(host, check, 0)
        self.watch.write("users.yaml", USERS)
        self.watch.write("issues.yaml", "OPS-1: {title: it stays down, state: open}\n")
        self.watch.write("remediations.yaml", REMEDIATIONS)
        self.write_service("admins")
        with open(self.watch.conf / "watchbill.yaml", "a", encoding="ascii") as site:
            site.write("alerting: {hold: 1s, grace: 2s}\n")

    def write_service(self, group):
        self.watch.write("services/web.yaml", SERVICE % {"script": self.script, "group": group})

    def set(self, host, check, code):
        path = self.place.path / "exits" / f"{host}-{check}"
        path.with_suffix(".new").write_text(str(code))
        os.replace(path.with_suffix(".new"), path)

    def decisions(self):
        with sqlite3.connect(f"file:{self.watch.state}/journal.db?mode=ro", uri=True) as base:
            rows = base.execute("SELECT at, subject, name, data FROM decisions ORDER BY id").fetchall()
        base.close()
        return [(at, subject, name, json.loads(data)) for at, subject, name, data in rows]

    def export(self, *words):
        done = self.watch.command("journal", "export", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def replay(self, timeline, *words):
        done = subprocess.run([BUILD / "bin/watchbill", "simulate", "--conf", self.watch.conf, *words],
                              input=timeline, capture_output=True, encoding="utf-8", timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def compare(self, timeline):
        """Exactly, to the millisecond; but of states only what the journal keeps: not each attempt."""
        def key(at, subject, name, data):
            words = [data[key] for key in ("type", "state", "state_type", "attempt", "reason", "kind", "to", "urgency",
                                           "channel", "message_id", "members", "remediation", "decision", "run", "problem")
                     if key in data]
            return (at, subject, name, *map(str, words))
        made = sorted(key(*row) for row in self.decisions() if row[3]["type"] != "note")
        replayed = sorted(key(round(each["at"] * 1000), each["subject"], each["name"], each)
                          for each in self.replay(timeline))
        kept = set(made)
        replayed = [each for each in replayed if each in kept or each[3] != "state"]
        only_made = [each for each in made if each not in set(replayed)]
        only_replayed = [each for each in replayed if each not in kept]
        self.assertEqual((only_made[:5], only_replayed[:5]), ([], []), self.place.path)
        self.assertEqual(made, replayed)
        return made

    def some_trouble(self, dice, rounds):
        for _ in range(rounds):
            host, check = dice.choice(CHECKS)
            self.set(host, check, dice.choice((0, 0, 1, 2)))
            before = self.watch.status(f"{host}/{check}")["last"]
            wait_until(lambda h=host, c=check, b=before: self.watch.status(f"{h}/{c}")["last"] > b)
            if dice.random() < 0.3:
                self.watch.command("submit", "web1/push", str(dice.choice((0, 2))), "pushed")
            if dice.random() < 0.3:
                self.watch.command("ack", f"{host}/{check}", "--for", "2s", "--comment", "looking")
            if dice.random() < 0.2:
                self.watch.command("unack", f"{host}/{check}")
            if dice.random() < 0.2:
                self.watch.ask("downtime", f"{host}/{check}", "--for", "2s", "--comment", "work")
            if dice.random() < 0.2:
                self.watch.ask("silence", f"check={check}", "--owner", "anna", "--for", "3s", "--comment", "known")

    def test_replay_makes_the_same_decisions(self):
        seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
        dice = random.Random(seed)
        print(f"SEED={seed}", flush=True)
        first = self.place.path / "first"
        shutil.copytree(self.watch.conf, first)
        self.watch.start()
        self.some_trouble(dice, 6)
        self.watch.kill()
        self.watch.start()
        self.some_trouble(dice, 4)
        self.write_service("others")
        wait_until(lambda: "read anew" in self.watch.log(), what="the reload")
        self.some_trouble(dice, 4)
        running = self.export()
        self.watch.stop()
        timeline = self.export()
        self.assertTrue(timeline.startswith(running))
        lines = [json.loads(line) for line in timeline.splitlines()]
        self.assertEqual([line["do"] for line in lines if line.get("do") in ("begin", "restart", "reload")],
                         ["begin", "restart", "reload"])
        self.assertEqual(lines[0]["generation"], lines[[line.get("do") for line in lines].index("restart")]["generation"])
        whole = "".join(json.dumps({**line, "conf": str(first if line["do"] != "reload" else self.watch.conf)}
                                   if line.get("do") in ("restart", "reload") else line) + "\n" for line in lines)
        second = self.watch.conf
        self.watch.conf = first
        made = self.compare(whole)
        self.watch.conf = second
        kinds = {each[3] for each in made}
        self.assertLessEqual({"alert", "quiet", "state"}, kinds)
        results = sum("exit" in line for line in lines)
        print(f"{len(lines)} lines, {results} results, {len(made)} decisions", flush=True)

    def test_what_does_not_matter_is_no_line(self):
        self.watch.start()
        for host, check in CHECKS:
            self.watch.wait_state(f"{host}/{check}", "OK")
        first = self.watch.status("web1/http")["last"]
        wait_until(lambda: self.watch.status("web1/http")["last"] > first + 4)
        lines = [json.loads(line) for line in self.export().splitlines()]
        self.assertEqual(len([line for line in lines if "exit" in line]), len(CHECKS))
        self.watch.stop()
        timeline = self.export()
        self.assertEqual(json.loads(timeline.splitlines()[-1])["do"], "tick")
        self.replay(timeline)
        self.write_service("others")
        done = subprocess.run([BUILD / "bin/watchbill", "simulate", "--conf", self.watch.conf], input=timeline,
                              capture_output=True, encoding="utf-8", timeout=60)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (0, 1))
        self.assertIn(f'line 1: it was recorded with another configuration than that in "{self.watch.conf}"', done.stderr)


if __name__ == "__main__":
    unittest.main()
