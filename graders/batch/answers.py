"""The free-text answers of an assignment as a judge will be given them, before anything is graded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from graders.answers import SIDECAR, Answer, AnswersFile
from graders.batch.nameless import Nameless
from graders.batch.submissions import handed_in
from graders.course import Course, check_assignment, open_course
from graders.errors import AnswersError
from graders.judges.gates import inspect
from graders.question import Question
from graders.submitted import answer_cells, load_raw


def answers_in(root: Path, assignment: str) -> Iterator[tuple[Question, Answer]]:
    """Every answer of *assignment* that a judge has to read, by question.

    Grading reads the submissions once more. An answer that it finds elsewhere, such as one in a
    cell that a learner copied, was then not asked about, and waits for a person.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.

    Raises:
        UsageError: If course or assignment do not exist.
        RubricError: If a rubric is broken.
        StoreError: If the gradebook cannot be used.
    """
    yield from answers_of(open_course(root), assignment)


def answers_of(
    course: Course, assignment: str, students: Collection[str] | None = None
) -> Iterator[tuple[Question, Answer]]:
    """As `answers_in`, for a course that is open already; only of *students* if they are given."""
    bound = course.questions(assignment)
    check_assignment(course, assignment)
    with course.gradebook() as gradebook:
        stubs = {
            (notebook, grade_id): mark.source
            for notebook in bound
            for grade_id, mark in gradebook.marks(assignment, notebook).items()
        }
        submissions = handed_in(course, assignment, gradebook.notebooks(assignment))
    names = Nameless.of_course(course)
    folders = [
        handed.folder
        for handed in submissions
        if handed.problem is None and (students is None or handed.student in students)
    ]
    for notebook, questions in sorted(bound.items()):
        for grade_id, question in questions.items():
            stub = stubs.get((notebook, grade_id), "")
            for folder in folders:
                # The same words as grading sends, so that its verdicts are found.
                text = names.hidden(folder.parent.name, _answer(folder, notebook, grade_id, stub))
                gate = inspect(question, text)
                if gate.stop is None:
                    yield question, Answer(question_id=question.id, text=gate.document.raw)


def _answer(folder: Path, notebook: str, grade_id: str, stub: str) -> str:
    """What the learner wrote: into the cell (the last that is not blank), or else the box."""
    path = folder / f"{notebook}.ipynb"
    cells = answer_cells(load_raw(path)) if path.is_file() else iter(())
    written = [text for name, text in cells if name == grade_id and not _is_blank(text, stub)]
    if written:
        return written[-1]
    try:
        saved = AnswersFile(folder / SIDECAR).read().get(grade_id)
    except AnswersError:
        return ""
    return saved.text if saved else ""


def _is_blank(text: str, stub: str) -> bool:
    return not text.strip() or " ".join(text.split()) == " ".join(stub.split())
