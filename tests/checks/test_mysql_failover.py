# SPDX-License-Identifier: GPL-3.0-or-later
"""mysql_failover: real MariaDB servers behind a real HAProxy, under a client that writes all the time."""
import contextlib
import datetime
import json
import signal
import socket
import threading
import unittest

from tests.support import BUILD, Place, run, wait_until
from tests.support.failover import SEMI, Database
from tests.support.mariadb import make_template

PROGRAM = BUILD / "remediations" / "mysql_failover"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()


class Cut:
    """Leads one port to another; of what comes back no more than `left` bytes, and then nobody gets through."""

    def __init__(self, target):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target, self.left, self.open = target, 1 << 40, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while self.left > 0:
                pair = self.listener.accept()[0], socket.create_connection(("127.0.0.1", self.target))
                self.open += pair
                threading.Thread(target=self.copy, args=pair, daemon=True).start()
                threading.Thread(target=self.copy, args=(*reversed(pair), True), daemon=True).start()

    def copy(self, source, sink, back=False):
        with contextlib.suppress(OSError):
            while part := source.recv(4096):
                sink.sendall(part)
                self.left -= len(part) if back else 0
                if self.left <= 0:
                    break
        self.shut(source, sink)
        if self.left <= 0:
            self.close()

    def shut(self, *sockets):
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self):
        self.shut(self.listener, *self.open)


