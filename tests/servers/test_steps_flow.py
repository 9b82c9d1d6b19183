# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps, by the scheduler and its helper: a real HAProxy before services of a real runit. A server is drained, its service
restarted, waited for until it is up, and made ready; a step that fails is undone, and who is killed is told of by the step
that it was in."""
import datetime
import os
import pathlib
import signal
import unittest

from tests.support import Place, free_port, port_open, wait_until
from tests.support import faults
from tests.support.daemon import Watch
from tests.support.haproxy import Haproxy

HOSTS = ("a", "b", "c", "d", "e")
PROXIES = "listen web\n    bind 127.0.0.1:{front}\n    default-server inter 200ms fall 2 rise 1\n"

# Sick by USR1 until it is restarted; with a file "slow" beside it no restart helps.
SERVICE_PROGRAM = """#!/usr/bin/python3
import http.server, os, signal
sick = []
signal.signal(signal.SIGUSR1, lambda *_: sick.append(True))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if sick or os.path.exists("slow") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""

USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann-pager@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""

SERVICE = """service: web
hosts:
{hosts}
checks:
  health:
    command: [check_http, --url, "http://$HOSTADDRESS$:$_HOSTPORT$/"]
    every: 1s
    retry: 1s
    attempts: 2
    timeout: 5s
    alert: {{groups: [anns]}}
    remediate: [bounce]
"""

