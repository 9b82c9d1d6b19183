# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Redmine, Debian's: a copy of its program with a configuration and a database of its own, so that nothing of
/etc and /var/lib is touched, behind puma on loopback. Its issues are in a private project; `keys` are the API keys of
"ann" and "bot", who may do all with them, of "dev", whose workflow has no way back from a close, of "clerk", from whom
a reopening demands the day it is due, and of "stranger", who may not see them."""
import http.client
import json
import os
import pathlib
import shutil

from tests.support import free_port, run, wait_until

SHARE = pathlib.Path("/usr/share/redmine")
PARTS = ("app", "config", "db", "lib", "public", "Gemfile", "Gemfile.lock", "config.ru")
DATABASE = "production: {{adapter: sqlite3, database: {root}/redmine.db, timeout: 20000}}\n"


class Redmine:
    def __init__(self, place):
        self.place, self.root, self.port = place, place.path / "redmine", free_port()
        self.process = None
        # SCHEMA: what the migrations come to is not written down.
        self.env = {**os.environ, "RAILS_ENV": "production", "REDMINE_INSTANCE": "test", "REDMINE_LANG": "en",
                    "SCHEMA": "/dev/null", "VERBOSE": "false", "LC_ALL": "C.UTF-8", "HOME": str(self.root)}
        self.root.mkdir()
        for name in PARTS:
            copy = shutil.copytree if (SHARE / name).is_dir() else shutil.copy
            copy(SHARE / name, self.root / name)
        (self.root / "config/database.yml").unlink()  # the link to /etc
        own = self.root / "instances/test"
        for folder in ("config", "log", "tmp", "files"):
            (own / folder).mkdir(parents=True)
        (own / "config/database.yml").write_text(DATABASE.format(root=self.root))
        (own / "config/secret_key.txt").write_text("0123456789abcdef" * 4 + "\n")
        self.keys = self.make()

    def make(self):
        rake = pathlib.Path(__file__).with_suffix(".rake")
        done = run(["/usr/bin/rake", "--quiet", "--rakefile", rake, "watchbill"], 180, cwd=self.root, env=self.env)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = self.place.start(
            ["/usr/bin/puma", "--config", "-", "--environment", "production", "--threads", "1:2",
             "--bind", f"tcp://127.0.0.1:{self.port}", "config.ru"], "puma", env=self.env, cwd=self.root)
        wait_until(self.answers, 120, "the first answer of Redmine")
        return self

    def stop(self):
        self.place.stop(self.process)

    def answers(self):
        assert self.process.poll() is None, self.place.log("puma")
        try:
            return self.ask("GET", "/issue_statuses.json", "bot")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, user=None, body=None, key=None, port=None):
        """(status, headers, bytes); ${body}: bytes, or what becomes JSON; ${port}: of what speaks the same."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        if user or key:
            headers["X-Redmine-API-Key"] = key or self.keys[user]
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def open_issue(self):
        """The number of a new one."""
        issue = {"project_id": "shop", "subject": "the consumers die"}
        status, _, body = self.ask("POST", "/issues.json", "ann", {"issue": issue})
        assert status == 201, (status, body)
        return json.loads(body)["issue"]["id"]

    def change(self, number, user="ann", **change):
        """As a person does it."""
        status, _, body = self.ask("PUT", f"/issues/{number}.json", user, {"issue": change})
        assert status == 204, (status, body)

    def issue(self, number):
        status, _, body = self.ask("GET", f"/issues/{number}.json?include=journals", "ann")
        assert status == 200, body
        return json.loads(body)["issue"]

    def notes(self, number, user="bot"):
        """What ${user} has written."""
        return [entry["notes"] for entry in self.issue(number)["journals"]
                if entry["user"]["name"] == f"{user} {user}" and entry["notes"]]
