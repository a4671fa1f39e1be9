"""A cohort is read with the same few queries, however many learners it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from graders.batch.measure.multiplied import PATTERNS, multiply
from graders.course import open_course
from graders.gradebook import LearnerGrades

WEEKS = ("week01", "week02")


def _read(root: Path) -> tuple[list[LearnerGrades], int]:
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    with open_course(root).gradebook() as book:
        event.listen(book._gradebook.engine, "before_cursor_execute", note)
        return book.learners("week02"), len(asked)


def test_queries_do_not_grow_with_the_cohort(tmp_path: Path) -> None:
    few, asked_for_few = _read(multiply(tmp_path / "few", 3, WEEKS))
    many, asked_for_many = _read(multiply(tmp_path / "many", PATTERNS + 5, WEEKS))
    assert (len(few), len(many)) == (3, PATTERNS + 5)
    assert asked_for_many == asked_for_few
    assert {len(one.cells) for one in many} == {5}
    by_name = {one.student: one for one in many}
    names = sorted(by_name)
    copies = [name for name in names if int(name.split("-")[1]) >= PATTERNS]
    for name in copies:
        half, number = name.split("-")
        pattern = by_name[f"{half}-{int(number) - PATTERNS:04d}"]
        assert by_name[name].cells == pattern.cells and by_name[name].scores == pattern.scores
