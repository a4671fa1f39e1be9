"""Good text about something else: whole answers at the wrong question, and weak ones with a part of one.

They teach what belongs to a question. Stories, leadership stories included, are only moved to
other kinds: one story answers several questions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from graders.judges.embedded.vectors import Ids
from graders.levels import Kind
from graders.training.labelled import Labelled

APART: tuple[Kind, ...] = ("design", "concept")
"""Kinds of which each question has a subject of its own."""

TOLD: tuple[Kind, ...] = ("story", "leadership")
"""Kinds that a story of the other one may answer."""

NEIGHBOURS = 6
"""An answer is moved to one of so many nearest questions of its kind, among others."""

LENGTHS = (60, 100, 150, 10_000)
"""Tokens of the parts that are put into an answer."""

Text = Sequence[Ids]
"""The tokens of each sentence."""


def elsewhere(own: str, near: Sequence[str], draw: random.Random) -> list[str]:
    """Four questions, or fewer, that an answer to *own* does not answer.

    Args:
        own: The question that is answered.
        near: All questions, the nearest to *own* first.
        draw: Chance.
    """
    kind = _kind(own)
    same = [name for name in near if _kind(name) == kind and name != own]
    told = (*TOLD,) if kind in TOLD else (kind,)
    far = [name for name in near if _kind(name) not in told]
    picked = [draw.choice(same[:NEIGHBOURS]), draw.choice(same)] if kind in APART and same else []
    return picked + [draw.choice(far) for _ in range(2) if far]


def _kind(name: str) -> str:
    return name.split("/")[0]


def put_in(weak: Text, good: Text, draw: random.Random) -> list[Ids]:
    """*weak* with some sentences of *good* behind, before or within it."""
    lengths = np.array([len(one) for one in good])
    wanted = draw.choice(LENGTHS)
    first = 0 if wanted >= lengths.sum() else draw.randrange(max(1, len(good) - 3))
    end = first + 1 + int(np.searchsorted(np.cumsum(lengths[first:]), wanted))
    part = list(good[first:end])
    # Now and then there is little of one's own.
    base = list(weak[: len(weak) // 2 + 1]) if draw.random() < 0.25 else list(weak)
    at = draw.choice((0, len(base) // 2, len(base)))
    return [*base[:at], *part, *base[at:]]


def sources(answers: Sequence[Labelled], texts: Sequence[Text]) -> dict[str, list[Text]]:
    """The texts of each question from which parts are taken: the better half of its answers."""
    found: dict[str, list[tuple[int, Text]]] = {}
    for answer, text in zip(answers, texts, strict=True):
        found.setdefault(answer.question_id, []).append((int(answer.level), text))
    result = {}
    for name, rated in found.items():
        bar = sorted(level for level, _ in rated)[len(rated) // 2]
        result[name] = [text for level, text in rated if level >= bar]
    return result
