"""Asks a Portcullis gate before a tool of an agent runs. It needs nothing but Python.

    permission = gate.judge("code_deploy", "web", {"version": "42"}, environment="staging", ...)
    if isinstance(permission, Held):
        ...                                  # put the run aside until people have decided
        permission = gate.decision(permission.hold)
    result = gate.run(permission, deploy)    # once, with exactly what was allowed

Fails closed: whatever is not a clear yes is an exception, and nothing has run.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from urllib import error, request

ANSWER_MAX_BYTES = 1 << 20


class Refused(Exception):
    """The gate or people said no; the text is for the model."""


class GateAway(Exception):
    """There is no answer of the gate. Asking again with the same call is safe."""


@dataclass(frozen=True)
class Cleared:
    """May run, once, as it was asked for."""

    permit: str
    digest: str


@dataclass(frozen=True)
class Held:
    """Waits for people."""

    hold: str
    why: str


class Gate:
    def __init__(self, url=None, key=None):
        self.url = (url or os.environ.get("PORTCULLIS_URL", "http://127.0.0.1:8088")).rstrip("/")
        self.key = key or os.environ["PORTCULLIS_AGENT_KEY"]
        # A gate sends nobody elsewhere; whoever does shall not get the key.
        self.opener = request.build_opener(_NoRedirects)

    def judge(self, action, target, parameters, *, environment, reasoning, session, call):
        """Asks whether a tool call may run. The same call of a session is one action, however
        often it is asked about."""
        answer = self._ask(
            "POST",
            "/v1/govern",
            {
                "action_type": action,
                "target_service": target,
                "parameters": parameters,
                "environment": environment,
                "reasoning": reasoning,
                "session_id": session,
                "permit": True,
            },
            {"Idempotency-Key": f"{session}:{call}"},
        )
        if answer.get("verdict") == "CLEARED" and answer.get("execute") is True and answer.get("permit"):
            return Cleared(answer["permit"], answer["action_digest"])
        if answer.get("verdict") == "HELD" and answer.get("hold_id"):
            return Held(answer["hold_id"], answer["reasoning"])
        raise Refused(answer.get("permit_withheld") or answer.get("reasoning") or "the gate said no")

    def wait(self, hold, seconds=20):
        """Whether a hold still waits for people, at once or when the time is over."""
        return self._ask("GET", f"/v1/holds/{hold}?wait={seconds}").get("status") == "HELD"

    def decision(self, hold):
        """What became of a hold. The permission of a released one is given once."""
        seen = self._ask("GET", f"/v1/holds/{hold}")
        if seen.get("status") == "HELD":
            return Held(hold, "people have not decided yet")
        if seen.get("status") != "RELEASED":
            raise Refused(f"{seen.get('status')}: {seen.get('reason') or 'no reason given'}")
        return Cleared(self._ask("POST", f"/v1/holds/{hold}/claim", {})["permit"], seen["action_digest"])

    def run(self, permission, tool):
        """Spends a permission, runs the tool with what the gate says was allowed, and reports."""
        if not isinstance(permission, Cleared):
            raise Refused(f"people have not decided about {permission.hold}")
        spending = {"permit": permission.permit, "action_digest": permission.digest}
        spent = self._ask("POST", "/v1/permits/redeem", spending)
        try:
            result = tool(**spent["action"]["parameters"])
        except Exception as failure:
            self._report(spent, "failed", failure)
            raise
        self._report(spent, "succeeded", result)
        return result

    def _report(self, spent, result, effect):
        # What was done is done, whether or not the gate can be told.
        with suppress(GateAway, Refused):
            outcome = {"result": result, "effect": str(effect)[:500]}
            self._ask("POST", f"/v1/actions/{spent['decision_seq']}/outcome", outcome)

    def _ask(self, method, path, body=None, headers=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        asked = request.Request(self.url + path, data, headers, method=method)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                told = json.loads(answer.read(ANSWER_MAX_BYTES))
        except error.HTTPError as refusal:
            raise _refusal(refusal) from None
        except (OSError, ValueError) as failure:
            raise GateAway(f"the gate gives no answer: {failure}") from failure
        if not isinstance(told, dict):
            raise GateAway("what answers is not the gate")
        return told


def _refusal(answer):
    """What a status other than 200 means: only the gate's own words about this request are a no."""
    try:
        told = json.loads(answer.read(ANSWER_MAX_BYTES))["error"]["message"]
    except (OSError, ValueError, KeyError, TypeError):
        told = None
    if told is None or answer.code >= 500 or answer.code == 429:
        return GateAway(f"the gate gives no answer: {answer.code} {told or answer.reason}")
    return Refused(told)


class _NoRedirects(request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None
