"""Ten capacity drills a day as a quick game: the unit, the order of magnitude, the decision."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from graders.progress import DrillRecord, Progress
from graders.study.cold import local_day
from graders.study.drills import Drill, DrillResult, families, judge_drill, make_drill
from graders.study.quantities import check_quantity
from graders.study.session import utc_now

COUNT = 10
WEAK = 3.0
"""How many times as likely a family comes today in which the last answer was wrong."""


@dataclass(frozen=True)
class Tally:
    """How a day's drills went."""

    answered: int
    units: int
    orders: int
    close: int
    decided: int

    def __str__(self) -> str:
        return (
            f"{self.answered} of {COUNT} answered; unit understood {self.units}, order of magnitude "
            f"right {self.orders}, within a quarter {self.close}, decision right {self.decided}"
        )


def drills_of(
    day: date, who: str = "", records: Sequence[DrillRecord] = (), zone: tzinfo | None = None
) -> tuple[Drill, ...]:
    """The drills of *day*, each of another family; the same everywhere for the same records.

    Families in which the last answer before that day was wrong are likelier to come.

    Args:
        day: The date.
        who: The learner's name.
        records: What was answered so far.
        zone: Time zone of the learner; this machine's when absent.
    """
    before = [record for record in records if local_day(record.at, zone) < day.toordinal()]
    last = {record.family: record.right for record in before}
    order = {
        family: random.Random(f"seniorkit-drills:{who}:{day}:{family}").random()
        ** (1 / (WEAK if last.get(family) is False else 1))
        for family in families()
    }
    chosen = sorted(order, key=lambda family: (-order[family], family))[:COUNT]
    return tuple(make_drill(day.toordinal(), family) for family in chosen)


class DrillGame:
    """One day's drills for one learner; an interrupted game goes on where it was.

    Args:
        progress: The learner's file.
        clock: Tells the time.
        day: The date; today when absent.
        zone: Time zone of the learner; this machine's when absent.

    Raises:
        StoreError: If the file cannot be read.
    """

    def __init__(
        self, progress: Progress, *, clock: Callable[[], datetime] = utc_now,
        day: date | None = None, zone: tzinfo | None = None,
    ) -> None:  # fmt: skip
        self._progress, self._clock = progress, clock
        self.day = day or clock().astimezone(zone).date()
        records = progress.drills()
        self.drills = drills_of(self.day, progress.settings().name, records, zone)
        mine = {(drill.family, drill.seed) for drill in self.drills}
        # The first answer counts: after it, the working is known.
        self._records: dict[str, DrillRecord] = {}
        for record in records:
            if (record.family, record.seed) in mine:
                self._records.setdefault(record.family, record)

    @property
    def current(self) -> Drill | None:
        """The next drill; `None` when all are answered."""
        left = (drill for drill in self.drills if drill.family not in self._records)
        return next(left, None)

    @property
    def number(self) -> int:
        """Which drill is the next, from 1."""
        return len(self._records) + 1

    def answer(
        self, answer: str, option: int | None = None, *, seconds: float | None = None
    ) -> DrillResult:
        """Judge the answer to the current drill, keep it, and go on to the next.

        What holds no number is explained and may be given again. Any other first answer counts, also
        in a unit that measures something else: units are half of the exercise.

        Raises:
            StoreError: If it cannot be kept; the drill then stays the current one.
        """
        drill = self.current
        if drill is None:
            return DrillResult(False, False, None, "All drills of the day are answered.")
        if not holds_number(answer):
            return judge_drill(drill, answer, option)
        result = judge_drill(drill, answer, option, final=True)
        record = DrillRecord(
            at=self._clock(), seed=drill.seed, family=drill.family, answer=answer[:200],
            option=option, close=result.close, right=result.right, decided=result.decided,
            unit=understood(drill, answer), seconds=seconds,
        )  # fmt: skip
        self._progress.add_drill(record)
        self._records[drill.family] = record
        return result

    def tally(self) -> Tally:
        """How it went so far."""
        done = list(self._records.values())
        return Tally(
            len(done),
            sum(record.unit for record in done),
            sum(record.right for record in done),
            sum(record.close for record in done),
            sum(record.decided is True for record in done),
        )


def holds_number(answer: str) -> bool:
    """Whether there is a figure in *answer*, so that it may be meant as one."""
    return any(character.isdigit() for character in answer)


def understood(drill: Drill, answer: str) -> bool:
    """Whether *answer* has a unit that measures what was asked."""
    wanted = [drill.task.expected, *([drill.task.also] if drill.task.also else [])]
    return any(check_quantity(answer, expected).ratio is not None for expected in wanted)
