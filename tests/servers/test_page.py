# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of a running scheduler as a browser walks them: every link leads somewhere, what comes from outside is text,
and diagnostics are shown to those only who have a token."""
import base64
import datetime
import html.parser
import http.client
import os
import unittest
import xml.etree.ElementTree
from urllib.parse import urljoin, urlsplit

from tests.support import Place, wait_until
from tests.support.daemon import Watch

TOKEN = "0123456789abcdef0123"
HOSTILE = "<script>alert(1)</script> \"'& \u202e | x=1"
SERVICE = """service: s
hosts: {a: {}}
checks:
  __base__: {every: 1s, attempts: 1, alert: {groups: [g]}}
  queue: {command: [check_queue, --type, spool, --directory, ../queue, -c, "2"], remediate: [clean]}
  told: {}
"""
USERS = """users: {u: {name: "Ursula <u>", contacts: {alert: [{mail: u@example.org}, {webhook: "https://x.test/SECRET"}]}}}
groups: {g: {rota: [{window: always, users: [u]}]}}
"""
REMEDIATIONS = """remediations:
  clean: {issue: OPS-1, owner: u, tagged: %s, ttl: 30d, diagnosed: false, cause: in_house, on: {after: 0s},
          command: [clean_spool, --directory, ../queue]}
