"""Did the candidate react to the changed constraint, or go on as before?"""

from __future__ import annotations

import re

from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read, words
from graders.question import Question
from graders.question.model import FollowUp

FEWEST_WORDS = 12
"""Words of a reply from which it can be a reaction at all."""

NEAR = 0.45
"""Cosine of the reply's nearest sentence with the change, from which it speaks of it."""

_CUES = re.compile(
    r"\b(?:changes?|changed|then|now|instead|no longer|any ?more|would have to|still (?:holds?|works?)"
    r"|stays?|remains?|breaks?|revisit|re-?(?:compute|calculate|size|think|do)|in that case|new\b"
    r"|if so|with that|given that|under that|would (?:not|no|become|need|move|drop|add|take|say|go)"
    r"|times (?:more|as|the)|fold\b)",
    re.IGNORECASE,
)


def reacted(reply: str, change: FollowUp, question: Question) -> bool:
    """Whether *reply* takes up *change*.

    It must be a few words at least, speak of what the change speaks of, and either say that
    something changes (or stays) or share words with the change that the task does not hold.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    document = read(reply)
    if len(document.words) < FEWEST_WORDS:
        return False
    vectors = word_vectors()
    about = vectors.fixed(change.ask.lower()).mean()
    near = max(
        (float(vectors.tokens(s.text.lower()).mean() @ about) for s in document.sentences),
        default=0.0,
    )
    news = _telling(change.ask) - _telling(question.prompt)
    shared = len(news & _telling(document.text))
    cues = len(_CUES.findall(document.text))
    return (near >= NEAR and cues >= 1) or (shared >= 2 and cues >= 1) or shared >= 4


def _telling(text: str) -> set[str]:
    return {word[:6] for word in words(text) if len(word) > 3 or word[0].isdigit()}
