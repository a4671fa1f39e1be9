"""How values become rows of the file, and JSON of an export, and values again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from graders.levels import Level
from graders.progress.values import (
    LOOKED,
    SIGNALS,
    Attempt,
    DrillRecord,
    Look,
    Mock,
    Settings,
    StoryVersion,
    new_key,
)
from graders.score import Score

Row = dict[str, Any]
V = TypeVar("V")


@dataclass(frozen=True)
class Table(Generic[V]):
    """One table.

    Attributes:
        name: Its name in the file.
        title: What it holds, in the plural, for people and in exports.
        columns: All columns but the number of the row; `key` is the first.
        encode: Makes a row of a value.
        decode: Makes a value of a row; raises `ValueError`, `TypeError` or `KeyError` if it can't.
        instead: Column -> SQL that is read instead of it.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    encode: Callable[[V], Row]
    decode: Callable[[Mapping[str, Any]], V]
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def selected(self) -> str:
        """The columns as SQL, quoted: some are words of the language."""
        return ", ".join(self.instead.get(column, f'"{column}"') for column in self.columns)


def _time(text: Any) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return value.astimezone(UTC)


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _maybe(make: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else make(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value


def _word(value: Any, allowed: tuple[str, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"{str(value)[:40]!r} is none of {', '.join(allowed)}")
    return value


def _mapping(text: Any) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("a mapping was expected")
    return value


def _plain(value: Any) -> Row:
    """The fields of a value of plain texts and numbers."""
    row = {field.name: getattr(value, field.name) for field in fields(value)}
    return {**row, "at": _iso(value.at), "key": value.key or new_key()}


def _attempt(value: Attempt) -> Row:
    row = _plain(value)
    row["score"] = value.score.model_dump_json()
    row["daily"] = _maybe(date.isoformat, value.daily)
    return row


def _to_attempt(row: Mapping[str, Any]) -> Attempt:
    return Attempt(
        at=_time(row["at"]),
        question_id=_text(row["question_id"]),
        answer=_text(row["answer"]),
        score=Score.model_validate_json(row["score"]),
        cold=bool(row["cold"]),
        hints=int(row["hints"]),
        seconds=_maybe(float, row["seconds"]),
        daily=_maybe(date.fromisoformat, row["daily"]),
        mock=_maybe(_text, row["mock"]),
        variation=_maybe(_text, row["variation"]),
        key=_text(row["key"]),
    )


def _to_look(row: Mapping[str, Any]) -> Look:
    what = _word(row["what"], LOOKED)
    return Look(_time(row["at"]), _text(row["question_id"]), what, _text(row["key"]))


def _mock(value: Mock) -> Row:
    return {
        "key": value.id,
        "kind": value.kind,
        "started": _iso(value.started),
        "updated": _iso(value.updated),
        "finished": _maybe(_iso, value.finished),
        "state": json.dumps(dict(value.state)),
        "scorecard": _maybe(lambda card: json.dumps(dict(card)), value.scorecard),
        "level": _maybe(lambda level: level.label, value.level),
        "signal": value.signal,
        "target": value.target.label,
    }


def _to_mock(row: Mapping[str, Any]) -> Mock:
    return Mock(
        id=_text(row["key"]),
        kind=_text(row["kind"]),
        started=_time(row["started"]),
        updated=_time(row["updated"]),
        state=_mapping(row["state"]),
        finished=_maybe(_time, row["finished"]),
        scorecard=_maybe(_mapping, row["scorecard"]),
        level=_maybe(Level.from_label, row["level"]),
        signal=_maybe(lambda word: _word(word, SIGNALS), row["signal"]),
        target=Level.from_label(row["target"]),
    )


def _to_story(row: Mapping[str, Any]) -> StoryVersion:
    return StoryVersion(
        story_id=_text(row["story_id"]),
        at=_time(row["at"]),
        title=_text(row["title"]),
        text=_text(row["text"]),
        when=_text(row["when"]),
        employer=_text(row["employer"]),
        withdrawn=bool(row["withdrawn"]),
        key=_text(row["key"]),
    )


def _to_drill(row: Mapping[str, Any]) -> DrillRecord:
    return DrillRecord(
        at=_time(row["at"]),
        seed=int(row["seed"]),
        family=_text(row["family"]),
        answer=_text(row["answer"]),
        option=_maybe(int, row["option"]),
        close=bool(row["close"]),
        right=bool(row["right"]),
        decided=_maybe(bool, row["decided"]),
        unit=bool(row["unit"]),
        seconds=_maybe(float, row["seconds"]),
        key=_text(row["key"]),
    )


def settings_row(value: Settings) -> Row:
    """*value* as JSON can hold it."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def to_settings(row: Mapping[str, Any]) -> Settings:
    """The settings in *row*; a setting that is not known is passed over.

    Raises:
        TypeError: If a value has the wrong type.
    """
    texts = {
        name: _text(row[name]) for name in ("name", "cohort", "company", "level") if name in row
    }
    focus = row.get("focus", ())
    if not isinstance(focus, list | tuple):
        raise TypeError("focus must be a list")
    return Settings(
        **texts,
        staff_horizon_months=_maybe(int, row.get("staff_horizon_months")),
        focus=tuple(map(_text, focus)),
    )


ATTEMPTS = Table(
    "attempt",
    "attempts",
    ("key", "at", "question_id", "answer", "score", "cold", "hints", "seconds", "daily", "mock",
     "variation"),
    _attempt,
    _to_attempt,
)  # fmt: skip
OUTLINES = replace(ATTEMPTS, instead={"score": "json_remove(score, '$.verdicts', '$.tips')"})
"""Attempts whose scores have neither verdicts nor tips."""
LOOKS = Table("look", "looks", ("key", "at", "question_id", "what"), _plain, _to_look)
MOCKS = Table(
    "mock",
    "mocks",
    ("key", "kind", "started", "updated", "finished", "state", "scorecard", "level", "signal",
     "target"),
    _mock,
    _to_mock,
)  # fmt: skip
STORIES = Table(
    "story",
    "stories",
    ("key", "story_id", "at", "title", "text", "when", "employer", "withdrawn"),
    _plain,
    _to_story,
)
DRILLS = Table(
    "drill",
    "drills",
    ("key", "at", "seed", "family", "answer", "option", "close", "right", "decided", "unit",
     "seconds"),
    _plain,
    _to_drill,
)  # fmt: skip
TABLES: tuple[Table[Any], ...] = (ATTEMPTS, LOOKS, MOCKS, STORIES, DRILLS)
