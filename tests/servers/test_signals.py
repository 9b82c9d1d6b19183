# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scheduler tells of itself: the dead-man signal to a real HTTP server, and counters of alerts to a socket."""
import os
import signal
import socket
import sqlite3
import time
import unittest

from tests.support import Place, faults, free_port, wait_until
from tests.support.daemon import Watch
from tests.support.httpd import Scripted

MAIL = "mail: {from: w@example.org, spool: ../var/mail}"
USERS = """
users: {bob: {contacts: {alert: [{mail: bob@example.org}, {webhook: "HOOK"}]}}}
groups: {g: {rota: [{users: [bob]}]}}
"""
SERVICE = """service: s
hosts: {a.b: {}}
checks:
  one: {attempts: 1, alert: {groups: [g]}}
  two: {command: [check_load], every: 1s, attempts: 1}
"""
TOKEN = "s3cret-token"


class Signals(unittest.TestCase):
    def setUp(self):
        self.place = Place("signals")
        self.addCleanup(self.place.close)
        self.pages = {"/ping/uuid": (200, {}, b"OK"), "/hook": (200, {}, b"")}
        self.server = Scripted(self.pages)
        self.addCleanup(self.server.close)

    def start(self, more):
        self.watch = Watch(self.place, f"{MAIL}\n{more}")
        self.watch.write("users.yaml", USERS.replace("HOOK", self.server.url + "/hook"))
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.write("token", TOKEN + "\n").chmod(0o600)
        self.watch.start()

    # ---- the dead-man signal ----

    def deadman(self, more=""):
        self.start(f'deadman: {{url: "{self.server.url}/ping/uuid", every: 1s{more}}}')
        wait_until(self.pings, what="the first ping")

    def pings(self):
        return sum(1 for method, path, _, _ in list(self.server.requests) if (method, path) == ("GET", "/ping/uuid"))

    def goes_on(self):
        before = self.pings()
        wait_until(lambda: self.pings() >= before + 2, what="two more pings")

    def stands_still(self):
        """No ping within three cycles, but for one that was on its way."""
        time_of_grace = self.pings() + 1
        end = time.monotonic() + 4
        wait_until(lambda: time.monotonic() > end, what="three cycles")
        self.assertLessEqual(self.pings(), time_of_grace)

    def test_pings_come_while_it_works(self):
        self.deadman(", token_file: token")
        self.goes_on()
        self.assertEqual(self.server.requests[0][2]["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual(faults.health(self.watch)[1]["status"], "ok")
        self.assertNotIn("uuid", self.watch.log())

    def test_no_pings_while_it_is_stopped(self):
        self.deadman()
        os.kill(self.watch.process.pid, signal.SIGSTOP)
        self.addCleanup(self.watch.process.send_signal, signal.SIGCONT)
        self.stands_still()
        os.kill(self.watch.process.pid, signal.SIGCONT)
        self.goes_on()

    def test_no_pings_while_the_journal_cannot_be_written(self):
        self.deadman()
        base = sqlite3.connect(self.watch.state / "journal.db", isolation_level=None)
        self.addCleanup(base.close)
        base.execute("BEGIN IMMEDIATE")
        self.stands_still()
        wait_until(lambda: "the dead-man signal is withheld: " in self.watch.log(), what="the reason")
        self.stands_still()
        self.assertEqual(self.watch.log().count("the dead-man signal is withheld"), 1)
        base.execute("ROLLBACK")
        self.goes_on()
        self.assertIn("the dead-man signal is sent again", self.watch.log())

    def test_a_failure_is_said_once(self):
        self.deadman()
        self.pages["/ping/uuid"] = (500, {}, b"")
        faults.wait_health(self.watch, "degraded")
        self.goes_on()
        said = "the dead-man signal does not arrive: "
        self.assertIn(said, faults.health(self.watch)[1]["reason"])
        self.assertIn("answered 500", faults.health(self.watch)[1]["reason"])
        self.assertEqual(self.watch.log().count(said), 1)
        self.assertIn(f"The scheduler itself has a problem: {said}", self.watch.command("status").stdout)
        self.pages["/ping/uuid"] = (200, {}, b"")
        faults.wait_health(self.watch, "ok")
        self.assertNotIn("The scheduler itself", self.watch.command("status").stdout)
        self.assertNotIn("uuid", self.watch.log())

    def test_it_is_taken_up_and_given_up_by_a_reload(self):
        self.deadman()
        site = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", site.replace("deadman:", "#deadman:"))
        wait_until(lambda: "was read anew" in self.watch.log(), what="the reload")
        self.stands_still()
        self.watch.write("watchbill.yaml", site)
        self.goes_on()

    # ---- counters ----

    def test_alerts_are_counted(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as statsd:
            statsd.bind(("127.0.0.1", 0))
            statsd.settimeout(20)
            self.start(f'statsd: {{address: "127.0.0.1:{statsd.getsockname()[1]}", prefix: wb}}')
            self.watch.command("submit", "a.b/one", "2", "x")
            packets = {statsd.recv(2000).decode() for _ in range(2)}
        hook = self.server.url
        self.assertEqual(packets, {"wb.alerts.a_b.one.CRITICAL.bob_example_org:1|c",
                                   f"wb.alerts.a_b.one.CRITICAL.{hook.replace(':', '_').replace('/', '_').replace('.', '_')}:1|c"})
        self.watch.command("submit", "a.b/one", "0", "x")
        wait_until(lambda: len(self.watch.mails()) == 2, what="the recovery")
        _, text = faults.fetch(self.watch, "/metrics")
        text = text.decode() if isinstance(text, bytes) else text
        for state in ("CRITICAL", "OK"):
            for contact in ("bob@example.org", hook):
                self.assertIn(f'watchbill_alerts_total{{host="a.b",check="one",state="{state}",contact="{contact}"}} 1\n',
                              text)

    def test_without_a_server_nothing_is_lost(self):
        self.start(f'statsd: {{address: "127.0.0.1:{free_port()}"}}')
        self.watch.command("submit", "a.b/one", "2", "x")
        wait_until(self.watch.mails, what="the mail")

    def test_mistakes_are_found(self):
        self.start("")
        for line, sentence in (('statsd: {address: "stats.example.org:8125"}', "must be ADDRESS:PORT"),
                               ('statsd: {address: "127.0.0.1:0"}', "must be ADDRESS:PORT"),
                               ('statsd: {prefix: x}', '"address" is missing'),
                               ('deadman: {every: 60s}', '"url" is missing'),
                               ('deadman: {url: "ftp://x"}', "http"), ('deadman: {url: "http://x", every: 10ms}', "every")):
            other = Watch(Place("mistakes"), f"{MAIL}\n{line}")
            self.addCleanup(other.place.close)
            done = other.command("config", "check")
            self.assertEqual(done.returncode, 1, line)
            self.assertIn(sentence, done.stdout + done.stderr)
