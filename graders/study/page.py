"""What the page of an answer box may send; everything else is ignored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

_LONGEST = 24 * 3600.0


@dataclass(frozen=True)
class Told:
    """A message of the page.

    Attributes:
        kind: `"draft"`, `"submit"`, `"hint"` or `"model"`.
        text: The answer as it stands in the page.
        base: The revision that the text grew out of; `None` saves in any case.
        sender: The tab, and its own number for the message; both are given back.
        seconds: Time spent on the answer.
    """

    kind: str
    text: str
    base: str | None
    sender: dict[str, Any]
    seconds: float | None


def told(content: Any) -> Told | None:
    """*content* as a message; `None` if the page cannot have sent it."""
    if not isinstance(content, dict) or content.get("kind") not in (
        "draft", "submit", "hint", "model",
    ):  # fmt: skip
        return None
    text, base, seconds = (content.get(name) for name in ("text", "base", "seconds"))
    if content["kind"] in ("draft", "submit") and not isinstance(text, str):
        return None
    sender = {name: content.get(name) for name in ("tab", "number")}
    return Told(
        kind=content["kind"],
        text=text if isinstance(text, str) else "",
        base=base if isinstance(base, str) else None,
        sender={k: v for k, v in sender.items() if isinstance(v, int | str)},
        seconds=_seconds(seconds),
    )


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return min(float(value), _LONGEST) if math.isfinite(value) and value >= 0 else None
