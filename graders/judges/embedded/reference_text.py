"""A text made ready for comparison with another one: tokens, stems, 4-grams, negations, numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.rubric import QUESTION_WORD_WEIGHT, SAME_WORD
from graders.judges.embedded.vectors import Floats, Tokens, unit, word_vectors
from graders.judges.text import read, words

_GRAM = 4
_NEGATION = re.compile(
    r"(?:not?|never|none|nor|neither|cannot|without|false|untrue|wrong|.*n['’]t)"
)
_NUMBER = re.compile(r"\d+")
_ENDINGS = (
    ("ations", "ate"), ("ation", "ate"), ("izing", "ize"), ("ies", "y"), ("ing", ""), ("edly", ""),
    ("ed", ""), ("ers", ""), ("er", ""), ("es", ""), ("s", ""), ("ly", ""), ("ment", ""),
    ("able", ""), ("e", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A text made ready for comparison.

    Attributes:
        tokens: Its n tokens; weights in full.
        demoted: Weights of the tokens, shape (n,), those of the question's words lowered.
        phrases: Unit vectors, shape (n, 256), of each token together with its neighbours.
        starts: Index of the first token of each sentence that has tokens.
        stems: Its words without their endings, in order.
        grams: Its character 4-grams.
        negations: How many of its words negate.
        numbers: The numbers in it.
    """

    tokens: Tokens
    demoted: Floats
    phrases: Floats
    starts: NDArray[np.intp]
    stems: tuple[str, ...]
    grams: Counter[str]
    negations: int
    numbers: frozenset[str]

    @property
    def mean(self) -> Floats:
        """Mean direction with the lowered weights, shape (256,)."""
        return Tokens(self.tokens.units, self.demoted).mean()


def prepare(sentences: Sequence[str], question: Tokens | None = None) -> Prepared:
    """Make a text ready for comparison.

    Args:
        sentences: The text, sentence by sentence.
        question: The question's tokens, whose words are lowered; none for the question itself.
    """
    vectors = word_vectors()
    pieces = [piece for line in sentences if len((piece := vectors.tokens(line)).weights)]
    empty = Tokens(np.zeros((0, 256), np.float32), np.zeros(0, np.float32))
    tokens = Tokens(
        np.concatenate([empty.units, *(piece.units for piece in pieces)]),
        np.concatenate([empty.weights, *(piece.weights for piece in pieces)]),
    )
    demoted = tokens.weights if question is None else _demoted(tokens, question)
    listed = words(" ".join(sentences))
    text = " ".join(listed)
    return Prepared(
        tokens=tokens,
        demoted=demoted,
        phrases=_phrases(tokens.units * demoted[:, None]),
        starts=np.cumsum([0, *(len(piece.weights) for piece in pieces)], dtype=np.intp)[:-1],
        stems=tuple(map(stem, listed)),
        grams=Counter(text[i : i + _GRAM] for i in range(max(len(text) - _GRAM + 1, 1))),
        negations=sum(is_negation(word) for word in listed),
        numbers=frozenset(_NUMBER.findall(text)),
    )


def prepare_text(text: str, question: Tokens | None = None) -> Prepared:
    """Make *text* ready for comparison; it is split into sentences first."""
    return prepare([sentence.line for sentence in read(text).sentences], question)


def is_negation(word: str) -> bool:
    """Whether *word*, in lower case, negates."""
    return _NEGATION.fullmatch(word) is not None


def stem(word: str) -> str:
    """Take the ending off an English *word*, so that "stores" and "storing" are the same."""
    word = word.strip("'’.-").removesuffix("'s").removesuffix("’s")
    if len(word) > 3:
        for ending, instead in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: len(word) - len(ending)] + instead
                break
    if len(word) > 3:
        word = word.removesuffix("e")
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _phrases(vectors: Floats) -> Floats:
    result = vectors.copy()
    result[1:] += 0.5 * vectors[:-1]
    result[:-1] += 0.5 * vectors[1:]
    return unit(result)


def _demoted(text: Tokens, question: Tokens) -> Floats:
    """The weights of *text*, those of the question's words lowered: repeating them shows nothing."""
    if not len(text.weights) or not len(question.weights):
        return text.weights
    asked = (text.units @ question.units.T).max(axis=1) > SAME_WORD
    result: Floats = np.where(asked, text.weights * QUESTION_WORD_WEIGHT, text.weights)
    return result
