# SPDX-License-Identifier: GPL-3.0-or-later
"""The night of a failing volume, through the scheduler and its helper: a primary of MariaDB that dies or stalls behind
HAProxy, under a client that writes. Nothing acknowledged is lost, and the loss of redundancy stays open until a replica
has caught up."""
import datetime
import hashlib
import os
import pathlib
import signal
import unittest
import urllib.request

from tests.support import Place, free_port, wait_until
from tests.support.daemon import Watch
from tests.support.failover import SEMI, Database
from tests.support.mariadb import make_template

USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann-pager@example.org}]}}
groups:
  dbas: {rota: [{window: always, users: [ann]}]}
"""
REMEDIATION = """  {name}:
    issue: OPS-107
    owner: ann
    tagged: {today}
    ttl: 180d
    diagnosed: true
    cause: hardware
    command: [mysql_failover, --marker, {marker}, --user, admin, --password-file, secrets/mysql, {words}]
    may: {{run: [dbas], approve: [dbas]}}
"""
FAILOVER = """    on: {{state: [CRITICAL], type: hard, after: 1s}}
    limits: {{max: 5 per 1d{limits}}}
    verify: {{within: 30s}}
    timeout: 60s
"""
MOVE = """--primary, "127.0.0.1:{0}", --replica, "127.0.0.1:{1}", --old-server, db/{2}, --new-server, db/{3}, --haproxy, {haproxy},
              --server-state, {state}, --catch-up, 1s, --wait, 5s, {more}"""
SETTLE = """    on: {state: [WARNING]}
    mode: ask
    approval: 14d
"""
TRACKERS = """trackers:
  OPS: {type: file, path: issues.yaml}
"""
# Where the primary answers is a host of its own: its check is well again when the failover has helped.
FRONT = """service: database-front
hosts: {{db: {{address: 127.0.0.1}}}}
checks:
  write:
    command: [check_mysql, -H, $HOSTADDRESS$, -p, "{front}", -u, watch, --password-file, secrets/mysql, --no-replica,
              --write-probe, d.probe, --write-limit, 2s]
    every: 1s
    attempts: 2
    alert: {{groups: [dbas]}}
    remediate: [fail-over, fail-back]
  redundancy:
    command: [check_queue, --type, spool, --queue, {lost}, -w, "0"]
    every: 1s
    attempts: 1
    alert: {{groups: [dbas], info: "Rebuild the old primary as a replica; when it has caught up, approve settle."}}
    remediate: [settle]
"""
SERVERS = """service: database
hosts:
  db01: {{address: 127.0.0.1, vars: {{port: "{one}"}}}}
  db02: {{address: 127.0.0.1, vars: {{port: "{two}"}}}}
serving: {{check: mysql, at_least: 1, alert: {{groups: [dbas]}}}}
checks:
  mysql:
    command: [check_mysql, -H, $HOSTADDRESS$, -p, $_HOSTPORT$, -u, watch, --password-file, secrets/mysql,
              --primary, "127.0.0.1:{front}", -c, lag=5, -t, "3"]
    every: 1s
    attempts: 2
    alert: {{groups: [dbas], critical: notify}}
"""
# The early sign of a failing volume, on a host that still serves; it goes when the writes do.
VOLUME = """  volume:
    command: [check_queue, --type, spool, --queue, "{spool}/$HOSTNAME$", -c, "0"]
    every: 1s
    attempts: 1
    alert: {{groups: [dbas]}}
    remediate: [fail-over]
"""
# While nobody can write, what ails the servers is explained by it: one page in the night.
INHIBIT = """
inhibit:
  - source: {match: "db/write", state: [CRITICAL]}
    target: {match: "service=database"}
