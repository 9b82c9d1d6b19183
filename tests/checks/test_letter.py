# SPDX-License-Identifier: GPL-3.0-or-later
"""The letter of the guidelines, kept by every binary: help, version, no words, bad values; and its manual page, its
help, its completion and its description say the same. Then what lint-plugin finds in ours, and in others."""
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import re
import shutil
import unittest

from tests.checks.test_completion import complete
from tests.support import BUILD, TOP, Place, run

FOLDERS = {"check": "checks", "collector": "collectors", "remediation": "remediations", "command": "bin"}
PLUGINS = pathlib.Path("/usr/lib/nagios/plugins")
WATCHBILL = BUILD / "bin/watchbill"
# What no value of that kind can be.
BAD = {"number": ["x", "1,5", ""], "whole": ["x", "1.5", ""], "duration": ["soon", "-1", ""], "choice": ["no-such-choice"]}


def programs(*kinds):
    found = []
    for kind in kinds or FOLDERS:
        folder = BUILD / FOLDERS[kind]
        found += [path for path in sorted(folder.iterdir()) if path.is_file() and os.access(path, os.X_OK)
                  and not path.name.startswith("watchbill-")]
    return found


def describe(program):
    done = run([program, "--describe"])
    assert done.returncode in (0, 3) and done.stdout, f"{program} does not describe itself: {done.stderr}"
    return json.loads(done.stdout)


