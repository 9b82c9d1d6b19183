# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every remediation program: it describes itself, it refuses without an issue, and the example of the
configuration shows each with options that it has."""
import json
import re
import unittest

from tests.support import BUILD, TOP, Place, run

FOLDER = BUILD / "remediations"
PROGRAMS = sorted(path.stem for path in (TOP / "remediations").glob("*.c") if path.stem != "main")
EXAMPLES = sorted((TOP / "conf/examples").glob("*/remediations.yaml"))


class Programs(unittest.TestCase):
    def options(self, program):
        described = json.loads(run([FOLDER / program, "--describe"]).stdout)
        return {option["name"]: option for option in described["options"]}

    def test_each_describes_itself_and_refuses_without_an_issue(self):
        with Place() as place:
            for program in PROGRAMS:
                with self.subTest(program):
                    options = self.options(program)
                    self.assertLessEqual({"issue", "ttl", "tagged", "dry-run", "ledger", "part-of"}, set(options))
                    result = run([FOLDER / program, "--ledger", place.path / "ledger"])
                    self.assertEqual(result.returncode, 3)
                    self.assertRegex(result.stderr, rf"^{program}: refused: ")
                    self.assertFalse((place.path / "ledger").exists())

    def test_the_examples_show_each_with_options_that_it_has(self):
        text = "\n".join(re.sub(r"^\s*#.*$|\s#.*$", "", path.read_text(), flags=re.M) for path in EXAMPLES)
        shown = set()
        for match in re.finditer(r"\[(" + "|".join(PROGRAMS) + r"),(.*?)\]", text, re.S):
            program, options = match[1], self.options(match[1])
            shown.add(program)
            words = [word.strip() for word in re.findall(r'"[^"]*"|[^,]+', match[2]) if word.strip()]
            for word in words:
                if word.startswith("--"):
                    self.assertIn(word[2:], options, program)
        self.assertEqual(set(PROGRAMS) - shown - {"run_steps"}, set())
        self.assertIn("steps:", text)


if __name__ == "__main__":
    unittest.main()
