# SPDX-License-Identifier: GPL-3.0-or-later
"""RabbitMQ nodes on loopback with a private epmd. The programs in /usr/lib/rabbitmq/bin are called, not the
wrappers in /usr/sbin, which would change user and directory. A node needs about six seconds to start."""
import base64
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import urllib.parse

from tests.support import free_port, port_open, wait_until

BIN = "/usr/lib/rabbitmq/bin"
ADVANCED = """[
 {{kernel, [{{net_ticktime, {tick}}}]}},
 {{rabbitmq_management, [{{sample_retention_policies, [{{global, [{{60, 1}}]}}, {{basic, [{{60, 1}}]}}, {{detailed, [{{60, 1}}]}}]}}]}},
 {{rabbitmq_management_agent, [{{sample_retention_policies, [{{global, [{{60, 1}}]}}, {{basic, [{{60, 1}}]}}, {{detailed, [{{60, 1}}]}}]}}]}}
].
"""


# The management looks at what the queues tell of themselves once in the shortest interval of its samples, which is a
# whole second at least. Each of its collectors is told by a message to itself; with nine more on the way it looks ten
# times as often.
HURRY = """[erlang:send_after(100 * I, N, collect_metrics) || I <- lists:seq(1, 9), N <- registered(),
           lists:suffix("_metrics_collector", atom_to_list(N))], ok."""


class Epmd:
    """One port mapper for all nodes of a place; it does not end with them."""

    def __init__(self, place):
        self.port = free_port()
        self.environment = {**os.environ, "ERL_EPMD_PORT": str(self.port), "ERL_EPMD_ADDRESS": "127.0.0.1"}
        self.process = place.start(["epmd"], "epmd", env=self.environment)
        wait_until(lambda: port_open(self.port), what="epmd's port")


