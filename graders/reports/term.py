"""A whole term: every learner's marks week by week, and how the cohort moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles

from graders.course import open_course
from graders.errors import UsageError
from graders.gradebook.sessions import session_of
from graders.gradebook.stored import stored_answers
from graders.gradebook.term import AssignmentFacts, State, Term, load_term
from graders.reports.pseudonyms import Pseudonyms
from graders.score import Score

MISSED = 2
"""Weeks without a submission after which a person should ask."""

FALLEN = 0.2
"""Share of the points by which the last two weeks lie below a learner's own middle."""


@dataclass(frozen=True)
class TermRow:
    """One learner over the term.

    Attributes:
        student: The learner's id, or pseudonym.
        points: Assignment -> mark after the penalty; `None` while it is not known.
        states: Assignment -> how far the work is.
        total: Sum of the known marks.
        of: What could be reached in these.
        attention: Why a person should look, in words; empty for most learners.
    """

    student: str
    points: dict[str, float | None]
    states: dict[str, State]
    total: float
    of: float
    attention: tuple[str, ...]


@dataclass(frozen=True)
class TermWeek:
    """One assignment over the cohort.

    Attributes:
        facts: The assignment.
        states: State -> number of learners.
        late: Learners from whom points were taken off.
        middle: Lower quartile, median and upper quartile of the share of the points; `None`
            without marks.
        dimensions: Dimension -> mean level of the judged answers, 0 to 4.
    """

    facts: AssignmentFacts
    states: dict[State, int]
    late: int
    middle: tuple[float, float, float] | None
    dimensions: dict[str, float]


@dataclass(frozen=True)
class TermReport:
    """Weeks in the order of their due times, learners sorted by id."""

    weeks: tuple[TermWeek, ...]
    learners: tuple[TermRow, ...]
    anonymised: bool = False


def load_term_report(root: Path, *, anonymised: bool = False) -> TermReport:
    """Read all assignments of the course in *root*.

    Args:
        root: The course's folder.
        anonymised: Whether learners have pseudonyms.

    Raises:
        UsageError: If there is no course, or nothing has been graded yet.
        StoreError: If the gradebook cannot be read.
    """
    course = open_course(root)
    term = load_term(course.db_url)
    begun = [
        one.name for one in term.assignments if any(name == one.name for _, name in term.works)
    ]
    if not begun:
        raise UsageError(
            "nothing has been graded yet",
            where=str(course.root),
            fix="Grade an assignment first: seniorkit grade",
        )
    weeks = []
    with session_of(course.db_url) as session:
        for name in begun:
            scores = [score for _, score in stored_answers(session, name).values()]
            weeks.append(_week(term, name, scores))
    report = TermReport(tuple(weeks), tuple(_rows(term, begun)))
    if not anonymised:
        return report
    names = Pseudonyms.of_course(course)
    rows = [replace(row, student=names.of(row.student)) for row in report.learners]
    return replace(
        report, learners=tuple(sorted(rows, key=lambda row: row.student)), anonymised=True
    )  # fmt: skip


def _week(term: Term, name: str, scores: Sequence[Score]) -> TermWeek:
    facts = term.assignment(name)
    states: dict[State, int] = {"graded": 0, "waiting": 0, "failed": 0, "missing": 0}
    shares, late = [], 0
    for learner in term.learners:
        states[term.state(learner.student, name)] += 1
        work = term.work(learner.student, name)
        if work is None:
            continue
        late += work.penalty > 0
        if work.points is not None and facts.max_points:
            shares.append(work.points / facts.max_points)
    levels: dict[str, list[float]] = {}
    for score in scores:
        # A blank answer tells nothing of the single dimensions.
        for dimension, level in score.dimensions.items() if score.level else ():
            levels.setdefault(dimension, []).append(level)
    means = {dimension: sum(of) / len(of) for dimension, of in sorted(levels.items())}
    return TermWeek(facts, states, late, _middle(shares), means)


def _middle(shares: Sequence[float]) -> tuple[float, float, float] | None:
    if len(shares) < 2:
        return (shares[0],) * 3 if shares else None
    lower, middle, upper = quantiles(shares, n=4, method="inclusive")
    return lower, middle, upper


def _rows(term: Term, names: Sequence[str]) -> list[TermRow]:
    worth = {name: term.assignment(name).max_points for name in names}
    rows = []
    for learner in term.learners:
        works = {name: term.work(learner.student, name) for name in names}
        points = {name: work.points if work else None for name, work in works.items()}
        states = {name: term.state(learner.student, name) for name in names}
        rows.append(
            TermRow(
                learner.student,
                points,
                states,
                round(sum(value for value in points.values() if value is not None), 2),
                sum(worth[name] for name, value in points.items() if value is not None),
                tuple(_attention(points, states, worth)),
            )
        )
    return rows


def _attention(
    points: dict[str, float | None], states: dict[str, State], worth: dict[str, float]
) -> list[str]:
    found = []
    for state, said in (("waiting", "waits for a person"), ("failed", "could not be graded")):
        named = [name for name, one in states.items() if one == state]
        if named:
            found.append(f"{said}: {', '.join(named)}")
    missing = [name for name, one in states.items() if one == "missing"]
    if len(missing) >= MISSED:
        found.append(f"nothing handed in: {', '.join(missing)}")
    shares = [
        value / worth[name] for name, value in points.items() if value is not None and worth[name]
    ]
    if len(shares) >= 4:
        before, lately = median(shares[:-2]), max(shares[-2:])
        if before - lately >= FALLEN:
            found.append(f"has fallen: {before:.0%} before, {lately:.0%} at most in the last two")
    return found
