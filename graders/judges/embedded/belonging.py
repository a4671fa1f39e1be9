"""Whether an answer, or a part of it, answers another question.

Good text about something else reads like a good answer. So each answer is asked, as a whole and in
every run of its sentences, how much its words speak for its own question, for the nearest other
one, and for the own kind of question. Two small logistic regressions weigh that: one says of any
run how likely it belongs here; the other one, looking at the run that belongs least and at what
stands beside it, whether it was put in. Both are fitted by `graders.training.belonging`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.topics import KINDS, Subject, Topics
from graders.judges.embedded.vectors import Floats, Ids
from graders.question import Question

PIECE = 25
"""Tokens from which sentences are a piece; runs of whole pieces are looked at."""

PART, REST = 45, 20
"""Tokens from which a run is looked at, and from which something has to stand beside it."""

PIECES = 18
"""Pieces of the longest answers; more than that are joined."""

ALIEN = -2.0
"""Log-odds below which a run counts as one that does not belong."""

MORE, ROUNDS = 0.0, 8
"""Log-odds below which further runs are taken for parts, where one was found, and how often."""

GROUPS = np.array([0, 0, 1, 1, 2])
"""Kind -> whether it asks for a system, a story, or about oneself; runs are weighed by that."""

OTHER_KINDS = [[one for one in range(len(KINDS)) if one != kind] for kind in range(len(KINDS))]
MEASURES = 12
"""What is measured of a run."""

PART_MEASURES = 8 + 2 * MEASURES + len(KINDS)

Spans = NDArray[np.int64]


@dataclass(frozen=True)
class Runs:
    """The runs of one answer, the whole of it first; r runs.

    Attributes:
        spans: First sentence, and the one behind the last, shape (r, 2).
        lengths: Tokens, shape (r,).
        measures: Shape (r, MEASURES).
    """

    spans: Spans
    lengths: Floats
    measures: Floats


@dataclass(frozen=True)
class Relation:
    """How an answer stands to its question.

    Attributes:
        elsewhere: Whether the answer as a whole clearly answers another question.
        unsure: Whether it may.
        part: The sentences that may answer another question, if only a part does.
        clear: Whether these clearly do.
    """

    elsewhere: bool = False
    unsure: bool = False
    part: tuple[int, ...] = ()
    clear: bool = False


HERE = Relation()
"""Nothing speaks against it."""


@dataclass(frozen=True)
class Belonging:
    """What was learned.

    Attributes:
        topics: What words say.
        weights: Of the measures of a run, then a constant, by group, shape (3, MEASURES + 1).
        part_weights: Of the measures of the run that belongs least, then a constant, shape
            (PART_MEASURES + 1,).
        borders: Log-odds below which a whole answer is clearly, and perhaps, elsewhere; then the
            same of a part.
    """

    topics: Topics
    weights: Floats
    part_weights: Floats
    borders: Floats

    def relation(self, question: Question, sentences: Sequence[Ids]) -> Relation:
        """How an answer, given as the tokens of each of its sentences, stands to *question*."""
        subject = self.topics.subject(question)
        runs = None if subject is None else measured(self.topics, subject, sentences)
        if subject is None or runs is None:
            return HERE
        odds = self.odds(runs.measures, subject.kind)
        clear, perhaps, part_clear, part_perhaps = self.borders
        if odds[0] <= perhaps:
            return Relation(elsewhere=bool(odds[0] <= clear), unsure=True)
        found = least(runs, odds, subject.kind)
        if found is None:
            return HERE
        place, row = found
        part = float(row @ self.part_weights[:-1] + self.part_weights[-1])
        if part > part_perhaps:
            return HERE
        taken = self._part(subject, sentences, runs.spans[place])
        return Relation(part=taken, clear=bool(part <= part_clear))

    def _part(self, subject: Subject, sentences: Sequence[Ids], span: Spans) -> tuple[int, ...]:
        """The sentences of *span*, and of other runs that do not belong without these."""
        left = list(range(len(sentences)))
        for _ in range(ROUNDS):
            del left[span[0] : span[1]]
            runs = measured(self.topics, subject, [sentences[place] for place in left])
            if runs is None:
                break
            odds = self.odds(runs.measures, subject.kind)
            least_place = int(np.argmin(odds))
            if odds[least_place] > MORE:
                break
            span = runs.spans[least_place]
        return tuple(place for place in range(len(sentences)) if place not in set(left))

    def odds(self, measures: Floats, kind: int) -> Floats:
        """Log-odds that each run belongs to a question of *kind*, shape (r,)."""
        own = self.weights[GROUPS[kind]]
        result: Floats = measures @ own[:-1] + own[-1]
        return result


def measured(topics: Topics, subject: Subject, sentences: Sequence[Ids]) -> Runs | None:
    """Measure all runs of an answer; `None` if it is too short to tell."""
    lengths = np.array([len(one) for one in sentences])
    if lengths.sum() < PART:
        return None
    spans = _spans(lengths)
    places = topics.places(np.concatenate(sentences))
    total = np.concatenate([[0], np.cumsum(lengths)])
    spoken = np.flatnonzero(lengths)
    starts = total[spoken]
    # Sums up to each sentence's end: any run is the difference of two.
    sums = np.zeros((len(total), topics.said.shape[1] + 1))
    sums[spoken + 1, :-1] = np.add.reduceat(topics.said[places], starts, axis=0)
    sums[spoken + 1, -1] = np.add.reduceat(subject.column[places], starts)
    np.cumsum(sums, axis=0, out=sums)
    first, end = spans.T
    counts = (total[end] - total[first]).astype(np.float32)
    shares = ((sums[end] - sums[first]) / counts[:, None]).astype(np.float32)
    return Runs(spans, counts, _measures(shares, counts, subject))


def _measures(shares: Floats, counts: Floats, subject: Subject) -> Floats:
    """What is measured of runs, shape (runs, MEASURES).

    Args:
        shares: What a token says in the mean, for each question, for each kind, and last for the
            own question, shape (runs, questions + 6).
        counts: Tokens of each run.
        subject: The own question.
    """
    own = shares[:, -1]
    kinds = shares[:, -1 - len(KINDS) : -1]
    others = shares[:, subject.others]
    rivals = others[:, subject.rivals] if subject.rivals.any() else others
    kind = kinds[:, subject.kind]
    technical, personal = kinds[:, :2].max(axis=1), kinds[:, 2:].max(axis=1)
    side = technical - personal if GROUPS[subject.kind] == 0 else personal - technical
    base = np.stack(
        [
            own - others.max(axis=1),
            own - rivals.max(axis=1),
            own,
            kind - kinds[:, OTHER_KINDS[subject.kind]].max(axis=1),
            side,
        ],
        axis=1,
    )
    longer = np.sqrt(counts)[:, None] / 10
    behind = (others > own[:, None]).mean(axis=1)
    result = np.concatenate([base, base * longer, np.log(counts)[:, None], behind[:, None]], axis=1)
    return result.astype(np.float32)


def _spans(lengths: NDArray[np.int64]) -> Spans:
    """The whole, then all runs of whole pieces that are long enough and not all of it."""
    borders, held, left = [0], 0, int(lengths.sum())
    for place, length in enumerate(lengths.tolist(), 1):
        held += length
        left -= length
        if held >= PIECE and left >= PIECE:
            borders.append(place)
            held = 0
    borders = borders[:: -(-len(borders) // PIECES)]
    ends = np.array([*borders, len(lengths)])
    first, last = np.triu_indices(len(ends), 1)
    total = np.concatenate([[0], np.cumsum(lengths)])
    size = total[ends[last]] - total[ends[first]]
    kept = (size >= PART) & (total[-1] - size >= REST)
    spans = np.stack([ends[first], ends[last]], axis=1)[kept]
    return np.concatenate([[[0, len(lengths)]], spans]).astype(np.int64)


def least(runs: Runs, odds: Floats, kind: int) -> tuple[int, Floats] | None:
    """The run that belongs least, and what is measured of it and of what stands beside it.

    `None` if the answer is too short to have parts. Shape of the measures: (PART_MEASURES,).
    """
    if len(odds) < 2:
        return None
    place = 1 + int(np.argmin(odds[1:]))
    first, end = runs.spans[place]
    beside = odds[(runs.spans[:, 1] <= first) | (runs.spans[:, 0] >= end)]
    share = runs.lengths[place] / runs.lengths[0]
    at_edge = first == 0 or end == runs.spans[0, 1]
    kinds = np.zeros(len(KINDS))
    kinds[kind] = 1.0
    row = np.concatenate(
        [
            [odds[place], odds[0]],
            [beside.max(), beside.mean()] if len(beside) else [odds[0], odds[0]],
            [np.log(runs.lengths[place]), share, float(at_edge), float((odds < ALIEN).mean())],
            runs.measures[place],
            runs.measures[place] - runs.measures[0],
            kinds,
        ]
    )
    return place, row.astype(np.float32)
