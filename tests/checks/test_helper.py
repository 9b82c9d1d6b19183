# SPDX-License-Identifier: GPL-3.0-or-later
"""watchbill-helper, spoken to as a scheduler would, also as one that was taken over."""
import collections
import contextlib
import datetime
import json
import os
import pathlib
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import unittest

from tests.support import BUILD, Place, faults, run, wait_until

HELPER = BUILD / "libexec" / "watchbill-helper"
CLEAN = BUILD / "remediations" / "clean_spool"
TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
ROOT = os.geteuid() == 0

# The helper wants its socket as descriptor 3.
LAUNCH = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"

SITE = """state: state
plugins: [plugins]
"""
USERS = """users:
  geoff: {name: Geoff, contacts: {alert: [{mail: geoff@example.org}]}}
"""
SERVICE = """service: web
hosts:
  web01: {address: 10.0.0.1, status: active, vars: {words: "two words; $HOSTNAME$"}}
  web02: {address: 10.0.0.2, status: active}
checks:
  queue: {command: [check_none], remediate: [clean, show, slow, dry, gone, open, other]}
  load: {command: [check_none]}
"""
REMEDIATION = """  {name}:
    issue: OPS-7
    owner: geoff
    tagged: {today}
    ttl: {ttl}
    diagnosed: false
    cause: vendor
    timeout: 20s
    {more}
    command: [{command}]
"""
SHOW = """#!/usr/bin/python3
import json, os, sys
with open("seen.new", "w") as file:
    json.dump({"argv": sys.argv, "env": dict(os.environ), "cwd": os.getcwd(), "uid": os.getuid(),
               "groups": os.getgroups(), "fds": sorted(os.listdir("/proc/self/fd"))}, file)
os.rename("seen.new", "seen")
print("said by show")
"""


