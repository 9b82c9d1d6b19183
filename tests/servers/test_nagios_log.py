# SPDX-License-Identifier: GPL-3.0-or-later
"""collect_nagios_log on the log that a real Nagios writes."""
import json
import unittest

from tests.support import BUILD, run, wait_until
from tests.support.nagios import BASE, MISSING, Nagios, host, service


@unittest.skipIf(MISSING, MISSING)
class RealNagios(unittest.TestCase):
    def test_alerts_of_a_service_that_fails(self):
        nagios = Nagios()
        self.addCleanup(nagios.close)
        nagios.write("conf/site.cfg", BASE + "define command {\n command_name fails\n command_line /bin/false\n}\n" +
                     "define command {\n command_name works\n command_line /bin/true\n}\n" +
                     host("web1", check_command="works") + service("web1", "Front page", "fails"))
        nagios.begin()

        def collect():
            done = run([BUILD / "collectors/collect_nagios_log", "-f", nagios.path / "nagios.log", "--state-file",
                        nagios.path / "state"])
            return {(m["name"], m["instance"]): m["value"] for m in json.loads(done.stdout)["metrics"]}

        wait_until(lambda: "HARD;2" in (nagios.path / "nagios.log").read_text(), what="a hard alert")
        values = collect()
        self.assertEqual(values["alerts", "web1/Front page/WARNING"], 1)
        self.assertEqual((values["all_alerts", None], values["hard_alerts", None]), (1, 1))
        self.assertEqual(collect()["all_alerts", None], 1)


if __name__ == "__main__":
    unittest.main()
