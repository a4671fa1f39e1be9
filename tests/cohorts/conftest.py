"""A course of one week, released once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.course import Course, open_course
from tests.cohorts.course import make_course
from tests.cohorts.running import LEARNERS


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with an exchange; nobody has handed in yet."""
    folder = tmp_path_factory.mktemp("week")
    make_course(folder / "course", [1], LEARNERS, exchange=folder / "exchange")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Callable[..., tuple[Course, Path | None]]:
    """A fresh copy of that course, with its exchange or without."""

    def copy(*, exchange: bool = True) -> tuple[Course, Path | None]:
        shutil.copytree(made, tmp_path / "all")
        config = tmp_path / "all" / "course" / "nbgrader_config.py"
        named = f"c.Exchange.root = {str(made / 'exchange')!r}\n"
        ours = f"c.Exchange.root = {str(tmp_path / 'all' / 'exchange')!r}\n"
        text = config.read_text()
        assert named in text
        config.write_text(text.replace(named, ours if exchange else ""))
        return open_course(tmp_path / "all" / "course"), (
            tmp_path / "all" / "exchange" if exchange else None
        )

    return copy
