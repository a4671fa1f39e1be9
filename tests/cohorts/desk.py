"""A course in which answers have been judged, without running anybody's code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import Gradebook

from graders.cohorts.items import ReviewItem
from graders.cohorts.review import ReviewQueue
from graders.course import Course
from graders.gradebook import CellScore, GradedSubmission, JudgedAnswer, Submission, audit
from graders.gradebook.audit import AuditLine
from graders.grading import grade
from graders.judged import judged_answer
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict
from tests.conftest import ESSAY, STORY, WEEK, Classroom

CACHING, IMPACT = "answer-caching", "answer-impact"
TESTS = (
    "capacity-hit-rate", "capacity-load", "capacity-memory", "lru-accounting", "lru-basic",
    "lru-edge", "lru-ttl",
)  # fmt: skip
WORDS = {CACHING: ESSAY, IMPACT: STORY}


@dataclass(frozen=True)
class Doubting(ScriptedJudge):
    """A scripted judge that asks for a person."""

    doubt: str = "The figures contradict each other."
    confidence: float = 0.9

    def judge(self, question: Question, answer: object) -> list[Verdict]:
        """The scripted verdicts, in doubt."""
        verdicts = super().judge(question, answer)  # type: ignore[arg-type]
        told = {"doubt": self.doubt, "confidence": self.confidence}
        return [verdict.model_copy(update=told) for verdict in verdicts]


def hand_over(
    classroom: Classroom, learner: str, judge: ScriptedJudge, *, flags: Mapping[str, str] | None = None,
    only: tuple[str, ...] = (CACHING, IMPACT), test: float | None = 1.0,
) -> None:  # fmt: skip
    """Record a learner's submission as the engine would; `test` is what each test gives."""
    course = classroom.open()
    questions = course.questions(WEEK)[WEEK]
    answers: list[JudgedAnswer] = []
    for cell in only:
        told = [(flags or {})[cell]] if cell in (flags or {}) else []
        score = grade(questions[cell], WORDS[cell], judge=judge)
        answers.append(judged_answer(WEEK, cell, questions[cell], WORDS[cell], told, score))
    cells = [CellScore(WEEK, name, test, test is None) for name in TESTS]
    cells += [CellScore(WEEK, cell, 0.0, False) for cell in (CACHING, IMPACT) if cell not in only]
    graded = GradedSubmission(
        learner, cells=tuple(cells), answers=tuple(answers), graded=(WEEK,)
    )  # fmt: skip
    with course.gradebook() as gradebook:
        gradebook.record(WEEK, graded, Submission(learner, "0" * 64))


def queue(classroom: Classroom, reviewer: str = "Ana", **more: object) -> ReviewQueue:
    return ReviewQueue.open(classroom.open(), WEEK, reviewer, **more)  # type: ignore[arg-type]


def item_of(found: ReviewQueue, learner: str, cell: str = CACHING) -> ReviewItem:
    return next(i for i in found.items if (i.student, i.grade_id) == (learner, cell))


def levels(question: Question | None, level: Level) -> dict[str, Level]:
    assert question is not None
    return {criterion.id: level for criterion in question.criteria}


def in_formgrader(classroom: Classroom, learner: str, cell: str = CACHING) -> tuple[object, ...]:
    """What formgrader shows of a cell: score, whether it is still to be graded, comment."""
    with Gradebook(classroom.open().db_url) as nbgrader:
        grade_ = nbgrader.find_grade(cell, WEEK, WEEK, learner)
        comment = nbgrader.find_comment(cell, WEEK, WEEK, learner)
        return grade_.score, grade_.needs_manual_grade, comment.comment or ""


def by_formgrader(classroom: Classroom, learner: str, points: float, cell: str = CACHING) -> None:
    """Give a mark as formgrader does, which knows nothing of our tables."""
    with Gradebook(classroom.open().db_url) as nbgrader:
        found = nbgrader.find_grade(cell, WEEK, WEEK, learner)
        found.manual_score, found.needs_manual_grade = points, False
        nbgrader.db.commit()


def trail(course: Course, learner: str | None = None, cell: str | None = None) -> list[AuditLine]:
    return audit.read(course.db_url, WEEK, student=learner, grade_id=cell)


def sums(course: Course) -> dict[str, float]:
    """Learner -> sum of all that the trail says was given and taken."""
    found: dict[str, float] = {}
    for line in trail(course):
        moved = (line.points_to or 0) - (line.points_from or 0)
        found[line.place.student] = found.get(line.place.student, 0.0) + moved
    return found


def totals(course: Course) -> dict[str, float]:
    """Learner -> what nbgrader adds up, late penalties taken off."""
    with Gradebook(course.db_url) as nbgrader:
        return {
            submission.student.id: sum(
                notebook.score - (notebook.late_submission_penalty or 0)
                for notebook in submission.notebooks
            )
            for submission in nbgrader.assignment_submissions(WEEK)
        }
