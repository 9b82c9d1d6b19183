# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that mean harm, on loopback: each takes connections in threads and treats every one in the same way. A way
is a function of the connection (or of a datagram); waiting in it ends when the server is closed."""
import contextlib
import json
import random
import select
import socket
import struct
import threading
import zlib

# What must reach no line: a pipe, newlines, NUL, an escape of a terminal in seven and in eight bits, a bell, bytes that
# are no UTF-8, a surrogate and an overlong slash.
EVIL = b"e|t='1'\n\r\x00\x1b[31mred\x1b]0;t\x07\xc2\x9b\x7f\xff\xfe\xed\xa0\x80\xc0\xaf\xe2\x80\xae OK - | t=0;;;"
EVIL_TEXT = "e|t='1'\n\r\x00\x1b[31mred\x1b]0;t\x07\u009b\x7f\u202e OK - | t=0;;;"
# The same for places where a NUL would end the text or a newline the field.
EVIL_WORD = EVIL.replace(b"\n", b"").replace(b"\r", b"").replace(b"\x00", b"")
BLOCK = 65536
GIGABYTE = 1 << 30


class Gone(Exception):
    """The client left, or the server is being closed."""


class Peer:
    """One connection of a client."""

    def __init__(self, link, ended):
        self.link, self.ended = link, ended

    def send(self, data):
        """All of it, unless the client leaves."""
        view = memoryview(data)
        try:
            while len(view):
                if self.ended.is_set():
                    raise Gone
                if select.select([], [self.link], [], 0.1)[1]:
                    view = view[self.link.send(view):]
        except OSError:
            raise Gone from None

    def receive(self, most=BLOCK):
        try:
            while not self.ended.is_set():
                if select.select([self.link], [], [], 0.1)[0]:
                    data = self.link.recv(most)
                    if not data:
                        raise Gone
                    return data
        except OSError:
            raise Gone from None
        raise Gone

    def exactly(self, count):
        data = b""
        while len(data) < count:
            data += self.receive(count - len(data))
        return data

    def hold(self):
        """Until the client leaves."""
        while True:
            self.receive()

    def flood(self, block, most=GIGABYTE):
        for _ in range(most // len(block)):
            self.send(block)

    def reset(self):
        with contextlib.suppress(OSError):
            self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Server:
    """On a TCP port, or on the UNIX socket ${path}."""

    def __init__(self, way, path=None):
        self.way, self.ended = way, threading.Event()
        self.listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self.listener.bind(str(path) if path else ("127.0.0.1", 0))
        self.listener.listen(32)
        self.port = None if path else self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while not self.ended.is_set():
            try:
                if not select.select([self.listener], [], [], 0.1)[0]:
                    continue
                link = self.listener.accept()[0]
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(link,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, link):
        with link, contextlib.suppress(Gone):
            self.way(Peer(link, self.ended))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in list(self.threads):
            thread.join(5)
        self.listener.close()


class Datagrams:
    """On a UDP port; a way gives the answers to one request."""

    def __init__(self, way):
        self.way, self.ended = way, threading.Event()
        self.link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.link.bind(("127.0.0.1", 0))
        self.port = self.link.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.ended.is_set():
            if not select.select([self.link], [], [], 0.1)[0]:
                continue
            request, client = self.link.recvfrom(BLOCK)
            if not request:  # only a knock, to hear of a closed port
                continue
            for answer in self.way(request):
                with contextlib.suppress(OSError):
                    self.link.sendto(answer, client)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(5)
        self.link.close()


# Ways that suit any protocol.

def close(peer):
    pass


def reset(peer):
    peer.receive()
    peer.reset()


def reset_at_once(peer):
    peer.reset()


def silence(peer):
    peer.hold()


def drip(peer):
    """One byte a second, for ever."""
    while True:
        peer.send(b"H")
        with contextlib.suppress(OSError):
            if peer.ended.wait(1):
                return


def flood(peer):
    peer.flood(b"A" * BLOCK)


def lines(peer):
    peer.flood(b"200 line\r\n" * 4096)


def nuls(peer):
    peer.flood(bytes(BLOCK), 16 << 20)


def garbage(peer):
    peer.send(random.Random(7).randbytes(100000))


def text(peer):
    peer.send(EVIL + b"\r\n")


def text_after_question(peer):
    peer.receive()
    peer.send(EVIL + b"\r\n")


RAW = {way.__name__: way for way in (close, reset, reset_at_once, silence, drip, flood, lines, nuls, garbage, text,
                                     text_after_question)}


# HTTP

def http(head, body=b"", status=b"200 OK", more=None):
    """A way that answers each question with this, then does ${more}."""

    def way(peer):
        while True:
            question = b""
            while b"\r\n\r\n" not in question:
                question += peer.receive()
            peer.send(b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n")
            peer.send(body)
            if more:
                more(peer)
                return
    return way


def sized(body, kind=b"text/plain", status=b"200 OK"):
    return http(b"Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body)), body, status)


def chunks(peer):
    peer.flood(b"10000\r\n" + b"B" * BLOCK + b"\r\n")


def bomb(encoding, wbits):
    """A compressed stream of zeros whose repeated block is 1 MiB of them in some 1 KiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    begin = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return http(b"Content-Encoding: " + encoding + b"\r\nContent-Length: 1000000\r\n", begin,
                more=lambda peer: peer.flood(block, 1000000 - len(begin)))