"""


class Night(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template_place = Place()
        cls.addClassCleanup(cls.template_place.close)
        cls.template = make_template(cls.template_place)

    def setUp(self):
        self.place = Place("failover")
        self.addCleanup(self.place.close)
        self.database = Database(self.place, self.template, *SEMI, admin="admin")
        self.one, self.two, self.haproxy = self.database.one, self.database.two, self.database.haproxy
        self.one.sql("CREATE TABLE d.probe (id INT PRIMARY KEY, written DATETIME NOT NULL)")
        wait_until(lambda: self.two.sql("SELECT COUNT(*) FROM d.probe", check=False) == "0", what="the table on two")
        for server in (self.one, self.two):
            self.allow_checks(server)
        self.watch = Watch(self.place)
        self.lost = self.watch.state / "redundancy-lost"
        self.lost.mkdir(parents=True)
        self.marker = self.lost / "database"
        self.watch.write("watchbill.yaml", (self.watch.conf / "watchbill.yaml").read_text() + INHIBIT)
        self.watch.write("issues.yaml", "OPS-107: {title: volumes stall, state: open}\n")
        self.watch.write("secrets/mysql", "watchpw\n").chmod(0o600)
        self.watch.write("users.yaml", USERS)
        self.facts = {"today": datetime.datetime.now(datetime.timezone.utc).date(), "one": self.one.port,
                      "two": self.two.port, "front": self.database.front, "haproxy": self.haproxy.socket,
                      "state": self.database.server_state,
                      "lost": self.lost, "marker": self.marker}

    def allow_checks(self, server):
        """Who may probe must not be let through read_only."""
        server.allow_watcher("PROCESS, SLAVE MONITOR")
        server.sql("SET sql_log_bin=0; GRANT INSERT, DELETE ON d.* TO watch@'127.0.0.1'")

    def remedy(self, more="--without-redundancy", limits=""):
        there = MOVE.format(self.one.port, self.two.port, "one", "two", more=more, **self.facts)
        back = MOVE.format(self.two.port, self.one.port, "two", "one", more=more, **self.facts)
        failover = FAILOVER.format(limits=limits)
        self.watch.write("remediations.yaml", TRACKERS + "remediations:\n" +
                         REMEDIATION.format(name="fail-over", words=there, **self.facts) + failover +
                         REMEDIATION.format(name="fail-back", words=back, **self.facts) + failover +
                         REMEDIATION.format(name="settle", words="--action, settle", **self.facts) + SETTLE)

    def start(self, front=FRONT, servers=SERVERS):
        self.watch.write("services/front.yaml", front.format(**self.facts))
        self.watch.write("services/database.yaml", servers.format(**self.facts))
        self.watch.start()
        for subject in ("db/write", "db01/mysql", "db02/mysql"):
            self.watch.wait_state(subject, "OK")
        self.writer = self.database.write()
        self.addCleanup(self.writer.close)

    def lines(self, event):
        return [line for line in self.watch.ledger() if line["event"] == event]

    def told(self, *words):
        return [mail for mail in self.watch.mails() if all(word in mail["subject"] for word in words)]

    def wait_told(self, *words):
        return wait_until(lambda: self.told(*words), what=f"a message of {words}")[0]

    def text(self, subject):
        return self.watch.status(subject)["text"]

    def wait_text(self, subject, part):
        wait_until(lambda: part in self.text(subject), what=f"{part!r} of {subject} (is {self.text(subject)!r})")

    def page(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}/") as page:
            return page.read().decode()

    def lock_table(self):
        """Keeps the replica from applying what it receives; the number of the session that does."""
        sessions = "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"
        self.place.start(["mariadb", "--no-defaults", "-uroot", "-S", self.two.socket, "-e",
                          "LOCK TABLES d.t READ; SELECT SLEEP(600)"], "lock")
        return wait_until(lambda: self.two.sql(sessions), what="the lock")

    def assert_failed_over(self):
        """All that a failover is for; the client goes on, and what was acknowledged is there."""
        self.watch.wait_state("db/write", "OK", seconds=40)
        verdict = wait_until(lambda: self.lines("verdict"), what="the verdict")[0]
        self.assertEqual(verdict["verdict"], "fixed")
        self.writer.wait_more()
        self.assertEqual(self.two.sql("SELECT @@read_only"), "0")
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.assertEqual(self.haproxy.status("db", "two"), "UP")
        self.assertEqual(self.writer.lost(self.two), [])

    def assert_evidence_first(self):
        """The ledger names it before the first change, which is the marker."""
        begin = self.lines("begin")[0]
        index = pathlib.Path(begin["bundle"]) / "index.json"
        self.assertEqual(hashlib.sha256(index.read_bytes()).hexdigest(), begin["bundle_sha256"])
        self.assertLess(index.stat().st_mtime_ns, self.marker.stat().st_mtime_ns)
        self.assertIn("Slave_IO_Running: Connecting", (index.parent / "mysql-replica").read_text())
        self.assertIn("db/one", (index.parent / "haproxy-stat").read_text().replace("db,one", "db/one"))

    def assert_redundancy_is_lost(self):
        row = self.watch.wait_state("service:database/serving", "REDUNDANCY")
        self.assertEqual(row["text"], "1 of 2 hosts serve, at least 1 must; not: db01")
        self.assertIn("service:database", self.page())
        self.assertIn("REDUNDANCY", self.page())
        self.assertTrue(self.marker.exists())

    def test_a_primary_that_dies(self):
        self.remedy()
        self.start()
        self.one.stop(number=signal.SIGKILL)
        self.assert_failed_over()
        self.assert_evidence_first()
        # One page in the night, and its end; what can wait until the morning waits.
        self.wait_told("service:database/serving", "REDUNDANCY")
        self.wait_told("RECOVERY: db/write")
        self.assertEqual([mail["subject"].split(" is ")[0] for mail in self.watch.mails() if "pager" in mail["to"]],
                         ["PROBLEM: db/write", "RECOVERY: db/write"])
        fixed = 'remediation "fail-over" (OPS-107): fixed: the check recovered: "db/one" is cut off; '
        wait_until(lambda: fixed in self.watch.command("why", "db/write").stdout, what="the verdict in why")
        self.assertIn("redundancy is lost since", self.watch.command("why", "db/write").stdout.split(fixed)[1])
        self.assert_redundancy_is_lost()
        # The old one comes back by itself, as it was: writable. Nobody is led to it, and it is no redundancy.
        self.one.start()
        self.assertEqual(self.one.sql("SELECT @@read_only"), "0")
        self.wait_text("db01/mysql", "is not and does not replicate from the primary")
        self.assertIn("and takes writes itself", self.text("db01/mysql"))
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        self.assert_redundancy_is_lost()
        # It is rebuilt and fetches, but has applied nothing yet; then it catches up.
        self.one.stop()
        self.database.rebuild_one()
        self.allow_checks(self.one)
        self.one.follow(self.two, start="START SLAVE IO_THREAD")
        self.wait_text("db01/mysql", 'SQL thread is "No"')
        self.assert_redundancy_is_lost()
        self.assertEqual(len(self.told("service:database/serving")), 1)
        self.one.sql("START SLAVE SQL_THREAD")
        self.watch.wait_state("service:database/serving", "OK")
        self.wait_told("RECOVERY: service:database/serving")
        # The program itself fails nothing over before a person has said that it is so, and it has looked.
        run = self.wait_told("REMEDIATION", "db/redundancy")["subject"].split("remediation approve ")[1].split('"')[0]
        done = self.watch.command("remediation", "approve", run, "--author", "ann")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.watch.wait_state("db/redundancy", "OK")
        self.assertIn("acknowledges writes only when a replica has them", self.lines("end")[-1]["text"])
        self.assertFalse(self.marker.exists())
        self.assertEqual(self.two.sql("SHOW STATUS LIKE 'Rpl_semi_sync_master_status'").split()[1], "ON")
        self.writer.wait_more()
        # Another night, the other way round.
        self.two.stop(number=signal.SIGKILL)
        verdict = wait_until(lambda: [line for line in self.lines("verdict") if "fail-back" in line["run"]],
                             what="the verdict of the second night")[0]
        self.assertEqual(verdict["verdict"], "fixed")
        self.assertEqual([line["text"] for line in self.lines("refused")], ['"db/two" has the place of "db/one" already'])
        self.writer.wait_more()
        self.writer.close()
        self.assertEqual(self.writer.lost(self.one), [])

    def test_a_primary_that_stalls(self):
        """Its volume hangs: who is connected waits, who is not cannot sign in, and HAProxy still sees an open port."""
        self.remedy()
        self.start()
        os.kill(self.one.process.pid, signal.SIGSTOP)
        self.addCleanup(self.one.stop)  # goes on, and ends
        self.watch.wait_state("db/write", "CRITICAL")
        self.assertIn("did not begin within", self.text("db/write"))
        self.assert_failed_over()
        self.assert_evidence_first()
        self.assertIn("wait: 1s are allowed for self-recovery", self.watch.command("why", "db/write").stdout)
        # The volume goes on, with all that stood in line: writable, and with sessions from before.
        os.kill(self.one.process.pid, signal.SIGCONT)
        self.wait_text("db01/mysql", "and takes writes itself")
        self.assertEqual(self.haproxy.status("db", "one"), "MAINT")
        before = self.one.sql("SELECT COUNT(*) FROM d.t")
        self.place.stop(self.haproxy.process, signal.SIGKILL)
        self.haproxy.start()  # as it is configured it would lead to the old one
        self.writer.wait_more()
        self.assertEqual(self.one.sql("SELECT COUNT(*) FROM d.t"), before)
        self.assert_redundancy_is_lost()
        self.writer.close()
        self.assertEqual(self.writer.lost(self.two), [])

    def test_a_replica_that_lags_is_refused_and_told(self):
        self.remedy()
        self.start()
        lock = self.lock_table()
        self.writer.wait_more()
        self.one.stop(number=signal.SIGKILL)
        reason = "the replica lags: it has not applied all that it received"
        refused = wait_until(lambda: len(self.lines("refused")) == 2 and self.lines("refused"), what="both refusals")
        self.assertEqual([(line["remediation"], line["subject"], line["text"]) for line in refused],
                         [("fail-over", "db/write", reason),
                          ("fail-back", "db/write", '"db/one" has the place of "db/two" already')])
        told = self.wait_told("REMEDIATION", "db/write")
        self.assertEqual(told["to"], "ann-pager@example.org")
        for part in (f"the program refused to run: {reason}", "fail-over", "OPS-107"):
            self.assertIn(part, told.get_body(("plain",)).get_content())
        self.assertIn(reason, self.watch.command("why", "db/write").stdout)
        wait_until(lambda: "fail-back: refused to run" in self.page(), what="both of them on the page")
        self.assertIn(f"remediation fail-over: refused to run: {reason}", self.page())
        self.assertEqual((self.lines("begin"), self.marker.exists()), ([], False))
        self.assertEqual(self.two.sql("SELECT @@read_only"), "1")
        self.assertEqual(self.haproxy.status("db", "two"), "MAINT")
        # Whoever was woken waits until it has caught up, and begins it by hand.
        self.two.sql(f"KILL {lock}")
        wait_until(lambda: not self.writer.lost(self.two), what="the replica having all that was acknowledged")
        done = self.watch.command("remediate", "fail-over", "db", "--author", "ann")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.lines("begin")[0]["author"], "ann")
        self.watch.wait_state("db/write", "OK")
        self.writer.wait_more()
        self.writer.close()
        self.assertEqual(self.writer.lost(self.two), [])

    def test_a_failover_while_redundancy_is_lost(self):
        """The third server is gone already. Whether what serves may be touched then is for the configuration to say."""
        follow = "--follow-as, repl, --follow-password-file, secrets/repl"
        self.facts.update(spool=self.place.path / "spool", none=free_port())
        for host in ("db01", "db02", "db03"):
            (self.facts["spool"] / host).mkdir(parents=True)
        self.watch.write("secrets/repl", "replpw\n").chmod(0o600)
        self.remedy(follow)
        third = 'db03: {{address: 127.0.0.1, vars: {{port: "{none}"}}}}'
        self.start(FRONT.replace("    remediate: [fail-over, fail-back]\n", ""),
                   SERVERS.replace("serving:", f"  {third}\nserving:") + VOLUME)
        self.watch.wait_state("service:database/serving", "REDUNDANCY")
        stalled = self.facts["spool"] / "db01" / "request"
        stalled.write_text("x")
        self.watch.wait_state("db01/volume", "CRITICAL")
        reason = "redundancy is lost: 2 of 3 hosts serve, and this is one of them; it may run when all do"
        told = self.wait_told("REMEDIATION", "db01/volume")
        self.assertEqual(told["to"], "ann-pager@example.org")
        self.assertIn(reason, told.get_body(("plain",)).get_content())
        self.assertIn(reason, self.watch.command("why", "db01/volume").stdout)
        self.assertEqual(self.watch.ledger(), [])
        self.remedy(follow, limits=", despite_redundancy: true")
        wait_until(lambda: self.lines("end"), what="the failover")
        stalled.unlink()  # nobody writes to it any more
        self.watch.wait_state("db01/volume", "OK")
        self.assertEqual(wait_until(lambda: self.lines("verdict"), what="the verdict")[0]["verdict"], "fixed")
        self.assertIn("redundancy is kept", self.lines("end")[0]["text"])
        # Both are well again in their new places, and the third is still missing.
        self.wait_text("db02/mysql", ", the primary")
        self.wait_text("db01/mysql", f'replica of "127.0.0.1:{self.two.port}"')
        self.assertEqual((self.one.sql("SELECT @@read_only"), self.two.sql("SELECT @@read_only")), ("1", "0"))
        self.watch.wait_state("db01/mysql", "OK")
        self.watch.wait_state("service:database/serving", "REDUNDANCY")
        self.assertFalse(self.marker.exists())
        self.writer.wait_more()
        self.writer.close()
        self.assertEqual(self.writer.lost(self.two), [])


if __name__ == "__main__":
    unittest.main()
