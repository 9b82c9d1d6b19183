# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of alerts and the scripts that fill them, from the file to the mail."""
import json
import re
import unittest

from tests.support import Place, wait_until
from tests.support.daemon import Watch

USERS = """
users: {bob: {name: Bob B., timezone: Europe/Berlin, contacts: {alert: [{mail: bob@example.org}]}}}
groups: {g: {rota: [{users: [bob]}]}}
"""
SERVICE = """service: www
hosts: {a: {address: 192.0.2.7, vars: {rack: "<7>"}}}
checks:
  one: {attempts: 1, alert: {groups: [g], info: "an <info>", %s}}
  two: {attempts: 1, alert: {groups: [g], %s}}
"""
TEXT = """$NOTIFICATIONTYPE$: $HOSTNAME$ ($HOSTADDRESS$, rack $_HOSTRACK$) $SERVICEDESC$ is $SERVICESTATE$/$SERVICESTATEID$
since $SERVICEDURATIONSEC$ s, problem $SERVICEPROBLEMID$, attempt $SERVICEATTEMPT$/$MAXSERVICEATTEMPTS$ $SERVICESTATETYPE$
out=$SERVICEOUTPUT$ long=$LONGSERVICEOUTPUT$ notes=$SERVICENOTES$ group=$HOSTGROUPNAME$
to $CONTACTNAME$ ($CONTACTALIAS$, $CONTACTEMAIL$) by $URGENCY$ at $LONGDATETIME$, $TIMET$, costs 5 $$
"""
HTML = """<html><body><h1>$SUBJECT$</h1><p title="$SERVICEOUTPUT$">$_HOSTRACK$ &copy; $SERVICEOUTPUT$</p>
<pre>$EVENTS$</pre><a href="$ACKURL$">ack</a><p>$_ALERTRUNBOOK$ $_ALERTCOUNT$</p></body></html>
"""
SCRIPT = """#!/usr/bin/python3
import json, sys
event = json.load(sys.stdin)
json.dump(event, open(sys.argv[1], "w"))
print(json.dumps({"RUNBOOK": "<" + event["check"] + ">", "COUNT": len(event["members"])}))
"""