def manual():
    spec = importlib.util.spec_from_file_location("man", TOP / "make/man.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Letter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.env = {**os.environ, "WATCHBILL_STATE": str(cls.place.path), "WATCHBILL_CONF": str(cls.place.path / "none"),
                   "WATCHBILL_LEDGER": str(cls.place.path / "ledger.jsonl")}
        cls.described = {path: describe(path) for path in programs()}

    def call(self, program, *words):
        return run([program, *words], env=self.env, cwd=self.place.path)

    def each(self, *kinds):
        return [(program, described) for program, described in self.described.items()
                if not kinds or described["kind"] in kinds]

    def test_all_programs_are_there(self):
        self.assertEqual({described["kind"] for described in self.described.values()} - {"daemon"}, set(FOLDERS))
        for kind in ("checks", "collectors", "remediations"):
            sources = {path.stem for path in (TOP / kind).glob("*.c")}
            for path in (BUILD / kind).iterdir():
                self.assertIn(path.name, sources)

    def test_help_and_version(self):
        for program, described in self.each():
            with self.subTest(program=program.name):
                code = 0 if described["kind"] in ("command", "daemon") else 3
                for words in (("--help",), ("-h",)):
                    done = self.call(program, *words)
                    self.assertEqual((done.returncode, done.stderr), (code, ""))
                    self.assertIn(described["summary"], " ".join(done.stdout.split()))
                for words in (("--version",), ("-V",)):
                    done = self.call(program, *words)
                    self.assertEqual(done.returncode, code)
                    self.assertRegex(done.stdout, rf"^{program.name} \d+\.\d+\.\d+( \(watchbill\))?\n$")

    def test_help_names_every_option_and_its_default(self):
        for program, described in self.each("check", "collector", "remediation", "daemon"):
            with self.subTest(program=program.name):
                text = self.call(program, "--help").stdout
                words = " ".join(text.split())
                for option in described["options"]:
                    self.assertIn(f"--{option['name']}", text)
                    self.assertIn(" ".join(option["help"].rstrip(".").split()), words)
                    if option["letter"]:
                        self.assertRegex(text, rf"-{re.escape(option['letter'])}\b")
                    for choice in option["choices"] or ():
                        self.assertIn(choice, text)

    def test_help_fits_a_terminal(self):
        for program, described in self.each():
            for words in [[]] + [command["name"].split() for command in described.get("commands") or ()]:
                with self.subTest(program=program.name, words=words):
                    for line in self.call(program, *words, "--help").stdout.splitlines():
                        self.assertTrue(len(line) < 80 or " " not in line.strip(), line)

    def test_the_manual_page_names_every_option_and_metric(self):
        man = manual()
        for program, described in self.each():
            with self.subTest(program=program.name):
                page = man.page(described, "November 1, 2026")
                for option in described["options"]:
                    self.assertIn(f"Fl Fl {man.argument(option['name'])}", page)
                for metric in described.get("metrics") or ():
                    self.assertIn(f".It Cm {man.argument(metric['name'])}", page)
                for command in described.get("commands") or ():
                    self.assertIn(f".Ss {man.argument(command['name'])}\n", page)

    def test_the_completion_offers_every_option_and_choice(self):
        for program, described in self.each():
            with self.subTest(program=program.name):
                for words, options in [([], described["options"])] + [
                        (command["name"].split(), command["options"] + described["options"])
                        for command in described.get("commands") or ()]:
                    names = [f"--{option[key]}" for option in options for key in ("name", "alias") if option[key]]
                    letters = [f"-{option['letter']}" for option in options if option["letter"]]
                    line = " ".join([program.name, *words, "-"])
                    self.assertEqual(sorted(complete(line)), sorted(names + letters), line)
                    for option in options:
                        if option["choices"]:
                            line = " ".join([program.name, *words, f"--{option['name']} "])
                            self.assertEqual(complete(line), option["choices"], line)

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_the_manual_pages_are_sound(self):
        man = manual()
        for program, described in self.each():
            with self.subTest(program=program.name):
                path = self.place.write(f"{described['program']}.1", man.page(described, "November 1, 2026"))
                done = run(["mandoc", "-T", "lint", "-W", "warning", path])
                self.assertEqual(done.stdout, "")

    def test_no_words_end_well(self):
        for program, described in self.each("check", "collector", "remediation"):
            with self.subTest(program=program.name):
                done = self.call(program, *(["--timeout", "2"] if described["kind"] != "remediation" else []))
                self.assertIn(done.returncode, (0, 1, 2, 3))
                if described["kind"] == "check":
                    self.assertRegex(done.stdout, r"^[^\n|]{1,255}")
                elif done.returncode:
                    self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                if any(option["required"] for option in described["options"]):
                    self.assertEqual(done.returncode, 3)

    @staticmethod
    def needed(described):
        """The options that it cannot do without, with some value."""
        values = {"issue": "OPS-1", "ttl": "1d", "tagged": "2026-11-01", "directory": "/tmp"}
        return [f"--{option['name']}={values.get(option['name']) or (option['choices'] or ['1'])[0]}"
                for option in described["options"] if option["required"]]

    def refused(self, program, described, words, value):
        """3, and one line with the value and, where it has one, the option at fault."""
        done = self.call(program, *words)
        text = done.stdout if described["kind"] == "check" else done.stderr
        self.assertEqual(done.returncode, 3, (words, done.stdout, done.stderr))
        first = text.split("\n", 1)[0]
        self.assertIn(words[0].split("=")[0].lstrip("-"), first, (words, text))
        self.assertIn(f'"{value}"', first, (words, text))
        if described["kind"] == "check":
            self.assertEqual(done.stderr, "")

    def test_every_bad_value_is_refused_with_its_option(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = []
            for program, described in self.each("check", "collector", "remediation"):
                for option in described["options"]:
                    for value in BAD.get(option["kind"], []):
                        waiting.append((program, option, pool.submit(
                            self.refused, program, described, [f"--{option['name']}={value}"], value)))
            for program, option, done in waiting:
                with self.subTest(program=program.name, option=option["name"]):
                    done.result()
        self.assertGreater(len(waiting), 50)

    def test_values_out_of_bounds_and_ranges(self):
        for program, described in self.each("check", "collector", "remediation"):
            with self.subTest(program=program.name):
                for option in described["options"]:
                    if option["high"] is not None and option["kind"] in ("number", "whole", "duration"):
                        value = str(int(option["high"]) + 1)
                        self.refused(program, described, [f"--{option['name']}={value}"], value)
                    if option["standard"] and option["name"] in ("warning", "critical"):
                        self.refused(program, described, [f"--{option['name']}=2:1"], "2:1")

    def test_unknown_options_and_words(self):
        for program, described in self.each("check", "collector", "remediation"):
            with self.subTest(program=program.name):
                self.refused(program, described, ["--no-such-option"], "--no-such-option")
                done = self.call(program, "stray", *self.needed(described))
                self.assertEqual(done.returncode, 3)
                self.assertIn("stray", done.stdout + done.stderr)
                for option in described["options"]:
                    if option["value"]:
                        done = self.call(program, f"--{option['name']}")
                        self.assertEqual(done.returncode, 3)
                        self.assertIn(option["name"], done.stdout + done.stderr)


class Lint(unittest.TestCase):
    def lint(self, *words):
        done = run([WATCHBILL, "lint-plugin", "--json", "--", *words], seconds=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if found else 0)
        return found

    def test_our_own_depart_nowhere(self):
        needed = {"directory": "/", "type": "spool", "url": "http://127.0.0.1:1/", "hostname": "127.0.0.1", "port": "1",
                  "queue": "q", "file": "/proc/uptime"}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = {}
            for program in programs("check"):
                words = []
                for option in describe(program)["options"]:
                    if option["required"]:
                        words += [f"--{option['name']}", needed.get(option["name"], (option["choices"] or ["x"])[0])]
                found[program.name] = pool.submit(self.lint, program, *words)
            for name, departures in found.items():
                with self.subTest(program=name):
                    self.assertEqual(departures.result(), [])

    @unittest.skipUnless((PLUGINS / "check_users").exists(), "monitoring-plugins are not installed")
    def test_others_depart_really(self):
        for words, rule, text in ((("check_users", "-w", "5", "-c", "10"), "misuse", "-w foo"),
                                  (("check_swap", "-w", "5%", "-c", "1%"), "misuse", "-c 1:x"),
                                  (("check_procs",), "misuse", "-w foo")):
            found = self.lint(PLUGINS / words[0], *words[1:])
            self.assertIn(rule, [departure["rule"] for departure in found], words)
            self.assertTrue(any(text in departure["command"] for departure in found), found)

    def test_a_bad_plugin_is_caught(self):
        place = Place()
        self.addCleanup(place.close)
        bad = place.write("check_bad", "#!/bin/sh\necho oops >&2\necho 'all fine | a=1,5 a=2'\nexit 7\n", 0o755)
        rules = {departure["rule"] for departure in self.lint(bad)}
        self.assertLessEqual({"exit", "output", "perfdata"}, rules)
        silent = place.write("check_silent", "#!/bin/sh\nexit 0\n", 0o755)
        self.assertLessEqual({"output", "help", "exit", "misuse"}, {d["rule"] for d in self.lint(silent)})
        killed = place.write("check_killed", "#!/bin/sh\nkill -9 $$\n", 0o755)
        self.assertIn("it was ended by signal 9", {d["sentence"] for d in self.lint(killed)})

    def test_a_plugin_that_hangs_is_stopped(self):
        place = Place()
        self.addCleanup(place.close)
        hangs = place.write("check_hangs", "#!/bin/sh\n[ \"$1\" = go ] || { echo 'X UNKNOWN - 1 -'; exit 3; }\nexec sleep 60\n",
                            0o755)
        done = run([WATCHBILL, "lint-plugin", "--timeout", "1", "--", hangs, "go"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("timeout: it was still running", done.stdout)

    def test_misuse(self):
        done = run([WATCHBILL, "lint-plugin", "--", "/no/such/plugin"])
        self.assertEqual(done.returncode, 3)
        self.assertIn('cannot execute "/no/such/plugin"', done.stderr)


if __name__ == "__main__":
    unittest.main()
