# SPDX-License-Identifier: GPL-3.0-or-later
# What Nagios is given: a command definition for every check, made from what the check says to --describe, and the
# event handler that runs remediations.

NAGIOS_COMMANDS := $(BUILD)/nagios/watchbill-commands.cfg

.PHONY: nagios install-nagios
all: nagios
nagios: $(NAGIOS_COMMANDS) $(BUILD)/nagios/remediate

$(NAGIOS_COMMANDS): make/nagios.py $(CHECKS:%=$(BUILD)/checks/%)
	@mkdir -p $(@D)
	@/usr/bin/python3 make/nagios.py $@ $(PREFIX) $(CHECKS:%=$(BUILD)/checks/%)
$(BUILD)/nagios/remediate: nagios/remediate
	@mkdir -p $(@D)
	@install -m 755 $< $@

# Debian's Nagios reads every file of that folder.
install: install-nagios
install-nagios: nagios
	install -d $(DESTDIR)$(SYSCONFDIR)/nagios-plugins/config $(PRIVATE)/nagios
	sed 's|[$$]USER1[$$]|$(PREFIX)/lib/watchbill/checks|' $(NAGIOS_COMMANDS) \
	  > $(DESTDIR)$(SYSCONFDIR)/nagios-plugins/config/watchbill.cfg
	install -m 755 $(BUILD)/nagios/remediate $(PRIVATE)/nagios/remediate

uninstall: uninstall-nagios
.PHONY: uninstall-nagios
uninstall-nagios:
	rm -f $(DESTDIR)$(SYSCONFDIR)/nagios-plugins/config/watchbill.cfg
