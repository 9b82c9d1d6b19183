# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the test's own: a namespace whose loopback interface has one more address, which is not loopback."""
import ctypes
import os
import pathlib

from tests.support import run

NEW_USER, NEW_NET = 0x10000000, 0x40000000


def alone_with(address):
    """Moves this process, and all that it starts, into it. OSError: the system does not allow that."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(NEW_NET if user == 0 else NEW_NET | NEW_USER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if user != 0:
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        pathlib.Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    for words in (["link", "set", "lo", "up"], ["address", "add", f"{address}/32", "dev", "lo"]):
        done = run(["ip", *words])
        if done.returncode != 0:
            raise OSError(done.returncode, done.stderr)
