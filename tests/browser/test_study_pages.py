"""Daily question, drills, stories, levels, coach, mock and readiness: keyboard, themes, narrow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from graders.answers import SIDECAR, AnswersFile
from graders.levels import Level
from graders.progress import Mock, Settings, StoryVersion, new_key
from graders.question import bank_ids
from graders.study.drill_game import DrillGame
from tests.browser.conftest import Lab
from tests.browser.reading import looked_at, own_progress, picture, run
from tests.study.learner import Learner
from tests.study.mock.candidates import DESIGN, labelled
from tests.study.told import labelled as told

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DRILLS = """
from graders.progress import Progress
from graders.study.drill_box import DrillBox
from graders.study.drill_game import DrillGame
DrillBox(DrillGame(Progress()))"""
DAILY = """
from datetime import UTC, datetime
from graders.progress import Progress
from graders.study import AnswerBox
from graders.study.daily import daily
from graders.study.noted import noted_session
today = daily(Progress(), now=datetime.now(UTC))
AnswerBox(today.question_id, session=noted_session(today.question_id, daily=today.day))"""
READY = """
from datetime import UTC, datetime
from IPython.display import HTML
from graders.cards import style
from graders.progress import Progress
from graders.reports import learner_page
from graders.study.readiness import readiness
HTML(f"<style>{style()}</style>{learner_page(readiness(Progress(), now=datetime.now(UTC)))}")"""
STORIES = "from graders.study.story_box import StoryBox\nStoryBox()"
COACH = "from graders.study.coach_card import coach_me\ncoach_me()"
LEVELS = """
from graders.study.explore import Choice, explore
from graders.study.ladder import companies, stages
from graders.study.ladder_map import draw_map
explore(
    draw_map,
    company=Choice("company", {name: key for key, name in companies().items()}, "google"),
    level=Choice("stage", stages(), "senior"),
)"""
MOCK = f'from graders.study.mock import MockInterview\nMockInterview("design", question="{DESIGN}")'


def prepared(lab: Lab, name: str) -> Learner:
    """A learner in the second week: answers, stories, an interview, an aim."""
    learner = Learner(own_progress(lab, name).path)
    now = datetime.now(UTC)
    for number, question_id in enumerate([i for i in bank_ids() if i.startswith("design/")][:9]):
        level = (Level.BELOW, Level.MID, Level.MID, Level.SENIOR, Level.STAFF)[min(number // 2, 4)]
        learner.answer(now - timedelta(days=10 - number), question_id, level)
    names = ("guest-checkout", "legal-retention", "outage-dns", "outage-dns-again", "mentor-sara",
             "cache-ticket")  # fmt: skip
    for entry in told():
        if entry["id"] in names:
            at = now - timedelta(days=5)
            title, text = entry["title"], entry["text"]
            learner.progress.add_story(StoryVersion(new_key(), at, title, text, entry["when"]))
    over = now - timedelta(days=2)
    mock = Mock(
        new_key(), "design", over, over, {}, finished=over, signal="hire", level=Level.SENIOR
    )
    learner.progress.save_mock(mock)
    learner.progress.save_settings(Settings(name="ada", company="google", level="L5"))
    return learner


def test_drills_are_played_by_the_keyboard_alone(page: Page, lab: Lab) -> None:
    run(page, lab, "drills", DRILLS)
    box = page.locator(".sk-drill")
    field = box.get_by_role("textbox")
    expect(field).to_be_visible(timeout=60_000)
    game = DrillGame(own_progress(lab, "drills"))
    field.focus()
    page.keyboard.type("no idea")
    page.keyboard.press("Enter")
    expect(box.locator(".sk-said")).to_contain_text("No number in it", timeout=20_000)
    expect(box.locator(".sk-kicker")).to_contain_text("1 of 10")
    for number, drill in enumerate(game.drills[:2], 1):
        expect(field).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type(drill.task.expected)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(drill.task.right - 1):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(box.locator(".sk-kicker")).to_contain_text(f"{number + 1} of 10", timeout=20_000)
        expect(box.locator(".sk-said")).to_contain_text(f"Working: {drill.task.working}")
    expect(box.locator(".sk-tally")).to_contain_text("2 of 10 answered; unit understood 2")
    expect(box.locator(".sk-tally")).to_contain_text("decision right 2")
    records = own_progress(lab, "drills").drills()
    assert [record.decided for record in records] == [True, True]
    looked_at(page, box, ".sk-drill", "drills")


def test_the_daily_question_is_answered_and_counts_for_the_day(page: Page, lab: Lab) -> None:
    run(page, lab, "daily", DAILY)
    box = page.locator(".sk-box")
    area = box.locator("textarea").first
    expect(area).to_be_visible(timeout=60_000)
    area.focus()
    page.keyboard.insert_text(labelled(DESIGN, "senior")[0])
    page.keyboard.press("Control+Enter")
    expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)
    (attempt,) = own_progress(lab, "daily").attempts()
    assert attempt.daily is not None and attempt.question_id.startswith("design/")
    assert (page.errors, page.said) == ([], [])  # type: ignore[attr-defined]


def test_the_readiness_page_names_the_aim_and_reads_in_every_theme(page: Page, lab: Lab) -> None:
    learner = prepared(lab, "ready")
    run(page, lab, "ready", READY)
    box = page.locator(".le-page")
    expect(box).to_contain_text("Aim: L5 at Google", timeout=60_000)
    expect(box).to_contain_text("Not yet: ")
    expect(box.locator(".le-chart circle")).to_have_count(len(learner.progress.attempts()))
    expect(box.locator("ol li")).to_have_count(3)
    assert box.locator("td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    looked_at(page, box, ".le-page", "readiness")


def test_a_story_is_opened_and_held_against_the_bar_in_every_theme(page: Page, lab: Lab) -> None:
    prepared(lab, "bank")
    run(page, lab, "bank", STORIES)
    box = page.locator(".sk-stories")
    expect(box.locator(".sk-matrix tbody tr")).to_have_count(6, timeout=60_000)
    expect(box.locator(".sk-note", has_text="the same story")).to_be_visible()
    title = next(entry["title"] for entry in told() if entry["id"] == "cache-ticket")
    box.get_by_role("button", name=title).press("Enter")
    expect(box.locator(".sk-bar")).to_contain_text(
        "at L5 (Google): a technical metric", timeout=20_000
    )
    expect(box.get_by_label("Title")).to_be_focused()
    cell = box.locator("td summary").first
    cell.press("Enter")
    expect(box.locator("td details[open] q").first).to_be_visible()
    box.locator("summary", has_text="Which story for which question").press("Enter")
    expect(box.locator(".sk-rows tbody tr")).to_have_count(19)
    looked_at(page, box, ".sk-stories", "stories")


def test_the_level_map_follows_the_choice(page: Page, lab: Lab) -> None:
    run(page, lab, "levels", LEVELS)
    box = page.locator(".jp-OutputArea-output", has=page.locator("figure.sk-picture")).first
    caption = box.locator("figcaption")
    expect(caption).to_contain_text("L5 at Google: the senior stage", timeout=60_000)
    box.get_by_label("company").select_option("Meta")
    expect(caption).to_contain_text("E5 at Meta: the senior stage", timeout=20_000)
    selector = ".jp-OutputArea-output:has(figure.sk-picture)"
    looked_at(page, box, selector, "levels")


def test_the_coach_reads_what_stands_in_the_box(page: Page, lab: Lab) -> None:
    prepared(lab, "coach")
    (lab.folder / "coach").mkdir(exist_ok=True)
    said = (
        "It is all politics there, they never promote anyone. I have never led more than one team."
    )
    question = "career/why-not-staff"
    AnswersFile(lab.folder / "coach" / SIDECAR).save(question, question, said)
    run(page, lab, "coach", COACH)
    box = page.locator(".sk-coach")
    expect(box).to_contain_text("will say that of us as well", timeout=60_000)
    expect(box).to_contain_text("What contradicts it")
    looked_at(page, box, ".sk-coach", "coach")


def test_a_mock_interview_to_its_scorecard_by_the_keyboard_alone(page: Page, lab: Lab) -> None:
    prepared(lab, "mock")
    run(page, lab, "mock", MOCK)
    box = page.locator(".sk-mock")
    start = box.get_by_role("button", name="Start")
    expect(start).to_be_visible(timeout=60_000)
    start.focus()
    page.keyboard.press("Enter")
    area = box.locator("textarea")
    expect(area).to_be_focused(timeout=30_000)
    turns = box.locator(".sk-turn")
    expect(turns.first).to_be_visible()  # the opening: what follows counts from it
    paragraphs = [p for p in labelled(DESIGN, "senior")[0].split("\n\n") if p.strip()][:3]
    for text in ("How quick must the redirect be?", *paragraphs):
        before = turns.count()
        page.keyboard.insert_text(text)
        page.keyboard.press("Control+Enter")
        expect(turns.nth(before + 1)).to_be_visible(timeout=20_000)
        expect(area).to_be_focused()
    picture(box, "mock-talk")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(box.get_by_role("button", name="End the interview")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="Really end it")).to_be_enabled()
    page.keyboard.press("Enter")
    card = box.locator(".sk-mock-card")
    expect(card).to_be_visible(timeout=30_000)
    expect(box.locator(".sk-result")).to_be_focused()
    drills = card.locator(".sk-drills li")
    expect(drills).to_have_count(3)
    kept = own_progress(lab, "mock").mocks()[-1]
    assert kept.scorecard is not None
    card_kept = json.loads(json.dumps(dict(kept.scorecard)))
    for place, drill in enumerate(card_kept["drills"]):
        expect(drills.nth(place)).to_contain_text(drill["name"])
    looked_at(page, box, ".sk-mock", "mock-card")
