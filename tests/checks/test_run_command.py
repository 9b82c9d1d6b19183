# SPDX-License-Identifier: GPL-3.0-or-later
"""run_command and gather_diagnostics: real commands, and a real process that reports when it is asked by a signal."""
import datetime
import hashlib
import json
import os
import pathlib
import resource
import sys
import unittest

from tests.support import BUILD, Place, run, wait_until

TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
# Writes what it does into a file when it gets USR2: in two halves, as a large dump comes.
REPORTER = """
import os, signal, sys, threading
open("/proc/self/comm", "w").write("myserver")
def report(*_):
    if "link" in sys.argv:
        os.symlink(sys.argv[-1], sys.argv[1] + f".{os.getpid()}")
        return
    with open(sys.argv[1] + f".{os.getpid()}", "w") as file:
        file.write("first half\\n")
        file.flush()
        threading.Event().wait(0.15)
        file.write("second half\\n")
        if "foreign" in sys.argv:
            os.fchown(file.fileno(), 1, 1)
if "deaf" not in sys.argv:
    signal.signal(signal.SIGUSR2, report if "mute" not in sys.argv else lambda *_: None)
with open(sys.argv[2] + ".new", "w") as file:
    file.write(f"{os.getpid()}\\n")
os.rename(sys.argv[2] + ".new", sys.argv[2])
signal.alarm(60)
while True:
    signal.pause()
"""


