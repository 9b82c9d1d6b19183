# SPDX-License-Identifier: GPL-3.0-or-later
"""rabbitmq_queue and rabbitmq_consumer against a real broker, and before what is none."""
import datetime
import json
import os
import pathlib
import socket
import unittest

from tests.support import BUILD, TOP, Place, free_port, run, wait_until
from tests.support.httpd import Scripted, silent
from tests.support.rabbitmq import Consumer, Epmd, Node, quote

TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
SECRET = "s3cret pässword"


def setUpModule():
    global place, node
    place = Place()
    unittest.addModuleCleanup(place.close)
    node = Node(place, Epmd(place)).wait_ready()
    node.put("/api/users/bill", {"password": SECRET, "tags": "administrator"})
    node.put("/api/permissions/%2F/bill", {"configure": ".*", "write": ".*", "read": ".*"})
    place.write("secret", SECRET + "\n", 0o600)


class Acts(unittest.TestCase):
    program = "rabbitmq_queue"

    def setUp(self):
        self.ledger = place.path / f"{self.id()}.jsonl"

    def words(self, *more, url=None):
        return [BUILD / "remediations" / self.program, "--url", url or node.url, "--user", "bill", "--password-file",
                place.path / "secret", "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.ledger,
                *more]

    def act(self, *more, url=None, **how):
        return run(self.words(*more, url=url), **how)

    def lines(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []

    def fill(self, name, count=3, vhost="/"):
        node.declare(name, vhost)
        node.publish(name, count, vhost)
        node.wait_messages(name, count, vhost)
        wait_until(lambda: "consumers" in node.queue(name, vhost), what="statistics")


class Queue(Acts):
    def test_purges(self):
        name = "a/b c%2F?&#ü"  # what a path must escape
        self.fill(name)
        result = self.act("--queue", name, "--action", "purge")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("of 3 messages", result.stdout)
        node.wait_messages(name, 0)
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "fixed")
        bundle = pathlib.Path(self.lines()[0]["bundle"])
        self.assertEqual(json.loads((bundle / "rabbitmq-queue.json").read_text())["name"], name)
        for file in bundle.iterdir():
            self.assertNotIn(SECRET.encode(), file.read_bytes())
        self.assertNotIn(SECRET, self.ledger.read_text())

    def test_an_empty_queue_is_no_effect(self):
        self.fill("empty", 0)
        result = self.act("--queue", "empty", "--action", "purge", "--wait", "1s")
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)

    def test_more_than_most_is_refused(self):
        self.fill("many", 5)
        for action in ("purge", "delete"):
            result = self.act("--queue", "many", "--action", action, "--most", "4", "--with-messages")
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("5 messages would be lost: more than --most 4", result.stderr)
        self.assertEqual(node.queue("many")["messages"], 5)
        self.assertEqual([line["event"] for line in self.lines()], ["refused", "refused"])
        self.assertEqual(self.act("--queue", "many", "--action", "purge", "--most", "5").returncode, 0)

    def test_deletes_only_what_may_be_lost(self):
        self.fill("old", 2)
        consumer = Consumer(node, "old", prefetch=1)
        self.addCleanup(consumer.close)
        wait_until(lambda: node.queue("old").get("consumers") == 1, what="the consumer")
        result = self.act("--queue", "old", "--action", "delete")
        self.assertEqual(result.returncode, 3)
        self.assertIn('"old" holds 2 messages', result.stderr)
        result = self.act("--queue", "old", "--action", "delete", "--with-messages")
        self.assertEqual(result.returncode, 3)
        self.assertIn('"old" has consumers', result.stderr)
        self.assertEqual(node.queue("old")["messages"], 2)
        result = self.act("--queue", "old", "--action", "delete", "--with-messages", "--with-consumers")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(node.queue("old"), {})

    def test_a_stuck_consumer_is_closed_and_a_working_one_is_not(self):
        self.fill("orders", 3)
        stuck = Consumer(node, "orders", prefetch=1)
        self.addCleanup(stuck.close)
        self.fill("others", 0)
        idle = Consumer(node, "others", prefetch=1)  # holds nothing: it waits, and is not stuck
        self.addCleanup(idle.close)
        wait_until(lambda: node.queue("orders").get("messages_unacknowledged") == 1, what="the message it holds")
        wait_until(lambda: node.queue("others").get("consumers") == 1, what="the other consumer")
        result = self.act("--queue", "others", "--action", "close", "--watch", "400ms")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn('no consumer of "others" is stuck', result.stderr)
        result = self.act("--queue", "orders", "--action", "close", "--watch", "400ms", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would close the connection", result.stdout)
        self.assertEqual(node.queue("orders")["messages_unacknowledged"], 1)
        result = self.act("--queue", "orders", "--action", "close", "--watch", "400ms")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("closing the connection", result.stdout)
        bundle = pathlib.Path(self.lines()[-1]["bundle"])
        channels, connections = (json.loads((bundle / f"rabbitmq-{part}.json").read_text())
                                 for part in ("channels", "connections"))
        self.assertEqual([channel["messages_unacknowledged"] for channel in channels], [1])
        self.assertEqual([connection["name"] for connection in connections],
                         [channels[0]["connection_details"]["name"]])
        wait_until(lambda: node.queue("orders").get("messages_ready") == 3, what="the messages are back")
        self.assertEqual(node.queue("others")["consumers"], 1)

    def test_a_dry_run_changes_nothing(self):
        self.fill("dry", 2)
        result = self.act("--queue", "dry", "--action", "purge", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would purge "dry" of 2 messages', result.stdout)
        result = self.act("--queue", "dry", "--action", "delete", "--with-messages", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(node.queue("dry")["messages"], 2)
        self.assertEqual(self.lines(), [])

    def test_a_missing_queue_is_refused(self):
        result = self.act("--queue", "none", "--action", "purge")
        self.assertEqual(result.returncode, 3)
        self.assertIn('there is no queue "none" in vhost "/"', result.stderr)

    def test_names_that_no_path_can_hold(self):
        for name in ("", ".", ".."):
            result = self.act("--queue", name, "--action", "delete")
            self.assertEqual(result.returncode, 3)
            self.assertIn("not a queue that a path can name", result.stderr)

    def test_a_user_without_the_right_fails_and_loses_nothing(self):
        node.put("/api/users/reader", {"password": "x", "tags": "monitoring"})
        node.put("/api/permissions/%2F/reader", {"configure": "", "write": "", "read": ""})
        self.fill("kept", 1)
        other = place.write("reader", "x\n")
        result = self.act("--queue", "kept", "--action", "purge", "--user", "reader", "--password-file", other)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn('user "reader" is refused', result.stderr)
        result = self.act("--queue", "kept", "--action", "purge", "--password-file", place.path / "none")
        self.assertEqual(result.returncode, 2)
        self.assertIn("none", result.stderr)
        self.assertEqual(node.queue("kept")["messages"], 1)


# A nova-compute: it consumes its queue once it is told to start, and goes to the background as a service does.
COMPUTE = """#!/usr/bin/python3
import os, signal, sys
sys.path.insert(0, {top!r})
from tests.support.rabbitmq import Consumer
if os.fork():
    os._exit(0)
os.setsid()
class Node:
    amqp = {amqp}
consumer = Consumer(Node, "compute." + sys.argv[1], vhost="nova/c")
null = os.open("/dev/null", os.O_RDWR)
for fd in (0, 1, 2):
    os.dup2(null, fd)
open({pid!r}, "w").write(str(os.getpid()))
signal.alarm(60)
signal.pause()
"""


class ComputeConsumer(Acts):
    program = "rabbitmq_consumer"
    vhost = "nova/c"  # a name that a path must escape

    def setUp(self):
        super().setUp()
        node.put("/api/vhosts/nova%2Fc")
        for user in ("bill", "guest"):
            node.put(f"/api/permissions/nova%2Fc/{user}", {"configure": ".*", "write": ".*", "read": ".*"})
        self.addCleanup(node.api, "DELETE", "/api/vhosts/nova%2Fc")
        self.pid = place.path / f"{self.id()}.pid"
        self.addCleanup(self.end)
        self.log = place.path / f"{self.id()}.log"
        self.compute = place.write(f"{self.id()}.py", COMPUTE.format(top=str(TOP), amqp=node.amqp, pid=str(self.pid)),
                                   0o755)

    def end(self):
        if self.pid.exists():
            os.kill(int(self.pid.read_text()), 9)

    def bounce(self, *more, command=None):
        words = command or (self.compute, "{host}")
        return self.act("--vhost", self.vhost, "--watch", "200ms",
                        *[part for word in words for part in ("--restart", word)], *more)

    def recorder(self):
        return place.write(f"{self.id()}.sh", f'#!/bin/sh\necho "$#:$*" >> {self.log}\n', 0o755)

    def test_the_consumer_of_the_stuck_queue_is_restarted(self):
        self.fill("compute.node-1.example.org", 2, self.vhost)
        self.fill("compute.node-2", 0, self.vhost)
        self.fill("compute_fanout_x", 2, self.vhost)
        result = self.bounce("--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would restart the consumer of "compute.node-1.example.org", which holds 2 messages',
                      result.stdout)
        self.assertFalse(self.pid.exists())
        result = self.bounce()
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("it is consumed", result.stdout)
        node.wait_messages("compute.node-1.example.org", 0, self.vhost)
        self.assertEqual(self.lines()[-1]["outcome"], "fixed")
        listed = (pathlib.Path(self.lines()[0]["bundle"]) / "rabbitmq-queues").read_text()
        self.assertIn("compute.node-1.example.org state running ready 2", listed)
        result = self.bounce()
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("holds messages that nobody consumes", result.stderr)

    def test_a_restart_that_does_not_help_is_no_effect(self):
        self.fill("compute.a", 1, self.vhost)
        result = self.bounce("--wait", "500ms", command=(self.recorder(), "on {host}; {host}"))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn('"compute.a" still has no consumer', result.stdout)
        self.assertEqual(self.log.read_text(), "1:on a; a\n")

    def test_many_hosts_at_once_are_no_fault_of_one(self):
        for host in "abc":
            self.fill(f"compute.{host}", 1, self.vhost)
        result = self.bounce("--most", "2", command=(self.recorder(),))
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("3 hosts are stuck (a, b, c), more than --most 2", result.stderr)
        result = self.bounce("--consumer", "b", "--wait", "0", command=(self.recorder(), "{host}"))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(self.log.read_text(), "1:b\n")

    def test_names_that_are_no_hosts_reach_no_command(self):
        for name in ("$(touch /tmp/x)", "a b", "-oProxyCommand=id", "..", "a/b", "ü"):
            with self.subTest(name=name):
                queue = f"compute.{name}"
                self.fill(queue, 1, self.vhost)
                result = self.bounce(command=(self.recorder(), "{host}"))
                self.assertEqual(result.returncode, 3, result.stdout)
                self.assertIn(f'"{name}" is not the name of a host', result.stderr)
                node.api("DELETE", f"/api/queues/{quote(self.vhost)}/{quote(queue)}")
        self.assertFalse(self.log.exists())

    def test_a_service_of_another_machine_is_not_restarted_here(self):
        self.fill("compute.elsewhere", 1, self.vhost)
        place.write("init.d/nova", f'#!/bin/sh\necho "$1" >> {self.log}\n', 0o755)
        service = ("--vhost", self.vhost, "--watch", "100ms", "--service", "nova", "--manager", "sysv", "--init-dir",
                   place.path / "init.d", "--steady", "0")
        result = self.act(*service)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("is not on this machine", result.stderr)
        node.api("DELETE", f"/api/queues/{quote(self.vhost)}/compute.elsewhere")
        here = socket.gethostname()
        self.fill(f"compute.{here}", 1, self.vhost)
        result = self.act(*service, "--wait", "0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("restart\n", self.log.read_text())

    def test_misuse(self):
        for more, words in (((), "give one of"), (("--restart", "{host}"), "may not choose the program"),
                            (("--restart", "x", "--service", "y"), "give one of"),
                            (("--restart", "x", "--prefix", ""), "every queue"),
                            (("--restart", "x", "--consumer", "-f"), "not the name of a host")):
            result = self.act(*more)
            self.assertEqual(result.returncode, 3)
            self.assertIn(words, result.stderr)

    def test_what_is_not_told_is_refused(self):
        fresh = [{"name": "compute.a", "vhost": "/", "type": "classic"}]
        down = [{"name": "compute.a", "vhost": "/", "state": "down", "messages_ready": 3, "consumers": 0}]
        for queues, code, words in ((fresh, 3, "does not tell"), (down, 3, "is down"), ([], 3, "no queue"),
                                    ("x", 2, ""), ([{"name": 7}], 2, "")):
            answer = (200, {"Content-Type": "application/json"}, json.dumps(queues).encode())
            with Scripted({"/api/queues/%2F": answer}) as server:
                result = self.act("--restart", self.recorder(), "--watch", "0", url=server.url)
            self.assertEqual(result.returncode, code, result.stdout + result.stderr)
            self.assertIn(words, result.stderr)
        self.assertFalse(self.log.exists())


class NoBroker(Acts):
    def pages(self, content, status=200):
        answer = (status, {"Content-Type": "application/json"}, content)
        return {path: answer for path in ("/api/overview", "/api/queues/%2F/q", "/api/queues/%2F")}

    def test_what_is_no_answer_ends_in_a_sentence(self):
        deep = b"[" * 5000
        for content, status in ((b"", 200), (b"<html>", 200), (b"{}", 200), (b"[]", 200), (deep, 200), (b"\0\xff", 200),
                                (b"x" * 5_000_000, 200), (b"{}", 500), (b'{"name":"q"}', 200),
                                (b'{"name":"q","vhost":"/","messages":"many"}', 200),
                                (b'{"name":"q","consumer_details":[{}]}', 200)):
            for action in ("purge", "delete", "close"):
                with Scripted(self.pages(content, status)) as server:
                    result = self.act("--queue", "q", "--action", action, "--watch", "10ms", url=server.url)
                    self.assertIn(result.returncode, (2, 3), (content[:40], action, result.stdout))
                    self.assertRegex(result.stderr, "^rabbitmq_queue: (refused|failed): .", (content[:40], action))
                    self.assertFalse([r for r in server.requests if r[0] != "GET"], content[:40])

    def test_nobody_there_and_one_who_never_answers(self):
        result = self.act("--queue", "q", "--action", "purge", url=f"http://127.0.0.1:{free_port()}")
        self.assertEqual(result.returncode, 2)
        self.assertIn("Connection refused", result.stderr)
        with silent() as port:
            result = self.act("--queue", "q", "--action", "purge", "--diagnostics-optional", "--timeout", "1s",
                              url=f"http://127.0.0.1:{port}", seconds=60)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    unittest.main()
