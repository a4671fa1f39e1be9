"""The trail agrees with the marks, whoever changed them, in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from graders.cohorts.regrade import apply, preview
from graders.cohorts.review import ReviewQueue
from graders.errors import StoreError
from graders.gradebook import audit
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import LATE
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cohorts.desk import (
    CACHING,
    by_formgrader,
    hand_over,
    item_of,
    levels,
    queue,
    sums,
    totals,
    trail,
)
from tests.conftest import WEEK, Classroom

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

LEARNERS = ("ada", "bob", "zoë")
LEVELS = st.sampled_from(list(Level))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grade"), st.sampled_from(LEARNERS), st.one_of(st.none(), LEVELS)),
        st.tuples(st.just("change"), st.integers(0, 9), LEVELS),
        st.tuples(st.just("accept"), st.integers(0, 9), st.none()),
        st.tuples(st.just("undo"), st.none(), st.none()),
        st.tuples(st.just("formgrader"), st.sampled_from(LEARNERS), st.floats(0, 12)),
        st.tuples(st.just("regrade"), st.none(), LEVELS),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, late=st.booleans())
def test_the_sum_of_the_trail_is_what_nbgrader_adds_up(
    new_classroom: Callable[[], Classroom], steps: list[tuple[str, object, object]], late: bool
) -> None:
    classroom = new_classroom()
    if late:
        handed_in_late(classroom)
    for learner in LEARNERS:
        hand_over(classroom, learner, ScriptedJudge(default=Level.MID))
    ids: list[int] = []
    desk = queue(classroom, "Ana", everything=True)
    for kind, who, what in steps:
        desk = step(classroom, desk, kind, who, what)
        with session_of(classroom.open().db_url, writing=True) as session:
            audit.notice(session, WEEK)
        lines = [line.id for line in trail(classroom.open())]
        assert lines[: len(ids)] == ids, "lines are only added"
        ids = lines
    course = classroom.open()
    assert sums(course) == pytest.approx(totals(course))
    for line, following in zip(trail(course), trail(course)[1:], strict=False):
        assert line.at <= following.at


def step(
    classroom: Classroom, desk: ReviewQueue, kind: str, who: object, what: object
) -> ReviewQueue:
    if kind == "grade":
        judge = ScriptedJudge(default=what)  # type: ignore[arg-type]
        hand_over(classroom, str(who), judge)
    elif kind == "formgrader":
        by_formgrader(classroom, str(who), float(what))  # type: ignore[arg-type]
    elif kind == "regrade":
        judge = ScriptedJudge(default=what, version=str(what))  # type: ignore[arg-type]
        course = classroom.open()
        apply(course, preview(course, WEEK, CACHING, judge), "Ana")
    elif kind == "undo":
        try:
            desk.undo()
        except Exception as error:
            assert "undo" in str(error)
    else:
        judged = [item for item in desk.items if item.question is not None]
        if judged and isinstance(who, int):
            item = judged[who % len(judged)]
            try:
                if kind == "accept":
                    desk.accept(item)
                else:
                    desk.change(item, levels(item.question, what))  # type: ignore[arg-type]
            except StoreError:
                desk.reload()
            except Exception as error:
                assert "no mark" in str(error)
    return desk


def handed_in_late(classroom: Classroom) -> None:
    """Lateness costs all: whatever a learner has, nothing of it counts."""
    with (classroom.root / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    due = datetime(2026, 3, 8, tzinfo=UTC)
    with classroom.open().gradebook() as gradebook:
        gradebook.set_due(WEEK, due)
    with Gradebook(classroom.open().db_url) as nbgrader:
        for learner in LEARNERS:
            nbgrader.update_or_create_student(learner)
            late = (due + timedelta(hours=3)).replace(tzinfo=None)
            nbgrader.update_or_create_submission(WEEK, learner, timestamp=late)


def test_lateness_is_worked_out_anew_with_every_mark(classroom: Classroom) -> None:
    handed_in_late(classroom)
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID), only=(CACHING,))
    desk = queue(classroom, "Ana", everything=True)
    item = item_of(desk, "ada")
    desk.change(item, levels(item.question, Level.SENIOR))
    course = classroom.open()
    assert totals(course)["ada"] == sums(course)["ada"] == 0
    last = trail(course, "ada", LATE)[-1]
    assert (last.actor, last.points_to) == ("Ana", -19)


def test_grading_again_to_the_same_adds_no_line(classroom: Classroom) -> None:
    for _ in range(3):
        hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    assert len(trail(classroom.open(), "ada")) == 9


def test_a_learner_who_was_removed_is_noticed(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID), only=(CACHING,))
    with Gradebook(classroom.open().db_url) as nbgrader:
        nbgrader.remove_student("ada")
    queue(classroom)
    last = trail(classroom.open(), "ada", CACHING)[-1]
    assert (last.points_from, last.points_to, last.detail) == (
        8, None, "no longer in the gradebook",
    )  # fmt: skip
    assert sums(classroom.open()) == {"ada": 0}


def test_a_change_and_its_line_come_together_or_not_at_all(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    before = (trail(classroom.open()), totals(classroom.open()))

    def full(session: object, line: object) -> None:
        raise OSError("No space left on device")

    desk = queue(classroom, everything=True)
    with monkeypatch.context() as patch:
        patch.setattr("graders.cohorts.marking.record", full)
        with pytest.raises(StoreError, match="No space left"):
            desk.accept(desk.items[0])
    assert (trail(classroom.open()), totals(classroom.open())) == before
