"""The HTML card: one template for the answer box and for feedback pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from graders.cards.passages import diagram_apart, passages
from graders.cards.words import change_text, flag_text, level_text, tips_enough
from graders.levels import Level
from graders.question import Question
from graders.score import FULL_MARKS, Score, marks

TEMPLATES = Path(__file__).parents[1] / "templates"


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The Jinja environment of all pages: autoescaping, undefined names are errors."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style() -> str:
    """The style sheet shared by cards and report pages."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Slotted:
    """A card for a page that puts foreign words in as text.

    Attributes:
        html: The card; `<span data-sk-said="N">` stands where text N belongs.
        said: What learner and judge said.
    """

    html: str
    said: tuple[str, ...]


def html(
    score: Score, question: Question, *, max_points: float | None = None,
    answer: str | None = None, before: Score | None = None, attempt: int | None = None,
) -> str:  # fmt: skip
    """The result card of one answer, as an HTML fragment to be used with `style()`.

    Args:
        score: The judgement.
        question: The question that was answered.
        max_points: Points of the answer in an assignment.
        answer: The answer, to be shown with the quoted passages marked.
        before: The judgement of the attempt before, to compare with.
        attempt: Which attempt it is, from 1.
    """
    return _rendered(_facts(score, question, max_points, answer, before, attempt), escape)


def slotted(
    score: Score, question: Question, *, answer: str | None = None, before: Score | None = None,
    attempt: int | None = None,
) -> Slotted:  # fmt: skip
    """The same card with slots in place of all that a learner or a judge said."""
    said: list[str] = []

    def slot(text: object) -> Markup:
        said.append(str(text))
        return Markup('<span data-sk-said="{}"></span>').format(len(said) - 1)

    facts = _facts(score, question, None, answer, before, attempt)
    return Slotted(_rendered(facts, slot), tuple(said))


def _rendered(facts: dict[str, Any], said: Callable[[object], Markup]) -> str:
    return (
        environment()
        .get_template("card.html.j2")
        .render(**facts, said=said, flag_text=flag_text, Level=Level)
    )


def _facts(
    score: Score, question: Question, max_points: float | None, answer: str | None,
    before: Score | None, attempt: int | None,
) -> dict[str, Any]:  # fmt: skip
    was = {} if before is None else {v.criterion: v.level for v in before.verdicts}
    rows = [
        {
            "criterion": question.criterion(verdict.criterion),
            "verdict": verdict,
            "was": was.get(verdict.criterion),
        }
        for verdict in score.verdicts
    ]
    points = None
    if score.points is not None and max_points is not None:
        points = round(marks(score.points) * max_points, 2)
    text, diagram = diagram_apart(answer or "")
    return {
        "score": score,
        "question": question,
        "rows": rows,
        "level": level_text(score.level),
        "points": points,
        "max_points": max_points,
        "target": FULL_MARKS.label,
        "answered": answer is not None,
        "passages": passages(text, [verdict.evidence for verdict in score.verdicts]),
        "diagram": diagram,
        "attempt": attempt,
        "before": before,
        "change": change_text(score, before),
        "enough": tips_enough(score, question),
    }