class Program(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.ledger = self.place.path / "ledger.jsonl"

    def act(self, *more, **how):
        return run([BUILD / "remediations" / self.program, "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY,
                    "--ledger", self.ledger, *more], **how)

    def lines(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []

    def bundle(self):
        return pathlib.Path(self.lines()[-1]["bundle"])


class RunCommand(Program):
    program = "run_command"

    def command(self, *words, more=()):
        return self.act(*[part for word in words for part in ("--command", word)], *more)

    def test_words_are_arguments_as_they_are(self):
        out = self.place.path / "out"
        script = self.place.write("script.py", f"#!{sys.executable}\nimport sys\nopen({str(out)!r}, 'w').write("
                                  "repr(sys.argv[1:]))\nprint('done', 'x' * 100)\n", 0o755)
        words = ["a b", "$(id)", "; touch /tmp/x", "*", "", "--help"]
        result = self.command(script, *words[:-1], more=("--command=--help",))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(out.read_text(), repr(words))
        kept = (self.bundle() / "act-output").read_bytes()
        self.assertEqual(kept, b"done " + b"x" * 100 + b"\n")
        self.assertEqual(self.lines()[-1]["attached"], {"act-output": hashlib.sha256(kept).hexdigest()})
        self.assertIn("script.py", (self.bundle() / "command").read_text())

    def test_a_command_that_fails_or_hangs_has_failed(self):
        result = self.command("sh", self.place.write("x.sh", "echo what went wrong\nexit 7\n"))
        self.assertEqual(result.returncode, 2)
        self.assertIn('"sh" ended with 7: what went wrong', result.stderr)
        self.assertEqual((self.bundle() / "act-output").read_text(), "what went wrong\n")
        result = self.command("sleep", "60", more=("--limit", "200ms"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("did not end in time", result.stderr)
        result = self.command("/none/such")
        self.assertEqual(result.returncode, 2)
        self.assertIn("No such file", result.stderr)

    def test_the_check_tells_whether_it_helped(self):
        flag = self.place.path / "flag"
        check = ("--check", "test", "--check=-e", "--check", flag, "--wait", "300ms")
        result = self.command("true", more=check)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("the check is not OK", result.stdout)
        result = self.command("touch", flag, more=check)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_what_is_so_already_is_refused(self):
        flag = self.place.path / "flag"
        unless = ("--unless", "test", "--unless=-e", "--unless", flag)
        self.assertEqual(self.command("touch", flag, more=unless).returncode, 0)
        result = self.command("touch", flag, more=unless)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn('nothing to do: "test" exits with 0', result.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "what root executes")
    def test_root_executes_nothing_that_others_may_write_to(self):
        script = self.place.write("script.sh", "#!/bin/sh\ntouch acted\n", 0o775)
        other = self.place.write("other.sh", "#!/bin/sh\ntouch acted\n", 0o755)
        os.chown(other, 65534, 0)
        for words, sentence in (((script,), "others may write to"), ((other,), "owned neither by root nor by its user")):
            for option in ("--command", "--check"):
                before = () if option == "--command" else ("--command", "true", "--wait", "1s")
                result = self.act(*before, option, *words, cwd=self.place.path)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(f'{sentence}', result.stdout + result.stderr)
        self.assertFalse((self.place.path / "acted").exists())
        script.chmod(0o755)
        self.assertEqual(self.act("--command", script, cwd=self.place.path).returncode, 0)

    def test_no_core_has_a_secret_and_a_service_may_have_one(self):
        limits = self.place.path / "limits"
        script = self.place.write("limits.sh", f"#!/bin/sh\n(ulimit -Sc; ulimit -Hc; stat -c %U /proc/$PPID/environ) > {limits}\n",
                                  0o755)
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]

        def become():
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)

        if os.geteuid() == 0:
            os.chown(self.place.path, 65534, 65534)
        result = self.act("--command", script, preexec_fn=become)
        self.assertEqual(result.returncode, 0, result.stderr)
        soft, kept, owner = limits.read_text().split()
        self.assertEqual((soft, kept), ("0", "unlimited" if hard < 0 else str(hard // 512)))
        if "sanitize" not in str(BUILD):  # where the leak detector must be able to trace it
            self.assertEqual(owner, "root")  # of a process that cannot be dumped, whoever runs it

    def test_a_dry_run_runs_nothing(self):
        flag = self.place.path / "flag"
        result = self.command("touch", flag, more=("--dry-run",))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f'would run "touch {flag}"', result.stdout)
        self.assertFalse(flag.exists())
        self.assertEqual(self.lines(), [])

    def test_a_line_for_a_shell_is_no_command(self):
        for words in (("sh", "-c", "id"), ("/bin/bash", "-ec", "id"), ("dash", "-e", "-c", "id")):
            result = self.act(*[f"--command={word}" for word in words])
            self.assertEqual(result.returncode, 3, words)
            self.assertIn("no line for a shell", result.stderr)
        self.assertEqual(self.command("", "x").returncode, 3)
        self.assertEqual(self.act().returncode, 3)

    def test_much_output_is_bounded(self):
        result = self.command(sys.executable, self.place.write("much.py", "print('y' * 3000000)\n"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLessEqual((self.bundle() / "act-output").stat().st_size, 256 * 1024)


class Gather(Program):
    program = "gather_diagnostics"

    def start(self, *more):
        self.report, self.pid_file = self.place.path / "report", self.place.path / "my.pid"
        process = self.place.start([sys.executable, self.place.write("reporter.py", REPORTER), self.report,
                                    self.pid_file, *more], "reporter")
        wait_until(self.pid_file.exists, what="the process")
        return process

    def ask(self, *more, **how):
        return self.act("--signal", "USR2", "--pid-file", self.pid_file, "--process", "myserver", "--collect",
                        f"{self.report}.{{pid}}", *more, **how)

    def test_the_process_reports_first(self):
        process = self.start()
        log = self.place.write("x.log", "the end of a log\n")
        result = self.ask("--file", log, "--command", "echo", "--command", "said")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.bundle() / "report").read_text(), "first half\nsecond half\n")
        self.assertEqual((self.bundle() / "file-1").read_text(), "the end of a log\n")
        self.assertEqual((self.bundle() / "command").read_text(), "said\n")
        self.assertTrue((self.bundle() / "processes").stat().st_size > 0)
        self.assertIsNone(process.poll())
        parts = {part["name"]: part for part in json.loads((self.bundle() / "index.json").read_text())["parts"]}
        self.assertEqual(parts["report"]["sha256"], hashlib.sha256(b"first half\nsecond half\n").hexdigest())

    def test_an_old_report_is_not_taken_for_a_new_one(self):
        process = self.start("mute")
        pathlib.Path(f"{self.report}.{process.pid}").write_text("of yesterday\n")
        result = self.ask("--wait", "300ms")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("the process wrote no report", result.stderr)

    def test_a_report_that_is_another_file_is_not_read_with_our_rights(self):
        secret = self.place.write("secret", "not the report\n")
        self.start("link", secret)
        result = self.ask("--wait", "5s")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("Too many levels of symbolic links", result.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs files of another user")
    def test_a_report_of_another_user_is_not_read(self):
        self.start("foreign")
        result = self.ask("--wait", "5s")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("not a file of its process", result.stderr)

    def test_a_process_without_a_handler_is_left_alone(self):
        process = self.start("deaf")
        result = self.ask()
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("has no handler for USR2: it would end", result.stderr)
        self.assertIsNone(process.poll())

    def test_a_stale_file_hits_nobody(self):
        self.start()
        bystander = self.place.start(["sleep", "60"], "bystander")
        self.pid_file.write_text(f"{bystander.pid}\n")
        result = self.ask()
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn('is "sleep", not "myserver"', result.stderr)
        self.assertIsNone(bystander.poll())
        for rubbish in ("", "-1", "1", "x" * 100, "\0"):
            self.pid_file.write_text(rubbish)
            self.assertIn("names no process", self.ask().stderr)

    def test_what_cannot_be_gathered_is_told(self):
        result = self.act("--file", "/none/such")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("/none/such", result.stderr)
        result = self.act("--command", "false")
        self.assertEqual(result.returncode, 2, result.stdout)

    def test_a_dry_run_sends_nothing(self):
        process = self.start()
        result = self.ask("--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would send USR2", result.stdout)
        self.assertFalse(os.path.exists(f"{self.report}.{process.pid}"))

    def test_misuse(self):
        for more in (("--signal", "KILL"), ("--signal", "USR2"), ("--collect", "x"), ("--wait", "1h")):
            self.assertEqual(self.act(*more).returncode, 3, more)


if __name__ == "__main__":
    unittest.main()
