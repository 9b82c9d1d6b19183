# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds remediations back, met by a scheduler that asks the helper as often as it likes."""
import datetime
import unittest

from tests.checks.test_helper import REMEDIATION, SERVICE, Helper

WEB = SERVICE.replace("[clean, show, slow, dry, gone, open, other]", "[clean, other]")


def day(ago):
    return (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=ago)).isoformat()


class Bound(Helper):
    """Two remediations that clean a spool, with what each test adds."""

    def configure(self, ttl="30d", more=""):
        super().configure()
        self.bind(more, ttl=ttl)

    def bind(self, more="", tagged=None, ttl="30d", others="", service=WEB):
        self.place.write("conf/services/web.yaml", service)
        self.place.write("conf/remediations.yaml", "trackers: {OPS: {type: file, path: issues.yaml}}\n" + others +
                         "remediations:\n" + "".join(REMEDIATION.format(
                             name=name, today=tagged or day(0), ttl=ttl, more=more,
                             command=f'clean_spool, --directory, "{self.spool}"') for name in ("clean", "other")))

    def clean(self, run_id, name="clean", host="web01", **more):
        (self.spool / "file").write_text("x")
        return self.ask(name, subject=f"{host}/queue", run_id=run_id, **more)

    def fixed(self, run_id, *where, **more):
        reply = self.clean(run_id, *where, **more)
        self.assertEqual((reply["end"], reply["code"]), ("exited", 0), reply)

    def held(self, sentence, run_id, *where, **more):
        reply = self.clean(run_id, *where, **more)
        self.assertEqual((reply["end"], reply["code"]), ("exited", 3), reply)
        self.assertIn(sentence, reply["text"])
        self.assertTrue((self.spool / "file").exists())
        line = self.lines()[-1]
        self.assertEqual((line["event"], line["run"]), ("refused", run_id))
        return line

    def test_it_rests_whoever_asks(self):
        self.bind("limits: {cooldown: 1h, concurrency: 10}")
        self.fixed("r0")
        for number in range(1, 20):
            line = self.held("the last run on this target was within the cooldown of 1h", f"r{number}")
        self.assertEqual(line["limit"], "cooldown")
        self.fixed("s0", host="web02")
        self.fixed("s1", "other")
        self.assertEqual([line["event"] for line in self.lines()].count("begin"), 3)

    def test_no_more_than_its_maximum(self):
        self.bind("limits: {max: 2 per 1h, max_total: 3 per 90m30s}")
        self.fixed("a")
        self.fixed("b")
        self.held("2 runs on this target within 1h", "c")
        self.fixed("d", host="web02")
        line = self.held("3 runs on all targets within 1h30m", "e", host="web02")
        self.assertEqual(line["rearms"], self.lines()[0]["asked_ms"] // 1000 + 5431)

    def test_one_flood_of_requests_is_one_run(self):
        """All at once, each under another id: some are refused by their number, the others by the limit."""
        self.bind("limits: {max: 1 per 1h}")
        (self.spool / "file").write_text("x")
        for number in range(40):
            self.send("clean", run_id=f"f{number}")
        replies = [self.receive() for _ in range(40)]
        self.assertEqual([reply["code"] for reply in replies if reply["end"] == "exited"].count(0), 1)
        self.assertEqual([line["event"] for line in self.lines()].count("begin"), 1)

    def test_the_bounds_of_the_site_and_of_the_service(self):
        self.bind(others="limits: {max: 3 per 1h}\n")
        for number in range(3):
            self.fixed(f"r{number}", ("clean", "other")[number % 2], ("web01", "web02")[number % 2])
        self.held("3 runs of all remediations on the site within 1h", "r3", "other", "web02")
        self.bind(service=WEB + "limits: {max: 2 per 1h}\n")
        line = self.held("3 runs of all remediations on this service within 1h", "r4", "other", "web02")
        self.assertEqual((line["limit"], line["service"]), ("bounds", "web"))

    def test_no_life_after_the_ttl(self):
        self.bind(tagged=day(32))
        self.held("the TTL of issue", "late")
        self.held("the TTL of issue", "late-again", environment={"WATCHBILL_TTL": "90d"})
        self.assertEqual(self.clean("dry", dry_run=True)["code"], 3)

    def test_no_life_beyond_it_without_a_word(self):
        self.bind(tagged=day(20))
        self.fixed("a")
        self.bind(tagged=day(2))
        self.held(f'ran tagged "{day(20)}" and is tagged again "{day(2)}"', "b")
        self.bind("renewal: the vendor's fix slipped", tagged=day(2))
        self.fixed("c")
        self.assertEqual(self.lines()[-1]["renewal"], "the vendor's fix slipped")

    def test_a_rehearsal_stays_one(self):
        self.bind("mode: dry_run")
        reply = self.clean("d")
        self.assertEqual((reply["end"], reply["code"]), ("exited", 0), reply)
        self.assertTrue((self.spool / "file").exists())
        self.assertEqual([line["event"] for line in self.lines()], ["rehearsal"])


if __name__ == "__main__":
    unittest.main()
