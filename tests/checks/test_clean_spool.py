# SPDX-License-Identifier: GPL-3.0-or-later
"""clean_spool, and with it the frame that every remediation shares."""
import datetime
import hashlib
import json
import os
import pathlib
import unittest

from tests.support import BUILD, Place, run

PROGRAM = BUILD / "remediations" / "clean_spool"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


class Spool(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.spool = self.place.path / "spool"
        self.spool.mkdir()
        self.ledger = self.place.path / "state" / "ledger.jsonl"

    def fill(self, *names):
        for name in names:
            (self.spool / name).write_text("x" * 10)

    def names(self):
        return sorted(path.name for path in self.spool.iterdir())

    def act(self, *more, issue="OPS-1", ttl="30d", tagged=None, directory=None, **keywords):
        argv = [PROGRAM, "--directory", directory or self.spool, "--ledger", self.ledger]
        argv += ["--issue", issue] if issue else []
        argv += ["--ttl", ttl] if ttl else []
        argv += ["--tagged", tagged or day(0)] if tagged != "" else []
        return run(argv + list(more), **keywords)

    def lines(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]


class Cleaning(Spool):
    def test_deletes_regular_files_only(self):
        self.fill("a", "b", ".hidden")
        (self.spool / "folder").mkdir()
        (self.spool / "folder" / "inside").write_text("x")
        outside = self.place.write("outside", "x")
        (self.spool / "link").symlink_to(outside)
        (self.spool / "linked-folder").symlink_to(self.place.path)
        os.mkfifo(self.spool / "pipe")
        result = self.act()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, f'clean_spool: fixed: deleted 3 files, 30 bytes in "{self.spool}"\n')
        self.assertEqual(self.names(), ["folder", "link", "linked-folder", "pipe"])
        self.assertTrue((self.spool / "folder" / "inside").exists())
        self.assertTrue(outside.exists())

    def test_pattern_and_age_narrow(self):
        self.fill("old.tmp", "new.tmp", "old.dat")
        for name in ("old.tmp", "old.dat"):
            os.utime(self.spool / name, (1, 1))
        self.assertEqual(self.act("--pattern", "*.tmp", "--older-than", "1h").returncode, 0)
        self.assertEqual(self.names(), ["new.tmp", "old.dat"])

    def test_nothing_to_delete_is_no_effect(self):
        result = self.act()
        self.assertEqual(result.returncode, 1)
        self.assertIn("no effect", result.stdout)
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "no_effect")

    def test_refuses_what_is_no_spool(self):
        link = self.place.path / "link"
        link.symlink_to(self.spool)
        for directory, words in (("/", "root directory"), ("/../.", "root directory"), (link, "not a directory"),
                                 (PROGRAM, "not a directory"), (self.place.path / "none", "No such file")):
            result = self.act(directory=directory)
            self.assertEqual(result.returncode, 3, directory)
            self.assertIn(words, result.stderr)
        self.assertFalse(self.ledger.exists())

    @unittest.skipIf(os.geteuid() == 0 and not pathlib.Path("/usr/bin/setpriv").exists(), "needs setpriv")
    def test_says_what_it_could_not_delete(self):
        self.fill("a", "b")
        self.spool.chmod(0o555)
        self.ledger.parent.mkdir(mode=0o777)
        self.ledger.parent.chmod(0o777)
        prefix = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        result = run(prefix + [PROGRAM, "--directory", self.spool, "--ledger", self.ledger, "--issue", "OPS-1",
                               "--ttl", "1d", "--tagged", day(0)])
        self.assertEqual(result.returncode, 2)
        self.assertIn("2 files could not be deleted: Permission denied", result.stderr)
        self.assertEqual(self.lines()[-1]["outcome"], "failed")


