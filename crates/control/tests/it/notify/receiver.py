"""Receives messages as somebody else would: with published libraries, and with the code of the page.

Reads from standard input a JSON object: `now` (seconds since 1970), `page` (the text of the page
about notices) and `messages`, each with `headers`, `body` and the `secrets` it is signed with. Fails
loudly at the first that is not as it must be.
"""

import datetime as clock
import json
import os
import re
import sys
import time

import standardwebhooks.webhooks as webhooks
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

told = json.load(sys.stdin)


class Now(clock.datetime):
    """The moment the messages were signed at."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(told["now"], tz)


webhooks.datetime = Now
time.time = lambda: told["now"]


def refused(receive, *message):
    try:
        receive(*message)
    except Exception:
        return
    raise AssertionError(f"taken: {message}")


def both(secret):
    """The library, and the page's own code, with one secret."""
    os.environ["PORTCULLIS_WEBHOOK_SECRET"] = secret
    [code] = re.findall(r"```python\n(.*?)```", told["page"], re.S)
    page = {}
    exec(code, page)
    library = webhooks.Webhook(secret.encode())
    return [lambda headers, body: library.verify(body, headers), page["receive"]]


for message in told["messages"]:
    headers, body = message["headers"], message["body"].encode()
    for secret in message["secrets"]:
        for receive in both(secret):
            assert receive(headers, body) == json.loads(body)
            refused(receive, headers, body.replace(b"acme", b"evil"))
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"]:
                other = headers[name].replace("v1,", "v1,AAAA") if "v1," in headers[name] else "1"
                refused(receive, {**headers, name: other}, body)
                refused(receive, {k: v for k, v in headers.items() if k != name}, body)
            for late in [301, -301]:
                told["now"] += late
                refused(receive, headers, body)
                told["now"] -= late
    for receive in both("another secret"):
        refused(receive, headers, body)

    event = from_http_event(HTTPMessage(headers=headers, body=body))
    said = json.loads(body)
    assert event.get_specversion() == "1.0"
    assert event.get_id() == said["id"] == headers["webhook-id"]
    assert event.get_source() == "/portcullis/tenants/acme"
    assert event.get_type() == said["type"] and event.get_type().startswith("dev.portcullis.")
    assert event.get_subject() == said.get("subject")
    assert event.get_time().isoformat(timespec="milliseconds") == said["time"].replace("Z", "+00:00")
    assert event.get_datacontenttype() == "application/json"
    assert event.get_data() == said["data"]
    assert event.get_attributes().keys() == said.keys() - {"data"}
    print(event.get_type())
