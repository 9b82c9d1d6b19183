# SPDX-License-Identifier: GPL-3.0-or-later
"""A broker whose consumers fail, from the check to the recovery: one that takes messages and finishes none, and a
nova-compute that has lost its connection. The scheduler finds it, waits, keeps the evidence, acts by itself, and tells."""
import datetime
import json
import os
import pathlib
import re
import signal
import socket
import threading
import unittest
import urllib.request

from tests.support import TOP, Place, wait_until
from tests.support.daemon import Watch
from tests.support.rabbitmq import Epmd, Node

SECRET = "s3cret pässword"

# What watches a program and starts it again when it ends: it hangs as long as the file "hang" is there, and at the next
# start it works.
WORKER = """import os, sys
sys.path.insert(0, {top!r})
from tests.support.rabbitmq import Consumer
class Node:
    amqp = {amqp}
while True:
    hangs = os.path.exists("hang")
    consumer = Consumer(Node, "orders", prefetch=5 if hangs else 0)
    if hangs:
        os.unlink("hang")
    consumer.serve()
"""

# It consumes the queue of its host, and stays alive when it has lost its connection, which USR1 brings about.
COMPUTE = """#!/usr/bin/python3
import signal, sys
sys.path.insert(0, {top!r})
from tests.support.rabbitmq import Consumer
class Node:
    amqp = {amqp}
consumer = Consumer(Node, "compute.{host}", vhost="nova")
signal.signal(signal.SIGUSR1, lambda *_: consumer.close())
while True:
    signal.pause()
"""
HOST = socket.gethostname()

USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann-pager@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""

SERVICE = """service: broker
hosts:
  mq: {{address: 127.0.0.1, vars: {{port: {port}}}}}
checks:
  # What is left of the backlog may be a WARNING for a moment, which is not what the tests are about.
  __base__: {{every: 1s, retry: 1s, attempts: 2, timeout: 10s, alert: {{groups: [anns], warning: none}}}}
  orders:
    command: [check_rabbitmq, --mode, queue, --queue, orders, --url, "http://$HOSTADDRESS$:$_HOSTPORT$", --user, bill,
              --password-file, secret, --critical, stalled=10]
    remediate: [close-stuck]
  compute:
    command: [check_rabbitmq, --mode, compute, --vhost, nova, --url, "http://$HOSTADDRESS$:$_HOSTPORT$", --user, bill,
              --password-file, secret]
    remediate: [bounce-compute]
"""

