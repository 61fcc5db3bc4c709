"""Drives a served gate with the published client of TheWARDN, unchanged, sync and async.

Reads URL, ADMIN_TOKEN, OPERATOR_TOKEN and CLIENT_KEY from the environment. Prints a line for each
part that holds, and fails loudly at the first that does not.
"""

import asyncio
import os
import socket
import struct
import sys
import threading
import time
from urllib.parse import urlsplit

import httpx
import thewardn
from thewardn import AsyncTheWARDN, Confidence, TheWARDN

URL = os.environ["URL"]
ADMIN = os.environ["ADMIN_TOKEN"]
OPERATOR = os.environ["OPERATOR_TOKEN"]
KEY = os.environ["CLIENT_KEY"]


class Awaited:
    """The sync client with its methods awaited, so that one scenario fits both."""

    def __init__(self, **options):
        self.client = TheWARDN(**options)

    def __getattr__(self, name):
        method = getattr(self.client, name)

        async def call(*args, **kwargs):
            return await asyncio.to_thread(method, *args, **kwargs)

        return call


class Proxy:
    """Passes requests on to the gate, and spoils the first answer in a way of choice."""

    def __init__(self, spoil):
        self.spoil = spoil
        self.asked = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(stream,), daemon=True).start()

    def pass_on(self, stream):
        request = read_message(stream)
        if not request:
            return stream.close()
        self.asked += 1
        first = self.asked == 1
        gate = urlsplit(URL)
        with socket.create_connection((gate.hostname, gate.port)) as upstream:
            upstream.sendall(request)
            answer = read_message(upstream)
        if first:
            self.spoil(stream, answer)
        else:
            send(stream, answer)

    def close(self):
        self.listener.close()


def read_message(stream):
    """One HTTP message with its body, by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":", 1)[1])
    while len(body) < length:
        body += stream.recv(65536)
    # Each answer ends its connection, so that the next request is a new one.
    head = head.replace(b"connection: keep-alive", b"connection: close")
    return head + b"\r\nconnection: close\r\n\r\n" + body


def send(stream, answer):
    try:
        stream.sendall(answer)
    except OSError:
        pass  # The client has gone away, which is the point.
    stream.close()


def reset(stream, _answer):
    """The answer is lost: the connection is reset."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


def delay(stream, answer):
    """The answer comes when the client has stopped waiting."""
    time.sleep(1.6)
    send(stream, answer)


def unavailable(stream, _answer):
    """Something on the way answers in the gate's place."""
    body = b'{"detail": "bad gateway"}'
    head = b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: application/json\r\n"
    send(stream, head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)


async def fails(error, status, awaitable):
    """The error that the client raises, which must be of this kind and status."""
    try:
        answer = await awaitable
    except error as raised:
        assert raised.status_code == status, (raised.status_code, status, raised.message)
        assert raised.message
        return raised
    raise AssertionError("expected %s %s, got %r" % (error.__name__, status, answer))


