# SPDX-License-Identifier: GPL-3.0-or-later
"""What a message carries, from a scheduler to a real SMTP server."""
import datetime
import os
import signal
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch
from tests.support import faults, smtpd

MAIL = 'mail: {{from: watchbill@example.org, server: "smtp://127.0.0.1:{port}", tls: none}}'
PLUGIN = """#!/bin/sh
. {state}
printf '%s | load=3.5;5;10 temp=20\\n' "$text"
exit $code
"""
USERS = """
users:
  alice: {timezone: Europe/Berlin, contacts: {alert: [{mail: alice@example.org}, {mail: pager@example.org}]}}
  bob:   {contacts: {alert: [{mail: bob@example.org}]}}
groups:
  admins: {rota: [{users: [alice, bob]}]}
"""
SERVICE = """
service: www
hosts: {web: {address: 192.0.2.1}}
checks:
  load:
    command: [PLUGIN]
    every: 1s
    attempts: 1
    alert: {groups: [admins], repeat: 30m, info: "Look at <b> & \\"c\\"."}
    remediate: [restart]
  passive:
    attempts: 1
    alert: {groups: [admins]}
graphs:
  heat: {metrics: ["load.*"], overlay: [deploy, remediation]}
"""
REMEDIATIONS = """
remediations:
  restart:
    {issue: OPS-7, owner: alice, tagged: TODAY, ttl: 30d, diagnosed: false, cause: vendor, command: [run_command],
     on: {state: [CRITICAL], type: hard, after: 1h}}
trackers: {OPS: {type: redmine, url: "https://tracker.example.org"}}
"""


def parts(message):
    """The text, the hypertext and the picture of a message; None for what is not there."""
    found = {part.get_content_type(): part for part in message["letter"].walk() if not part.is_multipart()}
    picture = found.get("image/png")
    return (found["text/plain"].get_content().replace("\r\n", "\n"), found["text/html"].get_content(),
            picture.get_content() if picture else None)


