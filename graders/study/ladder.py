"""Ladders: what a company calls a level, what the level asks of a story, and who says so.

The data is `ladders.yaml`. Maps between companies are approximate and people are placed one by
one, so a cell may hold several grades, each with its source. A company that is not in the map gets
the generic ladder; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import Field, field_validator

from graders.errors import UsageError
from graders.levels import Level
from graders.question.model import Text, Value

GENERIC = "generic"
_FILE = Path(__file__).with_name("ladders.yaml")


class Source(Value):
    """Who says so, and when; `None` where the page is not dated."""

    title: Text
    url: Text | None = None
    year: int | None = Field(default=None, ge=1990, le=2100)

    @property
    def line(self) -> str:
        """Title and year in one line."""
        return f"{self.title}, {self.year}" if self.year else self.title


class Stage(Value):
    """One step of a career, whatever a company calls it.

    Attributes:
        name: As everywhere in the kit: "senior".
        level: The kit's level that a story is held against there; the scale ends at staff.
        reach: How far decisions reach.
        horizon: For how long one answers for them.
        source: Key of the source.
    """

    name: Text
    level: Level
    reach: Text
    horizon: Text
    source: str

    @field_validator("level", mode="before")
    @classmethod
    def _from_label(cls, value: object) -> object:
        return Level.from_label(value) if isinstance(value, str) else value


class Column(Value):
    """The grades of one company by one source, in the order of the stages; "" where it has none.

    Attributes:
        source: Key of the source.
        names: Grades.
        derived: Stages that are this kit's reading of the source's description.
    """

    source: str
    names: tuple[str, ...]
    derived: tuple[str, ...] = ()


class Note(Value):
    """What a table of grades cannot say."""

    text: Text
    source: str


class Company(Value):
    """One company's grades and remarks."""

    name: Text
    grades: tuple[Column, ...] = Field(min_length=1)
    notes: tuple[Note, ...] = ()


class Ladders(Value):
    """All that `ladders.yaml` holds."""

    sources: dict[str, Source]
    stages: tuple[Stage, ...]
    companies: dict[str, Company]
    bars: dict[str, dict[str, Text]]
    bars_source: str


@dataclass(frozen=True)
class Grade:
    """What a company calls a stage, by one source.

    Attributes:
        text: The grade or range: "63-64".
        source: Who says so, in a line.
        derived: Whether the stage is this kit's reading.
    """

    text: str
    source: str
    derived: bool = False


@dataclass(frozen=True)
class Target:
    """Where a learner wants to go.

    Attributes:
        company: Its name, as one says it.
        grade: The level's name there: "L5".
        stage: The stage that it stands for; the upper one where the sources differ.
        level: The kit's level that stories are held against.
        known: Whether the company has a map of its own.
        notes: Remarks on this company's levels, with their sources.
    """

    company: str
    grade: str
    stage: Stage
    level: Level
    known: bool
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """Grade and company: "L5 at Google"; the grade alone without a company."""
        return f"{self.grade} at {self.company}" if self.known else self.grade


@lru_cache(maxsize=1)
def ladders() -> Ladders:
    """The file, read once."""
    return Ladders.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def stages() -> list[str]:
    """The names of the stages, lowest first."""
    return [stage.name for stage in ladders().stages]


def companies() -> dict[str, str]:
    """Key -> name of every company in the map, the generic ladder first."""
    return {key: company.name for key, company in ladders().companies.items()}


def company_key(name: str) -> str:
    """The key of the company that somebody called *name*; `"generic"` if it is not in the map."""
    wanted = name.strip().casefold()
    for key, company in ladders().companies.items():
        if wanted in (key, company.name.casefold()):
            return key
    return GENERIC


def grades(company: str, stage: str) -> list[Grade]:
    """What the sources call *stage* at *company*; several where they differ, none if unknown.

    Raises:
        UsageError: If there is no such stage.
    """
    names = stages()
    if stage not in names:
        raise UsageError(f"{stage!r} is not a stage", fix=f"Choose one of {', '.join(names)}")
    found = []
    for column in ladders().companies[company_key(company)].grades:
        place = names.index(stage)
        if place < len(column.names) and column.names[place]:
            line = ladders().sources[column.source].line
            found.append(Grade(column.names[place], line, stage in column.derived))
    return found


def levels_of(company: str) -> list[str]:
    """The names of the levels at *company* that one may choose, lowest first."""
    found = [
        name for stage in stages() for grade in grades(company, stage) for name in [grade.text]
    ]
    return list(dict.fromkeys(found))


def target(company: str = GENERIC, level: str = "senior") -> Target:
    """The bar that somebody has to meet who aims at *level* at *company*.

    Args:
        company: Key or name; one that is not in the map gets the generic ladder.
        level: A grade of that company ("L5", also one within a range), or a stage ("senior").

    Raises:
        UsageError: If the company has no such level.
    """
    key = company_key(company)
    entry = ladders().companies[key]
    stage = _stage(key, level)
    here = grades(key, stage.name)
    wanted = level.strip().casefold()
    grade = level.strip() if wanted != stage.name else (here[0].text if here else stage.name)
    return Target(
        company=entry.name,
        grade=grade,
        stage=stage,
        level=stage.level,
        known=key != GENERIC,
        notes=tuple(f"{n.text} ({ladders().sources[n.source].line})" for n in entry.notes),
    )


def kept_target(company: str, level: str) -> Target:
    """`target` of what was kept in settings: senior, if that company no longer has such a level."""
    try:
        return target(company, level)
    except UsageError:
        return target(company)


def _stage(key: str, level: str) -> Stage:
    wanted = level.strip().casefold()
    found = [
        stage
        for stage in ladders().stages
        if wanted == stage.name
        or any(_holds(grade.text, wanted) for grade in grades(key, stage.name))
    ]
    if not found:
        raise UsageError(
            f"{level!r} is no level of {ladders().companies[key].name}",
            fix=f"Choose one of {', '.join(levels_of(key))}, or a stage such as senior",
        )
    # Where sources put a grade on two stages, the higher bar is the safe one to prepare for.
    return found[-1]


def _holds(text: str, wanted: str) -> bool:
    """Whether the grade or range *text* holds the grade *wanted*: "63-64" holds "63" and "63-64"."""
    return wanted == text.casefold() or wanted in text.casefold().split("-")


def bars(level: Level) -> dict[str, str]:
    """Signal -> what a story at *level* shows; that of mid for the levels below it."""
    return dict(ladders().bars[max(Level.MID, level).label])


def bars_source() -> str:
    """Where the bars come from, in a line."""
    return f"{ladders().sources[ladders().bars_source].line}; the words are this kit's own"
