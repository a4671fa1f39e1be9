"""Drafts, versions and the target, with a store that may fail."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graders.errors import StoreError, UsageError
from graders.levels import Level
from graders.progress import Progress
from graders.study.story_desk import Form, StoryDesk, form_of

FORM = Form("", "The outage", "2023", "Orvane", "I took the shop down for an hour.")


def desk(folder: Path) -> StoryDesk:
    return StoryDesk(
        progress=Progress(folder / "p.sqlite3"),
        folder=folder,
        clock=lambda: datetime(2026, 3, 1, tzinfo=UTC),
    )


def test_a_draft_outlives_the_kernel_and_ends_with_the_version(tmp_path: Path) -> None:
    desk(tmp_path).save_draft(FORM)
    again = desk(tmp_path)
    assert again.draft() == FORM
    kept = again.save(FORM)
    assert again.draft() == Form()
    assert (kept.title, kept.text, kept.when, kept.employer) == FORM_WORDS
    assert [story.story_id for story in desk(tmp_path).bank().stories] == [kept.story_id]


FORM_WORDS = (FORM.title, FORM.text, FORM.when, FORM.employer)


def test_a_change_makes_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    here = desk(tmp_path)
    kept = here.save(FORM)
    here.save(Form(kept.story_id, FORM.title, text="Now told better."))
    assert [story.text for story in here.bank().stories] == ["Now told better."]
    store = Progress(tmp_path / "p.sqlite3")
    assert len(store.story_versions(kept.story_id)) == 2


def test_a_story_that_is_taken_out_is_out_and_its_versions_stay(tmp_path: Path) -> None:
    here = desk(tmp_path)
    kept = here.save(FORM)
    here.withdraw(kept.story_id)
    assert here.bank().stories == ()
    assert Progress(tmp_path / "p.sqlite3").story_versions(kept.story_id)[-1].withdrawn
    with pytest.raises(UsageError, match="no such story"):
        here.withdraw(kept.story_id)


@pytest.mark.parametrize("form", [Form(title="only a title"), Form(text="only a story")])
def test_half_a_story_is_refused_and_not_lost(tmp_path: Path, form: Form) -> None:
    here = desk(tmp_path)
    with pytest.raises(UsageError, match="is missing"):
        here.save(form)
    assert here.draft() == form


def test_a_story_that_the_store_refuses_stays_in_the_draft(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.save(FORM)
    held = sqlite3.connect(tmp_path / "p.sqlite3")
    held.execute("PRAGMA locking_mode = EXCLUSIVE")
    held.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError):
            here.save(Form(title="Another", text="It must not be lost."))
    finally:
        held.close()
    assert here.draft().text == "It must not be lost."


def test_the_target_is_kept_and_falls_back_to_senior(tmp_path: Path) -> None:
    here = desk(tmp_path)
    assert here.aim().words == "senior"
    assert here.aim_at("Google", "L6").level == Level.STAFF
    assert desk(tmp_path).aim().words == "L6 at Google"
    assert here.aim_at("meta", "L6").words == "E5 at Meta", "Meta has no L6"


def test_a_form_takes_texts_only_and_cuts_what_is_too_long() -> None:
    form = form_of({"title": "t" * 999, "text": 7, "when": None, "more": "x"})
    assert (len(form.title), form.text, form.when) == (200, "", "")
    assert Form().blank
    assert not form.blank