class Letters(unittest.TestCase):
    def setUp(self):
        self.place = Place("letters")
        self.addCleanup(self.place.close)
        self.smtp = smtpd.start(self.place, tls=False)
        self.addCleanup(self.smtp.stop)
        self.watch = Watch(self.place, MAIL.format(port=self.smtp.port))
        self.says("all is well", 0)
        plugin = self.place.write("plugin", PLUGIN.format(state=self.place.path / "says"), 0o755)
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/www.yaml", SERVICE.replace("PLUGIN", str(plugin)))
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        self.watch.write("remediations.yaml", REMEDIATIONS.replace("TODAY", today))

    def says(self, text, code):
        self.place.write("says", f"text='{text}'\ncode={code}\n")

    def letter_to(self, address, kind="PROBLEM"):
        def arrived():
            return [m for m in self.smtp.messages() if m["to"] == [address] and m["subject"].startswith(kind)]
        return wait_until(arrived, what=f"the mail to {address}")[0]

    def test_a_problem_with_all_that_is_known(self):
        self.watch.start()
        self.watch.wait_state("web/load", "OK")
        stored = self.watch.state / "rrd/web/load/load.rrd"
        wait_until(stored.exists, what="the stored metric")
        self.says("it is <script>bad</script> & hot", 2)
        row = self.watch.wait_state("web/load", "CRITICAL")
        message = self.letter_to("alice@example.org")
        text, html, picture = parts(message)
        self.assertEqual(text.splitlines()[0], "PROBLEM: web/load is CRITICAL: it is <script>bad</script> & hot")
        self.assertEqual(message["subject"], text.splitlines()[0])
        for wanted in (f"Problem:   {row['problem']}\n", "State:     CRITICAL (hard, attempt 1 of 1)\n", "Last OK:   ",
                       "Told:      alice at alice@example.org, of the group admins: number 1 of 2 on its rota\n",
                       "Next:      told again at ", "web load: CRITICAL HARD\n", "restart (OPS-7): wait: ",
                       "https://tracker.example.org/issues/7\n", "Also told: alice at pager@example.org, ",
                       'Info:      Look at <b> & "c".\n'):
            self.assertIn(wanted, text)
        self.assertRegex(text, r"Since: +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00")
        self.assertIn("it is &lt;script&gt;bad&lt;/script&gt; &amp; hot", html)
        self.assertNotIn("<script", html)
        self.assertTrue(picture.startswith(b"\x89PNG\r\n\x1a\n") and picture.endswith(b"IEND\xaeB`\x82"))
        content_id = [p["Content-ID"] for p in message["letter"].walk() if p["Content-ID"]][0].strip("<>")
        self.assertIn(f'src="cid:{content_id}"', html)

    def post(self, *words):
        done = self.watch.command("event", "post", *words)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def red_lines(self):
        out = self.place.path / "heat.svg"
        done = self.watch.command("graph", "web/heat", "--from", "-1h", "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        return out.read_text().count("75.294118%,18.823529%,18.823529%")

    def test_a_deploy_is_told_and_drawn(self):
        self.watch.start()
        self.watch.wait_state("web/load", "OK")
        wait_until((self.watch.state / "rrd/web/load/load.rrd").exists, what="the stored metric")
        before = self.red_lines()
        self.post("--subject", "web", "--name", "deploy", "--tag", "version=4.3", "--tag", "by=\u00e4")
        self.post("--subject", "www", "--name", "deploy", "--data", '{"text": "of the whole service"}')
        self.post("--subject", "other", "--name", "deploy")
        self.post("--subject", "web", "--name", "heat", "--type", "metric", "--value", "3.5")
        def deploys():
            rows = [r for r in self.watch.ask("events")["events"] if r["name"] == "deploy"]
            return rows if len(rows) == 3 else None
        rows = wait_until(deploys, what="the events")
        self.assertEqual([r["subject"] for r in rows], ["other", "www", "web"])
        self.assertEqual(rows[2]["data"]["tags"], {"version": "4.3", "by": "\u00e4"})
        wait_until(lambda: self.red_lines() > before, what="the deploy in the graph")
        self.says("hot", 2)
        text, _, _ = parts(self.letter_to("alice@example.org"))
        before = text.split("What happened before:\n")[1].split("\n\n")[0]
        self.assertRegex(before, r"(?m)^\d\d:\d\d:\d\d  web deploy: .*version=4\.3 by=\u00e4$")
        self.assertIn("www deploy: text=of the whole service", before)
        self.assertNotIn("other", before)
        self.assertNotIn("heat", before)

    def test_events_that_are_refused(self):
        self.watch.start()
        for words, sentence in ((("--subject", "web"), "--name"),
                                (("--subject", "web", "--name", "x", "--tag", "y"), 'a tag is KEY=VALUE, not "y"'),
                                (("--subject", "web", "--name", "x", "--data", "[]"), "the data are no JSON object"),
                                (("--subject", "web", "--name", "x", "--type", "metric"), 'a metric needs a "value"'),
                                (("--subject", "a\nb", "--name", "x"), "control character")):
            done = self.watch.command("event", "post", *words)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(sentence, done.stderr)

    def test_without_a_picture_when_there_is_none_to_draw(self):
        self.watch.start()
        self.watch.command("submit", "web/passive", "2", "broken\nwith more")
        text, html, picture = parts(self.letter_to("alice@example.org"))
        self.assertIn("\nbroken\nwith more\n", text)
        self.assertNotIn("<img", html)
        self.assertIsNone(picture)

    def test_hostile_output_makes_no_header(self):
        self.watch.start()
        self.watch.command("submit", "web/passive", "2", "x\rBcc: evil@example.org\r\nSubject: other " + "y" * 40000)
        message = self.letter_to("alice@example.org")
        self.assertIsNone(message["letter"]["Bcc"])
        self.assertEqual(len(message["letter"].get_all("Subject")), 1)
        self.assertTrue(all(len(line) <= 998 for line in message["raw"].split(b"\r\n")))
        self.assertLess(len(message["subject"]), 210)

    def test_a_series_child_that_hangs_costs_the_picture_alone(self):
        self.watch.start()
        self.watch.wait_state("web/load", "OK")
        wait_until((self.watch.state / "rrd/web/load/load.rrd").exists, what="the stored metric")
        for pid in faults.descendants(self.watch.process.pid, "watchbill-series"):
            os.kill(pid, signal.SIGSTOP)
        self.says("hot", 2)
        text, _, picture = parts(self.letter_to("alice@example.org"))
        self.assertIn("web/load is CRITICAL: hot", text)
        self.assertIsNone(picture)
        self.assertIn("it was not drawn in time", self.watch.log())
