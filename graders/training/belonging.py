"""Fit what tells an answer, and each part of it, from one to another question.

Everything that a border is set by is out of fold: the weights know neither the question that is
asked nor the two or three that are left out with it, and the words of the kinds are counted
without the answers to these.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.belonging import (
    GROUPS,
    PART_MEASURES,
    Belonging,
    Runs,
    least,
    measured,
)
from graders.judges.embedded.topics import Subject, Topics
from graders.judges.embedded.vectors import Floats, Ids
from graders.levels import Level
from graders.question import bank_ids, load_question
from graders.training.fit import Rows
from graders.training.labelled import Labelled
from graders.training.misplaced import elsewhere, put_in, sources
from graders.training.topics import spoken

PERHAPS, PART_PERHAPS = 0.007, 0.07
"""Shares of honest answers to unseen questions that may be, or hold a part of, one to another. The
latter matters only where an answer would be worth less without that part."""

CLEAR = 0.5
"""Log-odds below all honest answers from which there is no doubt: these shall wait, not lose."""

FOLDS = 23
RUNS = 2
"""Runs, beside the whole, of each answer that are learned from."""

PENALTY, PART_PENALTY = 10.0, 30.0
BELONGS = 99.0
"""Log-odds of what is taken to belong without a look."""

STEPS, CONVERGED = 25, 1e-12

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """What was learned: for all questions, and for each one without its answers."""

    shipped: Belonging
    without: Mapping[str, Belonging]


@dataclass(frozen=True)
class _Text:
    """An answer laid before a question, and whether it belongs there as a whole."""

    asked: str
    sentences: Sequence[Ids]
    honest: bool


@dataclass(frozen=True)
class _Case:
    """All that was measured of a text, by topics that do not know the question's answers."""

    text: _Text
    runs: Runs
    kind: int


@dataclass(frozen=True)
class _Part:
    """What was measured of the run that belongs least to the question asked."""

    asked: str
    honest: bool
    row: Floats


def fit_belonging(rows: Rows) -> Fitted:
    """Learn it from the labelled answers among *rows*."""
    picked = [
        (answer, feature.ids)
        for answer, feature, weight in zip(rows.answers, rows.features, _weights(rows), strict=True)
        if weight >= 1 and answer.level > Level.OFF
    ]
    answers, texts = [one for one, _ in picked], [ids for _, ids in picked]
    known = spoken(bank_ids(), answers, [np.concatenate(ids) for ids in texts])
    whole, mixed = _texts(answers, texts, known.nearest())
    folds = [list(known.topics.ids[start::FOLDS]) for start in range(FOLDS)]
    topics = {name: known.without(fold) for fold in folds for name in fold}
    cases, mixtures = _cases(whole, topics), _cases(mixed, topics)
    weights = {
        name: learned
        for fold in folds
        for learned in [_fit_runs([case for case in cases if case.text.asked not in fold])]
        for name in fold
    }
    honest = [case for case in cases if case.text.honest]
    parts = _parts([*honest, *mixtures], weights)
    part_weights = {
        name: learned
        for fold in folds
        for learned in [_fit_parts([part for part in parts if part.asked not in fold])]
        for name in fold
    }
    odds = [_odds(case.runs.measures[0], _own(case, weights)) for case in honest]
    part_odds = [_odds(part.row, part_weights[part.asked]) for part in parts if part.honest]
    borders = np.array([*_borders(odds, PERHAPS), *_borders(part_odds, PART_PERHAPS)], np.float32)
    return Fitted(
        Belonging(known.topics, _fit_runs(cases), _fit_parts(parts), borders),
        {
            name: Belonging(topics[name], weights[name], part_weights[name], borders)
            for name in topics
        },
    )


def _weights(rows: Rows) -> Array:
    """What each answer counts."""
    _, first = np.unique(rows.owner, return_index=True)
    result: Array = rows.weights[first]
    return result


def _texts(
    answers: Sequence[Labelled], texts: Sequence[list[Ids]], near: Mapping[str, Sequence[str]]
) -> tuple[list[_Text], list[_Text]]:
    """Answers at their own and at other questions, and weak ones with a part of another."""
    good = sources(answers, texts)
    whole, mixed = [], []
    for answer, text in zip(answers, texts, strict=True):
        own = answer.question_id
        # A seed of its own for each answer: the same, whatever else is in the set.
        draw = random.Random(answer.id + own)
        whole.append(_Text(own, text, True))
        whole += [_Text(other, text, False) for other in elsewhere(own, near[own], draw)]
        if answer.level <= Level.MID:
            for other in elsewhere(own, near[own], draw):
                if other in good:
                    part = put_in(text, draw.choice(good[other]), draw)
                    mixed.append(_Text(own, part, False))
    return whole, mixed


