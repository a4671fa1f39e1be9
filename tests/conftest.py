"""Shared by all tests: files of their own, and a small course to hand work in to."""

from __future__ import annotations

import copy
import gc
import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy.exc import SAWarning

from graders.course import Course, check_assignment, open_course
from graders.gradebook import CellGrade
from graders.judges.base import Judge
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.score import Score

ROOT = Path(__file__).parents[1]
WEEK = "week01"

Notebook = dict[str, Any]

# How long an example takes says more about the machine's other work than about the kit.
settings.register_profile("kit", deadline=None)
settings.load_profile("kit")

STORY = (
    "I owned the move of our billing to events. Three teams followed, the monthly cost fell from "
    "90,000 to 41,000 euros, and we stopped losing invoices on the last day of the month."
)
ESSAY = (
    "I would put the product pages behind cache-aside with a one-minute age limit, because a "
    "stale price is harmless until checkout; a stampede is held back by one rebuild per key."
)
"""Words for `answer-impact` and for `answer-caching` that no gate stops."""


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """What a command sets for the processes that it starts is not there in the next test."""
    before = dict(os.environ)
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path / "progress.sqlite3"))
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))


@dataclass(frozen=True)
class Graded:
    """What autograding one submission left behind.

    `problem` is nbgrader's complaint if the submission could not be graded; `notebook` is the
    autograded notebook then missing.
    """

    problem: str | None
    cells: dict[str, CellGrade] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    notebook: Notebook | None = None

    @property
    def remarks(self) -> str:
        """What a person should know about the submission, in one string."""
        if self.notebook is None:
            return ""
        return "; ".join(self.notebook["metadata"]["seniorkit"]["remarks"])

    @property
    def waiting(self) -> set[str]:
        """The cells that wait for a person."""
        return {grade_id for grade_id, cell in self.cells.items() if cell.needs_review}


@dataclass(frozen=True)
class Classroom:
    """A course folder of one's own, in which an assignment is released."""

    root: Path
    assignment: str = WEEK

    def open(self) -> Course:
        """The course, with its configuration read anew."""
        return open_course(self.root)

    def blank(self, name: str = "") -> Notebook:
        """A released notebook, as a learner gets it."""
        return read(self.root / "release" / self.assignment / f"{name or self.assignment}.ipynb")

    def solved(self) -> Notebook:
        """The released notebook with the code of the master's solutions; text is left blank."""
        master = read(self.root / "source" / WEEK / f"{WEEK}.ipynb")
        notebook = self.blank()
        for grade_id in ("lru-solution", "capacity-solution"):
            cell(notebook, grade_id)["source"] = cell(master, grade_id)["source"]
        return notebook

    def hand_in(
        self, notebook: Notebook, learner: str = "ada", *, name: str = "", sidecar: object = None
    ) -> Path:
        """Put *notebook* into `submitted/`; *sidecar* is text, bytes, or what JSON can hold."""
        folder = self.root / "submitted" / learner / self.assignment
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name or self.assignment}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        if isinstance(sidecar, bytes):
            (folder / "answers.json").write_bytes(sidecar)
        elif sidecar is not None:
            text = sidecar if isinstance(sidecar, str) else json.dumps(sidecar)
            (folder / "answers.json").write_text(text, encoding="utf-8")
        return folder

    def autograde(
        self, learner: str = "ada", *, execute: bool = True, judge: Judge | None = None,
        **limits: int,
    ) -> Graded:  # fmt: skip
        """Autograde as nbgrader does; a scripted judge (senior, unless given) reads the text.

        Args:
            learner: Whose submission, or `*` for everyone's.
            execute: Whether to run the code; else every test counts as passed.
            judge: Who reads the free text.
            limits: Traits of `ExecuteBounded`.
        """
        from nbgrader.converters import Autograde
        from nbgrader.converters.base import NbGraderException

        course = self.open()
        course.gradebook().__exit__()
        course.directory.assignment_id = self.assignment
        course.directory.student_id = learner
        course.config.Execute.enabled = course.config.SettleTests.enabled = execute
        for name, value in limits.items():
            course.config.ExecuteBounded[name] = value
        reader = judge or ScriptedJudge(default=Level.SENIOR)
        converter = Autograde(coursedir=course.directory, config=course.config)
        converter.force = True
        problem = None
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own
            patch.setattr("graders.preprocessors.rubric.judge_named", lambda name: reader)
            try:
                converter.start()
            except NbGraderException as error:
                problem = str(error)
        if execute:
            # What a dead kernel left behind must not be finalised in the middle of another test.
            gc.collect()
        return self.graded(learner, problem)

    def graded(self, learner: str = "ada", problem: str | None = None) -> Graded:
        """What gradebook and `autograded/` hold of *learner*."""
        with self.open().gradebook() as gradebook:
            entries = gradebook.learners(self.assignment)
            judged = gradebook.answers(self.assignment, learner)
        grades = {entry.student: entry for entry in entries}.get(learner)
        texts = {grade_id: text for grade_id, (text, _) in judged.items()}
        folder = self.root / "autograded" / learner / self.assignment
        path = folder / f"{self.assignment}.ipynb"
        return Graded(
            problem=problem,
            cells={c.grade_id: c for c in grades.cells} if grades else {},
            scores=dict(grades.scores) if grades else {},
            texts=texts,
            notebook=read(path) if path.exists() else None,
        )

    def feedback(self, learner: str = "ada", *, name: str = "") -> str:
        """Write all feedback pages; the HTML of *learner*'s."""
        from graders.batch import write_feedback

        write_feedback(self.root, self.assignment)
        folder = self.root / "feedback" / learner / self.assignment
        return (folder / f"{name or self.assignment}.html").read_text(encoding="utf-8")


def read(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    for entry in notebook["cells"]:
        entry["source"] = "".join(entry["source"])
    return notebook


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """The last cell of *notebook* that is marked with *grade_id*."""
    found: dict[str, Any] = [
        entry
        for entry in notebook["cells"]
        if entry["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    ][-1]
    return found


def insert_code(notebook: Notebook, source: str, *, after: str) -> Notebook:
    """*notebook* with a code cell of the learner's own below the cell *after*."""
    changed = copy.deepcopy(notebook)
    own = {
        "cell_type": "code", "id": f"own-{len(changed['cells'])}", "metadata": {},
        "source": source, "outputs": [], "execution_count": None,
    }  # fmt: skip
    changed["cells"].insert(changed["cells"].index(cell(changed, after)) + 1, own)
    return changed


@pytest.fixture(scope="session")
def week_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder in which week 1 is released and registered; copy it before changing it."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in ("source", "release"):
        shutil.copytree(ROOT / name / WEEK, folder / name / WEEK)
    check_assignment(open_course(folder), WEEK)
    return folder


@pytest.fixture(scope="session")
def new_classroom(
    week_course: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Classroom]:
    """Makes classrooms, each a copy of `week_course` in a folder of its own."""

    def make() -> Classroom:
        folder = tmp_path_factory.mktemp("classroom") / "course"
        shutil.copytree(week_course, folder)
        return Classroom(folder)

    return make


@pytest.fixture
def classroom(new_classroom: Callable[[], Classroom]) -> Classroom:
    """One classroom for one test."""
    return new_classroom()
