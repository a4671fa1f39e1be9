"""The rest of the progress file: old files, looks, mocks, stories, settings, export, deletion."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graders.errors import StoreError, UsageError
from graders.levels import Level
from graders.progress import (
    Attempt,
    DrillRecord,
    Look,
    Mock,
    Progress,
    Settings,
    StoryVersion,
    new_key,
)
from graders.progress.schema import _FIRST
from tests.test_progress import SCORE, attempt

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
FULL = Attempt(
    NOON, "design/chat", "x", SCORE, cold=False, hints=2, seconds=61.5, daily=date(2030, 1, 1),
    mock="m", variation="v",
)  # fmt: skip
MOCK = Mock("m1", "loop", NOON, NOON, {"turns": [{"text": "é <b>"}]})
STORY = StoryVersion("s1", NOON, "Billing", "I moved it.", "2028", "Acme")
DRILL = DrillRecord(NOON, 7, "retention", "3 TB", 2, True, True, False, True, 12.0)


def old_file(path: Path, count: int = 3) -> Path:
    """A file as version 1 wrote it."""
    with sqlite3.connect(path) as database:
        database.executescript(_FIRST + "PRAGMA user_version = 1;")
        for number in range(count):
            database.execute(
                "INSERT INTO attempt (at, question_id, answer, score) VALUES (?, ?, ?, ?)",
                (NOON.isoformat(), "concept/caching", f"a{number % 2}", SCORE.model_dump_json()),
            )
    return path


def filled(path: Path) -> Progress:
    progress = Progress(path)
    progress.add(FULL)
    progress.add_look(Look(NOON, "design/chat", "hint"))
    progress.save_mock(MOCK)
    progress.add_story(STORY)
    progress.add_drill(DRILL)
    progress.save_settings(Settings(name="ana", focus=("caching",), staff_horizon_months=18))
    return progress


def everything(progress: Progress) -> tuple[Any, ...]:
    return (
        progress.attempts(), progress.looks(), progress.mocks(), progress.stories(),
        progress.drills(), progress.settings(),
    )  # fmt: skip


def test_all_that_is_added_is_read_back(tmp_path: Path) -> None:
    assert everything(filled(tmp_path / "p")) == (
        [FULL], [Look(NOON, "design/chat", "hint")], [MOCK], [STORY], [DRILL],
        Settings(name="ana", focus=("caching",), staff_horizon_months=18),
    )  # fmt: skip


def test_nothing_reads_as_empty_and_makes_no_file(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p")
    assert everything(progress) == ([], [], [], [], [], Settings())
    assert progress.mock("m1") is None and progress.delete() == []
    assert progress.export()["attempts"] == [] and list(tmp_path.iterdir()) == []


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    filled(tmp_path / "p")
    assert stat.S_IMODE((tmp_path / "p").stat().st_mode) == 0o600


def test_an_old_file_is_read_and_a_copy_of_it_kept(tmp_path: Path) -> None:
    path = old_file(tmp_path / "p")
    before = path.read_bytes()
    attempts = Progress(path).attempts()
    assert [each.answer for each in attempts] == ["a0", "a1", "a0"]
    assert all(each.cold and each.hints == 0 and each.seconds is None for each in attempts)
    (copy,) = Progress(path).copies()
    assert copy.read_bytes() == before
    Progress(path).add(FULL)
    assert Progress(path).attempts() == [*attempts, FULL]
    assert len(Progress(path).copies()) == 1


def test_a_second_copy_does_not_replace_the_first(tmp_path: Path) -> None:
    Progress(old_file(tmp_path / "p")).attempts()
    (first,) = Progress(tmp_path / "p").copies()
    kept = first.read_bytes()
    (tmp_path / "p").unlink()
    Progress(old_file(tmp_path / "p", 5)).attempts()
    assert len(Progress(tmp_path / "p").copies()) == 2 and first.read_bytes() == kept


def test_an_upgrade_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: Any) -> None:
    path = old_file(tmp_path / "p")
    before = path.read_bytes()

    def full_disk(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("graders.progress.schema._give_keys", full_disk)
        with pytest.raises(StoreError, match="free space"):
            Progress(path).attempts()
    assert path.read_bytes() == before
    assert len(Progress(path).attempts()) == 3


def test_two_copies_of_an_old_file_merge_into_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    here, there = (Progress(old_file(tmp_path / name / "p")) for name in "ab")
    there.add(FULL)
    merged = here.merge(there.export())
    assert merged.added == {"attempts": 1} and merged.known == 3
    assert len(here.attempts()) == 4


def test_a_mock_interview_is_kept_as_it_now_stands(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p")
    progress.save_mock(MOCK)
    over = replace(
        MOCK, updated=NOON + timedelta(hours=1), finished=NOON + timedelta(hours=1),
        scorecard={"a": 1}, level=Level.SENIOR, signal="hire",
    )  # fmt: skip
    progress.save_mock(over)
    assert progress.mocks() == [over] and progress.mock("m1") == over


def test_the_last_version_of_a_story_counts_and_all_are_kept(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p")
    later = replace(STORY, text="I moved it, and why.", at=NOON + timedelta(days=1))
    other = replace(STORY, story_id="s2", title="Other")
    for version in (STORY, other, later):
        progress.add_story(version)
    assert progress.stories() == [later, other]
    progress.add_story(replace(later, withdrawn=True, at=NOON + timedelta(days=2)))
    assert progress.stories() == [other]
    assert [version.withdrawn for version in progress.story_versions("s1")] == [False, False, True]


def test_the_last_attempt_is_the_last_in_time(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p")
    for days, text in ((5, "new"), (1, "imported later")):
        progress.add(replace(FULL, at=NOON + timedelta(days=days), answer=text))
    assert progress.last_attempts()["design/chat"].answer == "new"
    outline = progress.outlines()[0]
    assert (outline.score.level, outline.score.verdicts) == (SCORE.level, ())


def test_an_export_gives_the_same_file_elsewhere_and_nothing_twice(tmp_path: Path) -> None:
    first = filled(tmp_path / "a")
    exported = json.loads(json.dumps(first.export()))
    second = Progress(tmp_path / "b")
    assert sum(second.merge(exported).added.values()) == 5
    assert everything(second) == everything(first)
    again = second.merge(exported)
    assert again.added == {} and again.known == 5
    assert second.export() == first.export()


def test_an_import_keeps_what_is_here(tmp_path: Path) -> None:
    there, here = filled(tmp_path / "a"), Progress(tmp_path / "b")
    mine = replace(MOCK, updated=NOON + timedelta(hours=2), state={"turns": ["later"]})
    here.save_mock(mine)
    here.save_settings(Settings(name="bo"))
    here.merge(there.export())
    assert here.mock("m1") == mine and here.settings().name == "bo"
    there.merge(here.export())
    assert there.mock("m1") == mine and there.settings().name == "ana"


def _break(name: str, **wrong: object) -> Callable[[dict[str, Any]], None]:
    return lambda exported: exported[name][0].update(wrong)


@pytest.mark.parametrize(
    "damage",
    [
        _break("attempts", score="{}"),
        _break("attempts", at="yesterday"),
        _break("attempts", at="2030-01-01T12:00:00"),
        _break("looks", what="everything"),
        _break("mocks", signal="maybe"),
        _break("mocks", state="[1]"),
        _break("stories", text=None),
        _break("drills", seed="x"),
        lambda exported: exported["looks"].append("x"),
        lambda exported: exported["attempts"][0].pop("key"),
        lambda exported: exported.update(attempts={"a": 1}),
        lambda exported: exported.update(settings=[1]),
        lambda exported: exported.update(settings={"focus": "caching"}),
        lambda exported: exported.update(version=99),
        lambda exported: exported.update(format="other"),
    ],
)
def test_a_broken_export_changes_nothing(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None]
) -> None:
    exported = filled(tmp_path / "a").export()
    damage(exported)
    here = Progress(tmp_path / "b")
    with pytest.raises(UsageError):
        here.merge(exported)
    assert everything(here) == ([], [], [], [], [], Settings())


def test_an_unknown_setting_of_a_later_kit_is_passed_over(tmp_path: Path) -> None:
    exported = filled(tmp_path / "a").export()
    exported["settings"]["colour"] = "blue"
    here = Progress(tmp_path / "b")
    here.merge(exported)
    assert here.settings().name == "ana"


def test_deleting_removes_the_file_and_its_copies_and_nothing_else(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    other.write_text("mine")
    progress = Progress(old_file(tmp_path / "p"))
    progress.attempts()
    gone = progress.delete()
    assert len(gone) == 2 and list(tmp_path.iterdir()) == [other]
    assert progress.attempts() == []


def test_what_is_not_ours_is_not_deleted(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "p") as database:
        database.execute("CREATE TABLE grade (points REAL)")
    (tmp_path / "q").write_bytes(b"not a database " * 100)
    for name in "pq":
        with pytest.raises(StoreError):
            Progress(tmp_path / name).delete()
        assert (tmp_path / name).exists()


def test_a_read_only_file_is_read_and_says_so_when_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p"
    Progress(path).add(attempt())
    connect = sqlite3.connect
    monkeypatch.setattr(
        "graders.progress.file.sqlite3.connect",
        lambda path, **options: connect(f"file:{path}?mode=ro", uri=True, **options),
    )
    assert Progress(path).attempts() == [attempt()]
    with pytest.raises(StoreError, match="read-only"):
        Progress(path).add(attempt())


def test_keys_are_given_once_and_kept() -> None:
    assert new_key() != new_key()
