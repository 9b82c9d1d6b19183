# SPDX-License-Identifier: GPL-3.0-or-later
"""The Munin plugins of MariaDB, ActiveMQ and RabbitMQ against the real servers, under a real Munin."""
import unittest

from tests.support import BUILD, Place
from tests.support.activemq import Activemq
from tests.support.mariadb import MariaDB, make_template
from tests.support.munin import Munin
from tests.support.rabbitmq import Epmd, Node

PLUGINS = BUILD / "munin"
MYSQL = ("mysql_connections", "mysql_usage", "mysql_statements", "mysql_slow", "mysql_replication")
RABBITMQ = ("rabbitmq_queues", "rabbitmq_rates")
CONF = """[mysql_*]
env.hostname 127.0.0.1
env.port {database.port}
env.user watch
env.password_file {place}/mysql.secret
[activemq_*]
env.hostname 127.0.0.1
env.port {broker.port}
env.user {broker.user}
env.password_file {place}/activemq.secret
[activemq_away]
env.queue no.such.queue
[rabbitmq_*]
env.url {node.url}
env.warning 100
"""


class MuninServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place("munin")
        cls.addClassCleanup(cls.place.close)
        cls.node = Node(cls.place, Epmd(cls.place))
        cls.broker = Activemq(cls.place)
        cls.database = MariaDB(cls.place, make_template(cls.place), "one", 1)
        cls.database.allow_watcher()
        cls.place.write("mysql.secret", "watchpw\n", 0o644)
        cls.place.write("activemq.secret", f"{cls.broker.password}\n", 0o644)
        cls.broker.send("jobs", "a", "b")
        cls.broker.send("mail.out", "x")
        cls.node.wait_ready()
        cls.node.declare("in/box")
        cls.node.publish("in/box", 3)
        cls.node.wait_messages("in/box", 3)
        links = {name: PLUGINS / name for name in (*MYSQL, *RABBITMQ)}
        links |= {name: PLUGINS / "activemq_" for name in ("activemq_", "activemq_jobs", "activemq_away")}
        conf = CONF.format(database=cls.database, broker=cls.broker, node=cls.node, place=cls.place.path)
        cls.munin = Munin(cls.place, links, conf).start()

    def run_plugin(self, *words):
        done = self.munin.run(*words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_databases_answer(self):
        self.assertRegex(self.run_plugin("mysql_connections"), r"\Athreads_connected\.value \d+\n")
        self.assertIn("queries_total.type DERIVE\nqueries_total.min 0\n", self.run_plugin("mysql_statements", "config"))
        for name in MYSQL[:-1]:
            self.assertEqual(self.run_plugin(name, "autoconf"), "yes\n")
        self.assertRegex(self.run_plugin("mysql_replication", "autoconf"), r"\Ano \(.+\)\n\Z")

    def test_queues_of_a_broker_are_suggested(self):
        self.assertEqual(self.run_plugin("activemq_", "autoconf"), "yes\n")
        self.assertLessEqual({"jobs", "mail.out"}, set(self.run_plugin("activemq_", "suggest").splitlines()))
        self.assertIn("\nsize.value 2\n", self.run_plugin("activemq_jobs"))
        self.assertNotEqual(self.munin.run("activemq_away").returncode, 0)

    def test_queues_of_rabbitmq(self):
        self.assertRegex(self.run_plugin("rabbitmq_queues"), r"(?m)^messages_in_box\.value 3$")
        config = self.run_plugin("rabbitmq_queues", "config")
        self.assertIn("messages_in_box.label in/box: ", config)
        self.assertIn("messages_in_box.warning 0:100\n", config)
        self.assertEqual(self.run_plugin("rabbitmq_rates", "autoconf"), "yes\n")

    def test_munin_stores_them(self):
        self.munin.update()
        self.assertEqual(self.munin.last("rabbitmq_queues_messages", "messages_in_box", "g"), "3")
        self.assertEqual(self.munin.last("activemq_jobs_messages", "size", "g"), "2")
        self.assertGreater(int(self.munin.last("mysql_statements", "queries_total", "d")), 0)
        self.assertGreaterEqual(int(self.munin.last("mysql_connections", "threads_connected", "g")), 1)


if __name__ == "__main__":
    unittest.main()
