# SPDX-License-Identifier: GPL-3.0-or-later
"""An issue tracker on loopback that speaks the protocols of Redmine, GitHub, GitLab and Jira, with their issues in
memory: {number: {"open": bool, "comments": [text]}}. The shapes of requests and answers are those of the real APIs."""
import http.server
import json
import re
import threading

TOKEN = "s3cret-token"


class Tracker:
    def __init__(self, numbers=(1,)):
        self.issues = {number: {"open": True, "comments": []} for number in numbers}
        self.away = None  # a status to answer with instead
        self.requests = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                owner.requests.append((self.command, self.path))
                status, body = owner.away, {}
                if status is None:
                    status, body = owner.handle(self.command, self.path, dict(self.headers),
                                                json.loads(raw) if raw else None)
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def url(self, kind):
        path = {"redmine": "", "github": "/o/r", "gitlab": "/group/sub/project", "jira": ""}[kind]
        return f"http://127.0.0.1:{self.port}{path}"

    def handle(self, method, path, headers, body):
        routes = (
            (r"/issues/(\d+)\.json", "X-Redmine-API-Key", TOKEN, self.redmine),
            (r"/issue_statuses\.json", "X-Redmine-API-Key", TOKEN, self.redmine_statuses),
            (r"/api/v3/repos/o/r/issues/(\d+)(/comments)?", "Authorization", "Bearer " + TOKEN, self.github),
            (r"/api/v4/projects/group%2Fsub%2Fproject/issues/(\d+)(/notes)?", "PRIVATE-TOKEN", TOKEN, self.gitlab),
            (r"/rest/api/2/issue/OPS-(\d+)(/\w+)?(?:\?fields=status)?", "Authorization", "Bearer " + TOKEN, self.jira),
        )
        for pattern, header, secret, answer in routes:
            match = re.fullmatch(pattern, path)
            if not match:
                continue
            if headers.get(header) != secret:
                return 401, {}
            number = int(match.group(1)) if match.groups() else None
            if number is not None and number not in self.issues:
                return 404, {"message": "Not Found"}
            return answer(method, self.issues.get(number), match.group(2) if match.lastindex and match.lastindex > 1
                          else None, body)
        return 404, {}

    @staticmethod
    def redmine_statuses(method, *_):
        return 200, {"issue_statuses": [{"id": 5, "name": "Closed", "is_closed": True},
                                        {"id": 1, "name": "New", "is_closed": False}]}

    @staticmethod
    def redmine(method, issue, _, body):
        if method == "GET":
            return 200, {"issue": {"id": 1, "subject": "x", "closed_on": None if issue["open"] else "2026-11-01",
                                   "status": {"id": 1, "name": "x", "is_closed": not issue["open"]}}}
        change = body["issue"]
        issue["open"] |= change.get("status_id") == 1
        issue["comments"].append(change["notes"])
        return 204, None

    @staticmethod
    def github(method, issue, more, body):
        if method == "POST" and more == "/comments":
            issue["comments"].append(body["body"])
            return 201, {"id": 1}
        if method == "PATCH":
            issue["open"] = body["state"] == "open"
        return 200, {"number": 1, "title": "x", "state": "open" if issue["open"] else "closed"}

    @staticmethod
    def gitlab(method, issue, more, body):
        if method == "POST" and more == "/notes":
            issue["comments"].append(body["body"])
            return 201, {"id": 1}
        if method == "PUT":
            issue["open"] |= body["state_event"] == "reopen"
        return 200, {"iid": 1, "state": "opened" if issue["open"] else "closed"}

    @staticmethod
    def jira(method, issue, more, body):
        key = "new" if issue["open"] else "done"
        if more == "/comment":
            issue["comments"].append(body["body"])
            return 201, {"id": "1"}
        if more == "/transitions" and method == "POST":
            issue["open"] |= body["transition"]["id"] == "11"
            return 204, None
        if more == "/transitions":
            return 200, {"transitions": [{"id": "31", "to": {"statusCategory": {"key": "done"}}},
                                         {"id": "11", "to": {"statusCategory": {"key": "indeterminate"}}}]}
        return 200, {"key": "OPS-1", "fields": {"status": {"name": "x", "statusCategory": {"key": key}}}}
