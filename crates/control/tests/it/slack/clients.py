"""Asks Slack's published packages one question: JSON in, JSON out."""

import json
import sys
import threading
import time
from urllib.parse import parse_qs


def models(given):
    """Which messages and modals the models of slack_sdk do not take, and why."""
    from slack_sdk.models.blocks import Block
    from slack_sdk.models.views import View

    wrong = {}

    def check(name, blocks):
        try:
            parsed = Block.parse_all(blocks)
            for block, raw in zip(parsed, blocks):
                assert type(block) is not Block, raw
                assert block.to_dict()["type"] == raw["type"], raw
        except Exception as error:
            wrong[name] = repr(error)

    for name, message in given["messages"].items():
        check(name, message["blocks"])
    for name, view in given["views"].items():
        check(name, view["blocks"])
        try:
            View(**view).to_dict()
        except Exception as error:
            wrong[name] = repr(error)
    return wrong


class Clock:
    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at


def signatures(given):
    from slack_sdk.signature import SignatureVerifier

    now = given["now"]
    judge = SignatureVerifier(given["secret"], clock=Clock(now))
    at, signature, body = given["ours"]

    def theirs(moment):
        made = judge.generate_signature(timestamp=str(moment), body=given["to_sign"])
        return [made, judge.is_valid(given["to_sign"], str(moment), made)]

    return {
        "accepts_ours": judge.is_valid(body, at, signature),
        "theirs": theirs(now)[0],
        "at_300": theirs(now + 300),
        "at_301": theirs(now + 301),
        "at_minus_301": theirs(now - 301),
    }


def bolt(given):
    import slack_sdk.signature
    from slack_bolt import App, BoltRequest
    from slack_bolt.authorization import AuthorizeResult

    slack_sdk.signature.Clock.now = lambda clock: given["now"]
    heard = {}
    app = App(
        signing_secret=given["secret"],
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T0ACME0001", bot_token=given["token"], bot_user_id="U0BOT"
        ),
    )

    @app.action(given["action"])
    def pressed(ack, body, action):
        heard.update(value=action["value"], user=body["user"]["id"], team=body["user"]["team_id"])
        ack()

    def send(body):
        headers = {
            "content-type": ["application/x-www-form-urlencoded"],
            "x-slack-request-timestamp": [given["headers"][0]],
            "x-slack-signature": [given["headers"][1]],
        }
        return app.dispatch(BoltRequest(body=body, headers=headers)).status

    assert list(parse_qs(given["body"])) == ["payload"]
    return {"status": send(given["body"]), "forged": send(given["body"] + "&x=1"), **heard}


def stand_in(given):
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError
    from slack_sdk.socket_mode import SocketModeClient
    from slack_sdk.socket_mode.response import SocketModeResponse

    def client(token):
        return WebClient(token=token, base_url=given["base_url"])

    def fault(call):
        try:
            call()
        except SlackApiError as error:
            return error.response["error"]

    web, channel = client(given["bot"]), given["channel"]
    posted = web.chat_postMessage(channel=channel, text="posted")
    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="changed")
    line = {"type": "divider"}
    answers = {
        "wrong_token": fault(lambda: client("xoxb-1").chat_postMessage(channel=channel, text="x")),
        "too_many_blocks": fault(
            lambda: web.chat_postMessage(channel=channel, text="x", blocks=[line] * 51)
        ),
    }
    heard = threading.Event()
    socket = SocketModeClient(app_token=given["app"], web_client=client(None))

    def on_request(socket, request):
        answers["heard"] = {"id": request.envelope_id, "type": request.type}
        socket.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        heard.set()

    socket.socket_mode_request_listeners.append(on_request)
    socket.connect()
    assert heard.wait(30), "nothing was heard"
    time.sleep(0.2)
    socket.close()
    return answers


if __name__ == "__main__":
    answer = globals()[sys.argv[1]](json.load(sys.stdin))
    print(json.dumps(answer))
