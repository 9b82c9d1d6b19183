# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of a configuration is one that the scheduler takes."""
import pathlib
import unittest

from tests.support import BUILD, run

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "conf/examples"


class Examples(unittest.TestCase):
    def test_every_example_is_good(self):
        folders = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
        self.assertTrue(folders)
        for folder in folders:
            with self.subTest(folder.name):
                done = run([BUILD / "bin/watchbill", "config", "check", "--conf", folder])
                errors = [line for line in done.stderr.splitlines() + done.stdout.splitlines() if "error" in line.lower()]
                self.assertEqual((done.returncode, errors), (0, []), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
