# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Munin of its own: node, munin-run, munin-node-configure and munin-update on a private directory. The
paths that Munin compiles in are replaced by a small module that is loaded ahead of each script, so that neither
/etc/munin nor /var/lib/munin is read or written. Munin's master refuses root: everything runs as nobody then."""
import contextlib
import os
import pwd
import re
import socket

from tests.support import free_port, run, wait_until

FIXTURE = """package MuninFixture;
use strict;
use warnings;
use Munin::Common::Defaults;
sub import {
    my ($top) = $_[1] =~ m{\\A([-\\w./]+)\\z} or die "not a directory: $_[1]";
    no warnings 'once';
    $Munin::Common::Defaults::MUNIN_CONFDIR = $top;
    $Munin::Common::Defaults::MUNIN_PLUGSTATE = "$top/plugin-state";
    $Munin::Common::Defaults::MUNIN_STATEDIR = "$top/run";
    $Munin::Common::Defaults::MUNIN_LOGDIR = "$top/log";
    $Munin::Common::Defaults::MUNIN_DBDIR = "$top/db";
    $Munin::Common::Defaults::MUNIN_LIBDIR = "$top/share";
}
1;
"""
NODE = """log_level 4
log_file {top}/log/munin-node.log
pid_file {top}/run/munin-node.pid
background 0
setsid 0
user {user}
group {group}
host 127.0.0.1
port {port}
host_name {host}
allow ^127\\.0\\.0\\.1$
timeout 10
"""
MASTER = """dbdir {top}/db
htmldir {top}/html
logdir {top}/log
rundir {top}/run
tmpldir /etc/munin/templates
includedir {top}/munin-conf.d
update_rate 2
graph_data_size custom 600
[{group};{host}]
    address 127.0.0.1
    port {port}
    use_node_name yes
"""
FOLDERS = ("lib", "plugins", "share", "plugin-conf.d", "plugin-state", "munin-conf.d", "db", "html", "log", "run")
GROUP, HOST = "tests", "node.example"


class Munin:
    """${links}: {name of the plugin: the program it leads to}; ${conf}: the text of plugin-conf.d. The files that the
    master makes have a step of two seconds, and forget what is older than four (Munin's own: five minutes)."""

    def __init__(self, place, links, conf=""):
        self.place, self.top, self.port = place, place.path / "munin", free_port()
        self.user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        account = pwd.getpwnam(self.user)
        words = {"top": self.top, "user": self.user, "group": account.pw_gid, "port": self.port, "host": HOST}
        for folder in FOLDERS:
            (self.top / folder).mkdir(parents=True)
        place.write("munin/lib/MuninFixture.pm", FIXTURE)
        place.write("munin/node.conf", NODE.format(**words))
        place.write("munin/munin.conf", MASTER.format(**{**words, "group": GROUP}))
        place.write("munin/plugin-conf.d/watchbill", conf)
        for name, program in links.items():
            (self.top / "plugins" / name).symlink_to(program)
        if os.getuid() == 0:
            for path in (self.top, *self.top.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def argv(self, script, *words):
        """The command that runs one of Munin's scripts on this directory, with perl as its first line says."""
        with open(script, encoding="utf-8") as text:
            taint = ["-T"] if re.search(r" -\w*T", text.readline()) else []
        drop = ["setpriv", f"--reuid={self.user}", f"--regid={pwd.getpwnam(self.user).pw_gid}", "--clear-groups"]
        return [*(drop if os.getuid() == 0 else []), "perl", *taint, f"-I{self.top}/lib",
                f"-MMuninFixture={self.top}", script, *words]

    def start(self):
        """The node; it is ready when it greets, which is after it has tried its plugins."""
        self.place.start(self.argv("/usr/sbin/munin-node", "--config", self.top / "node.conf"), "munin-node")
        wait_until(self.greeting, what="the greeting of munin-node")
        return self

    def greeting(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as node:
            return node.makefile().readline().startswith("# munin node at")
        return False

    def ask(self, *commands):
        """The text that the node answers to these commands."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as node:
            lines = node.makefile("rw")
            lines.readline()
            lines.write("".join(f"{command}\n" for command in (*commands, "quit")))
            lines.flush()
            return lines.read()

    def listed(self):
        return self.ask("cap multigraph", "list").splitlines()[1].split()

    def run(self, plugin, *words):
        """munin-run PLUGIN WORD..."""
        return run(self.argv("/usr/sbin/munin-run", "--ignore-systemd-properties", "--config", self.top / "node.conf",
                             "--servicedir", self.top / "plugins", "--sconfdir", self.top / "plugin-conf.d",
                             plugin, *words))

    def suggested(self, library):
        """munin-node-configure --suggest over the plugins of ${library}: {plugin: (used, suggestion)}."""
        (self.top / "share/plugins").symlink_to(library)
        done = run(self.argv("/usr/sbin/munin-node-configure", "--suggest", "--config", self.top / "node.conf"),
                   seconds=60)
        rows = re.findall(r"^(\S+) +\| (\w+) +\| *(.*?) *$", done.stdout, re.M)
        return {name: (use, extra) for name, use, extra in rows}, done

    def update(self):
        done = run(self.argv("/usr/share/munin/munin-update", "--config", self.top / "munin.conf"), seconds=60)
        assert done.returncode == 0, done.stdout + done.stderr + self.log()
        return done

    def log(self):
        return "".join(f"== {path.name}\n{path.read_text(errors='replace')}"
                       for path in sorted((self.top / "log").glob("*.log")))

    def rrd(self, plugin, field, kind):
        """The RRD file that Munin itself made: kind is "g" for GAUGE, "d" for DERIVE."""
        return self.top / "db" / GROUP / f"{HOST}-{plugin}-{field}-{kind}.rrd"

    def last(self, plugin, field, kind):
        """The value that Munin stored last, as text: "U" is unknown."""
        done = run(["rrdtool", "lastupdate", self.rrd(plugin, field, kind)])
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-1]

    def averages(self, plugin, field, kind):
        """The known averages of the last minute, oldest first."""
        done = run(["rrdtool", "fetch", self.rrd(plugin, field, kind), "AVERAGE", "--start", "-60s"])
        assert done.returncode == 0, done.stderr
        values = [float(line.split()[1]) for line in done.stdout.splitlines() if ": " in line]
        return [value for value in values if value == value]
