# SPDX-License-Identifier: GPL-3.0-or-later
"""check_haproxy and collect_haproxy: the seed's line byte for byte, a real HAProxy in every state, and what is no
CSV."""
import base64
import json
import re
import socket
import subprocess
import threading
import unittest

from tests.support import BUILD, TOP, Place, free_port, run, wait_until
from tests.support.haproxy import Haproxy
from tests.support.httpd import Scripted, make_ca, make_certificate, silent, start_plain

CHECK = BUILD / "checks/check_haproxy"
COLLECT = BUILD / "collectors/collect_haproxy"
FIXTURES = TOP / "tests/fixtures/haproxy"
SEED_TEXT = "HAPROXY OK -  cluster1 (Active: 60/60) cluster2 (Active: 169/169) | "
SEED_PERFDATA = (";2;10;0; sess_cluster1=0sessions;;;0;20000 sess_cluster2=78sessions;;;0;20000\n")


def fixture(name):
    return (FIXTURES / name).read_bytes()


def check_file(name, *words):
    return run([CHECK, "--file", FIXTURES / name, *words])


class SeedLine(unittest.TestCase):
    def assert_seed_line(self, result):
        self.assertEqual(result.returncode, 0, result.stdout)
        begin, value, end = re.fullmatch(r"(.*?\| )t=(\d\.\d{1,6})s(;.*)", result.stdout, re.S).groups()
        self.assertEqual(begin, SEED_TEXT)
        self.assertLess(float(value), 2)
        self.assertEqual(end, SEED_PERFDATA)

    def test_from_a_file(self):
        self.assert_seed_line(check_file("1.4-seed.csv"))

    def test_by_the_seeds_command_line(self):
        wanted = "Basic " + base64.b64encode(b"hauser:hapasswd").decode()

        def page(handler):
            allowed = handler.headers.get("Authorization") == wanted
            body = fixture("1.4-seed.csv") if allowed else b"<html>401"
            handler.send_response(200 if allowed else 401)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        with Scripted({"/haproxy;csv": page}) as server:
            url = f"{server.url}/haproxy;csv"
            self.assert_seed_line(run([CHECK, "-u", url, "-U", "hauser", "-P", "hapasswd"]))
            self.assert_seed_line(run([CHECK, "--url", url, "--username", "hauser", "--password", "hapasswd"]))
            with Place() as place:
                secret = place.write("secret", "hapasswd\n", 0o600)
                self.assert_seed_line(run([CHECK, "-u", url, "-U", "hauser", "--password-file", secret]))
                result = run([CHECK, "-u", url, "-U", "hauser", "--password-file", place.path / "none"])
                self.assertEqual(result.returncode, 3)
                self.assertIn(str(place.path / "none"), result.stdout)
            result = run([CHECK, "-u", url, "-U", "hauser", "-P", "guess-work"])
            self.assertEqual(result.returncode, 3)
            self.assertIn(f'status 401 Unauthorized from "{url}"', result.stdout)
            self.assertNotIn("guess-work", result.stdout)

    def test_the_password_is_wiped_from_the_command_line(self):
        for words in (["-P", "hapasswd"], ["-Phapasswd"], ["--password", "hapasswd"], ["--password=hapasswd"]):
            with self.subTest(words=words), silent() as port:
                process = subprocess.Popen([CHECK, "-u", f"http://127.0.0.1:{port}/haproxy;csv", "-U", "hauser",
                                            *words, "-t", "20"], stdout=subprocess.DEVNULL)
                try:
                    def command_line():
                        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                            return file.read()

                    wait_until(lambda: b"check_haproxy" in command_line() and b"hapasswd" not in command_line(),
                               what="wiping the password")
                    self.assertIn(b"hauser", command_line())
                finally:
                    process.kill()
                    process.wait()


class Https(unittest.TestCase):
    def test_the_certificate_is_verified(self):
        with Place() as place:
            authority = make_ca(place)
            certificate, key = make_certificate(place, "stats", 30)
            with Scripted({"/haproxy;csv": (200, {}, fixture("1.4-seed.csv"))}, certificate, key) as server:
                url = f"{server.url}/haproxy;csv"
                result = run([CHECK, "-u", url])
                self.assertEqual(result.returncode, 2)
                self.assertIn("no TLS with", result.stdout)
                self.assertEqual(run([CHECK, "-u", url, "--ca", authority]).returncode, 0)
                self.assertEqual(run([CHECK, "-u", url, "--insecure"]).returncode, 0)


