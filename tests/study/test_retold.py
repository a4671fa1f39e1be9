"""The same story in other words is found; another story with the same subject is not."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from graders.study.retold import retold
from tests.study.told import half

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers"


@pytest.mark.parametrize("name", ["tune", "held"])
def test_each_retelling_is_found_and_nothing_else(name: str) -> None:
    stories = half(name)
    wanted = {(e["retells"], e["id"]) for e in stories if "retells" in e}
    found = {
        (stories[a]["id"], stories[b]["id"])
        for a, b, _ in retold([f"{e['title']}. {e['text']}" for e in stories])
    }
    assert found == wanted  # 4 of 4, and none of the other 116 pairs


def test_different_stories_about_the_same_question_are_kept_apart() -> None:
    wrong = pairs = 0
    for path in sorted(ANSWERS.glob("story-*.jsonl")) + sorted(ANSWERS.glob("leadership-*.jsonl")):
        entries = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        texts = [e["text"] for e in entries if e["level"] in ("mid", "senior", "staff")]
        pairs += len(list(itertools.combinations(texts, 2)))
        wrong += len(retold(texts))
    assert pairs > 1_500
    assert wrong / pairs < 0.04  # 2.8% when it was measured


def test_notes_and_empty_texts_are_not_compared() -> None:
    assert retold(["", "I led.", "I led.", " "]) == []
    assert retold([]) == []


def test_a_copy_is_found_first() -> None:
    first, second = half("tune")[0]["text"], half("tune")[2]["text"]
    assert [(a, b) for a, b, _ in retold([second, first, first])] == [(1, 2)]
