"""Drives the gate with the official Python client of MCP, unchanged, in both eras.

Reads from the environment how to get in: URL and AGENT_KEY for a served gate, or WRAP, a command
line as JSON, for one that the client starts itself. PORTCULLIS and OPERATOR_TOKEN are what people
decide with, NOTES is the file that the server behind the gate writes. Fails loudly at the first
thing that does not hold.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager

import httpx2
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

NOTES = os.environ["NOTES"]
PREFIX = "" if "WRAP" in os.environ else "notes__"
# Judged by a gate that runs elsewhere, and knows nothing of the server: a client then sees every tool,
# and the server checks arguments itself.
ELSEWHERE = "ELSEWHERE" in os.environ


def written():
    try:
        with open(NOTES) as notes:
            return notes.read().splitlines()
    except FileNotFoundError:
        return []


def release(hold):
    command = [os.environ["PORTCULLIS"], "holds", "release", hold, "--reason", "good"]
    environment = dict(os.environ, PORTCULLIS_TOKEN=os.environ["OPERATOR_TOKEN"], PORTCULLIS_URL=os.environ["URL"])
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@asynccontextmanager
async def client(mode, **options):
    if "WRAP" in os.environ:
        command, *args = json.loads(os.environ["WRAP"])
        where = StdioServerParameters(command=command, args=args, env=dict(os.environ))
        async with Client(where, mode=mode, **options) as one:
            yield one
        return
    headers = {"Authorization": "Bearer " + os.environ["AGENT_KEY"]}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(os.environ["URL"] + "/mcp", http_client=http)
        async with Client(transport, mode=mode, **options) as one:
            yield one


def text(result):
    return result.content[0].text


def hold_in(words):
    return re.search(r"esc_[0-9a-f]+", words).group()


async def plain(mode):
    async with client(mode) as one:
        tools = {tool.name for tool in (await one.list_tools()).tools}
        there = {"read_notes", "write_note"} | ({"burn"} if ELSEWHERE else set())
        assert tools == {PREFIX + name for name in there}, tools
        read = await one.call_tool(PREFIX + "read_notes", {})
        assert not read.is_error, read
        note = f"from {mode}"
        before = len(written())
        held = await one.call_tool(PREFIX + "write_note", {"text": note})
        assert held.is_error and text(held).startswith("HELD"), held
        again = await one.call_tool(PREFIX + "write_note", {"text": note})
        assert hold_in(text(again)) == hold_in(text(held))
        assert len(written()) == before
        release(hold_in(text(held)))
        calls = [one.call_tool(PREFIX + "write_note", {"text": note}) for _ in range(3)]
        done = [result for result in await asyncio.gather(*calls) if not result.is_error]
        assert len(done) == 1 and text(done[0]) == "written", done
        assert written()[before:] == [note], written()
        wrong = await one.call_tool(PREFIX + "write_note", {"text": 7})
        assert wrong.is_error and ("HELD" if ELSEWHERE else "arguments.invalid") in text(wrong), wrong
        burnt = await one.call_tool(PREFIX + "burn", {})
        assert burnt.is_error and text(burnt).startswith("BLOCKED"), burnt
        resources = (await one.list_resources()).resources
        assert len(resources) == 1, resources
        content = await one.read_resource(resources[0].uri)
        assert note in content.contents[0].text
        prompts = (await one.list_prompts()).prompts
        prompt = await one.get_prompt(prompts[0].name, {"topic": "tea"})
        assert "tea" in prompt.messages[0].content.text
    print(mode, "holds")


async def with_a_browser():
    asked = []

    async def open_browser(context, params):
        asked.append(params.url)
        release(hold_in(params.url))
        return types.ElicitResult(action="accept")

    async with client("auto", elicitation_callback=open_browser) as one:
        before = len(written())
        done = await one.call_tool(PREFIX + "write_note", {"text": "looked at"})
        assert not done.is_error and text(done) == "written", done
        assert len(asked) == 1 and len(written()) == before + 1
    print("a browser holds")


async def only_list(wanted):
    async with client("auto") as one:
        tools = {tool.name for tool in (await one.list_tools()).tools}
        assert wanted in tools if wanted else not tools, tools


async def while_the_gate_is_away():
    async with client("legacy") as one:
        before = written()
        for tool, arguments in [("read_notes", {}), ("write_note", {"text": "alone"})]:
            refused = await one.call_tool(tool, arguments)
            assert refused.is_error and "gate.unavailable" in text(refused), refused
        assert written() == before
    print("all of it holds")


async def main():
    if "AWAY" in os.environ:
        return await while_the_gate_is_away()
    if "ONLY_LIST" in os.environ:
        return await only_list(os.environ["ONLY_LIST"])
    await plain("auto")
    await plain("legacy")
    if "WRAP" not in os.environ:
        await with_a_browser()
    print("all of it holds")


asyncio.run(main())
sys.stdout.flush()
