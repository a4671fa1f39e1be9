from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.batch.submissions import handed_in
from graders.cohorts.collect import Collected, collect
from graders.cohorts.delivery import MAX_NOTEBOOK_BYTES, opened
from graders.cohorts.people import People, read_roster, slug
from graders.course import Course
from graders.errors import UsageError
from graders.gradebook.term import Learner
from tests.exports.marks import make_course

DUE = datetime(2026, 3, 8, 23, 59)
LEARNERS = {
    "ada": {"first_name": "Ada", "last_name": "Byron", "email": "ada@uni.example", "lms_user_id": "501"},
    "ben": {"first_name": "Ben", "last_name": "Müller", "lms_user_id": "502"},
    "cho": {"first_name": "Cho", "last_name": "Østergård"},
    "dee1": {"first_name": "Dee", "last_name": "Twin"},
    "dee2": {"first_name": "Dee", "last_name": "Twin"},
}  # fmt: skip
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = make_course(tmp_path / "course", LEARNERS, {"week01": {}}, due={"week01": DUE})
    (made.source("week01") / "week01.ipynb").write_bytes(NOTEBOOK)
    return made


def _zip(path: Path, files: dict[str, bytes], at: datetime = DUE - timedelta(days=1)) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return path


def _collect(course: Course, files: dict[str, bytes], **more: object) -> Collected:
    at = more.pop("at", DUE - timedelta(days=1))
    archive = _zip(course.root.parent / "download.zip", files, at)  # type: ignore[arg-type]
    return collect(course, "week01", archive, **more)  # type: ignore[arg-type]


def _submitted(course: Course) -> dict[str, bytes]:
    root = course.root / "submitted"
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "timestamp.txt"
    }


def test_a_canvas_download_ends_where_the_engine_looks(course: Course) -> None:
    done = _collect(
        course,
        {
            "byronada_501_9001_week01.ipynb": b"old",
            "byronada_501_9002_week01-1.ipynb": NOTEBOOK,
            "byronada_501_9003_answers.json": b"{}",
            "mullerben_LATE_502_9004_week01.ipynb": NOTEBOOK,
        },
    )
    assert done.taken == ("ada", "ben") and done.complete
    assert _submitted(course) == {
        "ada/week01/week01.ipynb": NOTEBOOK, "ada/week01/answers.json": b"{}",
        "ben/week01/week01.ipynb": NOTEBOOK,
    }  # fmt: skip
    (line,) = done.duplicates
    assert line.startswith("ada: byronada_501_9002_week01-1.ipynb counts, not byronada_501_9001")
    found = {one.student: one.problem for one in handed_in(course, "week01", ["week01"])}
    assert found == {"ada": None, "ben": None}


@pytest.mark.parametrize("form", ["{}/week01.ipynb", "{}week01.ipynb"])
def test_a_moodle_download_of_both_kinds(course: Course, form: str) -> None:
    done = _collect(
        course,
        {
            form.format("Ada Byron_11_assignsubmission_file_"): NOTEBOOK,
            form.format("Ben Müller_12_assignsubmission_file_"): NOTEBOOK,
            form.format("Cho Østergård_501_assignsubmission_file_"): NOTEBOOK,
        },
    )
    assert done.taken == ("ada", "ben", "cho"), "Moodle's number is not a person's"


def test_names_without_the_flag_for_utf8_are_read_as_they_were_meant(course: Course) -> None:
    name = "Ben Müller_12_assignsubmission_file_/week01.ipynb"
    archive = _zip(course.root.parent / "x.zip", {name: NOTEBOOK})
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.index(signature) + offset
        data[place : place + 2] = (int.from_bytes(data[place : place + 2], "little") & ~0x800).to_bytes(2, "little")  # fmt: skip
    archive.write_bytes(data)
    assert collect(course, "week01", archive).taken == ("ben",)


