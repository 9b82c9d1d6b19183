# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Nagios runs our checks by the generated definitions, and our remediations by the event handler."""
import concurrent.futures
import datetime
import json
import os
import pwd
import shutil
import time
import unittest

from tests.support import BUILD, run, wait_until
from tests.support.nagios import BASE, MISSING, Nagios, host, service

COMMANDS = BUILD / "nagios/watchbill-commands.cfg"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
REMEDIATIONS = """
remediations:
  clean:
    issue: OPS-7
    owner: anna
    tagged: {tagged}
    ttl: 3d
    diagnosed: false
    cause: vendor
    command: [clean_spool, --directory, ../spool]
    on: {{state: [CRITICAL], type: hard}}
    limits: {limits}
    mode: {mode}
    may: {{approve: [watch]}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


def write_site(place, limits="{cooldown: 10m}", mode="act", tagged=TODAY):
    place.write("site/watchbill.yaml", "state: ../state\n")
    place.write("site/issues.yaml", "{}\n")
    place.write("site/users.yaml", "users: {anna: {contacts: {alert: [{mail: anna@example.org}]}}}\n"
                                   "groups: {watch: {rota: [{users: [anna]}]}}\n")
    place.write("site/remediations.yaml", REMEDIATIONS.format(tagged=tagged, limits=limits, mode=mode))
    for name in ("state", "spool"):
        (place.path / name).mkdir(exist_ok=True)
    return place.path / "site"


def spool_check(directory):
    """The queue's definition, whichever of its options are needed."""
    described = json.loads(run([BUILD / "checks/check_queue", "--describe"]).stdout)
    values = {"type": "spool", "directory": str(directory)}
    needed = [option["name"] for option in described["options"] if option["required"]]
    rest = " ".join(f"--{name} {value}" for name, value in values.items() if name not in needed)
    return "!".join(["watchbill_queue_range", *(values[name] for name in needed), "1", "2", rest])


def ledger(place):
    path = place.path / "state/ledger.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@unittest.skipIf(MISSING, MISSING)
class Definitions(unittest.TestCase):
    def setUp(self):
        self.nagios = Nagios()
        self.addCleanup(self.nagios.close)
        shutil.copy(COMMANDS, self.nagios.path / "conf/watchbill.cfg")

    def test_every_check_has_its_definitions(self):
        text = COMMANDS.read_text()
        for check in (BUILD / "checks").iterdir():
            if not check.name.startswith("check_"):
                continue
            name = check.name.removeprefix("check_")
            for suffix in ("", "_host", "_range"):
                self.assertIn(f"command_name watchbill_{name}{suffix}\n", text)

    def test_checks_run_and_their_states_and_perfdata_arrive(self):
        spool = self.nagios.path / "spool"
        spool.mkdir()
        for number in range(3):
            (spool / f"{number}").write_text("")
        self.nagios.write("conf/objects.cfg", BASE + host("here")
                          + service("here", "load", "watchbill_load_range!100!200!--per-cpu")
                          + service("here", "plain", "watchbill_load")
                          + service("here", "queue", spool_check(spool),
                                    max_check_attempts=1)
                          + service("here", "closed", "watchbill_http_host!-p 1 --uri /"))
        done = self.nagios.verify()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Total Warnings: 0", done.stdout)
        self.nagios.begin()
        for name, state, text, label in (("load", "0", "LOAD OK", "load1="), ("plain", "0", "LOAD OK", "load15="),
                                         ("queue", "2", "QUEUE CRITICAL", "entries=3;1;2"),
                                         ("closed", "2", "HTTP CRITICAL", None)):
            found = wait_until(lambda name=name: self.nagios.service(name), 20, f"a result of {name}")
            self.assertEqual(found["current_state"], state, found)
            self.assertTrue(found["plugin_output"].startswith(text), found["plugin_output"])
            if label:
                self.assertIn(label, found["performance_data"])


