"""What tells answers to other questions is learned without the question that it is asked about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graders.levels import Level
from graders.question import load_question
from graders.training import Labelled, Rows, rows_of
from graders.training.belonging import Fitted, fit_belonging
from graders.training.fit import ASKED_WEIGHT
from graders.training.rests import rests


@pytest.fixture(scope="module")
def measured(few: list[Labelled]) -> Rows:
    return rows_of(few)


@pytest.fixture(scope="module")
def fitted(measured: Rows) -> Fitted:
    return fit_belonging(measured)


def test_few_honest_answers_to_unseen_questions_seem_to_be_elsewhere(
    measured: Rows, fitted: Fitted
) -> None:
    honest = [
        (answer, feature)
        for answer, feature in zip(measured.answers, measured.features, strict=True)
        if answer.level > Level.OFF
    ]
    found = [
        fitted.without[answer.question_id].relation(load_question(answer.question_id), feature.ids)
        for answer, feature in honest
    ]
    assert sum(one.unsure for one in found) <= 0.05 * len(found)


def test_answers_to_a_question_do_not_matter_for_it(
    few: list[Labelled], measured: Rows, fitted: Fitted
) -> None:
    name = "concept/caching"
    odd = [
        replace(one, text=f"{one.text} {'Lions and llamas. ' * 9}")
        if one.question_id == name
        else one
        for one in few
    ]
    other = fit_belonging(rows_of(odd))
    one, two = fitted.without[name], other.without[name]
    # Terms and their rarity look at all texts; what is learned of the kinds and weights does not.
    shared = np.intersect1d(one.topics.terms, two.topics.terms)
    kinds = [made.topics.kinds[made.topics.places(shared)] for made in (one, two)]
    np.testing.assert_allclose(kinds[0], kinds[1], atol=1e-3)


def test_the_same_answers_teach_the_same(measured: Rows, fitted: Fitted) -> None:
    again = fit_belonging(measured).shipped
    for one, two in zip(
        (again.weights, again.part_weights, again.borders),
        (fitted.shipped.weights, fitted.shipped.part_weights, fitted.shipped.borders),
        strict=True,
    ):
        np.testing.assert_array_equal(one, two)


def test_rests_are_predicted_and_teach_nothing(measured: Rows, fitted: Fitted) -> None:
    everything = {
        name: replace(one, borders=np.array([-99, -99, 99, 99], np.float32))
        for name, one in fitted.without.items()
    }
    found = rests(measured, everything)
    assert len(found.answers) > 0.8 * len(measured.answers)
    assert (found.weights == ASKED_WEIGHT).all()
    assert all(answer.id.endswith("~rest") for answer in found.answers)
    assert len(found.owner) == len(found.targets) == len(found.dimensions)
    assert not rests(measured, {name: replace(one, borders=-99 * np.ones(4, np.float32)) for name, one in fitted.without.items()}).answers  # fmt: skip
