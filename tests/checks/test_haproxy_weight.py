# SPDX-License-Identifier: GPL-3.0-or-later
"""haproxy_weight against a real HAProxy."""
import datetime
import json
import socketserver
import threading
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy

PROGRAM = BUILD / "remediations" / "haproxy_weight"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
PROXIES = """listen web
    bind 127.0.0.1:{port}
    server a 127.0.0.1:{alive} weight 100 check inter 100 fall 1 rise 1
    server b 127.0.0.1:{alive} weight 100
    server small 127.0.0.1:{alive} weight 1
    server dead 127.0.0.1:{dead} weight 100 check inter 100 fall 1
listen alone
    bind 127.0.0.1:{other}
    server a 127.0.0.1:{alive} weight 100
    server dead 127.0.0.1:{dead} weight 100 check inter 100 fall 1
"""


class Backend(socketserver.ThreadingTCPServer):
    """Takes connections, which is what HAProxy's checks ask of it."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Weight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.alive = free_port()
        cls.start_backend()
        cls.addClassCleanup(lambda: cls.backend.close())
        proxies = PROXIES.format(port=free_port(), other=free_port(), alive=cls.alive, dead=free_port())
        cls.haproxy = Haproxy(cls.place, proxies)
        cls.haproxy.wait_status("web", "dead", "DOWN")
        cls.haproxy.wait_status("alone", "dead", "DOWN")
        cls.ledger = cls.place.path / "ledger.jsonl"

    @classmethod
    def start_backend(cls):
        cls.backend = Backend(cls.alive)

    def setUp(self):
        for server in ("web/a", "web/b", "alone/a"):
            self.haproxy.ask(f"set weight {server} 100%")
        self.haproxy.wait_status("web", "a", "UP")

    def act(self, server, *more, **how):
        return run([PROGRAM, "--socket", self.haproxy.socket, "--server", server, "--every", "150ms", "--issue",
                    "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.ledger, *more], **how)

    def weight(self, server):
        return int(self.haproxy.ask(f"get weight {server}").split()[0])

    def last(self):
        return json.loads(self.ledger.read_text().splitlines()[-1])

    def test_ramps_up_while_the_check_is_ok(self):
        self.haproxy.ask("set weight web/a 0")
        log = self.place.path / "log"
        check = self.place.write("check.sh", f"#!/bin/sh\necho ran >> {log}\n", 0o755)
        result = self.act("web/a", "--check", check)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        for step in (1, 10, 25, 50, 75, 100):
            self.assertIn(f'set "web/a" to {step}%, weight {step}', result.stdout)
        self.assertEqual(self.weight("web/a"), 100)
        self.assertEqual(len(log.read_text().splitlines()), 7)  # before the first step and after each
        self.assertEqual(self.last()["outcome"], "fixed")

    def test_a_check_that_fails_at_a_step_takes_it_back(self):
        self.haproxy.ask("set weight web/a 0")
        # WARNING as soon as the server has more than a quarter.
        check = self.place.write("check.py", f"""#!/usr/bin/python3
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect({str(self.haproxy.socket)!r})
client.sendall(b"get weight web/a\\n")
weight = int(client.recv(100).split()[0])
print("WARNING - too much" if weight > 25 else "OK")
sys.exit(weight > 25)
""", 0o755)
        result = self.act("web/a", "--check", check)
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertIn("the check is not OK", result.stdout)
        self.assertIn("WARNING - too much", result.stdout)
        self.assertIn("set it back to weight 25", result.stdout)
        self.assertEqual(self.weight("web/a"), 25)
        self.assertEqual(self.last()["outcome"], "no_effect")

    def test_a_server_that_goes_down_is_taken_back_at_once(self):
        self.haproxy.ask("set weight web/a 0")
        process = self.place.start([PROGRAM, "--socket", self.haproxy.socket, "--server", "web/a", "--every", "8s",
                                    "--ramp", "10,100", "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY,
                                    "--ledger", self.ledger], "ramp")
        wait_until(lambda: self.weight("web/a") == 10, what="the first step")
        self.backend.close()
        try:
            self.assertEqual(process.wait(6), 1)  # it did not wait for the 8 s of the step
        finally:
            self.start_backend()
        self.assertEqual(self.weight("web/a"), 0)
        self.assertIn("the server is DOWN", self.place.log("ramp"))

    def test_a_check_that_takes_all_the_time_leaves_some_to_go_back(self):
        self.haproxy.ask("set weight web/a 25")
        seen = self.place.path / "seen"
        check = self.place.write("slow.sh", f"#!/bin/sh\n[ -e {seen} ] && exec sleep 9\ntouch {seen}\n", 0o755)
        result = self.act("web/a", "--ramp", "50,100", "--timeout", "4s", "--check", check)
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertIn("set it back to weight 25", result.stdout)
        self.assertEqual(self.weight("web/a"), 25)

    def test_steps_behind_it_are_left_out(self):
        self.haproxy.ask("set weight web/a 50")
        result = self.act("web/a")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("to 10%", result.stdout)
        self.assertIn("to 75%", result.stdout)
        result = self.act("web/a")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("no step is left", result.stdout)

    def test_down_and_to_one_weight(self):
        result = self.act("web/a", "--ramp", "50,10,0")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.weight("web/a"), 0)
        result = self.act("web/a", "--ramp", "30")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.weight("web/a"), 30)

    def test_a_dry_run_changes_nothing(self):
        self.haproxy.ask("set weight web/a 0")
        lines = len(self.ledger.read_text().splitlines()) if self.ledger.exists() else 0
        result = self.act("web/a", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would set "web/a", which has weight 0, to 1%', result.stdout)
        self.assertEqual(self.weight("web/a"), 0)
        self.assertEqual(len(self.ledger.read_text().splitlines()) if self.ledger.exists() else 0, lines)

    def test_what_it_refuses(self):
        for server, more, words in (("web/dead", (), "takes no traffic: it is DOWN"),
                                    ("web/small", ("--ramp", "0,50,100"), "is none"),
                                    ("alone/a", ("--ramp", "0"), "the last server of its backend"),
                                    ("web/a", ("--ramp", "50,0", "--every", "2m"), "longer than --timeout")):
            result = self.act(server, *more)
            self.assertEqual(result.returncode, 3, server + result.stdout + result.stderr)
            self.assertIn(words, result.stderr)
            self.assertEqual(self.last()["event"], "refused")
        self.haproxy.ask("set weight web/a 0")
        result = self.act("web/a", "--check", "false")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn('no step up: the check is not OK: "false" ended with 1', result.stderr)
        self.assertEqual(self.weight("web/a"), 0)

    def test_bad_words(self):
        for ramp in ("", ",", "x", "101", "-1", "10,5,7", "5,5", "1," * 40, "1;shutdown"):
            result = self.act("web/a", "--ramp", ramp)
            self.assertEqual(result.returncode, 3, ramp)
            self.assertIn("--ramp", result.stderr)
        self.assertIn("not a BACKEND/SERVER", self.act("web/a;x").stderr)

    def test_a_missing_server_fails(self):
        result = self.act("web/none")
        self.assertEqual(result.returncode, 2)
        self.assertIn('not begun: no server "web/none"', result.stderr)


if __name__ == "__main__":
    unittest.main()