@unittest.skipIf(MISSING, MISSING)
class EventHandler(unittest.TestCase):
    def test_a_hard_problem_runs_the_remediation_once_and_the_ledger_counts_it(self):
        nagios = Nagios()
        self.addCleanup(nagios.close)
        site = write_site(nagios)
        shutil.copy(COMMANDS, nagios.path / "conf/watchbill.cfg")
        nagios.write("conf/handler.cfg", "define command {\n    command_name clean\n    command_line "
                     f"{BUILD}/nagios/remediate clean --conf {site} --host '$HOSTNAME$' --check '$SERVICEDESC$' "
                     "--state '$SERVICESTATE$' --type '$SERVICESTATETYPE$' --attempt '$SERVICEATTEMPT$'\n}\n")
        spool = nagios.path / "spool"
        for number in range(3):
            (spool / f"{number}").write_text("x")
        nagios.write("conf/objects.cfg", BASE + host("here") + service(
            "here", "queue", spool_check(spool), event_handler="clean",
            max_check_attempts=3))
        self.assertEqual(nagios.verify().returncode, 0)
        nagios.begin()
        lines = wait_until(lambda: len(ledger(nagios)) >= 2 and ledger(nagios), 20, "two lines in the ledger")
        self.assertEqual([line["event"] for line in lines], ["begin", "end"])
        self.assertEqual(lines[1]["outcome"], "fixed")
        self.assertEqual((lines[0]["issue"], lines[0]["target"], lines[0]["subject"], lines[0]["remediation"]),
                         ("OPS-7", "here", "here/queue", "clean"))
        self.assertEqual(list(spool.iterdir()), [])
        wait_until(lambda: (nagios.service("queue") or {}).get("current_state") == "0", 20, "the queue to be well")
        counted = json.loads(run([BUILD / "bin/watchbill", "remediations", "--json", "--conf", site]).stdout)
        self.assertEqual([(line["issue"], line["runs"], line["fixed"]) for line in counted], [("OPS-7", 1, 1)])
        self.assertIn("SERVICE EVENT HANDLER: here;queue;CRITICAL;SOFT;1", (nagios.path / "nagios.log").read_text())