def _cases(texts: Sequence[_Text], topics: Mapping[str, Topics]) -> list[_Case]:
    subjects: dict[str, Subject | None] = {}
    found = []
    for text in texts:
        name = text.asked
        if name not in subjects:
            subjects[name] = topics[name].subject(load_question(name))
        subject = subjects[name]
        runs = measured(topics[name], subject, text.sentences) if subject else None
        if subject is not None and runs is not None:
            found.append(_Case(text, runs, subject.kind))
    return found


def _fit_runs(cases: Sequence[_Case]) -> Floats:
    """Weights of the measures of a run, and a constant, by group: shape (3, MEASURES + 1)."""
    table, kinds, truth = [], [], []
    for number, case in enumerate(cases):
        draw = random.Random(number)
        count = len(case.runs.lengths)
        places = [0, *draw.sample(range(1, count), min(RUNS, count - 1))]
        table.append(case.runs.measures[places])
        kinds += [case.kind] * len(places)
        truth += [case.text.honest] * len(places)
    rows = np.concatenate(table).astype(np.float64)
    center, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    standard = np.column_stack([(rows - center) / scale, np.ones(len(rows))])
    honest, groups = np.array(truth), GROUPS[kinds]
    counts = _counts(honest)
    # Groups share no weight, so each can be fitted by itself.
    found = [
        _logistic(standard[own], honest[own], counts[own], PENALTY)
        for own in (groups == group for group in range(GROUPS.max() + 1))
    ]
    return _raw(np.stack(found), center, scale)


def _own(case: _Case, weights: Mapping[str, Floats]) -> Floats:
    """The weights of a run that do not know the question that the case is about."""
    result: Floats = weights[case.text.asked][GROUPS[case.kind]]
    return result


def _odds(row: Floats, weights: Floats) -> float:
    return float(row @ weights[:-1] + weights[-1])


def _parts(cases: Sequence[_Case], weights: Mapping[str, Floats]) -> list[_Part]:
    """The run of each case that belongs least."""
    found = []
    for case in cases:
        own = _own(case, weights)
        run = least(case.runs, case.runs.measures @ own[:-1] + own[-1], case.kind)
        if run is not None:
            found.append(_Part(case.text.asked, case.text.honest, run[1]))
    return found


def _fit_parts(parts: Sequence[_Part]) -> Floats:
    """Weights of what is measured of the run that belongs least, and a constant."""
    truth = np.array([part.honest for part in parts], bool)
    if len(np.unique(truth)) < 2:  # a set of one question: nothing is learned, nothing is found
        return np.append(np.zeros(PART_MEASURES), BELONGS).astype(np.float32)
    table = np.stack([part.row for part in parts]).astype(np.float64)
    center, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    design = np.column_stack([(table - center) / scale, np.ones(len(table))])
    found = _logistic(design, truth, _counts(truth), PART_PENALTY)
    return _raw(found[None], center, scale).reshape(-1)


def _borders(odds: Sequence[float], share: float) -> tuple[float, float]:
    """Below which a text clearly does not belong, and perhaps, by the *odds* of honest ones."""
    known = [one for one in odds if one < BELONGS]
    if not known:
        return -BELONGS, -BELONGS
    return min(known) - CLEAR, float(np.quantile(known, share))


def _raw(found: Array, center: Array, scale: Array) -> Floats:
    """Weights of standardised columns as weights of the columns as they are."""
    weights = found[:, :-1] / scale
    constants = found[:, -1] - weights @ center
    return np.column_stack([weights, constants]).astype(np.float32)


def _counts(truth: NDArray[np.bool_]) -> Array:
    """What each row counts, so that both sides weigh the same."""
    share = truth.mean()
    counts: Array = np.where(truth, 0.5 / share, 0.5 / (1 - share))
    return counts


def _logistic(design: Array, truth: NDArray[np.bool_], counts: Array, penalty: float) -> Array:
    """Ridge logistic regression by Newton's method.

    Args:
        design: Shape (rows, measures).
        truth: What is to be told, shape (rows,).
        counts: What each row counts, shape (rows,).
        penalty: Of each squared weight.
    """
    ridge = penalty * np.eye(design.shape[1])
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (counts * (truth - chance)) - ridge @ found
        curve = design.T @ (design * (counts * chance * (1 - chance))[:, None]) + ridge
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < CONVERGED:
            break
    return found
