"""A learner asks for a second look: it lands in the queue, and the learner hears what came of it."""

from __future__ import annotations

import pytest

from graders.cohorts.appeals import answer_appeal, file_appeal, open_appeals
from graders.errors import UsageError
from graders.gradebook.notices import notices
from graders.gradebook.sessions import session_of
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cohorts.desk import (
    CACHING,
    TESTS,
    Doubting,
    hand_over,
    in_formgrader,
    item_of,
    levels,
    queue,
    sums,
    totals,
    trail,
)
from tests.conftest import WEEK, Classroom

WHY = "The second paragraph says what a stampede costs."


@pytest.fixture
def graded(classroom: Classroom) -> Classroom:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    hand_over(classroom, "bob", Doubting(default=None))
    return classroom


def told(classroom: Classroom, learner: str = "ada") -> list[str]:
    with session_of(classroom.open().db_url) as session:
        return [one.text for one in notices(session, WEEK, learner)]


def test_it_lands_in_the_queue_before_everything_else(graded: Classroom) -> None:
    filed = file_appeal(graded.open(), "ada", WEEK, CACHING, f"  {WHY} ")
    first = queue(graded).items[0]
    assert (first.student, first.grade_id) == ("ada", CACHING)
    assert first.why[0] == "the learner asks that it is looked at again"
    assert first.appeal is not None
    assert first.appeal.text == WHY
    assert in_formgrader(graded, "ada")[:2] == (8, True), "formgrader shows that it waits, too"
    assert open_appeals(graded.open()) == [filed]
    assert trail(graded.open(), "ada", CACHING)[-1].actor == "ada"


def test_changing_it_in_the_queue_accepts_it(graded: Classroom) -> None:
    file_appeal(graded.open(), "ada", WEEK, CACHING, WHY)
    desk = queue(graded)
    item = item_of(desk, "ada")
    desk.change(item, levels(item.question, Level.SENIOR), "You are right.")
    assert told(graded) == [
        "Your request about answer-caching was accepted: 8 → 12 of 12 points. You are right."
    ]
    assert open_appeals(graded.open()) == []
    assert desk.undo().appeal == item.appeal
    assert told(graded) == []
    assert in_formgrader(graded, "ada")[:2] == (8, True)


def test_accepting_the_mark_declines_it(graded: Classroom) -> None:
    file_appeal(graded.open(), "ada", WEEK, CACHING, WHY)
    desk = queue(graded)
    desk.accept(item_of(desk, "ada"), "It says that, but not what it costs.")
    (notice,) = told(graded)
    assert notice == (
        "Your request about answer-caching was looked at, and declined;"
        " it stays at 8 of 12 points. It says that, but not what it costs."
    )
    assert in_formgrader(graded, "ada")[:2] == (8, False)


def test_it_can_be_answered_without_the_queue(graded: Classroom) -> None:
    course = graded.open()
    filed = file_appeal(course, "ada", WEEK, CACHING, WHY)
    question = course.questions(WEEK)[WEEK][CACHING]
    one = {question.criteria[0].id: Level.STAFF}
    closed = answer_appeal(course, filed, "Ana", True, "Yes.", one)
    assert (closed.state, closed.answered_by, closed.reply) == ("accepted", "Ana", "Yes.")
    points, waits, comment = in_formgrader(graded, "ada")
    assert 8 < float(str(points)) < 12
    assert not waits
    assert str(comment).startswith("Yes.")
    line = trail(course, "ada", CACHING)[-1]
    assert (line.actor, line.action, line.points_from) == ("Ana", "appeal", 8)
    assert sums(course) == pytest.approx(totals(course))
    with pytest.raises(UsageError, match="was accepted by Ana already"):
        answer_appeal(course, filed, "Bo", False, "No.")
    again = file_appeal(course, "ada", WEEK, CACHING, "And the third paragraph?")
    answer_appeal(course, again.id, "Bo", False, "No.")
    assert len(told(graded)) == 2


def test_a_declined_one_leaves_the_mark_and_makes_it_a_persons(graded: Classroom) -> None:
    course = graded.open()
    filed = file_appeal(course, "ada", WEEK, CACHING, WHY)
    answer_appeal(course, filed, "Ana", False, "No.")
    assert in_formgrader(graded, "ada")[:2] == (8, False)
    hand_over(graded, "ada", ScriptedJudge(default=Level.OFF))
    assert in_formgrader(graded, "ada")[0] == 8


def test_what_has_no_mark_can_be_answered_and_still_waits(graded: Classroom) -> None:
    course = graded.open()
    filed = file_appeal(course, "bob", WEEK, CACHING, "When will it be graded?")
    answer_appeal(course, filed, "Ana", False, "This week.")
    assert told(graded, "bob")[0].endswith("declined. This week.")
    assert item_of(queue(graded), "bob").appeal is None


def test_a_test_is_answered_with_points(graded: Classroom) -> None:
    course = graded.open()
    filed = file_appeal(course, "ada", WEEK, TESTS[0], "It works on my machine.")
    with pytest.raises(UsageError, match="has no rubric"):
        answer_appeal(course, filed, "Ana", True, "", {"x": Level.MID})
    with pytest.raises(UsageError, match="cannot be given"):
        answer_appeal(course, filed, "Ana", True, "", points=99)
    answer_appeal(course, filed, "Ana", True, "So it does.", points=0.5)
    assert trail(course, "ada", TESTS[0])[-1].points_to == 0.5


def test_what_makes_no_sense_is_refused(graded: Classroom) -> None:
    course = graded.open()
    for learner, week, cell, text, said in (
        ("ada", WEEK, CACHING, " ", "0 characters"),
        ("ada", WEEK, CACHING, "x" * 4_001, "4,001 characters"),
        ("eve", WEEK, CACHING, WHY, "Check the learner's id"),
        ("ada", WEEK, "answer-charm", WHY, "Known: answer-caching"),
        ("ada", "week99", CACHING, WHY, "week99"),
    ):
        with pytest.raises(UsageError, match=said):
            file_appeal(course, learner, week, cell, text)
    file_appeal(course, "ada", WEEK, CACHING, WHY)
    with pytest.raises(UsageError, match="waits already"):
        file_appeal(course, "ada", WEEK, CACHING, "Again")
    with pytest.raises(UsageError, match="no appeal 99"):
        answer_appeal(course, 99, "Ana", True, "")
    assert len(open_appeals(course, WEEK)) == 1
