# SPDX-License-Identifier: GPL-3.0-or-later
"""run_steps: drain at a real HAProxy, restart, wait until up, ready; and back again when a step fails."""
import datetime
import json
import pathlib
import signal
import unittest

from tests.support import BUILD, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy

PROGRAM = BUILD / "remediations" / "run_steps"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
PROXIES = """listen web
    bind 127.0.0.1:{port}
    server a 127.0.0.1:{alive}
    server b 127.0.0.1:{alive}
"""
SCRIPT = """#!/bin/sh
echo "$1" >> {log}
case "$1" in
restart) {body} ;;
esac
"""


def numbered(option, number, words):
    return [f"--{option}={number}:{word}" for word in words]


class Balanced(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.haproxy_place = Place()
        cls.addClassCleanup(cls.haproxy_place.close)
        cls.haproxy = Haproxy(cls.haproxy_place, PROXIES.format(port=free_port(), alive=free_port()))

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.haproxy.ask("set server web/a state ready")
        self.ledger, self.log = self.place.path / "ledger.jsonl", self.place.path / "log"

    def script(self, body="true"):
        self.place.write("init.d/web", SCRIPT.format(log=self.log, body=body), 0o755)

    def server(self, state):
        return ["haproxy_server", "--socket", self.haproxy.socket, "--server", "web/a", "--state", state]

    def lines(self, steps=False):
        """Of the ledger, without those on where the run is."""
        text = self.ledger.read_text() if self.ledger.exists() else ""
        return [line for line in map(json.loads, text.splitlines()) if steps or line["event"] != "step"]

    def status(self):
        return self.haproxy.status("web", "a")


class Steps(Balanced):
    def restart(self):
        return ["restart_service", "--service", "web", "--manager", "sysv", "--init-dir", self.place.path / "init.d",
                "--steady", "0", "--wait", "300ms"]

    def steps(self, *more, until=("true",)):
        return [*numbered("do", 1, self.server("drain")), *numbered("undo", 1, self.server("ready")),
                *numbered("do", 2, self.restart()), *numbered("until", 2, until),
                *numbered("do", 3, self.server("ready")), *more]

    def words(self, *more):
        return [PROGRAM, "--target", "web01", "--owner", "day", "--cause", "vendor", "--issue", "OPS-1", "--ttl", "30d",
                "--tagged", TODAY, "--ledger", self.ledger, "--run", "r1", *more]

    def act(self, *more, **how):
        return run(self.words(*more), **how)

    def test_each_step_until_its_condition_holds(self):
        self.script()
        # The condition of the second step sees what the first one did, and holds at its second try.
        check = self.place.write("check.sh", f"#!/bin/sh\necho check >> {self.log}\n"
                                 f"[ $(grep -c check {self.log}) -ge 2 ]\n", 0o755)
        result = self.act(*self.steps(until=(check,)))
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertEqual(self.log.read_text().split()[-3:], ["status", "check", "check"])
        self.assertIn("restart", self.log.read_text())
        self.assertEqual(self.status(), "no check")
        lines = self.lines()
        self.assertEqual([(line["event"], line["run"]) for line in lines], [("begin", "r1"), ("end", "r1")])
        self.assertEqual(lines[1]["outcome"], "fixed")
        self.assertIn("to drain", lines[1]["text"])
        bundle = pathlib.Path(lines[0]["bundle"])
        log = (bundle / "act-steps").read_text()
        self.assertIn("act-steps", lines[1]["attached"])
        for number in (1, 2, 3):  # each gathered before it acted
            part = bundle.parent / f"r1-{number}"
            self.assertTrue((part / "index.json").exists())
            self.assertIn(f'diagnostics "{part}"', log)
        self.assertIn("haproxy-stat", str(list((bundle.parent / "r1-1").iterdir())))

    def test_a_step_that_fails_is_undone_with_those_before_it(self):
        self.script("echo no such port; exit 7")
        result = self.act(*self.steps(*numbered("undo", 2, ["run_command", "--command", "touch", "--command",
                                                             self.place.path / "undone"])))
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertRegex(result.stderr, r'step 2 failed: restart_service: failed: .*no such port\n$')
        self.assertLess(result.stderr.index("undoing step 2"), result.stderr.index("undoing step 1"))
        self.assertTrue((self.place.path / "undone").exists())
        self.assertEqual(self.status(), "no check")
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "failed")
        self.assertEqual([line["text"] for line in self.lines(steps=True)[1:-1]],
                         ["in step 1 of 3 (haproxy_server)", "in step 2 of 3 (restart_service)",
                          "undoing step 2 (run_command)", "undoing step 1 (haproxy_server)"])

    def test_the_sentence_leaves_out_performance_data(self):
        self.script()
        check = self.place.write("check.sh", "#!/bin/sh\necho 'HTTP CRITICAL - status 500 | time=1s;;;0 size=0B;;;0'\nexit 2\n",
                                 0o755)
        result = self.act(*self.steps("--within", "2:0", until=(check,)))
        self.assertIn('step 2 failed: "check.sh" ended with 2: HTTP CRITICAL - status 500\n', result.stderr)

    def test_a_condition_that_does_not_come_true_stops(self):
        self.script()
        result = self.act(*self.steps("--within", "2:300ms", until=("false",)))
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn('step 2 failed: "false" ended with 1', result.stderr)
        self.assertEqual(self.status(), "no check")

    def test_a_step_that_hangs_leaves_time_to_undo(self):
        self.script("exec sleep 60")
        result = self.act(*self.steps(), "--timeout", "4s")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("step 2 failed", result.stderr)
        self.assertIn("undoing step 1", result.stderr)
        self.assertEqual(self.status(), "no check")
        self.assertEqual(self.lines()[1]["outcome"], "failed")

    def test_without_effect_is_well_when_the_condition_holds(self):
        self.haproxy.ask("set server web/a state drain")
        self.script()
        result = self.act(*self.steps())
        self.assertEqual(result.returncode, 2, result.stdout)  # it was drained: without effect, and nothing says else
        self.haproxy.ask("set server web/a state drain")
        result = self.act(*self.steps(*numbered("until", 1, ["true"])), "--run", "r2")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_dry_run_changes_nothing(self):
        self.script()
        result = run([word for word in self.words(*self.steps(), "--dry-run") if word not in ("--run", "r1")])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('would set "web/a"', result.stdout)
        self.assertIn('would restart "web"', result.stdout)
        self.assertEqual(self.status(), "no check")
        self.assertFalse(self.log.exists())
        self.assertEqual(self.lines(), [])

    def test_killed_it_leaves_no_program_and_one_entry(self):
        self.script("echo $$ > $0.pid; exec sleep 60")
        process = self.place.start(self.words(*self.steps()), "steps")
        pid = self.place.path / "init.d/web.pid"
        wait_until(lambda: pid.exists() and pid.read_text().strip(), what="the second step")
        self.place.stop(process, signal.SIGTERM)
        child = pathlib.Path(f"/proc/{pid.read_text().strip()}/stat")

        def over():
            try:
                return child.read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:  # gone, or going while it is read
                return True
        wait_until(over, what="the end of the step")
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "interrupted")

    def test_nobody_else_acts_as_a_step(self):
        server = [BUILD / "remediations/haproxy_server", *self.server("maint")[1:], "--ttl", "30d", "--tagged", TODAY,
                  "--ledger", self.ledger, "--part-of", "r1", "--run", "r1-9"]
        result = run([*server, "--issue", "OPS-1"])
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertIn("we are no step of a run", result.stderr)
        # Also not while that run is under way.
        self.script("echo $$ > $0.pid; exec sleep 60")
        process = self.place.start(self.words(*self.steps()), "steps")
        wait_until((self.place.path / "init.d/web.pid").exists, what="the second step")
        for issue in ("OPS-1", "OPS-2"):
            result = run([*server, "--issue", issue])
            self.assertEqual(result.returncode, 3, result.stdout)
        self.place.stop(process)
        self.assertNotEqual(self.status(), "MAINT")
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])

    def test_what_is_no_step(self):
        for words in (["--do", "x"], ["--do", "0:run_command"], ["--do", "33:run_command"], ["--do", "1:"],
                      ["--do", "1:/bin/sh"], ["--do", "1:../x"], ["--do", "1:run_steps"], ["--do", "2:run_command"],
                      ["--do", "1:run_command", "--undo", "1:/bin/sh"], ["--do", "1:run_command", "--within", "1:x"],
                      ["--do", "1:run_command", "--undo", "2:run_command"], ["--do", "1:no_such_program"],
                      ["--do", "1:run_command"] * 300):
            result = self.act(*words)
            self.assertEqual(result.returncode, 3, words[:4])
            self.assertIn("refused", result.stderr)


