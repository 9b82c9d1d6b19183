# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages: what building needs, what `make run` needs besides, what the tests need besides.

PACKAGES_build := gcc libc6-dev make pkg-config libjansson-dev libuv1-dev libyaml-dev libsqlite3-dev librrd-dev \
  libcurl4-openssl-dev libssl-dev libesmtp-dev libmicrohttpd-dev libgnutls28-dev \
  libsnmp-dev libmariadb-dev libhiredis-dev librabbitmq-dev python3
PACKAGES_run := tzdata ca-certificates fonts-dejavu-core procps
PACKAGES_test := rrdcached monitoring-plugins-basic libcmocka-dev python3 python3-aiosmtpd haproxy nginx-light openssl nagios4-core rrdtool mandoc bash-completion munin-node munin \
  curl socat runit iproute2 activemq libxstream-java libjettison-java default-jre-headless snmpd snmp mariadb-server redis-server rabbitmq-server \
  redmine redmine-sqlite puma swift-proxy swift-account swift-container swift-object logrotate
PACKAGES_lint := clang clang-format clang-tidy cppcheck shellcheck
PACKAGES_sanitize := libasan8 libubsan1
PACKAGES_fuzz := clang libclang-rt-14-dev
PACKAGES_coverage := gcovr
PACKAGES_bench := strace valgrind python3 nagios4-core procps monitoring-plugins-basic monitoring-plugins-standard liburiparser1 \
  monitoring-plugins-contrib libwww-perl libmonitoring-plugin-perl nagios-plugins-rabbitmq binutils rabbitmq-server munin-plugins-extra nginx-light haproxy mariadb-server snmpd snmp

packages = @make/install-packages $(sort $(foreach s,$(1),$(PACKAGES_$(s))))

.PHONY: deps deps-run deps-test deps-lint deps-sanitize deps-fuzz deps-coverage deps-bench
deps: ## install the packages that building needs (sudo where not root)
	$(call packages,build)
deps-run:
	$(call packages,build run)
deps-test:
	$(call packages,build run test)
deps-lint:
	$(call packages,build test lint)
deps-sanitize:
	$(call packages,build run test sanitize)
deps-fuzz:
	$(call packages,build fuzz)
deps-coverage:
	$(call packages,build run test coverage)
deps-bench:
	$(call packages,build run bench)
