from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest

from graders.course import Course
from graders.errors import UsageError
from graders.exports import Choices, write

WORKSHEET = (
    'Identifier;"Full name";"Email address";Status;Grade;"Maximum Grade";"Grade can be changed";"Last modified (grade)";"Feedback comments"\n'
    '"Participant 1";"Ada Byron";ada@uni.example;Submitted;;"10,00";Yes;"Monday, 2 March 2026, 10:00 AM";"=1+1"\n'
    '"Participant 77";"Ben";ben@x.example;Submitted;"3,00";"10,00";Yes;-;"Well done; -1 for style"\n'
    '"Participant 3";"Cho";cho@uni.example;Submitted;;"10,00";Yes;-;\n'
    '"Participant 5";"Eve";eve;Submitted;"9,00";"10,00";No;-;\n'
)


def _worksheet(tmp_path: Path, text: str = WORKSHEET) -> Path:
    path = tmp_path / "worksheet.csv"
    path.write_bytes(codecs.BOM_UTF8 + text.encode())
    return path


def test_a_worksheet_keeps_all_but_the_grades(course: Course, tmp_path: Path, out: Path) -> None:
    choices = Choices(same={"Participant 77": "ben"})
    done = write(course, ["week01"], "moodle-worksheet", out, _worksheet(tmp_path), choices=choices)
    data = out.read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    before = list(csv.reader(io.StringIO(WORKSHEET), delimiter=";"))
    after = list(csv.reader(io.StringIO(data[3:].decode()), delimiter=";"))
    assert [row[4] for row in after] == ["Grade", "8,5", "5,25", "", "9,00"], "Moodle's own commas"
    assert after[1][-1] == "'=1+1"
    for old, new in zip(before, after, strict=True):
        assert [c for n, c in enumerate(old) if n != 4 and c != "=1+1"] == [
            c for n, c in enumerate(new) if n != 4 and c != "'=1+1"
        ]
    assert done.marks == 2
    assert done.blank == (
        "cho: week01 waits for a person", "eve: week01 the mark is locked in the file",
    )  # fmt: skip


def test_a_worksheet_is_for_one_assignment(course: Course, tmp_path: Path, out: Path) -> None:
    with pytest.raises(UsageError, match="for one assignment, not for 2"):
        write(course, [], "moodle-worksheet", out, _worksheet(tmp_path))
    with pytest.raises(UsageError, match=r"no column 'Grade'.*Bewertung"):
        text = WORKSHEET.replace("Status;Grade;", "Status;Bewertung;")
        write(course, ["week01"], "moodle-worksheet", out, _worksheet(tmp_path, text))
    assert not out.exists()


def test_a_column_in_another_language_can_be_named(
    course: Course, tmp_path: Path, out: Path
) -> None:
    text = WORKSHEET.replace("Status;Grade;", "Status;Bewertung;").replace("Email address", "Mail")
    done = write(
        course, ["week01"], "moodle-worksheet", out, _worksheet(tmp_path, text),
        choices=Choices(columns={"week01": "Bewertung"}, match="Mail"),
    )  # fmt: skip
    assert done.marks == 1 and "8,5" in out.read_text("utf-8")


def test_a_grade_import_is_made_from_the_gradebook_alone(course: Course, out: Path) -> None:
    done = write(course, [], "moodle", out)
    rows = list(csv.reader(out.open(encoding="utf-8", newline="")))
    assert rows[0][-2:] == ["week01", "week02"]
    assert rows[1] == ["ada", "Ada", "Byron, Countess", "ada@uni.example", "8.5", "2"]
    assert rows[2][2].startswith("'=HYPERLINK")
    assert rows[3][-2:] == ["", ""], "what waits for a person is no zero"
    assert done.marks == 4


def test_a_grade_import_in_moodles_own_export(course: Course, tmp_path: Path, out: Path) -> None:
    template = tmp_path / "grades.csv"
    template.write_text(
        '"First name","Last name","ID number","Email address","Assignment: week01 (Real)","Quiz: other (Real)"\n'
        'Ada,Byron,,ada@uni.example,-,4.00\nBen,B,ben,,-,"5.00"\n'
    )
    write(course, ["week01"], "moodle", out, template)
    rows = list(csv.reader(out.open(encoding="utf-8", newline="")))
    assert rows[0][-1] == "Assignment: week01 (Real)", "other grades are not uploaded again"
    assert [row[-1] for row in rows[1:]] == ["8.5", "5.25"]
