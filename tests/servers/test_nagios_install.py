# SPDX-License-Identifier: GPL-3.0-or-later
"""One repository for many Nagios servers: class and environment by host name, verified by nagios4 before the swap."""
import json
import os
import unittest

from tests.support import BUILD, run
from tests.support.nagios import BASE, MISSING, Nagios, host, service

WATCHBILL = BUILD / "bin/watchbill"
RULES = r"""# host                        class   environment
nagios-(c[0-9]+)\.([a-z]+)\..*   cell    \2/\1
nagios\.([a-z]+)\..*             global  \1/global
small-.*                         mixed   small
"""
CHECK = "define command {\n    command_name ok\n    command_line /bin/true\n}\n"


@unittest.skipIf(MISSING, MISSING)
class Install(unittest.TestCase):
    def setUp(self):
        self.nagios = place = Nagios()
        self.addCleanup(place.close)
        self.into = place.path / "conf"
        place.write("repo/rules", RULES)
        for name in ("cell", "global", "mixed"):
            place.write(f"repo/common/{name}/base.cfg", BASE + CHECK)
            place.write(f"repo/common/{name}/more/{name}.cfg", f"define hostgroup {{\n    hostgroup_name {name}\n}}\n")
        place.write("repo/common/cell/.git/config", "not a configuration")
        place.write("repo/environments/test/c0001/hosts.cfg",
                    host("compute1") + service("compute1", "nova", "ok"))
        place.write("repo/environments/test/global/hosts.cfg", host("api1") + service("api1", "glance", "ok"))
        place.write("repo/environments/small/hosts.cfg", host("one") + service("one", "all", "ok"))

    def install(self, name, *words):
        self.nagios.own()
        return run([WATCHBILL, "nagios", "install", "--repo", self.nagios.path / "repo", "--hostname", name, "--into",
                    self.into, "--main", self.nagios.main, *words])

    def siblings(self):
        return sorted(path.name for path in self.nagios.path.iterdir() if path.name.startswith("conf"))

    def test_a_cell_is_put_together(self):
        done = self.install("nagios-c0001.test.example.org")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("class cell, environment test/c0001: 2 files", done.stdout)
        self.assertEqual(sorted(path.name for path in self.into.iterdir()),
                         [".watchbill-install", "base.cfg", "c0001", "more"])
        self.assertEqual(os.readlink(self.into / "c0001"),
                         str(self.nagios.path.resolve() / "repo/environments/test/c0001"))
        self.assertEqual(self.into.stat().st_mode & 0o777, 0o755)
        self.assertEqual(self.siblings(), ["conf"])
        self.assertIn("Checked 1 services", self.nagios.verify().stdout)

    def test_classes_follow_from_names_and_replace_each_other(self):
        for name, kind, environment in (("nagios.test.example.org", "global", "test/global"),
                                        ("small-7", "mixed", "small"),
                                        ("nagios-c0001.test.example.org", "cell", "test/c0001")):
            done = self.install(name, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            answer = json.loads(done.stdout)
            self.assertEqual((answer["class"], answer["environment"], answer["installed"]), (kind, environment, True))
            self.assertTrue((self.into / "more" / f"{kind}.cfg").exists())
            self.assertEqual(len(list((self.into / "more").iterdir())), 1)
            self.assertTrue((self.into / environment.rsplit("/", 1)[-1]).is_symlink())
        self.assertTrue((self.nagios.path / "repo/environments/small/hosts.cfg").exists())

    def test_what_nagios_refuses_is_not_installed(self):
        self.assertEqual(self.install("small-1").returncode, 0)
        before = sorted(path.name for path in self.into.rglob("*"))
        self.nagios.write("repo/environments/test/global/bad.cfg", service("nobody-knows-it", "x", "no_such_command"))
        done = self.install("nagios.test.example.org")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nobody-knows-it", done.stderr)
        self.assertIn("is as it was", done.stderr)
        self.assertEqual(sorted(path.name for path in self.into.rglob("*")), before)
        self.assertEqual(self.siblings(), ["conf"])

    def test_a_dry_run_verifies_and_changes_nothing(self):
        done = self.install("small-1", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("would be in", done.stdout)
        self.assertEqual(list(self.into.iterdir()), [])
        self.assertEqual(self.siblings(), ["conf"])

    def test_what_others_put_there_is_not_removed(self):
        mine = self.nagios.write("conf/mine.cfg", "# by hand\n")
        done = self.install("small-1")
        self.assertEqual(done.returncode, 3)
        self.assertIn("--adopt", done.stderr)
        self.assertTrue(mine.exists())
        self.assertEqual(self.install("small-1", "--adopt").returncode, 0)
        self.assertFalse(mine.exists())

    def test_a_new_folder_with_relative_paths_in_the_main_file(self):
        text = self.nagios.main.read_text().replace(f"cfg_dir={self.into}", "cfg_dir=fresh").replace(
            f"resource_file={self.nagios.path}/", "resource_file=")
        self.nagios.main.write_text(text)
        self.into = self.nagios.path / "fresh"
        done = self.install("small-1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.into / "small").is_symlink())

    def test_misuse(self):
        for name, words, text in (("web1", (), 'no rule matches the host "web1"'), ("../x", (), "not a host name"),
                                  ("nagios.prod.example.org", (), "environments/prod/global"),
                                  ("small-1", ("--rules", "/no/such"), '"/no/such"'),
                                  ("small-1", ("--nagios", "/no/such/nagios"), "/no/such/nagios"),
                                  ("small-1", ("--main", "/no/such/main"), '"/no/such/main"')):
            done = self.install(name, *words)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn(text, done.stderr)
            self.assertEqual(self.siblings(), ["conf"])
        (self.nagios.path / "repo/common/mixed/link.cfg").symlink_to("/etc/passwd")
        done = self.install("small-1")
        self.assertEqual(done.returncode, 3)
        self.assertIn("link.cfg", done.stderr)
        self.assertEqual(list(self.into.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
