# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are told of a remediation that is judged, refused or held back, through the scheduler and its helper."""
import datetime
import unittest

from tests.support import BUILD, Place, run, wait_until
from tests.support.daemon import Watch

USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""
SERVICE = """service: queue
hosts: {q1: {}, q2: {}, q3: {}}
checks:
  depth:
    command: [check_queue, --type, spool, --queue, "%s/$HOSTNAME$", -c, "2"]
    every: 1s
    attempts: 1
    alert: {groups: [anns]}
    remediate: [fix]
"""


class Governed(unittest.TestCase):
    def setUp(self):
        self.place = Place("governed")
        self.addCleanup(self.place.close)
        self.folder = self.place.path / "spool"
        self.watch = Watch(self.place)
        self.watch.write("issues.yaml", "OPS-1: {state: open}\n")
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/queue.yaml", SERVICE % self.folder)
        for host in ("q1", "q2", "q3"):
            (self.folder / host).mkdir(parents=True)

    def begin(self, command, more=""):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("remediations.yaml", f"""remediations:
  fix: {{issue: OPS-1, owner: ann, tagged: {today}, ttl: 30d, diagnosed: false, cause: vendor, command: [{command}],
        may: {{run: [anns], approve: [anns]}}{more}}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
""")
        self.watch.start()
        for host in ("q1", "q2", "q3"):
            self.watch.wait_state(f"{host}/depth", "OK")

    def script(self, name, text):
        path = self.place.write(name, "#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def fill(self, host):
        for number in range(5):
            (self.folder / host / f"message{number}").write_text("x")

    def empty(self, host):
        for path in (self.folder / host).iterdir():
            path.unlink()

    def lines(self, event):
        return [line for line in self.watch.ledger() if line["event"] == event]

    def told(self, part):
        """The text of the mail in whose subject ${part} stands."""
        mail = wait_until(lambda: [m for m in self.watch.mails() if part in m["subject"]], what=f"a mail: {part}")[0]
        return mail.get_body(("plain",)).get_content()

    def test_a_check_that_recovers_before_the_run_begins(self):
        """The program is asked to act, and the check recovers while it still looks whether it should."""
        asked, go = self.place.path / "asked", self.place.path / "go"
        late = self.script("late", f"touch {asked}\nwhile [ ! -e {go} ]; do sleep 0.05; done\nexit 1\n")
        self.begin(f"run_command, --unless, {late}, --command, /bin/true")
        self.fill("q1")
        wait_until(asked.exists, what="the question of the program")
        self.empty("q1")
        self.watch.wait_state("q1/depth", "OK")
        self.assertEqual(self.watch.ledger(), [])
        go.touch()
        verdict = wait_until(lambda: self.lines("verdict"), what="the verdict")[0]
        self.assertEqual((verdict["verdict"], self.lines("end")[0]["outcome"]), ("moot", "fixed"))
        row = self.watch.ask("remediations")[0]
        self.assertEqual((row["runs"], row["fixed"]), (1, 0))
        self.assertIn("the check had recovered before the run began", self.watch.command("why", "q1/depth").stdout)

    def test_the_page_says_why_a_program_refused(self):
        self.begin("run_command, --unless, /bin/true, --command, /bin/true")
        self.fill("q1")
        text = self.told("the program refused to run")
        self.assertRegex(text, r'Reason: .*the program refused to run: .*"/bin/true"')

    def test_the_page_says_why_a_run_did_not_begin(self):
        self.place.write("var/diagnostics", "no folder")
        self.begin("run_command, --command, /bin/true", ", limits: {cooldown: 1h}")
        self.fill("q1")
        text = self.told("it did not begin")
        self.assertRegex(text, r"Reason: .*it did not begin: diagnostics failed: Not a directory: .*\(1 of 2\)")
        self.assertEqual([line["event"] for line in self.watch.ledger()], ["refused"])
        self.assertNotIn("a verdict is not in the ledger", self.watch.log())

    def test_a_limit_is_paged_with_its_name_and_end(self):
        self.begin("clean_spool, --directory, FOLDER/$HOSTNAME$".replace("FOLDER", str(self.folder)),
                   ", limits: {cooldown: 1h}")
        self.assertEqual(self.watch.command("remediate", "fix", "q1", "--author", "ann").returncode, 1)  # nothing to do
        done = self.watch.command("remediate", "fix", "q1", "--author", "ann")
        self.assertRegex(done.stderr, r"within the cooldown of 1h; it may run in (59m\d\ds|1h|60m)$")
        self.fill("q1")
        text = self.told("fix: the last run on this target was within the cooldown of 1h")
        self.assertRegex(text, r"Remediation: fix \(OPS-1\)")
        self.assertRegex(text, r"Next: +it may run at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+00:00, in (1h|[56]\dm)")
        self.assertRegex(self.watch.status("q1/depth")["remediation"], r"^fix: held back by its cooldown, until 20")

    def run_beside(self, host):
        """What the scheduler knows nothing of: somebody runs the program at a shell, for the same ledger."""
        today = datetime.datetime.now(datetime.timezone.utc).date()
        return run([BUILD / "remediations/clean_spool", "--directory", self.folder / host, "--issue", "OPS-1", "--ttl", "30d",
                    "--tagged", str(today), "--ledger", self.watch.state / "ledger.jsonl", "--remediation", "fix",
                    "--target", host])

    def test_a_limit_that_others_used_up_is_told_once_and_is_no_failure(self):
        self.begin(f'clean_spool, --directory, "{self.folder}/$HOSTNAME$"', ", limits: {max: 1 per 1h}")
        self.assertEqual(self.run_beside("q1").returncode, 1)
        self.fill("q1")
        text = self.told("fix: 1 runs on this target within 1h")
        self.assertRegex(text, r"Next: +it may run at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+00:00, in (1h|[56]\dm)")
        line, = self.lines("refused")
        self.assertEqual((line["limit"], line["run"]), ("max", "p1-fix-1"))
        self.assertRegex(self.watch.status("q1/depth")["remediation"], "^fix: held back by what the ledger tells, until 20")
        why = self.watch.command("why", "q1/depth").stdout
        self.assertIn('"fix" ended, it was held back: 1 runs on this target within 1h', why)
        done = self.watch.command("remediate", "fix", "q1", "--author", "ann")
        self.assertEqual(done.returncode, 1)
        self.assertIn("it was held back: 1 runs on this target within 1h; it may run at 20", done.stdout)
        self.watch.stop()
        self.watch.start()
        self.watch.wait_state("q1/depth", "CRITICAL")
        row, = self.watch.ask("remediations")
        self.assertEqual((row["runs"], row["failed"], row["refused"]), (1, 0, 2))
        self.assertEqual(len([m for m in self.watch.mails() if "REMEDIATION" in m["subject"]]), 1)
        self.assertEqual(len(list((self.folder / "q1").iterdir())), 5)

    def test_rest_counts_from_the_end_also_after_a_restart(self):
        """Else the frame, to which the ledger tells the end, would refuse what the scheduler began."""
        slow = self.script("slow", "sleep 4\n")
        self.begin(f"run_command, --command, {slow}", ", limits: {cooldown: 5s}, verify: {within: 1h}")
        self.watch.command("remediate", "fix", "q1", "--author", "ann")
        self.watch.stop()
        self.watch.start()
        self.fill("q1")
        wait_until(lambda: len(self.lines("begin")) == 2, what="the second run")
        self.assertEqual(self.lines("refused"), [])

    def test_who_may_not_approve_gets_no_link_to(self):
        self.watch.write("users.yaml", USERS.replace("users:\n", "users:\n  eve: {contacts: {alert: [{mail: eve@x.org}]}}\n") +
                         "  eves: {rota: [{window: always, users: [eve]}]}\n")
        site = self.watch.conf / "watchbill.yaml"
        site.write_text(site.read_text() + "url: http://watchbill.example.org/\n")
        self.begin("run_command, --command, /bin/true", ", mode: ask, approval: 1h")
        path = self.watch.conf / "services/queue.yaml"
        path.write_text(path.read_text().replace("[anns]", "[anns, eves]"))
        wait_until(lambda: "read anew" in self.watch.log(), what="the reload")
        self.fill("q1")
        asked = wait_until(lambda: len(mails := [m for m in self.watch.mails() if "approval" in m["subject"]]) == 2 and mails,
                           what="the mails that ask")
        texts = {mail["to"]: mail.get_body(("plain",)).get_content() for mail in asked}
        self.assertIn("Approve the remediation:", texts["ann@example.org"])
        self.assertNotIn("Approve the remediation:", texts["eve@x.org"])
        self.assertIn("within 1h by someone of anns; approve it by", " ".join(texts["eve@x.org"].split()))

    def test_what_has_not_run_has_no_diagnostics(self):
        self.begin("run_command, --command, /bin/true", ", mode: ask, approval: 1h")
        self.fill("q1")
        self.told("it asks for approval")
        self.assertRegex(self.watch.status("q1/depth")["remediation"], r"^fix: asks for approval, until [^;]*$")

    def test_a_dry_run_has_helped_nobody(self):
        self.begin("run_command, --command, /bin/true", ", mode: dry_run")
        self.fill("q1")
        wait_until(lambda: self.lines("rehearsal"), what="the rehearsal")
        why = wait_until(lambda: [line for line in self.watch.command("why", "q1/depth").stdout.splitlines()
                                  if '"fix" ended' in line], what="the end")[0]
        self.assertIn("ended, it was rehearsed: would run ", why)


if __name__ == "__main__":
    unittest.main()
