from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graders.course import Course
from graders.errors import UsageError
from graders.exports import Choices, Exported, write

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,week01 (101),week02 (102),Current Score\n"
MANUAL = ",,,,,Manual Posting,,\n"
POSSIBLE = "    Points Possible,,,,,10.00,10.00,(read only)\n"
PEOPLE = (
    '"Byron, Ada",501,s1,ada,A,,9.00,50.0\n'
    '"=HYPERLINK(""http://x"",""y"")",77,,,A,1.00,,50.0\n'
    "Müller Cho,503,,CHO@uni.example,A,2.00,,\n"
    "Nobody Else,504,,zed,A,3.00,,\n"
    '"Student, Test",505,,abc123,A,,,\n'
)


def _template(tmp_path: Path, text: str = HEADER + MANUAL + POSSIBLE + PEOPLE) -> Path:
    path = tmp_path / "canvas.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _export(course: Course, tmp_path: Path, template: Path, **choices: object) -> Exported:
    return write(
        course, ["week01"], "canvas", tmp_path / "out.csv", template,
        choices=Choices(**choices),  # type: ignore[arg-type]
    )  # fmt: skip


def _rows(done: Exported) -> list[list[str]]:
    with done.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_marks_stand_in_canvas_own_rows_below_both_header_rows(
    course: Course, tmp_path: Path
) -> None:
    rows = _rows(_export(course, tmp_path, _template(tmp_path)))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "week01 (101)"]
    assert rows[1][-1] == "Manual Posting"
    assert rows[2][0].strip() == "Points Possible" and rows[2][-1] == "10.00"
    assert {row[1]: row[-1] for row in rows[3:]} == {
        "501": "8.5", "77": "5.25", "503": "2.00", "504": "3.00", "505": "",
    }  # fmt: skip


def test_who_is_left_out_is_listed_with_the_reason(course: Course, tmp_path: Path) -> None:
    done = _export(course, tmp_path, _template(tmp_path))
    assert done.marks == 2 and not done.complete
    assert done.blank == ("cho: week01 waits for a person",), "never a silent zero"
    assert done.strangers == ("Nobody Else",), "Canvas's own test student is no stranger"
    assert done.absent == ("dee", "eve")


def test_a_name_that_is_a_formula_does_no_harm(course: Course, tmp_path: Path) -> None:
    done = _export(course, tmp_path, _template(tmp_path))
    assert "'=HYPERLINK" in _rows(done)[4][0]
    assert any("harmless" in remark for remark in done.remarks)


def test_the_export_of_an_export_is_the_same(course: Course, tmp_path: Path) -> None:
    first = _export(course, tmp_path, _template(tmp_path)).path.read_bytes()
    (tmp_path / "again.csv").write_bytes(first)
    assert _export(course, tmp_path, tmp_path / "again.csv").path.read_bytes() == first


def test_other_points_are_converted_only_if_asked_for(course: Course, tmp_path: Path) -> None:
    template = _template(tmp_path, (HEADER + POSSIBLE + PEOPLE).replace("10.00,10.00", "20,10"))
    with pytest.raises(UsageError, match=r"worth 10 points in the gradebook, 20 in the file"):
        _export(course, tmp_path, template)
    assert not (tmp_path / "out.csv").exists()
    rows = _rows(_export(course, tmp_path, template, scale=True))
    assert rows[2][-1] == "17"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Name,Mark\nx,1\n", "no column 'Student'"),
        (HEADER + PEOPLE, "Points Possible"),
        ((HEADER + POSSIBLE + PEOPLE).replace("week01", "Quiz"), r"Name it: --column"),
        ((HEADER + POSSIBLE + PEOPLE).replace("week02", "Week 01"), "more than one"),
        (HEADER + POSSIBLE + "Nobody,9,,x,A,,,\n", "none of the 1 rows"),
    ],
)
def test_another_file_is_refused_and_nothing_written(
    course: Course, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        _export(course, tmp_path, _template(tmp_path, text))
    assert not (tmp_path / "out.csv").exists()


def test_a_column_that_canvas_computes_is_not_filled(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not let"):
        _export(course, tmp_path, _template(tmp_path), columns={"week01": "Current Score"})


def test_two_rows_of_one_learner_are_both_left_alone(course: Course, tmp_path: Path) -> None:
    text = HEADER + POSSIBLE + PEOPLE + "Twin,506,ada,,A,6.00,,\n"
    done = _export(course, tmp_path, _template(tmp_path, text))
    assert {row[1]: row[-1] for row in _rows(done)[2:]}["501"] == ""
    assert {row[1]: row[-1] for row in _rows(done)[2:]}["506"] == "6.00"
    assert len(done.unclear) == 2 and "ada" in done.unclear[0]


def test_a_person_can_say_whose_row_it_is(course: Course, tmp_path: Path) -> None:
    done = _export(course, tmp_path, _template(tmp_path), same={"Nobody Else": "eve"})
    assert {row[1]: row[-1] for row in _rows(done)[3:]}["504"] == "0", "a mark that is zero"
    assert done.strangers == ()


def test_missing_work_is_a_zero_only_if_asked_for(course: Course, tmp_path: Path) -> None:
    template = _template(tmp_path, HEADER + POSSIBLE + "Dee,9,,dee,A,,,\n")
    assert _rows(_export(course, tmp_path, template))[2][-1] == ""
    assert _rows(_export(course, tmp_path, template, missing="zero"))[2][-1] == "0"
