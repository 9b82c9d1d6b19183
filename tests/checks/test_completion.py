# SPDX-License-Identifier: GPL-3.0-or-later
"""What bash completes: asked as readline asks it, typed at a real prompt, and loaded by bash-completion."""
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from tests.support import BUILD, TOP, Place, run
from tests.support.daemon import Watch

SCRIPT = BUILD / "generated/completion/watchbill"
LOADER = pathlib.Path("/usr/share/bash-completion/bash_completion")
ASK = """source "$1"; shift
COMP_LINE=$1 COMP_POINT=${#1}; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_watchbill
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(line, cwd=None):
    """The candidates for the last word of the line, which bash takes apart at COMP_WORDBREAKS first."""
    words = [word for word in re.findall(r"[^\s=:]+|[=:]+", line)] + ([""] if line[-1] == " " else [])
    done = run(["bash", "--norc", "-c", ASK, "bash", SCRIPT, line, *words], cwd=cwd)
    assert done.stderr == "", done.stderr
    return [word for word in done.stdout.split("\n") if word]


class Prompt:
    """An interactive bash with the completion, at a terminal."""

    def __init__(self, place):
        self.master, slave = pty.openpty()
        env = {"PATH": f"{BUILD / 'bin'}:{BUILD / 'checks'}:/usr/bin:/bin", "TERM": "dumb", "HOME": str(place.path), "PS1": "> "}
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave,
                                        env=env, cwd=place.path, start_new_session=True)
        os.close(slave)
        self.seen = ""
        self.type(f"bind 'set enable-bracketed-paste off'; source {SCRIPT}; echo rea''dy\n", "ready\r\n")

    def type(self, keys, awaited, seconds=20):
        """Send the keys; what came back up to the text that is awaited."""
        os.write(self.master, keys.encode())
        end = time.monotonic() + seconds
        self.seen = ""
        while awaited not in self.seen:
            if not select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{awaited!r} did not come: {self.seen!r}")
            self.seen += os.read(self.master, 4096).decode(errors="replace")
        return self.seen

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


class Completion(unittest.TestCase):
    def setUp(self):
        self.place = Place("completion")
        self.addCleanup(self.place.close)

    def test_options_and_known_values(self):
        self.assertEqual(complete("check_load --fo"), ["--format"])
        self.assertEqual(complete("/usr/lib/nagios/plugins/check_queue --type s"), ["spool", "sql"])
        self.assertEqual(complete("check_rabbitmq --mode=cl"), ["cluster"])
        self.assertEqual(complete("check_load --timeout-state "), ["OK", "WARNING", "CRITICAL", "UNKNOWN"])
        self.assertEqual(complete("check_load -w load1"), ["load1=", "load15="])
        self.assertEqual(complete("collect_haproxy --format st"), ["statsd"])
        self.assertEqual(complete("clean_spool --cause h"), ["hardware"])
        self.assertEqual(complete("watchbilld --log-format j"), ["json"])
        self.assertIn("--socket", complete("check_haproxy "))

    def test_nothing_where_nothing_is_known(self):
        self.assertEqual(complete("check_haproxy --proxy "), [])
        self.assertEqual(complete("check_haproxy --proxy=^a --no-such-"), [])
        self.assertEqual(complete("watchbill no-such-command "), [])
        self.assertEqual(complete("watchbill nagios install --hostname x stray --"), complete("watchbill nagios install --"))

    def test_files_and_directories(self):
        (self.place.path / "some folder").mkdir()
        self.place.write("some.csv", "")
        self.assertEqual(sorted(complete("check_haproxy --file so", self.place.path)), ["some folder", "some.csv"])
        self.assertEqual(complete("check_queue --directory=so", self.place.path), ["some folder"])

    def test_commands_and_their_words(self):
        self.assertEqual(complete("watchbill nagios "), ["export", "import", "install", "handler"])
        self.assertIn("--into", complete("watchbill --json nagios import --"))
        self.assertNotIn("--into", complete("watchbill status --"))
        self.assertIn("status", complete("watchbill help st"))
        program = f"{BUILD}/bin/watchbill --conf {TOP}/tests/fixtures/config/interface"
        self.assertEqual(complete(f"{program} downtime ")[:2], ["list", "cancel"])
        self.assertEqual(complete(f"{program} downtime "), ["list", "cancel", *complete(f"{program} status ")])
        self.assertEqual(complete(f"{program} remediate "), ["drain-and-restart"])
        self.assertIn("www_middle_00", complete(f"{program} remediate drain-and-restart "))
        self.assertIn("late_shift", complete(f"{program} downtime x --window "))

    def test_every_kind_of_names_exists(self):
        kinds = complete("watchbill config names ")
        self.assertIn("checks", kinds)
        for kind in kinds:
            done = run([BUILD / "bin/watchbill", "config", "names", kind, "--conf", TOP / "tests/fixtures/config/interface"])
            self.assertEqual((done.returncode, done.stderr), (0, ""), kind)
            self.assertNotEqual(done.stdout, "", kind)

    def test_names_of_the_configuration(self):
        program = f"{BUILD}/bin/watchbill --conf {TOP}/tests/fixtures/config/interface"
        names = json.loads(run([*program.split(), "config", "names", "checks", "--json"]).stdout)
        self.assertEqual(complete(f"{program} status "), names)
        host = names[0].split("/")[0]
        self.assertEqual(complete(f"{program} why {host}/"), [name for name in names if name.startswith(f"{host}/")])
        self.assertIn("windows/late_shift", complete(f"{program} config show windows/"))
        self.assertIn("late_shift", complete(f"{program} window late"))
        self.assertEqual(complete(f"{program} remediations --issue OPS-"), ["OPS-1423"])
        self.assertEqual(complete(f"{BUILD}/bin/watchbill --conf={self.place.path}/none status "), [])

    def test_checks_of_the_running_scheduler(self):
        watch = Watch(self.place)
        watch.write("services/one.yaml", "hosts: {h:1: {}}\nchecks: {a: {command: [check_load]}, b: {command: [check_load]}}\n"
                    .replace("h:1", '"h:1"'))
        watch.start()
        watch.write("services/one.yaml", "an error: [")  # then the configuration cannot be the one that answers
        self.assertEqual(complete(f"{BUILD}/bin/watchbill --conf {watch.conf} status h:1/"), ["1/a", "1/b"])

    def test_at_a_prompt(self):
        prompt = Prompt(self.place)
        self.addCleanup(prompt.close)
        prompt.type("check_load --forma\t", "--format ")
        prompt.type("\b=js\t", "=json ")
        prompt.type("\x15", "> ")
        prompt.type("check_load -w load15\t1:2 -c runn\t", "running=")
        prompt.type("\x15", "> ")
        prompt.type("watchbill --conf " + f"{TOP}/tests/fixtures/config/interface" + " window late\t", "late_shift ")

    @unittest.skipUnless(LOADER.exists(), "bash-completion is not installed")
    def test_bash_completion_loads_it_by_the_program_s_name(self):
        folder = self.place.path / "bash-completion/completions"
        folder.mkdir(parents=True)
        shutil.copy(SCRIPT, folder / "watchbill")
        (folder / "check_load").symlink_to("watchbill")
        env = {**os.environ, "XDG_DATA_DIRS": str(self.place.path), "HOME": str(self.place.path)}
        done = run(["bash", "--norc", "-c", f". {LOADER}; _completion_loader /x/check_load; echo $?; complete -p check_load"],
                   env=env)
        self.assertEqual(done.stdout, "124\ncomplete -F _watchbill check_load\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
