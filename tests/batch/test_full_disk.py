"""A disk that is full in the middle: one clear line, nothing lost, and the next run does the rest."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from tests.batch.test_engine import RUBRIC, _course, _graded, _hand_in


@pytest.mark.parametrize("room", [4_096, 140_000], ids=["at once", "in the middle"])
def test_a_full_disk_is_one_line_and_the_next_run_does_the_rest(tmp_path: Path, room: int) -> None:
    course = _course(tmp_path, rubric=RUBRIC)
    submissions = [_hand_in(course, learner) for learner in ("ada", "bob")]
    before = {path: path.read_bytes() for folder in submissions for path in folder.iterdir()}

    def no_file_may_grow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    seniorkit = str(Path(sys.executable).parent / "seniorkit")
    result = subprocess.run(
        [seniorkit, "grade", "hw", "--course", str(course)],
        preexec_fn=no_file_may_grow, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert "Traceback" not in result.stdout + result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("seniorkit:")]
    assert len(errors) == 1
    assert "disk is not full" in errors[0] or "free space" in errors[0]
    assert before == {
        path: path.read_bytes() for folder in submissions for path in folder.iterdir()
    }

    assert grade_assignment(course, "hw").failed == {}
    assert [score for _, score, _ in _graded(course)].count(2.0) == 2
