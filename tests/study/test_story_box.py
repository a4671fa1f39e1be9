"""`StoryBox` without a kernel: what the page sends, and what it gets to show."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graders.errors import StoreError
from graders.progress import Progress, StoryVersion
from graders.study.coach import coach
from graders.study.coach_card import coach_me, coaching_html
from graders.study.stories import StoryBank
from graders.study.story_box import StoryBox, bank_html
from graders.study.story_desk import Form, StoryDesk
from tests.study.told import labelled, version, versions

HOSTILE = '<img src=x onerror="window.hit=1"> </q></table> {{ 7*7 }} I led two teams for a quarter.'


@pytest.fixture(autouse=True)
def _in_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path / "p.sqlite3"))


def send(box: StoryBox, content: Any) -> None:
    """Deliver a message as the page's `model.send(content)` does."""
    box._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def form(**words: str) -> dict[str, str]:
    return {"story_id": "", "title": "", "when": "", "employer": "", "text": "", **words}


def test_a_story_is_saved_shown_and_held_against_the_target() -> None:
    box = StoryBox()
    entry = labelled()[0]
    send(box, {"kind": "save", "form": form(title=entry["title"], text=entry["text"])})
    assert (box.state, box.message) == ("saved", "")
    assert entry["title"] in box.view
    assert "Reads as" in box.detail
    assert box.form["story_id"]
    send(box, {"kind": "aim", "company": "google", "level": "senior"})
    assert (box.company, box.level) == ("google", "L5")
    assert "L5 (Google)" in box.detail


def test_a_draft_is_there_again_in_the_next_kernel() -> None:
    send(StoryBox(), {"kind": "draft", "form": form(text="Half a st")})
    assert StoryBox().form["text"] == "Half a st"


def test_opening_another_story_keeps_what_was_being_written() -> None:
    box = StoryBox()
    send(box, {"kind": "save", "form": form(title="One", text="The first.")})
    first = box.form["story_id"]
    send(box, {"kind": "new", "form": dict(box.form)})
    assert box.form["text"] == ""
    send(box, {"kind": "open", "story": first, "form": form(title="Two", text="The second.")})
    assert box.form["text"] == "The first."
    assert {story.title for story in Progress().stories()} == {"One", "Two"}
    # What has no title yet cannot become a story, so nothing is opened over it.
    send(box, {"kind": "open", "story": first, "form": form(text="No title yet")})
    assert "title is missing" in box.message
    assert StoryDesk().draft().text == "No title yet"


def test_a_story_can_be_taken_out() -> None:
    box = StoryBox()
    send(box, {"kind": "save", "form": form(title="One", text="The first.")})
    taken = dict(box.form)
    send(box, {"kind": "withdraw", "form": taken})
    assert "No story yet" in box.view
    assert (box.detail, box.form["text"], box.form["known"]) == ("", "", False)
    # Whatever is sent on the way of it does not bring it back.
    send(box, {"kind": "new", "form": taken})
    assert Progress().stories() == []


def test_what_is_sent_twice_or_late_is_one_story_of_one_version() -> None:
    box = StoryBox()
    written = {**box.form, "title": "One", "text": "The first."}
    for kind in ("save", "save", "new", "new", "save"):
        send(box, {"kind": kind, "form": written})
    send(box, {"kind": "draft", "form": {**written, "text": "The first, and more."}})
    send(box, {"kind": "save", "form": {**box.form, "text": "The first, and more."}})
    (story,) = Progress().stories()
    assert story.story_id == written["story_id"]
    texts = [version.text for version in Progress().story_versions(story.story_id)]
    assert texts == ["The first.", "The first, and more."]


def test_a_story_that_was_saved_before_something_failed_is_not_saved_again() -> None:
    class Failing(StoryDesk):
        broken = False

        def bank(self) -> StoryBank:
            if self.broken:
                raise StoreError("the store is locked")
            return super().bank()

    desk = Failing()
    box = StoryBox(desk=desk)
    written = {**box.form, "title": "One", "text": "The first."}
    desk.broken = True
    send(box, {"kind": "save", "form": written})
    assert (box.state, box.form["text"]) == ("not saved", "The first.")
    desk.broken = False
    send(box, {"kind": "save", "form": dict(box.form)})
    assert len(Progress().story_versions(written["story_id"])) == 1


def test_a_new_story_has_its_name_from_the_first_draft_on() -> None:
    box = StoryBox()
    send(box, {"kind": "draft", "form": {**box.form, "text": "Half a st"}})
    assert StoryBox().form["story_id"] == box.form["story_id"]
    send(box, {"kind": "save", "form": {**box.form, "title": "One"}})
    first = box.form["story_id"]
    send(box, {"kind": "new", "form": dict(box.form)})
    assert box.form["story_id"] not in ("", first)
    assert not StoryBox().form["text"]