class Versions(unittest.TestCase):
    def test_down_servers_are_critical_and_named(self):
        for name, text in (("1.3.csv", "www (Active: 1/2); www/b is DOWN (since 12s)"),
                           ("1.3-no-header.csv", "www/b is DOWN (since 12s)"),
                           ("2.6.csv", "www (Active: 2/5, Backup: 1/1) slow (Active: 1/2); www/web2 is DOWN (L4CON, since "),
                           ("states.csv", "all/s02 is DOWN 1/2 (L4CON, since 1h), all/s03 is DOWN (agent)"),
                           ("nbproc.csv", "www#1 (Active: 1/1) www#2 (Active: 0/1); www#2/a is DOWN")):
            with self.subTest(name=name):
                result = check_file(name)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertIn(text, result.stdout)

    def test_only_down_pages(self):
        result = check_file("states.csv")
        for server in ("s00", "s01", "s04", "s06", "s08", "s10", "s12", "backup"):
            self.assertNotIn(f"all/{server}", result.stdout)

    def test_processes_are_not_merged(self):
        metrics = json.loads(check_file("nbproc.csv", "--format", "json").stdout)["metrics"]
        sessions = {m["instance"]: m["value"] for m in metrics if m["name"] == "sess"}
        self.assertEqual(sessions, {"www#1": 5, "www#2": 7})


class Ranges(unittest.TestCase):
    def test_a_bare_range_is_for_the_time(self):
        result = check_file("1.4-seed.csv", "-w", "7", "-c", "@0:8")
        self.assertEqual(result.returncode, 2)
        self.assertIn("s;7;@0:8;0; ", result.stdout)

    def test_ranges_by_metric_and_instance(self):
        for words, code in ((["-c", "sess=77"], 2), (["-w", "sess[cluster2]=77"], 1), (["-c", "sess[cluster1]=77"], 0),
                            (["-w", "sess_share=0.1"], 1), (["-c", "queue=0"], 0), (["-c", "up_share=90:"], 0),
                            (["-w", "check_duration=1"], 1), (["-c", "sess[cluster9]=1"], 3)):
            result = check_file("1.4-seed.csv", *words)
            self.assertEqual(result.returncode, code, (words, result.stdout))

    def test_down_servers_may_be_allowed(self):
        self.assertEqual(check_file("1.3.csv", "-c", "servers_down=1").returncode, 0)
        self.assertEqual(check_file("1.3.csv", "-c", "servers_down=", "-w", "servers_down=0").returncode, 1)

    def test_proxy_and_ignore(self):
        result = check_file("1.4-seed.csv", "--proxy", "^cluster1$")
        self.assertIn("-  cluster1 (Active: 60/60) | t=", result.stdout)
        self.assertNotIn("cluster2", result.stdout)
        result = check_file("2.6.csv", "--ignore", "^www/web[2]$|^slow$")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("-  www (Active: 2/4, Backup: 1/1) |", result.stdout)
        result = check_file("1.4-seed.csv", "--proxy", "nope")
        self.assertEqual(result.returncode, 3)
        self.assertIn('"nope"', result.stdout)

    def test_errors_since_the_run_before(self):
        with Place() as place:
            csv = place.write("stats.csv", fixture("1.4-seed.csv"))
            command = [CHECK, "--file", csv, "--state-file", place.path / "state", "-c", "error_share=10",
                       "--proxy", "cluster1", "--format", "json"]
            first = json.loads(run(command).stdout)
            self.assertEqual(first["verdict"], "OK")  # a rate needs two samples
            text = fixture("1.4-seed.csv").decode()
            lines = text.splitlines(True)
            names = lines[0][2:].split(",")
            for number, line in enumerate(lines):
                if line.startswith("cluster1,BACKEND"):
                    fields = line.split(",")
                    fields[names.index("hrsp_2xx")] = "179"
                    fields[names.index("hrsp_5xx")] = "21"
                    lines[number] = ",".join(fields)
            csv.write_text("".join(lines))
            second = json.loads(run(command).stdout)
            share = [m["value"] for m in second["metrics"] if m["name"] == "error_share"]
            self.assertEqual(share, [20])
            self.assertEqual(second["verdict"], "CRITICAL")


