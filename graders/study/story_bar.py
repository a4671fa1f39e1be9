"""A story held against a company and level: as what it reads there, why, and what would lift it.

The level is the judge's, for the question that the story answers best. The reason is the first
signal in which the story stays below the bar of the level aimed at (`ladders.yaml`, `bars`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from graders.grading import grade
from graders.judges.base import Judge
from graders.levels import Level
from graders.score import Score
from graders.study.ladder import Target, bars
from graders.study.signals import ABOUT, ABSENT, SCALE_QUESTION, Reading, read_story

_TECHNICAL = re.compile(
    r"\b(?:latency|p9\d|throughput|milliseconds?|ms|seconds?|cpu|memory|coverage|build|deploy\w*"
    r"|uptime|qps|rps|tests?|bugs?|lines)\b",
    re.IGNORECASE,
)


QUESTIONS = 3
TOLD_WORDS = (280, 420)
"""Words of a story of two to three minutes, at 140 a minute."""

_PEOPLE = ("conflict", "growth", "leadership")
"""Signals that carry a story by themselves: its effect on the business then comes last."""


@dataclass(frozen=True)
class Shortfall:
    """One signal in which a story stays below the bar.

    Attributes:
        signal: The signal.
        why: What is missing, in a few words.
        lift: What to add, in the imperative.
    """

    signal: str
    why: str
    lift: str


_Rule = Callable[[str, Reading, Level, dict[str, str]], Shortfall | None]


@dataclass(frozen=True)
class Calibration:
    """One story against one target.

    Attributes:
        target: Company and level.
        question_id: The question that it was judged as an answer to.
        level: As what it reads; `None` if it could not be judged.
        reads: The verdict in one sentence.
        lift: What would lift it, in one or two sentences.
        shortfalls: Signals below the bar, the weightiest first.
        score: The judgement behind it.
    """

    target: Target
    question_id: str
    level: Level | None
    reads: str
    lift: str
    shortfalls: tuple[Shortfall, ...]
    score: Score

    @property
    def meets(self) -> bool:
        """Whether the story reads at the level aimed at, or above."""
        return self.level is not None and self.level >= self.target.level


def calibrate(text: str, aim: Target, *, judge: Judge | None = None) -> Calibration:
    """Hold a story against *aim*.

    It is judged as an answer to each of the three questions that it comes nearest to, and the one
    that it answers best counts: about 50 ms with the embedded judge.

    Args:
        text: The story.
        aim: Company and level.
        judge: Who judges it; the embedded judge by default.
    """
    reading = read_story(text)
    near = sorted(reading.nearness, key=lambda q: -reading.nearness[q])[:QUESTIONS]
    score = max(
        (grade(question, text, judge=judge) for question in near or [SCALE_QUESTION]),
        key=lambda one: -1.0 if one.points is None else one.points,
    )
    short = shortfalls(text, reading, aim.level)
    level = score.level
    if level is None or score.points is None:
        reads = f"Could not be read: {' '.join(score.reasons) or 'no reason was given.'}"
        return Calibration(aim, score.question_id, None, reads, "", short, score)
    if level >= aim.level:
        reads = f"Reads as {level.label} at {_at(aim)}: it meets the bar."
        reads += f" Expect to be asked about this: {short[0].why}." if short else ""
        lift = short[0].lift if short else "Say it aloud in two to three minutes."
    else:
        above = Level(level + 1).label
        close = f" (nearly {above})" if 4 * score.points > level + 0.25 else ""
        why = short[0].why if short else _gap(score)
        reads = f"Reads as {level.label}{close} at {_at(aim)}: {why}."
        lift = short[0].lift if short else (score.tips[0].lift if score.tips else "")
        words = len(text.split())
        if words < TOLD_WORDS[0] * 0.75:
            reads += (
                f" It is a note of {words} words; told in full it has {TOLD_WORDS[0]} to "
                f"{TOLD_WORDS[1]}, and what is not written down was not counted."
            )
    return Calibration(aim, score.question_id, level, reads, lift, short, score)


def _at(aim: Target) -> str:
    return f"{aim.grade} ({aim.company})" if aim.known else aim.grade


def _gap(score: Score) -> str:
    gap = score.tips[0].gap if score.tips else "the judge found little to hold on to"
    return gap[:1].lower() + gap[1:].rstrip(".")


def shortfalls(text: str, reading: Reading, level: Level) -> tuple[Shortfall, ...]:
    """Where the story stays below the bar of *level*, the weightiest first."""
    bar = bars(level)
    rules: tuple[_Rule, ...] = (_impact, _scope, _own, _lasting, _grown)
    if any(reading.strength(signal) == ABOUT for signal in _PEOPLE):
        rules = (*rules[1:], rules[0])
    found = [rule(text, reading, level, bar) for rule in rules]
    return tuple(one for one in found if one is not None)


def _impact(text: str, reading: Reading, level: Level, bar: dict[str, str]) -> Shortfall | None:
    strength = reading.strength("business-impact")
    if level <= Level.MID or strength == ABOUT:
        return None
    if strength == ABSENT:
        measured = re.search(r"\d", text) and _TECHNICAL.search(text)
        why = (
            "a technical metric without a business outcome"
            if measured
            else "no result that somebody outside engineering would notice"
        )
        lift = (
            "Follow the number one step further: who did what differently because of it, and what "
            "did that bring, from what to what?"
        )
    else:
        why = "a business outcome without its number"
        lift = "Give the outcome its figure: before, after, over which time, and who counted it."
    return Shortfall("business-impact", why, f"{lift} The bar: {bar['business impact']}.")


def _scope(text: str, reading: Reading, level: Level, bar: dict[str, str]) -> Shortfall | None:
    strength = reading.strength("scope")
    if level >= Level.STAFF and strength < ABOUT:
        why = "the work of one team; no second team changed a plan"
        lift = "Name the teams that had to change, and for how long you answered for it."
    elif level == Level.SENIOR and strength == ABSENT:
        why = "a task of your own"
        lift = "Name the people whose work followed yours, and the system and its size."
    else:
        return None
    return Shortfall("scope", why, f"{lift} The bar: {bar['scope']}.")


def _own(text: str, reading: Reading, level: Level, bar: dict[str, str]) -> Shortfall | None:
    if level <= Level.MID or reading.strength("ownership") == ABOUT:
        return None
    lift = "Say how the work came to be yours, what you decided against, and what you did after it."
    why = "work that was given and finished"
    return Shortfall("ownership", why, f"{lift} The bar: {bar['ownership']}.")


def _lasting(text: str, reading: Reading, level: Level, bar: dict[str, str]) -> Shortfall | None:
    if level < Level.STAFF or reading.strength("leadership") == ABOUT:
        return None
    lift = "Say who carries it on today, and what others do differently without you."
    why = "a result that hangs on you"
    return Shortfall("leadership", why, f"{lift} The bar: {bar['leadership']}.")


def _grown(text: str, reading: Reading, level: Level, bar: dict[str, str]) -> Shortfall | None:
    if level <= Level.MID or reading.strength("growth") > ABSENT:
        return None
    lift = "End with what you would do otherwise, and the practice that has changed since."
    return Shortfall("growth", "an end without a lesson", f"{lift} The bar: {bar['growth']}.")
