"""One person's data: all of it to read, and all of it to remove, with what remains and why."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.batch.nameless import Nameless
from graders.cohorts.exchange import exchange_of
from graders.cohorts.kept import JudgesFiles, in_ledger, out_of_ledger
from graders.cohorts.traces import Traces, files_below, find_traces
from graders.course import Course
from graders.errors import StoreError, UsageError
from graders.gradebook.personal import Rows, remove_person, rows_about
from graders.gradebook.term import Learner, load_learners
from graders.question import Question
from graders.reports.pseudonyms import Pseudonyms
from graders.score import Score

NOT_KNOWN = (
    "the learner's own computer and home folder: answers, progress and nbgrader's cache, which are theirs",
    "what other learners wrote about them in their own work, which is those learners' data",
    "backups, the learning platform, and mails: this kit does not know them",
)
"""What no command here can reach."""


@dataclass(frozen=True)
class Forgotten:
    """What was removed (or would be), and what remains.

    Attributes:
        student: The learner's id.
        removed: What is gone, with the place.
        remains: What is still there, and why.
        again: Commands that write the removed reports again.
    """

    student: str
    removed: tuple[str, ...]
    remains: tuple[str, ...]
    again: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    rows: Rows
    traces: Traces
    stages: int
    verdicts: list[str]
    judges: JudgesFiles

    @property
    def nothing(self) -> bool:
        return not (self.rows or self.traces.own or self.stages)


def forget(course: Course, student: str, *, dry_run: bool = False) -> Forgotten:
    """Remove a person from the gradebook, the folders, the exchange, the ledger and all caches.

    The gradebook comes last: whatever interrupts it, the same command does the rest.

    Args:
        course: The course.
        student: The learner's id.
        dry_run: Whether to look only.

    Raises:
        UsageError: If nothing is there of such a learner.
        StoreError: If something cannot be removed; what was not yet removed is still there.
    """
    found = _find(course, student)
    removed, remains = _said(course, found)
    if not dry_run:
        _remove_files(found.traces)
        out_of_ledger(course, student, found.verdicts)
        found.judges.remove()
        removed += [
            f"gradebook, {name}: {count}" for name, count in remove_person(course.db_url, student).items()
        ]  # fmt: skip
    else:
        removed += [f"gradebook, {name}: {len(rows)}" for name, rows in found.rows.items()]
    return Forgotten(student, tuple(removed), tuple(remains), tuple(_again(course, found.traces)))


def about(course: Course, student: str) -> dict[str, Any]:
    """All data about one person, as JSON has it.

    Raises:
        UsageError: If nothing is there of such a learner.
        StoreError: If something cannot be read.
    """
    found = _find(course, student)
    files = files_below(found.traces.own)
    return {
        "schema": 1,
        "learner": student,
        "pseudonym_in_reports": Pseudonyms.of_course(course, [student]).of(student),
        "gradebook": found.rows,
        "files": [{"path": _shown(course, path), "bytes": path.stat().st_size} for path in files],
        "ledger": {"stages": found.stages, "verdicts": len(found.verdicts)},
        "kept_verdicts_of_language_models": found.judges.count,
        "reports_that_mention_the_learner": [_shown(course, p) for p in found.traces.made],
        "other_files_that_mention_the_learner": [_shown(course, p) for p in found.traces.others],
        "not_searched": [*NOT_KNOWN, *_not_searched(found)],
    }


def own_files(course: Course, student: str) -> list[tuple[str, Path]]:
    """Name and place of each file of one person, for an archive.

    Raises:
        UsageError: If nothing is there of such a learner.
    """
    return [
        (_shown(course, path).lstrip("/"), path)
        for path in files_below(_find(course, student).traces.own)
    ]


def _find(course: Course, student: str) -> _Found:
    if not student or "/" in student or "\\" in student or student.startswith("."):
        raise UsageError(f"{student!r} is no learner's id", fix="Give the id, not a path")
    exchange = exchange_of(course)
    rows = rows_about(course.db_url, student)
    known = {one.student: one for one in load_learners(course.db_url)}
    answers = _answers(course, rows)
    stages, verdicts = in_ledger(course, student, answers)
    found = _Found(
        rows,
        find_traces(
            course, exchange, student, _words(course, known.get(student, Learner(student)))
        ),
        stages,
        verdicts,
        JudgesFiles([*answers, *_as_sent(course, student, answers)]),
    )
    if found.nothing:
        raise UsageError(
            f"nothing is there of a learner {student!r}", where=str(course.root), fix="Check the id"
        )
    return found


def _words(course: Course, learner: Learner) -> list[str]:
    pseudonym = Pseudonyms.of_course(course, [learner.student]).of(learner.student)
    words = [learner.student, learner.email, pseudonym]
    if learner.first_name and learner.last_name:
        words += [learner.name, f"{learner.last_name}, {learner.first_name}"]
    return [word for word in words if word]


def _answers(course: Course, rows: Rows) -> list[tuple[Question | None, str, Score]]:
    questions: dict[str, dict[str, dict[str, Question]]] = {}
    found = []
    for row in rows.get("seniorkit_score", []):
        name = str(row["assignment"])
        if name not in questions:
            questions[name] = course.questions(name) if course.source(name).is_dir() else {}
        question = questions[name].get(row["notebook"], {}).get(row["grade_id"])
        found.append((question, str(row["answer"]), Score.model_validate(row["score"])))
    return found


def _as_sent(
    course: Course, student: str, answers: list[tuple[Question | None, str, Score]]
) -> list[tuple[Question | None, str, Score]]:
    """The answers as a language model got them; those that are the same are left out."""
    names = Nameless.of_course(course)
    sent = [(question, names.hidden(student, text), score) for question, text, score in answers]
    return [one for one, own in zip(sent, answers, strict=True) if one[1] != own[1]]


def _said(course: Course, found: _Found) -> tuple[list[str], list[str]]:
    traces = found.traces
    removed = [f"{_shown(course, path)} ({len(files_below([path]))} files)" for path in traces.own]
    removed += [f"{_shown(course, path)} (mentions the learner)" for path in traces.made]
    if found.stages or found.verdicts:
        removed.append(f"ledger: {found.stages} stages, {len(found.verdicts)} verdicts")
    if found.judges.count:
        removed.append(f"kept verdicts of language models: {found.judges.count}")
    remains = [
        f"{_shown(course, path)}: mentions the learner; not written by this kit, so yours to edit"
        for path in traces.others
    ]
    remains += [
        f"{_shown(course, path)}: a copy of a database; remove it if it is no longer needed"
        for path in traces.databases
    ]
    return removed, [*remains, *_not_searched(found), *NOT_KNOWN]


def _not_searched(found: _Found) -> list[str]:
    return [found.judges.unreachable] if found.judges.unreachable else []


def _again(course: Course, traces: Traces) -> list[str]:
    commands = []
    for path in traces.made:
        inside = path.relative_to(course.root).parts
        anonymised = " --anonymised" if "anonymised" in inside else ""
        if path.stem == "cohort_report":
            commands.append(f"seniorkit report cohort {inside[1]}{anonymised}")
        elif path.stem == "term_report":
            commands.append(f"seniorkit report term{anonymised}")
        elif path.name in ("feedback.zip", "week.json"):
            commands.append(f"seniorkit week {inside[1]}")
        elif path.stem == "quality_report":
            commands.append(f"seniorkit quality {inside[1]}")
    return list(dict.fromkeys(commands))


def _remove_files(traces: Traces) -> None:
    for path in (*traces.made, *traces.own):
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot be removed ({error.strerror or error})",
                where=str(error.filename or path),
                fix="Correct the rights; the same command does the rest",
            ) from None


def _shown(course: Course, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)
