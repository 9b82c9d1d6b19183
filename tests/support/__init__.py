# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test needs: a private directory, free ports on loopback, processes that are stopped by pid,
and waiting for a condition (an event wait with a deadline, never a fixed pause)."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("BUILD", "build")
_tick = threading.Event()


def wait_until(condition, seconds=20, what="the condition"):
    """The first true value of condition(); AssertionError when it stays false for that long."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        _tick.wait(0.02)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_open(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Place:
    """A private directory and the processes that were started in it; ends with close()."""

    def __init__(self, name="watchbill"):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}."))
        self.path.chmod(0o755)
        self.processes = []
        self.ends_by = {}  # by pid; TERM otherwise

    def write(self, name, text, mode=None):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        if mode is not None:
            path.chmod(mode)
        return path

    def start(self, argv, name="process", env=None, cwd=None, ends_by=signal.SIGTERM, **more):
        """Start a program; its output goes to NAME.log. Stopped by pid with that signal, and waited for, in close()."""
        log = open(self.path / f"{name}.log", "ab")
        process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, env=env, cwd=cwd or self.path, **more)
        log.close()
        self.processes.append(process)
        self.ends_by[process.pid] = ends_by
        return process

    def log(self, name="process"):
        path = self.path / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self, process, number=signal.SIGTERM, seconds=10):
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)
        return process.returncode

    def close(self):
        for process in reversed(list(self.processes)):
            self.stop(process, self.ends_by.get(process.pid, signal.SIGTERM))
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def run(argv, seconds=30, **more):
    """Run a program to its end; returns the CompletedProcess with text output."""
    return subprocess.run([str(word) for word in argv], stdin=more.pop("stdin", subprocess.DEVNULL),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds,
                          encoding=more.pop("encoding", "utf-8"), errors="replace", **more)
