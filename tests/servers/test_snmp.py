# SPDX-License-Identifier: GPL-3.0-or-later
"""check_snmp against a real snmpd, and against agents that answer nothing or nonsense."""
import json
import os
import pathlib
import re
import signal
import socket
import threading
import time
import unittest

from tests.support import BUILD, Place, run
from tests.support.snmpd import Snmpd, free_udp_port, socket_six

CHECK = BUILD / "checks" / "check_snmp"
COLLECT = BUILD / "collectors" / "collect_snmp"
BASE = ".1.3.6.1.4.1.99999"
GAUGE = f"gauge={BASE}.3.0"
UPTIME = ".1.3.6.1.2.1.1.3.0"


class Agent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.agent = Snmpd(cls.place)

    def setUp(self):
        self.state = Place()
        self.addCleanup(self.state.close)

    def check(self, *words, **env):
        return run([CHECK, "-H", "127.0.0.1", "-p", self.agent.port, *words],
                   env={"PATH": os.environ["PATH"], "WATCHBILL_STATE": str(self.state.path), **env})

    def metrics(self, *words):
        document = json.loads(self.check("--format=json", *words).stdout)
        return {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}

    def user(self, name, *words):
        return self.check("-P", "3", "-U", name, "-o", GAUGE, *words)

    def uptime(self):
        return self.metrics("-o", f"up={UPTIME}")["value", "up"]

    def later(self):
        """When the agent's clock, of hundredths of a second, has gone on."""
        before = self.uptime()
        while self.uptime() <= before + 0.02:
            pass

    def test_types(self):
        done = self.check("-o", GAUGE + ",B", "-o", f"neg={BASE}.5.0", "-o", f"load={BASE}.6.0,%", "-o",
                          f"text={BASE}.4.0", "-o", "id=1.3.6.1.2.1.1.2.0")
        self.assertEqual(done.returncode, 0, done.stdout)
        text, _, perfdata = done.stdout.partition(" | ")
        self.assertEqual(perfdata, "gauge=4294967295B neg=-7 load=0.63%\n")
        self.assertIn('text is "a/b=c;d"', text)
        self.assertIn('id is ".1.3.6.1.4.1.8072', text)
        self.assertEqual(done.stderr, "")
        self.assertIn("value", self.check("-o", BASE + ".3.0", "--format=json").stdout)

    def test_thresholds_for_each_object(self):
        words = ("-o", f"neg={BASE}.5.0", "-o", f"load={BASE}.6.0")
        done = self.check(*words, "-w", "value[neg]=0:", "-c", "value[load]=0.5")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn('"load" 0.63 (critical 0.5)', done.stdout)
        self.assertIn("neg=-7;0:;;;", done.stdout)
        self.assertEqual(self.check(*words, "-w", "value[neg]=0:").returncode, 1)
        self.assertEqual(self.check(*words, "-w", "value[nosuch]=0:").returncode, 3)

    def test_counters_near_their_end_are_exact_rates(self):
        words = ("-o", f"wide={BASE}.1.0,B", "-o", f"narrow={BASE}.2.0")
        self.agent.count(2**64 - 6, 2**32 - 6)
        done = self.check(*words)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("wide=U narrow=U", done.stdout)
        begin = self.uptime()
        self.later()
        self.agent.count(9_999_994, 9_999_994)  # ten million more, past nought
        found = self.metrics(*words)
        seconds = self.uptime() - begin
        for label in ("wide", "narrow"):
            self.assertGreaterEqual(found["value", label], 1e7 / (seconds + 0.5))
            self.assertEqual(found["value", "wide"], found["value", "narrow"])
        self.later()
        self.assertEqual(self.metrics(*words)["value", "wide"], 0)
        self.later()
        self.agent.count(1000, 1000)  # a counter that was set back
        self.assertIsNone(self.metrics(*words)["value", "wide"])
        self.later()
        self.assertEqual(self.metrics(*words)["value", "wide"], 0)

    def test_what_is_not_there(self):
        done = self.check("-o", f"x={BASE}.9.0", "-o", GAUGE)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn(f"x: no such instance ({BASE}.9.0)", done.stdout)
        self.assertIn("gauge=4294967295", done.stdout)
        done = self.check("-P", "1", "-o", GAUGE, "-o", f"x={BASE}.9.0")
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"no such object: {BASE}.9.0", done.stdout)
        self.assertEqual(self.check("-P", "1", "-o", GAUGE).returncode, 0)
        done = self.check("-P", "1", "-o", f"wide={BASE}.1.0")
        self.assertEqual(done.returncode, 3, done.stdout)

    def test_a_view_hides(self):
        done = self.check("-C", "limited", "-o", GAUGE, "-o", "name=1.3.6.1.2.1.1.5.0")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("gauge: no such object", done.stdout)
        self.assertIn("name is", done.stdout)
        done = self.check("-C", "limited", "--table", "interfaces")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("none of 0 interfaces", done.stdout)

    def test_a_wrong_community_is_a_timeout_that_says_so(self):
        begin = time.monotonic()
        done = self.check("-C", "wr0ng", "-o", GAUGE, "-t", "1")
        self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(done.returncode, 3)
        self.assertIn("timed out after 1.0 s", done.stdout)
        self.assertIn("community is wrong", done.stdout)
        self.assertNotIn("wr0ng", done.stdout)
        self.assertEqual(self.check("-C", "wr0ng", "-o", GAUGE, "-t", "1", "--timeout-state=CRITICAL").returncode, 2)

    def test_nobody_listens(self):
        done = self.check("-o", GAUGE, "-p", free_udp_port(), "-t", "1")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("no agent listens at", done.stdout)
        done = self.check("-P", "3", "-U", "plain", "-o", GAUGE, "-p", free_udp_port(), "-t", "1")
        self.assertEqual(done.returncode, 2, done.stdout)
        done = self.check("-o", GAUGE, "-H", "no.such.host.invalid")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("no such host", done.stdout)

    @unittest.skipUnless(socket_six(), "no IPv6 here")
    def test_ipv6(self):
        self.assertEqual(self.check("-o", GAUGE, "-H", "::1").returncode, 0)
        self.assertEqual(self.check("-o", GAUGE, "-H", "[::1]", "-6").returncode, 0)
        done = self.check("-o", GAUGE, "-H", "::1", "-C", "wrong", "-t", "1")
        self.assertIn(f'"[::1]:{self.agent.port}"', done.stdout)

    def test_users(self):
        good = ("-A", "authentication", "-X", "encryption")
        for name, words in (("private", good), ("plain", ()), ("signed", ("-A", "authentication", "-a", "SHA-256")),
                            ("old", (*good, "-a", "MD5", "-x", "DES")),
                            ("strong", (*good, "-a", "SHA-512", "-x", "AES256"))):
            done = self.user(name, *words)
            self.assertEqual((done.returncode, "gauge=4294967295" in done.stdout), (0, True), done.stdout)
        for name, words, sentence in (
                ("private", ("-A", "wrongpassword", "-X", "encryption"), "refuses the authentication"),
                ("private", (*good, "-a", "SHA-512"), "refuses the authentication"),
                ("nobody", good, "does not know the user"),
                ("private", ("-A", "authentication"), "authorizationError"),
                ("plain", ("-A", "authentication"), ""),
                ("private", ("-A", "short"), "fewer than 8"),
                ("private", ("-X", "encryption"), "needs a password of authentication")):
            done = self.user(name, *words)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn(sentence, done.stdout)
            self.assertNotRegex(done.stdout, "wrongpassword|encryption\\b")
        done = self.user("private", "-A", "authentication", "-X", "wrongencryption", "-t", "1")
        self.assertEqual(done.returncode, 3)
        self.assertIn("the privacy password is wrong", done.stdout)

    def test_one_process_asks_as_many(self):
        done = run([BUILD / "tests" / "unit" / "test_snmp", self.agent.port])
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_secrets_from_files(self):
        auth = self.place.write("auth", "authentication\n", 0o600)
        priv = self.place.write("priv", "encryption\n", 0o600)
        done = self.user("private", "--auth-password-file", auth, "--priv-password-file", priv)
        self.assertEqual(done.returncode, 0, done.stdout)
        ini = self.place.write("snmp.ini", "[agent]\nprotocol=3\nuser=private\nauth-password=authentication\n"
                               "priv-password=encryption\n", 0o600)
        self.assertEqual(self.check(f"--extra-opts=agent@{ini}", "-o", GAUGE).returncode, 0)
        community = self.place.write("community", "public\n", 0o600)
        self.assertEqual(self.check("--community-file", community, "-o", GAUGE).returncode, 0)
        done = self.check("--community-file", self.place.path / "none", "-o", GAUGE)
        self.assertEqual(done.returncode, 3)
        self.assertIn("none", done.stdout)

    def test_interfaces(self):
        done = self.check("--table", "interfaces", "-i", "^lo$")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 of 1 interfaces are up", done.stdout)
        self.assertIn("in_lo=U", done.stdout)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x" * 60000, ("127.0.0.1", free_udp_port()))
        begin = self.uptime()
        traffic = 0

        def moved():
            nonlocal traffic
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for _ in range(20):
                    sender.sendto(b"x" * 60000, ("127.0.0.1", free_udp_port()))
                    traffic += 60000
            return self.uptime() > begin + 3.5  # the agent keeps its table for three seconds
        while not moved():
            pass
        found = self.metrics("--table", "interfaces", "-i", "^lo$")
        self.assertGreater(found["in", "lo"], traffic / (self.uptime() - begin + 1) / 20)
        self.assertEqual((found["down", "lo"], found["in_errors", "lo"]), (0, 0))
        self.assertGreater(found["in_share", "lo"], 0)
        done = self.check("--table", "interfaces", "-P", "1", "-i", "^lo$")
        self.assertEqual(done.returncode, 0, done.stdout)
        names = set(name for _, name in self.metrics("--table", "interfaces"))
        self.assertEqual(names, set(os.listdir("/sys/class/net")))
        names = set(name for _, name in self.metrics("--table", "interfaces", "--ignore", "^lo$"))
        self.assertNotIn("lo", names)
        self.assertEqual(self.check("--table", "interfaces", "-i", "nosuch").returncode, 3)

    def test_collector(self):
        words = [COLLECT, "-H", "127.0.0.1", "-p", self.agent.port]
        found = {(metric["name"], metric["instance"]): metric for metric in json.loads(run(words).stdout)["metrics"]}
        self.assertEqual(set(name for _, name in found), set(os.listdir("/sys/class/net")))
        self.assertEqual((found["oper", "lo"]["value"], found["in", "lo"]["type"]), (1, "DERIVE"))
        self.assertGreater(found["in", "lo"]["value"], 0)
        for form in ("graphite", "openmetrics", "cacti", "perfdata", "munin", "statsd"):
            done = run([*words, "-i", "^lo$", "--format", form])
            self.assertEqual((done.returncode, done.stderr), (0, ""), form)
            self.assertIn("lo", done.stdout)
        done = run([*words, "-C", "wrong", "-t", "1"])
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("timed out", done.stderr)

    def test_walk(self):
        found = self.metrics("--walk", "if=.1.3.6.1.2.1.2.2.1.1", "-o", GAUGE)
        indexes = {int((pathlib.Path("/sys/class/net") / name / "ifindex").read_text())
                   for name in os.listdir("/sys/class/net")}
        self.assertEqual(found, {("value", "gauge"): 4294967295, **{("value", f"if.{i}"): i for i in indexes}})
        done = self.check("--walk", "if=.1.3.6.1.2.1.2.2.1.1", "-c", "value[if.1]=0")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("if.1=1;;0;;", done.stdout)
        self.assertEqual(self.check("--walk", "if=.1.3.6.1.2.1.2.2.1.1", "-P", "1").returncode, 0)
        done = self.check("--walk", "none=.1.3.6.1.4.1.99998", "-o", GAUGE)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("none: nothing is there (.1.3.6.1.4.1.99998)", done.stdout)
        done = self.check("--walk", "all=.1.3.6.1.2.1")
        self.assertLess(len(done.stdout.encode()), 4096)

    def test_many_objects(self):
        words = [word for number in range(100) for word in ("-o", f"l{number}={BASE}.3.0")]
        done = self.check(*words, "-o", f"gone={BASE}.9.0", "--format=json")
        self.assertEqual(len(json.loads(done.stdout)["metrics"]), 100)

    def test_misuse(self):
        for words, sentence in (((), "--oid"), (("-o", "x"), '"x"'), (("-o", "l=1.3.6.x"), "1.3.6.x"),
                                (("-o", "l=3.1"), "3.1"), (("-o", "a=1.3.6", "-o", "a=1.3.7"), '"a"'),
                                (("-o", "=1.3.6"), "label"), (("-o", "l=1.3.6,a b"), '"a b"'),
                                (("-o", "l=1.3.99999999999"), "99999999999"), (("-o", GAUGE, "-U", "x"), "-P 3"),
                                (("-o", GAUGE, "--table", "interfaces"), "either"),
                                (("-o", GAUGE, "-P", "3"), "--user"), (("-o", GAUGE, "-i", "x"), "--interface"),
                                (("--table", "interfaces", "-i", "("), '"("'), (("-o", GAUGE, "-P", "4"), '"4"')):
            done = self.check(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(sentence, done.stdout, words)
        done = run([CHECK, "-o", GAUGE])
        self.assertEqual(done.returncode, 3)
        self.assertIn("--hostname", done.stdout)

    def test_reads_nobodys_files(self):
        home = Place()
        self.addCleanup(home.close)
        home.write(".snmp/snmp.conf", "defVersion 1\ndefCommunity nonsense\ndefSecurityName x\nthis is an error\n")
        home.write("conf/snmp.conf", "defVersion 1\nthis is an error\n")
        done = self.check("-o", GAUGE, HOME=str(home.path), SNMPCONFPATH=str(home.path / "conf"), MIBS="ALL")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        done = self.check("-P", "3", "-U", "private", "-A", "authentication", "-X", "encryption", "-o", GAUGE,
                          HOME=str(home.path), SNMPCONFPATH=str(home.path / "conf"), MIBS="ALL")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(sorted(path.name for path in home.path.rglob("*")),
                         [".snmp", "conf", "snmp.conf", "snmp.conf"])

    def test_a_stopped_agent_ends_in_time(self):
        self.agent.process.send_signal(signal.SIGSTOP)
        try:
            for words in (("-o", GAUGE), ("--table", "interfaces"),
                          ("-P", "3", "-U", "private", "-A", "authentication", "-X", "encryption", "-o", GAUGE)):
                begin = time.monotonic()
                done = self.check(*words, "-t", "1")
                self.assertLess(time.monotonic() - begin, 2)
                self.assertEqual(done.returncode, 3)
                self.assertIn("timed out after 1.0 s", done.stdout)
        finally:
            self.agent.process.send_signal(signal.SIGCONT)

    def test_restart_of_the_agent(self):
        words = ("-o", f"wide={BASE}.1.0")
        with Place() as place:
            first = Snmpd(place)
            port, first_config = first.port, place.path / "snmpd.conf"
            first.count(5000, 5000)
            self.check(*words, "-p", port)
            self.later()
            place.stop(first.process)
            again = place.start(["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", first_config, "-I", "-smux"], "snmpd",
                                env=first.env)
            first.process = again
            while not first.answers():
                pass
            first.count(90, 90)
            self.assertIsNone(self.metrics(*words, "-p", port)["value", "wide"])


class Hostile(unittest.TestCase):
    """An agent of v2c that answers a question with what ${answer} makes of it."""

    def ask(self, answer, *words):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
            agent.bind(("127.0.0.1", 0))
            agent.settimeout(0.2)
            over = threading.Event()

            def serve():
                while not over.is_set():
                    try:
                        question, peer = agent.recvfrom(65536)
                    except socket.timeout:
                        continue
                    for datagram in answer(question) if question else []:  # an empty one asks whether anybody listens
                        agent.sendto(datagram, peer)
            thread = threading.Thread(target=serve)
            thread.start()
            begin = time.monotonic()
            done = run([CHECK, "-H", "127.0.0.1", "-p", agent.getsockname()[1], "-t", "2", *words])
            self.assertLess(time.monotonic() - begin, 3.1)
            over.set()
            thread.join()
        self.assertEqual(done.stdout.count("\n"), 1, done.stdout)
        self.assertIn(done.returncode, (2, 3), done.stdout)
        self.assertTrue(set(done.stdout[:-1]).isdisjoint("\x1b\r\x07"))
        return done

    @staticmethod
    def response(question):
        """The question itself as a response: its values are null."""
        at = question.index(b"public") + 6
        return question[:at] + b"\xa2" + question[at + 1:]

    def test_nonsense(self):
        for answer in (b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\xff" * 1400, b"\x00" * 60000, b"hello\x1b[31m|"):
            done = self.ask(lambda question, answer=answer: [answer], "-o", "x=.1.3.6.1")
            self.assertIn("timed out", done.stdout)

    def test_other_objects_and_nulls(self):
        done = self.ask(lambda question: [self.response(question)], "-o", "x=.1.3.6.1.2.1.1.1.0")
        self.assertIn("no value", done.stdout)
        asked, other = b"\x2b\x06\x01\x02\x01\x01\x01", b"\x2b\x06\x01\x02\x01\x01\x02"
        done = self.ask(lambda question: [self.response(question).replace(asked, other)],
                        "-o", "x=.1.3.6.1.2.1.1.1.0")
        self.assertIn("other objects", done.stdout)

    def test_a_walk_that_does_not_go_on(self):
        done = self.ask(lambda question: [self.response(question)], "--table", "interfaces")
        self.assertTrue(re.search("do not grow|no objects|interfaces", done.stdout), done.stdout)

    def test_cut_and_flipped_answers(self):
        for cut in (5, 20, 30, 38):
            self.ask(lambda question, cut=cut: [self.response(question)[:cut]], "-o", "x=.1.3.6.1.2.1.1.1.0", "-t", "1")


if __name__ == "__main__":
    unittest.main()
