"""CSV and JSON for one's own programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from graders.exports.sheet import Form, encoded, save, written
from graders.exports.values import Choices, Exported, mark
from graders.gradebook.term import Learner, Term, Work

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "state",
)  # fmt: skip
"""Those of nbgrader's own CSV export, and how far each is."""

SCHEMA_VERSION = 1


def write_csv(term: Term, assignments: Sequence[str], target: Path, choices: Choices) -> Exported:
    """One row for each learner and assignment; a mark that nobody has given yet is empty.

    Raises:
        StoreError: If *target* cannot be written.
    """
    rows: list[Sequence[str]] = [COLUMNS]
    blank, count = [], 0
    for name in assignments:
        facts = term.assignment(name)
        for learner in _chosen(term, choices):
            work = term.work(learner.student, name)
            points, why = mark(term, learner.student, name, choices)
            count += points is not None
            if points is None:
                blank.append(f"{learner.student}: {name} {why}")
            rows.append(
                [
                    name,
                    facts.due.isoformat() if facts.due else "",
                    work.at.isoformat() if work and work.at else "",
                    learner.student,
                    learner.last_name,
                    learner.first_name,
                    learner.email,
                    written(work.given) if work and work.marks else "",
                    written(work.penalty) if work else "",
                    "" if points is None else written(points),
                    written(facts.max_points),
                    _shown(term.state(learner.student, name), work),
                ]
            )
    save(target, encoded(rows, Form(newline="\n")))
    return Exported(target, count, blank=tuple(blank))


def _shown(state: str, work: Work | None) -> str:
    """The state; a mark that a person was to look at says so wherever it is read."""
    return "in doubt" if state == "graded" and work and work.doubtful else state


def write_json(term: Term, assignments: Sequence[str], target: Path, choices: Choices) -> Exported:
    """Everything: assignments, and of each learner the state, the mark and the mark of each cell.

    Raises:
        StoreError: If *target* cannot be written.
    """
    blank, count = [], 0
    learners = []
    for learner in _chosen(term, choices):
        marks: dict[str, object] = {}
        for name in assignments:
            points, why = mark(term, learner.student, name, choices)
            count += points is not None
            if points is None:
                blank.append(f"{learner.student}: {name} {why}")
            marks[name] = {"points": points, **_details(term, learner.student, name)}
        learners.append(
            {
                "id": learner.student,
                "first_name": learner.first_name,
                "last_name": learner.last_name,
                "email": learner.email,
                "assignments": marks,
            }
        )
    facts = [term.assignment(name) for name in assignments]
    whole = {
        "schema": SCHEMA_VERSION,
        "assignments": [
            {
                "name": one.name,
                "due": one.due.isoformat() if one.due else None,
                "max_points": one.max_points,
            }
            for one in facts
        ],
        "learners": learners,
    }
    save(target, (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode())
    return Exported(target, count, blank=tuple(blank))


def _chosen(term: Term, choices: Choices) -> list[Learner]:
    return [one for one in term.learners if not choices.students or one.student in choices.students]


def _details(term: Term, student: str, assignment: str) -> dict[str, object]:
    work = term.work(student, assignment)
    return {
        "state": term.state(student, assignment),
        "handed_in": work.at.isoformat() if work and work.at else None,
        "penalty": work.penalty if work else 0.0,
        "cells": [
            {
                "notebook": one.item.notebook,
                "grade_id": one.item.grade_id,
                "points": one.points,
                "max_points": one.item.max_points,
                "by_a_person": one.manual is not None,
                "needs_a_person": one.doubtful,
            }
            for one in (work.marks if work else ())
        ],
    }
