"""Whether an answer speaks about what was asked: near to its subject, and in the right voice.

A story is told by somebody about what was done; a design speaks about a system. The voice tells
an answer to another kind of question where both share the words of the trade. Borders lie
clearly outside of what was measured on the labelled answers of all kinds.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from graders.judges.embedded.vectors import Floats, unit, word_vectors
from graders.judges.rules import per_question
from graders.judges.text import Document
from graders.question import Question, bank_ids, load_question

ENOUGH_WORDS = 15
"""A dozen words say too little about their subject to be called off-topic."""

LONG = 60
"""Words from which an answer shows its subject and its voice; parts of honest answers that are
shorter come as near to their subject as 0.1 only."""

FAR_IF_SHORT = {
    "design": 0.08,
    "concept": 0.08,
    "story": 0.0,
    "leadership": 0.0,
    "career": 0.0,
}
FAR = {
    "design": 0.20,
    "concept": 0.20,
    "story": 0.10,
    "leadership": 0.10,
    "career": 0.10,
}
"""Kind -> cosine between answer and subject below which an answer is off-topic. Honest answers:
from 0.42 for designs and concepts, from 0.15 for the rest; a cooking recipe: about 0."""

NEAR = {
    "design": 0.45,
    "concept": 0.45,
    "story": 0.50,
    "leadership": 0.50,
    "career": 0.45,
}
"""Kind -> cosine from which the voice does not matter any more."""

CLOSE = 0.62
"""Cosine from which an answer is about its question without asking whether others are nearer;
nineteen of twenty answers to another technical question lie below, a quarter of the own ones."""

OWN, OTHER, LEAD = 0.12, 0.40, 0.27
"""An answer is to another question of its kind if, compared with the mean of the kind, it comes
this near to its own question at most, this near to another one at least, and nearer by this
much. No labelled or model answer comes within 0.03 of all three; of answers to another question,
half are found. Stories are not told apart: one story answers several questions."""

_NARRATOR = re.compile(r"\b(?:i|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:(?!need|speed|embed|shared|based|hundred)[a-z]{3,}ed|was|were|had|did|didn't|led|wrote"
    r"|built|chose|drove|found|ran|began|brought|came|fell|felt|gave|got|grew|held|kept|knew|lost"
    r"|made|met|paid|said|saw|sent|sold|spent|spoke|stood|took|taught|told|thought|went|won)\b",
    re.IGNORECASE,
)


def is_off_topic(document: Document, question: Question) -> bool:
    """Whether the answer is about something else than *question*.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    count = len(document.words)
    if count < ENOUGH_WORDS:
        return False
    direction = mean_direction(document.text)
    near = float(direction @ _subject(question))
    if count < LONG:
        return near < FAR_IF_SHORT[question.kind]
    if near < FAR[question.kind]:
        return True
    if near < NEAR[question.kind] and _other_voice(document, question):
        return True
    technical = question.kind in ("design", "concept")
    return technical and near < CLOSE and _is_to_another(direction, question)


def nearness(question: Question, text: str) -> float:
    """Cosine between *text* and the subject of *question*."""
    return float(mean_direction(text) @ _subject(question))


def mean_direction(text: str) -> Floats:
    """The weighted mean direction of *text*, shape (256,), of length 1; zero for an empty text."""
    return unit(_direction_sum(text))


@lru_cache(maxsize=8)  # an answer is asked about several times
def _direction_sum(text: str) -> Floats:
    return word_vectors().total(text)


def _is_to_another(direction: Floats, question: Question) -> bool:
    """Whether the answer is clearly nearer to another question of the bank than to its own."""
    ids, center, subjects = _subjects(question.kind)
    pointing = unit(direction - center)
    own = float(pointing @ unit(_subject(question) - center))
    if own >= OWN:
        return False
    others = subjects @ pointing
    best = max(float(n) for i, n in zip(ids, others, strict=True) if i != question.id)
    return best >= OTHER and best - own >= LEAD


@lru_cache(maxsize=8)
def _subjects(kind: str) -> tuple[tuple[str, ...], Floats, Floats]:
    """The bank's questions of a kind, their mean direction, and theirs from it: (questions, 256)."""
    ids = tuple(name for name in bank_ids() if name.startswith(f"{kind}/"))
    directions = np.stack([_subject(load_question(name)) for name in ids])
    center: Floats = directions.mean(axis=0)
    return ids, center, unit(directions - center)


def _other_voice(document: Document, question: Question) -> bool:
    """Whether the text tells where it should explain, or explains where it should tell."""
    hundreds = len(document.words) / 100
    narrator = len(_NARRATOR.findall(document.text)) / hundreds
    past = len(_PAST.findall(document.text)) / hundreds
    if question.kind in ("story", "leadership"):
        return past < 4.2 and narrator < 6.5
    if question.kind == "career":
        return narrator < 3.5
    return narrator > 5.5 or (past > 6 and narrator > 2.5)


@per_question
def _subject(question: Question) -> Floats:
    """Direction of the prompt and of what a senior answer says."""
    texts = [question.prompt]
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.senior, *criterion.evidence.senior]
    return word_vectors().tokens(" ".join(texts)).mean()
