#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plugins.py [NAME...]: CPU time of one run of our checks beside the plugins that people run today, turn about against
the same private servers; the median of user and system time with every descendant. RUNS is how many each. A floor,
where one is told, is the same measure of a program that does only what no such check can do without (floor.c). Then
each in a warm worker: what a further run costs the daemon and the worker together, beside the same plugin.
Fails when one of ours costs more than it may."""
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.bench.warm import further  # noqa: E402
from tests.support import BUILD, Place, free_port, port_open, run, wait_until  # noqa: E402
from tests.support.haproxy import Haproxy  # noqa: E402
from tests.support.mariadb import MariaDB, make_template  # noqa: E402
from tests.support.rabbitmq import Epmd, Node  # noqa: E402
from tests.support.snmpd import Snmpd  # noqa: E402

RUNS = int(os.environ.get("RUNS", "31"))
PEERS = pathlib.Path("/usr/lib/nagios/plugins")
MUNIN = "/usr/share/munin/plugins/haproxy_"
FLOOR = BUILD / "tests/bench/floor"
WARM_SHARE = 0.2
WARM_RATE, WARM_WORKERS = 100, 2  # runs a second
NGINX = """daemon off; pid {path}/nginx.pid; error_log stderr; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {path}/www; }} }}
"""


def measure(argv, env):
    """(code, milliseconds of the processor, of a process and all that it waited for)"""
    process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=env)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, (used.ru_utime + used.ru_stime) * 1000


class Pair:
    """Ours and theirs, and what ours may cost at most as a share of theirs."""

    def __init__(self, name, ours, theirs, target, env=None, floor=None, warm=(WARM_RATE, WARM_WORKERS)):
        self.name, self.ours, self.theirs, self.target, self.floor = name, ours, theirs, target, floor
        self.warm_rate, self.workers = warm
        self.env = dict(os.environ, **(env or {}))
        self.cost = None  # of theirs

    def peer(self):
        return pathlib.Path(self.theirs[self.theirs[0] == "perl"])

    def peer_name(self):
        return self.peer().name + (" (Perl)" if self.theirs[0] == "perl" else "")

    def turn_about(self, argv):
        """The medians of this program and of theirs, by turns: each finds the caches as the other left them."""
        times = {"ours": [], "theirs": []}
        for turn in range(RUNS + 1):
            for side, words in (("ours", argv), ("theirs", self.theirs)):
                code, cost = measure(words, self.env)
                if turn > 0 and code not in (0, 1):
                    done = run(argv, env=self.env)
                    raise SystemExit(f"{self.name}: {argv[0]} ended with {code}: {done.stdout}{done.stderr}")
                if turn > 0:  # the first warms the caches and, for rates, has no run before it
                    times[side].append(cost)
        return statistics.median(times["ours"]), statistics.median(times["theirs"])

    def compare(self):
        ours, theirs = self.turn_about(self.ours)
        self.cost = theirs
        verdict = "ok" if ours <= theirs * self.target else "OVER"
        floor = f"{'':8}"
        if self.floor:
            ours_least, beside = self.turn_about(self.floor)
            floor = f"{ours_least / beside:8.3f}"
        print(f"{self.name:26}{ours:9.3f}  {self.peer_name():28}{theirs:9.3f}{ours / theirs:8.3f}{self.target:8.3f}"
              f"{floor}  {verdict}", flush=True)
        return verdict == "ok"

    def compare_warm(self):
        ours = further(self.ours, self.warm_rate, self.workers, self.env)[0] / 1000
        verdict = "ok" if ours <= self.cost * WARM_SHARE else "OVER"
        print(f"{self.name:26}{ours:9.3f}  {self.peer_name():28}{self.cost:9.3f}{ours / self.cost:8.3f}"
              f"{WARM_SHARE:8.3f}  {verdict}", flush=True)
        return verdict == "ok"


def check(name):
    return BUILD / "checks" / f"check_{name}"


def start_nginx(place):
    port = free_port()
    place.write("www/index.html", "x" * 4000)
    place.start(["nginx", "-c", place.write("nginx.conf", NGINX.format(path=place.path, port=port))], "nginx")
    wait_until(lambda: port_open(port), what="nginx")
    return port


def web_pairs(place, state):
    port = start_nginx(place)
    words = ["-H", "127.0.0.1", "-p", port]
    yield Pair("check_http", [check("http"), *words], [PEERS / "check_curl", *words], 1, state,
               [FLOOR, "get", f"http://127.0.0.1:{port}/"])
    yield Pair("check_tcp", [check("tcp"), *words], [PEERS / "check_tcp", *words], 1, state)


def haproxy_pairs(place, state):
    port = free_port()
    proxies = "".join(
        f"frontend f{b}\n bind 127.0.0.1:{free_port()}\n default_backend b{b}\nbackend b{b}\n"
        + "".join(f" server s{s} 127.0.0.1:{port}\n" for s in range(10)) for b in range(10))
    server = Haproxy(place, proxies)
    url = server.url.replace("://", f"://{server.user}:{server.password}@")
    by_url = [check("haproxy"), "-u", server.url, "-U", server.user, "-P", server.password]
    perl = ["perl", PEERS / "check_haproxy", f"--url={server.url}", f"--user={server.user}",
            f"--pass={server.password}"]
    munin = state | {"url": url, "MUNIN_LIBDIR": "/usr/share/munin"}
    by_socket = [check("haproxy"), "-S", server.socket]
    get, ask = [FLOOR, "get", url], [FLOOR, "ask", server.socket, "show stat"]
    yield Pair("check_haproxy --url", by_url, perl, 0.1, state, get)
    yield Pair("check_haproxy --socket", by_socket, perl, 0.025, state, ask)
    yield Pair("check_haproxy --url", by_url, ["perl", MUNIN], 0.1, munin, get)
    yield Pair("check_haproxy --socket", by_socket, ["perl", MUNIN], 0.025, munin, ask)


def rabbitmq_pairs(place, state):
    node = Node(place, Epmd(place)).wait_ready()
    for number in range(10):
        node.declare(f"q{number}")
    wait_until(lambda: run([check("rabbitmq"), "-H", "127.0.0.1", "-p", node.port]).returncode == 0,
               what="the number of messages")
    for mode, more in (("overview", ()), ("queue", ("--queue", "q1")), ("aliveness", ())):
        amqp = node.amqp if mode == "aliveness" else node.port
        floor = None if mode == "aliveness" else [
            FLOOR, "get", f"http://guest:guest@127.0.0.1:{node.port}/api/{'queues/%2f/q1' if more else 'overview'}"]
        yield Pair(f"check_rabbitmq {mode}",
                   [check("rabbitmq"), "--mode", mode, "-H", "127.0.0.1", "-p", amqp, *more],
                   ["perl", f"/usr/bin/check_rabbitmq_{mode}", "-H", "127.0.0.1", "--port", node.port, *more], 0.1,
                   state, floor)


def mysql_pairs(place, state):
    server = MariaDB(place, make_template(place), "db", 1)
    server.sql("CREATE USER mon@127.0.0.1 IDENTIFIED BY 'mon'; GRANT ALL ON *.* TO mon@127.0.0.1")
    words = ["-H", "127.0.0.1", "-u", "mon"]
    yield Pair("check_mysql", [check("mysql"), *words, "-p", server.port, "--password", "mon"],
               [PEERS / "check_mysql", *words, "-P", server.port, "-p", "mon"], 1, state,
               [FLOOR, "load", "libmariadb.so.3"])
    yield Pair("check_mysql --query",
               [check("mysql"), *words, "-p", server.port, "--password", "mon", "--query", "SELECT 1"],
               [PEERS / "check_mysql_query", *words, "-P", server.port, "-p", "mon", "-q", "SELECT 1"], 1, state)


def snmp_pairs(place, state):
    words = ["-H", "127.0.0.1", "-p", Snmpd(place).port, "-C", "public", "-P", "2c", "-o"]
    for name, numbers in (("check_snmp", "3"), ("check_snmp, five", "35164")):
        names = [f".1.3.6.1.2.1.1.{number}.0" for number in numbers]
        ours = [check("snmp"), *words[:-1]] + [word for name_ in names for word in ("-o", name_)]
        yield Pair(name, ours, [PEERS / "check_snmp", *words, ",".join(names)], 0.75, state)


def local_pairs(place, state):
    disk = [PEERS / "check_disk", "-w", "1%", "-c", "1%", "-p", "/"]
    for number in range(100):
        place.write(f"spool/{number}", "x")
    log = place.write("log", "a line\n" * 1000)
    yield Pair("check_iowait", [check("iowait")], disk, 1, state, [FLOOR], (20, 40))
    yield Pair("check_log", [check("log"), "--file", log, "--pattern", "panic"], disk, 1, state, [FLOOR])
    yield Pair("check_queue (spool)", [check("queue"), "--directory", place.path / "spool"], disk, 1, state)
    yield Pair("check_load", [check("load")], [PEERS / "check_load", "-w", "99,99,99", "-c", "99,99,99"], 1, state)
    yield Pair("check_procs", [check("procs")], [PEERS / "check_procs"], 1, state)


def main():
    if not (PEERS / "check_disk").exists():
        print("no plugins to compare with: /usr/lib/nagios/plugins is empty")
        return 0
    wanted, good = sys.argv[1:], True
    head = f"{'ours':26}{'CPU ms':>9}  {'theirs':28}{'CPU ms':>9}{'ratio':>8}{'at most':>8}"
    for pairs in (web_pairs, haproxy_pairs, rabbitmq_pairs, mysql_pairs, snmp_pairs, local_pairs):
        if wanted and not any(name in pairs.__name__ for name in wanted):
            continue
        with Place("bench") as place:
            (place.path / "state").mkdir()
            print(f"{head}{'floor':>8}")
            there = []
            for pair in pairs(place, {"WATCHBILL_STATE": str(place.path / "state")}):
                if pair.peer().exists():
                    good = pair.compare() and good
                    there.append(pair)
                else:
                    print(f"{pair.name:26}{'':9}  {pair.peer()} is not installed")
            print(f"{'  ... in a warm worker':{len(head)}}")
            for pair in there:
                good = pair.compare_warm() and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
