"""`make model`: fit the embedded judge to labelled answers, and measure it out of fold.

    python -m graders.training tests/calibration

Labels are levels per dimension, set by reading the answers; the bank's model answers join in.
The same input gives the same bytes.
"""

from graders.training.fit import Rows, assemble, design, rows_of, save, solve, training_rows
from graders.training.labelled import Labelled, load_labelled, model_answers
from graders.training.measure import (
    Agreement,
    Judged,
    agreement,
    compare,
    judge_shipped,
    judge_unseen,
    kappa,
    length_band,
    split,
)

__all__ = [
    "Agreement",
    "Judged",
    "Labelled",
    "Rows",
    "agreement",
    "assemble",
    "compare",
    "design",
    "judge_shipped",
    "judge_unseen",
    "kappa",
    "length_band",
    "load_labelled",
    "model_answers",
    "rows_of",
    "save",
    "solve",
    "split",
    "training_rows",
]