def has_ended(pid):
    """Gone, or a zombie that nobody has waited for."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Helper(unittest.TestCase):
    prefix = ()

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.conf = self.place.path / "conf"
        self.state = self.conf / "state"
        self.spool = self.place.path / "spool"
        self.seen = self.conf / "seen"
        for folder in (self.conf, self.state, self.spool):
            folder.mkdir()
        self.place.write("conf/watchbill.yaml", SITE)
        self.place.write("conf/users.yaml", USERS)
        self.place.write("conf/services/web.yaml", SERVICE)
        self.place.write("conf/plugins/show", SHOW, 0o755)
        self.place.write("conf/plugins/slow", '#!/bin/sh\necho $$ > slow.pid\nexec sleep 60\n', 0o755)
        self.place.write("conf/plugins/open", "#!/bin/sh\ntouch opened\n", 0o755)
        self.configure()
        self.daemon = None
        self.start()

    def configure(self, ttl="30d", more=""):
        rows = {"clean": f'clean_spool, --directory, "{self.spool}"',
                "show": 'show, "$_HOSTWORDS$", "$HOSTADDRESS$", "$SERVICEDESC$", "$$x"', "slow": "slow", "dry": "show",
                "gone": "not_there", "open": "open", "other": "show", "unused": "show"}
        text = "trackers: {OPS: {type: file, path: issues.yaml}}\nremediations:\n"
        for name, command in rows.items():
            extra = more if name == "other" else "mode: dry_run" if name == "dry" else ""
            text += REMEDIATION.format(name=name, command=command, today=TODAY, ttl=ttl, more=extra)
        self.place.write("conf/issues.yaml", "OPS-7: {title: queue fills, open: true}\n")
        self.place.write("conf/remediations.yaml", text)

    def start(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(20)
        environment = dict(os.environ, LD_LIBRARY_PATH="/nowhere", SECRET="hunter2")
        self.process = self.place.start([*self.prefix, sys.executable, "-c", LAUNCH, theirs.fileno(), HELPER, "--conf", self.conf],
                                        "helper", env=environment, pass_fds=(theirs.fileno(),))
        theirs.close()
        self.daemon = ours
        self.addCleanup(ours.close)

    def send(self, remediation="show", subject="web01/queue", run_id="r1", **more):
        message = {"remediation": remediation, "subject": subject, "run": run_id, "dry_run": False} | more
        self.daemon.send(json.dumps(message).encode())

    def receive(self):
        return json.loads(self.daemon.recv(65536))

    def ask(self, *words, **more):
        self.send(*words, **more)
        return self.receive()

    def lines(self):
        ledger = self.state / "ledger.jsonl"
        return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []

    def shown(self):
        return json.loads(self.seen.read_text())


class Obedient(Helper):
    def test_runs_what_the_configuration_lists(self):
        (self.spool / "file").write_text("x")
        reply = self.ask("clean", environment={"WATCHBILL_PROBLEM": "p-1", "WATCHBILL_OUTPUT": "QUEUE CRITICAL"})
        self.assertEqual((reply["run"], reply["end"], reply["code"]), ("r1", "exited", 0), reply)
        self.assertIn("fixed: deleted 1 files", reply["text"])
        begin, end = self.lines()
        self.assertEqual((begin["remediation"], begin["issue"], begin["owner"], begin["target"], begin["subject"],
                          begin["problem"], begin["cause"], begin["diagnosed"]),
                         ("clean", "OPS-7", "geoff", "web01", "web01/queue", "p-1", "vendor", False))
        self.assertEqual(end["outcome"], "fixed")
        self.assertIn("QUEUE CRITICAL", (pathlib.Path(begin["bundle"]) / "check").read_text())
        self.assertEqual(pathlib.Path(begin["bundle"]).parent, self.state / "diagnostics")

    def test_arguments_are_the_configurations_words(self):
        reply = self.ask("show")
        self.assertEqual(reply["code"], 0, reply)
        self.assertEqual(reply["text"], "said by show\n")
        argv = self.shown()["argv"]
        self.assertEqual(argv[1:5], ["two words; $HOSTNAME$", "10.0.0.1", "queue", "$x"])
        options = dict(zip(argv[5:-1:2], argv[6::2]))
        self.assertEqual((options["--issue"], options["--tagged"], options["--ttl"], options["--owner"],
                          options["--run"], options["--target"], options["--ledger"], options["--remediation"]),
                         ("OPS-7", TODAY, "30d", "geoff", "r1", "web01", str(self.state / "ledger.jsonl"), "show"))
        self.assertEqual(argv[-1], "--undiagnosed")

    def test_nothing_is_inherited(self):
        reply = self.ask("show", environment={
            "WATCHBILL_OUTPUT": "a\x01b\x1b[2Jc", "NAGIOS_SERVICESTATE": "CRITICAL", "LD_PRELOAD": "/tmp/evil.so",
            "PATH": "/tmp", "WATCHBILL_LEDGER": "/tmp/x", "NAGIOS_LONGSERVICEOUTPUT": "x" * 20000, "BASH_ENV": "/tmp/x",
            "WATCHBILL_STATE": 7})
        self.assertEqual(reply["code"], 0, reply)
        shown = self.shown()
        self.assertEqual(
            set(shown["env"]) - {"LC_CTYPE"},
            {"PATH", "LC_ALL", "HOME", "WATCHBILL_REMEDIATION", "WATCHBILL_SUBJECT", "WATCHBILL_OUTPUT",
             "NAGIOS_SERVICESTATE", "NAGIOS_LONGSERVICEOUTPUT"})
        self.assertEqual(shown["env"]["WATCHBILL_OUTPUT"], "a b [2Jc")
        self.assertLessEqual(len(shown["env"]["NAGIOS_LONGSERVICEOUTPUT"]), 8192)
        self.assertNotIn("/tmp", shown["env"]["PATH"].split(":"))
        self.assertEqual(shown["cwd"], str(self.conf))
        self.assertEqual(shown["fds"], ["0", "1", "2", "3", "4"], "3 and 4 are its own file and listing")

    def test_dry_runs(self):
        self.assertEqual(self.ask("show", dry_run=True)["code"], 0)
        self.assertEqual(self.shown()["argv"][-1], "--dry-run")
        self.seen.unlink()
        self.assertEqual(self.ask("dry", run_id="r2")["code"], 0)
        self.assertEqual(self.shown()["argv"][-1], "--dry-run", "the mode of the configuration wins")

    def test_a_changed_configuration_counts_and_a_bad_one_does_not(self):
        self.assertEqual(self.ask("show")["end"], "exited")
        self.configure(ttl="20d")
        self.assertEqual(self.ask("show", run_id="r2")["end"], "exited")
        self.assertIn("20d", self.shown()["argv"])
        self.place.write("conf/remediations.yaml", "remediations: [")
        self.assertEqual(self.ask("show", run_id="r3")["end"], "exited")
        self.assertIn("20d", self.shown()["argv"])

    def test_a_run_happens_once_even_after_a_restart(self):
        (self.spool / "file").write_text("x")
        self.assertEqual(self.ask("clean")["code"], 0)
        self.daemon.close()
        self.assertEqual(self.process.wait(20), 0)
        self.start()
        (self.spool / "file").write_text("x")
        reply = self.ask("clean")
        self.assertEqual((reply["end"], reply["code"]), ("exited", 3))
        self.assertTrue((self.spool / "file").exists())

    def test_several_at_once_and_each_id_once(self):
        self.send("slow", run_id="a")
        wait_until(lambda: (self.conf / "slow.pid").exists())
        self.assertEqual(self.ask("show", run_id="b")["run"], "b")
        reply = self.ask("slow", run_id="a")
        self.assertEqual((reply["end"], reply["run"]), ("refused", "a"))
        self.assertIn("under way", reply["text"])


class Outlived(Helper):
    def begin_slow_clean(self):
        """A run that is in the ledger and still acting: its diagnostics and act are the real frame's."""
        self.place.write("conf/remediations.yaml", (self.conf / "remediations.yaml").read_text().replace(
            "command: [slow]", f'command: ["{BUILD}/remediations/restart_service", --service, web, --manager, sysv, '
                               f'--init-dir, "{self.place.path}/init.d"]'))
        self.place.write("init.d/web", f'#!/bin/sh\n[ "$1" = status ] && exit 0\necho $$ > {self.place.path}/act.pid\n'
                                       f'while [ ! -e {self.place.path}/go ]; do sleep 0.05; done\n', 0o755)
        self.send("slow")
        pid_file = self.place.path / "act.pid"
        wait_until(lambda: pid_file.exists() and pid_file.read_text().strip(), what="the act")
        return self.lines()[0]["pid"]

    def test_a_run_outlives_the_scheduler(self):
        self.begin_slow_clean()
        self.daemon.close()
        self.assertEqual(len(self.lines()), 1)
        self.place.write("go", "")
        self.assertEqual(self.process.wait(20), 0)
        self.assertEqual(self.lines()[1]["outcome"], "fixed")

    def test_a_second_helper_ends_no_run_of_the_first(self):
        self.begin_slow_clean()
        first = self.process
        self.daemon.close()
        self.start()
        self.assertEqual(self.ask("slow")["code"], 3)
        self.place.write("go", "")
        self.assertEqual(first.wait(20), 0)
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "refused", "end"])
        self.assertEqual(self.lines()[2]["outcome"], "fixed")

    def test_what_was_killed_gets_its_end(self):
        os.kill(self.begin_slow_clean(), signal.SIGKILL)
        reply = self.receive()
        self.assertEqual((reply["end"], reply["code"]), ("signalled", 9))
        self.assertEqual([line["event"] for line in self.lines()], ["begin", "end"])
        self.assertEqual(self.lines()[1]["outcome"], "interrupted")
        self.assertEqual(self.lines()[1]["issue"], "OPS-7")

    def test_killed_at_any_point_the_ledger_is_whole(self):
        seed = int.from_bytes(os.urandom(4), "big")
        dice = random.Random(seed)
        pause = threading.Event()
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for number in range(20):
            (self.spool / "file").write_text("x")
            self.send("clean", run_id=f"k{number}")
            pids = []
            while not pids and not select.select([self.daemon], [], [], 0)[0]:
                pids = children.read_text().split()
            for pid in pids:
                pause.wait(dice.random() * 0.008)
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.assertEqual(self.receive()["run"], f"k{number}", f"seed {seed}")
            events = [line["event"] for line in self.lines() if line["run"] == f"k{number}"]
            self.assertIn(events, ([], ["begin", "end"]), f"seed {seed}")

    def test_term_ends_what_runs(self):
        self.begin_slow_clean()
        self.process.send_signal(signal.SIGTERM)
        self.receive()
        self.assertEqual(self.lines()[1]["outcome"], "interrupted")

    def test_what_nobody_ended_is_ended_at_the_next_start(self):
        pid = self.begin_slow_clean()
        self.process.kill()
        self.process.wait()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: has_ended(pid), what="the end of the program")
        self.assertEqual(len(self.lines()), 1)
        self.start()
        wait_until(lambda: len(self.lines()) == 2, what="the end in the ledger")
        self.assertEqual(self.lines()[1]["outcome"], "interrupted")


