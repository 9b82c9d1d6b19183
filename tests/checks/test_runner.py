# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill-runner and watchbill-worker at the end of a socket whose other end means no good."""
import os
import pathlib
import socket
import struct
import subprocess
import unittest

from tests.support import BUILD, Place, run, wait_until

RUNNER = BUILD / "libexec" / "watchbill-runner"
WORKER = BUILD / "bin" / "watchbill-worker"
MARK = 0x77626C6C
RUN, OUTCOME = 1, 2
EXITED, NOT_STARTED = 0, 3


def frame(kind, number, body, length=None, mark=MARK):
    return struct.pack("=IIII", len(body) if length is None else length, kind, number, mark) + body


def whole(value):
    return struct.pack("=q", value)


def chunk(data):
    return whole(len(data)) + data + b"\0"


def job(argv, timeout=60000, cap=1000):
    words = whole(len(argv)) + b"".join(chunk(word.encode()) for word in argv)
    return whole(timeout) + whole(cap) + words + whole(0) + whole(0) + chunk(b"")


def alive(pid):
    """A zombie is not: whoever inherits it may be slow to wait for it."""
    try:
        return ") Z " not in pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


class Runner:
    """The program with our end of its stream."""

    def __init__(self, place):
        self.socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        shared = os.memfd_create("groups")
        os.ftruncate(shared, 4096 * 4)
        script = 'exec "$0" 3<&"$1" 4<&"$2"'
        with open(place.path / "runner.log", "ab") as log:
            high = [os.dup2(other.fileno(), 108), os.dup2(shared, 109)]
            self.process = subprocess.Popen(
                ["/bin/bash", "-c", script, str(RUNNER), *map(str, high)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, pass_fds=high, cwd="/tmp")
            for fd in high:
                os.close(fd)
        other.close()
        os.close(shared)
        place.processes.append(self.process)

    def outcomes(self, count):
        data, found = b"", []
        while len(found) < count:
            more = self.socket.recv(65536)
            if not more:
                break
            data += more
            while len(data) >= 16:
                length, kind, number, mark = struct.unpack("=IIII", data[:16])
                assert mark == MARK
                if len(data) < 16 + length:
                    break
                kind_of_end, code, _cut, _from, _to, size = struct.unpack("=qqqqqq", data[16:64])
                found.append((number, kind, kind_of_end, code, data[64:64 + size].decode(errors="replace")))
                data = data[16 + length:]
        return found


class RunnerTest(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)

    def finished(self, runner):
        self.assertEqual(runner.process.wait(10), 0, self.place.log("runner"))
        self.assertEqual(self.place.log("runner"), "")

    def test_runs_and_ends_with_its_socket(self):
        runner = Runner(self.place)
        runner.socket.sendall(b"".join(frame(RUN, n, job(["/bin/echo", f"word {n}"])) for n in range(200)))
        found = sorted(runner.outcomes(200))
        self.assertEqual([f[0] for f in found], list(range(200)))
        self.assertEqual(found[7], (7, OUTCOME, EXITED, 0, "word 7\n"))
        runner.socket.close()
        self.finished(runner)

    def test_garbage_ends_it(self):
        sound = frame(RUN, 1, job(["/bin/true"]))
        for bytes_ in (b"\0" * 16, b"\xff" * 4096, frame(RUN, 1, b"", mark=1), frame(RUN, 1, b"", length=0xFFFFFFFF),
                       frame(RUN, 1, b"", length=(64 << 20) + 1), b"GET / HTTP/1.1\r\n\r\n", sound + b"x" * 16):
            with self.subTest(bytes_=bytes_[:40]):
                runner = Runner(self.place)
                runner.socket.sendall(bytes_)
                self.finished(runner)
                runner.socket.close()

    def test_a_frame_cut_in_the_middle(self):
        sound = frame(RUN, 1, job(["/bin/true"]))
        for size in (1, 15, 16, 17, len(sound) - 1):
            with self.subTest(size=size):
                runner = Runner(self.place)
                runner.socket.sendall(sound[:size])
                runner.socket.close()
                self.finished(runner)

    def test_a_frame_byte_by_byte(self):
        runner = Runner(self.place)
        for byte in frame(RUN, 5, job(["/bin/echo", "slow"])):
            runner.socket.sendall(bytes([byte]))
        self.assertEqual(runner.outcomes(1), [(5, OUTCOME, EXITED, 0, "slow\n")])
        runner.socket.close()
        self.finished(runner)

    def test_a_job_that_is_none_is_refused_and_the_next_one_runs(self):
        sound = job(["/bin/true"])
        bad = [b"", whole(0), sound[:-1], sound + b"x", whole(-1) + sound[8:], sound[:8] + whole(-1) + sound[16:],
               sound[:16] + whole(0) + sound[24:], sound[:16] + whole(-1) + sound[24:],
               sound[:16] + whole(1 << 40) + sound[24:], sound[:24] + whole(1 << 62) + sound[32:],
               job(["/bin/tr\0ue"]), whole(1 << 62) + sound[8:]]
        runner = Runner(self.place)
        for number, body in enumerate(bad):
            runner.socket.sendall(frame(RUN, number, body))
        runner.socket.sendall(frame(RUN, 99, sound))
        runner.socket.sendall(frame(77, 98, sound))
        found = sorted(runner.outcomes(len(bad) + 2))
        for number, kind, end, _code, text in found[:-2] + found[-2:-1]:
            self.assertEqual((kind, end), (OUTCOME, NOT_STARTED), number)
            self.assertIn("cannot read the request", text)
        self.assertEqual(found[-1][:4], (99, OUTCOME, EXITED, 0))
        runner.socket.close()
        self.finished(runner)

    def test_what_runs_ends_with_the_socket(self):
        runner = Runner(self.place)
        note = self.place.path / "pid"
        script = f"trap '' TERM; sleep 100 & echo $$ $! >{note}.new; mv {note}.new {note}; while :; do sleep 1; done"
        runner.socket.sendall(frame(RUN, 1, job(["/bin/sh", "-c", script])))
        wait_until(note.exists)
        pids = [int(word) for word in note.read_text().split()]
        runner.socket.close()
        self.finished(runner)
        wait_until(lambda: not any(alive(pid) for pid in pids), what="the end of the group")

    def test_no_zombies_and_no_descriptors_are_left(self):
        runner = Runner(self.place)
        pid = runner.process.pid
        script = "(sleep 0.1; exit 1) >/dev/null & echo orphan"
        for turn in range(50):
            runner.socket.sendall(frame(RUN, turn, job(["/bin/sh", "-c", script])))
        self.assertEqual(len(runner.outcomes(50)), 50)
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        wait_until(lambda: children.read_text() == "", what="no child")
        self.assertLessEqual(len(os.listdir(f"/proc/{pid}/fd")), 6)
        runner.socket.close()
        self.finished(runner)

    def test_nobody_starts_them_by_hand(self):
        for program in (RUNNER, WORKER):
            done = run([program])
            self.assertEqual(done.returncode, 3)
            self.assertIn("is started by watchbilld", done.stderr)


class WorkerTest(unittest.TestCase):
    def test_odd_packets(self):
        """Each ends the template, or is passed over; it never hangs."""
        for packet in (b"", b"x", b"\0" * 80, b"\xff" * 80, b"\xff" * 5000, struct.pack("=IIi68s", 3, 1, 9, b"")):
            with self.subTest(packet=packet[:20]), Place() as place:
                ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                high = os.dup2(other.fileno(), 108)
                process = subprocess.Popen(["/bin/bash", "-c", f'exec "$0" 3<&{high}', str(WORKER)],
                                           stdin=subprocess.DEVNULL, pass_fds=[high])
                place.processes.append(process)
                os.close(high)
                other.close()
                ours.settimeout(10)
                first = ours.recv(1000)
                self.assertEqual(len(first), 80)
                self.assertIn(b"check_", first)
                if packet:
                    ours.send(packet)
                ours.close()
                self.assertEqual(process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
