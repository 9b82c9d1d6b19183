# SPDX-License-Identifier: GPL-3.0-or-later
# The Munin plugins: each row of munin/links whose program is built becomes a link to it.

MUNIN_PROGRAMS := $(patsubst $(BUILD)/%,%,$(filter $(BUILD)/checks/% $(BUILD)/collectors/%,$(PROGRAMS)))
# LINK=PROGRAM
MUNIN_ROWS := $(foreach r,$(shell awk '!/^#/ && NF { print $$1 "=" $$2 }' munin/links),\
  $(if $(filter $(MUNIN_PROGRAMS),$(lastword $(subst =, ,$(r)))),$(r)))
munin_link = $(firstword $(subst =, ,$(1)))
munin_program = $(lastword $(subst =, ,$(1)))
MUNIN_LINKS := $(foreach r,$(MUNIN_ROWS),$(call munin_link,$(r)))
# Munin looks for plugins nowhere else, whatever the PREFIX; munin-node-configure lists what stands there.
MUNIN_PLUGINS ?= /usr/share/munin/plugins
MUNIN_CONF := $(SYSCONFDIR)/munin/plugin-conf.d

SOURCES += munin/marker.c
all: $(MUNIN_LINKS:%=$(BUILD)/munin/%)

# Whoever asks for the library gets the table with it.
$(LIB_lib): $(BUILD)/obj/generated/munin_links.o
$(BUILD)/generated/munin_links.c: munin/links munin/links.awk
	@mkdir -p $(@D)
	@awk -f munin/links.awk munin/links > $@.new && mv $@.new $@
$(BUILD)/obj/generated/munin_links.o: $(BUILD)/generated/munin_links.c lib/munin.h $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/obj/munin/wildcard.o: munin/marker.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DWILDCARD -c $< -o $@

define munin_rule
$(BUILD)/munin/$(1): munin/links | $(BUILD)/$(2)
	@mkdir -p $$(@D)
	@ln -sfn ../$(2) $$@
$(BUILD)/$(2): $(BUILD)/obj/munin/$(if $(filter %_,$(1)),wildcard,marker).o
endef
$(foreach r,$(MUNIN_ROWS),$(eval $(call munin_rule,$(call munin_link,$(r)),$(call munin_program,$(r)))))

define install_munin_link
ln -sfnr $(PRIVATE)/$(2) $(DESTDIR)$(MUNIN_PLUGINS)/$(1)

endef

.PHONY: install-munin uninstall-munin
install: install-munin
install-munin: all
	install -d $(DESTDIR)$(MUNIN_PLUGINS) $(DESTDIR)$(MUNIN_CONF)
	$(foreach r,$(MUNIN_ROWS),$(call install_munin_link,$(call munin_link,$(r)),$(call munin_program,$(r))))
	[ -e $(DESTDIR)$(MUNIN_CONF)/watchbill ] || \
	  install -m 644 munin/plugin-conf.d/watchbill $(DESTDIR)$(MUNIN_CONF)/watchbill

uninstall: uninstall-munin
uninstall-munin:
	rm -f $(MUNIN_LINKS:%=$(DESTDIR)$(MUNIN_PLUGINS)/%)
