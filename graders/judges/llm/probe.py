"""One small question that shows how a server is best asked for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from graders.judges.llm.protocol import Message
from graders.judges.llm.settings import Output

PROBE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["teal"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
PROBE: tuple[Message, ...] = (
    {
        "role": "user",
        "content": 'Reply with a JSON object that has one key, "greeting", with the value "hello".',
    },
)
"""Asks for something that the schema forbids: a server that enforces the schema cannot obey."""


@dataclass(frozen=True)
class Abilities:
    """What a server can do.

    Attributes:
        output: The best way of asking it for JSON.
        notes: What it does not take, in words.
    """

    output: Output
    notes: tuple[str, ...] = ()


def passes(text: str, asked: Output) -> bool:
    """Whether the reply *text* to the probe shows that the server does what was *asked* of it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return found == {"colour": "teal"} if asked == "json_schema" else isinstance(found, dict)
