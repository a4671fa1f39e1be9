"""The model that ships, from the calibration set to the weights; one path for all who need it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graders.judges.embedded.model import Model
from graders.question import bank_ids
from graders.training.belonging import fit_belonging
from graders.training.fit import Design, assemble, design, solve, training_rows
from graders.training.labelled import Labelled, load_labelled, model_answers
from graders.training.measure import OutOfFold
from graders.training.padding import load_padding
from graders.training.rests import rests
from graders.training.scale import scale_of


@dataclass(frozen=True)
class Shipped:
    """The fit and what it says of answers to unseen questions.

    Attributes:
        answers: The labelled answers.
        made: The design of all rows.
        predictor: Predictions for `answers` by fits without their questions.
        model: The model.
    """

    answers: list[Labelled]
    made: Design
    predictor: OutOfFold
    model: Model


@cache
def fit_shipped(folder: Path) -> Shipped:
    """Fit the model to a calibration set; a minute of processor time, once in a process.

    Args:
        folder: Holds `answers/` and `padding.txt`.

    Raises:
        UsageError: If there are no answers or no padding.
    """
    answers = load_labelled(folder / "answers")
    padding = load_padding(folder / "padding.txt")
    rows = training_rows(answers, model_answers(bank_ids()), padding)
    belonging = fit_belonging(rows)
    made = design(rows + rests(rows, belonging.without))
    solved = solve(made)
    predictor = OutOfFold(made, solved, belonging.without)
    scale = scale_of(predictor.answers, solved.mean)
    return Shipped(answers, made, predictor, assemble(made, solved, scale, belonging.shipped))