def test_each_answer_says_which_message_it_answers_and_whether_it_went_well() -> None:
    box = StoryBox()
    send(box, {"kind": "save", "tab": "a1", "number": 7, "form": form(text="No title")})
    assert box.done == {"tab": "a1", "number": 7, "well": False}
    send(box, {"kind": "draft", "tab": "a1", "number": 8, "form": form(text="No title")})
    assert box.done == {"tab": "a1", "number": 8, "well": True}
    assert (box.form["tab"], box.form["number"]) == ("a1", 8)
    send(box, {"kind": "draft", "tab": "t" * 10**6, "number": "<b>", "form": form(text="x")})
    assert (len(box.done["tab"]), box.done["number"]) == (40, 0)


def test_another_target_says_nothing_about_words_that_are_not_saved() -> None:
    box = StoryBox()
    send(box, {"kind": "save", "form": form(text="No title yet")})
    send(box, {"kind": "aim", "company": "google", "level": "L5"})
    assert (box.company, box.state) == ("google", "not saved")
    assert "title is missing" in box.message


def test_an_interrupt_leaves_nothing_called_saved() -> None:
    class Hanging(StoryDesk):
        def save_draft(self, form: Form) -> None:
            raise KeyboardInterrupt

    box = StoryBox(desk=Hanging())
    with suppress(KeyboardInterrupt):
        send(box, {"kind": "draft", "tab": "a", "number": 1, "form": form(text="Words")})
    assert (box.state, box.done["well"]) == ("not saved", False)


def test_a_draft_of_the_browser_puts_aside_what_was_being_written() -> None:
    box = StoryBox()
    here = {**box.form, "title": "Here", "text": "Written since."}
    there = form(story_id="d" * 32, title="There", text="Left in the browser.")
    send(box, {"kind": "use", "form": here, "draft": there})
    assert (box.form["text"], box.state) == ("Left in the browser.", "draft")
    assert [story.title for story in Progress().stories()] == ["Here"]
    assert ">Here<" in box.view, "what was put aside is seen at once"
    assert box.detail == ""
    # The same story: the browser has the later words, and nothing is put aside.
    later = {**there, "title": "", "text": "Left in the browser, later."}
    send(box, {"kind": "use", "form": dict(box.form), "draft": later})
    assert box.form["text"] == "Left in the browser, later."
    assert len(Progress().stories()) == 1
    # What has no title yet is not written over.
    send(box, {"kind": "use", "form": dict(box.form), "draft": here})
    assert box.form["text"] == "Left in the browser, later."
    assert "title is missing" in box.message


def test_hostile_texts_are_shown_and_do_nothing() -> None:
    box = StoryBox()
    words = form(title=HOSTILE, text=HOSTILE * 3, when=HOSTILE[:90], employer=HOSTILE[:90])
    send(box, {"kind": "save", "form": words})
    for page in (box.view, box.detail):
        assert "<img" not in page
    assert "&lt;img src=x" in box.view
    assert "{{ 7*7 }}" in box.view
    told = StoryBank(Progress().stories())
    page = coaching_html(coach(f"I have never led anyone. {HOSTILE}", told), stories=True)
    assert "<img" not in page


@pytest.mark.parametrize(
    "content",
    [None, [], "x", {}, {"kind": "save"}, {"kind": "open", "story": 7}, {"kind": "aim"},
     {"kind": "open", "story": "nope", "form": 3}, {"kind": "withdraw", "form": {}},
     {"kind": "aim", "company": "<b>", "level": "\x00"}],
)  # fmt: skip
def test_odd_messages_break_nothing(content: Any) -> None:
    box = StoryBox()
    send(box, content)
    assert box.state in ("ready", "not saved")
    assert "No story yet" in box.view


def test_a_damaged_store_is_a_sentence_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "p.sqlite3").write_bytes(b"no database at all" * 100)
    box = StoryBox()
    assert box.state == "not saved"
    assert "damaged" in box.message
    send(box, {"kind": "draft", "form": form(text="Still kept")})
    assert StoryDesk().draft().text == "Still kept"


def test_two_hundred_stories_are_shown_within_a_second() -> None:
    stories: list[StoryVersion] = []
    for number in range(200):
        entry = labelled()[number % len(labelled())]
        stories.append(replace(version(entry), story_id=str(number)))
    bank = StoryBank(stories)
    assert bank.readings  # read as they are written, 15 ms each
    start = time.process_time()
    page = bank_html(bank)
    assert time.process_time() - start < 1
    assert page.count('data-story="') == 200


def test_every_cell_says_its_strength_in_words_and_quotes() -> None:
    page = bank_html(StoryBank(versions(["meter-window", "cache-ticket"])))
    assert len(re.findall(r'<span class="sk-read">(?:not there|in passing|about it)<', page)) == 16
    assert "Nobody had asked me to look at it" in page


def test_the_coach_waits_for_an_answer_and_then_reads_it(tmp_path: Path) -> None:
    assert "Write your answer" in coach_me().data
    from graders.answers import AnswersFile

    text = "It is all politics there, I have never led more than my own team."
    AnswersFile(tmp_path / "answers.json").save(
        "career/why-not-staff", "career/why-not-staff", text
    )
    for story in versions(["legal-retention"]):
        Progress().add_story(story)
    page = coach_me().data
    assert "will say that of us as well" in page
    assert "Deleting what we must not keep" in page
