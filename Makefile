# SPDX-License-Identifier: GPL-3.0-or-later
# watchbill: every file is found by its folder; a new check, collector, remediation, channel, command or test
# needs no line here.

MODE ?= release
BUILD ?= $(if $(filter release,$(MODE)),build,build/$(MODE))
PREFIX ?= /usr/local
VERSION := $(shell cat VERSION)

CC ?= gcc
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
  -Wmissing-prototypes -Wformat=2 -Wvla -Wwrite-strings -Wcast-qual -Wundef -Wswitch-enum -Wnull-dereference
ERRORS ?= -Werror
OPTIMISE_release = -O2 -D_FORTIFY_SOURCE=3
OPTIMISE_debug = -Og
OPTIMISE_sanitize = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMISE_coverage = -O0 --coverage
CPPFLAGS += -I. -I$(BUILD)/generated -D_GNU_SOURCE -DWATCHBILL_VERSION='"$(VERSION)"' \
  -include lib/banned.h
CFLAGS += -std=gnu17 -g $(OPTIMISE_$(MODE)) $(WARNINGS) $(ERRORS) -fstack-protector-strong -fPIE -fno-math-errno
LDFLAGS += -pie -Wl,-z,relro,-z,now,--as-needed $(filter -fsanitize% --coverage,$(OPTIMISE_$(MODE)))

include make/files.mk
include make/packages.mk
include make/run.mk
include make/test.mk
include make/faults.mk
include make/install.mk
include make/munin.mk
include make/nagios.mk
include make/deb.mk