REMEDIATIONS = """remediations:
  __base__: {{owner: ann, tagged: {today}, ttl: 30d, diagnosed: false, cause: in_house, verify: {{within: 20s}}}}
  close-stuck:
    issue: OPS-1
    command: [rabbitmq_queue, --url, "http://$HOSTADDRESS$:$_HOSTPORT$", --user, bill, --password-file, secret,
              --queue, orders, --action, close, --watch, 500ms]
    on: {{state: [CRITICAL], type: hard, after: 3s}}
  bounce-compute:
    issue: OPS-2
    command: [rabbitmq_consumer, --url, "http://$HOSTADDRESS$:$_HOSTPORT$", --user, bill, --password-file, secret,
              --vhost, nova, --watch, 500ms, --service, nova-compute, --manager, runit, --service-dir, "{runit}"]
    on: {{state: [CRITICAL], type: hard, after: 1s}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


class Broker(unittest.TestCase):
    """The tests share broker and scheduler, each with a queue of its own."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("broker")
        cls.addClassCleanup(cls.place.close)
        cls.node = Node(cls.place, Epmd(cls.place)).wait_ready()
        cls.node.put("/api/vhosts/nova")
        cls.node.put("/api/users/bill", {"password": SECRET, "tags": "administrator"})
        for vhost in ("nova", "%2F"):
            for user in ("bill", "guest"):
                cls.node.put(f"/api/permissions/{vhost}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})
        cls.node.declare("orders")
        for host in (HOST, "elsewhere"):
            cls.node.declare(f"compute.{host}", "nova")
        cls.runit = cls.place.path / "runit"
        cls.watch = Watch(cls.place)
        cls.watch.write("secret", SECRET + "\n").chmod(0o600)
        cls.watch.write("issues.yaml", "OPS-1: {title: workers hang, state: open}\n"
                        "OPS-2: {title: nova-compute loses its connection, state: open}\n")
        cls.watch.write("users.yaml", USERS)
        cls.watch.write("services/broker.yaml", SERVICE.format(port=cls.node.port))
        today = datetime.datetime.now(datetime.timezone.utc).date()
        cls.watch.write("remediations.yaml", REMEDIATIONS.format(today=today, runit=cls.runit))
        cls.watch.start()
        for check in ("orders", "compute"):
            cls.watch.wait_state(f"mq/{check}", "OK")

    # ---- what was told and written ----

    def mails(self, check):
        return [m for m in self.watch.mails() if f"mq/{check} " in m["subject"]]

    def kinds(self, check):
        return [mail["subject"].split(":")[0] for mail in self.mails(check)]

    def lines(self, remediation):
        """Of its only run."""
        return [line for line in self.watch.ledger() if f"-{remediation}-" in line["run"]]

    def page(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.watch.port()}{path}") as page:
            return page.read().decode()

    def recovered(self, check, remediation, issue):
        """All that must hold when it is over; the folder of the diagnostics."""
        page = wait_until(lambda: re.search(rf"/\S*/diagnostics/p\d+-{remediation}-1\b", self.page("/")),
                          what="the diagnostics on the page")[0]
        self.watch.wait_state(f"mq/{check}", "OK")
        verdict = wait_until(lambda: [line for line in self.lines(remediation) if line["event"] == "verdict"],
                             what="the verdict")[0]
        begin, end = [line for line in self.lines(remediation) if line["event"] in ("begin", "end")]
        self.assertEqual((begin["event"], begin["subject"], begin["issue"]), ("begin", f"mq/{check}", issue))
        self.assertEqual((end["run"], end["outcome"]), (begin["run"], "fixed"))
        self.assertEqual((verdict["run"], verdict["verdict"], verdict["paged"]), (begin["run"], "fixed", True))
        wait_until(lambda: "RECOVERY" in self.kinds(check), what="the recovery")
        self.assertEqual(self.kinds(check), ["PROBLEM", "RECOVERY"])
        row = self.watch.ask("remediations", "--issue", issue)[0]
        self.assertEqual((row["remediation"], row["runs"], row["fixed"], row["no_effect"], row["failed"]),
                         (remediation, 1, 1, 0, 0))
        self.assertEqual([run["verdict"] for run in row["history"]], ["fixed"])
        bundle = pathlib.Path(begin["bundle"])
        self.assertEqual((bundle, page), (self.watch.state / "diagnostics" / begin["run"], str(bundle)))
        self.assertIn(str(bundle), self.mails(check)[1].get_body(("plain",)).get_content())
        for file in bundle.iterdir():
            self.assertNotIn(SECRET.encode(), file.read_bytes(), file)
        return bundle

    # ---- the stories ----

    def publish_on(self, queue, vhost="/"):
        """Somebody publishes ten times a second until the test ends."""
        ended = threading.Event()

        def publish():
            while not ended.wait(0.1):
                self.node.publish(queue, 1, vhost)
        thread = threading.Thread(target=publish)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(ended.set)

    def test_a_stuck_consumer_is_closed_and_comes_back(self):
        self.place.write("hang", "")
        self.place.start(["/usr/bin/python3", "-c", WORKER.format(top=str(TOP), amqp=self.node.amqp)], "worker")
        wait_until(lambda: self.node.queue("orders").get("consumers") == 1, what="the consumer")
        stuck = self.node.queue("orders")["consumer_details"][0]["channel_details"]["connection_name"]
        self.publish_on("orders")
        row = self.watch.wait_state("mq/orders", "CRITICAL")
        self.assertIn('stalled of "orders"', row["text"])
        waits = wait_until(lambda: self.watch.status("mq/orders")["remediation"], what="the wait that is shown")
        self.assertRegex(waits, r"close-stuck: waits for self-recovery, until 20\d\d-")
        self.assertGreater(self.node.queue("orders")["messages_ready"], 10)
        bundle = self.recovered("orders", "close-stuck", "OPS-1")
        node = self.node.queue("orders")
        self.assertEqual(node["consumers"], 1)
        self.assertNotEqual(node["consumer_details"][0]["channel_details"]["connection_name"], stuck)
        # The evidence was taken before the act.
        queue = json.loads((bundle / "rabbitmq-queue.json").read_text())
        self.assertEqual((queue["messages_unacknowledged"], queue["consumers"]), (5, 1))
        self.assertIn(stuck, (bundle / "rabbitmq-connections.json").read_text())
        channels = json.loads((bundle / "rabbitmq-channels.json").read_text())
        self.assertEqual([channel["messages_unacknowledged"] for channel in channels], [5])
        self.assertIn("stalled", (bundle / "check").read_text())
        end = [line for line in self.lines("close-stuck") if line["event"] == "end"][0]
        self.assertIn(f'closing the connection "{stuck}"', end["text"])

    def service(self):
        return int((self.runit / "nova-compute/supervise/pid").read_text())

    def queue(self, host):
        return self.node.queue(f"compute.{host}", "nova")

    def test_a_nova_compute_that_lost_its_connection_is_bounced(self):
        compute = COMPUTE.format(top=str(TOP), amqp=self.node.amqp, host=HOST)
        self.place.write("runit/nova-compute/run", compute, 0o755)
        self.place.start(["runsv", self.runit / "nova-compute"], "runsv")
        wait_until(lambda: self.queue(HOST).get("consumers") == 1, what="the consumer")
        deaf = self.service()
        os.kill(deaf, signal.SIGUSR1)
        wait_until(lambda: self.queue(HOST).get("consumers") == 0, what="the end of the connection")
        self.watch.wait_state("mq/compute", "OK")  # a queue that holds nothing needs nobody
        self.node.publish(f"compute.{HOST}", 3, "nova")
        row = self.watch.wait_state("mq/compute", "CRITICAL")
        self.assertIn(f'unconsumed of "compute.{HOST}" 3 (critical 0)', row["text"])
        self.assertEqual(self.service(), deaf)  # what manages it sees nothing wrong
        bundle = self.recovered("compute", "bounce-compute", "OPS-2")
        self.assertNotEqual(self.service(), deaf)
        self.node.wait_messages(f"compute.{HOST}", 0, "nova")
        listed = (bundle / "rabbitmq-queues").read_text()
        self.assertIn(f"compute.{HOST} state running ready 3 unacknowledged 0 consumers 0\n", listed)
        self.assertIn("compute.elsewhere state running ready 0", listed)
        self.assertRegex((bundle / "status").read_text(), rf"run: .*\(pid {deaf}\)")


if __name__ == "__main__":
    unittest.main()