async def admin(path, body=None):
    async with httpx.AsyncClient(base_url=URL) as client:
        headers = {"Authorization": "Bearer " + ADMIN}
        answer = await client.post(path, json=body or {}, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


async def verdicts(kind, client, agent):
    cleared = await client.govern(
        agent_id=agent,
        action_type="workloads.list",
        target_service="fleet",
        reasoning="the morning round",
        confidence=Confidence(incident=0.9, fix=0.9, containment=0.9),
        metadata={"page": 1},
    )
    assert cleared.verdict == "CLEARED" and cleared.execute is True and cleared.cleared
    assert cleared.tier == "A" and cleared.seq > 0 and len(cleared.hash) == 64
    assert cleared.escrow_id is None and cleared.rule_violated is None

    blocked = await client.govern(agent, "pools.delete", "pool_old", environment="production")
    assert blocked.blocked and blocked.execute is False and blocked.tier == "X"
    assert blocked.rule_violated and blocked.escrow_id is None
    assert blocked.seq == cleared.seq + 1 and blocked.raw["reasoning"]

    held = await client.govern(agent, "workloads.set_priority", "job-%s" % kind, "it is late")
    assert held.held and held.execute is False and held.tier == "B"
    assert held.escrow_id.startswith("esc_") and held.timeout_at.endswith("Z")
    print(kind, "cleared, blocked and held")
    return held.escrow_id


async def escrow(kind, client, operator, agent, hold):
    items = await client.get_escrow()
    assert hold in [item.id for item in items]
    assert all(item.status == "HELD" for item in items)
    item = await client.get_escrow_item(hold)
    assert (item.agent_id, item.action_type) == (agent, "workloads.set_priority")
    assert item.tier == "B" and item.seq and item.timeout_seconds > 0
    assert isinstance(item.policies_fired, list) and isinstance(item.confidence, dict)
    stats = await client.escrow_stats()
    assert stats["queue_depth"] == len(items) and stats["oldest"]

    await fails(thewardn.AuthenticationError, 403, client.release_escrow(hold))
    assert isinstance(await operator.release_escrow(hold), dict)
    item = await client.get_escrow_item(hold)
    assert (item.status, item.decision) == ("RELEASED", "release")
    assert item.decided_by and item.decided_at
    await fails(thewardn.WARDNError, 409, operator.kill_escrow(hold))

    second = await client.govern(agent, "workloads.set_priority", "other-%s" % kind)
    await operator.kill_escrow(second.escrow_id)
    item = await client.get_escrow_item(second.escrow_id)
    assert (item.status, item.decision) == ("KILLED", "kill")
    await fails(thewardn.WARDNError, 404, client.get_escrow_item("esc_none"))
    print(kind, "escrow")


async def agents(kind, client, architect):
    new = await architect.register_agent("bot-" + kind, agent_type="fleet", who_i_am="I look.")
    assert new.id.startswith("agt_") and new.status == "active" and new.who_i_am_version == 1
    assert new.message
    updated = await architect.update_agent(new.id, name="bot2-" + kind, who_i_am="I look twice.")
    assert updated["status"] and updated["message"]
    shown = await client.get_agent(new.id)
    assert (shown.name, shown.agent_type, shown.who_i_am_version) == ("bot2-" + kind, "fleet", 2)
    assert new.id in [agent.id for agent in await client.list_agents()]
    await fails(thewardn.AuthenticationError, 403, client.register_agent("no"))
    await fails(thewardn.WARDNError, 422, architect.update_agent(new.id, name=""))
    await fails(thewardn.WARDNError, 404, client.get_agent("agt_none"))

    await admin("/v1/agents/%s/pause" % new.id, {"reason": "a test"})
    paused = await client.govern(new.id, "workloads.list", "fleet")
    assert paused.held and paused.escrow_id
    await admin("/v1/agents/%s/block" % new.id, {"reason": "a test"})
    refused = await client.govern(new.id, "workloads.list", "fleet")
    assert refused.blocked and not refused.execute

    deleted = await architect.delete_agent(new.id)
    assert deleted["status"] and deleted["message"]
    gone = client.govern(new.id, "workloads.list", "fleet")
    await fails(thewardn.AuthenticationError, 403, gone)
    print(kind, "agents")


async def strangers(kind, make, client, agent):
    unknown = client.govern("agt_none", "workloads.list", "fleet")
    await fails(thewardn.WARDNError, 404, unknown)
    stranger = make(api_key="wdn_live_nobody", base_url=URL)
    refused = stranger.govern(agent, "workloads.list", "fleet")
    await fails(thewardn.AuthenticationError, 401, refused)
    await stranger.close()
    empty = client.govern(agent, "", "fleet")
    await fails(thewardn.WARDNError, 422, empty)
    wrong = client.govern(agent, "workloads.list", "fleet", confidence={"fix": 7})
    error = await fails(thewardn.WARDNError, 422, wrong)
    assert "confidence.fix" in error.message
    print(kind, "strangers and mistakes")


async def retries(kind, make, client, agent):
    """However the first answer is lost, the client asks again and there is one hold."""
    for spoil in (reset, delay, unavailable):
        target = "%s-%s" % (kind, spoil.__name__)
        proxy = Proxy(spoil)
        patient = make(api_key=KEY, base_url=proxy.url, timeout=1)
        held = await patient.govern(agent, "workloads.set_priority", target)
        await patient.close()
        assert proxy.asked == 2, (target, proxy.asked)
        proxy.close()
        made = [item.id for item in await client.get_escrow() if item.target_service == target]
        assert made == [held.escrow_id], (target, made)
        assert held.raw["repeated"] is True
    print(kind, "retries make no second hold")


async def scenario(kind, make):
    client = make(api_key=KEY, base_url=URL + "/")
    operator = make(api_key=KEY, base_url=URL, jwt_token=OPERATOR)
    architect = make(api_key=KEY, base_url=URL, jwt_token=ADMIN)
    agent = (await architect.register_agent("main-" + kind)).id
    hold = await verdicts(kind, client, agent)
    await escrow(kind, client, operator, agent, hold)
    await agents(kind, client, architect)
    await strangers(kind, make, client, agent)
    await retries(kind, make, client, agent)
    counted = await client.get_agent(agent)
    assert counted.total_governed == counted.total_cleared + counted.total_held + counted.total_blocked
    for each in (client, operator, architect):
        await each.close()


async def main():
    await scenario("sync", Awaited)
    await scenario("async", AsyncTheWARDN)
    print("all of it holds")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
