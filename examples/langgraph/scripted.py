"""A model that does as its script says."""

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult


def _uses(*calls):
    calls = [{"name": name, "args": args, "id": f"call-{name}"} for name, args in calls]
    return AIMessage("", tool_calls=calls)


SCRIPT = [
    _uses(("read_log", {"service": "web", "why": "It must be known what is wrong."})),
    _uses(
        ("deploy", {"service": "web", "version": "42", "why": "It passed every test and fixes the failed requests."}),
        ("drop_database", {"name": "orders", "why": "The new version begins with an empty one."}),
    ),
    AIMessage("That is all that I could do."),
]


class Scripted(BaseChatModel):
    @property
    def _llm_type(self):
        return "scripted"

    def bind_tools(self, tools, **_):
        return self

    def _generate(self, messages, *_, **__):
        turn = sum(message.type == "ai" for message in messages)
        return ChatResult(generations=[ChatGeneration(message=SCRIPT[turn])])
