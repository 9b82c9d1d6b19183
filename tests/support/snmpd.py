# SPDX-License-Identifier: GPL-3.0-or-later
"""A real snmpd on loopback: v2c, v3 with every level, a view that hides most, and a script that counts near 2^64."""
import os
import socket

from tests.support import run, wait_until

CONFIG = """agentaddress udp:127.0.0.1:{port}{six}
agentXSocket unix:{path}/agentx
sysLocation here
sysContact someone|else
view all included .1
view little included .1.3.6.1.2.1.1.5
com2sec -Cn "" open default public
com2sec -Cn "" narrow default limited
com2sec6 -Cn "" open default public
group open v1 open
group open v2c open
group narrow v1 narrow
group narrow v2c narrow
access open "" any noauth exact all none none
access narrow "" any noauth exact little none none
createUser private SHA "authentication" AES "encryption"
createUser signed SHA-256 "authentication"
createUser plain
createUser old MD5 "authentication" DES "encryption"
rouser private authpriv .1
rouser signed auth .1
rouser plain noauth .1
createUser strong SHA-512 "authentication" AES-256 "encryption"
rouser old authpriv .1
rouser strong authpriv .1
pass .1.3.6.1.4.1.99999 /bin/sh {path}/pass.sh
"""
# .1: a Counter64 that is near 2^64 and goes on as the file says, .2 a Counter32 likewise, .3 a gauge,
# .4 text with signs that mean something on a plugin's line, .5 a negative number.
SCRIPT = """base=.1.3.6.1.4.1.99999
case $2 in
$base.1.0) printf '%s\\ncounter64\\n%s\\n' "$2" "$(cat {path}/wide)" ;;
$base.2.0) printf '%s\\ncounter\\n%s\\n' "$2" "$(cat {path}/narrow)" ;;
$base.3.0) printf '%s\\ngauge\\n4294967295\\n' "$2" ;;
$base.4.0) printf '%s\\nstring\\na|b=c;d\\n' "$2" ;;
$base.5.0) printf '%s\\ninteger\\n-7\\n' "$2" ;;
$base.6.0) printf '%s\\nstring\\n0.63\\n' "$2" ;;
esac
"""


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def socket_six():
    """Whether this machine has the loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Snmpd:
    def __init__(self, place):
        self.place = place
        self.port = free_udp_port()
        self.env = dict(os.environ, SNMP_PERSISTENT_DIR=str(place.path / "persist"),
                        SNMPCONFPATH=str(place.path), MIBS="")
        self.count(18446744073709551610, 4294967290)
        place.write("pass.sh", SCRIPT.format(path=place.path))
        config = place.write("snmpd.conf", CONFIG.format(
            port=self.port, path=place.path, six=f",udp6:[::1]:{self.port}" if socket_six() else ""))
        self.process = place.start(["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", config, "-p", place.path / "pid",
                                    "-I", "-smux"], "snmpd", env=self.env)
        wait_until(self.answers, what="snmpd")

    def count(self, wide, narrow):
        self.place.write("wide", f"{wide}\n")
        self.place.write("narrow", f"{narrow}\n")

    def answers(self):
        assert self.process.poll() is None, self.place.log("snmpd")
        done = run(["snmpget", "-v2c", "-c", "public", "-t", "0.3", "-r", "0", "-On", f"127.0.0.1:{self.port}",
                    ".1.3.6.1.2.1.1.3.0"], env=self.env)
        return done.returncode == 0
