"""Small courses whose weeks are text only: a story and a concept, eight times another pair."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from graders.course import Course, check_assignment, open_course
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question

ROOT = Path(__file__).parents[2]
FIRST = datetime(2026, 3, 8, 22, 0, tzinfo=UTC)
"""When the first week is due."""

PAIRS = (
    ("concept-caching", "story-business-impact"),
    ("concept-consistency", "story-conflict"),
    ("concept-sharding", "leadership-mentoring"),
    ("concept-overload", "story-failure"),
    ("concept-capacity", "career-why-senior"),
    ("concept-consensus", "story-ambiguity"),
    ("concept-scaling", "leadership-influence-without-authority"),
    ("concept-resharding", "career-level-fit"),
)
"""Week by week, the questions by the names of their files of labelled answers."""

WORTH = {"answer-concept": 10.0, "answer-story": 8.0}
CELLS = tuple(WORTH)

LATE = '''
from math import ceil

from nbgrader.plugins import LateSubmissionPlugin


class TenPercentADay(LateSubmissionPlugin):
    """For each day that has begun, a tenth of the points."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * min(1.0, 0.1 * ceil(total_seconds_late / 86400))
'''


def due(week: int) -> datetime:
    """When week number *week* is due for everybody."""
    return FIRST + timedelta(weeks=week - 1)


def name(week: int) -> str:
    """The assignment of a week."""
    return f"week{week:02}"


def question_id(stem: str) -> str:
    """`concept-caching` -> `concept/caching`."""
    return stem.replace("-", "/", 1)


def labelled(stem: str) -> list[str]:
    """Answers to a question, as people write them."""
    path = ROOT / "tests" / "calibration" / "answers" / f"{stem}.jsonl"
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def plain(stem: str) -> list[str]:
    """Those labelled answers that are long enough, on the topic, and without anything odd."""
    question = load_question(question_id(stem))
    judge = ScriptedJudge(default=Level.SENIOR)
    scores = [(text, grade(question, text, judge=judge)) for text in labelled(stem)]
    return [
        text for text, score in scores if score.level == Level.SENIOR and not score.needs_review
    ]


def make_course(
    folder: Path, weeks: Iterable[int], learners: Iterable[str], *, exchange: Path | None = None
) -> Course:
    """A course with these weeks released, and these learners enrolled."""
    folder.mkdir(parents=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    config += '\nc.AssignLatePenalties.plugin_class = "ten_percent.TenPercentADay"\n'
    if exchange is not None:
        (exchange / "seniorkit" / "inbound").mkdir(parents=True)
        config += f"c.Exchange.root = {str(exchange)!r}\n"
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    (folder / "ten_percent.py").write_text(LATE, encoding="utf-8")
    for week in weeks:
        _write_master(folder / "source" / name(week), week)
    course = open_course(folder)
    for week in weeks:
        check_assignment(course, name(week))
        with course.gradebook() as gradebook:
            gradebook.set_due(name(week), due(week))
    with Gradebook(course.db_url) as book:
        for learner in learners:
            book.add_student(learner, first_name=learner.title(), last_name="Example")
    return course


def _write_master(folder: Path, week: int) -> None:
    folder.mkdir(parents=True)
    pair = dict(zip(CELLS, PAIRS[week - 1], strict=True))
    cells = [new_markdown_cell(f"# Week {week}", id="title")]
    for cell, stem in pair.items():
        mark = {
            "grade": True, "solution": True, "locked": False, "task": False,
            "points": WORTH[cell], "grade_id": cell, "schema_version": 3,
        }  # fmt: skip
        text = f"YOUR ANSWER to {question_id(stem)}"
        cells.append(new_markdown_cell(text, id=cell, metadata={"nbgrader": mark}))
    nbformat.write(new_notebook(cells=cells), folder / f"{name(week)}.ipynb")
    bound = "".join(
        f"  - grade_id: {cell}\n    question: {question_id(stem)}\n" for cell, stem in pair.items()
    )
    rubric = f"assignment: {name(week)}\nanswers:\n{bound}"
    (folder / f"{name(week)}.rubric.yaml").write_text(rubric, encoding="utf-8")


def hand_in(
    course: Course, week: int, learner: str, answers: Mapping[str, str], at: datetime, *,
    exchange: Path | None = None,
) -> Path:  # fmt: skip
    """Put a submission where it belongs: into the exchange, if there is one."""
    stamp = f"{at:%Y-%m-%d %H:%M:%S.%f} UTC"
    if exchange is not None:
        folder = exchange / "seniorkit" / "inbound" / f"{learner}+{name(week)}+{stamp}"
    else:
        folder = course.folder("submitted", learner, name(week))
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    released = course.folder("release", ".", name(week)) / f"{name(week)}.ipynb"
    notebook = json.loads(released.read_bytes())
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    (folder / f"{name(week)}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "timestamp.txt").write_text(stamp)
    (folder / "submission_secret.txt").write_text(f"secret of {learner} at {stamp}")
    return folder
