# SPDX-License-Identifier: GPL-3.0-or-later
"""check_rrd on files that rrdtool made of known numbers."""
import json
import os
import struct
import unittest

from tests.support import BUILD, Place, run

RRD = BUILD / "checks" / "check_rrd"
NOW = 1_700_000_400          # a whole number of 5 minutes
WEEK = 7 * 86400


class CheckRrd(unittest.TestCase):
    def setUp(self):
        self.place = Place("rrd")
        self.addCleanup(self.place.close)
        self.file = self.place.path / "series.rrd"

    def tool(self, *words):
        done = run(["rrdtool", *words])
        self.assertEqual(done.returncode, 0, done.stderr)

    def create(self, begin, step=300, archives=("AVERAGE:0.5:1:9000", "MAX:0.5:1:9000", "MIN:0.5:1:9000"),
               sources=("DS:value:GAUGE:600:U:U",), path=None):
        self.tool("create", path or self.file, "--start", begin, "--step", step, *sources,
                  *(f"RRA:{archive}" for archive in archives))

    def fill(self, rows, path=None):
        rows = [f"{at}:{value}" for at, value in rows]
        for i in range(0, len(rows), 1000):
            self.tool("update", path or self.file, *rows[i:i + 1000])

    def series(self, values, step=300):
        """Values whose intervals end at NOW, the newest last."""
        begin = NOW - step * len(values)
        self.create(begin)
        self.fill((begin + step * (i + 1), value) for i, value in enumerate(values))

    def check(self, *words, code=None, now=NOW, file=True):
        done = run([RRD, *(["--file", self.file] if file else []), "--now", now, *words])
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def metrics(self, *words):
        document = json.loads(self.check("--format", "json", *words))
        return {metric["name"]: metric["value"] for metric in document["metrics"]}

    # ---- numbers over a span ----

    def test_average_extremes_and_last(self):
        self.series([100] * 12 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        for mode, value in (("average", 6.5), ("maximum", 12), ("minimum", 1), ("last", 12)):
            found = self.metrics("--mode", mode)
            self.assertAlmostEqual(found["value"], value)
            self.assertEqual((found["samples"], found["unknown"], found["age"]), (12, 0, 0))
        self.assertAlmostEqual(self.metrics("--span", "2h")["value"], (1200 + 78) / 24)
        self.assertAlmostEqual(self.metrics("--mode", "maximum", "--cf", "MIN")["value"], 12)

    def test_text_and_thresholds(self):
        self.series([1, 2, 3] * 4)
        self.assertEqual(self.check("-w", "5", code=0).split(" | ")[0],
                         f"RRD OK - {self.file}: average 2 over 1h, 12 samples")
        self.assertIn("| value=2;5;;; unknown=0%;;;0;100\n", self.check("-w", "5"))
        self.check("-w", "1.5", "-c", "5", code=1)
        self.check("-m", "max", code=3)
        self.check("-m", "maximum", "-c", "2.5", code=2)
        self.check("-w", "unknown=10", code=0)

    def test_a_part_of_the_past_when_asked_for(self):
        self.series([1] * 12 + [9] * 12)
        self.assertIn("average 1 over 1h", self.check(now=NOW - 3600))

    def test_a_series_of_the_scheduler_is_found_by_its_names(self):
        folder = self.place.path / "rrd/web01/load"
        folder.mkdir(parents=True)
        self.file = folder / "load5.rrd"
        self.series([3] * 12)
        words = ("--state", self.place.path, "--host", "web01", "--check", "load")
        self.assertTrue(self.check(*words, "--metric", "load5", code=0, file=False)
                        .startswith("RRD OK - web01/load load5: average 3 over 1h"))
        self.assertIn("No such file", self.check(*words, "--metric", "load15", code=3, file=False))
        self.check(*words, "--metric", "../../load/load5", code=3, file=False)

    def test_the_coarser_archive_reaches_back_further(self):
        self.create(NOW - 86400, archives=("AVERAGE:0.5:1:12", "AVERAGE:0.5:12:24"))
        self.fill((NOW - 86400 + 300 * i, i // 144) for i in range(1, 289))
        found = self.metrics("--span", "20h")
        self.assertLessEqual(found["samples"], 20)
        self.assertAlmostEqual(found["value"], 12 / 20, delta=0.05)

    # ---- unknown, little and old ----

    def test_unknown_samples(self):
        self.series([4, "U"] * 6)
        self.assertEqual(self.metrics()["unknown"], 50)
        self.check(code=0)
        self.assertIn("50 % of the samples in 1h are unknown, more than 40 %", self.check("--unknown", "40", code=3))
        self.file.unlink()
        self.series(["U"] * 12)
        self.assertIn("0 samples in 1h, at least 1", self.check(code=3))

    def test_what_the_file_never_held_is_unknown(self):
        self.series([4] * 12)
        self.assertIn("are unknown", self.check("--span", "4h", code=3))
        self.create(NOW - 3600, archives=("AVERAGE:0.5:1:12",))
        self.fill((NOW - 3600 + 300 * i, 4) for i in range(1, 13))
        self.assertEqual(self.metrics("--span", "4h", "-u", "90")["unknown"], 75)
        self.check("--span", "3000d", code=3)

    def test_least(self):
        self.series([4] * 12)
        self.check("--least", "12", code=0)
        self.assertIn("12 samples in 1h, at least 13 are needed", self.check("--least", "13", code=3))
        self.assertIn("at least 3", self.check("--mode", "trend", "--span", "10m", code=3))

    def test_old_data(self):
        self.series([4] * 12)
        self.check(now=NOW + 1200, code=0)
        self.assertIn("the last update is 20m1s old, more than 20m", self.check(now=NOW + 1201, code=3))
        self.assertIn("is 2m old, more than 1m", self.check("--stale", "1m", now=NOW + 120, code=3))
        self.check("--stale", "1d", now=NOW + 1800, code=0)

    # ---- trend ----

    def test_trend(self):
        self.series([10 + i for i in range(12)])
        found = self.metrics("--mode", "trend")
        self.assertAlmostEqual(found["slope"], 12)
        self.assertAlmostEqual(found["value"], 12)
        self.assertIn(": 21 now, +12 per hour over 1h", self.check("--mode", "trend"))

    def test_time_to_a_limit(self):
        self.series([10 + i for i in range(12)])
        trend = ("--mode", "trend", "--limit", "45")
        found = self.metrics(*trend)
        self.assertAlmostEqual(found["time_to_limit"], 7200)
        self.assertAlmostEqual(found["value"], 7200)
        self.assertIn("reaches 45 in 2h", self.check(*trend, code=0))
        for name in ("", "time_to_limit="):
            self.check(*trend, "-w", f"{name}86400:", "-c", f"{name}3600:", code=1)
            self.check(*trend, "-w", f"{name}86400:", "-c", f"{name}7300:", code=2)
            self.check(*trend, "-w", f"{name}3600:", code=0)
        self.assertIn("is above 20 already", self.check("--mode", "trend", "-l", "20", "-c", "1:", code=2))

    def test_a_lower_limit_and_one_that_is_never_reached(self):
        self.series([40 - i for i in range(12)])
        self.assertIn("29 now, -12 per hour over 1h, reaches 5 in 2h",
                      self.check("--mode", "trend", "--limit", "5", "--falling", "-c", "7300:", code=2))
        self.assertIn("does not reach 50", self.check("--mode", "trend", "--limit", "50", "-c", "86400:", code=0))

    # ---- the time of the week ----

    def weeks(self, now, usual=((8, 12),) * 4):
        """An hour now, and the same hour of each earlier week of two values by turns, the newest week first."""
        self.create(NOW - 5 * WEEK, archives=("AVERAGE:0.5:1:12000",))
        rows = []
        for back, values in reversed(list(enumerate(usual, 1))):
            rows += [(NOW - back * WEEK - 3600 + 300 * i, values[i % 2]) for i in range(13)]
        rows += [(NOW - 3600 + 300 * i, now) for i in range(13)]
        self.fill(rows)

    def test_season(self):
        self.weeks(12.3)
        text = self.check("--mode", "seasonal", code=0)
        self.assertIn(": 12.3 now, 10 ± 4.04233 expected from 4 weeks, 48 samples", text)
        found = self.metrics("--mode", "seasonal")
        self.assertEqual(found["samples"], 48)
        self.assertAlmostEqual(found["expected"], 10)
        self.assertAlmostEqual(found["deviations"], 2.3 / (192 / 47) ** 0.5)
        self.check("--mode", "seasonal", "--band", "1", code=1)
        self.check("--mode", "seasonal", "--band", "1", "-w", "20", code=0)
        self.check("--mode", "seasonal", "-c", "deviations=-1:1", code=2)

    def test_season_is_out_of_its_band(self):
        for now in (1, 30):
            self.weeks(now)
            self.assertIn(f"{now} now, 10 ± ", self.check("--mode", "seasonal", code=1))
            self.file.unlink()

    def test_season_warms_up(self):
        self.weeks(10, ((8, 12),))
        text = self.check("--mode", "seasonal", "--least", "13", code=3)
        self.assertIn("too little is known of this time of the week: 12 samples of 1 week, at least 13", text)
        self.assertIn("expected from 1 week, 12 samples", self.check("--mode", "seasonal", code=0))
        self.assertIn("expected from 1 week, 12 samples", self.check("--mode", "seasonal", "--weeks", "1", code=0))
        self.file.unlink()
        self.weeks(10, ())
        self.assertIn("0 samples of 0 weeks", self.check("--mode", "seasonal", code=3))

    def test_season_of_a_constant(self):
        self.weeks(0.1, ((0.1, 0.1),) * 4)
        self.check("--mode", "seasonal", code=0)
        self.file.unlink()
        self.weeks(0.2, ((0.1, 0.1),) * 4)
        self.check("--mode", "seasonal", code=1)

    def test_season_by_a_clock_that_was_changed(self):
        """Monday 2023-10-30 17:00 in Berlin is 16:00 UTC; a week before it was 15:00 UTC."""
        now = 1698681600
        self.create(now - 2 * WEEK, archives=("AVERAGE:0.5:1:12000",))
        self.fill([(now - WEEK - 7200 + 300 * i, 5 if i <= 12 else 50) for i in range(25)] +
                  [(now - 3600 + 300 * i, 5) for i in range(13)])
        words = ("--mode", "seasonal", "--weeks", "1")
        self.assertIn("5 now, 5 ±", self.check(*words, "--timezone", "Europe/Berlin", now=now, code=0))
        self.assertIn("5 now, 50 ±", self.check(*words, now=now, code=1))
        self.assertIn("Nowhere", self.check(*words, "--timezone", "Nowhere", now=now, code=3))

    # ---- Holt-Winters ----

    def test_failures(self):
        self.create(NOW - 4 * 86400, archives=("AVERAGE:0.5:1:2000", "HWPREDICT:1440:0.1:0.0035:288"))
        rows = [(NOW - 4 * 86400 + 300 * i, 10 + (i % 288 >= 144)) for i in range(1, 1152 - 6)]
        self.fill(rows + [(NOW - 300 * i, 900) for i in range(6, -1, -1)])
        self.check("--mode", "failures", code=0)
        found = self.metrics("--mode", "failures")
        self.assertGreater(found["failures"], 0)
        self.assertEqual(found["failures"], found["value"])
        self.check("--mode", "failures", "-w", "0", code=1)
        self.check("--mode", "failures", "-c", "failures=0", code=2)
        fetched = run(["rrdtool", "fetch", self.file, "FAILURES", "--start", NOW - 3600, "--end", NOW - 1]).stdout
        self.assertEqual(found["failures"], fetched.count("1.0000000000e+00"))

    def test_no_failures_are_kept(self):
        self.series([1] * 12)
        self.assertIn("no Holt-Winters failures are kept in this file", self.check("--mode", "failures", code=3))

    # ---- files that are not as they should be ----

    def test_several_sources(self):
        self.create(NOW - 3600, sources=("DS:in:GAUGE:600:U:U", "DS:out:GAUGE:600:U:U"))
        self.fill((NOW - 3600 + 300 * i, "1:7") for i in range(1, 13))
        self.assertIn('which data source? It has "in", "out"', self.check(code=3))
        self.assertIn("average 7 over", self.check("--source", "out", code=0))
        self.assertIn('no data source "up"; it has "in", "out"', self.check("--source", "up", code=3))

    def test_a_function_that_is_not_kept(self):
        self.create(NOW - 3600, archives=("AVERAGE:0.5:1:100",))
        self.fill((NOW - 3600 + 300 * i, 1) for i in range(1, 13))
        self.assertIn("no archive of MAX", self.check("--mode", "maximum", code=3))
        self.check("--mode", "maximum", "--cf", "AVERAGE", code=0)

    def unreadable(self, content, words):
        self.file.write_bytes(content)
        text = self.check(code=3)
        self.assertTrue(text.startswith("RRD UNKNOWN - "), text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertIn(words, text)

    def test_damaged_files(self):
        self.series([1] * 12)
        good = self.file.read_bytes()
        self.unreadable(b"", "the file is empty")
        self.unreadable(b"hello\n", "too short")
        self.unreadable(b"\0" * 5000, "not an RRD file")
        self.unreadable(b"SQLite format 3\0" * 100, "not an RRD file")
        self.unreadable(good[:130], "ends within its head")
        self.unreadable(good[:2000], "no room for the 9000 rows")
        self.unreadable(good[:-1], "")
        for offset, value, words in ((16, 1.0, "another architecture"), (24, 0, "no source"), (24, 1 << 61, "sources"),
                                     (32, 1 << 60, "archives"), (40, 1 << 62, "its step"), (272, 1 << 60, "rows"),
                                     (280, 1 << 60, "steps"), (280, 0, "steps")):
            code = "<d" if isinstance(value, float) else "<Q"
            self.unreadable(good[:offset] + struct.pack(code, value) + good[offset + 8:], words)

    def test_no_file_at_all(self):
        self.assertIn("No such file", self.check(code=3))
        self.file.mkdir()
        self.assertIn("not a regular file", self.check(code=3))
        self.file.rmdir()
        os.mkfifo(self.file)
        self.assertIn("not a regular file", self.check(code=3))

    def test_a_huge_file(self):
        self.series([1] * 12)
        os.truncate(self.file, (1 << 30) + 1)
        self.assertIn("more than the 1073741824 that are read", self.check(code=3))

    def test_misuse(self):
        for words, sentence in (((), "give --file, or"), (("--check", "x"), "give --file, or"),
                                (("--file", "a", "--check", "b"), "give one of"),
                                (("--file", "a", "--limit", "3"), "belong to --mode trend"),
                                (("--file", "a", "--mode", "mean"), "mean")):
            done = run([RRD, *words])
            self.assertEqual(done.returncode, 3)
            self.assertIn(sentence, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
