# SPDX-License-Identifier: GPL-3.0-or-later
"""check_rabbitmq and collect_rabbitmq before a scripted management: captured answers, states that are hard to bring
about, and what is no answer. tests/servers/test_rabbitmq.py asks real brokers."""
import json
import unittest
import urllib.parse

from tests.support import BUILD, TOP, Place, free_port, run
from tests.support.httpd import Scripted, silent

CHECK = BUILD / "checks/check_rabbitmq"
COLLECT = BUILD / "collectors/collect_rabbitmq"
FIXTURES = TOP / "tests/fixtures/rabbitmq"
JSON = {"Content-Type": "application/json"}


def fixture(name):
    return json.loads((FIXTURES / name).read_text())


def page(content, status=200):
    return status, JSON, content if isinstance(content, bytes) else json.dumps(content).encode()


def queue(name, messages=None, **more):
    """A queue as the management lists it; without ${messages} right after its declaration."""
    entry = {"name": name, "vhost": "/", "type": "classic", "durable": True, "auto_delete": False, "arguments": {}}
    if messages is not None:
        entry.update(messages=messages, messages_ready=messages, messages_unacknowledged=0, consumers=0,
                     state="running", node="rabbit@a")
    return {**entry, **more}


def rates(publish, deliver):
    return {"publish": 9, "publish_details": {"rate": publish}, "deliver_get": 9,
            "deliver_get_details": {"rate": deliver}}


OK = page({"status": "ok"})


class Case(unittest.TestCase):
    def ask(self, pages, mode, *words):
        with Scripted(pages) as server:
            result = run([CHECK, "--mode", mode, "--url", server.url, *words])
            self.requests = server.requests
        return result

    def answer(self, code, pages, mode, *words, text=""):
        result = self.ask(pages, mode, *words)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertIn(text, result.stdout)
        return result.stdout

    def one(self, code, entry, *words, text=""):
        name = urllib.parse.quote(entry["name"], safe="")
        return self.answer(code, {f"/api/queues/%2F/{name}": page(entry)}, "queue", "-q", entry["name"], *words,
                           text=text)


