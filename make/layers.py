#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Includes go down the table of layers only, and each library has one door. Prints what departs; exit 1."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]

# folder: the folders that it may include from. An io part includes no other io part but the loop.
MAY = {
    "lib": {"lib"},
    "collectors": {"lib", "collectors"},
    "checks": {"lib", "collectors"},
    "remediations": {"lib", "collectors", "remediations/tools"},
    "remediations/tools": {"lib", "collectors", "remediations/tools"},
    "channels": {"lib", "collectors"},
    "scheduler/core": {"lib", "scheduler/core"},
    "scheduler/io": {"lib", "scheduler/core"},
    "scheduler/web": {"lib", "scheduler/web"},
    "scheduler/engine": {"lib", "scheduler/core", "scheduler/io", "scheduler/web", "scheduler/engine"},
    "scheduler/series": {"lib", "scheduler/series"},
    "scheduler/command": {"lib", "scheduler/core", "scheduler/io", "scheduler/command"},
    "scheduler": {"lib", "scheduler", "scheduler/core", "scheduler/io", "scheduler/engine", "scheduler/command",
                  "scheduler/series"},
}
# The parts of a check or a channel, in the folder of its name.
for whole in ("checks", "channels"):
    for part in sorted(f"{whole}/{path.name}" for path in (TOP / whole).iterdir() if path.is_dir()):
        MAY[whole].add(part)
        MAY[part] = {"lib", "collectors", part}
# What a pure file may not include: no clock and no I/O there.
IMPURE = {"sys/socket.h", "sys/epoll.h", "poll.h", "fcntl.h", "sys/stat.h", "dirent.h", "signal.h", "pthread.h"}
PURE = {"scheduler/core", "scheduler/web"}
# Library header: the files that may include it.
DOORS = {
    "uv.h": r"scheduler/io/loop\.c",
    "yaml.h": r"scheduler/io/config_document\.c",
    "sqlite3.h": r"scheduler/io/journal[a-z_]*\.[ch]",
    "microhttpd.h": r"scheduler/io/web\.c",
    "gnutls/abstract.h": r"scheduler/io/web_tls\.h",
    "rrd.h": r"scheduler/series[a-z_/]*\.[ch]|collectors/rrd_library\.h",
    "rrd_client.h": r"scheduler/series[a-z_/]*\.[ch]",
    "libesmtp.h": r"channels/mail[a-z_/]*\.[ch]",
    "curl/curl.h": r"collectors/http\.c",
    "net-snmp/net-snmp-config.h": r"collectors/snmp_library\.h",
    "net-snmp/net-snmp-includes.h": r"collectors/snmp_library\.h",
    "openssl/ssl.h": r"collectors/tls_library\.h|channels/mail[a-z_/]*\.[ch]",
    "mariadb/mysql.h": r"collectors/mysql_link\.c",
    "amqp.h": r"collectors/amqp_library\.h",
    "hiredis/hiredis.h": r"collectors/redis_link\.c",
}


def folder_of(path):
    return str(pathlib.PurePosixPath(path).parent)


def module_of(path):
    return re.sub(r"\.[ch]$", "", pathlib.PurePosixPath(path).name).split("_")[0]


def findings():
    for path in sorted(TOP.glob("**/*.[ch]")):
        name = path.relative_to(TOP).as_posix()
        folder = folder_of(name)
        if folder not in MAY:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            quote, header = match.groups()
            if quote == '"':
                target = folder_of(header)
                same_io = folder == target == "scheduler/io" and (
                    module_of(header) == module_of(name) or header == "scheduler/io/loop.h")
                if target not in MAY[folder] and not same_io:
                    yield f"{name}:{number}: {folder}/ may not include \"{header}\""
            elif folder in PURE and header in IMPURE:
                yield f"{name}:{number}: {folder}/ is pure and may not include <{header}>"
            if header in DOORS and not re.fullmatch(DOORS[header], name):
                yield f"{name}:{number}: the door to <{header}> is {DOORS[header]}"


if __name__ == "__main__":
    found = list(findings())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
