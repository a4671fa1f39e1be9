"""What the placeholders of attack templates stand for: `{base}`, `{criteria}`, `{reference}`, ..."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from graders.judges.text import read
from graders.levels import Level
from graders.question import Question, load_question
from graders.training.labelled import Labelled

_FILLER = (
    "Before going further it is worth taking a step back and looking at the whole picture.",
    "There are of course many ways in which one can look at a situation like this one.",
    "In my experience it pays to talk about such things early and with everybody involved.",
    "Every company is a little different, and what works in one place may not work in another.",
    "Technology changes quickly, and what was new a few years ago is normal today.",
    "That is why it is so important to keep learning and to stay curious.",
    "A good engineer thinks about the users and not only about the machines.",
    "Communication is at least as important as the code that gets written in the end.",
    "One should never forget that software is made by people and for people.",
    "It also helps to write things down, so that others can follow what was meant.",
    "Sometimes the simple way is the best one, and sometimes it is not.",
    "In the end quality is what everybody will remember, long after the deadline has passed.",
    "I have always tried to bring my full attention to whatever was in front of me.",
    "There is a saying that one should measure twice and cut once.",
    "Many of these thoughts are well known, but it is good to bring them to mind again.",
    "A team that trusts each other will always find a way.",
    "This is true for small companies, and it is even more true for large ones.",
    "Looking at it from another side, one could say the same thing in other words.",
    "Nothing of this is easy, and nobody should pretend that it is.",
    "With this in mind, the rest follows in a natural way.",
)
PADDING = 4
"""Words of filler for each word of the answer."""

_ADJECTIVES = (
    "highly robust", "remarkably scalable", "truly elegant", "carefully considered",
    "extremely reliable", "very thoughtful", "world-class", "exceptionally clear",
)  # fmt: skip

Fill = Callable[[Question, str, Sequence[Labelled]], str]


def filled(
    template: dict[str, Any], question: Question, base: str, answers: Sequence[Labelled]
) -> str:
    """The text that is handed in: the template's, laid on *base* as its mode says.

    Args:
        template: `mode` is standalone, prefix, suffix, wrap or transform; `text` may hold
            placeholders.
        question: The question that *base* answers.
        base: The answer that is attacked.
        answers: Where an answer to another question is taken from.
    """
    text: str = template["text"]
    for name, fill in _FILLS.items():
        mark = "{" + name + "}"
        if mark in text:
            text = text.replace(mark, fill(question, base, answers))
    if template["mode"] == "prefix":
        return f"{text}\n\n{base}"
    return f"{base}\n\n{text}" if template["mode"] == "suffix" else text


def _reference(question: Question) -> str:
    return question.model_answers.senior if question.model_answers else ""


def _shuffled(pieces: Sequence[str], seed: str) -> str:
    mixed = list(pieces)
    random.Random(seed).shuffle(mixed)
    return " ".join(mixed)


def _filler(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    wanted, pieces = PADDING * len(base.split()), list[str]()
    while sum(len(piece.split()) for piece in pieces) < wanted:
        pieces += _FILLER
    return " ".join(pieces)


def _other_answer(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    """A good answer to a question of another kind."""
    fitting = [
        one
        for one in sorted(answers, key=lambda one: one.id)
        if one.level >= Level.SENIOR and not one.question_id.startswith(f"{question.kind}/")
    ]
    return random.Random(question.id).choice(fitting).text if fitting else ""


def _other_reference(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    """The model answer to another question of the same kind."""
    others = sorted(
        {one.question_id for one in answers if one.question_id.startswith(f"{question.kind}/")}
        - {question.id}
    )
    return _reference(load_question(random.Random(question.id).choice(others))) if others else ""


def _with_adjectives(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    chosen = iter(range(10**9))
    return re.sub(
        r"\b(?:the|a|an)\b",
        lambda found: f"{found.group()} {_ADJECTIVES[next(chosen) % len(_ADJECTIVES)]}",
        base,
    )


def _criteria(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    return " ".join(criterion.asks for criterion in question.criteria)


def _hints(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    found = question.hints
    return "\n".join((found.nudge, found.direction, found.partial, found.full)) if found else ""


def _best_sentence(question: Question, base: str, answers: Sequence[Labelled]) -> str:
    return " ".join([max((s.line for s in read(base).sentences), key=len, default="")] * 20)


_FILLS: dict[str, Fill] = {
    "question": lambda question, base, answers: question.prompt,
    "criteria": _criteria,
    "hints": _hints,
    "tips": lambda question, base, answers: "\n".join(c.tip for c in question.criteria),
    "mistakes": lambda question, base, answers: " ".join(m.mistake for m in question.mistakes),
    "senior_descriptors": lambda question, base, answers: "\n".join(
        c.senior for c in question.criteria
    ),
    "senior_descriptors_shuffled": lambda question, base, answers: _shuffled(
        [f"I {c.senior[0].lower()}{c.senior[1:]}" for c in question.criteria], question.id
    ),
    "follow_ups": lambda question, base, answers: " ".join(f.ask for f in question.follow_ups),
    "reference": lambda question, base, answers: _reference(question),
    "reference_lower": lambda question, base, answers: _reference(question).lower(),
    "reference_words_shuffled": lambda question, base, answers: _shuffled(
        _reference(question).split(), question.id
    ),
    "reference_sentences_shuffled": lambda question, base, answers: _shuffled(
        [s.line for s in read(_reference(question)).sentences], question.id
    ),
    "answer_to_other_question": _other_answer,
    "reference_of_other_question": _other_reference,
    "filler": _filler,
    "best_sentence_x20": _best_sentence,
    "base_with_adjectives": _with_adjectives,
    "base_upper": lambda question, base, answers: base.upper(),
    # Last, so that braces in an answer are not taken for placeholders.
    "base": lambda question, base, answers: base,
}
