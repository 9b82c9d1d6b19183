# SPDX-License-Identifier: GPL-3.0-or-later
"""rotate_logs into a directory, and into a bucket that verifies the signatures."""
import datetime
import gzip
import json
import os
import signal
import threading
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import Scripted
from tests.support.s3 import Bucket

PROGRAM = BUILD / "remediations" / "rotate_logs"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
SECRET = "s3cret/key"
WHEN = 1_700_000_000  # 2023-11-14 22:13:20 UTC


class Logs(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.ledger = self.place.path / "ledger.jsonl"
        self.logs = self.place.path / "logs"
        self.logs.mkdir()

    def log(self, name, content=b"line\n" * 1000, when=WHEN):
        path = self.logs / name
        path.write_bytes(content)
        os.utime(path, (when, when))
        return path

    def words(self, *more):
        return [PROGRAM, "--target", "web01", "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger",
                self.ledger, *more]

    def act(self, *more, **how):
        return run(self.words(*more), **how)

    def last(self):
        return json.loads(self.ledger.read_text().splitlines()[-1])


class Directory(Logs):
    def setUp(self):
        super().setUp()
        self.to = self.place.path / "archive"
        self.to.mkdir()

    def stored(self):
        return sorted(path.relative_to(self.to).as_posix() for path in self.to.rglob("*") if path.is_file())

    def test_names_with_a_date_and_nothing_else_is_touched(self):
        for name in ("app.log.1", "app.log.2.gz", "db.log-20231114", "app.log", "notes.txt"):
            self.log(name, name.encode())
        result = self.act("--directory", self.logs, "--pattern", "*.log[.-][0-9]*", "--to", self.to, "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f'would store "{self.logs}/app.log.1" as "{self.to}/web01/app.log-20231114-221320"', result.stdout)
        self.assertEqual(self.stored(), [])
        result = self.act("--directory", self.logs, "--pattern", "*.log[.-][0-9]*", "--to", self.to)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.stored(), ["web01/app.log-20231114-221320", "web01/app.log-20231114-221320.gz",
                                         "web01/db.log-20231114-20231114-221320"])
        self.assertEqual(sorted(os.listdir(self.logs)), ["app.log", "notes.txt"])
        self.assertEqual((self.to / "web01/app.log-20231114-221320").read_bytes(), b"app.log.1")
        self.assertEqual(self.last()["outcome"], "fixed")
        result = self.act("--directory", self.logs, "--pattern", "*.log[.-][0-9]*", "--to", self.to)
        self.assertEqual(result.returncode, 1, result.stderr)

    def logrotate(self, *lines):
        """A real one rotates all logs by force, with these lines in its entry."""
        self.logs.chmod(0o755)
        config = self.place.write("logrotate.conf", "\n".join([f"{self.logs}/*.log {{", "rotate 9", *lines, "}"]) + "\n", 0o644)
        return run(["/usr/sbin/logrotate", "-f", "-s", self.place.path / "logrotate.state", config])

    def hook(self, kind, *more):
        return (kind, " ".join(f"'{word}'" if "$" not in str(word) else f'"{word}"'
                               for word in self.words("--to", self.to, *more)), "endscript")

    def test_as_the_last_action_of_logrotate(self):
        self.log("app.log", b"app")
        self.log("db.log", b"db")
        last = self.hook("lastaction", "--directory", self.logs, "--pattern", "*.log-*")
        result = self.logrotate("dateext", "compress", "sharedscripts", *last)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(sorted(os.listdir(self.logs)), [])
        stored = self.stored()
        self.assertEqual(len(stored), 2)
        self.assertRegex(stored[0], r"^web01/app\.log-\d{8}-\d{8}-\d{6}\.gz$")
        self.assertEqual(gzip.decompress((self.to / stored[0]).read_bytes()), b"app")
        self.assertEqual(self.last()["outcome"], "fixed")

    def test_logrotate_tells_when_it_could_not_be_put_away(self):
        self.log("app.log")
        last = self.hook("lastaction", "--directory", self.logs, "--pattern", "*.log.1")
        self.to.rmdir()
        result = self.logrotate("sharedscripts", *last)
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertIn("not a directory", result.stderr)
        self.assertEqual(os.listdir(self.logs), ["app.log.1"])

    def test_after_the_rotation_of_each_log(self):
        self.log("app.log", b"app")
        self.log("db.log", b"db")
        result = self.logrotate(*self.hook("postrotate", "--file", "$2"))
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.stored(), ["web01/app.log-20231114-221320", "web01/db.log-20231114-221320"])
        self.assertEqual(os.listdir(self.logs), [])

    def test_one_that_is_stored_already_is_deleted_and_another_is_not_overwritten(self):
        first, second = self.log("a.log.1", b"same"), self.log("b.log.1", b"mine")
        self.place.write("archive/web01/a.log-20231114-221320", b"same")
        self.place.write("archive/web01/b.log-20231114-221320", b"other")
        self.place.write("archive/web01/c.log-20231114-221320.part", b"cut of")  # left by a run that was killed
        third = self.log("c.log.1", b"cut off before")
        result = self.act("--file", first, "--file", second, "--file", third, "--to", self.to)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("another one has the name", result.stderr)
        self.assertEqual(sorted(os.listdir(self.logs)), ["b.log.1"])
        self.assertEqual((self.to / "web01/b.log-20231114-221320").read_bytes(), b"other")
        self.assertEqual((self.to / "web01/c.log-20231114-221320").read_bytes(), b"cut off before")
        self.assertEqual(len(self.stored()), 3)

    def test_what_is_still_written_to_stays(self):
        path = self.log("app.log.1")
        with path.open("ab"):
            result = self.act("--file", path, "--to", self.to)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("it is still written to", result.stderr)
        self.assertTrue(path.exists())
        fresh = self.log("fresh.log.1", when=int(datetime.datetime.now().timestamp()))
        result = self.act("--file", fresh, "--to", self.to, "--older-than", "1h")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertTrue(fresh.exists())

    def test_keep_deletes_nothing_and_no_link_is_followed(self):
        path = self.log("app.log.1")
        (self.logs / "evil.log.1").symlink_to("/etc/passwd")
        result = self.act("--directory", self.logs, "--pattern", "*.log.1", "--file", path, "--to", self.to, "--keep")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(path.exists())
        self.assertEqual(self.stored(), ["web01/app.log-20231114-221320"])

    def test_a_place_that_cannot_hold_it_is_refused(self):
        path = self.log("app.log.1")
        for to in (self.place.path / "none", path):
            result = self.act("--file", path, "--to", to)
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("not a directory", result.stderr)
        with path.open("r+b") as file:
            file.truncate(1 << 43)
        result = self.act("--file", path, "--to", self.to)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("find no room", result.stderr)
        self.assertTrue(path.exists())

    def test_misuse(self):
        for more in ((), ("--file", "x"), ("--directory", "x", "--to", "y"), ("--file", "x", "--to", "y", "--bucket", "z"),
                     ("--file", "x", "--bucket", "ftp://x/y"), ("--file", "x", "--bucket", "http://x/y"),
                     ("--file", "x", "--to", "y", "--region", "a:b")):
            self.assertEqual(self.act(*more).returncode, 3, more)


