"""Drives the examples' client and LangGraph agent where things go otherwise than planned.

Reads from the environment: PORTCULLIS_URL and PORTCULLIS_AGENT_KEY, PORTCULLIS and OPERATOR_TOKEN to
decide with, DEPLOYMENTS for the effects. Fails loudly at the first thing that does not hold.
"""

import http.server
import os
import subprocess
import threading
import uuid
from contextlib import contextmanager

from agent import build
from langgraph.types import Command
from portcullis_gate import Cleared, Gate, GateAway, Held, Refused
from scripted import Scripted

gate = Gate()


def release(hold):
    command = [os.environ["PORTCULLIS"], "holds", "release", hold, "--reason", "good"]
    environment = dict(os.environ, PORTCULLIS_TOKEN=os.environ["OPERATOR_TOKEN"])
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def effects():
    try:
        with open(os.environ["DEPLOYMENTS"]) as place:
            return place.read().splitlines()
    except FileNotFoundError:
        return []


def raises(error, call, *args, **named):
    try:
        result = call(*args, **named)
    except error as raised:
        return str(raised)
    raise AssertionError(f"expected {error.__name__}, got {result!r}")


def deploy(call, version="42", asked=gate):
    parameters = {"service": "web", "version": version}
    return asked.judge(
        "code_deploy",
        "web",
        parameters,
        environment="staging",
        reasoning="it passed every test that there is",
        session="one",
        call=call,
    )


def a_permission_is_spent_once():
    ran = []

    def tool(service, version):
        ran.append((service, version))
        return "done"

    held = deploy("a")
    assert isinstance(held, Held) and deploy("a") == held
    assert isinstance(gate.decision(held.hold), Held)
    raises(Refused, gate.run, held, tool)
    # The same call with other parameters is not the one that is decided about.
    raises(Refused, deploy, "a", "43")
    release(held.hold)
    permission = gate.decision(held.hold)
    assert isinstance(permission, Cleared)
    raises(Refused, gate.decision, held.hold)
    raises(Refused, gate.run, Cleared(permission.permit, "0" * 64), tool)
    raises(Refused, gate.run, Cleared(permission.permit + "x", permission.digest), tool)
    assert ran == []
    assert gate.run(permission, tool) == "done"
    raises(Refused, gate.run, permission, tool)
    assert ran == [("web", "42")]


def a_graph_that_is_resumed_too_early_waits_again():
    graph = build(Scripted(), gate)
    config = {"configurable": {"thread_id": str(uuid.uuid4())}}
    state = graph.invoke({"messages": [("human", "go on")]}, config)
    hold = state["__interrupt__"][0].value["hold"]
    for claim in ({"approved": True}, "release", True):
        state = graph.invoke(Command(resume=claim), config)
        assert [one.value["hold"] for one in state["__interrupt__"]] == [hold], state
    assert effects() == []
    release(hold)
    state = graph.invoke(Command(resume=True), config)
    assert "__interrupt__" not in state
    assert effects() == ["deployed web 42"]


@contextmanager
def answering(status, body, **headers):
    """Something else at the gate's address; the keys that it was shown."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.headers.get("Authorization"))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def without_the_gate_nothing_is_allowed():
    for status, body in [
        (500, b"{}"),
        (502, b'{"error": {"message": "no"}}'),
        (403, b"<html>"),
        (429, b'{"error": {"message": "later"}}'),
        (200, b""),
        (200, b"[]"),
        (200, b"<html>hello</html>"),
    ]:
        with answering(status, body) as (url, _):
            raises(GateAway, deploy, "b", asked=Gate(url))
    for body in [b"{}", b'{"verdict": "CLEARED"}', b'{"verdict": "CLEARED", "execute": true}', b'{"verdict": "HELD"}']:
        with answering(200, body) as (url, _):
            raises(Refused, deploy, "b", asked=Gate(url))
    # The key goes to nobody else.
    with answering(200, b"{}") as (elsewhere, seen):
        with answering(302, b"", Location=elsewhere) as (url, _):
            raises(GateAway, deploy, "b", asked=Gate(url))
        assert seen == []
    raises(GateAway, deploy, "b", asked=Gate(url))


a_permission_is_spent_once()
a_graph_that_is_resumed_too_early_waits_again()
without_the_gate_nothing_is_allowed()
print("all of it holds")
