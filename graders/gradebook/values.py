"""What goes into the gradebook and comes out of it, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from graders.score import Score

Penalty = Callable[[str, float, float], float | None]
"""Called with (learner, score of the notebook, seconds late); the points that are taken off."""


@dataclass(frozen=True, order=True)
class CellPlace:
    """Whose cell it is, and where it stands: one line of the gradebook."""

    student: str
    assignment: str
    notebook: str
    grade_id: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """What a row of one of our tables is about."""
        return cls(row.student, row.assignment, row.notebook, row.grade_id)

    @property
    def key(self) -> dict[str, str]:
        """The columns that name it in our tables."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "notebook": self.notebook,
            "grade_id": self.grade_id,
        }


@dataclass(frozen=True)
class Submission:
    """What is remembered of one learner's graded submission.

    Attributes:
        student: The learner's id.
        digest: Fingerprint of the files, the rubric and the judge it was graded with.
        remarks: What a person should know, in words.
        failed: Whether it could not be graded at all.
    """

    student: str
    digest: str
    remarks: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class CellMark:
    """What nbgrader knows of one cell of a released notebook."""

    cell_type: str
    locked: bool
    source: str
    grade: bool
    solution: bool
    task: bool
    points: float


@dataclass(frozen=True)
class CellGrade:
    """One grade cell of one learner, as the gradebook has it.

    `points` is the score that counts (a person's before the automatic one), in points of the
    assignment; `None` means nobody has given one yet.
    """

    notebook: str
    grade_id: str
    points: float | None
    max_points: float
    needs_review: bool
    manual: bool


@dataclass(frozen=True)
class LearnerGrades:
    """All grades of one learner in one assignment."""

    student: str
    cells: tuple[CellGrade, ...] = ()
    scores: dict[str, Score] = field(default_factory=dict)
    seconds_late: float = 0.0
    submission: Submission | None = None


@dataclass(frozen=True)
class CellScore:
    """What grading found for one grade cell.

    Attributes:
        notebook: Name of the notebook, without suffix.
        grade_id: Id of the cell.
        points: The automatic score in points of the assignment; `None` if there is none.
        needs_review: Whether a person should look. A cell that a person has graded waits for
            them in any case, unless `missing`.
        missing: Whether the whole notebook was not handed in.
    """

    notebook: str
    grade_id: str
    points: float | None
    needs_review: bool
    missing: bool = False


@dataclass(frozen=True)
class CellComment:
    """The automatic comment on one solution or task cell; `None` for none."""

    notebook: str
    grade_id: str
    text: str | None


@dataclass(frozen=True)
class JudgedAnswer:
    """A free-text answer with its score.

    Attributes:
        notebook: Name of the notebook, without suffix.
        grade_id: Id of the answer cell.
        answer: The text that was judged.
        score: The judgement.
        comment: Feedback for the learner, as Markdown that is safe to render. Called with the
            points that the cell is worth.
        flagged: Whether a person should look for reasons outside the score.
    """

    notebook: str
    grade_id: str
    answer: str
    score: Score
    comment: Callable[[float], str]
    flagged: bool


@dataclass(frozen=True)
class GradedSubmission:
    """Everything that grading one submission found.

    Attributes:
        student: The learner's id.
        registered: Whether there is a submission to speak of; else only the learner is noted.
        timestamp: When it was handed in (UTC, naive as nbgrader has it), if that is known.
        cells: The grade cells of all notebooks.
        comments: The comments of all notebooks.
        answers: The judged answers; they replace what `cells` and `comments` say of theirs.
        graded: The notebooks that were graded, for which a penalty for lateness is due.
    """

    student: str
    registered: bool = True
    timestamp: datetime | None = None
    cells: tuple[CellScore, ...] = ()
    comments: tuple[CellComment, ...] = ()
    answers: tuple[JudgedAnswer, ...] = ()
    graded: tuple[str, ...] = ()
