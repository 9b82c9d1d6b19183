# SPDX-License-Identifier: GPL-3.0-or-later
"""What every check has: the standard options, formats, personalities and manual pages, tried on the shipped
programs themselves."""
import json
import os
import re
import subprocess
import time
import unittest

from tests.support import BUILD, TOP, Place, run

LOAD = BUILD / "checks" / "check_load"
CHECKS = sorted((BUILD / "checks").glob("check_*"))
COLLECTORS = sorted((BUILD / "collectors").glob("collect_*"))


def munin(words, **env):
    return run(words, env={"PATH": os.environ["PATH"], "LC_ALL": "C", **env})


class Standard(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.place.write("root/proc/loadavg", "4.00 2.50 1.25 3/120 999\n")
        self.place.write("root/proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1 1 2 3 4\nintr 5\n")
        self.root = f"--root={self.place.path}/root"

    def load(self, *words, **more):
        return run([LOAD, self.root, *words], **more)

    def expect(self, code, line, *words, **more):
        done = self.load(*words, **more)
        self.assertEqual(done.stdout, line)
        self.assertEqual(done.returncode, code)
        self.assertEqual(done.stderr, "")

    def test_thresholds(self):
        tail = "load5=2.5;;;0; load15=1.25;;;0;\n"
        self.expect(0, f"LOAD OK - load1 4, load5 2.5, load15 1.25 | load1=4;;;0; {tail}")
        self.expect(0, f"LOAD OK - load1 4 | load1=4;4;5;0; {tail}", "-w", "4", "-c", "5")
        self.expect(1, f"LOAD WARNING - load1 4 (warning 3.99) | load1=4;3.99;5;0; {tail}", "-w3.99", "-c5")
        self.expect(2, f"LOAD CRITICAL - load1 4 (critical @4) | load1=4;5;@4;0; {tail}", "-w5", "--critical=@4")
        self.expect(1, "LOAD WARNING - load5 2.5 (warning 3:) | load1=4;;;0; load5=2.5;3:;;0; load15=1.25;;;0;\n",
                    "--warning", "load5=3:")

    def test_standard_exits(self):
        for words in (["--help"], ["-h"], ["--version"], ["-V"], ["--zort"], ["-w", "x", "--help"]):
            self.assertEqual(self.load(*words).returncode, 3, words)
        self.assertRegex(self.load("-V").stdout, r"^check_load \d+\.\d+\.\d+ \(watchbill\)\n$")
        self.assertIn("Usage: check_load", self.load("--help", "--zort").stdout)

    def test_bad_values_are_named(self):
        for text in ("2:1", "foo", "1-10", "10:~", "1:~", "1,2,3,4", "10@", "10:20:30", "x20", "0:<=20", ":", "1e3", "+5"):
            done = self.load("-w", text)
            self.assertEqual(done.returncode, 3)
            self.assertTrue(done.stdout.startswith("LOAD UNKNOWN - --warning: "), done.stdout)
            self.assertIn(f'"{text}"', done.stdout.splitlines()[0])

    def test_help_shows_untouched_defaults(self):
        told = self.load("--help").stdout
        self.assertEqual(run([LOAD, "--root", "/x", "-t", "99", "-w", "7", "--help"]).stdout, told)
        self.assertIn("Default: 10s.", told)

    def test_extra_opts(self):
        ini = self.place.write("p.ini", "[check_load]\nw = 1\n[other]\nwarning=load5=1\nper-cpu=\n")
        self.assertIn("load1 4 (warning 1)", self.load(f"--extra-opts=@{ini}").stdout)
        self.assertIn("load1 4 (warning 2)", self.load(f"--extra-opts=@{ini}", "-w2").stdout)
        self.assertIn("load5 1.25 (warning 1)", self.load(f"--extra-opts=other@{ini}").stdout)
        env = dict(os.environ, MP_CONFIG_FILE=str(ini))
        self.assertIn("load1 4 (warning 1)", self.load("--extra-opts", env=env).stdout)
        for words in ("=missing@" + str(ini), "=@/nonexistent"):
            self.expect_unknown(f"--extra-opts{words}")

    def expect_unknown(self, *words):
        done = self.load(*words)
        self.assertEqual(done.returncode, 3)
        self.assertTrue(done.stdout.startswith("LOAD UNKNOWN - "), done.stdout)

    def test_sources_that_cannot_be_read(self):
        for text in ("", "a b c d\n", "1 2 3\n", "1,0 2,0 3,0 1/2 3\n", "nan 1 1 1/2 3\n", "\0\0\0", "9" * 100000):
            self.place.write("root/proc/loadavg", text)
            self.expect_unknown()
        (self.place.path / "root/proc/loadavg").unlink()
        self.assertIn("No such file or directory", self.load().stdout)

    def test_formats(self):
        document = json.loads(self.load("--format=json", "-w", "1", "-v").stdout)
        self.assertEqual(list(document), ["check", "verdict", "exit", "text", "details", "metrics", "elapsed"])
        self.assertEqual(document["metrics"][0], {
            "name": "load1", "instance": None, "value": 4, "unit": "", "type": "GAUGE", "warning": "1",
            "critical": None, "min": 0, "max": None})
        self.assertEqual(self.load("--format=cacti").stdout, "load1:4 load5:2.5 load15:1.25 running:3\n")
        self.assertRegex(self.load("--format=graphite").stdout, r"\Aload\.load1 4 \d+\nload\.load5 2\.5 \d+\n")
        self.assertTrue(self.load("--format=openmetrics").stdout.endswith("# EOF\n"))

    def test_munin(self):
        link = self.place.path / "load"
        link.symlink_to(LOAD.resolve())
        env = {"root": str(self.place.path / "root"), "warning": "3"}
        self.assertEqual(munin([link], **env).stdout, "load1.value 4\nload5.value 2.5\nload15.value 1.25\n")
        config = munin([link, "config"], **env).stdout
        self.assertIn("graph_title LOAD", config)
        self.assertIn("load1.warning 0:3\n", config)
        self.assertNotIn(".value", config)
        self.assertIn("load1.value 4\n", munin([link, "config"], MUNIN_CAP_DIRTYCONFIG="1", **env).stdout)
        both = munin([link], MUNIN_CAP_MULTIGRAPH="1", **env).stdout
        self.assertEqual(both, "multigraph load\nload1.value 4\nload5.value 2.5\nload15.value 1.25\n"
                               "multigraph load_threads\nrunning.value 3\n")
        done = munin([link, "autoconf"], **env)
        self.assertEqual((done.returncode, done.stdout), (0, "yes\n"))
        done = munin([link, "autoconf"], root="/nonexistent")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\Ano \(.*\)\n\Z")
        done = munin([link], root="/nonexistent")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertIn("No such file", done.stderr)
        # the environment alone never decides
        self.assertTrue(munin([LOAD], MUNIN_CAP_MULTIGRAPH="1").stdout.startswith("LOAD "))

    def test_locale_is_never_asked(self):
        for name in ("de_DE.UTF-8", "C"):
            done = self.load(env=dict(os.environ, LC_ALL=name, LC_NUMERIC=name))
            self.assertIn("load5=2.5;", done.stdout)

    def test_a_closed_output_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([LOAD, self.root], stdout=full, stderr=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 3)


class Watchdog(unittest.TestCase):
    """A source that never answers: a fifo for /proc/loadavg blocks open()."""

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        (self.place.path / "proc").mkdir()
        os.mkfifo(self.place.path / "proc" / "loadavg")

    def late(self, *words):
        begin = time.monotonic()
        done = run([LOAD, "--root", self.place.path, "-t", "0.3", *words], seconds=10)
        self.assertLess(time.monotonic() - begin, 1.3)
        return done

    def test_text(self):
        done = self.late()
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, r"\ALOAD UNKNOWN - timed out after 0\.3 s while .*\n\Z")

    def test_state(self):
        done = self.late("--timeout-state", "CRITICAL")
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stdout.startswith("LOAD CRITICAL - timed out after 0.3 s"))

    def test_json(self):
        document = json.loads(self.late("--format=json").stdout)
        self.assertEqual((document["verdict"], document["exit"]), ("UNKNOWN", 3))
        self.assertIn("timed out", document["text"])

    def test_munin(self):
        done = self.late("--format=munin", "autoconf")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\Ano \(timed out after 0\.3 s.*\)\n\Z")