class Governance(Spool):
    def test_misuse_is_one_sentence_and_no_line(self):
        cases = [
            (dict(issue=None), "--issue"), (dict(ttl=None), "--ttl"), (dict(tagged=""), "--tagged"),
            (dict(issue="1423"), '"1423"'), (dict(issue="OPS-"), '"OPS-"'), (dict(issue="-5"), '"-5"'),
            (dict(issue="OPS 5"), '"OPS 5"'), (dict(ttl="soon"), '"soon"'), (dict(ttl="0"), "TTL of 0"),
            (dict(tagged="2026-02-30"), '"2026-02-30"'), (dict(tagged="yesterday"), '"yesterday"'),
            (dict(tagged=day(1)), "still to come"),
        ]
        self.fill("a")
        for keywords, words in cases:
            result = self.act(**keywords)
            self.assertEqual(result.returncode, 3, keywords)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
        for more, words in ((["--cause", "luck"], '"luck"'), (["--diagnosed", "--undiagnosed"], "both"),
                            (["--run", "../x"], '"../x"'), (["--target", "a b"], '"a b"'), (["--bogus"], "--bogus"),
                            (["extra"], '"extra"'), (["--remediation", ".."], '".."')):
            result = self.act(*more)
            self.assertEqual(result.returncode, 3, more)
            self.assertIn(words, result.stderr)
        self.assertEqual(self.names(), ["a"])
        self.assertFalse(self.ledger.parent.exists())

    def test_the_ttl_ends_with_its_last_day(self):
        self.fill("a")
        result = self.act(ttl="1d", tagged=day(-2))
        self.assertEqual(result.returncode, 3)
        self.assertIn('the TTL of issue "OPS-1" has ended', result.stderr)
        self.assertEqual(self.names(), ["a"])
        self.assertEqual(self.lines()[0]["event"], "refused")
        self.assertEqual(self.act(ttl="1d", tagged=day(-1)).returncode, 0)

    def test_a_run_happens_once(self):
        self.fill("a")
        self.assertEqual(self.act("--run", "run-1").returncode, 0)
        self.fill("b")
        result = self.act("--run", "run-1")
        self.assertEqual(result.returncode, 3)
        self.assertIn('"run-1"', result.stderr)
        self.assertEqual(self.names(), ["b"])
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end", "refused"])

    def test_a_dry_run_changes_nothing(self):
        self.fill("a", "b")
        result = self.act("--dry-run")
        self.assertEqual(result.returncode, 0)
        self.assertIn("dry run: would delete 2 files, 20 bytes", result.stdout)
        self.assertEqual(self.names(), ["a", "b"])
        self.assertFalse(self.ledger.parent.exists())
        self.assertEqual(self.act("--dry-run", ttl="1d", tagged=day(-9)).returncode, 3)

    def test_questions_exit_3_and_name_every_option(self):
        for word in ("--help", "-h", "--version", "-V", "--describe"):
            result = run([PROGRAM, word])
            self.assertEqual(result.returncode, 3)
            self.assertEqual(result.stderr, "")
        names = [row["name"] for row in json.loads(run([PROGRAM, "--describe"]).stdout)["options"]]
        text = run([PROGRAM, "--help"]).stdout
        for name in names:
            self.assertIn(f"--{name}", text)
        self.assertIn("issue", names)
        self.assertIn("directory", names)


