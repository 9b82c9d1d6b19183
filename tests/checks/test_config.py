# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill config check and config show: what a person sees of a good and of a bad configuration."""
import datetime
import json
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.support import BUILD, TOP, Place, run

WATCHBILL = BUILD / "bin" / "watchbill"


class Config(unittest.TestCase):
    def setUp(self):
        self.place = Place("config")
        self.addCleanup(self.place.close)

    def check(self, *more, **options):
        return run([WATCHBILL, "config", "check", "--conf", self.place.path, *more], **options)

    def test_our_own_configuration_is_good(self):
        done = run([WATCHBILL, "config", "check", "--conf", TOP / "conf"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_documented_configuration_is_good(self):
        done = run([WATCHBILL, "config", "check", "--conf", TOP / "tests/fixtures/config/interface"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("3 hosts, 4 checks", done.stdout)

    def test_what_keeps_quiet(self):
        self.place.write("users.yaml", "windows: {night: {days: mon-sun, start: '22:00', end: '06:00'}}\n")
        self.place.write("services/web.yaml", "hosts: {web01: {}}\nchecks: {http: {}}\n")
        self.place.write("watchbill.yaml", """downtimes:
  - {match: "host=/^web", window: nigth}
  - {window: night, children: perhaps}
  - {match: "hots=web01", window: night}
inhibit:
  - {source: {match: web01, state: [CRITICAL, BAD]}, target: {match: web02}, equal: [tag.site, hosts]}
  - {source: {match: "check=/(a)\\\\1/"}, targets: {}}
alerting: {silence_max: 1s}
""")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        for sentence in ('watchbill.yaml:2:13: "match": the closing / is missing: "/^web"',
                         'watchbill.yaml:2:35: unknown window "nigth"; did you mean "night"',
                         'watchbill.yaml:3:5: "match" is missing',
                         'watchbill.yaml:3:31: "children" must be',
                         'watchbill.yaml:4:13: "match": not host, check, service or tag.NAME: "hots"',
                         'watchbill.yaml:6:47: not a verdict such as OK, WARNING, CRITICAL or UNKNOWN: "BAD"',
                         'watchbill.yaml:6:96: not host, service or tag.NAME: "hosts"',
                         'watchbill.yaml:6:5: no check is meant by "web02" (a warning)',
                         'an expression may not refer back: "(a)\\1"',
                         'unknown key "targets"; did you mean "target"',
                         'watchbill.yaml:8:25: "silence_max" must be at least 1m: "1s"'):
            self.assertIn(sentence, done.stdout + done.stderr)

    def test_what_will_not_run(self):
        """Each is what the helper or the program would refuse, when it is called for."""
        self.place.write("users.yaml", "users: {ann: {contacts: {notify: [{command: [/bin/true]}]}}}\n")
        rest = "issue: OPS-1, owner: ann, ttl: 30d, diagnosed: true, cause: vendor"
        today = datetime.datetime.now(datetime.timezone.utc).date()
        day = datetime.timedelta(days=1)
        self.place.write("remediations.yaml", f"""trackers: {{OPS: {{type: file, path: issues.yaml}}}}
remediations:
  fine: {{{rest}, tagged: {today}, command: [clean_spool, --directory, /x]}}
  typo: {{{rest}, tagged: {today}, command: [clean_spol, --directory, /x]}}
  later: {{{rest}, tagged: {today + 2 * day}, command: [clean_spool, --directory, /x]}}
  over: {{{rest}, tagged: {today - 31 * day}, command: [clean_spool, --directory, /x]}}
  last: {{{rest}, tagged: {today - 30 * day}, command: [clean_spool, --directory, /x]}}
  steps:
    {{{rest}, tagged: {today}, steps: [{{run: [run_command, --command, x]}},
                                     {{run: [clean_spol, y], undo: [run_comand, z]}}]}}
""")
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.splitlines()[:-1], [
            'remediations.yaml:5:3: "tagged" is a day that is still to come, in UTC; until then it is refused: '
            f'"{today + 2 * day}" (a warning)',
            f"remediations.yaml:6:3: its TTL ended with {today - day}, and it is disarmed (a warning)",
            'remediations.yaml:4:3: no program "clean_spol" in our remediations or any directory of "plugins" (a warning)',
            'remediations.yaml:8:3: no program "clean_spol" in our remediations or any directory of "plugins" (a warning)',
            'remediations.yaml:8:3: no program "run_comand" in our remediations or any directory of "plugins" (a warning)'])

    def test_what_would_run_as_root_by_saying_nothing(self):
        rest = "issue: OPS-1, owner: ann, ttl: 30d, diagnosed: true, cause: vendor, command: [clean_spool, --directory, /x]"
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.place.write("users.yaml", "users: {ann: {contacts: {notify: [{command: [/bin/true]}]}}}\n")
        self.place.write("remediations.yaml", f"""trackers: {{OPS: {{type: file, path: issues.yaml}}}}
remediations:
  said: {{{rest}, tagged: {today}, user: root}}
  unsaid: {{{rest}, tagged: {today}}}
""")
        self.assertNotIn("root", self.check().stdout)
        self.place.write("watchbill.yaml", "state: state\nuser: nobody\n")
        self.assertIn('remediations.yaml:4:3: no "user": the helper runs it as root (a warning)',
                      self.check().stdout.splitlines())
        self.assertNotIn("remediations.yaml:3:3: no", self.check().stdout)

    GROUP = """
windows:
  nights: {{days: mon-sun, start: "22:00", end: "06:00", timezone: Europe/Berlin}}
  office: {{days: mon-fri, start: "09:00", end: "17:00"}}
users:
  geoff: {{contacts: {{alert: [{{command: [/bin/true]{contact}}}], notify: [{{command: [/bin/true]}}]}}}}
groups:
  admins: {{timezone: Europe/Berlin, {group}rota: [{shifts}]}}
"""

    def gaps(self, shifts="{users: [geoff]}", group="", contact="", alert=""):
        self.place.write("users.yaml", self.GROUP.format(shifts=shifts, group=group, contact=contact))
        self.place.write("services/web.yaml",
                         "hosts: {web01: {}}\nchecks: {http: {alert: {groups: [admins]%s}}}\n" % alert)
        done = self.check()
        return done.returncode, [line for line in done.stdout.splitlines() if "nobody" in line]

    def test_the_gaps_of_a_rota(self):
        nights = "{window: nights, users: [geoff]}"
        code, found = self.gaps(shifts=nights)
        self.assertEqual((code, len(found)), (1, 6))
        for line in found:
            self.assertRegex(line, r'^users.yaml:8:3: nobody of group "admins" can be reached by (alert|notify) from '
                                   r'\w{3} \d{4}-\d\d-\d\d \d\d:\d\d until \w{3} \d{4}-\d\d-\d\d 22:00; '
                                   r'if that is meant so, say "gaps: allowed"$')
        self.assertEqual(self.gaps(shifts=nights, group="gaps: allowed, ")[0], 0)
        self.assertEqual(self.gaps(shifts=nights + ", {users: [geoff]}"), (0, []))

    def test_gaps_of_contacts(self):
        code, found = self.gaps(contact=", window: nights")
        self.assertEqual((code, len(found)), (1, 3))
        self.assertEqual(self.gaps(contact=", window: nights", alert=", critical: notify, unknown: none"), (0, []))
        self.assertEqual(self.gaps(contact=", window: nights", alert=", window: nights"), (0, []))
        self.assertEqual(self.gaps(contact=", window: nights", alert=", window: office")[0], 1)
        code, found = self.gaps(contact=", importance: 5")
        self.assertEqual((code, found), (0, ['users.yaml:8:3: nobody of group "admins" can be reached by alert at any '
                                             'time in the coming 8 days (a warning)']))

    def test_gaps_of_a_group_that_is_called_later(self):
        self.gaps()
        self.place.write("users.yaml", self.GROUP.format(shifts="{users: [geoff]}", group="", contact="") +
                         "  boss: {rota: [{window: office, users: [geoff]}]}\n")
        self.assertEqual(self.check().returncode, 0)
        self.gaps(alert=", escalate: [{after: 1h, groups: [admins]}]")
        self.place.write("users.yaml", self.GROUP.format(shifts="{users: [geoff]}", group="", contact="") +
                         "  boss: {rota: [{window: office, users: [geoff]}]}\n")
        self.place.write("services/web.yaml", "hosts: {web01: {}}\nchecks: {http: {alert: {groups: [admins], "
                         "warning: none, escalate: [{after: 1h, groups: [boss]}]}}}\n")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn('nobody of group "boss" can be reached by alert', done.stdout)
        self.assertNotIn("notify", done.stdout)

    def test_an_empty_directory_is_good(self):
        self.assertEqual(self.check().returncode, 0)

    def test_no_directory(self):
        done = run([WATCHBILL, "config", "check", "--conf", self.place.path / "none"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("No such file or directory", done.stdout + done.stderr)

    def test_every_error_of_every_file_at_once(self):
        self.place.write("watchbill.yaml", "timezon: UTC\n")
        self.place.write("users.yaml", "users:\n  geoff: {contacts: {alert: [{mail: nobody}]}}\n")
        self.place.write("services/web.yaml", "hosts:\n\tweb01: {}\n")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        lines = (done.stdout + done.stderr).splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertTrue(lines[0].startswith("services/web.yaml:2:1: not YAML: "), lines)
        self.assertEqual(lines[1], 'users.yaml:2:37: "mail" must be one mail address: "nobody"')
        self.assertEqual(lines[2], 'watchbill.yaml:1:1: unknown key "timezon"; did you mean "timezone"')

    def test_json(self):
        self.place.write("watchbill.yaml", "state: a\nstate: b\n")
        done = self.check("--json")
        self.assertEqual(done.returncode, 1)
        found = json.loads(done.stdout)
        self.assertEqual([(f["file"], f["line"], f["column"]) for f in found], [("watchbill.yaml", 2, 1)])

    def test_a_file_that_cannot_be_read(self):
        self.place.write("users.yaml", "users: {}\n", mode=0)
        who = {"user": "nobody"} if os.geteuid() == 0 else {}
        done = self.check(**who)
        self.assertEqual(done.returncode, 1)
        self.assertIn("users.yaml:1:1: cannot be opened: Permission denied", done.stdout + done.stderr)

    def test_a_directory_in_place_of_a_file(self):
        (self.place.path / "watchbill.yaml").mkdir()
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("watchbill.yaml:1:1: not a regular file", done.stdout + done.stderr)

    def test_nothing_in_a_file_reaches_the_terminal(self):
        self.place.write("watchbill.yaml", '"\\e[2Jstate\\r\\n": x\n')
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_binary_files_are_refused(self):
        for name, content in (("random", bytes(range(256)) * 64), ("zeros", bytes(4096)),
                              ("program", pathlib.Path("/bin/true").read_bytes())):
            with self.subTest(name):
                self.place.write("watchbill.yaml", content)
                done = self.check()
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stdout + done.stderr, r"^watchbill.yaml:\d+:\d+: not text in UTF-8")

    def test_show_tells_origins(self):
        self.place.write("watchbill.yaml", "timezone: Europe/Berlin\n")
        done = run([WATCHBILL, "config", "show", "--conf", self.place.path])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("timezone: Europe/Berlin  # watchbill.yaml:1:11\n", done.stdout)
        self.assertIn("state: /var/lib/watchbill  # default\n", done.stdout)

    def test_a_hundred_thousand_checks(self):
        hosts = "".join(f"  h{i}: {{address: 127.0.0.1, status: active}}\n" for i in range(5000))
        checks = "".join(f"  s{i}: {{command: [/bin/true, $HOSTNAME$.s{i}], every: 10s, retry: 10s}}\n"
                         for i in range(20))
        self.place.write("services/bench.yaml", f"service: bench\nhosts:\n{hosts}checks:\n{checks}")
        begun = time.monotonic()
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("5000 hosts, 100000 checks", done.stdout)
        self.assertLess(time.monotonic() - begun, 1)


if __name__ == "__main__":
    unittest.main()
