"""On a real PostgreSQL server: two people at once, and a trail that agrees with the marks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from graders.course import check_assignment
from graders.errors import StoreError
from graders.gradebook import audit
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.batch.postgres import postgres
from tests.cohorts.desk import (
    CACHING,
    Doubting,
    hand_over,
    item_of,
    levels,
    queue,
    sums,
    totals,
    trail,
)
from tests.conftest import WEEK, Classroom

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def desk(new_classroom: Callable[[], Classroom]) -> Iterator[Classroom]:
    classroom = new_classroom()
    with postgres() as address:
        with (classroom.root / "nbgrader_config.py").open("a") as file:
            file.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
        check_assignment(classroom.open(), WEEK)
        for learner in ("ada", "bob", "cy"):
            hand_over(classroom, learner, Doubting(default=Level.MID), only=(CACHING,))
        yield classroom


def at_once(*work: Callable[[], object]) -> list[Exception]:
    barrier, failed = threading.Barrier(len(work)), []

    def run(one: Callable[[], object]) -> None:
        barrier.wait()
        try:
            one()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_people_and_a_grader_at_once(desk: Classroom) -> None:
    for learner in ("ada", "bob", "cy"):
        ana, bo = queue(desk, "Ana"), queue(desk, "Bo")
        item = item_of(ana, learner)
        failed = at_once(
            lambda: ana.change(item, levels(item.question, Level.SENIOR)),  # noqa: B023
            lambda: bo.change(item, levels(item.question, Level.OFF)),  # noqa: B023
            lambda: hand_over(desk, learner, ScriptedJudge(default=Level.MID), only=(CACHING,)),  # noqa: B023
        )
        assert len(failed) == 1 and isinstance(failed[0], StoreError), failed
        assert "marked by two at once" in str(failed[0])
        again = item_of(queue(desk, "Cleo"), learner)
        assert {mark.marker for mark in again.marks} == {"Ana", "Bo"}
    course = desk.open()
    assert sums(course) == pytest.approx(totals(course))
    assert {line.actor for line in trail(course)} <= {"Ana", "Bo", audit.AUTOMATIC}
