"""The drills in a notebook, without a page: ten answers, a tally, and faults as sentences."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.progress import Progress
from graders.study.drill_box import DrillBox
from graders.study.drill_game import DrillGame
from graders.study.drills import DrillResult


@pytest.fixture
def box(tmp_path: Path) -> DrillBox:
    return DrillBox(DrillGame(Progress(tmp_path / "p")))


def answer(box: DrillBox, text: Any, option: Any = None, seconds: Any = 3.5, **more: Any) -> None:
    told = {"kind": "answer", "text": text, "option": option, "seconds": seconds, **more}
    box._received(box, told, None)


def test_it_asks_ten_and_ends_with_the_tally(box: DrillBox) -> None:
    for number in range(1, 11):
        drill = box._game.current
        assert drill is not None and box.number == number
        assert box.task["options"] == list(drill.task.options)
        answer(box, drill.task.expected, drill.task.right)
        assert (box.verdict, box.answers) == ("right", number)
        assert any(line.startswith("Working:") for line in box.said)
    assert box.task == {} and box.tally.startswith("10 of 10 answered")
    answer(box, "3 TB")
    assert box.tally.startswith("10 of 10 answered")


def test_what_holds_no_number_leaves_the_task_and_gives_nothing_away(box: DrillBox) -> None:
    task = dict(box.task)
    answer(box, "no idea", 1)
    assert (box.task, box.number, box.verdict) == (task, 1, "unread")
    assert not any("Working" in line for line in box.said) and box.answers == 1


def test_a_fault_of_the_file_is_a_sentence_and_the_task_stays(
    box: DrillBox, tmp_path: Path
) -> None:
    (tmp_path / "p").write_bytes(b"not a database " * 100)
    task = dict(box.task)
    answer(box, "3 TB", 1)
    assert "damaged" in box.message and box.task == task and box.answers == 1


def test_an_answer_sent_twice_does_not_answer_the_next_drill(box: DrillBox) -> None:
    drill = box._game.current
    assert drill is not None
    for sent in (1, 2):
        answer(box, drill.task.expected, drill.task.right, number=1)
        assert (box.number, box.answers) == (2, sent), "the page hears of each"
        assert f"Working: {drill.task.working}" in box.said
    assert [record.family for record in box._game._progress.drills()] == [drill.family]
    answer(box, "1 byte", 1, number=2)
    assert box.number == 3


def test_an_answer_broken_off_after_it_was_kept_does_not_hold_the_page_at_its_drill(
    box: DrillBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = box._game.answer

    def interrupted(*given: Any, **more: Any) -> DrillResult:
        kept(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(box._game, "answer", interrupted)
        answer(box, "1 byte", 1, number=1)
    answer(box, "1 byte", 1, number=box.number)
    assert box.number == box._game.number == 2
    assert box._game.current is not None and box.task["asks"] == box._game.current.task.asks


def test_a_drill_and_its_number_come_to_the_page_together(
    box: DrillBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[set[str]] = []
    monkeypatch.setattr(box, "_send", lambda told, buffers: sent.append(set(told["state"])))
    answer(box, "1 byte", 1, number=1)
    assert [names for names in sent if {"number", "task"} & names] == [
        {"number", "task", "tally", "said", "verdict"}
    ]
    assert sent[-1] == {"answers"}, "when all of it is there"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, JSON, JSON, JSON)
def test_no_message_breaks_it(
    box: DrillBox, text: Any, option: Any, seconds: Any, number: Any
) -> None:
    answer(box, text, option, seconds, number=number)
    box._received(box, text, None)
    assert box.message == ""
    for record in box._game._progress.drills():
        assert record.seconds is None or 0 <= record.seconds <= 3600