class Storage(Logs):
    def setUp(self):
        super().setUp()
        self.bucket = Bucket()
        self.addCleanup(self.bucket.close)
        self.secret = self.place.write("secret", SECRET + "\n", 0o600)

    def where(self, url=None, region="eu-test-1", key="AKIDTEST"):
        return "--bucket", url or self.bucket.url, "--region", region, "--access-key", key, "--secret-file", self.secret

    def test_what_is_stored_and_verified_is_deleted(self):
        name = "a b+c%d~é&=.log.1"  # what the signature must count as the server does
        paths = [self.log(name, os.urandom(3_000_000)), self.log("empty.log.1", b"")]
        content = paths[0].read_bytes()
        result = self.act("--directory", self.logs, "--pattern", "*.1", *self.where(self.bucket.url + "/pre fix/"
                                                                                   .replace(" ", "%20")))
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.bucket.refused, [])
        self.assertEqual(self.bucket.objects, {"pre fix/web01/a b+c%d~é&=.log-20231114-221320": content,
                                               "pre fix/web01/empty.log-20231114-221320": b""})
        self.assertEqual(os.listdir(self.logs), [])
        self.assertNotIn(SECRET, self.ledger.read_text() + result.stdout + result.stderr)

    def test_wrong_keys_and_regions_delete_nothing(self):
        path = self.log("app.log.1")
        for more, words in ((self.where(key="OTHER"), "InvalidAccessKeyId"),
                            (self.where(region="elsewhere"), "AuthorizationHeaderMalformed"),
                            (self.where(url=self.bucket.url.replace("/logs", "/none")), "NoSuchBucket")):
            result = self.act("--file", path, *more)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(words, result.stderr)
        self.secret.write_text("wrong\n")
        result = self.act("--file", path, *self.where())
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("SignatureDoesNotMatch", result.stderr)
        self.assertEqual((path.exists(), self.bucket.objects), (True, {}))

    def test_what_comes_back_changed_is_not_deleted(self):
        path = self.log("app.log.1")
        self.bucket.corrupt = True
        result = self.act("--file", path, *self.where())
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("it was stored, and is not what was sent", result.stderr)
        self.assertTrue(path.exists())
        result = self.act("--file", path, *self.where())
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("another one has the name", result.stderr)
        self.assertTrue(path.exists())

    def kill_at(self, stage):
        """Kill a run when ${stage} is reached; the log is still there."""
        reached, go_on = threading.Event(), threading.Event()
        self.addCleanup(go_on.set)

        def stall(method, path):
            if method == stage(self.bucket) and not reached.is_set():
                reached.set()
                go_on.wait(30)

        self.bucket.stall = stall
        process = self.place.start(self.words("--file", self.path, *self.where()), "rotate")
        self.assertTrue(reached.wait(20))
        self.place.stop(process, signal.SIGKILL)
        go_on.set()
        self.bucket.stall = lambda method, path: None
        self.assertTrue(self.path.exists())

    def test_killed_in_the_middle_of_an_upload_it_is_taken_up_again(self):
        self.path = self.log("app.log.1", os.urandom(20_000_000))
        content = self.path.read_bytes()
        self.kill_at(lambda bucket: "half")
        self.assertEqual(self.bucket.objects, {})
        result = self.act("--file", self.path, *self.where())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.bucket.objects, {"web01/app.log-20231114-221320": content})
        self.assertFalse(self.path.exists())

    def test_killed_before_it_was_verified_it_is_not_sent_again(self):
        self.path = self.log("app.log.1")
        self.kill_at(lambda bucket: "GET" if bucket.objects else "none")
        self.bucket.requests.clear()
        result = self.act("--file", self.path, *self.where())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([method for method, _ in self.bucket.requests], ["GET"])
        self.assertFalse(self.path.exists())

    def test_what_is_no_bucket_deletes_nothing(self):
        path = self.log("app.log.1")
        result = self.act("--file", path, *self.where(url=f"http://127.0.0.1:{free_port()}/logs"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("Connection refused", result.stderr)
        for status, content in ((200, b""), (200, b"<html>"), (404, b"\0\xff"), (301, b""), (500, b"<Code>" + b"x" * 900),
                                (403, b"")):
            def page(handler):
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content)
            with Scripted({"/logs/web01/app.log-20231114-221320": page}) as server:
                result = self.act("--file", path, *self.where(url=server.url + "/logs"))
            self.assertEqual(result.returncode, 2, (status, content, result.stdout))
            self.assertIn("stay where they are", result.stderr)
            self.assertLess(len(result.stderr), 1500)
        self.assertTrue(path.exists())


if __name__ == "__main__":
    unittest.main()
