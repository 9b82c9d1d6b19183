# SPDX-License-Identifier: GPL-3.0-or-later
"""Real MariaDB servers behind a real HAProxy, and a client that writes all the time."""
import threading

from tests.support import free_port, run, wait_until
from tests.support.haproxy import Haproxy
from tests.support.mariadb import MariaDB

GRANTS = "READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, REPLICATION MASTER ADMIN, SLAVE MONITOR, BINLOG MONITOR, PROCESS, RELOAD"
PROXIES = """listen db
    mode tcp
    bind 127.0.0.1:{port}
    load-server-state-from-file local
    server-state-file-name {state}
    server one 127.0.0.1:{one} check inter 100 fall 2 rise 1
    server two 127.0.0.1:{two} check inter 100 fall 2 rise 1 disabled
"""
PLAIN = ("--log-slave-updates=1",)
# What the primary acknowledges has been received by a replica: nothing else makes a dead primary's writes safe.
SEMI = (*PLAIN, "--rpl-semi-sync-slave-enabled=1", "--rpl-semi-sync-master-wait-point=AFTER_SYNC",
        "--rpl-semi-sync-master-timeout=60000", "--slave-net-timeout=2")


class Writer(threading.Thread):
    """Inserts 1, 2, 3 ... through HAProxy; `acknowledged` are those that the server confirmed."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.acknowledged, self.ended = port, [], threading.Event()
        self.start()

    def run(self):
        number = 0
        while not self.ended.is_set():
            number += 1
            done = run(["mariadb", "--no-defaults", "--protocol=tcp", "-h127.0.0.1", f"-P{self.port}", "-uapp",
                        "-papppw", "--connect-timeout=2", "-e", f"INSERT INTO d.t VALUES ({number})"])
            if done.returncode == 0:
                self.acknowledged.append(number)

    def wait_more(self, count=10):
        before = len(self.acknowledged)
        wait_until(lambda: len(self.acknowledged) > before + count, what=f"{count} further writes")

    def lost(self, server):
        """Of what was acknowledged: what ${server} does not have."""
        acknowledged = list(self.acknowledged)
        there = {int(word) for word in server.sql("SELECT id FROM d.t").split()}
        return [number for number in acknowledged if number not in there]

    def close(self):
        self.ended.set()
        self.join()


class Database:
    """Servers `one`, the primary, `two` and so on, its replicas. HAProxy at `front` leads to `one`; "two" is disabled."""

    def __init__(self, place, template, *options, names=("one", "two"), admin="watch"):
        self.place, self.template, self.admin = place, template, admin
        run(["chown", "mysql", place.path])
        self.servers = {name: MariaDB(place, template, name, number, *(options or PLAIN))
                        for number, name in enumerate(names, 1)}
        self.one, self.two = self.servers["one"], self.servers["two"]
        for server in self.servers.values():
            self.allow(server)
        for name in names[1:]:
            self.servers[name].sql("SET GLOBAL read_only=1")
            self.servers[name].follow(self.one)
        self.one.sql("CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE=InnoDB")
        for name in names[1:]:
            wait_until(lambda: self.servers[name].sql("SELECT COUNT(*) FROM d.t", check=False) == "0",
                       what=f"the table on {name}")
        if "--rpl-semi-sync-slave-enabled=1" in options:
            self.one.sql("SET GLOBAL rpl_semi_sync_master_enabled=1")
        self.front, self.server_state = free_port(), place.path / "server-state"
        self.haproxy = Haproxy(place, PROXIES.format(port=self.front, one=self.one.port, two=self.two.port,
                                                    state=self.server_state))

    def allow(self, server):
        """The users, on each server by itself."""
        server.allow_watcher(GRANTS, self.admin)
        server.allow_replicas()
        server.sql("SET sql_log_bin=0; CREATE USER app@'127.0.0.1' IDENTIFIED BY 'apppw'; "
                   "GRANT SELECT, INSERT ON *.* TO app@'127.0.0.1'")

    def rebuild_one(self):
        """As an empty server, which has yet to follow."""
        run(["rm", "-rf", self.one.folder / "data"])
        run(["cp", "-a", self.template, self.one.folder / "data"])
        self.one.number, self.one.options = 9, (*self.one.options, "--read-only=1")
        self.one.start()
        self.allow(self.one)

    def write(self):
        writer = Writer(self.front)
        wait_until(lambda: len(writer.acknowledged) >= 20, what="20 writes")
        return writer