class BadInput(unittest.TestCase):
    def unknown(self, words, *texts):
        result = run([CHECK, *words])
        self.assertEqual(result.returncode, 3, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)
        return result

    def test_command_lines(self):
        csv = FIXTURES / "2.6.csv"
        self.unknown(["--file", csv, "--nope"], "nope")
        self.unknown(["--file", csv, "-w", "2:1"], "2:1")
        self.unknown(["--file", csv, "-c", "sess=ten"], "ten")
        self.unknown(["--file", csv, "-c", "seß=1"], "se")
        self.unknown(["--file", csv, "--proxy", "("], '"("')
        self.unknown(["--file", csv, "--ignore", "[a"], '"[a"')
        self.unknown([], "--url")
        self.unknown(["--file", csv, "--socket", "/x"], "--url")
        self.unknown(["-u", "http://127.0.0.1/", "-P", "a-secret", "--password-file", "/x"], "--password")

    def test_files(self):
        with Place() as place:
            self.unknown(["--file", place.path / "none.csv"], str(place.path / "none.csv"), "No such file")
            self.unknown(["--file", place.path], str(place.path), "directory")
            self.unknown(["--file", "/dev/zero"], "/dev/zero", "larger than 16 MB")
            for content, text in ((b"", "empty"), (b"<html><body>Stats</body></html>", "HTML"),
                                  (b"\x7fELF\0\0", "binary"), (b"a,b,c\n", "header"),
                                  (fixture("2.6.csv")[:1000], "cut off"),
                                  (fixture("2.6.csv")[:3000], "cut off"),
                                  (fixture("1.4-seed.csv")[:-40], "cut off"),
                                  (b"".join(fixture("1.4-seed.csv").splitlines(True)[:40]), "BACKEND line")):
                path = place.write("bad.csv", content)
                self.unknown(["--file", path], str(path), text)

    def test_answers_of_a_server(self):
        pages = {"/html": (200, {}, b"<!DOCTYPE html><html>Statistics Report</html>"),
                 "/cut": (200, {}, fixture("2.6.csv")[:2500]),
                 "/401": (401, {}, b"no"), "/403": (403, {}, b"no"), "/503": (503, {}, b"no"),
                 "/moved": (302, {"Location": "/html"}, b"")}
        with Scripted(pages) as server:
            place = server.url.replace("http://", "http://someone:topsecret@")
            for path, code, text in (("/html", 3, "HTML"), ("/cut", 3, "cut off"), ("/401", 3, "status 401 Unauthorized"),
                                     ("/403", 3, "status 403"), ("/404", 3, "status 404 Not Found"),
                                     ("/503", 2, "status 503"), ("/moved", 3, "status 302")):
                result = run([CHECK, "-u", place + path])
                self.assertEqual(result.returncode, code, result.stdout)
                self.assertIn(text, result.stdout)
                self.assertIn(f'"{server.url}{path}"', result.stdout)
                self.assertNotIn("topsecret", result.stdout)

    def test_no_server(self):
        port = free_port()
        result = run([CHECK, "-u", f"http://127.0.0.1:{port}/haproxy;csv"])
        self.assertEqual(result.returncode, 2)
        self.assertIn(f'cannot connect to "127.0.0.1:{port}": Connection refused', result.stdout)
        result = run([CHECK, "-u", "http://no-such-host.invalid/haproxy;csv"])
        self.assertEqual(result.returncode, 2)
        self.assertIn('no such host: "no-such-host.invalid"', result.stdout)
        self.unknown(["--socket", "/nonexistent/haproxy.sock"], "/nonexistent/haproxy.sock")

    def test_a_server_that_never_answers(self):
        for greeting, stage in ((b"", "waiting for an answer"), (b"HTTP/1.1 200 OK\r\n\r\n# pxname,", "reading the rest")):
            with silent(greeting) as port:
                result = run([CHECK, "-u", f"http://127.0.0.1:{port}/haproxy;csv", "-t", "0.5"], seconds=5)
                self.assertEqual(result.returncode, 3)
                self.assertIn("timed out after 0.5 s", result.stdout)
                self.assertIn(stage, result.stdout)
                self.assertIn(f"127.0.0.1:{port}", result.stdout)
                result = run([CHECK, "-u", f"http://127.0.0.1:{port}/", "-t", "0.5", "--timeout-state", "CRITICAL"])
                self.assertEqual(result.returncode, 2)

    def test_sockets_that_are_no_admin_socket(self):
        with Place() as place:
            for name, answer, text in (("silent", None, "timed out after 0.5 s while waiting for an answer"),
                                       ("other", b"Unknown command. Please enter one of ...\n\n", "header"),
                                       ("cut", fixture("1.3.csv"), "lacks its empty last line")):
                path = place.path / name
                with socket.socket(socket.AF_UNIX) as listener:
                    listener.bind(str(path))
                    listener.listen(1)

                    def serve():
                        client, _ = listener.accept()
                        with client:
                            if answer is not None:
                                client.recv(100)
                                client.sendall(answer)
                            else:
                                client.recv(100)
                                client.recv(100)

                    thread = threading.Thread(target=serve)
                    thread.start()
                    self.unknown(["--socket", path, "-t", "0.5"], str(path), text)
                    thread.join()

    def test_a_socket_with_a_long_path(self):
        with Place() as place:
            folder = place.path / ("d" * 100) / ("e" * 100)
            folder.mkdir(parents=True)
            self.unknown(["--socket", folder / "none.sock"], "No such file")
            self.unknown(["--socket", folder / ("f" * 120)], "File name too long")


