# SPDX-License-Identifier: GPL-3.0-or-later
"""check_procs on trees of /proc that the tests write, with names as hostile as the kernel allows, and on this machine."""
import json
import os
import subprocess
import sys
import unittest

from tests.support import BUILD, Place, run, wait_until

CHECK = BUILD / "checks/check_procs"
PAGE = os.sysconf("SC_PAGESIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Trees(unittest.TestCase):
    def setUp(self):
        self.place = Place("procs")
        self.addCleanup(self.place.close)
        self.root = self.place.path / "root"
        self.place.write("root/etc/passwd", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n")
        self.uptime(1000)
        self.place.write("root/proc/self/stat", "x")
        self.place.write("root/proc/meminfo", "x")

    def uptime(self, seconds):
        self.place.write("root/proc/uptime", f"{seconds:.2f} 1.00\n")

    def process(self, pid, name="worker", state="S", user=33, cpu=0, age=100, pages=10, args=None, born=1000):
        name = name.encode() if isinstance(name, str) else name
        start = int((born - age) * TICKS)
        numbers = f"1 {pid} {pid} 0 -1 4194560 1 0 0 0 {cpu} 0 0 0 20 0 2 0 {start} 1000 {pages} 184467440737 1 1 0"
        self.place.write(f"root/proc/{pid}/stat", b"%d (%s) %s %s\n" % (pid, name, state.encode(), numbers.encode()))
        self.place.write(f"root/proc/{pid}/status", f"Name:\tx\nUid:\t1000\t{user}\t0\t0\n")
        self.place.write(f"root/proc/{pid}/cmdline", b"\0".join([b"/usr/bin/" + name] if args is None else args) + b"\0")

    def check(self, *words):
        return run([CHECK, "--root", self.root, "--state-file", self.place.path / "state", *words])

    def expect(self, code, words, *texts):
        result = self.check(*words)
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result.stdout

    def values(self, *words):
        document = json.loads(self.check("--format", "json", *words).stdout)
        return {metric["name"]: metric["value"] for metric in document["metrics"]}

    def count(self, *words):
        return self.values(*words)["count"]

    def test_all_of_them(self):
        self.process(1, "init", user=0, age=990)
        self.process(20, pages=5, age=10)
        self.expect(0, [], f"PROCS OK - 2 processes | count=2;;;0; oldest=990s;;;0; youngest=10s;;;0; memory={15 * PAGE}B;;;0;\n")
        self.expect(2, ["-c", "3:"], "count 2 (critical 3:)")
        self.expect(1, ["-w", "oldest=500"], "oldest 990 s (warning 500)")

    def test_conditions(self):
        self.process(1, "init", user=0, age=990, args=[b"/sbin/init", b"splash"])
        self.process(20, "worker", state="D", age=10)
        self.process(21, "worker", state="R", age=20, args=[b"/bin/worker", b"--queue", b"mail out"])
        self.process(22, "kworker/0:1", user=0, args=[])
        for words, wanted in ((["-n", "worker"], 2), (["-n", "work"], 0), (["-r", "work"], 3), (["-r", "^work.*$"], 2),
                              (["-u", "www-data"], 2), (["-u", "33"], 2), (["-u", "0"], 2), (["-s", "D"], 1), (["-s", "DR"], 2),
                              (["-a", "queue mail out$"], 1), (["-a", "."], 3), (["--older-than", "1m"], 2),
                              (["--younger-than", "15s"], 1), (["-n", "worker", "-s", "R", "-a", "mail"], 1)):
            with self.subTest(words=words):
                self.assertEqual(self.count(*words), wanted)

    def test_nothing_that_was_asked_for(self):
        self.process(1, "init")
        self.expect(2, ["-n", "worker"], 'PROCS CRITICAL - 0 processes "worker"; count 0 (critical 1:) | count=0;;1:;0;')
        self.expect(0, ["-n", "worker", "-c", "count="])
        self.expect(0, ["-s", "D", "-w", "5"], "0 processes | count=0;5;;0;")
        self.expect(0, ["--older-than", "2h"])

    def test_hostile_names(self):
        names = [b"a) S 1 (b", b"((((", b"))))", b"x\ny\nz", b"\x1b[31m|red", b"\xff\xfe", b"", b") R 5", b"tab\there"]
        for number, name in enumerate(names):
            self.process(100 + number, name, args=[])
        values = self.values()
        self.assertEqual((values["count"], values["oldest"], values["memory"]), (len(names), 100, len(names) * 10 * PAGE))
        text = self.expect(0, ["-vv"], "a) S 1 (b", "x y z")
        for bad in ("\x1b", "|red"):
            self.assertNotIn(bad, text)
        self.assertEqual(self.count("-n", "a) S 1 (b"), 1)

    def test_long_names(self):
        self.process(5, "watchbill-worke")
        self.assertEqual(self.count("-n", "watchbill-worker"), 1)
        self.assertEqual(self.count("-n", "watchbill-work"), 0)

    def test_files_that_are_damaged_or_gone(self):
        self.process(7)
        for pid, text in ((8, ""), (9, "9 (cut"), (10, "10 (cut) S 1 2"), (11, "x (a) S " + "1 " * 30), (12, "12 )a( S " + "1 " * 30),
                          (13, b"\0" * 5000), (14, b"\xff" * 100), (15, "15 (a) SS " + "1 " * 30)):
            self.place.write(f"root/proc/{pid}/stat", text)
        (self.root / "proc/16").mkdir()
        self.place.write("root/proc/17", "no folder")
        self.assertEqual(self.count(), 1)
        (self.root / "proc/7/status").unlink()
        self.process(18)
        self.assertEqual((self.count(), self.count("-u", "33")), (2, 1))
        self.place.write("root/proc/uptime", "soon\n")
        self.expect(3, [], "proc/uptime")

    def test_no_processes_at_all(self):
        self.expect(3, [], f'no process is in "{self.root}/proc"')
        self.expect(3, ["-u", "nobody-here"], 'no such user: "nobody-here"')

    def test_saturated_workers(self):
        def sample(at, *cpus):
            self.uptime(at)
            for number, cpu in enumerate(cpus):
                self.process(30 + number, cpu=int(cpu * TICKS), age=50 + at - 1000, born=at)

        words = ["-n", "worker", "--saturated", "80"]
        sample(1000, 5, 5, 5, 5)
        self.expect(0, words, "cpu=U")
        sample(1010, 14.5, 14.9, 5, 6)
        text = self.expect(0, words, '4 processes "worker", processor 204.0 %, 2 of 4 saturated')
        self.assertIn(" cpu=204%;;;0; cpu_most=99%;;;0; saturated=50%;;;0;100 ", text)
        sample(1020, 24, 24.4, 14.5, 15.5)
        self.expect(2, [*words, "-c", "saturated=75"], "saturated 100 % (critical 75)")
        sample(1030, 24, 24.4, 14.5, 15.5)
        self.expect(1, [*words, "-w", "saturated=1:"], "saturated 0 % (warning 1:)", "0 of 4 saturated")

    def test_a_process_that_is_new_has_no_share(self):
        self.process(40, cpu=0)
        self.check("-i", "1")
        self.uptime(1010)
        self.process(40, cpu=5 * TICKS, born=1000)
        self.process(41, cpu=9 * TICKS, born=1010, age=1)
        values = self.values("-i", "1")
        self.assertEqual((values["count"], values["cpu"], values["cpu_most"]), (2, 50, 50))

    def test_command_lines(self):
        for words, text in ((["-r", "("], '"("'), (["-a", "["], '"["'), (["-s", "Q"], '"Q"'), (["-s", ""], "--state"),
                            (["--saturated", "101"], "101"), (["--saturated", "-1"], "-1"), (["-i", "0"], "0"),
                            (["--older-than", "x"], "x"), (["-w", "1-2"], "1-2")):
            with self.subTest(words=words):
                self.expect(3, words, text)


    def test_collector(self):
        for pid, name, state in ((5, "b)\n(", "S"), (6, "worker", "D"), (7, "worker", "S")):
            self.process(pid, name, state=state, cpu=pid)
        collect = [BUILD / "collectors/collect_processes", "--root", self.root]
        document = json.loads(run(collect).stdout)
        values = {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}
        self.assertEqual((values["all", None], values["threads", None], values["state", "S"], values["state", "D"]), (3, 6, 2, 1))
        self.assertEqual((values["count", "worker"], values["memory", "worker"], values["cpu", "worker"]), (2, 20 * PAGE, 13))
        self.assertEqual(values["count", "b) ("], 1)
        self.assertIn("processes.count.worker 2 ", run([*collect, "-r", "^work", "--format", "graphite"]).stdout)
        self.assertEqual(run([*collect, "-r", "("]).returncode, 3)


class Here(unittest.TestCase):
    def check(self, *words):
        return run([CHECK, *words])

    def test_this_process(self):
        result = self.check("-n", "check_procs")
        self.assertEqual(result.returncode, 2, "it does not count itself")
        document = json.loads(self.check("--format", "json").stdout)
        self.assertGreaterEqual(document["metrics"][0]["value"], 2)

    def test_a_name_with_a_line_break(self):
        code = "import ctypes, sys; ctypes.CDLL(None).prctl(15, b'a)\\nb (|', 0, 0, 0); print(flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            result = self.check("-n", "a)\nb (|")
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assertEqual(result.stdout.count("\n"), 1)
            child.stdin.close()

    def test_idle_and_saturated(self):
        code = "print(flush=True)\nwhile True: pass"
        with Place("procs") as place:
            script = place.write("busy-by-test.py", code)
            process = place.start([sys.executable, script])
            wait_until(lambda: place.log() == "\n", what="the loop")
            result = self.check("-a", str(script), "--saturated", "5", "-i", "0.5", "-c", "saturated=50")
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn("1 of 1 saturated", result.stdout)
            process.send_signal(19)
            result = self.check("-a", str(script), "--saturated", "5", "-i", "0.1", "-c", "saturated=50", "--state", "T")
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assertIn("0 of 1 saturated", result.stdout)

    def test_an_interval_that_is_too_long(self):
        result = self.check("-i", "20", "-t", "1")
        self.assertEqual(result.returncode, 3)
        self.assertIn("does not fit into --timeout", result.stdout)


if __name__ == "__main__":
    unittest.main()
