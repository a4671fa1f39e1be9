"""What a run of a week found and did, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from graders.cohorts.states import Standing, State
from graders.errors import replace_text

FILE = "week.json"


@dataclass(frozen=True)
class WeekReport:
    """One run of a week.

    Attributes:
        assignment: Name of the assignment.
        at: The time that counted as now (UTC).
        due: When it is due for everybody (UTC), if that is set.
        dry_run: Whether nothing was done.
        standings: Where each learner stands, by id.
        collected: Learners whose work was (or would be) collected by this run.
        graded: Learners graded by this run.
        to_grade: Learners who would be graded, in a dry run.
        cost: What the language model would cost, in a dry run; `None` if nothing.
        problems: Learner or folder -> what went wrong, in words.
        notes: Learner -> what else there is to know.
        queue: `grade_id` -> answers that wait for a person.
        returned: Learners to whom this run returned something new.
        penalties: Learners for whom lateness costs something else than before.
        files: What was written: marks and the report.
        trail: Number of the last change of a mark.
        unsafe: Why code ran without a sandbox, or was not run; empty if all ran in one.
        seconds: Wall time.
    """

    assignment: str
    at: datetime
    due: datetime | None
    dry_run: bool
    standings: tuple[Standing, ...]
    collected: tuple[str, ...] = ()
    graded: tuple[str, ...] = ()
    to_grade: tuple[str, ...] = ()
    cost: str | None = None
    problems: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    queue: dict[str, int] = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    penalties: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    trail: int = 0
    unsafe: str = ""
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """State -> number of learners, in the order of the states."""
        found = Counter(one.state for one in self.standings)
        return {str(state): found[state] for state in State if found[state]}

    def of(self, student: str) -> Standing:
        """Where *student* stands."""
        return next(one for one in self.standings if one.student == student)

    def to_json(self) -> str:
        """The report as JSON; times are ISO 8601 in UTC."""
        values: dict[str, Any] = {**asdict(self), "counts": self.counts}
        return json.dumps(values, ensure_ascii=False, default=_written, indent=1)


def is_as_kept(report: WeekReport, folder: Path, page: Path) -> bool:
    """Whether marks and states are those of the last run in *folder*, and *page* shows them."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    now = json.loads(report.to_json())
    same = all(kept.get(name) == now[name] for name in ("trail", "standings", "queue"))
    return same and str(page) in kept.get("files", [])


def keep(report: WeekReport, folder: Path) -> None:
    """Leave *report* in the folder of the assignment's reports.

    Raises:
        StoreError: If it cannot be written.
    """
    replace_text(folder / FILE, f"{report.to_json()}\n", "the week's result")


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
