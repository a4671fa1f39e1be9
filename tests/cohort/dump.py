"""Everything in a gradebook that grading writes, in a form that two runs can be compared by."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_GRADES = """
SELECT sa.student_id, n.name, c.name, g.auto_score, g.manual_score, g.needs_manual_grade
FROM grade g JOIN submitted_notebook sn ON g.notebook_id = sn.id
JOIN notebook n ON sn.notebook_id = n.id
JOIN submitted_assignment sa ON sn.assignment_id = sa.id
JOIN base_cell c ON g.cell_id = c.id ORDER BY 1, 2, 3
"""
_COMMENTS = """
SELECT sa.student_id, n.name, c.name, m.auto_comment, m.manual_comment
FROM comment m JOIN submitted_notebook sn ON m.notebook_id = sn.id
JOIN notebook n ON sn.notebook_id = n.id
JOIN submitted_assignment sa ON sn.assignment_id = sa.id
JOIN base_cell c ON m.cell_id = c.id ORDER BY 1, 2, 3
"""
_SUBMISSIONS = "SELECT student_id, timestamp FROM submitted_assignment ORDER BY 1"
_SCORES = "SELECT * FROM seniorkit_score ORDER BY 1, 2, 3, 4"

Rows = list[tuple[object, ...]]


def dump(course: Path) -> dict[str, Rows]:
    """Grades, comments, submissions and scores of a course's gradebook, without random ids."""
    with sqlite3.connect(course / "gradebook.db") as database:
        return {
            name: database.execute(query).fetchall()
            for name, query in (
                ("grades", _GRADES),
                ("comments", _COMMENTS),
                ("submissions", _SUBMISSIONS),
                ("scores", _SCORES),
            )
        }
