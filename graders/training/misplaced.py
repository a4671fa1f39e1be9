"""Good answers to another question: they teach the model that good is not enough.

Every dimension is *off*, whatever the text is worth where it belongs. Stories and leadership
stories are only moved to other kinds: one story answers several questions of its kind.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from graders.levels import DIMENSIONS, Kind, Level
from graders.question import load_question
from graders.training.labelled import Labelled

APART: tuple[Kind, ...] = ("design", "concept")
"""Kinds of which each question has a subject of its own."""


def misplaced(answers: Sequence[Labelled]) -> list[Labelled]:
    """Each answer that is *senior* or above, given to a question that it does not answer."""
    questions = sorted({answer.question_id for answer in answers})
    kinds = {name: load_question(name).kind for name in questions}
    found = []
    for index, answer in enumerate(one for one in answers if one.level >= Level.MID):
        own = kinds[answer.question_id]
        # A seed of its own for each answer: the same question, whatever else is in the set.
        draw = random.Random(answer.id + answer.question_id)
        near = [name for name in questions if kinds[name] == own and name != answer.question_id]
        far = [name for name in questions if kinds[name] != own]
        asked = draw.choice(near if own in APART and near and index % 2 else far or near)
        found.append(
            replace(
                answer,
                id=f"{answer.id}~misplaced",
                question_id=asked,
                level=Level.OFF,
                dimensions=dict.fromkeys(DIMENSIONS[kinds[asked]], Level.OFF),
            )
        )
    return found
