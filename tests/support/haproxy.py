# SPDX-License-Identifier: GPL-3.0-or-later
"""A real HAProxy on loopback. Its servers are not settled when its port opens: a server begins as UP and needs
`fall` checks to go DOWN, so wait on the state of a server, never on the port alone."""
import csv
import io
import socket

from tests.support import free_port, port_open, wait_until

CONFIG = """global
    stats socket {socket} mode 600 level admin
    maxconn 256
defaults
    mode http
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    timeout check 500ms
listen stats
    bind 127.0.0.1:{stats}
    stats enable
    stats uri /haproxy
    stats realm HAProxy
    stats auth {user}:{password}
{proxies}
"""


class Haproxy:
    """Started in ${place} with the text of its proxies (`listen` and `backend` sections)."""

    def __init__(self, place, proxies, user="hauser", password="hapasswd"):
        self.place = place
        self.socket = place.path / "haproxy.sock"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/haproxy;csv"
        self.user, self.password = user, password
        text = CONFIG.format(socket=self.socket, stats=self.port, user=user, password=password, proxies=proxies)
        self.config = place.write("haproxy.cfg", text)
        self.start()

    def start(self):
        self.socket.unlink(missing_ok=True)
        self.process = self.place.start(["haproxy", "-db", "-f", self.config], "haproxy")
        wait_until(lambda: port_open(self.port) and self.socket.exists(), what="haproxy's port")

    def ask(self, command):
        """The answer of the admin socket to one command."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(command.encode() + b"\n")
            parts = []
            while part := client.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()

    def rows(self):
        text = self.ask("show stat")
        return list(csv.DictReader(io.StringIO(text.removeprefix("# "))))

    def status(self, proxy, server):
        for row in self.rows():
            if (row["pxname"], row["svname"]) == (proxy, server):
                return row["status"]
        return None

    def wait_status(self, proxy, server, status):
        wait_until(lambda: self.status(proxy, server) == status,
                   what=f"{proxy}/{server} is {self.status(proxy, server)}, not {status}; it")
