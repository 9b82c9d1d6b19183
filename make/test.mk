# SPDX-License-Identifier: GPL-3.0-or-later

UNIT_PROGRAMS := $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)

.PHONY: test check tests-built
tests-built: all $(UNIT_PROGRAMS)

test: deps-test ## install what the tests need, build, run every test
	@$(MAKE) --no-print-directory -j2 tests-built
	@BUILD=$(BUILD) /usr/bin/python3 tests/run.py $(TESTS)

check: tests-built ## run every test without installing anything
	@BUILD=$(BUILD) /usr/bin/python3 tests/run.py $(TESTS)

# The same tests with the address and undefined-behaviour sanitizers.
.PHONY: sanitize
sanitize: deps-sanitize ## run the tests under ASan and UBSan
	@$(MAKE) --no-print-directory MODE=sanitize -j2 tests-built
	@BUILD=build/sanitize ASAN_OPTIONS=abort_on_error=1:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  /usr/bin/python3 tests/run.py $(TESTS)

.PHONY: coverage
coverage: deps-coverage ## line and branch coverage of the tests
	@$(MAKE) --no-print-directory MODE=coverage -j2 tests-built
	-@BUILD=build/coverage /usr/bin/python3 tests/run.py $(TESTS)
	@gcovr --root . --exclude tests --txt build/coverage/report.txt --html-details build/coverage/report.html \
	  build/coverage && tail -n 3 build/coverage/report.txt

SOURCES := $(wildcard lib/*.c collectors/*.c checks/*.c checks/*/*.c remediations/*.c remediations/tools/*.c channels/*.c channels/*/*.c scheduler/*.c scheduler/*/*.c)
HEADERS := $(wildcard lib/*.h collectors/*.h checks/*/*.h remediations/tools/*.h channels/*/*.h scheduler/*.h scheduler/*/*.h)
TEST_SOURCES := $(wildcard tests/unit/*.[ch] tests/fuzz/*.c tests/bench/*.c)
SCRIPTS := .ci/run make/completion.bash make/demo $(wildcard make/deb/*) make/install-packages nagios/remediate \
  $(wildcard tests/*.sh tests/bench/*.sh)

# Only patterns lead to the objects of tests: make would remove them, and compile all again when a library changes.
.SECONDARY: $(call objects,$(filter %.c,$(TEST_SOURCES)))

.PHONY: lint lint-format lint-headers lint-layers lint-cppcheck lint-tidy lint-scripts
lint: deps-lint ## style and static analysis
	@$(MAKE) --no-print-directory -k -j2 lint-format lint-headers lint-layers lint-scripts lint-cppcheck lint-tidy
lint-format:
	@clang-format --dry-run -Werror $(SOURCES) $(HEADERS) $(TEST_SOURCES)
lint-headers: ## every header compiles alone
	@for h in $(HEADERS); do echo "#include \"$$h\"" | \
	  $(CC) $(CPPFLAGS) $(filter-out -g,$(CFLAGS)) -fsyntax-only -x c - || exit 1; done
lint-layers: ## includes go down the table of layers only; one door for each library
	@/usr/bin/python3 make/layers.py
lint-scripts:
	@shellcheck $(SCRIPTS)
lint-cppcheck:
	@cppcheck --quiet --error-exitcode=1 --enable=warning,portability,performance --inline-suppr \
	  --include=make/cppcheck.h \
	  --std=c11 -I. $(SOURCES)
TIDY := $(SOURCES:%=$(BUILD)/tidy/%.done)
lint-tidy: $(TIDY)
$(BUILD)/tidy/%.done: % .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet --warnings-as-errors='*' $< -- -std=gnu17 $(CPPFLAGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

FUZZERS := $(call names,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60
# What was captured of the real thing is where a target begins: the folder of its name, or the one given here.
SEEDS_fuzz_csv := haproxy
SEEDS_fuzz_stomp := activemq
SEEDS_fuzz_jsonpath := rabbitmq
SEEDS_fuzz_diskstats := proc
SEEDS_fuzz_loadavg := proc
SEEDS_fuzz_nginx := log
SEEDS_fuzz_maillog := log
SEEDS_fuzz_nagios_log := log
seeds = $(wildcard tests/fixtures/$(or $(SEEDS_$(1)),$(1:fuzz_%=%)))
.PHONY: fuzz
fuzz: deps-fuzz ## fuzz every parser of outside bytes for FUZZ_SECONDS each
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang ERRORS= WARNINGS= -j2 $(FUZZERS:%=build/fuzz/%)
	@for pair in $(foreach f,$(FUZZERS),$(f):$(call seeds,$(f))); do \
	  f=$${pair%%:*}; mkdir -p build/corpus/$$f; echo "$$f"; \
	  build/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 \
	    -artifact_prefix=build/corpus/$$f- build/corpus/$$f $${pair#*:} 2>build/fuzz/$$f.log || \
	    { tail -n 40 build/fuzz/$$f.log; exit 1; }; done
OPTIMISE_fuzz = -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
build/fuzz/fuzz_%: build/fuzz/obj/tests/fuzz/fuzz_%.o $(LIB_io) $(LIB_core) $(LIB_tools) $(LIB_collectors) $(LIB_lib)
	$(call link,-fsanitize=fuzzer $(LIBS_scheduler) -lcrypto)

BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB_io) $(LIB_core) $(LIB_collectors) $(LIB_lib)
	$(call link,$(LIBS_scheduler) -lcrypto)
.PHONY: bench
bench: deps-bench ## benchmarks, beside the floor and Nagios where their folder is at hand
	@$(MAKE) --no-print-directory -j2 all $(BENCHES)
	@BUILD=$(BUILD) tests/bench/run.sh
