"""A gradebook that another program keeps locked: one clear sentence, and the next run does the rest."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from graders.batch.ledger import Ledger
from graders.errors import StoreError, UsageError
from tests.batch.dump import everything
from tests.batch.nursery import AtOnce
from tests.batch.test_killed import essays  # noqa: F401


@pytest.fixture
def course(essays: Path, tmp_path: Path) -> Path:  # noqa: F811
    shutil.copytree(essays, tmp_path / "course")
    return tmp_path / "course"


def test_a_locked_gradebook(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graders.gradebook.book.PATIENCE_MS", 50)
    whole = course.parent / "whole"
    shutil.copytree(course, whole)
    grade_assignment(whole, "hw", executor=AtOnce())
    lock = sqlite3.connect(course / "gradebook.db", isolation_level=None)

    def told(done: int, total: int, what: str) -> None:
        if done == 3:
            lock.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="database is locked"):
        grade_assignment(course, "hw", executor=AtOnce(), progress=told)
    lock.execute("ROLLBACK")
    lock.close()
    outcome = grade_assignment(course, "hw", executor=AtOnce())
    assert (len(outcome.unchanged), len(outcome.graded)) == (3, 5)
    assert everything(course) == everything(whole)


def test_a_second_run_of_the_same_assignment_waits_and_then_says_so(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.batch.ledger.PATIENCE", 0.2)
    began, end = threading.Event(), threading.Event()

    def first() -> None:
        with Ledger(course, "hw") as ledger, ledger.alone():
            began.set()
            end.wait(30)

    thread = threading.Thread(target=first)
    thread.start()
    began.wait(30)
    with pytest.raises(UsageError, match="another run grades"):
        grade_assignment(course, "hw", executor=AtOnce())
    end.set()
    thread.join()
    assert grade_assignment(course, "hw", executor=AtOnce()).failed == {}


def test_a_ledger_that_is_something_else_costs_nothing_but_time(course: Path) -> None:
    (course / ".seniorkit").mkdir()
    (course / ".seniorkit" / "ledger.sqlite3").write_text("dear diary " * 100)
    assert grade_assignment(course, "hw", executor=AtOnce()).failed == {}