class Node:
    """One node. ${lines} are more of rabbitmq.conf; ${plugins} beside the management."""

    def __init__(self, place, epmd, name="rabbit", lines="", plugins=(), tick=60):
        self.place, self.epmd, self.short = place, epmd, name
        self.name = f"{name}@localhost"
        self.port, self.amqp, self.dist = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = place.path / name
        home = place.path / "home"
        home.mkdir(exist_ok=True)
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text("WATCHBILLTESTCOOKIE")
            cookie.chmod(0o400)
        place.write(f"{name}/enabled_plugins", f"[{','.join(['rabbitmq_management', *plugins])}].\n")
        place.write(f"{name}/advanced.config", ADVANCED.format(tick=tick))
        place.write(f"{name}/rabbitmq.conf", f"management.tcp.port = {self.port}\nmanagement.tcp.ip = 127.0.0.1\n"
                    "loopback_users = none\ncollect_statistics_interval = 100\nlog.file.level = warning\n"
                    f"disk_free_limit.absolute = 1MB\n{lines}")
        folder = str(self.folder)
        self.environment = {
            **epmd.environment, "HOME": str(home), "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_MNESIA_BASE": folder + "/mnesia",
            "RABBITMQ_MNESIA_DIR": folder + "/mnesia/data", "RABBITMQ_LOG_BASE": folder + "/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder + "/enabled_plugins",
            "RABBITMQ_CONFIG_FILE": folder + "/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": folder + "/advanced.config",
            "RABBITMQ_GENERATED_CONFIG_DIR": folder + "/config",
            "RABBITMQ_FEATURE_FLAGS_FILE": folder + "/feature_flags", "RABBITMQ_PID_FILE": folder + "/pidfile",
            "RABBITMQ_DIST_PORT": str(self.dist), "RABBITMQ_NODE_PORT": str(self.amqp),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-noinput +S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"}
        # It takes six seconds to end in order, and nobody needs what it would save.
        self.process = place.start([f"{BIN}/rabbitmq-server"], name, env=self.environment, ends_by=signal.SIGKILL)

    def wait_ready(self):
        def is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended: {self.place.log(self.short)[-2000:]}")
            if not port_open(self.port):
                return False
            return self.api("GET", "/api/overview")[0] == 200
        wait_until(is_ready, 60, f"{self.name}'s management")
        self.ctl("eval", HURRY)
        return self

    def ctl(self, *words):
        """rabbitmqctl, for what the API does not offer."""
        done = subprocess.run([f"{BIN}/rabbitmqctl", "-n", self.name, *words], env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"rabbitmqctl {words}: {done.stdout.decode(errors='replace')}")

    def api(self, method, path, body=None, user="guest", password="guest", seconds=30):
        """(status, answer as JSON or None)."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        try:
            client.request(method, path, None if body is None else json.dumps(body),
                           {"Authorization": f"Basic {token}", "Content-Type": "application/json"})
            answer = client.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            client.close()
        try:
            return answer.status, json.loads(content) if content else None
        except ValueError:
            return answer.status, None

    def put(self, path, body=None):
        status, answer = self.api("PUT", path, {} if body is None else body)
        if status not in (201, 204):
            raise AssertionError(f"PUT {path}: {status} {answer}")

    def declare(self, name, vhost="/", kind="classic", node=None):
        body = {"durable": True, "arguments": {"x-queue-type": kind}}
        if node:
            body["node"] = node
        self.put(f"/api/queues/{quote(vhost)}/{quote(name)}", body)

    def publish(self, name, count=1, vhost="/", payload="x"):
        for _ in range(count):
            status, answer = self.api("POST", f"/api/exchanges/{quote(vhost)}/amq.default/publish",
                                      {"properties": {"delivery_mode": 2}, "routing_key": name, "payload": payload,
                                       "payload_encoding": "string"})
            if status != 200 or not answer["routed"]:
                raise AssertionError(f"publish to {name}: {status} {answer}")

    def queue(self, name, vhost="/"):
        status, answer = self.api("GET", f"/api/queues/{quote(vhost)}/{quote(name)}")
        return answer if status == 200 else {}

    def wait_messages(self, name, count, vhost="/"):
        wait_until(lambda: self.queue(name, vhost).get("messages") == count, 30, f"{name} with {count} messages")

    def kill(self):
        """At once, as a crash."""
        self.process.kill()
        self.process.wait()


def quote(name):
    return urllib.parse.quote(name, safe="")


def cluster(place, names=("r1", "r2", "r3"), tick=60):
    """Nodes that formed one cluster; they join one after the other."""
    epmd = Epmd(place)
    lines = "cluster_formation.peer_discovery_backend = classic_config\n" + "".join(
        f"cluster_formation.classic_config.nodes.{number} = {name}@localhost\n"
        for number, name in enumerate(names, 1))
    nodes = []
    for name in names:
        nodes.append(Node(place, epmd, name, lines, tick=tick).wait_ready())
    wait_until(lambda: sum(bool(n.get("running")) for n in nodes[0].api("GET", "/api/nodes")[1]) == len(names), 30,
               "all nodes running")
    return nodes


def _short(text):
    return bytes([len(text.encode())]) + text.encode()


class Consumer:
    """A client that consumes one queue by AMQP and takes ${prefetch} messages, of which it acknowledges none; with
    prefetch 0 it takes all and the broker forgets them."""

    def __init__(self, node, queue, vhost="/", prefetch=0, user="guest", password="guest"):
        self.socket = socket.create_connection(("127.0.0.1", node.amqp), 10)
        self.socket.sendall(b"AMQP\0\0\x09\x01")
        self._receive(10, 10)
        response = f"\0{user}\0{password}".encode()
        self._send(0, 10, 11, struct.pack(">I", 0) + _short("PLAIN") + struct.pack(">I", len(response)) + response +
                   _short("en_US"))
        self._receive(10, 30)
        self._send(0, 10, 31, struct.pack(">HIH", 10, 131072, 0))
        self._send(0, 10, 40, _short(vhost) + _short("") + b"\0")
        self._receive(10, 41)
        self._send(1, 20, 10, _short(""))
        self._receive(20, 11)
        self._send(1, 60, 10, struct.pack(">IHB", 0, prefetch, 0))
        self._receive(60, 11)
        self._send(1, 60, 20, b"\0\0" + _short(queue) + _short("") + bytes([0 if prefetch else 2]) +
                   struct.pack(">I", 0))
        self._receive(60, 21)

    def _send(self, channel, group, method, arguments):
        payload = struct.pack(">HH", group, method) + arguments
        self.socket.sendall(struct.pack(">BHI", 1, channel, len(payload)) + payload + b"\xce")

    def _read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise AssertionError("the broker closed the connection")
            data += part
        return data

    def _receive(self, group, method):
        kind, _, size = struct.unpack(">BHI", self._read(7))
        payload = self._read(size + 1)
        if kind != 1 or struct.unpack(">HH", payload[:4]) != (group, method):
            raise AssertionError(f"expected {group},{method}: {payload!r}")

    def serve(self):
        """Takes what comes, until the broker ends the connection, as a client's library does."""
        connection_close = struct.pack(">HH", 10, 50)
        self.socket.settimeout(None)
        while True:
            kind, _, size = struct.unpack(">BHI", self._read(7))
            payload = self._read(size + 1)
            if kind == 1 and payload.startswith(connection_close):
                self.close()
                return

    def close(self):
        self.socket.close()
