"""A simulated term ends with the marks that a ledger of its own says, whatever happens on the way.

40 learners, 8 weeks through the exchange; late and missing work, earlier and later versions,
extensions before and after; a machine that goes down in week 3; a rubric that is corrected in
week 5; appeals; two markers and a third who decides.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from graders.cohorts.extending import grant_extension
from graders.cohorts.regrade import Regrade
from graders.cohorts.states import State
from graders.cohorts.tally import WeekReport
from graders.gradebook import audit
from tests.cohorts.course import CELLS, make_course, name
from tests.cohorts.term import CRASH, FIRST, FIX, LEARNERS, Term, with_more_time

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore:Object of type"),
]  # fmt: skip

WEEKS = range(1, 9)
ROUNDING = len(CELLS) * 0.005 + 1e-9
"""The gradebook keeps hundredths of a point for each answer."""


@dataclass
class Played:
    """A term that is over."""

    term: Term
    ended: dict[int, WeekReport] = field(default_factory=dict)
    reviewed: int = 0
    apart: int = 0
    eased: int = 0
    crash: int | None = None
    before_crash: int = 0
    fix: Regrade | None = None


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The whole term."""
    folder = tmp_path_factory.mktemp("term")
    exchange = folder / "exchange"
    term = Term(make_course(folder / "course", WEEKS, LEARNERS, exchange=exchange), exchange)
    played = Played(term)
    for week in WEEKS:
        term.hand_in(week)
        if week == CRASH:
            played.crash = term.crash(week)
            with term.course.gradebook() as gradebook:
                played.before_crash = len(gradebook.remembered(name(week)))
        term.week(week, 0.1)
        term.week(week, 6)
        played.reviewed += term.review(week)
        played.apart += term.second(week)
        if week == FIX:
            played.fix = term.fix_rubric(week)
        if week % 2 == 0:
            term.appeal(week)
        played.eased += _extend_one_late(term, week)
        term.week(week, 7)
        if week == FIX:
            # Where new verdicts are far from a person's mark, it stays and is looked at again.
            term.review(week)
        played.ended[week] = term.week(week, 7)
    return played


def _extend_one_late(term: Term, week: int) -> int:
    """A note from a doctor comes when the work was graded long ago."""
    late = [who for (of, who), line in sorted(term.lines.items()) if of == week and line.days_late]
    if not late or week % 3:
        return 0
    grant_extension(term.course, late[0], name(week), "+4d", why="late note", by=FIRST)
    line = term.lines[week, late[0]]
    term.lines[week, late[0]] = with_more_time(line, late[0], term.course, name(week))
    return line.days_late - term.lines[week, late[0]].days_late


def test_every_mark_of_the_term_is_as_the_ledger_says(played: Played) -> None:
    wrong = {}
    for week in WEEKS:
        for learner in LEARNERS:
            expected = played.term.expected(week, learner)
            found = played.ended[week].of(learner).points
            apart = abs((expected or 0) - (found or 0)) > ROUNDING
            if apart or (expected is None) != (found is None):
                wrong[week, learner] = (found, expected)
    assert wrong == {}


def test_everybody_who_handed_in_got_feedback_and_the_others_are_listed(played: Played) -> None:
    for week, report in played.ended.items():
        states = {one.student: one.state for one in report.standings}
        handed = {learner for learner in LEARNERS if (week, learner) in played.term.lines}
        assert {who for who, state in states.items() if state == State.RETURNED} == handed
        assert {who for who, state in states.items() if state == State.MISSING} == set(
            LEARNERS
        ) - handed
        assert report.queue == {}
    pages = played.term.exchange / "seniorkit" / "feedback"
    assert len(list(pages.glob("*.html"))) >= len(played.term.lines)


def test_exported_marks_are_those_of_the_ledger(played: Played) -> None:
    path = played.term.course.reports(name(FIX)) / "marks-csv.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    for learner in LEARNERS:
        expected = played.term.expected(FIX, learner)
        if expected is not None:
            assert float(rows[learner]["score"]) == pytest.approx(expected, abs=ROUNDING + 0.005)


def test_the_trail_adds_up_to_the_marks(played: Played) -> None:
    for week in WEEKS:
        sums: dict[str, float] = defaultdict(float)
        for line in audit.read(played.term.course.db_url, name(week)):
            sums[line.place.student] += (line.points_to or 0) - (line.points_from or 0)
        for learner in LEARNERS:
            points = played.ended[week].of(learner).points or 0.0
            assert sums[learner] == pytest.approx(points, abs=1e-3), (week, learner)


def test_the_term_had_what_makes_terms_hard(played: Played) -> None:
    lines = played.term.lines.values()
    assert played.crash == 9, "killed while grading"
    assert 0 < played.before_crash < len(LEARNERS)
    assert played.eased > 0
    assert played.reviewed > 40
    assert played.apart > 5
    assert sum(line.days_late > 0 for line in lines) > 20
    assert len(lines) < len(WEEKS) * len(LEARNERS) - 10
    assert played.fix is not None
    assert len(played.fix.changes) > 5
    assert all(not change.by_person for change in played.fix.changes)
