# SPDX-License-Identifier: GPL-3.0-or-later
"""make install into a folder: what a user of Nagios, of Munin and of bash finds there, and that it works from there."""
import datetime
import os
import re
import shutil
import unittest

from tests.support import BUILD, TOP, Place, run

PREFIX = "/usr/local"


# The tests may run on a copy of what was built; make wants the original.
BUILT = next(path for path in (BUILD, TOP / "build", TOP / "build/sanitize", TOP / "build/coverage")
             if (path / "obj/flags").exists())


def make(*words):
    """With the words that built what is there, so that nothing is built again."""
    compiler = (BUILT / "obj/flags").read_text().split(" -I. ")[0]
    mode = "release" if BUILT.name == "build" else BUILT.name
    return run(["make", "-s", "-C", TOP, f"MODE={mode}", f"BUILD={BUILT.relative_to(TOP)}", f"CC={compiler}", *words], seconds=300)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("install")
        cls.addClassCleanup(cls.place.close)
        cls.root = cls.place.path / "root"
        cls.done = make("install", f"DESTDIR={cls.root}", f"PREFIX={PREFIX}")

    def test_it_installs(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)
        self.assertNotIn(" CC ", self.done.stdout)
        for path in ("bin/watchbill", "lib/watchbill/libexec/watchbill-runner", "share/man/man1/check_load.1",
                     "share/man/man5/watchbill.yaml.5"):
            self.assertTrue((self.root / f"usr/local/{path}").is_file(), path)
        for path in (path for path in (TOP / "conf/examples").rglob("*") if path.is_file()):
            installed = self.root / "usr/local/share/doc/watchbill/examples" / path.relative_to(TOP / "conf/examples")
            self.assertEqual(installed.read_bytes(), path.read_bytes())
        for path in self.root.rglob("*"):
            self.assertTrue(path.exists(), f"{path} leads nowhere")

    def test_plugins_stand_among_those_of_nagios(self):
        folder = self.root / "usr/local/lib/nagios/plugins"
        self.assertEqual({path.name for path in folder.iterdir()}, {path.stem for path in (TOP / "checks").glob("check_*.c")})
        self.assertTrue(run([folder / "check_load"]).stdout.startswith("LOAD OK"))

    def test_command_definitions_name_programs_that_are_there(self):
        text = (self.root / "etc/nagios-plugins/config/watchbill.cfg").read_text()
        programs = set(re.findall(r"command_line (\S+)", text))
        self.assertGreater(len(programs), 10)
        for program in programs:
            self.assertTrue(os.access(f"{self.root}{program}", os.X_OK), program)

    @unittest.skipUnless(shutil.which("munin-node-configure"), "munin-node is not installed")
    def test_munin_lists_the_plugins(self):
        folder = self.root / "usr/share/munin/plugins"
        for name in ("etc", "plugins"):
            (self.place.path / name).mkdir(exist_ok=True)
        shutil.copytree(self.root / "etc/munin/plugin-conf.d", self.place.path / "etc", dirs_exist_ok=True)
        done = run(["munin-node-configure", "--libdir", folder, "--servicedir", self.place.path / "plugins", "--sconfdir",
                    self.place.path / "etc", "--suggest"], seconds=120)
        listed = dict(re.findall(r"^(\S+) +\| no +\| (yes|no)", done.stdout, re.M))
        self.assertEqual(set(listed), {line.split()[0] for line in (TOP / "munin/links").read_text().splitlines()
                                       if line and line[0] != "#"}, done.stdout + done.stderr)
        self.assertEqual((listed["iowait"], listed["load_average"]), ("yes", "yes"))

    def test_the_event_handler_finds_its_remediation(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.place.write("site/watchbill.yaml", "state: ../state\n")
        self.place.write("site/users.yaml", "users: {anna: {contacts: {alert: [{command: [/bin/true]}]}}}\n")
        self.place.write("site/issues.yaml", "{}\n")
        self.place.write("site/remediations.yaml", f"""
remediations:
  clean: {{issue: OPS-1, owner: anna, tagged: {today}, ttl: 3d, diagnosed: false, cause: vendor,
          command: [clean_spool, --directory, ../spool]}}
trackers: {{OPS: {{type: file, path: issues.yaml}}}}
""")
        for name in ("state", "spool"):
            (self.place.path / name).mkdir()
        self.place.write("spool/a", "x")
        done = run([self.root / "usr/local/bin/watchbill", "nagios", "handler", "clean", "--conf", self.place.path / "site",
                    "--host", "here", "--state", "CRITICAL", "--type", "HARD"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(list((self.place.path / "spool").iterdir()), [])

    def test_completion_is_found_by_each_name(self):
        folder = self.root / "usr/local/share/bash-completion/completions"
        for name in ("watchbill", "watchbilld", "check_load", "collect_haproxy", "clean_spool"):
            self.assertIn(f" {name}", (folder / name).read_text().splitlines()[-1])

    def test_what_is_another_s_stays_and_the_rest_goes_again(self):
        root = self.place.path / "other"
        theirs = self.place.write("other/usr/lib/nagios/plugins/check_load", "#!/bin/sh\necho theirs\n", 0o755)
        done = make("install-plugins", f"DESTDIR={root}", "PREFIX=/usr")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("check_load is another's", done.stdout)
        self.assertIn("theirs", theirs.read_text())
        self.assertTrue((theirs.parent / "check_haproxy").is_symlink())
        done = make("uninstall", f"DESTDIR={root}", "PREFIX=/usr")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([path.name for path in root.rglob("*") if not path.is_dir()], ["check_load"])

    def test_uninstall_leaves_the_configuration(self):
        root = self.place.path / "gone"
        shutil.copytree(self.root, root, symlinks=True)
        done = make("uninstall", f"DESTDIR={root}", f"PREFIX={PREFIX}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()],
                         ["etc/munin/plugin-conf.d/watchbill"])


if __name__ == "__main__":
    unittest.main()
