"""What stands in for the answer box while a grader runs the notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import graders.study
from graders.study.placeholder import AnswerBoxPlaceholder
from graders.study.session import AnswerSession
from graders.study.widget import AnswerBox

CACHING = "concept/caching"


@pytest.fixture(autouse=True)
def _graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


def test_a_grader_gets_the_placeholder_and_a_learner_the_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert graders.study.AnswerBox is AnswerBoxPlaceholder
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert graders.study.AnswerBox is AnswerBox


def test_it_takes_what_the_box_takes() -> None:
    graders.study.AnswerBox(CACHING)
    graders.study.AnswerBox(CACHING, grade_id="answer-1")
    graders.study.AnswerBox(CACHING, session=AnswerSession(CACHING))


def test_it_shows_the_same_words_as_the_box() -> None:
    assert repr(graders.study.AnswerBox(CACHING)) == repr(AnswerBox(CACHING))


def test_it_touches_no_file_even_for_a_question_that_does_not_exist(tmp_path: Path) -> None:
    Path("answers.json").write_text("the learner's own file")
    graders.study.AnswerBox("concept/none", grade_id="answer-1")
    assert [path.name for path in tmp_path.iterdir()] == ["answers.json"]
    assert Path("answers.json").read_text() == "the learner's own file"


def test_other_names_are_not_replaced() -> None:
    assert graders.study.AnswerSession is AnswerSession
    with pytest.raises(AttributeError, match="no attribute 'AnswerBoxes'"):
        graders.study.AnswerBoxes  # noqa: B018


def test_a_graded_notebook_loads_no_widgets() -> None:
    code = (
        "import sys\n"
        "from graders.study import AnswerBox\n"
        f"AnswerBox({CACHING!r}, grade_id='a')\n"
        "print({'ipywidgets', 'anywidget'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