class Hostile(Helper):
    def refuse(self, words, *arguments, **more):
        reply = self.ask(*arguments, **more)
        self.assertEqual(reply["end"], "refused", reply)
        self.assertIn(words, reply["text"])
        self.assertFalse(self.seen.exists())

    def test_only_what_is_listed(self):
        self.refuse('no remediation "format_disk"', "format_disk")
        self.refuse("remediation", "/bin/sh")
        self.refuse("remediation", "../plugins/show")
        self.refuse("remediation", "clean_spool --directory /")
        self.refuse("remediation", "")
        self.refuse("remediation", ["show"])
        self.refuse("does not name", "unused")
        self.refuse('no check "web03/queue"', subject="web03/queue")
        self.refuse("does not name", subject="web01/load")
        self.refuse("subject", subject="web01")
        self.refuse("subject", subject="web01/../queue")
        self.refuse("run", run_id="../../etc/x")
        self.refuse("run", run_id="a b")
        self.refuse("run", run_id="x" * 161)
        self.refuse("member", command=["/bin/sh"])
        self.refuse("not_there", "gone")
        self.refuse("has no variable", subject="web02/queue")
        self.assertEqual(self.lines(), [])

    def test_rubbish_never_executes_anything(self):
        dice = random.Random(7)
        good = json.dumps({"remediation": "open", "subject": "web01/queue", "run": "r1", "dry_run": False}).encode()
        messages = [b"\0", b"[]", b"{}", b"null", b'"x"', b"{" * 4000, b"x" * 33000, b"\xff" * 100, good[:-1],
                    good + b"x", good.replace(b'"r1"', b'"r\\u0000"'), good.replace(b"r1", b"r\xff"),
                    good[:-1] + b',"run":"r2"}', good.replace(b"open", b"open\\u002f.."),
                    b" " * 32768 + good, good.replace(b"web01", b"WEB01")]
        for _ in range(300):
            broken = bytearray(good)
            place = dice.randrange(len(broken))
            # a change in the run id or in the value of dry_run alone would leave a request that is good
            if good.find(b'"r1"') <= place < good.find(b'"r1"') + 4 or place > good.find(b'"dry_run"'):
                continue
            broken[place] ^= 1 << dice.randrange(8)
            if bytes(broken) != good:
                messages.append(bytes(broken))
        for message in messages:
            self.daemon.send(message)
            self.assertEqual(self.receive()["end"], "refused", message[:200])
        self.assertFalse((self.conf / "opened").exists())
        self.assertEqual(self.ask("open", run_id="last")["end"], "exited", "it still serves")
        self.assertTrue((self.conf / "opened").exists())

    def test_arguments_are_nobodys_but_the_configurations(self):
        """Whatever is added to a request that is good, the words that are executed stay the same."""
        self.assertEqual(self.ask("show", run_id="first")["code"], 0)
        want = self.shown()["argv"]
        for number, more in enumerate((
                {"argv": ["--pattern", "*"]}, {"args": "; id"}, {"user": "root"}, {"path": "/bin/sh"}, {"dry_run": "no"},
                {"dry_run": ["--ledger", "/tmp/x"]}, {"environment": ["LD_PRELOAD=/tmp/x"]}, {"environment": "PATH=/tmp"},
                {"environment": {"SERVICEDESC": "x", "ARG1": "x", "_HOSTWORDS": "x", "LD_LIBRARY_PATH": "/tmp"}},
                {"environment": {"NAGIOS_HOSTADDRESS": "$_HOSTWORDS$; id", "WATCHBILL_PROBLEM": "\nLD_PRELOAD=/tmp/x"}},
                {"environment": {"PATH\u0000": "/tmp", "": "x", "NAGIOS_HOSTNAME=": "x", "LD_PRELOAD=/tmp/x;A": "x"}})):
            run_id = f"more{number}"
            self.seen.unlink()
            reply = self.ask("show", run_id=run_id, **more)
            if reply["end"] == "refused":
                self.assertFalse(self.seen.exists())
                self.assertEqual(self.ask("show", run_id=f"again{number}")["code"], 0)
                run_id = f"again{number}"
            shown = self.shown()
            self.assertEqual([run_id if word == "first" else word for word in want], shown["argv"], more)
            self.assertEqual(shown["env"]["PATH"], "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            self.assertEqual([name for name in shown["env"] if not name.startswith(("NAGIOS_", "WATCHBILL_"))
                              and name not in ("PATH", "LC_ALL", "LC_CTYPE", "HOME")], [])

    def test_a_run_that_the_ledger_knows_is_no_way_in(self):
        """Neither again, nor under another name, nor on another host."""
        (self.spool / "file").write_text("x")
        self.assertEqual(self.ask("clean", run_id="known")["code"], 0)
        self.configure()
        self.place.write("conf/services/web.yaml", SERVICE.replace("[clean,", "[clean, rest,"))
        with open(self.conf / "remediations.yaml", "a", encoding="utf-8") as file:
            file.write(REMEDIATION.format(name="rest", command=f'clean_spool, --directory, "{self.spool}"', today=TODAY,
                                          ttl="30d", more=""))
        (self.spool / "file").write_text("x")
        for name, subject in (("clean", "web01/queue"), ("rest", "web01/queue"), ("clean", "web02/queue")):
            reply = self.ask(name, subject=subject, run_id="known")
            self.assertEqual((reply["end"], reply["code"]), ("exited", 3), reply)
        self.assertTrue((self.spool / "file").exists())
        self.assertEqual([line["event"] for line in self.lines()].count("begin"), 1)

    def test_a_flood_that_nobody_reads_the_replies_of(self):
        """Runs are watched and end in the ledger all the same; no more than 16 are begun; and then it serves again."""
        self.daemon.settimeout(0.5)  # until it takes no more, because it has no room for replies
        sent = 0
        with contextlib.suppress(TimeoutError):
            for sent in range(20000):
                self.send("slow" if sent < 40 else "format_disk", run_id=f"f{sent}",
                          environment={"WATCHBILL_OUTPUT": "x" * 2000})
        self.assertIn(sent, range(41, 20000 - 1))
        self.assertEqual(len(self.slow()), 16)
        self.process.send_signal(signal.SIGTERM)  # what a blocked one would not hear
        wait_until(lambda: not self.slow(), what="the end of what runs")
        self.daemon.settimeout(20)
        ends = collections.Counter(self.receive()["end"] for _ in range(sent))
        self.assertEqual(ends, {"refused": sent - 16, "timeout": 16})
        self.assertEqual(self.ask("show", run_id="after")["code"], 0)

    def slow(self):
        """The children of the helper that are the slow program."""
        return [pid for pid, (parent, state, words) in faults.processes().items()
                if parent == self.process.pid and state != "Z" and "sleep 60" in words]

    def test_needs_its_socket(self):
        self.assertEqual(run([HELPER, "--conf", self.conf]).returncode, 3)
        self.assertEqual(run([HELPER]).returncode, 3)


