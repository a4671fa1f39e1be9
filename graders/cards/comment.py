"""A score as a comment for nbgrader's gradebook."""

from __future__ import annotations

import re

from graders.cards.words import level_text
from graders.question import Question
from graders.score import Score, marks


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
