"""Figures are printed as in the field, and fill the places that name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.cli.bench.tables import fill, filled, percent, share, table
from graders.errors import UsageError


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.934, ".93"),
        (1.0, "1.00"),
        (0.0, ".00"),
        (-0.05, "-.05"),
        (1.5, "1.50"),
        (float("nan"), ""),
    ],
)
def test_shares(value: float, shown: str) -> None:
    assert share(value) == shown


def test_per_cent() -> None:
    assert percent(0.795) == "80 %"
    assert percent(float("nan")) == ""


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


PAGE = "before\n<!-- bench: key -->\nold\n<!-- bench end -->\nbetween\n<!-- bench: set -->\n<!-- bench end -->\nafter\n"


def test_only_marked_places_change_and_twice_is_once(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    fill(path, {"key": r"| \1 |", "set": "two", "unused": "x"})
    once = path.read_text(encoding="utf-8")
    assert filled(once) == {"key": r"| \1 |", "set": "two"}
    assert [line for line in once.splitlines() if line in ("before", "between", "after")] == [
        "before", "between", "after",
    ]  # fmt: skip
    assert "old" not in once
    fill(path, {"set": "three"})
    assert filled(path.read_text(encoding="utf-8")) == {"key": r"| \1 |", "set": "three"}
    fill(path, {"key": r"| \1 |", "set": "two"})
    assert path.read_text(encoding="utf-8") == once


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing here", "has no place"),
        (PAGE.replace("key", "batch"), "has no place"),
        (PAGE.replace("set", "sett"), "unknown figures: sett"),
    ],
)
def test_a_page_that_cannot_be_filled_is_said_and_stays(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        fill(path, {"key": "new", "readers": "new"})
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(UsageError, match="cannot be read"):
        fill(tmp_path / "none.md", {"key": "new"})
