"""The story bank: what stories carry, where they repeat each other, what is missing, which to tell.

Headless; `story_box` shows it in a notebook and `seniorkit stories` in a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from graders.errors import UsageError
from graders.judges.base import Judge
from graders.study.fit import FITS, behavioural_questions
from graders.study.kept_readings import Known, read_all
from graders.study.ladder import Target
from graders.study.matching import fewest_repeats
from graders.study.retold import alike
from graders.study.signals import (
    ABOUT,
    ABOUT_SIGNAL,
    ABSENT,
    NEAREST,
    PASSING,
    SIGNALS,
    Reading,
)
from graders.study.story_bar import Calibration, calibrate

MAX_STORY = 20_000
MAX_TITLE = 200

ORGANISATION, CROSS_FUNCTIONAL = 3, 2
"""Stories that one should have with an effect on the organisation, and across functions."""

ENOUGH = 8
"""Stories of a bank that covers a loop: guides say 6 to 8 (technohubnetwork), 8 to 10
(career-field-guide), 10 to 15 (aistaffengprep)."""


class Told(Protocol):
    """A story in its teller's own words; `graders.progress.StoryVersion` is one."""

    @property
    def story_id(self) -> str:
        """Key of the story."""

    @property
    def title(self) -> str:
        """What the teller calls it."""

    @property
    def text(self) -> str:
        """The story."""

    @property
    def when(self) -> str:
        """When it happened."""

    @property
    def employer(self) -> str:
        """Where; may be empty."""


@dataclass(frozen=True)
class Counts:
    """How many different stories there are; one that is told twice counts once.

    Attributes:
        organisation: With an effect beyond the own team.
        cross_functional: About work together with others than engineers.
        total: All.
    """

    organisation: int
    cross_functional: int
    total: int


@dataclass(frozen=True)
class Duplicate:
    """Two entries that seem to tell the same story.

    Attributes:
        first: The older entry.
        second: The other.
        cosine: How alike they are, up to 1.
    """

    first: Told
    second: Told
    cosine: float


@dataclass(frozen=True)
class Gap:
    """Something that no story of the bank carries.

    Attributes:
        what: A signal, `"organisation"`, `"cross-functional"` or `"stories"`.
        why: A sentence for the teller.
        questions: Questions whose answer would fill it.
    """

    what: str
    why: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """The story to tell for one question.

    Attributes:
        question_id: The question.
        story: The story, or `None` if none answers it.
        fit: How well it does; about -2 to 5, 0 when there is none.
        uses: For how many questions of the list this story was chosen.
        others: Further stories that would do, the best first.
    """

    question_id: str
    story: Told | None
    fit: float
    uses: int
    others: tuple[Told, ...]


