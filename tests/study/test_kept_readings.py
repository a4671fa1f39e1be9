"""What was read in stories is kept: found again without the judge, never wrong, never in the way."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.study import kept_readings, signals
from graders.study.kept_readings import FILE, Known, read_all
from graders.study.signals import SIGNALS
from tests.study.told import labelled

STORIES = [(entry["title"], entry["text"]) for entry in labelled()][:6]


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing can be read anew."""

    def refuse(title: str, text: str) -> Known:
        raise AssertionError(f"{title!r} was read again")

    monkeypatch.setattr(kept_readings, "_read", refuse)


def same(one: Known, other: Known) -> bool:
    if one.direction is None or other.direction is None:
        return one.reading == other.reading and one.direction is other.direction
    return one.reading == other.reading and bool((one.direction == other.direction).all())


def test_what_was_read_once_is_found_again_word_for_word(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = read_all(STORIES, tmp_path)
    request.getfixturevalue("deaf")
    again = read_all(list(reversed(STORIES)), tmp_path)
    assert all(same(a, b) for a, b in zip(first, reversed(again), strict=True))
    assert all(
        quote in text
        for known, (_, text) in zip(first, STORIES, strict=True)
        for signal in known.reading.signals
        for quote in signal.evidence
    )


def test_the_file_holds_no_word_of_a_story_and_is_its_owners_alone(tmp_path: Path) -> None:
    read_all(STORIES, tmp_path)
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT key, reading FROM kept").fetchall()
    assert len(rows) == len(STORIES)
    kept = " ".join(reading for _, reading in rows)
    names = {*signals.ABOUT_SIGNAL, "scope", "judgment", "collaboration", "learning", "impact"}
    for _, text in STORIES:
        for word in {w.strip(".,;:") for w in text.split() if len(w) > 8} - names:
            assert f" {word} " not in kept and f'"{word}"' not in kept


def test_another_text_another_title_or_other_readers_are_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, text = STORIES[0]
    read_all([(title, text)], tmp_path)
    read = []
    honest = kept_readings._read
    monkeypatch.setattr(kept_readings, "_read", lambda a, b: read.append((a, b)) or honest(a, b))
    read_all([(title, text), (title, text + " And so on."), ("Another", text)], tmp_path)
    assert read == [(title, text + " And so on."), ("Another", text)]
    monkeypatch.setattr(kept_readings, "_readers", lambda: b"changed")
    read_all([(title, text)], tmp_path)
    assert read[-1] == (title, text)


@pytest.mark.parametrize("fault", ["no database", "a row that is no reading", "a folder", "locked"])
def test_whatever_is_wrong_with_the_file_the_stories_are_read(tmp_path: Path, fault: str) -> None:
    right = read_all(STORIES[:2], tmp_path)
    path = tmp_path / FILE
    lock = None
    if fault == "no database":
        path.write_bytes(b"this is no database" * 100)
    elif fault == "a folder":
        path.unlink()
        path.mkdir()
    else:
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("UPDATE kept SET reading = '[]', direction = NULL")
        if fault == "locked":
            lock.execute("BEGIN EXCLUSIVE")
    found = read_all(STORIES[:2], tmp_path)
    if lock is not None:
        lock.close()
    assert all(same(a, b) for a, b in zip(right, found, strict=True))
    if fault == "no database":
        read_all(STORIES[:1], tmp_path)
        read_all(STORIES[:1], tmp_path)
        assert sqlite3.connect(path).execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_readings, "MOST", 3)
    read_all(STORIES, tmp_path)
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (3,)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_found_again_as_it_was_read(tmp_path: Path, title: str, text: str) -> None:
    (first,), (again,) = read_all([(title, text)], tmp_path), read_all([(title, text)], tmp_path)
    assert len(first.reading.signals) == len(SIGNALS)
    assert same(first, again)


def test_a_kept_bank_opens_without_the_judge(tmp_path: Path) -> None:
    source = """
import json, sys
from pathlib import Path
from graders.study.kept_readings import read_all
read_all([tuple(pair) for pair in json.loads(sys.argv[1])], Path(sys.argv[2]))
print("tokenizers" in sys.modules)
"""
    import json

    loaded = [
        subprocess.run(
            [sys.executable, "-c", source, json.dumps(STORIES), str(tmp_path)],
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert loaded == ["True", "False"]
