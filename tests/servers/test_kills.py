# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 around remediations, in little: `make faults` does it ten times as often."""
import unittest

from tests.support import kills


class Kills(kills.Kills):
    rounds = 20


if __name__ == "__main__":
    unittest.main()
