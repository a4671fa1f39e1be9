"""A score as a person reads it: an HTML card, a Markdown comment, lines in a terminal.

Everything that comes from a learner is escaped: Jinja escapes in HTML, `_plain` in Markdown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from graders.levels import Level
from graders.question import Question
from graders.score import FULL_MARKS, Score, marks

TEMPLATES = Path(__file__).parent / "templates"

FLAG_TEXTS = {
    "box_unreadable": "blank, and the box's file could not be read",
    "both_places": "answered in the box and in the cell; the cell counts",
    "cell_deleted": "the answer cell had been deleted",
    "contradiction": "takes back what it copies",
    "copied_model_answer": "mostly the published model answer",
    "copied_rubric": "holds sentences of the rubric",
    "diagram_only": "only a diagram",
    "doubted": "a verdict is doubted",
    "duplicated_cell": "the answer cell exists more than once",
    "echo": "repeats the question",
    "empty": "blank",
    "failed": "failed",
    "from_widget": "answered in the box",
    "hidden_characters": "holds invisible characters",
    "hidden_text": "holds hidden text",
    "injection": "speaks to the grader",
    "junk": "not made of sentences",
    "late": "late",
    "left_out": "parts that answer nothing were left out",
    "low_confidence": "the judge is unsure",
    "markup": "holds HTML",
    "missing": "missing",
    "not_english": "not in English",
    "off_topic": "off-topic",
    "partly_judged": "some criteria could not be judged",
    "text_elsewhere": "text found in another cell",
    "too_short": "very short",
    "truncated": "very long; only the beginning was read",
    "unscored": "not scored yet",
}
"""Flag -> what it means, in a few words."""


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


def level_text(level: Level | None) -> str:
    """The level as a word; "unscored" for an answer that waits for a person."""
    return "unscored" if level is None else level.label


def flag_text(flag: str) -> str:
    """What *flag* means, in a few words."""
    return FLAG_TEXTS.get(flag, flag.replace("_", " "))


def html(score: Score, question: Question, *, max_points: float | None = None) -> str:
    """The result card of one answer, as an HTML fragment to be used with `style()`."""
    return (
        environment()
        .get_template("card.html.j2")
        .render(**_facts(score, question, max_points), flag_text=flag_text, Level=Level)
    )


def _facts(score: Score, question: Question, max_points: float | None) -> dict[str, Any]:
    rows = [
        {"criterion": question.criterion(verdict.criterion), "verdict": verdict}
        for verdict in score.verdicts
    ]
    points = None
    if score.points is not None and max_points is not None:
        points = round(marks(score.points) * max_points, 2)
    return {
        "score": score,
        "question": question,
        "rows": rows,
        "level": level_text(score.level),
        "points": points,
        "max_points": max_points,
        "target": FULL_MARKS.label,
    }


def markdown(score: Score, question: Question, *, max_points: float) -> str:
    """The same as a comment for nbgrader, which renders Markdown without sanitising it."""
    lines = [f"**Level: {level_text(score.level)}**"]
    if score.points is not None:
        lines[0] += f" ({marks(score.points) * max_points:.2f} of {max_points:g} points)"
    if score.reasons:
        lines.append("Waits for a person: " + " ".join(_plain(r) for r in score.reasons))
    for verdict in score.verdicts:
        criterion = question.criterion(verdict.criterion)
        line = f"- **{_plain(criterion.asks)}** {level_text(verdict.level)}."
        if verdict.evidence:
            line += f" You wrote: “{_plain(_shorten(verdict.evidence[0]))}”"
        lines.append(line)
    if score.tips:
        lines.append("")
        lines.append("What would lift it:")
        for number, tip in enumerate(score.tips, 1):
            lines.append(f"{number}. {_plain(tip.gap)}")
    return "\n".join([lines[0], "", *lines[1:]])


def _shorten(text: str, limit: int = 220) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + " …"


def _plain(text: str) -> str:
    """*text* so that Markdown and HTML show it letter for letter, on one line."""
    text = " ".join(text.split())
    # As entities rather than with backslashes, which mean something of their own before "(".
    text = re.sub(r"[\\`*_\[\]$|~#<>&]", lambda match: f"&#{ord(match.group())};", text)
    return text.replace("://", "&#58;//").replace("www.", "www&#46;")
