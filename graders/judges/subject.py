"""Whether an answer speaks about what was asked: near to its subject, and in the right voice.

A story is told by somebody about what was done; a design speaks about a system. The voice tells
an answer to another kind of question where both share the words of the trade. Borders lie
clearly outside of what was measured on the labelled answers of all kinds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graders.judges.embedded.vectors import Floats, word_vectors
from graders.judges.text import Document
from graders.question import Question

ENOUGH_WORDS = 15
"""A dozen words say too little about their subject to be called off-topic."""

LONG = 60
"""Words from which an answer shows its subject and its voice; parts of honest answers that are
shorter come as near to their subject as 0.1 only."""

FAR_IF_SHORT = {"design": 0.08, "concept": 0.08, "story": 0.0, "leadership": 0.0, "career": 0.0}
FAR = {"design": 0.20, "concept": 0.20, "story": 0.10, "leadership": 0.10, "career": 0.10}
"""Kind -> cosine between answer and subject below which an answer is off-topic. Honest answers:
from 0.42 for designs and concepts, from 0.15 for the rest; a cooking recipe: about 0."""

NEAR = {"design": 0.40, "concept": 0.40, "story": 0.50, "leadership": 0.50, "career": 0.40}
"""Kind -> cosine from which the voice does not matter any more."""

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
    near = float(word_vectors().tokens(document.text).mean() @ _subject(question))
    if count < LONG:
        return near < FAR_IF_SHORT[question.kind]
    if near < FAR[question.kind]:
        return True
    return near < NEAR[question.kind] and _other_voice(document, question)


def _other_voice(document: Document, question: Question) -> bool:
    """Whether the text tells where it should explain, or explains where it should tell."""
    hundreds = len(document.words) / 100
    narrator = len(_NARRATOR.findall(document.text)) / hundreds
    past = len(_PAST.findall(document.text)) / hundreds
    if question.kind in ("story", "leadership"):
        return past < 4.5 and narrator < 6.5
    if question.kind == "career":
        return narrator < 3.5
    return narrator > 5.5 or (past > 6 and narrator > 2.5)


@lru_cache(maxsize=128)
def _subject(question: Question) -> Floats:
    """Direction of the prompt and of what a senior answer says."""
    texts = [question.prompt]
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.senior, *criterion.evidence.senior]
    return word_vectors().tokens(" ".join(texts)).mean()
