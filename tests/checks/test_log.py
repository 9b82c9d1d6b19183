# SPDX-License-Identifier: GPL-3.0-or-later
"""check_log on logs that grow, are rotated, are hostile, and are nginx's own. Time is that of a root's /proc/uptime."""
import json
import os
import unittest
import urllib.error
import urllib.request

from tests.support import BUILD, TOP, Place, free_port, run, wait_until
from tests.support.httpd import start_nginx

CHECK = BUILD / "checks/check_log"
FIXTURES = TOP / "tests/fixtures/log"


class Case(unittest.TestCase):
    def setUp(self):
        self.place = Place("log")
        self.addCleanup(self.place.close)
        self.log = self.place.path / "app.log"
        self.clock = 1000
        self.words = ["-e", "ERROR"]

    def add(self, *lines, end="\n", path=None):
        with open(path or self.log, "ab") as file:
            for line in lines:
                file.write((line if isinstance(line, bytes) else line.encode()) + end.encode())

    def check(self, *words, seconds=10, log=None):
        self.clock += seconds
        self.place.write("root/proc/uptime", f"{self.clock:.2f} 0\n")
        return run([CHECK, "-f", log or self.log, "--root", self.place.path / "root", "--state-file",
                    self.place.path / "state", *self.words, *words])

    def values(self, *words, **more):
        document = json.loads(self.check("--format", "json", *words, **more).stdout)
        self.document = document
        return {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}

    def counts(self, *words, **more):
        """(matches, lines) of the run."""
        values = self.values(*words, **more)
        return values["matches", None], values["lines", None]

    def expect(self, code, words, *texts, **more):
        result = self.check(*words, **more)
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result.stdout


