"""The coach for "why not Staff?": paths, red flags with quotes, contradictions, one next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Settings
from graders.study.coach import Coaching, coach
from graders.study.staff_words import horizon_months
from graders.study.stories import StoryBank
from tests.study.told import versions

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers" / "career-why-not-staff.jsonl"
NONE = StoryBank([])
OWN = StoryBank(versions(["meter-window", "outage-dns"]))
WIDE = StoryBank(versions(["meter-window", "legal-retention"]))
DEEPENING = (
    "I have run one payments platform, through one migration. I have not yet lived with a data "
    "model of mine for three years, and I want to own the Orvane ledger until it shows its faults."
)
BUILDING = (
    "My manager and I have named one direction, the retirement of our second event bus at Orvane. "
    "By next summer five teams decide on it, and our director sponsors it."
)


def read(text: str, bank: StoryBank = NONE, aims: Settings | None = None) -> Coaching:
    return coach(text, bank, aims, judge=ScriptedJudge(default=Level.SENIOR))


def test_both_honest_paths_are_seen_with_the_sentences_that_show_them() -> None:
    assert read(DEEPENING).path == "deepening"
    assert read(BUILDING).path == "building"
    assert read(f"{DEEPENING} {BUILDING}").path == "both"
    assert read("I applied for the job that you advertised, in this town.").path == "neither"
    assert all(quote in DEEPENING for quote in read(DEEPENING).path_quotes)


@pytest.mark.parametrize(
    ("sentence", "flag"),
    [
        ("It is all politics there.", "blame"),
        ("My manager never put me forward.", "blame"),
        ("I don't want the responsibility.", "responsibility"),
        ("Honestly, there are too many meetings at that level.", "responsibility"),
        ("The salary is good enough for me as it is.", "money"),
        ("Titles don't mean anything to me.", "title"),
        ("Honestly, I am already doing staff work.", "entitlement"),
        ("Staff is senior plus a few years.", "tenure"),
        ("In three months I hope to be promoted to Staff.", "hurry"),
        ("I see it as a natural next step at the right moment.", "vague"),
    ],
)
def test_each_red_flag_is_quoted_and_repaired_first(sentence: str, flag: str) -> None:
    found = read(f"Thank you for asking. {sentence} That is all.")
    assert flag in [one.name for one in found.flags]
    named = next(one for one in found.flags if one.name == flag)
    assert named.quote == sentence
    assert found.lift == found.flags[0].instead
    assert not found.holds


@pytest.mark.parametrize(
    "sentence",
    [
        "It was not politics; that was my call alone, and I paid for it in salary.",
        "Less money and meetings in which I am not: that is the price.",
        "A Staff engineer isn't a senior with more years in.",
        "I run payments, and the pay of 40,000 drivers depends on it.",
        "In three months we moved two teams.",
    ],
)
def test_honest_sentences_are_not_flagged(sentence: str) -> None:
    assert read(f"{sentence} {DEEPENING}").flags == ()


def test_honest_answers_of_the_calibration_set_are_clean_and_most_dishonest_ones_are_not() -> None:
    entries = [json.loads(line) for line in ANSWERS.read_text(encoding="utf-8").splitlines()]
    flagged = {True: [0, 0], False: [0, 0]}
    for entry in entries:
        honesty = entry["dimensions"]["honesty"]
        if honesty == "mid":
            continue
        honest = honesty in ("senior", "staff")
        flagged[honest][0] += bool(read(entry["text"]).flags)
        flagged[honest][1] += 1
    assert flagged[True][0] / flagged[True][1] <= 0.1  # 0 of 22 when it was measured
    assert flagged[False][0] / flagged[False][1] >= 0.6  # 11 of 16


def test_a_claim_that_no_story_shows_is_a_contradiction() -> None:
    claim = "Last year I led four teams to one way of counting meals."
    clashes = read(f"{claim} {DEEPENING}", OWN).contradictions
    assert [clash.said for clash in clashes] == [claim]
    assert "None of your 2 stories" in clashes[0].against
    assert read(f"{claim} {DEEPENING}", WIDE).contradictions == ()
    assert read(f"{claim} {DEEPENING}", NONE).contradictions == (), "nothing to hold it against"


def test_a_denial_that_a_story_refutes_is_a_contradiction_with_both_quotes() -> None:
    denial = "I have never led anything outside my own team."
    (clash,) = read(f"{denial} {DEEPENING}", WIDE).contradictions
    assert clash.said == denial
    assert "Deleting what we must not keep" in clash.against
    assert read(f"{denial} {DEEPENING}", OWN).contradictions == ()


def test_the_horizon_is_held_against_the_settings() -> None:
    plan = f"{DEEPENING} I would like to be Staff in two years."
    (clash,) = read(plan, aims=Settings(staff_horizon_months=6)).contradictions
    assert "within 6 months; the answer says 24" in clash.against
    assert read(plan, aims=Settings(staff_horizon_months=24)).contradictions == ()
    assert read(plan, aims=Settings()).contradictions == ()


def test_aiming_at_staff_contradicts_the_question_itself() -> None:
    aims = Settings(company="google", level="L6")
    assert "L6 at Google" in read(DEEPENING, aims=aims).contradictions[0].against


def test_settings_of_a_level_that_does_not_exist_break_nothing() -> None:
    assert read(DEEPENING, aims=Settings(company="google", level="E5")).contradictions == ()


def test_an_answer_holds_if_it_is_senior_clean_and_consistent() -> None:
    found = read(f"{DEEPENING} {BUILDING}", OWN, Settings())
    assert found.holds
    assert "aloud" in found.lift


@pytest.mark.parametrize(
    ("line", "months"),
    [
        ("In two years I would be ready for Staff.", 24),
        ("I want to be Staff within half a year.", 6),
        ("We did it in two years.", None),
        ("A Staff engineer answers for it for two years.", None),
        ("", None),
    ],
)
def test_the_horizon_of_a_plan_is_read(line: str, months: int | None) -> None:
    assert horizon_months(line) == months


@pytest.mark.parametrize("text", ["", " \n", "\x00\ud800", "<script>alert(1)</script>"])
def test_nothing_to_read_is_said_in_a_sentence(text: str) -> None:
    found = coach(text, WIDE, Settings())
    assert found.lift
    assert not found.holds
