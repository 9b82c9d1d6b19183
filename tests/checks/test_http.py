# SPDX-License-Identifier: GPL-3.0-or-later
"""check_http against nginx with TLS under a private CA, a scripted server, and servers that misbehave."""
import json
import subprocess
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.httpd import Scripted, make_ca, make_certificate, silent, start_nginx

CHECK = BUILD / "checks/check_http"


def check(*words, **more):
    return run([CHECK, *words], **more)


class Case(unittest.TestCase):
    def expect(self, code, words, *texts):
        result = check(*words)
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result


class Scripts(Case):
    @classmethod
    def setUpClass(cls):
        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b"x" * 65536)

        def echo(handler):
            _, _, headers, body = cls.server.requests[-1]
            text = json.dumps({"method": handler.command, "body": body.decode(), "headers": headers}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)

        cls.server = Scripted({
            "/": (200, {"X-Powered-By": "tests 1.0"}, b"<h1>it works</h1>\nsecond line\n"),
            "/json": (200, {}, b'{"status":"ok","nodes":[{"name":"a","load":2.50}],"ready":true}'),
            "/health": (204, {}, b""), "/301": (301, {"Location": "/"}, b""), "/429": (429, {}, b""),
            "/401": (401, {}, b""), "/403": (403, {}, b""), "/500": (500, {}, b""), "/503": (503, {}, b"busy"),
            "/loop": (302, {"Location": "/loop"}, b""), "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/binary": (200, {}, b"\0\1\2needle\0\xff"), "/large": (200, {}, b"x" * (17 << 20)),
            "/endless": endless, "/echo": echo,
        })
        cls.addClassCleanup(cls.server.close)
        cls.url = cls.server.url

    def page(self, path):
        return ["-u", self.url + path]

    def test_a_page_that_works(self):
        result = self.expect(0, self.page("/"), "HTTP OK - 200 OK, 30 bytes in 0.")
        self.assertRegex(result.stdout, r" \| time=0\.\d{1,6}s;;;0; dns=.*s;;;0; connect=.*s;;;0; first_byte=.*s;;;0; "
                                        r"size=30B;;;0;\n$")

    def test_statuses(self):
        for path, code in (("/health", 0), ("/301", 0), ("/401", 3), ("/403", 3), ("/404", 3), ("/429", 1), ("/500", 2),
                           ("/503", 2)):
            self.expect(code, self.page(path), *([f'from "{self.url}{path}"'] if code else []))

    def test_expected_statuses(self):
        for path, statuses, code in (("/503", "200,503", 0), ("/404", "400-404", 0), ("/", "204", 2), ("/301", "301-302", 0),
                                     ("/301", "200", 2), ("/429", "200", 2), ("/404", "200", 3), ("/500", "200", 2)):
            self.expect(code, [*self.page(path), "--status", statuses])

    def test_redirects(self):
        self.expect(0, [*self.page("/301"), "--follow", "3", "--string", "it works"], "200 OK")
        self.expect(2, [*self.page("/loop"), "--follow", "3"], "too many redirects")
        self.expect(3, [*self.page("/file"), "--follow", "3"], "file")

    def test_the_body(self):
        self.expect(0, [*self.page("/"), "-s", "it works", "-r", "^second line$"])
        self.expect(2, [*self.page("/"), "-s", "it breaks"], '"it breaks" is not in the body')
        self.expect(2, [*self.page("/"), "-r", "^works"], 'the body does not match "^works"')
        self.expect(0, [*self.page("/binary"), "-s", "needle", "-r", "need.e"])

    def test_json_members(self):
        self.expect(0, [*self.page("/json"), "--json", "status=ok", "--json", "nodes.0.load=2.5", "--json", "ready=true",
                        "--json", "nodes.0.name"])
        self.expect(2, [*self.page("/json"), "--json", "status=bad"], '"status" is "ok", not "bad"')
        self.expect(2, [*self.page("/json"), "--json", "nodes.1.name"], 'no member "nodes.1.name"')
        self.expect(3, [*self.page("/"), "--json", "status=ok"], "the body is not JSON")

    def test_headers(self):
        self.expect(0, [*self.page("/"), "--header", "x-powered-by", "--header", "X-Powered-By: tests"])
        self.expect(2, [*self.page("/"), "--header", "X-Nope"], 'no header "X-Nope"')
        self.expect(2, [*self.page("/"), "--header", "X-Powered-By: perl"], '"tests 1.0", without "perl"')

    def test_what_is_sent(self):
        self.expect(0, [*self.page("/echo"), "--data", "a=1", "-k", "X-Test: yes", "--json", "method=POST", "--json",
                        "body=a=1", "--json", "headers.X-Test=yes"])
        self.expect(0, [*self.page("/echo"), "--method", "PUT", "--data", "x", "--json", "method=PUT"])
        self.expect(0, [*self.page("/503"), "--method", "HEAD", "--status", "503"])
        self.expect(0, [*self.page("/echo"), "-U", "me", "-P", "secret", "--json",
                        "headers.Authorization=Basic bWU6c2VjcmV0"])

    def test_ranges(self):
        self.expect(1, [*self.page("/"), "-w", "0"], "time 0.", "(warning 0)")
        self.expect(2, [*self.page("/"), "-c", "size=1000:"], "size 30 B (critical 1000:)")
        self.expect(3, [*self.page("/"), "-c", "cert_days=14:"], "cert_days")

    def test_bodies_without_end(self):
        self.expect(3, self.page("/large"), "larger than 16777216 bytes")
        self.expect(3, self.page("/endless"), "larger than 16777216 bytes")
        self.expect(3, [*self.page("/large"), "--body-cap", "100"], "larger than 100 bytes")

    def test_host_port_and_path(self):
        port = str(self.server.port)
        self.expect(0, ["-H", "127.0.0.1", "-p", port, "--uri", "/health"], "204 No Content")
        self.expect(0, ["-H", "127.0.0.1", "-p", port, "--uri", "health"], "204 No Content")
        self.expect(0, ["-H", "www.example.org", "-p", port, "--connect-to", "127.0.0.1", "--uri", "/echo", "--json",
                        f"headers.Host=www.example.org:{port}"])
        self.expect(0, ["-u", "http://www.example.org/echo", "--connect-to", f"127.0.0.1:{port}", "--json",
                        "headers.Host=www.example.org"])
        self.expect(0, ["-4", "-H", "localhost", "-p", port])

    def test_the_environment_sets_no_proxy(self):
        result = check(*self.page("/"), env={"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"})
        self.assertEqual(result.returncode, 0, result.stdout)


