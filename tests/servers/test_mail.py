# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail channel against a real SMTP server in good and in bad manners."""
import base64
import json
import socket
import subprocess
import threading
import time
import unittest

from tests.support import BUILD, Place, free_port, wait_until
from tests.support import smtpd

PROGRAM = BUILD / "channels" / "mail"
LOGIN = ("watchbill", "s3cret pass")


def send(mail, seconds=30, raw=None, **more):
    order = {"id": "p7-alert-1", "from": "watchbill@example.org", "to": "ops@example.org",
             "subject": "PROBLEM web/http CRITICAL", "text": "The check failed.\n", "timeout_ms": 10000, "mail": mail}
    order.update(more)
    order = {key: value for key, value in order.items() if value is not None}
    ended = subprocess.run([PROGRAM], input=raw if raw is not None else json.dumps(order).encode(),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


class Mail(unittest.TestCase):
    def setUp(self):
        self.place = Place("mail")
        self.addCleanup(self.place.close)
        self.password = self.place.write("password", LOGIN[1] + "\n", 0o600)

    def server(self, **more):
        server = smtpd.start(self.place, **more)
        self.addCleanup(server.stop)
        return server

    def settings(self, smtp, login=False, **more):
        mail = {"server": f"127.0.0.1:{smtp.port}", "tls": "required", "ca_file": str(smtp.ca_file)}
        if login:
            mail.update(user=LOGIN[0], password_file=str(self.password))
        mail.update(more)
        return {key: value for key, value in mail.items() if value is not None}

    def expect(self, ended, code, *parts):
        self.assertEqual(ended[0], code, ended)
        self.assertEqual(ended[2], "")
        self.assertEqual(ended[1].count("\n"), 1, ended)
        for part in parts:
            self.assertIn(part, ended[1])
        self.assertNotIn(LOGIN[1], ended[1])

    def nothing_leaked(self, server):
        self.assertEqual(server.messages(), [])
        for word in (b"MAIL", b"AUTH", b"PROBLEM", b"ops@example.org"):
            self.assertNotIn(word, server.plain())


class Delivery(Mail):
    def test_tls_and_login(self):
        server = self.server(auth=LOGIN)
        self.expect(send(self.settings(server, login=True)), 0, 'delivered to "ops@example.org"')
        (message,) = server.messages()
        self.assertEqual(message["from"], "watchbill@example.org")
        self.assertEqual(message["to"], ["ops@example.org"])
        self.assertEqual(message["subject"], "PROBLEM web/http CRITICAL")
        self.assertEqual(message["id"], "p7-alert-1@example.org")
        self.assertEqual(message["text"].replace("\r\n", "\n"), "The check failed.\n")
        self.assertTrue(message["tls"])
        self.assertTrue(message["auth"])
        letter = message["letter"]
        self.assertEqual(letter["Auto-Submitted"], "auto-generated")
        for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version"):
            self.assertEqual(len(letter.get_all(name)), 1, name)
        self.assertNotIn(b"PROBLEM", server.plain())

    def test_an_id_in_angle_brackets_is_the_message_id(self):
        server = self.server()
        identity = "<p7.1.PROBLEM.bob.0123456789abcdef@watchbill>"
        self.expect(send(self.settings(server), id=identity), 0)
        self.assertEqual(server.messages()[0]["letter"]["Message-ID"], identity)
        spool = self.place.path / "spool"
        self.expect(send({"spool": str(spool)}, id=identity), 0)
        self.assertEqual([path.name for path in spool.iterdir()], [identity[1:-1] + ".eml"])

    def test_scheme_before_the_server(self):
        server = self.server()
        self.expect(send(self.settings(server, server=f"smtp://127.0.0.1:{server.port}/")), 0)
        self.assertEqual(len(server.messages()), 1)

    def test_any_text_arrives_unchanged(self):
        server = self.server()
        subject = "RÉPARÉ web/über 🚨 " + "long " * 60
        text = ".\n..dots\n" + "ä€🚨 = \t \n" + "x" * 3000 + "\n\nFrom here\n.\n"
        self.expect(send(self.settings(server), subject=subject, text=text, headers={"X-Kind": "PROBLÈME"}), 0)
        (message,) = server.messages()
        self.assertEqual(message["subject"].strip(), subject.strip())
        self.assertEqual(message["text"].replace("\r\n", "\n"), text)
        self.assertEqual(message["letter"]["X-Kind"], "PROBLÈME")
        self.assertTrue(all(len(line) <= 998 for line in message["raw"].split(b"\r\n")))

    def test_text_hypertext_and_a_picture(self):
        server = self.server()
        picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
        html = '<p>ä \u20ac <img src="cid:x"> --=_related_=</p>\n' + "<br>" * 2000
        text = "--=_alternative_=\nä\n.\n" + "y" * 5000 + "\n"
        self.expect(send(self.settings(server), text=text, html=html, picture=base64.b64encode(picture).decode()), 0)
        (message,) = server.messages()
        letter = message["letter"]
        self.assertEqual([part.get_content_type() for part in letter.walk()],
                         ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"])
        self.assertEqual([part.defects for part in letter.walk()], [[]] * 5)
        plain, hyper, image = (part for part in letter.walk() if not part.is_multipart())
        self.assertEqual(plain.get_content().replace("\r\n", "\n"), text)
        self.assertEqual(hyper.get_content().replace("\r\n", "\n").rstrip("\n"), html)
        self.assertEqual(image.get_content(), picture)
        self.assertRegex(image["Content-ID"], r"^<graph\.p7\.alert\.1[0-9a-f]+@watchbill>$")
        self.assertTrue(image["Content-Disposition"].startswith("inline"))
        self.assertTrue(all(len(line) <= 998 for line in message["raw"].split(b"\r\n")))

    def test_a_picture_that_is_none(self):
        server = self.server()
        self.expect(send(self.settings(server), html="<p>x</p>", picture="no base64"), 2, '"picture" is not base64')
        self.expect(send(self.settings(server), html=7), 2, '"html" is not a text')
        self.assertEqual(server.messages(), [])

    def test_without_tls_only_when_told_so(self):
        server = self.server(tls=False)
        self.expect(send(self.settings(server, tls="none")), 0, "without tls")
        self.assertFalse(server.messages()[0]["tls"])

    def test_a_server_that_comes_back(self):
        server = self.server()
        server.stop()
        self.expect(send(self.settings(server)), 1, "no connection")
        server.start()
        self.expect(send(self.settings(server)), 0)
        self.assertEqual(len(server.messages()), 1)

    def test_many_deliveries_do_not_hang(self):
        server = self.server(auth=LOGIN)
        for number in range(30):
            begin = time.monotonic()
            self.expect(send(self.settings(server, login=True), id=f"m{number}"), 0)
            self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(len(server.messages()), 30)


class Refusals(Mail):
    def test_codes(self):
        for mode, code, part in (("reject", 2, "refused the recipient: 550"),
                                 ("reject_sender", 2, "refused the sender: 553"),
                                 ("reject_data", 2, "refused the message: 554"),
                                 ("tempfail", 1, "refused the recipient: 451"),
                                 ("refuse", 1, "421"), ("drop", 1, "broke off")):
            with self.subTest(mode):
                server = self.server(mode=mode)
                self.expect(send(self.settings(server)), code, part)
                self.assertEqual(server.messages(), [])

    def test_a_reply_with_control_characters_is_one_sentence(self):
        server = self.server(mode="echo")
        ended = send(self.settings(server))
        self.expect(ended, 1, "refused the sender: 451")
        self.assertTrue(ended[1][:-1].isprintable())

    def test_hangs_end_in_time(self):
        for mode, part in (("hang", "waiting for its greeting"), ("hang_data", "handing over the message")):
            with self.subTest(mode):
                server = self.server(mode=mode)
                begin = time.monotonic()
                ended = send(self.settings(server), timeout_ms=1500)
                self.assertLess(time.monotonic() - begin, 6)
                self.assertEqual(ended[0], 1)
                self.assertEqual(server.messages(), [])

    def test_a_connect_that_hangs(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            fillers = [socket.socket() for _ in range(8)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
            begin = time.monotonic()
            ended = send({"server": f"127.0.0.1:{port}", "tls": "none"}, timeout_ms=1200)
            self.assertLess(time.monotonic() - begin, 6)
            self.expect(ended, 1, "connecting")
            for filler in fillers:
                filler.close()

    def test_a_server_that_talks_rubbish(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()

            def talk():
                client, _ = listener.accept()
                with client:
                    client.sendall(b"\x00\xff" * 5000 + b"\r\n220-" + b"a" * 70000)
            thread = threading.Thread(target=talk, daemon=True)
            thread.start()
            self.expect(send({"server": f"127.0.0.1:{listener.getsockname()[1]}"}, timeout_ms=3000), 1)
            thread.join(5)

    def test_nobody_listens(self):
        self.expect(send({"server": f"127.0.0.1:{free_port()}"}), 1, "no connection to the mail server")

    def test_no_such_host(self):
        self.expect(send({"server": "no-such-host.invalid:25"}, timeout_ms=5000), 1, "no-such-host.invalid")


class Trust(Mail):
    def test_no_starttls(self):
        server = self.server(tls=False)
        self.expect(send(self.settings(server)), 1, "offers no tls")
        self.nothing_leaked(server)

    def test_certificates(self):
        for cert, part in (("wrong", "IP address mismatch"), ("expired", "expired")):
            with self.subTest(cert):
                server = self.server(cert=cert, auth=LOGIN)
                self.expect(send(self.settings(server, login=True)), 1, "certificate", part)
                self.nothing_leaked(server)

    def test_the_name_is_compared_as_configured(self):
        server = self.server(cert="wrong")
        self.expect(send(self.settings(server, server=f"localhost:{server.port}")), 1, "ostname mismatch")
        self.nothing_leaked(server)
        good = self.server()
        self.expect(send(self.settings(good, server=f"localhost:{good.port}")), 0)

    def test_an_unknown_authority(self):
        server = self.server()
        self.expect(send(self.settings(server, ca_file=None)), 1, "certificate", "not accepted")
        self.nothing_leaked(server)

    def test_an_unusable_authority_file(self):
        server = self.server()
        for name, text in (("empty.pem", ""), ("rubbish.pem", "no certificate")):
            path = self.place.write(name, text)
            self.expect(send(self.settings(server, ca_file=str(path))), 1, name)
        self.expect(send(self.settings(server, ca_file=str(self.place.path / "none"))), 1, "none")
        self.assertEqual(server.plain(), b"")


class Login(Mail):
    def test_a_wrong_password_sends_nothing(self):
        server = self.server(auth=(LOGIN[0], "another"))
        self.expect(send(self.settings(server, login=True)), 1, "refused the login", "(535)")
        self.assertEqual(server.messages(), [])

    def test_no_login_offered_sends_nothing(self):
        server = self.server(auth=LOGIN, offer_auth=False)
        self.expect(send(self.settings(server, login=True)), 1, "offers no login")
        self.assertEqual(server.messages(), [])

    def test_the_server_wants_a_login_that_is_not_configured(self):
        server = self.server(auth=LOGIN)
        self.expect(send(self.settings(server)), 1, "530")
        self.assertEqual(server.messages(), [])

    def test_a_password_never_goes_without_tls(self):
        server = self.server(auth=LOGIN, tls=False)
        self.expect(send(self.settings(server, login=True, tls="none")), 1, "never sent without tls")
        self.assertEqual(server.plain(), b"")

    def test_password_files(self):
        server = self.server(auth=LOGIN)
        empty = self.place.write("empty", "\n")
        for path in (self.place.path / "missing", empty, self.place.path):
            self.expect(send(self.settings(server, login=True, password_file=str(path))), 1, str(path))
        self.assertEqual(server.plain(), b"")


class Messages(Mail):
    def test_what_can_never_be_sent(self):
        spool = {"spool": str(self.place.path / "spool")}
        for name, more in (("to", {"to": "ops@example.org\r\nRCPT TO:<x@y>"}), ("to", {"to": "ops"}),
                           ("to", {"to": ""}), ("to", {"to": None}), ("to", {"to": ["a@b"]}),
                           ("from", {"from": "x@y\n"}), ("Subject", {"subject": "a\r\nBcc: x@y"}),
                           ("Bcc", {"headers": {"Bcc": "x@y"}}), ("control", {"headers": {"X-A": "b\nc"}}),
                           ("headers", {"headers": []}), ("headers", {"headers": {f"X-{n}": "a" for n in range(40)}}),
                           ("id", {"id": ""}), ("id", {"id": 7}), ("text", {"text": None})):
            with self.subTest(more):
                self.expect(send(spool, **more), 2, name)
        self.assertFalse((self.place.path / "spool").exists())

    def test_hostile_input(self):
        for raw in (b"", b"{", b"[]", b"null", b"\x00" * 100, b"\xff\xfe", b'{"id":"\\u0000"}', b"[" * 100000,
                    b'{"id":"a","id":"b"}', b"x" * (5 << 20)):
            with self.subTest(raw[:10]):
                self.expect(send({}, raw=raw), 2)

    def test_settings_that_a_person_can_mend(self):
        for mail in (None, {}, [], {"server": ""}, {"server": "host:0"}, {"server": "host:99999"}, {"server": ":25"},
                     {"server": "ho st:25"}, {"server": "[::1]:25"}, {"server": "a@b:25"}, {"server": 25},
                     {"server": "h:25", "tls": "maybe"}, {"server": "h:25", "user": "u"}, {"spool": 1}):
            with self.subTest(mail):
                self.expect(send(mail), 1)


class Spool(Mail):
    def test_one_file_a_message_named_by_its_id(self):
        spool = self.place.path / "var" / "mail"
        for number in (1, 2, 1):
            self.expect(send({"spool": str(spool)}, id=f"m{number}", subject=f"subject {number}"), 0, str(spool))
        self.assertEqual(sorted(path.name for path in spool.iterdir()), ["m1.eml", "m2.eml"])
        self.assertIn("\r\nSubject: subject 1\r\n", (spool / "m1.eml").read_bytes().decode())
        self.assertEqual((spool / "m1.eml").stat().st_mode & 0o777, 0o640)

    def test_an_id_never_leaves_the_folder(self):
        spool = self.place.path / "spool"
        for identity in ("../../up", "/etc/x", ".hidden", "a/b", "ü" * 60):
            self.expect(send({"spool": str(spool)}, id=identity), 0)
        self.assertEqual(len(list(spool.iterdir())), 5)
        self.assertEqual([path for path in self.place.path.iterdir() if path.name not in ("spool", "password")], [])

    def test_a_folder_that_cannot_be_written(self):
        blocked = self.place.write("file", "x")
        self.expect(send({"spool": str(blocked / "spool")}), 1, "cannot be made")


class Secrets(Mail):
    def test_not_in_the_process_list_or_readable(self):
        server = self.server(auth=LOGIN, mode="hang_data")
        process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        order = {"id": "a", "from": "a@b", "to": "c@d", "subject": "s", "text": "t", "timeout_ms": 4000,
                 "mail": self.settings(server, login=True)}
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()
        wait_until(lambda: b"STARTTLS" in server.plain())
        with open(f"/proc/{process.pid}/limits") as limits:
            core = next(line for line in limits if line.startswith("Max core file size"))
        self.assertEqual(core.split()[4], "0")
        with open(f"/proc/{process.pid}/cmdline", "rb") as words:
            self.assertNotIn(LOGIN[1].encode(), words.read())
        said = process.stdout.read().decode()
        process.stdout.close()
        self.assertEqual(process.wait(20), 1)
        self.assertNotIn(LOGIN[1], said)


if __name__ == "__main__":
    unittest.main()
