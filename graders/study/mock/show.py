"""How a scorecard looks on a page. What the candidate said is escaped by the template."""

from __future__ import annotations

from graders.cards import environment, level_text
from graders.levels import Level
from graders.study.mock.scorecard import Card


def html(card: Card) -> str:
    """The scorecard as an HTML fragment, to be used with `cards.style()`."""
    return environment().get_template("mock_card.html.j2").render(
        card=card, Level=Level, level_text=level_text, named=named
    )  # fmt: skip


def named(level: float) -> str:
    """A mean level as a word: 2.4 is mid."""
    return Level(int(level + 0.5 + 1e-9)).label
