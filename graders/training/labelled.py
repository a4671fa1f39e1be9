"""Labelled answers: the calibration set, and the bank's model answers in the same form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.errors import UsageError
from graders.levels import DIMENSIONS, Level
from graders.question import load_question


@dataclass(frozen=True)
class Labelled:
    """One labelled answer.

    Attributes:
        id: Its id in the calibration set.
        question_id: The question that it answers.
        text: The answer.
        level: Overall level.
        dimensions: Dimension -> level.
        shape: `even`, `uneven` (dimensions two levels apart or more) or `borderline`.
    """

    id: str
    question_id: str
    text: str
    level: Level
    dimensions: dict[str, Level]
    shape: str = "even"


def load_labelled(folder: Path) -> list[Labelled]:
    """Read all `*.jsonl` in *folder*.

    Raises:
        UsageError: If there is none.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                found.append(
                    Labelled(
                        id=entry["id"],
                        question_id=entry["question_id"],
                        text=entry["text"],
                        level=Level.from_label(entry["level"]),
                        dimensions={
                            name: Level.from_label(label)
                            for name, label in entry["dimensions"].items()
                        },
                        shape=entry["shape"],
                    )
                )
    if not found:
        raise UsageError("there are no labelled answers", where=str(folder), fix="Check the folder")
    return found


def model_answers(questions: Sequence[str]) -> list[Labelled]:
    """The bank's model answers as labelled answers: every dimension at the answer's level."""
    found = []
    for question_id in questions:
        question = load_question(question_id)
        if question.model_answers is None:
            continue
        for level in (Level.MID, Level.SENIOR, Level.STAFF):
            found.append(
                Labelled(
                    id=f"{question_id}:{level.label}",
                    question_id=question_id,
                    text=question.model_answers.at(level),
                    level=level,
                    dimensions=dict.fromkeys(DIMENSIONS[question.kind], level),
                )
            )
    return found
