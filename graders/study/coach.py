"""A coach for "why aren't you going for Staff?": the path taken, red flags, contradictions, the next lift.

Two answers are honest: deepening in a domain first, and building toward it with a plan. Flags and
paths are read by the rules below, which quote the sentence that they rest on; the level is the
judge's. An answer is also held against the learner's own stories and settings, because the
interviewer holds it against the stories of the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from graders.grading import grade
from graders.judges.base import Judge
from graders.judges.text import Document, read
from graders.levels import Level
from graders.score import Score
from graders.study.ladder import kept_target
from graders.study.signals import ABOUT
from graders.study.staff_words import (
    BUILDING,
    CLAIMS_TEAMS,
    DEEPENING,
    DENIES_TEAMS,
    FLAGS,
    horizon_months,
)
from graders.study.stories import StoryBank

QUESTION = "career/why-not-staff"
MAX_ANSWER = 20_000
APART = 1.5
"""Factor by which the horizon of the answer and the one in the settings may differ."""

HURRY_MONTHS = 3
FEW_SPECIFICS = 3

Path = Literal["deepening", "building", "both", "neither"]

PATHS: dict[Path, str] = {
    "deepening": "You take the first honest path: deepening in a domain first.",
    "building": "You take the second honest path: building toward it, with a plan.",
    "both": "You deepen first and build toward it with a plan; both paths are honest.",
    "neither": (
        "Neither honest path is visible yet: name the domain or the judgment that you want to "
        "deepen first, or say what you are building toward it and until when."
    ),
}


class Aims(Protocol):
    """What the learner said about themselves; `graders.progress.Settings` is one."""

    @property
    def company(self) -> str:
        """Key of the ladder."""

    @property
    def level(self) -> str:
        """Name of the level on it."""

    @property
    def staff_horizon_months(self) -> int | None:
        """Until when they want to be staff."""


@dataclass(frozen=True)
class RedFlag:
    """Something that ends the conversation whatever else is said.

    Attributes:
        name: `"blame"`, `"responsibility"`, `"money"`, `"title"`, `"entitlement"`, `"tenure"`,
            `"hurry"` or `"vague"`.
        quote: The sentence, letter for letter.
        heard: What the interviewer hears.
        instead: What to say in its place.
    """

    name: str
    quote: str
    heard: str
    instead: str


@dataclass(frozen=True)
class Contradiction:
    """The answer against something else that the learner said.

    Attributes:
        said: The sentence of the answer, letter for letter.
        against: What it contradicts: a story's title and sentence, or a setting.
        fix: What to do about it.
    """

    said: str
    against: str
    fix: str


@dataclass(frozen=True)
class Coaching:
    """What the coach found in one answer.

    Attributes:
        path: Which of the honest paths it takes.
        path_says: The same as a sentence.
        path_quotes: Sentences that show the path.
        flags: Red flags.
        contradictions: Against stories and settings.
        score: The judge's reading, or `None` if there was nothing to read.
        lift: The next thing to change, one only.
    """

    path: Path
    path_says: str
    path_quotes: tuple[str, ...]
    flags: tuple[RedFlag, ...]
    contradictions: tuple[Contradiction, ...]
    score: Score
    lift: str

    @property
    def holds(self) -> bool:
        """Whether the answer would hold at senior: judged so, no red flag, no contradiction."""
        level = self.score.level
        senior = level is not None and level >= Level.SENIOR
        return senior and not self.flags and not self.contradictions


def coach(
    text: str, bank: StoryBank, aims: Aims | None = None, *, judge: Judge | None = None
) -> Coaching:
    """Read an answer to "why aren't you going for Staff?".

    Args:
        text: The answer.
        bank: The learner's stories; may be empty, then nothing is held against them.
        aims: The learner's settings.
        judge: Who judges; the embedded judge by default.
    """
    text = text[:MAX_ANSWER]
    document = read(text)
    path, quotes = _path(document)
    flags = tuple(_flags(document))
    contradictions = (*_against_stories(document, bank), *_against_aims(document, aims))
    score = grade(QUESTION, text, judge=judge)
    return Coaching(
        path=path,
        path_says=PATHS[path],
        path_quotes=quotes,
        flags=flags,
        contradictions=contradictions,
        score=score,
        lift=_lift(path, flags, contradictions, score),
    )


def _quotes(document: Document, matches: Callable[[str], object]) -> list[str]:
    return [document.quote(one, one) for one in document.sentences if matches(one.line)]


def _path(document: Document) -> tuple[Path, tuple[str, ...]]:
    deepening = _quotes(document, DEEPENING.search)
    building = _quotes(document, BUILDING.search)
    quotes = tuple(dict.fromkeys([*deepening[:2], *building[:2]]))
    if deepening and building:
        return "both", quotes
    if deepening or building:
        return ("deepening" if deepening else "building"), quotes
    return "neither", ()


def _flags(document: Document) -> Iterator[RedFlag]:
    for rule in FLAGS:
        if rule.only_if_vague and _specifics(document) >= FEW_SPECIFICS:
            continue
        found = _quotes(document, lambda line, r=rule: r.matches(line))  # type: ignore[misc]
        if found:
            yield RedFlag(rule.name, found[0], rule.heard, rule.instead)
    for one in document.sentences:
        months = horizon_months(one.line)
        if months is not None and 0 < months <= HURRY_MONTHS:
            yield RedFlag(
                "hurry",
                document.quote(one, one),
                "wants another job than the one we offer",
                "Give the horizon that the gap needs, a year or more, and what will show it closed.",
            )
            return


def _specifics(document: Document) -> int:
    """Figures and names that stand inside of sentences: what can be checked."""
    figures = re.findall(r"\d[\d.,]*", document.prose)
    names = re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?!['’]?[a-z]* Engineer)", document.prose)
    return len(figures) + len({name for name in names if name not in ("Staff", "Senior")})


def _against_stories(document: Document, bank: StoryBank) -> Iterator[Contradiction]:
    if not bank.stories:
        return
    wide = [
        (story, reading)
        for story, reading in zip(bank.stories, bank.readings, strict=True)
        if reading.strength("scope") == ABOUT
    ]
    claims = _quotes(document, lambda line: CLAIMS_TEAMS.search(line) and not _denied(line))
    if claims and not wide:
        yield Contradiction(
            claims[0],
            f"None of your {len(bank.stories)} stories shows a second team that changed its plan.",
            "Write that story down, or claim less: the interviewer will ask for it.",
        )
    denials = _quotes(document, lambda line: _denied(line))
    if denials and wide:
        story, reading = wide[0]
        shown = next(iter(reading.signals[0].evidence), "")
        yield Contradiction(
            denials[0],
            f"Your story “{story.title}” says otherwise: “{shown}”",
            "Say what that story lacked for Staff, or leave the sentence out.",
        )


def _denied(line: str) -> bool:
    return DENIES_TEAMS.search(line) is not None


def _against_aims(document: Document, aims: Aims | None) -> Iterator[Contradiction]:
    if aims is None:
        return
    stated = [(m, one) for one in document.sentences if (m := horizon_months(one.line)) is not None]
    wanted = aims.staff_horizon_months
    if stated and wanted:
        months, sentence = max(stated, key=lambda pair: pair[0])
        if max(months, wanted) > APART * max(1, min(months, wanted)):
            yield Contradiction(
                document.quote(sentence, sentence),
                f"Your settings say staff within {wanted} months; the answer says {months}.",
                "Decide on one horizon; follow-ups will find the other.",
            )
    aim = kept_target(aims.company, aims.level)
    if document.sentences and aim.level >= Level.STAFF:
        first = document.sentences[0]
        yield Contradiction(
            document.quote(first, first),
            f"Your settings aim at {aim.words}, which is staff.",
            "Set the level that you interview for, or practise career/targeting-staff instead.",
        )


def _lift(
    path: Path,
    flags: Sequence[RedFlag],
    contradictions: Sequence[Contradiction],
    score: Score,
) -> str:
    if score.level is None:
        return " ".join(score.reasons) or "It could not be judged."
    if flags:
        return flags[0].instead
    if contradictions:
        return contradictions[0].fix
    if score.tips:
        tip = score.tips[0]
        return f"{tip.gap} One level up: {tip.lift}"
    if path == "neither":
        return PATHS["neither"]
    return "Say it aloud in 45 to 90 seconds, then let somebody ask you for the last such occasion."