def test_nobody_is_guessed(course: Course) -> None:
    done = _collect(
        course,
        {
            "byronadda_999_1_week01.ipynb": NOTEBOOK,
            "twindee_998_2_week01.ipynb": NOTEBOOK,
            "mullerben_501_3_week01.ipynb": NOTEBOOK,
            "week01.ipynb": NOTEBOOK,
            "Zed Nobody/week01.ipynb": NOTEBOOK,
        },
    )
    assert done.taken == () and _submitted(course) == {}
    said = "\n".join(done.strangers)
    assert "byronadda: perhaps ada (Ada Byron)" in said
    assert "more than one learner is called that (dee1, dee2)" in said
    assert "the file is ada by its number, ben by its name" in said
    assert "week01.ipynb: the name does not say whose it is" in said
    assert "Zed Nobody: nobody is called like that" in said


def test_a_person_decides_who_a_stranger_is(course: Course) -> None:
    files = {"byronadda_999_1_week01.ipynb": NOTEBOOK, "twindee_998_2_week01.ipynb": NOTEBOOK}
    done = _collect(course, files, same={"byronadda": "ada", "998": "dee2"})
    assert done.taken == ("ada", "dee2")
    with pytest.raises(UsageError, match="no learner is called 'zed'"):
        _collect(course, files, same={"byronadda": "zed"})


