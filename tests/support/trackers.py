# SPDX-License-Identifier: GPL-3.0-or-later
"""An issue tracker on loopback that speaks the protocols of Redmine, GitHub, GitLab and Jira, with their issues in
memory: {number: {"open": bool, "comments": [text]}}. The shapes of requests and answers are those of the real APIs;
servers/test_redmine.py holds those of Redmine against the real one."""
import base64
import http.server
import json
import re
import threading
import time

TOKEN = "s3cret-token"
GITHUB_MANUAL = "https://docs.github.com/rest"

JIRA_CLOUD = "Basic " + base64.b64encode(f"bot@example.org:{TOKEN}".encode()).decode()

# What an unknown token and a missing issue are answered with.
REFUSED = {"redmine": None,
           "github": {"message": "Bad credentials", "documentation_url": GITHUB_MANUAL, "status": "401"},
           "gitlab": {"message": "401 Unauthorized"},
           "jira": {"errorMessages": ["You are not authenticated."], "errors": {}}}
MISSING = {"redmine": None,
           "github": {"message": "Not Found", "documentation_url": GITHUB_MANUAL, "status": "404"},
           "gitlab": {"message": "404 Not found"},
           "jira": {"errorMessages": ["Issue Does Not Exist"], "errors": {}}}

# Redmine: id and name of the statuses of a new installation; the last two are ends.
STATUSES = [{"id": number, "name": name, "is_closed": number > 4} for number, name in enumerate(
    ("New", "In Progress", "Resolved", "Feedback", "Closed", "Rejected"), 1)]
DAY = "2026-11-01T10:00:00Z"


