# SPDX-License-Identifier: GPL-3.0-or-later
# Where Debian users look. The programs are under lib/watchbill; the checks are linked among the Nagios plugins, where
# a plugin of another package that has the name of ours stays.

PRIVATE := $(DESTDIR)$(PREFIX)/lib/watchbill
PLUGINS := $(DESTDIR)$(PREFIX)/lib/nagios/plugins
EXAMPLES := $(DESTDIR)$(PREFIX)/share/doc/watchbill/examples
SYSCONFDIR ?= /etc
UNITDIR ?= /lib/systemd/system
DOCUMENTED := $(CHECKS:%=$(BUILD)/checks/%) $(COLLECTS:%=$(BUILD)/collectors/%) \
  $(REMEDIATIONS:%=$(BUILD)/remediations/%) $(BUILD)/bin/watchbill $(BUILD)/bin/watchbilld

# bash-completion finds a program's file by the program's name: one file, and a link for each.
COMPLETION := $(BUILD)/generated/completion/watchbill
COMPLETIONS := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
all: $(COMPLETION)
$(COMPLETION): make/completion.py make/completion.bash $(DOCUMENTED)
	@mkdir -p $(@D)
	@/usr/bin/python3 make/completion.py $@ $(DOCUMENTED)

.PHONY: generated
generated: all ## make the manual pages from the programs' own tables
	@/usr/bin/python3 make/man.py $(BUILD)/man/man1 $(DOCUMENTED)
	@/usr/bin/python3 make/man_config.py $(BUILD)/man/man5 $(BUILD)/bin/watchbill

.PHONY: install uninstall
install: generated ## install below DESTDIR and PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(EXAMPLES)/services \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 \
	  $(PRIVATE)/libexec $(PRIVATE)/checks $(PRIVATE)/collectors $(PRIVATE)/channels $(PRIVATE)/remediations \
	  $(DESTDIR)$(SYSCONFDIR)/watchbill/services $(DESTDIR)$(UNITDIR) $(COMPLETIONS)
	install -m 755 $(BIN:%=$(BUILD)/bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(LIBEXEC:%=$(BUILD)/libexec/%) $(PRIVATE)/libexec
	install -m 755 $(CHECKS:%=$(BUILD)/checks/%) $(PRIVATE)/checks
	install -m 755 $(COLLECTS:%=$(BUILD)/collectors/%) $(PRIVATE)/collectors
	install -m 755 $(CHANNELS:%=$(BUILD)/channels/%) $(PRIVATE)/channels
	install -m 755 $(REMEDIATIONS:%=$(BUILD)/remediations/%) $(PRIVATE)/remediations
	install -m 644 $(BUILD)/man/man1/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(BUILD)/man/man5/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 $(COMPLETION) $(COMPLETIONS)
	for p in $(filter-out watchbill,$(notdir $(DOCUMENTED))); do ln -sfn watchbill $(COMPLETIONS)/$$p; done
	install -m 644 $(wildcard conf/*.yaml) $(EXAMPLES)
	install -m 644 conf/services/*.yaml $(EXAMPLES)/services
	for f in $$(cd conf/examples && find * -type f); do install -D -m 644 conf/examples/$$f $(EXAMPLES)/$$f; done
	sed 's|@PREFIX@|$(PREFIX)|g' make/watchbill.service.in > $(DESTDIR)$(UNITDIR)/watchbill.service

# What another package has put there stays.
.PHONY: install-plugins
install: install-plugins
install-plugins:
	install -d $(PLUGINS)
	@for c in $(CHECKS); do to=$(PLUGINS)/$$c; ours=../../watchbill/checks/$$c; \
	  if [ -e $$to ] && [ "$$(readlink $$to)" != $$ours ]; then \
	    echo "$$to is another's and stays; ours is $(PREFIX)/lib/watchbill/checks/$$c"; \
	  else ln -sfn $$ours $$to; fi; done

uninstall: ## remove what install put there; the configuration stays
	rm -f $(BIN:%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(UNITDIR)/watchbill.service
	for c in $(CHECKS); do \
	  [ "$$(readlink $(PLUGINS)/$$c)" != ../../watchbill/checks/$$c ] || rm -f $(PLUGINS)/$$c; done
	for p in $(notdir $(DOCUMENTED)); do \
	  rm -f $(DESTDIR)$(PREFIX)/share/man/man1/$$p.1 $(COMPLETIONS)/$$p; done
	rm -f $(DESTDIR)$(PREFIX)/share/man/man5/watchbill.yaml.5
	rm -rf $(PRIVATE) $(DESTDIR)$(PREFIX)/share/doc/watchbill