class RealHaproxy(unittest.TestCase):
    """One HAProxy before three HTTP servers; the states follow each other as an operator would see them."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place("haproxy")
        cls.addClassCleanup(cls.place.close)
        cls.web1, port1 = start_plain(cls.place, "web1")
        cls.web2, cls.port2 = start_plain(cls.place, "web2")
        cls.front = free_port()
        cls.haproxy = Haproxy(cls.place, f"""
frontend entry
    bind 127.0.0.1:{cls.front}
    default_backend www
backend www
    option httpchk GET /
    default-server inter 100ms fall 2 rise 1
    server web1 127.0.0.1:{port1} check
    server web2 127.0.0.1:{cls.port2} check
    server spare 127.0.0.1:{port1} check backup
    server plain 127.0.0.1:{port1}
backend empty
""")

    def both(self):
        """The answers by URL with authentication and by the admin socket."""
        haproxy = self.haproxy
        return (run([CHECK, "-u", haproxy.url, "-U", haproxy.user, "-P", haproxy.password]),
                run([CHECK, "--socket", haproxy.socket]))

    def assert_both(self, code, *texts):
        for result in self.both():
            self.assertEqual(result.returncode, code, result.stdout)
            for text in texts:
                self.assertIn(text, result.stdout)

    def test_states(self):
        haproxy = self.haproxy
        haproxy.wait_status("www", "spare", "UP")
        self.assert_both(0, "HAPROXY OK -  www (Active: 3/3, Backup: 1/1) | t=", " sess_www=0sessions;;;0;")
        haproxy.ask("set server www/web2 state drain")
        haproxy.wait_status("www", "web2", "DRAIN")
        self.assert_both(0, "www (Active: 2/3, Backup: 1/1)")
        haproxy.ask("set server www/web2 state maint")
        haproxy.wait_status("www", "web2", "MAINT")
        self.assert_both(0, "www (Active: 2/3, Backup: 1/1)")
        haproxy.ask("set server www/web2 state ready")
        haproxy.wait_status("www", "web2", "UP")
        self.place.stop(self.web2)
        haproxy.wait_status("www", "web2", "DOWN")
        self.assert_both(2, "HAPROXY CRITICAL - ", "www (Active: 2/3", "www/web2 is DOWN (L4CON, since ")
        self.assertEqual(run([CHECK, "--socket", haproxy.socket, "--ignore", "/web2$"]).returncode, 0)
        haproxy.ask("set server www/web2 state maint")
        haproxy.wait_status("www", "web2", "MAINT")
        self.assert_both(0, "www (Active: 2/3")

    def test_wrong_password(self):
        result = run([CHECK, "-u", self.haproxy.url, "-U", "hauser", "-P", "wrong"])
        self.assertEqual(result.returncode, 3)
        self.assertIn(f'status 401 Unauthorized from "{self.haproxy.url}"', result.stdout)

    def test_the_page_without_csv_is_named_as_such(self):
        url = self.haproxy.url.removesuffix(";csv")
        result = run([CHECK, "-u", url, "-U", "hauser", "-P", "hapasswd"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("HTML", result.stdout)

    def test_the_collector_prints_every_number(self):
        result = run([COLLECT, "--socket", self.haproxy.socket])
        self.assertEqual(result.returncode, 0, result.stderr)
        metrics = json.loads(result.stdout)["metrics"]
        values = {(m["instance"], m["name"]): m for m in metrics}
        self.assertEqual(values["entry", "req_tot"]["type"], "DERIVE")
        self.assertEqual(values["www", "act"]["unit"], "")
        self.assertIn(("www/web1", "check_duration"), values)
        self.assertEqual(values["www/spare", "bck"]["value"], 1)
        row = next(r for r in self.haproxy.rows() if r["svname"] == "FRONTEND" and r["pxname"] == "entry")
        self.assertEqual(values["entry", "slim"]["value"], float(row["slim"]))


if __name__ == "__main__":
    unittest.main()