class Tables(unittest.TestCase):
    """Every shipped check and collector: what it says of itself agrees."""

    def each(self):
        self.assertTrue(CHECKS)
        for program in CHECKS + COLLECTORS:
            done = run([program, "--describe"])
            self.assertEqual(done.returncode, 0, f"{program}: {done.stdout}")
            self.assertEqual(done.stdout, run([program, "--describe"]).stdout)
            yield program, json.loads(done.stdout)

    def test_description_and_help_agree(self):
        for program, described in self.each():
            told = run([program, "--help"])
            self.assertEqual(told.returncode, 3)
            self.assertEqual(described["program"], program.name)
            headings = re.findall(r"^  (?:-(.), |    )--([a-z0-9-]+)", told.stdout, re.M)
            self.assertEqual([name for _, name in headings], [option["name"] for option in described["options"]])
            self.assertEqual([letter or None for letter, _ in headings],
                             [option["letter"] for option in described["options"]])
            for metric in described["metrics"]:
                self.assertRegex(told.stdout, rf"(?m)^  {metric['name']} ")

    def test_every_option_is_taken(self):
        for program, described in self.each():
            for option in described["options"]:
                if option["value"] is None:
                    done = run([program, f"--{option['name']}", "--help"])
                    self.assertIn("Usage:", done.stdout, option["name"])
                else:
                    done = run([program, f"--{option['name']}"])
                    self.assertEqual(done.returncode, 3)
                    if option["name"] != "extra-opts":
                        self.assertIn(option["name"], done.stdout + done.stderr)

    def test_manual_pages(self):
        with Place() as place:
            programs = [str(program) for program in CHECKS + COLLECTORS]
            done = run(["/usr/bin/python3", TOP / "make" / "man.py", place.path, *programs])
            self.assertEqual(done.returncode, 0, done.stderr)
            for program, described in self.each():
                page = place.path / f"{program.name}.1"
                lint = run(["mandoc", "-T", "lint", "-W", "warning", page])
                self.assertEqual((lint.returncode, lint.stdout), (0, ""))
                for option in described["options"]:
                    self.assertIn(f"Fl Fl {option['name']}", page.read_text())

    def test_collectors_fail_on_standard_error(self):
        for program in COLLECTORS:
            with self.subTest(program.name):
                done = run([program, "--zort"])
                self.assertEqual((done.returncode, done.stdout), (3, ""))
                self.assertIn("--zort", done.stderr)


if __name__ == "__main__":
    unittest.main()