class Failures(Case):
    def test_no_server(self):
        port = free_port()
        self.expect(2, ["-u", f"http://127.0.0.1:{port}/"], f'cannot connect to "127.0.0.1:{port}": Connection refused')
        self.expect(2, ["-u", "http://no-such-host.invalid/"], 'no such host: "no-such-host.invalid"')

    def test_a_server_that_never_answers(self):
        for scheme, greeting, stage in (("http", b"", "waiting for an answer from"), ("https", b"", "negotiating TLS with"),
                                        ("http", b"HTTP/1.1 200 OK\r\n\r\nx", "reading the rest of the answer from")):
            with self.subTest(stage=stage), silent(greeting) as port:
                self.expect(3, ["-u", f"{scheme}://127.0.0.1:{port}/", "-t", "0.5"], "timed out after 0.5 s while",
                            f'{stage} "127.0.0.1:{port}"')
                self.expect(2, ["-u", f"{scheme}://127.0.0.1:{port}/", "-t", "0.5", "--timeout-state", "critical"])

    def test_what_is_no_http(self):
        with silent(b"220 mail ESMTP\r\n") as port:
            self.expect(3, ["-u", f"http://127.0.0.1:{port}/"], f'"127.0.0.1:{port}"')
            self.expect(2, ["-u", f"https://127.0.0.1:{port}/"], f'no TLS with "127.0.0.1:{port}"')

    def test_command_lines(self):
        for words, text in (([], "--url"), (["-u", "ftp://a/"], "ftp://a/"), (["-u", "http://a/", "-H", "b"], "--url"),
                            (["-H", "a", "--status", "20x"], "20x"), (["-H", "a", "--status", "300-200"], "300-200"),
                            (["-H", "a", "--status", ""], "--status"), (["-H", "a", "-r", "("], '"("'),
                            (["-H", "a", "-p", "0"], "0"), (["-H", "a", "--follow", "x"], "x"),
                            (["-H", "a", "-w", "10:5"], "10:5"), (["-H", "a", "--nope"], "nope"),
                            (["-H", "a", "--password-file", "/nonexistent/x"], "/nonexistent/x"),
                            (["-H", "a", "-U"], "--user")):
            with self.subTest(words=words):
                result = check(*words)
                self.assertEqual(result.returncode, 3, result.stdout)
                self.assertIn(text, result.stdout)

    def test_the_password_is_wiped_from_the_command_line(self):
        with silent() as port:
            process = subprocess.Popen([CHECK, "-u", f"http://127.0.0.1:{port}/", "-U", "me", "-P", "geheim", "-t", "20"],
                                       stdout=subprocess.DEVNULL)
            try:
                def command_line():
                    with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                        return file.read()

                wait_until(lambda: b"check_http" in command_line() and b"geheim" not in command_line(),
                           what="wiping the password")
            finally:
                process.kill()
                process.wait()


