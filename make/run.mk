# SPDX-License-Identifier: GPL-3.0-or-later
# A recursive call builds after the packages are there: a first run finds its headers.

.PHONY: run
run: deps-run ## install what is missing, build, and run the scheduler in the foreground on conf/
	@$(MAKE) --no-print-directory -j2 all
	@mkdir -p var/queue
	@umask 077; [ -s var/tokens ] || printf 'me %s\n' "$$(od -An -tx8 -N16 /dev/urandom | tr -d ' ')" > var/tokens
	@cat conf/welcome.txt
	@exec $(BUILD)/bin/watchbilld --conf conf

.PHONY: demo
demo: ## beside `make run`: break something, and tell step by step what comes of it
	@BUILD=$(BUILD) make/demo

# The demonstration's workaround is tagged with the day of the first build: its TTL is real and ends.
all: conf/remediations.yaml
conf/remediations.yaml: | conf/remediations.yaml.in
	@sed "s/@TODAY@/$$(date -u +%F)/" conf/remediations.yaml.in > $@

.PHONY: help
help: ## print this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' Makefile make/*.mk | sort | \
	  while IFS="$$(printf '\t')" read -r name text; do printf 'make %-12s %s\n' "$$name" "$$text"; done

.PHONY: clean
clean: ## remove build/
	rm -rf build compile_commands.json
