"""What is decided before any judge reads: empty, echoed, junk, foreign, off-topic, injected.

The gates are the same for every judge. They never guess a level: they either find that there
is nothing to judge, or they take out what is not an answer and flag it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from graders.judges.injection import injections, speaks_to_grader
from graders.judges.language import foreign_language, is_junk, is_repetition
from graders.judges.subject import is_off_topic
from graders.judges.text import Document, Sentence, Span, read, words
from graders.question import Question

SHORT_WORDS = 25
"""Fewer words than this can hardly show a senior answer; the score is flagged."""

MIN_WORDS = 3

_NGRAM = 5

_REMARKS = {
    "hidden_characters": "The text holds invisible characters.",
    "hidden_text": "The text held a passage that no reader would see; it was taken out.",
    "truncated": "The answer is very long; only its beginning was read.",
    "injection": "The text speaks to the grader instead of answering.",
    "copied_rubric": "Sentences stand word for word in the rubric.",
    "copied_model_answer": "Most of the text stands in the published model answers.",
}
"""Flag -> why a person should look. Other flags of the document need nobody's eyes."""


@dataclass(frozen=True)
class Gate:
    """What the gates found.

    Attributes:
        document: The answer without the passages that were taken out; its `raw` holds nothing
            that was not inspected, and is as long as the part of the answer that was read.
        flags: Machine-readable findings, in a fixed order.
        stop: If set, there is nothing to judge; why, in words.
        unscored: With `stop`: whether the answer waits for a person instead of being *off*.
        reasons: Why a person should look, in words.
    """

    document: Document
    flags: tuple[str, ...] = ()
    stop: str | None = None
    unscored: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Stop:
    flag: str
    why: str
    reason: str | None = None
    unscored: bool = False


def inspect(question: Question, raw: str) -> Gate:
    """Run all gates on *raw*, an answer to *question*.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    document = read(raw)
    flags = list(document.flags)
    attacks = _attacks(document)
    if attacks:
        flags.append("injection")
    # A reference answer is known to nobody who answers: who says the same is right.
    copied = [] if _has_reference(question) else _copied(document, question)
    if copied:
        flags.append("copied_rubric")
    echoed = _echoes(document, question)
    clean = read(document.without([*document.unseen, *attacks, *copied, *echoed]))
    only_echo = bool(echoed) and not attacks and not copied

    stop = _stop(question, document, clean, only_echo)
    if stop is None and _copied_share(clean, question) > 0.5:
        flags.append("copied_model_answer")
    reasons = [_REMARKS[flag] for flag in flags if flag in _REMARKS]
    if stop is not None:
        flags.append(stop.flag)
        reasons += [stop.reason] if stop.reason else []
    elif len(clean.words) < SHORT_WORDS and question.minutes > 2:
        # A question of a minute or two may be answered in a few words.
        flags.append("too_short")
        reasons.append(f"The answer has only {len(clean.words)} words.")
    return Gate(
        document=clean,
        flags=tuple(dict.fromkeys(flags)),
        stop=stop.why if stop else None,
        unscored=stop.unscored if stop else False,
        reasons=tuple(reasons),
    )


def _stop(question: Question, document: Document, clean: Document, only_echo: bool) -> _Stop | None:
    """Why there is nothing to judge, if so."""
    reference = _has_reference(question)
    language = foreign_language(clean)
    if language:
        return _Stop(
            "not_english",
            "The answer is not in English, so it waits for a person.",
            f"The answer seems to be written in {language}; this kit reads English.",
            unscored=True,
        )
    if len(clean.words) < (1 if reference else MIN_WORDS):
        return _too_little(document, clean, only_echo, reference)
    # A right answer to a short question may be a bare list of words.
    if is_repetition(clean) if reference else is_junk(clean):
        return _Stop(
            "junk",
            "The text is not made of sentences.",
            "The text does not read as sentences.",
        )
    # Short answers say little about their subject; the distance to a reference tells more.
    if not reference and is_off_topic(clean, question):
        return _Stop(
            "off_topic",
            "The answer does not speak about the question.",
            "The answer seems to be about something else.",
        )
    return None


def _too_little(document: Document, clean: Document, only_echo: bool, reference: bool) -> _Stop:
    if any(passage.kind == "diagram" for passage in clean.passages):
        return _Stop(
            "diagram_only",
            "The answer is a drawing, so it waits for a person.",
            "The answer is a drawing; this kit reads text.",
            unscored=True,
        )
    if not document.text.strip():
        return _Stop("empty", "There is no answer.")
    if only_echo:
        return _Stop(
            "echo",
            "The answer repeats the question and adds nothing.",
            "Nothing but the question was found.",
        )
    # "->" may be all that a short question asks for.
    signs = reference and not document.words
    return _Stop("too_short", "There is too little text to judge.", unscored=signs)


def _has_reference(question: Question) -> bool:
    """Whether the question was made of a reference answer, by `reference_question`."""
    return question.id.startswith("concept/reference-")


def _attacks(document: Document) -> list[Span]:
    """What speaks to the grader: in sentences, in drawings, and where no reader would see it."""
    unread = [p for p in document.passages if speaks_to_grader(document.raw[p.start : p.end])]
    return [*injections(document), *unread]


def _ngrams(text: str) -> set[tuple[str, ...]]:
    listed = words(text)
    return {listed[i : i + _NGRAM] for i in range(len(listed) - _NGRAM + 1)}


@lru_cache(maxsize=128)
def _rubric_ngrams(question: Question) -> frozenset[tuple[str, ...]]:
    texts: list[str] = []
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.mid, criterion.senior, criterion.staff, criterion.tip]
        texts += [*criterion.evidence.mid, *criterion.evidence.senior, *criterion.evidence.staff]
    return frozenset(gram for text in texts for gram in _ngrams(text))


@lru_cache(maxsize=128)
def _answer_ngrams(question: Question) -> frozenset[tuple[str, ...]]:
    if question.model_answers is None:
        return frozenset()
    answers = question.model_answers
    return frozenset(_ngrams(answers.mid) | _ngrams(answers.senior) | _ngrams(answers.staff))


def _copied(document: Document, question: Question) -> list[Sentence]:
    known = _rubric_ngrams(question)
    found = []
    for sentence in document.sentences:
        grams = _ngrams(sentence.text)
        if len(grams) >= 4 and len(grams & known) / len(grams) > 0.7:
            found.append(sentence)
    return found


def _copied_share(document: Document, question: Question) -> float:
    grams = _ngrams(document.text)
    return len(grams & _answer_ngrams(question)) / len(grams) if len(grams) >= 20 else 0.0


def _echoes(document: Document, question: Question) -> list[Sentence]:
    """Sentences of the question's words in its order; in another order they may be an answer."""
    asked = words(question.prompt)
    known, pairs = set(asked), set(pairwise(asked))
    # "The base case is one" answers with a single word of its own.
    share = 0.999 if _has_reference(question) else 0.85
    found = []
    for sentence in document.sentences:
        listed = words(sentence.text)
        if len(listed) < 4:
            continue
        repeated = sum(word in known for word in listed) / len(listed)
        in_order = sum(pair in pairs for pair in pairwise(listed))
        if repeated > share and in_order > 0.5 * (len(listed) - 1):
            found.append(sentence)
    return found
