"""Ten drills a day: another family each, the first answer counts, an interrupted game goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graders.errors import StoreError
from graders.progress import Progress
from graders.study.drill_game import COUNT, DrillGame, drills_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def game(path: Path, at: datetime = NOON) -> DrillGame:
    return DrillGame(Progress(path), clock=lambda: at, zone=UTC)


def test_ten_a_day_each_of_another_family_and_other_ones_tomorrow() -> None:
    today = drills_of(date(2026, 3, 2))
    assert len({drill.family for drill in today}) == COUNT == 10
    assert today == drills_of(date(2026, 3, 2))
    assert today != drills_of(date(2026, 3, 3)) != drills_of(date(2026, 3, 3), "ana")


def test_right_answers_are_tallied_as_such(tmp_path: Path) -> None:
    playing = game(tmp_path / "p")
    while (drill := playing.current) is not None:
        assert playing.answer(drill.task.expected, drill.task.right).close
    assert str(playing.tally()) == (
        "10 of 10 answered; unit understood 10, order of magnitude right 10, within a quarter 10, "
        "decision right 10"
    )


def test_a_wrong_unit_is_not_understood_not_right_and_explained(tmp_path: Path) -> None:
    playing = game(tmp_path / "p")
    drill = playing.current
    assert drill is not None
    result = playing.answer("3 bananas", drill.task.right)
    assert not result.right and "banana" in result.message
    assert drill.task.working in result.message and drill.task.because in result.message
    assert result.decided is True
    tally = playing.tally()
    assert (tally.answered, tally.units, tally.orders) == (1, 0, 0)


@pytest.mark.parametrize("given", ["", "  ", "banana", "no idea"])
def test_what_holds_no_number_is_no_answer_and_gives_nothing_away(
    tmp_path: Path, given: str
) -> None:
    playing = game(tmp_path / "p")
    before = playing.current
    assert "Working" not in playing.answer(given, 1).message
    assert playing.current == before and playing.tally().answered == 0


def test_an_interrupted_game_goes_on_where_it_was(tmp_path: Path) -> None:
    playing = game(tmp_path / "p")
    for _ in range(3):
        playing.answer("1 byte", 1)
    again = game(tmp_path / "p", NOON + timedelta(hours=5))
    assert again.drills == playing.drills
    assert (again.number, again.current) == (4, playing.current)


def test_families_that_went_wrong_come_back_sooner(tmp_path: Path) -> None:
    playing = game(tmp_path / "p")
    wrong = playing.current
    assert wrong is not None
    playing.answer("1 byte", 1)
    for drill in playing.drills[1:]:
        playing.answer(drill.task.expected, drill.task.right)
    records = playing._progress.drills()
    days = [date(2026, 3, 3) + timedelta(days=n) for n in range(60)]
    with_it = sum(any(d.family == wrong.family for d in drills_of(d_, "", records)) for d_ in days)
    without = sum(any(d.family == wrong.family for d in drills_of(d_)) for d_ in days)
    assert with_it > without


def test_what_cannot_be_kept_stays_the_current_one(tmp_path: Path) -> None:
    playing = game(tmp_path / "p")
    (tmp_path / "p").write_bytes(b"not a database " * 100)
    before = playing.current
    with pytest.raises(StoreError, match="damaged"):
        playing.answer("1 byte", 1)
    assert playing.current == before
