# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail server is away, hangs, drops or is slow: alerts come later, not never, each in its order; the scheduler keeps
its rhythm, and people who are told in another way are told at once."""
import asyncio
import unittest

from tests.support import Place, smtpd, wait_until
from tests.support import faults
from tests.support.daemon import Watch

USERS = """users:
  ann: {{contacts: {{alert: [{{mail: ann@example.org}}]}}}}
  ben: {{contacts: {{alert: [{{command: [{script}]}}]}}}}
groups:
  anns: {{rota: [{{window: always, users: [ann]}}]}}
  bens: {{rota: [{{window: always, users: [ben]}}]}}
"""

SERVICE = """
service: s
hosts: {h: {}}
checks:
  __base__: {every: 1s, attempts: 1}
  load: {command: [check_load, --per-cpu]}
  job: {alert: {groups: [anns, bens]}}
"""

LATE = 1.0  # seconds; on two busy processors


class Slow(smtpd.Server):
    """Every answer takes its time."""

    async def handle_MAIL(self, server, session, envelope, address, options):
        await asyncio.sleep(2)
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(self, server, session, envelope, address, options):
        await asyncio.sleep(2)
        return await super().handle_RCPT(server, session, envelope, address, options)


class Away(unittest.TestCase):
    def setUp(self):
        self.place = Place("away")
        self.addCleanup(self.place.close)
        self.addCleanup(faults.end_left_behind, self.place)

    def begin(self, mode, kind=smtpd.Server):
        """A problem and its end while the server is in that mode; ben has heard of both at once."""
        self.smtp = kind(self.place, tls=False).start()
        self.addCleanup(lambda: self.smtp.stop())
        if mode == "away":
            self.smtp.stop()
        else:
            self.smtp.mode = mode
        self.watch = Watch(self.place, f'mail: {{from: w@example.org, server: "smtp://127.0.0.1:{self.smtp.port}", '
                           'tls: none}')
        told = self.place.path / "told"
        script = self.place.write("tell", f"#!/bin/sh\necho $NAGIOS_NOTIFICATIONTYPE >> {told}\n", 0o755)
        self.watch.write("users.yaml", USERS.format(script=script))
        self.watch.write("services/s.yaml", SERVICE)
        self.watch.start()
        for code, kinds in ((0, []), (2, ["PROBLEM"]), (0, ["PROBLEM", "RECOVERY"])):
            self.assertEqual(self.watch.command("submit", "h/job", str(code), "said so").returncode, 0)
            wait_until(lambda k=kinds: (told.read_text().split() if told.exists() else []) == k, 10, "ben being told")

    def comes_in_order(self, seconds):
        mails = wait_until(lambda: len(m := self.smtp.messages()) >= 2 and m, seconds, "both mails")
        ids = list(dict.fromkeys(m["id"] for m in mails))
        self.assertEqual(len(ids), 2)
        self.assertIn("problem", ids[0])
        self.assertIn("recovery", ids[1])
        wait_until(lambda: faults.metric(self.watch, "alerts_waiting") == 0, what="an empty outbox")
        faults.wait_health(self.watch, "ok")
        self.assertLess(faults.metric(self.watch, "schedule_lateness_max_seconds"), LATE)

    def fails_first(self):
        wait_until(lambda: "waits, attempt 1" in self.watch.log(), 70, "the first attempt")
        # What ben got has been written, but its channel may still be on its way out.
        wait_until(lambda: faults.metric(self.watch, "alerts_waiting") == 2, what="the two mails alone")
        self.assertEqual(faults.wait_health(self.watch, "degraded")[0], 200)
        self.assertEqual(self.smtp.messages(), [])

    def test_nobody_listens(self):
        self.begin("away")
        self.fails_first()
        self.smtp.start()
        self.comes_in_order(30)

    def test_the_greeting_never_comes(self):
        self.begin("hang")
        self.fails_first()
        self.smtp.mode = "ok"
        self.comes_in_order(30)

    def test_what_was_taken_is_dropped(self):
        self.begin("drop")
        self.fails_first()
        self.smtp.mode = "ok"
        self.smtp._messages.clear()
        self.comes_in_order(30)

    def test_every_answer_takes_two_seconds(self):
        self.begin("ok", Slow)
        self.comes_in_order(40)

    def test_the_server_is_another_one_now(self):
        """What waits goes to the server that the configuration names when it is sent."""
        self.begin("away")
        self.fails_first()
        other = smtpd.start(self.place, tls=False)
        self.addCleanup(other.stop)
        site = self.watch.conf / "watchbill.yaml"
        site.write_text(site.read_text().replace(str(self.smtp.port), str(other.port)))
        self.smtp = other
        self.comes_in_order(60)


if __name__ == "__main__":
    unittest.main()
