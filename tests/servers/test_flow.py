# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, end to end: a real HAProxy before two real HTTP servers, a real SMTP server with STARTTLS and
AUTH under a private CA, and the scheduler."""
import datetime
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.daemon import Watch
from tests.support.haproxy import Haproxy
from tests.support.httpd import start_plain
from tests.support import smtpd

PROXIES = """
listen www
    bind 127.0.0.1:{front}
    default-server inter 200ms fall 2 rise 1
    server web1 127.0.0.1:{one} check
    server web2 127.0.0.1:{two} check
"""

MAIL = """mail: {{from: watchbill@example.org, server: "smtp://localhost:{port}", tls: required, ca_file: {ca},
       user: {user}, password_file: smtp.password}}"""

USERS = """
windows:
  today: {{days: [{today}]}}
  other_days: {{all_except: [today]}}
users:
  alice: {{contacts: {{notify: [{{mail: alice-later@example.org}}], alert: [{{mail: alice@example.org}}]}}}}
  bob:   {{contacts: {{alert: [{{mail: bob@example.org}}]}}}}
  carol: {{contacts: {{alert: [{{mail: carol@example.org}}]}}}}
groups:
  admins:
    rota:
      - {{window: other_days, users: [carol, bob, alice]}}
      - {{window: today, users: [bob, alice, carol]}}
"""

SERVICE = """
service: www
hosts:
  web: {{address: 127.0.0.1, vars: {{stats_port: {stats}}}}}
checks:
  haproxy:
    command: [check_haproxy, --url, "http://$HOSTADDRESS$:$_HOSTSTATS_PORT$/haproxy;csv", --extra-opts=haproxy@plugins.ini]
    every: 1s
    retry: 1s
    attempts: 3
    timeout: 5s
    alert: {{groups: [admins], warning: notify, critical: alert, info: "Status of the load balancer."}}
    remediate: [bring-back]
collect:
  requests: {{command: [collect_haproxy, --socket, {socket}], every: 1s, store: {{every: 1s, keys: {{requests: {{key: [www, stot], type: DERIVE}}}}}}}}
graphs:
  sessions: {{metrics: ["haproxy.sess_*"], label: Sessions}}
