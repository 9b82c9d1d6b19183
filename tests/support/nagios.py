# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Nagios in a private directory, and what it and its configuration say."""
import os
import pathlib
import pwd
import re
import shutil
import subprocess

from tests.support import BUILD, Place, run, wait_until

NAGIOS = "/usr/sbin/nagios4"
PLUGINS = "/usr/lib/nagios/plugins"
MAIN = """log_file={d}/nagios.log
object_cache_file={d}/objects.cache
precached_object_file={d}/objects.precache
resource_file={d}/resource.cfg
status_file={d}/status.dat
status_update_interval=1
nagios_user=nagios
nagios_group=nagios
command_file={d}/rw/nagios.cmd
lock_file={d}/nagios.lock
temp_file={d}/nagios.tmp
temp_path={d}/tmp
check_result_path={d}/checkresults
state_retention_file={d}/retention.dat
query_socket={d}/rw/nagios.qh
check_external_commands=1
check_result_reaper_frequency=1
interval_length=1
log_rotation_method=n
use_syslog=0
enable_environment_macros={macros}
event_handler_timeout=10
process_performance_data=1
illegal_macro_output_chars=`~$&|'"<>
date_format=iso8601
"""
# What every configuration needs and a test does not want to repeat.
BASE = """define timeperiod {
    timeperiod_name 24x7
    alias always
    sunday 00:00-24:00
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
}
define command {
    command_name nobody
    command_line /bin/true
}
define contact {
    contact_name nobody
    host_notification_commands nobody
    service_notification_commands nobody
    host_notification_period 24x7
    service_notification_period 24x7
}
"""


def service(host, description, command, **more):
    lines = {"host_name": host, "service_description": description, "check_command": command, "check_interval": 1,
             "retry_interval": 1, "max_check_attempts": 2, "check_period": "24x7",
             "notification_period": "24x7", "contacts": "nobody", "notifications_enabled": 0, **more}
    return "define service {\n" + "".join(f"    {k} {v}\n" for k, v in lines.items()) + "}\n"


def host(name, address="127.0.0.1", **more):
    lines = {"host_name": name, "address": address, "max_check_attempts": 1, "check_period": "24x7",
             "notification_period": "24x7", "contacts": "nobody", "notifications_enabled": 0, **more}
    return "define host {\n" + "".join(f"    {k} {v}\n" for k, v in lines.items()) + "}\n"


def sections(text):
    """The blocks of status.dat or objects.cache: [(kind, {key: value})]."""
    found = []
    for kind, body in re.findall(r"^(?:define )?(\w+) \{\n(.*?)^\s*\}", text, re.S | re.M):
        pairs = [re.split(r"[=\t]", line.strip(), maxsplit=1) for line in body.splitlines() if line.strip()]
        found.append((kind, {pair[0]: pair[1] if len(pair) > 1 else "" for pair in pairs}))
    return found


class Nagios(Place):
    """Its configuration is conf/; verify() asks nagios4 -v, begin() starts it."""

    def __init__(self, macros=0):
        super().__init__("nagios")
        for name in ("rw", "tmp", "checkresults", "conf"):
            (self.path / name).mkdir()
        self.main = self.write("nagios.cfg", MAIN.format(d=self.path, macros=macros) + f"cfg_dir={self.path}/conf\n")
        self.write("resource.cfg", f"$USER1$={BUILD}/checks\n$USER2$={PLUGINS}\n")

    def own(self):
        if os.geteuid() == 0:
            user = pwd.getpwnam("nagios")
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)

    def verify(self, main=None):
        self.own()
        return run([NAGIOS, "-v", main or self.main])

    def begin(self):
        self.own()
        process = self.start([NAGIOS, self.main], name="nagios4")
        wait_until(lambda: (self.path / "rw/nagios.cmd").is_fifo() and self.status(), 20, "nagios to be up")
        return process

    def status(self):
        path = self.path / "status.dat"
        return sections(path.read_text()) if path.exists() and path.stat().st_size else []

    def service(self, description):
        """What status.dat says of a service, when it has been checked."""
        for kind, values in self.status():
            if kind == "servicestatus" and values["service_description"] == description \
                    and values["has_been_checked"] == "1":
                return values
        return None


def objects(main):
    """What nagios4 makes of a configuration, templates and groups resolved: {kind: [dict]}."""
    precached = re.search(r"^precached_object_file=(.*)$", main.read_text(), re.M).group(1)
    subprocess.run([NAGIOS, "-vp", str(main)], stdout=subprocess.DEVNULL, check=True)
    found = {}
    for kind, values in sections(pathlib.Path(precached).read_text()):
        found.setdefault(kind, []).append(values)
    return found


MISSING = None if shutil.which(NAGIOS) else "nagios4 is not installed"
