"""What goes wrong in a week is said clearly, stops nobody else, and loses nothing."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from graders.batch import ledger
from graders.cohorts import snapshot, week
from graders.cohorts.extending import grant_extension, revoke_extension
from graders.cohorts.week import named_week, run_week
from graders.errors import StoreError, UsageError
from graders.gradebook import extensions
from tests.cohorts.course import due, hand_in
from tests.cohorts.running import DAY, GOOD, HOUR, answer, files, pages, run, states

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own


def test_a_damaged_submission_is_listed_and_stops_nobody(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    broken = hand_in(course, 1, "bo", GOOD[1], due(1) - HOUR, exchange=exchange)
    (broken / "week01.ipynb").write_text('{"cells": [')
    report = run(course, due(1) + DAY)
    assert states(report)["bo"] == "needs a person"
    assert "not valid JSON" in report.problems["bo"]
    assert states(report)["ada"] == "returned"


@pytest.mark.parametrize(
    "folder", ["+week01+2026-03-08 20:00:00.0 UTC", "ada+week01+tomorrow", "..+week01+2026-03-01 20:00:00.0 UTC"]
)  # fmt: skip
def test_odd_names_in_the_exchange_are_listed_and_stop_nobody(place: Any, folder: str) -> None:
    course, exchange = place()
    hand_in(course, 1, "bo", GOOD[1], due(1) - HOUR, exchange=exchange)
    (exchange / "seniorkit" / "inbound" / folder).mkdir()
    report = run(course, due(1) + DAY)
    assert "not collected" in report.problems[folder]
    assert states(report)["bo"] == "returned"


def test_a_link_in_the_exchange_brings_nobody_a_file_of_the_instructor(place: Any) -> None:
    course, exchange = place()
    folder = hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    secret = course.root / "source" / "week01" / "week01.rubric.yaml"
    (folder / "notes.txt").symlink_to(secret)
    run(course, due(1) + DAY)
    there = b"".join(
        path.read_bytes() for path in course.folder("submitted", "ada", "week01").iterdir()
    )
    assert secret.read_bytes() not in there
    assert b"Links are not followed" in there


def test_nobody_hands_in_for_another_learner(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - DAY, exchange=exchange)
    run(course, due(1) + HOUR)
    forged = hand_in(course, 1, "ada", {}, due(1) - HOUR, exchange=exchange)
    owners = {forged.name: "bo"}
    monkeypatch.setattr(snapshot, "owner", lambda folder: owners.get(folder.name, "jovyan"))
    report = run(course, due(1) + DAY)
    assert "was made by 'bo'" in report.problems["ada"]
    assert answer(course, "ada") == GOOD[0]["answer-concept"]
    assert report.of("ada").points == 18


def test_a_submission_that_another_learner_made_does_not_keep_ones_own_from_being_collected(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - DAY, exchange=exchange)
    forged = hand_in(course, 1, "ada", {}, due(1) - HOUR, exchange=exchange)
    alone = hand_in(course, 1, "cy", GOOD[2], due(1) - HOUR, exchange=exchange)
    owners = {forged.name: "bo", alone.name: "bo"}
    monkeypatch.setattr(snapshot, "owner", lambda folder: owners.get(folder.name, "jovyan"))
    report = run(course, due(1) + DAY)
    assert answer(course, "ada") == GOOD[0]["answer-concept"]
    assert states(report)["ada"] == "returned"
    assert "was made by 'bo'" in report.problems["ada"]
    assert states(report)["cy"] == "needs a person"
    assert "was made by 'bo'" in report.problems["cy"]


def test_a_full_disk_while_collecting_keeps_the_earlier_submission(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - DAY, exchange=exchange)
    run(course, due(1) + HOUR)
    hand_in(course, 1, "ada", GOOD[1], due(1) - HOUR, exchange=exchange)
    before = files(course)

    def full(source: Any, target: Any, **more: Any) -> None:
        Path(target).mkdir()
        (Path(target) / "half.ipynb").write_text("{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(snapshot.shutil, "copytree", full)
        with pytest.raises(StoreError, match="disk is full"):
            run(course, due(1) + HOUR)
    kept = {name: text for name, text in files(course).items() if name.startswith("submitted")}
    assert kept == {name: text for name, text in before.items() if name.startswith("submitted")}
    assert run(course, due(1) + HOUR).collected == ("ada",)
    assert answer(course, "ada") == GOOD[1]["answer-concept"]


def test_an_exchange_that_cannot_be_written_keeps_nobody_from_marks(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    (exchange / "seniorkit" / "feedback").write_text("in the way")
    with pytest.raises(StoreError, match="feedback cannot be put into the exchange") as caught:
        run(course, due(1) + DAY)
    assert str(exchange) in str(caught.value)
    stand = json.loads((course.reports("week01") / "week.json").read_text())
    assert stand["counts"] == {"missing": 3, "graded": 1}
    (exchange / "seniorkit" / "feedback").unlink()
    report = run(course, due(1) + DAY)
    assert report.graded == ()
    assert report.returned == ("ada",)


def test_an_exchange_that_is_not_mounted_is_an_error_before_anything(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    exchange.rename(exchange.with_name("away"))
    with pytest.raises(StoreError, match="the exchange is not there"):
        run(course, due(1) + DAY)
    assert not course.folder("submitted", "ada", "week01").exists()


def test_what_was_put_there_by_hand_is_not_overwritten_by_older_work(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - DAY, exchange=exchange)
    hand_in(course, 1, "ada", GOOD[1], due(1) - HOUR)  # by e-mail
    report = run(course, due(1) + DAY)
    assert "was kept" in report.notes["ada"]
    assert states(report)["ada"] == "returned"
    assert answer(course, "ada") == GOOD[1]["answer-concept"]


def test_two_runs_at_once_do_not_meet(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    course, _ = place()
    monkeypatch.setattr(ledger, "PATIENCE", 0.2)
    (course.root / ".seniorkit").mkdir(exist_ok=True)
    with (
        ledger.only_one(course.root / ".seniorkit" / "week-week01.lock", "a run"),
        pytest.raises(UsageError, match="another run works on 'week01'"),
    ):
        run(course, due(1) + DAY)


def test_wrong_weeks_and_learners_are_named_with_what_there_is(place: Any) -> None:
    course, _ = place()
    assert named_week(course, "1") == named_week(course, "week01") == "week01"
    with pytest.raises(UsageError, match="Known: week01"):
        named_week(course, "7")
    with pytest.raises(UsageError, match="Known: week01"):
        run_week(course.root, "week9")
    with pytest.raises(UsageError, match=r"no learner 'ad'\. Did you mean ada"):
        grant_extension(course, "ad", "week01", "+2d", why="", by="Kim")
    with pytest.raises(UsageError, match="is no time"):
        grant_extension(course, "ada", "week01", "tomorrow", why="", by="Kim")
    with pytest.raises(UsageError, match="is no extension"):
        grant_extension(course, "ada", "week01", "2026-03-01", why="", by="Kim")
    with pytest.raises(UsageError, match="has no extension"):
        revoke_extension(course, "ada", "week01")
    assert extensions(course.db_url) == []


@pytest.mark.parametrize(
    "step",
    ["take", "grade_assignment", "settle_penalties", "write_feedback", "load_returned", "keep"],
)
@pytest.mark.parametrize("after", [False, True])
def test_whatever_stops_a_run_the_next_one_finishes_it(
    place: Any, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    hand_in(course, 1, "bo", GOOD[1], due(1) + HOUR, exchange=exchange)
    real = getattr(week, step)

    def stopped(*given: Any, **named: Any) -> None:
        if after:
            real(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(week, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            run(course, due(1) + DAY)
    report = run(course, due(1) + DAY)
    assert report.counts == {"missing": 2, "returned": 2}
    assert report.of("ada").points == 18
    assert report.of("bo").points == pytest.approx(18 * 0.9)
    assert len(pages(exchange)) == 2
