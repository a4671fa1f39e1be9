"""Text of the bank that stands in an answer to another question.

All model answers and examples are published, so that learners may read them. The bank's runs of
five words ship as numbers: an answer is compared with all of them at once, and nothing of the bank
is read. What the own question says is left to `graders.judges.copied`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError
from graders.judges.copied import with_gaps
from graders.judges.rules import per_question
from graders.judges.text import Document, Sentence, words
from graders.question import Question

FILE = Path(__file__).parent / "published.npz"

RUN = 5
_FACTORS = tuple(pow(0x9E3779B1, place, 2**32) for place in range(RUN))

COPIED = 0.6
"""Share of a sentence's words in runs of the bank from which it is a copy."""

ENOUGH, ENOUGH_OF_ALL = 8, 20
"""Words in such runs from which a sentence may be a copy, and from which an answer holds copies.
Two sentences in 1,200 honest answers reach the former, of nine words each."""

OF_COPIER = 0.3
"""The same share, in an answer that holds several copies."""

Numbers = NDArray[np.uint32]
Bools = NDArray[np.bool_]


def runs(listed: Sequence[str]) -> Numbers:
    """A number for each run of five words, shape (words - 4,)."""
    each = np.array([_number(word) for word in listed], np.uint32)
    count = max(0, len(each) - RUN + 1)
    total = np.zeros(count, np.uint32)
    for place, factor in enumerate(_FACTORS):
        total += each[place : place + count] * np.uint32(factor)
    return total


@lru_cache(maxsize=20_000)
def _number(word: str) -> int:
    return crc32(word.encode("utf-8", "replace"))


def runs_of(question: Question) -> Numbers:
    """The runs of all that *question* publishes as a good answer, sorted, each once."""
    return np.unique(np.concatenate([runs(words(text)) for text in _answers(question)]))


def _answers(question: Question) -> Iterator[str]:
    if question.model_answers is not None:
        yield question.model_answers.mid
        yield question.model_answers.senior
        yield question.model_answers.staff
    for criterion in question.criteria:
        yield criterion.senior
        yield criterion.staff
        yield from (*criterion.evidence.mid, *criterion.evidence.senior, *criterion.evidence.staff)
    for follow_up in question.follow_ups:
        yield follow_up.good


_own_runs = per_question(runs_of)


def copied_from_elsewhere(document: Document, question: Question) -> list[Sentence]:
    """The sentences of *document* that the bank publishes as answers to other questions.

    Raises:
        JudgeError: If the table of the bank's runs is missing or broken.
    """
    sentences = document.sentences
    found = runs([word for sentence in sentences for word in sentence.words])
    known = _held(found, published())
    if not _copies(sentences, known).any():
        return []
    # Only now, since it takes a while: nearly no answer comes this far.
    known &= ~_held(found, _own_runs(question))
    copied = _copies(sentences, known)
    found_in = [sentence for sentence, one in zip(sentences, copied, strict=True) if one]
    return with_gaps(document, found_in)


def _copies(sentences: Sequence[Sentence], known: Bools) -> Bools:
    """Which *sentences* are copies, if the runs *known* of their words are those of the bank."""
    lengths = np.array([len(sentence.words) for sentence in sentences], np.int64)
    if known.sum() < ENOUGH_OF_ALL - RUN:
        return np.zeros(len(sentences), bool)
    covered = np.zeros(lengths.sum(), bool)
    for place in range(RUN):
        covered[place : place + len(known)] |= known
    upto = np.concatenate([[0], np.cumsum(covered)])
    ends = np.cumsum(lengths)
    counts = upto[ends] - upto[ends - lengths]
    shares = counts / np.maximum(lengths, 1)
    copied = (counts >= ENOUGH) & (shares >= COPIED)
    if counts[copied].sum() < ENOUGH_OF_ALL:
        return np.zeros(len(sentences), bool)
    # Who copies several sentences word for word has changed a word in the others.
    result: Bools = copied | ((counts >= np.minimum(RUN, lengths)) & (shares >= OF_COPIER))
    return result


def _held(found: Numbers, table: Numbers) -> Bools:
    """Which of *found* stand in the sorted *table*."""
    place = np.searchsorted(table, found)
    place[place == len(table)] = 0
    held: Bools = table[place] == found
    return held


@lru_cache(maxsize=1)
def published() -> Numbers:
    """The runs that a single question of the bank publishes, sorted.

    Raises:
        JudgeError: If the file is missing or broken.
    """
    try:
        with np.load(FILE, allow_pickle=False) as file:
            steps: Numbers = file["steps"]
    except (OSError, ValueError, KeyError) as error:
        raise JudgeError(
            f"cannot be read ({error})", where=str(FILE), fix="Run `make model`"
        ) from None
    return np.cumsum(steps, dtype=np.uint32)
