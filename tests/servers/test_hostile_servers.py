# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check and collector that asks a server, beside servers that mean harm. Whatever comes: the run ends within
its timeout and a second, in less than 64 MiB, by an exit and not by a signal; rubbish is never OK; and nothing of
it reaches the line as a pipe, a newline or an escape of a terminal."""
import concurrent.futures
import json
import os
import random
import re
import subprocess
import tempfile
import threading
import time
import unittest

from tests.support import BUILD, TOP, Place
from tests.support import hostile

TIMEOUT = 1
GRACE = 1.0
WORKERS = 8
SANITIZED = "sanitize" in str(BUILD) or "coverage" in str(BUILD)
MEMORY = 64 << 20
ITEM = re.compile(r"(?:'(?:[^'=]|'')+'|[^\s'=|]+)=(?:U|-?[0-9.]+(?:e[-+]?\d+)?)[^\s;|]*(?:;[^\s;|]*){0,4}")

CSV = (TOP / "tests/fixtures/haproxy/2.6.csv").read_bytes()


# What a table may hold without being taken for binary data.
PRINTED = b"e|t='1' OK - \x7f\xc2\x9b31m\xff\xed\xa0\x80 | t=0;;; \n\t\xe2\x80\xae"


def evil_csv(data, word=hostile.EVIL_WORD):
    """The same table with every name of a proxy and a server, and the state of most, made harmful."""
    rows = data.splitlines()
    for i in range(1, len(rows)):
        cells = rows[i].split(b",")
        if len(cells) < 2:
            continue
        cells[0] = b'"' + word + b'"'
        if cells[1] not in (b"FRONTEND", b"BACKEND"):
            cells[1] = b'"' + word + b'%d"' % i
        cells = [b'"' + word + b'"' if cell in (b"OPEN", b"no check") else cell for cell in cells]
        rows[i] = b",".join(cells)
    return b"\n".join(rows) + b"\n"


def rabbitmq(name):
    return json.loads((TOP / "tests/fixtures/rabbitmq" / name).read_bytes())


MANAGEMENT_TEXTS = ("name", "node", "cluster_name", "rabbitmq_version", "erlang_version", "vhost", "reason", "policy",
                    "partitions", "members", "online", "resource")
MANAGEMENT = {
    path: hostile.spoil(rabbitmq(name), MANAGEMENT_TEXTS)
    for path, name in (("/api/overview", "overview.json"), ("/api/nodes", "nodes-parted.json"),
                       ("/api/queues/", "queue-no-majority.json"), ("/api/queues", "queues-cluster.json"))
} | {"/api/health": hostile.spoil({"status": "failed", "reason": "", "alarms": [{"node": "", "resource": ""}]},
                                  MANAGEMENT_TEXTS)}

STATES = {"checks": [{"subject": f"web{i}/http", "state": state, "type": "HARD", "text": "text", "since": 1, "problem": i}
                     for i, state in enumerate(("OK", "CRITICAL", "PENDING"))]}

# Well-formed answers whose texts are harmful: OK is a right answer to them, a spoilt line is not.
ODD = {
    "haproxy": {"evil_csv": hostile.sized(evil_csv(CSV)), "printed_csv": hostile.sized(evil_csv(CSV, PRINTED)),
                "half_csv": hostile.sized(CSV[:1500])},
    "rabbitmq": {"management": hostile.pages(MANAGEMENT)} | {
        name: hostile.reply_json(hostile.spoil(rabbitmq(name)))
        for name in ("overview.json", "nodes.json", "queues.json", "queues-paged.json", "queue.json")},
    "cluster": {"states": hostile.reply_json(hostile.spoil(STATES, ("subject", "text", "state"))),
                "texts": hostile.reply_json(hostile.spoil(STATES, ("text", "type"))),
                "names": hostile.reply_json(hostile.spoil(STATES, ("subject",)))},
    "socket": {"evil_csv": lambda peer: (peer.receive(), peer.send(evil_csv(CSV))),
               "printed_csv": lambda peer: (peer.receive(), peer.send(evil_csv(CSV, PRINTED)))},
    "mysql": {"mysql_evil": hostile.MYSQL["mysql_evil"]},
    "snmp": {name: hostile.SNMP[name] for name in ("snmp_text", "snmp_long_text", "snmp_opaque", "snmp_wide")},
}
RUBBISH = {
    "http": hostile.RAW | hostile.HTTP,
    "haproxy": hostile.RAW | hostile.HTTP,
    "rabbitmq": hostile.RAW | hostile.HTTP,
    "cluster": hostile.RAW | hostile.HTTP,
    "https": hostile.RAW,
    "socket": {name: way for name, way in hostile.RAW.items() if name != "reset_at_once"},
    "tcp": hostile.RAW,
    "starttls": hostile.RAW | hostile.STARTTLS,
    "stomp": hostile.RAW | hostile.STOMP,
    "mysql": hostile.RAW | {name: way for name, way in hostile.MYSQL.items() if name != "mysql_evil"},
    "redis": hostile.RAW | hostile.REDIS,
    "amqp": hostile.RAW | hostile.AMQP,
    "snmp": {name: way for name, way in hostile.SNMP.items() if name not in ODD["snmp"]},
}

URL = "http://127.0.0.1:{port}"
ADDRESS = ["-H", "127.0.0.1", "-p", "{port}"]
LOGIN = ["-u", "u", "--password", "secret-word"]
OID = ".1.3.6.1.2.1.1.3.0"
# (program, protocol, words)
ASKERS = [
    ("check_http", "http", ["-u", URL + "/", "-s", "welcome"]),
    ("check_http", "http", ["-u", URL + "/", "-f", "5", "--json", "a.b=c", "-U", "u", "-P", "secret-word"]),
    ("check_http", "https", ["-u", "https://127.0.0.1:{port}/"]),
    ("check_cluster", "cluster", ["-u", URL + "/", "-k", "."]),
    ("check_cluster", "cluster", ["-u", URL + "/", "-m", "web0/http", "--path-of", "(.)/"]),
    ("check_haproxy", "haproxy", ["-u", URL + "/haproxy;csv", "-U", "u", "-P", "secret-word"]),
    ("check_haproxy", "socket", ["-S", "{path}"]),
    ("collect_haproxy", "haproxy", ["-u", URL + "/haproxy;csv"]),
    ("collect_haproxy", "socket", ["-S", "{path}"]),
    *(("check_rabbitmq", "rabbitmq", ["--url", URL, "--mode", mode, *LOGIN])
      for mode in ("overview", "node", "queue", "cluster", "compute")),
    ("check_rabbitmq", "rabbitmq", ["--url", URL, "--mode", "queue", "--queue", "q|1", *LOGIN]),
    ("check_rabbitmq", "amqp", [*ADDRESS, "--mode", "aliveness", *LOGIN]),
    ("collect_rabbitmq", "rabbitmq", ["--url", URL, *LOGIN]),
    ("check_queue", "rabbitmq", ["--type", "rabbitmq", "--url", URL, "--queue", "q", *LOGIN]),
    ("check_queue", "stomp", ["--type", "activemq", *ADDRESS, "--queue", "q"]),
    ("check_queue", "mysql", ["--type", "sql", *ADDRESS, "--query", "SELECT 1", *LOGIN]),
    ("check_queue", "redis", ["--type", "redis", *ADDRESS, "--key", "k|1"]),
    ("check_activemq_queue", "stomp", [*ADDRESS, "-q", "q", "-U", "u", "-P", "secret-word"]),
    ("collect_activemq", "stomp", [*ADDRESS, "--report", "broker"]),
    ("check_mysql", "mysql", [*ADDRESS, *LOGIN]),
    ("check_mysql", "mysql", [*ADDRESS, *LOGIN, "--query", "SELECT 1"]),
    ("check_mysql", "mysql", [*ADDRESS, *LOGIN, "--no-replica"]),
    ("collect_mysql", "mysql", [*ADDRESS, *LOGIN]),
    ("check_tls", "tcp", [*ADDRESS]),
    ("check_tls", "starttls", [*ADDRESS, "--starttls", "smtp"]),
    ("check_tcp", "tcp", [*ADDRESS, "-e", "welcome"]),
    ("check_tcp", "tcp", [*ADDRESS, "-s", "QUIT\\r\\n", "-r", "^wel.*come$"]),
    ("check_snmp", "snmp", [*ADDRESS, "-o", OID, "-C", "secret-word"]),
    ("check_snmp", "snmp", [*ADDRESS, "--table", "interfaces", "-C", "secret-word"]),
    ("collect_snmp", "snmp", [*ADDRESS, "-C", "secret-word"]),
]


class Done:
    """How one run ended: its code (negative for a signal), output, seconds and the most memory that it held."""

    def __init__(self, argv, place):
        with tempfile.TemporaryFile() as output:
            begin = time.monotonic()
            process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, env=dict(os.environ, WATCHBILL_STATE=str(place)))
            killer = threading.Timer(20, process.kill)
            killer.start()
            _, status, used = os.wait4(process.pid, 0)
            killer.cancel()
            self.seconds = time.monotonic() - begin
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.memory = used.ru_maxrss * 1024
            self.cpu = used.ru_utime + used.ru_stime
            output.seek(0)
            self.output = output.read(4 << 20)


# What turns a line round where it is shown.
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"


def faults_of_text(text):
    """What must not be in any output."""
    try:
        shown = text.decode()
    except UnicodeDecodeError as problem:
        return [f"no UTF-8: {problem}"]
    bad = sorted({char for char in shown if (char < " " and char != "\n") or "\x7f" <= char <= "\x9f" or char in BIDI})
    return [f"control characters {bad}"] if bad else []


def faults_of_line(text):
    line, _, rest = text.decode(errors="replace").partition("\n")
    told, bar, perfdata = line.partition("|")
    faults = [] if told.strip() else ["an empty line"]
    if re.search(r"\b(nan|inf)\b", line):
        faults.append("a number that is none")
    if bar and ITEM.sub("", perfdata).strip():
        faults.append(f"a stray pipe or bad perfdata: {ITEM.sub('', perfdata).strip()[:80]!r}")
    return faults


def faults_of(done, collector, rubbish):
    faults = faults_of_text(done.output)
    if done.seconds > TIMEOUT + GRACE + (3 if SANITIZED else 0):
        faults.append(f"{done.seconds:.2f} s")
    if done.memory > MEMORY and not SANITIZED:
        faults.append(f"{done.memory >> 20} MiB")
    if not 0 <= done.code <= 3:
        faults.append(f"ended by {done.code}")
    elif rubbish and done.code not in (2, 3):
        faults.append(f"exit {done.code} with rubbish")
    if b"secret-word" in done.output:
        faults.append("the password is shown")
    if not collector:
        faults += faults_of_line(done.output)
    elif done.code == 0:
        try:
            json.loads(done.output)
        except ValueError as problem:
            faults.append(f"no JSON: {problem}")
    return faults


def cases():
    for program, protocol, words in ASKERS:
        for ways, rubbish in ((RUBBISH, True), (ODD, False)):
            for name, way in ways.get(protocol, {}).items():
                yield program, protocol, words, name, way, rubbish


def run_case(number, case, place):
    program, protocol, words, name, way, rubbish = case
    collector = program.startswith("collect_")
    path = place.path / f"{number}.sock"
    with hostile.Datagrams(way) if protocol == "snmp" else \
            hostile.Server(way, path if protocol == "socket" else None) as server:
        words = [word.format(port=server.port, path=path) for word in words]
        done = Done([BUILD / ("collectors" if collector else "checks") / program, *words, "-t", TIMEOUT],
                    place.path / "state")
    return done, faults_of(done, collector, rubbish)


def hostile_series():
    """Files in the place of a series: what librrd would believe, abort on or wait for."""
    good = (TOP / "tests/fixtures/rrd/series.rrd").read_bytes()
    noise = random.Random(1)
    counts = [good[:at] + b"\xff" * 8 + good[at + 8:] for at in range(16, 56, 8)]
    return [b"", good[:10], good[:200], good[:len(good) // 2], good[:-1], b"RRD\x000003\x00" + noise.randbytes(4096),
            noise.randbytes(1 << 16), evil_source(good), *counts]


def evil_source(good):
    """The name of the data source made harmful."""
    return good.replace(b"value\x00" + bytes(14), (hostile.EVIL_WORD + bytes(20))[:20], 1)


class Hostile(unittest.TestCase):
    def test_series_that_are_none(self):
        modes = (["--mode", "average"], ["--mode", "trend", "--limit", "5"], ["--mode", "seasonal"], ["--mode", "failures"],
                 ["--source", hostile.EVIL_TEXT.replace("\0", "")])
        with Place("hostile") as place:
            os.mkfifo(place.path / "pipe")
            files = [place.write(f"{i}.rrd", data) for i, data in enumerate(hostile_series())]
            (place.path / "endless").symlink_to("/dev/zero")
            with open(place.path / "sparse", "wb") as sparse:
                sparse.truncate(1 << 40)
            for path in files + [place.path / name for name in ("pipe", "endless", "sparse")] + [place.path]:
                for words in modes:
                    with self.subTest(file=path.name, words=words):
                        done = Done([BUILD / "checks/check_rrd", "--file", path, *words, "-t", TIMEOUT], place.path)
                        self.assertEqual(faults_of(done, False, True), [], done.output[:300])

    def test_every_asker_beside_every_server(self):
        table = list(cases())
        wanted = os.environ.get("CASE", "")
        table = [case for case in table if wanted in f"{case[0]} {' '.join(case[2])} {case[3]}"]
        with Place("hostile") as place, concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            (place.path / "state").mkdir()
            runs = list(pool.map(lambda item: run_case(*item, place),
                                 [(number, case) for number, case in enumerate(table)]))
        for (program, _, words, name, _, _), (done, faults) in zip(table, runs):
            if os.environ.get("SHOW"):
                print(f"{name:20} {done.code} {done.seconds:.2f}s {done.memory >> 20}M {program} {words[-1]} "
                      f"{done.output[:150]!r}")
            with self.subTest(program=program, words=" ".join(words), server=name):
                self.assertEqual(faults, [], f"exit {done.code}: {done.output[:300]!r}")


if __name__ == "__main__":
    unittest.main()
