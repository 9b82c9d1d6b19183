# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP servers on loopback: a scripted one in this process, a plain one as a process of its own that can be
killed by pid, one that accepts and never answers, and certificates of a private CA."""
import contextlib
import http.server
import socket
import ssl
import subprocess
import threading

from tests.support import free_port, port_open, wait_until


class Scripted:
    """Answers each path as `pages` says: {path: (status, headers, body) or callable(handler)}."""

    def __init__(self, pages, certificate=None, key=None, address="127.0.0.1"):
        self.requests = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                owner.requests.append((self.command, self.path, dict(self.headers), body))
                page = pages.get(self.path.split("?")[0], (404, {}, b"no such page"))
                if callable(page):
                    page(self)
                    return
                status, headers, content = page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_HEAD = do_PUT = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that leaves early is part of the tests

        self.server = Server((address, 0), Handler)
        self.port = self.server.server_address[1]
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
            scheme = "https"
        self.url = f"{scheme}://{address}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@contextlib.contextmanager
def silent(greeting=b""):
    """A port that accepts connections, sends ${greeting}, and never says anything more."""
    kept = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            kept.append(client)
            if greeting:
                client.sendall(greeting)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for client in kept:
            client.close()


def start_plain(place, name):
    """A file server of Python as a process; (process, port). Its folder is the place's."""
    port = free_port()
    process = place.start(["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", port], name)
    wait_until(lambda: port_open(port), what=f"{name}'s port")
    return process, port


def _openssl(place, *words):
    subprocess.run(["openssl", *[str(word) for word in words]], cwd=place.path, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_ca(place, name="ca"):
    """A private CA: NAME.pem and NAME.key in the place."""
    _openssl(place, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "400",
             "-subj", f"/CN=watchbill test {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    return place.path / f"{name}.pem"


def make_certificate(place, name, days, alternative="DNS:localhost,IP:127.0.0.1", ca="ca"):
    """A certificate signed by that CA; (NAME.pem, NAME.key). Negative ${days}: it ended then."""
    extensions = place.write(f"{name}.ext", f"subjectAltName={alternative}\n")
    _openssl(place, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
             "-keyout", f"{name}.key", "-out", f"{name}.csr")
    _openssl(place, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key",
             "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", f"{name}.pem")
    return place.path / f"{name}.pem", place.path / f"{name}.key"


NGINX = """daemon off;
pid {path}/nginx.pid;
error_log {path}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {path}/body;
    proxy_temp_path {path}/proxy;
    fastcgi_temp_path {path}/fastcgi;
    uwsgi_temp_path {path}/uwsgi;
    scgi_temp_path {path}/scgi;
{servers}
}}
"""


def start_nginx(place, servers, ready):
    """nginx with these `server` blocks; waits for the port ${ready}."""
    config = place.write("nginx.conf", NGINX.format(path=place.path, servers=servers))
    process = place.start(["nginx", "-e", place.path / "error.log", "-p", place.path, "-c", config], "nginx")
    wait_until(lambda: port_open(ready), what="nginx's port")
    return process
