# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill-series as the daemon talks to it: what is in the files, with rrdcached and without, and pictures."""
import json
import math
import os
import signal
import socket
import struct
import subprocess
import unittest
import xml.etree.ElementTree

from tests.support import BUILD, Place, run, wait_until

PROGRAM = BUILD / "libexec" / "watchbill-series"
STORE, STORED, DRAW, PICTURE, REFUSED = 1, 2, 3, 4, 5
NAN = math.nan
ARCHIVES = ((60, 7200), (300, 86400))
START = 1_700_000_100   # a multiple of 300 s


def row(path, at, value, type="GAUGE", low=NAN, high=NAN, step=60, heartbeat=120, archives=ARCHIVES):
    name = path.encode()
    body = struct.pack("=12sI3d3q", type.encode(), len(archives), value, low, high, int(at * 1000), step * 1000,
                       heartbeat * 1000)
    for every, keep in archives:
        body += struct.pack("=2q", every * 1000, keep * 1000)
    return body + struct.pack("=I", len(name)) + name


class Child:
    def __init__(self, directory, rrdcached=None, env=None):
        ours, theirs = socket.socketpair()
        ours.settimeout(20)
        words = [PROGRAM, directory] + ([rrdcached] if rrdcached else [])
        self.process = subprocess.Popen(words, stdin=theirs, env=env)
        theirs.close()
        self.socket = ours

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def ask(self, kind, body):
        self.socket.sendall(struct.pack("=II", kind, len(body)) + body)
        kind, length = struct.unpack("=II", self.read(8))
        return kind, self.read(length)

    def store(self, *rows):
        kind, body = self.ask(STORE, b"".join(rows))
        assert kind == STORED
        return struct.unpack("=QQ", body[:16]) + (body[16:].decode(),)

    def draw(self, **graph):
        return self.ask(DRAW, json.dumps(graph).encode())

    def close(self):
        self.socket.close()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


