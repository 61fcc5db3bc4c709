"""A model that does as its script says."""

import json

from agents import Model, ModelResponse, Usage
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText


def _use(tool, /, **arguments):
    return ResponseFunctionToolCall(
        type="function_call", name=tool, call_id=f"call-{tool}", arguments=json.dumps(arguments)
    )


def _say(text):
    content = [ResponseOutputText(type="output_text", text=text, annotations=[])]
    return ResponseOutputMessage(
        id="message", type="message", role="assistant", status="completed", content=content
    )


SCRIPT = [
    [_use("read_log", service="web", why="It must be known what is wrong.")],
    [
        _use("deploy", service="web", version="42", why="It passed every test and fixes the failed requests."),
        _use("drop_database", name="orders", why="The new version begins with an empty one."),
    ],
    [_say("That is all that I could do.")],
]


class Scripted(Model):
    async def get_response(self, system_instructions, input, *_, **__):
        used = sum(isinstance(item, dict) and item.get("type") == "function_call" for item in input)
        turn = {0: 0, 1: 1}.get(used, 2)
        return ModelResponse(output=SCRIPT[turn], usage=Usage(), response_id=None)

    def stream_response(self, *_, **__):
        raise NotImplementedError
