"""Weak answers with something added that says nothing: they teach the model to see through it.

The label stays that of the answer: what is added is talk about oneself, praise, words of the
trade in a row, or a passage about another question.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from graders.errors import UsageError
from graders.judges.text import read
from graders.levels import Level
from graders.training.labelled import Labelled

EVERY = 3
"""One in so many weak answers is padded."""


def load_padding(path: Path) -> list[str]:
    """Read the sentences that say nothing, one a line.

    Raises:
        UsageError: If there is none.
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        raise UsageError("there are no sentences", where=str(path), fix="Check the file")
    return found


def padded(answers: Sequence[Labelled], sentences: Sequence[str]) -> list[Labelled]:
    """Every third answer that is *mid* or less, with padding at one of four places.

    Args:
        answers: Labelled answers.
        sentences: What says nothing.
    """
    weak = [answer for answer in answers if answer.level <= Level.MID]
    strong = [answer for answer in answers if answer.level >= Level.SENIOR]
    found = []
    for index, answer in enumerate(weak[::EVERY]):
        # A seed of its own for each answer: the same text, whatever else is in the set.
        draw = random.Random(answer.id + answer.question_id)
        extra = draw.sample(list(sentences), draw.choice((1, 2, 4)))
        if index % 4 == 0:
            kind = answer.question_id.split("/")[0]
            foreign = [one for one in strong if not one.question_id.startswith(kind)]
            lines = [sentence.line for sentence in read(draw.choice(foreign).text).sentences]
            start = draw.randrange(max(1, len(lines) - 3))
            extra = lines[start : start + 3]
        found.append(
            replace(answer, id=f"{answer.id}~padded", text=_added(answer.text, extra, index % 3))
        )
    return found


def _added(text: str, extra: Sequence[str], place: int) -> str:
    if place == 0:
        return f"{text}\n\n{' '.join(extra)}"
    if place == 1:
        return f"{' '.join(extra)}\n\n{text}"
    sentences = read(text).sentences
    cut = sentences[len(sentences) // 2].start if sentences else len(text)
    return f"{text[:cut]}{' '.join(extra)} {text[cut:]}"
