"""The story bank: counts, repeats, gaps, which story to tell, and the bar it is held against."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Progress, StoryVersion
from graders.study.fit import behavioural_questions
from graders.study.ladder import target
from graders.study.signals import SIGNALS
from graders.study.stories import StoryBank
from tests.study.told import half, labelled, version, versions

WIDE = ("guest-checkout", "price-floor", "legal-retention")
SENIOR = target("google", "L5")


def test_an_empty_bank_lacks_everything_and_answers_nothing() -> None:
    bank = StoryBank([])
    assert (bank.counts().total, bank.counts().organisation, bank.duplicates) == (0, 0, ())
    assert {gap.what for gap in bank.gaps()} >= {*SIGNALS, "organisation", "cross-functional"}
    assert all(choice.story is None for choice in bank.choices())


def test_a_story_that_is_told_twice_counts_once() -> None:
    once = StoryBank(versions(WIDE))
    twice = StoryBank(versions([*WIDE, "price-floor-again", "legal-retention-again"]))
    assert once.counts() == twice.counts()
    assert once.counts().organisation == 3
    assert {(pair.first.story_id, pair.second.story_id) for pair in twice.duplicates} == {
        ("price-floor", "price-floor-again"),
        ("legal-retention", "legal-retention-again"),
    }


def test_counts_are_the_same_in_any_order_and_fast_enough_for_a_page() -> None:
    stories = [version(entry) for entry in labelled()][:20]
    StoryBank(versions(["event-bus"])).counts()  # the vectors and the bank are read once
    start = time.process_time()
    counts = StoryBank([replace(s, text=s.text + " And so on.") for s in stories]).counts()
    assert time.process_time() - start < 1.5  # 0.3 s on a free core
    backwards = [replace(s, text=s.text + " And so on.") for s in reversed(stories)]
    assert StoryBank(backwards).counts() == counts


def test_a_gap_closes_when_its_story_is_told() -> None:
    without = StoryBank(versions(["meter-window", "outage-dns"]))
    assert "conflict" in {gap.what for gap in without.gaps()}
    told = StoryBank(versions(["meter-window", "outage-dns", "event-bus", "team-split"]))
    assert "conflict" not in {gap.what for gap in told.gaps()}


def test_a_full_bank_has_no_gaps() -> None:
    assert StoryBank([version(e) for e in labelled() if "retells" not in e]).gaps() == ()


def test_no_story_is_told_twice_while_another_would_do() -> None:
    bank = StoryBank([version(e) for e in labelled() if "retells" not in e])
    choices = bank.choices()
    assert [choice.question_id for choice in choices] == list(behavioural_questions())
    told = [choice.story.story_id for choice in choices if choice.story]
    assert len(told) >= 17
    assert len(set(told)) == len(told)


def test_stories_are_told_where_a_person_would_tell_them() -> None:
    bank = StoryBank(versions(["manager-no", "mentor-sara", "review-tone", "outage-backup"]))
    asked = ("leadership/disagree-and-commit", "leadership/mentoring", "story/feedback",
             "story/failure")  # fmt: skip
    told = [choice.story and choice.story.story_id for choice in bank.choices(asked)]
    assert told == ["manager-no", "mentor-sara", "review-tone", "outage-backup"]


def test_a_design_question_is_not_answered_with_a_story() -> None:
    with pytest.raises(UsageError, match="not answered with a story"):
        StoryBank([]).choices(["design/chat"])


def test_a_technical_metric_without_a_business_outcome_is_named_with_the_lift() -> None:
    found = StoryBank(versions(["cache-ticket"])).calibrate("cache-ticket", SENIOR)
    assert found.level is not None
    assert found.level < Level.SENIOR
    assert "at L5 (Google): a technical metric without a business outcome" in found.reads
    assert "from what to what" in found.lift
    assert not found.meets


def test_the_same_story_is_held_against_another_bar_elsewhere() -> None:
    bank = StoryBank(versions(["meter-window"]), judge=ScriptedJudge(default=Level.SENIOR))
    senior = bank.calibrate("meter-window", target("amazon", "L6"))
    staff = bank.calibrate("meter-window", target("amazon", "L7"))
    assert senior.meets
    assert not staff.meets
    assert staff.reads.startswith("Reads as senior at L7 (Amazon): ")
    assert "second team" in staff.reads


def test_labelled_stories_read_within_one_level_of_their_label() -> None:
    full = [entry for entry in half("held") if "retells" not in entry]
    bank = StoryBank([version(entry) for entry in full])
    for entry in full:
        level = bank.calibrate(entry["id"], SENIOR).level
        assert level is not None
        assert abs(level - Level.from_label(entry["level"])) <= 1, entry["id"]


def test_what_no_judge_can_read_is_said_and_is_no_level() -> None:
    blank = version({"id": "x", "title": "t", "text": "Это совсем другой язык. " * 20, "when": ""})
    found = StoryBank([blank]).calibrate("x", SENIOR)
    assert found.level is None or found.level == Level.OFF
    assert found.reads
    with pytest.raises(UsageError, match="no such story"):
        StoryBank([blank]).calibrate("y", SENIOR)


def test_stories_of_the_store_are_read_as_they_are(tmp_path: Path) -> None:
    store = Progress(tmp_path / "p.sqlite3")
    for story in versions(WIDE):
        store.add_story(story)
    first = store.stories()[0]
    changed = StoryVersion(first.story_id, first.at, first.title, "Nothing happened.", "")
    store.add_story(changed)
    counts = StoryBank(store.stories()).counts()
    assert (counts.total, counts.organisation) == (3, 2)
