# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the README run as they are printed, and print what it shows. They are run where a newcomer runs them:
beside the scheduler on conf/, when the demonstration's problem has come and gone. Numbers, who is on watch and what a
check thinks of this machine may be others; "..." is what is left out of a line, or lines that are."""
import re
import shutil
import unittest

from tests.support import BUILD, TOP, Place, run, wait_until
from tests.support.daemon import Watch

EXPORT = "export PATH=$PWD/build/bin:$PATH WATCHBILL_CONF=$PWD/conf"
# So that the story takes seconds. PATTERN: what it becomes.
FASTER = {"watchbill.yaml": {r"^listen: \S+": "listen: 127.0.0.1:0", r"^  step: 10s": "  step: 1s", "every: 10s": "every: 1s"},
          "services/machine.yaml": {"every: 10s": "every: 1s", "retry: 5s": "retry: 1s"},
          "remediations.yaml": {"after: 30s": "after: 1s"}}


def examples():
    """(command, lines that it prints) of each block of the README."""
    found = []
    for line in (TOP / "README.md").read_text().splitlines():
        if line.startswith("    $ "):
            found.append((line[6:], []))
        elif line.startswith("    ") and found:
            found[-1][1].append(line[4:])
        elif not line.startswith("    "):
            found.append((None, []))
    return [(command, lines) for command, lines in found if command]


def pattern(lines):
    """What the shown lines stand for; columns may be wider or narrower."""
    found = []
    for line in lines:
        words = re.escape(line).replace(r"\.\.\.", "\0")
        words = re.sub(r"[0-9]+(?:\\\.[0-9]+)?", "[0-9]+(?:[.][0-9]+)?", words)
        words = re.sub(r"\bnight\b", "(?:day|night)", words)
        words = re.sub(r"^IOWAIT\\ OK", "IOWAIT (?:OK|WARNING|CRITICAL)", words)
        words = re.sub(r"(?:\\ )+", " +", words).replace("\0", ".*")
        found.append("(?:.*\n)*" if line == "..." else words + "\n")
    return "".join(found)


class Readme(unittest.TestCase):
    def setUp(self):
        self.place = Place("readme")
        self.addCleanup(self.place.close)
        shutil.copytree(TOP / "conf", self.place.path / "conf")
        for name, target in (("build", BUILD), ("tests", TOP / "tests")):
            (self.place.path / name).symlink_to(target)
        self.queue = self.place.path / "var/queue"
        self.queue.mkdir(parents=True)
        self.watch = Watch(self.place)
        for name, changes in FASTER.items():
            text = (TOP / "conf" / name).read_text()
            for old, new in changes.items():
                text, count = re.subn(old, new, text, flags=re.M)
                self.assertGreater(count, 0, f"{name}: {old}")
            self.watch.write(name, text)

    def tell_the_story(self):
        self.watch.start()
        self.watch.wait_state("localhost/queue", "OK")
        for i in range(200):
            (self.queue / f"job-{i}").touch()
        self.watch.wait_state("localhost/queue", "CRITICAL")
        wait_until(lambda: any("RECOVERY" in mail["subject"] for mail in self.watch.mails()), 30, "the recovery")

    def test_each_command_prints_what_is_shown(self):
        self.tell_the_story()
        commands = examples()
        self.assertIn((EXPORT, []), commands)
        for command, lines in commands:
            with self.subTest(command):
                done = run(["bash", "-c", f"{EXPORT if command.startswith('watchbill') else ':'}; {command}"],
                           cwd=self.place.path)
                self.assertEqual(done.stderr, "", done.stdout)
                self.assertIn(done.returncode, (0, 1, 2) if "check_iowait" in command else (0,), done.stdout)
                if lines:
                    self.assertRegex(done.stdout, pattern(lines))
        self.assertTrue((self.place.path / "queue.png").read_bytes().startswith(b"\x89PNG"))


if __name__ == "__main__":
    unittest.main()
