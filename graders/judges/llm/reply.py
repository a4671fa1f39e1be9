"""What a model must reply, and what is made of what it does reply.

There is no field for a score, and nothing here fails: what is wrong is listed, in words that can
be sent back to the model.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.levels import Level
from graders.question import Question

CANNOT = "cannot_assess"
VERDICTS = (*(level.label for level in Level), CANNOT)
CONFIDENCE = {"low": 0.4, "medium": 0.7, "high": 0.9}
"""The model's word -> the figure; no model is surer than this, they all overrate themselves."""

MAX_TEXT = 200_000
MAX_QUOTES = 5
MAX_REASON = 600
_MAX_STARTS = 200
_AROUND = string.punctuation + " –—…"

QUOTE_LENGTH, REASON_LENGTH = 240, 300
"""Characters that a server with bounds on strings lets a quote and a reason have."""

QUOTES = 3
"""Quotes in one list that such a server allows."""

NOTHING = ("", "none", "n/a", "n.a", "na", "null", "nil", "no", "nothing", "empty", "false",
           "none found", "not applicable")  # fmt: skip
"""What models write where nothing is to be reported, instead of an empty list."""

NO_TEXT = "(no text)"
"""Stands for a report that is no text, so that nobody can find it in the answer."""


@dataclass(frozen=True)
class Opinion:
    """What the model says of one criterion; its quotes are not yet checked."""

    level: Level | None
    quotes: tuple[str, ...]
    reason: str
    confidence: float


@dataclass(frozen=True)
class Reading:
    """What could be read in a reply.

    Attributes:
        opinions: Criterion id -> what the model says, for those that could be read.
        suspicious: Passages that the model found to speak to the grader.
        problems: What is wrong, in words for the model.
    """

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    suspicious: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def schema_of(question: Question) -> dict[str, Any]:
    """JSON schema of a reply, in the subset that all strict servers share.

    Every field is required, nothing may be added, and there are no limits on numbers or lengths.
    The ids are keys, so a server that enforces the schema cannot miss or invent one.
    """
    text: dict[str, Any] = {"type": "string"}
    opinion = _object(
        {
            "evidence": {"type": "array", "items": text},
            "reason": text,
            "verdict": {"type": "string", "enum": list(VERDICTS)},
            "confidence": {"type": "string", "enum": list(CONFIDENCE)},
        }
    )
    criteria = _object({criterion.id: opinion for criterion in question.criteria})
    return _object({"suspicious": {"type": "array", "items": text}, "criteria": criteria})


def bounded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """*schema* with bounds on strings and lists, for servers that make a grammar of it.

    A small model likes to copy the whole answer into one quote, until the reply is cut off and
    all of it has to be asked again. Where a bound cuts a quote short, its beginning still stands
    in the answer.
    """
    changed = {name: _bounded(name, part) for name, part in schema["properties"].items()}
    return {**schema, "properties": changed}


def has_bounds(schema: Mapping[str, Any]) -> bool:
    """Whether *schema* holds any of the bounds that `bounded` sets."""
    parts = schema.get("properties", {}).values()
    return "maxItems" in schema or "maxLength" in schema or any(map(has_bounds, parts))


def _bounded(name: str, part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "object":
        return bounded(part)
    if part["type"] == "array":
        items = {**part["items"], "maxLength": QUOTE_LENGTH}
        return {**part, "items": items, "maxItems": QUOTES}
    return {**part, "maxLength": REASON_LENGTH} if name == "reason" else dict(part)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_reply(text: str, question: Question) -> Reading:
    """Read the reply *text* of a model; never fails, whatever it holds."""
    found = _found(text[:MAX_TEXT])
    if found is None:
        return Reading(problems=("The reply is not one complete JSON object in the given form.",))
    criteria = found["criteria"]
    expected = [criterion.id for criterion in question.criteria]
    opinions: dict[str, Opinion] = {}
    problems = []
    for name in expected:
        if name not in criteria:
            problems.append(f"The criterion {name} is missing.")
        elif (opinion := _opinion(criteria[name])) is None:
            problems.append(f"The criterion {name} does not have the given form.")
        else:
            opinions[name] = opinion
    extra = len(set(criteria) - set(expected))
    if extra:
        problems.append(f"{extra} of the criteria do not exist. Use exactly the given ids.")
    return Reading(opinions, _reports(found.get("suspicious")), tuple(problems))


def _found(text: str) -> dict[str, Any] | None:
    """The last object in the form of a reply; an earlier one may be thought, or quoted."""
    whole = _parsed(text.strip())
    if whole is not None:
        return whole
    decoder = json.JSONDecoder(object_pairs_hook=_unique)
    last, position = None, 0
    for _ in range(_MAX_STARTS):
        position = text.find("{", position)
        if position < 0:
            break
        try:
            candidate, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        last = candidate if _has_form(candidate) else last
    return last


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return found if _has_form(found) else None


def _has_form(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("criteria"), dict)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice, and nobody can say which one counts")
    return found


def _opinion(entry: object) -> Opinion | None:
    if not isinstance(entry, dict):
        return None
    verdict, reason = entry.get("verdict"), entry.get("reason")
    if not isinstance(verdict, str) or verdict not in VERDICTS:
        return None
    confidence = entry.get("confidence")
    return Opinion(
        level=None if verdict == CANNOT else Level.from_label(verdict),
        quotes=_texts(entry.get("evidence")),
        reason=_clean(reason)[:MAX_REASON] if isinstance(reason, str) else "",
        # Whoever does not say how sure he is, is not.
        confidence=CONFIDENCE.get(confidence, 0.4) if isinstance(confidence, str) else 0.4,
    )


def _texts(entry: object) -> tuple[str, ...]:
    if isinstance(entry, str):
        entry = [entry]
    if not isinstance(entry, list):
        return ()
    return tuple(text for text in entry if isinstance(text, str) and text.strip())[:MAX_QUOTES]


def _reports(entry: object) -> tuple[str, ...]:
    """What *entry* reports, in whatever form; words for nothing report nothing."""
    parts = entry if isinstance(entry, list) else [entry]
    texts = [part if isinstance(part, str) else NO_TEXT for part in parts if part]
    return tuple(
        text for text in texts if " ".join(text.casefold().split()).strip(_AROUND) not in NOTHING
    )[:MAX_QUOTES]


def _clean(text: str) -> str:
    """*text* in one line, without what a terminal or a page would act upon."""
    plain = text.encode("utf-8", errors="replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())