class Failover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template_place = Place()
        cls.addClassCleanup(cls.template_place.close)
        cls.template = make_template(cls.template_place)

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.ledger, self.marker = self.place.path / "ledger.jsonl", self.place.path / "redundancy-lost"
        self.secret = self.place.write("secret", "watchpw\n", 0o600)
        self.repl_secret = self.place.write("repl", "replpw\n", 0o600)

    def begin(self, *options, names=("one", "two")):
        self.database = Database(self.place, self.template, *options, names=names)
        self.servers, self.haproxy = self.database.servers, self.database.haproxy
        self.one, self.two = self.database.one, self.database.two

    def write(self):
        self.writer = self.database.write()
        self.addCleanup(self.writer.close)

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
        self.writer.wait_more()
        self.writer.close()
        self.assertEqual(self.writer.lost(self.two), [])

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
        self.database.rebuild_one()
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.one.follow(self.two)
        self.one.wait_status("Slave_IO_Running", "Yes")
        result = self.act(action="settle")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("redundancy is kept", result.stdout)
        self.assertFalse(self.marker.exists())
        result = self.act(action="settle")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("redundancy is not lost", result.stderr)

    def test_waiting_for_a_replica_goes_with_the_roles(self):
        """There and back again: what the second primary acknowledges must outlive it as well."""
        waits, confirms = "SELECT @@rpl_semi_sync_master_enabled", "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'"
        self.begin(*SEMI)
        self.write()
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("acknowledges writes only when a replica has them", result.stdout)
        self.assertIn("redundancy is kept", result.stdout)
        self.assertEqual((self.one.sql(waits), self.two.sql(waits), self.two.sql(confirms).split()[1]), ("0", "1", "1"))
        self.writer.wait_more()
        self.two.stop(number=signal.SIGKILL)
        result = self.act("--without-redundancy")  # a stanza for either direction: this one knows that it is not meant
        self.assertEqual(result.returncode, 3, result.stderr + result.stdout)
        self.assertIn('"db/two" has the place of "db/one" already', result.stderr)
        self.one, self.two = self.two, self.one
        result = self.act("--without-redundancy", "--old-server", "db/two", "--new-server", "db/one")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assert_nothing_lost()

    def test_a_primary_that_waited_for_nobody(self):
        """The replica would have confirmed, but was not asked to."""
        self.begin(*SEMI)
        self.one.sql("SET GLOBAL rpl_semi_sync_master_enabled=0")
        self.two.sql("STOP SLAVE; START SLAVE")
        self.two.wait_status("Slave_IO_Running", "Yes")
        self.write()
        self.one.stop(number=signal.SIGKILL)
        self.two.wait_status("Slave_IO_Running", "Connecting")
        result = self.act("--without-redundancy")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("it has waited for no confirmation", result.stderr)
        self.assertEqual(self.two.sql("SELECT @@read_only"), "1")

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

    def test_haproxy_starts_again(self):
        """What its socket was told is gone with it, unless its server-state-file has it."""
        self.begin()
        state = self.database.server_state
        result = self.act(*self.follow(), "--server-state", self.place.path / "none" / "state")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn('a new start of HAProxy would lead back to "db/one"', result.stdout)
        self.assertFalse(state.exists())
        back = ("--primary", f"127.0.0.1:{self.two.port}", "--replica", f"127.0.0.1:{self.one.port}", "--old-server", "db/two",
                "--new-server", "db/one", "--server-state", state)
        result = self.act(*self.follow(), *back)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        result = self.act(*self.follow(), "--server-state", state)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.place.stop(self.haproxy.process, signal.SIGKILL)
        self.haproxy.start()
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.haproxy.wait_status("db", "two", "UP")
        self.place.stop(self.haproxy.process, signal.SIGKILL)
        state.unlink()
        self.haproxy.start()
        self.haproxy.wait_status("db", "one", "UP")

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

    def lock(self, server, sql, seconds=600):
        """A session that holds a lock; its number."""
        self.place.start(["mariadb", "--no-defaults", "-uroot", "-S", server.socket, "-e",
                          f"{sql}; SELECT SLEEP({seconds})"], "lock")
        sessions = "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"
        return wait_until(lambda: server.sql(sessions), what="the lock")

    def test_a_replica_that_needs_its_time_is_waited_for(self):
        """Longer than a sign-in may take."""
        self.begin()
        self.lock(self.two, "LOCK TABLES d.t READ", 5)
        self.one.sql("INSERT INTO d.t VALUES (1)")
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.two.sql("SELECT COUNT(*) FROM d.t"), "1")

    def test_a_primary_whose_writes_hang(self):
        """It answers, but nothing ends that has to be written: it does not even become read only."""
        self.begin(*SEMI)
        self.write()
        freeze = self.lock(self.one, "LOCK TABLES d.t WRITE")
        result = self.act(*self.follow())
        self.assertEqual(result.returncode, 2, result.stderr + result.stdout)
        self.assertIn("redundancy would be lost", result.stderr)
        self.as_before()
        self.one.sql(f"KILL {freeze}")
        self.writer.wait_more()  # it did not become read only afterwards
        self.lock(self.one, "LOCK TABLES d.t WRITE")
        result = self.act(*self.follow(), "--without-redundancy")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("does not become read only within 4s, and is given up", result.stdout)
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.assertTrue(self.marker.exists())
        self.assert_nothing_lost()

    def test_a_transaction_that_was_cut_off(self):
        """Half of it is on the replica when the primary dies: nobody acknowledged it, and it holds nothing back."""
        self.begin(*SEMI)
        cut = Cut(self.one.port)
        self.addCleanup(cut.close)
        self.two.sql(f"STOP SLAVE; CHANGE MASTER TO MASTER_PORT={cut.port}; START SLAVE")
        self.two.wait_status("Slave_IO_Running", "Yes")
        self.one.sql("INSERT INTO d.t VALUES (1); CREATE TABLE d.big (id INT, more CHAR(200)) ENGINE=InnoDB")
        cut.left = 300000
        self.place.start(["mariadb", "--no-defaults", "-uroot", "-S", self.one.socket, "-e",
                          "SET binlog_format=ROW; INSERT INTO d.big SELECT seq, REPEAT('x', 200) FROM d.seq_1_to_20000"], "big")
        wait_until(lambda: cut.left <= 0, what="the cut")
        self.one.stop(number=signal.SIGKILL)
        self.two.wait_status("Slave_IO_Running", "Connecting")
        status = self.two.status()
        self.assertNotEqual(status["Read_Master_Log_Pos"], status["Exec_Master_Log_Pos"])
        result = self.act("--without-redundancy", "--primary", f"127.0.0.1:{cut.port}")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.two.sql("SELECT COUNT(*) FROM d.t"), "1")
        self.assertEqual(self.two.sql("SELECT COUNT(*) FROM d.big"), "0")

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
