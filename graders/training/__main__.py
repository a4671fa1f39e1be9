"""Train on the folder given as first argument, print the figures, write the weights."""

from __future__ import annotations

import sys
from pathlib import Path

from graders.judges.embedded.model import WEIGHTS
from graders.question import bank_ids
from graders.training.fit import MODEL_ANSWER_WEIGHT, rows_of, save, train
from graders.training.labelled import load_labelled, model_answers
from graders.training.measure import agreement, judge_unseen


def main() -> None:
    """Fit, measure out of fold, save."""
    answers = load_labelled(Path(sys.argv[1]))
    models = model_answers(bank_ids())
    rows = rows_of(answers) + rows_of(models, MODEL_ANSWER_WEIGHT)
    for name, measured in (("labelled answers", answers), ("model answers", models)):
        judged = judge_unseen(measured, rows)
        whole, parts = agreement(judged), agreement(judged, parts=True)
        print(
            f"{name}: {whole.count}, overall kappa {whole.kappa:.2f}, exact {whole.exact:.2f}, "
            f"within one {whole.near:.2f}; dimensions kappa {parts.kappa:.2f}"
        )
    save(train(rows))
    print(f"wrote {WEIGHTS.name}")


if __name__ == "__main__":
    main()
