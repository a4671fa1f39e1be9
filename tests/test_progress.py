"""The learner's progress file: what was added is read, whatever happens to the file around it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.errors import StoreError
from graders.levels import Level
from graders.progress import Attempt, Progress, default_path
from graders.score import Score, Verdict

SCORE = Score(
    question_id="concept/caching",
    judge="scripted",
    judge_version="1",
    rubric_digest="d",
    level=Level.SENIOR,
    points=0.9333,
    dimensions={"mechanism": 2.8},
    verdicts=(Verdict(criterion="c", dimension="mechanism", level=None, evidence=("é\n",)),),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        at=st.datetimes(
            datetime(2000, 1, 1), datetime(2100, 1, 1),
            timezones=st.integers(-14, 14).map(lambda h: timezone(timedelta(hours=h))),
        ),
        question_id=st.sampled_from(["concept/caching", "story/business-impact"]),
        answer=TEXT,
        score=st.just(SCORE),
    ),
    max_size=5,
)  # fmt: skip


def attempt(answer: str = "x", question_id: str = "concept/caching") -> Attempt:
    return Attempt(datetime(2030, 1, 1, tzinfo=UTC), question_id, answer, SCORE)


@settings(max_examples=40)
@given(ATTEMPTS)
def test_what_was_added_is_read_back_in_order(added: list[Attempt]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "progress.sqlite3"
        for each in added:
            Progress(path).add(each)
        assert Progress(path).attempts() == added
        for question_id in ("concept/caching", "story/business-impact", "design/none"):
            of_one = [each for each in added if each.question_id == question_id]
            assert Progress(path).attempts(question_id) == of_one


def test_times_come_back_in_utc(tmp_path: Path) -> None:
    local = datetime(2030, 1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    progress = Progress(tmp_path / "p")
    progress.add(Attempt(local, "q", "x", SCORE))
    (read,) = progress.attempts()
    assert read.at == local
    assert read.at.utcoffset() == timedelta(0)


def test_looking_does_not_make_a_file(tmp_path: Path) -> None:
    assert Progress(tmp_path / "new" / "progress.sqlite3").attempts() == []
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made_for_the_first_attempt(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "a" / "b" / "progress.sqlite3")
    progress.add(attempt())
    assert progress.attempts() == [attempt()]


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path / "mine.sqlite3"))
    Progress().add(attempt())
    assert default_path() == tmp_path / "mine.sqlite3"
    assert Progress(tmp_path / "mine.sqlite3").attempts() == [attempt()]


def test_a_home_folder_in_the_environment_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `%env` in a notebook, Docker's ENV and .env files do not expand the tilde.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SENIORKIT_PROGRESS", "~/mine.sqlite3")
    assert default_path() == tmp_path / "mine.sqlite3"


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_name_the_file_lies_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SENIORKIT_PROGRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("SENIORKIT_PROGRESS", value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_path().is_absolute()
    assert tmp_path in default_path().parents
    assert "seniorkit" in str(default_path())


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")


def _broken_row(path: Path) -> None:
    Progress(path).add(attempt())
    with sqlite3.connect(path) as database:
        database.execute("UPDATE attempt SET score = '{}'")


def _wrong_time(path: Path) -> None:
    Progress(path).add(attempt())
    with sqlite3.connect(path) as database:
        database.execute("UPDATE attempt SET at = 'yesterday'")


def _no_table(path: Path) -> None:
    Progress(path).add(attempt())
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE attempt")


@pytest.mark.parametrize(
    "damage", [_garbage, _newer, _broken_row, _wrong_time, _no_table, Path.mkdir]
)
def test_a_file_that_cannot_be_read_is_an_error_that_says_what_to_do(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "progress.sqlite3"
    damage(path)
    with pytest.raises(StoreError) as caught:
        Progress(path).attempts()
    assert str(path) in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize("damage", [_garbage, _newer])
def test_a_file_that_is_not_ours_is_not_written_to(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "progress.sqlite3"
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        Progress(path).add(attempt())
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    for made_by in ("CREATE TABLE grade (points REAL)", "PRAGMA application_id = 7"):
        path = tmp_path / made_by.split()[0]
        with sqlite3.connect(path) as database:
            database.execute(made_by)
        before = path.read_bytes()
        with pytest.raises(StoreError, match="another program"):
            Progress(path).add(attempt())
        assert path.read_bytes() == before


def test_a_newer_file_asks_for_an_update(tmp_path: Path) -> None:
    _newer(tmp_path / "p")
    with pytest.raises(StoreError, match=r"newer version .* Update seniorkit"):
        Progress(tmp_path / "p").attempts()


def test_a_place_where_no_file_can_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="SENIORKIT_PROGRESS"):
        Progress(tmp_path / "file" / "progress.sqlite3").add(attempt())


def test_half_an_emoji_is_stored_or_refused_in_words(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p")
    progress.add(attempt("safe"))
    try:
        progress.add(attempt("half an emoji \ud83d"))
    except StoreError:
        assert len(progress.attempts()) == 1
    else:
        assert len(progress.attempts()) == 2


def test_an_empty_file_is_a_fresh_start(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"")
    assert Progress(tmp_path / "p").attempts() == []
    Progress(tmp_path / "p").add(attempt())
    assert Progress(tmp_path / "p").attempts() == [attempt()]


def test_several_kernels_may_add_at_once_to_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    code = (
        "import sys; from pathlib import Path\n"
        "from graders.progress import file; file.PATIENCE_SECONDS = 60\n"
        "sys.path.insert(0, sys.argv[1]); import test_progress as t\n"
        "print(flush=True), sys.stdin.read(1)\n"
        "for n in range(15): t.Progress(Path(sys.argv[2])).add(t.attempt(f'{sys.argv[3]}-{n}'))"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(Path(__file__).parent), str(path), name],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in "abcd"
    ]  # fmt: skip
    for kernel in kernels:
        assert kernel.stdout is not None
        kernel.stdout.readline()
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write(b"g")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=120)
    assert [kernel.returncode for kernel in kernels] == [0] * 4
    answers = [each.answer for each in Progress(path).attempts()]
    assert sorted(answers) == sorted(f"{name}-{n}" for name in "abcd" for n in range(15))
    for name in "abcd":
        mine = [answer for answer in answers if answer.startswith(name)]
        assert mine == [f"{name}-{n}" for n in range(15)]


def test_a_file_in_use_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graders.progress.file.PATIENCE_SECONDS", 0.1)
    path = tmp_path / "progress.sqlite3"
    Progress(path).add(attempt())
    other = sqlite3.connect(path)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"in use .* Try again"):
            Progress(path).add(attempt())
    finally:
        other.close()
    assert Progress(path).attempts() == [attempt()]
