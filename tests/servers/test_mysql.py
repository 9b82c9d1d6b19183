# SPDX-License-Identifier: GPL-3.0-or-later
"""check_mysql and collect_mysql against real MariaDB servers: two sources and a replica of both."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import make_ca, make_certificate, silent
from tests.support.mariadb import MariaDB, make_template

CHECK = BUILD / "checks" / "check_mysql"
COLLECT = BUILD / "collectors" / "collect_mysql"
PROBE = "CREATE TABLE d.probe (id INT PRIMARY KEY, written DATETIME NOT NULL) ENGINE=InnoDB"


def setUpModule():
    global PLACE, TEMPLATE
    PLACE = Place()
    unittest.addModuleCleanup(PLACE.close)
    TEMPLATE = make_template(PLACE)


def server(name, number, *options):
    made = MariaDB(PLACE, TEMPLATE, name, number, *options)
    made.allow_watcher()
    return made


class Checks(unittest.TestCase):
    """`check` asks over TCP as the user of `allow_watcher`, with a state file for each test."""

    def setUp(self):
        self.state = PLACE.path / f"{self.id()}.state"

    def check(self, database, *words, program=CHECK, user="watch", password="watchpw", more=None):
        env = {**os.environ, "WATCHBILL_STATE": str(PLACE.path), **(more or {})}
        sign_in = ["-H", "127.0.0.1", "-p", database.port, "-u", user, "--password", password]
        return run([program, *sign_in, "--state-file", self.state, *words], env=env)

    def metrics(self, database, *words, **more):
        document = json.loads(self.check(database, "--format=json", *words, **more).stdout)
        return {(m["name"], m["instance"]): m["value"] for m in document["metrics"]}

    def expect(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for part in parts:
            self.assertIn(part, done.stdout)


class Alone(Checks):
    @classmethod
    def setUpClass(cls):
        cls.db = server("alone", 1, "--max-connections=20", "--long-query-time=0.01", "--slow-query-log=1")
        cls.addClassCleanup(cls.db.stop)
        cls.db.sql(f"CREATE DATABASE d; {PROBE}; CREATE TABLE d.jobs (id INT, created DATETIME); "
                   "GRANT SELECT ON d.* TO watch@'127.0.0.1'; "
                   "CREATE USER writer@'127.0.0.1' IDENTIFIED BY 'writepw'; "
                   "GRANT INSERT, DELETE ON d.probe TO writer@'127.0.0.1'; "
                   "CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'plainpw'")

    def write(self, *words, **more):
        return self.check(self.db, "--no-replica", "--write-probe", "d.probe", *words, user="writer",
                          password="writepw", **more)

    def test_answer(self):
        done = self.check(self.db)
        self.expect(done, 0, "MYSQL OK - 10.", "of 20 connections", "connect_time=", "threads_connected=",
                    "slow_queries=U")
        self.assertEqual(done.stdout.split(" | ")[1].split("=")[0], "connect_time")
        self.assertNotIn("lag", done.stdout)
        self.expect(self.check(self.db, "-c", "0"), 2, "connect time")
        self.expect(run([CHECK, "-S", self.db.socket, "-u", "root", "--state-file", self.state]), 0)

    def test_thresholds(self):
        self.expect(self.check(self.db, "-w", "threads_connected=0"), 1, "threads connected")
        self.expect(self.check(self.db, "-c", "connections=1"), 2, "% (critical 1)")

    def test_rates(self):
        first = self.metrics(self.db)
        self.assertIsNone(first["slow_queries", None])
        self.assertIsNone(first["buffer_pool_hit", None])
        self.db.sql("SELECT SLEEP(0.02); SELECT SLEEP(0.02); SELECT COUNT(*) FROM mysql.user")
        second = self.metrics(self.db)
        self.assertGreater(second["slow_queries", None], 0)
        self.assertGreater(second["queries", None], second["slow_queries", None])
        self.assertGreater(second["buffer_pool_hit", None], 0)
        self.assertLessEqual(second["buffer_pool_hit", None], 100)
        self.assertEqual(second["slow_total", None] - first["slow_total", None], 2)
        self.expect(self.check(self.db, "-w", "queries=0"), 1, "queries")

    def test_query(self):
        self.db.sql("DELETE FROM d.jobs; INSERT INTO d.jobs VALUES (1, NOW()), (2, NOW())")
        self.expect(self.check(self.db, "--query", "SELECT COUNT(*) FROM d.jobs", "--label", "jobs"), 0, "jobs=2\n")
        self.expect(self.check(self.db, "-d", "d"), 3)  # -D is the database
        self.expect(self.check(self.db, "-D", "d", "-q", "SELECT COUNT(*) FROM jobs", "-w", "result=1"), 1,
                    "result 2 (warning 1)")
        self.expect(self.check(self.db, "-q", "SELECT 1.5e300 * 10"), 0, "result=15000")

    def test_query_without_a_number(self):
        for sql, why in (("SELECT 1 FROM d.jobs WHERE 0", "no row"), ("SELECT NULL", "NULL"),
                         ("SELECT 'many'", 'no number: "many"'), ("SELECT 1, 2", "2 columns"),
                         ("SELECT 1 UNION SELECT 2", "2 rows"), ("SELEC", "1064"), ("DO 1", "no row"),
                         ("SELECT * FROM d.nothing", "1146"), ("SELECT 1; SELECT 2", "1064"),
                         ("SELECT password FROM mysql.user", "1142"), ("", "1065")):
            with self.subTest(sql):
                self.expect(self.check(self.db, "--query", sql), 3, why)

    def test_query_cannot_write(self):
        self.db.sql("GRANT INSERT ON d.jobs TO watch@'127.0.0.1'")
        before = self.db.sql("SELECT COUNT(*) FROM d.jobs")
        self.expect(self.check(self.db, "-q", "INSERT INTO d.jobs VALUES (3, NOW())"), 3, "READ ONLY")
        self.assertEqual(self.db.sql("SELECT COUNT(*) FROM d.jobs"), before)

    def test_query_that_hangs(self):
        began = time.monotonic()
        done = self.check(self.db, "-q", "SELECT SLEEP(60) AS hang", "-t", "1.2")
        self.assertLess(time.monotonic() - began, 2.2)
        self.expect(done, 3, "timed out after 1.2 s", "SELECT SLEEP(60) AS hang")
        self.expect(self.check(self.db, "-q", "SELECT SLEEP(60)", "-t", "1", "--timeout-state", "CRITICAL"), 2)
        wait_until(lambda: "SLEEP" not in self.db.sql("SELECT INFO FROM information_schema.PROCESSLIST WHERE ID <> "
                                                      "CONNECTION_ID() AND INFO IS NOT NULL"),
                   what="the end of the statement in the server")

    def test_endless_answer(self):
        sql = "SELECT a.TABLE_NAME, REPEAT('x', 10000) FROM information_schema.COLUMNS a, information_schema.COLUMNS b"
        self.expect(self.check(self.db, "-q", sql), 3, "larger than")

    def test_access_denied(self):
        done = self.check(self.db, password="wrong-secret")
        self.expect(done, 2, "Access denied", "1045")
        self.assertNotIn("wrong-secret", done.stdout + done.stderr)
        self.expect(self.check(self.db, "-D", "nothing"), 3, "1044")

    def test_password_file(self):
        path = PLACE.write("password", "watchpw\nsecond line\n", 0o600)
        words = [CHECK, "-H", "127.0.0.1", "-p", self.db.port, "-u", "watch", "--state-file", self.state]
        self.expect(run([*words, "--password-file", path]), 0)
        self.expect(run([*words, "--password-file", PLACE.path / "none"]), 3, "No such file")
        self.expect(run([*words, "--password-file", path, "--password", "x"]), 3, "one of")

    def test_extra_opts(self):
        path = PLACE.write("plugins.ini", "[mysql]\nuser=watch\npassword=watchpw\n", 0o600)
        self.expect(run([CHECK, f"--extra-opts=mysql@{path}", "-H", "127.0.0.1", "-p", self.db.port, "--state-file",
                         self.state]), 0)

    def test_too_many_connections(self):
        with contextlib.ExitStack() as stack:
            def refused():  # one more client each time
                client = stack.enter_context(subprocess.Popen(
                    ["mariadb", "--no-defaults", "-uwatch", "-pwatchpw", "-h127.0.0.1", f"-P{self.db.port}", "-n"],
                    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                stack.callback(client.stdin.close)
                done = self.check(self.db)
                return done if done.returncode != 0 else None
            self.expect(wait_until(refused), 2, "Too many connections", "1040")

    def test_privileges_are_named(self):
        self.expect(self.check(self.db, user="plain", password="plainpw"), 3, "no privilege", "GRANT SLAVE MONITOR")
        self.expect(self.check(self.db, "--no-replica", user="plain", password="plainpw"), 0)

    def test_no_replica(self):
        self.expect(self.check(self.db, "--replica"), 2, "is no replica")
        self.expect(self.check(self.db), 0)

    def test_unreachable(self):
        done = run([CHECK, "-H", "127.0.0.1", "-p", free_port()])
        self.expect(done, 2, "cannot connect", "(111)")
        self.expect(run([CHECK, "-S", PLACE.path / "none.sock"]), 2, "none.sock")
        self.expect(run([CHECK, "-S", "/" + "x" * 200]), 3, "at most 107 bytes")
        self.expect(run([CHECK, "-H", "host.invalid"]), 2, "no such host")
        self.expect(run([CHECK, "-6", "-H", "127.0.0.1", "-p", self.db.port]), 2, "127.0.0.1")
        self.expect(self.check(self.db, "-4"), 0)

    def test_localhost_is_tcp(self):
        words = ["-u", "watch", "--password", "watchpw", "--state-file", self.state]
        self.expect(run([CHECK, "-H", "localhost", "-p", self.db.port, *words]), 0, f"localhost:{self.db.port}")

    def test_write(self):
        self.expect(self.write(), 0, "write_time=")
        self.expect(self.write(), 0)
        self.assertEqual(self.db.sql("SELECT COUNT(*), MIN(id) FROM d.probe"), "1\t1")

    def test_write_that_hangs(self):
        lock = subprocess.Popen(["mariadb", "--no-defaults", "-uroot", "-S", self.db.socket, "-n", "-N", "-B"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with lock:
            lock.stdin.write("FLUSH TABLES WITH READ LOCK; SELECT 'locked';\n")
            lock.stdin.flush()
            self.assertEqual(lock.stdout.readline(), "locked\n")
            for limit in ("700ms", "1s"):
                began = time.monotonic()
                done = self.write("--write-limit", limit)
                self.assertLess(time.monotonic() - began, 2)
                self.expect(done, 2, f'a write to "d.probe" did not end within {limit}', "threads_connected=")
            self.expect(self.write("-t", "1", "--timeout-state", "OK"), 2, "did not end within")
            lock.stdin.close()
        wait_until(lambda: self.write().returncode == 0, what="writing again")

    def test_write_that_cannot_begin(self):
        """The disk of the server is frozen for so long that nobody can sign in any more."""
        os.kill(self.db.process.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.db.process.pid, signal.SIGCONT)
        self.expect(self.write("-t", "1"), 2, 'a write to "d.probe" did not begin within 800ms', "signing in")
        self.expect(self.write("--write-limit", "300ms"), 2, "did not begin within 300ms")
        self.expect(self.check(self.db, "-t", "0.5"), 3, "timed out after 0.5 s")

    def test_write_that_is_refused(self):
        done = run([CHECK, "-S", self.db.socket, "-u", "root", "--write-probe", "d.none", "--state-file", self.state])
        self.expect(done, 3, "CREATE TABLE d.none")
        self.expect(self.check(self.db, "--write-probe", "d.probe"), 3, "GRANT INSERT, DELETE")
        self.db.sql("SET GLOBAL read_only=1")
        self.addCleanup(self.db.sql, "SET GLOBAL read_only=0")
        self.expect(self.write(), 2, "1290")

    def test_table_is_a_name(self):
        for name in ("a`b", "a b", "a;DROP TABLE d.jobs", "a.b.c", "", "d.", "'a'", "x" * 65):
            with self.subTest(name):
                self.expect(self.write("--write-probe", name), 3, "not a table's name")

    def test_misuse(self):
        for words in (["--replica", "--no-replica"], ["--primary", "h", "--no-replica"], ["--primary", "h:0"],
                      ["--primary", "a b"], ["--label", "x"], ["--ca", "x", "--insecure"], ["--ignore", "("],
                      ["-S", "/x"]):
            with self.subTest(words):
                self.expect(self.check(self.db, *words), 3, "see --help")
        self.expect(run([CHECK, "-p", "3306"]), 3, "--hostname")

    def test_no_tls(self):
        self.expect(self.check(self.db, "--tls"), 2, "no TLS")
        self.expect(self.check(self.db, "--insecure"), 2, "no TLS")
        ca = make_ca(PLACE, "otherca")
        self.expect(self.check(self.db, "--ca", ca), 2, "no TLS")

    def test_collect(self):
        found = self.metrics(self.db, program=COLLECT)
        self.assertEqual(found["max_connections", None], 20)
        self.assertGreater(found["com_select", None], 0)
        self.assertGreater(found["bytes_sent", None], 0)
        self.assertGreater(len(found), 60)
        for form in ("graphite", "statsd", "openmetrics", "cacti", "perfdata", "munin"):
            done = self.check(self.db, "--format", form, program=COLLECT, more={"MUNIN_CAP_MULTIGRAPH": "1"})
            self.expect(done, 0, "threads_running")
        self.expect(self.check(self.db, program=COLLECT, user="plain", password="plainpw"), 0)
        self.assertNotEqual(self.check(self.db, program=COLLECT, password="x").returncode, 0)


class Silent(Checks):
    def test_port_that_says_nothing(self):
        with silent() as port:
            began = time.monotonic()
            done = run([CHECK, "-H", "127.0.0.1", "-p", port, "-t", "0.5"])
            self.assertLess(time.monotonic() - began, 1.5)
            self.expect(done, 3, f'timed out after 0.5 s while signing in to "127.0.0.1:{port}"')

    def test_another_protocol(self):
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 4096, b"\0" * 64, b"\x01\0\0\0\x0a",
                         b"\xff\xff\xff\0" + b"\x0a" * 70000):
            with self.subTest(greeting[:20]), silent(greeting) as port:
                done = run([CHECK, "-H", "127.0.0.1", "-p", port, "-t", "1"])
                self.assertIn(done.returncode, (2, 3), done.stdout)
                self.assertEqual(done.stdout.count("\n"), 1)


class Secured(Checks):
    @classmethod
    def setUpClass(cls):
        make_ca(PLACE)
        make_ca(PLACE, "strange")
        good, key = make_certificate(PLACE, "good", 30)
        other, other_key = make_certificate(PLACE, "other", 30, alternative="DNS:elsewhere.example")
        for path in (key, other_key):
            path.chmod(0o644)
        cls.ca = PLACE.path / "ca.pem"
        cls.db = server("secured", 1, f"--ssl-cert={good}", f"--ssl-key={key}")
        cls.addClassCleanup(cls.db.stop)
        cls.other = server("other", 2, f"--ssl-cert={other}", f"--ssl-key={other_key}")
        cls.addClassCleanup(cls.other.stop)
        for db in (cls.db, cls.other):
            db.sql("CREATE USER tls@'127.0.0.1' IDENTIFIED BY 'tlspw' REQUIRE SSL; "
                   "GRANT SLAVE MONITOR ON *.* TO tls@'127.0.0.1'")

    def secure(self, database, *words, **more):
        return self.check(database, *words, user="tls", password="tlspw", **more)

    def test_verified(self):
        self.expect(self.secure(self.db, "--ca", self.ca), 0)
        self.expect(self.secure(self.db, "--tls", "--ca", self.ca), 0)
        self.expect(self.secure(self.db, "--insecure"), 0)

    def test_refused(self):
        self.expect(self.secure(self.db, "--tls"), 2, "no TLS", "certificate")
        self.expect(self.secure(self.db, "--ca", PLACE.path / "strange.pem"), 2, "no TLS")
        self.expect(self.secure(self.other, "--ca", self.ca), 2, "no TLS")
        self.expect(self.secure(self.other, "--insecure"), 0)
        self.expect(self.secure(self.db, "--ca", PLACE.path / "none.pem"), 2, "no TLS")
        self.expect(self.secure(self.db), 2, "Access denied")  # the user may not come without TLS

    def test_a_slow_handshake_is_waited_for(self):
        relay = Relay(self.db.port, delay=0.15)
        self.addCleanup(relay.close)
        done = run([CHECK, "-H", "127.0.0.1", "-p", relay.port, "-u", "tls", "--password", "tlspw", "--ca", self.ca,
                    "--state-file", self.state])
        self.expect(done, 0)

    def test_hung_within_the_handshake(self):
        relay = Relay(self.db.port, parts=1)  # the greeting, and nothing more
        self.addCleanup(relay.close)
        began = time.monotonic()
        done = run([CHECK, "-H", "127.0.0.1", "-p", relay.port, "-u", "tls", "--password", "tlspw", "--ca", self.ca,
                    "-t", "1"])
        self.assertLess(time.monotonic() - began, 2)
        self.expect(done, 3, "timed out after 1")

    def test_hung_before_the_handshake(self):
        os.kill(self.db.process.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.db.process.pid, signal.SIGCONT)
        began = time.monotonic()
        done = self.secure(self.db, "--ca", self.ca, "-t", "1")
        self.assertLess(time.monotonic() - began, 2)
        self.expect(done, 3, "timed out after 1.0 s", "signing in")


class Relay:
    """Passes one connection on; each part of the server's after a delay, and of them no more than ${parts}."""

    def __init__(self, target, delay=0, parts=1000000):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target, self.delay, self.parts, self.open = target, delay, parts, []
        self.tick = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            client, _ = self.listener.accept()
            upstream = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, upstream]
            threading.Thread(target=self.copy, args=(client, upstream), daemon=True).start()
            self.copy(upstream, client, self.delay, self.parts)

    def copy(self, source, sink, delay=0, parts=1000000):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                self.tick.wait(delay)
                parts -= 1
                if parts >= 0:
                    sink.sendall(part)
            sink.close()

    def close(self):
        for one in (self.listener, *self.open):
            one.close()


