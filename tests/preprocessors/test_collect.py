"""`CollectAnswers`: the answer reaches its cell, wherever the learner left it, and nothing crashes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.preprocessors import CollectAnswers
from tests.conftest import ESSAY, STORY, WEEK, Classroom, Graded, Notebook, cell


def boxed(text: str, grade_id: str = "answer-impact", **changes: object) -> dict[str, Any]:
    entry = {
        "question_id": "story/business-impact", "text": text,
        "saved_at": "2026-03-08T10:00:00Z", "submitted_at": None,
    }  # fmt: skip
    return {"schema_version": 1, "answers": {grade_id: entry}} | changes


def markdown(source: str, name: str, **metadata: object) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def graded(classroom: Classroom, notebook: Notebook, sidecar: object = None) -> Graded:
    classroom.hand_in(notebook, sidecar=sidecar)
    return classroom.autograde(execute=False)


def test_the_box_is_mirrored_into_the_empty_cell(classroom: Classroom) -> None:
    result = graded(classroom, classroom.blank(), boxed(STORY))
    assert result.notebook is not None
    assert cell(result.notebook, "answer-impact")["source"] == STORY
    assert result.cells["answer-impact"].points == 12
    assert "from_widget" in result.scores["answer-impact"].flags
    assert result.waiting == set()


def test_the_cell_wins_over_the_box_and_a_person_is_told(classroom: Classroom) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    result = graded(classroom, notebook, boxed("An older draft of it."))
    assert result.texts["answer-impact"] == STORY
    assert "both_places" in result.scores["answer-impact"].flags
    assert result.waiting == {"answer-impact"}


@pytest.mark.parametrize(("sidecar", "text", "points"), [(boxed(STORY), STORY, 12), (None, "", 0)])
def test_a_deleted_answer_cell_comes_back_and_a_person_is_told(
    classroom: Classroom, sidecar: object, text: str, points: float
) -> None:
    notebook = classroom.blank()
    notebook["cells"].remove(cell(notebook, "answer-impact"))
    result = graded(classroom, notebook, sidecar)
    assert result.texts["answer-impact"] == text
    assert result.cells["answer-impact"].points == points
    assert "cell_deleted" in result.scores["answer-impact"].flags
    assert result.waiting == {"answer-impact"}


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [(ESSAY, "YOUR ANSWER HERE", ESSAY), ("YOUR ANSWER HERE", ESSAY, ESSAY),
     ("My draft, to be thrown away.", ESSAY, ESSAY), (ESSAY, "  \n", ESSAY)],
    ids=["stub-last", "stub-first", "draft-first", "emptied-last"],
)  # fmt: skip
def test_of_duplicated_cells_the_last_with_words_counts(
    classroom: Classroom, first: str, second: str, counts: str
) -> None:
    notebook = classroom.blank()
    answer = cell(notebook, "answer-caching")
    answer["source"] = second
    twin = copy.deepcopy(answer) | {"id": "twin", "source": first}
    notebook["cells"].insert(notebook["cells"].index(answer), twin)
    result = graded(classroom, notebook)
    assert result.texts["answer-caching"] == counts
    assert "duplicated_cell" in result.scores["answer-caching"].flags
    assert result.waiting == {"answer-caching"}


@pytest.mark.parametrize("cell_type", ["code", "raw"])
def test_an_answer_in_a_cell_of_another_type_is_read(classroom: Classroom, cell_type: str) -> None:
    notebook = classroom.blank()
    answer = cell(notebook, "answer-caching")
    answer |= {"cell_type": cell_type, "source": ESSAY}
    if cell_type == "code":
        answer |= {"outputs": [], "execution_count": None}
    result = graded(classroom, notebook)
    assert result.texts["answer-caching"] == ESSAY
    assert result.cells["answer-caching"].points == 12


def test_text_in_a_cell_of_ones_own_is_shown_to_a_person(classroom: Classroom) -> None:
    notebook = classroom.blank()
    position = notebook["cells"].index(cell(notebook, "answer-caching"))
    notebook["cells"].insert(position + 1, markdown(ESSAY, "own"))
    result = graded(classroom, notebook)
    assert "text_elsewhere" in result.scores["answer-caching"].flags
    assert result.waiting == {"answer-caching"}


@pytest.mark.parametrize(
    "planted",
    [[1], "full marks", {"remarks": ["give full marks"], "flags": {"answer-impact": 5}},
     {"flags": []}],
)  # fmt: skip
def test_planted_notes_are_not_believed(classroom: Classroom, planted: object) -> None:
    notebook = classroom.blank()
    notebook["metadata"]["seniorkit"] = planted
    result = graded(classroom, notebook, boxed(STORY))
    assert (result.problem, result.remarks) == (None, "")
    assert result.scores["answer-impact"].flags == ("from_widget",)


HOSTILE = {
    "huge": "[" + "1," * 3_000_000 + "1]",
    "deep": '{"answers":' + "[" * 100_000 + "]" * 100_000 + "}",
    "half": '{"answers": {"answer-impact": {"text": "I ow',
    "entry-is-text": {"schema_version": 1, "answers": {"answer-impact": STORY}},
    "text-is-a-list": boxed([STORY]),  # type: ignore[arg-type]
    "lone-surrogate": '{"answers":{"answer-impact":{"question_id":"x","text":"\\ud800",'
    '"saved_at":"2026-03-08T10:00:00Z"}}}',
    "newer": boxed(STORY, schema_version=2),
    "bytes": b"\xff\x00{",
}


@pytest.mark.parametrize("sidecar", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_sidecar_is_a_remark(classroom: Classroom, sidecar: object) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-caching")["source"] = ESSAY
    result = graded(classroom, notebook, sidecar)
    assert "answers.json" in result.remarks
    assert result.cells["answer-caching"].points == 12


def test_blank_answers_beside_a_sidecar_that_cannot_be_read_wait(classroom: Classroom) -> None:
    result = graded(classroom, classroom.blank(), HOSTILE["half"])
    assert "answer-impact" in result.waiting, "the answer may stand in the damaged file"


def test_a_sidecar_of_a_newer_kit_is_named_as_such(classroom: Classroom) -> None:
    assert "newer" in graded(classroom, classroom.blank(), HOSTILE["newer"]).remarks


@pytest.mark.parametrize("target", ["missing", "answers.json", "week01.ipynb"])
def test_a_sidecar_that_is_a_link_is_dropped(classroom: Classroom, target: str) -> None:
    folder = classroom.hand_in(classroom.blank())
    (folder / "answers.json").symlink_to(target)
    result = classroom.autograde(execute=False)
    assert result.problem is None
    assert not (folder / "answers.json").is_symlink()


def test_hundreds_of_foreign_cells_do_not_bury_the_remarks(classroom: Classroom) -> None:
    notebook = classroom.blank()
    for number in range(300):
        name = {"grade_id": f"foreign-{number}-" + "x" * (200 * number)}
        notebook["cells"].append(markdown("", f"own-{number}", nbgrader=name))
    result = graded(classroom, notebook)
    assert 0 < len(result.remarks) < 10_000, "a person has to read them"


STRANGE_MARKS: dict[str, dict[str, Any]] = {
    "solution": {"solution": True},
    "text": {"locked": True},
    "answer": {"grade": True, "solution": True, "points": 3},
}


@pytest.mark.parametrize("marks", STRANGE_MARKS.values(), ids=STRANGE_MARKS)
def test_a_cell_copied_from_another_week_stops_nothing(
    classroom: Classroom, marks: dict[str, Any]
) -> None:
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    copied = {"grade_id": "week00-cell", "schema_version": 3} | plain | marks
    notebook = classroom.blank()
    notebook["cells"].append(markdown("What I wrote last week.", "copied", nbgrader=copied))
    result = graded(classroom, notebook, boxed(STORY))
    assert result.problem is None
    assert result.cells["answer-impact"].points == 12


@pytest.mark.parametrize(
    "changes",
    [{"grade": False}, {"points": "many"}, {"schema_version": 99}, {"schema_version": "3"},
     {"comment": "good"}],
    ids=str,
)  # fmt: skip
def test_marks_that_were_tampered_with_do_not_lose_the_answer(
    classroom: Classroom, changes: dict[str, Any]
) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-caching")["source"] = ESSAY
    cell(notebook, "answer-caching")["metadata"]["nbgrader"] |= changes
    result = graded(classroom, notebook, boxed(STORY))
    assert result.problem is None
    assert [result.cells[key].points for key in ("answer-caching", "answer-impact")] == [12, 12]


def test_a_deleted_task_costs_no_more_than_its_own_points(classroom: Classroom) -> None:
    notebook = classroom.blank()
    for grade_id in ("solution", "load", "memory", "hit-rate"):
        notebook["cells"].remove(cell(notebook, f"capacity-{grade_id}"))
    result = graded(classroom, notebook, boxed(STORY))
    assert result.problem is None
    assert result.cells["answer-impact"].points == 12


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["grade_id", "grade", "points", "nbgrader", "solution", "locked", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(marks=JSON, own=JSON)
def test_no_marks_keep_a_boxed_answer_from_its_cell(
    week_course: Path, tmp_path_factory: pytest.TempPathFactory, marks: Any, own: Any
) -> None:
    classroom = Classroom(week_course)
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["metadata"]["nbgrader"] = marks
    notebook["cells"].append(markdown("mine", "own", nbgrader=own))
    folder = tmp_path_factory.mktemp("handed-in")
    (folder / "answers.json").write_text(json.dumps(boxed(STORY)), encoding="utf-8")
    course = classroom.open()
    names = {"student": "ada", "assignment": WEEK, "notebook": WEEK, "db_url": course.db_url}
    collect = CollectAnswers(parent=None)
    collect.coursedir = course.directory
    collected, _ = collect.preprocess(
        nbformat.from_dict(notebook), {"nbgrader": names, "metadata": {"path": str(folder)}}
    )
    assert cell(collected, "answer-impact")["source"] == STORY
    assert str(collected).count("'grade_id': 'answer-impact',") == 1
