# SPDX-License-Identifier: GPL-3.0-or-later
"""mysql_failover: real MariaDB servers behind a real HAProxy, under a client that writes all the time."""
import datetime
import json
import shutil
import signal
import threading
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy
from tests.support.mariadb import MariaDB, make_template

PROGRAM = BUILD / "remediations" / "mysql_failover"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
GRANTS = "READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, SLAVE MONITOR, BINLOG MONITOR, PROCESS, RELOAD"
PROXIES = """listen db
    mode tcp
    bind 127.0.0.1:{port}
    server one 127.0.0.1:{one} check inter 100 fall 2 rise 1
    server two 127.0.0.1:{two} check inter 100 fall 2 rise 1 disabled
"""
SEMI = ("--log-slave-updates=1", "--rpl-semi-sync-slave-enabled=1",
        "--rpl-semi-sync-master-wait-point=AFTER_SYNC", "--rpl-semi-sync-master-timeout=60000")


class Writer(threading.Thread):
    """Inserts 1, 2, 3 ... through HAProxy; `acknowledged` are those that the server confirmed."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.acknowledged, self.ended = port, [], threading.Event()
        self.start()

    def run(self):
        number = 0
        while not self.ended.is_set():
            number += 1
            done = run(["mariadb", "--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{self.port}", "-uapp",
                        "-papppw", "--connect-timeout=2", "-e", f"INSERT INTO d.t VALUES ({number})"])
            if done.returncode == 0:
                self.acknowledged.append(number)

    def close(self):
        self.ended.set()
        self.join()


class Failover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template_place = Place()
        cls.addClassCleanup(cls.template_place.close)
        cls.template = make_template(cls.template_place)

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        run(["chown", "mysql", self.place.path])
        self.ledger, self.marker = self.place.path / "ledger.jsonl", self.place.path / "redundancy-lost"
        self.secret = self.place.write("secret", "watchpw\n", 0o600)
        self.repl_secret = self.place.write("repl", "replpw\n", 0o600)

    def begin(self, *options, names=("one", "two")):
        options = options or ("--log-slave-updates=1",)
        self.servers = {name: MariaDB(self.place, self.template, name, number, *options)
                        for number, name in enumerate(names, 1)}
        self.one, self.two = self.servers["one"], self.servers["two"]
        for server in self.servers.values():
            server.allow_watcher(GRANTS)
            server.allow_replicas()
            server.sql("SET sql_log_bin=0; CREATE USER app@'127.0.0.1' IDENTIFIED BY 'apppw'; "
                       "GRANT SELECT, INSERT ON *.* TO app@'127.0.0.1'")
        for name in names[1:]:
            self.servers[name].sql("SET GLOBAL read_only=1")
            self.servers[name].follow(self.one)
        self.one.sql("CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE=InnoDB")
        for name in names[1:]:
            wait_until(lambda: self.servers[name].sql("SELECT COUNT(*) FROM d.t", check=False) == "0",
                       what=f"the table on {name}")
        self.front = free_port()
        self.haproxy = Haproxy(self.place, PROXIES.format(port=self.front, one=self.one.port, two=self.two.port))

    def write(self):
        self.writer = Writer(self.front)
        self.addCleanup(self.writer.close)
        wait_until(lambda: len(self.writer.acknowledged) >= 20, what="20 writes")

    def act(self, *more, action="failover", **how):
        return run([PROGRAM, "--action", action, "--primary", f"127.0.0.1:{self.one.port}", "--replica",
                    f"127.0.0.1:{self.two.port}", "--haproxy", self.haproxy.socket, "--old-server", "db/one",
                    "--new-server", "db/two", "--marker", self.marker, "-u", "watch", "--password-file", self.secret,
                    "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.ledger, "--wait", "3s", *more],
                   seconds=90, **how)

    def follow(self):
        return "--follow-as", "repl", "--follow-password-file", self.repl_secret

    def as_before(self):
        """Nothing has been changed: the old one serves and writes, the replica replicates."""
        self.assertEqual(self.one.sql("SELECT @@read_only"), "0")
        self.assertEqual(self.two.sql("SELECT @@read_only"), "1")
        self.haproxy.wait_status("db", "one", "UP")
        self.assertEqual(self.haproxy.status("db", "two"), "MAINT")
        self.two.wait_status("Slave_SQL_Running", "Yes")
        self.assertFalse(self.marker.exists())

    def last(self):
        return json.loads(self.ledger.read_text().splitlines()[-1])

    def assert_nothing_lost(self):
        before = len(self.writer.acknowledged)
        wait_until(lambda: len(self.writer.acknowledged) > before + 10, what="writes after the failover")
        self.writer.close()
        there = {int(word) for word in self.two.sql("SELECT id FROM d.t").split()}
        self.assertEqual([number for number in self.writer.acknowledged if number not in there], [])

    def test_a_primary_that_lives_is_replaced_and_follows(self):
        self.begin(names=("one", "two", "three"))
        three = self.servers["three"]
        self.write()
        dry = self.act(*self.follow(), "--dry-run")
        self.assertEqual(dry.returncode, 0, dry.stderr)
        self.assertIn("would let", dry.stdout)
        self.as_before()
        result = self.act(*self.follow(), "--other", f"127.0.0.1:{three.port}")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("redundancy is kept", result.stdout)
        self.assertFalse(self.marker.exists())
        self.assert_nothing_lost()
        self.assertEqual(self.one.sql("SELECT @@read_only"), "1")
        self.assertEqual(self.two.sql("SELECT @@read_only"), "0")
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        for server in (self.one, three):
            self.assertEqual(server.status()["Master_Port"], str(self.two.port))
            server.wait_status("Slave_IO_Running", "Yes")
        last = max(self.writer.acknowledged)
        for server in (self.one, three):
            wait_until(lambda: server.sql(f"SELECT COUNT(*) FROM d.t WHERE id={last}") == "1", what="the last write")
        self.assertNotIn("replpw", self.ledger.read_text() + result.stdout + result.stderr)

    def test_a_primary_that_died_loses_no_acknowledged_write(self):
        self.begin(*SEMI)
        self.one.sql("SET GLOBAL rpl_semi_sync_master_enabled=1")
        self.write()
        self.one.stop(number=signal.SIGKILL)
        result = self.act()
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("redundancy would be lost", result.stderr)
        self.assertEqual(self.two.sql("SELECT @@read_only"), "1")
        result = self.act("--without-redundancy")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("redundancy is lost since", result.stdout)
        self.assertEqual(self.last()["outcome"], "fixed")
        self.assert_nothing_lost()
        # It stays open until a replica has caught up, and nothing else is failed over.
        self.assertEqual(json.loads(self.marker.read_text())["primary"], f"127.0.0.1:{self.two.port}")
        result = self.act("--without-redundancy")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("redundancy is lost since", result.stderr)
        result = self.act(action="settle")
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertTrue(self.marker.exists())
        # The old primary comes back. It may have written what it never acknowledged, and cannot follow: it is rebuilt.
        shutil.rmtree(self.one.folder / "data")
        run(["cp", "-a", self.template, self.one.folder / "data"])
        self.one.number, self.one.options = 9, ("--log-slave-updates=1", "--read-only=1")
        self.one.start()
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.one.allow_watcher(GRANTS)
        self.one.follow(self.two)
        self.one.wait_status("Slave_IO_Running", "Yes")
        result = self.act(action="settle")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("redundancy is kept", result.stdout)
        self.assertFalse(self.marker.exists())
        result = self.act(action="settle")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("redundancy is not lost", result.stderr)

    def test_a_replica_that_lags_is_refused_or_all_is_undone(self):
        self.begin()
        self.two.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=600; START SLAVE")
        self.one.sql("INSERT INTO d.t VALUES (1)")
        wait_until(lambda: self.two.status()["Seconds_Behind_Master"] not in ("0", "NULL"), what="the lag")
        result = self.act(*self.follow(), "--lag", "500ms")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("the replica lags by", result.stderr)
        self.as_before()
        result = self.act(*self.follow(), "--lag", "1h", "--catch-up", "500ms")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("has not applied all up to", result.stderr)
        self.assertIn('undone: "db/one" serves again', result.stderr)
        self.as_before()
        self.assertEqual(self.last()["outcome"], "failed")

    def test_one_that_was_killed_is_taken_up_again(self):
        self.begin()
        self.two.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=600; START SLAVE")
        self.write()
        slow = (*self.follow(), "--lag", "1h", "--catch-up", "50s")
        words = [PROGRAM, "--primary", f"127.0.0.1:{self.one.port}", "--replica", f"127.0.0.1:{self.two.port}",
                 "--haproxy", self.haproxy.socket, "--old-server", "db/one", "--new-server", "db/two", "--marker",
                 self.marker, "-u", "watch", "--password-file", self.secret, "--issue", "OPS-1", "--ttl", "30d",
                 "--tagged", TODAY, "--ledger", self.ledger, *slow]
        process = self.place.start(words, "failover")
        wait_until(lambda: self.one.sql("SELECT @@read_only") == "1", what="the old one read only")
        result = self.act(*slow)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("a failover is under way", result.stderr)
        self.place.stop(process, signal.SIGKILL)
        self.assertTrue(self.marker.exists())
        self.two.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=0; START SLAVE")
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("taking up again what was not finished", result.stdout)
        self.assertFalse(self.marker.exists())
        self.assert_nothing_lost()

    def test_one_that_was_killed_before_the_last_move_is_taken_up_again(self):
        self.begin()
        self.one.sql("INSERT INTO d.t VALUES (0)")
        wait_until(lambda: self.two.sql("SELECT COUNT(*) FROM d.t") == "1", what="the row")
        self.one.sql("SET GLOBAL read_only=1")
        self.haproxy.ask("set server db/one state maint")
        self.two.sql("STOP SLAVE; RESET SLAVE ALL")
        self.marker.write_text(json.dumps({
            "primary": f"127.0.0.1:{self.two.port}", "former": f"127.0.0.1:{self.one.port}", "issue": "OPS-1",
            "time": "2026-01-01T00:00:00Z"}))
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.two.sql("SELECT @@read_only"), "0")
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.haproxy.wait_status("db", "two", "UP")
        self.one.wait_status("Slave_IO_Running", "Yes")

    def test_a_right_that_is_missing_undoes_all(self):
        self.begin()
        for right, words in (("RELOAD", "RELOAD"), ("READ_ONLY ADMIN", "READ_ONLY ADMIN")):
            for server in (self.one, self.two):
                server.sql(f"SET sql_log_bin=0; REVOKE {right} ON *.* FROM watch@'127.0.0.1'")
            result = self.act(*self.follow())
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(words, result.stderr)
            self.as_before()

    def test_what_it_refuses(self):
        self.begin()
        result = self.act()
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("redundancy would be lost", result.stderr)
        self.two.sql("STOP SLAVE SQL_THREAD")
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("the replica applies nothing: its thread was stopped", result.stderr)
        self.two.sql("START SLAVE")
        result = self.act(*self.follow(), "--old-server", "db/none")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn('no server "db/none"', result.stderr)
        result = self.act(*self.follow(), "--replica", f"127.0.0.1:{self.one.port}", "--primary",
                          f"127.0.0.1:{self.two.port}")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("is no replica of", result.stderr)
        self.marker.write_text("{}")
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("not a marker of a failover", result.stderr)
        self.marker.unlink()
        self.as_before()
        # Without semi-synchronous replication nobody knows what a dead primary acknowledged.
        self.one.stop(number=signal.SIGKILL)
        result = self.act("--without-redundancy")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("may be missing: --accept-loss would go on", result.stderr)
        self.assertEqual(self.two.sql("SELECT @@read_only"), "1")
        result = self.act("--without-redundancy", "--accept-loss")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.two.sql("SELECT @@read_only"), "0")

    def test_misuse(self):
        self.haproxy = type("None", (), {"socket": "/none"})
        self.one = self.two = type("None", (), {"port": 1})
        for more, words in (((), "are the same"), (("--primary", "a b:1"), "not a HOST:PORT"),
                            (("--primary", "a:0"), "not a HOST:PORT"), (("--primary", "[::1]x"), "not a HOST:PORT"),
                            (("--other", "x'y"), "not a HOST:PORT"), (("--follow-as", "a'b"), "not a user's name"),
                            (("--primary", "b:1", "--old-server", "x"), "not a BACKEND/SERVER"),
                            (("--socket", "/x"), "over the network")):
            result = self.act(*more)
            self.assertEqual(result.returncode, 3, more)
            self.assertIn(words, result.stderr, more)


if __name__ == "__main__":
    unittest.main()
