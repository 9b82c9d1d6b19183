# SPDX-License-Identifier: GPL-3.0-or-later
import json
import unittest

from tests.support import BUILD, Place, run

LOAD = BUILD / "checks" / "check_load"


class Load(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)

    def load(self, loadavg, *words, stat="cpu  1\ncpu0 1\ncpu1 1\ncpu2 1\ncpu3 1\n"):
        self.place.write("proc/loadavg", loadavg)
        self.place.write("proc/stat", stat)
        return run([LOAD, "--root", self.place.path, *words])

    def test_of_this_machine(self):
        document = json.loads(run([LOAD, "--format=json"]).stdout)
        self.assertEqual([metric["name"] for metric in document["metrics"]], ["load1", "load5", "load15", "running"])
        self.assertGreater(document["metrics"][3]["value"], 0)

    def test_per_processor(self):
        for word in ("-r", "--per-cpu", "--percpu"):
            done = self.load("8.00 4.00 2.00 1/100 5\n", word, "-w", "1.5", "-c", "3")
            self.assertEqual(done.stdout, "LOAD WARNING - load1 2 (warning 1.5) | "
                                          "load1=2;1.5;3;0; load5=1;;;0; load15=0.5;;;0;\n")
            self.assertEqual(done.returncode, 1)

    def test_a_list_of_ranges(self):
        load = "8.00 4.00 2.00 1/100 5\n"
        done = self.load(load, "-w", "9,3,2", "-c", "10,6,@2:2")
        self.assertEqual(done.stdout, "LOAD CRITICAL - load15 2 (critical @2:2), load5 4 (warning 3) | "
                                      "load1=8;9;10;0; load5=4;3;6;0; load15=2;2;@2:2;0;\n")
        self.assertIn("load1=8;;;0; load5=4;;;0; load15=2;1;;0;", self.load(load, "-w", ",,1").stdout)
        self.assertEqual(self.load(load, "-w", "9,3,2", "-w", "load5=5").returncode, 0)
        for words, fault in (("1,2,3,4", '"1,2,3,4"'), ("1,x,3", '"x"'), ("load1=1,2", '"1,2"')):
            done = self.load(load, "-w", words)
            self.assertEqual(done.returncode, 3)
            self.assertIn(fault, done.stdout.split("\n")[0])
        self.assertEqual(json.loads(run([LOAD, "--describe"]).stdout)["listed"], ["load1", "load5", "load15"])

    def test_no_processors(self):
        done = self.load("8.00 4.00 2.00 1/100 5\n", "-r", stat="cpu  1\nbtime 5\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn("no processor", done.stdout)
        self.assertEqual(self.load("8.00 4.00 2.00 1/100 5\n", stat="").returncode, 0)

    def test_damaged_files(self):
        for text in ("", "\n", "1 2\n", "1 2 3 4\n", "-1 2 3 1/2 3\n", "1 2 3 a/b 3\n", "1e3 2 3 1/2 3\n", "\xff\xfe"):
            done = self.load(text)
            self.assertEqual(done.returncode, 3, text)
            self.assertTrue(done.stdout.startswith("LOAD UNKNOWN - "), done.stdout)


if __name__ == "__main__":
    unittest.main()