class Nginx(Case):
    """TLS as it is served: names, chains, dates, a UNIX socket."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("http")
        cls.addClassCleanup(cls.place.close)
        cls.ca = make_ca(cls.place)
        blocks = []
        cls.ports = {}
        for name, days, names in (("good", 30, "DNS:www.example.org,IP:127.0.0.1"), ("old", -1, "IP:127.0.0.1"),
                                  ("other", 30, "DNS:other.example.org")):
            certificate, key = make_certificate(cls.place, name, days, names)
            cls.ports[name] = free_port()
            blocks.append(f"""server {{ listen 127.0.0.1:{cls.ports[name]} ssl; ssl_certificate {certificate};
                ssl_certificate_key {key}; return 200 "{name} $ssl_server_name"; }}""")
        cls.socket = cls.place.path / "nginx.sock"
        blocks.append(f'server {{ listen unix:{cls.socket}; return 200 "by socket"; }}')
        start_nginx(cls.place, "\n".join(blocks), cls.ports["good"])

    def url(self, name):
        return f"https://127.0.0.1:{self.ports[name]}/"

    def test_a_certificate_that_verifies(self):
        self.expect(0, ["-u", self.url("good"), "--ca", self.ca, "-s", "good"], " tls=0.", " cert_days=")
        self.expect(0, ["-u", self.url("good"), "--ca", self.ca, "-w", "cert_days=14:"])
        self.expect(1, ["-u", self.url("good"), "--ca", self.ca, "-w", "cert_days=31:", "-c", "cert_days=7:"],
                    "cert days ", "(warning 31:)")

    def test_the_name_goes_out_and_is_verified(self):
        port = self.ports["good"]
        self.expect(0, ["-H", "www.example.org", "-p", str(port), "-S", "--connect-to", "127.0.0.1", "--ca", self.ca, "-s",
                        "good www.example.org"])
        self.expect(2, ["-u", self.url("other"), "--ca", self.ca], "no TLS with", "127.0.0.1")

    def test_verification_is_on(self):
        self.expect(2, ["-u", self.url("good")], "certificate")
        self.expect(2, ["-u", self.url("old"), "--ca", self.ca], "expired")
        self.expect(0, ["-u", self.url("old"), "--insecure"])
        self.expect(2, ["-u", self.url("old"), "--insecure", "-c", "cert_days=0:"], "cert days -")

    def test_a_ca_file_that_cannot_be_read_is_our_own_fault(self):
        self.expect(3, ["-u", self.url("good"), "--ca", "/nonexistent/ca.pem"], "/nonexistent/ca.pem")

    def test_a_unix_socket(self):
        self.expect(0, ["-u", "http://localhost/", "--socket", self.socket, "-s", "by socket"])
        self.expect(2, ["-u", "http://localhost/", "--socket", "/nonexistent.sock"], '"/nonexistent.sock"')


if __name__ == "__main__":
    unittest.main()
