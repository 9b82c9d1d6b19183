# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Redis on loopback, without any file of its own."""
from tests.support import free_port, port_open, run, wait_until


class Redis:
    def __init__(self, place, *options, name="redis"):
        self.place, self.port = place, free_port()
        self.socket = place.path / f"{name}.sock"
        self.process = place.start(
            ["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--unixsocket", self.socket, "--save", "",
             "--appendonly", "no", "--dir", place.path, "--enable-debug-command", "local", *options], name)
        wait_until(lambda: port_open(self.port) and self.socket.exists(), what="redis's port")

    def ask(self, *words):
        done = run(["redis-cli", "--no-auth-warning", "-p", self.port, *words])
        assert done.returncode == 0 and not done.stdout.startswith("ERR"), f"{words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()