"""

REMEDIATIONS = """
remediations:
  bring-back:
    issue: OPS-1
    owner: alice
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    command: [haproxy_server, --socket, {socket}, --server, www/web2, --state, ready]
    on: {{state: [CRITICAL], type: hard, after: 2s}}
    limits: {{cooldown: 1m, max: 3 per 1h}}
    verify: {{within: 10s}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


class Flow(unittest.TestCase):
    """One story: the tests of this class share the servers and run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("flow")
        cls.addClassCleanup(cls.place.close)
        cls.web1, cls.port1 = start_plain(cls.place, "web1")
        cls.web2, cls.port2 = start_plain(cls.place, "web2")
        cls.front = free_port()
        cls.haproxy = Haproxy(cls.place, PROXIES.format(front=cls.front, one=cls.port1, two=cls.port2))
        cls.haproxy.wait_status("www", "web2", "UP")
        cls.smtp = smtpd.start(cls.place, auth=("watch", "s3cret word"))
        cls.addClassCleanup(cls.smtp.stop)
        cls.watch = Watch(cls.place, MAIL.format(port=cls.smtp.port, ca=cls.smtp.ca_file, user="watch"))
        cls.watch.write("smtp.password", "s3cret word\n").chmod(0o600)
        cls.watch.write("plugins.ini", "[haproxy]\nuser=hauser\npassword=hapasswd\n").chmod(0o600)
        cls.watch.write("issues.yaml", "OPS-1: {title: servers stay down, state: open}\n")
        today = datetime.datetime.now(datetime.timezone.utc)
        cls.watch.write("users.yaml", USERS.format(today=today.strftime("%a").lower()))
        cls.watch.write("services/www.yaml", SERVICE.format(stats=cls.haproxy.port, socket=cls.haproxy.socket))
        cls.watch.write("remediations.yaml", REMEDIATIONS.format(today=today.date(), socket=cls.haproxy.socket))
        cls.watch.start()
        cls.watch.wait_state("web/haproxy", "OK")

    def mails(self):
        return self.smtp.messages()

    def test_1_a_server_dies_and_exactly_one_person_is_told(self):
        # MAINT set by hand would be no failure; a server that is killed is one.
        self.place.stop(self.web2)
        self.watch.wait_state("web/haproxy", "CRITICAL", "SOFT")
        row = self.watch.wait_state("web/haproxy", "CRITICAL", "HARD")
        mail = wait_until(self.mails, what="the mail")
        self.assertEqual([m["to"] for m in mail], [["bob@example.org"]])
        self.assertTrue(mail[0]["tls"] and mail[0]["auth"])
        text = mail[0]["text"]
        self.assertIn("HAPROXY CRITICAL", text)
        self.assertIn("web2", text)
        self.assertIn("web", mail[0]["subject"])
        self.assertIn(str(row["problem"]), text)
        self.assertIn("watchbill ack web/haproxy", text)
        type(self).problem = row["problem"]

    def test_2_killed_in_the_middle_of_a_remediation_nothing_is_lost_and_nothing_runs_twice(self):
        begin = wait_until(lambda: self.lines("begin"), what="the ledger")[0]
        self.watch.kill()
        self.watch.start()
        self.assertEqual((begin["issue"], begin["subject"]), ("OPS-1", "web/haproxy"))
        end = wait_until(lambda: self.lines("end"), what="the end of the run that the helper carried on")[0]
        self.assertEqual(end["run"], begin["run"])
        first = self.watch.wait_state("web/haproxy", "CRITICAL", "HARD")
        self.assertEqual(first["problem"], self.problem)
        wait_until(lambda: self.watch.status("web/haproxy")["last"] >= first["last"] + 3, what="three more results")
        told = {m["id"]: m["subject"].split(":")[0] for m in self.mails()}
        self.assertEqual(sorted(told.values()), ["PROBLEM", "REMEDIATION"])  # the run had no effect
        text = [m["text"] for m in self.mails() if m["subject"].startswith("REMEDIATION")][0]
        self.assertIn(f"{self.watch.state}/diagnostics/{begin['run']}", text)
        self.assertIn(f"/diagnostics/{begin['run']}", self.watch.status("web/haproxy")["remediation"])
        self.assertEqual(len(self.lines("begin")), 1)

    def test_3_the_remediation_gathered_first_and_is_counted(self):
        bundles = list((self.watch.state / "diagnostics").iterdir())
        self.assertEqual(len(bundles), 1)
        self.assertIn("web2", (bundles[0] / "check").read_text())
        rows = self.watch.ask("remediations", "--issue", "OPS-1")
        self.assertEqual((rows[0]["issue"], rows[0]["runs"], rows[0]["diagnosed"]), ("OPS-1", 1, False))
        self.assertEqual(rows[0]["days_left"], 30)

    def lines(self, event):
        return [line for line in self.watch.ledger() if line["event"] == event]

    def test_4_a_broken_edit_is_named_and_monitoring_goes_on(self):
        good = (self.watch.conf / "services/www.yaml").read_text()
        self.watch.write("services/www.yaml", good.replace("    every: 1s", "    evry: 1s", 1))
        wait_until(lambda: "services/www.yaml:8:5: " in self.watch.log(), what="the error with its place")
        self.assertIn('"every"', [line for line in self.watch.log().splitlines() if "www.yaml:8:5" in line][0])
        last = self.watch.status("web/haproxy")["last"]
        wait_until(lambda: self.watch.status("web/haproxy")["last"] > last, what="a result after the broken edit")
        self.watch.write("services/www.yaml", good)
        wait_until(lambda: "read anew" in self.watch.log(), what="the mended configuration")

    def test_5_the_server_comes_back_and_the_same_person_hears_of_it(self):
        subprocess_argv = ["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", str(self.port2)]
        self.place.start(subprocess_argv, "web2-again")
        self.haproxy.wait_status("www", "web2", "UP")
        self.watch.wait_state("web/haproxy", "OK")
        recovery = wait_until(lambda: [m for m in self.mails() if "RECOVERY" in m["subject"]], what="the recovery")
        self.assertEqual([m["to"] for m in recovery], [["bob@example.org"]])
        self.assertEqual({tuple(m["to"]) for m in self.mails()}, {("bob@example.org",)})

    def test_6_the_sessions_are_in_the_rrd_and_on_the_pictures(self):
        path = self.watch.state / "rrd/web/haproxy/sess_www.rrd"
        fetched = run(["rrdtool", "fetch", path, "AVERAGE", "-s", "-120", "-e", "now"]).stdout
        values = [line.split(":")[1].strip() for line in fetched.splitlines() if ":" in line and "nan" not in line]
        self.assertGreater(len(values), 5)
        last = int(run(["rrdtool", "last", path]).stdout)
        now = datetime.datetime.now(datetime.timezone.utc).timestamp()
        self.assertLess(abs(now - last), 10)
        requests = self.watch.state / "rrd/web/requests/requests.rrd"
        wait_until(requests.exists, what="the collected series")
        for name, magic in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
            out = self.place.path / name
            done = self.watch.command("graph", "web/haproxy", "--metric", "sess_www", "--from", "-1h", "-o", out)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertTrue(out.read_bytes().startswith(magic))
        done = self.watch.command("graph", "web/sessions", "-o", self.place.path / "plan.png")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_7_why_tells_the_story(self):
        story = " / ".join(row["text"] for row in self.watch.ask("why", "web/haproxy")["story"])
        for part in ("CRITICAL SOFT", "CRITICAL HARD", "told bob by mail", "bring-back", "OK HARD"):
            self.assertIn(part, story)


class MailAway(unittest.TestCase):
    """The SMTP server is away when the problem comes: the mail comes later, after a kill -9 as well."""

    def test_later_not_never(self):
        with Place("mailaway") as place:
            smtp = smtpd.start(place, auth=("watch", "secret"))
            watch = Watch(place, MAIL.format(port=smtp.port, ca=smtp.ca_file, user="watch"))
            watch.write("smtp.password", "secret\n").chmod(0o600)
            smtp.stop()
            watch.write("users.yaml", USERS.format(today=datetime.datetime.now(datetime.timezone.utc)
                                                   .strftime("%a").lower()))
            watch.write("services/a.yaml", "service: a\nhosts: {h: {}}\nchecks:\n  queue:\n"
                        "    command: [check_queue, --type, spool, --directory, ../queue, -c, '2']\n"
                        "    every: 1s\n    attempts: 1\n    alert: {groups: [admins]}\n")
            queue = place.path / "queue"
            queue.mkdir()
            for i in range(5):
                (queue / f"job{i}").write_text("")
            watch.start()
            watch.wait_state("h/queue", "CRITICAL")
            wait_until(lambda: "waits, attempt 1" in watch.log(), what="the first attempt")
            watch.kill()
            smtp.start()
            watch.start()
            mails = wait_until(smtp.messages, what="the mail")
            self.assertEqual(len({m["id"] for m in mails}), 1)
            self.assertEqual({tuple(m["to"]) for m in mails}, {("bob@example.org",)})
            smtp.stop()


class OneDaemon(unittest.TestCase):
    def test_a_second_scheduler_on_the_same_state_is_refused(self):
        with Place("lock") as place:
            watch = Watch(place).start()
            second = run([BUILD / "bin/watchbilld", "--conf", watch.conf])
            self.assertEqual(second.returncode, 3)
            self.assertIn("another scheduler already runs", second.stderr)
            self.assertEqual(watch.stop(), 0)


if __name__ == "__main__":
    unittest.main()
