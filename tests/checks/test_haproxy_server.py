# SPDX-License-Identifier: GPL-3.0-or-later
"""haproxy_server against a real HAProxy."""
import datetime
import json
import pathlib
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy

PROGRAM = BUILD / "remediations" / "haproxy_server"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
PROXIES = """listen web
    bind 127.0.0.1:{port}
    server plain 127.0.0.1:{alive}
    server dead 127.0.0.1:{dead} check inter 100 fall 1
    server other 127.0.0.1:{alive}
listen bystander
    bind 127.0.0.1:{other}
    server plain 127.0.0.1:{alive}
"""


class Server(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        proxies = PROXIES.format(port=free_port(), other=free_port(), alive=free_port(), dead=free_port())
        cls.haproxy = Haproxy(cls.place, proxies)
        cls.haproxy.wait_status("web", "dead", "DOWN")
        cls.ledger = cls.place.path / "ledger.jsonl"

    def act(self, server, state, *more, path=None):
        return run([PROGRAM, "--socket", path or self.haproxy.socket, "--server", server, "--state", state, "--issue",
                    "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.ledger, *more])

    def last(self):
        return json.loads(self.ledger.read_text().splitlines()[-1])

    def test_takes_out_and_brings_back(self):
        for state, status in (("maint", "MAINT"), ("drain", "DRAIN"), ("ready", "no check")):
            result = self.act("web/plain", state)
            self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
            self.assertIn(f"it is {status}", result.stdout)
            self.assertEqual(self.haproxy.status("web", "plain"), status)
            self.assertEqual(self.haproxy.status("bystander", "plain"), "no check")
        self.assertEqual(self.last()["outcome"], "fixed")
        bundle = pathlib.Path(self.last()["bundle"])
        self.assertIn("web,plain", (bundle / "haproxy-stat").read_text())
        self.assertIn("srv_admin_state", (bundle / "haproxy-servers").read_text())

    def test_what_was_so_before_is_no_effect(self):
        result = self.act("bystander/plain", "ready", "--wait", "300ms")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("no effect", result.stdout)

    def test_ready_means_that_it_takes_traffic(self):
        result = self.act("web/dead", "ready", "--wait", "500ms")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("it is DOWN", result.stdout)

    def test_a_dead_server_can_be_taken_out(self):
        self.addCleanup(self.act, "web/dead", "ready", "--wait", "0")
        result = self.act("web/dead", "maint")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("which was DOWN, to maint; it is MAINT", result.stdout)

    def test_a_dry_run_changes_nothing(self):
        result = self.act("web/plain", "maint", "--dry-run")
        self.assertEqual(result.returncode, 0)
        self.assertIn('would set "web/plain"', result.stdout)
        self.assertEqual(self.haproxy.status("web", "plain"), "no check")

    def test_the_last_server_that_takes_traffic_stays(self):
        self.addCleanup(self.act, "bystander/plain", "ready")
        for state in ("maint", "drain"):
            result = self.act("bystander/plain", state)
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("is the last server of its backend", result.stderr)
            self.assertEqual(self.haproxy.status("bystander", "plain"), "no check")
            self.assertEqual(self.last()["event"], "refused")
        result = self.act("bystander/plain", "maint", "--last")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.haproxy.status("bystander", "plain"), "MAINT")
        self.assertEqual(self.act("bystander/plain", "drain").returncode, 0)  # it took no traffic

    def test_unknown_server_and_missing_socket_fail(self):
        result = self.act("web/none", "maint")
        self.assertEqual(result.returncode, 2)
        self.assertIn('no server "web/none"', result.stderr)
        result = self.act("none/plain", "maint")
        self.assertEqual(result.returncode, 2)
        result = self.act("web/plain", "maint", path=self.place.path / "none.sock")
        self.assertEqual(result.returncode, 2)
        self.assertIn("none.sock", result.stderr)
        self.assertIn("No such file", result.stderr)

    def test_a_socket_without_the_right_fails(self):
        config = self.place.path / "haproxy.cfg"
        with Place() as other:
            socket = other.path / "user.sock"
            text = config.read_text().replace(f"stats socket {self.haproxy.socket} mode 600 level admin",
                                              f"stats socket {socket} mode 600 level operator")
            for line in text.splitlines():
                if line.strip().startswith("bind 127.0.0.1:"):
                    text = text.replace(line.strip(), f"bind 127.0.0.1:{free_port()}")
            other.start(["haproxy", "-db", "-f", other.write("haproxy.cfg", text)], "haproxy")
            wait_until(socket.exists, what="the socket")
            result = self.act("web/plain", "maint", path=socket)
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn("Permission denied", result.stderr)

    def test_no_name_reaches_the_command_language(self):
        for server in ("web/plain;shutdown sessions", "web/plain\nshow info", "web", "/plain", "web/", "web/a/b", "a b/c",
                       "$(id)/x", "w" * 200 + "/x"):
            result = self.act(server, "maint")
            self.assertEqual(result.returncode, 3, server)
            self.assertIn("not a BACKEND/SERVER", result.stderr)
        self.assertEqual(self.act("web/plain", "gone").returncode, 3)

    def test_a_socket_that_never_answers_ends_in_time(self):
        import socket
        with socket.socket(socket.AF_UNIX) as silent:
            path = self.place.path / "silent.sock"
            silent.bind(str(path))
            silent.listen(1)
            result = self.act("web/plain", "maint", "--timeout", "1s", "--diagnostics-optional", path=path)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()
