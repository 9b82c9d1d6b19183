# SPDX-License-Identifier: GPL-3.0-or-later
"""rotate_logs into a bucket of a real OpenStack Swift: what it signs is verified by code that is not ours."""
import datetime
import os
import re
import unittest

from tests.support import BUILD, Place, run
from tests.support.swift import KEY, REGION, SECRET, Swift

PROGRAM = BUILD / "remediations" / "rotate_logs"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
WHEN = 1_700_000_000  # 2023-11-14 22:13:20 UTC


class Bucket(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.swift = Swift(cls.place)
        cls.swift.ask("/logs", "PUT")

    def setUp(self):
        self.logs = self.place.path / self.id().rpartition(".")[2]
        self.logs.mkdir()
        self.secret = self.place.write("secret", SECRET + "\n", 0o600)

    def log(self, name, content=b"line\n"):
        path = self.logs / name
        path.write_bytes(content)
        os.utime(path, (WHEN, WHEN))
        return path

    def act(self, bucket, *more):
        return run([PROGRAM, "--directory", self.logs, "--pattern", "*.log.[0-9]*", "--bucket", self.swift.url + bucket,
                    "--access-key", KEY, "--secret-file", self.secret, "--region", REGION, "--target", "web01", "--issue",
                    "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.place.path / "ledger.jsonl", *more],
                   seconds=60)

    def left(self):
        return sorted(os.listdir(self.logs))

    def test_what_is_stored_is_deleted_here(self):
        big = os.urandom(6 << 20)
        self.log("big.log.1", big)
        self.log("b + ü (1)~&=.log.2", b"odd")
        result = self.act("/logs/first")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.left(), [])
        self.assertEqual(self.swift.ask("/logs/first/web01/b%20%2B%20%C3%BC%20%281%29~%26%3D.log-20231114-221320"), "odd")
        listed = self.swift.ask("/logs")
        self.assertEqual(re.findall("<Size>([0-9]+)</Size>", listed).count(str(len(big))), 1, listed)

    def test_what_is_there_already_is_deleted_and_another_one_stays(self):
        for content, code, left in ((b"same", 0, []), (b"same", 0, []), (b"other", 2, ["a.log.1"])):
            self.log("a.log.1", content)
            result = self.act("/logs/second")
            self.assertEqual(result.returncode, code, result.stderr + result.stdout)
            self.assertEqual(self.left(), left)
        self.assertEqual(self.swift.ask("/logs/second/web01/a.log-20231114-221320"), "same")

    def test_a_prefix_is_signed_as_it_is_sent(self):
        self.log("a.log.1", b"here")
        result = self.act("/logs/two+words (x)%21")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.swift.ask("/logs/two%2Bwords%20%28x%29%21/web01/a.log-20231114-221320"), "here")

    def test_what_it_refuses_leaves_the_logs(self):
        self.log("a.log.1")
        wrong = self.place.write("wrong", "not it\n", 0o600)
        for bucket, more, words in (("/logs", ("--secret-file", wrong), "SignatureDoesNotMatch"),
                                    ("/logs", ("--access-key", "test:nobody"), "SignatureDoesNotMatch"),
                                    ("/logs", ("--region", "us-east-1"), "AuthorizationHeaderMalformed"),
                                    ("/nowhere", (), "NoSuchBucket")):
            result = self.act(bucket, *more)
            self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
            self.assertIn(words, result.stderr)
            self.assertNotIn(SECRET, result.stdout + result.stderr)
        self.assertEqual(self.left(), ["a.log.1"])


if __name__ == "__main__":
    unittest.main()
