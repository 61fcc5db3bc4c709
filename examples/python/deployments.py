"""The tools of the examples, and what each of them is to the gate."""

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from portcullis_gate import Refused

PLACE = Path(os.environ.get("DEPLOYMENTS", "deployments.txt"))


def read_log(service: str, why: str) -> str:
    """Reads the log of a service. `why` is for the people who look at it."""
    return f"{service}: 3 of 512 requests failed; version 42 fixes it"


def deploy(service: str, version: str, why: str) -> str:
    """Deploys a version of a service. `why` is for the people who decide about it."""
    return _done(f"deployed {service} {version}")


def drop_database(name: str, why: str) -> str:
    """Drops a database. `why` is for the people who decide about it."""
    return _done(f"dropped {name}")


def _done(what):
    with PLACE.open("a") as place:
        place.write(what + "\n")
    return what


@dataclass(frozen=True)
class Tool:
    """A function, its action type, and which of its arguments says what is touched."""

    run: Callable[..., str]
    action: str
    target: str


TOOLS = {
    "read_log": Tool(read_log, "log_read", target="service"),
    "deploy": Tool(deploy, "code_deploy", target="service"),
    "drop_database": Tool(drop_database, "database_drop", target="name"),
}


def judge(gate, name, arguments, session, call):
    """Asks the gate about a call as the model wrote it."""
    try:
        tool = TOOLS[name]
        inspect.signature(tool.run).bind(**arguments)
    except (KeyError, TypeError):
        raise Refused("there is no such tool with these arguments") from None
    return gate.judge(
        tool.action,
        arguments[tool.target],
        arguments,
        environment="staging",
        reasoning=arguments["why"],
        session=session,
        call=call,
    )
