"""Where each learner stands in a week."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graders.cohorts.handout import Handout
from graders.cohorts.snapshot import Snapshot, handed_at
from graders.gradebook import Entry, Roster
from graders.gradebook.returned import ReturnedNotebook


class State(StrEnum):
    """The states of one learner in one week, in the order in which they are passed through."""

    ASSIGNED = "assigned"
    """Nothing handed in, and there is time left."""
    NOT_DUE = "not due"
    """Handed in, and there is time left to do it again."""
    MISSING = "missing"
    """Nothing handed in, and the time is over."""
    COLLECTED = "collected"
    """Handed in, collected, not graded yet."""
    NEEDS_PERSON = "needs a person"
    """Graded as far as it goes; somebody has to look. Or it could not be graded at all."""
    GRADED = "graded"
    """Graded; the feedback is not returned yet."""
    RETURNED = "returned"
    """The learner can read it."""


@dataclass(frozen=True)
class Standing:
    """Where one learner stands.

    Attributes:
        student: The learner's id.
        state: The state.
        points: Points so far, after what lateness costs; `None` before anything is graded.
        max_points: Points that can be reached.
        penalty: Points that lateness costs.
        late: By how much the work was late, in seconds.
        due: When it is due for this learner.
        extended: Whether that is an extension.
        why: Why a person is needed, in words; otherwise empty.
    """

    student: str
    state: State
    points: float | None = None
    max_points: float = 0.0
    penalty: float = 0.0
    late: float = 0.0
    due: datetime | None = None
    extended: bool = False
    why: tuple[str, ...] = ()


def standings(
    roster: Roster, snapshot: Snapshot, returned: Collection[ReturnedNotebook], handout: Handout,
    now: datetime, *, ungraded: Collection[str] = (), left_out: Collection[str] = (),
) -> tuple[Standing, ...]:  # fmt: skip
    """Where everybody stands, by id.

    Args:
        roster: Who there is.
        snapshot: What was collected.
        returned: The points of everybody, by notebook.
        handout: What was returned.
        now: The time (UTC).
        ungraded: Learners who are known to need grading (again).
        left_out: Learners whom the configuration leaves out.
    """
    notebooks: dict[str, list[ReturnedNotebook]] = {}
    for one in returned:
        notebooks.setdefault(one.student, []).append(one)
    everybody = {*roster.students, *roster.entries, *snapshot.folders, *snapshot.waiting}
    found = []
    for student in sorted(everybody - set(left_out)):
        entry = roster.entries.get(student, Entry(student))
        state, why = _state(student, entry, roster, snapshot, handout, now, student in ungraded)
        own = notebooks.get(student, [])
        graded = state in (State.NEEDS_PERSON, State.GRADED, State.RETURNED) and entry.recorded
        known = any(cell.points is not None for one in own for cell in one.cells.values())
        found.append(
            Standing(
                student,
                state,
                points=round(sum(one.points for one in own), 4) if graded and known else None,
                max_points=sum(one.max_points for one in own),
                penalty=round(sum(one.penalty for one in own), 4) if graded else 0.0,
                late=entry.seconds_late,
                due=roster.dues.of(student),
                extended=student in roster.dues.own,
                why=why,
            )
        )
    return tuple(found)


def _state(
    student: str, entry: Entry, roster: Roster, snapshot: Snapshot, handout: Handout,
    now: datetime, ungraded: bool,
) -> tuple[State, tuple[str, ...]]:  # fmt: skip
    over = roster.dues.is_due(student, now)
    if student in snapshot.problems and student not in snapshot.folders:
        return State.NEEDS_PERSON, (snapshot.problems[student],)
    if student not in snapshot.folders:
        if student in snapshot.waiting:
            return State.NOT_DUE, ()
        return (State.MISSING if over and roster.dues.due else State.ASSIGNED), ()
    if entry.failed:
        return State.NEEDS_PERSON, entry.remarks or ("it could not be graded",)
    if ungraded or not entry.recorded or _is_newer(student, entry, snapshot):
        return State.COLLECTED, ()
    if entry.waiting:
        cells = ", ".join(entry.waiting)
        return State.NEEDS_PERSON, (*entry.remarks, f"a person grades {cells}")
    return (State.RETURNED if handout.is_returned(student) else State.GRADED), ()


def _is_newer(student: str, entry: Entry, snapshot: Snapshot) -> bool:
    """Whether other work lies there than the work that was graded."""
    at = handed_at(snapshot.folders[student])
    return at is not None and entry.timestamp is not None and at != entry.timestamp
