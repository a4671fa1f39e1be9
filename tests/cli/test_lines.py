"""Lines in, lines out: one order, whatever the judge finishes first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from graders.answers import Answer
from graders.cli.lines import Line, pairs_in, score_lines
from graders.judges.llm.many import Result
from graders.levels import Level
from graders.question import Question
from tests.judges.canned import Canned, Plain, all_at

ID = "concept/caching"
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)
REFERENCE = {
    "id": "reference",
    "prompt": "What does a cache do when it is full?",
    "reference": "It evicts an entry, usually the one that was used least recently, to make room.",
    "text": "It throws out an entry, mostly the least recently used one, so that there is room.",
}


class Backwards(Plain):
    """Judges what there is in rounds of five, the last first."""

    def judge_many(self, pairs: Any, **_: Any) -> Iterator[Result]:
        taken: list[tuple[int, tuple[Question, Answer]]] = []
        for numbered in enumerate(pairs):
            taken.append(numbered)
            if len(taken) == 5:
                yield from self._results(taken)
        yield from self._results(taken)

    def _results(self, taken: list[tuple[int, tuple[Question, Answer]]]) -> Iterator[Result]:
        while taken:
            index, pair = taken.pop()
            yield Result(index, tuple(self.judge(*pair)))


def bank(name: str, text: str = TEXT) -> Line:
    return {"id": name, "question_id": ID, "text": f"{text} This was {name}." if text else ""}


def scored(*lines: Line | str) -> list[tuple[int, Line]]:
    raw = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    written: list[tuple[int, Line]] = []
    judge = Backwards(Canned(all_at(Level.SENIOR)))
    score_lines(raw, lambda number, line: written.append((number, line)), judge=judge)
    return written


def test_results_stand_in_the_order_of_the_lines() -> None:
    lines: list[Line | str] = [bank(f"a{n}") for n in range(12)]
    lines[3:3] = ["no json", REFERENCE, "", bank("blank", ""), {"id": 7, "question_id": "concept/nope", "text": "x"}]  # fmt: skip
    written = scored(*lines)
    assert [number for number, _ in written] == [n for n in range(1, 18) if n != 6]
    assert [line["id"] for _, line in written] == [
        "a0", "a1", "a2", None, "reference", "blank", 7, *(f"a{n}" for n in range(3, 12)),
    ]  # fmt: skip
    assert all(line["level"] == "senior" for _, line in written if str(line["id"])[0] == "a")
    assert "nope" in written[6][1]["error"]


def test_lines_that_need_no_judge_are_written_at_once() -> None:
    written: list[int] = []

    def lines() -> Iterator[str]:
        for n in range(5):
            assert len(written) == n
            yield "no json"

    score_lines(lines(), lambda number, line: written.append(number), judge=Plain(Canned()))
    assert written == [1, 2, 3, 4, 5]


def test_an_estimate_looks_at_what_the_judge_would_read() -> None:
    lines = [json.dumps(bank("a")), "no json", json.dumps(REFERENCE), "", json.dumps(bank("b"))]
    assert [answer.text[-2:] for _, answer in pairs_in(lines)] == ["a.", "b."]
