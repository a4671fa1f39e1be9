"""A graded assignment without grading: a gradebook filled by code, to measure reports with."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from graders import cards
from graders.answers import Answer
from graders.batch.measure.course import ASSIGNMENT, build, learner
from graders.course import Course, check_assignment, open_course
from graders.gradebook import CellScore, GradedSubmission, JudgedAnswer, Submission
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import Question
from graders.score import Score

QUESTIONS = {"essay-0": "concept/caching", "essay-1": "concept/sharding"}
_WORTH = {"test-constant": 1.0, "test-fraction": 2.0, "test-whole": 2.0}
_WORDS = (
    "I would put the product pages behind cache-aside with a one-minute age limit, because a "
    "stale price is harmless until checkout, and hold a stampede back by one rebuild per key."
)


def fill(folder: Path, learners: int, assignments: Sequence[str] = (ASSIGNMENT,)) -> Path:
    """Make a course in which *learners* have been graded: points, levels, reasons to look.

    Args:
        folder: The course's folder; it must not exist.
        learners: How many.
        assignments: What they have handed in, all with the same questions.
    """
    build(folder, 0)
    rubric = "\n".join(
        f"  - {{grade_id: {cell}, question: {name}}}" for cell, name in QUESTIONS.items()
    )
    course = open_course(folder)
    master = course.source(ASSIGNMENT)
    for name in assignments:
        source = course.source(name)
        if source != master:
            shutil.copytree(master, source)
            check_assignment(course, name)
        text = f"assignment: {name}\nanswers:\n{rubric}\n"
        (source / "text.rubric.yaml").write_text(text, encoding="utf-8")
    if ASSIGNMENT not in assignments:
        _take_back(course, ASSIGNMENT)
    questions = course.questions(assignments[0])["text"]
    scores = {cell: _scores(question) for cell, question in questions.items()}
    chance = random.Random(7)
    with course.gradebook() as gradebook:
        for name in assignments:
            for number in range(learners):
                student = learner(number)
                remarks = ("a cell ran too long",) if number % 17 == 0 else ()
                remembered = Submission(student, "0" * 64, remarks)
                gradebook.record(name, _graded(student, questions, scores, chance), remembered)
    return folder


def _take_back(course: Course, assignment: str) -> None:
    """Let *assignment* never have been released."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url) as gradebook:
        gradebook.remove_assignment(assignment)
    for step in ("source", "release"):
        shutil.rmtree(course.folder(step, ".", assignment), ignore_errors=True)


def _scores(question: Question) -> list[Score]:
    """A score of each level."""
    answer = Answer(question_id=question.id, text=_WORDS)
    return [grade(question, answer, judge=ScriptedJudge(default=level)) for level in Level]


def _graded(
    student: str, questions: dict[str, Question], scores: dict[str, list[Score]],
    chance: random.Random,
) -> GradedSubmission:  # fmt: skip
    cells = [
        CellScore("code", name, chance.choice((0.0, worth, worth)), False)
        for name, worth in _WORTH.items()
    ]
    cells += [CellScore("text", name, None, True) for name in questions]
    answers = []
    for name, question in questions.items():
        score = chance.choice(scores[name])
        comment = partial(_comment, score, question)
        answers.append(JudgedAnswer("text", name, _WORDS, score, comment, flagged=False))
    return GradedSubmission(
        student, cells=tuple(cells), answers=tuple(answers), graded=("code", "text")
    )


def _comment(score: Score, question: Question, max_points: float) -> str:
    return cards.markdown(score, question, max_points=max_points)
