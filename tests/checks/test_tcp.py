# SPDX-License-Identifier: GPL-3.0-or-later
"""check_tcp against sockets that answer, refuse, keep silent, and never stop."""
import contextlib
import json
import socket
import threading
import unittest

from tests.support import BUILD, Place, free_port, run
from tests.support.httpd import silent

CHECK = BUILD / "checks/check_tcp"


@contextlib.contextmanager
def listener(serve, family=socket.AF_INET, address=("127.0.0.1", 0)):
    """A server that hands each connection to serve(connection); gives the listening socket."""
    server = socket.socket(family)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(address)
    server.listen()

    def handle(client):
        with client, contextlib.suppress(OSError):
            serve(client)

    def accept():
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def echo(client):
    client.sendall(b"220 mail.example.org ready\r\n")
    while data := client.recv(4096):
        client.sendall(data)


class Tcp(unittest.TestCase):
    def expect(self, code, words, *texts):
        result = run([CHECK, *words])
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        self.assertEqual(result.stdout.count("\n"), 1 if code != 3 or "Usage" not in result.stdout else 2)
        return result.stdout

    def test_a_port_that_is_open(self):
        with listener(echo) as server:
            port = server.getsockname()[1]
            text = self.expect(0, ["-H", "127.0.0.1", "-p", port], f'connected to "127.0.0.1:{port}" in 0.')
            self.assertRegex(text, r" \| time=0[.0-9]*s;;;0; dns=0[.0-9]*s;;;0;\n$")
            self.expect(0, ["-4", "-H", "localhost", "-p", port])
            self.expect(1, ["-H", "127.0.0.1", "-p", port, "-w", "@0:9"], "(warning @0:9)")

    def test_what_is_expected(self):
        with listener(echo) as server:
            base = ["-H", "127.0.0.1", "-p", server.getsockname()[1]]
            text = self.expect(0, [*base, "-e", "220"], 'answer "220 mail.example.org ready"')
            self.assertIn(" answer=", text)
            self.expect(0, [*base, "-r", "^220 [a-z.]+ ready"])
            self.expect(0, [*base, "-e", "nope", "-e", "ready"])
            self.expect(0, [*base, "-s", r"a\x41\x00\tz\r\n", "-e", r"aA\0\tz\r\n", "-e", "220", "--all", "-q", r"QUIT\r\n"])
            self.expect(3, [*base, "-e", "nope", "-e", "ready", "-A", "-t", "0.4"], "timed out after 0.4 s while",
                        'begins with "220 mail.example.org ready"')

    def test_the_wrong_answer(self):
        with listener(lambda client: client.sendall(b"554 go | away\x1b[31m\r\n")) as server:
            base = ["-H", "127.0.0.1", "-p", server.getsockname()[1]]
            text = self.expect(2, [*base, "-e", "220"], '"220" is not in the answer, which is "554 go / away')
            self.assertNotIn("\x1b", text)
            self.expect(2, [*base, "-r", "^220"], 'the answer does not match "^220"')
        with listener(lambda client: None) as server:
            self.expect(2, ["-H", "127.0.0.1", "-p", server.getsockname()[1], "-e", "x"], "which is nothing")

    def test_no_server(self):
        port = free_port()
        self.expect(2, ["-H", "127.0.0.1", "-p", port], f'cannot connect to "127.0.0.1:{port}": Connection refused')
        self.expect(2, ["-H", "localhost", "-p", port], "Connection refused")
        self.expect(2, ["-H", "no-such-host.invalid", "-p", port], '"no-such-host.invalid"')
        self.expect(2, ["-6", "-H", "127.0.0.1", "-p", port], '"127.0.0.1"')

    def test_a_server_that_accepts_and_never_answers(self):
        with silent() as port:
            words = ["-H", "127.0.0.1", "-p", port, "-e", "x", "-t", "0.4"]
            self.expect(3, words, f'timed out after 0.4 s while waiting for an answer from "127.0.0.1:{port}"')
            self.expect(2, [*words, "--timeout-state", "critical"], "timed out after 0.4 s")

    def test_a_server_that_never_takes_the_connection(self):
        with contextlib.closing(socket.socket()) as full, contextlib.ExitStack() as held:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(3):  # the backlog is full: further connections are not answered
                client = held.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(full.getsockname())
            port = full.getsockname()[1]
            self.expect(3, ["-H", "127.0.0.1", "-p", port, "-t", "0.5"], "timed out after 0.5 s while connecting to "
                        f'"127.0.0.1:{port}"')

    def test_a_server_that_never_stops(self):
        def flood(client):
            while True:
                client.sendall(b"x" * 65536)

        with listener(flood) as server:
            base = ["-H", "127.0.0.1", "-p", server.getsockname()[1], "-e", "y", "-t", "5"]
            self.expect(2, base, '"y" is not in the answer')
            self.expect(2, [*base, "-m", "10"], '"y" is not in the answer')

    def test_both_families(self):
        with listener(echo, socket.AF_INET6, ("::1", 0)) as server:
            port = server.getsockname()[1]
            for host in ("::1", "[::1]"):
                self.expect(0, ["-H", host, "-p", port], f'"[::1]:{port}"')
                self.expect(0, ["-6", "-H", host, "-p", port])
            self.expect(2, ["-4", "-H", "::1", "-p", port])

    def test_a_unix_socket(self):
        with Place("tcp") as place:
            path = place.path / ("d" * 60) / ("s" * 60)
            path.parent.mkdir()
            short = place.path / "short"
            with listener(echo, socket.AF_UNIX, str(short)):
                short.rename(path)
                self.expect(0, ["--socket", path, "-e", "220"], f'"{path}"')
            self.expect(2, ["--socket", path], "Connection refused")
            self.expect(3, ["--socket", place.path / "none"], "No such file")

    def test_command_lines(self):
        for words, text in (([], "--hostname"), (["-H", "a"], "--port"), (["-p", "1"], "--hostname"),
                            (["--socket", "/a", "-p", "1"], "--socket"), (["-H", "a", "-p", "1", "-r", "("], '"("'),
                            (["-H", "a", "-p", "1", "-s", r"\q"], "--send"), (["-H", "a", "-p", "1", "-e", r"\x4"], "--expect"),
                            (["-H", "a", "-p", "1", "-q", "\\"], "--quit"), (["-H", "a", "-p", "1", "-m", "0"], "0"),
                            (["-H", "a", "-p", "70000"], "70000"), (["-H", "a", "-p", "1", "-c", "2:1"], "2:1")):
            with self.subTest(words=words):
                self.expect(3, words, text)

    def test_json(self):
        with listener(echo) as server:
            document = json.loads(self.expect(0, ["-H", "127.0.0.1", "-p", server.getsockname()[1], "--format", "json"]))
        self.assertEqual([metric["name"] for metric in document["metrics"]], ["time", "dns"])


if __name__ == "__main__":
    unittest.main()