class Plain(Case):
    def test_first_run_begins_at_the_end(self):
        self.add("ERROR old", "fine")
        text = self.expect(3, ["-w", "5"], "LOG UNKNOWN - the first run: reading begins at the end", "rate=U;5")
        self.assertIn("matches=U", text)
        self.assertEqual(self.counts(), (0, 0))

    def test_per_second_and_share(self):
        self.add("old")
        self.check()
        self.add("ERROR 1", "fine", "an ERROR 2", "fine", "fine")
        self.expect(1, ["-w", "0.1"], "LOG WARNING - 2 of 5 lines match; rate 0.2 (warning 0.1) | "
                    "rate=0.2;0.1;;0; share=40%;;;0;100 matches=2;;;0; lines=5;;;0;")
        self.expect(0, ["-w", "0.1"], "LOG OK - 0 of 0 lines match | rate=0;0.1;;0; share=0%")
        self.add("ERROR", "ERROR")
        self.expect(2, ["-c", "share=50"], "share 100 % (critical 50)", seconds=1)

    def test_from_start(self):
        self.add("ERROR 1", "fine")
        self.assertEqual(self.counts("--from-start"), (1, 2))
        self.add("ERROR 2")
        self.assertEqual(self.counts("--from-start"), (1, 1))

    def test_ignore_and_case(self):
        self.words = ["-e", "error|warn", "-i", "^debug", "--any-case"]
        self.add("x")
        self.check()
        self.add("ERROR", "DEBUG error", "Warning", "debug", "fine")
        self.assertEqual(self.counts(), (2, 3))

    def test_a_line_that_is_being_written(self):
        self.add("one")
        self.add("ERR", end="")
        self.check()
        self.add("OR two", "ERROR thr")
        self.assertEqual(self.counts(), (2, 2))
        self.add("ERROR fo", end="")
        self.assertEqual(self.counts(), (0, 0))
        self.add("ur")
        self.assertEqual(self.counts(), (1, 1))

    def test_rotation_by_rename(self):
        self.add("ERROR 0")
        self.check()
        self.add("ERROR 1", "fine")
        self.log.rename(self.place.path / "app.log.1")
        self.add("ERROR 2", end="", path=self.place.path / "app.log.1")
        self.add("ERROR 3")
        self.assertEqual(self.counts(), (3, 4))
        self.assertIn("rotated", self.document["details"])
        self.add("ERROR 4")
        self.assertEqual(self.counts(), (1, 1))

    def test_rotation_into_another_folder(self):
        (self.place.path / "old").mkdir()
        self.add("x")
        self.check("--archive", self.place.path / "old")
        self.add("ERROR 1")
        self.log.rename(self.place.path / "old/other-name")
        self.add("ERROR 2")
        self.assertEqual(self.counts("--archive", self.place.path / "old"), (2, 2))

    def test_rotation_by_copytruncate(self):
        for grows in (False, True):
            with self.subTest(grows=grows):
                self.add("first line", "ERROR 0")
                self.check()
                self.add("ERROR 1", "fine")
                self.place.write("app.log.1", self.log.read_bytes())
                os.truncate(self.log, 0)
                self.add("ERROR 2", *(["much more than there was before, so that the size tells nothing"] * 3 if grows else []))
                self.assertEqual(self.counts(), (2, 6 if grows else 3))
                self.assertEqual(self.counts(), (0, 0))
                os.truncate(self.log, 0)
                self.check()

    def test_rotation_without_what_was_before(self):
        self.add("x" * 300)
        self.check()
        self.log.unlink()
        self.add("ERROR 1")
        self.assertEqual(self.counts(), (1, 1))
        self.assertIn("rotated, and the file before is not there: its last lines may be missing", self.document["details"])

    def test_an_inode_that_is_used_again(self):
        self.add("one", "two")
        self.check()
        os.truncate(self.log, 0)
        self.add("ERROR", "other lines", "more of them")
        self.assertEqual(self.counts(), (1, 3))

    def test_a_log_that_disappears_and_comes_back(self):
        self.add("x")
        self.check()
        self.add("ERROR 1")
        self.log.rename(self.place.path / "app.log.1")
        self.expect(3, [], f'LOG UNKNOWN - cannot read "{self.log}": No such file or directory')
        self.add("ERROR 2")
        self.assertEqual(self.counts(), (2, 2))
        self.assertEqual(self.values()["rate", None], 0)

    def test_several_logs(self):
        other = self.place.path / "other.log"
        self.add("x")
        self.add("x", path=other)
        self.check("-f", other)
        self.add("ERROR 1")
        self.add("ERROR 2", "fine", path=other)
        self.assertEqual(self.counts("-f", other), (2, 3))
        self.add("ERROR 3")
        self.add("ERROR 4", path=other)
        hidden = other.rename(self.place.path / "hidden")
        self.expect(3, ["-f", other], "1 of 1 lines match", "No such file", "matches=1;")
        hidden.rename(other)
        self.assertEqual(self.counts("-f", other), (1, 1))

    def test_no_regular_file(self):
        fifo = self.place.path / "fifo"
        os.mkfifo(fifo)
        for path in (fifo, self.place.path, "/dev/zero"):
            self.expect(3, [], "is not a regular file", log=path)

    def test_hostile_lines(self):
        self.add("x")
        self.check()
        self.add(b"\0ERROR\0 binary \xff\xfe", b"\x1b[31m|", b"", b"a" * 70000 + b"ERROR", b"ERROR" + b"b" * 700000, b"\0" * 100)
        values = self.values()
        self.assertEqual((values["matches", None], values["lines", None]), (2, 6))
        self.assertIn("2 lines were longer than 65536 bytes", self.document["details"])

    def test_what_is_too_much_is_left_for_the_next_run(self):
        self.add("x")
        self.check()
        self.add(*["ERROR 3456789"] * 1000)
        counted = 0
        for _ in range(7):
            counted += self.counts("--byte-cap", "2800")[0]
        self.assertEqual(counted, 1000)
        self.add(*["ERROR 3456789"] * 300)
        self.log.rename(self.place.path / "app.log.1")
        self.add("ERROR last")
        counted = [self.counts("--byte-cap", "2800")[0] for _ in range(4)]
        self.assertEqual(sum(counted), 301)
        self.assertEqual(counted[0], 200)

    def test_a_state_file_that_is_damaged(self):
        self.add("x")
        self.check()
        self.add("ERROR")
        good = (self.place.path / "state").read_bytes()
        for state in (b"", b"garbage", good[:-20], good.replace(b" ", b" -9e99", 3)):
            self.place.write("state", state)
            self.expect(3, ["-w", "1"], "the first run")
        self.add("ERROR")
        self.assertEqual(self.counts(), (1, 1))

    def test_command_lines(self):
        self.words = []
        for words, text in (([], "--pattern"), (["-e", "("], '"("'), (["-e", "x", "-i", "["], '"["'),
                            (["-e", "x", "--by", "url"], "--by url is for --type nginx"), (["--type", "apache"], "apache"),
                            (["--type", "nginx", "--by", "relay"], "--by relay"), (["-e", "x", "--status", "500"], "--status"),
                            (["--type", "nginx", "--status", "5xx"], "5xx"), (["--type", "maillog", "--status", "500"], "500"),
                            (["--type", "maillog", "--server-field", "1"], "--server-field"), (["-e", "x", "--top", "0"], "0")):
            with self.subTest(words=words):
                self.expect(3, words, text)
        result = run([CHECK, "-e", "x"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("--file", result.stdout)


class Types(Case):
    def counted(self, fixture, *words):
        """The values for a fixture that comes to an empty log within ten seconds."""
        self.log.write_text("")
        self.check(*words)
        self.add((FIXTURES / fixture).read_bytes(), end="")
        return self.values(*words)

    def test_nginx_aggregated(self):
        self.words = ["--type", "nginx"]
        values = self.counted("combined.log")
        self.assertEqual((values["matches", None], values["lines", None]), (4, 10))
        self.assertEqual((values["rate", None], values["share", None]), (0.4, 40))
        self.assertIn("1 lines are of another format", self.document["details"])
        self.words = ["--format-of", "nginx", "--status", "404,499"]
        self.assertEqual(self.counted("combined.log")["matches", None], 2)

    def test_nginx_by_code_url_and_server(self):
        self.words = ["--type", "nginx", "--by", "code"]
        values = self.counted("combined.log")
        self.assertEqual((values["by_rate", "502"], values["by_share", "502"]), (0.3, 30))
        self.assertNotIn(("by_rate", "200"), values)
        self.words = ["--type", "nginx", "--by", "url"]
        values = self.counted("combined.log")
        self.assertEqual((values["by_rate", "/api/items"], values["by_share", "/api/items"]), (0.3, 75))
        self.assertEqual(values["by_share", "-"], 0)
        self.words = ["--type", "nginx", "--by", "server"]
        values = self.counted("vhost.log")
        self.assertEqual((values["by_share", "www.example.org:443"], values["by_share", "api.example.org:443"]), (50, 100))
        self.assertEqual(self.counted("combined.log")["by_share", "app.log"], 40)
        self.words += ["--server-field", "2"]
        self.assertEqual(self.counted("fields.log")["by_share", "web 2"], 100)

    def test_keys_stay_for_a_day(self):
        self.words = ["--type", "nginx", "--by", "code"]
        self.assertEqual(self.counted("combined.log")["by_rate", "502"], 0.3)
        values = self.values("-c", "by_rate[502]=1")
        self.assertEqual((values["by_rate", "502"], values["by_share", "502"], self.document["verdict"]), (0, 0, "OK"))
        self.assertNotIn(("by_rate", "200"), values)
        self.assertIn(("by_rate", "502"), self.values(seconds=86000))
        self.assertNotIn(("by_rate", "502"), self.values(seconds=1000))

    def test_the_wrong_format_is_not_silent(self):
        self.words = ["--type", "nginx"]
        self.add("x")
        self.check()
        self.add("not a combined line", "another")
        self.expect(3, [], "none of 2 lines is of the combined format")

    def test_threshold_for_one_key(self):
        self.words = ["--type", "nginx", "--by", "url", "-c", "by_share[/api/items]=50"]
        self.counted("combined.log")
        self.assertEqual(self.document["verdict"], "CRITICAL")
        self.assertIn('by share of "/api/items" 75 % (critical 50)', self.document["text"])

    def test_maillog(self):
        self.words = ["--type", "maillog", "--by", "relay"]
        for fixture in ("postfix.log", "sendmail.log", "exim.log"):
            with self.subTest(fixture=fixture):
                values = self.counted(fixture)
                self.assertEqual((values["matches", None], values["lines", None]), (3, 5))
                self.assertEqual(values["by_rate", "mx1.example.org"], 0.2)
                self.assertEqual(values["by_share", "mx2.example.org"], 0)
                self.assertEqual(values["by_rate", "local"], 0.1)
        for status, count in (("deferred", 1), ("bounced", 1)):
            self.words = ["--type", "maillog", "--status", status]
            for fixture in ("postfix.log", "sendmail.log", "exim.log"):
                self.assertEqual(self.counted(fixture)["matches", None], count, (status, fixture))

    def test_many_keys(self):
        self.words = ["--type", "nginx", "--by", "url"]
        self.add("")
        self.check()
        self.add(*[f'192.0.2.1 - - [20/Nov/2026:10:00:00 +0000] "GET /{n} HTTP/1.1" 500 1' for n in range(12000)])
        values = self.values("--top", "5")
        self.assertEqual(values["by_rate", "(others)"], 200)
        self.assertEqual(len([1 for name, _ in values if name == "by_rate"]), 5)


class Collector(Case):
    def collect(self, *words):
        return run([BUILD / "collectors/collect_log", "-f", self.log, "--state-file", self.place.path / "state", *words])

    def test_every_key(self):
        self.log.write_bytes((FIXTURES / "combined.log").read_bytes())
        document = json.loads(self.collect("--type", "nginx", "--from-start").stdout)
        values = {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}
        self.assertEqual((values["lines", None], values["matches", None]), (10, 4))
        self.assertEqual((values["code_lines", "502"], values["url_lines", "/api/items"], values["url_matches", "/api/items"]), (3, 4, 3))
        self.assertEqual((values["server_lines", "app.log"], values["code_matches", "404"]), (10, 0))
        self.add("192.0.2.1 - - [t] \"GET /a HTTP/1.1\" 500 1")
        lines = self.collect("--type", "nginx", "--from-start", "--format", "statsd").stdout.splitlines()
        document = json.loads(self.collect("--type", "nginx").stdout)
        values = {(metric["name"], metric["instance"]): metric["value"] for metric in document["metrics"]}
        self.assertEqual((values["lines", None], values["code_lines", "502"], values["code_lines", "500"]), (11, 3, 2))
        self.assertEqual(sorted(lines), ["log.code_lines.500:1|c", "log.code_matches.500:1|c", "log.lines:1|c", "log.matches:1|c",
                                         "log.server_lines.app_log:1|c", "log.server_matches.app_log:1|c",
                                         "log.url_lines._a:1|c", "log.url_matches._a:1|c"])

    def test_relays(self):
        self.log.write_bytes((FIXTURES / "postfix.log").read_bytes())
        result = self.collect("--type", "maillog", "--from-start", "--format", "cacti")
        self.assertIn("relay_matches_mx1.example.org:2", result.stdout)

    def test_failures(self):
        self.assertEqual(self.collect("--type", "nginx").returncode, 3)
        self.add("x")
        result = self.collect("-e", "x", "--state-file", "/proc/no-such-folder/state")
        self.assertEqual((result.returncode, result.stdout.strip()), (3, ""))
        self.assertEqual(self.collect().returncode, 3)


class Nginx(Case):
    def test_the_log_of_a_real_server(self):
        port = free_port()
        self.log = self.place.path / "access.log"
        self.log.write_text("")
        self.words = ["--type", "nginx", "--by", "code"]
        start_nginx(self.place, f'server {{ listen 127.0.0.1:{port}; access_log {self.log} combined; '
                                'location / { return 200 ok; } location /bad { return 503; } }', port)
        self.check()
        begun = self.log.stat().st_size
        for path in ("/", "/bad", '/a"b%20c', "/bad?x=1", "/"):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").close()
            except urllib.error.HTTPError as answer:
                answer.close()
        wait_until(lambda: self.log.read_bytes()[begun:].count(b"\n") == 5, what="five lines of nginx")
        values = self.values()
        self.assertEqual((values["matches", None], values["lines", None], values["by_share", "503"]), (2, 5, 40))


if __name__ == "__main__":
    unittest.main()
