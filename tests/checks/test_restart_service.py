# SPDX-License-Identifier: GPL-3.0-or-later
"""restart_service against a real runit, a System V script and a pid file, and with a stand-in that records what systemctl
was asked. The frame's behaviour when it is killed is tested here, too: a script can be made to hang."""
import datetime
import json
import os
import pathlib
import signal
import sys
import unittest

from tests.support import BUILD, Place, run, wait_until

PROGRAM = BUILD / "remediations" / "restart_service"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()

SCRIPT = """#!/bin/sh
case "$1" in
restart) echo "restarting"; echo up > {state} ;;
status) grep -q up {state} ;;
esac
"""
STAND_IN = """#!/bin/sh
echo "$0 $*" >> {log}
{body}
"""
# Goes to the background as daemons do: the parent ends when the pid file is written.
DAEMON = """
import os, sys, signal
if os.fork():
    os._exit(0)
os.setsid()
open("/proc/self/comm", "w").write("mydaemon")
null = os.open("/dev/null", os.O_RDWR)
for fd in (0, 1, 2):
    os.dup2(null, fd)
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()}\\n")
os.rename(sys.argv[1] + ".new", sys.argv[1])
signal.alarm(60)
while True:
    signal.pause()
"""


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Service(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.ledger = self.place.path / "ledger.jsonl"
        self.log = self.place.path / "log"
        self.environment = dict(os.environ, PATH=f"{self.place.path}/bin:{os.environ['PATH']}")

    def words(self, *more):
        return [PROGRAM, "--issue", "OPS-1", "--ttl", "30d", "--tagged", TODAY, "--ledger", self.ledger, *more]

    def act(self, *more):
        return run(self.words("--steady", "50ms", *more), env=self.environment)

    def lines(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []

    def stand_in(self, name, body=""):
        self.place.write(f"bin/{name}", STAND_IN.format(log=self.log, body=body), 0o755)


class Managers(Service):
    def test_a_system_v_script(self):
        state = self.place.path / "service-state"
        self.place.write("init.d/web", SCRIPT.format(state=state), 0o755)
        state.write_text("down\n")
        result = self.act("--service", "web", "--manager", "sysv", "--init-dir", self.place.path / "init.d")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(state.read_text(), "up\n")
        self.assertIn('restarting "web" by sysv; it is active', result.stdout)

    def test_a_script_that_does_not_help_is_no_effect(self):
        self.place.write("init.d/web", '#!/bin/sh\n[ "$1" = restart ]\n', 0o755)
        result = self.act("--service", "web", "--manager", "sysv", "--init-dir", self.place.path / "init.d", "--wait",
                          "300ms")
        self.assertEqual(result.returncode, 1, result.stderr)

    def test_a_script_that_fails_is_a_failure(self):
        self.place.write("init.d/web", "#!/bin/sh\necho no such port\nexit 7\n", 0o755)
        result = self.act("--service", "web", "--manager", "sysv", "--init-dir", self.place.path / "init.d")
        self.assertEqual(result.returncode, 2)
        self.assertIn("ended with 7: no such port", result.stderr)
        self.assertEqual(self.lines()[-1]["outcome"], "failed")

    def test_systemd_is_asked_without_a_shell(self):
        self.stand_in("systemctl")
        self.stand_in("journalctl")
        result = self.act("--service", "web@a:b.service", "--manager", "systemd")
        self.assertEqual(result.returncode, 0, result.stderr)
        asked = [line.split("/")[-1] for line in self.log.read_text().splitlines()]
        self.assertEqual(asked[-3:], ["systemctl restart -- web@a:b.service",
                                      *2 * ["systemctl is-active --quiet -- web@a:b.service"]])

    def test_a_unit_that_stays_down_is_no_effect(self):
        self.stand_in("systemctl", '[ "$1" != is-active ]')
        self.stand_in("journalctl")
        result = self.act("--service", "web", "--manager", "systemd", "--wait", "300ms")
        self.assertEqual(result.returncode, 1, result.stderr)

    def test_nothing_that_manages_it_is_a_failure(self):
        if pathlib.Path("/run/systemd/system").exists():
            self.skipTest("systemd is here")
        result = self.act("--service", "web", "--init-dir", self.place.path)
        self.assertEqual(result.returncode, 2)
        self.assertIn('to restart "web"', result.stderr)

    def test_a_dry_run_starts_nothing(self):
        self.stand_in("systemctl")
        result = self.act("--service", "web", "--manager", "systemd", "--dry-run")
        self.assertEqual(result.returncode, 0)
        self.assertIn('would restart "web" by systemd', result.stdout)
        self.assertFalse(self.log.exists())

    def test_names_are_judged(self):
        for name in ("", "-f", "../web", "a b", "a;b", ".hidden", "x" * 200):
            result = self.act("--service", name)
            self.assertEqual(result.returncode, 3, name)
        self.assertEqual(self.act("--service", "web", "--manager", "pidfile").returncode, 3)
        self.assertEqual(self.act("--service", "web", "--manager", "upstart").returncode, 3)


class Runit(Service):
    """A real runsv."""

    def begin(self, script="exec sleep 1000"):
        self.folder = self.place.path / "services"
        self.place.write("services/web/run", f"#!/bin/sh\n{script}\n", 0o755)
        self.place.start(["runsv", self.folder / "web"], "runsv")
        wait_until((self.folder / "web/supervise/ok").exists, what="runsv")

    def pid(self):
        path = self.folder / "web/supervise/pid"
        return int(path.read_text().strip() or 0) if path.exists() else 0

    def restart(self, *more):
        return self.act("--service", "web", "--service-dir", self.folder, *more)

    def test_a_new_process_runs(self):
        self.begin()
        old = wait_until(self.pid, what="the service")
        result = self.restart("--dry-run", "--manager", "runit")
        self.assertEqual((result.returncode, self.pid()), (0, old), result.stderr)
        result = self.restart("--manager", "runit")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertNotEqual(self.pid(), old)
        self.assertFalse(alive(old))
        self.assertIn("run: ", (pathlib.Path(self.lines()[0]["bundle"]) / "status").read_text())

    def test_it_is_found_without_being_named(self):
        if pathlib.Path("/run/systemd/system").exists():
            self.skipTest("systemd is here")
        self.begin()
        result = self.restart()
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn('restarting "web" by runit', result.stdout)

    def test_one_that_does_not_stay_is_no_effect(self):
        self.begin("exec sleep 0.3")  # runsv starts it anew each time
        result = self.restart("--manager", "runit", "--wait", "3s", "--steady", "1s")
        self.assertEqual(result.returncode, 1, result.stderr + result.stdout)
        self.assertRegex(result.stdout, "does not stay|is not running")

    def test_without_runsv_it_fails(self):
        self.place.write("services/web/run", "#!/bin/sh\n", 0o755)
        self.folder = self.place.path / "services"
        result = self.restart("--manager", "runit")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("unable to open supervise/ok", result.stderr)


class PidFile(Service):
    def setUp(self):
        super().setUp()
        self.pid_file = self.place.path / "web.pid"
        self.daemon = self.place.write("daemon.py", DAEMON)
        self.addCleanup(self.end)

    def pid(self):
        return int(self.pid_file.read_text())

    def end(self):
        if self.pid_file.exists() and alive(self.pid()):
            os.kill(self.pid(), signal.SIGKILL)

    def start(self, *more):
        run([sys.executable, self.daemon, self.pid_file, *more])
        wait_until(self.pid_file.exists)
        return self.pid()

    def restart(self, *more):
        return self.act("--service", "mydaemon", "--pid-file", self.pid_file, "--command", sys.executable, "--command",
                        self.daemon, "--command", self.pid_file, *more)

    def test_a_new_process_takes_over(self):
        old = self.start()
        result = self.restart()
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertNotEqual(self.pid(), old)
        self.assertFalse(alive(old))
        self.assertTrue(alive(self.pid()))

    def test_one_that_ignores_term_is_killed(self):
        old = self.start("stubborn")
        result = self.restart("--grace", "200ms")
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertIn("did not end by TERM", result.stdout)
        self.assertFalse(alive(old))

    def test_a_stale_file_hits_nobody(self):
        bystander = self.place.start(["sleep", "60"], "bystander")
        self.pid_file.write_text(f"{bystander.pid}\n")
        result = self.restart()
        self.assertEqual(result.returncode, 2)
        self.assertIn('is "sleep", not "mydaemon"', result.stderr)
        self.assertIsNone(bystander.poll())

    def test_without_a_file_it_is_only_started(self):
        result = self.restart()
        # the part of the bundle that cannot be read is named in it and keeps nothing back
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        self.assertTrue(alive(self.pid()))

    def test_a_file_full_of_rubbish_is_no_process(self):
        for rubbish in ("", "1", "-5", "0", "99999999999999", "12x", "\0\0\0"):
            self.pid_file.write_text(rubbish)
            result = self.act("--service", "mydaemon", "--pid-file", self.pid_file, "--command", "true", "--wait",
                              "100ms")
            self.assertEqual(result.returncode, 1, rubbish + result.stderr)
        self.pid_file.unlink()


class Killed(Service):
    """The frame is killed while it acts."""

    def begin(self, *more):
        self.place.write("init.d/web", '#!/bin/sh\n[ "$1" = status ] && exit 0\necho $$ > "$0.pid"\nexec sleep 60\n',
                         0o755)
        self.child = self.place.path / "init.d" / "web.pid"
        process = self.place.start(self.words("--service", "web", "--manager", "sysv", "--init-dir",
                                              self.place.path / "init.d", *more), "remediation")
        if not more:
            wait_until(lambda: self.child.exists() and self.child.read_text().strip(), what="the act")
        return process

    def test_term_leaves_an_interrupted_end(self):
        process = self.begin()
        self.assertEqual(self.place.stop(process), 2)
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "interrupted")
        self.assertIn('restarting "web" by sysv; interrupted by a signal', self.lines()[1]["text"])
        wait_until(lambda: not alive(int(self.child.read_text())), what="the end of the act's child")

    def test_its_own_timeout_leaves_a_failed_end(self):
        process = self.begin("--timeout", "1s")
        self.assertEqual(process.wait(20), 2)
        self.assertEqual(self.lines()[1]["outcome"], "failed")
        self.assertIn("did not end in time", self.lines()[1]["text"])
        wait_until(lambda: not alive(int(self.child.read_text())), what="the end of the act's child")

    def test_kill_leaves_nothing_running(self):
        process = self.begin()
        self.place.stop(process, signal.SIGKILL)
        wait_until(lambda: not alive(int(self.child.read_text())), what="the end of the act's child")
        self.assertEqual([line["event"] for line in self.lines()], ["begin"])


if __name__ == "__main__":
    unittest.main()
