"""What is decided before any judge reads: empty, echoed, junk, foreign, off-topic, injected.

The gates are the same for every judge. They never guess a level: they either find that there
is nothing to judge, or they take out what is not an answer and flag it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from graders.judges.copied import copied_sentences, copied_share, echoes, takes_back
from graders.judges.injection import Speech, company, speaks_to_grader, speech
from graders.judges.language import foreign_language, is_junk, is_repetition, is_salad
from graders.judges.padding import is_no_evidence
from graders.judges.published import copied_from_elsewhere
from graders.judges.subject import is_off_topic, nearness
from graders.judges.text import Document, Span, read
from graders.question import Question

SHORT_WORDS = 25
"""Fewer words than this can hardly show a senior answer; the score is flagged."""

MIN_WORDS = 3

_REMARKS = {
    "hidden_characters": "The text holds invisible characters.",
    "hidden_text": "The text held a passage that no reader would see; it was taken out.",
    "truncated": "The answer is very long; only its beginning was read.",
    "injection": "The text speaks to the grader instead of answering.",
    "copied_rubric": "Sentences stand word for word in the rubric.",
    "copied_elsewhere": "Sentences stand word for word in the published answers to other questions.",
    "copied_model_answer": "Most of the text stands in the published model answers.",
}
"""Flag -> why a person should look. Other flags of the document need nobody's eyes."""

_ATTEMPTS = {"injection", "hidden_text"}


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

    @property
    def suspicious(self) -> bool:
        """Whether somebody tried to talk to whoever grades; what is left may hold more of it."""
        return not _ATTEMPTS.isdisjoint(self.flags)


@dataclass(frozen=True)
class _Stop:
    flag: str
    why: str
    reason: str | None = None
    unscored: bool = False


_COPIED = _Stop("off_topic", "The text stands in the published answers to other questions.")

_TAKEN_BACK = _Stop(
    "contradiction",
    "The text takes back what it copies, so it waits for a person.",
    "The text stands in the published model answers and says that it is not so.",
    unscored=True,
)


def inspect(question: Question, raw: str) -> Gate:
    """Run all gates on *raw*, an answer to *question*.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    document = read(raw)
    found = _found(document, question)
    clean = read(document.without(found.taken)) if found.taken else document
    flags = [*document.flags, *found.flags]
    stop = _stop(question, document, clean, found)
    if stop is None and copied_share(clean, question) > 0.5:
        flags.append("copied_model_answer")
        stop = _TAKEN_BACK if takes_back(document) else None
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


def _stop(question: Question, document: Document, clean: Document, found: _Found) -> _Stop | None:
    """Why there is nothing to judge, if so."""
    reference = _has_reference(question)
    # Sentences in another language are left out, unless all of the answer is.
    language = foreign_language(document) or foreign_language(clean)
    if language:
        return _Stop(
            "not_english",
            "The answer is not in English, so it waits for a person.",
            f"The answer seems to be written in {language}; this kit reads English.",
            unscored=True,
        )
    if found.elsewhere and len(clean.words) < SHORT_WORDS:
        return _COPIED
    if len(clean.words) < (1 if reference else MIN_WORDS):
        return _too_little(document, clean, found.only_echo, reference)
    # A right answer to a short question may be a bare list of words.
    if is_repetition(clean) if reference else is_junk(clean) or is_salad(clean):
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
    if len(document.words) >= MIN_WORDS > len(clean.words) and not reference:
        return _Stop(
            "junk",
            "Nothing of the text is an answer.",
            "The text holds repeats, lists of words, questions, codes or copies, and no answer.",
        )
    # "->" may be all that a short question asks for.
    signs = reference and not document.words
    return _Stop("too_short", "There is too little text to judge.", unscored=signs)


def _has_reference(question: Question) -> bool:
    """Whether the question was made of a reference answer, by `reference_question`."""
    return question.id.startswith("concept/reference-")


@dataclass(frozen=True)
class _Found:
    """What is taken out before a judge reads, and how it is flagged."""

    taken: list[Span]
    flags: list[str]
    elsewhere: bool
    only_echo: bool


def _found(document: Document, question: Question) -> _Found:
    flags = []
    said = speech(document, question.kind)
    attacks = _attacks(document, said)
    if attacks:
        flags.append("injection")
        attacks += company(document, attacks, partial(nearness, question))
    reference = _has_reference(question)
    # A reference answer is known to nobody who answers: who says the same is right. And what
    # is right may be a list of words there, or an echo: "the base case is one".
    copied: list[Span] = [] if reference else [*copied_sentences(document, question)]
    if copied:
        flags.append("copied_rubric")
    elsewhere = [] if reference else copied_from_elsewhere(document, question)
    if elsewhere:
        flags.append("copied_elsewhere")
    echoed = echoes(document, question, 0.999 if reference else 0.85)
    left_out = [] if reference else _left_out(document, said)
    if left_out:
        flags.append("left_out")
    return _Found(
        taken=[*document.unseen, *attacks, *copied, *elsewhere, *echoed, *left_out],
        flags=flags,
        elsewhere=bool(elsewhere),
        only_echo=bool(echoed) and not attacks and not copied,
    )


def _left_out(document: Document, said: Speech) -> list[Span]:
    """What neither answers nor attacks: the judge does not read it, and nobody is blamed."""
    return [*is_no_evidence(document), *said.asides]


def _attacks(document: Document, said: Speech) -> list[Span]:
    """What speaks to the grader: in sentences, in drawings, and where no reader would see it."""
    unread = [p for p in document.passages if speaks_to_grader(document.raw[p.start : p.end])]
    return [*said.attacks, *unread]
