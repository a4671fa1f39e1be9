"""The sample cohort, graded for real: every awkward submission ends right or is listed with its reason."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graders.levels import Level
from graders.reports import Cohort, LearnerRow, load_cohort
from tests.cohort.build import build, set_due
from tests.cohort.dump import dump

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROGRAMS = Path(sys.executable).parent
ANSWERS = ("answer-caching", "answer-impact")
TESTS = (
    "lru-basic", "lru-ttl", "lru-accounting", "lru-edge",
    "capacity-load", "capacity-memory", "capacity-hit-rate",
)  # fmt: skip
EXPECTED = list(
    csv.DictReader((Path(__file__).parent / "expected.csv").read_text("utf-8").splitlines())
)


def _seniorkit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAMS / "seniorkit"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cohort's course before grading."""
    folder = build(tmp_path_factory.mktemp("cohort") / "course")
    set_due(folder)
    return folder


@pytest.fixture(scope="module")
def run(untouched: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The course after `seniorkit grade week01`, and what the command printed."""
    course = untouched.parent / "graded"
    shutil.copytree(untouched, course)
    return course, _seniorkit("grade", "week01", "--course", str(course))


@pytest.fixture(scope="module")
def cohort(run: tuple[Path, object]) -> Cohort:
    return load_cohort(run[0], "week01")


def _row(cohort: Cohort, learner: str) -> LearnerRow:
    return next(row for row in cohort.learners if row.student == learner)


@pytest.mark.parametrize("expected", EXPECTED, ids=[row["learner"] for row in EXPECTED])
def test_each_learner_ends_as_a_person_would_have_it(
    expected: dict[str, str], run: tuple[Path, object], cohort: Cohort
) -> None:
    row = _row(cohort, expected["learner"])
    reasons = "; ".join(row.attention)
    for phrase in filter(None, expected["attention"].split("; ")):
        assert phrase in reasons
    if expected["failed"] == "yes":
        assert row.points is None, "what could not be graded is no zero"
        assert row.levels == {}
        return
    with sqlite3.connect(run[0] / "gradebook.db") as database:
        given = dict(
            database.execute(
                "SELECT c.name, g.auto_score FROM grade g"
                " JOIN submitted_notebook sn ON g.notebook_id = sn.id"
                " JOIN submitted_assignment sa ON sn.assignment_id = sa.id"
                " JOIN base_cell c ON g.cell_id = c.id WHERE sa.student_id = ?",
                (expected["learner"],),
            )
        )
    assert {name: given[name] for name in TESTS} == {n: float(expected[n]) for n in TESTS}
    for name in ANSWERS:
        level = row.levels[name]
        if not expected[name]:
            assert level is None, "what the judge is not sure of waits for a person"
            continue
        assert level is not None
        assert abs(level - Level.from_label(expected[name])) <= 1, name


def test_nobody_needs_attention_without_a_reason_and_nobody_is_lost(
    run: tuple[Path, subprocess.CompletedProcess[str]], cohort: Cohort
) -> None:
    course, result = run
    assert result.returncode == 1, "two submissions could not be graded"
    assert "Traceback" not in result.stdout + result.stderr
    assert [row.student for row in cohort.learners] == [row["learner"] for row in EXPECTED]
    for row in EXPECTED:
        assert row["learner"] in result.stdout
        page = course / "feedback" / row["learner"] / "week01" / "week01.html"
        assert page.exists() == (row["failed"] == "no")
    quiet = {"learner-01", "learner-02", "learner-06"}
    for row in cohort.learners:
        if row.student in quiet:
            doubts = [reason for reason in row.attention if "not sure" not in reason]
            assert doubts == []


def test_the_box_the_copy_and_the_last_filled_cell_are_what_was_graded(
    run: tuple[Path, object],
) -> None:
    graded = {(row[0], row[3]): str(row[4]) for row in dump(run[0])["scores"]}
    assert graded[("learner-12", "answer-impact")] == graded[("learner-03", "answer-impact")]
    assert not graded[("learner-03", "answer-impact")].endswith("..."), "the cell, not the draft"
    assert len(graded[("learner-13", "answer-caching")].split()) > 100, "not the first draft"
    assert len(graded[("learner-14", "answer-impact")].split()) > 100, "from the box"
    assert graded[("learner-06", "answer-caching")] == ""


def test_a_second_run_changes_nothing(run: tuple[Path, object]) -> None:
    course = run[0]
    before = dump(course)
    files = {p: p.read_bytes() for p in (course / "autograded").rglob("*") if p.is_file()}
    result = _seniorkit("grade", "week01", "--course", str(course))
    assert result.returncode == 1
    assert dump(course) == before
    assert files == {p: p.read_bytes() for p in (course / "autograded").rglob("*") if p.is_file()}


def test_a_killed_run_is_finished_by_the_next(untouched: Path, run: tuple[Path, object]) -> None:
    course = untouched.parent / "killed"
    shutil.copytree(untouched, course)
    command = [str(PROGRAMS / "seniorkit"), "grade", "week01", "--course", str(course)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for_submissions(course, process, 5)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert dump(course) != dump(run[0]), "it was killed in the middle"
    time.sleep(1)  # the kernels notice within a second that nobody is left
    result = _seniorkit("grade", "week01", "--course", str(course))
    assert result.returncode == 1
    assert dump(course) == dump(run[0])


def _wait_for_submissions(course: Path, process: subprocess.Popen[bytes], count: int) -> None:
    """Wait until *count* submissions have been finished."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be killed"
        try:
            with sqlite3.connect(course / "gradebook.db", timeout=5) as database:
                query = "SELECT count(*) FROM seniorkit_submission"
                if database.execute(query).fetchone()[0] >= count:
                    return
        except sqlite3.OperationalError:
            pass
        time.sleep(0.05)
    pytest.fail("no submission was finished in two minutes")


def test_an_interrupted_run_says_one_line_and_leaves_no_process(untouched: Path) -> None:
    course = untouched.parent / "interrupted"
    shutil.copytree(untouched, course)
    command = [str(PROGRAMS / "seniorkit"), "grade", "week01", "--course", str(course)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    _wait_for_submissions(course, process, 1)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "stopped; the same command does the rest" in errors
    assert "Traceback" not in output + errors


def test_plain_nbgrader_gives_the_same_gradebook(untouched: Path, run: tuple[Path, object]) -> None:
    course = untouched.parent / "plain"
    shutil.copytree(untouched, course)
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [str(PROGRAMS / "nbgrader"), "autograde", "week01"],
        cwd=course, env={**os.environ, "PATH": path}, capture_output=True, check=False,
    )  # fmt: skip
    assert dump(course) == dump(run[0])


class _Active(HTMLParser):
    """Collects what in a page could run, or would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form"):
            self.found.append(tag)
        for name, value in attrs:
            target = (value or "").strip().lower()
            fetched = name == "src" or (name == "href" and tag == "link")
            if (
                name.startswith("on")
                or target.startswith("javascript:")
                or (fetched and not target.startswith("data:"))
            ):
                self.found.append(f"{tag} {name}={value}")


def _pages(course: Path) -> Iterator[Path]:
    yield from (course / "reports").rglob("*.html")
    yield from (course / "feedback").rglob("*.html")


def test_every_page_opens_without_a_network_and_runs_no_script(run: tuple[Path, object]) -> None:
    pages = list(_pages(run[0]))
    assert len(pages) == 2 + 12
    for page in pages:
        parser = _Active()
        parser.feed(page.read_text("utf-8"))
        assert parser.found == [], page
        assert "@import" not in page.read_text("utf-8")
    hostile = (run[0] / "feedback/learner-05/week01/week01.html").read_text("utf-8")
    assert "&lt;script&gt;alert" in hostile, "the learner's markup is shown as text"


def test_feedback_shows_no_hidden_test(run: tuple[Path, object]) -> None:
    page = (run[0] / "feedback/learner-05/week01/week01.html").read_text("utf-8")
    assert "HIDDEN TESTS" not in page
    assert "get makes an entry recently used" in page, "what a failed check is about"
    assert "random.Random(2026)" not in page, "how it is checked"
