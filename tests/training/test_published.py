"""The shipped table of published runs is what the bank gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graders.judges.published import FILE, published, runs, runs_of
from graders.judges.text import words
from graders.question import bank_ids, load_question
from graders.training.published import published_runs, save_published


def test_the_shipped_table_is_that_of_the_bank(tmp_path: Path) -> None:
    save_published(bank_ids(), tmp_path / "published.npz")
    assert (tmp_path / "published.npz").read_bytes() == FILE.read_bytes(), "run `make model`"
    np.testing.assert_array_equal(published(), published_runs(bank_ids()))


def test_what_two_questions_say_is_nobodys() -> None:
    one, other = "concept/caching", "design/unique-id"
    alone = published_runs([one])
    assert len(alone) == len(runs_of(load_question(one)))
    both = published_runs([one, other])
    shared = np.intersect1d(runs_of(load_question(one)), runs_of(load_question(other)))
    assert not np.isin(shared, both).any()
    answers = load_question(one).model_answers
    assert answers is not None
    assert np.isin(runs(words(answers.senior)), both).mean() > 0.9
