# SPDX-License-Identifier: GPL-3.0-or-later
"""The Munin plugins under a real Munin: munin-run, munin-node-configure, munin-node and munin-update, against a real
HAProxy, a folder and this machine's /proc. The numbers are looked for in the RRD files that Munin itself makes."""
import json
import os
import re
import unittest
import urllib.error
import urllib.request

from tests.support import BUILD, TOP, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy
from tests.support.httpd import Scripted
from tests.support.munin import Munin

PLUGINS = BUILD / "munin"
SEED = ("haproxy_check_duration", "haproxy_errors", "haproxy_sessions", "haproxy_volume")
LOCAL = ("iowait", "disk_utilisation", "disk_await", "disk_throughput", "disk_operations", "load_average")
PROXIES = """listen cluster1
    bind 127.0.0.1:{first}
    server web1 127.0.0.1:{server} check inter 100ms
listen cluster2
    bind 127.0.0.1:{second}
    http-request deny deny_status 503 if {{ path /broken }}
    server web-1 127.0.0.1:{server} check inter 100ms
    server web_1 127.0.0.1:{server} check inter 100ms
"""


def rows():
    """The table: (link, program, graphs)."""
    lines = (TOP / "munin/links").read_text().splitlines()
    return [line.split()[:3] for line in lines if line and not line.startswith("#")]


def installed_stanza(haproxy):
    """What is installed, with this test's socket and without the user, whom only root can become."""
    text = (TOP / "munin/plugin-conf.d/watchbill").read_text()
    return re.sub(r"^user .*$", "", text, flags=re.M).replace("/var/lib/haproxy/stats.socket", str(haproxy.socket))


class MuninTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("munin")
        cls.addClassCleanup(cls.place.close)
        cls.web = Scripted({"/": (200, {}, b"x" * 1000), "/lost": (500, {}, b"")})
        cls.addClassCleanup(cls.web.close)
        cls.first, cls.second = free_port(), free_port()
        cls.haproxy = Haproxy(cls.place, PROXIES.format(first=cls.first, second=cls.second, server=cls.web.port))
        os.chmod(cls.haproxy.socket, 0o666)  # the plugins run as nobody
        for proxy, server in (("cluster1", "web1"), ("cluster2", "web-1"), ("cluster2", "web_1")):
            cls.haproxy.wait_status(proxy, server, "UP")
        wait_until(lambda: all(row["check_duration"] for row in cls.haproxy.rows() if row["check_status"]),
                   what="the first health checks")
        cls.jobs = cls.place.path / "jobs"
        cls.jobs.mkdir()
        (cls.jobs / "one").write_text("1")
        links = {name: PLUGINS / name for name in (*SEED, *LOCAL)}
        links["queue_jobs"] = PLUGINS / "queue_"
        links["haproxy_no_such_graph"] = links["haproxy_nowhere"] = PLUGINS / "haproxy_sessions"
        conf = installed_stanza(cls.haproxy) + (
            f"[queue_jobs]\nenv.directory {cls.jobs}\nenv.warning 5\nenv.critical oldest=600\n"
            "[haproxy_sessions]\nenv.cluster1_critical 50\n"
            "[haproxy_nowhere]\nenv.socket /nonexistent/haproxy.sock\n")
        cls.munin = Munin(cls.place, links, conf).start()

    def fetch(self, path="/", port=None):
        """A request through a proxy; 5xx is an answer too."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.second}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def row(self, proxy, server="BACKEND"):
        return next(row for row in self.haproxy.rows() if (row["pxname"], row["svname"]) == (proxy, server))

    def run_plugin(self, *words):
        done = self.munin.run(*words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_the_table_names_graphs_that_exist(self):
        for link, program, graphs in rows():
            built = BUILD / program
            self.assertEqual((PLUGINS / link).exists(), built.exists(), link)
            if built.exists():
                metrics = json.loads(run([built, "--describe"]).stdout)["metrics"]
                known = {metric["graph"] or "-" for metric in metrics} | {"*"}
                self.assertLessEqual(set(graphs.split(",")), known, link)

    def test_the_seeds_values(self):
        self.fetch()
        out = self.run_plugin("haproxy_sessions")
        self.assertIn(f"cluster2.value {self.row('cluster2')['stot']}\n", out)
        self.assertRegex(out, r"(?m)^cluster1\.value \d+$")

    def test_the_csv_as_it_is(self):
        out = self.run_plugin("haproxy_sessions", "dump")
        self.assertTrue(out.startswith("# pxname,svname,"), out[:80])
        self.assertIn("\ncluster2,BACKEND,", out)

    def test_each_word_succeeds(self):
        for plugin in (*SEED, *LOCAL, "queue_jobs"):
            for words in ((), ("config",), ("autoconf",)):
                self.run_plugin(plugin, *words)
            self.assertEqual(self.run_plugin(plugin, "autoconf"), "yes\n")

    def test_configurations_are_what_munin_takes(self):
        for plugin in (*SEED, *LOCAL, "queue_jobs"):
            graphs = re.split(r"(?m)^multigraph .*\n", self.run_plugin(plugin, "config"))
            values = "".join(re.split(r"(?m)^multigraph .*\n", self.run_plugin(plugin)))
            self.assertNotIn(".value", "".join(graphs))
            labelled = re.findall(r"(?m)^(\w+)\.label \S", "".join(graphs))
            self.assertEqual(sorted(labelled), sorted(re.findall(r"(?m)^(\w+)\.value ", values)), plugin)
            for graph in filter(None, graphs):
                self.assertRegex(graph, r"(?m)^graph_title \S", plugin)
                self.assertRegex(graph, r"(?m)^graph_category [a-z0-9.-]+$", plugin)
                fields = re.findall(r"(?m)^(\S+)\.label ", graph)
                self.assertEqual(len(fields), len(set(fields)), plugin)
                for field in fields:
                    self.assertRegex(field, r"\A[A-Za-z_][A-Za-z0-9_]*\Z")
                    if f"{field}.type DERIVE\n" in graph:
                        self.assertIn(f"{field}.min 0\n", graph)

    def test_servers_whose_names_become_one(self):
        config = self.run_plugin("haproxy_check_duration", "config")
        self.assertIn("cluster2_web_1.label cluster2/web-1\n", config)
        self.assertIn("cluster2_web_1_2.label cluster2/web_1\n", config)

    def test_in_and_out_are_one_line(self):
        config = self.run_plugin("haproxy_volume", "config")
        self.assertIn("bytes_out_cluster2.negative bytes_in_cluster2\n", config)
        self.assertIn("bytes_in_cluster2.graph no\n", config)

    def test_thresholds(self):
        config = self.run_plugin("queue_jobs", "config")
        self.assertIn("entries.warning 0:5\n", config)
        self.assertIn("oldest.critical 0:600\n", config)
        self.assertIn("cluster1.critical 50\n", self.run_plugin("haproxy_sessions", "config"))

    def test_by_url_with_a_password_file(self):
        secret = self.place.write("secret", f"{self.haproxy.password}\n")
        env = {**os.environ, "url": self.haproxy.url, "user": self.haproxy.user, "password_file": str(secret)}
        done = run([PLUGINS / "haproxy_sessions"], env=env)
        self.assertRegex(done.stdout, r"(?m)^cluster2\.value \d+$")
        done = run([PLUGINS / "haproxy_sessions", "autoconf"], env={**env, "user": "nobody"})
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\Ano \(.*401.*\)\n\Z")

    def test_a_source_that_is_away(self):
        done = self.munin.run("haproxy_nowhere")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("value", done.stdout)
        self.assertIn("/nonexistent/haproxy.sock", done.stderr)
        done = self.munin.run("haproxy_nowhere", "autoconf")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\Ano \(.*\)\n\Z")

    def test_the_node_lists_and_answers(self):
        self.assertLessEqual({*SEED, *LOCAL, "queue_jobs"}, set(self.munin.listed()))
        self.assertRegex(self.munin.ask("fetch haproxy_sessions"), r"(?m)^cluster2\.value \d+$")
        config = self.munin.ask("cap multigraph dirtyconfig", "config haproxy_sessions")
        self.assertRegex(config, r"(?m)^cluster2\.value \d+$")
        self.assertNotIn(".value", self.munin.ask("config haproxy_sessions"))
        self.assertIn("# Bad exit", self.munin.ask("fetch haproxy_no_such_graph"))

    def test_several_graphs_only_where_munin_takes_them(self):
        env = {"PATH": os.environ["PATH"], "directory": str(self.jobs)}
        link = self.place.path / "queue_here"
        link.symlink_to((PLUGINS / "queue_").resolve())
        self.assertEqual(run([link], env=env).stdout, "entries.value 1\n")
        several = run([link], env={**env, "MUNIN_CAP_MULTIGRAPH": "1"}).stdout
        self.assertTrue(several.startswith("multigraph queue_here\nentries.value 1\nmultigraph queue_here_age\n"))

    def test_configure_suggests_them(self):
        library = self.place.path / "library"
        library.mkdir()
        for name in (*SEED, *LOCAL, "queue_"):
            (library / name).symlink_to(PLUGINS / name)
        suggested, done = self.munin.suggested(library)
        for name in (*SEED, *LOCAL, "queue_"):
            self.assertEqual(suggested.get(name, ("", ""))[1][:3], "yes", f"{name}: {done.stdout}{done.stderr}")
        self.assertNotIn("error", done.stderr)

    def test_munin_stores_the_numbers(self):
        for _ in range(3):
            self.assertEqual((self.fetch(), self.fetch("/broken")), (200, 503))
        self.munin.update()
        sessions = self.munin.last("haproxy_sessions", "cluster2", "d")
        self.assertEqual(sessions, self.row("cluster2")["stot"])
        self.assertEqual(self.munin.last("haproxy_volume", "bytes_out_cluster2", "d"), self.row("cluster2")["bout"])
        self.assertEqual(self.munin.last("haproxy_errors", "cluster2", "d"), self.row("cluster2")["hrsp_5xx"])
        self.assertGreaterEqual(float(self.munin.last("haproxy_check_duration", "cluster1_web1", "g")), 0)
        self.assertEqual(self.munin.last("queue_jobs", "entries", "g"), "1")
        self.assertGreaterEqual(float(self.munin.last("load_average", "load1", "g")), 0)
        self.assertEqual(self.munin.last("iowait", "iowait", "g"), "U")
        disks = list((self.munin.top / "db").glob("*/*-disk_throughput-written_bytes_*-d.rrd"))
        self.assertTrue(disks, "no disk was stored")
        self.store_rates()
        self.survive_a_restart()

    def store_rates(self):
        """A rate where the counter grew, and a share of processor time since the update before."""
        def rises():
            self.fetch()
            self.munin.update()
            return max(self.munin.averages("haproxy_volume", "bytes_out_cluster2", "d"), default=0) > 0
        wait_until(rises, what="a rate in Munin's file")
        self.assertLessEqual(0, float(self.munin.last("iowait", "iowait", "g")))

    def survive_a_restart(self):
        """Counters that begin anew: smaller than before, and no rate that could not be."""
        before = int(self.row("cluster2")["bout"])
        self.haproxy.ask("clear counters all")
        self.assertLess(int(self.row("cluster2")["bout"]), before)
        stored = len(self.munin.averages("haproxy_volume", "bytes_out_cluster2", "d"))
        wait_until(lambda: self.munin.update() and
                   len(self.munin.averages("haproxy_volume", "bytes_out_cluster2", "d")) > stored,
                   what="a rate after the restart")
        averages = self.munin.averages("haproxy_volume", "bytes_out_cluster2", "d")
        self.assertLess(max(averages), 1e6)
        self.assertGreaterEqual(min(averages), 0)


if __name__ == "__main__":
    unittest.main()