class Tracker:
    def __init__(self, numbers=(1,)):
        self.issues = {number: {"open": True, "comments": []} for number in numbers}
        self.away = None  # a status to answer with instead
        self.writes_away = None  # the same to what is no GET
        self.headers = {}  # of every answer
        self.one_way = False  # the workflow has no way back from a close
        self.demands = False  # a reopening wants a field that is empty
        self.before_5 = False  # a Redmine older than 5.0
        self.requests, self.times = [], []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                owner.times.append(time.monotonic())
                owner.requests.append((self.command, self.path))
                status, body = owner.away or (owner.writes_away if self.command != "GET" else None), {}
                if status is None:
                    try:
                        status, body = owner.handle(self.command, self.path, dict(self.headers),
                                                    json.loads(raw) if raw else None)
                    except json.JSONDecodeError:
                        status, body = 400, {"status": 400, "error": "Bad Request"}
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Type", "application/json")
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

    def writes(self):
        return len([method for method, _ in self.requests if method != "GET"])

    def url(self, kind):
        path = {"redmine": "", "github": "/o/r", "gitlab": "/group/sub/project", "jira": ""}[kind]
        return f"http://127.0.0.1:{self.port}{path}"

    def handle(self, method, path, headers, body):
        routes = (
            ("redmine", r"/issues/(\d+)\.json(\?\S+)?", "X-Redmine-API-Key", TOKEN, self.redmine),
            ("redmine", r"/issue_statuses\.json", "X-Redmine-API-Key", TOKEN, self.redmine_statuses),
            ("github", r"/api/v3/repos/o/r/issues/(\d+)(/comments)?", "Authorization", "Bearer " + TOKEN, self.github),
            ("gitlab", r"/api/v4/projects/group%2Fsub%2Fproject/issues/(\d+)(/notes)?", "PRIVATE-TOKEN", TOKEN,
             self.gitlab),
            ("jira", r"/rest/api/2/issue/OPS-(\d+)(/\w+)?(?:\?fields=status)?", "Authorization", "Bearer " + TOKEN,
             self.jira),
        )
        for kind, pattern, header, secret, answer in routes:
            match = re.fullmatch(pattern, path)
            if not match:
                continue
            if headers.get(header) != secret and not (kind == "jira" and headers.get(header) == JIRA_CLOUD):
                return 401, REFUSED[kind]
            number = int(match.group(1)) if match.groups() else None
            if number is not None and number not in self.issues:
                return 404, MISSING[kind]
            return answer(method, self.issues.get(number), match.group(2) if match.lastindex and match.lastindex > 1
                          else None, body)
        return 404, {}

    @staticmethod
    def redmine_statuses(*_):
        return 200, {"issue_statuses": STATUSES}

    def redmine(self, method, issue, more, body):
        if method == "GET":
            return 200, {"issue": self.redmine_issue(issue, more or "")}
        change = body["issue"]
        allowed = [status["id"] for status in self.redmine_allowed(issue)]
        wanted = change.get("status_id")
        if self.demands and wanted in allowed and not STATUSES[wanted - 1]["is_closed"]:
            return 422, {"errors": ["Due date cannot be blank"]}
        if wanted in allowed:  # another is passed over without a word
            issue["status"], issue["open"] = wanted, not STATUSES[wanted - 1]["is_closed"]
        if change.get("notes"):
            issue["comments"].append(change["notes"])
        return 204, None

    def redmine_allowed(self, issue):
        return [] if self.one_way and not issue["open"] else STATUSES

    def redmine_issue(self, issue, more):
        """Also of an issue that a test opened or closed by its word alone. The day of the close outlives it."""
        status = STATUSES[issue.get("status", 1) - 1]
        if status["is_closed"] == issue["open"]:
            status = STATUSES[0 if issue["open"] else 4]
        if not issue["open"]:
            issue["closed_on"] = DAY
        shown = {"id": 1, "project": {"id": 1, "name": "Shop"}, "tracker": {"id": 1, "name": "Bug"},
                 "status": dict(status), "priority": {"id": 1, "name": "Low"}, "author": {"id": 5, "name": "ann ann"},
                 "subject": "the consumers die", "description": None, "start_date": DAY[:10], "due_date": None,
                 "done_ratio": 0, "is_private": False, "estimated_hours": None, "total_estimated_hours": None,
                 "created_on": DAY, "updated_on": DAY, "closed_on": issue.get("closed_on")}
        if self.before_5:
            del shown["status"]["is_closed"]
        elif "allowed_statuses" in more:
            shown["allowed_statuses"] = self.redmine_allowed(issue)
        return shown

    def github(self, method, issue, more, body):
        if method == "POST" and more == "/comments":
            issue["comments"].append(body["body"])
            return 201, {"id": 1}
        if method == "PATCH" and self.one_way:
            return 403, {"message": "Must have admin rights to Repository.", "documentation_url": GITHUB_MANUAL,
                         "status": "403"}
        if method == "PATCH":
            issue["open"] = body["state"] == "open"
        return 200, {"number": 1, "title": "x", "state": "open" if issue["open"] else "closed"}

    def gitlab(self, method, issue, more, body):
        if method == "POST" and more == "/notes":
            issue["comments"].append(body["body"])
            return 201, {"id": 1}
        if method == "PUT" and self.one_way:
            return 403, {"message": "403 Forbidden"}
        if method == "PUT":
            issue["open"] |= body["state_event"] == "reopen"
        return 200, {"iid": 1, "state": "opened" if issue["open"] else "closed"}

    def jira(self, method, issue, more, body):
        key = "new" if issue["open"] else "done"
        if more == "/comment":
            issue["comments"].append(body["body"])
            return 201, {"id": "1"}
        if more == "/transitions" and method == "POST":
            issue["open"] |= body["transition"]["id"] == "11"
            return 204, None
        if more == "/transitions":
            back = [] if self.one_way else [{"id": "11", "to": {"statusCategory": {"key": "indeterminate"}}}]
            return 200, {"transitions": [{"id": "31", "to": {"statusCategory": {"key": "done"}}}, *back]}
        return 200, {"key": "OPS-1", "fields": {"status": {"name": "x", "statusCategory": {"key": key}}}}