SITE = """
remediations:
  bounce:
    issue: OPS-7
    owner: anna
    tagged: {today}
    ttl: 3d
    diagnosed: false
    cause: vendor
    steps:
      - run: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, drain]
        undo: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, ready]
      - run: [restart_service, --service, web, --manager, sysv, --init-dir, "{init}", --steady, "0", --wait, 300ms]
        until: [check_procs, --critical, "1:"]
      - run: [run_command, --command, "true"]
        until: [/bin/sh, "{check}", "a b", $HOSTNAME$]
        within: 2s
      - run: [haproxy_server, --socket, {socket}, --server, web/$HOSTNAME$, --state, ready]
    on: {{state: [CRITICAL], type: hard}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


class Configured(Balanced):
    """The steps of a configuration, run by the bridge to Nagios."""

    def site(self):
        check = self.place.write("check", f'echo "until $1,$2" >> {self.log}\n')
        self.place.write("site/watchbill.yaml", "state: ../state\n")
        self.place.write("site/issues.yaml", "{}\n")
        self.place.write("site/users.yaml", "users: {anna: {contacts: {alert: [{mail: anna@example.org}]}}}\n")
        self.place.write("site/remediations.yaml", SITE.format(today=TODAY, socket=self.haproxy.socket,
                                                               init=self.place.path / "init.d", check=check))
        (self.place.path / "state").mkdir()
        self.ledger = self.place.path / "state/ledger.jsonl"
        return self.place.path / "site"

    def call(self, site, host="a"):
        event = {"HOSTNAME": host, "HOSTADDRESS": "127.0.0.1", "SERVICEDESC": "http", "SERVICESTATE": "CRITICAL",
                 "SERVICESTATETYPE": "HARD", "SERVICEATTEMPT": "3"}
        env = {"PATH": "/usr/bin:/bin", **{f"NAGIOS_{key}": value for key, value in event.items()}}
        return run([BUILD / "nagios/remediate", "bounce", "--conf", site], env=env)

    def test_the_words_of_the_configuration_arrive(self):
        self.script()
        site = self.site()
        checked = run([BUILD / "bin/watchbill", "config", "check", "--conf", site])
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        result = self.call(site)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("until a b,a", self.log.read_text())
        begin, end = self.lines()
        self.assertEqual((begin["remediation"], begin["program"], end["outcome"]), ("bounce", "run_steps", "fixed"))
        self.assertIn("to drain", end["text"])


if __name__ == "__main__":
    unittest.main()
