"""The gradebook: scores and remarks are kept, a person's word stands, faults come as sentences."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from graders.errors import StoreError
from graders.gradebook import CourseGradebook, Submission
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.score import Score
from tests.conftest import ESSAY, STORY, WEEK, Classroom, cell

CAPACITY = {"capacity-load", "capacity-memory", "capacity-hit-rate"}


def judged(level: Level | None = Level.SENIOR) -> Score:
    return grade("concept/caching", ESSAY, judge=ScriptedJudge(default=level))


def save(
    gradebook: CourseGradebook, score: Score, learner: str = "ada", *, flagged: bool = False
) -> None:
    where = (learner, WEEK, WEEK, "answer-caching")
    gradebook.save_score(*where, answer=ESSAY, score=score, comment="A comment.", flagged=flagged)


def submitted(classroom: Classroom, *learners: str) -> Classroom:
    """Let *learners* hand in a story; nobody has judged their essays yet."""
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    for learner in learners:
        classroom.hand_in(notebook, learner)
    classroom.autograde("*", execute=False)
    return classroom


@pytest.fixture
def course(classroom: Classroom) -> Classroom:
    return submitted(classroom, "ada")


def test_a_score_is_read_back_as_it_was_saved(course: Classroom) -> None:
    score = judged(Level.MID)
    with course.open().gradebook() as gradebook:
        save(gradebook, score)
        save(gradebook, score)
    with course.open().gradebook() as gradebook:
        assert gradebook.answers(WEEK, "ada")["answer-caching"] == (ESSAY, score)
        assert gradebook.answers(WEEK, "bob") == {}
        assert gradebook.automatic_comments("ada", WEEK, WEEK, ["answer-caching", "no-such"]) == {
            "answer-caching": "A comment."
        }
        (ada,) = gradebook.learners(WEEK)
    assert ada.scores["answer-caching"] == score
    saved = next(c for c in ada.cells if c.grade_id == "answer-caching")
    assert (saved.points, saved.max_points, saved.needs_review) == (8, 12, False)


def test_unscored_is_not_zero_and_waits(course: Classroom) -> None:
    with course.open().gradebook() as gradebook:
        save(gradebook, judged(None))
    result = course.graded()
    assert result.cells["answer-caching"].points is None
    assert "answer-caching" in result.waiting


def test_a_flag_from_outside_the_score_makes_it_wait(course: Classroom) -> None:
    with course.open().gradebook() as gradebook:
        save(gradebook, judged(), flagged=True)
    assert course.graded().waiting == {"answer-caching"}


def test_a_persons_score_is_never_touched_and_counts(course: Classroom) -> None:
    with Gradebook(course.open().db_url) as nbgrader:
        where = ("answer-caching", WEEK, WEEK, "ada")
        nbgrader.find_grade(*where).manual_score = 0
        nbgrader.find_comment(*where).manual_comment = "Copied."
        nbgrader.db.commit()
    with course.open().gradebook() as gradebook:
        save(gradebook, judged(Level.STAFF))
    with Gradebook(course.open().db_url) as nbgrader:
        assert nbgrader.find_grade(*where).score == 0
        assert nbgrader.find_comment(*where).comment == "Copied."
    result = course.graded()
    assert (result.cells["answer-caching"].points, result.cells["answer-caching"].manual) == (
        0,
        True,
    )
    assert "answer-caching" in result.waiting


def test_flagged_cells_keep_their_scores(course: Classroom) -> None:
    before = {name: grade.points for name, grade in course.graded().cells.items()}
    with course.open().gradebook() as gradebook:
        gradebook.flag_cells("ada", WEEK, WEEK, sorted(CAPACITY))
    result = course.graded()
    assert result.waiting == CAPACITY
    assert {name: grade.points for name, grade in result.cells.items()} == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    remarks=st.lists(st.text(max_size=30), max_size=4),
    failed=st.booleans(),
)
def test_what_was_graded_is_remembered_until_forgotten(
    classroom: Classroom, digest: str, remarks: list[str], failed: bool
) -> None:
    submission = Submission("zoë", digest, tuple(remarks), failed)
    with classroom.open().gradebook() as gradebook:
        gradebook.remember(WEEK, Submission("zoë", "old"))
        gradebook.remember(WEEK, submission)
        gradebook.remember(WEEK, Submission("bob", digest))
        assert gradebook.remembered(WEEK)["zoë"] == submission
        assert gradebook.remembered("week02") == {}
        gradebook.forget(WEEK, "zoë")
        assert set(gradebook.remembered(WEEK)) == {"bob"}


def test_learners_without_a_gradable_submission_are_listed(course: Classroom) -> None:
    failed = Submission("aaron", "0", ("week01.ipynb is not valid JSON",), failed=True)
    with course.open().gradebook() as gradebook:
        gradebook.remember(WEEK, failed)
        listed = gradebook.learners(WEEK)
        assert gradebook.learners("week02") == []
    assert [entry.student for entry in listed] == ["aaron", "ada"]
    assert (listed[0].cells, listed[0].submission) == ((), failed)


def test_a_due_date_in_any_time_zone_decides_who_is_late(classroom: Classroom) -> None:
    due = datetime(2026, 3, 9, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    with classroom.open().gradebook() as gradebook:
        gradebook.set_due(WEEK, due)
    folder = classroom.hand_in(classroom.blank())
    stamp = due.astimezone(UTC) + timedelta(minutes=90)
    (folder / "timestamp.txt").write_text(stamp.strftime("%Y-%m-%d %H:%M:%S UTC"))
    classroom.autograde(execute=False)
    with classroom.open().gradebook() as gradebook:
        (ada,) = gradebook.learners(WEEK)
    assert ada.seconds_late == 90 * 60


def test_several_writers_lose_nothing(classroom: Classroom) -> None:
    learners = ["ada", "bob", "eve", "joe"]
    course = submitted(classroom, *learners).open()

    def write(learner: str) -> None:
        with course.gradebook() as gradebook:
            for number in range(5):
                save(gradebook, judged(), learner)
                gradebook.remember(WEEK, Submission(learner, str(number)))

    with ThreadPoolExecutor(len(learners)) as pool:
        list(pool.map(write, learners))
    with course.gradebook() as gradebook:
        entries = gradebook.learners(WEEK)
    assert [entry.student for entry in entries] == learners
    assert all(entry.scores["answer-caching"].level == Level.SENIOR for entry in entries)
    assert all(entry.submission and entry.submission.digest == "4" for entry in entries)


def test_a_gradebook_is_made_without_the_environments_programs_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with CourseGradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        assert not gradebook.has_assignment(WEEK)


def test_a_file_that_is_no_gradebook_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("not a database, but long enough to look like one" * 50)
    with pytest.raises(StoreError, match="file is not a database"):
        CourseGradebook(f"sqlite:///{tmp_path / 'gradebook.db'}")


def test_a_folder_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Check that the file and its folder can be written"):
        CourseGradebook(f"sqlite:///{tmp_path / 'no-such-folder' / 'gradebook.db'}")


@pytest.mark.parametrize("damage", ["{", '{"level": "principal"}'])
def test_a_score_that_cannot_be_read_is_a_sentence(course: Classroom, damage: str) -> None:
    with sqlite3.connect(course.root / "gradebook.db") as database:
        database.execute("UPDATE seniorkit_score SET score = ?", [damage])
    database.close()
    with course.open().gradebook() as gradebook:
        with pytest.raises(StoreError):
            gradebook.answers(WEEK, "ada")
        with pytest.raises(StoreError):
            gradebook.learners(WEEK)
