# SPDX-License-Identifier: GPL-3.0-or-later
"""A spool on a small file system of its own: nobody takes from it, it fills to the last byte, and its writer stands still.
A check that asks df finds it; the scheduler has it cleaned, and the writer goes on."""
import datetime
import pathlib
import unittest

from tests.support import Place, wait_until
from tests.support import faults
from tests.support.daemon import Watch

# Jobs appear whole, one after the other; what does not fit is tried again until it does, as mail is by its queue.
WRITER = """import errno, itertools, pathlib, sys, threading
spool, log = pathlib.Path(sys.argv[1]), open(sys.argv[2], "a", buffering=1)
pause, size, full = threading.Event(), 16384, False
for number in itertools.count(1):
    while True:
        try:
            with open(spool / ".new", "wb", buffering=0) as job:
                if job.write(b"x" * size) < size:
                    raise OSError(errno.ENOSPC, "short")
            (spool / ".new").rename(spool / f"job{number:06}")
            break
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            if not full:
                log.write("full\\n")
            full, size = True, 512
        pause.wait(0.02)
    log.write(f"{number}\\n")
    pause.wait(0.02)
"""

# Not check_disk of monitoring-plugins: it finds no file system where /etc/mtab is missing, as on a minimal Debian.
CHECK = """#!/bin/sh
used=$(df --output=pcent "$1" | tr -dc 0-9)
[ "$used" -lt 90 ] && echo "DISK OK - $used % | used=$used%;80;90" && exit 0
echo "DISK CRITICAL - $used % | used=$used%;80;90" && exit 2
"""

USERS = """users:
  ann: {contacts: {notify: [{mail: ann@example.org}], alert: [{mail: ann@example.org}]}}
groups:
  anns: {rota: [{window: always, users: [ann]}]}
"""

SERVICE = """service: mail
hosts: {{mx: {{}}}}
checks:
  space:
    command: ["{check}", "{spool}"]
    every: 1s
    retry: 1s
    attempts: 2
    alert: {{groups: [anns], warning: none}}
    remediate: [clean]
"""

REMEDIATIONS = """remediations:
  clean:
    issue: OPS-3
    owner: ann
    tagged: {today}
    ttl: 30d
    diagnosed: false
    cause: in_house
    command: [clean_spool, --directory, "{spool}", --pattern, "job*"]
    on: {{state: [CRITICAL], type: hard, after: 2s}}
    verify: {{within: 20s}}
trackers:
  OPS: {{type: file, path: issues.yaml}}
"""


class Spool(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        faults.private_mounts()

    def setUp(self):
        self.place = Place("spool")
        self.addCleanup(self.place.close)
        self.disk = faults.Disk(self.place.path / "spool", "1m")
        self.addCleanup(self.disk.close)
        self.written = self.place.path / "written"
        self.watch = Watch(self.place)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.watch.write("issues.yaml", "OPS-3: {title: nobody takes the mail, state: open}\n")
        self.watch.write("users.yaml", USERS)
        self.watch.write("services/mail.yaml", SERVICE.format(check=self.place.write("check_df", CHECK, 0o755), spool=self.disk.path))
        self.watch.write("remediations.yaml", REMEDIATIONS.format(today=today, spool=self.disk.path))

    def lines(self, event):
        return [line for line in self.watch.ledger() if line["event"] == event]

    def jobs(self):
        return self.written.read_text().split() if self.written.exists() else []

    def mails(self):
        return [mail["subject"].split(":")[0] for mail in self.watch.mails()]

    def test_it_is_cleaned_and_its_writer_goes_on(self):
        self.watch.start()
        self.watch.wait_state("mx/space", "OK")
        self.place.start(["/usr/bin/python3", "-c", WRITER, self.disk.path, self.written], "writer")
        row = self.watch.wait_state("mx/space", "CRITICAL")
        self.assertIn("DISK CRITICAL", row["text"])
        wait_until(lambda: "full" in self.jobs(), what="the last byte")
        stood = len(self.jobs())
        verdict = wait_until(lambda: self.lines("verdict"), what="the verdict")[0]
        self.assertEqual((verdict["verdict"], verdict["paged"]), ("fixed", True))
        self.watch.wait_state("mx/space", "OK")
        wait_until(lambda: len(self.jobs()) > stood + 20, what="the writer going on")
        begin, end = self.lines("begin"), self.lines("end")
        self.assertEqual((len(begin), len(end), end[0]["outcome"]), (1, 1, "fixed"))
        self.assertGreater(begin[0]["at"], row["since"])  # it had been given time
        self.assertRegex(end[0]["text"], r"deleted \d+ files, [\d ]+ bytes")
        disk = (pathlib.Path(begin[0]["bundle"]) / "disk").read_text()
        self.assertRegex(disk, rf"(?m)^ *100 +1 +0 .* tmpfs +none on {self.disk.path}$")
        wait_until(lambda: "RECOVERY" in self.mails(), what="the recovery")
        self.assertEqual(self.mails(), ["PROBLEM", "RECOVERY"])
        row = self.watch.ask("remediations", "--issue", "OPS-3")[0]
        self.assertEqual((row["runs"], row["fixed"]), (1, 1))


if __name__ == "__main__":
    unittest.main()