REMEDIATIONS = """remediations:
  bounce:
    issue: OPS-7
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: vendor
    steps:
      - run: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, drain]
        undo: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, ready]
      - run: [restart_service, --service, $HOSTNAME$, --manager, runit, --service-dir, "{runit}", --steady, 200ms,
              --wait, 1s]
        until: [check_http, --url, "http://$HOSTADDRESS$:$_HOSTPORT$/"]
        within: {within}
      - run: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, ready]
    on: {{state: [CRITICAL], type: hard, after: 0s}}
    limits: {{cooldown: 10m}}
    verify: {{within: 20s}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


class Steps(unittest.TestCase):
    """The tests share HAProxy, runit and the scheduler; each has a host of its own."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("steps")
        cls.addClassCleanup(cls.place.close)
        cls.addClassCleanup(faults.end_left_behind, cls.place)
        ports = {host: free_port() for host in HOSTS}
        cls.runit = cls.place.path / "runit"
        for host, port in ports.items():
            cls.place.write(f"runit/{host}/run", SERVICE_PROGRAM.format(port=port), 0o755)
            cls.place.start(["runsv", cls.runit / host], f"runsv-{host}")
        for port in ports.values():
            wait_until(lambda: port_open(port), what="the service")
        cls.haproxy = Haproxy(cls.place, PROXIES.format(front=free_port()) + "".join(
            f"    server {host} 127.0.0.1:{port} check\n" for host, port in ports.items()))
        cls.watch = Watch(cls.place)
        cls.watch.write("issues.yaml", "OPS-7: {title: it forgets its database, state: open}\n")
        cls.watch.write("users.yaml", USERS)
        cls.watch.write("services/web.yaml", SERVICE.format(hosts="\n".join(
            f"  {host}: {{address: 127.0.0.1, vars: {{port: {port}}}}}" for host, port in ports.items())))
        cls.write_remediation("20s")
        cls.watch.start()
        for host in HOSTS:
            cls.watch.wait_state(f"{host}/health", "OK")

    @classmethod
    def write_remediation(cls, within):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        cls.watch.write("remediations.yaml", REMEDIATIONS.format(
            today=today, socket=cls.haproxy.socket, runit=cls.runit, within=within))

    # ---- the host of a test ----

    def file(self, host, name):
        return self.runit / host / name

    def service(self, host):
        return int(self.file(host, "supervise/pid").read_text())

    def fall_sick(self, host):
        os.kill(self.service(host), signal.SIGUSR1)

    def is_drained(self, host):
        """Whether somebody took it out of the balance, whatever its health is."""
        for line in self.haproxy.ask("show servers state web").splitlines():
            words = line.split()
            if len(words) > 6 and words[3] == host:
                return int(words[6]) != 0  # srv_admin_state
        raise AssertionError(f"no server web/{host}")

    def lines(self, host):
        """Of the runs for the host."""
        every = self.watch.ledger()
        runs = {line["run"] for line in every if line.get("target") == host}
        return [line for line in every if line["run"] in runs]

    def wait_line(self, host, event):
        return wait_until(lambda: [line for line in self.lines(host) if line["event"] == event], what=event)[0]

    def wait_step(self, host, text):
        wait_until(lambda: any(text in line["text"] for line in self.lines(host) if line["event"] == "step"), what=text)

    def mails(self, host, kind):
        return [m for m in self.watch.mails() if m["subject"].startswith(f"{kind}: ") and f"{host}/health" in m["subject"]]

    def told(self, host):
        """The text of the first notice on the remediation."""
        mail = wait_until(lambda: self.mails(host, "REMEDIATION"), what="the notice")[0]
        return " ".join(mail.get_body(("plain",)).get_content().split())

    def history(self):
        done = self.watch.command("remediations", "--issue", "OPS-7")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def helper(self):
        return faults.descendants(self.watch.process.pid, "watchbill-helper")[0]

    def after_more_results(self, host, count=3):
        last = self.watch.status(f"{host}/health")["last"]
        wait_until(lambda: self.watch.status(f"{host}/health")["last"] >= last + count, what="more results")

    # ---- the stories ----

    def test_each_step_in_its_order(self):
        sick = self.service("a")
        self.fall_sick("a")
        self.watch.wait_state("a/health", "CRITICAL")
        self.assertEqual(self.wait_line("a", "verdict")["verdict"], "fixed")
        self.watch.wait_state("a/health", "OK")
        self.assertNotEqual(self.service("a"), sick)
        self.assertFalse(self.is_drained("a"))
        lines = self.lines("a")
        self.assertEqual([line["event"] for line in lines], ["begin", "step", "step", "step", "end", "verdict"])
        self.assertEqual([line["text"] for line in lines if line["event"] == "step"],
                         ["in step 1 of 3 (haproxy_server)", "in step 2 of 3 (restart_service)",
                          "in step 3 of 3 (haproxy_server)"])
        begin, end = lines[0], lines[4]
        self.assertEqual((begin["remediation"], begin["program"], end["outcome"]), ("bounce", "run_steps", "fixed"))
        bundle = pathlib.Path(begin["bundle"])
        output = (bundle / "act-steps").read_text()
        self.assertLess(output.index("to drain"), output.index("restarting"))
        self.assertLess(output.index("restarting"), output.index("to ready"))
        for number in (1, 2, 3):
            self.assertTrue((bundle.parent / f"{begin['run']}-{number}" / "index.json").exists())
        wait_until(lambda: self.mails("a", "RECOVERY"), what="the recovery")

    def test_a_step_that_fails_is_undone_and_told(self):
        self.write_remediation("1s")
        self.addCleanup(self.write_remediation, "20s")
        wait_until(lambda: "read anew" in self.watch.log(), what="the configuration")
        self.file("b", "slow").touch()
        end = self.wait_line("b", "end")
        self.assertEqual(end["outcome"], "failed")
        self.assertRegex(end["text"], r"undoing step 1; .*to ready.*; step 2 failed: ")
        self.assertEqual([line["text"] for line in self.lines("b") if line["event"] == "step"],
                         ["in step 1 of 3 (haproxy_server)", "in step 2 of 3 (restart_service)",
                          "undoing step 1 (haproxy_server)"])
        self.assertFalse(self.is_drained("b"))
        text = self.told("b")
        self.assertIn('step 2 failed: "check_http" ended with 2: HTTP CRITICAL', text)
        self.assertIn("it may run again in 10m", text)
        self.assertIn("step 2 failed: ", self.history())
        self.assertEqual(self.wait_line("b", "verdict")["verdict"], "no_effect")
        self.file("b", "slow").unlink()
        self.watch.wait_state("b/health", "OK")

    def test_one_that_is_killed_is_told_by_its_step_and_not_repeated(self):
        self.file("c", "slow").touch()
        self.wait_step("c", "in step 2 of 3")
        os.kill(self.wait_line("c", "begin")["pid"], signal.SIGKILL)
        end = self.wait_line("c", "end")
        self.assertEqual((end["outcome"], end["text"]),
                         ("interrupted", "killed by signal 9; it was in step 2 of 3 (restart_service)"))
        text = self.told("c")
        self.assertIn("a run was interrupted, and is not repeated by itself: killed by signal 9; it was in step 2 of 3 "
                      "(restart_service)", text)
        self.assertIn("interrupted: killed by signal 9; it was in step 2 of 3 (restart_service)", self.history())
        self.assertTrue(self.is_drained("c"))  # who is killed undoes nothing: therefore the step is told
        self.after_more_results("c")
        self.watch.wait_state("c/health", "CRITICAL")
        self.assertEqual(len([line for line in self.lines("c") if line["event"] == "begin"]), 1)
        self.file("c", "slow").unlink()
        self.watch.wait_state("c/health", "OK")
        self.haproxy.ask("set server web/c state ready")

    def test_the_death_of_the_helper_alone_stops_no_run(self):
        self.file("d", "slow").touch()
        self.wait_step("d", "in step 2 of 3")
        os.kill(self.helper(), signal.SIGKILL)
        wait_until(lambda: "was under way when the helper ended" in self.watch.log(), what="the loss that is seen")
        self.assertIn("not ended: in step 2 of 3 (restart_service)", self.history())
        self.file("d", "slow").unlink()
        self.assertEqual(self.wait_line("d", "end")["outcome"], "fixed")
        self.assertFalse(self.is_drained("d"))
        self.watch.wait_state("d/health", "OK")
        self.assertEqual(self.wait_line("d", "verdict")["verdict"], "fixed")
        self.assertEqual(len([line for line in self.lines("d") if line["event"] == "begin"]), 1)

    def test_z_all_of_them_die_at_once(self):
        """As when the power fails: the last test, because the scheduler is started anew."""
        self.file("e", "slow").touch()
        self.wait_step("e", "in step 2 of 3")
        helper = self.helper()
        self.watch.kill()
        for pid in (helper, self.wait_line("e", "begin")["pid"]):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not [words for _, words in faults.left_behind(self.place) if "remediations/" in words],
                   what="the end of whatever acted")
        self.watch.start()
        self.assertEqual(self.wait_line("e", "end")["text"],
                         "its process is no more; it was in step 2 of 3 (restart_service)")
        self.assertIn("it was in step 2 of 3 (restart_service)", self.told("e"))
        self.after_more_results("e")
        self.assertEqual(len([line for line in self.lines("e") if line["event"] == "begin"]), 1)
        self.file("e", "slow").unlink()
        self.watch.wait_state("e/health", "OK")


if __name__ == "__main__":
    unittest.main()
