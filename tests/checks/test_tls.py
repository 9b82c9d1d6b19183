# SPDX-License-Identifier: GPL-3.0-or-later
"""check_tls against openssl s_server with certificates that are good and that are not, against aiosmtpd, and against
scripted servers that speak the words ahead of TLS."""
import asyncio
import contextlib
import datetime
import json
import socket
import ssl
import subprocess
import threading
import unittest

from aiosmtpd.controller import Controller

from tests.support import BUILD, Place, free_port, port_open, run, wait_until
from tests.support.httpd import make_ca, make_certificate, silent

CHECK = BUILD / "checks/check_tls"
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("tls")
        cls.addClassCleanup(cls.place.close)
        make_ca(cls.place)

    @classmethod
    def openssl(cls, *words):
        subprocess.run(["openssl", *[str(word) for word in words]], cwd=cls.place.path, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def expect(self, code, port, words, *texts):
        result = run([CHECK, "-H", "127.0.0.1", "-p", port, "--ca", self.place.path / "ca.pem", *words])
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result.stdout


class Certificates(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_certificate(cls.place, "good", 90)
        make_certificate(cls.place, "short", 10)
        make_certificate(cls.place, "other", 90, "DNS:www.example.org,DNS:*.example.net,IP:192.0.2.7")
        cls.openssl("req", "-x509", *KEY, "-days", "90", "-subj", "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", "self.key", "-out", "self.pem")
        cls.make_chain()
        cls.make_dated()

    @classmethod
    def make_chain(cls):
        cls.place.write("middle.ext", "basicConstraints=critical,CA:TRUE\n")
        cls.openssl("req", *KEY, "-subj", "/CN=middle", "-keyout", "middle.key", "-out", "middle.csr")
        cls.openssl("x509", "-req", "-in", "middle.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                    "40", "-extfile", "middle.ext", "-out", "middle.pem")
        make_certificate(cls.place, "leaf", 80, ca="middle")

    @classmethod
    def make_dated(cls):
        """Certificates whose time is over, or has not begun."""
        cls.place.write("index.txt", "")
        cls.place.write("serial", "01\n")
        cls.place.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\n"
                                  "default_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n"
                                  "[e]\nsubjectAltName=IP:127.0.0.1\n")
        ended = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
        for name, begin, end in (("expired", "20200101000000Z", ended.strftime("%Y%m%d%H%M%SZ")),
                                 ("future", "20480101000000Z", "20490101000000Z")):
            cls.openssl("req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
            cls.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in",
                        f"{name}.csr", "-startdate", begin, "-enddate", end, "-out", f"{name}.pem")

    def serve(self, name, *words):
        port = free_port()
        process = self.place.start(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", f"{name}.pem", "-key",
                                    f"{name}.key", "-quiet", *words], f"s_server-{name}")
        self.addCleanup(self.place.stop, process)
        wait_until(lambda: port_open(port), what="the port of s_server")
        return port

    def test_a_certificate_that_is_good(self):
        port = self.serve("good")
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=90)
        text = self.expect(0, port, [], 'TLS OK - "CN=good" by "CN=watchbill test ca", ', " days left (", "TLSv1.3, TLS_AES_",
                           end.strftime("(%Y-%m-%d)"))
        self.assertRegex(text, r" \| days=(89\.99|90)d;30:;7:;; chain_days=(89\.99|90)d connect=0[.0-9]*s;;;0; handshake=0\.\d+s;;;0;\n$")

    def test_names(self):
        port = self.serve("good")
        self.expect(0, port, ["--name", "localhost"])
        self.expect(2, port, ["--name", "www.example.org"],
                    'the certificate is for "localhost, 127.0.0.1", not for "www.example.org"')
        port = self.serve("other")
        self.expect(2, port, [], 'for "www.example.org, *.example.net, 192.0.2.7", not for "127.0.0.1"')
        self.expect(0, port, ["-n", "www.example.org"])
        self.expect(0, port, ["-n", "a.example.net"])
        self.expect(2, port, ["-n", "a.b.example.net"], "not for")
        self.expect(0, port, ["--insecure"])

    def test_sni_chooses_the_certificate(self):
        port = self.serve("good", "-cert2", "other.pem", "-key2", "other.key", "-servername", "www.example.org")
        self.expect(0, port, ["--sni", "www.example.org"], '"CN=other"')
        self.expect(0, port, ["--sni", "localhost"], '"CN=good"')

    def test_days(self):
        port = self.serve("short")
        self.expect(1, port, [], "; days ", " d (warning 30:)")
        self.expect(2, port, ["-c", "14:"], "(critical 14:)")
        self.expect(0, port, ["-w", "5:", "-c", "2:"])

    def test_expired(self):
        port = self.serve("expired")
        day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)
        self.expect(2, port, [], day.strftime("the certificate expired on %Y-%m-%d"), "days -3")
        self.expect(2, port, ["-w", "", "-c", ""], "the certificate expired")
        self.expect(2, port, ["--insecure"], "days -3")

    def test_not_yet_valid(self):
        self.expect(2, self.serve("future"), [], "the certificate is not valid before 2048-01-01")

    def test_self_signed(self):
        port = self.serve("self")
        self.expect(2, port, [], "the certificate is self-signed")
        self.expect(0, port, ["--insecure"])
        self.expect(0, port, ["--ca", self.place.path / "self.pem"])

    def test_chain(self):
        port = self.serve("leaf", "-cert_chain", "middle.pem")
        text = self.expect(0, port, ["-v"], '0: "CN=leaf" by "CN=middle"', '1: "CN=middle" by')
        self.assertRegex(text, r" days=(79\.99|80)d.* chain_days=(39\.99|40)d ")
        self.expect(1, port, ["-w", "chain_days=60:"], "chain days ", " d (warning 60:)")
        port = self.serve("leaf")
        text = self.expect(2, port, [], 'the chain is incomplete: the issuer "CN=middle" is neither sent nor trusted')
        self.assertNotIn("first certificate", text)

    def test_the_systems_certificates(self):
        port = self.serve("good")
        result = run([CHECK, "-H", "127.0.0.1", "-p", port])
        self.assertEqual(result.returncode, 2)
        self.assertIn('"CN=watchbill test ca" is neither sent nor trusted', result.stdout)

    def test_minimum_protocol(self):
        port = self.serve("good", "-tls1_2")
        self.expect(0, port, [], "TLSv1.2")
        self.expect(2, port, ["--minimum", "1.3"], "TLSv1.2 is below TLS 1.3")
        self.expect(0, self.serve("good"), ["-m", "1.3"])
        port = self.serve("good", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        self.expect(2, port, [], f'no TLS with "127.0.0.1:{port}": ')

    def test_client_certificates_are_not_needed_to_see_it(self):
        self.expect(0, self.serve("good", "-Verify", "1"), ["-m", "1.3"])

    def test_collector(self):
        good, expired, closed = self.serve("good"), self.serve("expired"), free_port()
        servers = [f"127.0.0.1:{port}" for port in (good, expired, closed)]
        words = [word for server in servers for word in ("-s", server)]
        collect = [BUILD / "collectors/collect_tls", "--ca", self.place.path / "ca.pem"]
        done = run([*collect, *words])
        values = {(m["name"], m["instance"]): m["value"] for m in json.loads(done.stdout)["metrics"]}
        self.assertEqual([values["valid", server] for server in servers], [1, 0, None])
        self.assertGreater(values["days", servers[0]], 89)
        self.assertLess(values["days", servers[1]], -2)
        self.assertEqual(values["chain_days", servers[0]], values["days", servers[0]])
        self.assertEqual(run([*collect, "-s", servers[2]]).returncode, 3)
        self.assertIn("Connection refused", run([*collect, "-s", servers[2]]).stderr)
        for bad in ("", "a:", "a:x", "a:70000", "[::1", "[]:1", ":443", "::1"):
            self.assertIn(f'"{bad}"', run([*collect, "-s", bad]).stderr)

    def test_json(self):
        document = json.loads(self.expect(0, self.serve("good"), ["--format", "json"]))
        self.assertEqual([metric["name"] for metric in document["metrics"]], ["days", "chain_days", "connect", "handshake"])


def scripted(dialogue, context, stay=True):
    """A server that says the first of each pair and waits for the second; then comes TLS, silence, or its end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client):
        with client, contextlib.suppress(OSError, ssl.SSLError, AssertionError):
            for say, wanted in dialogue:
                client.sendall(say)
                came = b""
                while wanted and wanted not in came:
                    part = client.recv(1)  # never what belongs to TLS
                    assert part
                    came += part
            if context:
                with context.wrap_socket(client, server_side=True) as secure:
                    secure.recv(1)
            while stay and client.recv(4096):
                pass

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener


MYSQL_VERSION = b"\x0a5.5.5-10.11.6-MariaDB\0" + b"\1\0\0\0" + b"saltsalt" + b"\0"
LDAP_OID = b"1.3.6.1.4.1.1466.20037"


def packet(body):
    return len(body).to_bytes(3, "little") + b"\0" + body


# What the server says, and what it waits for then.
GOOD = {
    "smtp": [(b"220-first\r\n220 mail ESMTP\r\n", b"EHLO "), (b"250-mail\r\n250-STARTTLS\r\n250 HELP\r\n", b"STARTTLS\r\n"),
             (b"220 go\r\n", b"")],
    "imap": [(b"* OK ready\r\n", b"a STARTTLS\r\n"), (b"* CAPABILITY IMAP4rev1\r\na OK go\r\n", b"")],
    "pop3": [(b"+OK ready\r\n", b"STLS\r\n"), (b"+OK go\r\n", b"")],
    "ftp": [(b"220-hello\r\n welcome\r\n220 ready\r\n", b"AUTH TLS\r\n"), (b"234 go\r\n", b"")],
    "xmpp": [(b"", b"streams'>"),
             (b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>", b"xmpp-tls'/>"),
             (b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", b"")],
    "ldap": [(b"", LDAP_OID), (b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", b"")],
    "postgres": [(b"", b"\x04\xd2\x16\x2f"), (b"S", b"")],
    "mysql": [(packet(MYSQL_VERSION + b"\xff\xff\x2d\x02\x00"), b"\0\x8a\0\0\0\0\0\1" + b"\x2d" + b"\0" * 23)],
}
BAD = {
    "smtp": [b"554 no\r\n", b"220 hi\r\n250 HELP\r\n502 no such command\r\n", b"220 hi\r\n250 a\r\n220 go\r\n250 injected\r\n"],
    "imap": [b"* BYE full\r\n", b"* OK hi\r\na BAD unknown\r\n"],
    "pop3": [b"-ERR busy\r\n", b"+OK hi\r\n-ERR no\r\n"],
    "ftp": [b"220 hi\r\n530 no\r\n"],
    "xmpp": [b"<stream:features></stream:features>", b"<stream:features><starttls/></stream:features><failure/>"],
    "ldap": [b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", b"\x30\x84\xff\xff\xff\xff", b"\x30\x00", b"HTTP/1.1 400"],
    "postgres": [b"N", b"E\0\0", b"Sxx"],
    "mysql": [packet(b"\xff\x10\x04Too many connections"), packet(MYSQL_VERSION + b"\xff\xf7\x2d\x02\x00"), packet(b""),
              packet(b"\x0a5.5.5"), b"\xff\xff\xff\0"],
}


class Starttls(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pair = make_certificate(cls.place, "good", 90)
        cls.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.context.load_cert_chain(*cls.pair)

    def test_every_protocol(self):
        for protocol, dialogue in GOOD.items():
            with self.subTest(protocol=protocol), scripted(dialogue, self.context) as server:
                self.expect(0, server.getsockname()[1], ["--starttls", protocol], '"CN=good"', "TLSv1.3")

    def test_servers_that_do_not_start_tls(self):
        for protocol, answers in BAD.items():
            for answer in answers:
                with self.subTest(protocol=protocol, answer=answer), scripted([(answer, b"")], None) as server:
                    result = run([CHECK, "-H", "127.0.0.1", "-p", server.getsockname()[1], "-s", protocol, "-t", "2"])
                    self.assertIn(result.returncode, (2, 3), result.stdout)
                    if result.returncode == 3:  # it waits for the rest of a packet that never comes
                        self.assertIn("timed out", result.stdout)

    def test_words(self):
        for protocol, answer, text in (("smtp", b"220 hi\r\n250 a\r\n502 no | such\r\n", 'does not start TLS, it says "502 no / such"'),
                                       ("postgres", b"N", 'does not start TLS, it says "N"'),
                                       ("postgres", b"Sxx", "says more than it should ahead of TLS"),
                                       ("mysql", packet(b"\xff\x10\x04Too many connections"), "Too many connections"),
                                       ("imap", b"* OK hi\r\n" + b"* x" * 50000, "says too much ahead of TLS")):
            with self.subTest(text=text), scripted([(answer, b"")], None) as server:
                self.expect(2, server.getsockname()[1], ["--starttls", protocol], text)

    def test_silence(self):
        for protocol in GOOD:
            with self.subTest(protocol=protocol), silent() as port:
                self.expect(3, port, ["--starttls", protocol, "-t", "0.3"], "timed out after 0.3 s while waiting for an answer")
        with silent() as port:
            self.expect(3, port, ["-t", "0.3"], f'while negotiating TLS with "127.0.0.1:{port}"')
            self.expect(2, port, ["-t", "0.3", "--timeout-state", "CRITICAL"], "timed out")

    def test_aiosmtpd(self):
        class Sink:
            async def handle_DATA(self, server, session, envelope):
                return "250 OK"

        port = free_port()
        controller = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=self.context, loop=asyncio.new_event_loop())
        controller.start()
        self.addCleanup(controller.stop)
        self.expect(0, port, ["--starttls", "smtp"], '"CN=good"')
        plain = Controller(Sink(), hostname="127.0.0.1", port=free_port(), loop=asyncio.new_event_loop())
        plain.start()
        self.addCleanup(plain.stop)
        self.expect(2, plain.port, ["--starttls", "smtp"], "does not start TLS, it says \"454 TLS not available\"")


class Failures(Case):
    def test_no_server(self):
        port = free_port()
        self.expect(2, port, [], f'cannot connect to "127.0.0.1:{port}": Connection refused')
        self.assertEqual(run([CHECK, "-H", "no-such-host.invalid"]).returncode, 2)

    def test_what_is_no_tls(self):
        for words in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail ESMTP\r\n", b"\x15\x03\x03\x00\x02\x02\x28", b"\0" * 100):
            with self.subTest(words=words), silent(words) as port:
                self.expect(2, port, [], f'no TLS with "127.0.0.1:{port}"')

    def test_a_connection_that_is_closed(self):
        with scripted([(b"", b"\x16")], None, stay=False) as server:
            port = server.getsockname()[1]
            self.expect(2, port, ["-t", "5"], f'no TLS with "127.0.0.1:{port}"')

    def test_command_lines(self):
        for words, text in (([], "--hostname"), (["-H", "a", "--starttls", "gopher"], "gopher"),
                            (["-H", "a", "-m", "1.1"], "1.1"), (["-H", "a", "--name", ""], "--name"),
                            (["-H", "a", "-w", "30-"], "30-"), (["-H", "a", "-p", "x"], "x")):
            with self.subTest(words=words):
                result = run([CHECK, *words])
                self.assertEqual(result.returncode, 3)
                self.assertIn(text, result.stdout)

    def test_a_missing_file_of_certificates(self):
        with silent() as port:
            result = run([CHECK, "-H", "127.0.0.1", "-p", port, "--ca", "/nonexistent/ca.pem"])
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn('"/nonexistent/ca.pem"', result.stdout)


if __name__ == "__main__":
    unittest.main()
