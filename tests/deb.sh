#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The packages of `make deb` as an operator meets them, for tests/fresh.sh: made, installed by apt, looked at, the plugins
# alone, the scheduler with its example, removed. It changes the machine that it runs on.
set -euo pipefail
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive
say() { printf '%3d s  %s\n' "$SECONDS" "$1"; }
fail() { say "FAILED: $1"; exit 1; }
apt=(apt-get install -y -qq -o Dpkg::Use-Pty=0)

make deb >/dev/null
say "made: $(cd build/deb && echo *.deb)"

"${apt[@]}" --no-install-recommends ./build/deb/watchbill-plugins_*.deb >/dev/null
/usr/lib/nagios/plugins/check_load -w 1000 | grep -q '^LOAD OK' || fail "check_load does not run from among the plugins"
[ -e /usr/share/munin/plugins/haproxy_sessions ] || fail "the Munin plugins are not where Munin looks"
say "the plugins run with $(dpkg-query -W -f '${Depends}' watchbill-plugins) alone"

"${apt[@]}" ./build/deb/watchbill_*.deb >/dev/null
getent passwd watchbill >/dev/null || fail "there is no user watchbill"
printf 'user: watchbill\nlisten: 127.0.0.1:0\nmail: {from: w@localhost, spool: /var/lib/watchbill/mail}\n' > /etc/watchbill/watchbill.yaml
printf 'service: machine\nhosts: {localhost: {}}\nchecks: {load: {command: [check_load], every: 1s}}\n' \
    > /etc/watchbill/services/machine.yaml
watchbill config check || fail "the configuration is refused"
watchbilld --conf /etc/watchbill 2>/tmp/watchbilld.log &
daemon=$!
end=$((SECONDS + 30))
until watchbill status 2>/dev/null | grep -q 'localhost/load OK'; do
    [ "$SECONDS" -lt "$end" ] || { cat /tmp/watchbilld.log; fail "no result came"; }
    read -rt 0.5 <> <(:) || true
done
[ "$(stat -c %U /proc/$daemon)" = watchbill ] || fail "the scheduler is still $(stat -c %U /proc/$daemon)"
say "the scheduler runs as watchbill: $(watchbill status localhost/load)"
kill "$daemon"
wait "$daemon" || fail "the scheduler ended with $?"

"${apt[@]}" monitoring-plugins-basic >/dev/null 2>&1
dpkg -S /usr/lib/nagios/plugins/check_load | grep -q monitoring-plugins-basic || fail "another package cannot bring its check_load"
apt-get remove -y -qq watchbill watchbill-plugins >/dev/null
[ -e /usr/lib/nagios/plugins/check_load ] || fail "the other package's check_load is gone"
if [ -L /usr/lib/nagios/plugins/check_haproxy ]; then fail "a link is left"; fi
[ -e /etc/watchbill/watchbill.yaml ] || fail "the configuration is gone"
say "removed; the configuration and what is another's stay"
