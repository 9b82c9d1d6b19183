# SPDX-License-Identifier: GPL-3.0-or-later
"""check_iowait on a captured tree of an EC2 machine, on this machine, and on trees that are damaged."""
import json
import shutil
import unittest

from tests.support import BUILD, TOP, Place, run

CHECK = BUILD / "checks/check_iowait"
TREES = TOP / "tests/fixtures/proc/ebs"


class Iowait(unittest.TestCase):
    def setUp(self):
        self.place = Place("iowait")
        self.addCleanup(self.place.close)
        self.root = self.place.path / "root"
        self.take("before")

    def take(self, name):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(TREES / name, self.root)

    def check(self, *words):
        return run([CHECK, "--root", self.root, "--state-file", self.place.path / "state", *words])

    def metrics(self, *words):
        result = self.check("--format", "json", *words)
        document = json.loads(result.stdout)
        return document, {(m["name"], m["instance"]): m["value"] for m in document["metrics"]}

    def both(self, *words):
        """The answer for the ten seconds between the two trees."""
        self.check(*words)
        self.take("after")
        return self.metrics(*words)

    def test_first_run_knows_no_change(self):
        document, values = self.metrics()
        self.assertIsNone(values["iowait", None])
        self.assertIsNone(values["util", "nvme1n1"])
        self.assertEqual(document["verdict"], "UNKNOWN")
        self.assertIn("the first sample", document["text"])

    def test_changes_over_the_time_of_uptime(self):
        _, values = self.both()
        self.assertEqual(values["iowait", None], 84)
        self.assertEqual(values["steal", None], 1)
        self.assertEqual(values["blocked", None], 5)
        self.assertEqual(values["util", "nvme0n1"], 25)
        self.assertEqual(values["await", "nvme0n1"], 2)
        self.assertEqual(values["queue", "nvme0n1"], 0.3)
        self.assertEqual(values["pressure_some", None], 84.5)

    def test_a_stalled_volume_is_critical_and_named(self):
        document, values = self.both()
        self.assertEqual(document["verdict"], "CRITICAL")
        self.assertIn("nvme1n1 (EBS vol-0123456789abcdef0) is stalled: 4 requests in flight, none completed in 10.0 s",
                      document["text"])
        self.assertEqual(values["util", "nvme1n1"], 100)  # its busy time wrapped at 32 bits
        self.assertIsNone(values["await", "nvme1n1"])

    def test_default_ranges_are_30_and_90(self):
        document, _ = self.both("--device", "nvme0n1")
        self.assertEqual(document["verdict"], "WARNING")
        iowait = document["metrics"][0]
        self.assertEqual((iowait["name"], iowait["unit"], iowait["warning"], iowait["critical"]),
                         ("iowait", "%", "30", "90"))

    def test_ranges_of_one_device(self):
        self.check("--device", "nvme0n1")
        self.take("after")
        result = self.check("--device", "nvme0n1", "-w", "", "-c", "util[nvme0n1]=20")
        # other ranges are other arguments, yet the state file is the same
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn('util of "nvme0n1" 25 % (critical 20)', result.stdout)

    def test_pseudo_devices_and_partitions_only_when_asked(self):
        _, values = self.both()
        self.assertEqual({name for metric, name in values if metric == "util"}, {"nvme0n1", "nvme1n1", "dm-0"})
        _, values = self.metrics("--device", "nvme0n1p*", "--device", "loop0")
        self.assertEqual({name for metric, name in values if metric == "util"}, {"nvme0n1p1", "loop0"})

    def test_mount_leads_to_its_device(self):
        _, values = self.both("--mount", "/var/lib/mysql/data", "--mount", "/home")
        self.assertEqual({name for metric, name in values if metric == "util"}, {"nvme1n1", "nvme0n1p1"})

    def test_what_leads_to_no_device_is_unknown(self):
        for words, text in ((["--device", "hd?"], 'no device matches "hd?"'),
                            (["--mount", "/proc"], '"/proc" is on "proc", which is no block device')):
            result = self.check(*words)
            self.assertEqual(result.returncode, 3)
            self.assertIn(text, result.stdout)

    def test_bad_words(self):
        for words, text in ((["--interval", "1x"], "1x"), (["--mount", "data"], '"data"'), (["--nope"], "nope"),
                            (["-w", "2:1"], "2:1"), (["-c", "iowait=foo"], "foo"), (["-w", "nope=1"], "nope")):
            result = self.check(*words)
            self.assertEqual(result.returncode, 3, words)
            self.assertIn(text, result.stdout)
        result = run([CHECK, "--interval", "10s", "-t", "5"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("not below the timeout", result.stdout)

    def test_damaged_files_are_named_with_their_line(self):
        for name, content, text in (("proc/stat", "cpu 1 2 three 4\n", "line 1"),
                                    ("proc/stat", b"\0\1\2binary", 'no line'),
                                    ("proc/diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\r\n", "line 1"),
                                    ("proc/diskstats", "<html>\n", "line 1"),
                                    ("proc/uptime", "soon\n", "proc/uptime"),
                                    ("proc/pressure/io", "some rubbish\n", "line 1")):
            with self.subTest(name=name, content=content):
                self.take("before")
                path = self.root / name
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
                result = self.check()
                self.assertEqual(result.returncode, 3, result.stdout)
                self.assertIn(str(path), result.stdout)
                self.assertIn(text, result.stdout)

    def test_missing_files(self):
        (self.root / "proc/stat").unlink()
        result = self.check()
        self.assertEqual(result.returncode, 3)
        self.assertIn("No such file", result.stdout)
        self.take("before")
        (self.root / "proc/diskstats").unlink()
        shutil.rmtree(self.root / "proc/pressure")
        _, values = self.metrics()
        self.assertEqual({metric for metric, _ in values}, {"iowait", "steal", "blocked"})

    def test_a_restart_is_not_a_negative_change(self):
        self.take("after")
        self.check()
        self.take("before")
        _, values = self.metrics()
        self.assertIsNone(values["iowait", None])
        self.assertIsNone(values["util", "nvme0n1"])

    def test_this_machine_within_one_run(self):
        result = run([CHECK, "--interval", "50ms", "--format", "json"])
        values = {m["name"]: m["value"] for m in json.loads(result.stdout)["metrics"]}
        self.assertGreaterEqual(values["iowait"], 0)
        self.assertLessEqual(values["iowait"], 100)

    def test_the_default_interval_is_a_second(self):
        document = json.loads(run([CHECK, "--format", "json"]).stdout)
        self.assertGreaterEqual(document["elapsed"], 1)
        self.assertLess(document["elapsed"], 2)


class Diskstats(unittest.TestCase):
    def test_collects_every_counter(self):
        result = run([BUILD / "collectors/collect_diskstats", "--root", TREES / "after", "--device", "nvme0n1"])
        values = {m["name"]: m["value"] for m in json.loads(result.stdout)["metrics"]}
        self.assertEqual(result.returncode, 0)
        self.assertEqual(values["reads"], 6000)
        self.assertEqual(values["read_bytes"], 96000 * 512)
        self.assertEqual(len(values), 17)


if __name__ == "__main__":
    unittest.main()
