"""Padding adds what says nothing to weak answers, and changes neither their label nor their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.levels import Level
from graders.training import Labelled
from graders.training.padding import EVERY, load_padding, padded
from tests.training.conftest import CALIBRATION

SENTENCES = load_padding(CALIBRATION / "padding.txt")


def test_only_weak_answers_are_padded_and_keep_their_label(few: list[Labelled]) -> None:
    known = {answer.id: answer for answer in few}
    found = padded(few, SENTENCES)
    weak = [answer for answer in few if answer.level <= Level.MID]
    assert len(found) == -(-len(weak) // EVERY)
    for one in found:
        answer = known[one.id.removesuffix("~padded")]
        assert answer.level <= Level.MID
        assert (one.level, one.dimensions) == (answer.level, answer.dimensions)
        assert one.question_id == answer.question_id


def test_the_answer_is_still_there_and_something_is_added(few: list[Labelled]) -> None:
    known = {answer.id: answer for answer in few}
    for one in padded(few, SENTENCES):
        old, new = known[one.id.removesuffix("~padded")].text.split(), one.text.split()
        rest = iter(new)
        assert all(word in rest for word in old), one.id  # in their order
        assert len(new) > len(old)


def test_padding_repeats(few: list[Labelled]) -> None:
    assert padded(few, SENTENCES) == padded(few, SENTENCES)


def test_no_sentence_of_the_padding_stands_twice() -> None:
    assert len(SENTENCES) == len(set(SENTENCES)) >= 40


def test_a_missing_or_empty_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    for name in ("none.txt", "empty.txt"):
        with pytest.raises(UsageError, match="no sentences"):
            load_padding(tmp_path / name)
