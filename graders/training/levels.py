"""The embedded judge on the calibration set, in all respects that a reader may ask for.

One fit serves them all. Figures are leave-one-question-out, except those of answers by another
writer, which the judge reads as it ships.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.errors import UsageError
from graders.levels import Level
from graders.question import load_question
from graders.score import overall
from graders.training.baselines import BASELINES, predict, predict_tfidf
from graders.training.labelled import Labelled, load_labelled
from graders.training.measure import (
    Agreement,
    Judged,
    agreement,
    compare,
    judge_out_of_fold,
    judge_shipped,
    length_band,
    split,
)
from graders.training.shipped import fit_shipped
from graders.training.sureness import Intervals, Sureness, sureness

Rows = dict[str, Agreement]

GROUPS: dict[str, Callable[[Judged], str]] = {
    "kind": lambda one: one.answer.question_id.split("/")[0],
    "shape": lambda one: one.answer.shape,
    "length": length_band,
}
"""By what answers are grouped."""


@dataclass(frozen=True)
class AtLevel:
    """What became of the answers with one label.

    Attributes:
        label: The label.
        given: How many were given each level from *off* to *staff*.
        unscored: How many wait for a person without a level.
    """

    label: Level
    given: tuple[int, ...]
    unscored: int

    @property
    def scored(self) -> int:
        """How many were given a level."""
        return sum(self.given)

    def within(self, distance: int) -> float:
        """Share, 0 to 1, of those with a level that is at most *distance* off."""
        near = (n for level, n in enumerate(self.given) if abs(level - self.label) <= distance)
        return sum(near) / self.scored if self.scored else float("nan")


@dataclass(frozen=True)
class LevelsResult:
    """What `measure` found; each table maps the name of a row to its figures.

    Attributes:
        answers: Labelled answers.
        questions: Questions that they answer.
        unscored: Answers that wait for a person without a level; no agreement counts them.
        rows: The main figures.
        groups: The overall level by kind, shape and length.
        baselines: What simple means reach on the same answers.
        at: One for each label.
        sureness: What the intervals are worth.
        heldout: The shipped judge on answers by another writer.
        readers: Agreement of a second reader with the labels.
    """

    answers: int
    questions: int
    unscored: int
    rows: Rows
    groups: Rows
    baselines: Rows
    at: tuple[AtLevel, ...]
    sureness: Sureness
    heldout: Rows
    readers: Rows


def measure(folder: Path) -> LevelsResult:
    """Measure the judge on a calibration set; one fit, a minute of processor time.

    Args:
        folder: Holds `answers/` and `padding.txt`; if there are any, also `heldout/`,
            `second_reader.jsonl` and `heldout_second_reader.jsonl`.

    Raises:
        UsageError: If there are no answers or no padding.
    """
    fitted = fit_shipped(folder)
    answers, made, predictor = fitted.answers, fitted.made, fitted.predictor
    judged = judge_out_of_fold(answers, predictor)
    heldout = load_labelled(folder / "heldout") if (folder / "heldout").is_dir() else []
    return LevelsResult(
        answers=len(answers),
        questions=len({answer.question_id for answer in answers}),
        unscored=sum(one.given is None for one in judged),
        rows=main_rows(judged),
        groups={
            f"{group}: {name}": agreement(members)
            for group, key in GROUPS.items()
            for name, members in split(judged, key).items()
        },
        baselines=_baselines(answers),
        at=tuple(_at(label, judged) for label in Level),
        sureness=sureness(Intervals.of(made, predictor), judged),
        heldout=main_rows(judge_shipped(heldout)),
        readers={
            **readings(answers, folder / "second_reader.jsonl"),
            **_named("held-out: ", readings(heldout, folder / "heldout_second_reader.jsonl")),
        },
    )


def main_rows(judged: Sequence[Judged]) -> Rows:
    """The figures of *judged*, whole and in parts; rows without answers are left out."""
    uneven = [one for one in judged if one.answer.shape == "uneven"]
    borderline = [one for one in judged if one.answer.shape == "borderline"]
    rows = {
        "overall level": _wholes(judged),
        "uneven answers": _wholes(uneven),
        "borderline answers": _wholes(borderline),
        "uneven and borderline": _wholes([*uneven, *borderline]),
        "dimensions": _dimensions(judged),
        "dimensions of uneven answers": _dimensions(uneven),
        "criteria": _criteria(judged),
        "criteria of uneven answers": _criteria(uneven),
    }
    return {name: compare(ratings) for name, ratings in rows.items() if ratings}


Ratings = list[tuple[str, int, int]]


def _wholes(judged: Sequence[Judged]) -> Ratings:
    return [
        (one.answer.question_id, int(one.answer.level), one.given)
        for one in judged
        if one.given is not None
    ]


def _dimensions(judged: Sequence[Judged]) -> Ratings:
    return [
        (one.answer.question_id, label, given)
        for one in judged
        if one.given is not None
        for label, given in one.parts
    ]


def _criteria(judged: Sequence[Judged]) -> Ratings:
    """Verdicts of criteria, each beside the label of its dimension."""
    return [
        (one.answer.question_id, int(one.answer.dimensions[verdict.dimension]), int(verdict.level))
        for one in judged
        if one.given is not None
        for verdict in one.score.verdicts
        if verdict.level is not None
    ]


def _baselines(answers: Sequence[Labelled]) -> Rows:
    given = {name: predict(name, answers) for name in BASELINES}
    given["TF-IDF and ridge"] = predict_tfidf(answers)
    return {
        name: compare(
            [(a.question_id, int(a.level), level) for a, level in zip(answers, levels, strict=True)]
        )
        for name, levels in given.items()
    }


def _at(label: Level, judged: Sequence[Judged]) -> AtLevel:
    given = [one.given for one in judged if one.answer.level == label]
    return AtLevel(label, tuple(given.count(int(level)) for level in Level), given.count(None))


def readings(answers: Sequence[Labelled], path: Path) -> Rows:
    """How a second reader agrees with the labels of *answers*; empty if there is no such file.

    Args:
        answers: Labelled answers.
        path: JSONL of `id` and `dimensions`.

    Raises:
        UsageError: If it names an answer that is not there.
    """
    if not path.is_file():
        return {}
    labels = {answer.id: answer for answer in answers}
    wholes: Ratings = []
    parts: Ratings = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        entry = json.loads(line)
        answer = labels.get(entry["id"])
        if answer is None:
            raise UsageError(f"there is no answer {entry['id'][:80]!r}", where=str(path))
        second = {name: Level.from_label(label) for name, label in entry["dimensions"].items()}
        found = overall(load_question(answer.question_id).kind, second)
        if found is not None:
            wholes.append((answer.question_id, int(answer.level), int(found[0])))
        parts += [
            (answer.question_id, int(level), int(second[name]))
            for name, level in answer.dimensions.items()
        ]
    return {
        name: compare(ratings)
        for name, ratings in (("overall level", wholes), ("dimensions", parts))
        if ratings
    }


def _named(prefix: str, rows: Rows) -> Rows:
    return {prefix + name: row for name, row in rows.items()}