class Queues(Case):
    def test_no_statistics_are_unknown(self):
        text = self.one(3, fixture("queue-fresh.json"), "-c", "100", text="the number of its messages is not told")
        self.assertIn("messages_fresh=U", text)
        listing = {"/api/queues": page(fixture("queues-paged-fresh.json"))}
        self.answer(3, listing, "queue", text="the number of messages is not told, the queue being new")

    def test_captured(self):
        self.one(1, fixture("queue.json"), text='"orders": 2 messages, 0 consumers, in 0/s, out 0/s')
        listing = {"/api/queues": page(fixture("queues.json"))}
        self.answer(1, listing, "queue", text="2 messages in 3 queues: orders 2, ")

    def test_pages_are_all_read(self):
        def listing(handler):
            number = int(urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)["page"][0])
            body = json.dumps({"page": number, "page_count": 3, "page_size": 2, "total_count": 5, "item_count": 2,
                               "filtered_count": 5,
                               "items": [queue(f"q{number}{i}", number, consumers=1)
                                         for i in range(2 if number < 3 else 1)]}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        self.answer(0, {"/api/queues": listing}, "queue", text="9 messages in 5 queues: q30 3, q20 2, ")
        self.assertEqual(len(self.requests), 3)

    def test_an_array_where_a_page_was_asked_for(self):
        listing = {"/api/queues/%2F": page([queue("a", 3, consumers=1)])}
        self.answer(0, listing, "queue", "--vhost", "/", text="3 messages in 1 queues: a 3")
        self.assertEqual(len(self.requests), 1)

    def test_states_that_serve_nobody(self):
        for state in ("down", "minority", "crashed", "stopped"):
            self.one(2, queue("q", state=state, node="rabbit@b"), text=f'queue "q" is {state} at "rabbit@b"')
        self.one(0, queue("q", 0, state="flow"))
        self.one(0, queue("q", 0, state="idle"))

    def test_a_queue_of_a_stopped_node(self):
        pages = {"/api/queues/%2F": page({"page": 1, "page_count": 1, "items": [
            queue("locals", 1), queue("local", state="down", node="r3@localhost")]})}
        self.answer(2, pages, "queue", "-q", "local", text='queue "local" is down at "r3@localhost"')

    def test_replicas(self):
        members = ["r1@a", "r2@b", "r3@c"]
        self.one(0, queue("q", 0, members=members, online=members))
        self.one(1, queue("q", 0, members=members, online=members[:2]), text='"q" lacks 1 of 3 replicas: r3@c')
        self.one(2, queue("q", 0, members=members, online=members[:1]), text='"q" has no majority: 1 of 3 replicas')

    def test_no_majority_captured(self):
        self.one(2, fixture("queue-no-majority.json"), text="1 of 3 replicas online, without r3@localhost, r2@localhost")

    def test_a_member_that_comes_twice(self):
        body = b'{"name":"q","messages":1,"consumers":1,"messages":2}'
        self.answer(0, {"/api/queues/%2F/q": page(body)}, "queue", "-q", "q", text='"q": 2 messages')

    def test_rates(self):
        entry = queue("q", 5000, consumers=2, message_stats=rates(120.0, 20.5))
        text = self.one(0, entry, text="in 120/s, out 20.5/s")
        self.assertIn("publish_rate_q=120/s", text)
        self.one(2, entry, "-c", "publish_rate=100", text="publish rate of")
        for extra in ({}, {"message_stats": {}}, {"idle_since": ""}):
            text = self.one(0, queue("q", 0, **extra))
            self.assertNotIn("rate", text)
            self.one(3, queue("q", 0, **extra), "-c", "publish_rate=1", text='"publish_rate" was not found')
        for extra in ({"idle_since": "2015-11-01 8:22:14"}, {"idle_since": "2026-11-20T18:34:03.036+00:00"},
                      {"message_stats": {"deliver_get": 1}}):
            self.one(0, queue("q", 0, **extra), "-c", "publish_rate=1", text="in 0/s, out 0/s")

    def test_published_faster_than_delivered(self):
        with Place() as place:
            words = ["-c", "100000", "--state-file", place.path / "state"]
            fast = {"consumers": 2, "message_stats": rates(120.0, 20.0)}
            self.one(0, queue("q", 5000, **fast), *words)
            text = self.one(1, queue("q", 5100, **fast), *words, text='outrun of "q" 100 /s (warning 0)')
            self.assertRegex(text, r"grows by [\d.]+/s: reaches 100000 in \d+")
            self.one(0, queue("q", 5200, **fast), *words, "-w", "outrun=")
            self.one(0, queue("q", 5100, **fast), *words)
            self.one(0, queue("q", 5300, consumers=2, message_stats=rates(120.0, 115.0)), *words)
            self.one(0, queue("q", 5400, consumers=2), *words)

    def test_consumers_that_take_none(self):
        with Place() as place:
            state = ["-w", "outrun=", "--state-file", place.path / "state"]
            stuck = {"consumers": 2, "message_stats": rates(5.0, 0.0)}
            self.one(0, queue("q", 50, **stuck), "-c", "stalled=10", *state)
            self.one(2, queue("q", 60, **stuck), "-c", "stalled=10", *state, text='stalled of "q" 60 (critical 10)')
            self.one(0, queue("q", 70, **stuck), *state)  # each may work long, unless it is said that none does
            listing = {"/api/queues": page([queue("q", 80, **stuck), queue("r", 5, consumers=1)])}
            words = ["queue", "-c", "stalled=10", *state[:3], place.path / "all"]
            self.answer(0, listing, *words)
            self.answer(2, listing, *words, text='stalled of "q" 80 (critical 10)')
            slow = {"consumers": 2, "message_stats": rates(5.0, 0.1)}
            self.one(0, queue("q", 90, **slow), "-c", "stalled=10", *state)

    def test_names_go_escaped(self):
        name = "a/b %ü.x?&#+"
        pages = {"/api/queues/v%2Fh/a%2Fb%20%25%C3%BC.x%3F%26%23%2B": page(queue(name, 1, consumers=1))}
        self.answer(0, pages, "queue", "--vhost", "v/h", "-q", name, text=f'"{name}": 1 messages')

    def test_nothing_there(self):
        listing = {"/api/queues": page({"page": 1, "page_count": 0, "items": []})}
        self.answer(3, listing, "queue", text='user "guest" sees no queue that is asked for')
        self.answer(0, listing, "queue", "--missing", "ok")
        self.answer(3, {"/api/queues": page([queue("a", 1)])}, "queue", "--regex", "^b")

    def test_a_path_that_is_that_of_all_queues(self):
        pages = {"/api/queues/": page([queue("a", 1)]), "/api/queues/%2F": page([queue("a", 1)])}
        self.answer(3, pages, "queue", "-q", "..", text='there is no queue ".." in vhost "/"')


class Compute(Case):
    def test_what_nobody_consumes(self):
        listing = {"/api/queues": page([queue("compute.a", 3), queue("compute.b", 0, consumers=1),
                                        queue("compute", 7), queue("compute_fanout_1", 9)])}
        text = self.answer(2, listing, "compute", text="1 of 2 queues hold messages that nobody consumes")
        self.assertIn('unconsumed of "compute.a" 3 (critical 0)', text)
        self.answer(0, listing, "compute", "-c", "unconsumed=5")
        self.answer(2, listing, "compute", "--pattern", "compute*", text="3 of 4 queues")

    def test_without_statistics(self):
        listing = {"/api/queues": page([queue("compute.a"), queue("compute.b", 0, consumers=1)])}
        self.answer(3, listing, "compute", text="the number of messages is not told, the queue being new")


class Nodes(Case):
    def nodes(self, *changes):
        """The captured node under other names, changed; None takes a member away."""
        base = fixture("nodes.json")[0]
        made = []
        for number, change in enumerate(changes, 1):
            node = {**base, "name": f"r{number}@a", **change}
            made.append({key: value for key, value in node.items() if value is not None})
        return {"/api/nodes": page(made), "/api/health/checks/alarms": OK,
                "/api/health/checks/node-is-quorum-critical": OK, "/api/queues": page([])}

    def test_whole(self):
        self.answer(0, self.nodes({}, {}), "node", text="2 of 2 nodes run")
        self.answer(0, self.nodes({}, {}), "cluster", text="2 of 2 nodes run, 0 replicated queues")
        self.answer(2, self.nodes({}, {}), "cluster", "-c", "nodes=3:", text="nodes 2 (critical 3:)")

    def test_faults(self):
        for change, code, text in (
                ({"mem_alarm": True}, 2, 'node "r1@a" has a memory alarm'),
                ({"disk_free_alarm": True}, 2, 'node "r1@a" has a disk alarm'),
                ({"partitions": ["r2@a", "r3@a"]}, 2, 'node "r1@a" is parted from r2@a, r3@a'),
                ({"partitions": None}, 3, 'node "r1@a" does not tell its partitions yet'),
                ({"mem_alarm": None}, 3, 'node "r1@a" does not tell its alarms yet')):
            with self.subTest(change=change):
                self.answer(code, self.nodes(change, {}), "node", text=text)
                self.answer(code, self.nodes(change, {}), "cluster", text=text)
        stopped = self.nodes({}, {})
        nodes = json.loads(stopped["/api/nodes"][2])
        nodes[1] = {"name": "r2@a", "running": False, "type": "disc", "cluster_links": []}
        stopped["/api/nodes"] = page(nodes)
        self.answer(2, stopped, "node", text='node "r2@a" is not running')
        self.answer(2, stopped, "cluster", text="1 of 2 nodes run")

    def test_captured_from_a_cluster_of_three(self):
        pages = self.nodes({})
        pages["/api/nodes"] = page(fixture("nodes-parted.json"))
        text = self.answer(2, pages, "cluster", text='node "r1@localhost" is parted from r3@localhost')
        self.assertIn('node "r3@localhost" is not running', text)
        pages["/api/nodes"] = page(fixture("nodes-stopped.json"))
        pages["/api/queues"] = page(fixture("queues-stopped.json"))
        pages["/api/health/checks/node-is-quorum-critical"] = page(
            {"status": "failed", "reason": "critical", "queues": [{"name": "ledger", "type": "rabbit_quorum_queue"}]}, 503)
        text = self.answer(2, pages, "cluster", text='node "r3@localhost" is not running')
        self.assertIn("queues would lose their majority with one more node: ledger", text)
        self.assertIn('queue "ledger" lacks 1 of 3 replicas: r3@localhost', text)
        text = self.answer(2, pages, "queue", text='queue "local" is down at "r3@localhost"')
        self.assertIn("2 messages in 2 queues: ledger 2", text)

    def test_what_cannot_be_read_hides_nothing(self):
        pages = self.nodes({"partitions": ["r2@a"]})
        pages["/api/queues"] = page(b"<html>", 200)
        text = self.answer(2, pages, "cluster", text='node "r1@a" is parted from r2@a')
        self.assertIn("HTML, not JSON", text)

    def test_shares(self):
        self.answer(2, self.nodes({"fd_used": 95, "fd_total": 100}), "node", text="files share of \"r1@a\" 95 %")
        self.answer(1, self.nodes({"mem_used": 110, "mem_limit": 100}), "node", text="memory share of \"r1@a\" 110 %")
        text = self.answer(0, self.nodes({"fd_used": "unknown", "mem_limit": 0}), "node")
        self.assertNotIn("files_share", text)
        self.assertNotIn("memory_share", text)

    def test_one(self):
        pages = self.nodes({}, {"mem_alarm": True})
        self.answer(0, pages, "node", "--node", "r1@a", text='node "r1@a" runs')
        self.answer(3, pages, "node", "--node", "r9@a", text='there is no node "r9@a"')

    def test_health_checks(self):
        pages = self.nodes({}, {})
        pages["/api/health/checks/alarms"] = page({"status": "failed", "reason": "alarms in effect", "alarms": [
            {"node": "r1@a", "resource": "disk space"}, {"node": "r2@a", "resource": "memory"}]}, 503)
        pages["/api/overview"] = page(fixture("overview.json"))
        for mode in ("overview", "cluster"):
            text = self.answer(2, pages, mode, text='node "r1@a" has a disk alarm')
            self.assertIn('node "r2@a" has a memory alarm', text)
        pages["/api/health/checks/alarms"] = page({"status": "failed", "reason": "alarms in effect"})
        self.answer(2, pages, "overview", text="alarms in effect")
        pages["/api/health/checks/alarms"] = page(b"<html>Service Unavailable</html>", 503)
        self.answer(2, pages, "overview", text="status 503 Service Unavailable")
        del pages["/api/health/checks/alarms"]  # servers before 3.8.10
        self.answer(0, pages, "overview")
        pages["/api/nodes"] = self.nodes({"mem_alarm": True})["/api/nodes"]
        self.answer(2, pages, "overview", text='node "r1@a" has a memory alarm')
        pages = self.nodes({}, {})
        pages["/api/health/checks/node-is-quorum-critical"] = page(
            {"status": "failed", "reason": "queues would lose", "queues": [{"name": "ledger"}]}, 503)
        self.answer(1, pages, "cluster", text="lose their majority with one more node: ledger")


class Overview(Case):
    def pages(self, **changes):
        return {"/api/overview": page({**fixture("overview.json"), **changes}), "/api/health/checks/alarms": OK}

    def test_captured(self):
        self.answer(0, self.pages(), "overview",
                    text='RabbitMQ 3.10.8 on "rabbit@localhost": 2 messages in 3 queues, in 0/s, out 0/s | messages=2')

    def test_totals_that_are_absent(self):
        self.answer(3, self.pages(queue_totals={}), "overview", text="the number of messages is not told (yet)")
        self.answer(0, self.pages(queue_totals={}, object_totals={"queues": 0}), "overview",
                    text="0 messages in 0 queues")


class Hostile(Case):
    MODES = {"overview": "/api/overview", "node": "/api/nodes", "cluster": "/api/nodes", "queue": "/api/queues",
             "compute": "/api/queues"}

    def test_what_is_no_answer(self):
        for body, text in ((b"", "empty"), (b" \n", "empty"), (b"<!DOCTYPE html><html>", "HTML"), (b"[{", "cut off"),
                           (b'{"object_totals": {"queues": 3', "cut off"), (b"[1,2", "cut off"),
                           (b"\x00\x01\x02", "not JSON"), (b"\xff\xfe[]", "not JSON"), (b"null", "not JSON"),
                           (b'[{"name":"a\\u0000b"}]', "not JSON"), (b"[" * 100000, "not JSON"),
                           (b"[" + b"{}," * 300000 + b"{}]", "more than 200000 values"),
                           (b"[1]", None), (b'[{"vhost":"/"}]', None), (b'{"items":[3],"page_count":1}', None),
                           (b'{"items":[],"page_count":1e9}', None), (b'{"items":[],"page_count":-1}', None),
                           (b'{"items":[]}', None), (b"{}", None), (b'"text"', None), (b"[[[]]]", None)):
            for mode, path in self.MODES.items():
                with self.subTest(mode=mode, body=body[:20]):
                    output = self.answer(3, {path: page(body), "/api/health/checks/alarms": OK}, mode)
                    self.assertEqual(output.count("\n"), 1)
                    if text:
                        self.assertIn(text, output)
                        self.assertIn(path, output)

    def test_members_of_another_type(self):
        odd = ({"messages": "many"}, {"messages": None}, {"messages": {}}, {"consumers": []}, {"state": 3},
               {"message_stats": []}, {"message_stats": {"publish_details": 3}}, {"members": [1, 2], "online": "x"},
               {"members": [[], {}], "online": []}, {"name": "a|b\n\x1b[31m"})
        for change in odd:
            with self.subTest(change=change):
                result = self.ask({"/api/queues": page([{**queue("q", 1, consumers=1), **change}])}, "queue")
                self.assertIn(result.returncode, (0, 1, 2, 3))
                first = result.stdout.split("\n")[0]
                self.assertTrue(first.startswith("RABBITMQ "), first)
                self.assertLessEqual(first.count("|"), 1)
                self.assertNotIn("\x1b", result.stdout)

    def test_statuses(self):
        reason = {"error": "not_authorised", "reason": "Login failed"}
        for status, body, code, text in (
                (401, page(reason, 401), 3, 'user "guest" is refused: status 401'), (401, page(b"", 401), 3, "401"),
                (403, page(b"no", 403), 3, 'user "guest" is refused: status 403'), (404, page(b"", 404), 3, "404"),
                (500, page({"error": "x", "reason": "encoding"}, 500), 2, "encoding"),
                (503, page(b"<html>", 503), 2, "503"), (302, (302, {"Location": "/"}, b""), 3, "302")):
            for mode, path in self.MODES.items():
                with self.subTest(status=status, mode=mode):
                    self.answer(code, {path: body}, mode, text=text)

    def test_a_large_body(self):
        body = b'[{"name":"' + b"x" * (5 << 20) + b'"}]'
        self.answer(3, {"/api/queues": page(body)}, "queue", text="larger than")

    def test_too_many_queues(self):
        body = json.dumps([{"name": f"q{i}", "messages": i, "consumers": 1} for i in range(10001)]).encode()
        pages = {"/api/queues": page(body)}
        self.answer(3, pages, "queue", text="10001 queues are too many to judge each")
        self.answer(0, pages, "queue", "--ignore", "^q[89]", text="messages in 7779 queues")

    def test_pages_without_end(self):
        def endless(handler):
            body = json.dumps({"page": 1, "page_count": 1000, "items": []}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        result = self.ask({"/api/queues": endless}, "queue", "-t", "3")
        self.assertEqual(result.returncode, 3)

    def test_no_server_and_a_slow_one(self):
        port = free_port()
        for mode in ("overview", "node", "cluster", "queue", "compute", "aliveness"):
            result = run([CHECK, "--mode", mode, "-H", "127.0.0.1", "-p", port])
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(f"127.0.0.1:{port}", result.stdout)
            with silent() as quiet:
                result = run([CHECK, "--mode", mode, "-H", "127.0.0.1", "-p", quiet, "-t", "0.5"], seconds=5)
                self.assertEqual(result.returncode, 3, result.stdout)
                self.assertIn("timed out after 0.5 s while ", result.stdout)
                self.assertIn(f"127.0.0.1:{quiet}", result.stdout)

    def test_what_is_no_amqp(self):
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"AMQP\0\0\x09\x01", b"\x01\0\0\xff\xff\xff\xff" + b"x" * 99,
                         b"\x01\0\0\0\0\0\x04\0\x0a\0\x0a\xce", b"\0" * 4096, b"\xff" * 4096):
            with self.subTest(greeting=greeting[:12]), silent(greeting) as port:
                result = run([CHECK, "--mode", "aliveness", "-H", "127.0.0.1", "-p", port, "-t", "1"], seconds=5)
                self.assertIn(result.returncode, (2, 3), result.stdout)
                self.assertIn(f"127.0.0.1:{port}", result.stdout)


class CommandLine(unittest.TestCase):
    def test_contradictions(self):
        for words, text in ((["--mode", "all"], '"all"'), (["-q", "a", "--regex", "b"], "--queue"),
                            (["--regex", "("], '"("'), (["--url", "http://x", "-H", "y"], "--url"),
                            (["--password", "s3cret"], "--user"), (["--url", "x", "--mode", "aliveness"], "AMQP"),
                            (["-u", "a", "--password", "s3cret", "--password-file", "/x"], "--password"),
                            (["--missing", "maybe"], '"maybe"'), (["--url", "ftp://x"], "ftp"),
                            (["-u", "a", "--password-file", "/none"], "/none"), (["-w", "x=1"], '"x"')):
            result = run([CHECK, *words])
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn(text, result.stdout)
            self.assertNotIn("s3cret", result.stdout)

    def test_the_collector(self):
        pages = {"/api/overview": page(fixture("overview.json")), "/api/nodes": page(fixture("nodes.json")),
                 "/api/queues": page(fixture("queues.json"))}
        with Scripted(pages) as server:
            result = run([COLLECT, "--url", server.url])
        self.assertEqual(result.returncode, 0, result.stderr)
        values = {(m["name"], m["instance"]): m["value"] for m in json.loads(result.stdout)["metrics"]}
        self.assertEqual(values["queue_messages", "orders"], 2)
        self.assertEqual(values["node_memory_alarm", "rabbit@localhost"], 0)
        self.assertIn(("queue_messages", "a/b %/grün %.x/y"), values)
        self.assertNotIn(("queue_publish_rate", "nobody"), values)


if __name__ == "__main__":
    unittest.main()
