# SPDX-License-Identifier: GPL-3.0-or-later
"""check_activemq_queue, check_queue and collect_activemq against a real broker, and against hostile ones."""
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from tests.support import BUILD, Place, free_port, run
from tests.support.activemq import Activemq

CHECK = BUILD / "checks" / "check_activemq_queue"
QUEUE = BUILD / "checks" / "check_queue"
COLLECT = BUILD / "collectors" / "collect_activemq"


class Broker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.close)
        cls.broker = Activemq(cls.place)
        cls.broker.send("exim.stats", "one")
        cls.broker.send("mail.in", *["x"] * 5)
        cls.broker.send("mail.out", *["x"] * 2)
        cls.broker.send("orders/a b|c", "x")
        cls.broker.send("small.box", *["y" * 1000] * 4)

    def words(self):
        return ["--host", "127.0.0.1", "-p", self.broker.port, "--user", self.broker.user, "--password",
                self.broker.password]

    def check(self, queue, *more):
        return run([CHECK, *self.words(), "--queue", queue, *more])

    def queue(self, *more):
        return run([QUEUE, "--type", "activemq", *self.words(), *more])

    def collect(self, *more):
        return run([COLLECT, *self.words(), *more])

    def test_the_seeds_line(self):
        done = self.check("exim.stats", "--queue-warn", "1000", "--queue-crit", "2000")
        text, _, perfdata = done.stdout.partition(" | ")
        self.assertEqual(text, "OK: ActiveMQ exim.stats has 1 messages")
        self.assertIn("size=1;1000;2000;0;", perfdata)
        self.assertIn("memory=0%;", perfdata)
        self.assertEqual((done.returncode, done.stdout.count("\n"), done.stderr), (0, 1, ""))

    def test_thresholds(self):
        for warn, crit, code, word in (("5", "5", 0, "OK"), ("4", "5", 1, "WARNING"), ("1", "4", 2, "CRITICAL"),
                                       ("6:", "4:", 1, "WARNING")):
            done = self.check("mail.in", "--queue-warn", warn, "--queue-crit", crit)
            self.assertEqual(done.returncode, code, done.stdout)
            self.assertTrue(done.stdout.startswith(f"{word}: ActiveMQ mail.in has 5 messages"), done.stdout)
        self.assertEqual(self.check("mail.in", "-c", "4").returncode, 2)

    def test_misuse(self):
        for words, sentence in ((("--queue-warn", "2:1"), "2:1"), (("--memory-crit", "x y"), "x y"),
                                ((), "--queue is missing"),
                                (("--queue", "q", "--password", "a", "--password-file", "b"), "one of"),
                                (("--queue", "q", "--missing", "maybe"), "maybe")):
            done = run([CHECK, *words])
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(sentence, done.stdout)
            self.assertTrue(done.stdout.startswith("UNKNOWN: ActiveMQ "), done.stdout)

    def test_memory(self):
        done = self.check("small.box", "--memory-warn", "30", "--format=json")
        self.assertEqual(done.returncode, 1, done.stdout)
        memory = [metric for metric in json.loads(done.stdout)["metrics"] if metric["name"] == "memory"][0]
        self.assertGreater(memory["value"], 30)
        self.assertEqual(self.check("small.box", "-c", "memory=10").returncode, 2)
        self.assertEqual(self.check("exim.stats", "--memory-crit", "10").returncode, 0)

    def test_a_queue_that_does_not_exist_is_known_at_once(self):
        begin = time.monotonic()
        done = self.check("nosuch")
        self.assertLess(time.monotonic() - begin, 3)
        self.assertEqual((done.returncode, done.stdout), (3, 'UNKNOWN: ActiveMQ has no queue "nosuch"\n'))
        for state, code in (("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3)):
            self.assertEqual(self.check("nosuch", "--missing", state, "--queue-warn", "5").returncode, code)

    def test_wildcards(self):
        done = self.check("mail.>", "--queue-warn", "4")
        self.assertEqual(done.returncode, 1)
        self.assertIn("mail.>: 2 queues have 7 messages", done.stdout)
        self.assertIn('"mail.in" 5 (warning 4)', done.stdout)
        self.assertIn("size_mail.out=2", done.stdout)
        self.assertEqual(self.check("nosuch.>").returncode, 3)

    def test_names(self):
        done = self.check("orders/a b|c")
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("OK: ActiveMQ orders/a b/c has 1 messages | "), done.stdout)
        for name in ("a,b", "", "a\nb"):
            done = self.check(name)
            self.assertEqual(done.returncode, 3)
            self.assertIn("queue", done.stdout)

    def test_a_wrong_password_is_unknown(self):
        words = [CHECK, "-H", "127.0.0.1", "-p", self.broker.port, "--queue", "exim.stats", "--user", "nagios"]
        done = run(words + ["--password", "wr0ng"])
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("User name [nagios] or password is invalid", done.stdout)
        self.assertNotIn("wr0ng", done.stdout)
        self.assertEqual(run(words).returncode, 3)

    def test_password_file_and_extra_opts(self):
        secret = self.place.write("secret", "passw0rd\n", 0o600)
        words = ["-H", "127.0.0.1", "-p", self.broker.port, "--queue", "exim.stats"]
        done = run([CHECK, *words, "--user", "nagios", "--password-file", secret])
        self.assertEqual(done.returncode, 0, done.stdout)
        ini = self.place.write("plugins.ini", "[broker]\nuser=nagios\npassword=passw0rd\n", 0o600)
        self.assertEqual(run([CHECK, f"--extra-opts=broker@{ini}", *words]).returncode, 0)
        done = run([CHECK, *words, "--password-file", self.place.path / "none"])
        self.assertEqual(done.returncode, 3)
        self.assertIn("none", done.stdout)

    def test_check_queue(self):
        done = self.queue("--queue", "mail.in", "-w", "4")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('5 in "mail.in"', done.stdout)
        self.assertIn("entries=5;4", done.stdout)
        done = self.queue("--queue", "nosuch", "--missing", "critical")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn('"nosuch"', done.stdout)
        self.assertEqual(self.queue("--queue", "a,b").returncode, 3)

    def test_the_seeds_cacti_lines(self):
        done = self.collect("--report", "broker", "--format", "cacti")
        self.assertEqual((done.returncode, done.stdout.count("\n")), (0, 1))
        pairs = dict(word.split(":", 1) for word in done.stdout.split())
        for key in ("storePercentUsage size vm dataDirectory dispatchCount brokerName openwire storeUsage memoryUsage "
                    "tempUsage averageEnqueueTime enqueueCount minEnqueueTime producerCount memoryPercentUsage "
                    "tempLimit messagesCached consumerCount memoryLimit storeLimit inflightCount dequeueCount brokerId "
                    "tempPercentUsage stomp maxEnqueueTime expiredCount ssl stomp+ssl").split():
            self.assertIn(key, pairs)
        self.assertEqual((pairs["brokerName"], pairs["memoryLimit"], pairs["ssl"], pairs["vm"]),
                         ("fixture", "20971520", "ssl", "vm://fixture"))
        self.assertRegex(pairs["minEnqueueTime"], r"^\d+\.\d+$")
        done = self.collect("--report", "exim.stats", "--format", "cacti")
        pairs = dict(word.split(":", 1) for word in done.stdout.split())
        self.assertEqual((pairs["size"], pairs["destinationName"]), ("1", "queue://exim.stats"))
        self.assertNotIn("storeLimit", pairs)

    def test_collector(self):
        done = self.collect("--report", "mail.>")
        found = {(metric["name"], metric["instance"]): metric["value"]
                 for metric in json.loads(done.stdout)["metrics"]}
        self.assertEqual((found["size", "mail.in"], found["size", "mail.out"]), (5, 2))
        self.assertIn("activemq.enqueue_count 5 ", self.collect("-r", "mail.in", "--format=graphite").stdout)
        done = self.collect("--report", "nosuch", "--format", "cacti")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn('no queue "nosuch"', done.stderr)
        for form in ("json", "openmetrics", "perfdata", "munin"):
            self.assertEqual(self.collect("--format", form).returncode, 0, form)

    def test_many_at_once_get_their_own_answers(self):
        results = {}

        def ask(number):
            queue, depth = (("mail.in", 5), ("mail.out", 2))[number % 2]
            results[number] = (self.check(queue).stdout.partition(" |")[0],
                               f"OK: ActiveMQ {queue} has {depth} messages")
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for found, expected in results.values():
            self.assertEqual(found, expected)

    def test_a_stopped_broker_ends_in_time(self):
        self.broker.process.send_signal(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            done = self.check("exim.stats", "-t", "1")
            self.assertLess(time.monotonic() - begin, 2.5)
        finally:
            self.broker.process.send_signal(signal.SIGCONT)
        self.assertEqual(done.returncode, 3)
        self.assertIn("timed out after 1.0 s", done.stdout)


class Without(unittest.TestCase):
    def test_without_the_plugin_the_sentence_says_so(self):
        with Place() as place:
            broker = Activemq(place, statistics=False)
            broker.send("exim.stats", "x")
            done = run([CHECK, "-H", "127.0.0.1", "-p", broker.port, "--user", "nagios", "--password", "passw0rd",
                        "--queue", "exim.stats", "-t", "1", "--timeout-state", "CRITICAL"])
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("statistics plugin", done.stdout)


class Hostile(unittest.TestCase):
    """A server that answers the connection with ${parts}, then waits for the end (or closes)."""

    def ask(self, *parts, close=False, seconds="2"):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(1)
            done = threading.Event()

            def serve():
                client, _ = server.accept()
                with client:
                    for part in parts:
                        try:
                            client.recv(65536)
                            client.sendall(part)
                            for _ in range(2000 if part.endswith(b"endless:") else 0):
                                client.sendall(b"x" * 8000 + b"\nh:")
                        except OSError:
                            break
                    if not close:
                        done.wait(10)
            thread = threading.Thread(target=serve)
            thread.start()
            begin = time.monotonic()
            result = run([CHECK, "-H", "127.0.0.1", "-p", server.getsockname()[1], "--queue", "q", "-t", seconds])
            self.assertLess(time.monotonic() - begin, float(seconds) + 1.2)
            done.set()
            thread.join()
        self.assertEqual(result.stdout.count("\n"), 1, result.stdout)
        self.assertTrue(set(result.stdout[:-1].partition(" | size")[0]).isdisjoint("|\x1b\x07\r"), result.stdout)
        return result

    LOGIN = b"CONNECTED\nversion:1.2\n\n\0\n"

    def body(self, text, headers=b""):
        return self.ask(self.LOGIN, b"MESSAGE\nsubscription:1\n" + headers + b"\n" + text + b"\0\n")

    def test_refused_and_no_such_host_are_critical(self):
        done = run([CHECK, "-H", "127.0.0.1", "-p", free_port(), "--queue", "q"])
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertTrue(done.stdout.startswith("CRITICAL: ActiveMQ "), done.stdout)
        self.assertEqual(run([CHECK, "-H", "no.such.host.invalid", "--queue", "q"]).returncode, 2)

    def test_no_stomp(self):
        for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x01\x02\xff", b"SSH-2.0-x\r\n",
                       b"\x16\x03\x01\x02\x00"):
            done = self.ask(answer)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn("not a STOMP frame", done.stdout)

    def test_frames_without_end(self):
        self.assertIn("headers", self.ask(b"CONNECTED\nendless:").stdout)
        self.assertIn("headers", self.ask(b"CONNECTED\n" + b"h:" + b"x" * 100000).stdout)
        self.assertIn("timed out", self.ask(b"CONNECTED\nversion:1.2\n\nno NUL", seconds="1").stdout)
        done = self.ask(b"CONNECTED\nversion:1.2\n\n", close=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("closed the connection", done.stdout)
        self.assertEqual(self.ask(self.LOGIN, close=True).returncode, 2)
        for length in (b"99999999999999999999", b"1000000000", b"-1", b"abc"):
            done = self.body(b"x", b"content-length:" + length + b"\n")
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn("content-length", done.stdout)
        self.assertIn("no NUL", self.body(b"<map></map>", b"content-length:3\n").stdout)

    def test_floods_cost_no_memory(self):
        body = b"x" * 1000
        floods = (b"MESSAGE\n\n<map/>\0", b"RECEIPT\nreceipt-id:1\n\n\0", b"MESSAGE\n\n<map>" + b" " * 4_000_000,
                  b"MESSAGE\n\n<map><entry><string>destinationName</string><string>q</string></entry></map>\0",
                  b"MESSAGE\n\n<map><entry><string>destinationName</string><string>" + body +
                  b"</string></entry></map>\0",
                  b"MESSAGE\n" + b"h:v\n" * 250 + b"\n<map/>\0")
        for flood in floods:
            with socket.socket() as server:
                server.bind(("127.0.0.1", 0))
                server.listen(1)

                def serve(flood=flood):
                    client, _ = server.accept()
                    with client:
                        try:
                            client.recv(65536)
                            client.sendall(self.LOGIN)
                            while True:
                                client.sendall(flood * (1_000_000 // len(flood) + 1))
                        except OSError:
                            pass
                thread = threading.Thread(target=serve)
                thread.start()
                child = subprocess.Popen([CHECK, "-H", "127.0.0.1", "-p", str(server.getsockname()[1]), "--queue", ">",
                                          "-t", "5"], stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                thread.join()
            self.assertEqual(child.returncode, 3, flood[:80])
            if "sanitize" not in str(BUILD):
                self.assertLess(usage.ru_maxrss, 64 << 10, flood[:80])

    def test_errors_of_the_broker(self):
        done = self.ask(self.LOGIN, b"ERROR\nmessage:out of \x1b[31m| memory\n\njava.lang\0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("out of", done.stdout)
        done = self.ask(self.LOGIN, b"ERROR\nmessage:User nagios is not authorized to write\n\n\0")
        self.assertEqual(done.returncode, 3)

    def test_maps_that_are_none(self):
        for text in (b"", b"   ", b"hello", b"<html></html>", b"{}", b"{", b"[1]", b"<map>", b"<map><entry>",
                     b"<map><entry><string>size</string></entry></map>",
                     b"<map><entry><string>size</string><long>x</long></entry></map>",
                     b"<map><entry><string>size</string><long>1</long></entry></map>trailing",
                     b"<map><entry><string>a</string><int>1</int></entry>"
                     b"<entry><string>a</string><int>1</int></entry></map>"):
            done = self.body(text)
            self.assertEqual(done.returncode, 3, (text, done.stdout))

    def test_entities_do_not_expand(self):
        bomb = (b'<!DOCTYPE map [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
                b"<map><entry><string>&b;</string><long>1</long></entry></map>")
        self.assertEqual(self.body(bomb).returncode, 3)
        self.assertIn("entity", self.body(b"<map><entry><string>&b;</string><long>1</long></entry></map>").stdout)

    def test_a_good_map(self):
        text = (b"<map><entry><string>destinationName</string><string>queue://q</string></entry>"
                b"<entry><string>size</string><long>7</long></entry></map>")
        done = self.body(text)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("OK: ActiveMQ q has 7 messages | size=7;;;0;", done.stdout)


if __name__ == "__main__":
    unittest.main()
