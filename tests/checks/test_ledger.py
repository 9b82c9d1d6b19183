# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger as many programs write it at once, and as a power cut or a vandal leaves it."""
import datetime
import json
import os
import stat
import subprocess
import unittest

from tests.support import BUILD, Place, run

PROGRAM = BUILD / "remediations" / "clean_spool"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()


class Ledger(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.spool = self.place.path / "spool"
        self.spool.mkdir()
        self.ledger = self.place.path / "state" / "ledger.jsonl"

    def words(self, *more):
        return [PROGRAM, "--directory", self.spool, "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger",
                self.ledger, *more]

    def act(self, *more):
        (self.spool / "file").write_text("x")
        return run(self.words(*more))

    def lines(self):
        found = []
        for line in self.ledger.read_bytes().split(b"\n"):
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def test_twenty_at_once_never_tear_a_line(self):
        processes = [subprocess.Popen(self.words("--run", f"r{number}"), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) for number in range(20)]
        for process in processes:
            self.assertIn(process.wait(60), (0, 1))
        lines = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        self.assertEqual(sorted(line["run"] for line in lines if line["event"] == "begin"),
                         sorted(f"r{number}" for number in range(20)))
        self.assertEqual(len([line for line in lines if line["event"] == "end"]), 20)

    def test_one_id_at_once_acts_once(self):
        (self.spool / "file").write_text("x")
        processes = [subprocess.Popen(self.words("--run", "same"), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) for _ in range(8)]
        codes = sorted(process.wait(60) for process in processes)
        self.assertEqual(codes.count(0), 1, codes)
        self.assertEqual(len([line for line in self.lines() if line["event"] == "begin"]), 1)

    def test_a_torn_last_line_is_closed(self):
        self.assertEqual(self.act("--run", "a").returncode, 0)
        whole = self.ledger.read_bytes()
        for cut in (1, 2, 40, len(whole) // 3):
            self.ledger.write_bytes(whole[:-cut])
            self.assertEqual(self.act("--run", f"after-{cut}").returncode, 0)
            self.assertEqual([line["run"] for line in self.lines()][-2:], [f"after-{cut}"] * 2)
            self.assertEqual(self.act("--run", "a").returncode, 3, "the first run is known for ever")

    def test_hostile_content_is_skipped(self):
        self.assertEqual(self.act("--run", "a").returncode, 0)
        with self.ledger.open("ab") as file:
            file.write(b"\0\xff{\n" + b"[" * 100000 + b"\n" + b"x" * 5_000_000 + b"\n{\"event\":\"begin\",\"run\":7}\n")
        self.assertEqual(self.act("--run", "b").returncode, 0)
        self.assertEqual(self.act("--run", "a").returncode, 3)

    def test_a_link_is_not_followed(self):
        target = self.place.write("precious", "keep")
        self.ledger.parent.mkdir()
        self.ledger.symlink_to(target)
        self.assertEqual(self.act("--diagnostics", self.place.path / "d").returncode, 2)
        self.assertEqual(target.read_text(), "keep")
        self.assertTrue((self.spool / "file").exists())

    def test_a_folder_of_diagnostics_is_no_link(self):
        elsewhere = self.place.path / "elsewhere"
        elsewhere.mkdir()
        self.ledger.parent.mkdir()
        (self.ledger.parent / "diagnostics").symlink_to(elsewhere)
        self.assertEqual(self.act().returncode, 2)
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_others_cannot_read_it(self):
        self.assertEqual(self.act().returncode, 0)
        self.assertEqual(stat.S_IMODE(self.ledger.stat().st_mode), 0o660)
        for path in (self.ledger.parent / "diagnostics").rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o007, 0, path)

    @unittest.skipIf(os.geteuid() != 0, "only root gives files away")
    def test_root_leaves_it_to_the_owner_of_the_folder(self):
        self.ledger.parent.mkdir()
        os.chown(self.ledger.parent, 65534, 65534)
        self.assertEqual(self.act().returncode, 0)
        for path in self.ledger.parent.rglob("*"):
            self.assertEqual(path.stat().st_uid, 65534, path)


if __name__ == "__main__":
    unittest.main()
