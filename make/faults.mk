# SPDX-License-Identifier: GPL-3.0-or-later
# What fails around the scheduler, and what it does then: FAULTS.md. It takes minutes, so `make test` leaves it out.

PACKAGES_faults := faketime util-linux mount

.PHONY: faults
faults: ## full disks, dead servers, hung plugins, kill -9, steps of the clock (some minutes)
	$(call packages,build run test faults)
	@$(MAKE) --no-print-directory -j2 all
	@BUILD=$(BUILD) TEST_LIMIT=600 /usr/bin/python3 tests/run.py --folder faults $(TESTS)
