"""An agent of the OpenAI Agents SDK with a gate before each of its tools.

A tool call that people decide about pauses the run. Whoever resumes it decides nothing: the tool
asks the gate what became of the hold before it does anything.
"""

import asyncio
import json
import sys
import uuid

from agents import Agent, FunctionTool, RunConfig, Runner, RunState, function_tool

from deployments import TOOLS, judge
from portcullis_gate import Gate, Held, Refused


class Governed:
    """The tools of one run, with the gate before them."""

    def __init__(self, gate):
        self.gate = gate
        self.session = f"run-{uuid.uuid4()}"

    def tools(self):
        return [self.tool(name, function_tool(tool.run)) for name, tool in TOOLS.items()]

    def tool(self, name, plain):
        async def waits_for_people(_, arguments, call):
            return await asyncio.to_thread(self.hold, name, arguments, call) is not None

        async def invoke(context, arguments):
            call = context.tool_call_id
            return await asyncio.to_thread(self.call, name, json.loads(arguments), call)

        return FunctionTool(
            name=name,
            description=plain.description,
            params_json_schema=plain.params_json_schema,
            on_invoke_tool=invoke,
            needs_approval=waits_for_people,
        )

    def hold(self, name, arguments, call):
        """The hold that a call waits for. The gate knows a call again that it was asked about."""
        try:
            permission = judge(self.gate, name, arguments, self.session, call)
        except Refused:
            return None  # It is refused again when it is called, and the model reads why.
        return permission.hold if isinstance(permission, Held) else None

    def call(self, name, arguments, call):
        try:
            permission = judge(self.gate, name, arguments, self.session, call)
            if isinstance(permission, Held):
                permission = self.gate.decision(permission.hold)
            return self.gate.run(permission, TOOLS[name].run)
        except Refused as refusal:
            return f"Refused: {refusal}"

    def wait(self, call):
        """Waits until people have decided about a call."""
        hold = self.hold(call.name, json.loads(call.arguments), call.call_id)
        print(f"paused for {hold}: {call.name} {call.arguments}", flush=True)
        while hold and self.gate.wait(hold):
            pass


async def main(model, wish):
    governed = Governed(Gate())
    agent = Agent(name="releases", tools=governed.tools(), model=model)
    config = RunConfig(tracing_disabled=True)
    result = await Runner.run(agent, wish, run_config=config)
    while result.interruptions:
        # A service keeps this text and the session's name, and goes on when it is told of the
        # decision.
        kept = result.to_state().to_string()
        for waiting in result.interruptions:
            await asyncio.to_thread(governed.wait, waiting.raw_item)
        state = await RunState.from_string(agent, kept)
        for waiting in state.get_interruptions():
            state.approve(waiting)
        result = await Runner.run(agent, state, run_config=config)
    for item in result.to_input_list():
        if "output" in item:
            print(f"tool: {item['output']}")
    print(f"agent: {result.final_output}")


if __name__ == "__main__":
    # Any model of the SDK will do, e.g. "gpt-5"; this one needs no network.
    from scripted import Scripted

    asyncio.run(main(Scripted(), " ".join(sys.argv[1:]) or "Get version 42 of the web service out."))
