# SPDX-License-Identifier: GPL-3.0-or-later
"""check_ping in network namespaces of its own: there the tests may say who may ping, and what answers."""
import json
import os
import unittest

from tests.support import BUILD, run

CHECK = BUILD / "checks/check_ping"
UP = "ip link set lo up"
ALLOWED = "echo 0 0 > /proc/sys/net/ipv4/ping_group_range"
NOBODY = "echo 1 0 > /proc/sys/net/ipv4/ping_group_range"
WITHOUT_RAW = "exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw "


class Ping(unittest.TestCase):
    def ping(self, script, *words):
        """The check behind the lines of a script, as root of a network of its own."""
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
        prefix = script if script.endswith(" ") else f"{script}; exec "
        return run([*unshare, "sh", "-ec", f'{prefix}"$@"', "sh", CHECK, *words])

    def expect(self, code, script, words, *texts):
        result = self.ping(script, *words)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result.stdout

    def test_datagram_socket_without_privilege(self):
        for host in ("127.0.0.1", "::1", "[::1]", "localhost"):
            text = self.expect(0, f"{UP}; {ALLOWED}; {WITHOUT_RAW}", ["-H", host, "-n", "3", "-i", "0.01", "-v"],
                               "0 of 3 packets lost", "over a datagram socket")
            self.assertRegex(text, r" \| rta=[0-9.]+ms;;;0; loss=0%;20;60;0;100 rtmin=")

    def test_raw_socket_where_datagrams_are_forbidden(self):
        for host in ("127.0.0.1", "::1"):
            self.expect(0, f"{UP}; {NOBODY}", ["-H", host, "-n", "2", "-i", "0.01", "-v"], "over a raw socket")

    def test_forbidden_by_the_kernel(self):
        for host in ("127.0.0.1", "::1"):
            self.expect(3, f"{UP}; {NOBODY}; {WITHOUT_RAW}", ["-H", host], "net.ipv4.ping_group_range")

    def test_unreachable(self):
        text = self.expect(2, f"{UP}; {ALLOWED}", ["-H", "192.0.2.1"], 'no answer from "192.0.2.1" to 5 packets: '
                           "Network is unreachable", "rta=U")
        self.assertIn("loss=100%", text)

    def test_silence(self):
        quiet = "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"
        for allowed in (ALLOWED, NOBODY):
            self.expect(2, f"{UP}; {allowed}; {quiet}", ["-H", "127.0.0.1", "-n", "2", "-i", "0.01", "--wait", "0.1"],
                        'no answer from "127.0.0.1" to 2 packets, ')

    def test_the_run_ends_with_its_time(self):
        quiet = "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"
        result = self.ping(f"{UP}; {ALLOWED}; {quiet}", "-H", "127.0.0.1", "-t", "0.5", "--format", "json")
        document = json.loads(result.stdout)
        self.assertEqual(document["verdict"], "CRITICAL")
        self.assertLess(document["elapsed"], 1)

    def test_ranges_and_sizes(self):
        up = f"{UP}; {ALLOWED}"
        self.expect(1, up, ["-H", "127.0.0.1", "-n", "1", "-w", "@0:1000"], "rta 0.", "(warning @0:1000)")
        self.expect(2, up, ["-H", "127.0.0.1", "-n", "1", "-c", "loss=@0"], "loss 0 % (critical @0)")
        self.expect(0, up, ["-H", "127.0.0.1", "-n", "1", "--size", "60000"])

    def test_no_such_host(self):
        for words in (["-H", "no-such-host.invalid"], ["-6", "-H", "127.0.0.1"]):
            self.expect(2, UP, words, words[-1])

    def test_command_lines(self):
        for words, text in (([], "--hostname"), (["-H", "a", "-n", "0"], "0"), (["-H", "a", "-n", "x"], "x"),
                            (["-H", "a", "-i", "0"], "0"), (["-H", "a", "--size", "8"], "8"),
                            (["-H", "a", "-w", "100%,20%"], "100%"), (["-H", "a", "-w", "1,2,3"], "1,2,3")):
            with self.subTest(words=words):
                result = run([CHECK, *words])
                self.assertEqual(result.returncode, 3)
                self.assertIn(text, result.stdout)


if __name__ == "__main__":
    unittest.main()
