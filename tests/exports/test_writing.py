from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graders.cli.export import pairs
from graders.course import Course
from graders.errors import UsageError
from graders.exports import FORMATS, Choices, write
from tests.exports.marks import make_course

PROGRAMS = Path(sys.executable).parent


def _run(course: Course, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], cwd=course.root, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_csv_tells_a_zero_from_no_mark(course: Course, out: Path) -> None:
    done = write(course, ["week01"], "csv", out)
    rows = {row["student_id"]: row for row in csv.DictReader(out.open(encoding="utf-8"))}
    assert {name: (row["score"], row["state"]) for name, row in rows.items()} == {
        "ada": ("8.5", "graded"), "ben": ("5.25", "graded"), "cho": ("", "waiting"),
        "dee": ("", "missing"), "eve": ("0", "graded"),
    }  # fmt: skip
    assert rows["ada"]["last_name"] == "Byron, Countess", "quoted, not cut at the comma"
    assert rows["ben"]["last_name"] == '\'=HYPERLINK("http://x","y")'
    assert not done.complete


def test_a_mark_that_is_doubted_is_written_and_told(tmp_path: Path, out: Path) -> None:
    course = make_course(
        tmp_path / "c",
        {"ada": {}},
        {"week01": {"ada": {"tests": (4.0, None), "answer": (1.0, None)}}},
    )
    with course.gradebook() as book:
        book.flag_cells("ada", "week01", "week01", ["answer"])
    done = write(course, [], "csv", out)
    assert done.marks == 1
    (remark,) = done.remarks
    assert remark.startswith("week01: a person was to look at the marks of ada")
    (row,) = csv.DictReader(out.open(encoding="utf-8"))
    assert (row["score"], row["state"]) == ("5", "in doubt")


def test_json_says_who_gave_each_mark(course: Course, out: Path) -> None:
    write(course, [], "json", out)
    whole = json.loads(out.read_text("utf-8"))
    ben = next(one for one in whole["learners"] if one["id"] == "ben")
    assert ben["last_name"].startswith("=HYPERLINK"), "JSON is no spreadsheet"
    cells = {cell["grade_id"]: cell for cell in ben["assignments"]["week01"]["cells"]}
    assert cells["answer"]["points"] == 3.25 and cells["answer"]["by_a_person"]
    assert ben["assignments"]["week02"] == {
        "points": None, "state": "missing", "handed_in": None, "penalty": 0.0, "cells": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("assignments", "format", "template", "choices", "said"),
    [
        (["week09"], "csv", None, Choices(), "no assignment 'week09'.*week01"),
        ([], "excel", None, Choices(), "no format 'excel'.*canvas"),
        ([], "canvas", None, Choices(), "--template"),
        ([], "csv", Path("x.csv"), Choices(), "no template"),
        ([], "csv", None, Choices(students=("zed",)), "no learner 'zed'"),
        (["week01"], "csv", None, Choices(columns={"week02": "x"}), "not exported"),
    ],
)
def test_wrong_use_says_what_to_do(
    course: Course, out: Path, assignments: list[str], format: str, template: Path | None,
    choices: Choices, said: str,
) -> None:  # fmt: skip
    with pytest.raises(UsageError, match=said):
        write(course, assignments, format, out, template, choices=choices)
    assert not out.exists()


def test_nbgrader_itself_exports_with_the_plug_in(course: Course, tmp_path: Path) -> None:
    template = tmp_path / "canvas.csv"
    template.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,week01 (1)\n"
        "    Points Possible,,,,,10\nAda,5,,ada,A,\nZed,6,,zed,A,\n"
    )
    ended = _run(
        course, "nbgrader", "export", "--exporter=graders.exports.CanvasExport",
        f"--CanvasExport.template={template}", "--CanvasExport.assignment=week01",
        f"--to={tmp_path / 'marks.csv'}",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "marks.csv").read_text().splitlines()[2] == "Ada,5,,ada,A,8.5"
    assert "Zed" in ended.stderr, "who is not in the gradebook is told"


def test_the_command_lists_and_ends_with_one_if_somebody_is_left_out(course: Course) -> None:
    ended = _run(course, "seniorkit", "export", "csv", "week01")
    assert ended.returncode == 1, ended.stderr
    assert "cho: week01 waits for a person" in ended.stdout
    assert (course.root / "exports" / "week01-csv.csv").exists()


def test_pairs_of_an_option() -> None:
    assert pairs(["week01=Quiz = 1 (5)"], "--column") == {"week01": "Quiz = 1 (5)"}
    assert pairs(["a=b=ann"], "--same") == {"a=b": "ann"}
    for wrong in (["nothing"], ["=x"], ["a=1", "a=2"]):
        with pytest.raises(UsageError):
            pairs(wrong, "--same")


def test_every_format_has_a_plug_in() -> None:
    from graders import exports

    plugs = [exports.CanvasExport, exports.MoodleExport, exports.MoodleWorksheetExport]
    plugs += [exports.CsvExport, exports.JsonExport]
    assert {plug.form for plug in plugs} == set(FORMATS)
