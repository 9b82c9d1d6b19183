# SPDX-License-Identifier: GPL-3.0-or-later
"""rabbitmq_queue against a real broker, and before what is none."""
import datetime
import json
import os
import pathlib
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import Scripted, silent
from tests.support.rabbitmq import Consumer, Epmd, Node

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
        result = self.act("--queue", "others", "--action", "close", "--watch", "1s")
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn('no consumer of "others" is stuck', result.stderr)
        result = self.act("--queue", "orders", "--action", "close", "--watch", "1s", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would close the connection", result.stdout)
        self.assertEqual(node.queue("orders")["messages_unacknowledged"], 1)
        result = self.act("--queue", "orders", "--action", "close", "--watch", "1s")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("closing the connection", result.stdout)
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
