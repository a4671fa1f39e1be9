"""`seniorkit week` and `seniorkit extension` as they are typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from graders.cli.app import app
from graders.course import Course
from graders.errors import UsageError
from tests.cohorts.course import hand_in
from tests.cohorts.running import GOOD

NOW = datetime.now(UTC)


def _typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def course(place: Any) -> Course:
    """A week that is due tomorrow; Ada has handed in."""
    opened, _ = place(exchange=False)
    with opened.gradebook() as book:
        book.set_due("week01", NOW + timedelta(days=1))
    hand_in(opened, 1, "ada", GOOD[0], NOW - timedelta(hours=1))
    found: Course = opened
    return found


def test_nothing_is_done_before_it_is_due_and_the_table_says_so(course: Course) -> None:
    done = _typed("week", "1", "--course", str(course.root))
    assert done.exit_code == 0
    assert "1 not due" in done.stdout
    assert "3 assigned" in done.stdout
    assert not (course.root / "autograded").exists()


def test_the_result_as_json_is_nothing_but_json(course: Course) -> None:
    done = _typed("week", "week01", "--course", str(course.root), "--dry-run", "--json")
    result = json.loads(done.stdout)
    assert result["dry_run"] is True
    assert result["counts"] == {"assigned": 3, "not due": 1}
    assert {one["student"]: one["state"] for one in result["standings"]}["ada"] == "not due"


def test_what_needs_help_is_listed_and_gives_status_1(course: Course) -> None:
    with course.gradebook() as book:
        book.set_due("week01", NOW - timedelta(minutes=1))
    folder = course.folder("submitted", "ada", "week01")
    (folder / "week01.ipynb").unlink()
    done = _typed("week", "week01", "--course", str(course.root), "--no-report", "--export", "none")
    assert done.exit_code == 1
    assert "help needed    ada: no notebook week01.ipynb" in done.stdout
    assert "1 need help" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["week", "week01", "--export", "excel"], "there is no format 'excel'"),
        (["week", "week01", "--export", "canvas"], "needs the other program's own file"),
        (["week", "week01", "--export", "csv", "--template", "no.csv"], "there is no such file"),
        (["week", "7"], "Known: week01"),
        (["week", "week1"], "Known: week01"),
        (["extension", "grant", "nobody", "1", "+2d"], "no learner 'nobody'"),
        (["extension", "grant", "ada", "1", "soon"], "'soon' is no time"),
        (["extension", "revoke", "ada", "1"], "has no extension"),
    ],
)
def test_a_mistake_is_named_before_anything_is_done(
    course: Course, words: list[str], said: str
) -> None:
    done = _typed(*words, "--course", str(course.root))
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)
    assert not (course.root / "autograded").exists()


def test_an_extension_is_granted_listed_and_taken_back(course: Course) -> None:
    where = ["--course", str(course.root)]
    granted = _typed("extension", "grant", "bo", "1", "+2d", "--why", "ill", "--by", "Kim", *where)
    until = f"{NOW + timedelta(days=3):%Y-%m-%d %H:%M}"
    assert f"bo has until {until} UTC for week01" in granted.stdout
    listed = _typed("extension", "list", *where).stdout
    assert all(word in listed for word in ("bo", until, "Kim", "ill"))
    _typed("extension", "revoke", "bo", "week01", *where)
    assert _typed("extension", "list", *where).stdout.strip() == "none"
