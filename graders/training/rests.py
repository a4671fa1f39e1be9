"""What the judge may look at twice: answers without the part that may answer another question.

Their rows are predicted out of fold with all others, and weigh nothing in the fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from graders.judges.embedded.belonging import Belonging
from graders.judges.embedded.features import extract, prepare
from graders.judges.embedded.judge import without_part
from graders.judges.gates import inspect
from graders.question import load_question
from graders.training.fit import ASKED_WEIGHT, Rows


def rests(rows: Rows, without: Mapping[str, Belonging]) -> Rows:
    """The rows of what is left of labelled answers among *rows* that seem to have such a part.

    Args:
        rows: Rows that hold the answers.
        without: For each question what was learned without it.
    """
    counts = np.zeros(len(rows.answers))
    counts[rows.owner] = rows.weights
    chosen, features = [], []
    for index in np.flatnonzero(counts >= 1):
        answer = rows.answers[index]
        question = load_question(answer.question_id)
        part = without[question.id].relation(question, rows.features[index].ids).part
        if part:
            rest = without_part(inspect(question, answer.text).document, part)
            if rest is not None:
                chosen.append(int(index))
                features.append(extract(question, rest, prepare(question)))
    own = [np.flatnonzero(rows.owner == index) for index in chosen]
    places = np.concatenate(own) if own else np.zeros(0, np.int64)
    return Rows(
        tuple(
            replace(rows.answers[index], id=f"{rows.answers[index].id}~rest") for index in chosen
        ),
        tuple(features),
        np.repeat(np.arange(len(chosen)), [len(one) for one in own]).astype(np.int64),
        rows.dimensions[places],
        rows.targets[places],
        np.full(len(places), ASKED_WEIGHT),
    )