class Series(unittest.TestCase):
    def setUp(self):
        self.place = Place("series")
        self.addCleanup(self.place.close)
        self.directory = self.place.path / "rrd"
        self.directory.mkdir()
        self.child = self.start()

    def start(self, **more):
        child = Child(self.directory, **more)
        self.addCleanup(child.close)
        return child

    def path(self, name):
        return self.directory / name

    def fetch(self, name, function="AVERAGE", start=START, end=START + 3600, step=None):
        words = ["rrdtool", "fetch", self.path(name), function, "-s", start - 60, "-e", end] + (["-r", step] if step else [])
        answer = run(words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        values = {}
        for line in answer.stdout.splitlines()[2:]:
            at, value = line.split(":")
            values[int(at)] = float(value)
        return values

    def info(self, name):
        answer = run(["rrdtool", "info", self.path(name)])
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return dict(line.split(" = ", 1) for line in answer.stdout.splitlines())


class Files(Series):
    def test_the_values_of_a_gauge(self):
        rows = [row("web/load/load1.rrd", START + 60 * i, i) for i in range(31)]
        self.assertEqual(self.child.store(*rows), (31, 0, ""))
        values = self.fetch("web/load/load1.rrd")
        for i in range(31):
            self.assertEqual(values[START + 60 * i], i)
        info = self.info("web/load/load1.rrd")
        self.assertEqual(info["ds[value].type"], '"GAUGE"')
        self.assertEqual(info["ds[value].minimal_heartbeat"], "120")
        self.assertEqual(info["step"], "60")
        self.assertEqual([(info[f"rra[{i}].cf"], info[f"rra[{i}].pdp_per_row"], info[f"rra[{i}].rows"])
                          for i in range(6)],
                         [(f'"{cf}"', per, rows) for per, rows in (("1", "120"), ("5", "288"))
                          for cf in ("AVERAGE", "MAX", "MIN")])
        self.assertNotIn("rra[6].cf", info)
        self.assertEqual(self.fetch("web/load/load1.rrd", "MAX", step=300)[START + 300], 5)
        self.assertEqual(self.fetch("web/load/load1.rrd", "MIN", step=300)[START + 300], 1)
        self.assertEqual(self.path("web/load").stat().st_mode & 0o027, 0)

    def test_the_first_value_counts(self):
        self.child.store(row("h/c/l.rrd", START, 5))
        self.assertEqual(self.fetch("h/c/l.rrd", end=START + 60)[START], 5)

    def test_rates(self):
        for type, value, expected in (("COUNTER", lambda i: i * 600, 10), ("DERIVE", lambda i: i * 600, 10),
                                      ("ABSOLUTE", lambda i: 600, 10)):
            name = f"h/c/{type}.rrd"
            rows = [row(name, START + 60 * i, value(i), type) for i in range(10)]
            self.assertEqual(self.child.store(*rows), (10, 0, ""))
            self.assertAlmostEqual(self.fetch(name)[START + 300], expected)
        self.assertEqual(float(self.info("h/c/DERIVE.rrd")["ds[value].min"]), 0)

    def test_a_derive_that_starts_again_is_unknown_not_negative(self):
        rows = [row("h/c/d.rrd", START + 60 * i, value, "DERIVE") for i, value in enumerate((600, 1200, 0, 600))]
        self.child.store(*rows)
        values = self.fetch("h/c/d.rrd")
        self.assertTrue(math.isnan(values[START + 120]))
        self.assertEqual(values[START + 180], 10)

    def test_values_as_librrd_must_see_them(self):
        good = [NAN, 1e-7, -3.25, 1e15, 123456789.125, 0]
        rows = [row("h/c/g.rrd", START + 60 * i, value) for i, value in enumerate(good)]
        self.assertEqual(self.child.store(*rows)[0], len(good))
        values = self.fetch("h/c/g.rrd")
        for i, value in enumerate(good):
            if math.isnan(value):
                self.assertTrue(math.isnan(values[START + 60 * i]))
            else:
                self.assertAlmostEqual(values[START + 60 * i], value, delta=abs(value) * 1e-9)
        for type, value in (("GAUGE", math.inf), ("GAUGE", -math.inf), ("COUNTER", -1), ("COUNTER", 1e300),
                            ("DERIVE", math.inf)):
            stored, failed, said = self.child.store(row(f"h/c/bad{type}.rrd", START, value, type))
            self.assertEqual((stored, failed), (0, 1))
            self.assertIn("cannot be the value", said)
            self.assertFalse(self.path(f"h/c/bad{type}.rrd").exists())

    def test_an_older_value_fails_alone(self):
        self.assertEqual(self.child.store(row("h/c/l.rrd", START + 60, 1))[0], 1)
        stored, failed, said = self.child.store(row("h/c/l.rrd", START, 1), row("h/c/l.rrd", START + 120, 2))
        self.assertEqual((stored, failed), (1, 1))
        self.assertIn("h/c/l.rrd", said)

    def test_a_file_taken_away_is_made_again(self):
        self.child.store(row("h/c/l.rrd", START, 1))
        self.path("h/c/l.rrd").unlink()
        self.assertEqual(self.child.store(row("h/c/l.rrd", START + 60, 2)), (1, 0, ""))
        self.assertTrue(self.path("h/c/l.rrd").exists())

    def test_a_file_that_is_no_rrd_is_left_alone(self):
        self.path("h/c").mkdir(parents=True)
        self.path("h/c/l.rrd").write_text("my notes")
        stored, failed, said = self.child.store(row("h/c/l.rrd", START, 1))
        self.assertEqual((stored, failed), (0, 1))
        self.assertIn("h/c/l.rrd", said)
        self.assertEqual(self.path("h/c/l.rrd").read_text(), "my notes")

    def test_definitions_that_cannot_be(self):
        for more in ({"type": "ODD"}, {"step": 0}, {"heartbeat": 0}, {"archives": ()}, {"archives": ((60, 0),)},
                     {"archives": ((1, 10 ** 12),)}, {"archives": ((60, 7200),) * 65}):
            self.assertEqual(self.child.store(row("h/c/x.rrd", START, 1, **more))[:2], (0, 1), more)
        self.assertFalse(self.path("h/c/x.rrd").exists())


class Conversion(Series):
    def fill(self, **more):
        rows = [row("h/c/l.rrd", START + 60 * i, i, **more) for i in range(60)]
        self.assertEqual(self.child.store(*rows), (60, 0, ""))

    def test_other_archives_keep_the_history(self):
        self.fill()
        before = self.fetch("h/c/l.rrd", start=START + 900, end=START + 3300)
        self.assertEqual(before[START + 1200], 20)
        for archives in (((60, 36000), (600, 864000)), ((60, 7200),), ((60, 3600), (300, 864000), (3600, 8640000))):
            with self.subTest(archives):
                at = int(self.info("h/c/l.rrd")["last_update"]) + 60
                self.assertEqual(self.child.store(row("h/c/l.rrd", at, 60, archives=archives)), (1, 0, ""))
                info = self.info("h/c/l.rrd")
                self.assertEqual(sum(key.endswith("].cf") for key in info), 3 * len(archives))
                after = self.fetch("h/c/l.rrd", start=START + 900, end=START + 3300)
                kept = [at for at in before if after.get(at) == before[at]]
                self.assertGreaterEqual(len(kept), 40)
        self.assertEqual([path.name for path in self.path("h/c").iterdir()], ["l.rrd"])

    def test_limits_change_in_place(self):
        self.fill()
        self.assertEqual(self.child.store(row("h/c/l.rrd", START + 3600, 7, low=0, high=50, heartbeat=300)), (1, 0, ""))
        info = self.info("h/c/l.rrd")
        self.assertEqual(info["ds[value].minimal_heartbeat"], "300")
        self.assertEqual((float(info["ds[value].min"]), float(info["ds[value].max"])), (0, 50))
        self.assertEqual(self.fetch("h/c/l.rrd")[START + 1200], 20)
        self.assertEqual(self.child.store(row("h/c/l.rrd", START + 3660, 7)), (1, 0, ""))
        self.assertEqual(self.info("h/c/l.rrd")["ds[value].max"], "NaN")

    def test_another_process_finds_the_file_as_it_should_be(self):
        self.fill()
        inode = self.path("h/c/l.rrd").stat().st_ino
        other = self.start()
        self.assertEqual(other.store(row("h/c/l.rrd", START + 3600, 60)), (1, 0, ""))
        self.assertEqual(self.path("h/c/l.rrd").stat().st_ino, inode)

    def test_another_step(self):
        self.fill()
        self.assertEqual(self.child.store(row("h/c/l.rrd", START + 3600, 60, step=30, archives=((30, 7200), (300, 86400)))),
                         (1, 0, ""))
        self.assertEqual(self.info("h/c/l.rrd")["step"], "30")
        values = [value for value in self.fetch("h/c/l.rrd").values() if not math.isnan(value)]
        self.assertGreater(len(values), 50)


class Pictures(Series):
    def setUp(self):
        super().setUp()
        for name, factor in (("in", 1), ("out", 2)):
            self.child.store(*[row(f"h/net/{name}.rrd", START + 60 * i, factor * (20 + i % 7)) for i in range(60)])
        self.graph = {"start": START, "end": START + 3600, "title": "Traffic: in \\ and out", "vertical": "B/s",
                      "items": [{"path": "h/net/in.rrd", "label": "in: 50% \\l", "stack": True},
                                {"path": "h/net/out.rrd", "label": "aus ü", "negative": True}],
                      "lines": [{"at": START + 600, "text": "deploy: v1\\2"}, {"at": 5, "text": "long ago"}]}

    def draw(self, **more):
        return self.child.draw(**{**self.graph, **more})

    def test_png_and_svg(self):
        kind, picture = self.draw(format="png", width=700, height=200)
        self.assertEqual(kind, PICTURE, picture)
        self.assertTrue(picture.startswith(b"\x89PNG\r\n"))
        self.assertGreater(struct.unpack(">I", picture[16:20])[0], 700)
        kind, picture = self.draw(format="svg")
        self.assertEqual(kind, PICTURE, picture)
        self.assertTrue(xml.etree.ElementTree.fromstring(picture).tag.endswith("svg"))

    def test_what_is_drawn_changes_the_picture(self):
        pictures = [self.draw()[1], self.draw(lines=[])[1], self.draw(items=self.graph["items"][:1])[1],
                    self.draw(items=[dict(item, negative=False) for item in self.graph["items"]])[1],
                    self.draw(title="")[1]]
        self.assertEqual(len(set(pictures)), len(pictures))

    def test_nothing_stored_is_a_sentence(self):
        for items in ([], [{"path": "h/net/none.rrd", "label": "x"}]):
            kind, said = self.draw(items=items)
            self.assertEqual(kind, REFUSED)
            self.assertIn(b"nothing is stored yet", said)
        self.assertEqual(self.draw(items=self.graph["items"] + [{"path": "h/net/none.rrd"}])[0], PICTURE)

    def test_hostile_requests(self):
        for more in ({"items": [{"path": "../../etc/passwd"}]}, {"items": [{"path": "/etc/passwd"}]},
                     {"items": [{"path": 7}]}, {"items": "x"}, {"start": 10, "end": 5}, {"start": 1e300, "end": 5},
                     {"start": -5}):
            self.assertEqual(self.draw(**more)[0], REFUSED, more)
        for body in (b"", b"{", b"[]", b"\x00" * 50, b"null"):
            self.assertEqual(self.child.ask(DRAW, body)[0], REFUSED)
        self.assertEqual(self.draw(width=10 ** 9, height=-3, lines=[{"at": START + 5, "text": "%s%n"}] * 5)[0], PICTURE)
        self.assertEqual(self.draw(title="<b>&amp; \x01 \ud83d", items=[{"path": "h/net/in.rrd", "label": ""}])[0]
                         in (PICTURE, REFUSED), True)
        self.assertEqual(self.draw()[0], PICTURE)

    def test_many_series_are_stacked(self):
        items = [{"path": "h/net/in.rrd", "label": f"s{i}", "stack": True} for i in range(30)]
        self.assertEqual(self.draw(items=items)[0], PICTURE)

    def test_a_directory_with_a_colon(self):
        self.directory = self.place.path / "a:b"
        self.directory.mkdir()
        child = self.start()
        child.store(*[row("h:1/c/l.rrd", START + 60 * i, i) for i in range(9)])
        kind, picture = child.draw(**{**self.graph, "items": [{"path": "h:1/c/l.rrd", "label": "l"}]})
        self.assertEqual(kind, PICTURE, picture)


class Manners(Series):
    def test_it_ends_with_its_socket(self):
        self.assertEqual(self.child.close(), 0)

    def test_rubbish_ends_it(self):
        self.child.socket.sendall(b"\xff" * 64)
        self.assertEqual(self.child.process.wait(10), 0)

    def test_a_torn_row_is_counted(self):
        good = row("h/c/l.rrd", START, 1)
        stored, failed, said = self.child.store(good, good[:-3])
        self.assertEqual((stored, failed), (1, 1))
        self.assertIn("pieces", said)

    def test_a_frame_may_come_in_any_pieces(self):
        frame = row("h/c/l.rrd", START, 1)
        for byte in struct.pack("=II", STORE, len(frame)) + frame:
            self.child.socket.sendall(bytes([byte]))
        kind, length = struct.unpack("=II", self.child.read(8))
        self.assertEqual(struct.unpack("=QQ", self.child.read(length)[:16]), (1, 0))

    def test_the_environment_does_not_choose_an_rrdcached(self):
        child = self.start(env=dict(os.environ, RRDCACHED_ADDRESS="unix:/nonexistent"))
        self.assertEqual(child.store(row("h/c/e.rrd", START, 1)), (1, 0, ""))

    def test_started_by_a_person(self):
        answer = run([PROGRAM])
        self.assertEqual(answer.returncode, 3)
        self.assertIn("watchbilld", answer.stderr)


class Rrdcached(Series):
    def setUp(self):
        super().setUp()
        self.socket = self.place.path / "s.sock"
        self.cache = self.start_cache()
        self.address = f"unix:{self.socket}"

    def start_cache(self):
        cache = self.place.start(["rrdcached", "-g", "-l", f"unix:{self.socket}", "-b", self.directory, "-B", "-R", "-F",
                                  "-w", "300", "-z", "1", "-p", self.place.path / "pid", "-t", "1"], "rrdcached")
        wait_until(lambda: self.ask("PING"), what="rrdcached")
        return cache

    def ask(self, line):
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(line.encode() + b"\n")
                return client.recv(65536).decode()
        except OSError:
            return None

    def test_values_go_through_it(self):
        child = self.start(rrdcached=self.address)
        rows = [row("h/c/l.rrd", START + 60 * i, i) for i in range(10)]
        self.assertEqual(child.store(*rows), (10, 0, ""))
        self.assertIn("pending", self.ask(f"PENDING {self.path('h/c/l.rrd')}"))
        kind, picture = child.draw(start=START, end=START + 600, items=[{"path": "h/c/l.rrd", "label": "l"}])
        self.assertEqual(kind, PICTURE, picture)
        self.assertEqual(self.fetch("h/c/l.rrd")[START + 540], 9)

    def test_conversion_behind_it(self):
        child = self.start(rrdcached=self.address)
        child.store(*[row("h/c/l.rrd", START + 60 * i, i) for i in range(30)])
        self.assertEqual(child.store(row("h/c/l.rrd", START + 1800, 30, archives=((60, 36000),))), (1, 0, ""))
        self.ask(f"FLUSH {self.path('h/c/l.rrd')}")
        values = self.fetch("h/c/l.rrd")
        self.assertEqual(values[START + 1200], 20)
        self.assertEqual(values[START + 1800], 30)

    def test_a_dead_one_is_done_without(self):
        child = self.start(rrdcached=self.address)
        child.store(row("h/c/l.rrd", START, 1))
        self.place.stop(self.cache)
        first = child.store(row("h/c/l.rrd", START + 60, 2))
        second = child.store(row("h/c/l.rrd", START + 120, 3))
        self.assertEqual(second, (1, 0, ""), first)
        self.assertEqual(self.fetch("h/c/l.rrd")[START + 120], 3)
        kind, picture = child.draw(start=START, end=START + 600, items=[{"path": "h/c/l.rrd", "label": "l"}])
        self.assertEqual(kind, PICTURE, picture)
        self.cache = self.start_cache()
        self.assertEqual(child.store(row("h/c/l.rrd", START + 180, 4)), (1, 0, ""))

    def test_a_stopped_one_blocks_the_child_alone(self):
        child = self.start(rrdcached=self.address)
        child.store(row("h/c/l.rrd", START, 1))
        self.cache.send_signal(signal.SIGSTOP)
        try:
            child.socket.settimeout(1)
            with self.assertRaises(TimeoutError):
                child.store(row("h/c/l.rrd", START + 60, 2))
            child.process.kill()
        finally:
            self.cache.send_signal(signal.SIGCONT)


if __name__ == "__main__":
    unittest.main()