class StoryBank:
    """All stories of one teller.

    Args:
        stories: The stories; only one version of each.
        judge: Who judges when stories are held against a level; the embedded judge by default.
            The signals are always read by the embedded one, on this machine.
    """

    def __init__(self, stories: Sequence[Told], *, judge: Judge | None = None) -> None:
        self.stories = tuple(stories)
        self._judge = judge

    @cached_property
    def _known(self) -> list[Known]:
        return read_all([(story.title, story.text[:MAX_STORY]) for story in self.stories])

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What was read in each story, in their order."""
        return tuple(known.reading for known in self._known)

    @cached_property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """Entries that seem to tell the same story, the most alike first."""
        return tuple(
            Duplicate(self.stories[a], self.stories[b], cosine)
            for a, b, cosine in alike([known.direction for known in self._known])
        )

    def counts(self) -> Counts:
        """How many different stories there are, and how many of the two kinds that one needs."""
        groups = self._groups()
        return Counts(
            organisation=sum(any(r.organisation_wide for r in group) for group in groups),
            cross_functional=sum(any(r.cross_functional for r in group) for group in groups),
            total=len(groups),
        )

    def _groups(self) -> list[list[Reading]]:
        """The readings of each different story; two tellings of one stand together."""
        leader = {story.story_id: story.story_id for story in self.stories}

        def first(key: str) -> str:
            while leader[key] != key:
                key = leader[key]
            return key

        for pair in self.duplicates:
            leader[first(pair.second.story_id)] = first(pair.first.story_id)
        groups: dict[str, list[Reading]] = {}
        for story, reading in zip(self.stories, self.readings, strict=True):
            groups.setdefault(first(story.story_id), []).append(reading)
        return list(groups.values())

    def gaps(self) -> tuple[Gap, ...]:
        """What is missing: signals that no story is about, and too few of what is always asked."""
        counts = self.counts()
        found = []
        for place, signal in enumerate(SIGNALS):
            best = max((r.signals[place].strength for r in self.readings), default=0)
            if best < ABOUT:
                why = "only in passing" if best == PASSING else "in none of your stories"
                found.append(
                    Gap(signal, f"{signal.replace('-', ' ').capitalize()} appears {why}.",
                        ABOUT_SIGNAL[signal])
                )  # fmt: skip
        if counts.organisation < ORGANISATION:
            why = f"{counts.organisation} of {ORGANISATION} stories had an effect beyond your team."
            found.append(Gap("organisation", why, ABOUT_SIGNAL["leadership"]))
        if counts.cross_functional < CROSS_FUNCTIONAL:
            why = (
                f"{counts.cross_functional} of {CROSS_FUNCTIONAL} to {CROSS_FUNCTIONAL + 1} stories "
                "moved product, design or others together with engineering."
            )
            found.append(Gap("cross-functional", why, ABOUT_SIGNAL["cross-functional"]))
        if counts.total < ENOUGH:
            why = f"{counts.total} different stories; a loop is covered by {ENOUGH} to 10."
            found.append(Gap("stories", why))
        return tuple(found)

    def fit(self, question_id: str, place: int) -> float | None:
        """How well the story at *place* answers the question; `None` if it does not.

        A story that carries nothing of what is asked for answers only if its words come very near:
        of labelled answers that carry nothing, one in fourteen between the two borders was one to
        that question, and one in four above the upper one.
        """
        reading = self.readings[place]
        near = reading.nearness.get(question_id)
        if near is None:
            return None
        asked = [signal for signal, ids in ABOUT_SIGNAL.items() if question_id in ids]
        carried = max((reading.strength(signal) for signal in asked), default=ABSENT)
        least = {ABSENT: NEAREST, PASSING: FITS, ABOUT: -FITS}[carried]
        if near < least:
            return None
        return near + 0.5 * carried

    def choices(self, questions: Sequence[str] | None = None) -> tuple[Choice, ...]:
        """The story to tell for each question, with the fewest repeats.

        Args:
            questions: Ids of story and leadership questions; all of the bank when absent.

        Raises:
            UsageError: If a question is not one that is answered with a story.
        """
        asked = list(questions) if questions is not None else list(behavioural_questions())
        for question_id in asked:
            if question_id not in behavioural_questions():
                raise UsageError(
                    f"{question_id!r} is not answered with a story",
                    fix="Choose among the story and leadership questions of `seniorkit bank list`",
                )
        fits = [[self.fit(q, place) for place in range(len(self.stories))] for q in asked]
        chosen = fewest_repeats(fits)
        return tuple(
            self._choice(question_id, row, place, chosen.count(place) if place is not None else 0)
            for question_id, row, place in zip(asked, fits, chosen, strict=True)
        )

    def _choice(
        self, question_id: str, row: Sequence[float | None], place: int | None, uses: int
    ) -> Choice:
        ranked = sorted(
            (i for i, value in enumerate(row) if value is not None and i != place),
            key=lambda i: -(row[i] or 0.0),
        )
        story = self.stories[place] if place is not None else None
        fit = (row[place] or 0.0) if place is not None else 0.0
        return Choice(question_id, story, fit, uses, tuple(self.stories[i] for i in ranked[:2]))

    def calibrate(self, story_id: str, aim: Target) -> Calibration:
        """Hold the story against a company and level.

        Raises:
            UsageError: If there is no such story.
        """
        return calibrate(self.story(story_id).text[:MAX_STORY], aim, judge=self._judge)

    def story(self, story_id: str) -> Told:
        """The story with that key.

        Raises:
            UsageError: If there is no such story.
        """
        for story in self.stories:
            if story.story_id == story_id:
                return story
        raise UsageError("there is no such story", where=story_id, fix="List them again")
