# SPDX-License-Identifier: GPL-3.0-or-later
"""collect_nagios_log on the log of a Nagios, through its rotation, and collect_procstat."""
import json
import os
import unittest

from tests.support import BUILD, TOP, Place, run

COLLECT = BUILD / "collectors/collect_nagios_log"
FIXTURE = TOP / "tests/fixtures/log/nagios.log"


class NagiosLog(unittest.TestCase):
    def setUp(self):
        self.place = Place("nagios-log")
        self.addCleanup(self.place.close)
        self.log = self.place.write("nagios.log", FIXTURE.read_bytes())

    def collect(self, *words):
        return run([COLLECT, "-f", self.log, "--state-file", self.place.path / "state", *words])

    def values(self, *words):
        document = json.loads(self.collect("--format", "json", *words).stdout)
        return {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}

    def add(self, *lines):
        with open(self.log, "a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def test_what_when_where(self):
        values = self.values()
        self.assertEqual([values[name, None] for name in ("all_alerts", "hard_alerts", "all_notifications")], [7, 4, 3])
        self.assertEqual(values["alerts", "web1/HTTP/CRITICAL"], 2)
        self.assertEqual(values["alerts", "web1/HTTP/OK"], 1)
        self.assertEqual(values["alerts", "web2/DOWN"], 2)
        self.assertEqual(values["host_alerts", "web1"], 4)
        self.assertEqual(values["state_alerts", "CRITICAL"], 2)
        self.assertEqual(values["notifications", "admin"], 2)
        self.assertEqual((values["hour_alerts", "10"], values["hour_alerts", "11"]), (5, 2))
        self.assertEqual(self.values("--hard", "--state-file", self.place.path / "other")["alerts", "web1/HTTP/CRITICAL"], 1)

    def test_counters_grow(self):
        before = self.values()
        self.assertEqual(self.values(), before)
        self.add("[1763636400] SERVICE ALERT: db;Load;WARNING;SOFT;1;high", "[1763636401] SERVICE ALERT: db;Load;WARNING;HARD;3;high")
        values = self.values()
        self.assertEqual((values["all_alerts", None], values["alerts", "db/Load/WARNING"]), (9, 2))
        self.assertEqual(values["alerts", "web2/DOWN"], 2)
        for name, value in before.items():
            self.assertGreaterEqual(values[name], value, name)
        metrics = json.loads(run([COLLECT, "--describe"]).stdout)["metrics"]
        self.assertEqual({metric["type"] for metric in metrics}, {"DERIVE"})
        self.assertIn("watchbill_nagios_log_all_alerts_total 9\n", self.collect("--format", "openmetrics").stdout)
        (self.place.path / "state").unlink()
        self.assertEqual(self.values("--from-end")["all_alerts", None], 0)

    def test_rotation_into_archives(self):
        self.collect()
        self.add("[1763636400] HOST ALERT: db;DOWN;HARD;1;gone")
        (self.place.path / "archives").mkdir()
        self.log.rename(self.place.path / "archives/nagios-11-20-2026-12.log")
        self.add("[1763640000] LOG ROTATION: HOURLY", "[1763640000] HOST ALERT: db;UP;HARD;1;back")
        self.assertEqual(self.values()["host_alerts", "db"], 2)

    def test_statsd_and_graphite(self):
        lines = self.collect("--format", "statsd").stdout.splitlines()
        self.assertIn("nagios_log.all_alerts:7|c", lines)
        self.assertIn("nagios_log.alerts.web1_HTTP_CRITICAL:2|c", lines)
        self.add("[1763636400] HOST ALERT: db;DOWN;HARD;1;gone")
        self.assertEqual([line for line in self.collect("--format", "statsd").stdout.splitlines() if "all_alerts" in line],
                         ["nagios_log.all_alerts:1|c"])
        self.assertEqual(self.collect("--format", "statsd").stdout, "")
        lines = self.collect("--format", "graphite").stdout.splitlines()
        self.assertRegex("\n".join(lines), r"(?m)^nagios_log\.alerts\.db_DOWN 1 \d+$")

    def test_hostile_lines(self):
        self.collect()
        with open(self.log, "ab") as file:
            for line in (b"", b"[", b"[]", b"[x] HOST ALERT: a;UP;HARD;1;o", b"[1]HOST ALERT: a;UP;HARD;1;o", b"[1] HOST ALERT: a;UP",
                         b"[1] HOST ALERT: ;;;;", b"[99999999999999999999] HOST ALERT: a;UP;HARD;1;o", b"[1] SERVICE ALERT: a;b;OK;MAYBE;1;o",
                         b"\0" * 200, b"[1] HOST ALERT: a|b\x1b\xff=;DO'WN;HARD;1;o", b"[1] HOST ALERT: " + b"h" * 100000 + b";UP;HARD;1;o"):
                file.write(line + b"\n")
        for form in ("json", "perfdata", "openmetrics", "munin", "cacti"):
            with self.subTest(form=form):
                self.place.path.joinpath("again").unlink(missing_ok=True)
                result = self.collect("--format", form, "--state-file", self.place.path / "again")
                self.assertNotIn("\x1b", result.stdout)
                self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.values()["all_alerts", None], 8)

    def test_failures(self):
        result = run([COLLECT, "-f", self.place.path / "none"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("No such file", result.stderr)
        result = self.collect("--state-file", "/proc/no-such-folder/state")
        self.assertEqual(result.returncode, 3, "it would count everything again each time")
        self.assertEqual(result.stdout.strip(), "")

    def test_from_end(self):
        self.assertEqual(self.values("--from-end")["all_alerts", None], 0)


class Procstat(unittest.TestCase):
    def test_this_machine(self):
        document = json.loads(run([BUILD / "collectors/collect_procstat", "--format", "json"]).stdout)
        values = {metric["name"]: metric["value"] for metric in document["metrics"]}
        self.assertEqual(values["processors"], os.cpu_count())
        self.assertGreater(values["idle"], 0)

    def test_a_tree(self):
        with Place("procstat") as place:
            place.write("proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1\nprocs_blocked 3\n")
            result = run([BUILD / "collectors/collect_procstat", "--root", place.path, "--format", "cacti"])
            self.assertEqual(result.stdout, "user:1 nice:2 system:3 idle:4 iowait:5 irq:6 softirq:7 steal:8 processors:1 blocked:3\n")
            place.write("proc/stat", "nothing\n")
            self.assertEqual(run([BUILD / "collectors/collect_procstat", "--root", place.path]).returncode, 3)


if __name__ == "__main__":
    unittest.main()
