# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import time
import unittest

from tests.support import BUILD, Place, run

QUEUE = BUILD / "checks" / "check_queue"


class Spool(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.spool = self.place.path / "spool"
        self.spool.mkdir()

    def fill(self, name, age=0, text="x"):
        path = self.place.write(f"spool/{name}", text)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def queue(self, *words, directory=None):
        return run([QUEUE, "--type", "spool", "--directory", directory or self.spool, *words])

    def metrics(self, *words):
        document = json.loads(self.queue("--format=json", *words).stdout)
        return {metric["name"]: metric["value"] for metric in document["metrics"]}

    def test_empty(self):
        done = self.queue("-w", "50", "-c", "100")
        self.assertEqual(done.stdout, f'QUEUE OK - "{self.spool}" is empty | entries=0;50;100;0; oldest=0s;;;0; '
                                      "newest=0s;;;0; bytes=0B;;;0;\n")
        self.assertEqual(done.returncode, 0)

    def test_thresholds(self):
        for number in range(51):
            self.fill(f"job{number}")
        self.assertEqual(self.queue("-w", "51", "-c", "100").returncode, 0)
        done = self.queue("-w", "50", "-c", "100")
        self.assertEqual(done.returncode, 1)
        self.assertIn("entries 51 (warning 50)", done.stdout)
        self.assertEqual(self.queue("-w", "5", "-c", "50").returncode, 2)

    def test_ages_and_bytes(self):
        self.fill("old", 7200, "abc")
        self.fill("new", 60, "de")
        found = self.metrics()
        self.assertEqual((found["entries"], found["bytes"]), (2, 5))
        self.assertAlmostEqual(found["oldest"], 7200, delta=30)
        self.assertAlmostEqual(found["newest"], 60, delta=30)
        done = self.queue("-c", "oldest=3600")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the oldest for 2h", done.stdout)
        self.assertEqual(self.metrics("--older-than", "10m")["entries"], 1)

    def test_what_counts(self):
        self.fill("a.msg")
        self.fill(".hidden")
        self.fill("b.tmp")
        self.fill("deep/er/c.msg")
        os.symlink(self.spool / "a.msg", self.spool / "link.msg")
        os.symlink("/", self.spool / "root")
        os.mkfifo(self.spool / "fifo.msg")
        self.assertEqual(self.metrics()["entries"], 2)
        self.assertEqual(self.metrics("--pattern", "*.msg")["entries"], 1)
        self.assertEqual(self.metrics("--recursive", "--pattern", "*.msg")["entries"], 2)
        self.assertEqual(self.metrics("-R")["entries"], 3)
        self.assertEqual(self.metrics("--pattern", ".h*")["entries"], 1)

    def test_missing(self):
        nowhere = self.place.path / "nowhere"
        for state, code in (("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3)):
            done = self.queue("--missing", state, "-w", "5", directory=nowhere)
            self.assertEqual(done.returncode, code, done.stdout)
            self.assertIn(str(nowhere), done.stdout)
        self.assertEqual(self.queue(directory=nowhere).returncode, 3)
        done = self.queue(directory=self.fill("file"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("Not a directory", done.stdout)

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "needs setpriv")
    def test_unreadable(self):
        self.spool.chmod(0)
        self.addCleanup(self.spool.chmod, 0o755)
        words = [QUEUE, "--directory", self.spool]
        if os.geteuid() == 0:
            words = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + words
        done = run(words)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(done.stdout, f'QUEUE UNKNOWN - Permission denied: "{self.spool}"\n')

    def test_hostile_names(self):
        self.fill("a|b\nc'd=e")
        done = self.queue()
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.count("\n"), 1)

    def test_alias_and_misuse(self):
        self.assertEqual(run([QUEUE, "--queue", self.spool]).returncode, 0)
        done = run([QUEUE])
        self.assertEqual(done.returncode, 3)
        self.assertIn("--directory", done.stdout)
        self.assertIn('"nosuch"', run([QUEUE, "--type", "nosuch", "-d", "/"]).stdout)

    def test_many(self):
        for number in range(5000):
            os.close(os.open(self.spool / f"{number}", os.O_CREAT | os.O_WRONLY))
        self.assertEqual(self.metrics()["entries"], 5000)


if __name__ == "__main__":
    unittest.main()
