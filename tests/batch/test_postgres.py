"""A gradebook on a real PostgreSQL server: the same grades, two graders at once, no lost update."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from graders.batch import grade_assignment
from graders.batch.packing import pack_course
from graders.course import check_assignment, open_course
from graders.errors import StoreError
from graders.reports import load_cohort
from tests.batch.dump import everything, rows
from tests.batch.postgres import PASSWORD, postgres
from tests.batch.test_engine import RUBRIC, _course, _hand_in
from tests.batch.test_killed import Nursery

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEARNERS = [f"learner-{number}" for number in range(6)]


@pytest.fixture(scope="module")
def db_url() -> Iterator[str]:
    with postgres() as address:
        yield address


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory, db_url: str) -> tuple[Path, Path, Path]:
    """A course with a file as its gradebook, and two folders of one course with the server."""
    plain = _course(tmp_path_factory.mktemp("courses") / "plain", rubric=RUBRIC)
    check_assignment(open_course(plain), "hw")
    for number, learner in enumerate(LEARNERS):
        _hand_in(plain, learner, code=f"def double(x):\n    return {number % 3} * x")
    one, two = plain.parent / "one", plain.parent / "two"
    for course in (one, two):
        shutil.copytree(plain, course)
        (course / "gradebook.db").unlink()
        with (course / "nbgrader_config.py").open("a") as file:
            file.write(f"\nc.CourseDirectory.db_url = {db_url!r}\n")
    check_assignment(open_course(one), "hw")
    return plain, one, two


def test_two_graders_at_once_and_a_person_beside_them(
    courses: tuple[Path, Path, Path], db_url: str
) -> None:
    plain, one, two = courses
    stop = threading.Event()
    person = threading.Thread(target=_grade_by_hand, args=(db_url, stop))
    graders = [Nursery(), Nursery()]
    graders[0].start(plain, "hw", inside=False)
    assert graders[0].wait() == 0
    person.start()
    try:
        for nursery, course in zip(graders, (one, two), strict=True):
            nursery.start(course, "hw", inside=False)
        assert [nursery.wait() for nursery in graders] == [0, 0]
    finally:
        stop.set()
        person.join()
        for nursery in graders:
            nursery.close()
    expected, found = everything(plain), rows(db_url)
    automatic = ("auto_score", "cell_id", "notebook_id")
    for table in ("student", "submitted_assignment", "submitted_notebook", "comment"):
        assert found[table] == expected[table], table
    assert [[dict(row)[key] for key in automatic] for row in found["grade"]] == [
        [dict(row)[key] for key in automatic] for row in expected["grade"]
    ]
    _check_by_hand(db_url)
    again = grade_assignment(one, "hw", judge="embedded")
    assert again.failed == {}
    _check_by_hand(db_url)
    assert len(load_cohort(one, "hw").learners) == len(LEARNERS)


def _grade_by_hand(db_url: str, stop: threading.Event) -> None:
    """A person in formgrader, who gives every grade that appears half a point of extra credit."""
    engine = create_engine(db_url)
    while not stop.is_set():
        with engine.begin() as database:
            database.execute(
                text("UPDATE grade SET manual_score = 0.5, extra_credit = 0.25"
                     " WHERE manual_score IS NULL")
            )  # fmt: skip
        stop.wait(0.01)
    engine.dispose()


def _check_by_hand(db_url: str) -> None:
    engine = create_engine(db_url)
    with engine.connect() as database:
        query = "SELECT manual_score, extra_credit FROM grade"
        found = database.execute(text(query)).all()
    engine.dispose()
    assert len(found) == 2 * len(LEARNERS)
    assert {tuple(row) for row in found} <= {(0.5, 0.25), (None, None)}
    assert (0.5, 0.25) in {tuple(row) for row in found}


def test_the_password_stays_with_the_controller(courses: tuple[Path, Path, Path]) -> None:
    course = open_course(courses[1])
    pack = pack_course(course, "hw")
    assert PASSWORD not in json.dumps(pack.config)
    assert PASSWORD.encode() not in pack.model_dump_json().encode()


def test_a_server_that_is_gone_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    course = _course(tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        address = f"postgresql+psycopg://grader:{PASSWORD}@127.0.0.1:1/postgres"
        file.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    with pytest.raises(StoreError, match="gradebook cannot be used") as caught:
        grade_assignment(course, "hw")
    assert PASSWORD not in str(caught.value)
