# SPDX-License-Identifier: GPL-3.0-or-later
"""The webhook and the command channel: against real servers and programs, and through the scheduler."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import unittest

from tests.support import BUILD, Place, free_port, wait_until
from tests.support.daemon import Watch
from tests.support.httpd import Scripted, make_ca, make_certificate, silent

TOKEN = "s3cret-token"
ALERT = {"id": "p7-alert-1", "channel": "webhook", "address": "a", "to": "a", "user": "alice", "urgency": "alert",
         "kind": "PROBLEM", "host": "web01", "check": "http", "state": "CRITICAL", "problem": 7,
         "at": 1800000000123, "subject": "PROBLEM: web01/http is CRITICAL: refused ü", "text": "one\ntwo ü\n",
         "timeout_ms": 10000}
BODY = ("id", "kind", "urgency", "host", "check", "state", "problem", "at", "subject", "text", "user")
HOSTILE = (b"", b"{", b"[]", b"null", b'"text"', b"\x00" * 100, b"\xff\xfe", b'{"id":"\\u0000"}', b"[" * 100000,
           b'{"id":"a","id":"b"}', b"x" * (10 << 20), b"{}")


def alert_of(more):
    return {key: value for key, value in {**ALERT, **more}.items() if value is not None}


class Channel(unittest.TestCase):
    program = None

    def setUp(self):
        self.place = Place("channel")
        self.addCleanup(self.place.close)

    def send(self, raw=None, before=(), arguments=(), **more):
        given = raw if raw is not None else json.dumps(alert_of(more)).encode()
        ended = subprocess.run([*before, BUILD / "channels" / self.program, *arguments], input=given, timeout=30,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return ended.returncode, ended.stdout.decode(), ended.stderr.decode()

    def expect(self, ended, code, *parts):
        self.assertEqual(ended[0], code, ended)
        self.assertEqual(ended[2], "")
        self.assertEqual(ended[1].count("\n"), 1, ended)
        self.assertGreater(len(ended[1]), 10)
        for part in parts:
            self.assertIn(part, ended[1])
        self.assertNotIn(TOKEN, ended[1])


class Shared:
    """What both channels owe; `good` is an alert that can be delivered."""

    def good(self):
        raise NotImplementedError

    def test_hostile_input_is_never_delivered(self):
        for raw in HOSTILE:
            with self.subTest(raw[:10]):
                self.expect(self.send(raw), 2)

    def test_every_fact_is_needed_and_of_its_kind(self):
        good = self.good()
        self.expect(self.send(**good), 0)
        for name in BODY:
            for wrong in (None, [], {}, True, 1.5, 7 if isinstance(ALERT[name], str) else "7"):
                with self.subTest(name=name, wrong=wrong):
                    self.expect(self.send(**{**good, name: wrong}), 2, f'"{name}"')

    def test_arguments_are_refused(self):
        for word in ("--help", "-V", "", "x"):
            self.expect(self.send(b"", arguments=[word]), 2, "takes no arguments")

    def test_no_core_file(self):
        script = 'ulimit -c unlimited 2>/dev/null; exec "$@"'
        process = subprocess.Popen(["/bin/sh", "-c", script, "sh", BUILD / "channels" / self.program],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        limits = pathlib.Path(f"/proc/{process.pid}/limits")

        def core():
            return next(line for line in limits.read_text().splitlines() if line.startswith("Max core")).split()[4]
        wait_until(lambda: core() == "0", what="the limit")
        self.assertEqual(process.communicate(b"")[0].count(b"\n"), 1)
        self.assertEqual(process.returncode, 2)


class Webhook(Channel, Shared):
    program = "webhook"

    def good(self):
        return {"url": self.server({"/": (200, {}, b"")}).url + "/"}

    def server(self, pages, **more):
        server = Scripted(pages, **more)
        self.addCleanup(server.close)
        return server

    def test_one_post_with_the_alert(self):
        server = self.server({"/hook": (204, {}, b"")})
        token = self.place.write("token", TOKEN + "\nsecond line\n", 0o600)
        self.expect(self.send(url=server.url + "/hook?key=hidden", token_file=str(token), password="x"), 0, server.url,
                    "204")
        ((method, path, headers, body),) = server.requests
        self.assertEqual((method, path), ("POST", "/hook?key=hidden"))
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["Idempotency-Key"], ALERT["id"])
        self.assertEqual(headers["Authorization"], f"Bearer {TOKEN}")
        self.assertEqual(list(json.loads(body).items()), [(name, ALERT[name]) for name in BODY])

    MEMBERS = [{"host": "web01", "check": "http", "title": "http", "service": "www", "state": "CRITICAL", "problem": 7,
                "since": 1800000000123, "output": "refused"},
               {"host": "web02", "check": "http", "title": "http", "service": "www", "state": "OK", "problem": 8,
                "since": 1800000000123}]

    def posted(self, **more):
        server = self.server({"/": (200, {}, b"")})
        self.expect(self.send(url=server.url + "/", **more), 0)
        return json.loads(server.requests[0][3])

    def test_our_json_has_the_lists_that_are_there(self):
        body = self.posted(members=self.MEMBERS, events=[], told=[{"user": "bob"}], format="json")
        self.assertEqual(list(body), [*BODY, "members", "told"])
        self.assertEqual(body["members"], self.MEMBERS)

    def test_as_alertmanager_sends_it(self):
        body = self.posted(format="alertmanager", members=self.MEMBERS[:1], base="https://w.example.org/")
        alert = body.pop("alerts")[0]
        labels = {"alertname": "http", "check": "http", "host": "web01", "service": "www", "severity": "critical",
                  "urgency": "alert"}
        notes = {"summary": ALERT["subject"], "description": "refused", "kind": "PROBLEM", "problem": "7"}
        self.assertEqual(body, {
            "version": "4", "groupKey": '{}:{check="http", host="web01"}', "truncatedAlerts": 0, "status": "firing",
            "receiver": "alice", "groupLabels": {"check": "http", "host": "web01"}, "commonLabels": labels,
            "commonAnnotations": notes, "externalURL": "https://w.example.org/"})
        fingerprint = alert.pop("fingerprint")
        self.assertRegex(fingerprint, "^[0-9a-f]{16}$")
        self.assertEqual(alert, {"status": "firing", "labels": labels, "annotations": notes,
                                 "startsAt": "2027-01-15T08:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
                                 "generatorURL": "https://w.example.org/"})
        over = self.posted(format="alertmanager", members=[{**self.MEMBERS[0], "state": "OK"}], state="OK",
                           kind="RECOVERY")
        self.assertEqual((over["status"], over["alerts"][0]["status"], over["alerts"][0]["endsAt"]),
                         ("resolved", "resolved", "2027-01-15T08:00:00Z"))
        self.assertEqual((over["alerts"][0]["fingerprint"], over["groupKey"]), (fingerprint, body["groupKey"]))

    def test_several_checks_as_alertmanager_sends_them(self):
        body = self.posted(format="alertmanager", members=self.MEMBERS)
        self.assertEqual((body["status"], [a["status"] for a in body["alerts"]]), ("firing", ["firing", "resolved"]))
        self.assertEqual(body["groupKey"], '{}:{service="www"}')
        self.assertEqual(body["commonLabels"], {"alertname": "http", "check": "http", "service": "www",
                                                "urgency": "alert"})
        self.assertNotEqual(*(a["fingerprint"] for a in body["alerts"]))
        body = self.posted(format="alertmanager", members=self.MEMBERS * 60)
        self.assertEqual((len(body["alerts"]), body["truncatedAlerts"]), (100, 20))
        body = self.posted(format="alertmanager", host="watchbill", check="mail", members=[])
        self.assertEqual(body["alerts"][0]["labels"]["alertname"], "mail")

    def test_as_slack_reads_it(self):
        body = self.posted(format="slack", subject="a <b> & `c`", text="<!channel> ``` x\n" + "ü" * 5000,
                           acknowledge=[{"subject": "web01/http", "link": "https://w.example.org/a?b=1&c=2"}])
        self.assertEqual(list(body), ["text"])
        text = body["text"]
        self.assertTrue(text.startswith("*a &lt;b&gt; &amp; 'c'*\n```&lt;!channel&gt; ''' x\n"))
        self.assertTrue(text.endswith("```\n<https://w.example.org/a?b=1&amp;c=2|Acknowledge web01/http>"))
        self.assertLess(len(text), 3300)

    def test_another_format_is_refused(self):
        self.expect(self.send(url="http://127.0.0.1:1/", format="xml"), 2, '"format" is "xml"')
        self.expect(self.send(url="http://127.0.0.1:1/", format=7), 2, '"format" is not a text')

    def test_without_a_token_and_with_a_large_text(self):
        server = self.server({"/": (200, {}, b"ok")})
        self.expect(self.send(url=server.url, text="ü" * 500000), 0)
        ((_, _, headers, body),) = server.requests
        self.assertNotIn("Authorization", headers)
        self.assertEqual(len(json.loads(body)["text"]), 500000)

    def test_what_an_answer_means(self):
        other = self.server({"/": (200, {}, b"")})
        for status, code in ((200, 0), (201, 0), (202, 0), (204, 0), (299, 0), (408, 1), (429, 1), (500, 1), (502, 1),
                             (503, 1), (599, 1), (302, 1), (307, 1), (301, 2), (308, 2), (400, 2), (401, 2), (403, 2),
                             (404, 2), (409, 2), (410, 2), (422, 2), (499, 2)):
            with self.subTest(status):
                server = self.server({"/h": (status, {"Location": other.url + "/"}, b"" if status == 204 else b"x")})
                self.expect(self.send(url=server.url + "/h"), code, str(status), server.url)
                self.assertEqual(len(server.requests), 1)
        self.assertEqual(other.requests, [])

    def test_the_path_of_a_hook_is_not_told(self):
        for status in (200, 404, 500):
            server = self.server({f"/{TOKEN}": (status, {}, TOKEN.encode())})
            url = server.url.replace("//", f"//user:{TOKEN}@") + f"/{TOKEN}?{TOKEN}#{TOKEN}"
            self.expect(self.send(url=url), {200: 0, 404: 2, 500: 1}[status])
        self.expect(self.send(url=f"http://user:{TOKEN}@127.0.0.1:{free_port()}/{TOKEN}"), 1, "refused")

    def test_no_answer(self):
        self.expect(self.send(url=f"http://127.0.0.1:{free_port()}/"), 1, "refused")
        self.expect(self.send(url="http://name.invalid/"), 1, "name.invalid")
        with silent() as port:
            self.expect(self.send(url=f"http://127.0.0.1:{port}/", timeout_ms=1000), 1, "no answer in time")
            self.expect(self.send(url=f"https://127.0.0.1:{port}/", timeout_ms=1000), 1, "no answer in time")
        with silent(b"HTTP/1.1 103 Early Hints\r\n\r\n") as port:
            self.expect(self.send(url=f"http://127.0.0.1:{port}/", timeout_ms=1000), 1, "no answer in time")
        with silent(b"rubbish\r\n\r\n") as port:
            self.expect(self.send(url=f"http://127.0.0.1:{port}/", timeout_ms=1000), 1)

    def test_an_answer_without_end_is_cut(self):
        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    handler.wfile.write(b"x" * 65536)
            handler.close_connection = True
        server = self.server({"/": endless})
        self.expect(self.send(url=server.url + "/"), 0, "200")

    def test_token_files_that_a_person_can_mend(self):
        server = self.server({"/": (200, {}, b"")})
        for path in (self.place.path / "missing", self.place.path, self.place.write("empty", "\n"),
                     self.place.write("blank", f"{TOKEN} x\n"), self.place.write("control", f"{TOKEN}\tx\n"),
                     "/dev/null"):
            with self.subTest(path):
                self.expect(self.send(url=server.url + "/", token_file=str(path)), 1, str(path))
        self.assertEqual(server.requests, [])

    def test_what_can_never_be_sent(self):
        server = self.server({"/": (200, {}, b"")})
        for url in (None, 7, "", "x", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://",
                    "http:///x", "http://a b/", server.url + "/\r\nX-A: b", "http://\x01/"):
            with self.subTest(url):
                self.expect(self.send(url=url), 2, '"url"')
        self.expect(self.send(url=server.url, token_file=["x"]), 2, '"token_file"')
        for identity in ("", "a\r\nX-Injected: b", "a b", "a\x7f", "x" * 1000):
            with self.subTest(identity[:20]):
                self.expect(self.send(url=server.url, id=identity), 2, '"id"')
        self.assertEqual(server.requests, [])

    def test_certificates_are_verified(self):
        authority = make_ca(self.place)
        server = self.server({"/": (200, {}, b"")}, **dict(zip(("certificate", "key"),
                                                              make_certificate(self.place, "good", 30))))
        self.expect(self.send(url=server.url + "/"), 1, "certificate")
        self.assertEqual(server.requests, [])
        # The system's authorities are the private one's for a while, in a mount namespace of its own.
        trusting = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                    f'mount --bind {authority} /etc/ssl/certs/ca-certificates.crt && exec "$@"', "sh"]
        if os.geteuid() != 0:
            trusting.insert(1, "--map-root-user")
        if subprocess.run([*trusting, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("no mount namespace can be made")
        self.expect(self.send(before=trusting, url=server.url + "/"), 0, "200")
        self.assertEqual(len(server.requests), 1)
        ended = self.server({"/": (200, {}, b"")}, **dict(zip(("certificate", "key"), make_certificate(
            self.place, "other", 30, "DNS:other.example.org"))))
        self.expect(self.send(before=trusting, url=ended.url + "/"), 1, "127.0.0.1")
        self.assertEqual(ended.requests, [])


class Command(Channel, Shared):
    program = "command"

    def good(self):
        return {"command": ["/bin/true"]}

    def script(self, text, name="sms", mode=0o755):
        return str(self.place.write(name, "#!/bin/sh\n" + text, mode))

    def test_words_input_and_environment(self):
        out = self.place.path
        program = self.script(f'cat > {out}/input; env > {out}/env; for w in "$@"; do echo "[$w]"; done > {out}/words\n')
        words = ["+1555", "two words", "$(id)", "`id`", ";id", "", "*", "ü"]
        more = {"command": [program, *words], "output": "HTTP CRITICAL - refused\nmore", "extra": [1, {"a": None}],
                "reason": "why", "members": [{"address": "192.0.2.1", "type": "HARD", "attempt": 2, "attempts": 3}]}
        self.expect(self.send(**more), 0, program)
        self.assertEqual((out / "words").read_text().splitlines(), [f"[{word}]" for word in words])
        self.assertEqual(json.loads((out / "input").read_text()), alert_of(more))
        variables = dict(line.split("=", 1) for line in (out / "env").read_text().splitlines())
        self.assertEqual({name: value for name, value in variables.items() if name.startswith("NAGIOS_")}, {
            "NAGIOS_NOTIFICATIONTYPE": "PROBLEM", "NAGIOS_HOSTNAME": "web01", "NAGIOS_SERVICEDESC": "http",
            "NAGIOS_SERVICESTATE": "CRITICAL", "NAGIOS_SERVICEOUTPUT": "HTTP CRITICAL - refused",
            "NAGIOS_CONTACTNAME": "alice", "NAGIOS_TIMET": "1800000000", "NAGIOS_SERVICEPROBLEMID": "7",
            "NAGIOS_HOSTADDRESS": "192.0.2.1", "NAGIOS_LONGSERVICEOUTPUT": "more", "NAGIOS_SERVICESTATETYPE": "HARD",
            "NAGIOS_SERVICEATTEMPT": "2", "NAGIOS_MAXSERVICEATTEMPTS": "3", "NAGIOS_NOTIFICATIONAUTHOR": "",
            "NAGIOS_NOTIFICATIONCOMMENT": "why"})
        self.assertEqual(set(variables) - {"PWD", "_", "SHLVL", "OLDPWD"},
                         {"PATH", "LC_ALL"} | {name for name in variables if name.startswith("NAGIOS_")})

    def test_hostile_texts_stay_values(self):
        env = self.place.path / "env"
        program = self.script(f"tr '\\0' '\\n' < /proc/self/environ > {env}\n")
        self.expect(self.send(command=[program], host="a\nPATH=/evil", user="b=c", check="\x1b[31m",
                              subject="s" * 300000), 0)
        lines = env.read_text().splitlines()
        self.assertIn("NAGIOS_HOSTNAME=a PATH=/evil", lines)
        self.assertIn("NAGIOS_CONTACTNAME=b=c", lines)
        self.assertIn("NAGIOS_SERVICEDESC= [31m", lines)
        self.assertEqual([line for line in lines if line.startswith("PATH=/evil")], [])
        self.assertLess(max(len(line) for line in lines), 9000)

    def test_how_it_ends(self):
        for script, code, *parts in (("exit 0", 0), ("echo said; exit 0", 0), ("exit 2", 2, "ended with 2"),
                                     ("echo no such number >&2; exit 2", 2, "no such number"),
                                     ("echo busy; exit 1", 1, "busy"), ("exit 3", 1, "3"), ("exit 127", 1),
                                     ("kill -9 $$", 1, "signal 9"), ("kill -TERM $$", 1, "signal 15"),
                                     ("exec <&-; exit 0", 0), ("yes | head -c 3000000; exit 0", 0),
                                     ("head -c 3000000 /dev/zero; echo; printf '\\033[1mx\\n'; exit 1", 1)):
            with self.subTest(script):
                self.expect(self.send(command=[self.script(script + "\n")]), code, *parts)

    def test_a_program_that_cannot_run(self):
        plain = self.script("exit 0\n", "plain", 0o644)
        for program in ("/nonexistent/sms", plain, str(self.place.path), "no-such-program-anywhere"):
            self.expect(self.send(command=[program]), 1, f'"{program}"', "could not be started")

    def test_its_time_is_limited(self):
        pids = self.place.path / "pids"
        program = self.script(f"trap '' TERM; sleep 60 & echo $! $$ > {pids}; sleep 60; sleep 60\n")
        self.expect(self.send(command=[program], timeout_ms=1000), 1, "did not end in time")
        self.all_gone(pids)

    def all_gone(self, pids):
        def gone(pid):
            try:
                return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except (FileNotFoundError, ProcessLookupError):
                return True
        for pid in pids.read_text().split():
            wait_until(lambda p=pid: gone(p), what=f"the end of {pid}")

    def test_who_ends_the_channel_ends_the_program(self):
        pids = self.place.path / "pids"
        program = self.script(f"sleep 60 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; sleep 60\n")
        process = subprocess.Popen([BUILD / "channels/command"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(json.dumps(alert_of({"command": [program]})).encode())
        process.stdin.close()
        wait_until(pids.exists, what="the program")
        process.send_signal(signal.SIGTERM)
        said = process.stdout.read().decode()
        process.stdout.close()
        self.assertEqual(process.wait(20), 1)
        self.assertIn("was stopped", said)
        self.all_gone(pids)

    def test_what_it_leaves_running_is_ended(self):
        pids = self.place.path / "pids"
        self.expect(self.send(command=[self.script(f"sleep 60 >/dev/null & echo $! > {pids}\n")]), 0)
        self.all_gone(pids)

    def test_commands_that_are_none(self):
        for command in (None, "/bin/true", [], {}, 7, [7], [""], [None], ["/bin/true", 7], ["/bin/true", ["x"]],
                        ["/bin/true"] * 1000):
            with self.subTest(str(command)[:30]):
                self.expect(self.send(command=command), 2, '"command"')
        self.expect(self.send(command=["/bin/true", "x" * 300000]), 2, "could not be started")


CONF = """
users:
  alice: {{contacts: {{alert: [{{webhook: "{url}/hook", token_file: token}}, {{command: [{program}, "+1555"]}}]}}}}
