# SPDX-License-Identifier: GPL-3.0-or-later
"""Real MariaDB servers on loopback, each in a folder of its own that is copied from one installed template."""
import os
import shutil
import subprocess

from tests.support import free_port, run, wait_until

ROOT = os.geteuid() == 0


def make_template(place):
    """The data directory of a fresh server; half a second, once for a file of tests."""
    data = place.path / "template"
    if ROOT:
        shutil.chown(place.path, "mysql")
    done = run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M", *(["--user=mysql"] if ROOT else [])])
    assert done.returncode == 0, done.stdout + done.stderr
    return data


class MariaDB:
    """A server made from the template; root has no password over its socket."""

    def __init__(self, place, template, name, number, *options):
        self.place, self.name, self.number, self.options = place, name, number, options
        self.folder = place.path / name
        self.socket = self.folder / "s.sock"
        self.port = free_port()
        self.folder.mkdir()
        subprocess.run(["cp", "-a", template, self.folder / "data"], check=True)
        if ROOT:
            shutil.chown(self.folder, "mysql", "mysql")
        self.process = None
        self.start()

    def start(self):
        self.process = self.place.start(
            ["mariadbd", "--no-defaults", *(["--user=mysql"] if ROOT else []), f"--datadir={self.folder}/data",
             f"--socket={self.socket}", f"--pid-file={self.folder}/data/m.pid", "--bind-address=127.0.0.1",
             f"--port={self.port}", f"--server-id={self.number}", "--log-bin=bin", "--innodb-buffer-pool-size=16M",
             "--innodb-log-file-size=4M", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
             "--sync-binlog=0", "--skip-name-resolve", f"--log-error={self.folder}/err.log", *self.options],
            self.name)
        wait_until(lambda: self.sql("SELECT 1", check=False) == "1", what=f"{self.name} answering")

    def stop(self, **how):
        return self.place.stop(self.process, **how)

    def sql(self, text, check=True):
        """The answer as tab separated lines, without names of columns."""
        done = run(["mariadb", "--no-defaults", "-uroot", "-S", self.socket, "-N", "-B", "-e", text])
        assert not check or done.returncode == 0, f"{text}: {done.stderr}"
        return done.stdout.strip()

    def status(self, statement="SHOW SLAVE STATUS"):
        """The only row of a statement with \\G, as a dictionary."""
        done = run(["mariadb", "--no-defaults", "-uroot", "-S", self.socket, "-e", statement + "\\G"])
        parts = (line.partition(":") for line in done.stdout.splitlines())
        return {key.strip(): value.strip() for key, colon, value in parts if colon}

    def follow(self, source, name="", more="", start="START SLAVE"):
        """Replicate from ${source}, over the user that `allow_replicas` made there."""
        quoted = f"'{name}'" if name else ""
        self.sql(f"CHANGE MASTER {quoted} TO MASTER_HOST='127.0.0.1', MASTER_PORT={source.port}, MASTER_USER='repl', "
                 f"MASTER_PASSWORD='replpw', MASTER_CONNECT_RETRY=1, MASTER_HEARTBEAT_PERIOD=1, "
                 f"MASTER_USE_GTID=slave_pos {more}; {start} {quoted}")

    def allow_replicas(self):
        self.sql("SET sql_log_bin=0; CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'replpw'; "
                 "GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1'")

    def allow_watcher(self, grants="PROCESS, SLAVE MONITOR", user="watch"):
        """The user of the checks; without binary log, so that replicas can have their own."""
        self.sql(f"SET sql_log_bin=0; CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'watchpw'; "
                 f"GRANT {grants} ON *.* TO {user}@'127.0.0.1'")

    def wait_status(self, key, value, statement="SHOW SLAVE STATUS"):
        wait_until(lambda: self.status(statement).get(key) == value,
                   what=f"{key} {value} at {self.name}; it is {self.status(statement).get(key)}")
