from __future__ import annotations

from pathlib import Path

import pytest

from graders.course import Course
from tests.exports.marks import make_course

LEARNERS = {
    "ada": {"first_name": "Ada", "last_name": "Byron, Countess", "email": "ada@uni.example"},
    "ben": {"first_name": "Ben", "last_name": '=HYPERLINK("http://x","y")', "lms_user_id": "77"},
    "cho": {"first_name": "Cho", "last_name": "Müller", "email": "Cho@Uni.example"},
    "dee": {"first_name": "Dee", "last_name": "O'Neill"},
    "eve": {"first_name": "Eve", "last_name": "Late"},
}
MARKS = {
    "week01": {
        "ada": {"tests": (4.0, None), "answer": (4.5, None)},
        "ben": {"tests": (2.0, None), "answer": (1.0, 3.25)},
        "cho": {"tests": (4.0, None), "answer": (None, None)},
        "eve": {"tests": (0.0, None), "answer": (0.0, None)},
    },
    "week02": {"ada": {"tests": (1.0, None), "answer": (1.0, None)}},
}


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """ada 8.5, ben 5.25 (a person's mark counts), cho waits for a person, dee handed in nothing."""
    return make_course(tmp_path_factory.mktemp("exports") / "course", LEARNERS, MARKS)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"
