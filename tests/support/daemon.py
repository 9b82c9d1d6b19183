# SPDX-License-Identifier: GPL-3.0-or-later
"""A scheduler of its own: a configuration directory, the process, and the command that talks to it."""
import email
import email.policy
import json
import signal

from tests.support import BUILD, run, wait_until

SITE = """state: ../var
listen: 127.0.0.1:0
timezone: UTC
plugins: [{build}/checks, {build}/collectors]
{mail}
rrd: {{step: {step}, archives: [{{every: {step}, keep: 2h}}]}}
"""


class Watch:
    """The configuration is written by the test; `start` starts the scheduler on it."""

    def __init__(self, place, mail="mail: {from: watchbill@example.org, spool: ../var/mail}", step="1s"):
        self.place = place
        self.conf = place.path / "conf"
        self.state = place.path / "var"
        self.process = None
        self.write("watchbill.yaml", SITE.format(build=BUILD, mail=mail, step=step))

    def write(self, name, text):
        return self.place.write(f"conf/{name}", text)

    def start(self, ready=True):
        before = len(self.log())
        self.process = self.place.start([BUILD / "bin/watchbilld", "--conf", self.conf], "watchbilld")
        if ready:
            wait_until(lambda: "the page is at" in self.log()[before:] or self.process.poll() is not None,
                       what="the start of the scheduler")
            assert self.process.poll() is None, self.log()
        return self

    def port(self):
        line = [part for part in self.log().splitlines() if "the page is at" in part][-1]
        return int(line.rsplit(":", 1)[1].strip("/"))

    def stop(self, number=signal.SIGTERM):
        return self.place.stop(self.process, number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.place.processes.remove(self.process)

    def log(self):
        return self.place.log("watchbilld")

    def command(self, *words, seconds=30):
        return run([BUILD / "bin/watchbill", "--conf", self.conf, *words], seconds=seconds)

    def ask(self, *words):
        done = self.command(*words, "--json")
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return json.loads(done.stdout)

    def status(self, subject):
        return self.ask("status", subject)["checks"][0]

    def wait_state(self, subject, state, kind="HARD", seconds=30):
        rows = []

        def reached():
            rows[:] = [self.status(subject)]
            return rows[0] if (rows[0]["state"], rows[0]["type"]) == (state, kind) else None
        try:
            return wait_until(reached, seconds, f"{subject} {state} {kind}")
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {rows[0]}") from None

    def mails(self):
        """The messages of the spool directory, oldest first."""
        folder = self.state / "mail"
        files = sorted(folder.iterdir(), key=lambda p: p.stat().st_mtime) if folder.exists() else []
        return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default)
                for p in files if p.is_file() and not p.name.startswith(".")]

    def ledger(self):
        path = self.state / "ledger.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
