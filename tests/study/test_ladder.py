"""Ladders: every grade has a source, unknown companies get the generic one, nothing is invented."""

from __future__ import annotations

import pytest

from graders import charts
from graders.errors import UsageError
from graders.levels import Level
from graders.study.ladder import (
    bars,
    companies,
    company_key,
    grades,
    ladders,
    levels_of,
    target,
)
from graders.study.ladder_map import caveats, disagreements, draw_map


@pytest.mark.parametrize(
    ("company", "level", "stage", "bar"),
    [
        ("Google", "L5", "senior", Level.SENIOR),
        ("google", "l6", "staff", Level.STAFF),
        ("Amazon", "L6", "senior", Level.SENIOR),
        ("Amazon", "L5", "mid", Level.MID),
        ("Stripe", "L3", "senior", Level.SENIOR),
        ("Airbnb", "G9", "senior", Level.SENIOR),
        ("Microsoft", "63", "senior", Level.SENIOR),
        ("Uber", "L5a", "senior", Level.SENIOR),
        ("Meta", "senior", "senior", Level.SENIOR),
    ],
)
def test_the_same_number_means_another_stage_elsewhere(
    company: str, level: str, stage: str, bar: Level
) -> None:
    aim = target(company, level)
    assert (aim.stage.name, aim.level, aim.known) == (stage, bar, True)


def test_a_company_that_is_not_in_the_map_gets_the_generic_ladder_and_is_told_so() -> None:
    aim = target("Lovelace & Daughters", "senior")
    assert (aim.known, aim.level, aim.words) == (False, Level.SENIOR, "senior")
    assert company_key("<b>") == "generic"


def test_a_level_that_a_company_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(UsageError, match=r"no level of Google.*L3, L4, L5"):
        target("Google", "E5")


def test_where_sources_disagree_both_grades_stand_with_their_sources() -> None:
    here = grades("Microsoft", "senior")
    assert {grade.text for grade in here} == {"63-64", "62-63"}
    assert len({grade.source for grade in here}) == 2


def test_a_grade_that_sources_put_on_two_stages_is_held_against_the_higher_bar() -> None:
    assert target("Microsoft", "62").stage.name == "senior"


def test_every_grade_and_note_names_a_source_that_is_listed() -> None:
    listed = ladders().sources
    for company in ladders().companies.values():
        assert {column.source for column in company.grades} <= set(listed)
        assert {note.source for note in company.notes} <= set(listed)
    assert {stage.source for stage in ladders().stages} <= set(listed)


def test_companies_without_a_source_show_the_usual_names_and_say_why() -> None:
    for name in ("LinkedIn", "Netflix"):
        assert levels_of(name) == levels_of("generic")
        assert "No map with a source" in target(name).notes[0]


def test_where_two_sources_disagree_both_are_listed_with_their_names() -> None:
    found = {(company, stage): both for company, stage, both in disagreements()}
    assert [grade.text for grade in found["Microsoft", "senior"]] == ["63-64", "62-63"]
    assert ("Google", "senior") not in found
    assert all(len({grade.source for grade in both}) > 1 for both in found.values())


def test_what_a_table_cannot_say_names_company_and_source() -> None:
    said = caveats()
    assert any(one.startswith("Amazon: ") and "jointaro.com" in one for one in said)
    assert not any("this kit" in one for one in said), "only what somebody else says"


@pytest.mark.parametrize("company", [*companies(), "somewhere else"])
def test_the_map_is_drawn_with_words_for_every_company(company: str) -> None:
    figure, said = draw_map(company, "senior")
    assert "senior stage" in said
    assert 'alt="' in charts.picture(figure, said)


def test_each_bar_asks_for_more_than_the_one_below() -> None:
    assert bars(Level.OFF) == bars(Level.MID)
    for signal in bars(Level.SENIOR):
        assert len({bars(level)[signal] for level in (Level.MID, Level.SENIOR, Level.STAFF)}) == 3
