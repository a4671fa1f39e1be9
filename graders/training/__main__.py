"""Train on the calibration set given as first argument, write the weights, print the figures."""

from __future__ import annotations

import sys
from pathlib import Path

from graders.judges.embedded.model import WEIGHTS
from graders.question import bank_ids
from graders.training.fit import save
from graders.training.measure import agreement, judge_out_of_fold
from graders.training.published import save_published
from graders.training.reference_fit import train_reference
from graders.training.shipped import fit_shipped


def main() -> None:
    """Fit both offline judges; measure the embedded one out of fold."""
    folder = Path(sys.argv[1])
    train_reference(folder / "reference.jsonl")
    save_published(bank_ids())
    fitted = fit_shipped(folder)
    save(fitted.model)
    print(f"wrote {WEIGHTS.name}, {WEIGHTS.stat().st_size:,} bytes")
    judged = judge_out_of_fold(fitted.answers, fitted.predictor)
    whole, parts = agreement(judged), agreement(judged, parts=True)
    print(
        f"labelled answers, leave-one-question-out: {whole.count}, overall kappa {whole.kappa:.2f}, "
        f"exact {whole.exact:.2f}, within one {whole.near:.2f}; dimensions kappa {parts.kappa:.2f}"
    )


if __name__ == "__main__":
    main()
