# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of Nagios that come in and go out: a real nagios4 says what they mean before and after."""
import json
import pathlib
import re
import shlex
import shutil
import unittest

from tests.support import BUILD, TOP, run
from tests.support.nagios import MISSING, Nagios, objects

WATCHBILL = BUILD / "bin/watchbill"
FIXTURES = TOP / "tests/fixtures/nagios"
SAMPLE = pathlib.Path("/etc/nagios4/nagios.cfg")
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
ALWAYS = frozenset((day, "00:00-24:00") for day in DAYS)


class Meaning:
    """What is checked, by whom and when: what nagios4 makes of a main file, without names that nobody sees."""

    def __init__(self, main):
        self.found = objects(main)
        text = main.read_text()
        self.unit = int((re.findall(r"^interval_length=(\d+)", text, re.M) or ["60"])[-1])
        self.resources = {}
        for path in re.findall(r"^resource_file=(.*)$", text, re.M):
            lines = (main.parent / path).read_text()
            self.resources.update(re.findall(r"^(\$USER\d+\$)=(.*)$", lines, re.M))
        self.by = {kind: {entry[f"{kind}_name"]: entry for entry in self.found.get(kind, [])}
                   for kind in ("command", "timeperiod", "contact", "contactgroup")}

    def words(self, call, custom=None, description=None):
        parts = re.split(r"(?<!\\)!", call)
        line = self.by["command"][parts[0]]["command_line"]
        for number in range(32, 0, -1):
            line = line.replace(f"$ARG{number}$", parts[number] if number < len(parts) else "")
        for name, value in (custom or {}).items():
            line = line.replace(f"$_SERVICE{name[1:]}$", value)
        for name, value in self.resources.items():
            line = line.replace(name, value)
        line = line.replace("$SERVICEDESC$", description or "")
        return tuple(shlex.split(line))

    def period(self, name):
        if name is None:
            return ALWAYS
        entry = self.by["timeperiod"][name]
        days = frozenset((key, value) for key, value in entry.items()
                         if key not in ("timeperiod_name", "alias", "exclude"))
        if not days:
            return "never"
        excluded = frozenset(self.period(other) for other in entry.get("exclude", "").split(",") if other)
        return (days, excluded) if excluded else days

    def told(self, entry, host):
        """Who is told of which state, and when: (address, state, period)."""
        if entry["notifications_enabled"] == "0":
            return None
        states = {"d"} if host else set("wuc")
        wanted = self.states(entry["notification_options"], states)
        kind = "host" if host else "service"
        names = set(filter(None, re.split(r"[,\s]+", entry.get("contacts", ""))))
        for group in filter(None, entry.get("contact_groups", "").split(",")):
            names |= set(filter(None, self.by["contactgroup"][group].get("members", "").split(",")))
        told = set()
        for contact in (self.by["contact"][name] for name in names):
            for command in contact[f"{kind}_notification_commands"].split(","):
                line = self.by["command"][command]["command_line"]
                address = contact.get("email" if "$CONTACTEMAIL$" in line else "pager")
                address = address if "@" in address else f"{address}@localhost"
                for state in wanted & self.states(contact[f"{kind}_notification_options"], states):
                    told.add((address, state, self.period(contact.get(f"{kind}_notification_period")),
                              contact.get("minimum_importance", "0")))
        if not told:
            return None
        return {"told": told, "every": float(entry["notification_interval"]) * self.unit,
                "delay": float(entry["first_notification_delay"]) * self.unit,
                "when": self.period(entry.get("notification_period"))}

    @staticmethod
    def states(options, known):
        letters = set(re.split(r"[,\s]+", options))
        return set(known) if "a" in letters else letters & known

    def checked(self, entry, host):
        custom = {key: value for key, value in entry.items() if key.startswith("_")}
        active = entry["active_checks_enabled"] == "1" and "check_command" in entry
        meaning = {"words": self.words(entry["check_command"], custom, entry.get("service_description")) if active
                   else None, "told": self.told(entry, host), "fresh": self.fresh(entry, custom, active)}
        if active or not host:
            meaning.update(during=self.period(entry.get("check_period")), every=float(entry["check_interval"]) * self.unit,
                           retry=float(entry["retry_interval"]) * self.unit, attempts=entry["max_check_attempts"],
                           volatile=entry.get("is_volatile"), flapping=entry["flap_detection_enabled"])
        return meaning

    def fresh(self, entry, custom, active):
        """How old a result may be in seconds, and of a passive check what it is then."""
        if entry.get("check_freshness") != "1":
            return None
        seconds = float(entry["freshness_threshold"]) or float(entry["check_interval"]) * self.unit + 15
        words = self.words(entry["check_command"], custom)
        return seconds, None if active else words[1] if words[0].endswith("check_dummy") else "3"

    def escalations(self):
        """Who is told as well, and how long after the first time: {(host, service): {(seconds, addresses)}}."""
        found = {}
        entries = {(entry["host_name"], entry.get("service_description")): entry
                   for kind in ("host", "service") for entry in self.found.get(kind, [])}
        for kind in ("host", "service"):
            for entry in self.found.get(f"{kind}escalation", []):
                key = entry["host_name"], entry.get("service_description")
                seconds = (int(entry["first_notification"]) - 1) * float(entries[key]["notification_interval"]) * self.unit
                names = set(filter(None, entry.get("contacts", "").split(",")))
                for group in filter(None, entry.get("contact_groups", "").split(",")):
                    names |= set(filter(None, self.by["contactgroup"][group].get("members", "").split(",")))
                who = frozenset((self.by["contact"][name]["email"], self.by["contact"][name].get("minimum_importance", "0"))
                                for name in names)
                found.setdefault(key, set()).add((seconds, who))
        return found

    def services(self):
        return {(entry["host_name"], entry["service_description"]): {
            **self.checked(entry, False),
            "tags": {key: value for key, value in entry.items() if key.startswith("_TAG_")}, "importance": int(entry.get("importance", 0))}
                for entry in self.found.get("service", [])}

    def hosts(self):
        return {entry["host_name"]: {
            "address": entry["address"], "parents": set(filter(None, entry.get("parents", "").split(","))),
            "variables": {key: value for key, value in entry.items() if key.startswith("_") and key != "_ALIAS"},
            "importance": int(entry.get("importance", 0)), "alias": entry["alias"], **self.checked(entry, True)} for entry in self.found.get("host", [])}

    def groups(self):
        return {f"{kind} {entry[f'{kind}_name']}": sorted(entry.get("members", "").split(","))
                for kind in ("hostgroup", "servicegroup") for entry in self.found.get(kind, [])}

    def dependencies(self):
        keys = ("host_name", "service_description", "dependent_host_name", "dependent_service_description")
        return {tuple(entry.get(key) for key in keys) for kind in ("servicedependency", "hostdependency")
                for entry in self.found.get(kind, [])}


