"""Does a reply give away what the candidate should find: the rubric, the tips, the model answers?

What the question and the transcript say already is no secret. Beyond that, four things give a
secret away: a run of its words, most of the words that matter in one of its sentences, its
figures, and a few of its words that interviewers hardly ever say: "Would you shed load?" tells the
idea in two words. Talk about the grading is a leak by itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from graders.judges.text import read, words
from graders.question import Question, load_bank

RUN = 5
"""Words in a row that are taken from a secret and not by chance."""

SHARE, FEWEST = 0.5, 4
"""Of the words that matter in a secret sentence: the share, and the number, that give it away."""

PROPOSED, NAMED = 4.0, 8.0
"""Weight of the words of a secret sentence that give its idea away: where the reply proposes
something ("would you", "why not"), and where it asks openly ("what happens when")."""

_PROPOSES = re.compile(
    r"(?:^|[.!?;:,]\s+)(?:(?:and|but|so|or)\s+)?(?:(?:have|had|has|would|could|should|will|can|might"
    r"|did|do|does|is|are|was|were|(?:what|how)\s+about|what\s+if|why\s+not)\b"
    r"|(?:why\s+)?[a-z]+n['\u2019]t\b)",
    re.IGNORECASE,
)
_GRADING = re.compile(
    r"\b(rubrics?|criteri(?:on|a)|model answers?|scor(?:e|es|ed|ing)\b(?=.{0,40}\b(?:you|your|answer))"
    r"|(?:senior|staff|mid)[- ]level answers?|reference answers?|grading|graders?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d,.]*")
_SMALL = frozenset(
    words(
        """
        a about after again all also an and any are as at be because been before being
        both but by can could did do does doing down each else even every few for from
        get give go goes had has have having he her here him his how i if in into is it
        its just keep kind let like made make many may me mean might more most much must
        my need never no not now of off on once one only or other our out over own part
        per put same say says see she should show since so some still such take than
        that the their them then there these they thing things this those through time
        to too two under until up us use used using very want was way we well were what
        when where whether which while who why will with without would you your
        """
    )
)
"""Words that say nothing about what a sentence is about."""


@dataclass(frozen=True)
class Leak:
    """What a reply gives away.

    Attributes:
        kind: `grading`, `words`, `idea`, `figure` or `hint`.
        secret: The words of the secret that are concerned.
    """

    kind: str
    secret: str


def find_leak(reply: str, question: Question, said: Iterable[str]) -> Leak | None:
    """The first thing that *reply* gives away, or `None`.

    Args:
        reply: What is about to be shown to the candidate.
        question: The question with its secrets.
        said: What the candidate has heard and said so far.
    """
    text = read(reply).text
    if match := _GRADING.search(text):
        return Leak("grading", match.group())
    heard = [read(turn).text for turn in said]
    open_text = "\n".join([*_open(question), *heard])
    open_words = words(open_text)
    known_stems = set(_stems(open_words))
    spoken = words(text)
    secrets = _secrets(question)
    fresh_runs = set(_runs(spoken)) - set(_runs(open_words))
    new_stems = set(_stems(spoken)) - known_stems
    known_figures = set(_figures(open_text))
    new_figures = {figure for figure in _figures(text) if figure not in known_figures}
    for secret in secrets:
        if fresh_runs & secret.runs:
            return Leak("words", " ".join(next(iter(fresh_runs & secret.runs))))
        telling = secret.stems - known_stems
        shared = new_stems & telling
        if len(shared) >= FEWEST and len(shared) >= SHARE * len(telling):
            return Leak("idea", secret.text)
        if figures := new_figures & secret.figures:
            return Leak("figure", min(figures))
    return _hint(text, question, _terms("\n".join([open_text, *_facts(question)])))


def _hint(text: str, question: Question, known: frozenset[str]) -> Leak | None:
    """The secret that *text* hints at by words which are not *known* and seldom asked with."""
    weights = {term: _weight(term, question) for term in _terms(text) - known}
    enough = PROPOSED if _PROPOSES.search(text) else NAMED
    for secret in _secrets(question):
        if sum(weights[term] for term in weights.keys() & secret.terms) >= enough:
            return Leak("hint", secret.text)
    return None


def _weight(term: str, question: Question) -> float:
    """How telling *term* is: 0 if every other question of the bank is asked with it, else more."""
    asked = _asked_in_bank()
    others = _count_in_bank()[term] - (term in asked.get(question.id, ()))
    return math.log((1 + len(asked)) / (1 + others))


@lru_cache(maxsize=1)
def _asked_in_bank() -> dict[str, frozenset[str]]:
    """By question of the bank: the terms that an interviewer asks it with.

    What is rare among these is telling. Among all texts it would not be: the bank's answers are
    full of leases, jitter and shedding, which no interviewer may bring up.
    """
    return {
        question.id: _terms("\n".join([*_open(question), *_topics(question)]))
        for question in load_bank()
    }


@lru_cache(maxsize=1)
def _count_in_bank() -> Counter[str]:
    """By term: the number of questions of the bank that are asked with it."""
    return Counter(term for terms in _asked_in_bank().values() for term in terms)


@dataclass(frozen=True)
class _Secret:
    """One sentence that is not to be given away."""

    text: str
    runs: frozenset[tuple[str, ...]]
    stems: frozenset[str]
    figures: frozenset[str]
    terms: frozenset[str]


@lru_cache(maxsize=64)
def _secrets(question: Question) -> tuple[_Secret, ...]:
    found = []
    for text in _hidden(question):
        for sentence in read(text).sentences:
            spoken = words(sentence.text)
            found.append(
                _Secret(
                    sentence.line,
                    frozenset(_runs(spoken)),
                    frozenset(_stems(spoken)),
                    frozenset(_figures(sentence.text)),
                    _terms(sentence.text),
                )
            )
    return tuple(found)


def _hidden(question: Question) -> Iterator[str]:
    for criterion in question.criteria:
        yield from (criterion.mid, criterion.senior, criterion.staff, criterion.tip)
        evidence = criterion.evidence
        yield from (*evidence.mid, *evidence.senior, *evidence.staff)
    yield from (follow_up.good for follow_up in question.follow_ups)
    for mistake in question.mistakes:
        yield from (mistake.mistake, mistake.why, mistake.instead)
    if question.hints:
        yield from question.hints.ladder()
    if question.model_answers:
        answers = question.model_answers
        yield from (answers.mid, answers.senior, answers.staff)


def _open(question: Question) -> Iterator[str]:
    """What an interviewer may say anyway."""
    yield question.prompt
    yield from (follow_up.ask for follow_up in question.follow_ups)


def _topics(question: Question) -> Iterator[str]:
    """What the criteria ask, and what a candidate may want to know first."""
    yield from (criterion.asks for criterion in question.criteria)
    yield from (clarification.question for clarification in question.clarifications)


def _facts(question: Question) -> Iterator[str]:
    """The facts of the case, which whoever asks is told: to name one of them hints at nothing."""
    for clarification in question.clarifications:
        yield from (clarification.question, clarification.answer)


def _runs(spoken: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Runs of words that hold at least two that matter."""
    for start in range(len(spoken) - RUN + 1):
        run = spoken[start : start + RUN]
        if sum(word not in _SMALL for word in run) >= 2:
            yield run


def _stems(spoken: Iterable[str]) -> Iterator[str]:
    """The words that matter, cut so that "evicts" and "eviction" are one."""
    for word in spoken:
        if len(word) > 2 and word not in _SMALL and not word[0].isdigit():
            yield _stem(word)


def _terms(text: str) -> frozenset[str]:
    """Stems for hints: the parts of "cache-aside" count each, "shed" and "shedding" are one."""
    parts = (part for word in words(text) for part in re.split(r"['\u2019.-]", word))
    return frozenset(
        stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem for stem in _stems(parts)
    )


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ions", "ing", "ion", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word.rstrip("ey")[:8]


def _figures(text: str) -> Iterator[str]:
    """Numbers of three digits and more, without separators; smaller ones are anybody's."""
    for found in _NUMBER.findall(text):
        figure = found.rstrip(".,").replace(",", "")
        if len(figure.replace(".", "")) > 2:
            yield figure
