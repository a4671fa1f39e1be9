"""`make model`: fit the embedded judge to labelled answers, and measure it out of fold.

    python -m graders.training tests/calibration/answers

Labels are levels per dimension, set by reading the answers; the bank's model answers join in.
The same input gives the same bytes.
"""

from graders.training.fit import MODEL_ANSWER_WEIGHT, Rows, rows_of, save, train
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
    "MODEL_ANSWER_WEIGHT",
    "Agreement",
    "Judged",
    "Labelled",
    "Rows",
    "agreement",
    "compare",
    "judge_shipped",
    "judge_unseen",
    "kappa",
    "length_band",
    "load_labelled",
    "model_answers",
    "rows_of",
    "save",
    "split",
    "train",
]
