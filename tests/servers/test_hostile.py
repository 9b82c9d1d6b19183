# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins that misbehave, under the scheduler: each gets a verdict that says what happened, nothing hangs, nothing
is left behind, and the others go on."""
import unittest

from tests.support import Place, wait_until
from tests.support import faults
from tests.support.daemon import Watch

PLUGINS = {
    "silent": "exit 0\n",
    "huge": "head -c 100000000 /dev/zero | tr '\\0' x\nexit 0\n",
    "binary": "head -c 4096 /dev/urandom\nexit 0\n",
    "hangs": "echo half an answer\nexec tail -f /dev/null\n",
    "grandchildren": "tail -f /dev/null &\ntail -f /dev/null &\necho 'OK - parent gone | n=2'\nexit 0\n",
    "stubborn": "trap '' TERM\necho trapped\nwhile :; do read -r line < /dev/null; done\n",
    "dies": "kill -SEGV $$\n",
    "seven": "echo out of range\nexit 7\n",
    "unicode": "printf 'OK - gr\\303\\274n \\377 \\033[31m | a=1 b=x c=;; d=1,5 e=3\\n'\nexit 0\n",
}

SERVICE = """
service: hostile
hosts: {{h: {{}}}}
checks:
  __base__: {{every: 2s, attempts: 1, timeout: 2s}}
  good: {{command: [check_load, --per-cpu]}}
  missing: {{command: [/nonexistent/plugin]}}
  notexecutable: {{command: [{folder}/data]}}
  mapped: {{command: [{folder}/seven], outcomes: {{7: WARNING}}}}
{checks}
"""

WANTED = {
    "silent": ("UNKNOWN", "no output"),
    "huge": ("UNKNOWN", "64 KB"),
    "binary": ("UNKNOWN", "binary"),
    "hangs": ("UNKNOWN", "timed out after 2s"),
    "grandchildren": ("OK", "parent gone"),
    "stubborn": ("UNKNOWN", "timed out after 2s"),
    "dies": ("UNKNOWN", "signal"),
    "seven": ("UNKNOWN", "7"),
    "mapped": ("WARNING", "out of range"),
    "missing": ("UNKNOWN", "/nonexistent/plugin"),
    "notexecutable": ("UNKNOWN", "data"),
    "unicode": ("OK", "gr\u00fcn"),
}


def children_of(pid):
    """[(pid, state)] of the processes that this one started."""
    return [(child, state) for child, (parent, state, _) in faults.processes().items() if parent == pid]


class Hostile(unittest.TestCase):
    def test_each_gets_its_verdict_and_nothing_is_left(self):
        with Place("hostile") as place:
            for name, script in PLUGINS.items():
                place.write(f"plugins/{name}", "#!/bin/sh\n" + script, 0o755)
            place.write("plugins/data", "no program", 0o644)
            folder = place.path / "plugins"
            watch = Watch(place)
            watch.write("services/h.yaml", SERVICE.format(folder=folder, checks="\n".join(
                f"  {name}: {{command: [{folder}/{name}]}}" for name in PLUGINS)))
            watch.start()
            for name, (state, part) in WANTED.items():
                with self.subTest(name):
                    row = wait_until(lambda n=name: (r := watch.status(f"h/{n}"))["state"] != "PENDING" and r, 30,
                                     name)
                    self.assertEqual(row["state"], state, row["text"])
                    self.assertIn(part, row["text"])
            before = watch.status("h/good")["last"]
            wait_until(lambda: watch.status("h/good")["last"] > before, what="the good check going on")
            # No zombie is kept, and what the plugins left behind is ended. What still runs is seen by its directory.
            wait_until(lambda: any("tail" in words for _, words in faults.left_behind(place)), what="a tail at work")
            runners = [pid for pid, _ in children_of(watch.process.pid)]
            wait_until(lambda: not [c for r in runners for c in children_of(r) if c[1] == "Z"], what="no zombies")
            self.assertEqual(watch.stop(), 0)
            wait_until(lambda: not faults.left_behind(place), what=f"nothing left: {faults.left_behind(place)}")

    def test_stored_values_are_those_that_parse(self):
        with Place("hostile") as place:
            plugin = place.write("odd", "#!/bin/sh\n" + PLUGINS["unicode"], 0o755)
            watch = Watch(place)
            watch.write("services/h.yaml", "service: s\nhosts: {h: {}}\nchecks:\n  odd: {command: [%s], every: 1s}\n"
                        % plugin)
            watch.start()
            folder = watch.state / "rrd/h/odd"
            wait_until(lambda: folder.exists() and len(list(folder.iterdir())) >= 2, what="the series")
            self.assertEqual(sorted(p.name for p in folder.iterdir() if p.suffix == ".rrd"), ["a.rrd", "e.rrd"])


class Passive(unittest.TestCase):
    def test_submit_and_acknowledge(self):
        with Place("passive") as place:
            watch = Watch(place)
            watch.write("users.yaml", "users: {u: {contacts: {alert: [{mail: u@example.org}]}}}\n"
                        "groups: {g: {rota: [{window: always, users: [u]}]}}\n")
            watch.write("services/h.yaml", "service: s\nhosts: {h: {}}\nchecks:\n"
                        "  job: {attempts: 1, alert: {groups: [g], repeat: 1s}}\n")
            watch.start()
            self.assertEqual(watch.status("h/job")["state"], "PENDING")
            done = watch.command("submit", "h/job", "2", "backup failed | age=3d")
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
            row = watch.wait_state("h/job", "CRITICAL")
            wait_until(watch.mails, what="the mail")
            done = watch.command("ack", str(row["problem"]), "--comment", "on it", "--author", "u")
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
            self.assertEqual(watch.status("h/job")["acknowledged"], "u")
            self.assertEqual(watch.command("submit", "h/job", "0", "backup done").returncode, 0)
            watch.wait_state("h/job", "OK")
            wait_until(lambda: [m for m in watch.mails() if "RECOVERY" in m["subject"]], what="the recovery")
            self.assertEqual(watch.command("submit", "h/none", "0", "x").returncode, 1)
            self.assertEqual(watch.command("run", "h/job").returncode, 1)


if __name__ == "__main__":
    unittest.main()