class Replica(Checks):
    """The tests run in the order of their names; each leaves replication as it was."""

    @classmethod
    def setUpClass(cls):
        cls.source = server("source", 1)
        cls.east = server("east", 2)
        cls.db = server("replica", 3, "--slave-net-timeout=2")
        for one in (cls.source, cls.east):
            one.allow_replicas()
        for one in (cls.source, cls.db):
            one.sql("SET sql_log_bin=0; CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE=InnoDB")
        cls.db.follow(cls.source)
        cls.settled()
        cls.addClassCleanup(lambda: [one.stop() for one in (cls.db, cls.east, cls.source)])

    @classmethod
    def settled(cls):
        for key, value in (("Slave_IO_Running", "Yes"), ("Slave_SQL_Running", "Yes"), ("Seconds_Behind_Master", "0")):
            cls.db.wait_status(key, value)

    def test_runs(self):
        self.expect(self.check(self.db, "--replica"), 0, f'replica of "127.0.0.1:{self.source.port}" 0 s behind',
                    "lag=0s")
        found = self.metrics(self.db)
        self.assertEqual((found["io_running", None], found["sql_running", None], found["lag", None]), (1, 1, 0))
        self.assertEqual(self.metrics(self.db, program=COLLECT)["lag", None], 0)

    def test_role(self):
        """Which role each must have is told by where the primary answers, here without HAProxy."""
        def role(database, primary):
            return self.check(database, "--primary", f"127.0.0.1:{primary.port}", "-c", "lag=60")
        self.expect(role(self.source, self.source), 0, ", the primary")
        self.expect(role(self.db, self.source), 0, f'replica of "127.0.0.1:{self.source.port}"')
        self.expect(role(self.east, self.source), 2, "is not and does not replicate from the primary at", "takes writes itself")
        self.expect(role(self.db, self.east), 2, "replicates from another than the primary")
        self.east.sql("SET GLOBAL read_only=1")
        self.addCleanup(self.east.sql, "SET GLOBAL read_only=0")
        done = role(self.east, self.source)
        self.assertEqual((done.returncode, "takes writes" in done.stdout), (2, False), done.stdout)
        done = self.check(self.db, "--primary", f"127.0.0.1:{free_port()}")
        self.expect(done, 3, "the primary at", "cannot be asked", "lag=0s")
        with silent() as port:
            self.expect(self.check(self.db, "--primary", f"127.0.0.1:{port}", "-t", "1"), 3, "cannot be asked", "lag=0s")

    def test_threads_stopped(self):
        for thread, name in (("IO_THREAD", "IO"), ("SQL_THREAD", "SQL")):
            with self.subTest(thread):
                self.db.sql(f"STOP SLAVE {thread}")
                done = self.check(self.db, "-c", "lag=60")
                self.expect(done, 2, f'is broken: {name} thread is "No"', "lag=U")
                self.db.sql("START SLAVE")
                self.settled()
        self.expect(self.check(self.db, "--no-replica"), 0)

    def test_lag(self):
        lock = subprocess.Popen(["mariadb", "--no-defaults", "-uroot", "-S", self.db.socket, "-n", "-N", "-B"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with lock:
            lock.stdin.write("LOCK TABLES d.t READ; SELECT 'locked';\n")
            lock.stdin.flush()
            lock.stdout.readline()
            self.source.sql("INSERT INTO d.t VALUES (100)")
            wait_until(lambda: (self.metrics(self.db)["lag", None] or 0) >= 1, what="a lag")
            self.expect(self.check(self.db, "-w", "lag=0", "-c", "lag=1000"), 1, "lag")
            lock.stdin.close()
        self.settled()
        self.expect(self.check(self.db, "-w", "lag=0"), 0)

    def test_duplicate_key(self):
        self.db.sql("SET sql_log_bin=0; INSERT INTO d.t VALUES (1)")
        self.source.sql("INSERT INTO d.t VALUES (1)")
        self.db.wait_status("Last_SQL_Errno", "1062")
        self.expect(self.check(self.db, "--replica"), 2, "is broken: SQL thread is \"No\": error 1062",
                    "Duplicate entry '1'")
        self.db.sql("SET sql_log_bin=0; DELETE FROM d.t WHERE id = 1; START SLAVE")
        self.settled()
        self.expect(self.check(self.db), 0)

    def test_source_gone(self):
        self.source.stop()
        self.db.wait_status("Slave_IO_Running", "Connecting")
        self.expect(self.check(self.db, "--replica"), 2, 'IO thread is "Connecting"', "error 20")
        self.source.start()
        self.settled()

    def test_source_hung(self):
        os.kill(self.source.process.pid, signal.SIGSTOP)
        try:
            self.db.wait_status("Slave_IO_Running", "Connecting")
            self.expect(self.check(self.db), 2, 'IO thread is "Connecting"')
        finally:
            os.kill(self.source.process.pid, signal.SIGCONT)
        self.settled()

    def test_two_sources(self):
        self.db.follow(self.east, "east")
        self.addCleanup(self.db.sql, "STOP SLAVE 'east'; RESET SLAVE 'east' ALL")
        wait_until(lambda: self.check(self.db).returncode == 0, what="both sources")
        found = self.metrics(self.db)
        self.assertEqual((found["lag", None], found["lag", "east"]), (0, 0))
        self.expect(self.check(self.db, "-c", "lag[east]=10"), 0, "lag_east=0s;;10")
        self.db.sql("STOP SLAVE 'east'")
        self.expect(self.check(self.db), 2, 'replication "east"', "is broken")
        self.expect(self.check(self.db, "--ignore", "^east$", "--replica"), 0)
        self.expect(self.check(self.db, "--ignore", "^(east|)$", "--replica"), 2, "is no replica")

    def test_server_hung(self):
        os.kill(self.db.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            done = self.check(self.db, "-t", "1")
            self.assertLess(time.monotonic() - began, 2)
            self.expect(done, 3, "timed out after 1.0 s while signing in to")
            self.assertNotEqual(self.check(self.db, "-t", "1", program=COLLECT).returncode, 0)
        finally:
            os.kill(self.db.process.pid, signal.SIGCONT)
        wait_until(lambda: self.check(self.db).returncode == 0, what="the server being back")


if __name__ == "__main__":
    unittest.main()
