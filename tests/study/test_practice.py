"""Practice: the weak and the due first, retries varied, improvement as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.levels import Level
from graders.question import bank_ids, load_question
from graders.study.improvement import improvements
from graders.study.practice import (
    OFTEN,
    changes,
    next_variation,
    pick,
    varied,
    weaknesses,
)
from tests.study.learner import Learner, day

CHAT = "design/chat"


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path / "p.sqlite3")


def test_a_newcomer_gets_what_they_asked_for_and_plain(learner: Learner) -> None:
    for kind in ("design", "concept", "story", "leadership", "career"):
        (picked,) = pick(learner.progress, kind=kind, now=day(0))
        assert picked.question_id.startswith(f"{kind}/") and picked.variation is None
    (caching,) = pick(learner.progress, topic="caching", now=day(0))
    assert load_question(caching.question_id).topic == "caching"


def test_the_lowest_on_the_weak_dimension_comes_first_and_varied(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.MID)
    learner.answer(day(0), "design/cdn", Level.BELOW)
    learner.answer(day(0), "design/maps", Level.STAFF)
    picked = pick(learner.progress, weakness="estimation", count=3, now=day(1))
    assert [each.question_id for each in picked[:2]] == ["design/cdn", CHAT]
    assert "estimation was below" in picked[0].reason
    assert picked[0].variation == changes(load_question("design/cdn"))[0].id
    assert picked[2].question_id not in {CHAT, "design/cdn", "design/maps"}


@pytest.mark.parametrize(
    ("kind", "weakness", "first"),
    [
        ("concept", "numbers", "concept/capacity"),
        ("leadership", "influence", "leadership/influence-without-authority"),
        ("story", "impact", "story/business-impact"),
        ("design", "scaling", "design/news-feed"),  # all ask for it alike: what is asked most
    ],
)
def test_of_new_questions_the_one_with_most_of_the_weak_dimension_comes_first(
    learner: Learner, kind: str, weakness: str, first: str
) -> None:
    (picked,) = pick(learner.progress, kind=kind, weakness=weakness, now=day(0))
    assert picked.question_id == first


def test_a_newcomer_begins_with_what_is_asked_most(learner: Learner) -> None:
    picked = pick(learner.progress, count=len(OFTEN) + 1, now=day(0))
    assert [each.question_id for each in picked[:-1]] == list(OFTEN)
    assert picked[-1].question_id.startswith("design/")


def test_every_retry_asks_for_another_change_until_all_were_asked(learner: Learner) -> None:
    question = load_question(CHAT)
    names = [change.id for change in changes(question)]
    asked: list[str | None] = []
    for number in range(2 * len(names) + 1):
        variation = next_variation(question, learner.progress.attempts())
        asked.append(variation)
        learner.answer(day(number), CHAT, Level.MID, variation=variation)
    assert asked == [None, *names, *names]


@pytest.mark.parametrize("question_id", bank_ids())
def test_every_question_can_be_varied(question_id: str) -> None:
    question = load_question(question_id)
    assert changes(question)
    for change in changes(question):
        other = varied(question, change.id)
        assert change.ask in other.prompt and question.prompt in other.prompt
        assert other.criteria == question.criteria
        assert other.digest != question.digest


def test_what_does_not_exist_is_said(learner: Learner) -> None:
    with pytest.raises(UsageError, match=r"no variation .* Its variations"):
        varied(load_question(CHAT), "moon")
    for wrong in ({"kind": "poem"}, {"topic": "moon"}, {"kind": "story", "weakness": "estimation"}):
        with pytest.raises(UsageError, match="One of"):
            pick(learner.progress, now=day(0), **wrong)


def test_weaknesses_are_of_the_last_attempts_and_below_senior(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.OFF)
    learner.answer(day(1), CHAT, Level.SENIOR)
    assert weaknesses(learner.progress.attempts()) == []
    learner.answer(day(2), "story/conflict", Level.MID)
    found = weaknesses(learner.progress.attempts())
    assert {weak.kind for weak in found} == {"story"}
    assert all(weak.level == Level.MID and weak.question_id == "story/conflict" for weak in found)


def test_improvement_is_from_the_first_to_the_last_judged_attempt(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.BELOW)
    learner.answer(day(1), CHAT, None)
    learner.answer(day(2), CHAT, Level.SENIOR, variation="x")
    learner.answer(day(0), "design/cdn", Level.SENIOR)
    learner.answer(day(1), "design/cdn", Level.MID)
    learner.answer(day(0), "design/maps", Level.SENIOR)
    chat, cdn = improvements(learner.progress.attempts())
    assert (chat.question_id, chat.gain, chat.varied, chat.attempts) == (CHAT, 2.0, True, 2)
    assert (cdn.question_id, cdn.gain, cdn.varied) == ("design/cdn", -1.0, False)
