# SPDX-License-Identifier: GPL-3.0-or-later
"""A real ActiveMQ with STOMP and the statistics plugin, and a small STOMP client that fills its queues. Java is
started directly: Debian's own script wants instances below /etc."""
import pathlib
import socket

from tests.support import free_port, port_open, wait_until

JARS = pathlib.Path("/usr/share/java")
WANTED = ["activemq-*", "spring3-*", "xbean-spring", "xbean-reflect", "geronimo-jms_1.1_spec",
          "geronimo-j2ee-management-1.1-spec", "geronimo-annotation-1.3-spec", "slf4j-api", "slf4j-simple",
          "commons-logging", "commons-io", "xstream", "xpp3", "jettison", "hawtbuf",
          "jackson-core", "jackson-annotations", "jackson-databind"]
CONFIG = """<beans xmlns="http://www.springframework.org/schema/beans"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans
    http://www.springframework.org/schema/beans/spring-beans.xsd
    http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="fixture" dataDirectory="{data}"
          persistent="false" useJmx="false" useShutdownHook="true" schedulerSupport="false" advisorySupport="false">
    <plugins>{plugins}</plugins>
    <systemUsage><systemUsage>
      <memoryUsage><memoryUsage limit="20 mb"/></memoryUsage>
      <storeUsage><storeUsage limit="64 mb"/></storeUsage>
      <tempUsage><tempUsage limit="64 mb"/></tempUsage>
    </systemUsage></systemUsage>
    <destinationPolicy><policyMap><policyEntries>
      <policyEntry queue="small.>" memoryLimit="{small}" producerFlowControl="false"/>
    </policyEntries></policyMap></destinationPolicy>
    <transportConnectors><transportConnector name="stomp" uri="stomp://127.0.0.1:{port}"/></transportConnectors>
  </broker>
</beans>
"""
STATISTICS = "<statisticsBrokerPlugin/>"
LOGIN = """<simpleAuthenticationPlugin><users>
  <authenticationUser username="{user}" password="{password}" groups="users"/>
</users></simpleAuthenticationPlugin>"""


def class_path():
    jars = {jar for name in WANTED for jar in JARS.glob(f"{name}.jar")
            if jar.is_symlink() or not jar.stem[-1].isdigit()}
    return ":".join(str(jar) for jar in sorted(jars) if jar.name not in ("activemq-ra.jar", "activemq-run.jar"))


class Activemq:
    """Started in ${place}; ${user}: only who knows the password may connect."""

    def __init__(self, place, user="nagios", password="passw0rd", statistics=True, small="10 kb"):
        self.place, self.user, self.password = place, user, password
        self.port = free_port()
        plugins = LOGIN.format(user=user, password=password) + (STATISTICS if statistics else "")
        text = CONFIG.format(data=place.path / "data", plugins=plugins, port=self.port, small=small)
        config = place.write("activemq.xml", text)
        self.process = place.start(
            ["java", "-Xms32m", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
             f"-Djava.io.tmpdir={place.path}", "-cp", class_path(),
             "org.apache.activemq.console.command.ShellCommand", "start", f"xbean:file:{config}"], "activemq")
        wait_until(lambda: self.process.poll() is not None or port_open(self.port), 60, "the broker's port")
        assert self.process.poll() is None, place.log("activemq")

    def send(self, queue, *bodies):
        """Put messages into a queue; back when the broker has all of them."""
        with Stomp(self.port, self.user, self.password) as client:
            for number, body in enumerate(bodies):
                client.send("SEND", {"destination": f"/queue/{queue}", "receipt": str(number)}, body)
                client.wait("RECEIPT")


class Stomp:
    def __init__(self, port, user, password):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.kept = b""
        self.send("CONNECT", {"accept-version": "1.2", "host": "localhost", "login": user, "passcode": password})
        self.wait("CONNECTED")

    def send(self, command, headers, body=""):
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        self.socket.sendall(f"{command}\n{lines}\n{body}\0".encode())

    def receive(self):
        while b"\0" not in self.kept:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(self.kept)
            self.kept += part
        frame, _, rest = self.kept.partition(b"\0")
        self.kept = rest
        return frame.lstrip(b"\r\n")

    def wait(self, command):
        frame = self.receive()
        assert frame.startswith(command.encode() + b"\n"), frame
        return frame

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
