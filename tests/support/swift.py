# SPDX-License-Identifier: GPL-3.0-or-later
"""A real OpenStack Swift on loopback, with the interface of S3 that it has: an implementation of AWS Signature Version 4
that is not ours. One replica, one device, users by tempauth; it needs user attributes of the file system."""
import os
import pwd
import subprocess

from tests.support import free_port, port_open, run, wait_until

KEY, SECRET, REGION = "test:tester", "testing", "eu-test-1"
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SWIFT = "[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n"
DEFAULT = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {etc}
devices = {devices}
mount_check = false
workers = 0
"""
STORE = "[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n"
PROXY = """[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{nobody}
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = {secret} .admin
"""


class Swift:
    """Started in ${place}; `url` is that of its S3."""

    def __init__(self, place):
        self.place = place
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.etc, self.devices = place.path / "etc", place.path / "devices"
        (self.devices / "d1").mkdir(parents=True)
        os.setxattr(self.devices / "d1", "user.test", b"1")
        place.write("etc/swift.conf", SWIFT)
        ports = [self.start(kind, free_port(), STORE.format(kind=kind)) for kind in ("account", "container", "object")]
        self.start("proxy", self.port, PROXY.format(nobody=free_port(), region=REGION, secret=SECRET))
        for port in (*ports, self.port):
            wait_until(lambda p=port: port_open(p), seconds=60, what=f"swift's port {port}")

    def start(self, kind, port, text):
        default = DEFAULT.format(port=port, etc=self.etc, devices=self.devices, user=pwd.getpwuid(os.geteuid()).pw_name)
        config = self.place.write(f"etc/{kind}.conf", default + text)
        for words in ((("create", "1", "1", "0"), ("add", f"r1z1-127.0.0.1:{port}/d1", "1"), ("rebalance",))
                      if kind != "proxy" else ()):
            subprocess.run(["swift-ring-builder", self.etc / f"{kind}.builder", *words], check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.place.start([f"swift-{kind}-server", config], kind)
        return port

    def ask(self, path, method="GET"):
        """A signed request by another program than ours."""
        place = f"http://{KEY.replace(':', '%3A')}:{SECRET}@127.0.0.1:{self.port}{path}"
        done = run(["curl", "-sS", "--fail-with-body", "-X", method, "--aws-sigv4", f"aws:amz:{REGION}:s3",
                    "-H", f"x-amz-content-sha256: {NOTHING}", place])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
