"""What is handed to the Batch API is what grading will read, letter for letter."""

from __future__ import annotations

from collections.abc import Callable

from graders.answers import SIDECAR, Answer, AnswersFile
from graders.batch.answers import answers_in
from graders.judges.scripted import ScriptedJudge
from graders.question import Question
from tests.conftest import ESSAY, STORY, WEEK, Classroom, cell

Make = Callable[[], Classroom]


class Listening(ScriptedJudge):
    """A judge that keeps what it was given to read."""

    heard: list[tuple[str, str]] = []  # noqa: RUF012

    def judge(self, question: Question, answer: Answer) -> list:  # type: ignore[type-arg]
        self.heard.append((question.id, answer.text))
        return list(super().judge(question, answer))


def found(classroom: Classroom) -> list[tuple[str, str]]:
    return [(question.id, answer.text) for question, answer in answers_in(classroom.root, WEEK)]


def test_it_is_what_grading_reads(new_classroom: Make) -> None:
    classroom = new_classroom()
    notebook = classroom.blank()
    cell(notebook, "answer-caching")["source"] = f"{ESSAY}\n<!-- unseen -->"
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook)
    Listening.heard.clear()
    classroom.autograde(execute=False, judge=Listening())
    assert sorted(found(classroom)) == sorted(Listening.heard)
    assert len(Listening.heard) == 2


def test_blank_answers_and_unreadable_submissions_are_left_out(new_classroom: Make) -> None:
    classroom = new_classroom()
    classroom.hand_in(classroom.blank(), "ada")
    folder = classroom.hand_in(classroom.blank(), "bob")
    (folder / f"{WEEK}.ipynb").write_text("{")
    assert found(classroom) == []


def test_of_two_cells_the_last_that_is_not_blank_counts(new_classroom: Make) -> None:
    classroom = new_classroom()
    notebook = classroom.blank()
    stub = dict(cell(notebook, "answer-caching"))
    cell(notebook, "answer-caching")["source"] = ESSAY
    notebook["cells"].append({**stub, "id": "copy"})
    classroom.hand_in(notebook)
    assert found(classroom) == [("concept/caching", ESSAY)]


def test_what_was_typed_into_the_box_counts_where_the_cell_is_blank(new_classroom: Make) -> None:
    classroom = new_classroom()
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    box = AnswersFile(classroom.hand_in(notebook) / SIDECAR)
    box.save("answer-caching", "concept/caching", ESSAY, submitted=True)
    box.save("answer-impact", "story/business-impact", "Something else.", submitted=True)
    Listening.heard.clear()
    classroom.autograde(execute=False, judge=Listening())
    assert sorted(found(classroom)) == sorted(Listening.heard)
    assert {text for _, text in found(classroom)} == {ESSAY, STORY}
