#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plugins.py [NAME...]: CPU time of one run of our checks beside the plugins that people run today, turn about against
the same private servers; the median of user and system time with every descendant. RUNS is how many each.
Fails when one of ours costs more than it may."""
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.support import BUILD, Place, free_port, port_open, run, wait_until  # noqa: E402
from tests.support.haproxy import Haproxy  # noqa: E402
from tests.support.mariadb import MariaDB, make_template  # noqa: E402
from tests.support.snmpd import Snmpd  # noqa: E402

RUNS = int(os.environ.get("RUNS", "31"))
PEERS = pathlib.Path("/usr/lib/nagios/plugins")
MUNIN = "/usr/share/munin/plugins/haproxy_"
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

    def __init__(self, name, ours, theirs, target, env=None):
        self.name, self.ours, self.theirs, self.target = name, ours, theirs, target
        self.env = dict(os.environ, **(env or {}))

    def peer(self):
        return pathlib.Path(self.theirs[self.theirs[0] == "perl"])

    def compare(self):
        times = {"ours": [], "theirs": []}
        for turn in range(RUNS + 1):
            for side, argv in (("ours", self.ours), ("theirs", self.theirs)):
                code, cost = measure(argv, self.env)
                if turn > 0 and code not in (0, 1):
                    done = run(argv, env=self.env)
                    raise SystemExit(f"{self.name}: {argv[0]} ended with {code}: {done.stdout}{done.stderr}")
                if turn > 0:  # the first warms the caches and, for rates, has no run before it
                    times[side].append(cost)
        ours, theirs = statistics.median(times["ours"]), statistics.median(times["theirs"])
        verdict = "ok" if ours <= theirs * self.target else "OVER"
        peer = self.peer().name + (" (Perl)" if self.theirs[0] == "perl" else "")
        print(f"{self.name:26}{ours:9.3f}  {peer:28}{theirs:9.3f}{ours / theirs:8.2f}{self.target:8.3f}  {verdict}",
              flush=True)
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
    yield Pair("check_http", [check("http"), *words], [PEERS / "check_curl", *words], 1, state)
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
    yield Pair("check_haproxy --url", by_url, perl, 0.1, state)
    yield Pair("check_haproxy --socket", by_socket, perl, 0.025, state)
    yield Pair("check_haproxy --url", by_url, ["perl", MUNIN], 0.1, munin)
    yield Pair("check_haproxy --socket", by_socket, ["perl", MUNIN], 0.025, munin)


def mysql_pairs(place, state):
    server = MariaDB(place, make_template(place), "db", 1)
    server.sql("CREATE USER mon@127.0.0.1 IDENTIFIED BY 'mon'; GRANT ALL ON *.* TO mon@127.0.0.1")
    words = ["-H", "127.0.0.1", "-u", "mon"]
    yield Pair("check_mysql", [check("mysql"), *words, "-p", server.port, "--password", "mon"],
               [PEERS / "check_mysql", *words, "-P", server.port, "-p", "mon"], 1, state)
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
    yield Pair("check_iowait", [check("iowait")], disk, 1, state)
    yield Pair("check_log", [check("log"), "--file", log, "--pattern", "panic"], disk, 1, state)
    yield Pair("check_queue (spool)", [check("queue"), "--directory", place.path / "spool"], disk, 1, state)
    yield Pair("check_load", [check("load")], [PEERS / "check_load", "-w", "99,99,99", "-c", "99,99,99"], 1, state)
    yield Pair("check_procs", [check("procs")], [PEERS / "check_procs"], 1, state)


def main():
    if not (PEERS / "check_disk").exists():
        print("no plugins to compare with: /usr/lib/nagios/plugins is empty")
        return 0
    wanted, good = sys.argv[1:], True
    print(f"{'ours':26}{'CPU ms':>9}  {'theirs':28}{'CPU ms':>9}{'ratio':>8}{'at most':>8}")
    for pairs in (web_pairs, haproxy_pairs, mysql_pairs, snmp_pairs, local_pairs):
        if wanted and not any(name in pairs.__name__ for name in wanted):
            continue
        with Place("bench") as place:
            (place.path / "state").mkdir()
            for pair in pairs(place, {"WATCHBILL_STATE": str(place.path / "state")}):
                if pair.peer().exists():
                    good = pair.compare() and good
                else:
                    print(f"{pair.name:26}{'':9}  {pair.peer()} is not installed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