class Templates(unittest.TestCase):
    def setUp(self):
        self.place = Place("templates")
        self.addCleanup(self.place.close)
        self.watch = Watch(self.place, "mail: {from: w@example.org, spool: ../var/mail}\nurl: https://w.example.org/")
        self.watch.write("users.yaml", USERS)
        self.watch.write("templates/a.txt", TEXT)

    def configure(self, one="template: templates/a.txt", two=""):
        self.watch.write("services/www.yaml", SERVICE % (one, two))

    def script(self, text):
        self.watch.write("templates/fill", text).chmod(0o755)
        self.configure("template: templates/a.txt, template_html: templates/a.html, "
                       f"template_script: [templates/fill, {self.place.path}/event]")
        self.watch.write("templates/a.html", HTML)

    def letter(self, text="out <x>\nmore & more", check="a/one", number=1):
        self.assertEqual(self.watch.command("submit", check, "2", text).returncode, 0)
        mails = wait_until(lambda: self.watch.mails() if len(self.watch.mails()) >= number else None, what="the mail")
        return mails[number - 1]

    @staticmethod
    def parts(letter):
        html = letter.get_body(("html",))
        return (letter.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                html.get_content().replace("\r\n", "\n") if html else None)

    def test_text_with_the_macros_of_nagios(self):
        self.configure()
        self.watch.start()
        letter = self.letter()
        text, html = self.parts(letter)
        self.assertIsNone(html)
        lines = text.split("\n")
        self.assertEqual(lines[0], "PROBLEM: a (192.0.2.7, rack <7>) one is CRITICAL/2")
        self.assertRegex(lines[1], r"^since \d+ s, problem 1, attempt 1/1 HARD$")
        self.assertEqual(lines[2], "out=out <x> long=more & more notes=an <info> group=www")
        self.assertRegex(lines[3], r"^to bob \(Bob B\., bob@example\.org\) by alert at "
                         r"\w{3} \w{3} \d+ \d\d:\d\d:\d\d \+0[12]:00 \d{4}, \d{10}, costs 5 \$$")
        self.assertEqual(letter["Subject"], "PROBLEM: a/one is CRITICAL: out <x>")

    def test_hypertext_and_a_script(self):
        self.script(SCRIPT)
        self.watch.start()
        text, html = self.parts(self.letter('out <x> "$HOSTNAME$"'))
        self.assertIn('out=out <x> "$HOSTNAME$" long=', text)   # a value that looks like a macro stays
        self.assertIn('<p title="out &lt;x&gt; &quot;$HOSTNAME$&quot;">&lt;7&gt; &copy; out', html)
        self.assertIn("<p>&lt;one&gt; 1</p>", html)
        self.assertRegex(html, r'<a href="https://w\.example\.org/acknowledge\?subject=a%2Fone&amp;problem=1&amp;user=bob')
        self.assertIn("a one: CRITICAL HARD", html)
        event = json.loads((self.place.path / "event").read_text())
        self.assertEqual((event["kind"], event["host"], event["check"], event["user"]), ("PROBLEM", "a", "one", "bob"))
        self.assertEqual(set(event) & {"mail", "to", "address", "token_file"}, set())

    def test_a_script_that_fails_costs_the_template_alone(self):
        for script, sentence in (("#!/bin/sh\nexit 3\n", "the template script failed (3)"),
                                 ("#!/bin/sh\nkill -9 $$\n", "the template script failed (9)"),
                                 ("#!/bin/sh\necho rubbish\n", "the template script printed no JSON map"),
                                 ("#!/bin/sh\necho '[1]'\n", "the template script printed no JSON map"),
                                 ("#!/bin/sh\nhead -c 100000 /dev/zero\n", "printed more than 65536 bytes"),
                                 ("#!/bin/sh\necho '{}'\n", 'unknown macro "$_ALERTRUNBOOK$"'),
                                 ("#!/bin/sh\nsleep 100\n", "the template script did not end within 10 s")):
            with self.subTest(sentence):
                self.setUp()
                self.script(script)
                self.watch.start()
                text, html = self.parts(self.letter())
                self.assertTrue(text.startswith("PROBLEM: a/one is CRITICAL: out <x>\n\nState: "), text)
                self.assertEqual(len(re.findall("(?m)^.*these are the built-in words\\.$", text)), 1, text)
                self.assertIn(sentence, text)
                self.assertIn("these are the built-in words.", html)
                self.assertIn(sentence, self.watch.log())
                self.watch.stop()

    def check(self, *sentences):
        done = self.watch.command("config", "check")
        self.assertEqual(done.returncode, 1)
        for sentence in sentences:
            self.assertIn(sentence, done.stdout + done.stderr)

    def test_mistakes_are_found_ahead(self):
        self.watch.write("templates/a.txt", "one\ntwo $HOSTNAM$ $HOSTNAME$ $\n$NOSUCHMACRO$ $_ALERTX$\n")
        self.watch.write("templates/b.txt", "costs $5")
        self.configure("template: templates/a.txt, template_html: templates/none.html", "template: templates/b.txt")
        self.check('templates/a.txt:2:5: unknown macro "$HOSTNAM$"; did you mean "$HOSTNAME$"',
                   "templates/b.txt:1:7: a \"$\" that begins no macro",
                   "services/www.yaml:4:", "none.html\" cannot be read: No such file or directory")
        self.configure("template_script: [templates/none]", "template_script: [nowhere]")
        self.check("services/www.yaml:4:", "none\" cannot be run: No such file", '"nowhere" needs a path')
        self.watch.write("templates/a.txt", "x" * 70000)
        self.configure()
        self.check("cannot be read: File too large")

    def test_a_changed_template_is_used(self):
        self.configure()
        self.watch.start()
        self.letter()
        self.watch.write("templates/a.txt", "new words for $HOSTNAME$\n")
        wait_until(lambda: "the configuration was read anew" in self.watch.log(), what="the new template")
        self.watch.command("submit", "a/one", "0", "fine")
        self.watch.wait_state("a/one", "OK")
        letter = wait_until(lambda: self.watch.mails()[1:], what="the recovery")[0]
        self.assertEqual(self.parts(letter)[0], "new words for a\n")

    def test_a_message_of_several_checks_lists_them(self):
        self.watch.write("templates/a.txt", "$SERVICESTATE$ on $HOSTNAME$\n")
        self.configure("template: templates/a.txt, group_wait: 2s", "template: templates/a.txt, group_wait: 2s")
        self.watch.start()
        self.watch.command("submit", "a/one", "2", "first")
        text, _ = self.parts(self.letter("second", "a/two"))
        self.assertTrue(text.startswith("CRITICAL on a\n"), text)
        self.assertIn("CRITICAL a/one since ", text)
        self.assertIn("CRITICAL a/two since ", text)
        self.assertIn(": second", text)
