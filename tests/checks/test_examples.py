# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of a configuration is one that the scheduler takes."""
import json
import pathlib
import re
import unittest

from tests.support import BUILD, Place, run

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

    def commands(self, folder):
        """The words of each remediation program of an example."""
        shown = run([BUILD / "bin/watchbill", "config", "show", "--conf", folder]).stdout
        words = None
        for line in shown[shown.find("\nremediations:"):].splitlines():
            word = re.match(r'\s+- ("(?:[^"\\]|\\.)*"|\S+)', line)
            if word and words is not None:
                words.append(json.loads(word[1]) if word[1].startswith('"') else word[1])
                continue
            if words and (BUILD / "remediations" / words[0]).exists():
                yield [re.sub(r"\$\w+\$", "127.0.0.1", one) for one in words]
            words = [] if line.strip() in ("command:", "run:", "undo:") else None

    def test_what_stands_beside_an_example_is_good_for_its_server(self):
        for path in sorted(EXAMPLES.glob("*/haproxy.cfg")):
            done = run(["haproxy", "-c", "-f", path])
            self.assertEqual(done.returncode, 0, done.stderr)
        for path in sorted(EXAMPLES.glob("*/mariadb.cnf")):
            done = run(["mariadbd", f"--defaults-file={path}", "--user=mysql", "--help", "--verbose"])
            self.assertEqual((done.returncode, "unknown variable" in done.stderr), (0, False), done.stderr)

    def test_every_remediation_takes_its_words(self):
        """Its TTL has ended: it reads its options, and refuses before it looks at anything."""
        place = Place("examples")
        self.addCleanup(place.close)
        found = [words for folder in sorted(EXAMPLES.iterdir()) for words in self.commands(folder)]
        self.assertGreater(len(found), 10)
        for words in found:
            with self.subTest(words[0]):
                done = run([BUILD / "remediations" / words[0], *words[1:], "--issue", "X-1", "--ttl", "1d",
                            "--tagged", "2000-01-01", "--ledger", place.path / "ledger"])
                self.assertRegex(done.stderr, 'refused: (the TTL of issue "X-1" has ended|--directory: No such file)')


if __name__ == "__main__":
    unittest.main()
