"""The fit is exact, repeats byte for byte, and what is stored predicts what was solved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graders.judges.embedded.model import load
from graders.training import Labelled, Rows, assemble, design, rows_of, save, solve
from graders.training.fit import PENALTY, TAUGHT_WEIGHT, Design, Scale, Solved


@pytest.fixture(scope="module")
def made(rows: Rows) -> Design:
    return design(rows)


@pytest.fixture(scope="module")
def solved(made: Design) -> Solved:
    return solve(made)


def test_leaving_a_question_out_is_the_same_as_fitting_without_it(
    made: Design, solved: Solved
) -> None:
    rows, order = made.rows, made.order
    asked = rows.questions[rows.owner[order]]
    targets, penalty = rows.targets[order], PENALTY / rows.weights[order]
    unseen = solved.unseen[order]
    for question in np.unique(asked):
        held = asked == question
        kernel = made.kernel[np.ix_(~held, ~held)].astype(np.float64) + np.diag(penalty[~held])
        alpha = np.linalg.solve(kernel, targets[~held] - solved.mean)
        expected = made.kernel[np.ix_(held, ~held)] @ alpha + solved.mean
        np.testing.assert_allclose(unseen[held], expected, atol=2e-3)


def test_labels_of_a_question_do_not_matter_for_it(few: list[Labelled], rows: Rows) -> None:
    """Its answers exchange their labels: nothing changes for them, much for the others."""
    question = "concept/caching"
    own = rows.questions[rows.owner] == question
    labelled = own & (rows.weights == 1)
    turned = rows.targets.copy()
    turned[labelled] = turned[labelled][::-1]  # the mean level stays
    assert np.abs(turned - rows.targets).max() >= 2
    other = replace(rows, targets=turned)
    labels = {name: solve(design(one)).unseen for name, one in (("as is", rows), ("new", other))}
    change = np.abs(labels["as is"] - labels["new"])
    assert change[own].max() < 2e-3
    assert change[~own].max() > 0.05


def test_the_same_rows_give_the_same_bytes(
    made: Design, solved: Solved, rows: Rows, tmp_path: Path
) -> None:
    again = design(rows)
    save(assemble(made, solved, Scale()), tmp_path / "one.npz")
    save(assemble(again, solve(again), Scale()), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_the_stored_model_predicts_what_was_solved(
    made: Design, solved: Solved, tmp_path: Path
) -> None:
    save(assemble(made, solved, Scale()), tmp_path / "weights.npz")
    model = load(tmp_path / "weights.npz")
    rows = made.rows
    expected = np.empty(len(rows.targets))
    expected[made.order] = made.kernel.astype(np.float64) @ solved.alpha + solved.mean
    for index in range(0, len(rows.answers), 5):
        own = np.flatnonzero(rows.owner == index)
        found = model.predict(rows.features[index], list(rows.dimensions[own]))
        np.testing.assert_allclose(found.levels, np.clip(expected[own], 0, 4), atol=0.02)
        assert found.near == pytest.approx(1, abs=0.01)  # it knows this very answer


def test_what_counts_less_pulls_less(few: list[Labelled]) -> None:
    light, heavy = rows_of(few, TAUGHT_WEIGHT), rows_of(few)
    errors = []
    for rows in (light, heavy):
        made = design(rows)
        fitted = made.kernel @ solve(made).alpha + rows.targets.mean()
        errors.append(float(np.mean(np.abs(fitted - rows.targets[made.order]))))
    assert errors[0] > errors[1]


def test_an_answer_that_the_gates_stop_is_not_learned_from(few: list[Labelled]) -> None:
    empty = replace(few[0], id="empty", text="...")
    assert len(rows_of([empty, *few[:3]]).answers) == 3
