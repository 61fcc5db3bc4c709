"""Calls one tool of the MCP servers behind a gate, with the official Python client.

    agent.py TOOL [NAME=VALUE ...]

PORTCULLIS_URL says where the gate is, AGENT_KEY who is calling. Ends with 1 when the call was not
carried out.
"""

import asyncio
import os
import sys

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client


async def call(tool, arguments):
    gate = os.environ.get("PORTCULLIS_URL", "http://127.0.0.1:8088")
    headers = {"Authorization": "Bearer " + os.environ["AGENT_KEY"]}
    async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
        async with Client(streamable_http_client(gate + "/mcp", http_client=http)) as client:
            try:
                result = await client.call_tool(tool, arguments)
            except MCPError as error:
                print(error)
                return False
            for block in result.content:
                print(getattr(block, "text", block))
            return not result.is_error


done = asyncio.run(call(sys.argv[1], dict(pair.split("=", 1) for pair in sys.argv[2:])))
sys.exit(0 if done else 1)
