"""A learner's request travels with a submission, and is filed once, as what it is: foreign text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graders.cli.app import app
from graders.cohorts.appeals import open_appeals
from graders.cohorts.requests import FILE, Request, read_requests, take_requests, write_request
from graders.errors import AnswersError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cli.test_review import run
from tests.cohorts.desk import CACHING, hand_over
from tests.conftest import WEEK, Classroom

WHY = "The second paragraph says what a stampede costs."


def handed_in(classroom: Classroom, learner: str, content: object = None) -> Path:
    """A request that came with next week's submission."""
    folder = classroom.root / "submitted" / learner / "week02"
    folder.mkdir(parents=True, exist_ok=True)
    if content is None:
        return write_request(folder, Request(assignment=WEEK, grade_id=CACHING, text=WHY))
    (folder / FILE).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder / FILE


def test_it_is_filed_once_for_the_learner_whose_folder_it_lies_in(classroom: Classroom) -> None:
    for learner in ("ada", "bob"):
        hand_over(classroom, learner, ScriptedJudge(default=Level.MID))
    handed_in(classroom, "ada")
    course = classroom.open()
    (filed,) = take_requests(course).filed
    assert (filed.place.student, filed.place.grade_id, filed.text) == ("ada", CACHING, WHY)
    assert take_requests(course).filed == ()
    assert open_appeals(course) == [filed]


def test_one_broken_file_stops_no_other(classroom: Classroom) -> None:
    hand_over(classroom, "zoe", ScriptedJudge(default=Level.MID))
    one = {"assignment": WEEK, "grade_id": CACHING, "text": "Please."}
    for learner, content in {
        "ada": "{",
        "bob": {"requests": [one]},
        "cy": {"requests": [{**one, "student": "zoe"}]},
        "di": "[" * 100_000,
        "ed": {"requests": [one] * 41},
        "fay": " " * 200_001,
    }.items():
        handed_in(classroom, learner, content)
    (handed_in(classroom, "gus")).unlink()
    (classroom.root / "submitted" / "gus" / "week02" / FILE).symlink_to("/etc/passwd")
    handed_in(classroom, "zoe")
    taken = take_requests(classroom.open())
    assert [one.place.student for one in taken.filed] == ["zoe"]
    assert set(taken.problems) == {"ada", "bob", "cy", "di", "ed", "fay", "gus"}
    assert "has no graded answer" in taken.problems["bob"]
    assert not any("root:" in problem for problem in taken.problems.values())


@given(st.lists(st.text(min_size=1, max_size=50), min_size=1, max_size=5))
def test_what_is_written_is_read_and_the_same_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("mine")
    wanted: dict[str, Request] = {}
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            continue
        request = Request(assignment=WEEK, grade_id=CACHING, text=text)
        write_request(folder, request)
        wanted.pop(text, None)
        wanted[text] = request
    if wanted:
        assert read_requests(folder / FILE) == tuple(wanted.values())


def test_a_folder_that_takes_no_more_says_so(tmp_path: Path) -> None:
    for number in range(40):
        write_request(tmp_path, Request(assignment=WEEK, grade_id=CACHING, text=str(number)))
    with pytest.raises(AnswersError, match="more than 40"):
        write_request(tmp_path, Request(assignment=WEEK, grade_id=CACHING, text="one more"))
    with pytest.raises(AnswersError, match="cannot be written"):
        write_request(tmp_path / "nowhere", Request(assignment=WEEK, grade_id=CACHING, text="x"))


def test_both_sides_by_the_command_line(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    folder = handed_in(classroom, "ada").parent
    (folder / FILE).unlink()
    arguments = ["appeal", "write", WEEK, CACHING, WHY, "--folder", str(folder)]
    assert "handed in with this folder" in CliRunner().invoke(app, arguments).output
    assert run(classroom, "appeal", "take")[1].startswith("1 new requests")
    handed_in(classroom, "bob", "{")
    code, shown = run(classroom, "appeal", "take")
    assert code == 1
    assert "bob: appeals.json: the requests cannot be read" in shown