class Record(Spool):
    def test_the_line_says_who_why_and_until_when(self):
        self.fill("a")
        environment = dict(os.environ, WATCHBILL_SUBJECT="web01/queue", WATCHBILL_PROBLEM="p-7",
                           WATCHBILL_OUTPUT="QUEUE CRITICAL - 200 \x01 files", WATCHBILL_SECRET="hunter2")
        result = self.act("--owner", "geoff", "--diagnosed", "--cause", "vendor", "--target", "web01", "--remediation",
                          "clean-queue", "--run", "r1", tagged=day(-3), ttl="10d", env=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        begin, end = self.lines()
        midnight = datetime.datetime.combine(TODAY, datetime.time(), datetime.timezone.utc).timestamp()
        for line in (begin, end):
            self.assertEqual(
                (line["run"], line["remediation"], line["program"], line["issue"], line["owner"], line["cause"],
                 line["diagnosed"], line["target"], line["subject"], line["problem"], line["ttl"]),
                ("r1", "clean-queue", "clean_spool", "OPS-1", "geoff", "vendor", True, "web01", "web01/queue", "p-7",
                 "10d"))
            self.assertEqual(line["expires"], midnight + 8 * 86400)
        self.assertEqual((begin["event"], end["event"], end["outcome"], end["exit"]), ("begin", "end", "fixed", 0))
        self.assertLessEqual(end["duration"], 10)

    def test_the_bundle_is_whole_and_named_by_its_digest(self):
        self.fill("a", "b")
        environment = dict(os.environ, NAGIOS_SERVICEOUTPUT="QUEUE CRITICAL", WATCHBILL_SECRET="hunter2")
        self.assertEqual(self.act(env=environment).returncode, 0)
        line = self.lines()[0]
        bundle = pathlib.Path(line["bundle"])
        self.assertEqual(bundle.parent, self.ledger.parent / "diagnostics")
        index = (bundle / "index.json").read_bytes()
        self.assertEqual(hashlib.sha256(index).hexdigest(), line["bundle_sha256"])
        parts = json.loads(index)["parts"]
        for part in parts:
            content = (bundle / part["name"]).read_bytes()
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (part["bytes"], part["sha256"]))
            self.assertNotIn(b"hunter2", content)
        names = {part["name"] for part in parts}
        self.assertLessEqual({"check", "processes", "disk", "loadavg", "meminfo", "sockets", "spool"}, names)
        self.assertIn("QUEUE CRITICAL", (bundle / "check").read_text())
        self.assertIn(" a\n", (bundle / "spool").read_text())

    def test_without_diagnostics_nothing_is_done(self):
        self.fill("a")
        blocker = self.place.write("blocker", "a file where a folder should be")
        result = self.act("--diagnostics", blocker / "x")
        self.assertEqual(result.returncode, 2)
        self.assertIn("diagnostics failed", result.stderr)
        self.assertEqual(self.names(), ["a"])
        self.assertEqual([line["event"] for line in self.lines()], ["refused"])
        self.assertIn("diagnostics failed", self.lines()[0]["text"])
        self.assertEqual(self.act("--diagnostics", blocker / "x", "--diagnostics-optional").returncode, 0)
        self.assertEqual(self.names(), [])

    def test_without_a_ledger_nothing_is_done(self):
        self.fill("a")
        for ledger in ("/dev/full", self.spool, self.place.write("file", "x") / "ledger.jsonl"):
            self.ledger = pathlib.Path(ledger)
            result = self.act("--diagnostics", self.place.path / "d")
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("not begun", result.stderr)
        self.assertEqual(self.names(), ["a"])

    def test_a_full_disk_begins_nothing(self):
        self.fill("a")
        full = self.place.path / "full"
        full.mkdir()
        if run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", full]).returncode != 0:
            self.skipTest("no right to mount a small file system")
        self.addCleanup(run, ["umount", full])
        self.ledger = full / "ledger.jsonl"
        self.ledger.write_text("")
        with self.assertRaises(OSError), open(full / "rest", "wb", buffering=0) as rest:
            while rest.write(b"x" * 4096):
                pass
        result = self.act("--diagnostics", self.place.path / "d")
        self.assertEqual(result.returncode, 2)
        self.assertIn("No space left on device", result.stderr)
        self.assertEqual(self.names(), ["a"])
        self.assertEqual(self.ledger.read_text(), "")

    def test_the_default_ledger_is_in_the_environment(self):
        self.fill("a")
        other = self.place.path / "other" / "ledger.jsonl"
        result = run([PROGRAM, "--directory", self.spool, "--issue", "OPS-1", "--ttl", "1d", "--tagged", day(0)],
                     env=dict(os.environ, WATCHBILL_LEDGER=str(other)))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(other.read_text().splitlines()), 2)
        self.assertTrue((other.parent / "diagnostics").is_dir())


if __name__ == "__main__":
    unittest.main()
