"""`*.rubric.yaml`: which cells are judged by what, and nothing graded with a broken one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graders.errors import RubricError
from graders.question import Question, load_question
from graders.question.assignment import load_rubrics

GOOD = """\
assignment: week01
answers:
  - grade_id: answer-caching
    question: concept/caching
  - grade_id: answer-impact
    question: story/business-impact
"""

WHOLE = """\
assignment: week01
answers:
  - grade_id: answer-caching
    question:
      id: concept/leases
      kind: concept
      topic: locks
      minutes: 10
      prompt: What is a lease?
      criteria:
        - id: expiry
          dimension: mechanism
          asks: How does it end?
          mid: It expires.
          senior: It expires with a margin.
          staff: It is fenced.
          evidence: {senior: [Two seconds earlier.], staff: [The token is refused.]}
          tip: Say what happens when the clocks disagree.
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An assignment's folder with a notebook that has two answer cells."""
    folder = tmp_path / "source" / "week01"
    folder.mkdir(parents=True)
    cells = [
        {
            "cell_type": "markdown",
            "id": grade_id,
            "metadata": {
                "nbgrader": {
                    "grade": True,
                    "grade_id": grade_id,
                    "locked": False,
                    "points": 5,
                    "schema_version": 3,
                    "solution": True,
                    "task": False,
                }
            },
            "source": "YOUR ANSWER HERE",
        }
        for grade_id in ("answer-caching", "answer-impact")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for name in ("week01", "extra"):
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def fault(source: Path, text: str, name: str = "week01") -> str:
    path = source / f"{name}.rubric.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        load_rubrics(source)
    assert str(caught.value).startswith(str(path))
    assert caught.value.fix
    return str(caught.value).removeprefix(str(path))


def test_an_assignment_without_rubrics_has_none(source: Path) -> None:
    assert load_rubrics(source) == {}
    assert load_rubrics(source / "gone") == {}


def test_each_cell_gets_its_question(source: Path) -> None:
    (source / "week01.rubric.yaml").write_text(GOOD)
    assert load_rubrics(source) == {
        "week01": {
            "answer-caching": load_question("concept/caching"),
            "answer-impact": load_question("story/business-impact"),
        }
    }


def test_a_question_may_be_written_in_the_rubric(source: Path) -> None:
    (source / "week01.rubric.yaml").write_text(WHOLE)
    question = load_rubrics(source)["week01"]["answer-caching"]
    assert isinstance(question, Question)
    assert (question.id, question.prompt) == ("concept/leases", "What is a lease?")


def test_every_notebook_has_a_rubric_of_its_own(source: Path) -> None:
    (source / "week01.rubric.yaml").write_text(GOOD)
    (source / "extra.rubric.yaml").write_text(WHOLE)
    rubrics = load_rubrics(source)
    assert {name: list(questions) for name, questions in rubrics.items()} == {
        "extra": ["answer-caching"],
        "week01": ["answer-caching", "answer-impact"],
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("week01", "week02", ["'week02'", "'week01'"]),
        ("concept/caching", "concept/cashing", [":4:", "answers.0.question", "concept/caching"]),
        ("concept/caching", "../../secret", [":4:", "answers.0.question", "../../secret"]),
        ("answer-impact", "answer-caching", ["'answer-caching'", "twice"]),
        ("answers:", "answer:", ["answer", "answers"]),
        ("    question: story/business-impact\n", "", [":5:", "answers.1.question", "missing"]),
        ("grade_id: answer-impact", "grade_id: 7", [":5:", "answers.1.grade_id", "string"]),
        ("    question: story", "    points: 5\n    question: story", [":6:", "points", "unknown"]),
        (GOOD, "assignment: week01\nanswers: []\n", [":2:", "answers"]),
        (GOOD, "", ["mapping"]),
    ],
)
def test_a_broken_rubric_says_where(source: Path, old: str, new: str, words: list[str]) -> None:
    message = fault(source, GOOD.replace(old, new))
    assert all(word in message for word in words), message


def test_a_cell_that_is_bound_twice_is_named_with_its_line(source: Path) -> None:
    message = fault(source, GOOD.replace("answer-impact", "answer-caching"))
    assert int(message.split(":")[1]) in (3, 5), message


@pytest.mark.parametrize(
    ("old", "new", "lines", "words"),
    [
        ("      prompt: What is a lease?\n", "", (4, 5), ["question.prompt", "missing"]),
        ("minutes: 10", "minutes: ten", (8,), ["question.minutes", "integer"]),
        (
            "          mid: It",
            "          middle: x\n          mid: It",
            (14,),
            ["middle", "unknown"],
        ),
    ],
)
def test_a_fault_in_a_question_written_in_the_rubric_is_the_one_that_is_named(
    source: Path, old: str, new: str, lines: tuple[int, ...], words: list[str]
) -> None:
    assert old in WHOLE
    message = fault(source, WHOLE.replace(old, new))
    assert all(word in message for word in words), message
    assert "constrained-str" not in message
    assert int(message.split(":")[1]) in lines, message


def test_a_rubric_of_a_notebook_that_does_not_exist_stops_the_run(source: Path) -> None:
    fault(source, GOOD, name="weak01")


def test_a_rubric_of_a_cell_that_does_not_exist_stops_the_run(source: Path) -> None:
    message = fault(source, GOOD.replace("answer-caching", "answer-cash"))
    assert message.startswith(":3: answers.0.grade_id: ")
    assert "'answer-cash'" in message
    assert "Known: answer-caching, answer-impact" in message


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', '{"cells": [{}]}'])
def test_a_notebook_that_cannot_be_read_is_left_to_nbgrader(source: Path, content: str) -> None:
    (source / "week01.rubric.yaml").write_text(GOOD)
    (source / "week01.ipynb").write_text(content)
    assert len(load_rubrics(source)["week01"]) == 2


def test_one_broken_rubric_stops_all(source: Path) -> None:
    (source / "extra.rubric.yaml").write_text(WHOLE)
    fault(source, GOOD.replace("concept/caching", "concept/none"))
