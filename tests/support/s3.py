# SPDX-License-Identifier: GPL-3.0-or-later
"""A bucket of S3 on loopback that verifies each request's signature (AWS Signature Version 4, from its
specification) and the digest of what it is sent. An object appears when it has come whole, never before."""
import hashlib
import hmac
import http.server
import re
import threading
import urllib.parse

NOTHING = hashlib.sha256(b"").hexdigest()


def _sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Bucket:
    """`objects` are what is stored; `requests` (method, key) of each that was allowed. ${stall}(method, key) is called
    before a request is answered, and of an upload when half of it has come."""

    def __init__(self, name="logs", key="AKIDTEST", secret="s3cret/key", region="eu-test-1", port=0):
        self.objects, self.requests, self.refused = {}, [], []
        self.stall = lambda method, key: None
        self.corrupt = False  # what is stored is not what was sent
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def body(self, path):
                length = int(self.headers.get("Content-Length") or 0)
                first = self.rfile.read(length // 2)
                if self.command == "PUT":
                    owner.stall("half", path)
                rest = self.rfile.read(length - length // 2)
                return first + rest if len(first) + len(rest) == length else None

            def fault(self, body):
                """The code of S3 for what is wrong with the signature; None: nothing."""
                match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
                                     r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
                                     self.headers.get("Authorization") or "")
                if not match:
                    return "AccessDenied"
                identity, day, where, names, signature = match.groups()
                stamp, digest = self.headers.get("X-Amz-Date") or "", self.headers.get("x-amz-content-sha256") or ""
                if identity != key:
                    return "InvalidAccessKeyId"
                if where != region or not stamp.startswith(day):
                    return "AuthorizationHeaderMalformed"
                if digest != hashlib.sha256(body).hexdigest():
                    return "XAmzContentSHA256Mismatch"
                names = names.split(";")
                if names != sorted(names) or not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
                    return "AccessDenied"
                path, _, query = self.path.partition("?")
                canonical = "\n".join([
                    self.command, urllib.parse.quote(urllib.parse.unquote(path), safe="/-._~"),
                    "&".join(sorted(query.split("&"))) if query else "",
                    "".join(f"{name}:{' '.join((self.headers.get(name) or '').split())}\n" for name in names),
                    ";".join(names), digest])
                text = "\n".join(["AWS4-HMAC-SHA256", stamp, f"{day}/{region}/s3/aws4_request",
                                  hashlib.sha256(canonical.encode()).hexdigest()])
                derived = _sign(_sign(_sign(_sign(("AWS4" + secret).encode(), day), region), "s3"), "aws4_request")
                wanted = hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()
                return None if hmac.compare_digest(wanted, signature) else "SignatureDoesNotMatch"

            def answer(self, status, content=b"", kind="application/xml"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def error(self, status, code):
                self.answer(status, f"<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code></Error>".encode())

            def serve(self):
                path = urllib.parse.unquote(self.path.partition("?")[0])
                body = self.body(path)
                if body is None:
                    self.close_connection = True
                    return
                fault = self.fault(body)
                if fault:
                    owner.refused.append(fault)
                    self.error(403, fault)
                    return
                owner.requests.append((self.command, path))
                if not path.startswith(f"/{name}/"):
                    self.error(404, "NoSuchBucket")
                    return
                owner.stall(self.command, path)
                entry = path[len(name) + 2:]
                if self.command == "PUT":
                    owner.objects[entry] = body[:-1] + b"?" if owner.corrupt and body else body
                    self.answer(200)
                elif entry in owner.objects:
                    self.answer(200, owner.objects[entry], "application/octet-stream")
                else:
                    self.error(404, "NoSuchKey")

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that is killed is part of the tests

        self.server = Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{name}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
