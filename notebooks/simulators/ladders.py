"""Level maps: which grade of one company corresponds to which of another, as published, with sources.

The maps disagree, and people are placed individually. So every cell is a range, and where two
sources give different ones, both are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("entry", "mid", "senior", "staff", "senior staff", "principal")

GETPROMOTED = "getpromoted.app, tech promotion levels guide, 2025"
HIRECADE = "hirecade.com/levels, 2026"
DESIGN_GURUS = "designgurus.io, FAANG levels, 2025"
DROPBOX = "Dropbox Engineering Career Framework (Apache-2.0), 2021"


@dataclass(frozen=True)
class Grade:
    """What one company calls one stage, according to one source.

    Attributes:
        company: The company.
        stage: One of `STAGES`.
        low: Lowest grade.
        high: Highest grade; the same as `low` where it is one.
        source: Who says so, and when.
        derived: Whether the stage is our reading of the grade's description.
    """

    company: str
    stage: str
    low: str
    high: str
    source: str
    derived: bool = False

    @property
    def text(self) -> str:
        """The grade or range: "63-64"."""
        return self.low if self.low == self.high else f"{self.low}-{self.high}"


def _ladder(company: str, source: str, *grades: str) -> list[Grade]:
    found = []
    for stage, text in zip(STAGES, grades, strict=False):
        low, _, high = text.partition("-")
        found.append(Grade(company, stage, low, high or low, source))
    return found


GRADES: tuple[Grade, ...] = (
    *_ladder("Google", GETPROMOTED, "L3", "L4", "L5", "L6", "L7", "L8"),
    *_ladder("Meta", GETPROMOTED, "E3", "E4", "E5", "E6", "E7", "E8"),
    *_ladder("Amazon", GETPROMOTED, "L4", "L5", "L6", "L7", "L8", "L10"),
    *_ladder("Microsoft", GETPROMOTED, "59-60", "61-62", "63-64", "65-66", "67", "68"),
    *_ladder("Microsoft", HIRECADE, "59-60", "60-61", "62-63", "64-65", "66-67", "68"),
    *_ladder("Apple", DESIGN_GURUS, "ICT2", "ICT3", "ICT4", "ICT5", "ICT6"),
    Grade("Dropbox", "entry", "IC1", "IC1", DROPBOX, derived=True),
    Grade("Dropbox", "mid", "IC2", "IC3", DROPBOX, derived=True),
    Grade("Dropbox", "senior", "IC4", "IC4", DROPBOX, derived=True),
    Grade("Dropbox", "staff", "IC5", "IC5", DROPBOX),
    Grade("Dropbox", "senior staff", "IC6", "IC6", DROPBOX),
    Grade("Dropbox", "principal", "IC7", "IC7", DROPBOX),
)
"""All published grades that this kit knows."""

CAVEATS = (
    "Amazon's L5 is a wide band; its L6 is nearest to Google's L5, and its L7, called Principal, to L6.",
    "The level at which one may stay for good: Meta E5; at Google long L5, of late reported as L4.",
    "Numbers do not start at the same place: Stripe counts from 1, Airbnb from 7.",
    "Comparison sites answer which level people got when they moved; bands overlap and people differ.",
)
"""What a table cannot say."""


def companies() -> list[str]:
    """The companies of the map, in the order in which they are listed."""
    return list(dict.fromkeys(grade.company for grade in GRADES))


def grades(company: str, stage: str) -> list[Grade]:
    """What the sources call *stage* at *company*; more than one where they disagree.

    Raises:
        ValueError: If the company or the stage is not in the map.
    """
    if company not in companies():
        raise ValueError(f"{company!r} is not in the map (known: {', '.join(companies())})")
    if stage not in STAGES:
        raise ValueError(f"{stage!r} is not a stage (known: {', '.join(STAGES)})")
    return [grade for grade in GRADES if (grade.company, grade.stage) == (company, stage)]


def disagreements() -> list[tuple[str, str, list[Grade]]]:
    """Company, stage and grades wherever two sources differ."""
    cells = (
        (company, stage, grades(company, stage)) for company in companies() for stage in STAGES
    )
    return [cell for cell in cells if len({grade.text for grade in cell[2]}) > 1]


def map_table() -> str:
    """The map as Markdown: a cell with "or" is one on which the sources disagree."""
    rows = [f"| Stage | {' | '.join(companies())} |", "|---|" + "---|" * len(companies())]
    for stage in STAGES:
        cells = []
        for company in companies():
            texts = dict.fromkeys(
                grade.text + ("*" if grade.derived else "") for grade in grades(company, stage)
            )
            cells.append(" or ".join(texts) or "-")
        rows.append(f"| **{stage}** | {' | '.join(cells)} |")
    return "\n".join(rows)
