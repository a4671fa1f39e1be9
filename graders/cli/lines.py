"""`seniorkit score --jsonl`: a file of answers, one JSON object a line, in and out in one order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from graders.errors import SeniorkitError, UsageError

if TYPE_CHECKING:
    from graders.answers import Answer
    from graders.judges.base import Judge
    from graders.question import Question
    from graders.score import Score

MAX_LINE = 2_000_000

Line = dict[str, Any]
Write = Callable[[int, Line], None]
"""Called with the number of a line, from 1, and its result."""


def score_lines(lines: Iterable[str], write: Write, *, judge: Judge) -> None:
    """Score *lines* and hand the results to *write*, in the order of the lines.

    A line that cannot be judged gets a result that says why. Several answers may be judged at a
    time; a result waits for those before it.
    """
    from graders.grading import grade_many

    order = _InOrder(write)
    asked: dict[int, tuple[_Place, Line]] = {}
    numbers = count()

    def pairs() -> Iterator[tuple[Question, Answer]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = order.place(number)
            entry, pair = _read(line, place)
            if pair is not None:
                asked[next(numbers)] = (place, entry)
                yield pair
            else:
                order.flush()

    for index, score in grade_many(pairs(), judge=judge):
        place, entry = asked.pop(index)
        place.result = _line(entry, score)
        order.flush()


def pairs_in(lines: Iterable[str]) -> Iterator[tuple[Question, Answer]]:
    """What *lines* ask about questions of the bank; the other lines are left out."""
    for line in lines:
        try:
            entry = _parsed(line) if line.strip() else {}
            if isinstance(entry.get("question_id"), str):
                yield _pair(entry)
        except (SeniorkitError, ValueError, RecursionError):
            continue


@dataclass
class _Place:
    """The place of one line among the results; empty until its result is there."""

    number: int
    result: Line | None = None


class _InOrder:
    """Writes results in the order of their places, each as soon as those before it are written."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._places: dict[int, _Place] = {}

    def place(self, number: int) -> _Place:
        """The next place."""
        self._places[number] = _Place(number)
        return self._places[number]

    def flush(self) -> None:
        """Write what can be written."""
        while self._places:
            place = next(iter(self._places.values()))
            if place.result is None:
                return
            self._write(place.number, place.result)
            del self._places[place.number]


def _read(line: str, place: _Place) -> tuple[Line, tuple[Question, Answer] | None]:
    """The entry of *line* and what is to be judged; else its result is put into its *place*."""
    entry: Any = None
    try:
        entry = _parsed(line)
        if isinstance(entry.get("question_id"), str):
            return entry, _pair(entry)
        place.result = _by_reference(entry)
    except (SeniorkitError, ValueError, RecursionError) as error:
        shown = error if isinstance(error, SeniorkitError) else f"not valid JSON: {error}"
        known = entry.get("id") if isinstance(entry, dict) else None
        place.result = {"id": known, "points": None, "level": None, "error": str(shown)}
    return {}, None


def _parsed(line: str) -> Line:
    if len(line) > MAX_LINE:
        raise UsageError(f"the line has more than {MAX_LINE:,} characters")
    entry = json.loads(line, parse_constant=_no_number)
    if not isinstance(entry, dict):
        raise UsageError("each line must be an object with a string `text`")
    return entry


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _text(entry: Line) -> str:
    if not isinstance(entry.get("text"), str):
        raise UsageError("each line must be an object with a string `text`")
    return str(entry["text"])


def _pair(entry: Line) -> tuple[Question, Answer]:
    from graders.answers import Answer
    from graders.question import load_question

    text = _text(entry)
    question = load_question(entry["question_id"])
    return question, Answer(question_id=question.id, text=text)


def _by_reference(entry: Line) -> Line:
    from graders.grading import grade
    from graders.judges.embedded.reference import ReferenceJudge
    from graders.question.reference import reference_question

    text = _text(entry)
    if not isinstance(entry.get("prompt"), str) or not isinstance(entry.get("reference"), str):
        raise UsageError("a line needs `question_id`, or else `prompt` and `reference`")
    maximum = entry.get("max_points", 1)
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or not 0 < maximum < 1e6:
        raise UsageError(f"max_points is {maximum!r}", fix="Give a positive number")
    question = reference_question(entry["prompt"], entry["reference"])
    score = grade(question, text, judge=ReferenceJudge())
    line = _line(entry, score)
    awarded = None if score.points is None else round(score.points * maximum, 4)
    return {**line, "max_points": maximum, "awarded": awarded}


def _line(entry: Line, score: Score) -> Line:
    return {"id": entry.get("id"), **score.model_dump(mode="json")}
