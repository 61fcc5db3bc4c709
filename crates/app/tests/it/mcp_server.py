"""A server of notes with the official SDK: over standard input and output, or over HTTP on PORT.

Every note that is written is one more line in the file NOTES, so that effects can be counted.
"""

import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("notes")


@server.tool(description=os.environ.get("SAYS", "Reads every note"))
def read_notes() -> str:
    try:
        with open(os.environ["NOTES"]) as notes:
            return notes.read()
    except FileNotFoundError:
        return ""


@server.tool()
def write_note(text: str, copies: int = 1) -> str:
    """Writes a note"""
    with open(os.environ["NOTES"], "a") as notes:
        notes.write((text + "\n") * copies)
    return "written"


@server.tool()
def burn() -> str:
    """Destroys everything"""
    os.remove(os.environ["NOTES"])
    return "burnt"


@server.resource("notes://all")
def all_notes() -> str:
    """Every note"""
    return read_notes()


@server.prompt()
def summarise(topic: str) -> str:
    """Asks for a summary"""
    return f"Summarise the notes about {topic}"


if __name__ == "__main__":
    port = os.environ.get("PORT")
    if port is None:
        server.run()
    else:
        print("ready", file=sys.stderr, flush=True)
        server.run(transport="streamable-http", port=int(port))
