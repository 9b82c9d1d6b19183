# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and the API off loopback: TLS, and a token for whoever is not sent by a signed link. All of it runs in
a network of its own, where a server can listen at an address that is not loopback."""
import hashlib
import hmac
import json
import os
import re
import socket
import ssl
import unittest

from tests.support import BUILD, Place, network, run, wait_until
from tests.support.daemon import Watch

ADDRESS = "192.0.2.77"
SITE = """mail: {from: watchbill@example.org, spool: ../var/mail}
url: https://w.example.org/
tokens_file: tokens
tls: {certificate: tls/cert.pem, key: tls/key.pem}"""
SERVICE = """service: s
hosts: {a: {}}
checks:
  one: {attempts: 1, alert: {groups: [g]}}
  load: {command: [check_load, -w, "", -c, ""], every: 1s}
"""
USERS = """users: {bob: {contacts: {alert: [{mail: bob@example.org}]}}}
groups: {g: {rota: [{users: [bob]}]}}
"""
TOKEN = "0123456789abcdef0123"
EVERYTHING = ("/", "/healthz", "/metrics", "/api/v1/status", "/api/v1/checks/a/one", "/api/v1/none", "/none", "/graph/a/load.svg")


def setUpModule():
    try:
        network.alone_with(ADDRESS)
    except OSError as why:
        raise unittest.SkipTest(f"no network namespace: {why}") from why


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("tlspage")
        cls.addClassCleanup(cls.place.close)
        cls.issue(cls.place.path, "first", ADDRESS)
        cls.issue(cls.place.path, "second", ADDRESS)

    @staticmethod
    def issue(folder, name, address):
        """NAME.pem and NAME.key: a certificate of its own authority, for that address."""
        done = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "5",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address},IP:127.0.0.1", "-keyout",
                    folder / f"{name}.key", "-out", folder / f"{name}.pem"])
        assert done.returncode == 0, done.stderr
        (folder / f"{name}.key").chmod(0o640)

    def setUp(self):
        self.site = Place("tlspage")
        self.addCleanup(self.site.close)
        self.watch = Watch(self.site, SITE)
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.write("tokens", f"prometheus {TOKEN}\n").chmod(0o640)
        self.show("first")

    def listen(self, address):
        text = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", re.sub(r"listen: \S+", f"listen: {address}:0", text))

    def show(self, certificate, key=None):
        """Puts a pair where the scheduler reads it, each as certbot would: a new file under the old name."""
        (self.watch.conf / "tls").mkdir(exist_ok=True)
        for source, name in ((f"{certificate}.pem", "cert.pem"), (f"{key or certificate}.key", "key.pem")):
            new = self.watch.conf / "tls/new"
            new.write_bytes((self.place.path / source).read_bytes())
            new.chmod(0o640)
            os.rename(new, self.watch.conf / "tls" / name)

    def curl(self, path, *words, address=ADDRESS, authority="first", scheme="https", seconds=10):
        url = f"{scheme}://{address}:{self.watch.port()}{path}"
        done = run(["curl", "-sS", "-m", str(seconds), "--noproxy", "*", "--cacert", self.place.path / f"{authority}.pem",
                    "-w", "\n%{http_code}", "-D", "-", *words, url], seconds + 5)
        text = done.stdout.replace("\r", "")
        return done.returncode, int(text.rsplit("\n", 1)[1] or 0), text + done.stderr

    def shown(self, address="127.0.0.1"):
        """The name in the certificate that is shown to a new connection."""
        got = ssl.get_server_certificate((address, self.watch.port()), timeout=10)
        done = run(["openssl", "x509", "-noout", "-subject", "-in", self.site.write("got.pem", got)])
        return done.stdout.split("CN = ")[1].strip()


class Loopback(Page):
    """TLS without tokens: what is on loopback stays open to look at."""

    def health(self, authority="first"):
        code, _, text = self.curl("/healthz", address="127.0.0.1", authority=authority)
        self.assertEqual(code, 0, text)
        return json.loads(re.search(r"^\{.*\}$", text, re.M).group(0))

    def test_tls_without_tokens(self):
        self.watch.start()
        self.assertIn("the page is at https://127.0.0.1:", self.watch.log())
        self.assertEqual(self.curl("/", address="127.0.0.1")[:2], (0, 200))
        code, _, text = self.curl("/", address="127.0.0.1", authority="second")
        self.assertEqual(code, 60, text)
        self.assertEqual(self.curl("/api/v1/results", "-d", "{}", address="127.0.0.1")[1], 401)

    def test_old_protocols_and_plain_http_are_refused(self):
        self.watch.start()
        for word, code in (("--tlsv1.2", 0), ("--tlsv1.3", 0)):
            self.assertEqual(self.curl("/", word, "--tls-max", word[-3:], address="127.0.0.1")[0], code)
        for version in ("-tls1", "-tls1_1"):
            done = run(["openssl", "s_client", version, "-cipher", "ALL:@SECLEVEL=0", "-connect",
                        f"127.0.0.1:{self.watch.port()}"])
            self.assertNotEqual(done.returncode, 0)
            self.assertRegex(done.stderr, "unexpected eof|alert protocol version")  # not refused by the client
            self.assertIn("Cipher is (NONE)", done.stdout)
        done = run(["openssl", "s_client", "-tls1_2", "-cipher", "kRSA", "-connect", f"127.0.0.1:{self.watch.port()}"])
        self.assertNotEqual(done.returncode, 0)
        code, status, text = self.curl("/", address="127.0.0.1", scheme="http")
        self.assertNotEqual(code, 0)
        self.assertEqual(status, 0, text)
        self.assertEqual(self.curl("/", address="127.0.0.1")[:2], (0, 200))

    def test_a_renewed_certificate_is_taken_up(self):
        self.watch.start()
        self.assertEqual(self.shown(), "first")
        kept = socket.create_connection(("127.0.0.1", self.watch.port()), 10)
        context = ssl.create_default_context(cafile=self.place.path / "first.pem")
        with kept, context.wrap_socket(kept, server_hostname="127.0.0.1") as old:
            self.show("second")
            wait_until(lambda: self.shown() == "second", what="the new certificate")
            self.assertIn("the changed certificate is in use", self.watch.log())
            old.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(b"200 OK", old.recv(4096))

    def test_one_that_cannot_be_used_leaves_the_old(self):
        self.watch.start()
        for certificate, key, sentence in (("second", "first", "does not fit the key"), ("first", "second", "does not fit the key")):
            self.show(certificate, key)
            wait_until(lambda: self.health()["status"] == "degraded", what="the degraded state")
            self.assertIn(sentence, self.health()["reason"])
            self.assertIn("the certificate before stays in use", self.health()["reason"])
            self.assertEqual(self.shown(), "first")
            self.show("first")
            wait_until(lambda: self.health()["status"] == "ok", what="the end of it")
        (self.watch.conf / "tls/cert.pem").unlink()
        wait_until(lambda: "cannot be read" in self.health().get("reason", ""), what="the reason")
        self.assertIn(f'"{self.watch.conf}/tls/cert.pem"', self.health()["reason"])
        self.show("second")
        wait_until(lambda: self.shown() == "second", what="the new certificate")
        self.assertEqual(self.health("second")["status"], "ok")

    def test_a_start_with_what_cannot_be_used(self):
        tls = self.watch.conf / "tls"
        both = (self.place.path / "first.pem").read_bytes()
        for spoil, sentence in (
                (lambda: (tls / "cert.pem").unlink(), 'the certificate "{}/cert.pem" cannot be read: No such file'),
                (lambda: (tls / "key.pem").unlink(), 'the key "{}/key.pem" cannot be read: No such file'),
                (lambda: (tls / "key.pem").chmod(0o644), '"{}/key.pem" is open to everyone: chmod o= it'),
                (lambda: (tls / "cert.pem").write_bytes(b""), 'the certificate "{}/cert.pem" is not taken'),
                (lambda: (tls / "cert.pem").write_bytes(both[:200]), 'the certificate "{}/cert.pem" is not taken'),
                (lambda: (tls / "cert.pem").write_bytes(os.urandom(5000)), 'the certificate "{}/cert.pem" is not taken'),
                (lambda: (tls / "cert.pem").write_bytes(b"x" * (2 << 20)), 'the certificate "{}/cert.pem" is no file of'),
                (lambda: (tls / "key.pem").write_bytes(both), 'the key "{}/key.pem" is not taken'),
                (lambda: self.show("second", "first"), 'the certificate "{0}/cert.pem" does not fit the key "{0}/key.pem"')):
            self.show("first")
            spoil()
            before = len(self.watch.log())
            self.watch.start(ready=False)
            self.assertEqual(self.watch.process.wait(20), 3, self.watch.log()[before:])
            self.assertIn(sentence.format(tls), self.watch.log()[before:])
        self.assertNotIn("PRIVATE", self.watch.log())

    def test_slow_handshakes_keep_nobody_waiting(self):
        self.watch.start()
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
        slow = [socket.create_connection(("127.0.0.1", self.watch.port()), 10) for _ in range(100)]
        self.addCleanup(lambda: [one.close() for one in slow])
        for number, one in enumerate(slow):
            one.sendall(hello[:number % len(hello)])
        count = self.results()
        wait_until(lambda: self.results() >= count + 3, what="three more results")
        self.assertEqual(self.curl("/", address="127.0.0.1")[:2], (0, 200))

    def results(self):
        _, _, text = self.curl("/metrics", address="127.0.0.1")
        late = float(re.search(r"^watchbill_schedule_lateness_max_seconds (\S+)", text, re.M).group(1))
        self.assertLess(late, 2)
        return int(re.search(r"^watchbill_results_total (\d+)", text, re.M).group(1))


class OffLoopback(Page):
    def setUp(self):
        super().setUp()
        self.listen(ADDRESS)

    def test_without_tls_it_is_an_error(self):
        text = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", re.sub(r"tls: .*", "", text))
        done = self.watch.command("config", "check")
        self.assertEqual(done.returncode, 1)
        self.assertIn('watchbill.yaml:2:9: "listen" is not on loopback: add "tls: {certificate: FILE, key: FILE}"',
                      done.stdout + done.stderr)

    def test_everything_needs_a_token(self):
        self.watch.start()
        for path in EVERYTHING:
            with self.subTest(path):
                for words in ((), ("-H", "Authorization: Bearer x"), ("-H", f"Authorization: Bearer {TOKEN}4"),
                              ("-u", "any:wrong"), ("-u", f"{TOKEN}:"), ("-H", "Authorization: Basic ///"), ("-I",)):
                    code, status, text = self.curl(path, *words)
                    self.assertEqual((code, status), (0, 401), text)
                    self.assertIn('WWW-Authenticate: Basic realm="watchbill", charset="UTF-8"\n', text)
                    self.assertIn('WWW-Authenticate: Bearer realm="watchbill"\n', text)
                    if not words:
                        self.assertIn("a token is needed", text)
                    self.assertNotIn("a/one", text.split("\n\n", 1)[1])
                for words in (("-H", f"Authorization: Bearer {TOKEN}"), ("-u", f"any one:{TOKEN}")):
                    self.assertNotIn(self.curl(path, *words)[1], (0, 401, 403))
        self.assertEqual(self.curl("/", "-u", f"me:{TOKEN}")[1], 200)
        self.assertNotIn(TOKEN, self.watch.log())

    def test_check_cluster_has_a_token(self):
        self.watch.start()
        token = self.site.write("token", TOKEN + "\n")
        check = [BUILD / "checks/check_cluster", "--url", f"https://{ADDRESS}:{self.watch.port()}/", "-k", "a/load",
                 "--ca-file", self.place.path / "first.pem"]
        self.watch.wait_state("a/load", "OK")
        done = run([*check, "--token-file", token])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 of 1 checks OK", done.stdout)
        self.assertIn("status 401", run(check).stdout)
        self.assertIn("No such file", run([*check, "--token-file", "/absent"]).stdout)

    def test_basic_is_for_looking_only(self):
        self.watch.start()
        result = json.dumps({"check": "a/one", "exit": 2, "text": "x"})
        code, status, text = self.curl("/api/v1/results", "-u", f"me:{TOKEN}", "-d", result)
        self.assertEqual((code, status), (0, 401), text)
        self.assertIn("a bearer token is needed", text)
        self.assertNotIn("WWW-Authenticate: Basic", text)
        self.assertEqual(self.watch.status("a/one")["state"], "PENDING")
        code, status, text = self.curl("/api/v1/results", "-H", f"Authorization: Bearer {TOKEN}", "-d", result)
        self.assertEqual((code, status), (0, 200), text)
        self.watch.wait_state("a/one", "CRITICAL")

    def test_a_signed_link_is_its_own_right(self):
        self.watch.start()
        self.watch.command("submit", "a/one", "2", "broken")
        mail = wait_until(self.watch.mails, what="the mail")[-1].get_body(("plain",)).get_content()
        path = re.search(r"https://w\.example\.org(/acknowledge\?\S+)", mail).group(1)
        self.assertIn("Acknowledge as bob", self.curl(path)[2])
        self.assertEqual(self.curl(path[:-1] + ("0" if path[-1] != "0" else "1"))[1], 403)
        self.assertEqual(self.curl(path.replace("acknowledge", "api/v1/status"))[1], 401)
        self.assertIn("acknowledged by bob", self.curl(path, "-d", "comment=me")[2])

    def test_the_webhook_of_a_tracker_is_its_own_right(self):
        secret = "0123456789abcdef"
        self.watch.write("secret", secret + "\n").chmod(0o600)
        self.watch.write("remediations.yaml", "trackers: {GH: {type: github, url: 'https://127.0.0.1:1/o/r', "
                         "webhook_secret_file: secret}}\n")
        self.watch.start()
        good = hmac.new(secret.encode(), b"{}", hashlib.sha256).hexdigest()
        for name, sign, status in (("GH", good, 202), ("GH", "0" * 64, 403), ("NO", good, 403), ("GH", "", 403)):
            code, got, text = self.curl(f"/hooks/{name}", "-d", "{}", "-H", f"X-Hub-Signature-256: sha256={sign}")
            self.assertEqual((code, got), (0, status), text)

    def test_a_token_that_is_taken_away(self):
        self.watch.start()
        self.assertEqual(self.curl("/", "-u", f"me:{TOKEN}")[1], 200)
        self.watch.write("tokens", "other abcdefghijklmnopqrst\n")
        self.assertEqual(self.curl("/", "-u", f"me:{TOKEN}")[1], 401)
        self.assertEqual(self.curl("/", "-u", "me:abcdefghijklmnopqrst")[1], 200)

    def test_a_reload_to_loopback_opens_nothing(self):
        self.watch.start()
        self.listen("127.0.0.1")
        text = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", re.sub(r"tls: .*|tokens_file: .*", "", text))
        wait_until(lambda: "take effect at the next start" in self.watch.log(), what="the reload")
        code, status, text = self.curl("/")
        self.assertEqual((code, status), (0, 403), text)
        self.assertIn("a token is needed to see this", text)

    def test_one_address_does_not_take_all_connections(self):
        self.watch.start()
        address = (ADDRESS, self.watch.port())
        slow = [socket.create_connection(address, 10, ("127.0.0.2", 0)) for _ in range(400)]
        self.addCleanup(lambda: [one.close() for one in slow])
        self.assertEqual(self.curl("/", "-u", f"me:{TOKEN}")[:2], (0, 200))

    def test_bodies_of_strangers_are_not_kept(self):
        self.watch.start()
        body = self.site.write("body", b"x" * 1500000)
        code, status, _ = self.curl("/api/v1/results", "-H", "Expect:", "--data-binary", f"@{body}")
        self.assertEqual((code, status), (0, 401))


if __name__ == "__main__":
    unittest.main()
