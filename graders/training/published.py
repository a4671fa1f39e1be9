"""Write the runs of words that the bank publishes, see `graders.judges.published`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graders.judges.published import FILE, Numbers, runs_of
from graders.question import load_question
from graders.training.fit import write_arrays


def published_runs(bank: Sequence[str]) -> Numbers:
    """The runs that one question of *bank* publishes and no other one, sorted.

    What several say is nobody's: "a hundred thousand a second and".
    """
    every = np.concatenate([runs_of(load_question(name)) for name in bank])
    found, counts = np.unique(every, return_counts=True)
    result: Numbers = found[counts == 1]
    return result


def save_published(bank: Sequence[str], path: Path = FILE) -> None:
    """Write them as steps from one to the next, which are small; the same bank, the same bytes."""
    found = published_runs(bank)
    steps = np.diff(found, prepend=np.uint32(0))
    write_arrays({"steps": steps.astype(np.uint32)}, path)