def test_a_folder_of_attachments(course: Course, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    for name in ("ada@uni.example/week01.ipynb", "Ben Müller/week01 (1).ipynb", "cho_week01.ipynb"):
        (mails / name).parent.mkdir(parents=True, exist_ok=True)
        (mails / name).write_bytes(NOTEBOOK)
    (mails / "dee1").symlink_to("/etc")
    (mails / "dee2_week01.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(mails / "dee1_pipe.ipynb")
    done = collect(course, "week01", mails)
    assert done.taken == ("ada", "ben", "cho")
    assert len(done.refused) == 3
    assert set(_submitted(course)) == {
        f"{who}/week01/week01.ipynb" for who in ("ada", "ben", "cho")
    }


def test_collecting_again_changes_nothing_and_newer_work_counts(course: Course) -> None:
    name = "byronada_501_1_week01.ipynb"
    _collect(course, {name: NOTEBOOK})
    assert _collect(course, {name: NOTEBOOK}).unchanged == ("ada",)
    newer = _collect(course, {name: b"newer"}, at=DUE - timedelta(hours=1))
    assert newer.replaced == ("ada",)
    older = _collect(course, {name: b"older"}, at=DUE - timedelta(days=3))
    assert older.taken == () and len(older.older) == 1
    assert _submitted(course) == {"ada/week01/week01.ipynb": b"newer"}


def test_a_dry_run_writes_nothing(course: Course) -> None:
    done = _collect(course, {"byronada_501_1_week01.ipynb": NOTEBOOK}, dry_run=True)
    assert done.taken == ("ada",) and not (course.root / "submitted").exists()


def test_nobody_pays_for_the_time_of_the_download(course: Course) -> None:
    files = {"byronada_501_1_week01.ipynb": NOTEBOOK, "mullerben_LATE_502_2_week01.ipynb": NOTEBOOK}
    _collect(course, files, at=DUE + timedelta(days=9))
    stamps = [
        (course.root / "submitted" / who / "week01" / "timestamp.txt").read_text()
        for who in ("ada", "ben")
    ]
    assert stamps[0] == "2026-03-08 23:59:00 UTC" and stamps[1] > stamps[0]


def test_a_killed_run_loses_no_submission(course: Course) -> None:
    name = "byronada_501_1_week01.ipynb"
    _collect(course, {name: NOTEBOOK})
    folder = course.root / "submitted" / "ada" / "week01"
    folder.rename(folder.with_name(".week01.earlier"))  # killed between the two renames
    assert _collect(course, {name: NOTEBOOK}).unchanged == ("ada",)
    assert [path.name for path in folder.parent.iterdir()] == ["week01"]


HOSTILE = [
    "../../evil.ipynb", "/etc/evil.ipynb", "C:\\evil.ipynb", "a/../../evil.ipynb",
    "ada/./evil.ipynb", "..\\evil.ipynb", "ada//evil.ipynb", "ada/e\x1b[2Jvil.ipynb",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused_and_the_rest_collected(
    course: Course, name: str
) -> None:
    before = {path for path in course.root.parent.rglob("*") if "submitted" not in path.parts}
    done = _collect(course, {name: b"x", "byronada_501_1_week01.ipynb": NOTEBOOK})
    assert len(done.refused) == 1 and "its name" in done.refused[0]
    assert done.taken == ("ada",) and not done.complete
    after = {path for path in course.root.parent.rglob("*") if "submitted" not in path.parts}
    assert {path.name for path in after - before} <= {"download.zip"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab./\\:~_\0é"), min_size=1, max_size=12), max_size=4))
def test_no_name_leads_out_of_a_folder(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in dict.fromkeys(names):
            archive.writestr(zipfile.ZipInfo(name.lstrip("\0") or "a"), b"x")
    path = tmp_path_factory.mktemp("zips") / "x.zip"
    path.write_bytes(buffer.getvalue())
    base = Path("/base")
    with opened(path) as delivery:
        for piece in delivery.pieces:
            whole = Path(os.path.normpath(base.joinpath(*piece.parts)))
            assert base in whole.parents


def test_bombs_links_and_locked_files_are_refused_with_a_sentence(course: Course) -> None:
    path = course.root.parent / "download.zip"
    link = zipfile.ZipInfo("byronada_501_1_week01.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("mullerben_502_2_week01.ipynb", bytes(30_000_000))
        archive.writestr("østergårdcho_503_3_week01.ipynb", bytes(MAX_NOTEBOOK_BYTES + 1))
    done = collect(course, "week01", path)
    assert done.taken == ()
    assert ["link" in done.refused[0], "grow" in done.refused[1], "larger" in done.refused[2]] == [True] * 3  # fmt: skip


def test_an_entry_that_lies_about_its_size_is_not_unpacked_further(course: Course) -> None:
    path = course.root.parent / "download.zip"
    data = os.urandom(200_000)
    _zip(path, {"byronada_501_1_week01.ipynb": data})
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"PK\x01\x02") + 24
    raw[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(raw)
    done = collect(course, "week01", path)
    assert done.taken == () and "cannot be unpacked" in done.refused[0]


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 half of one"])
def test_what_is_no_archive_is_told(course: Course, data: bytes) -> None:
    path = course.root.parent / "x.zip"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="no zip archive"):
        collect(course, "week01", path)


def test_an_unknown_assignment_is_told(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no assignment 'week09'.*week01"):
        collect(course, "week09", tmp_path)


def test_a_roster_names_learners_whom_the_gradebook_does_not_know(course: Course) -> None:
    roster = course.root.parent / "roster.csv"
    roster.write_text("id,first_name,last_name,email\nzoe,Zoë,Añón,zoe@uni.example\n", "utf-8")
    done = _collect(course, {"anonzoe_7_1_week01.ipynb": NOTEBOOK}, roster=roster)
    assert done.taken == ("zoe",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx\n", "no column has the learners' ids"),
        ("id\nada\nada\n", "stands there twice"),
        ("id\n../ada\n", "cannot be the name of a folder"),
    ],
)
def test_a_wrong_roster_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_roster(path)


@given(st.sampled_from(["Ada Byron", "ADA BYRON", "ada  byron", "Ada-Byron"]))
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    people = People([Learner("ada", "Ada", "Byron")], {})
    assert people.find(name).student == "ada"
    assert slug(name) == "adabyron"


def test_the_command_lists_and_ends_with_one_if_a_file_has_no_place(course: Course) -> None:
    files = {"byronada_501_1_week01.ipynb": NOTEBOOK, "zednobody_9_2_week01.ipynb": NOTEBOOK}
    archive = _zip(course.root.parent / "download.zip", files)
    seniorkit = str(Path(sys.executable).parent / "seniorkit")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [
            seniorkit,
            "collect",
            "zip",
            "week01",
            str(archive),
            "--course",
            str(course.root),
        ]
        return subprocess.run([*command, *more], capture_output=True, text=True, check=False)

    first = run("--handed-in", "2026-03-08T20:00+01:00")
    assert first.returncode == 1 and "zednobody: nobody is called like that" in first.stdout
    stamp = course.root / "submitted" / "ada" / "week01" / "timestamp.txt"
    assert stamp.read_text() == "2026-03-08 19:00:00 UTC"
    second = run("--same", "zednobody=dee1")
    assert second.returncode == 0 and "1 collected" in second.stdout
    assert run("--handed-in", "yesterday").returncode == 2