trackers: {OPS: {type: file, path: issues.yaml}}
"""
VOID = {"meta", "br", "img", "link", "input"}


class Reader(html.parser.HTMLParser):
    """Its links and its text; an element that is not closed, or an attribute without quotes, is an error."""

    def __init__(self, text):
        super().__init__()
        self.links, self.text, self.open = [], "", []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("page")
        cls.addClassCleanup(cls.place.close)
        mail = "mail: {from: watchbill@example.org, spool: ../var/mail}"
        cls.watch = Watch(cls.place, mail=mail + "\ntokens_file: tokens")
        os.chmod(cls.watch.write("tokens", f"ann {TOKEN}\n"), 0o600)
        cls.watch.write("users.yaml", USERS)
        cls.watch.write("services/s.yaml", SERVICE)
        cls.watch.write("issues.yaml", "OPS-1: {state: open}\n")
        cls.watch.write("remediations.yaml", REMEDIATIONS % datetime.date.today())
        for i in range(5):
            cls.place.write(f"queue/job{i}", "")
        cls.watch.start()
        cls.watch.command("submit", "a/told", "2", HOSTILE)
        wait_until(lambda: any("the check recovered" in row["text"] for row in cls.watch.ask("why", "a/queue")["story"]),
                   what="the verdict of the run of clean")
        cls.run_id = cls.watch.ask("remediations", "--issue", "OPS-1")[0]["history"][0]["run"]
        wait_until(lambda: any(cls.watch.state.glob("rrd/a/queue/*.rrd")), what="values")

    def get(self, path, status=200, token=False, kind="text/html; charset=utf-8"):
        asked = http.client.HTTPConnection("127.0.0.1", self.watch.port(), timeout=10)
        self.addCleanup(asked.close)
        basic = base64.b64encode(f"x:{TOKEN}".encode()).decode()
        asked.request("GET", path, headers={"Authorization": "Basic " + basic} if token else {})
        answer = asked.getresponse()
        body = answer.read()
        self.assertEqual(answer.status, status, (path, body[:300]))
        self.assertEqual(answer.headers["Content-Type"], kind)
        return body.decode()

    def read(self, path, status=200, token=False):
        return Reader(self.get(path, status, token))

    def test_every_link_leads_somewhere(self):
        seen, left = set(), ["/"]
        while left:
            path = left.pop()
            if path in seen:
                continue
            seen.add(path)
            if path.startswith("/graph/"):
                xml.etree.ElementTree.fromstring(self.get(path, kind="image/svg+xml"))
                continue
            page = self.read(path, token=path.startswith("/diagnostics/"))
            left += [urljoin(path, link) for link in page.links]
        for path in ("/", "/checks/a/queue", "/checks/a/told", "/remediations", "/remediations/OPS-1", "/oncall"):
            self.assertIn(path, seen)
        self.assertEqual({urlsplit(path).path.split("/")[1] for path in seen},
                         {"", "checks", "remediations", "oncall", "graph", "diagnostics"})

    def test_the_overview(self):
        page = self.read("/")
        self.assertIn("1 CRITICAL", page.text)
        self.assertIn("1 OK", page.text)
        self.assertLess(page.text.index("a/told"), page.text.index("a/queue"))
        part = self.read("/?part=queue")
        self.assertIn("1 of 1 checks", part.text)
        self.assertNotIn("a/told", part.text)
        self.assertIn("0 of 0 checks", self.read("/?part=%22%3E%3Cb%3E").text)
        first = self.read("/?limit=1&part=a/")
        self.assertIn("1 of 2 checks", first.text)
        self.assertIn("/?limit=2&part=a/", first.links)
        self.assertIn("2 of 2 checks", self.read("/?limit=2&part=a/").text)
        self.assertIn("this cannot be shown", self.read("/?limit=0", 404).text)

    def test_what_comes_from_outside_is_text(self):
        for path in ("/", "/checks/a/told"):
            self.assertIn("<script>alert(1)</script> \"'&", self.read(path).text)
        self.assertIn("Ursula <u>", self.read("/oncall").text)

    def test_no_secret_of_a_contact_is_shown(self):
        self.assertIn("https://x.test", self.get("/oncall"))
        self.assertNotIn("SECRET", self.get("/oncall") + self.get("/api/v1/oncall", kind="application/json"))

    def test_a_check_and_its_story(self):
        page = self.read("/checks/a/queue")
        self.assertIn('remediation "clean" (OPS-1): fixed: the check recovered', page.text)
        self.assertIn(f"/diagnostics/{self.run_id}", page.links)

    def test_the_runs_of_an_issue(self):
        page = self.read("/remediations/OPS-1")
        self.assertIn("deleted 5 files", page.text)
        self.assertIn("fixed", page.text)
        self.assertIn(f"/diagnostics/{self.run_id}", page.links)

    def test_diagnostics_need_a_token_and_show_what_was_changed(self):
        path = f"/diagnostics/{self.run_id}"
        self.assertIn("a token is needed", self.read(path, 401).text)
        self.assertIn("a token is needed", self.get("/api/v1" + path, 401, kind="application/json"))
        page = self.read(f"/diagnostics/{self.run_id}", token=True)
        self.assertIn("NAGIOS_SERVICEDESC=queue", page.text)
        self.assertNotIn("changed since", page.text)
        with open(self.watch.state / "diagnostics" / self.run_id / "check", "a", encoding="utf-8") as file:
            file.write("<b>forged\n")
        page = self.read(f"/diagnostics/{self.run_id}", token=True)
        self.assertIn("changed since it was gathered", page.text)
        self.assertIn("<b>forged", page.text)
        for run in ("none", "..", ".", "", "../../conf", "..%2f..%2fconf", f"{self.run_id}/check", "%00", "a%0ab"):
            self.read(f"/diagnostics/{run}", 404, token=True)

    def test_pictures(self):
        png = http.client.HTTPConnection("127.0.0.1", self.watch.port(), timeout=10)
        self.addCleanup(png.close)
        png.request("GET", "/graph/a/queue.png?metric=entries&from=-1h&width=300&height=80")
        answer = png.getresponse()
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/png"))
        self.assertTrue(answer.read().startswith(b"\x89PNG"))
        plain = "text/plain; charset=utf-8"
        for path, status in (("a/none.svg", 404), ("none/queue.svg", 404), ("a/queue", 404), (".svg", 404),
                             ("a/queue.svg?from=yesterday", 400), ("a/queue.svg?width=5", 400),
                             ("a/queue.svg?height=99999", 400), ("a/queue.svg?metric=%FF%00", 404)):
            self.get(f"/graph/{path}", status, kind=plain)

    def test_what_is_not_there(self):
        for path in ("/none", "/checks/", "/checks/a/none", "/remediations/NONE-1", "/status", "/<b>", "/checks/%3Cb%3E"):
            self.assertIn("this cannot be shown", self.read(path, 404).text)


if __name__ == "__main__":
    unittest.main()
