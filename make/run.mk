# SPDX-License-Identifier: GPL-3.0-or-later
# A recursive call builds after the packages are there: a first run finds its headers.

.PHONY: run
run: deps-run ## install what is missing, build, and run the scheduler in the foreground on conf/
	@$(MAKE) --no-print-directory -j2 all
	@mkdir -p var/queue
	@exec $(BUILD)/bin/watchbilld --conf conf --welcome conf/welcome.txt

.PHONY: help
help: ## print this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' Makefile make/*.mk | sort | \
	  while IFS="$$(printf '\t')" read -r name text; do printf 'make %-12s %s\n' "$$name" "$$text"; done

.PHONY: clean
clean: ## remove build/
	rm -rf build compile_commands.json
