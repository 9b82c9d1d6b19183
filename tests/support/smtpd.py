# SPDX-License-Identifier: GPL-3.0-or-later
"""A real SMTP server (aiosmtpd) with STARTTLS under a private authority, AUTH, and ways to misbehave.

    server = smtpd.start(place, auth=("watchbill", "secret"))
    ... server.port, server.ca_file, server.messages() ...
    server.stop(); server.start()        # again on the same port, with the same certificate
"""
import asyncio
import email
import email.policy
import logging
import ssl
import threading

from aiosmtpd.smtp import SMTP, AuthResult

from tests.support import run

logging.getLogger("mail").setLevel(logging.CRITICAL + 1)   # failed handshakes are what is tested
MODES = ("ok", "reject", "reject_sender", "reject_data", "tempfail", "hang", "hang_data", "drop", "refuse", "echo")


def authority(place):
    """A private certificate authority in the place; made once."""
    key, ca_file = place.path / "ca.key", place.path / "ca.pem"
    if not ca_file.exists():
        made = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-keyout", key, "-out", ca_file, "-days", "30", "-subj", "/CN=test authority"])
        assert made.returncode == 0, made.stderr
    return ca_file


def certificate(place, name="good"):
    """A server's certificate and key: "good" for 127.0.0.1 and localhost, "wrong" for another name, "expired"."""
    ca_file = authority(place)
    cert, key, request = (place.path / f"{name}.{end}" for end in ("pem", "key", "csr"))
    if cert.exists():
        return cert, key
    names = "DNS:mail.example.org,IP:192.0.2.1" if name == "wrong" else "DNS:localhost,IP:127.0.0.1"
    extensions = place.write(f"{name}.ext", f"subjectAltName={names}\n")
    made = run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out", request, "-subj", "/CN=mail.test"])
    assert made.returncode == 0, made.stderr
    if name == "expired":
        for file, text in (("index.txt", ""), ("serial", "01\n")):
            place.write(f"ca/{file}", text)
        config = place.write("ca/ca.cnf", "[ca]\ndefault_ca=one\n[one]\ndatabase=%(d)s/index.txt\nserial=%(d)s/serial\n"
                             "new_certs_dir=%(d)s\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n"
                             % {"d": place.path / "ca"})
        made = run(["openssl", "ca", "-batch", "-notext", "-config", config, "-cert", ca_file, "-keyfile",
                    place.path / "ca.key", "-in", request, "-out", cert, "-extfile", extensions,
                    "-startdate", "20200101000000Z", "-enddate", "20200102000000Z"])
    else:
        made = run(["openssl", "x509", "-req", "-in", request, "-CA", ca_file, "-CAkey", place.path / "ca.key",
                    "-CAcreateserial", "-days", "20", "-extfile", extensions, "-out", cert])
    assert made.returncode == 0, made.stderr
    return cert, key


class _Protocol(SMTP):
    """Notes what comes before TLS, and may never greet."""

    def __init__(self, owner, **more):
        self.owner = owner
        super().__init__(owner, **more)

    def connection_made(self, transport):
        if transport.get_extra_info("sslcontext") is None:
            self.owner._transports.add(transport)
        super().connection_made(transport)

    def data_received(self, data):
        if self._tls_protocol is None:
            self.owner._plain.append(data)
        super().data_received(data)

    async def _handle_client(self):
        if self.owner.mode == "hang":
            await asyncio.Event().wait()
        if self.owner.mode == "refuse":
            await self.push("421 4.3.2 too busy")
            self.transport.close()
            return
        await super()._handle_client()


class Server:
    def __init__(self, place, auth=None, tls=True, mode="ok", cert="good", offer_auth=True):
        assert mode in MODES
        self.place, self.auth, self.tls, self.mode, self.offer_auth = place, auth, tls, mode, offer_auth
        self.ca_file = authority(place)
        self.cert = cert
        self.port = 0
        self._messages, self._plain, self._transports = [], [], set()
        self._thread = None

    # ---- aiosmtpd's hooks ----

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "reject":
            return "550 5.1.1 no such user here"
        if self.mode == "tempfail":
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mode == "reject_sender":
            return "553 5.1.8 sender unknown"
        if self.mode == "echo":
            return "451 4.0.0 \x07bell\x1b[31m " + "x" * 300
        envelope.mail_from = address
        return "250 2.1.0 sender ok"

    async def handle_DATA(self, server, session, envelope):
        if self.mode == "reject_data":
            return "554 5.7.1 looks like spam"
        if self.mode == "hang_data":
            await asyncio.Event().wait()
        if self.mode == "drop":
            server.transport.abort()
            return "250 never seen"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self._messages.append({
            "from": envelope.mail_from, "to": list(envelope.rcpt_tos), "subject": str(letter["Subject"]),
            "id": str(letter["Message-ID"]).strip("<>"), "text": letter.get_body(("plain",)).get_content(),
            "tls": session.ssl is not None, "auth": bool(session.authenticated), "letter": letter,
            "raw": envelope.original_content})
        return "250 2.0.0 taken"

    def _login(self, server, session, envelope, mechanism, data):
        good = self.auth and (data.login, data.password) == tuple(word.encode() for word in self.auth)
        return AuthResult(success=bool(good), handled=False)

    def _protocol(self):
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate(self.place, self.cert))
        return _Protocol(self, hostname="mail.test", tls_context=context, loop=self._loop,
                         authenticator=self._login if self.auth and self.offer_auth else None,
                         auth_required=bool(self.auth and self.offer_auth),
                         auth_exclude_mechanism=() if self.auth and self.offer_auth else ("LOGIN", "PLAIN"))

    # ---- for tests ----

    def start(self):
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()

        def serve():
            asyncio.set_event_loop(self._loop)
            self._listener = self._loop.run_until_complete(
                self._loop.create_server(self._protocol, "127.0.0.1", self.port))
            self.port = self._listener.sockets[0].getsockname()[1]
            ready.set()
            self._loop.run_forever()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
                self._loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
            self._loop.close()

        if self.tls:
            certificate(self.place, self.cert)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        assert ready.wait(10), "the mail server did not start"
        return self

    def stop(self):
        def end():
            self._listener.close()
            for transport in self._transports:
                transport.abort()
            self._transports.clear()
            self._loop.call_soon(self._loop.stop)

        if self._thread:
            self._loop.call_soon_threadsafe(end)
            self._thread.join(10)
            self._thread = None

    def messages(self):
        """What was taken: dicts of from, to, subject, id (Message-ID without its brackets), text, tls, auth."""
        return list(self._messages)

    def plain(self):
        """Every byte that came outside TLS."""
        return b"".join(self._plain)


def start(place, auth=None, tls=True, **more):
    return Server(place, auth=auth, tls=tls, **more).start()
