"""nbgrader's gradebook, and the two tables of ours that live beside nbgrader's in the same database.

`seniorkit_score` keeps the whole score of each free-text answer (the gradebook itself has room
for a number and a comment only); `seniorkit_submission` remembers what was graded from which
files, so that a second run skips what has not changed. No other module touches the database.
"""

from graders.gradebook.book import CourseGradebook, let_nbgrader_find_alembic
from graders.gradebook.structure import structure_only
from graders.gradebook.tables import shown
from graders.gradebook.values import (
    CellComment,
    CellGrade,
    CellMark,
    CellScore,
    GradedSubmission,
    JudgedAnswer,
    LearnerGrades,
    Penalty,
    Submission,
)

__all__ = [
    "CellComment",
    "CellGrade",
    "CellMark",
    "CellScore",
    "CourseGradebook",
    "GradedSubmission",
    "JudgedAnswer",
    "LearnerGrades",
    "Penalty",
    "Submission",
    "let_nbgrader_find_alembic",
    "shown",
    "structure_only",
]
