"""The level map keeps its sources apart and shows where they disagree."""

from __future__ import annotations

import re

import pytest
from simulators.ladders import GRADES, STAGES, companies, disagreements, grades, map_table


def test_every_grade_has_a_source_with_a_year_and_a_known_stage() -> None:
    for grade in GRADES:
        assert grade.stage in STAGES
        assert re.search(r"20\d\d$", grade.source)


def test_where_sources_disagree_both_are_shown() -> None:
    shown = map_table()
    assert ("Microsoft", "senior") in [(company, stage) for company, stage, _ in disagreements()]
    assert "63-64 or 62-63" in shown
    for _, _, both in disagreements():
        assert " or ".join(dict.fromkeys(grade.text for grade in both)) in shown


def test_our_own_reading_is_marked() -> None:
    row = next(line for line in map_table().splitlines() if line.startswith("| **mid**"))
    assert "IC2-IC3*" in row and "L4*" not in row


@pytest.mark.parametrize("company", companies())
def test_each_company_has_a_senior_and_a_staff_grade(company: str) -> None:
    assert grades(company, "senior") and grades(company, "staff")


@pytest.mark.parametrize(("company", "stage"), [("Gogle", "senior"), ("Google", "rockstar")])
def test_what_is_not_in_the_map_is_said_with_what_is(company: str, stage: str) -> None:
    with pytest.raises(ValueError, match=r"known: .*(Google|senior)"):
        grades(company, stage)
