"""Where in an answer the kit's grader finds its evidence, and what is missing if the clock stops.

Levels come from the grader; that what has not been said yet counts as *off* is arithmetic, by the
kit's own rule. Diagrams are not counted as words: they are drawn, not said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from graders.grading import grade
from graders.judges.base import Judge
from graders.levels import Kind, Level
from graders.question import load_question
from graders.score import overall

_DIAGRAM = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Note:
    """One line of an interviewer's notes.

    Attributes:
        dimension: The box of the form.
        criterion: What was looked for.
        level: The level that the grader gave, 0 to 4.
        quote: The sentence that it rests on; "" if none was found.
        words: Words said up to the end of the sentence; all of them where there is none.
    """

    dimension: str
    criterion: str
    level: Level
    quote: str
    words: int


def model_answer(question: str, level: str) -> str:
    """The bank's answer at a level: `"mid"`, `"senior"` or `"staff"`.

    Raises:
        ValueError: If the question has no model answers.
    """
    answers = load_question(question).model_answers
    if answers is None:
        raise ValueError(f"{question} has no model answers: choose a question of the bank")
    return str(getattr(answers, level))


def spoken(text: str) -> int:
    """Words of *text*, without its diagrams."""
    return len(_DIAGRAM.sub(" ", text).split())


def notes(question: str, answer: str, *, judge: Judge | None = None) -> list[Note]:
    """What the grader would write down, in the order of the form."""
    found = []
    for verdict in grade(question, answer, judge=judge).verdicts:
        quote = verdict.evidence[0] if verdict.evidence else ""
        said = answer[: answer.index(quote) + len(quote)] if quote else answer
        found.append(
            Note(
                verdict.dimension,
                verdict.criterion,
                verdict.level if verdict.level is not None else Level.OFF,
                " ".join(quote.split()),
                spoken(said),
            )
        )
    return found


def stopped_at(
    found: Sequence[Note], words: float, kind: Kind = "design"
) -> tuple[Level, float, list[str]]:
    """What the notes amount to if only so many *words* were said.

    Returns:
        The overall level, the points (0 to 1), and the boxes in which nothing stands.
    """
    boxes: dict[str, list[float]] = {}
    for note in found:
        boxes.setdefault(note.dimension, []).append(note.level if note.words <= words else 0.0)
    levels = {dimension: sum(row) / len(row) for dimension, row in boxes.items()}
    result = overall(kind, levels)
    if result is None:
        raise ValueError("there are no notes: the answer was not judged")
    return *result, [dimension for dimension, level in levels.items() if level == 0]


def form(columns: dict[str, Sequence[Note]]) -> str:
    """The notes of several answers side by side, as a Markdown table; quotes are data, escaped."""
    rows = ["| box | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for lines in zip(*columns.values(), strict=True):
        cells = [_safe(note.quote) or "-" for note in lines]
        rows.append(f"| **{lines[0].dimension}** | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _safe(text: str) -> str:
    # Two dollar signs would be taken for the ends of a formula, even escaped ones.
    escaped = html.escape(text).translate({ord(c): f"&#{ord(c)};" for c in "|`*_[]~\\"})
    return escaped.replace("$", chr(0xFF04))
