# SPDX-License-Identifier: GPL-3.0-or-later
"""check_tls against servers that were not written for it: nginx by SNI, and MariaDB, which starts TLS after its words."""
import unittest

from tests.support import BUILD, Place, free_port, run
from tests.support.httpd import make_ca, make_certificate, start_nginx
from tests.support.mariadb import MariaDB, make_template

SERVER = """    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        ssl_certificate {pair[0]};
        ssl_certificate_key {pair[1]};
        ssl_protocols {protocols};
    }}
"""


class Servers(unittest.TestCase):
    def setUp(self):
        self.place = Place("tls-servers")
        self.addCleanup(self.place.close)
        make_ca(self.place)

    def expect(self, code, port, words, *texts):
        result = run([BUILD / "checks/check_tls", "-H", "127.0.0.1", "-p", port, "--ca", self.place.path / "ca.pem", *words])
        self.assertEqual(result.returncode, code, result.stdout)
        for text in texts:
            self.assertIn(text, result.stdout)

    def test_nginx_with_two_names(self):
        port = free_port()
        servers = "".join(SERVER.format(port=port, name=f"{name}.example.org", protocols="TLSv1.2 TLSv1.3",
                                        pair=make_certificate(self.place, name, days, f"DNS:{name}.example.org"))
                          for name, days in (("one", 90), ("two", 20)))
        start_nginx(self.place, servers, port)
        self.expect(0, port, ["-n", "one.example.org"], '"CN=one"')
        self.expect(1, port, ["-n", "two.example.org"], '"CN=two"', "(warning 30:)")
        self.expect(2, port, ["-n", "three.example.org"], 'is for "one.example.org", not for "three.example.org"')

    def test_mariadb(self):
        pair = make_certificate(self.place, "db", 90)
        for path in pair:
            path.chmod(0o644)
        template = make_template(self.place)
        secured = MariaDB(self.place, template, "secured", 1, f"--ssl-cert={pair[0]}", f"--ssl-key={pair[1]}")
        self.expect(0, secured.port, ["--starttls", "mysql"], '"CN=db" by "CN=watchbill test ca"', "TLSv1.")
        plain = MariaDB(self.place, template, "plain", 2, "--skip-ssl")
        self.expect(2, plain.port, ["--starttls", "mysql"], "does not start TLS")
        self.expect(2, plain.port, [], "no TLS with")


if __name__ == "__main__":
    unittest.main()
