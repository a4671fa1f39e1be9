"""What was copied: from the question, its rubric, its hints, or its published model answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from graders.judges.rules import per_question
from graders.judges.text import Document, Sentence, words
from graders.question import Question

_NGRAM = 5
Gram = tuple[str, ...]

_SHARE = 0.7
"""Share of a sentence's runs of five words that stand in the rubric, from which it is copied."""

_SHARE_OF_COPIER = 0.2
_PARAPHRASE = 0.9
_GAP = 3
_ENOUGH = 9
"""Distinct words of substance from which a sentence may be called a paraphrase of the rubric."""


def copied_sentences(document: Document, question: Question) -> list[Sentence]:
    """The sentences that stand in the rubric, the hints or the tips, word for word or nearly."""
    known, whole = _rubric_ngrams(question), _ngrams(document.words)
    descriptors = _rubric_words(question)
    asked_for = _all_rubric_words(question)
    verbatim = not known.isdisjoint(whole)
    found = []
    for sentence in document.sentences:
        listed = sentence.words
        if verbatim and len(listed) >= 2 * _NGRAM - 1:
            grams = set(_ngrams(listed))
            if len(grams) >= _NGRAM and len(grams & known) / len(grams) > _SHARE:
                found.append(sentence)
                continue
        if len(listed) >= _ENOUGH:
            own = _substance(listed)
            common = len(own & asked_for)
            if (
                len(own) >= _ENOUGH
                and common >= _PARAPHRASE * len(own)
                and any(len(own & one) >= _PARAPHRASE * len(own) for one in descriptors)
            ):
                found.append(sentence)
    if len(found) > 1:
        # Who copies several sentences word for word has copied those that come near, too.
        found += [
            sentence
            for sentence in document.sentences
            if sentence not in found and _share(sentence, known) > _SHARE_OF_COPIER
        ]
    return with_gaps(document, found)


def _share(sentence: Sentence, known: frozenset[Gram]) -> float:
    grams = set(_ngrams(sentence.words))
    return len(grams & known) / len(grams) if grams else 0.0


def with_gaps(document: Document, found: list[Sentence]) -> list[Sentence]:
    """*found* with the clauses between its members that are too short to tell by themselves."""
    if len(found) < 2:
        return found
    places = [i for i, sentence in enumerate(document.sentences) if sentence in found]
    filled = list(found)
    for before, after in pairwise(places):
        between = document.sentences[before + 1 : after]
        if len(between) <= _GAP and all(len(s.words) < 2 * _NGRAM for s in between):
            filled += between
    return filled


def copied_share(document: Document, question: Question) -> float:
    """How much of the text stands in the model answers, in runs of five words (0 to 1)."""
    grams = set(_ngrams(document.words))
    return len(grams & _answer_ngrams(question)) / len(grams) if len(grams) >= 20 else 0.0


def echoes(document: Document, question: Question, allowed: float) -> list[Sentence]:
    """Sentences of the question's words in its order; in another order they may be an answer.

    Args:
        document: The answer.
        question: The question.
        allowed: Share of the question's words up to which a sentence is one's own.
    """
    known, pairs = _asked(question)
    found = []
    for sentence in document.sentences:
        listed = sentence.words
        if len(listed) < 4:
            continue
        if sum(word in known for word in listed) <= allowed * len(listed):
            continue
        in_order = sum(pair in pairs for pair in pairwise(listed))
        if in_order > 0.5 * (len(listed) - 1):
            found.append(sentence)
    return found


_TAKES_BACK = re.compile(
    r"^\W*it is (?:not (?:true|right|the case)|false|untrue|wrong|incorrect) that\b"
    r"|\bthe (?:exact |very |complete )?(?:opposite|contrary|reverse)\b[^.\n]{0,40}"
    r"\b(?:true|right|correct|used|holds?|applies|the case)\b"
    r"|\b(?:none|nothing) of (?:this|that|the above|it) is (?:true|right|correct)\b",
    re.IGNORECASE | re.MULTILINE,
)


def takes_back(document: Document) -> bool:
    """Whether the text says that what it says is not so."""
    return _TAKES_BACK.search(document.text) is not None


def _ngrams(listed: Sequence[str]) -> list[Gram]:
    return list(zip(*(listed[i:] for i in range(_NGRAM)), strict=False))


def _substance(listed: Sequence[str]) -> set[str]:
    """The stems of the long words: what a sentence is about, however it is put."""
    return {word[:6] for word in listed if len(word) > 3}


@per_question
def _asked(question: Question) -> tuple[frozenset[str], frozenset[Gram]]:
    asked = words(question.prompt)
    return frozenset(asked), frozenset(pairwise(asked))


@per_question
def _rubric_ngrams(question: Question) -> frozenset[Gram]:
    texts: list[str] = []
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.mid, criterion.senior, criterion.staff, criterion.tip]
        texts += [*criterion.evidence.mid, *criterion.evidence.senior, *criterion.evidence.staff]
    if question.hints is not None:
        hints = question.hints
        texts += [hints.nudge, hints.direction, hints.partial, hints.full]
    texts += [follow_up.ask for follow_up in question.follow_ups]
    for mistake in question.mistakes:
        texts += [mistake.mistake, mistake.why, mistake.instead]
    return frozenset(gram for text in texts for gram in _ngrams(words(text)))


@per_question
def _rubric_words(question: Question) -> tuple[frozenset[str], ...]:
    """The substance of what each criterion asks for; examples of evidence may well be said."""
    return tuple(
        frozenset(_substance(words(text)))
        for criterion in question.criteria
        for text in (criterion.asks, criterion.senior, criterion.staff, criterion.tip)
    )


@per_question
def _all_rubric_words(question: Question) -> frozenset[str]:
    return frozenset().union(*_rubric_words(question))


@per_question
def _answer_ngrams(question: Question) -> frozenset[Gram]:
    if question.model_answers is None:
        return frozenset()
    answers = question.model_answers
    texts = (answers.mid, answers.senior, answers.staff)
    return frozenset(gram for text in texts for gram in _ngrams(words(text)))
