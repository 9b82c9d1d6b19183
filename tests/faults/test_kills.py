# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of scheduler, helper and program, 200 each: no run twice, none missing from the ledger, none left running."""
import unittest

from tests.support import kills


class Kills(kills.Kills):
    rounds = 200


if __name__ == "__main__":
    unittest.main()
