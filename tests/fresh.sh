#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fresh.sh COMMAND...: run a command in a fresh clone on a fresh Debian 12 (debootstrap: git, make, gcc and
# nothing else), under an overlay, so that a second run is as fresh as the first. Needs root. It shows the install
# steps that a used machine hides.
#
#   tests/fresh.sh make test
#   tests/fresh.sh tests/demo.sh          # make run, and the demonstration of its welcome
#   tests/fresh.sh tests/deb.sh           # make deb, and the packages installed and removed
#
# FRESH_DIR keeps the base tree (default /var/tmp/watchbill-fresh).
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
dir=${FRESH_DIR:-/var/tmp/watchbill-fresh}
mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null)

command -v debootstrap >/dev/null || "$top/make/install-packages" debootstrap
mkdir -p "$dir"
if [ ! -e "$dir/base/etc/debian_version" ]; then
    rm -rf "$dir/base"
    debootstrap --variant=minbase --include=git,make,gcc,libc6-dev,ca-certificates bookworm "$dir/base" "$mirror"
fi

work=$(mktemp -d "$dir/run.XXXXXX")
mount -t tmpfs -o size=8g tmpfs "$work"
mkdir -p "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=$dir/base,upperdir=$work/upper,workdir=$work/work" "$work/root"
finish() {
    umount -l "$work/root/dev" "$work/root/sys" 2>/dev/null || true
    umount -l "$work/root" "$work" 2>/dev/null || true
    rmdir "$work" 2>/dev/null || true
}
trap finish EXIT
for tree in dev sys; do
    mount --rbind "/$tree" "$work/root/$tree"
    mount --make-rslave "$work/root/$tree"
done
# The package mirror's settings of this machine: a proxy, a pinned date.
cp -r /etc/apt/apt.conf.d/. "$work/root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp -L /etc/resolv.conf /etc/hosts "$work/root/etc/" 2>/dev/null || true
git clone -q --no-hardlinks "$top" "$work/root/root/watchbill"
[ ! -d "$top/../shared" ] || cp -r "$top/../shared" "$work/root/root/shared"

# A process namespace of its own: whatever the command leaves behind ends with it.
unshare --pid --fork --kill-child --mount chroot "$work/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    sh -c 'mount -t proc proc /proc; cd /root/watchbill; exec "$@"' sh "$@"
