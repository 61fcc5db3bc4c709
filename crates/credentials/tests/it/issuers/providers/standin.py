"""What every stand-in of a provider here is made of: a server on loopback that stops with its starter.

It says where it is and which secrets open it in one line of JSON. Below `/control/` the test asks it to use a stolen
credential with a client that its makers publish, and what it has minted so far.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"


class Refused(Exception):
    """An answer that is no good one."""

    def __init__(self, status, body=None):
        super().__init__(status)
        self.status = status
        self.body = body if body is not None else {"message": "refused"}


class Request:
    """What was asked."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        split = urlsplit(target)
        self.path, self.query = split.path, split.query

    def json(self):
        return json.loads(self.body)

    def form(self):
        """Every field once."""
        assert self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        fields = parse_qs(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        if any(len(values) != 1 for values in fields.values()):
            raise Refused(400)
        return {name: values[0] for name, values in fields.items()}

    def bearer(self):
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401)
        return token


class StandIn:
    """A provider and its target."""

    def __init__(self, address):
        self.address = address
        self.minted = 0
        self.exceeds = False
        self.secrets = {}

    def answer(self, request):
        """A status and a body."""
        raise NotImplementedError

    def attempt(self, stolen, deed):
        """Whether the target does it for whoever holds this."""
        raise NotImplementedError

    def alive(self):
        raise NotImplementedError

    def control(self, what, told):
        if what == "attempt":
            return self.attempt(told["stolen"], told["deed"])
        if what == "exceed":
            self.exceeds = told.get("by", "rights")
            return True
        if what == "tokens":
            return list(self.tokens)
        return {"minted": lambda: self.minted, "alive": self.alive}[what]()


def serve(make):
    """Runs it until the standard input ends."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do(self):
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            try:
                if request.path.startswith("/control/"):
                    what = request.path.removeprefix("/control/")
                    status, body = 200, stand_in.control(what, json.loads(request.body or "{}"))
                else:
                    with lock:
                        status, body = stand_in.answer(request)
            except Refused as refused:
                status, body = refused.status, refused.body
            except Exception as error:
                print(f"{request.method} {request.path}: {error!r}", file=sys.stderr)
                status, body = 400, {"message": "malformed"}
            self.reply(status, body)

        def reply(self, status, body):
            kind = "application/json"
            if isinstance(body, str):
                kind, body = "text/xml", body.encode()
            elif not isinstance(body, bytes):
                body = json.dumps(body).encode()
            if status == 204:
                body = b""
            self.send_response(status)
            if status != 204:
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand_in = make(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"address": stand_in.address, "secrets": stand_in.secrets}), flush=True)
    sys.stdin.read()
    os._exit(0)
