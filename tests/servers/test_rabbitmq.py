# SPDX-License-Identifier: GPL-3.0-or-later
"""check_rabbitmq, collect_rabbitmq and check_queue against real brokers: one node with everything that can be wrong
with its queues and alarms, and a cluster of three that loses its nodes."""
import json
import os
import signal
import time
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import make_ca, make_certificate
from tests.support.rabbitmq import Consumer, Epmd, Node, cluster

CHECK = BUILD / "checks/check_rabbitmq"
QUEUE = BUILD / "checks/check_queue"
COLLECT = BUILD / "collectors/collect_rabbitmq"


class Asking(unittest.TestCase):
    node = None
    place = None

    def ask(self, mode, *words, port=None, program=CHECK):
        return run([program, "--mode", mode, "-H", "127.0.0.1", "-p", port or self.node.port, *words])

    def answer(self, code, mode, *words, port=None, text=""):
        result = self.ask(mode, *words, port=port)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertIn(text, result.stdout)
        return result.stdout

    def values(self, mode, *words):
        """{(name, instance): value} of a run."""
        result = self.ask(mode, *words, "--format", "json")
        return {(m["name"], m["instance"]): m["value"] for m in json.loads(result.stdout)["metrics"]}

    def state(self, name):
        return ["--state-file", self.place.path / f"{name}.state"]


