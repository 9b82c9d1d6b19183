# SPDX-License-Identifier: GPL-3.0-or-later
"""mysql_replica against real MariaDB servers: two sources and a replica of both."""
import datetime
import json
import pathlib
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import silent
from tests.support.mariadb import MariaDB, make_template

PROGRAM = BUILD / "remediations" / "mysql_replica"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
GRANTS = "SUPER, REPLICATION SLAVE ADMIN, SLAVE MONITOR, BINLOG MONITOR, PROCESS"


class Replica(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        template = make_template(cls.place)
        cls.one = MariaDB(cls.place, template, "one", 1, "--gtid-domain-id=1")
        cls.two = MariaDB(cls.place, template, "two", 2, "--gtid-domain-id=2")
        cls.replica = MariaDB(cls.place, template, "replica", 3)
        for server, table in ((cls.one, "a"), (cls.two, "b")):
            server.allow_replicas()
            server.sql(f"CREATE DATABASE {table}; CREATE TABLE {table}.t (id INT PRIMARY KEY)")
        cls.replica.allow_watcher(GRANTS)
        cls.replica.follow(cls.one, "one")
        cls.replica.follow(cls.two, "two")
        cls.ledger = cls.place.path / "ledger.jsonl"
        cls.secret = cls.place.write("secret", "watchpw\n", 0o600)

    def setUp(self):
        self.replica.sql("START ALL SLAVES")
        self.wait("one")
        self.wait("two")

    def state(self, name):
        return self.replica.status(f"SHOW SLAVE '{name}' STATUS")

    def wait(self, name, running="Yes"):
        wait_until(lambda: self.state(name)["Slave_SQL_Running"] == running and
                   (running == "No" or self.state(name)["Slave_IO_Running"] == "Yes"), what=f"the replication from {name}")

    def act(self, action, *more, port=None, user="watch", **how):
        return run([PROGRAM, "-H", "127.0.0.1", "-p", port or self.replica.port, "-u", user, "--password-file",
                    self.secret, "--action", action, "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger",
                    self.ledger, *more], **how)

    def last(self):
        return json.loads(self.ledger.read_text().splitlines()[-1])

    def break_one(self):
        """Two rows that are on the replica already: two events that fail."""
        first = int(self.one.sql("SELECT COALESCE(MAX(id), 0) + 10 FROM a.t"))
        self.replica.sql(f"SET sql_log_bin=0; INSERT INTO a.t VALUES ({first}), ({first + 1})")
        self.one.sql(f"INSERT INTO a.t VALUES ({first}); INSERT INTO a.t VALUES ({first + 1})")
        self.addCleanup(self.replica.sql, f"SET sql_log_bin=0; DELETE FROM a.t WHERE id >= {first}; START SLAVE 'one'")
        self.wait("one", "No")
        return first

    def test_starts_the_one_that_is_stopped(self):
        self.replica.sql("STOP SLAVE 'one'")
        result = self.act("start", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would start the replication from "one"', result.stdout)
        self.assertEqual(self.state("one")["Slave_SQL_Running"], "No")
        result = self.act("start")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn('starting the replication from "one"; it replicates', result.stdout)
        self.assertEqual(self.state("one")["Slave_SQL_Running"], "Yes")
        self.assertEqual(self.last()["outcome"], "fixed")
        bundle = (pathlib.Path(self.last()["bundle"]) / "mysql-replica").read_text()
        self.assertIn("SHOW ALL SLAVES STATUS: 2 rows", bundle)
        self.assertIn("Slave_SQL_Running: No", bundle)
        self.assertNotIn("watchpw", bundle)
        self.assertNotIn("replpw", bundle)

    def test_the_default_source_is_called_by_its_host(self):
        self.replica.sql("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1")
        self.addCleanup(self.replica.sql, "RESET SLAVE ALL")
        result = self.act("start", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would start the replication from "127.0.0.1:1"', result.stdout)

    def test_two_that_are_stopped_must_be_named(self):
        self.replica.sql("STOP ALL SLAVES")
        result = self.act("start")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("2 sources do not replicate: name one by --source", result.stderr)
        result = self.act("start", "--source", "two")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.state("one")["Slave_SQL_Running"], "No")
        self.assertEqual(self.state("two")["Slave_SQL_Running"], "Yes")

    def test_what_replicates_is_left_alone(self):
        for action in ("start", "skip", "hint"):
            result = self.act(action)
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("all of its 2 sources replicate", result.stderr)
            result = self.act(action, "--source", "one")
            self.assertIn("there is nothing to mend", result.stderr)
        result = self.act("start", "--source", "three")
        self.assertEqual(result.returncode, 3)
        self.assertIn('there is no source "three"', result.stderr)

    def test_skips_one_event_in_a_run(self):
        first = self.break_one()
        result = self.act("start")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("a start does not mend that", result.stderr)
        self.assertIn("1062", result.stderr)
        result = self.act("skip", "--codes", "1032")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("error 1062 is not one of --codes 1032", result.stderr)
        result = self.act("skip", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would skip the event at", result.stdout)
        result = self.act("skip", "--wait", "1s")  # the second event fails as well
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertIn("it does not replicate", result.stdout)
        result = self.act("skip")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("it differs from its source by that event", result.stdout)
        self.one.sql(f"INSERT INTO a.t VALUES ({first + 2})")
        wait_until(lambda: self.replica.sql(f"SELECT COUNT(*) FROM a.t WHERE id={first + 2}") == "1",
                   what="the row after the skipped ones")
        self.assertEqual(self.state("two")["Slave_SQL_Running"], "Yes")

    def test_hint_tells_and_changes_nothing(self):
        self.break_one()
        before = self.state("one")
        result = self.act("hint")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f"MASTER_HOST = '127.0.0.1', MASTER_PORT = {self.one.port}", result.stdout)
        after = self.state("one")
        self.assertEqual(before["Exec_Master_Log_Pos"], after["Exec_Master_Log_Pos"])

    def test_a_source_that_is_away_is_not_started_over_and_over(self):
        self.replica.sql(f"STOP SLAVE 'two'; CHANGE MASTER 'two' TO MASTER_PORT={free_port()}; START SLAVE 'two'")
        wait_until(lambda: self.state("two")["Slave_IO_Running"] == "Connecting", what="the attempt")
        try:
            result = self.act("start")
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("it is trying already", result.stderr)
        finally:
            self.replica.sql(f"STOP SLAVE 'two'; CHANGE MASTER 'two' TO MASTER_PORT={self.two.port}")

    def test_a_server_that_is_no_replica(self):
        self.one.allow_watcher(GRANTS) if not self.one.sql("SELECT 1 FROM mysql.user WHERE user='watch'") else None
        result = self.act("start", port=self.one.port)
        self.assertEqual(result.returncode, 3)
        self.assertIn("the server replicates from nobody", result.stderr)

    def test_a_user_without_the_right_fails(self):
        self.replica.sql("SET sql_log_bin=0; CREATE OR REPLACE USER poor@'127.0.0.1' IDENTIFIED BY 'watchpw'; "
                         "GRANT SLAVE MONITOR, BINLOG MONITOR, PROCESS ON *.* TO poor@'127.0.0.1'")
        self.replica.sql("STOP SLAVE 'one'")
        result = self.act("start", user="poor")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("REPLICATION SLAVE ADMIN", result.stderr)
        result = self.act("start", user="nobody")
        self.assertEqual(result.returncode, 2)
        self.assertIn("Access denied", result.stderr)

    def test_nobody_there_and_one_who_never_answers(self):
        result = self.act("start", port=free_port())
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot connect", result.stderr)
        with silent() as port:
            result = self.act("start", "--diagnostics-optional", "--timeout", "1s", port=port)
        self.assertEqual(result.returncode, 2, result.stdout)
        with silent(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            result = self.act("start", "--timeout", "1s", port=port)
        self.assertEqual(result.returncode, 2, result.stdout)

    def test_misuse(self):
        for more in (("--codes", ""), ("--codes", "x"), ("--codes", "0"),
                     ("--source", "a'; DROP DATABASE a; --"), ("--source", "x" * 65)):
            result = self.act("skip", *more)
            self.assertEqual(result.returncode, 3, more)
            self.assertIn(more[0], result.stderr)


if __name__ == "__main__":
    unittest.main()
