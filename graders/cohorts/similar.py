"""Answers of different learners that are nearly the same: a list for a person, never a penalty.

Answers are compared by the runs of eight characters that they share, whatever the case, spaces and
punctuation. What the question, the model answers or very many learners say counts for nobody.
With signatures (MinHash; Broder, "On the resemblance and containment of documents", 1997) all
pairs of 5,000 answers are gone through in seconds; those that come near are compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

RUN = 8
"""Characters; a changed word spoils two words' worth of runs, a changed letter one."""

ALIKE = 0.4
"""Share of runs in common; independent answers to one question have less than 0.1."""

COMMON = 0.3
"""Runs that more than this share of the answers hold say nothing of two of them."""

SIZE = 128
"""Numbers in a signature: the estimate is off by 0.045 (one standard deviation)."""

SLACK = 0.13
LEAST = 60
"""Runs; shorter answers are alike by chance."""

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Alike:
    """Two answers that are nearly the same.

    Attributes:
        one: The learner whose id comes first.
        other: The other learner.
        share: Share of their runs of characters that both have, 0 to 1.
        passage: The longest passage that both have, letter for letter as the first has it.
    """

    one: str
    other: str
    share: float
    passage: str


def near_identical(
    answers: Mapping[str, str], *, known: Iterable[str] = (), threshold: float = ALIKE
) -> tuple[Alike, ...]:
    """Pairs of learners whose answers to one question are nearly the same, most alike first.

    Args:
        answers: Learner -> answer.
        known: Texts that everybody may use: the question, its model answers.
        threshold: The least share of runs in common.
    """
    allowed = np.concatenate([_NONE, *(_runs(text) for text in known)])
    runs = {
        student: np.setdiff1d(_runs(text), allowed, assume_unique=False)
        for student, text in sorted(answers.items())
    }
    held, counts = np.unique(np.concatenate([_NONE, *runs.values()]), return_counts=True)
    common = held[counts > max(3.0, COMMON * len(runs))]
    runs = {student: np.setdiff1d(of, common, assume_unique=True) for student, of in runs.items()}
    runs = {student: of for student, of in runs.items() if len(of) >= LEAST}
    students = list(runs)
    if len(students) < 2:
        return ()
    found = []
    for one, other in _candidates(list(runs.values()), threshold - SLACK):
        a, b = students[one], students[other]
        both = len(np.intersect1d(runs[a], runs[b], assume_unique=True))
        share = both / (len(runs[a]) + len(runs[b]) - both)
        if share >= threshold:
            found.append(Alike(a, b, round(share, 3), _passage(answers[a], answers[b])))
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other)))


def _runs(text: str) -> Hashes:
    """A hash of each run of characters, ascending, each once."""
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    signs = np.array([ord(sign) for sign in plain], dtype=np.uint64)
    if len(signs) < RUN:
        return _NONE
    windows = np.lib.stride_tricks.sliding_window_view(signs, RUN)
    # Arithmetic on unsigned integers wraps around at 2**64, as hashes do (Horner, then a mix).
    mixed = windows @ _POWERS
    mixed ^= mixed >> np.uint64(32)
    mixed *= _POWERS[0]
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


def _candidates(runs: Sequence[Hashes], least: float) -> Iterator[tuple[int, int]]:
    """Pairs of positions whose signatures agree in at least the share *least*."""
    signatures = np.stack([_signature(of) for of in runs])
    for one in range(len(runs) - 1):
        agreed = np.count_nonzero(signatures[one + 1 :] == signatures[one], axis=1)
        for other in np.flatnonzero(agreed >= least * SIZE):
            yield one, one + 1 + int(other)


def _signature(runs: Hashes) -> NDArray[np.uint32]:
    """The least of each of `SIZE` hashes over *runs*, shape (SIZE,)."""
    # The upper half of a product with an odd number: "multiply-shift" (Dietzfelbinger, 1997).
    mixed = (runs[:, np.newaxis] * _FACTORS + _SHIFTS) >> np.uint64(32)
    least: NDArray[np.uint32] = mixed.astype(np.uint32).min(axis=0)
    return least


def _fixed(count: int) -> Hashes:
    """Odd numbers that are always the same, so that two runs of a report say the same."""
    drawn = np.random.default_rng(20260308).integers(1, 1 << 63, size=count, dtype=np.uint64)
    return drawn | np.uint64(1)


_NONE = np.empty(0, dtype=np.uint64)
_POWERS, _FACTORS, _SHIFTS = np.split(_fixed(RUN + 2 * SIZE), [RUN, RUN + SIZE])
_SHOWN = 300


def _passage(one: str, other: str) -> str:
    first, second = one[:8000], other[:8000]
    matcher = SequenceMatcher(None, first.casefold(), second.casefold(), autojunk=False)
    if len(first) * len(second) > 16_000_000:
        matcher = SequenceMatcher(None, first.casefold(), second.casefold())
    match = matcher.find_longest_match()
    return " ".join(first[match.a : match.a + match.size].split())[:_SHOWN]
