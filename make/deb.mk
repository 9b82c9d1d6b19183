# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages of what `make install` puts into /usr: watchbill-plugins, which an existing Nagios or Munin needs and
# which depends on libc alone, and watchbill, the scheduler with its channels and remediations.

PACKAGES_deb := dpkg-dev binutils

.PHONY: deb
deb: ## package it: build/deb/watchbill-plugins_*.deb and build/deb/watchbill_*.deb
	$(call packages,build deb)
	@$(MAKE) --no-print-directory -j2 PREFIX=/usr all
	@rm -rf $(BUILD)/deb
	@$(MAKE) --no-print-directory -s PREFIX=/usr DESTDIR=$(BUILD)/deb/tree install
	@make/deb/pack $(BUILD)/deb $(shell cat VERSION)