def endless_header(peer):
    peer.flood(b"X-Long: " + b"h" * 8000 + b"\r\n")


def long_header(peer):
    peer.flood(b"h" * BLOCK)


def redirects(peer):
    """Round and round, by a longer address each time."""
    count = 0
    while True:
        peer.receive()
        count += 1
        peer.send(b"HTTP/1.1 302 " + EVIL_WORD + b"\r\nLocation: /%s?%d\r\nContent-Length: 0\r\n\r\n"
                  % (b"x" * count, count))


HTTP = {
    "endless_headers": lambda peer: (peer.send(b"HTTP/1.1 200 OK\r\n"), endless_header(peer)),
    "long_header": lambda peer: (peer.send(b"HTTP/1.1 200 OK\r\nX: "), long_header(peer)),
    "gigabyte": http(b"Content-Length: %d\r\n" % GIGABYTE, more=flood),
    "until_close": http(b"Connection: close\r\n", more=flood),
    "chunked": http(b"Transfer-Encoding: chunked\r\n", more=chunks),
    "bad_chunk": http(b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n" + EVIL, more=close),
    "slow_body": http(b"Content-Length: 100000\r\n", more=drip),
    "wrong_length": http(b"Content-Length: -5\r\n", b"abc", more=close),
    "two_lengths": http(b"Content-Length: 4\r\nContent-Length: 900\r\n", b"abcd", more=close),
    "half": http(b"Content-Length: 5000\r\n", b'{"nodes":[{"name":"', more=close),
    "gzip_bomb": bomb(b"gzip", 31),
    "deflate_bomb": bomb(b"deflate", 15),
    "redirects": redirects,
    "redirect_to_file": http(b"Location: file:///etc/passwd\r\nContent-Length: 0\r\n", status=b"302 Found"),
    "reason": sized(EVIL, status=b"500 " + EVIL_WORD),
    "denied": http(b"WWW-Authenticate: Basic realm=\"" + EVIL_WORD + b"\"\r\nContent-Length: 0\r\n",
                   status=b"401 " + EVIL_WORD),
    "status": http(b"", status=b"99999999999999 x", more=close),
    "nul_body": sized(bytes(100000)),
    "evil_body": sized(EVIL * 100),
    "nothing": sized(b""),
    "deep": sized(b"[" * 1000000, b"application/json"),
    "wide_number": sized(b'{"a":1e999999,"b":' + b"9" * 100000 + b"}", b"application/json"),
    "scalar": sized(b"null", b"application/json"),
    "empty_list": sized(b"[{}]", b"application/json"),
}


def spoil(value, keys=None, word=EVIL_TEXT.replace("\x00", ""), inside=True):
    """The same JSON with every text, or that of some ${keys}, made harmful; a number stays."""
    if isinstance(value, dict):
        return {key: spoil(item, keys, word, not keys or key in keys) for key, item in value.items()}
    if isinstance(value, list):
        return [spoil(item, keys, word, inside) for item in value]
    return word if isinstance(value, str) and inside else value


def reply_json(value):
    return sized(json.dumps(value).encode(), b"application/json")


def pages(bodies):
    """Answers with the JSON of the first key that the path begins with."""

    def way(peer):
        while True:
            question = b""
            while b"\r\n\r\n" not in question:
                question += peer.receive()
            path = question.split()[1].decode()
            body = next((json.dumps(bodies[key]).encode() for key in bodies if path.startswith(key)), b"{}")
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return way


# MySQL

def packet(number, body):
    return struct.pack("<I", len(body))[:3] + bytes([number]) + body


def lenenc(data):
    if data is None:
        return b"\xfb"
    return (bytes([len(data)]) if len(data) < 251 else b"\xfc" + struct.pack("<H", len(data))) + data


GREETING = (b"\x0a%s\x00" + struct.pack("<I", 7) + b"12345678\x00" + struct.pack("<H", 0xa20a | 0x8000) + b"\x08"
            + struct.pack("<HH", 2, 0x0008) + bytes([21]) + bytes(10) + b"123456789012\x00mysql_native_password\x00")
OK = b"\x00\x00\x00\x02\x00\x00\x00"
ERROR = b"\xff\x15\x04#28000" + EVIL.replace(b"\x00", b"")


def mysql_rows(names, rows):
    packets = [bytes([len(names)])]
    for name in names:
        packets.append(b"".join(map(lenenc, (b"def", b"", b"", b"", name, name)))
                       + b"\x0c\x08\x00\xff\xff\x00\x00\xfd\x00\x00\x00\x00\x00")
    end = b"\xfe\x00\x00\x02\x00"
    packets += [end] + [b"".join(map(lenenc, row)) for row in rows] + [end]
    return b"".join(packet((1 + i) & 255, body) for i, body in enumerate(packets))


def mysql(answer, version=b"10.11.6-MariaDB"):
    """A way that lets anybody in and then answers each statement as answer(statement, peer) says."""

    def way(peer):
        peer.send(packet(0, GREETING % version))
        head = peer.exactly(4)
        peer.exactly(int.from_bytes(head[:3], "little"))
        peer.send(packet(2, OK))
        while True:
            head = peer.exactly(4)
            body = peer.exactly(int.from_bytes(head[:3], "little"))
            if body[:1] == b"\x01":
                return
            answer(body[1:].upper(), peer) if body[:1] == b"\x03" else peer.send(packet(1, OK))
    return way


REPLICA = (b"Connection_name", b"Slave_IO_State", b"Master_Host", b"Master_User", b"Master_Port", b"Slave_IO_Running",
           b"Slave_SQL_Running", b"Last_Errno", b"Last_Error", b"Seconds_Behind_Master", b"Last_IO_Errno",
           b"Last_IO_Error", b"Last_SQL_Errno", b"Last_SQL_Error", b"Slave_SQL_Running_State")


def mysql_evil(statement, peer):
    if b"SLAVE" in statement or b"REPLICA" in statement:
        row = [b"5" if name.endswith((b"no", b"Port", b"Master")) else EVIL for name in REPLICA]
        peer.send(mysql_rows(REPLICA, [row, row]))
    elif b"STATUS" in statement or b"VARIABLES" in statement:
        peer.send(mysql_rows([b"Variable_name", b"Value"], [[EVIL, EVIL], [b"Threads_connected", EVIL],
                                                            [b"version", EVIL], [None, None]]))
    elif b"SELECT" in statement:
        peer.send(mysql_rows([EVIL, EVIL], [[EVIL, EVIL]]))
    else:
        peer.send(packet(1, OK))


def mysql_error(statement, peer):
    peer.send(packet(1, ERROR))


def mysql_endless(statement, peer):
    rows = mysql_rows([b"Variable_name", b"Value"], [])
    peer.send(rows[:-9])
    peer.flood(packet(9, lenenc(b"name") + lenenc(b"v" * 60000)))


def mysql_huge(statement, peer):
    rows = mysql_rows([b"Variable_name", b"Value"], [])
    peer.send(rows[:-9])
    for number in range(64):
        peer.send(b"\xff\xff\xff" + bytes([(6 + number) & 255]))
        peer.flood(b"\xfe" + b"\xff" * (BLOCK - 1), (1 << 24) - 1)


def mysql_columns(statement, peer):
    peer.send(packet(1, b"\xfe" + b"\xff" * 8))
    peer.flood(packet(2, b"x" * 60000))


def mysql_half(statement, peer):
    peer.send(mysql_rows([b"Variable_name", b"Value"], [[b"a", b"b"]])[:40])


def mysql_drip(statement, peer):
    peer.send(mysql_rows([b"Variable_name", b"Value"], [])[:40])
    drip(peer)


MYSQL = {
    "mysql_refused": lambda peer: (peer.send(packet(0, b"\xff\x69\x04" + EVIL)), peer.hold()),
    "mysql_half_greeting": lambda peer: peer.send(packet(0, GREETING % EVIL_WORD)[:30]),
    "mysql_denied": lambda peer: (peer.send(packet(0, GREETING % EVIL_WORD)), peer.receive(),
                                  peer.send(packet(2, ERROR)), peer.hold()),
    "mysql_plugin": lambda peer: (peer.send(packet(0, GREETING % EVIL_WORD)), peer.receive(),
                                  peer.send(packet(2, b"\xfe../../" + EVIL_WORD + b"\x00salt")), peer.hold()),
    "mysql_evil": mysql(mysql_evil, EVIL_WORD),
    "mysql_error": mysql(mysql_error),
    "mysql_endless": mysql(mysql_endless),
    "mysql_huge": mysql(mysql_huge),
    "mysql_columns": mysql(mysql_columns),
    "mysql_half": mysql(mysql_half),
    "mysql_drip": mysql(mysql_drip),
}


# STOMP

CONNECTED = b"CONNECTED\nversion:1.0\nsession:" + EVIL_WORD + b"\n\n\x00\n"


def stomp(body, head=b""):
    """Lets anybody in, and answers each further frame with this message."""

    def way(peer):
        peer.receive()
        peer.send(CONNECTED)
        while True:
            if b"SEND" in peer.receive():
                peer.send(b"MESSAGE\nsubscription:1\ndestination:/temp-queue/x\nmessage-id:1\n" + head + b"\n" + body
                          + b"\x00\n")
    return way


def stomp_flood(peer):
    peer.receive()
    peer.send(CONNECTED)
    peer.receive()
    peer.send(b"MESSAGE\nsubscription:1\n\n")
    peer.flood(b"m" * BLOCK)


def stomp_heartbeats(peer):
    peer.receive()
    peer.send(CONNECTED)
    peer.flood(b"\n" * BLOCK, 64 << 20)
    peer.hold()


def stomp_entries(entry):
    return b"<map>" + entry + b"</map>"


STOMP = {
    "stomp_error": lambda peer: (peer.receive(), peer.send(b"ERROR\nmessage:" + EVIL_WORD + b"\n\n" + EVIL_WORD + b"\n\x00"),
                                 peer.hold()),
    "stomp_headers": lambda peer: (peer.receive(), peer.send(b"CONNECTED\n"), peer.flood(b"header:value\n" * 4096)),
    "stomp_flood": stomp_flood,
    "stomp_heartbeats": stomp_heartbeats,
    "stomp_length": stomp(b"abc", b"content-length:99999999999999999999\n"),
    "stomp_half": lambda peer: (peer.receive(), peer.send(CONNECTED + b"MESSAGE\nsubscri"), peer.receive()),
    "stomp_entities": stomp(b"<!DOCTYPE m [<!ENTITY a \"" + b"b" * 100 + b"\">]><map>" + b"&a;" * 1000 + b"</map>"),
    "stomp_deep": stomp(b"<map>" * 10000),
    "stomp_evil": stomp(stomp_entries(b"<entry><string>destinationName</string><string>queue://" + EVIL_WORD
                                      + b"</string></entry><entry><string>size</string><long>" + EVIL_WORD
                                      + b"</long></entry>")),
    "stomp_empty": stomp(b""),
}


# Redis

REDIS = {
    "redis_error": lambda peer: (peer.receive(), peer.send(b"-ERR " + EVIL_WORD + b"\r\n"), peer.hold()),
    "redis_half": lambda peer: (peer.receive(), peer.send(b"$5000\r\nab")),
    "redis_length": lambda peer: (peer.receive(), peer.send(b"$536870911\r\n"), flood(peer)),
    "redis_list": lambda peer: (peer.receive(), peer.send(b"*2147483647\r\n"), peer.flood(b":1\r\n" * 16384)),
    "redis_deep": lambda peer: (peer.receive(), peer.flood(b"*1\r\n" * 16384, 64 << 20)),
    "redis_line": lambda peer: (peer.receive(), peer.send(b"+"), flood(peer)),
    "redis_status": lambda peer: (peer.receive(), peer.send(b"+" + EVIL_WORD + b"\r\n" * 3), peer.hold()),
}


# AMQP

def amqp_start(peer):
    """Connection.Start whose mechanisms and properties are evil."""
    peer.receive()
    field = struct.pack(">I", len(EVIL)) + EVIL
    body = struct.pack(">HHBB", 10, 10, 0, 9) + struct.pack(">I", 0) + field + field
    peer.send(b"\x01\x00\x00" + struct.pack(">I", len(body)) + body + b"\xce")
    peer.hold()


def amqp_close(peer):
    """Connection.Close with an evil reason, once the client has answered."""
    peer.receive()
    plain = struct.pack(">I", 5) + b"PLAIN"
    body = struct.pack(">HHBB", 10, 10, 0, 9) + struct.pack(">I", 0) + plain + struct.pack(">I", 5) + b"en_US"
    peer.send(b"\x01\x00\x00" + struct.pack(">I", len(body)) + body + b"\xce")
    peer.receive()
    body = struct.pack(">HHH", 10, 50, 403) + bytes([len(EVIL)]) + EVIL + struct.pack(">HH", 0, 0)
    peer.send(b"\x01\x00\x00" + struct.pack(">I", len(body)) + body + b"\xce")
    peer.hold()


AMQP = {
    "amqp_start": amqp_start,
    "amqp_close": amqp_close,
    "amqp_frame": lambda peer: (peer.receive(), peer.send(b"\x01\x00\x00\xff\xff\xff\xf0"), flood(peer)),
    "amqp_half": lambda peer: (peer.receive(), peer.send(b"\x01\x00\x00\x00\x00\x01\x00ab")),
}


# Mail servers ahead of TLS

STARTTLS = {
    "smtp_banner": lambda peer: (peer.send(b"554 " + EVIL_WORD + b"\r\n"), peer.hold()),
    "smtp_refuses": lambda peer: (peer.send(b"220 " + EVIL_WORD + b"\r\n"), peer.receive(),
                                  peer.send(b"250 " + EVIL_WORD + b"\r\n"), peer.receive(),
                                  peer.send(b"454 " + EVIL_WORD + b"\r\n"), peer.hold()),
    "smtp_endless": lambda peer: (peer.send(b"220 a\r\n"), peer.receive(), peer.flood(b"250-more\r\n" * 4096)),
    "smtp_then_text": lambda peer: (peer.send(b"220 a\r\n"), peer.receive(), peer.send(b"250 STARTTLS\r\n"),
                                    peer.receive(), peer.send(b"220 go\r\n" + EVIL), peer.hold()),
}


# SNMP

def ber(tag, body):
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    return bytes([tag, 0x82]) + struct.pack(">H", size) + body


def unber(data):
    """(tag, body, rest)"""
    tag, size, at = data[0], data[1], 2
    if size & 128:
        at = 2 + (size & 127)
        size = int.from_bytes(data[2:at], "big")
    return tag, data[at:at + size], data[at + size:]


def snmp_parts(request):
    """Version, community, kind of question, its number and the object identifiers."""
    body = unber(request)[1]
    _, version, rest = unber(body)
    _, community, rest = unber(rest)
    kind, body, _ = unber(rest)
    _, number, rest = unber(body)
    _, _, rest = unber(rest)
    _, _, rest = unber(rest)
    rest, names = unber(rest)[1], []
    while rest:
        _, pair, rest = unber(rest)
        names.append(unber(pair)[1])
    return version, community, kind, number, names


def snmp(value, number=None, error=0, name=None, community=None):
    """A way that gives each object the ${value}; for a walk each next object lies one further."""
    count = [0]

    def way(request):
        version, own, kind, asked, names = snmp_parts(request)
        count[0] += 1
        if kind != 0xa0:  # GETNEXT and GETBULK
            names = [(each[:-3] if each[-2] & 128 else each) + bytes([1, 0x81 + (count[0] >> 7) % 126, count[0] & 127])
                     for each in names]
        pairs = b"".join(ber(0x30, ber(6, name or each) + value) for each in names)
        body = (ber(2, number or asked) + ber(2, bytes([error])) + ber(2, bytes([1 if error else 0]))
                + ber(0x30, pairs))
        yield ber(0x30, ber(2, version) + ber(4, own if community is None else community) + ber(0xa2, body))
    return way


def snmp_noise(request):
    for seed in range(64):
        yield random.Random(seed).randbytes(1000)


def snmp_half(request):
    whole = next(snmp(ber(4, EVIL))(request))
    for length in range(1, len(whole), 7):
        yield whole[:length]


SNMP = {
    "snmp_silence": lambda request: [],
    "snmp_noise": snmp_noise,
    "snmp_nothing": lambda request: [b""],
    "snmp_half": snmp_half,
    "snmp_text": snmp(ber(4, EVIL)),
    "snmp_long_text": snmp(ber(4, EVIL * 800)),
    "snmp_other_number": snmp(ber(2, b"\x01"), number=b"\x01\x02\x03"),
    "snmp_other_name": snmp(ber(2, b"\x01"), name=bytes([0x2b, 6, 1, 99])),
    "snmp_error": snmp(ber(5, b""), error=5),
    "snmp_unknown_error": snmp(ber(5, b""), error=120),
    "snmp_wide": snmp(ber(0x46, b"\xff" * 40)),
    "snmp_no_such": snmp(ber(0x81, b"")),
    "snmp_opaque": snmp(ber(0x44, b"\x9f\x78\x04" + b"\x7f\xff\xff\xff")),
    "snmp_same_for_ever": snmp(ber(4, b"x"), name=bytes([0x2b, 6, 1, 2, 1, 2, 2, 1, 2, 1])),
}
