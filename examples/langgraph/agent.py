"""An agent of LangGraph with a gate before each of its tools.

A tool call that people decide about interrupts the graph. Whoever resumes it decides nothing: the
gate is asked what became of the hold.
"""

import sys
import uuid
from typing import Annotated

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, Send, interrupt
from typing_extensions import TypedDict

from deployments import TOOLS, judge
from portcullis_gate import Gate, Held, Refused


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


def build(model, gate):
    model = model.bind_tools([StructuredTool.from_function(tool.run) for tool in TOOLS.values()])

    def think(state):
        return {"messages": [model.invoke(state["messages"])]}

    def next_steps(state):
        """Each tool call is a step of its own: one that waits repeats no other."""
        return [Send("act", call) for call in state["messages"][-1].tool_calls] or END

    def act(call, config):
        try:
            result = governed(call, config["configurable"]["thread_id"])
        except Refused as refusal:
            result = f"Refused: {refusal}"
        return {"messages": [ToolMessage(result, tool_call_id=call["id"])]}

    def governed(call, thread):
        # The graph begins this step anew when it is resumed; the gate knows the call again.
        permission = judge(gate, call["name"], call["args"], thread, call["id"])
        while isinstance(permission, Held):
            interrupt({"hold": permission.hold, "call": call})
            permission = gate.decision(permission.hold)
        return gate.run(permission, TOOLS[call["name"]].run)

    graph = StateGraph(State)
    graph.add_node("think", think)
    graph.add_node("act", act)
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", next_steps, ["act", END])
    graph.add_edge("act", "think")
    return graph.compile(checkpointer=InMemorySaver())


def main(model, wish):
    gate = Gate()
    graph = build(model, gate)
    config = {"configurable": {"thread_id": f"run-{uuid.uuid4()}"}}
    state = graph.invoke({"messages": [HumanMessage(wish)]}, config)
    while waiting := state.get("__interrupt__"):
        # A service ends here, and resumes the thread when it is told of the decision.
        for one in waiting:
            print(f"paused for {one.value['hold']}: {one.value['call']}", flush=True)
        while any(gate.wait(one.value["hold"]) for one in waiting):
            pass
        state = graph.invoke(Command(resume={one.id: "look again" for one in waiting}), config)
    for message in state["messages"][1:]:
        if message.text:
            print(f"{message.type}: {message.text}")


if __name__ == "__main__":
    # Any chat model that calls tools will do, e.g. ChatOpenAI; this one needs no network.
    from scripted import Scripted

    main(Scripted(), " ".join(sys.argv[1:]) or "Get version 42 of the web service out.")
