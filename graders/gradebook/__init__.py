"""nbgrader's gradebook, and the tables of ours that live beside nbgrader's in the same database.

`seniorkit_score` keeps the whole score of each free-text answer (the gradebook itself has room
for a number and a comment only); `seniorkit_submission` remembers what was graded from which
files, so that a second run skips what has not changed. What people do has tables of its own, each
in a module: `audit` (the trail), `reviews`, `appeals`, `notices`. No other module touches the
database.
"""

from graders.gradebook import appeals, audit, notices, reviews
from graders.gradebook.book import CourseGradebook, let_nbgrader_find_alembic
from graders.gradebook.extensions import Extension, extensions, grant, revoke
from graders.gradebook.roster import Dues, Entry, Roster, load_roster, settle_penalties
from graders.gradebook.structure import structure_only
from graders.gradebook.tables import shown
from graders.gradebook.values import (
    CellComment,
    CellGrade,
    CellMark,
    CellPlace,
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
    "CellPlace",
    "CellScore",
    "CourseGradebook",
    "Dues",
    "Entry",
    "Extension",
    "GradedSubmission",
    "JudgedAnswer",
    "LearnerGrades",
    "Penalty",
    "Roster",
    "Submission",
    "appeals",
    "audit",
    "extensions",
    "grant",
    "let_nbgrader_find_alembic",
    "load_roster",
    "notices",
    "reviews",
    "revoke",
    "settle_penalties",
    "shown",
    "structure_only",
]