class OneNode(Asking):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("rabbitmq")
        cls.addClassCleanup(cls.place.close)
        make_ca(cls.place)
        certificate, key = make_certificate(cls.place, "broker", 30)
        cls.tls, cls.amqps = free_port(), free_port()
        authority = cls.place.path / "ca.pem"
        cls.node = Node(cls.place, Epmd(cls.place), lines=f"""management.ssl.port = {cls.tls}
management.ssl.ip = 127.0.0.1
management.ssl.cacertfile = {authority}
management.ssl.certfile = {certificate}
management.ssl.keyfile = {key}
listeners.ssl.1 = 127.0.0.1:{cls.amqps}
ssl_options.cacertfile = {authority}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {key}
""").wait_ready()
        cls.node.put("/api/users/watch", {"password": "topsecret", "tags": "monitoring"})
        cls.node.put("/api/permissions/%2F/watch", {"configure": "^watchbill", "write": ".*", "read": ".*"})
        cls.node.put("/api/users/narrow", {"password": "narrow", "tags": "monitoring"})
        for name in ("orders", "fed"):
            cls.node.declare(name)
        cls.node.publish("orders", 5)

    def vhost(self, name):
        self.node.put(f"/api/vhosts/{name}")
        self.addCleanup(self.node.api, "DELETE", f"/api/vhosts/{name}")
        return name

    def test_overview(self):
        self.node.wait_messages("orders", 5)
        text = self.answer(0, "overview", text='RabbitMQ 3.10.8 on "rabbit@localhost": ')
        self.assertRegex(text, r"\| messages=\d+;;;0; ready=")
        self.answer(2, "overview", "-c", "messages=0", text="(critical 0)")

    def test_node(self):
        wait_until(lambda: self.ask("node").returncode == 0, what="the node's statistics")
        text = self.answer(0, "node", "--node", "rabbit@localhost", text='node "rabbit@localhost" runs')
        self.assertIn("memory_share_rabbit@localhost=", text)
        self.assertIn("files_share_rabbit@localhost=", text)
        self.answer(1, "node", "-w", "memory=1")
        self.answer(3, "node", "--node", "rabbit@elsewhere", text='there is no node "rabbit@elsewhere"')

    def test_a_queue_without_consumer(self):
        self.node.wait_messages("orders", 5)
        text = self.answer(1, "queue", "-q", "orders", text='unconsumed of "orders" 5 (warning 0)')
        self.assertIn('"orders": 5 messages, 0 consumers', text)
        self.assertIn("messages_orders=5;;;0; ", text)
        self.answer(0, "queue", "-q", "orders", "-w", "unconsumed=", "-c", "5")
        self.answer(2, "queue", "-q", "orders", "-c", "4", text='messages of "orders" 5 (critical 4)')

    def test_a_queue_with_a_consumer(self):
        consumer = Consumer(self.node, "fed")
        self.addCleanup(consumer.close)
        wait_until(lambda: self.node.queue("fed").get("consumers") == 1, what="the consumer")
        self.answer(0, "queue", "-q", "fed", text='"fed": 0 messages, 1 consumers')

    def test_an_idle_queue_has_no_traffic(self):
        vhost = self.vhost("idle")
        self.node.declare("quiet", vhost)
        self.node.wait_messages("quiet", 0, vhost)
        self.assertNotIn("message_stats", self.node.queue("quiet", vhost))
        wait_until(lambda: self.values("queue", "--vhost", vhost, "-q", "quiet").get(("publish_rate", "quiet")) == 0,
                   what="a rate of 0")
        self.answer(0, "queue", "--vhost", vhost, "-q", "quiet", "-w", "publish_rate=5", "-c", "deliver_rate=5")

    def test_names_that_need_escaping(self):
        for vhost, name in (("/", "a/b"), ("/", "100% \u00fcber.all"), ("/", "a?b#c&d=e"), ("v/h %2F", "a..b")):
            with self.subTest(vhost=vhost, name=name):
                if vhost != "/":
                    self.node.put("/api/vhosts/v%2Fh%20%252F")
                    self.node.put("/api/permissions/v%2Fh%20%252F/guest",
                                  {"configure": ".*", "write": ".*", "read": ".*"})
                self.node.declare(name, vhost)
                self.node.wait_messages(name, 0, vhost)
                self.answer(0, "queue", "-q", name, "--vhost", vhost, text=f'"{name}": 0 messages')

    def test_all_queues_of_a_vhost(self):
        vhost = self.vhost("many")
        for number in range(12):
            self.node.declare(f"q{number:02}", vhost)
        self.node.publish("q07", 3, vhost)
        self.node.publish("q03", 2, vhost)
        self.node.wait_messages("q07", 3, vhost)
        self.node.wait_messages("q03", 2, vhost)
        wait_until(lambda: self.ask("queue", "--vhost", vhost).returncode == 1, what="all statistics")
        text = self.answer(1, "queue", "--vhost", vhost, text="5 messages in 12 queues: q07 3, q03 2, q00 0, ")
        shown = text.split("|")[0].split(";")[0]
        self.assertEqual(shown.count(", "), 9, text)
        self.answer(0, "queue", "--vhost", vhost, "--ignore", "^q0[37]$", text="0 messages in 10 queues")
        self.answer(2, "queue", "--vhost", vhost, "--regex", "^q0[37]", "-c", "2",
                    text='messages of "q07" 3 (critical 2)')

    def test_growth_reaches_the_threshold(self):
        vhost = self.vhost("growth")
        self.node.declare("q", vhost)
        self.node.publish("q", 1, vhost)
        self.node.wait_messages("q", 1, vhost)
        words = ["--vhost", vhost, "-q", "q", "-c", "100000", "-w", "unconsumed=", *self.state("growth")]
        self.assertNotIn("reaches", self.answer(0, "queue", *words))
        self.node.publish("q", 20, vhost)
        self.node.wait_messages("q", 21, vhost)
        text = self.answer(0, "queue", *words)
        self.assertRegex(text, r"grows by [\d.]+/s: reaches 100000 in \d+[smhd]")
        self.node.publish("q", 20, vhost)
        self.node.wait_messages("q", 41, vhost)
        self.answer(1, "queue", *words, "-w", "time_to_limit=31536000:", text="time to limit of")

    def test_rates_of_the_server(self):
        vhost = self.vhost("rates")
        self.node.declare("q", vhost)
        def publish_and_ask():
            self.node.publish("q", 10, vhost)
            return (self.values("queue", "--vhost", vhost, "-q", "q").get(("publish_rate", "q")) or 0) > 0
        wait_until(publish_and_ask, 30, "a rate above 0")

    def test_missing(self):
        self.answer(3, "queue", "-q", "nope", text='there is no queue "nope" in vhost "/"')
        for state, code in (("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3)):
            self.answer(code, "queue", "-q", "nope", "-c", "10", "--missing", state)
        self.answer(3, "queue", "-q", "nope", "--vhost", "no/where", "--missing", "ok",
                    text='there is no vhost "no/where"')
        self.answer(3, "queue", "--vhost", "none", text='there is no vhost "none"')
        self.answer(0, "compute", "--pattern", "nope.*", "--missing", "ok")

    def test_users(self):
        text = self.answer(3, "overview", "-u", "watch", "--password", "wrong-guess")
        self.assertIn('user "watch" is refused: status 401', text)
        self.assertIn("Login failed", text)
        self.assertNotIn("wrong-guess", text)
        secret = self.place.write("secret", "topsecret\n", 0o600)
        self.answer(0, "overview", "-u", "watch", "--password-file", secret)
        self.answer(3, "queue", "-u", "narrow", "--password", "narrow", text='user "narrow" sees no queue')
        ini = self.place.write("rabbit.ini", "[broker]\nuser=watch\npassword=topsecret\n", 0o600)
        self.answer(0, "overview", f"--extra-opts=broker@{ini}")

    def test_alarms(self):
        self.addCleanup(self.node.ctl, "set_disk_free_limit", "1MB")
        self.addCleanup(self.node.ctl, "set_vm_memory_high_watermark", "0.4")
        self.node.ctl("set_vm_memory_high_watermark", "0")
        wait_until(lambda: self.ask("overview").returncode == 2, what="the alarm")
        for mode in ("overview", "cluster", "node"):
            wait_until(lambda: self.ask(mode).returncode == 2, what=f"the alarm in mode {mode}")
            text = self.answer(2, mode, text='node "rabbit@localhost" has a memory alarm: publishers are blocked')
            self.assertEqual(text.count("memory alarm"), 1)
        text = self.answer(2, "aliveness", port=self.node.amqp, text="the broker takes no messages: ")
        self.assertIn("memory", text)
        self.node.ctl("set_vm_memory_high_watermark", "0.4")
        self.node.ctl("set_disk_free_limit", "100000GB")
        wait_until(lambda: "disk alarm" in self.ask("overview").stdout, what="the disk's alarm")
        wait_until(lambda: "disk alarm" in self.ask("node").stdout, what="the disk's alarm in the statistics")
        text = self.answer(2, "cluster", text='node "rabbit@localhost" has a disk alarm')
        self.assertEqual(text.count("disk alarm"), 1)
        self.node.ctl("set_disk_free_limit", "1MB")
        wait_until(lambda: self.ask("overview").returncode == 0, what="the end of the alarms")

    def test_aliveness(self):
        text = self.answer(0, "aliveness", port=self.node.amqp, text='a message went through vhost "/"')
        for phase in ("time", "connect", "login", "declare", "publish", "get", "delete"):
            self.assertRegex(text, rf"[ |]{phase}=[\d.]+s;")
        self.answer(2, "aliveness", "-c", "time=0.000001", port=self.node.amqp)
        self.answer(0, "aliveness", "-4", "-u", "watch", "--password", "topsecret", port=self.node.amqp)
        names = [queue["name"] for queue in self.node.api("GET", "/api/queues")[1]]
        self.assertFalse([name for name in names if name.startswith("watchbill")])

    def test_aliveness_refused(self):
        port = self.node.amqp
        text = self.answer(3, "aliveness", "-u", "watch", "--password", "wrong-guess", port=port, text='user "watch"')
        self.assertNotIn("wrong-guess", text)
        self.assertIn("ACCESS_REFUSED", text)
        self.answer(3, "aliveness", "--vhost", "none", port=port, text="none")
        self.answer(3, "aliveness", "-u", "narrow", "--password", "narrow", port=port, text="refused")
        self.answer(2, "aliveness", port=free_port(), text="connecting to")

    def test_tls(self):
        authority = ["--ca", self.place.path / "ca.pem"]
        self.answer(0, "overview", "--tls", *authority, port=self.tls)
        self.answer(2, "overview", "--tls", port=self.tls, text="no TLS with")
        self.answer(0, "overview", "--tls", "--insecure", port=self.tls)
        named = ["-H", "localhost"]  # librabbitmq compares names with a certificate, not addresses
        self.answer(0, "aliveness", "--tls", *authority, *named, port=self.amqps)
        self.answer(2, "aliveness", "--tls", *named, port=self.amqps, text="connecting to")
        self.answer(0, "aliveness", "--tls", "--insecure", port=self.amqps)
        self.answer(3, "aliveness", "--tls", "--ca", "/nonexistent", port=self.amqps, text="/nonexistent")

    def test_compute(self):
        vhost = self.vhost("nova")
        for name in ("compute", "compute.host1", "compute.host2", "compute.host3", "conductor"):
            self.node.declare(name, vhost)
        for name in ("compute.host1", "compute.host3"):
            consumer = Consumer(self.node, name, vhost, prefetch=1)
            self.addCleanup(consumer.close)
        secret = self.place.write("nova", "topsecret\n", 0o600)
        self.node.put("/api/permissions/nova/watch", {"configure": "", "write": "", "read": ".*"})
        words = ["--vhost", vhost, "-u", "watch", "--password-file", secret, *self.state("nova")]
        wait_until(lambda: self.ask("compute", *words).returncode == 0, what="the statistics")
        self.answer(0, "compute", *words, text="0 of 3 queues hold messages that nobody consumes")
        self.node.publish("compute.host2", 4, vhost)
        self.node.publish("conductor", 4, vhost)
        self.node.wait_messages("compute.host2", 4, vhost)
        text = self.answer(2, "compute", *words, text='unconsumed of "compute.host2" 4 (critical 0)')
        self.assertIn("1 of 3 queues hold messages that nobody consumes", text)
        self.assertNotIn("conductor", text)
        self.node.api("DELETE", "/api/queues/nova/compute.host2/contents")
        # A consumer that is there and takes nothing more: a nova-compute that hangs.
        self.node.publish("compute.host3", 3, vhost)
        self.node.wait_messages("compute.host3", 3, vhost)
        wait_until(lambda: self.ask("compute", *words).returncode == 1, what="the queue that stands still")
        self.answer(1, "compute", *words, text='stalled of "compute.host3" 2 (warning 0)')

    def test_check_queue(self):
        self.node.wait_messages("orders", 5)
        def ask(*words):
            return run([QUEUE, "--type", "rabbitmq", "-H", "127.0.0.1", "-p", self.node.port, *words])
        result = ask("--queue", "orders", "-c", "4")
        self.assertEqual((result.returncode, "entries=5;;4;0;" in result.stdout), (2, True), result.stdout)
        result = ask("--queue", "nope", "--missing", "critical")
        self.assertEqual(result.returncode, 2)
        self.assertIn('there is no queue "nope" in vhost "/"', result.stdout)
        self.assertEqual(ask().returncode, 3)

    def test_collector(self):
        self.node.wait_messages("orders", 5)
        words = [COLLECT, "-H", "127.0.0.1", "-p", self.node.port]
        values = {(m["name"], m["instance"]): m for m in json.loads(run(words).stdout)["metrics"]}
        self.assertEqual(values["queue_messages", "orders"]["value"], 5)
        self.assertEqual(values["node_running", "rabbit@localhost"]["value"], 1)
        self.assertEqual(values["published", None]["type"], "DERIVE")
        self.assertNotIn(("queue_replicas", "orders"), values)
        for form, text in (("graphite", "rabbitmq.queue_messages.orders 5 "), ("cacti", "exchanges:"),
                           ("openmetrics", "# EOF"), ("perfdata", "queue_messages_orders=5;"),
                           ("munin", "messages.value 5")):
            result = run([*words, "--format", form])
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(text, result.stdout)
        result = run([*words, "--without-queues"])
        self.assertNotIn("queue_messages", result.stdout)
        self.assertEqual(run([COLLECT, "-H", "127.0.0.1", "-p", free_port()]).returncode, 3)


class Cluster(Asking):
    """Three nodes; the states follow each other as in a bad night."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("rabbitmq")
        cls.addClassCleanup(cls.place.close)
        cls.nodes = cluster(cls.place, tick=8)
        cls.node = cls.nodes[0]

    def wait_code(self, code, mode, *words, text="", seconds=40):
        """Asked until it answers so."""
        last = []
        def is_so():
            last[:] = [self.ask(mode, "-t", "15", *words)]
            return last[0].returncode == code and text in last[0].stdout
        try:
            wait_until(is_so, seconds, f"{mode} {words} {code} {text}")
        except AssertionError as late:
            raise AssertionError(f"{late}: {last[0].stdout}") from None
        return last[0].stdout

    def test_a_bad_night(self):
        node, third = self.node, self.nodes[2]
        node.declare("ledger", kind="quorum")
        node.declare("local", node="r3@localhost")
        node.publish("ledger", 2)
        self.wait_code(0, "cluster", text="3 of 3 nodes run, 1 replicated queues")
        self.wait_code(0, "node", text="3 of 3 nodes run")
        self.wait_code(0, "queue", "-q", "ledger", "-w", "unconsumed=", text='"ledger": 2 messages')
        self.wait_code(0, "queue", "-q", "local", text='"local": 0 messages')
        with self.subTest("a node that hangs"):
            os.kill(third.process.pid, signal.SIGSTOP)
            stopped = time.monotonic()
            text = self.answer(3, "node", "-t", "2", text="timed out after 2.0 s")
            self.assertIn(f'waiting for an answer from "127.0.0.1:{node.port}"', text)
            self.wait_code(2, "cluster", text='node "r3@localhost" is not running', seconds=60)
            # Both sides must have missed the other's ticks for twice their time before they meet again.
            wait_until(lambda: time.monotonic() - stopped > 17, what="the ticks")
        with self.subTest("a partition"):
            os.kill(third.process.pid, signal.SIGCONT)
            self.wait_code(2, "cluster", text="is parted from r", seconds=60)
            self.wait_code(2, "node", text="is parted from r")
        with self.subTest("a stopped node"):
            third.kill()
            text = self.wait_code(2, "cluster", text='queue "ledger" lacks 1 of 3 replicas: r3@localhost')
            self.assertIn('node "r3@localhost" is not running', text)
            self.assertIn("2 of 3 nodes run", text)
            self.assertIn("queues would lose their majority with one more node: ledger", text)
            self.wait_code(1, "queue", "-q", "ledger", "-w", "unconsumed=", text="lacks 1 of 3 replicas")
            self.wait_code(2, "queue", "-q", "local", text='queue "local" is down at "r3@localhost"')
            self.wait_code(2, "queue", text='queue "local" is down')
        with self.subTest("no majority"):
            self.nodes[1].kill()
            self.wait_code(2, "queue", "-q", "ledger", text="has no majority: 1 of 3 replicas online, without ")


if __name__ == "__main__":
    unittest.main()