@unittest.skipIf(MISSING, MISSING)
class RoundTrip(unittest.TestCase):
    def setUp(self):
        self.nagios = Nagios()
        self.addCleanup(self.nagios.close)
        self.main = self.nagios.main
        self.main.write_text(self.main.read_text().replace("interval_length=1\n", "interval_length=60\n"))
        self.maxDiff = None

    def bring_in(self, *files, into="site"):
        target = self.nagios.path / into
        done = run([WATCHBILL, "nagios", "import", *files, "--into", target, "--timezone", "Europe/Berlin"])
        self.assertEqual(done.returncode, 0, done.stderr)
        checked = run([WATCHBILL, "config", "check", "--conf", target])
        self.assertEqual(checked.returncode, 0, checked.stdout)
        return target, done.stderr

    def send_out(self, site, name="objects"):
        done = run([WATCHBILL, "nagios", "export", "--conf", site])
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in (self.nagios.path / "conf").iterdir():
            path.unlink()
        self.nagios.write(f"conf/{name}.cfg", done.stdout)
        verified = self.nagios.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout)
        return done.stdout, done.stderr

    def main_of(self, text):
        """A main file of the place that also reads the objects of another."""
        return self.nagios.write("other.cfg", re.sub(r"^(cfg_dir|resource_file)=.*$", "", self.main.read_text(),
                                                     flags=re.M) + text)

    def compare(self, before, after):
        self.assertEqual(set(before.services()), set(after.services()))
        for key, meaning in before.services().items():
            self.assertEqual(meaning, after.services()[key], key)
        for name, meaning in before.hosts().items():
            self.assertEqual(meaning, after.hosts()[name], name)
        self.assertEqual(before.dependencies(), after.dependencies())
        self.assertEqual(before.escalations(), after.escalations())
        for name, members in before.groups().items():
            self.assertEqual(after.groups()[name], members)

    def test_a_real_configuration_keeps_its_meaning(self):
        # nagios4 becomes another user, who may not look into the folder of the checkout
        real = pathlib.Path(shutil.copytree(FIXTURES / "real", self.main.parent / "real"))
        lines = "".join(f"{key}={value if value.startswith('/') else real / value}\n" for key, value in re.findall(
            r"^(cfg_file|cfg_dir|resource_file)=(.*)$", (real / "nagios.cfg").read_text(), re.M))
        self.nagios.own()
        before = Meaning(self.main_of(lines))
        self.assertGreater(len(before.services()), 8)
        site, findings = self.bring_in(real / "nagios.cfg")
        self.assertEqual(findings, "")
        self.send_out(site)
        self.compare(before, Meaning(self.main))

    @unittest.skipUnless(SAMPLE.exists(), "Debian's sample is not installed")
    def test_the_sample_of_debian_keeps_its_meaning(self):
        lines = "".join(re.findall(r"^(?:cfg_file|cfg_dir|resource_file)=.*\n", SAMPLE.read_text(), re.M))
        self.nagios.own()
        before = Meaning(self.main_of(lines))
        site, _ = self.bring_in(SAMPLE)
        self.send_out(site)
        self.compare(before, Meaning(self.main))

    def test_import_of_an_export_exports_the_same(self):
        place = self.nagios
        place.write("own/watchbill.yaml", "timezone: Europe/Berlin\nplugins: [/usr/lib/nagios/plugins]\n")
        place.write("own/users.yaml", """
windows:
  days: {days: mon-fri, start: "10:00", end: "22:00"}
  nights: {all_except: [days, holidays]}
  late: {days: [mon, wed], start: "22:00", end: "06:00"}
  far: {days: mon, start: "10:00", end: "11:00", timezone: Asia/Tokyo}
  holidays: {"december 25": "00:00-24:00", "day -1": "12:00-24:00", "2026-12-30 - 2026-12-31 / 2": "12:00-24:00"}
users:
  anna: {name: Anna, contacts: {notify: [{mail: anna@example.org, window: days}], alert: [{mail: pager@example.org}]}}
  bert: {contacts: {notify: [{mail: bert@example.org}], alert: [{mail: bert@example.org}]}}
groups:
  admins: {rota: [{window: days, users: [anna]}, {window: nights, users: [bert]}]}
  late: {rota: [{window: late, users: [bert]}]}
  all: {groups: [admins, late], gaps: allowed}
""")
        place.write("own/services/web.yaml", """
service: web
hosts:
  web1: {address: 192.0.2.1, parents: [gw], vars: {PORT: "8080"}, alive: ping, importance: 30}
  web2: {address: 192.0.2.2, vars: {PORT: "80"}, alive: ping}
  old: {address: 192.0.2.3, status: retired}
checks:
  ping: {command: [check_ping, -H, $HOSTADDRESS$, -w, "100,10%", -c, "200,20%"], every: 10s, alert: {groups: [admins]}}
  http:
    title: Front page
    command: [check_http, --url, "http://$HOSTADDRESS$:$_HOSTPORT$/haproxy;csv", --string, "it's $$5 ^x$"]
    every: 90s
    retry: 15s
    attempts: 5
    volatile: true
    depends_on: [ping, gw/ping]
    flapping: {low: 10, high: 40}
    tags: {env: prod, version: "4.2"}
    alert: {groups: [admins, late], warning: none, critical: alert, unknown: notify, repeat: 1h, delay: 5m, window: days}
""")
        place.write("own/services/net.yaml", """
service: net
hosts: {gw: {address: 192.0.2.254}}
checks:
  ping: {command: [check_ping, -H, $HOSTADDRESS$, -w, "100,10%", -c, "200,20%"], alert: {groups: [all]}, freshness: 5m}
  trap: {attempts: 1}
""")
        _, findings = self.send_out(place.path / "own")
        self.assertNotIn("dependency", findings)
        before = Meaning(self.main)
        page = before.services()[("web1", "Front page")]
        self.assertEqual(page["words"][2:], ("http://$HOSTADDRESS$:$_HOSTPORT$/haproxy;csv", "--string", "it's $$5 ^x$$"))
        self.assertEqual({(who, state) for who, state, *_ in page["told"]["told"]},
                         {("pager@example.org", "c"), ("anna@example.org", "u"), ("bert@example.org", "c"),
                          ("bert@example.org", "u")})
        self.assertNotIn("old", before.hosts())
        self.assertEqual(page["tags"], {"_TAG_ENV": "prod", "_TAG_VERSION": "4.2"})
        self.assertIn('window "far" is in the zone Asia/Tokyo: Nagios has one time zone', findings)
        self.assertEqual([before.services()[host, "Front page"]["importance"] for host in ("web1", "web2")], [30, 0])
        self.assertEqual({who for who, *_ in before.services()["gw", "ping"]["told"]["told"]},
                         {"pager@example.org", "anna@example.org", "bert@example.org"})
        site, _ = self.bring_in(place.path / "conf/objects.cfg")
        self.send_out(site)
        self.compare(before, Meaning(self.main))

    def test_escalations_and_freshness_come_in_and_go_out(self):
        self.nagios.write("conf/site.cfg", (FIXTURES / "escalate/objects.cfg").read_text())
        self.nagios.own()
        before = Meaning(self.main)
        site, findings = self.bring_in(self.nagios.path / "conf/site.cfg")
        self.assertEqual([line.split(": ", 1)[1] for line in findings.splitlines()],
                         ['the event handler "log" waits in remediations.yaml for an issue and a TTL',
                          'the event handler "restart!httpd" waits in remediations.yaml for an issue and a TTL'])
        text = (site / "remediations.yaml").read_text()
        self.assertIn('#     command: ["/usr/local/bin/restart", "$HOSTADDRESS$", httpd]\n', text)
        self.assertIn('#     # log in Nagios, which is not carried over: ', text)
        self.assertIn("    # remediate: [restart]    # complete it in remediations.yaml first\n",
                      (site / "services/web1.yaml").read_text())
        self.send_out(site)
        after = Meaning(self.main)
        self.assertEqual(before.escalations()["web1", "http"],
                         {(3600.0, frozenset({("anna@example.org", "0"), ("boss@example.org", "0")})),
                          (7200.0, frozenset({("anna@example.org", "0"), ("boss@example.org", "0"),
                                              ("ceo@example.org", "50")}))})
        self.assertEqual(before.hosts()["web1"]["importance"], 10)
        self.assertEqual(dict(before.services()["web2", "http"]["during"])["friday"], "09:00-12:00,13:00-15:00")
        self.assertEqual(before.groups()["servicegroup front"], ["http", "http", "web1", "web2"])
        self.assertEqual(before.services()["web1", "backup"]["fresh"], (93600, "2"))
        self.compare(before, after)

    def test_a_completed_event_handler_is_a_remediation(self):
        self.nagios.write("conf/site.cfg", (FIXTURES / "escalate/objects.cfg").read_text())
        site, _ = self.bring_in(self.nagios.path / "conf/site.cfg")
        path = site / "remediations.yaml"
        lines = re.sub(r"#   log:.*?(?=#   restart:)", "", path.read_text().split("# trackers:", 1)[1], flags=re.S)
        values = {"issue:": "OPS-1", "owner:": "anna", "tagged:": "2026-11-20", "cause:": "vendor"}
        text = re.sub(r"^# ?", "", f"# trackers:{lines}", flags=re.M)
        for key, value in values.items():
            text = re.sub(rf"^( +{key}) .*$", rf"\1 {value}", text, flags=re.M)
        path.write_text(text.replace("# trackers", "trackers"))
        (site / "issues.yaml").write_text("OPS-1: {title: It stops, state: open}\n")
        service = site / "services/web1.yaml"
        service.write_text(service.read_text().replace("# remediate: [restart]", "remediate: [restart]"))
        checked = run([WATCHBILL, "config", "check", "--conf", site])
        self.assertEqual(checked.returncode, 0, checked.stdout + text)
        self.assertIn("1 remediation\n", checked.stdout)

    def test_our_own_event_handler_keeps_its_remediation(self):
        self.nagios.write("conf/objects.cfg", run([WATCHBILL, "nagios", "export", "--conf", TOP / "conf"]).stdout)
        site, findings = self.bring_in(self.nagios.path / "conf/objects.cfg")
        self.assertIn('the remediation "clean-spool" is in the remediations.yaml of the event handler', findings)
        self.assertFalse((site / "remediations.yaml").exists())
        text = (site / "services/machine.yaml").read_text()
        self.assertIn("    # remediate: [clean-spool] ", text)

    def test_the_demonstration_goes_out(self):
        done = run([WATCHBILL, "nagios", "export", "--conf", TOP / "conf"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.nagios.write("conf/objects.cfg", done.stdout)
        verified = self.nagios.verify()
        self.assertEqual(verified.returncode, 0, verified.stdout)
        self.assertIn("event_handler watchbill_site_remediate!clean-spool", done.stdout)
        self.assertEqual(done.stdout, run([WATCHBILL, "nagios", "export", "--conf", TOP / "conf"]).stdout)
        for length, every in (("60s", "0.5"), ("30s", "1"), ("1s", "30")):
            done = run([WATCHBILL, "nagios", "export", "--conf", TOP / "conf", "--interval-length", length])
            self.assertIn(f"\n    check_interval {every}\n", done.stdout)


class Lost(unittest.TestCase):
    def test_each_thing_that_is_lost_is_named_with_its_line(self):
        path = FIXTURES / "lost/lost.cfg"
        lines = path.read_text().splitlines()
        done = run([WATCHBILL, "nagios", "import", path, "--timezone", "UTC"])
        self.assertEqual(done.returncode, 0)
        told = {}
        for finding in done.stderr.splitlines():
            place, sentence = finding.split(": ", 1)
            name, number = place.rsplit(":", 1)
            self.assertEqual(name, str(path))
            told.setdefault(lines[int(number) - 1].strip(), []).append(sentence)
        for line, words in (("icon_image server.png", "no equivalent"), ("notes_url http://wiki/", "no equivalent"),
                            ("monday 22:00-06:00", "never matches"), ("event_handler restart", "waits in remediations.yaml"),
                            ("host_name one,two", 'no host "two"'), ("use no-such-template", "no service template"),
                            ("check_command shell", "needs a shell"), ("check_command secret", "$USER"),
                            ("check_command variable", "variable of the shell"),
                            ("check_command macro", "$LASTSERVICECHECK$"),
                            ("check_command no_such_command!x", 'no command "no_such_command"'),
                            ("service_notification_commands page", "not mail"), ("stray line", "not a definition"),
                            ("define serviceescalation {", "nothing that somebody is told of"),
                            ("_FOR_NOBODY 1", "no command takes"),
                            ("define host {", "without its end")):
            self.assertTrue(any(words in sentence for sentence in told.get(line, [])), (line, told.get(line)))
        self.assertNotIn("hunter2", done.stdout + done.stderr)

    def test_a_secret_of_the_resource_file_is_not_copied(self):
        done = run([WATCHBILL, "nagios", "import", FIXTURES / "real/nagios.cfg", "--json"])
        self.assertNotIn("hunter2", done.stdout + done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(sorted(answer["files"])[-2:], ["users.yaml", "watchbill.yaml"])
        self.assertIn("timezone: Europe/Berlin", answer["files"]["watchbill.yaml"])

    def test_nothing_is_overwritten(self):
        with Nagios() as place:
            into = place.path / "site"
            words = [WATCHBILL, "nagios", "import", FIXTURES / "real/nagios.cfg", "--into", into]
            self.assertEqual(run(words).returncode, 0)
            before = (into / "users.yaml").read_text()
            (into / "users.yaml").write_text(before + "# mine\n")
            again = run(words)
            self.assertEqual(again.returncode, 3)
            self.assertIn("File exists", again.stderr)
            self.assertTrue((into / "users.yaml").read_text().endswith("# mine\n"))

    def test_misuse(self):
        done = run([WATCHBILL, "nagios", "import", "/no/such/file"])
        self.assertEqual(done.returncode, 3)
        self.assertIn('"/no/such/file"', done.stderr)


if __name__ == "__main__":
    unittest.main()