class Handler(unittest.TestCase):
    """The handler by itself, called as Nagios calls it."""

    def setUp(self):
        self.nagios = Nagios() if not MISSING else None
        self.addCleanup(self.nagios.close)

    def call(self, *words, site=None, variables=None, **event):
        event = {"HOSTNAME": "here", "HOSTADDRESS": "127.0.0.1", "SERVICEDESC": "queue", "SERVICESTATE": "CRITICAL",
                 "SERVICESTATETYPE": "HARD", "SERVICEATTEMPT": "3", **event}
        env = {"PATH": "/usr/bin:/bin", **{f"NAGIOS_{k}": v for k, v in event.items() if v is not None},
               **(variables or {})}
        return run([BUILD / "nagios/remediate", "clean", "--conf", site or self.site, *words], env=env)

    def test_it_acts_in_its_state_type_and_attempt_alone(self):
        self.site = write_site(self.nagios)
        for event, words in ((dict(SERVICESTATE="OK"), "OK"), (dict(SERVICESTATE="WARNING"), "WARNING"),
                             (dict(SERVICESTATETYPE="SOFT"), "SOFT")):
            done = self.call(**event)
            self.assertEqual((done.returncode, done.stderr), (0, ""), event)
            self.assertIn("nothing to do", done.stdout)
            self.assertIn(words, done.stdout)
        done = self.call("--on-attempt", "2")
        self.assertEqual(done.returncode, 0)
        self.assertIn("attempt 2, not 3", done.stdout)
        self.assertEqual(ledger(self.nagios), [])
        (self.nagios.path / "spool/a").write_text("x")
        self.assertEqual(self.call("--on-type", "SOFT", "--on-attempt", "2", SERVICESTATETYPE="SOFT",
                                   SERVICEATTEMPT="2").returncode, 0)
        self.assertEqual(len(ledger(self.nagios)), 2)

    def test_the_limits_of_the_configuration_hold(self):
        self.site = write_site(self.nagios, limits="{cooldown: 10m}")
        self.assertEqual(self.call().returncode, 1)  # nothing to delete: no effect
        done = self.call()
        self.assertEqual(done.returncode, 1)
        self.assertIn("within the cooldown of 10m", done.stdout)
        self.assertEqual(len(ledger(self.nagios)), 2)
        self.assertEqual(self.call(HOSTNAME="there").returncode, 1)
        self.assertEqual(len(ledger(self.nagios)), 4)
        write_site(self.nagios, limits="{max: 1 per 1h}")
        self.assertIn("1 runs on this target within 1h", self.call().stdout)

    def begun(self, target, remediation="clean", pid=None):
        """A run that the ledger says is under way: of this very process, unless another is said."""
        line = {"event": "begin", "run": f"r-{target}-{remediation}", "at": int(time.time()), "target": target,
                "remediation": remediation, "issue": "OPS-7", "pid": pid or os.getpid()}
        with open(self.nagios.path / "state/ledger.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def test_runs_under_way_hold_others_back(self):
        self.site = write_site(self.nagios, limits="{concurrency: 1}")
        self.begun("there")
        self.assertIn("1 of at most 1 runs are under way", self.call().stdout)
        self.begun("here", remediation="another")
        done = self.call()
        self.assertEqual(done.returncode, 1)
        self.assertIn('"another" is under way on this target', done.stdout)
        (self.nagios.path / "state/ledger.jsonl").unlink()
        self.begun("here", pid=2**22 - 3)  # it died
        self.assertIn("no effect", self.call().stdout)

    def test_of_ten_events_at_once_one_acts(self):
        """Each handler looks at the ledger and finds it empty; what it starts looks again, under the lock."""
        self.site = write_site(self.nagios, limits="{max: 1 per 1h}")
        (self.nagios.path / "spool/a").write_text("x")
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            codes = sorted(done.returncode for done in pool.map(lambda _: self.call(), range(10)))
        self.assertEqual(codes[0], 0)
        self.assertLessEqual(set(codes[1:]), {1, 3})
        events = [line["event"] for line in ledger(self.nagios)]
        self.assertEqual((events.count("begin"), events.count("end"), events.count("refused")), (1, 1, codes.count(3)))
        self.assertEqual({line["limit"] for line in ledger(self.nagios) if line["event"] == "refused"} - {"max"}, set())

    def test_a_renewal_says_why(self):
        self.site = write_site(self.nagios, limits="{concurrency: 1}", tagged=TODAY - datetime.timedelta(days=2))
        self.assertEqual(self.call().returncode, 1)  # nothing to delete: no effect
        write_site(self.nagios, limits="{concurrency: 1}")
        done = self.call()
        self.assertEqual(done.returncode, 3)
        self.assertIn(f'is tagged again "{TODAY}": say why with --renewal SENTENCE', done.stdout)
        path = self.site / "remediations.yaml"
        path.write_text(path.read_text().replace("    ttl:", "    renewal: the fix slipped\n    ttl:"))
        self.assertEqual(self.call().returncode, 1)
        self.assertEqual([line.get("renewal") for line in ledger(self.nagios)],
                         [None, None, None, "the fix slipped", "the fix slipped"])
        counted, = json.loads(run([BUILD / "bin/watchbill", "remediations", "--json", "--conf", self.site]).stdout)
        self.assertEqual((counted["runs"], counted["renewals"], counted["refused"]), (2, 1, 1))

    def test_time_for_self_recovery(self):
        self.site = write_site(self.nagios)
        path = self.site / "remediations.yaml"
        path.write_text(path.read_text().replace("type: hard}", "type: hard, after: 5m}"))
        self.assertIn("5m are allowed for self-recovery", self.call(SERVICEDURATIONSEC="60").stdout)
        self.assertIn("no effect", self.call(SERVICEDURATIONSEC="301").stdout)

    def track(self, tracker):
        self.site = write_site(self.nagios, limits="{concurrency: 9}")
        path = self.site / "remediations.yaml"
        path.write_text(path.read_text().replace("{type: file, path: issues.yaml}", tracker))

    def test_a_closed_issue_disarms(self):
        self.track("{type: file, path: issues.yaml}")
        self.nagios.write("site/issues.yaml", "OPS-7: {state: closed}\n")
        done = self.call()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("not run: OPS-7: the issue is closed", done.stdout)
        self.nagios.write("site/issues.yaml", "OPS-7: {state: open}\n")
        self.assertIn("no effect", self.call().stdout)
        tracker = self.nagios.path / "site/ask"
        for answer, stdout, stderr in (("echo closed", "the issue is closed", ""), ("echo open", "no effect", ""),
                                       ("echo gone; exit 1", "no effect", "the tracker of OPS-7: gone")):
            self.nagios.write("site/ask", f"#!/bin/sh\ncat > order\n{answer}\n")
            tracker.chmod(0o755)
            self.track(f"{{type: command, command: [{tracker}]}}")
            done = self.call()
            self.assertIn(stdout, done.stdout)
            self.assertIn(stderr, done.stderr)
        order = json.loads((self.nagios.path / "site/order").read_text())
        self.assertEqual((order["do"], order["issue"]), ("state", "OPS-7"))
        self.track(f"{{type: command, command: [{tracker}], disarm_when_away: true}}")
        done = self.call()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("does not say whether the issue is open", done.stdout)

    def test_modes_and_the_end_of_the_ttl(self):
        self.site = write_site(self.nagios, mode="ask")
        done = self.call()
        self.assertEqual(done.returncode, 1)
        self.assertIn("mode is ask", done.stdout)
        write_site(self.nagios, mode="dry_run")
        (self.nagios.path / "spool/a").write_text("x")
        done = self.call()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("would delete 1 files", done.stdout)
        self.assertEqual([line["event"] for line in ledger(self.nagios)], ["rehearsal"])
        write_site(self.nagios, tagged=TODAY - datetime.timedelta(days=9))
        self.assertEqual(self.call().returncode, 3)
        self.assertEqual([line["event"] for line in ledger(self.nagios)], ["rehearsal", "refused"])
        self.assertTrue((self.nagios.path / "spool/a").exists())

    def test_what_nagios_says_never_reaches_a_shell(self):
        self.site = write_site(self.nagios)
        for name in ("$(touch pwned)", "a b", "../x", "`id`", "x;id"):
            done = self.call(HOSTNAME=name)
            self.assertEqual(done.returncode, 3, name)
        done = self.call(SERVICEDESC="$(touch pwned); 'x'", variables={"NAGIOS_SERVICEOUTPUT": "`touch pwned`\n\x1b[1m",
                                                                       "LD_PRELOAD_X": "y", "ENV": "/etc/profile"})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(list(self.nagios.path.rglob("pwned")), [])
        self.assertEqual(ledger(self.nagios)[0]["subject"], "here/$(touch pwned); 'x'")

    def test_misuse(self):
        self.site = write_site(self.nagios)
        for words, event, text in (((), dict(HOSTNAME=None), "no host"), ((), dict(SERVICESTATE="SICK"), '"SICK"'),
                                   ((), dict(SERVICESTATETYPE="firm"), '"firm"'), (("--on-state", "x"), {}, '"x"'),
                                   (("--on-type", "x"), {}, '"x"'), (("--on-attempt", "0"), {}, '"0"')):
            done = self.call(*words, **event)
            self.assertEqual(done.returncode, 3, words)
            self.assertIn(text, done.stderr)
        done = run([BUILD / "nagios/remediate", "none", "--conf", self.site, "--host", "a", "--state", "OK", "--type",
                    "HARD"])
        self.assertEqual(done.returncode, 3)
        self.assertIn('"none"', done.stderr)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become another")
    def test_another_user_is_not_pretended(self):
        self.site = write_site(self.nagios)
        path = self.site / "remediations.yaml"
        path.write_text(path.read_text().replace("    owner: anna", "    owner: anna\n    user: root"))
        nobody = pwd.getpwnam("nobody").pw_uid
        done = run(["setpriv", f"--reuid={nobody}", "--clear-groups", BUILD / "nagios/remediate", "clean", "--conf",
                    self.site, "--host", "here", "--state", "CRITICAL", "--type", "HARD"])
        self.assertEqual(done.returncode, 3)
        self.assertIn('it runs as "root"', done.stderr)


if __name__ == "__main__":
    unittest.main()
