# SPDX-License-Identifier: GPL-3.0-or-later
# What is built from what. The folder of a file says what it becomes.

sources = $(wildcard $(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
names = $(notdir $(basename $(1)))

CHECKS := $(filter-out main,$(call names,$(call sources,checks)))
COLLECTS := $(filter collect_%,$(call names,$(call sources,collectors)))
REMEDIATIONS := $(filter-out main,$(call names,$(call sources,remediations)))
# A check or a channel that outgrows its file has parts, in the folder of its name.
check_parts = $(call objects,$(call sources,checks/$(1:check_%=%)))
CHANNELS := $(call names,$(call sources,channels))
BIN := watchbilld watchbill watchbill-worker
LIBEXEC := watchbill-runner watchbill-series watchbill-helper
UNIT_TESTS := $(call names,$(wildcard tests/unit/test_*.c))

LIB_lib := $(BUILD)/lib/lib.a
LIB_collectors := $(BUILD)/lib/collectors.a
LIB_tools := $(BUILD)/lib/tools.a
LIB_core := $(BUILD)/lib/core.a
LIB_io := $(BUILD)/lib/io.a
LIB_web := $(BUILD)/lib/web.a
LIB_engine := $(BUILD)/lib/engine.a
LIB_command := $(BUILD)/lib/command.a

PROGRAMS := $(CHECKS:%=$(BUILD)/checks/%) $(COLLECTS:%=$(BUILD)/collectors/%) \
  $(REMEDIATIONS:%=$(BUILD)/remediations/%) $(CHANNELS:%=$(BUILD)/channels/%) \
  $(BIN:%=$(BUILD)/bin/%) $(LIBEXEC:%=$(BUILD)/libexec/%)

# One short line for each step; V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1) $(patsubst $(BUILD)/%,%,$@)')

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAMS) ## build everything under build/

$(BUILD)/obj/%.o: %.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# A macro of its library's header names a function that lib/banned.h bans: that header is read ahead of it.
$(BUILD)/obj/collectors/mysql_link.o $(BUILD)/tidy/collectors/mysql_link.c.done: \
  private CPPFLAGS := -include mariadb/mysql.h $(CPPFLAGS)

# Other flags rebuild everything.
.PHONY: always
$(BUILD)/obj/flags: always
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@

# Another PREFIX rebuilds these alone.
PREFIXED := scheduler/io/config_site tests/unit/test_model
$(PREFIXED:%=$(BUILD)/obj/%.o) $(PREFIXED:%=$(BUILD)/tidy/%.c.done): \
  private CPPFLAGS += -DWATCHBILL_PREFIX='"$(PREFIX)"'
$(PREFIXED:%=$(BUILD)/obj/%.o): $(BUILD)/obj/prefix
$(BUILD)/obj/prefix: always
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' > $@

define archive
$(2): $$(call objects,$$(call sources,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$^
endef
$(eval $(call archive,lib,$(LIB_lib)))
$(eval $(call archive,remediations/tools,$(LIB_tools)))
$(eval $(call archive,scheduler/core,$(LIB_core)))
$(eval $(call archive,scheduler/io,$(LIB_io)))
$(eval $(call archive,scheduler/web,$(LIB_web)))
$(eval $(call archive,scheduler/engine,$(LIB_engine)))
$(eval $(call archive,scheduler/command,$(LIB_command)))

$(LIB_collectors): $(call objects,$(filter-out collectors/collect_%,$(call sources,collectors)))
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# --as-needed drops what a program does not use, so one list serves all.
LIBS_common = -ljansson -lm -lpthread -ldl
# A check lives for a millisecond, and loading libjansson would take a twentieth of it.
JANSSON_static := $(filter /%,$(shell $(CC) -print-file-name=libjansson.a))
LIBS_table = $(subst -ljansson,$(or $(JANSSON_static),-ljansson),$(LIBS_common))
LIBS_scheduler = -lcrypto -luv -lyaml -lsqlite3 -lmicrohttpd -lgnutls $(LIBS_common)

define link
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(1)
endef

# A check, a collector or a remediation is a table named like its file; its main is made from its name.
define program_of_table
$(BUILD)/$(1)/$(2): $(BUILD)/obj/$(1)/$(2).o $(BUILD)/obj/$(1)/$(2)-main.o $(5) $(LIB_collectors) $(LIB_lib)
	$$(call link,$(LIBS_table) $(4))
$(BUILD)/obj/$(1)/$(2)-main.o: $(3) $(BUILD)/obj/flags
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(CFLAGS) -DTABLE=$(2) -MMD -MP -c $$< -o $$@
endef
$(foreach c,$(CHECKS),$(eval $(call program_of_table,checks,$(c),checks/main.c,,$(call check_parts,$(c)))))
$(foreach c,$(COLLECTS),$(eval $(call program_of_table,collectors,$(c),checks/main.c,,)))
$(foreach r,$(REMEDIATIONS),$(eval $(call program_of_table,remediations,$(r),remediations/main.c,-lcrypto,$(LIB_tools))))

define program_of_channel
$(BUILD)/channels/$(1): $(BUILD)/obj/channels/$(1).o $(call objects,$(call sources,channels/$(1))) $(LIB_collectors) $(LIB_lib)
	$$(call link,-lesmtp -lssl -lcrypto $(LIBS_common))
endef
$(foreach c,$(CHANNELS),$(eval $(call program_of_channel,$(c))))
# The dead-man signal has the target of a webhook.
$(BUILD)/channels/ping: $(call objects,$(call sources,channels/webhook))

# The list of checks that the worker holds is made from the folder.
$(BUILD)/generated/checks.c: $(CHECKS:%=checks/%.c) make/files.mk
	@mkdir -p $(@D)
	@{ echo '#include "scheduler/worker.h"'; \
	   $(foreach c,$(CHECKS),echo 'extern const struct check $(c);';) \
	   echo 'const struct check *const worker_checks[] = {'; \
	   $(foreach c,$(CHECKS),echo '    &$(c),';) echo '    0};'; } > $@
$(BUILD)/obj/generated/checks.o: $(BUILD)/generated/checks.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@
$(BUILD)/bin/watchbill-worker: $(BUILD)/obj/scheduler/worker.o $(BUILD)/obj/generated/checks.o \
  $(CHECKS:%=$(BUILD)/obj/checks/%.o) $(foreach c,$(CHECKS),$(call check_parts,$(c))) $(LIB_collectors) $(LIB_lib)
	$(call link,$(LIBS_common))

$(BUILD)/bin/watchbilld: $(BUILD)/obj/scheduler/watchbilld.o $(LIB_engine) $(LIB_web) $(LIB_io) $(LIB_core) $(LIB_lib)
	$(call link,$(LIBS_scheduler))
$(BUILD)/bin/watchbill: $(BUILD)/obj/scheduler/watchbill.o $(LIB_command) $(LIB_io) $(LIB_core) $(LIB_lib)
	$(call link,$(LIBS_scheduler))
$(BUILD)/libexec/watchbill-runner: $(BUILD)/obj/scheduler/runner.o $(LIB_lib)
	$(call link,$(LIBS_common))
$(BUILD)/libexec/watchbill-series: $(BUILD)/obj/scheduler/series.o $(call objects,$(call sources,scheduler/series)) $(LIB_lib)
	$(call link,-lrrd $(LIBS_common))
$(BUILD)/libexec/watchbill-helper: $(BUILD)/obj/scheduler/helper.o $(LIB_io) $(LIB_core) $(LIB_lib)
	$(call link,-lyaml $(LIBS_common))

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB_web) $(LIB_io) $(LIB_core) $(LIB_tools) $(LIB_collectors) $(LIB_lib)
	$(call link,-lcmocka $(LIBS_scheduler) -lcrypto)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
