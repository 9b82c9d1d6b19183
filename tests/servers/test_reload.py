# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration changes under a running scheduler: state is kept by name, what is new begins, what is gone ends."""
import unittest

from tests.support import Place, run, wait_until
from tests.support.daemon import Watch

SERVICE = """service: s
hosts: {{{hosts}}}
checks:
  queue: {{command: [check_queue, --type, spool, --directory, ../queue, -c, "{limit}"], every: 1s, attempts: 1{more}}}
"""


def service(hosts="a: {}", limit=2, more=""):
    return SERVICE.format(hosts=hosts, limit=limit, more=more)


class Reload(unittest.TestCase):
    def setUp(self):
        self.place = Place("reload")
        self.addCleanup(self.place.close)
        (self.place.path / "queue").mkdir()
        for i in range(5):
            (self.place.path / f"queue/job{i}").write_text("")
        self.watch = Watch(self.place)
        self.watch.write("users.yaml", "users: {u: {contacts: {alert: [{mail: u@example.org}]}}}\n"
                         "groups: {g: {rota: [{window: always, users: [u]}]}}\n")

    def names(self):
        return [row["subject"] for row in self.watch.ask("status")["checks"]]

    def test_hosts_come_and_go_and_a_problem_is_kept(self):
        self.watch.write("services/s.yaml", service(more=", alert: {groups: [g]}"))
        self.watch.start()
        before = self.watch.wait_state("a/queue", "CRITICAL")
        wait_until(self.watch.mails, what="the mail")
        self.watch.write("services/s.yaml", service("a: {}, b: {}", more=", alert: {groups: [g]}"))
        wait_until(lambda: self.names() == ["a/queue", "b/queue"], what="the new host")
        after = self.watch.status("a/queue")
        self.assertEqual((after["problem"], after["since"]), (before["problem"], before["since"]))
        self.watch.wait_state("b/queue", "CRITICAL")
        wait_until(lambda: len(self.watch.mails()) == 2, what="the mail of the new host")
        self.watch.write("services/s.yaml", service("b: {}", more=", alert: {groups: [g]}"))
        wait_until(lambda: self.names() == ["b/queue"], what="the end of the host")
        self.assertIn("a/queue is no longer configured and had a problem", self.watch.log())
        self.assertEqual(len(self.watch.mails()), 2)

    def test_a_threshold_takes_effect_without_a_restart(self):
        self.watch.write("services/s.yaml", service(limit=2))
        self.watch.start()
        self.watch.wait_state("a/queue", "CRITICAL")
        self.watch.write("services/s.yaml", service(limit=20))
        self.watch.wait_state("a/queue", "OK")

    def test_a_service_file_that_is_added_and_one_that_is_removed(self):
        self.watch.write("services/s.yaml", service())
        self.watch.start()
        self.watch.write("services/t.yaml", service("t: {}").replace("service: s", "service: t"))
        wait_until(lambda: self.names() == ["a/queue", "t/queue"], what="the service that was added")
        (self.watch.conf / "services/s.yaml").unlink()
        wait_until(lambda: self.names() == ["t/queue"], what="the service that was removed")

    def test_changed_archives_convert_the_files(self):
        self.watch.write("services/s.yaml", service())
        self.watch.start()
        path = self.watch.state / "rrd/a/queue/entries.rrd"
        wait_until(path.exists, what="the file")
        rows = int(run(["rrdtool", "info", path]).stdout.split("rra[0].rows = ")[1].split()[0])
        site = (self.watch.conf / "watchbill.yaml").read_text()
        self.watch.write("watchbill.yaml", site.replace("keep: 2h", "keep: 4h"))
        wait_until(lambda: f"rra[0].rows = {2 * rows}" in run(["rrdtool", "info", path]).stdout, what="more rows")

    def test_a_bad_start_names_every_error(self):
        self.watch.write("services/s.yaml", service(more=", evry: 1s, alert: {groups: [nobody]}"))
        self.watch.start(ready=False)
        self.assertEqual(self.watch.process.wait(10), 3)
        self.assertIn("services/s.yaml:4:", self.watch.log())
        self.assertIn('unknown key "evry"', self.watch.log())
        self.assertIn('"nobody"', self.watch.log())

    def test_overlays_and_health(self):
        self.watch.write("services/s.yaml", service() + "graphs:\n  q: {metrics: [queue.entries], label: jobs, "
                         "stack: true, overlay: [remediation]}\n")
        self.watch.start()
        wait_until((self.watch.state / "rrd/a/queue/entries.rrd").exists, what="the file")
        out = self.place.path / "q.svg"
        done = self.watch.command("graph", "a/q", "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"<svg", out.read_bytes())
        health = run(["curl", "-s", f"http://127.0.0.1:{self.watch.port()}/healthz"]).stdout
        self.assertIn('"status":"ok"', health)
        self.watch.write("services/s.yaml", "nonsense: [")
        wait_until(lambda: '"status":"degraded"' in
                   run(["curl", "-s", f"http://127.0.0.1:{self.watch.port()}/healthz"]).stdout, what="degraded")


if __name__ == "__main__":
    unittest.main()