groups:
  admins: {{rota: [{{users: [alice]}}]}}
"""
SERVICE = """
service: a
hosts: {h: {}}
checks:
  queue:
    command: [check_queue, --type, spool, --directory, ../queue, -c, '2']
    every: 1s
    attempts: 1
    alert: {groups: [admins]}
"""


class Scheduled(unittest.TestCase):
    """A webhook that is busy at first, and a command."""

    def test_problem_and_recovery_once_each_and_in_order(self):
        with Place("channels") as place:
            answers = [200, 200, 503]

            def hook(handler):
                handler.send_response(answers.pop())
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            server = Scripted({"/hook": hook})
            self.addCleanup(server.close)
            told = place.path / "told"
            program = place.write("sms", f'#!/bin/sh\n{{ cat; env | grep ^NAGIOS_ | sort | tr "\\n" " "; '
                                         f'echo "$1"; }} >> {told}\n', 0o755)
            watch = Watch(place)
            watch.write("token", TOKEN + "\n").chmod(0o600)
            watch.write("users.yaml", CONF.format(url=server.url, program=program))
            watch.write("services/a.yaml", SERVICE)
            queue = place.path / "queue"
            queue.mkdir()
            watch.start()
            watch.wait_state("h/queue", "OK")
            for i in range(5):
                (queue / f"job{i}").write_text("")
            problem = watch.wait_state("h/queue", "CRITICAL")["problem"]
            wait_until(lambda: server.requests and told.exists() and told.read_text().endswith("+1555\n"),
                       what="the alert")
            for path in queue.iterdir():
                path.unlink()
            watch.wait_state("h/queue", "OK")
            wait_until(lambda: len(server.requests) == 3 and told.read_text().count("+1555\n") == 2,
                       what="the recovery", seconds=40)
            last = watch.status("h/queue")["last"]
            wait_until(lambda: watch.status("h/queue")["last"] >= last + 2, what="two more results")
            self.assertEqual(watch.stop(), 0)
            self.judge(server, told.read_text().splitlines(), problem)
            self.assertNotIn(TOKEN, watch.log())

    def judge(self, server, told, problem):
        self.assertEqual(server.requests[0][3], server.requests[1][3])
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in server.requests]
        self.assertEqual(keys[0], keys[1])
        bodies = [json.loads(body) for _, _, _, body in server.requests[1:]]
        wanted = [("PROBLEM", "CRITICAL", problem), ("RECOVERY", "OK", problem)]
        self.assertEqual([(b["kind"], b["state"], b["problem"]) for b in bodies], wanted)
        self.assertEqual({(b["host"], b["check"], b["user"]) for b in bodies}, {("h", "queue", "alice")})
        self.assertEqual(keys[1:], [b["id"] for b in bodies])
        self.assertNotEqual(keys[1], keys[2])
        self.assertEqual({headers["Authorization"] for _, _, headers, _ in server.requests}, {f"Bearer {TOKEN}"})
        alerts = [json.loads(line) for line in told[0::2]]
        self.assertEqual([(a["kind"], a["state"], a["problem"]) for a in alerts], wanted)
        for line, (kind, state, _) in zip(told[1::2], wanted):
            for part in (f"NAGIOS_NOTIFICATIONTYPE={kind} ", f"NAGIOS_SERVICESTATE={state} ",
                         f"NAGIOS_SERVICEPROBLEMID={problem} ", "NAGIOS_CONTACTNAME=alice ",
                         f"NAGIOS_SERVICEOUTPUT=QUEUE {state}"):
                self.assertIn(part, line)


if __name__ == "__main__":
    unittest.main()
