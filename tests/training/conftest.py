"""A small part of the calibration set, with which a fit takes a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.training import Labelled, Rows, load_labelled, model_answers, training_rows
from graders.training.padding import load_padding

CALIBRATION = Path(__file__).parents[1] / "calibration"
QUESTIONS = ("concept/caching", "design/rate-limiter", "story/business-impact", "career/level-fit")


@pytest.fixture(scope="session")
def few() -> list[Labelled]:
    """Some answers to four questions of four kinds."""
    answers = [a for a in load_labelled(CALIBRATION / "answers") if a.question_id in QUESTIONS]
    return answers[::2]


@pytest.fixture(scope="session")
def rows(few: list[Labelled]) -> Rows:
    """All that a model of them is fitted to."""
    return training_rows(few, model_answers(QUESTIONS), load_padding(CALIBRATION / "padding.txt"))