@unittest.skipUnless(ROOT, "only root can become another user")
class Privilege(Helper):
    def setUp(self):
        super().setUp()
        self.configure(more="user: nobody")
        self.conf.chmod(0o1777)  # so that show, as nobody, can leave its trace

    def test_a_configuration_that_the_daemon_may_write_says_nothing(self):
        """Who has taken the daemon over would else add a remediation of his own."""
        site = self.conf / "watchbill.yaml"
        site.write_text(site.read_text() + "user: nobody\n")
        self.assertIn("another than root may write to the configuration", self.ask(run_id="c1")["text"])
        self.conf.chmod(0o755)
        self.configure()
        self.assertEqual(self.ask(run_id="c2")["end"], "exited")
        for path, owner, mode in ((self.conf / "remediations.yaml", 65534, 0o644), (self.conf, 65534, 0o755),
                                  (self.conf / "services", 65534, 0o755), (site, 0, 0o664)):
            with self.subTest(path.name):
                before = path.stat()
                os.chown(path, owner, 0)
                path.chmod(mode)
                self.assertIn(f'another than root may write to the configuration "{path}"',
                              self.ask(run_id=f"d-{path.name}")["text"])
                os.chown(path, before.st_uid, before.st_gid)
                path.chmod(before.st_mode & 0o7777)
        self.assertEqual(self.ask(run_id="c3")["end"], "exited")

    def test_runs_as_the_user_of_the_configuration(self):
        reply = self.ask("other")
        self.assertEqual(reply["code"], 0, reply)
        self.assertEqual(self.shown()["uid"], 65534)
        self.assertNotIn(0, self.shown()["groups"])
        self.assertEqual(self.ask("show", run_id="r2")["code"], 0)

    def test_the_groups_of_the_user_are_its_own(self):
        lines = pathlib.Path("/etc/group").read_text() + "watchbill-a:x:64001:nobody\nwatchbill-b:x:64002:daemon\n"
        self.prefix = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/group && exec "$@"',
                       self.place.write("group", lines))
        if run([*self.prefix, "true"]).returncode:
            self.skipTest("no namespace of mounts")
        os.chown(self.state, 12345, 12345)
        self.start()
        reply = self.ask("other")
        self.assertEqual(reply["code"], 0, reply)
        self.assertEqual(sorted(self.shown()["groups"]), [12345, 64001, 65534])

    def test_another_user_writes_the_same_ledger(self):
        os.chown(self.state, 12345, 12345)
        self.state.chmod(0o750)
        os.chown(self.spool, 65534, 65534)
        (self.spool / "file").write_text("x")
        self.configure()
        self.place.write("conf/remediations.yaml", (self.conf / "remediations.yaml").read_text().replace(
            "timeout: 20s", "user: nobody"))
        for number in range(2):
            reply = self.ask("clean", run_id=f"r{number}")
            self.assertEqual((reply["end"], reply["code"]), ("exited", number), reply)
        self.assertEqual([line["user"] for line in self.lines()], ["nobody"] * 4)
        self.assertEqual((self.state / "ledger.jsonl").stat().st_uid, 12345)
        bundle = pathlib.Path(self.lines()[0]["bundle"])
        for path in (self.state / "diagnostics", bundle, bundle / "index.json"):
            self.assertEqual(path.stat().st_gid, 12345, path)
            self.assertEqual(path.stat().st_mode & 0o047, 0o040, path)

    def test_a_program_that_others_may_change_is_refused(self):
        program = self.conf / "plugins" / "show"
        for mode in (0o775, 0o757):
            program.chmod(mode)
            reply = self.ask("other")
            self.assertEqual(reply["end"], "refused")
            self.assertIn("others may write", reply["text"])
        program.chmod(0o755)
        os.chown(program, 12345, 12345)
        self.assertIn("owned neither by root nor by its user", self.ask("other")["text"])
        os.chown(program, 65534, 65534)
        self.assertEqual(self.ask("other")["end"], "exited")
        self.assertEqual(self.ask("show", run_id="r2")["end"], "refused", "nobody's program is not run as root")

    def test_a_program_that_others_may_rename_is_refused(self):
        folder = self.conf / "plugins"
        folder.chmod(0o777)
        self.assertIn("others may write to the folder", self.ask("other")["text"])
        folder.chmod(0o1777)
        self.assertEqual(self.ask("other", run_id="r2")["end"], "exited")
        open_folder = self.place.path / "open"
        open_folder.mkdir()
        open_folder.chmod(0o777)
        (open_folder / "show").write_text(SHOW)
        (open_folder / "show").chmod(0o755)
        (folder / "show").unlink()
        (folder / "show").symlink_to(open_folder / "show")
        reply = self.ask("other", run_id="r3")
        self.assertIn(f'others may write to the folder "{open_folder}"', reply["text"], "a link leads out")

    def test_relative_paths_are_below_the_configuration(self):
        self.place.write("conf/remediations.yaml", (self.conf / "remediations.yaml").read_text().replace(
            "command: [not_there]", "command: [./../conf/plugins/show]"))
        self.assertEqual(self.ask("gone")["end"], "exited")
        self.assertEqual(self.shown()["cwd"], str(self.conf))
        self.place.path.chmod(0o777)
        self.assertIn("others may write to the folder", self.ask("gone", run_id="r2")["text"])
        self.place.path.chmod(0o755)

    def test_an_unknown_user_is_refused(self):
        self.configure(more="user: nosuchuser")
        self.assertIn('no such user: "nosuchuser"', self.ask("other")["text"])
        self.assertFalse(self.seen.exists())


if __name__ == "__main__":
    unittest.main()
