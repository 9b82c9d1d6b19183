# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of check_queue that ask a server, and the queue directories of Postfix."""
import json
import os
import signal
import time
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import silent
from tests.support.mariadb import MariaDB, make_template
from tests.support.redis import Redis

QUEUE = BUILD / "checks" / "check_queue"


class Queues(unittest.TestCase):
    def expect(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for part in parts:
            self.assertIn(part, done.stdout)

    def numbers(self, done):
        self.assertTrue(done.stdout.startswith("{"), done.stdout)
        return {(m["name"], m["instance"]): m["value"] for m in json.loads(done.stdout)["metrics"]}


class Sql(Queues):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.db = MariaDB(cls.place, make_template(cls.place), "db", 1)
        cls.db.allow_watcher("SELECT")
        cls.db.sql("CREATE DATABASE shop; CREATE TABLE shop.jobs (id INT, created DATETIME, done INT)")

    def setUp(self):
        self.db.sql("DELETE FROM shop.jobs")

    def queue(self, *words, password="watchpw"):
        return run([QUEUE, "--type", "sql", "-H", "127.0.0.1", "-p", self.db.port, "-u", "watch", "--password",
                    password, *words])

    def test_count(self):
        sql = "SELECT COUNT(*) FROM jobs WHERE done = 0"
        self.expect(self.queue("-D", "shop", "--query", sql, "-c", "1"), 0, "is empty", "entries=0;;1")
        self.db.sql("INSERT INTO shop.jobs VALUES (1, NOW(), 0), (2, NOW(), 0), (3, NOW(), 1)")
        self.expect(self.queue("-D", "shop", "--query", sql, "-c", "1"), 2, "entries 2 (critical 1)")
        self.expect(self.queue("-D", "shop", "--query", sql, "--queue", "shop jobs"), 0, '2 in "shop jobs"')

    def test_age(self):
        sql = "SELECT COUNT(*), TIMESTAMPDIFF(SECOND, MIN(created), NOW()) FROM shop.jobs"
        self.expect(self.queue("--query", sql), 0, "is empty")
        self.db.sql("INSERT INTO shop.jobs VALUES (1, NOW() - INTERVAL 2 HOUR, 0), (2, NOW(), 0)")
        self.expect(self.queue("--query", sql), 0, "the oldest for 2h")
        self.expect(self.queue("--query", sql, "-w", "oldest=3600"), 1, "oldest 720")

    def test_no_number(self):
        for sql, why in (("SELECT id FROM shop.jobs", "no row"), ("SELECT NULL", "NULL"), ("SELECT 'x'", "no number"),
                         ("SELECT 1, 'x'", "no number"), ("SELECT COUNT(*) FROM shop.none", "1146"),
                         ("INSERT INTO shop.jobs VALUES (1, NOW(), 0)", "from")):
            with self.subTest(sql):
                self.expect(self.queue("--query", sql), 3, why)

    def test_failures(self):
        self.expect(self.queue("--query", "SELECT 1", password="wrong"), 2, "1045")
        self.expect(self.queue(), 3, "--query is missing")
        self.expect(self.queue("--query", "SELECT SLEEP(30)", "-t", "0.5"), 3, "timed out after 0.5 s")
        self.expect(run([QUEUE, "--type", "sql", "-H", "127.0.0.1", "-p", free_port(), "--query", "SELECT 1"]), 2,
                    "cannot connect")
        self.expect(self.queue("--query", "SELECT 1", "--newest", "1h"), 3, "not known")


class Lists(Queues):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.redis = Redis(cls.place)

    def setUp(self):
        self.redis.ask("FLUSHALL")

    def queue(self, *words, port=None):
        return run([QUEUE, "--type", "redis", "-H", "127.0.0.1", "-p", port or self.redis.port, *words])

    def test_list(self):
        self.expect(self.queue("--key", "jobs"), 0, '"jobs" is empty', "entries=0")
        self.redis.ask("RPUSH", "jobs", "a", "b", "c")
        self.expect(self.queue("--key", "jobs", "-w", "2"), 1, "entries 3 (warning 2)")
        self.expect(self.queue("--queue", "jobs"), 0, "entries=3")
        self.expect(run([QUEUE, "--type", "redis", "-S", self.redis.socket, "--key", "jobs"]), 0, "entries=3")

    def test_kinds(self):
        self.redis.ask("SADD", "set", "a", "b")
        self.redis.ask("ZADD", "zset", "1", "a")
        self.redis.ask("HSET", "hash", "a", "1", "b", "2", "c", "3")
        for key, entries in (("set", 2), ("zset", 1), ("hash", 3)):
            self.expect(self.queue("--key", key), 0, f"entries={entries};")
        self.redis.ask("SET", "text", "x")
        self.expect(self.queue("--key", "text"), 3, "is a string")

    def test_missing(self):
        for state, code in (("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3)):
            self.expect(self.queue("--key", "none", "--missing", state), code, 'no key "none"')

    def test_database(self):
        self.redis.ask("-n", "3", "RPUSH", "jobs", "a")
        self.expect(self.queue("--key", "jobs", "--database", "3"), 0, "entries=1")
        self.expect(self.queue("--key", "jobs"), 0, "entries=0")
        self.expect(self.queue("--key", "jobs", "--database", "none"), 3, "ERR")

    def stream(self, count, age):
        begin = int((time.time() - age) * 1000)
        for number in range(count):
            self.redis.ask("XADD", "events", f"{begin + number}-0", "field", "value")
        return begin

    def test_stream(self):
        self.stream(5, 600)
        found = self.numbers(self.queue("--key", "events", "--format", "json"))
        self.assertEqual(found["entries", None], 5)
        self.assertAlmostEqual(found["oldest", None], 600, delta=20)
        self.assertNotIn(("pending", None), found)
        self.expect(self.queue("--key", "events", "--newest", "5m"), 2, "the newest is 10m")
        self.expect(self.queue("--key", "events", "--newest", "1h"), 0)
        self.redis.ask("XTRIM", "events", "MAXLEN", "0")
        self.expect(self.queue("--key", "events", "--newest", "1h"), 2, "no newest entry")

    def test_group(self):
        begin = self.stream(5, 600)
        self.redis.ask("XGROUP", "CREATE", "events", "workers", "0")
        words = ["--key", "events", "--group", "workers"]
        found = self.numbers(self.queue(*words, "--format", "json"))
        self.assertEqual((found["pending", None], found["undelivered", None]), (0, 5))
        self.redis.ask("XREADGROUP", "GROUP", "workers", "one", "COUNT", "2", "STREAMS", "events", ">")
        found = self.numbers(self.queue(*words, "--format", "json"))
        self.assertEqual((found["entries", None], found["pending", None], found["undelivered", None]), (5, 2, 3))
        self.assertAlmostEqual(found["oldest", None], 600, delta=20)
        self.expect(self.queue(*words, "-c", "pending=1"), 2, "pending 2 (critical 1)")
        self.redis.ask("XREADGROUP", "GROUP", "workers", "one", "STREAMS", "events", ">")
        self.redis.ask("XACK", "events", "workers", *[f"{begin + number}-0" for number in range(5)])
        found = self.numbers(self.queue(*words, "--format", "json"))
        self.assertEqual((found["pending", None], found["undelivered", None], found["oldest", None]), (0, 0, 0))
        self.expect(self.queue("--key", "events", "--group", "nobody"), 3, 'no group "nobody"')
        self.expect(self.queue("--key", "none", "--group", "workers"), 3, 'no key "none"')
        self.redis.ask("RPUSH", "jobs", "a")
        self.expect(self.queue("--key", "jobs", "--group", "workers"), 3, "no groups")

    def test_password(self):
        locked = Redis(self.place, "--requirepass", "not-for-logs", name="locked")
        self.addCleanup(self.place.stop, locked.process)
        self.expect(self.queue("--key", "jobs", port=locked.port), 3, "NOAUTH")
        done = self.queue("--key", "jobs", "--password", "wrong-one", port=locked.port)
        self.expect(done, 3, "WRONGPASS")
        self.assertNotIn("wrong-one", done.stdout + done.stderr)
        self.expect(self.queue("--key", "jobs", "--password", "not-for-logs", port=locked.port), 0)
        path = self.place.write("secret", "not-for-logs\n", 0o600)
        self.expect(self.queue("--key", "jobs", "-u", "default", "--password-file", path, port=locked.port), 0)

    def test_failures(self):
        self.expect(self.queue("--key", "jobs", port=free_port()), 2, "refused")
        self.expect(self.queue(), 3, "--key is missing")
        self.expect(self.queue("--key", "jobs", "--tls"), 3, "no TLS")
        os.kill(self.redis.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            self.expect(self.queue("--key", "jobs", "-t", "0.5"), 3, "timed out after 0.5 s while waiting")
            self.assertLess(time.monotonic() - began, 1.5)
        finally:
            os.kill(self.redis.process.pid, signal.SIGCONT)

    def test_hostile(self):
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"*1000000000\r\n", b"$536870912\r\n" + b"x" * 100000,
                         b"+" + b"x" * 2000000, b"\0\xff" * 100, b"*-7\r\n", b"+a|b\nc\x1b[31m\r\n"):
            with self.subTest(greeting[:20]), silent(greeting) as port:
                done = self.queue("--key", "jobs", "-t", "1", port=port)
                self.assertEqual(done.returncode, 3, done.stdout)
                self.assertEqual(done.stdout.count("\n"), 1)
                self.assertNotIn("\x1b", done.stdout)


class Postfix(Queues):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.spool = self.place.path / "postfix"
        for name in ("maildrop", "incoming", "active", "deferred", "defer", "hold", "corrupt"):
            (self.spool / name).mkdir(parents=True)

    def fill(self, name):
        path = self.place.write(f"postfix/{name}", "mail", 0o700)
        os.utime(path, (time.time() + 3600,) * 2)  # the next attempt

    def queue(self, *words):
        return run([QUEUE, "--type", "postfix", "--directory", self.spool, *words])

    def test_counts(self):
        self.expect(self.queue(), 0, "is empty", "entries=0")
        for name in ("active/A0", "deferred/0/A/0A1", "deferred/1/1B2", "defer/0/0A1", "hold/C3"):
            self.fill(name)
        found = self.numbers(self.queue("--format", "json"))
        self.assertEqual((found["entries", None], found["each", "deferred"], found["each", "active"],
                          found["each", "incoming"], found["each", "hold"]), (4, 2, 1, 0, 1))
        self.assertEqual(found["bytes", None], 16)
        self.expect(self.queue("-c", "each[deferred]=1"), 2, '"deferred" 2 (critical 1)', "entries_deferred=2;;1")
        self.expect(self.queue("-w", "each[active]=1"), 0)

    def test_age_is_not_of_the_next_attempt(self):
        self.fill("deferred/1/1B2")
        wait_until(lambda: self.numbers(self.queue("--format", "json"))["oldest", None] > 0, what="an age")

    def test_missing(self):
        (self.spool / "deferred").rmdir()
        self.expect(self.queue(), 3, f'{self.spool}/deferred"')
        self.expect(self.queue("--missing", "critical"), 2)
        (self.spool / "deferred").mkdir()
        (self.spool / "hold").rmdir()
        self.expect(self.queue(), 0)

    @unittest.skipIf(os.geteuid() != 0, "needs root to be somebody else")
    def test_unreadable(self):
        (self.spool / "deferred").chmod(0o700)
        done = run(["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", QUEUE, "--type",
                    "postfix", "-d", self.spool])
        self.expect(done, 3, "Permission denied", "deferred")


class Backups(Queues):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.folder = self.place.path / "backups"
        self.folder.mkdir()

    def backup(self, name, age):
        path = self.place.write(f"backups/{name}", "x")
        os.utime(path, (time.time() - age,) * 2)

    def queue(self, *words):
        return run([QUEUE, "--directory", self.folder, *words])

    def test_newest(self):
        self.expect(self.queue("--newest", "1d"), 2, "no newest entry")
        self.backup("monday.gz", 10 * 86400)
        self.backup("sunday.gz", 2 * 86400)
        self.expect(self.queue("--newest", "1d"), 2, "the newest is 2d")
        self.expect(self.queue("--newest", "3d"), 0)
        self.backup("new.part", 60)
        self.expect(self.queue("--newest", "1d", "--pattern", "*.gz"), 2)
        self.expect(self.queue("--newest", "1d"), 0)


if __name__ == "__main__":
    unittest.main()
