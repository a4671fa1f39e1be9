"""The readiness page: what is missing, what is weak, what to do next, and nothing by accident."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from html import escape
from pathlib import Path

import pytest

from graders.levels import Level
from graders.progress import Progress, Settings
from graders.progress.rows import ATTEMPTS
from graders.progress.standing import Check, Readiness, Step
from graders.question import bank_ids
from graders.reports import learner_page
from graders.study.readiness import readiness
from tests.study.learner import Learner, day, own_words

DESIGNS = [i for i in bank_ids() if i.startswith("design/")]


@dataclass(frozen=True)
class Counts:
    organisation: int = 3
    cross_functional: int = 2
    total: int = 5


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path / "p.sqlite3")


def at(learner: Learner, number: int, counts: Counts | None = None) -> Readiness:
    return readiness(
        learner.progress, now=day(number, 5), zone=UTC,
        count_stories=lambda stories: counts or Counts(0, 0, 0),
    )  # fmt: skip


def check(standing: Readiness, name: str) -> Check:
    return next(each for each in standing.checks if each.name == name)


def all_of_it(learner: Learner) -> None:
    for number, question_id in enumerate(DESIGNS[:5]):
        learner.answer(day(number), question_id, Level.SENIOR)
    for name in ("career/why-not-staff", "career/level-fit"):
        learner.answer(day(5), name, Level.SENIOR)
    learner.mock(day(6), "hire")
    learner.mock(day(7), "strong hire")


def test_a_newcomer_is_not_ready_and_gets_three_things_to_do(learner: Learner) -> None:
    standing = at(learner, 0)
    assert not standing.ready
    assert standing.verdict.startswith("Not yet: 0 of 6.")
    assert len(standing.steps) == 3 and all(s.do and s.why and s.how for s in standing.steps)
    assert "cold" in standing.steps[0].do
    assert not learner.progress.exists()


def test_all_of_it_is_ready(learner: Learner) -> None:
    all_of_it(learner)
    standing = at(learner, 8, Counts())
    assert standing.ready and standing.verdict == "Ready for a senior loop."
    assert len(standing.steps) == 3


def test_what_was_long_ago_does_not_make_ready_today(learner: Learner) -> None:
    all_of_it(learner)
    assert not at(learner, 120, Counts()).ready


@pytest.mark.parametrize(
    ("counts", "missing"),
    [
        (Counts(organisation=2), "stories with impact on the organisation"),
        (Counts(cross_functional=1), "cross-functional stories"),
    ],
)
def test_one_story_too_few_is_named(learner: Learner, counts: Counts, missing: str) -> None:
    all_of_it(learner)
    assert at(learner, 8, counts).verdict == f"Not yet: 5 of 6. Missing: {missing}."


def test_a_concept_known_cold_is_no_design(learner: Learner) -> None:
    for name in [i for i in bank_ids() if i.startswith("concept/")][:6]:
        learner.answer(day(0), name, Level.STAFF)
    assert check(at(learner, 1), "designs").have == 0


def test_mocks_count_at_level_only(learner: Learner) -> None:
    for signal in ("lean hire", "no hire", None):
        learner.mock(day(0), signal)
    learner.mock(day(1), "strong hire", target=Level.MID)
    learner.mock(day(1), "hire", finished=None)
    learner.mock(day(9), "hire")  # later than the page
    assert check(at(learner, 2), "mocks").have == 0
    learner.mock(day(2), "hire")
    assert check(at(learner, 2), "mocks").have == 1


def test_a_career_answer_with_help_says_to_do_it_again(learner: Learner) -> None:
    learner.answer(day(0), "career/why-not-staff", Level.SENIOR, hints=1)
    found = check(at(learner, 1), "why-not-staff")
    assert not found.met and "another day" in found.detail


def test_the_trend_follows_cold_attempts(learner: Learner) -> None:
    assert at(learner, 0).trend.direction == "too few answers to tell"
    for number, level in enumerate((1, 1, 2, 2, 3, 3)):
        learner.answer(day(number), DESIGNS[number], Level(level))
    assert at(learner, 6).trend.direction == "rising"
    for number in range(30, 36):
        learner.answer(day(number), DESIGNS[number - 20], Level.OFF)
    assert at(learner, 36).trend.direction == "falling"


def test_retries_after_the_tips_make_no_trend(learner: Learner) -> None:
    for number in range(6):
        learner.answer(day(number), DESIGNS[number], Level.BELOW)
        learner.answer(day(number, 1), DESIGNS[number], Level.STAFF)
    assert at(learner, 6).trend.direction == "steady"


def test_the_weakest_dimension_comes_with_what_was_lacking(learner: Learner) -> None:
    learner.answer(day(0), "story/conflict", Level.BELOW)
    gap = at(learner, 1).gaps[0]
    assert gap.kind == "story" and gap.question_id == "story/conflict" and gap.level == 1


def test_a_retry_after_the_tips_does_not_hide_a_weakness(learner: Learner) -> None:
    learner.answer(day(0), "story/conflict", Level.MID)
    learner.answer(day(0, 1), "story/conflict", Level.STAFF)
    assert at(learner, 1).gaps[0].question_id == "story/conflict"


def test_when_all_is_met_the_steps_are_weaknesses_and_reviews(learner: Learner) -> None:
    all_of_it(learner)
    learner.answer(day(8), "story/conflict", Level.MID)
    steps = at(learner, 9, Counts()).steps
    assert "story/conflict" in steps[0].do and "--weakness" in steps[0].how


def test_hostile_text_stays_text_on_the_page(learner: Learner) -> None:
    hostile = "<script>alert(1)</script>"
    standing = replace(at(learner, 0), target=hostile, steps=(Step(hostile, hostile, hostile),))
    page = learner_page(standing)
    assert "<script>" not in page and page.count("&lt;script&gt;") == 4


@pytest.mark.parametrize(
    ("company", "level", "words"),
    [
        ("generic", "senior", "senior"),
        ("google", "L5", "L5 at Google"),
        ("stripe", "L3", "L3 at Stripe"),
        ("google", "E5", "L5 at Google"),  # a level that it does not have: senior
        ("Lovelace & Daughters", "senior", "senior"),
    ],
)
def test_the_aim_is_told_as_it_was_chosen(
    learner: Learner, company: str, level: str, words: str
) -> None:
    learner.progress.save_settings(Settings(company=company, level=level))
    standing = at(learner, 0)
    assert standing.target == words
    assert f"Aim: {escape(words)}." in learner_page(standing)


def test_the_page_says_what_the_terminal_says(learner: Learner) -> None:
    all_of_it(learner)
    standing = at(learner, 8)
    page = learner_page(standing)
    assert standing.verdict in page
    for step in standing.steps:
        assert step.do in page
    assert all(check.title in page for check in standing.checks)


def test_five_thousand_attempts_are_read_and_drawn_within_a_second(learner: Learner) -> None:
    """Measured in time of the processor, as other tests may run beside it."""
    ids = bank_ids()
    made = [learner.answer(day(0), i, Level(n % 5)) for n, i in enumerate(ids)]
    file = learner.progress
    with file._open() as database:
        for number in range(5000 - len(made)):
            old = made[number % len(made)]
            row = ATTEMPTS.encode(old) | {"at": day(-number % 400).isoformat()}
            row |= {"key": f"k{number}", "answer": own_words(number) * 4}
            columns = ", ".join(f":{column}" for column in ATTEMPTS.columns)
            database.execute(f"INSERT INTO attempt ({ATTEMPTS.selected}) VALUES ({columns})", row)
    learner_page(at(learner, 401))  # what is loaded once in a process
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        standing = at(learner, 401)
        learner_page(standing)
        best = min(best, time.process_time() - start)
    assert standing.attempts == 5000
    assert best < 1.0


def test_a_damaged_file_is_a_sentence(learner: Learner) -> None:
    from graders.errors import StoreError

    learner.progress.path.write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match="damaged"):
        readiness(Progress(learner.progress.path), now=day(0) + timedelta(days=1))
